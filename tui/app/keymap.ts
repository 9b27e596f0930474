/**
 * Keys to actions. The defaults stand in the table of commands; a file of the user's may say otherwise:
 *
 *     { "ctrl-n": "next-event", "W": "filter lockstat:::", "q": "" }
 *
 * a key's name, then a command line; nothing takes the key away.
 */
import type { Action, Command } from './command.ts';
import { parseCommand } from './commands/prompt.ts';
import { allCommands, commandNamed } from './commands/table.ts';
import type { InputEvent } from './input.ts';
import type { UiState, ViewName } from './state.ts';

interface Binding {
  action: Action;
  views?: ViewName[];
  ask: boolean;
}

export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

const KEY =
  /^(?:(?:ctrl|alt|shift)-)?(?:up|down|left|right|home|end|pageup|pagedown|insert|delete|tab|enter|space|backspace|escape)$|^(?:ctrl-[a-z]|alt-.|shift-tab|.)$/u;

export class Keymap {
  readonly #keys = new Map<string, Binding[]>();

  constructor(own: Record<string, string> = {}) {
    for (const command of allCommands())
      for (const key of command.keys)
        this.#bind(key, { action: { name: command.name }, views: command.views, ask: command.ask === true });
    for (const [key, line] of Object.entries(own)) {
      if (line === '') {
        this.#keys.delete(key);
        continue;
      }
      const action = parseCommand(line) as Action;
      const ask = commandNamed(action.name)?.ask === true && action.text === undefined;
      this.#keys.set(key, [{ action, ask }]);
    }
  }

  #bind(key: string, binding: Binding): void {
    const all = this.#keys.get(key);
    if (all === undefined) this.#keys.set(key, [binding]);
    else all.push(binding);
  }

  /** Keys of a command as they are now, for help and the bottom bar. */
  keysOf(command: Command): string[] {
    const out: string[] = [];
    for (const [key, bindings] of this.#keys)
      if (bindings.some(({ action }) => action.name === command.name && action.text === undefined))
        out.push(key);
    return out;
  }

  /** What a key means in this state. */
  action(key: string, state: UiState): Action | undefined {
    if (state.prompt !== null)
      return key === 'enter' ? { name: 'prompt-enter' } : { name: 'prompt-key', text: key };
    if (state.help !== null) return { name: 'help-key', text: key };
    if (state.pending !== '')
      return key === 'escape'
        ? { name: 'prefix', text: '' }
        : { name: state.pending === 'm' ? 'mark' : 'to-mark', text: key };
    if ((key === 'm' || key === "'") && !this.#keys.has(key)) return { name: 'prefix', text: key };
    // What a program is told everywhere to stop what it does; with nothing to stop it ends.
    if (key === 'ctrl-c' && state.job !== null) return { name: 'stop' };
    const bindings = this.#keys.get(key) ?? [];
    const fits =
      bindings.find((b) => b.views?.includes(state.view)) ?? bindings.find((b) => b.views === undefined);
    if (fits === undefined) return undefined;
    return fits.ask ? { name: 'ask', text: fits.action.name } : fits.action;
  }
}

/** Joins what follows each other and means the same: a key held down is one action with a count. */
export function coalesce(actions: Action[]): Action[] {
  const out: Action[] = [];
  for (const action of actions) {
    const last = out.at(-1);
    if (
      last !== undefined &&
      last.name === action.name &&
      last.text === action.text &&
      commandNamed(action.name)?.repeat === true
    )
      out[out.length - 1] = { ...last, count: (last.count ?? 1) + (action.count ?? 1) };
    else out.push(action);
  }
  return out;
}

export const keysOf = (events: InputEvent[]): string[] => events.flatMap((e) => ('key' in e ? [e.key] : []));

/** Reads the text of a key file. Throws KeyFileError that says what is wrong. */
export function parseKeyFile(text: string, path: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new KeyFileError(`${path}: ${(error as Error).message}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new KeyFileError(
      `${path}: an object of keys and command lines is expected: { "ctrl-n": "next-event" }`,
    );
  const out: Record<string, string> = {};
  for (const [key, line] of Object.entries(value)) {
    if (!KEY.test(key)) throw new KeyFileError(`${path}: '${key}' is no key (like a, ctrl-n, alt-x, pageup)`);
    if (typeof line !== 'string') throw new KeyFileError(`${path}: '${key}': a command line is expected`);
    try {
      if (line !== '') parseCommand(line);
    } catch (error) {
      throw new KeyFileError(`${path}: '${key}': ${(error as Error).message}`);
    }
    out[key] = line;
  }
  return out;
}

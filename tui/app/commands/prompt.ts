/** The line at the bottom: commands, searches, filters, with history and completion; and the help screen's own keys. */
import { type Command, Complaint } from '../command.ts';
import type { Prompt, UiState } from '../state.ts';
import type { World } from '../world.ts';
import { commandNamed, commandNames } from './table.ts';

const PAST = 100;
const group = 'Command line';

export const openPrompt = (state: UiState, kind: Prompt['kind'], text = '', hint?: string): void => {
  state.message = null;
  state.prompt = {
    kind,
    text,
    cursor: text.length,
    past: -1,
    typed: text,
    candidates: [],
    candidate: -1,
    ...(hint === undefined ? {} : { hint }),
  };
};

/** What Tab can put at the end of the text. */
export function candidates(state: UiState, world: World): { from: number; words: string[] } {
  const { prompt } = state;
  if (prompt === null) return { from: 0, words: [] };
  const before = prompt.text.slice(0, prompt.cursor);
  const from = before.search(/\S*$/);
  const word = before.slice(from);
  let all: string[];
  if (prompt.kind !== 'command') all = commandNamed(prompt.kind)?.complete?.(state, world) ?? [];
  else if (!/\s/.test(before.trimStart())) all = commandNames();
  else all = commandNamed(before.trim().split(/\s+/)[0])?.complete?.(state, world) ?? [];
  const begins = all.filter((c) => c.startsWith(word));
  return { from, words: begins.length > 0 || word.length < 2 ? begins : all.filter((c) => c.includes(word)) };
}

function edit(state: UiState, prompt: Prompt, text: string, cursor: number): void {
  prompt.text = text;
  prompt.cursor = Math.max(0, Math.min(text.length, cursor));
  prompt.past = -1;
  prompt.typed = text;
  prompt.candidates = [];
  prompt.candidate = -1;
  delete prompt.hint;
  state.message = null;
}

function complete(state: UiState, world: World, direction: 1 | -1): void {
  const prompt = state.prompt as Prompt;
  if (prompt.candidates.length === 0) {
    const { from, words } = candidates(state, world);
    if (words.length === 0) return;
    const before = prompt.text.slice(from, prompt.cursor);
    const common = words.reduce((a, b) => {
      let n = 0;
      while (n < a.length && a[n] === b[n]) n++;
      return a.slice(0, n);
    });
    const rest = prompt.text.slice(prompt.cursor);
    if (words.length === 1 || common.length > before.length) {
      const put =
        words.length === 1 && !common.endsWith('=') && prompt.kind === 'command' ? `${common} ` : common;
      edit(state, prompt, prompt.text.slice(0, from) + put + rest, from + put.length);
      if (words.length === 1) return;
    }
    prompt.candidates = words;
    prompt.candidate = -1;
    prompt.typed = prompt.text.slice(0, from);
    if (common.length > before.length) return;
  }
  const n = prompt.candidates.length;
  prompt.candidate = (prompt.candidate + direction + n + (prompt.candidate < 0 && direction < 0 ? 1 : 0)) % n;
  prompt.text = prompt.typed + prompt.candidates[prompt.candidate];
  prompt.cursor = prompt.text.length;
}

function past(state: UiState, prompt: Prompt, by: 1 | -1): void {
  const all = state.past[prompt.kind];
  if (prompt.past < 0) prompt.typed = prompt.text;
  const matching = all
    .map((text, i) => ({ text, i }))
    .filter(({ text, i }) => i === prompt.past || text.startsWith(prompt.typed));
  const at = matching.findIndex(({ i }) => i === prompt.past);
  const next = at < 0 ? (by < 0 ? matching.length - 1 : matching.length) : at + by;
  if (next < 0) return;
  const entry = matching[next];
  prompt.past = entry?.i ?? -1;
  prompt.text = entry?.text ?? prompt.typed;
  prompt.cursor = prompt.text.length;
}

/** One key in the prompt. */
function key(state: UiState, world: World, name: string): void {
  const prompt = state.prompt;
  if (prompt === null) return;
  const { text, cursor } = prompt;
  switch (name) {
    case 'escape':
    case 'ctrl-c':
    case 'ctrl-g':
      state.prompt = null;
      return;
    case 'tab':
      complete(state, world, 1);
      return;
    case 'shift-tab':
      complete(state, world, -1);
      return;
    case 'up':
    case 'ctrl-p':
      past(state, prompt, -1);
      return;
    case 'down':
    case 'ctrl-n':
      past(state, prompt, 1);
      return;
    case 'left':
    case 'ctrl-b':
      prompt.cursor = Math.max(0, cursor - 1);
      return;
    case 'right':
    case 'ctrl-f':
      prompt.cursor = Math.min(text.length, cursor + 1);
      return;
    case 'home':
    case 'ctrl-a':
      prompt.cursor = 0;
      return;
    case 'end':
    case 'ctrl-e':
      prompt.cursor = text.length;
      return;
    case 'backspace':
      if (cursor === 0 && text === '') state.prompt = null;
      else if (cursor > 0) edit(state, prompt, text.slice(0, cursor - 1) + text.slice(cursor), cursor - 1);
      return;
    case 'delete':
    case 'ctrl-d':
      edit(state, prompt, text.slice(0, cursor) + text.slice(cursor + 1), cursor);
      return;
    case 'ctrl-u':
      edit(state, prompt, text.slice(cursor), 0);
      return;
    case 'ctrl-k':
      edit(state, prompt, text.slice(0, cursor), cursor);
      return;
    case 'ctrl-w': {
      const from = text.slice(0, cursor).search(/\S+\s*$/);
      if (from >= 0) edit(state, prompt, text.slice(0, from) + text.slice(cursor), from);
      return;
    }
    default: {
      const put = name === 'space' ? ' ' : name;
      if ([...put].length === 1)
        edit(state, prompt, text.slice(0, cursor) + put + text.slice(cursor), cursor + put.length);
    }
  }
}

export const promptCommands: Command[] = [
  {
    name: 'command',
    keys: [':'],
    group,
    help: 'command line: every command by name, Tab completes, a number is an event',
    bar: 'command',
    reduce: (state, text) => openPrompt(state, 'command', text),
  },
  {
    name: 'ask',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      if (text === 'search' || text === 'filter')
        openPrompt(state, text, text === 'filter' ? state.filter : '');
      else openPrompt(state, 'command', `${text} `);
    },
  },
  {
    name: 'prompt-key',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce: (state, text, _count, world) => key(state, world, text),
  },
  {
    name: 'prompt-text',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      for (const char of text.replaceAll(/[\r\n\t]+/g, ' ').trim())
        key(state, world, char === ' ' ? 'space' : char);
    },
  },
  {
    name: 'prompt-enter',
    keys: [],
    group,
    help: '',
    internal: true,
    effect(_text, _count, host) {
      const { prompt } = host.state;
      if (prompt === null) return;
      host.dispatch({ name: 'prompt-close' });
      const text = prompt.text.trim();
      if (prompt.kind !== 'command') {
        if (prompt.kind === 'search' && text === '') host.dispatch({ name: 'next-match' });
        else host.dispatch({ name: prompt.kind, text });
        return;
      }
      const action = parseCommand(text);
      if (action !== undefined) host.dispatch(action);
    },
  },
  {
    name: 'prompt-close',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state) {
      const { prompt } = state;
      state.prompt = null;
      if (prompt === null) return;
      const text = prompt.text.trim();
      if (text === '') return;
      const kept = state.past[prompt.kind].filter((t) => t !== text);
      state.past[prompt.kind] = [...kept, text].slice(-PAST);
    },
  },
  {
    name: 'help',
    keys: ['?'],
    group,
    help: 'all keys and commands; typing narrows them down',
    bar: 'help',
    reduce(state, text) {
      state.help = { query: text, top: 0 };
    },
  },
  {
    name: 'help-key',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      const { help } = state;
      if (help === null) return;
      const page = Math.max(1, state.rows - 6);
      if (
        text === 'escape' ||
        text === 'ctrl-c' ||
        text === 'enter' ||
        (text === 'q' && help.query === '') ||
        text === '?'
      )
        state.help = null;
      else if (text === 'down' || text === 'ctrl-n' || text === 'wheel-down') help.top += 1;
      else if (text === 'up' || text === 'ctrl-p' || text === 'wheel-up')
        help.top = Math.max(0, help.top - 1);
      else if (text === 'pagedown' || text === 'ctrl-f' || text === 'ctrl-d') help.top += page;
      else if (text === 'pageup' || text === 'ctrl-b') help.top = Math.max(0, help.top - page);
      else if (text === 'backspace') state.help = { query: help.query.slice(0, -1), top: 0 };
      else if (text === 'ctrl-u') state.help = { query: '', top: 0 };
      else if (text === 'space') state.help = { query: `${help.query} `, top: 0 };
      else if ([...text].length === 1) state.help = { query: help.query + text, top: 0 };
    },
  },
];

/** A command line as an action. Throws Complaint for a name that is none. */
export function parseCommand(text: string): { name: string; text?: string; count?: number } | undefined {
  const words = text.trim().replace(/^:/, '').trim();
  if (words === '') return undefined;
  if (/^[\d,]+$/.test(words)) return { name: 'event', text: words };
  if (/^[^\s]*#\d+(@\w+)?$/.test(words)) return { name: 'goto', text: words };
  const space = words.search(/\s/);
  const name = space < 0 ? words : words.slice(0, space);
  const rest = space < 0 ? '' : words.slice(space).trim();
  const exact = commandNamed(name);
  const starting = exact === undefined ? commandNames().filter((c) => c.startsWith(name)) : [];
  const command = exact ?? (starting.length === 1 ? commandNamed(starting[0]) : undefined);
  if (command === undefined)
    throw new Complaint(
      starting.length > 1
        ? `:${name} could be ${starting.slice(0, 6).join(', ')}`
        : `no command ':${name}'; ? lists them all`,
    );
  if (command.repeat === true && /^\d+$/.test(rest)) return { name: command.name, count: Number(rest) };
  return { name: command.name, ...(rest === '' ? {} : { text: rest }) };
}

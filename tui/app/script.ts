/** UI sessions as files: one action a line, as JSON; or, written by hand, a command line a line. */
import { type Action, Complaint } from './command.ts';
import { parseCommand } from './commands/prompt.ts';
import { commandNamed } from './commands/table.ts';

export const actionLine = (action: Action): string => `${JSON.stringify(action)}\n`;

/** Reads a session. Throws Complaint that names the line. */
export function parseScript(text: string, path: string): Action[] {
  const actions: Action[] = [];
  text.split('\n').forEach((row, i) => {
    const line = row.trim();
    if (line === '' || line.startsWith('#')) return;
    const fail = (words: string): never => {
      throw new Complaint(`${path}:${i + 1}: ${words}`);
    };
    if (!line.startsWith('{')) {
      try {
        const action = parseCommand(line);
        if (action !== undefined) actions.push(action);
      } catch (error) {
        fail((error as Error).message);
      }
      return;
    }
    let value: Partial<Action> = {};
    try {
      value = JSON.parse(line) as Partial<Action>;
    } catch (error) {
      fail((error as Error).message);
    }
    const { name, text: words, count } = value;
    if (typeof name !== 'string' || commandNamed(name) === undefined) fail(`no command '${name}'`);
    else if (
      (words !== undefined && typeof words !== 'string') ||
      (count !== undefined && !Number.isInteger(count))
    )
      fail('an action is {"name": ..., "text": ..., "count": ...}');
    else
      actions.push({
        name,
        ...(words === undefined ? {} : { text: words }),
        ...(count === undefined ? {} : { count }),
      });
  });
  return actions;
}

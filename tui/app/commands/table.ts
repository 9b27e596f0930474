/** All commands: keymap, command line, completion, help, bottom bar and key file are made of this one table. */
import type { Command } from '../command.ts';
import { againCommands } from './again.ts';
import { aheadCommands } from './ahead.ts';
import { liveCommands } from './live.ts';
import { lookCommands } from './look.ts';
import { moveCommands } from './move.ts';
import { promptCommands } from './prompt.ts';
import { windowCommands } from './window.ts';

let byName: Map<string, Command> | undefined;

/** In the order of the help screen. */
export const allCommands = (): Command[] => [
  ...moveCommands,
  ...windowCommands,
  ...lookCommands,
  ...liveCommands,
  ...againCommands,
  ...aheadCommands,
  ...promptCommands,
];

export function commandNamed(name: string): Command | undefined {
  byName ??= new Map(allCommands().map((c) => [c.name, c]));
  return byName.get(name);
}

/** Names that people use, sorted. */
export const commandNames = (): string[] =>
  allCommands()
    .filter((c) => c.internal !== true)
    .map((c) => c.name)
    .sort();

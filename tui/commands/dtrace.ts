/** `probelab dtrace`: dtrace(1) on a freshly booted guest. Its own command line, so the words go to it untouched. */
import type { Command } from 'commander';
import { dtraceCommand } from '../dtrace.ts';

let words: string[] = [];

/** Everything after `dtrace` is dtrace(1)'s. */
export function prepare(argv: string[]): string[] {
  const at = argv.indexOf('dtrace');
  words = argv.slice(at + 1);
  return argv.slice(0, at + 1);
}

export function define(command: Command): void {
  command.helpOption(false).action(async () => {
    process.exitCode = await dtraceCommand(words);
  });
}

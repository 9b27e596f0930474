/** `probelab diff A B`: the difference between two recorded runs, in words or as JSON. */
import type { Command } from 'commander';
import { compareRuns } from '../../traces/diff/model.ts';
import { diffReport } from '../../traces/diff/report.ts';
import { openTrace } from '../traces.ts';

export function define(command: Command): void {
  command
    .argument('<a>', 'a trace, usually of the untraced run')
    .argument('<b>', 'the trace to compare with it')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit status 0 when the runs are identical, 1 when they differ.

Example:
  probelab diff out/none.trace out/lockstat-count.trace
`,
    )
    .action((a: string, b: string, options: { json?: boolean }) => {
      const diff = compareRuns(openTrace(a), openTrace(b));
      process.stdout.write(options.json ? JSON.stringify(diff, null, 2) + '\n' : diffReport(diff));
      process.exitCode = diff.identical ? 0 : 1;
    });
}

/** `probelab run`: boot, run a scenario or one command, print the guest's console and a summary. */
import type { Command } from 'commander';
import { type RunOptions, runCommand } from '../run.ts';

const collect = (value: string, all: string[]): string[] => [...all, value];

export function define(command: Command): void {
  command
    .argument('[scenario]', 'name of a scenario, or the path of a .json file')
    .option('--exec <command>', 'run this command line in the guest instead; its exit status is ours')
    .option('--seed <n>', 'seed of everything that varies between runs', '1')
    .option('--machine <name>', "machine profile (default: the scenario's, else amd64)")
    .option('--cpus <n>', "number of CPUs, 1 to 64 (default: the profile's)")
    .option('--simtime <duration>', 'stop after this much simulated time: 500ms, 2s')
    .option('--record <file>', 'record a trace')
    .option('--record-fbt <glob>', 'record entry and return of these kernel functions too', collect, [])
    .option('--record-from <when>', 'record from this cycle or time on: 12000000, 5ms')
    .option('--record-to <when>', 'record up to this cycle or time')
    .option('--record-ring <n>', 'keep only the last n events before the end of the recording: 5000, 20k, 1m')
    .option(
      '--record-until <trigger>',
      "end the recording at the first event of this site, with a condition if need be ('lockstat:::adaptive-block /arg1 > 100000/'), or at a panic ('panic')",
    )
    .option('-n <program>', 'trace with this D program meanwhile', collect, [])
    .option('-s <file>', 'trace with this D script meanwhile', collect, [])
    .option('-x <option>', 'DTrace option, as dtrace(1): ghost, bufsize=1m, ...', collect, [])
    .option(
      '--without-dtrace',
      'do not load the DTrace module (an idle one changes nothing: compare digests)',
    )
    .option('-q', 'quiet DTrace output; no summary')
    .option('--boot', 'show the console from power-on to power-off')
    .option('--json', 'summary as JSON on stdout, the console on stderr')
    .addHelpText(
      'after',
      `
Examples:
  probelab run dd
  probelab run --exec 'dd if=/dev/zero of=/dev/null bs=1m count=4' --machine beaglebone
  probelab run locks --seed 7 --record locks.trace
  probelab run forks --record last.trace --record-ring 20k --record-until 'proc:::exit'
  probelab run --exec 'ls /bin' -n 'syscall:::entry { @[probefunc] = count(); }'
`,
    )
    .action(async (scenario: string | undefined, options: RunOptions) => {
      process.exitCode = await runCommand(scenario, options);
    });
}

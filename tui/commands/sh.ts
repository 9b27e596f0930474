/** `probelab sh`: the guest's console as an interactive shell. */
import type { Command } from 'commander';
import { type ShellOptions, shellCommand } from '../shell.ts';

export function define(command: Command): void {
  command
    .argument('[scenario]', 'whose files and machine to use: its commands wait in /etc/rc.scenario')
    .option('--seed <n>', 'seed of everything that varies between runs', '1')
    .option('--machine <name>', "machine profile (default: the scenario's, else amd64)")
    .option('--cpus <n>', "number of CPUs, 1 to 64 (default: the profile's)")
    .option('--simtime <duration>', 'stop after this much simulated time: 500ms, 2s (default: never)')
    .option('--record <file>', 'record a trace, what is typed included')
    .option('--record-fbt <glob>', 'record entry and return of these kernel functions too', collect, [])
    .option('--fast', 'do not hold simulated time to the clock on the wall while the guest is idle')
    .option('--boot', 'show the console from power-on')
    .addHelpText(
      'after',
      `
'exit' or ^D switches the machine off; ^] leaves it as it is. Without a terminal, standard input is typed line by line, each as soon
as the guest reads.

Examples:
  probelab sh
  probelab sh locks --machine beaglebone --record session.trace
  echo 'procstat -at' | probelab sh
  printf '%s\\n' "dtrace -n 'syscall:::entry { @[probefunc] = count(); }' -c 'ls /bin'" | probelab sh
  probelab replay session.trace --verify
`,
    )
    .action(async (scenario: string | undefined, options: ShellOptions) => {
      process.exitCode = await shellCommand(scenario, options);
    });
}

const collect = (value: string, all: string[]): string[] => [...all, value];

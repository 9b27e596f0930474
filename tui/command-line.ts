/** The command line of all commands but dtrace: one file a command, loaded when it is used. */
import { Command } from 'commander';
import { version } from './version.ts';

/** Name, summary, and the module that knows the rest. */
const COMMANDS: [name: string, summary: string, load: () => Promise<CommandModule>][] = [
  [
    'run',
    'boot the guest, run a scenario or a command, print its console',
    () => import('./commands/run.ts'),
  ],
  ['dtrace', 'dtrace(1) on a freshly booted guest', () => import('./commands/dtrace.ts')],
  ['sh', "the guest's console as an interactive shell", () => import('./commands/sh.ts')],
  ['experiment', "run one of the laboratory's experiments", () => import('./commands/experiment.ts')],
  ['replay', 'read a trace, or execute it again and compare', () => import('./commands/replay.ts')],
  ['show', 'what a recorded run looked like at one moment', () => import('./commands/show.ts')],
  ['stats', 'a recorded run in sums', () => import('./commands/stats.ts')],
  ['step', 'step a live machine, forward and back, by commands', () => import('./commands/step.ts')],
  ['diff', 'align two traces and explain what differs', () => import('./commands/diff.ts')],
  ['truth', 'what DTrace answered, beside what happened without it', () => import('./commands/truth.ts')],
  ['export', 'a trace for other programs: Chrome, Perfetto, CTF, ...', () => import('./commands/export.ts')],
  ['tui', 'look at a trace, a pair, or a live machine on the terminal', () => import('./commands/tui.ts')],
  ['flame', 'flame graphs of a trace, or of what differs between two', () => import('./commands/flame.ts')],
  ['ministat', 'statistics of samples, as ministat(1)', () => import('./commands/ministat.ts')],
  ['cc', 'compile a C program for the guest, and run it there', () => import('./commands/cc.ts')],
  ['list', 'list scenarios, machines, scripts, experiments', () => import('./commands/list.ts')],
  ['bench', 'measure probelab itself', () => import('./commands/bench.ts')],
];

export const COMMAND_NAMES: readonly string[] = COMMANDS.map(([name]) => name);

export interface CommandModule {
  /** Adds arguments, options, help and the action. */
  define(command: Command): void;
  /** Rewrites the arguments before they are parsed. */
  prepare?(argv: string[]): string[];
}

/** Reads a command line and does what it says; the exit code is left in process.exitCode. Throws what goes wrong, CommanderError among it. */
export async function runCommandLine(argv: string[]): Promise<void> {
  const program = new Command('probelab')
    .description(
      'A deterministic laboratory for kernel tracing: a simulated FreeBSD-like machine with DTrace inside.',
    )
    .version(version())
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  program.addHelpText(
    'after',
    `
Examples:
  probelab experiment probe-effect
  probelab run --exec 'dd if=/dev/zero of=/dev/null bs=1m count=4'
  probelab dtrace -n 'fbt::malloc:entry /execname == "csh"/ { @[stack()] = count(); }'
`,
  );
  const wanted = argv.find((word) => !word.startsWith('-'));
  for (const [name, summary, load] of COMMANDS) {
    const command = program
      .command(name)
      .description(summary)
      .exitOverride()
      .configureOutput({ outputError: () => {} });
    if (name !== wanted) continue;
    const module = await load();
    module.define(command);
    argv = module.prepare?.(argv) ?? argv;
  }
  if (argv.length === 0) {
    program.outputHelp();
    return;
  }
  await program.parseAsync(argv, { from: 'user' });
}

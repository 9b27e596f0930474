/** `probelab cc`: the guest's C compiler, and `--run` to execute the result as a process of the guest. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { pack } from 'msgpackr';
import { UserError } from '../../engine/run/user-error.ts';
import { execute } from '../run.ts';
import { execScenario, runInputs, splitOption } from '../run-inputs.ts';

interface Options {
  I: string[];
  D: string[];
  o?: string;
  run?: boolean;
  stats?: boolean;
  machine: string;
  seed: string;
  simtime?: string;
  json?: boolean;
}

const collect = (value: string, all: string[]): string[] => [...all, value];

/** Words after --run: the program's arguments. */
let programArgs: string[] = [];

/** Options of ours that may still follow --run; `--` ends them. */
const AFTER_RUN: Record<string, number> = {
  '--stats': 1,
  '--json': 1,
  '--machine': 2,
  '--seed': 2,
  '--simtime': 2,
};

/** Takes the program's arguments out of the command line, so that they are not taken for ours. */
export function prepare(argv: string[]): string[] {
  const run = argv.indexOf('--run');
  if (run < 0) return argv;
  let at = run + 1;
  while (argv[at] in AFTER_RUN) at += AFTER_RUN[argv[at]];
  programArgs = argv.slice(argv[at] === '--' ? at + 1 : at);
  return argv.slice(0, at);
}

export function define(command: Command): void {
  command
    .argument('<files...>', 'C files, and objects of dtrace -G (.o)')
    .option('-I <folder>', 'where #include looks first', collect, [])
    .option('-D <macro>', 'define a macro: NAME or NAME=VALUE', collect, [])
    .option('-o <image>', 'write the image')
    .option(
      '--run',
      'run it in the guest with the words that follow: its output is ours, and its exit status',
    )
    .option('--stats', 'instructions, cycles and cache misses of the run, on stderr')
    .option('--machine <name>', 'machine profile', 'amd64')
    .option('--seed <n>', 'seed of the run', '1')
    .option('--simtime <duration>', 'stop after this much simulated time', '600s')
    .option('--json', "the run's summary as JSON on stdout, the program's output on stderr")
    .addHelpText(
      'after',
      `
Examples:
  probelab cc primes.c --run 1000
  probelab cc main.c util.c -I include -D DEBUG=1 -o main.image
  probelab cc server.c probes.o --run            (probes of its own: docs/usdt.md)
`,
    )
    .action(async (files: string[], options: Options) => {
      process.exitCode = await cc(files, options);
    });
}

async function cc(files: string[], options: Options): Promise<number> {
  // Loaded here: listing help must not pay for the compiler.
  const { compileProgram } = await import('../../engine/guestc/build.ts');
  const { loadProfile } = await import('../../engine/image/profile.ts');
  const args = programArgs;
  const odd = files.find((word) => !/\.[co]$/.test(word));
  if (odd !== undefined)
    throw new UserError(
      `cc: ${odd}: not a .c file, nor an object of dtrace -G (arguments of the program follow --run)`,
    );
  const name = (files.find((word) => word.endsWith('.c')) ?? '').replace(/^.*\//, '').replace(/\.c$/, '');
  // In the shell's place: how the program ends is then init's to tell, and the shell has nothing to say about it.
  const inputs = runInputs(
    execScenario([`exec /bin/${name}`, ...args.map(quote), '2> /dev/ttyu1'].join(' ')),
    options,
  );
  const image = compileProgram(files, {
    name,
    profile: loadProfile(options.machine),
    includeDirs: options.I,
    defines: Object.fromEntries(
      options.D.map(splitOption).map(([macro, value]) => [macro, value === '' ? '1' : value]),
    ),
    onWarning: (warning) =>
      process.stderr.write(`${warning.file}:${warning.line}:${warning.col}: warning: ${warning.message}\n`),
  });
  if (options.o !== undefined) writeFileSync(options.o, pack(image));
  if (!options.run) return 0;
  return execute(inputs, {
    json: options.json,
    quiet: !options.stats,
    mustEnd: true,
    programOnly: true,
    stats: options.stats,
    extraPrograms: [image],
  });
}

/** For the guest's shell. */
const quote = (word: string): string =>
  /^[\w./=:,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

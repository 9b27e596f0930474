/** `probelab tui`: the screens. Here are the options; the program is tui/app, loaded once it is known that there is a terminal. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Command } from 'commander';
import { loadScenario } from '../../engine/run/scenario.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { runInputs, wholeNumber } from '../run-inputs.ts';

interface Options {
  seed: string;
  machine?: string;
  cpus?: string;
  n: string[];
  s: string[];
  ascii?: boolean;
  mouse: boolean;
  fps: string;
  keys?: string;
  script?: string;
  recordKeys?: string;
  print?: string;
}

const collect = (text: string, list: string[]): string[] => [...list, text];

export function define(command: Command): void {
  command
    .argument('[what...]', 'a trace, two traces to compare, a scenario, or a position trace#seq@view')
    .option('--seed <n>', 'seed of a scenario', '1')
    .option('--machine <name>', 'machine of a scenario')
    .option('--cpus <n>', 'its CPUs')
    .option('-n <program>', 'D program that traces the scenario', collect, [])
    .option('-s <file>', 'D script that traces the scenario', collect, [])
    .option('--ascii', 'draw with ASCII characters only')
    .option('--no-mouse', 'leave the mouse to the terminal')
    .option('--fps <n>', 'frames a second at most', '30')
    .option('--keys <file>', 'key file (default: ~/.config/probelab/keys.json when it is there)')
    .option('--script <file>', 'play the actions of a file first')
    .option('--record-keys <file>', 'write the actions of this session to a file')
    .option('--print <columnsxrows>', 'print the screen that the script ends with; no terminal is needed')
    .addHelpText(
      'after',
      `
Keys: ? lists them all. Without a terminal use run, replay and diff.

Examples:
  probelab tui
  probelab tui out/none.trace out/lockstat-count.trace
  probelab tui csh -n 'syscall:::entry { @[probefunc] = count(); }'
  probelab tui 'dd.trace#12000@events'
`,
    )
    .action(async (what: string[], options: Options) => {
      process.exitCode = await run(what, options);
    });
}

async function run(what: string[], options: Options): Promise<number> {
  const print = options.print === undefined ? undefined : sizeOf(options.print);
  const fps = wholeNumber(options.fps, '--fps', 1, 60);
  if (what.length > 2) throw new UserError('tui takes one trace, two traces, or a scenario');
  if (print === undefined && !(process.stdin.isTTY && process.stdout.isTTY))
    throw new UserError(
      'tui needs a terminal. Without one: `probelab show FILE` and `probelab stats FILE` print what the views show, ' +
        '`probelab replay FILE` lists events, `probelab diff A B` compares runs, ' +
        '`probelab run` and `probelab dtrace` execute; `probelab tui ... --script FILE --print 80x24` prints a screen',
    );
  // Before React and Ink are loaded: their development builds remember every frame, and in a CI environment Ink draws nothing.
  process.env['NODE_ENV'] ??= 'production';
  process.env['CI'] = 'false';
  const { tui } = await import('../app/main.tsx');
  const own = `${process.env['XDG_CONFIG_HOME'] ?? `${homedir()}/.config`}/probelab/keys.json`;
  try {
    return await tui(what, {
      inputsOf: (name) => inputsOf(name, options),
      ascii: options.ascii === true || !utf8(),
      colour: (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
      mouse: options.mouse,
      fps,
      keys: options.keys ?? (existsSync(own) ? own : undefined),
      script: options.script,
      recordKeys: options.recordKeys,
      print,
    });
  } catch (error) {
    if (error instanceof Error && (error.name === 'Complaint' || error.name === 'KeyFileError'))
      throw new UserError(error.message);
    throw error;
  }
}

function inputsOf(name: string, options: Options) {
  const argv = [...options.n.flatMap((text) => ['-n', text]), ...options.s.flatMap((path) => ['-s', path])];
  const inputs = runInputs(loadScenario(name), options);
  return argv.length === 0
    ? inputs
    : { ...inputs, dtrace: { argv, files: filesOf(options.s), endsRun: false } };
}

const filesOf = (paths: string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'utf8')]));

function sizeOf(text: string): { columns: number; rows: number } {
  const match = /^(\d{1,3})x(\d{1,3})$/.exec(text);
  if (match === null) throw new UserError(`--print ${text}: expected a size like 80x24`);
  return { columns: Number(match[1]), rows: Number(match[2]) };
}

/** Does the terminal's locale say UTF-8? One that says nothing is taken at its best. */
function utf8(): boolean {
  const locale = process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '';
  return locale === '' || /utf-?8/i.test(locale);
}

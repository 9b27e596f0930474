/** `probelab step SCENARIO|FILE`: the live machine by commands, one a line on stdin, as a debugger takes them. */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { loadScenario } from '../../engine/run/scenario.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { LiveRun } from '../../traces/live/live-run.ts';
import { openTraceAt } from '../../traces/live/open-trace.ts';
import { Progress } from '../progress.ts';
import { execScenario, runInputs } from '../run-inputs.ts';
import { Debugger } from '../step/debugger.ts';
import { openTrace } from '../traces.ts';

interface Options {
  exec?: string;
  seed: string;
  machine?: string;
  cpus?: string;
  simtime?: string;
  n: string[];
  at?: string;
  json?: boolean;
}

const several = (value: string, all: string[]) => [...all, value];

export function define(command: Command): void {
  command
    .argument('[scenario]', 'a scenario, or a recorded trace')
    .option('--exec <command>', 'run this command line instead of a scenario')
    .option('--seed <n>', 'seed of all randomness', '1')
    .option('--machine <name>', 'machine profile')
    .option('--cpus <n>', 'number of CPUs')
    .option('--simtime <t>', 'simulated time limit')
    .option('-n <program>', 'a D program that traces the run', several, [])
    .option('--at <cycle>', 'begin at this cycle')
    .option('--json', 'each answer as one line of JSON')
    .addHelpText(
      'after',
      `
Commands: step, next, finish, stepi, event, tick, firing, syscall, each with an optional count and reverse-; continue, reverse-continue, until CYCLE,
break FUNCTION|FILE:LINE|if D-PREDICATE, watch LOCK, delete [N], print D-EXPRESSION, x/BYTES ADDRESS, list, where [TID], cpu N,
info stack|locals|threads|locks|breaks|events|dtrace, fork seed N | program D | suppress probe, record FILE, start, quit.

Examples:
  echo 'break pipe_write
  continue
  info stack
  reverse-step' | probelab step pipes
  probelab step dd.trace --at 20000000
`,
    )
    .action(async (name: string | undefined, options: Options) => {
      process.exitCode = await step(name, options);
    });
}

async function open(name: string | undefined, options: Options, progress: Progress): Promise<LiveRun> {
  const shown = (cycle: number) => {
    progress.show(() => `executing: cycle ${cycle}`);
    return progress.interrupts > 0;
  };
  const at = options.at === undefined ? undefined : Number(options.at);
  if (at !== undefined && !(Number.isSafeInteger(at) && at >= 0))
    throw new UserError(`--at ${options.at}: a cycle is expected`);
  if (name !== undefined && options.exec === undefined && (name.endsWith('.trace') || existsSync(name))) {
    if (!name.endsWith('.json')) {
      const reader = openTrace(name);
      return openTraceAt(reader, at ?? 0, { progress: shown });
    }
  }
  if ((name === undefined) === (options.exec === undefined))
    throw new UserError(
      "step what? name a scenario ('probelab list scenarios') or a trace, or give --exec COMMAND",
    );
  const scenario = options.exec === undefined ? loadScenario(name ?? '') : execScenario(options.exec);
  const inputs: RunInputs = runInputs(scenario, options);
  if (options.n.length > 0)
    inputs.dtrace = { argv: options.n.flatMap((text) => ['-n', text]), files: {}, endsRun: false };
  return at === undefined
    ? LiveRun.open(inputs, { progress: shown })
    : LiveRun.openAt(inputs, at, { progress: shown });
}

async function step(name: string | undefined, options: Options): Promise<number> {
  const progress = new Progress();
  let run: LiveRun;
  try {
    run = await open(name, options, progress);
  } finally {
    progress.end();
  }
  const session = new Debugger(run);
  const terminal = process.stdin.isTTY === true;
  const say = (text: string, error = false) => {
    if (options.json) process.stdout.write(`${JSON.stringify(error ? { error: text } : { text })}\n`);
    else (error && terminal ? process.stderr : process.stdout).write(`${text}\n`);
  };
  const input = createInterface({ input: process.stdin });
  if (terminal) process.stdout.write('(probelab) ');
  let failed = false;
  for await (const line of input) {
    const words = line.trim();
    if (words === 'quit' || words === 'q') break;
    if (words !== '' && !words.startsWith('#'))
      try {
        const answer = await session.command(words);
        if (options.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
        else if (answer.text !== '') say(answer.text);
      } catch (error) {
        if (!(error instanceof UserError) && !(error instanceof RangeError)) throw error;
        failed = true;
        say(error.message, true);
      }
    if (terminal) process.stdout.write('(probelab) ');
  }
  input.close();
  return failed && !terminal ? 1 : 0;
}

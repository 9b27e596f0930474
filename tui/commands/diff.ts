/**
 * `probelab diff A [B]`: the difference between two recorded runs, in words or as JSON; with one argument, between a traced run and its twin. What
 * executes runs again is loaded when it is asked for: the machine and its compiler are most of the program.
 */
import type { Command } from 'commander';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { parseCondition, type Tested, testCondition } from '../../traces/diff/conditions.ts';
import type { DecideOptions, Decision } from '../../traces/diff/decide.ts';
import type { MeasuredLedger } from '../../traces/diff/measured.ts';
import { compareRuns, type DiffModel, firstDivergence } from '../../traces/diff/model.ts';
import { OUTCOMES, type Outcome } from '../../traces/diff/outcome.ts';
import {
  conditionsReport,
  decisionReport,
  diffReport,
  firstReport,
  measuredReport,
} from '../../traces/diff/report.ts';
import type { TraceReader } from '../../traces/read.ts';
import { Progress } from '../progress.ts';
import { openTrace } from '../traces.ts';

interface Options {
  twin?: boolean;
  json?: boolean;
  first?: boolean;
  failIf: string[];
  ledger: string;
  deciding?: boolean;
  smallest?: boolean;
  outcome?: string;
}

export function define(command: Command): void {
  command
    .argument('<a>', 'a trace, usually of the untraced run; alone, a traced one')
    .argument('[b]', 'the trace to compare with it')
    .option(
      '--twin',
      'compare A with its untraced twin: found beside it, or made (the default with one argument)',
    )
    .option(
      '--fail-if <condition>',
      'THREAD.METRIC OP NUMBER[%|ns|us|ms|s|cycles] on the change from A to B; may be repeated',
      (text: string, list: string[]) => [...list, text],
      [],
    )
    .option(
      '--ledger <how>',
      "'counted', or 'measured' by running again with one charge suppressed at a time",
      'counted',
    )
    .option('--deciding', 'find the firing that made the traced run end differently')
    .option('--smallest', 'with --deciding: the first such firing, by executing every smaller count')
    .option(
      '--outcome <list>',
      `what counts as ending differently, of ${OUTCOMES.join(', ')} (the first that differs)`,
    )
    .option('--first', 'only the first divergence, without reading all of both traces')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit status: 0 the runs are identical, or no condition of --fail-if holds; 1 they differ (without --fail-if), or a
condition holds; 2 bad usage or input.

Metrics: wall, cpu, probe, code, interrupts, locks, runq, sleep (time); switches, ticks, firings, events (counts).
THREAD is the end of a creation path ('dd', 'csh/dd') or 'total'.

Examples:
  probelab diff out/none.trace out/lockstat-count.trace
  probelab diff traced.trace
  probelab diff traced.trace --fail-if 'dd.wall > 2%' --fail-if 'dd.switches >= 5'
  probelab diff traced.trace --ledger measured
  probelab diff traced.trace --deciding --outcome owners
`,
    )
    .action(async (a: string, b: string | undefined, options: Options) => {
      process.exitCode = await diffCommand(a, b, options);
    });
}

async function diffCommand(a: string, b: string | undefined, options: Options): Promise<number> {
  if (options.ledger !== 'counted' && options.ledger !== 'measured')
    throw new UserError(`--ledger ${options.ledger}: expected 'counted' or 'measured'`);
  if (options.smallest && !options.deciding)
    throw new UserError('--smallest says which deciding firing is wanted: add --deciding');
  if (options.twin && b !== undefined) throw new UserError('--twin takes one trace: its twin is the other');
  const conditions = options.failIf.map((text) => inWords('--fail-if', () => parseCondition(text)));
  const outcomes = options.outcome === undefined ? undefined : outcomesOf(options.outcome);
  const progress = new Progress();
  try {
    const [readerA, readerB] = await pair(a, b, progress);
    if (options.first) return first(readerA, readerB, options);
    const diff = compareRuns(readerA, readerB);
    const tested = conditions.flatMap((c) => inWords('--fail-if', () => testCondition(c, diff)));
    const measured =
      options.ledger === 'measured'
        ? await (await import('../../traces/diff/measured.ts')).measureLedger(
            diff,
            readerB,
            (charge) => (cycles) => {
              progress.show(() => `without ${charge}: ${ms(cycles, readerB)} ms simulated`);
              return progress.interrupts > 0;
            },
          )
        : undefined;
    const decision = options.deciding
      ? await deciding(readerA, readerB, { outcomes, smallest: options.smallest }, progress)
      : undefined;
    progress.clear();
    print(diff, { tested, measured, decision }, options.json === true);
    if (conditions.length > 0) return tested.some((t) => t.failed) ? 1 : 0;
    return diff.identical ? 0 : 1;
  } finally {
    progress.end();
  }
}

function first(a: TraceReader, b: TraceReader, options: Options): number {
  if (options.failIf.length > 0 || options.deciding || options.ledger === 'measured')
    throw new UserError('--first looks at no more than the first divergence: leave out the other options');
  const found = firstDivergence(a, b);
  process.stdout.write(
    options.json ? JSON.stringify(found, null, 2) + '\n' : firstReport(found, a.header.clockHz),
  );
  return found === null ? 0 : 1;
}

const ms = (cycles: number, { header }: TraceReader) => ((cycles / header.clockHz) * 1e3).toFixed(0);

/** The two traces; one's twin is made when there is none. */
async function pair(
  a: string,
  b: string | undefined,
  progress: Progress,
): Promise<[TraceReader, TraceReader]> {
  if (b !== undefined) return [openTrace(a), openTrace(b)];
  const traced = openTrace(a);
  const { twinOf } = await import('../../traces/diff/twin.ts');
  const { path, made } = await twinOf(traced, (cycles) => {
    progress.show(() => `the untraced twin: ${ms(cycles, traced)} ms simulated`);
    return progress.interrupts > 0;
  });
  progress.clear();
  if (made) process.stderr.write(`probelab: recorded the untraced twin: ${path}\n`);
  return [openTrace(path), traced];
}

async function deciding(
  a: TraceReader,
  b: TraceReader,
  wanted: Pick<DecideOptions, 'outcomes' | 'smallest'>,
  progress: Progress,
): Promise<Decision> {
  const traced = [b, a].find((r) => (r.header.inputs as RunInputs).dtrace !== undefined);
  if (traced === undefined) throw new UserError('--deciding: neither run was traced');
  const { decide } = await import('../../traces/diff/decide.ts');
  return decide(traced, {
    ...wanted,
    progress: (trial) => (cycles) => {
      progress.show(
        () =>
          `charged for ${trial.k} firings (between ${trial.low} and ${trial.high}; ${trial.left} more executions at most): ` +
          `${ms(cycles, traced)} ms simulated`,
      );
      return progress.interrupts > 0;
    },
  });
}

function outcomesOf(text: string): Outcome[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names)
    if (!(OUTCOMES as readonly string[]).includes(name))
      throw new UserError(`--outcome ${text}: no outcome '${name}': there are ${OUTCOMES.join(', ')}`);
  return names as Outcome[];
}

/** A condition that cannot be read or tested is bad usage. */
function inWords<T>(option: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${option} ${error.message}`);
    throw error;
  }
}

interface Extras {
  tested: Tested[];
  measured: MeasuredLedger | undefined;
  decision: Decision | undefined;
}

function print(diff: DiffModel, { tested, measured, decision }: Extras, json: boolean): void {
  if (json) {
    const all = {
      ...diff,
      ...(tested.length === 0 ? {} : { conditions: tested }),
      ...(measured === undefined ? {} : { measured }),
      ...(decision === undefined ? {} : { decision }),
    };
    process.stdout.write(JSON.stringify(all, null, 2) + '\n');
    return;
  }
  process.stdout.write(diffReport(diff));
  if (measured !== undefined) process.stdout.write(`\n${measuredReport(measured, diff.clockHz)}`);
  if (decision !== undefined) process.stdout.write(`\n${decisionReport(decision, diff.clockHz)}`);
  if (tested.length > 0) process.stdout.write(`\n${conditionsReport(tested)}`);
}

/**
 * The deciding firing: the first k such that a run charged for its first k firings ends differently, and one charged for k - 1 does not.
 *
 * Found by bisection, each step an execution: charged up to the cycle of firing k of the full run, from then on DTrace's sites are ghosts
 * (engine/run/charges.ts). The runs for k - 1 and k differ in that one firing's cost, so their difference, from the firing on, is how it came
 * about. Firings are ordered by (cycle, CPU); where two lie closer together than a CPU can be stopped, they are charged together, and the
 * count of what was really charged is told.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Image } from '../../engine/image/image.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { TraceReader } from '../read.ts';
import { type Firing, firings } from './firings.ts';
import { compareRuns, type DivergenceView } from './model.ts';
import { type Difference, differs, OUTCOMES, type Outcome } from './outcome.ts';
import { inputsOf, type Progress, recordRun } from './twin.ts';

export interface ChainLink {
  /** In the run charged for k firings. */
  cycle: number;
  thread: string;
  text: string;
}

export interface Decision {
  /** How the full run ends differently from the run charged for no firing; undefined: it does not. */
  difference: Difference | undefined;
  firings: number;
  /** Undefined when nothing differs. */
  firing: Firing | undefined;
  /** Firings charged in the last run that ended as before, and in the first that did not; BEGIN and END, which no site fires, are charged always. */
  before: number;
  after: number;
  /** Executions made. */
  runs: number;
  chain: ChainLink[];
}

export interface DecideOptions {
  outcomes?: readonly Outcome[];
  extraPrograms?: Image[];
  /** Told before each execution how many firings it is charged for. */
  progress?: (charged: number, low: number, high: number) => Progress;
}

/** Links shown of a chain. */
const CHAIN = 8;

/** `traced`: a whole recording of a run with a D program. Throws UserError. */
export async function decide(traced: TraceReader, options: DecideOptions = {}): Promise<Decision> {
  const inputs = inputsOf(traced);
  if (inputs.dtrace === undefined)
    throw new UserError(`${traced.path}: this run was not traced: no firing decided it`);
  if (traced.end === undefined)
    throw new UserError(`${traced.path}: cut short: how the run ended is not known`);
  const list = firings(traced);
  const folder = mkdtempSync(join(tmpdir(), 'probelab-deciding-'));
  const open: TraceReader[] = [];
  let runs = 0;
  const charged = async (k: number, low: number, high: number): Promise<TraceReader> => {
    const path = join(folder, `${k}.trace`);
    const until = k === 0 ? 0 : list[k - 1].cycle + 1;
    const progress = options.progress?.(k, low, high);
    await recordRun({ ...inputs, chargesUntil: until }, path, progress, options.extraPrograms);
    runs++;
    const reader = new TraceReader(path);
    open.push(reader);
    return reader;
  };
  try {
    const none = await charged(0, 0, list.length);
    const difference = differs(none, traced, options.outcomes ?? OUTCOMES);
    if (difference === undefined || list.length === 0)
      return { difference, firings: list.length, firing: undefined, before: 0, after: 0, runs, chain: [] };
    // From here on that one outcome counts.
    const of = [difference.outcome];
    let low = { k: 0, reader: none };
    let high = { k: list.length, reader: traced };
    while (high.k - low.k > 1) {
      const k = (low.k + high.k) >> 1;
      const reader = await charged(k, low.k, high.k);
      if (differs(none, reader, of) === undefined) low = { k, reader };
      else high = { k, reader };
    }
    const firing = list[high.k - 1];
    return {
      difference: differs(none, high.reader, of),
      firings: list.length,
      firing,
      before: firings(low.reader).length,
      after: firings(high.reader).length,
      runs,
      chain: chainOf(low.reader, high.reader, firing, differs(none, high.reader, of)),
    };
  } finally {
    for (const reader of open) reader.close();
    rmSync(folder, { recursive: true });
  }
}

/** What follows from the firing: divergences in the order of time that concern a thread which one before concerned. */
function chainOf(
  before: TraceReader,
  after: TraceReader,
  firing: Firing,
  effect: Difference | undefined,
): ChainLink[] {
  const diff = compareRuns(before, after);
  const chain: ChainLink[] = [
    {
      cycle: firing.cycle,
      thread: firing.thread,
      text: `firing ${firing.number}${firing.site === '' ? '' : ` (${firing.site})`} on cpu${firing.cpu} costs ${firing.cycles} cycles`,
    },
  ];
  const concerned = new Set([firing.thread]);
  const later = diff.divergences
    .filter((d) => d.cycleB >= firing.cycle && (d.kind !== 'longer' || tells(d)))
    .sort((x, y) => x.cycleB - y.cycleB || x.cycleA - y.cycleA);
  for (const d of later) {
    if (chain.length === CHAIN) break;
    if (!concerned.has(d.thread) && !d.others.some((other) => concerned.has(other))) continue;
    concerned.add(d.thread);
    for (const other of d.others) concerned.add(other);
    chain.push({ cycle: d.cycleB, thread: d.thread, text: d.sentence });
  }
  if (effect !== undefined)
    chain.push({
      cycle: effect.at?.cycleB ?? diff.endB,
      thread: effect.at?.thread ?? '',
      text: effect.text,
    });
  return chain;
}

/** A step that took longer because its thread waited. */
const tells = (d: DivergenceView) => /: .*(waiting for a lock or a CPU|sleep) [+-]/.test(d.sentence);

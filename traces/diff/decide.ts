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
import { Boots } from '../../engine/run/boots.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { TraceReader } from '../read.ts';
import { recordedImages } from '../sources.ts';
import { causesOf } from './causes.ts';
import { type Firing, firings } from './firings.ts';
import { compareRuns, type DivergenceView } from './model.ts';
import { type Difference, differs, OUTCOMES, type Outcome } from './outcome.ts';
import { inputsOf, type Progress, recordRun } from './twin.ts';
import { shortThread } from './words.ts';

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
  const hooks = {
    extraPrograms: options.extraPrograms,
    boots: new Boots(1),
    image: recordedImages(traced.header.sources),
  };
  let runs = 0;
  const charged = async (k: number, low: number, high: number): Promise<TraceReader> => {
    const path = join(folder, `${k}.trace`);
    const until = k === 0 ? 0 : list[k - 1].cycle + 1;
    const progress = options.progress?.(k, low, high);
    await recordRun({ ...inputs, chargesUntil: until }, path, progress, hooks);
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

/**
 * From the firing to the effect: where the two runs part first after it (or where the outcome shows), and by which wakeups, locks and CPUs the
 * thread there came to that moment since the firing.
 */
function chainOf(
  before: TraceReader,
  after: TraceReader,
  firing: Firing,
  effect: Difference | undefined,
): ChainLink[] {
  const site = firing.site === '' ? '' : ` (${firing.site})`;
  const chain: ChainLink[] = [
    {
      cycle: firing.cycle,
      thread: firing.thread,
      text: `firing ${firing.number}${site} in ${shortThread(firing.thread)} on cpu${firing.cpu} costs ${firing.cycles} cycles`,
    },
  ];
  const diff = compareRuns(before, after);
  const parts = diff.divergences
    .filter((d) => d.kind !== 'longer' && d.seqB >= 0 && d.cycleB > firing.cycle)
    .sort((x, y) => x.cycleB - y.cycleB)[0];
  const places = [parts, effect?.at].filter((d) => d !== undefined && d.seqB >= 0) as DivergenceView[];
  for (const d of places.filter((x, i) => i === 0 || x.seqB !== places[0].seqB)) {
    const since = chain[chain.length - 1].cycle;
    for (const { cycle, thread, text } of causesOf(after, d.thread, d.cycleB, since))
      chain.push({ cycle, thread, text });
    chain.push({ cycle: d.cycleB, thread: d.thread, text: d.sentence });
  }
  if (effect !== undefined && effect.at === undefined)
    chain.push({ cycle: diff.endB, thread: '', text: effect.text });
  return chain;
}

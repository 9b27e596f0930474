/**
 * The deciding firing: a k such that a run charged for its first k firings ends differently, and one charged for k - 1 does not; the smallest one
 * where that is asked for (deciding.ts).
 *
 * Each trial is an execution: charged up to the cycle of firing k of the full run, from then on DTrace's sites are ghosts
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
import { decidingCount, type Trial } from './deciding.ts';
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
  /** Of the counts 1 .. firing - 1, how many were executed; with none of them the run ends differently. All of them: it is the smallest that decides. */
  tried: number;
  /** Executions made. */
  runs: number;
  chain: ChainLink[];
}

export interface DecideOptions {
  outcomes?: readonly Outcome[];
  extraPrograms?: Image[];
  /** Executes every smaller count, too, so that the firing found is the first that decides. */
  smallest?: boolean;
  /** Told before each execution how many firings it is charged for. */
  progress?: (trial: Trial) => Progress;
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
  const open = new Map<number, TraceReader>();
  const hooks = {
    extraPrograms: options.extraPrograms,
    boots: new Boots(1),
    image: recordedImages(traced.header.sources),
  };
  let runs = 0;
  const file = (k: number) => join(folder, `${k}.trace`);
  const charged = async (trial: Trial): Promise<TraceReader> => {
    const { k } = trial;
    const until = k === 0 ? 0 : list[k - 1].cycle + 1;
    await recordRun({ ...inputs, chargesUntil: until }, file(k), options.progress?.(trial), hooks);
    runs++;
    const reader = new TraceReader(file(k));
    open.set(k, reader);
    return reader;
  };
  /** Traces that the answer will not be told from: the smallest may be one of thousands. */
  const forget = (wanted: (k: number) => boolean) => {
    for (const [k, reader] of open)
      if (!wanted(k)) {
        reader.close();
        rmSync(file(k));
        open.delete(k);
      }
  };
  try {
    const all = options.smallest ? list.length : Math.ceil(Math.log2(Math.max(1, list.length)));
    const none = await charged({ k: 0, low: 0, high: list.length, left: all + 1 });
    const difference = differs(none, traced, options.outcomes ?? OUTCOMES);
    if (difference === undefined || list.length === 0)
      return {
        difference,
        firings: list.length,
        firing: undefined,
        before: 0,
        after: 0,
        tried: 0,
        runs,
        chain: [],
      };
    // From here on that one outcome counts.
    const of = [difference.outcome];
    const { k, tried } = await decidingCount(
      list.length,
      async (trial) => {
        const decides = differs(none, await charged(trial), of) !== undefined;
        const { low, high } = decides ? { ...trial, high: trial.k } : { ...trial, low: trial.k };
        forget((n) => n === 0 || n === low || n === high || n === trial.k);
        return decides;
      },
      options.smallest,
    );
    const reader = async (n: number) =>
      n === list.length ? traced : (open.get(n) ?? (await charged({ k: n, low: n, high: n, left: 1 })));
    const before = await reader(k - 1);
    const after = await reader(k);
    const firing = list[k - 1];
    const effect = differs(none, after, of);
    return {
      difference: effect,
      firings: list.length,
      firing,
      before: firings(before).length,
      after: firings(after).length,
      tried,
      runs,
      chain: chainOf(before, after, firing, effect),
    };
  } finally {
    for (const reader of open.values()) reader.close();
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

/**
 * How a run ended, and whether two runs ended differently.
 *
 *   result   why the machine stopped, the exit status, a panic's message
 *   console  what was printed
 *   owners   who got a lock after whom
 *   wakeups  who woke whom, and how often
 */
import type { TraceReader } from '../read.ts';
import { compareRuns, type DivergenceView } from './model.ts';

export const OUTCOMES = ['result', 'console', 'owners', 'wakeups'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Difference {
  outcome: Outcome;
  /** In words. */
  text: string;
  /** Where it shows, for those that are events. */
  at?: DivergenceView;
}

/** The first outcome (of those asked for) in which b differs from a; undefined when there is none. */
export function differs(
  a: TraceReader,
  b: TraceReader,
  of: readonly Outcome[] = OUTCOMES,
): Difference | undefined {
  for (const outcome of of) {
    const found = DIFFER[outcome](a, b);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Test = (a: TraceReader, b: TraceReader) => Difference | undefined;

const result: Test = (a, b) => {
  const words = ({ end }: TraceReader) =>
    end === undefined
      ? 'no end'
      : `${end.reason}, exit status ${end.exitStatus}${end.message === '' ? '' : `: ${end.message}`}`;
  return words(a) === words(b)
    ? undefined
    : { outcome: 'result', text: `the run ends with '${words(b)}' instead of '${words(a)}'` };
};

const printed = (reader: TraceReader): string[] => {
  let text = '';
  for (let n = 0; n < reader.chunks.length; n++)
    for (const item of reader.chunk(n).texts) if (item.kind === 'console') text += item.text;
  return text.split('\n');
};

const console: Test = (a, b) => {
  const linesA = printed(a);
  const linesB = printed(b);
  const n = linesA.findIndex((line, i) => line !== linesB[i]);
  if (n < 0 && linesA.length === linesB.length) return undefined;
  const line = (lines: string[]) => JSON.stringify((lines[n < 0 ? linesA.length : n] ?? '').trimEnd());
  return { outcome: 'console', text: `the console shows ${line(linesB)} instead of ${line(linesA)}` };
};

/** The earliest divergence that is one. */
const place = (a: TraceReader, b: TraceReader, wanted: (d: DivergenceView) => boolean) =>
  compareRuns(a, b)
    .divergences.filter(wanted)
    .sort((x, y) => x.cycleA - y.cycleA)[0];

const owners: Test = (a, b) => {
  const at = place(a, b, (d) => d.kind === 'reordered' && !/sched:::wakeup/.test(d.sentence));
  return at === undefined ? undefined : { outcome: 'owners', text: at.sentence, at };
};

const wakeups: Test = (a, b) => {
  const at = place(a, b, (d) => /sched:::wakeup/.test(d.sentence) && d.kind !== 'longer');
  return at === undefined ? undefined : { outcome: 'wakeups', text: at.sentence, at };
};

const DIFFER: Record<Outcome, Test> = { result, console, owners, wakeups };

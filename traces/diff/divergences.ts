/**
 * The places where two runs part, each up to where they meet again, ranked by what they did to their thread's time; each with a sentence.
 */

import type { Classification, Inversion } from './classes.ts';
import { onCpu } from './ledger.ts';
import type { DivergenceView } from './model.ts';
import type { Pairing, TrackPair } from './pairing.ts';
import type { Timeline, Track } from './timeline.ts';
import { shortThread, time, type Words } from './words.ts';

/** Most divergences that are kept; the rest is counted. */
export const MOST = 2000;
/** Deeds that a sentence names. */
const NAMED = 3;

/** A divergence before it has words: deeds [fromA, toA) and [fromB, toB) of a pair. */
interface Rough {
  kind: DivergenceView['kind'];
  pair: number;
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
  cycleA: number;
  /** When it shows first, on the clock of a run that has something there: until then the clocks say much the same. */
  when: number;
  effect: number;
  inversions?: Inversion[];
  only?: { side: 'a' | 'b'; track: Track };
}

export interface Divergences {
  first: DivergenceView | null;
  ranked: DivergenceView[];
  /** How many there are in all. */
  count: number;
}

/** `partial`: the traces are cut, so what lies at a track's end may only be missing there. */
export function divergences(
  a: Timeline,
  b: Timeline,
  pairing: Pairing,
  classification: Classification,
  words: Words,
  partial = false,
): Divergences {
  const kept = new Ranked();
  let first: Rough | undefined;
  const add = (rough: Rough) => {
    if (rough.kind !== 'longer' && (first === undefined || rough.when < first.when)) first = rough;
    kept.add(rough);
  };
  pairing.pairs.forEach((pair, n) => {
    gaps(pair, n, add, partial);
    if (pair.a.kind === 'thread' && !pair.a.idle) dilations(pair, n, add);
  });
  if (partial)
    return {
      first: first === undefined ? null : withWords(first, a, b, pairing, words),
      ranked: [],
      count: 0,
    };
  for (const rough of reorderings(pairing, classification.inversions)) add(rough);
  for (const [side, tracks] of [
    ['a', pairing.onlyA],
    ['b', pairing.onlyB],
  ] as const)
    for (const track of tracks)
      if (track.kind === 'thread' || track.deeds.count > 0) add(lonely(side, track));
  const view = (rough: Rough) => withWords(rough, a, b, pairing, words);
  const greatest = kept.take();
  // Where the runs part first can be had among the others, however small it is.
  if (first !== undefined && !greatest.includes(first)) greatest.splice(MOST - 1, 1, first);
  const ranked = greatest.map(view);
  return { first: first === undefined ? null : view(first), ranked, count: kept.count };
}

/** Keeps the MOST greatest. */
class Ranked {
  #list: Rough[] = [];
  count = 0;
  #least = -1;

  add(rough: Rough): void {
    this.count++;
    if (Math.abs(rough.effect) <= this.#least) return;
    this.#list.push(rough);
    if (this.#list.length >= 2 * MOST) this.#cut();
  }

  #cut(): void {
    this.#list.sort((x, y) => Math.abs(y.effect) - Math.abs(x.effect) || x.cycleA - y.cycleA);
    this.#list.length = Math.min(this.#list.length, MOST);
    if (this.#list.length === MOST) this.#least = Math.abs(this.#list[MOST - 1].effect);
  }

  take(): Rough[] {
    this.#cut();
    return this.#list;
  }
}

function gaps(
  { a, b, matches }: TrackPair,
  pair: number,
  add: (rough: Rough) => void,
  partial: boolean,
): void {
  let atA = 0;
  let atB = 0;
  const gap = (toA: number, toB: number) => {
    if (toA === atA && toB === atB) return;
    // From the last deed in common to the next one.
    const span = (t: Track, from: number, to: number) => awake(t, to) - awake(t, from - 1);
    add({
      kind: toA === atA ? 'inserted' : toB === atB ? 'missing' : 'replaced',
      pair,
      fromA: atA,
      toA,
      fromB: atB,
      toB,
      cycleA: atA < a.deeds.count ? a.deeds.cycle[atA] : a.end,
      when: Math.min(
        toA > atA ? a.deeds.cycle[atA] : Number.POSITIVE_INFINITY,
        toB > atB ? b.deeds.cycle[atB] : Number.POSITIVE_INFINITY,
      ),
      effect: span(b, atB, toB) - span(a, atA, toA),
    });
  };
  for (const { fromA, fromB, length } of matches) {
    gap(fromA, fromB);
    atA = fromA + length;
    atB = fromB + length;
  }
  if (!partial) gap(a.deeds.count, b.deeds.count);
}

/**
 * Cycles up to deed i that a thread was not asleep: what it sleeps, another thread decides. Of interrupts, how long they ran; an idle thread's
 * time is nobody's.
 */
function awake(t: Track, i: number): number {
  const { count, cycle, sleep, interrupts } = t.deeds;
  if (i < 0 || t.idle) return 0;
  if (t.kind === 'interrupt') return i < count ? interrupts[i] : t.spent.interrupts;
  return i < count ? cycle[i] - t.start - sleep[i] : t.end - t.start - t.spent.sleep;
}

/** Steps from one deed in common to the next that took another time; those with something between them are gaps. */
function dilations({ a, b, matches }: TrackPair, pair: number, add: (rough: Rough) => void): void {
  const ca = a.deeds.cycle;
  for (const { fromA, fromB, length } of matches)
    for (let i = 1; i < length; i++) {
      const x = fromA + i;
      const y = fromB + i;
      const effect = awake(b, y) - awake(b, y - 1) - awake(a, x) + awake(a, x - 1);
      if (effect !== 0)
        add({
          kind: 'longer',
          pair,
          fromA: x,
          toA: x + 1,
          fromB: y,
          toB: y + 1,
          cycleA: ca[x],
          when: ca[x],
          effect,
        });
    }
}

/** Inversions of one object that follow each other in A are one divergence. */
function reorderings(pairing: Pairing, inversions: Inversion[]): Rough[] {
  const out: Rough[] = [];
  for (const inversion of inversions) {
    const { a, b } = pairing.pairs[inversion.pair];
    const { a: x, b: y } = inversion;
    const last = out[out.length - 1];
    if (last?.inversions?.[0].object === inversion.object && last.pair === inversion.pair) {
      last.inversions.push(inversion);
      continue;
    }
    const step = (t: Track, i: number) =>
      t.kind === 'thread' && !t.idle ? awake(t, i) - awake(t, i - 1) : 0;
    out.push({
      kind: 'reordered',
      pair: inversion.pair,
      fromA: x,
      toA: x + 1,
      fromB: y,
      toB: y + 1,
      cycleA: a.deeds.cycle[x],
      when: Math.min(a.deeds.cycle[x], b.deeds.cycle[y]),
      effect: step(b, y) - step(a, x),
      inversions: [inversion],
    });
  }
  return out;
}

function lonely(side: 'a' | 'b', track: Track): Rough {
  const spent = onCpu(track.spent);
  return {
    kind: 'thread',
    pair: -1,
    fromA: 0,
    toA: 0,
    fromB: 0,
    toB: 0,
    cycleA: track.start,
    when: track.start,
    effect: side === 'b' ? spent : -spent,
    only: { side, track },
  };
}

function withWords(rough: Rough, a: Timeline, b: Timeline, pairing: Pairing, words: Words): DivergenceView {
  if (rough.only !== undefined) return threadView(rough, rough.only, a);
  const pair = pairing.pairs[rough.pair];
  const { a: ta, b: tb } = pair;
  const { fromA, toA, fromB, toB } = rough;
  const seq = (t: Track, i: number, there: boolean) => (there ? t.deeds.seq[i] : -1);
  const cycle = (t: Track, i: number) => (i < t.deeds.count ? t.deeds.cycle[i] : t.end);
  return {
    kind: rough.kind,
    thread: ta.identity,
    others: others(rough, pair, a, b),
    seqA: seq(ta, fromA, toA > fromA),
    seqB: seq(tb, fromB, toB > fromB),
    endSeqA: seq(ta, toA - 1, toA > fromA),
    endSeqB: seq(tb, toB - 1, toB > fromB),
    cycleA: cycle(ta, fromA),
    cycleB: cycle(tb, fromB),
    effect: rough.effect,
    sentence: sentence(rough, pair, a, b, words),
  };
}

/** Threads that a divergence has to do with besides its own: those that had the lock before, those that are woken. */
function others(
  { inversions, ...rough }: Rough,
  { a: ta, b: tb }: TrackPair,
  a: Timeline,
  b: Timeline,
): string[] {
  const found = new Set((inversions ?? []).flatMap(({ beforeA, beforeB }) => [beforeA, beforeB]));
  const woken = (t: Timeline, { deeds }: Track, from: number, to: number) => {
    for (let i = from; i < Math.min(to, from + LOOKED_AT); i++) {
      const thread = deeds.object[i] < 0 ? undefined : t.threadObjects.get(t.objects[deeds.object[i]]);
      if (thread !== undefined) found.add(thread);
    }
  };
  woken(a, ta, rough.fromA, rough.toA);
  woken(b, tb, rough.fromB, rough.toB);
  found.delete('');
  found.delete(ta.identity);
  return [...found];
}

/** Deeds of a divergence that are looked at for threads. */
const LOOKED_AT = 200;

function threadView(rough: Rough, { side, track }: NonNullable<Rough['only']>, a: Timeline): DivergenceView {
  const { deeds } = track;
  const first = deeds.count > 0 ? deeds.seq[0] : -1;
  const last = deeds.count > 0 ? deeds.seq[deeds.count - 1] : -1;
  const inB = side === 'b';
  const ran = time(Math.abs(rough.effect), a.clockHz);
  return {
    kind: 'thread',
    thread: track.identity,
    others: [],
    seqA: inB ? -1 : first,
    seqB: inB ? first : -1,
    endSeqA: inB ? -1 : last,
    endSeqB: inB ? last : -1,
    cycleA: track.start,
    cycleB: track.start,
    effect: rough.effect,
    sentence:
      track.kind === 'thread'
        ? `Thread ${track.identity} is in ${side.toUpperCase()} only: ${ran} on a CPU, ${deeds.count} deeds.`
        : `The ${track.identity} is in ${side.toUpperCase()} only: ${deeds.count} deeds.`,
  };
}

function sentence(rough: Rough, { a: ta, b: tb }: TrackPair, a: Timeline, b: Timeline, words: Words): string {
  const who = shortThread(ta.identity);
  const took = `${time(rough.effect, a.clockHz, true)}.`;
  const { fromA, toA, fromB, toB } = rough;
  switch (rough.kind) {
    case 'inserted':
      return `${who} does more in B${words.where(tb, fromB)}: ${several(b, tb, fromB, toB, words)}; ${took}`;
    case 'missing':
      return `${who} does not do in B${words.where(ta, fromA)}: ${several(a, ta, fromA, toA, words)}; ${took}`;
    case 'replaced':
      return (
        `${who}${words.where(ta, fromA)}: ${several(a, ta, fromA, toA, words)} in A, ` +
        `${several(b, tb, fromB, toB, words)} in B; ${took}`
      );
    case 'reordered':
      return reordered(rough.inversions ?? [], who, a, ta, words, took);
    default:
      return longer(rough, ta, tb, a, words, who);
  }
}

function several(t: Timeline, track: Track, from: number, to: number, words: Words): string {
  const list: string[] = [];
  for (let i = from; i < Math.min(to, from + NAMED); i++) list.push(words.deed(t, track, i));
  if (to > from + NAMED) list.push(`${to - from - NAMED} more`);
  return list.join(', ');
}

function reordered(
  inversions: Inversion[],
  who: string,
  a: Timeline,
  ta: Track,
  words: Words,
  took: string,
): string {
  const [{ a: x, object, beforeA, beforeB }] = inversions;
  const after = (identity: string) => (identity === '' ? 'first' : `after ${shortThread(identity)}`);
  const what = words.deed(a, ta, x);
  const order =
    beforeA === beforeB ? 'changes places' : `comes ${after(beforeA)} in A, ${after(beforeB)} in B`;
  const more =
    inversions.length > 1 ? ` (and ${inversions.length - 1} more of ${words.object(a, object)})` : '';
  return `${who}: ${what}${words.where(ta, x)} ${order}${more}; ${took}`;
}

function longer(rough: Rough, ta: Track, tb: Track, a: Timeline, words: Words, who: string): string {
  const { fromA: x, fromB: y } = rough;
  const more = (column: 'probe' | 'interrupts' | 'waits' | 'sleep') =>
    tb.deeds[column][y] - tb.deeds[column][y - 1] - (ta.deeds[column][x] - ta.deeds[column][x - 1]);
  const probe = more('probe');
  const interrupts = more('interrupts');
  const waits = more('waits');
  const sleep = more('sleep');
  const all = tb.deeds.cycle[y] - tb.deeds.cycle[y - 1] - (ta.deeds.cycle[x] - ta.deeds.cycle[x - 1]);
  const causes = (
    [
      ['probes', probe],
      ['interrupts', interrupts],
      ['waiting for a lock or a CPU', waits],
      ['sleep', sleep],
      ['its own code', all - probe - interrupts - waits - sleep],
    ] as const
  )
    .filter(([, cycles]) => cycles !== 0)
    .sort((p, q) => Math.abs(q[1]) - Math.abs(p[1]))
    .slice(0, 2)
    .map(([name, cycles]) => `${name} ${time(cycles, a.clockHz, true)}`);
  const tookA = time(ta.deeds.cycle[x] - ta.deeds.cycle[x - 1], a.clockHz);
  const tookB = time(tb.deeds.cycle[y] - tb.deeds.cycle[y - 1], a.clockHz);
  return (
    `${who} takes ${tookB} instead of ${tookA} from ${words.deed(a, ta, x - 1)} to ${words.deed(a, ta, x)}` +
    `${words.where(ta, x)}: ${causes.join(', ')}.`
  );
}

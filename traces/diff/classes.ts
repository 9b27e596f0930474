/**
 * A class for every deed: same, moved, longer, reordered, only A, only B; none is left over.
 *
 * A deed's own time is the time since the deed in common before it in its track. Reordered are deeds that threads compete for: who got a
 * lock, who woke a thread. For each lock (and each thread that is woken) the deeds in common, in A's order, are compared with B's: those
 * outside the longest chain that both orders share have changed places.
 */
import { longestIncreasing } from './align.ts';
import type { DeedClass } from './model.ts';
import type { Pairing, TrackPair } from './pairing.ts';
import type { Timeline, Track } from './timeline.ts';
import type { Vocabulary } from './vocabulary.ts';

export const CLASSES: readonly DeedClass[] = ['same', 'moved', 'longer', 'reordered', 'onlyA', 'onlyB'];
const SAME = 0;
const MOVED = 1;
const LONGER = 2;
const REORDERED = 3;
const ONLY_A = 4;
const ONLY_B = 5;

/** Class and partner (its index, -1: none) of each deed of a track. */
export interface Classed {
  classes: Uint8Array;
  partner: Int32Array;
}

/** A deed that changed places: what came before it in each run, on the object that both are done to. */
export interface Inversion {
  pair: number;
  /** Index of the deed in the pair's tracks. */
  a: number;
  b: number;
  /** A's number of the object. */
  object: number;
  /** Track that had it just before, in each run; '' for nobody. */
  beforeA: string;
  beforeB: string;
}

export interface Classification {
  a: Map<Track, Classed>;
  b: Map<Track, Classed>;
  inversions: Inversion[];
}

export function classify(pairing: Pairing, a: Timeline, b: Timeline, vocabulary: Vocabulary): Classification {
  const of = (t: Track, only: number): Classed => ({
    classes: new Uint8Array(t.deeds.count).fill(only),
    partner: new Int32Array(t.deeds.count).fill(-1),
  });
  const sideA = new Map(a.tracks.map((t) => [t, of(t, ONLY_A)]));
  const sideB = new Map(b.tracks.map((t) => [t, of(t, ONLY_B)]));
  for (const pair of pairing.pairs) {
    const ca = sideA.get(pair.a);
    const cb = sideB.get(pair.b);
    if (ca !== undefined && cb !== undefined) times(pair, ca, cb);
  }
  const inversions = orders(pairing, vocabulary);
  for (const { pair, a: x, b: y } of inversions) {
    const { a: ta, b: tb } = pairing.pairs[pair];
    (sideA.get(ta) as Classed).classes[x] = REORDERED;
    (sideB.get(tb) as Classed).classes[y] = REORDERED;
  }
  return { a: sideA, b: sideB, inversions };
}

function times({ a, b, matches }: TrackPair, ca: Classed, cb: Classed): void {
  let lastA = Number.NaN;
  let lastB = Number.NaN;
  for (const { fromA, fromB, length } of matches)
    for (let i = 0; i < length; i++) {
      const atA = a.deeds.cycle[fromA + i];
      const atB = b.deeds.cycle[fromB + i];
      const what = Number.isNaN(lastA)
        ? atA === atB
          ? SAME
          : MOVED
        : atA - lastA !== atB - lastB
          ? LONGER
          : atA === atB
            ? SAME
            : MOVED;
      ca.classes[fromA + i] = what;
      cb.classes[fromB + i] = what;
      ca.partner[fromA + i] = fromB + i;
      cb.partner[fromB + i] = fromA + i;
      lastA = atA;
      lastB = atB;
    }
}

/** Deeds whose order between threads is told: acquisitions, by lock; wakeups, by thread. */
const COMPETED = /^lockstat:.*-acquire$|^sched:.*:wakeup$/;

function orders(pairing: Pairing, vocabulary: Vocabulary): Inversion[] {
  const competed = vocabulary.meanings.map(({ site }) => COMPETED.test(site));
  interface Contest {
    pair: number[];
    a: number[];
    b: number[];
  }
  const contests = new Map<number, Contest>();
  pairing.pairs.forEach(({ a, b, matches }, pair) => {
    for (const { fromA, fromB, length } of matches)
      for (let i = 0; i < length; i++) {
        const x = fromA + i;
        const object = a.deeds.object[x];
        if (object < 0 || !competed[a.deeds.key[x]]) continue;
        if (pairing.objectOf[object] !== b.deeds.object[fromB + i]) continue;
        let contest = contests.get(object);
        if (contest === undefined) {
          contest = { pair: [], a: [], b: [] };
          contests.set(object, contest);
        }
        contest.pair.push(pair);
        contest.a.push(x);
        contest.b.push(fromB + i);
      }
  });
  const out: Inversion[] = [];
  for (const [object, contest] of contests) {
    if (contest.pair.every((pair) => pair === contest.pair[0])) continue;
    out.push(...inverted(contest, object, pairing));
  }
  return out;
}

function inverted(
  contest: { pair: number[]; a: number[]; b: number[] },
  object: number,
  pairing: Pairing,
): Inversion[] {
  const n = contest.pair.length;
  const trackOf = (i: number, side: 'a' | 'b') => pairing.pairs[contest.pair[i]][side];
  const order = (side: 'a' | 'b') => {
    const seq = new Int32Array(n);
    const out = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      seq[i] = trackOf(i, side).deeds.seq[contest[side][i]];
      out[i] = i;
    }
    return out.sort((i, k) => seq[i] - seq[k]);
  };
  const orderA = order('a');
  const orderB = order('b');
  const rank = new Int32Array(n);
  orderB.forEach((i, at) => {
    rank[i] = at;
  });
  const chain = new Set(longestIncreasing(Int32Array.from(orderA, (i) => rank[i])));
  if (chain.size === n) return [];
  const out: Inversion[] = [];
  for (let at = 0; at < n; at++) {
    if (chain.has(at)) continue;
    const i = orderA[at];
    out.push({
      pair: contest.pair[i],
      a: contest.a[i],
      b: contest.b[i],
      object,
      beforeA: at > 0 ? trackOf(orderA[at - 1], 'a').identity : '',
      beforeB: rank[i] > 0 ? trackOf(orderB[rank[i] - 1], 'b').identity : '',
    });
  }
  return out;
}

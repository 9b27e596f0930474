/**
 * Which track of one run is which of the other, and which of their deeds.
 *
 * Tracks pair by identity; a thread that the consumer started (dtrace -c) also by its path without the consumer. Deeds are first aligned
 * without regard to objects; what then stands opposite each other says which object of A is which of B: objects are told by the part they
 * play, not by their address. Where a pair of deeds contradicts that, the track is aligned again with objects.
 */
import { align, type Match } from './align.ts';
import type { Timeline, Track } from './timeline.ts';

export interface TrackPair {
  a: Track;
  b: Track;
  matches: Match[];
}

export interface Pairing {
  pairs: TrackPair[];
  onlyA: Track[];
  onlyB: Track[];
  /** B's object for each of A's, -1: none. */
  objectOf: Int32Array;
  /** A's object for each of B's, -1: none. */
  objectFrom: Int32Array;
}

export function pairRuns(a: Timeline, b: Timeline): Pairing {
  const { both, onlyA, onlyB } = pairTracks(a.tracks, b.tracks);
  const pairs = both.map(
    ([ta, tb]): TrackPair => ({
      a: ta,
      b: tb,
      matches: align(keys(ta), keys(tb)),
    }),
  );
  const votes = vote(pairs, b.objects.length);
  const { objectOf, objectFrom } = elect(votes, a.objects.length, b.objects.length);
  const space = b.objects.length + 1;
  for (const pair of pairs) {
    const wrong = contradictions(pair, objectOf);
    if (wrong === 0 || wrong > (1 - FAITHFUL) * common(pair.matches)) continue;
    const first = pair.matches;
    // An object without a counterpart is no reason to differ: it counts as any other of its kind.
    const keysA = withObjects(pair.a, (object) => objectOf[object], space);
    const keysB = withObjects(pair.b, (object) => (objectFrom[object] < 0 ? -1 : object), space);
    const second = repair(pair, align(keysA, keysB), first, (x, y) => (votes.get(x * space + y) ?? 0) > 1);
    // Objects that serve to find fewer deeds in common are told wrongly.
    if (common(second) >= FAITHFUL * common(first)) pair.matches = second;
  }
  return { pairs, onlyA, onlyB, objectOf, objectFrom };
}

const common = (matches: Match[]) => matches.reduce((n, m) => n + m.length, 0);

/** Share of the deeds in common without objects that must be left with them. */
const FAITHFUL = 0.98;

const keys = (t: Track) => t.deeds.key.subarray(0, t.deeds.count);

function pairTracks(a: Track[], b: Track[]): { both: [Track, Track][]; onlyA: Track[]; onlyB: Track[] } {
  const both: [Track, Track][] = [];
  const byIdentity = new Map(b.map((t) => [t.identity, t]));
  const left: Track[] = [];
  for (const ta of a) {
    const tb = byIdentity.get(ta.identity);
    if (tb === undefined) left.push(ta);
    else {
      byIdentity.delete(ta.identity);
      both.push([ta, tb]);
    }
  }
  const withoutConsumer = new Map<string, Track>();
  for (const tb of byIdentity.values()) if (!tb.consumer) withoutConsumer.set(plain(tb.identity), tb);
  const onlyA: Track[] = [];
  for (const ta of left) {
    const tb = ta.consumer ? undefined : withoutConsumer.get(plain(ta.identity));
    if (tb === undefined) onlyA.push(ta);
    else {
      withoutConsumer.delete(plain(ta.identity));
      byIdentity.delete(tb.identity);
      both.push([ta, tb]);
    }
  }
  return { both, onlyA, onlyB: [...byIdentity.values()] };
}

const plain = (identity: string) => identity.replace(/\/dtrace(#\d+)?(?=\/)/g, '');

/** How often A's object x stands opposite B's object y: by x * (objects of B + 1) + y. */
function vote(pairs: TrackPair[], objectsB: number): Map<number, number> {
  const votes = new Map<number, number>();
  const space = objectsB + 1;
  for (const { a, b, matches } of pairs)
    for (const { fromA, fromB, length } of matches)
      for (let i = 0; i < length; i++) {
        const x = a.deeds.object[fromA + i];
        const y = b.deeds.object[fromB + i];
        if (x >= 0 && y >= 0) votes.set(x * space + y, (votes.get(x * space + y) ?? 0) + 1);
      }
  return votes;
}

/**
 * One to one, most votes first. An object that has no clear counterpart tells nothing: locks that are hashed by physical page are such,
 * for which page a thread gets is chance.
 */
function elect(votes: Map<number, number>, objectsA: number, objectsB: number) {
  const objectOf = new Int32Array(objectsA).fill(-1);
  const objectFrom = new Int32Array(objectsB).fill(-1);
  const space = objectsB + 1;
  const ofA = new Float64Array(objectsA);
  const ofB = new Float64Array(objectsB);
  for (const [pair, n] of votes) {
    ofA[Math.floor(pair / space)] += n;
    ofB[pair % space] += n;
  }
  for (const [pair, n] of [...votes].sort((p, q) => q[1] - p[1] || p[0] - q[0])) {
    const x = Math.floor(pair / space);
    const y = pair % space;
    if (objectOf[x] >= 0 || objectFrom[y] >= 0 || n < CLEAR * Math.max(ofA[x], ofB[y])) continue;
    objectOf[x] = y;
    objectFrom[y] = x;
  }
  return { objectOf, objectFrom };
}

/** Share of an object's votes that its counterpart must have. */
const CLEAR = 0.9;

/** Pairs of deeds whose objects are known to be others. */
function contradictions({ a, b, matches }: TrackPair, objectOf: Int32Array): number {
  let n = 0;
  for (const { fromA, fromB, length } of matches)
    for (let i = 0; i < length; i++) {
      const x = a.deeds.object[fromA + i];
      const y = b.deeds.object[fromB + i];
      if (x >= 0 && y >= 0 && objectOf[x] >= 0 && objectOf[x] !== y) n++;
    }
  return n;
}

/** Keys with the object in them, as B numbers it. */
function withObjects(t: Track, inB: (object: number) => number, space: number): Float64Array {
  const { count, key, object } = t.deeds;
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const o = object[i] < 0 ? -1 : inB(object[i]);
    out[i] = key[i] * space + o + 1;
  }
  return out;
}

/**
 * Gaps that the alignment with objects left, but not the one without: memory is used again, so an address may stand for two locks in turn.
 * Where such a pair of objects was seen opposite each other more than once, the deeds are the same.
 */
function repair(
  { a, b }: TrackPair,
  strict: Match[],
  loose: Match[],
  plausible: (x: number, y: number) => boolean,
): Match[] {
  const out: Match[] = [];
  const add = (fromA: number, fromB: number) => {
    const last = out[out.length - 1];
    if (last !== undefined && last.fromA + last.length === fromA && last.fromB + last.length === fromB)
      last.length++;
    else out.push({ fromA, fromB, length: 1 });
  };
  let n = 0;
  let x = 0;
  let y = 0;
  const gap = (toA: number, toB: number) => {
    if (x === toA || y === toB) return;
    while (n < loose.length && loose[n].fromA + loose[n].length <= x) n++;
    for (let k = n; k < loose.length && loose[k].fromA < toA; k++) {
      const m = loose[k];
      const from = Math.max(0, x - m.fromA, y - m.fromB);
      const to = Math.min(m.length, toA - m.fromA, toB - m.fromB);
      for (let i = from; i < to; i++)
        if (plausible(a.deeds.object[m.fromA + i], b.deeds.object[m.fromB + i]))
          add(m.fromA + i, m.fromB + i);
    }
  };
  for (const m of strict) {
    gap(m.fromA, m.fromB);
    for (let i = 0; i < m.length; i++) add(m.fromA + i, m.fromB + i);
    x = m.fromA + m.length;
    y = m.fromB + m.length;
  }
  gap(a.deeds.count, b.deeds.count);
  return out;
}

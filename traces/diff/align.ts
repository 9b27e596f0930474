/**
 * Aligning two sequences of deeds: which happened in both, which only in one.
 *
 * Equal prefixes and suffixes go first. In long sequences, runs of ANCHOR deeds that occur once on either side are taken as anchors (the longest
 * ascending chain of them), so that one great difference does not cost the alignment of all that follows. Between anchors Myers' O(ND) search
 * for a shortest edit script; where that stops at MAX_COST edits, the furthest point reached becomes an anchor: no longer shortest, still an
 * alignment.
 */

/** Runs of equal deeds: a[fromA + i] === b[fromB + i] for i < length. Ascending in both. */
export interface Match {
  fromA: number;
  fromB: number;
  length: number;
}

const MAX_COST = 256;
/** Deeds in an anchor, and the length from which anchors are sought. */
const ANCHOR = 16;
const LONG = 4096;

export function align(a: ArrayLike<number>, b: ArrayLike<number>): Match[] {
  const matches: Match[] = [];
  const add = (fromA: number, fromB: number, length: number) => {
    if (length === 0) return;
    const last = matches[matches.length - 1];
    if (last !== undefined && last.fromA + last.length === fromA && last.fromB + last.length === fromB)
      last.length += length;
    else matches.push({ fromA, fromB, length });
  };
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  add(0, 0, start);
  let x = start;
  let y = start;
  if (endA - x > LONG && endB - y > LONG)
    for (const anchor of anchors(a, b, start, endA, endB)) {
      if (anchor.fromA < x || anchor.fromB < y) continue;
      // Backward as far as they agree, so that the gap before is small.
      let { fromA, fromB } = anchor;
      while (fromA > x && fromB > y && a[fromA - 1] === b[fromB - 1]) {
        fromA--;
        fromB--;
      }
      between(a, b, x, y, fromA, fromB, add);
      x = fromA;
      y = fromB;
      const from = x;
      while (x < endA && y < endB && a[x] === b[y]) {
        x++;
        y++;
      }
      add(fromA, fromB, x - from);
    }
  between(a, b, x, y, endA, endB, add);
  add(endA, endB, a.length - endA);
  return matches;
}

type Add = (fromA: number, fromB: number, length: number) => void;

/** Matches of a[x, endA) and b[y, endB). */
function between(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  x: number,
  y: number,
  endA: number,
  endB: number,
  add: Add,
): void {
  while (x < endA && y < endB) {
    let equal = 0;
    while (x + equal < endA && y + equal < endB && a[x + equal] === b[y + equal]) equal++;
    add(x, y, equal);
    x += equal;
    y += equal;
    if (x === endA || y === endB) return;
    const found = stretch(a, b, x, y, endA, endB);
    for (const match of found.matches) add(match.fromA, match.fromB, match.length);
    x = found.x;
    y = found.y;
  }
}

/** Runs of ANCHOR deeds that occur exactly once in each sequence, in an order that both have. */
function anchors(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  start: number,
  endA: number,
  endB: number,
): { fromA: number; fromB: number }[] {
  const once = (s: ArrayLike<number>, end: number) => {
    const hashes = new Int32Array(Math.max(0, end - start - ANCHOR + 1));
    let power = 1;
    for (let i = 1; i < ANCHOR; i++) power = Math.imul(power, HASH);
    let hash = 0;
    for (let i = start; i < end; i++) {
      if (i - start >= ANCHOR) hash = (hash - Math.imul(mix(s[i - ANCHOR]), power)) | 0;
      hash = (Math.imul(hash, HASH) + mix(s[i])) | 0;
      if (i - start >= ANCHOR - 1) hashes[i - start - ANCHOR + 1] = hash;
    }
    return hashes;
  };
  const hashA = once(a, endA);
  const hashB = once(b, endB);
  const table = new OnceTable(hashA);
  const placesB = new OnceTable(hashB);
  const pairs: { fromA: number; fromB: number }[] = [];
  for (let i = 0; i < hashA.length; i++) {
    if (table.place(hashA[i]) !== i) continue;
    const at = placesB.place(hashA[i]);
    if (at < 0) continue;
    let k = 0;
    while (k < ANCHOR && a[start + i + k] === b[start + at + k]) k++;
    if (k === ANCHOR) pairs.push({ fromA: start + i, fromB: start + at });
  }
  return increasing(pairs);
}

const HASH = 0x01000193;
const mix = (n: number): number => {
  const h = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 12);
};

/** Where a hash occurs, if it occurs once. */
class OnceTable {
  readonly #mask: number;
  readonly #place: Int32Array;
  readonly #hashes: Int32Array;

  constructor(hashes: Int32Array) {
    this.#hashes = hashes;
    let size = 16;
    while (size < hashes.length * 2) size *= 2;
    this.#mask = size - 1;
    // 0: empty; n + 1: once at n; -(n + 1): again after n.
    this.#place = new Int32Array(size);
    for (let i = 0; i < hashes.length; i++) {
      const slot = this.#slot(hashes[i]);
      const known = this.#place[slot];
      this.#place[slot] = known === 0 ? i + 1 : -Math.abs(known);
    }
  }

  #slot(hash: number): number {
    for (let slot = mix(hash) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const known = Math.abs(this.#place[slot]);
      if (known === 0 || this.#hashes[known - 1] === hash) return slot;
    }
  }

  /** -1: never, or more than once. */
  place(hash: number): number {
    return Math.max(0, this.#place[this.#slot(hash)]) - 1;
  }
}

/** Indices of a longest ascending subsequence of values (which are distinct). */
export function longestIncreasing(values: ArrayLike<number>): number[] {
  const tails: number[] = [];
  const before = new Int32Array(values.length).fill(-1);
  for (let i = 0; i < values.length; i++) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[tails[middle]] < values[i]) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[i] = tails[low - 1];
    tails[low] = i;
  }
  const chain: number[] = [];
  for (let i = tails.length === 0 ? -1 : tails[tails.length - 1]; i >= 0; i = before[i]) chain.push(i);
  return chain.reverse();
}

const increasing = (pairs: { fromA: number; fromB: number }[]) =>
  longestIncreasing(Int32Array.from(pairs, (p) => p.fromB)).map((i) => pairs[i]);

/** Matches from (x0, y0) on to (x, y): the end, or the furthest point that MAX_COST edits reach. Never stands still. */
function stretch(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  x0: number,
  y0: number,
  endA: number,
  endB: number,
): { matches: Match[]; x: number; y: number } {
  const n = endA - x0;
  const m = endB - y0;
  const limit = Math.min(n + m, MAX_COST);
  const offset = limit + 1;
  const history: Int32Array[] = [];
  let v = new Int32Array(2 * limit + 3);
  let best = { d: 0, k: 0, sum: -1 };
  for (let d = 0; d <= limit; d++) {
    const row = v.slice();
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && v[offset + k - 1] < v[offset + k + 1]);
      let x = down ? v[offset + k + 1] : v[offset + k - 1] + 1;
      if (d === 0) x = 0;
      let y = x - k;
      while (x < n && y < m && a[x0 + x] === b[y0 + y]) {
        x++;
        y++;
      }
      row[offset + k] = x;
      if (x <= n && y <= m && x + y > best.sum) best = { d, k, sum: x + y };
      if (x >= n && y >= m) {
        history.push(row);
        return { matches: backtrack(history, d, k, offset, x0, y0), x: endA, y: endB };
      }
    }
    history.push(row);
    v = row;
  }
  const x = history[best.d][offset + best.k];
  return { matches: backtrack(history, best.d, best.k, offset, x0, y0), x: x0 + x, y: y0 + x - best.k };
}

/** The path to (d, k), as matches in order. */
function backtrack(
  history: Int32Array[],
  d: number,
  k: number,
  offset: number,
  x0: number,
  y0: number,
): Match[] {
  const matches: Match[] = [];
  for (; d >= 0; d--) {
    const x = history[d][offset + k];
    let start = 0;
    let previous = 0;
    if (d > 0) {
      const v = history[d - 1];
      const down = k === -d || (k !== d && v[offset + k - 1] < v[offset + k + 1]);
      previous = down ? k + 1 : k - 1;
      start = down ? v[offset + previous] : v[offset + previous] + 1;
    }
    if (x > start) matches.push({ fromA: x0 + start, fromB: y0 + start - k, length: x - start });
    k = previous;
  }
  return matches.reverse();
}

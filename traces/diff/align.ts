/**
 * Aligning two sequences of deeds: which happened in both, which only in one.
 *
 * Myers' O(ND) search for a shortest edit script, over equal prefixes and suffixes. Traced and untraced runs differ in few places, so D is
 * small; where it is not, the search stops at MAX_COST and takes the furthest point reached as an anchor, then goes on from there: no
 * longer shortest, still an alignment.
 */

/** Runs of equal deeds: a[fromA + i] === b[fromB + i] for i < length. Ascending in both. */
export interface Match {
  fromA: number;
  fromB: number;
  length: number;
}

const MAX_COST = 400;

export function align(a: ArrayLike<number>, b: ArrayLike<number>): Match[] {
  const matches: Match[] = [];
  const add = (fromA: number, fromB: number, length: number) => {
    if (length === 0) return;
    const last = matches[matches.length - 1];
    if (last !== undefined && last.fromA + last.length === fromA && last.fromB + last.length === fromB)
      last.length += length;
    else matches.push({ fromA, fromB, length });
  };
  let endA = a.length;
  let endB = b.length;
  let suffix = 0;
  while (endA > 0 && endB > 0 && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
    suffix++;
  }
  let x = 0;
  let y = 0;
  while (x < endA || y < endB) {
    let equal = 0;
    while (x + equal < endA && y + equal < endB && a[x + equal] === b[y + equal]) equal++;
    add(x, y, equal);
    x += equal;
    y += equal;
    if (x === endA || y === endB) break;
    const found = stretch(a, b, x, y, endA, endB);
    for (const match of found.matches) add(match.fromA, match.fromB, match.length);
    x = found.x;
    y = found.y;
  }
  add(endA, endB, suffix);
  return matches;
}

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

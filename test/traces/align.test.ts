// Alignment: matches are equal, in order, and as many as can be had.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { align } from '../../traces/diff/align.ts';

const deeds = fc.array(fc.nat(3), { maxLength: 40 });

/** Length of a longest common subsequence, by the textbook's table. */
function longestCommon(a: number[], b: number[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  return table[0][0];
}

test('an alignment is a longest common subsequence', () => {
  fc.assert(
    fc.property(deeds, deeds, (a, b) => {
      let x = 0;
      let y = 0;
      let length = 0;
      for (const match of align(a, b)) {
        expect(match.fromA).toBeGreaterThanOrEqual(x);
        expect(match.fromB).toBeGreaterThanOrEqual(y);
        expect(a.slice(match.fromA, match.fromA + match.length)).toEqual(
          b.slice(match.fromB, match.fromB + match.length),
        );
        x = match.fromA + match.length;
        y = match.fromB + match.length;
        length += match.length;
      }
      expect(length).toBe(longestCommon(a, b));
    }),
    { seed: 17, numRuns: 500 },
  );
});

test('a long sequence with many insertions is aligned whole', () => {
  const a = Array.from({ length: 50_000 }, (_, i) => i % 97);
  const b = a.flatMap((deed, i) => (i % 50 === 7 ? [500, deed] : [deed]));
  const common = align(a, b).reduce((n, match) => n + match.length, 0);
  expect(common).toBe(a.length);
});

test('sequences with nothing in common end, without a match', () => {
  const a = Array.from({ length: 5000 }, () => 1);
  const b = Array.from({ length: 5000 }, () => 2);
  expect(align(a, b)).toEqual([]);
});

test('long sequences, with anchors: matches are equal and in order, and edits turn one into the other', () => {
  // Few different deeds in long repetitions, as locks are; pieces cut out, put in, changed, and moved elsewhere.
  const edits = fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      kind: fc.constantFrom('cut', 'put', 'change', 'move'),
      length: fc.integer({ min: 1, max: 400 }),
    }),
    { minLength: 1, maxLength: 25 },
  );
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 3, maxLength: 60 }), edits, (motif, list) => {
      const a = Array.from({ length: 12_000 }, (_, i) => motif[(i * 7 + (i >> 6)) % motif.length]);
      let b = [...a];
      for (const { at, kind, length } of list) {
        const from = Math.floor(at * b.length);
        const piece = b.slice(from, from + length);
        if (kind !== 'put') b.splice(from, kind === 'change' ? 0 : length);
        if (kind === 'put') b.splice(from, 0, ...piece.map((n) => n + 1));
        if (kind === 'change') b = b.map((n, i) => (i >= from && i < from + length ? 9 : n));
        if (kind === 'move') b.splice(Math.floor((1 - at) * b.length), 0, ...piece);
      }
      const made: number[] = [];
      let x = 0;
      let y = 0;
      for (const { fromA, fromB, length } of align(a, b)) {
        expect(fromA).toBeGreaterThanOrEqual(x);
        expect(fromB).toBeGreaterThanOrEqual(y);
        for (; y < fromB; y++) made.push(b[y]); // inserted; a[x .. fromA) is deleted
        for (let i = 0; i < length; i++) made.push(a[fromA + i]);
        x = fromA + length;
        y = fromB + length;
      }
      for (; y < b.length; y++) made.push(b[y]);
      expect(made).toEqual(b);
      // What nobody touched is found: each edit can cost its own length and little more.
      const touched = list.reduce((n, edit) => n + edit.length, 0);
      const common = align(a, b).reduce((n, match) => n + match.length, 0);
      expect(common).toBeGreaterThan(a.length - 4 * touched - 200 * list.length);
    }),
    { seed: 23, numRuns: 40 },
  );
}, 60_000);

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

// Which count of charged firings decides: what the search promises of any run, whether more firings always decide as well or not.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decidingCount, type Trial } from '../../traces/diff/deciding.ts';

/** Whether each count 0 .. n decides: none does not, all do. */
const runs = fc.array(fc.boolean(), { maxLength: 40 }).map((between) => [false, ...between, true]);

async function search(decides: boolean[], smallest: boolean) {
  const trials: Trial[] = [];
  const found = await decidingCount(
    decides.length - 1,
    async (trial) => {
      trials.push(trial);
      return decides[trial.k];
    },
    smallest,
  );
  return { ...found, trials };
}

test('what it finds decides, the count before does not; what was tried is told', async () => {
  await fc.assert(
    fc.asyncProperty(runs, fc.boolean(), async (decides, smallest) => {
      const { k, tried, trials } = await search(decides, smallest);
      expect([decides[k], decides[k - 1]]).toEqual([true, false]);
      expect(tried).toBe(trials.filter((t) => t.k < k && !decides[t.k]).length);
      for (const [i, { k: at, low, high, left }] of trials.entries()) {
        expect(low < at && at < high).toBe(true);
        expect(trials.length - i).toBeLessThanOrEqual(left);
      }
      expect(new Set(trials.map((t) => t.k)).size).toBe(trials.length);
    }),
  );
});

test('bisection is short; the smallest is the smallest', async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (decides) => {
      const quick = await search(decides, false);
      expect(quick.trials.length).toBeLessThanOrEqual(Math.ceil(Math.log2(decides.length)));
      const { k, tried } = await search(decides, true);
      expect(k).toBe(decides.indexOf(true));
      expect(tried).toBe(k - 1);
    }),
  );
});

test('where a smaller count decides and a greater one does not, bisection need not see it', async () => {
  const decides = [false, true, false, false, false, false, false, true, true];
  expect(await search(decides, false)).toMatchObject({ k: 7, tried: 2 });
  expect(await search(decides, true)).toMatchObject({ k: 1, tried: 0 });
});

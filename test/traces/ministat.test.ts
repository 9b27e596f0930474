// Our ministat against Debian's, and against figures published with it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONFIDENCES, compare, report, sample } from '../../traces/ministat.ts';

const installed = (() => {
  try {
    execFileSync('ministat', ['-n'], { input: '1\n2\n3\n', stdio: ['pipe', 'ignore', 'ignore'] });
    return true;
  } catch {
    return false;
  }
})();

describe('text', () => {
  test('a report is what ministat prints', () => {
    const none = sample('none', [0.2, 0.21, 0.21, 0.22, 0.2, 0.21]);
    const traced = sample('traced', [0.42, 0.44, 0.43, 0.44, 0.43, 0.43]);
    expect(report([none, traced], { width: 40 })).toBe(
      [
        'x none',
        '+ traced',
        '+----------------------------------------+',
        '|  x                                  +  |',
        '|x x                                  + +|',
        '|x xx                                ++ +|',
        '||AM|                                |MA||',
        '+----------------------------------------+',
        '    N           Min           Max        Median           Avg        Stddev',
        'x   6           0.2          0.22          0.21    0.20833333  0.0075277265',
        '+   6          0.42          0.44          0.43    0.43166667  0.0075277265',
        'Difference at 95.0% confidence',
        '\t0.223333 +/- 0.00968319',
        '\t107.2% +/- 4.64793%',
        "\t(Student's t, pooled s = 0.00752773)",
        '',
      ].join('\n'),
    );
  });

  test.skipIf(!installed)('equals the original on generated data (needs ministat)', () => {
    const dir = mkdtempSync(join(tmpdir(), 'ministat-'));
    const values = fc.array(
      fc.integer({ min: 0, max: 3000 }).map((n) => n / 10),
      { minLength: 3, maxLength: 40 },
    );
    fc.assert(
      fc.property(
        fc.array(values, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...CONFIDENCES),
        fc.integer({ min: 20, max: 120 }),
        fc.boolean(),
        (data, confidence, width, separate) => {
          const names = data.map((points, i) => {
            const name = join(dir, `sample${i}`);
            writeFileSync(name, points.join('\n') + '\n');
            return name;
          });
          const args = ['-c', String(confidence), '-w', String(width), ...(separate ? ['-s'] : []), ...names];
          const original = execFileSync('ministat', args, { encoding: 'utf8' });
          const samples = data.map((points, i) => sample(names[i], points));
          expect(report(samples, { confidence, width, separate })).toBe(original);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

// Published: dd(1) under DTrace on a BeagleBone, eleven runs each; average and standard deviation as printed there.
test.each`
  what                   | mean          | stddev          | difference  | halfWidth     | percent    | halfPercent
  ${'lockstat'}          | ${0.43454545} | ${0.0068755165} | ${0.226364} | ${0.00575196} | ${108.734} | ${2.76295}
  ${'lockstat, dd only'} | ${0.55818182} | ${0.0075075719} | ${0.35}     | ${0.0060565}  | ${168.122} | ${2.90924}
`(
  'reproduces the published interval of $what',
  ({ mean, stddev, difference, halfWidth, percent, halfPercent }) => {
    const common = { n: 11, min: 0, max: 0, median: 0 };
    const result = compare(
      { ...common, mean: 0.20818182, stddev: 0.0060302269 },
      { ...common, mean, stddev },
      95,
    );
    expect(result.difference).toBeCloseTo(difference, 6);
    expect(result.halfWidth).toBeCloseTo(halfWidth, 6);
    expect(result.differencePercent).toBeCloseTo(percent, 2);
    expect(result.halfWidthPercent).toBeCloseTo(halfPercent, 3);
  },
);

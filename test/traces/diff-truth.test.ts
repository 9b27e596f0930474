// Truth beside the tool: key by key, with the error, against what runs on their own say.
import { describe, expect, test } from 'vitest';
import type { Truth } from '../../traces/diff/truth.ts';
import { lab, summary } from '../e2e/lab.ts';

const COMMAND = ['--exec', 'dd if=/dev/zero of=/dev/null bs=64k count=4 status=none', '--cpus', '2'];

describe('truth', () => {
  test('a program that timing does not change has no error: exit code 0', async () => {
    const run = await lab(
      'truth',
      ...COMMAND,
      '-n',
      'syscall:::entry /execname == "dd"/ { @[probefunc] = count(); }',
    );
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toMatch(/^@1 count\(\) +traced +truth +error\n/);
    expect(run.out).toMatch(/^ {2}write +(\d+) +\1 +0 %$/m);
    expect(run.out).toMatch(/^added latency: \d+\.\d+ ms /m);
  });

  test('what each side says is what it says alone, and the truth is of the untraced run', async () => {
    const program =
      'lockstat:::adaptive-acquire { @[execname] = count(); @times = quantize(timestamp % 4096); }';
    const { code, out } = await lab('truth', '--json', ...COMMAND, '-n', program);
    expect(code).toBe(1);
    const truth = JSON.parse(out) as Truth;
    const table = (text: string) =>
      [...text.matchAll(/^ {2}(\w+) +(\d+)$/gm)].map(([, key, n]) => [key, Number(n)]).sort();
    const rows = (which: 'traced' | 'truth') =>
      truth.keys
        .filter((k) => k.function === 'count' && k[which] !== null)
        .map((k) => [k.keys[0], k[which]])
        .sort();
    const traced = await summary(...COMMAND, '-n', program);
    const ghost = await summary(...COMMAND, '-x', 'ghost', '-n', program);
    expect(rows('traced')).toEqual(table(traced.err));
    expect(rows('truth')).toEqual(table(ghost.err));
    expect(truth.digests.traced).toBe(traced.digest);
    const dtrace = truth.keys.find((k) => k.keys[0] === 'dtrace');
    expect(dtrace).toMatchObject({ truth: null, errorPercent: null }); // the tool sees itself
    const dd = truth.keys.find((k) => k.keys[0] === 'dd');
    expect(dd?.errorPercent).toBeCloseTo((((dd?.traced ?? 0) - (dd?.truth ?? 0)) / (dd?.truth ?? 1)) * 100);
    const times = truth.keys.find((k) => k.function === 'quantize');
    expect(times?.buckets?.reduce((n, b) => n + b.traced, 0)).toBe(times?.traced);
    expect(times?.buckets?.reduce((n, b) => n + b.truth, 0)).toBe(times?.truth);
    expect(truth.firings).toBeGreaterThan(dd?.traced ?? 0);
    expect(truth.firingCycles).toBeGreaterThan(100);
    expect(truth.tracedCycles).toBeGreaterThan(truth.truthCycles);
  });

  test('bad usage', async () => {
    for (const [argv, words] of [
      [['truth', ...COMMAND], /there is no D program/],
      [['truth', '-n', 'BEGIN { @ = count(); }'], /truth of what\?/],
      [['truth', ...COMMAND, '-x', 'ghost', '-n', 'BEGIN { @ = count(); }'], /leave out -x ghost/],
    ] as const) {
      const run = await lab(...argv);
      expect([argv, run.code, run.out]).toEqual([argv, 2, '']);
      expect(run.err).toMatch(words);
    }
  });

  test('what a timer sees', async () => {
    const busy = ['--exec', 'spin -t 0.005', '--cpus', '2'];
    const run = await lab('truth', '--json', ...busy, '-n', 'tick-1ms { @[probename] = count(); }');
    const [tick] = (JSON.parse(run.out) as Truth).keys;
    expect(tick.keys).toEqual(['tick-1ms']);
    expect(tick.truth).toBeGreaterThan(2);
    expect(tick.traced).toBeGreaterThan(2);
  });
});

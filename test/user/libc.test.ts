/**
 * The guest's libc against the host's: each program in programs/ is compiled by our compiler with our libc, and must print
 * what it printed when gcc compiled it with glibc. That output is kept in golden/; where gcc is installed it is made anew
 * and must still be the same.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { programs, runWithLibc } from './guest.ts';

const golden = fileURLToPath(new URL('golden', import.meta.url));
const haveGcc = spawnSync('gcc', ['--version']).status === 0;
const INPUT: Record<string, string> = { scanf: '1 a\n2 b b 3' };

/** The sign of a NaN is nobody's business. */
const normal = (text: string) => text.replaceAll('-nan', 'nan');

function byGcc(name: string): string {
  const dir = mkdtempSync(`${tmpdir()}/probelab-libc-`);
  try {
    execFileSync('gcc', ['-w', '-O1', '-o', `${dir}/a.out`, `${programs}/${name}.c`, '-lm']);
    return normal(
      execFileSync(`${dir}/a.out`, {
        input: INPUT[name] ?? '',
        encoding: 'latin1',
        env: { TZ: 'UTC' },
        maxBuffer: 1 << 26,
      }),
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function expected(name: string): string {
  const path = `${golden}/${name}.txt`;
  if (process.env['UPDATE_GOLDEN'] && haveGcc) writeFileSync(path, byGcc(name), 'latin1');
  if (!existsSync(path))
    throw new Error(`${path} is missing: run with UPDATE_GOLDEN=1 where gcc is installed`);
  return readFileSync(path, 'latin1');
}

describe('libc prints what glibc prints', () => {
  for (const name of ['printf', 'scanf', 'strtod', 'string', 'stdlib', 'time'])
    test(name, { timeout: 60_000 }, () => {
      const result = runWithLibc(`${programs}/${name}.c`, INPUT[name]);
      expect(result.status).toBe(0);
      expect(normal(result.output)).toBe(expected(name));
      if (haveGcc) expect(byGcc(name)).toBe(expected(name));
    });
});

/** Distance of two doubles in units of the last place. */
function ulps(a: string, b: string): number {
  const bits = (text: string) => {
    const [, sign, lead, frac, exp] = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)$/.exec(text) ?? [];
    if (lead === undefined) return undefined;
    const m = BigInt(`0x${lead}${(frac ?? '').padEnd(13, '0')}`);
    const u = lead === '0' ? m : ((BigInt(exp) + 1023n) << 52n) + (m & ((1n << 52n) - 1n));
    return sign ? -u : u;
  };
  const x = bits(a);
  const y = bits(b);
  if (x === undefined || y === undefined) return a === b ? 0 : Number.POSITIVE_INFINITY;
  return Number(x > y ? x - y : y - x);
}

// glibc's own errors: up to 2 for most functions, a few more for tgamma.
test('math.h agrees with glibc to within its error', { timeout: 60_000 }, () => {
  const ours = normal(runWithLibc(`${programs}/math.c`).output).split('\n');
  const theirs = expected('math').split('\n');
  expect(ours.length).toBe(theirs.length);
  for (const [i, line] of ours.entries()) {
    const a = line.split(/[ =]/);
    const b = theirs[i].split(/[ =]/);
    for (const [k, word] of a.entries()) {
      const limit = a[0].includes('tgamma') || a[k - 1]?.startsWith('tgamma') ? 4 : 2;
      if (word !== b[k]) expect(ulps(word, b[k]), `${line}: glibc has ${b[k]}`).toBeLessThanOrEqual(limit);
    }
  }
});

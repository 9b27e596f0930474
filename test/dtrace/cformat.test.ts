/** printf()'s conversions against the C library's: expectations made by golden/printf.c, built with gcc. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatDouble, formatInteger, formatString } from '../../engine/dtrace/consumer/cformat.ts';
import { parseFormat } from '../../engine/dtrace/printf.ts';

type Case = [format: string, value: string | number, expected: string];
const CASES = JSON.parse(readFileSync(new URL('golden/printf.json', import.meta.url), 'utf8')) as Case[];

function ours(format: string, value: string | number): string {
  const { pieces } = parseFormat(format, (tag, message) => {
    throw new Error(`${tag}: ${message}`);
  });
  const c = pieces[0].conv!;
  if (typeof value === 'number') return formatDouble(value, c.letter, c);
  if (c.letter === 's') return formatString(value, c);
  const signed = c.letter === 'd' || c.letter === 'i';
  return formatInteger(signed ? BigInt(value) : BigInt.asUintN(64, BigInt(value)), c.letter, c);
}

it('formats integers, strings and doubles as the C library does', () => {
  const wrong = CASES.filter(([format, value, expected]) => ours(format, value) !== expected);
  expect(wrong.map(([f, v, e]) => `${f} of ${v}: ${ours(f, v)}| not ${e}|`)).toEqual([]);
  expect(CASES.length).toBeGreaterThan(1900);
});

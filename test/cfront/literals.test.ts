import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChar, parseNumber, parseStrings } from '../../engine/cfront/literals.ts';
import { printType } from '../../engine/cfront/printtype.ts';

const number = (text: string) => {
  const n = parseNumber(text);
  return `${'float' in n ? n.float : n.value} ${printType(n.type)}`;
};

describe('numbers', () => {
  const cases: [string, string][] = [
    ['0', '0 int'], ['2147483647', '2147483647 int'], ['2147483648', '2147483648 long'], ['0x80000000', '2147483648 unsigned int'],
    ['0xffffffffffffffff', '18446744073709551615 unsigned long'], ['9223372036854775808', '9223372036854775808 unsigned long'],
    ['010', '8 int'], ['0b101', '5 int'], ['1u', '1 unsigned int'], ['1ul', '1 unsigned long'], ['1LLU', '1 unsigned long long'], ['1ll', '1 long long'],
    ['4294967296u', '4294967296 unsigned long'], ['1.5', '1.5 double'], ['1.5f', '1.5 float'], ['1e3L', '1000 long double'], ['.5', '0.5 double'],
    ['5.', '5 double'], ['0x1p-2', '0.25 double'], ['0x1.8p1f', '3 float'], ['0x.8p0', '0.5 double'], ['0x1.fffffffffffffp1023', `${Number.MAX_VALUE} double`],
    ['0x1p-1074', '5e-324 double'], ['0x1.8p-1075', '5e-324 double'], ['0x1p-1075', '0 double'], ['0x10000000000000800001p0', '7.555786372591434e+22 double'], ['0e0', '0 double'],
  ]; // biome-ignore format: a table
  for (const [text, value] of cases) it(text, () => expect(number(text)).toBe(value));
  for (const text of [
    '08',
    '1x',
    '0x',
    '1lul',
    '1lL',
    '1uu',
    '0b2',
    '1.2.3',
    '1e',
    '0x1.8',
    '18446744073709551616',
    '1.5u',
  ]) {
    it(`${text} is none`, () => expect(() => parseNumber(text)).toThrow());
  }
  it('reads any double back from its hexadecimal form', () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, (1n << 53n) - 1n),
        fc.integer({ min: -1074, max: 900 }),
        (mantissa, exponent) => {
          const { float } = parseNumber(`0x${mantissa.toString(16)}p${exponent}`) as { float: number };
          // The same by division or multiplication with powers of two, which rounds once.
          const expected =
            exponent < -960
              ? Number(mantissa) * 2 ** -900 * 2 ** (exponent + 900)
              : Number(mantissa) * 2 ** exponent;
          expect(float).toBe(expected);
        },
      ),
    );
  });
});

describe('characters and strings', () => {
  const char = (text: string) => {
    const c = parseChar(text);
    return `${c.value} ${printType(c.type)}`;
  };
  it('have the values that gcc gives them', () => {
    expect(char("'a'")).toBe('97 int');
    expect(char("'\\xff'")).toBe('-1 int');
    expect(char("'\\377'")).toBe('-1 int');
    expect(char("'ab'")).toBe('24930 int');
    expect(char("'\\0'")).toBe('0 int');
    expect(char("L'\\xffffffff'")).toBe('-1 int');
    expect(char("u'\\xffff'")).toBe('65535 unsigned short');
    expect(char("U'\u{1f600}'")).toBe('128512 unsigned int');
    expect(char("'\\e'")).toBe('27 int');
  });
  it('join, and end with NUL', () => {
    expect([...parseStrings(['"a\\n"', '"\\x41g"', 'u8"\u00e9"']).bytes]).toEqual([
      97, 10, 0x41, 103, 0xc3, 0xa9, 0,
    ]);
    expect([...parseStrings(['L"a"', '"b"']).bytes]).toEqual([97, 0, 0, 0, 98, 0, 0, 0, 0, 0, 0, 0]);
    expect(() => parseStrings(['L"a"', 'u"b"'])).toThrow(/different kinds/);
  });
});

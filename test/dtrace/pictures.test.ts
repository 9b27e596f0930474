/**
 * agghist, aggpack, aggzoom: the layouts as the options' author describes them. Bars are 40 columns of the sum of all values, or with aggzoom
 * the highest takes 95 % of them; a packed histogram is one character a bucket, between the lowest and highest bucket that any key uses.
 */
import { describe, expect, it } from 'vitest';
import { quiet } from './harness.ts';

const at = (n: number, of = 40): string => '@'.repeat(n) + ' '.repeat(of - n);
const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

// Aggregations at the end follow a newline, and the header begins with another.
describe('agghist', () => {
  it('draws a bar for each key', () => {
    expect(quiet('BEGIN { @["cat"] = sum(30); @["sh"] = sum(10); }', 'agghist')).toBe(
      `

              key  ------------- Distribution ------------- count    
               sh |${at(10)} 10       
              cat |${at(30)} 30       `,
    );
  });

  it('is as wide as the keys need', () => {
    expect(quiet('BEGIN { @[1, (char)2] = count(); }', 'agghist')).toBe(
      `\n\n${'key'.padStart(13)} ${' '.repeat(1)}------------- Distribution ------------- count    \n` +
        `${' '.repeat(8)}1   2 |${at(40)} 1        `,
    );
  });

  it('has a centre line when signs differ, and leaves averages alone', () => {
    expect(quiet('BEGIN { @["a"] = sum(-10); @["b"] = sum(30); @v["c"] = avg(4); }', 'agghist')).toBe(
      '\n\n              key  ------------- Distribution ------------- count    \n' +
        `                a ${' '.repeat(15)}@@@@@|${' '.repeat(20)} -10      \n` +
        `                b ${' '.repeat(20)}|${at(15, 20)} 30       \n` +
        `  ${'c'.padEnd(50)}${'4'.padStart(17)}`,
    );
  });

  it('aggzoom: the highest bar takes 38 columns', () => {
    const text = quiet('BEGIN { @["a"] = sum(10); @["b"] = sum(5); }', 'agghist', 'aggzoom');
    expect([...text.matchAll(/\|(@*)/g)].map((m) => m[1].length)).toEqual([19, 38]);
    expect(quiet('BEGIN { @ = quantize(4); @ = quantize(9); @ = quantize(9); }', 'aggzoom')).toContain(
      `               8 |${at(38)} 2        `,
    );
  });

  it('encoding=utf8: eighths of a column', () => {
    const text = quiet('BEGIN { @["a"] = sum(1); @["b"] = sum(63); }', 'agghist', 'encoding=utf8');
    // 1/64 of 40 columns is 5 eighths; 63/64 are 39 columns and 3 eighths.
    expect(text).toContain(bytes(`|▋${' '.repeat(39)} 1`));
    expect(text).toContain(bytes(`|${'█'.repeat(39)}▍ 63`));
  });
});

describe('aggpack', () => {
  const program = 'BEGIN { @["x"] = quantize(2); @["x"] = quantize(100); @["yy"] = quantize(1); }';

  it('packs powers of two', () => {
    expect(quiet(program, 'aggpack', 'encoding=ascii')).toBe(
      `\n\n${'key'.padStart(17)}  min .---------. max  | count\n` +
        `${'yy'.padStart(17)}    0 : X       : 128  | 1\n` +
        `${'x'.padStart(17)}    0 :  x    x : 128  | 2`,
    );
  });

  it('uses block elements unless told otherwise', () => {
    expect(quiet(program, 'aggpack')).toContain(bytes(':  ▅    ▅ :'));
  });

  it('packs linear steps over their whole range', () => {
    expect(
      quiet(
        'BEGIN { @[1] = lquantize(5, 0, 10, 1); @[2] = lquantize(100, 0, 10, 1); @[2] = lquantize(-1, 0, 10, 1); }',
        'aggpack',
        'encoding=ascii',
      ),
    ).toBe(
      `\n\n${'key'.padStart(9)}     min .------------. max      | count\n` +
        `${'1'.padStart(9)}     < 0 :      X     : >= 10    | 1\n` +
        `${'2'.padStart(9)}     < 0 :x          x: >= 10    | 2`,
    );
  });

  it('shows negative buckets, and nothing for an empty histogram', () => {
    expect(quiet('BEGIN { @ = quantize(4, -2); }', 'aggpack', 'encoding=ascii')).toContain(
      '    2 : V : 8    | -2',
    );
    expect(quiet('BEGIN { @ = quantize(4); clear(@); }', 'aggpack', 'encoding=ascii')).toContain(
      '    0 :  : 1    | 0',
    );
  });
});

describe('printing order', () => {
  it('compares averages by what they print, then by key', () => {
    expect(
      quiet(
        'BEGIN { @[2] = avg(10); @[2] = avg(11); @[1] = avg(10); @[0] = avg(11); printa("%d:%@d ", @); }',
      ),
    ).toBe('1:10 2:10 0:11 ');
  });

  it.each([
    [[], 'a b'],
    [['aggsortrev'], 'b a'],
  ])('prints variables in the order of the program, with %s: %s', (settings, order) => {
    const text = quiet('BEGIN { @a["a"] = count(); @b["b"] = count(); }', ...settings);
    expect([...text.matchAll(/\b([ab])\b/g)].map((m) => m[1]).join(' ')).toBe(order);
  });

  it('ignores a key position that there is not', () => {
    const program = 'BEGIN { @[1, 9] = count(); @[2, 8] = count(); printa("%d,%d ", @); }';
    expect(quiet(program, 'aggsortkey', 'aggsortkeypos=1')).toBe('2,8 1,9 ');
    expect(quiet(program, 'aggsortkey', 'aggsortkeypos=2')).toBe('1,9 2,8 ');
  });
});

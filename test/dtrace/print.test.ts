/** print(): the type's name and the value by its type; %S and %C: C's escapes, others in octal. */
import { describe, expect, it } from 'vitest';
import type { ArrayType, Field, RecordType, Type } from '../../engine/cfront/types.ts';
import { CHAR, INT, pointerTo, SHORT, UCHAR, VOID } from '../../engine/cfront/types.ts';
import { printTyped } from '../../engine/dtrace/consumer/printtype.ts';
import { quiet } from './harness.ts';

const NO_SYMBOLS = { kernel: () => undefined, user: () => undefined };
const array = (element: Type, length: number): ArrayType => ({
  kind: 'array',
  element,
  length,
  size: element.size * length,
  align: element.align,
  quals: 0,
});
function struct(tag: string, size: number, fields: Field[]): RecordType {
  return { kind: 'struct', tag, fields, complete: true, size, align: 8, quals: 0 };
}

describe('print', () => {
  it.each([
    ['print(26)', 'int 0x1a\n'],
    ['print(0)', 'int 0\n'],
    ['print((short)-1)', 'short 0xffff\n'],
    ['print((char)97)', "char 'a'\n"],
    ['print((char)0)', "char '\\0'\n"],
    ['print((char)7)', "char '\\007'\n"],
    ['print("text")', 'string "text"\n'],
    ['print((void *)0x10)', 'void * 0x10\n'],
  ])('%s', (statement, expected) => {
    expect(quiet(`BEGIN { ${statement}; }`)).toBe(expected);
  });

  it('spells structures out, members indented', () => {
    const point = struct('point', 8, [
      { name: 'x', type: INT, offset: 0 },
      { name: 'y', type: INT, offset: 4 },
    ]);
    const whole = struct('whole', 48, [
      { name: 'name', type: array(CHAR, 8), offset: 0 },
      { name: 'raw', type: array(UCHAR, 2), offset: 8 },
      { name: 'next', type: pointerTo(VOID), offset: 16 },
      { name: 'flag', type: SHORT, offset: 24, bitOffset: 2, bitWidth: 3 },
      { name: 'at', type: point, offset: 28 },
      { name: 'more', type: array(point, 1), offset: 36 },
    ]);
    const b = Buffer.alloc(48);
    b.write('abc', 0);
    b[8] = 1;
    b.writeBigUInt64LE(0x1234n, 16);
    b[24] = 5 << 2;
    b.writeInt32LE(7, 28);
    b.writeInt32LE(-1, 40);
    expect(printTyped(whole, b, NO_SYMBOLS)).toBe(`struct whole {
    char [8] name = [ "abc" ]
    unsigned char [2] raw = [ 0x1, 0 ]
    void *next = 0x1234
    short flag :3 = 0x5
    struct point at = {
        int x = 0x7
        int y = 0
    }
    struct point [1] more = [ 
        struct point {
            int x = 0
            int y = 0xffffffff
        }
    ]
}`);
  });
});

describe('escapes', () => {
  it.each([
    ['printf("%S", "a\\tb\\n\\"c\\"")', 'a\\tb\\n\\"c\\"'],
    ['printf("%S", "\\001 \\033")', '\\001 \\033'],
    ["printf(\"%C%C\", 'x', '\\n')", 'x\\n'],
  ])('%s', (statement, expected) => {
    expect(quiet(`BEGIN { ${statement}; }`)).toBe(expected);
  });
});

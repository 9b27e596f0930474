import { pack, unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { type StoredTypes, TypeTable } from '../../engine/cfront/ctf.ts';
import { printType } from '../../engine/cfront/printtype.ts';
import type { EnumType, RecordType, Type } from '../../engine/cfront/types.ts';
import { parseText } from '../guestc/front/support.ts';

function tableOf(...units: string[]): TypeTable {
  const table = new TypeTable();
  for (const text of units) {
    const unit = parseText(text);
    for (const type of unit.types.values()) table.add(type);
    for (const decl of [...unit.functions, ...unit.variables]) table.add(decl.type);
  }
  return table;
}
const stored = (table: TypeTable): StoredTypes => TypeTable.decode(unpack(pack(table.encode())));
const named = (table: TypeTable | StoredTypes, name: string): Type => table.get(table.byName.get(name)!);

const COMMON = `
typedef unsigned long size_t;
enum color { RED, GREEN = 5, HUGE = -3 };
struct list { struct list *next; const volatile struct item *owner; struct { int a : 3; unsigned b : 29; } bits; };
struct item { char name[16]; union { long l; void (*fn)(struct item *, ...); } u; enum color c; size_t n; struct list link; };
typedef struct { int x, y; } point;
`;

describe('type table', () => {
  it('keeps every type through storing', () => {
    const before = tableOf(
      `${COMMON} int f(struct item *, point, const char *const *, double); point pts[3];`,
    );
    const after = stored(before);
    expect(after.size).toBe(before.size);
    for (let id = 0; id < before.size; id++) {
      expect(printType(after.get(id))).toBe(printType(before.get(id)));
      expect([after.get(id).size, after.get(id).align]).toEqual([before.get(id).size, before.get(id).align]);
    }
    expect([...after.byName]).toEqual([...before.byName]);
    const list = named(after, 'struct list') as RecordType;
    expect(list.fields.map((f) => printType(f.type, f.name))).toEqual([
      'struct list *next',
      'const volatile struct item *owner',
      'struct <anonymous> bits',
    ]);
    // A cycle is a cycle again.
    expect((list.fields[0]!.type as { target: Type }).target).toBe(list);
    expect((named(after, 'enum color') as EnumType).members.map((m) => `${m.name}=${m.value}`)).toEqual([
      'RED=0',
      'GREEN=5',
      'HUGE=-3',
    ]);
    const bits = list.fields[2]!.type as RecordType;
    expect(bits.fields.map((f) => [f.offset, f.bitOffset, f.bitWidth])).toEqual([
      [0, 0, 3],
      [0, 3, 29],
    ]);
  });
  it('numbers a type once however many units have it', () => {
    expect(tableOf(COMMON, COMMON, COMMON).size).toBe(tableOf(COMMON).size);
  });
  it('makes a declaration the definition', () => {
    const table = stored(tableOf('struct later; struct later *p;', 'struct later { int a; };'));
    const later = named(table, 'struct later') as RecordType;
    expect(later.complete).toBe(true);
    for (let id = 0; id < table.size; id++) {
      const type = table.get(id);
      if (type.kind === 'pointer') expect(type.target).toBe(later);
    }
  });
  it('tells structures of one tag apart', () => {
    const table = tableOf('struct args { int a; } x;', 'struct args { char *a; } y;');
    let count = 0;
    for (let id = 0; id < table.size; id++) if (table.get(id).kind === 'struct') count++;
    expect(count).toBe(2);
  });
  it('refuses what is no table', () => {
    expect(() => TypeTable.decode([['p', 0]]).get(0)).toThrow(/reference to 0/);
    expect(() => TypeTable.decode({})).toThrow(/not an array/);
    expect(() => TypeTable.decode([['p', 7]]).get(0)).toThrow(/reference to 7/);
    expect(() => TypeTable.decode([['?']]).get(0)).toThrow(/unknown entry/);
  });
});

// The ABI's numbers stand in abi.ts and abi.h: they must be the same ones.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as abi from '../../engine/image/abi.ts';

const header = readFileSync(new URL('../../models/kernel/machine/abi.h', import.meta.url), 'utf8');

const defines = new Map(
  [...header.matchAll(/^#define\s+(\w+)\s+(\w+)/gm)].map(([, name, value]) => [
    name,
    value.replace(/U?L?$/, ''),
  ]),
);

/** Byte offsets of a struct of the header whose members are unsigned int and unsigned long. */
function offsets(struct: string): Record<string, number> {
  const body = new RegExp(`struct ${struct} \\{([^}]*)\\}`).exec(header)?.[1] ?? '';
  const out: Record<string, number> = {};
  let at = 0;
  for (const [, type, name, count] of body.matchAll(/unsigned (int|long)\s+(\w+)(?:\[(\d*)\])?;/g)) {
    out[name.replace(/^[a-z]+_/, '')] = at;
    at += (type === 'int' ? 4 : 8) * (count === undefined ? 1 : Number(count || 0));
  }
  return out;
}

test.each([
  ['HW_', abi.HW],
  ['LD_', abi.LIBDTRACE],
  ['VEC_', abi.VECTOR],
] as const)('%s constants agree', (prefix, table) => {
  for (const [name, value] of Object.entries(table))
    expect([name, defines.get(prefix + name)]).toEqual([name, String(value)]);
});

test.each([
  ['KVBASE', abi.KVBASE],
  ['KTEXT', abi.KTEXT],
  ['UTEXT', BigInt(abi.UTEXT)],
  ['UDATA', BigInt(abi.UDATA)],
  ['USRSTACK', BigInt(abi.USRSTACK)],
  ['KDATA_OFFSET', BigInt(abi.KDATA_OFFSET)],
  ['EXEC_MAGIC', BigInt(abi.EXEC_MAGIC)],
  ['BOOTFS_MAGIC', BigInt(abi.BOOTFS_MAGIC)],
  ['CONS_KILL', BigInt(abi.CONS_KILL)],
] as const)('%s agrees', (name, value) => {
  expect(BigInt(defines.get(name) ?? '')).toBe(value);
});

test.each([
  ['frame', abi.FRAME],
  ['trapframe', abi.TF],
  ['pcb', abi.PCB],
] as const)('struct %s agrees', (struct, table) => {
  const members = offsets(struct);
  for (const [name, offset] of Object.entries(table)) expect([name, members[name]]).toEqual([name, offset]);
});

/**
 * Where the members of a record lie: the System V ABI for amd64, as gcc applies it.
 *
 * Bit-fields fill the bits of their declared type's storage units from the low end. One that would cross such a unit's boundary
 * starts at the next. A zero-width bit-field closes the unit. Unnamed bit-fields do not raise the record's alignment.
 * `packed` takes all padding away: bit-fields then follow each other bit by bit, and may need an 8-byte unit to be read.
 */
import type { Field, RecordType, Type } from './types.ts';

export interface Member {
  name: string;
  type: Type;
  /** Bit-field width; undefined for a plain member. */
  bitWidth?: number;
  /** __attribute__((aligned(n))) on it, or 0. */
  aligned: number;
  packed: boolean;
}

const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

/** Fills in fields, size and align of `record` and marks it complete. */
export function layoutRecord(record: RecordType, members: Member[], packed: boolean, aligned: number): void {
  const union = record.kind === 'union';
  const fields: Field[] = [];
  /** Bits used so far (a union: 0 before each member). */
  let bits = 0;
  let size = 0;
  let align = 1;
  for (const member of members) {
    const { type, bitWidth } = member;
    const tight = packed || member.packed;
    if (union) bits = 0;
    if (bitWidth === undefined) {
      const a = Math.max(tight ? 1 : type.align, member.aligned);
      bits = roundUp(bits, a * 8);
      fields.push({ name: member.name, type, offset: bits / 8 });
      bits += type.size * 8;
      align = Math.max(align, a);
    } else {
      const unit = type.size * 8;
      if (bitWidth === 0) {
        bits = roundUp(bits, Math.max(unit, member.aligned * 8));
      } else {
        if (member.aligned > 0) bits = roundUp(bits, member.aligned * 8);
        if (!tight && Math.floor(bits / unit) !== Math.floor((bits + bitWidth - 1) / unit))
          bits = roundUp(bits, unit);
        if (member.name !== '') {
          fields.push(bitField(member.name, type, bits, bitWidth));
          align = Math.max(align, tight ? 1 : type.align, member.aligned);
        }
        bits += bitWidth;
      }
    }
    size = Math.max(size, Math.ceil(bits / 8));
  }
  record.align = Math.max(align, aligned);
  record.size = roundUp(size, record.align);
  for (const field of fields) keepInside(field, record.size);
  record.fields = fields;
  record.complete = true;
}

/** The bit-field at bit `start` of the record, through the aligned unit of its type that holds it, if one does. */
function bitField(name: string, type: Type, start: number, bitWidth: number): Field {
  const unit = type.size * 8;
  let offset = Math.floor(start / unit) * type.size;
  let bitOffset = start - offset * 8;
  if (bitOffset + bitWidth > unit) {
    offset = Math.floor(start / 8);
    bitOffset = start - offset * 8;
  }
  return { name, type, offset, bitOffset, bitWidth };
}

/** The bytes that reading a bit-field takes: its type's, or 8 when a packed one crosses that unit. */
export function bitFieldUnit(field: Field): number {
  return field.bitOffset! + field.bitWidth! <= field.type.size * 8 ? field.type.size : 8;
}

/** A packed record may end inside the unit of its last bit-field: read it through an earlier unit where that helps. */
function keepInside(field: Field, size: number): void {
  if (field.bitWidth === undefined) return;
  const over = field.offset + bitFieldUnit(field) - size;
  if (over <= 0 || over > field.offset) return;
  const bitOffset = field.bitOffset! + over * 8;
  if (bitOffset + field.bitWidth > bitFieldUnit(field) * 8) return;
  field.offset -= over;
  field.bitOffset = bitOffset;
}

/** A member by name, through anonymous members: the chain of fields that leads to it. */
export function findMember(record: RecordType, name: string): Field[] | undefined {
  for (const field of record.fields) {
    if (field.name === name) return [field];
    if (field.name !== '') continue;
    let inner: Type = field.type;
    while (inner.kind === 'typedef') inner = inner.target;
    if (inner.kind !== 'struct' && inner.kind !== 'union') continue;
    const rest = findMember(inner, name);
    if (rest) return [field, ...rest];
  }
  return undefined;
}

/**
 * DOF, the D object format: a header, a table of sections, the sections. How a compiled program goes to the kernel (engine/dtrace/dof.ts),
 * and what a provider of a user program is kept as (provider.ts).
 *
 *   header (64 bytes) | section headers (32 bytes each) | sections
 *
 *   header   16 ident, u32 flags, u32 hdrsize, u32 secsize, u32 secnum, u64 secoff, u64 loadsz, u64 filesz, u64 pad
 *   section  u32 type, u32 align, u32 flags (1: loaded), u32 entsize, u64 offset, u64 size
 *
 * Sections name each other by their number, strings lie in a section of their own.
 */

/** What DIF a kernel must understand to take it: version, integer registers, tuple registers. */
export const DIF_VERSION = 2;
export const DIF_DIR_NREGS = 8;
export const DIF_DTR_NREGS = 8;

/** Types of sections. */
export const SECT = {
  ECBDESC: 3,
  PROBEDESC: 4,
  ACTDESC: 5,
  DIFOHDR: 6,
  DIF: 7,
  STRTAB: 8,
  VARTAB: 9,
  OPTDESC: 14,
  PROVIDER: 15,
  PROBES: 16,
  PRARGS: 17,
  PROFFS: 18,
  INTTAB: 19,
  PRENOFFS: 26,
} as const;

const MAGIC = [0x7f, 0x44, 0x4f, 0x46];
const MODEL_LP64 = 2;
const LSB = 1;
const VERSION = 2;
const LOAD = 1;
const HEADER_SIZE = 64;
const SECTION_SIZE = 32;

/** Bytes that grow, little-endian. */
export class Bytes {
  private data: Buffer;
  private view: DataView;
  length = 0;

  /** `size`: how many are expected. */
  constructor(size: number) {
    this.data = Buffer.from(new ArrayBuffer(size));
    this.view = new DataView(this.data.buffer);
  }
  private room(n: number): number {
    const at = this.length;
    this.length += n;
    if (this.length > this.data.length) {
      const larger = Buffer.from(new ArrayBuffer(2 * this.length));
      larger.set(this.data);
      this.data = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }
  u8(v: number): this {
    this.data[this.room(1)] = v;
    return this;
  }
  u16(v: number): this {
    const at = this.room(2);
    this.view.setUint16(at, v, true);
    return this;
  }
  u32(v: number): this {
    const at = this.room(4);
    this.view.setUint32(at, v, true);
    return this;
  }
  u64(v: bigint): this {
    const at = this.room(8);
    this.view.setBigUint64(at, v, true);
    return this;
  }
  /** A u32 each. */
  words(values: ArrayLike<number>): this {
    const at = this.room(4 * values.length);
    const { view } = this;
    for (let i = 0; i < values.length; i++) view.setUint32(at + 4 * i, values[i], true);
    return this;
  }
  /** A u64 that is a count of something here: less than 2^53. */
  size(v: number): this {
    return this.u32(v % 2 ** 32).u32(Math.floor(v / 2 ** 32));
  }
  /** A part of others. */
  from(other: Bytes, start: number, end: number): this {
    const at = this.room(end - start);
    other.data.copy(this.data, at, start, end);
    return this;
  }
  bytes(b: ArrayLike<number>): this {
    const at = this.room(b.length);
    this.data.set(b, at);
    return this;
  }
  take(): Uint8Array {
    return new Uint8Array(this.data.buffer, 0, this.length);
  }
}

interface Section {
  type: number;
  align: number;
  entsize: number;
  /** Where it begins among the bytes of all sections. */
  start: number;
  /** In place of those. */
  data: Uint8Array | undefined;
}

export class DofWriter {
  private readonly sections: Section[] = [];
  /** The sections, one after another: a program of two thousand lines has ten thousand. */
  private readonly body = new Bytes(4096);

  /** Begins a section: what is written into the result, up to the next one, is its content. */
  begin(type: number, align: number, entsize: number): Bytes {
    this.sections.push({ type, align, entsize, start: this.body.length, data: undefined });
    return this.body;
  }

  /** The number of the section that was begun last. */
  get last(): number {
    return this.sections.length - 1;
  }

  add(type: number, align: number, entsize: number, data: Uint8Array): number {
    this.begin(type, align, entsize).bytes(data);
    return this.last;
  }

  /** The string section is filled to the end: its number is given first. */
  replace(index: number, data: Uint8Array): void {
    this.sections[index].data = data;
  }

  finish(): Uint8Array {
    const { sections, body } = this;
    const count = sections.length;
    const offsets: number[] = [];
    const lengths: number[] = [];
    let offset = HEADER_SIZE + count * SECTION_SIZE;
    for (let i = 0; i < count; i++) {
      const s = sections[i];
      const end = i + 1 < count ? sections[i + 1].start : body.length;
      offset = Math.ceil(offset / s.align) * s.align;
      offsets.push(offset);
      lengths.push(s.data === undefined ? end - s.start : s.data.length);
      offset += lengths[i];
    }
    const out = new Bytes(offset);
    out.bytes(MAGIC);
    out.bytes([MODEL_LP64, LSB, VERSION, DIF_VERSION, DIF_DIR_NREGS, DIF_DTR_NREGS, 0, 0, 0, 0, 0, 0]);
    out.u32(0).u32(HEADER_SIZE).u32(SECTION_SIZE).u32(count);
    out.size(HEADER_SIZE).size(offset).size(offset).size(0);
    const heads = new Uint32Array((count * SECTION_SIZE) / 4);
    for (let i = 0; i < count; i++) {
      const { type, align, entsize } = sections[i];
      const at = i * 8;
      heads[at] = type;
      heads[at + 1] = align;
      heads[at + 2] = LOAD;
      heads[at + 3] = entsize;
      heads[at + 4] = offsets[i];
      heads[at + 6] = lengths[i];
    }
    out.words(heads);
    for (let i = 0; i < count; i++) {
      const { start, data } = sections[i];
      while (out.length < offsets[i]) out.u8(0);
      if (data !== undefined) out.bytes(data);
      else out.from(body, start, start + lengths[i]);
    }
    return out.take();
  }
}

/** A section of DOF that is read. */
export interface ReadSection {
  type: number;
  data: DataView;
}

/** The sections of DOF, by number. Throws Error saying what is wrong with it. */
export function readSections(bytes: Uint8Array): ReadSection[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_SIZE || MAGIC.some((b, i) => bytes[i] !== b)) throw new Error('it is no DOF');
  if (bytes[4] !== MODEL_LP64 || bytes[5] !== LSB || bytes[6] > VERSION)
    throw new Error('its version of DOF is another one');
  const size = view.getUint32(24, true);
  const count = view.getUint32(28, true);
  const at = Number(view.getBigUint64(32, true));
  if (size < SECTION_SIZE || at + count * size > bytes.length) throw new Error('its sections are cut off');
  return Array.from({ length: count }, (_, i) => {
    const head = at + i * size;
    const offset = Number(view.getBigUint64(head + 16, true));
    const length = Number(view.getBigUint64(head + 24, true));
    if (offset + length > bytes.length) throw new Error(`its section ${i} is cut off`);
    return {
      type: view.getUint32(head, true),
      data: new DataView(bytes.buffer, bytes.byteOffset + offset, length),
    };
  });
}

/** Strings of a STRTAB section that grows: each is kept once, and 0 is the empty one. */
export class DofStrings {
  private readonly known = new Map<string, number>([['', 0]]);
  private readonly out: number[] = [0];

  insert(text: string): number {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const at = this.out.length;
    this.known.set(text, at);
    this.out.push(...new TextEncoder().encode(text), 0);
    return at;
  }
  /** Several that must lie one after another: where the first is. */
  run(texts: readonly string[]): number {
    const at = this.out.length;
    for (const text of texts) this.out.push(...new TextEncoder().encode(text), 0);
    return at;
  }
  bytes(): Uint8Array {
    return Uint8Array.from(this.out);
  }
}

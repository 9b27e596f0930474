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
  private data: Uint8Array;
  private view: DataView;
  length = 0;

  /** `size`: how many are expected. */
  constructor(size: number) {
    this.data = new Uint8Array(size);
    this.view = new DataView(this.data.buffer);
  }
  private room(n: number): number {
    const at = this.length;
    this.length += n;
    if (this.length > this.data.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.data);
      this.data = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }
  u8(v: number): this {
    const at = this.room(1);
    this.data[at] = v;
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
  bytes(b: ArrayLike<number>): this {
    const at = this.room(b.length);
    this.data.set(b, at);
    return this;
  }
  take(): Uint8Array {
    return this.data.subarray(0, this.length);
  }
}

/** Words of a section's header: those of its offset and size are the 5th and the 7th. */
const SECTION_WORDS = SECTION_SIZE / 4;

export class DofWriter {
  /** Headers of the sections; offsets are within the body. */
  private readonly heads: number[] = [];
  /** The sections, one after another: a program of two thousand lines has ten thousand. It comes to lie at a multiple of 32. */
  private readonly body = new Bytes(4096);

  /** Begins a section: what is written into the result, up to the next one, is its content. */
  begin(type: number, align: number, entsize: number): Bytes {
    const { heads, body } = this;
    this.end();
    while (body.length % align !== 0) body.u8(0);
    heads.push(type, align, LOAD, entsize, body.length, 0, 0, 0);
    return body;
  }

  /** The section that was begun last is complete. */
  private end(): void {
    const at = this.heads.length - SECTION_WORDS;
    if (at >= 0) this.heads[at + 6] = this.body.length - this.heads[at + 4];
  }

  /** The number of the section that was begun last. */
  get last(): number {
    return this.heads.length / SECTION_WORDS - 1;
  }

  add(type: number, align: number, entsize: number, data: Uint8Array): number {
    this.begin(type, align, entsize).bytes(data);
    return this.last;
  }

  finish(): Uint8Array {
    this.end();
    const { heads, body } = this;
    const start = HEADER_SIZE + 4 * heads.length;
    for (let at = 4; at < heads.length; at += SECTION_WORDS) heads[at] += start;
    const size = start + body.length;
    const out = new Bytes(size);
    out.bytes(MAGIC);
    out.bytes([MODEL_LP64, LSB, VERSION, DIF_VERSION, DIF_DIR_NREGS, DIF_DTR_NREGS, 0, 0, 0, 0, 0, 0]);
    out
      .u32(0)
      .u32(HEADER_SIZE)
      .u32(SECTION_SIZE)
      .u32(this.last + 1);
    out.size(HEADER_SIZE).size(size).size(size).size(0);
    return out.words(heads).bytes(body.take()).take();
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

/** Strings of a STRTAB section, one character a byte: each is kept once, and 0 is the empty one. */
export class StringTable {
  private text = '\0';
  private index: Map<string, number> | undefined;

  insert(s: string): number {
    if (s === '') return 0;
    this.index ??= new Map();
    let off = this.index.get(s);
    if (off === undefined) {
      off = this.text.length;
      this.index.set(s, off);
      this.text += `${s}\0`;
    }
    return off;
  }
  /** Several that must lie one after another: where the first is. */
  run(texts: readonly string[]): number {
    const off = this.text.length;
    this.text += texts.map((s) => `${s}\0`).join('');
    return off;
  }
  get size(): number {
    return this.text.length;
  }
  bytes(): Uint8Array {
    return new Uint8Array(Buffer.from(this.text, 'latin1'));
  }
}

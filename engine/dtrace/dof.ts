/**
 * DOF, the D object format: how a compiled program goes to the kernel.
 *
 *   header (64 bytes) | section headers (32 bytes each) | sections
 *
 *   header   16 ident, u32 flags, u32 hdrsize, u32 secsize, u32 secnum, u64 secoff, u64 loadsz, u64 filesz, u64 pad
 *   section  u32 type, u32 align, u32 flags (1: loaded), u32 entsize, u64 offset, u64 size
 *   ECBDESC  u32 probedesc, u32 predicate, u32 actions, u32 pad, u64 uarg          (section numbers; ~0: none)
 *   PROBEDESC u32 strtab, u32 provider, u32 module, u32 function, u32 name, u32 id  (offsets in strtab)
 *   ACTDESC  u32 difo, u32 strtab, u32 kind, u32 ntuple, u64 arg, u64 uarg          (one after another)
 *   DIFOHDR  type (8 bytes), u32 sections: DIF, INTTAB, STRTAB, VARTAB
 *   VARTAB   u32 name, u32 id, u8 kind, u8 scope, u16 flags, type                   (20 bytes each)
 *   OPTDESC  u32 option, u32 strtab, u64 value
 */

import { StringTable } from './codegen.ts';
import { DIF_DIR_NREGS, DIF_DTR_NREGS, DIF_VERSION, type Difo, type DifType } from './dif.ts';
import { OPT_MAX, type Options, UNSET } from './options.ts';
import type { EcbDesc } from './program.ts';

const SECT = {
  ECBDESC: 3,
  PROBEDESC: 4,
  ACTDESC: 5,
  DIFOHDR: 6,
  DIF: 7,
  STRTAB: 8,
  VARTAB: 9,
  OPTDESC: 14,
  INTTAB: 19,
} as const;
const NONE = 0xffffffff;
const LOAD = 1;
const HEADER_SIZE = 64;
const SECTION_SIZE = 32;

/** Bytes that grow, little-endian. */
class Bytes {
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
  bytes(b: ArrayLike<number>): this {
    const at = this.room(b.length);
    this.data.set(b, at);
    return this;
  }
  type(t: DifType): this {
    return this.u8(t.kind).u8(t.ckind).u8(t.flags).u8(0).u32(t.size);
  }
  take(): Uint8Array {
    return this.data.subarray(0, this.length);
  }
}

interface Section {
  type: number;
  align: number;
  entsize: number;
  data: Uint8Array;
}

class DofWriter {
  private readonly sections: Section[] = [];

  add(type: number, align: number, entsize: number, data: Uint8Array): number {
    this.sections.push({ type, align, entsize, data });
    return this.sections.length - 1;
  }

  difo(d: Difo | undefined): number {
    if (d === undefined) return NONE;
    const links: number[] = [];
    const code = new Bytes(4 * d.code.length);
    for (const w of d.code) code.u32(w);
    links.push(this.add(SECT.DIF, 4, 4, code.take()));
    if (d.integers.length !== 0) {
      const ints = new Bytes(8 * d.integers.length);
      for (const v of d.integers) ints.u64(v);
      links.push(this.add(SECT.INTTAB, 8, 8, ints.take()));
    }
    if (d.strings.length !== 0) links.push(this.add(SECT.STRTAB, 1, 0, d.strings));
    if (d.variables.length !== 0) {
      const vars = new Bytes(20 * d.variables.length);
      for (const v of d.variables)
        vars.u32(v.name).u32(v.id).u8(v.kind).u8(v.scope).u16(v.flags).type(v.type);
      links.push(this.add(SECT.VARTAB, 4, 20, vars.take()));
    }
    const hdr = new Bytes(8 + 4 * links.length).type(d.rtype);
    for (const l of links) hdr.u32(l);
    return this.add(SECT.DIFOHDR, 4, 0, hdr.take());
  }

  /** The string section is filled to the end: its number is given first. */
  replace(index: number, data: Uint8Array): void {
    this.sections[index].data = data;
  }

  finish(): Uint8Array {
    const secoff = HEADER_SIZE;
    let offset = secoff + this.sections.length * SECTION_SIZE;
    const offsets = this.sections.map((s) => {
      offset = Math.ceil(offset / s.align) * s.align;
      const at = offset;
      offset += s.data.length;
      return at;
    });
    const size = BigInt(offset);
    const out = new Bytes(offset);
    out.bytes([0x7f, 0x44, 0x4f, 0x46, 2, 1, 2, DIF_VERSION, DIF_DIR_NREGS, DIF_DTR_NREGS, 0, 0, 0, 0, 0, 0]);
    out.u32(0).u32(HEADER_SIZE).u32(SECTION_SIZE).u32(this.sections.length);
    out.u64(BigInt(secoff)).u64(size).u64(size).u64(0n);
    this.sections.forEach((s, i) => {
      out
        .u32(s.type)
        .u32(s.align)
        .u32(LOAD)
        .u32(s.entsize)
        .u64(BigInt(offsets[i]))
        .u64(BigInt(s.data.length));
    });
    this.sections.forEach((s, i) => {
      while (out.length < offsets[i]) out.u8(0);
      out.bytes(s.data);
    });
    return out.take();
  }
}

/** The program and the options that are set, as DOF. */
export function writeDof(ecbs: readonly EcbDesc[], options: Options): Uint8Array {
  const w = new DofWriter();
  const strings = new StringTable();
  const strtab = w.add(SECT.STRTAB, 1, 0, new Uint8Array(0));
  const probes = new Map<string, number>();
  for (const e of ecbs) {
    const p = e.probe;
    const key = `${p.id}:${p.provider}:${p.module}:${p.func}:${p.name}`;
    let probe = probes.get(key);
    if (probe === undefined) {
      const b = new Bytes(24).u32(strtab);
      for (const part of [p.provider, p.module, p.func, p.name]) b.u32(strings.insert(part));
      probe = w.add(SECT.PROBEDESC, 4, 0, b.u32(p.id).take());
      probes.set(key, probe);
    }
    const pred = w.difo(e.predicate);
    let actions = NONE;
    if (e.actions.length !== 0) {
      const b = new Bytes(32 * e.actions.length);
      for (const a of e.actions) {
        const difo = w.difo(a.difo);
        b.u32(difo).u32(NONE).u32(a.kind).u32(a.ntuple).u64(a.arg).u64(BigInt(a.statement.id));
      }
      actions = w.add(SECT.ACTDESC, 8, 32, b.take());
    }
    w.add(SECT.ECBDESC, 8, 0, new Bytes(24).u32(probe).u32(pred).u32(actions).u32(0).u64(e.uarg).take());
  }
  const opts = new Bytes(16 * OPT_MAX);
  for (let i = 0; i < OPT_MAX; i++) {
    const v = options.byId(i);
    if (v !== UNSET) opts.u32(i).u32(NONE).u64(v);
  }
  if (opts.length !== 0) w.add(SECT.OPTDESC, 8, 16, opts.take());
  w.replace(strtab, strings.bytes());
  return w.finish();
}

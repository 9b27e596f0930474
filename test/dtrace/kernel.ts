/**
 * A stand-in for the kernel half, for tests of the host half: reads DOF, fires probes, runs DIF, makes records.
 *
 * It knows one CPU at a time, flat memory of bytes for strings and structures, global, thread and clause-local variables, associative arrays,
 * aggregations. It is written from the format's description, so that a mistake of the compiler shows.
 */
import {
  ACT,
  indexOf,
  labelOf,
  OPCODES,
  opOf,
  r1Of,
  r2Of,
  rdOf,
  SUBROUTINES,
} from '../../engine/dtrace/dif.ts';
import { globMatch } from '../../engine/dtrace/glob.ts';
import type { ProbeRow } from '../../engine/dtrace/probe.ts';

interface Type {
  kind: number;
  flags: number;
  size: number;
}
interface Obj {
  code: number[];
  ints: bigint[];
  strings: Buffer;
  vars: { id: number; kind: number; scope: number; type: Type }[];
  rtype: Type;
}
interface Act {
  difo: Obj | undefined;
  kind: number;
  ntuple: number;
  arg: bigint;
  uarg: bigint;
}
interface Ecb {
  provider: string;
  module: string;
  func: string;
  name: string;
  id: number;
  pred: Obj | undefined;
  acts: Act[];
  uarg: bigint;
}
interface Rec {
  action: number;
  size: number;
  offset: number;
  arg: bigint;
  uarg: bigint;
}

/** A fault in probe context. */
class Fault extends Error {
  readonly code: number;
  readonly address: bigint;
  readonly pc: number;
  constructor(code: number, address: bigint, pc: number) {
    super(`fault ${code}`);
    this.code = code;
    this.address = address;
    this.pc = pc;
  }
}

export interface Firing {
  cpu?: number;
  time?: bigint;
  args?: bigint[];
  execname?: string;
  pid?: number;
  tid?: number;
  stack?: bigint[];
}

const MASK = 0xffffffffffffffffn;
const round = (n: number, a: number): number => Math.ceil(n / a) * a;
const align = (size: number): number => {
  for (const a of [8, 4, 2]) if (size !== 0 && size % a === 0) return a;
  return 1;
};

/** An ECB with its place in the kernel's lists. */
interface Enabled {
  epid: number;
  ecb: Ecb;
  row: ProbeRow;
  recs: Rec[];
  layout: { act: Act; rec: Rec | undefined }[];
  size: number;
  aggs: { id: number; recs: Rec[]; size: number; acts: Act[]; agg: Act; first: number }[];
}

export class TestKernel {
  readonly enabled: Enabled[] = [];
  private readonly memory = Buffer.alloc(1 << 20);
  private top = 0x1000;
  private readonly strsize: number;
  private readonly globals = new Map<number, bigint | Buffer>();
  private readonly threads = new Map<string, bigint | Buffer>();
  private readonly assoc = new Map<string, bigint | Buffer>();
  private locals = new Map<number, bigint | Buffer>();
  private readonly buffers = new Map<number, Buffer[]>();
  private readonly aggbufs = new Map<number, Map<string, Buffer>>();
  private nextAgg = 1;
  private nextEpid = 1;
  private now = 0n;
  exiting = false;
  dblerrors = 0n;

  constructor(dof: Uint8Array, rows: readonly ProbeRow[], strsize = 256) {
    this.strsize = strsize;
    for (const ecb of readDof(Buffer.from(dof)))
      for (const row of rows)
        if (
          ecb.id !== 0
            ? ecb.id === row.id
            : globMatch(ecb.provider, row.provider) &&
              globMatch(ecb.module, row.module) &&
              globMatch(ecb.func, row.func) &&
              globMatch(ecb.name, row.name)
        )
          this.enable(ecb, row);
  }

  /** Memory for a test's data; the address. */
  place(bytes: Uint8Array): bigint {
    const at = this.top;
    this.memory.set(bytes, at);
    this.top = round(at + bytes.length, 8);
    return BigInt(at);
  }

  private sizeOf(a: Act): number {
    switch (a.kind) {
      case ACT.DIFEXPR:
      case ACT.PRINTF:
      case ACT.PRINTA:
      case ACT.LIBACT:
      case ACT.SYSTEM:
      case ACT.FREOPEN:
      case ACT.TRACEMEM:
      case ACT.TRACEMEM_DYNSIZE:
      case ACT.EXIT:
      case ACT.PRINTM:
        if (a.difo!.rtype.kind === 1 && a.difo!.rtype.size === 0) return this.strsize;
        return a.difo!.rtype.size;
      case ACT.STACK:
        return 8 * Number(a.arg || 20n);
      case ACT.USTACK:
        return 8 * (Number(a.arg & 0xffffffffn || 20n) + 1);
      case ACT.SYM:
      case ACT.MOD:
        return 8;
      case ACT.USYM:
      case ACT.UMOD:
      case ACT.UADDR:
        return 16;
    }
    return 0;
  }

  private enable(ecb: Ecb, row: ProbeRow): void {
    const e: Enabled = { epid: this.nextEpid++, ecb, row, recs: [], layout: [], size: 0, aggs: [] };
    let off = 12;
    let wrote = ecb.acts.length === 0;
    for (let i = 0; i < ecb.acts.length; i++) {
      const end = ecb.acts.findIndex((a, k) => k >= i && a.kind >= ACT.AGG && k - a.ntuple <= i);
      const agg = end >= 0 && end - ecb.acts[end].ntuple === i ? ecb.acts[end] : undefined;
      if (agg !== undefined) {
        const acts = ecb.acts.slice(i, end);
        const recs: Rec[] = [];
        let at = 4;
        for (const a of acts) {
          const size = this.sizeOf(a);
          at = round(at, align(size));
          if (size !== 0) recs.push({ action: a.kind, size, offset: at, arg: a.arg || 20n, uarg: a.uarg });
          at += size;
        }
        const words = { [ACT.AVG]: 2, [ACT.STDDEV]: 4, [ACT.QUANTIZE]: 127 }[agg.kind];
        let size = 8 * (words ?? 1);
        if (agg.kind === ACT.LQUANTIZE) size = 8 * (3 + Number((agg.arg >> 32n) & 0xffffn));
        if (agg.kind === ACT.LLQUANTIZE) size = 8 * (2 + llbucket(agg.arg, (1n << 63n) - 1n));
        at = round(at, 8);
        recs.push({ action: agg.kind, size, offset: at, arg: agg.arg, uarg: agg.uarg });
        e.aggs.push({ id: this.nextAgg++, recs, size: at + size, acts, agg, first: i });
        i = end;
        continue;
      }
      const a = ecb.acts[i];
      const size = this.sizeOf(a);
      off = round(off, align(size));
      const rec: Rec = {
        action: a.kind,
        size,
        offset: off,
        arg: a.kind === ACT.STACK ? a.arg || 20n : a.arg,
        uarg: a.uarg,
      };
      e.recs.push(rec);
      e.layout.push({ act: a, rec });
      off += size;
      if (size !== 0) wrote = true;
    }
    e.size = wrote ? round(off, 4) : 0;
    this.enabled.push(e);
  }

  // -- descriptions and snapshots, as the consumer gets them

  eprobes(): Uint8Array[] {
    return this.enabled.map((e) => {
      const b = Buffer.alloc(24 + 32 * e.recs.length);
      b.writeUInt32LE(e.epid, 0);
      b.writeUInt32LE(e.row.id, 4);
      b.writeBigUInt64LE(e.ecb.uarg, 8);
      b.writeUInt32LE(e.size, 16);
      b.writeInt32LE(e.recs.length, 20);
      e.recs.forEach((r, i) => {
        writeRec(b, 24 + 32 * i, r);
      });
      return new Uint8Array(b);
    });
  }

  aggdescs(): Uint8Array[] {
    return this.enabled
      .flatMap((e) => e.aggs.map((a) => ({ e, a })))
      .map(({ e, a }) => {
        const b = Buffer.alloc(40 + 32 * a.recs.length);
        b.writeUInt32LE(a.id, 20);
        b.writeUInt32LE(e.epid, 24);
        b.writeUInt32LE(a.size, 28);
        b.writeInt32LE(a.recs.length, 32);
        a.recs.forEach((r, i) => {
          writeRec(b, 40 + 32 * i, r);
        });
        return new Uint8Array(b);
      });
  }

  takeBuffer(cpu: number): Uint8Array {
    const b = Buffer.concat(this.buffers.get(cpu) ?? []);
    this.buffers.delete(cpu);
    return new Uint8Array(b);
  }
  takeAggregations(cpu: number): Uint8Array {
    const b = Buffer.concat([...(this.aggbufs.get(cpu)?.values() ?? [])]);
    this.aggbufs.delete(cpu);
    return new Uint8Array(b);
  }
  cpus(): number[] {
    return [...new Set([...this.buffers.keys(), ...this.aggbufs.keys()])].sort((a, b) => a - b);
  }

  // -- firing

  fire(provider: string, func: string, name: string, f: Firing = {}): void {
    this.now = f.time ?? this.now + 1000n;
    this.locals = new Map();
    for (const e of this.enabled) {
      if (e.row.provider !== provider || e.row.func !== func || e.row.name !== name) continue;
      this.run(e, f);
    }
  }

  private run(e: Enabled, f: Firing): void {
    let action = 0;
    const mark = this.top;
    try {
      if (e.ecb.pred !== undefined && this.emulate(e.ecb.pred, e, f) === 0n) return;
      const buf = Buffer.alloc(e.size);
      for (const { act, rec } of e.layout) {
        action = e.ecb.acts.indexOf(act) + 1;
        this.perform(act, rec, buf, e, f);
      }
      for (const a of e.aggs) {
        action = a.first + 1;
        this.aggregate(a, e, f);
      }
      if (e.size !== 0) {
        buf.writeUInt32LE(e.epid, 0);
        buf.writeUInt32LE(Number(this.now >> 32n), 4);
        buf.writeUInt32LE(Number(this.now & 0xffffffffn), 8);
        const cpu = f.cpu ?? 0;
        this.buffers.set(cpu, [...(this.buffers.get(cpu) ?? []), buf]);
      }
    } catch (x) {
      if (!(x instanceof Fault)) throw x;
      if (e.row.name === 'ERROR') {
        this.dblerrors++;
        return;
      }
      this.fire('dtrace', '', 'ERROR', {
        ...f,
        args: [0n, BigInt(e.epid), BigInt(action), BigInt(x.pc), BigInt(x.code), x.address],
      });
    } finally {
      this.top = mark;
    }
  }

  private perform(act: Act, rec: Rec | undefined, buf: Buffer, e: Enabled, f: Firing): void {
    if (act.kind === ACT.STACK) {
      (f.stack ?? []).slice(0, Number(rec!.arg)).forEach((pc, i) => {
        buf.writeBigUInt64LE(pc, rec!.offset + 8 * i);
      });
      return;
    }
    if (act.difo === undefined) return;
    const v = this.emulate(act.difo, e, f);
    if (act.kind === ACT.EXIT) this.exiting = true;
    if (rec !== undefined && rec.size !== 0 && e.size !== 0) this.storeValue(act, v, buf, rec, f);
  }

  private storeValue(
    act: Act,
    v: bigint,
    buf: Buffer,
    rec: { offset: number; size: number },
    f: Firing,
  ): void {
    const t = act.difo!.rtype;
    if (act.kind === ACT.USYM || act.kind === ACT.UADDR || act.kind === ACT.UMOD) {
      buf.writeBigUInt64LE(BigInt(f.pid ?? 0), rec.offset);
      buf.writeBigUInt64LE(v, rec.offset + 8);
      return;
    }
    if (t.flags & 3) {
      if (v === 0n && t.kind === 1) return;
      const src = this.bytes(v, rec.size);
      if (t.kind === 1) {
        const z = src.indexOf(0);
        src.copy(buf, rec.offset, 0, z < 0 ? rec.size : z);
      } else src.copy(buf, rec.offset);
      return;
    }
    switch (rec.size) {
      case 1:
        buf.writeUInt8(Number(v & 0xffn), rec.offset);
        return;
      case 2:
        buf.writeUInt16LE(Number(v & 0xffffn), rec.offset);
        return;
      case 4:
        buf.writeUInt32LE(Number(v & 0xffffffffn), rec.offset);
        return;
      case 8:
        buf.writeBigUInt64LE(v & MASK, rec.offset);
    }
  }

  private aggregate(a: Enabled['aggs'][number], e: Enabled, f: Firing): void {
    const value = a.recs[a.recs.length - 1];
    const data = Buffer.alloc(a.size);
    data.writeUInt32LE(a.id, 0);
    let r = 0;
    let incr = 1n;
    for (const act of a.acts) {
      if (this.sizeOf(act) === 0) {
        incr = BigInt.asIntN(64, this.emulate(act.difo!, e, f));
        continue;
      }
      const rec = a.recs[r++];
      if (act.kind === ACT.STACK) this.perform(act, rec, data, e, f);
      else this.storeValue(act, this.emulate(act.difo!, e, f), data, rec, f);
    }
    const v = a.agg.difo !== undefined ? BigInt.asIntN(64, this.emulate(a.agg.difo, e, f)) : 0n;
    const cpu = f.cpu ?? 0;
    let table = this.aggbufs.get(cpu);
    if (table === undefined) {
      table = new Map();
      this.aggbufs.set(cpu, table);
    }
    const key = data.toString('latin1', 0, value.offset);
    let old = table.get(key);
    const fresh = old === undefined;
    if (old === undefined) {
      old = data;
      table.set(key, old);
      if (a.agg.kind === ACT.MIN) old.writeBigInt64LE(0x7fffffffffffffffn, value.offset);
      if (a.agg.kind === ACT.MAX) old.writeBigInt64LE(-0x8000000000000000n, value.offset);
      if (a.agg.kind === ACT.LQUANTIZE || a.agg.kind === ACT.LLQUANTIZE)
        old.writeBigUInt64LE(a.agg.arg, value.offset);
    }
    void fresh;
    const at = (i: number): bigint => old!.readBigInt64LE(value.offset + 8 * i);
    const put = (i: number, x: bigint): void => {
      old!.writeBigInt64LE(BigInt.asIntN(64, x), value.offset + 8 * i);
    };
    switch (a.agg.kind) {
      case ACT.COUNT:
        put(0, at(0) + 1n);
        return;
      case ACT.SUM:
        put(0, at(0) + v);
        return;
      case ACT.MIN:
        if (v < at(0)) put(0, v);
        return;
      case ACT.MAX:
        if (v > at(0)) put(0, v);
        return;
      case ACT.AVG:
        put(0, at(0) + 1n);
        put(1, at(1) + v);
        return;
      case ACT.STDDEV: {
        put(0, at(0) + 1n);
        put(1, at(1) + v);
        const sq = (BigInt.asUintN(64, at(2)) | (BigInt.asUintN(64, at(3)) << 64n)) + v * v;
        put(2, sq & MASK);
        put(3, sq >> 64n);
        return;
      }
      case ACT.QUANTIZE: {
        const n = v === 0n ? 63 : v > 0n ? 63 + v.toString(2).length : 63 - (-v).toString(2).length;
        put(n, at(n) + incr);
        return;
      }
      case ACT.LQUANTIZE: {
        const base = BigInt.asIntN(32, a.agg.arg);
        const step = (a.agg.arg >> 48n) & 0xffffn;
        const levels = (a.agg.arg >> 32n) & 0xffffn;
        const i = v < base ? 0n : (v - base) / step >= levels ? levels + 1n : (v - base) / step + 1n;
        put(Number(i) + 1, at(Number(i) + 1) + incr);
        return;
      }
      case ACT.LLQUANTIZE: {
        const i = llbucket(a.agg.arg, v);
        put(i + 1, at(i + 1) + incr);
      }
    }
  }

  // -- DIF

  private bytes(address: bigint, n: number): Buffer {
    const a = Number(address);
    if (address < 0x1000n || a + 1 > this.memory.length) throw new Fault(1, address, 0);
    return this.memory.subarray(a, Math.min(a + n, this.memory.length));
  }
  private string(address: bigint): string {
    if (address === 0n) return '';
    const b = this.bytes(address, this.strsize);
    const z = b.indexOf(0);
    return b.toString('latin1', 0, z < 0 ? b.length : z);
  }
  private scratchString(s: string): bigint {
    const b = Buffer.alloc(this.strsize);
    b.write(s.slice(0, this.strsize - 1), 'latin1');
    return this.place(b);
  }

  private builtin(id: number, e: Enabled, f: Firing): bigint {
    if (id >= 0x106 && id <= 0x10f) return (f.args?.[id - 0x106] ?? 0n) & MASK;
    switch (id) {
      case 0x101:
      case 0x11a:
        return this.now;
      case 0x104:
        return BigInt(e.epid);
      case 0x105:
        return BigInt(e.row.id);
      case 0x112:
        return this.scratchString(e.row.provider);
      case 0x113:
        return this.scratchString(e.row.module);
      case 0x114:
        return this.scratchString(e.row.func);
      case 0x115:
        return this.scratchString(e.row.name);
      case 0x116:
        return BigInt(f.pid ?? 0);
      case 0x117:
        return BigInt(f.tid ?? 0);
      case 0x118:
        return this.scratchString(f.execname ?? 'test');
      case 0x200:
        return BigInt(f.cpu ?? 0);
    }
    throw new Error(`built-in 0x${id.toString(16)} is not simulated`);
  }

  private emulate(o: Obj, e: Enabled, f: Firing): bigint {
    const r = new Array<bigint>(8).fill(0n);
    let pc = 0;
    try {
      return this.loop(o, e, f, r, (p) => {
        pc = p;
      });
    } catch (x) {
      if (x instanceof Fault) throw new Fault(x.code, x.address, pc * 4);
      throw x;
    }
  }

  private loop(o: Obj, e: Enabled, f: Firing, r: bigint[], at: (pc: number) => void): bigint {
    let n = false;
    let z = false;
    let v = false;
    let c = false;
    let tuple: { value: bigint; size: bigint; kind: number }[] = [];
    const strings = this.place(o.strings.length > 0 ? o.strings : Buffer.alloc(1));
    const s64 = (x: bigint): bigint => BigInt.asIntN(64, x);
    const stored = (x: bigint, type: Type): bigint | Buffer =>
      type.flags & 3 ? (x === 0n ? Buffer.alloc(0) : Buffer.from(this.bytes(x, type.size))) : x;
    const load = (x: bigint | Buffer | undefined): bigint => {
      if (x === undefined) return 0n;
      if (typeof x === 'bigint') return x;
      return x.length === 0 ? 0n : this.place(x);
    };
    const varType = (id: number, scope: number): Type =>
      o.vars.find((y) => y.id === id && y.scope === scope)?.type ?? { kind: 0, flags: 0, size: 8 };
    const tupleKey = (): string =>
      tuple
        .map((t) =>
          t.size === 0n
            ? String(t.value)
            : t.kind === 1
              ? `s${this.string(t.value)}`
              : this.bytes(t.value, Number(t.size)).toString('hex'),
        )
        .join('|');
    for (let pc = 0; pc < o.code.length; pc++) {
      at(pc);
      const w = o.code[pc];
      const name = OPCODES[opOf(w)]!.name;
      const [r1, r2, rd] = [r1Of(w), r2Of(w), rdOf(w)];
      const index = indexOf(w);
      const set = (x: bigint): void => {
        if (rd === 0) throw new Error('write to %r0');
        r[rd] = x & MASK;
      };
      const flags = (x: bigint): void => {
        n = s64(x) < 0n;
        z = (x & MASK) === 0n;
        v = false;
        c = false;
      };
      switch (name) {
        case 'or':
          set(r[r1] | r[r2]);
          break;
        case 'xor':
          set(r[r1] ^ r[r2]);
          break;
        case 'and':
          set(r[r1] & r[r2]);
          break;
        case 'sll':
          set(r[r1] << (r[r2] & 63n));
          break;
        case 'srl':
          set(r[r1] >> (r[r2] & 63n));
          break;
        case 'sra':
          set(s64(r[r1]) >> (r[r2] & 63n));
          break;
        case 'sub':
          set(r[r1] - r[r2]);
          break;
        case 'add':
          set(r[r1] + r[r2]);
          break;
        case 'mul':
          set(r[r1] * r[r2]);
          break;
        case 'sdiv':
        case 'udiv':
        case 'srem':
        case 'urem': {
          if (r[r2] === 0n) throw new Fault(4, 0n, pc);
          const [a, b] = name[0] === 's' ? [s64(r[r1]), s64(r[r2])] : [r[r1], r[r2]];
          set(name.endsWith('div') ? a / b : a % b);
          break;
        }
        case 'not':
          set(~r[r1]);
          break;
        case 'mov':
          set(r[r1]);
          break;
        case 'cmp': {
          const d = r[r1] - r[r2];
          n = s64(d & MASK) < 0n;
          z = d === 0n;
          v = s64(r[r1]) < s64(r[r2]) !== n;
          c = r[r1] < r[r2];
          break;
        }
        case 'scmp': {
          const [a, b] = [this.string(r[r1]), this.string(r[r2])];
          flags(a < b ? -1n : a > b ? 1n : 0n);
          c = a < b;
          break;
        }
        case 'tst':
          flags(r[r1]);
          break;
        case 'ba':
          pc = labelOf(w) - 1;
          break;
        case 'be':
          if (z) pc = labelOf(w) - 1;
          break;
        case 'bne':
          if (!z) pc = labelOf(w) - 1;
          break;
        case 'bg':
          if (!z && n === v) pc = labelOf(w) - 1;
          break;
        case 'bgu':
          if (!z && !c) pc = labelOf(w) - 1;
          break;
        case 'bge':
          if (n === v) pc = labelOf(w) - 1;
          break;
        case 'bgeu':
          if (!c) pc = labelOf(w) - 1;
          break;
        case 'bl':
          if (n !== v) pc = labelOf(w) - 1;
          break;
        case 'blu':
          if (c) pc = labelOf(w) - 1;
          break;
        case 'ble':
          if (z || n !== v) pc = labelOf(w) - 1;
          break;
        case 'bleu':
          if (z || c) pc = labelOf(w) - 1;
          break;
        case 'ldsb':
          set(BigInt(this.bytes(r[r1], 1).readInt8(0)));
          break;
        case 'ldsh':
          set(BigInt(this.bytes(r[r1], 2).readInt16LE(0)));
          break;
        case 'ldsw':
          set(BigInt(this.bytes(r[r1], 4).readInt32LE(0)));
          break;
        case 'ldub':
          set(BigInt(this.bytes(r[r1], 1).readUInt8(0)));
          break;
        case 'lduh':
          set(BigInt(this.bytes(r[r1], 2).readUInt16LE(0)));
          break;
        case 'lduw':
          set(BigInt(this.bytes(r[r1], 4).readUInt32LE(0)));
          break;
        case 'ldx':
          set(this.bytes(r[r1], 8).readBigUInt64LE(0));
          break;
        case 'stb':
          this.bytes(r[rd], 1).writeUInt8(Number(r[r1] & 0xffn), 0);
          break;
        case 'sth':
          this.bytes(r[rd], 2).writeUInt16LE(Number(r[r1] & 0xffffn), 0);
          break;
        case 'stw':
          this.bytes(r[rd], 4).writeUInt32LE(Number(r[r1] & 0xffffffffn), 0);
          break;
        case 'stx':
          this.bytes(r[rd], 8).writeBigUInt64LE(r[r1], 0);
          break;
        case 'ret':
          return r[rd];
        case 'nop':
          break;
        case 'setx':
          set(o.ints[index]);
          break;
        case 'sets':
          set(strings + BigInt(index));
          break;
        case 'ldga':
          if (r1 !== 0) throw new Error('only args[] is simulated');
          set(f.args?.[Number(r[r2])] ?? 0n);
          break;
        case 'ldgs':
          set(index < 0x500 ? this.builtin(index, e, f) : load(this.globals.get(index)));
          break;
        case 'stgs':
          this.globals.set(index, stored(r[rd], varType(index, 0)));
          break;
        case 'ldts':
          set(load(this.threads.get(`${f.tid ?? 0}:${index}`)));
          break;
        case 'stts':
          this.threads.set(`${f.tid ?? 0}:${index}`, stored(r[rd], varType(index, 1)));
          break;
        case 'ldls':
          set(load(this.locals.get(index)));
          break;
        case 'stls':
          this.locals.set(index, stored(r[rd], varType(index, 2)));
          break;
        case 'ldgaa':
        case 'ldtaa':
          set(load(this.assoc.get(`${name === 'ldtaa' ? (f.tid ?? 0) : 'g'}:${index}[${tupleKey()}]`)));
          break;
        case 'stgaa':
        case 'sttaa': {
          const key = `${name === 'sttaa' ? (f.tid ?? 0) : 'g'}:${index}[${tupleKey()}]`;
          const type = varType(index, name === 'sttaa' ? 1 : 0);
          if (r[rd] === 0n) this.assoc.delete(key);
          else this.assoc.set(key, stored(r[rd], type));
          break;
        }
        case 'pushtv':
          tuple.push({ value: r[rd], size: 0n, kind: r1 });
          break;
        case 'pushtr':
          tuple.push({ value: r[rd], size: r[r2], kind: r1 });
          break;
        case 'popts':
          tuple.pop();
          break;
        case 'flushts':
          tuple = [];
          break;
        case 'allocs':
          set(this.place(Buffer.alloc(Number(r[r1]))));
          break;
        case 'copys':
          this.bytes(r[r1], Number(r[r2])).copy(this.bytes(r[rd], Number(r[r2])));
          break;
        case 'call':
          set(
            this.subroutine(
              SUBROUTINES[index],
              tuple.map((t) => t.value),
            ),
          );
          break;
        default:
          throw new Error(`instruction ${name} is not simulated`);
      }
    }
    throw new Error('fell off the end');
  }

  private subroutine(name: string, a: bigint[]): bigint {
    const s = (i: number): string => this.string(a[i]);
    switch (name) {
      case 'strlen':
        return BigInt(s(0).length);
      case 'strjoin':
        return this.scratchString(s(0) + s(1));
      case 'lltostr':
        return this.scratchString(BigInt.asIntN(64, a[0]).toString(a[1] === undefined ? 10 : Number(a[1])));
      case 'basename':
        return this.scratchString(s(0).split('/').at(-1)!);
      case 'substr':
        return this.scratchString(
          s(0).slice(Number(a[1]), a[2] === undefined ? undefined : Number(a[1] + a[2])),
        );
      case 'alloca':
        return this.place(Buffer.alloc(Number(a[0])));
      case 'bcopy':
        this.bytes(a[0], Number(a[2])).copy(this.bytes(a[1], Number(a[2])));
        return 0n;
      case 'rand':
        return 4n;
    }
    throw new Error(`${name}() is not simulated`);
  }
}

/** llquantize's bucket by its definition: steps of each magnitude, from factor^low up. */
export function llbucket(arg: bigint, value: bigint): number {
  const factor = (arg >> 48n) & 0xffffn;
  const low = (arg >> 32n) & 0xffffn;
  const high = (arg >> 16n) & 0xffffn;
  const steps = arg & 0xffffn;
  let v = factor ** low;
  if (value < v) return 0;
  let next = v * factor;
  let step = next > steps ? next / steps : 1n;
  let i = 1;
  for (let order = low; order <= high; ) {
    if (value < v + step) return i;
    i++;
    v += step;
    if (v !== next) continue;
    next = v * factor;
    step = next > steps ? next / steps : 1n;
    order++;
  }
  return i;
}

function writeRec(b: Buffer, at: number, r: Rec): void {
  b.writeUInt16LE(r.action, at);
  b.writeUInt32LE(r.size, at + 4);
  b.writeUInt32LE(r.offset, at + 8);
  b.writeUInt16LE(align(r.size), at + 12);
  b.writeBigUInt64LE(r.arg, at + 16);
  b.writeBigUInt64LE(r.uarg, at + 24);
}

/** The ECBs of a DOF file. */
export function readDof(b: Buffer): Ecb[] {
  if (b.toString('latin1', 0, 4) !== '\x7fDOF' || b.readBigUInt64LE(40) !== BigInt(b.length))
    throw new Error('not DOF');
  const n = b.readUInt32LE(28);
  const off = Number(b.readBigUInt64LE(32));
  const sect = (i: number): { type: number; entsize: number; data: Buffer } => {
    if (i >= n) throw new Error(`section ${i} of ${n}`);
    const at = off + i * 32;
    const start = Number(b.readBigUInt64LE(at + 16));
    const size = Number(b.readBigUInt64LE(at + 24));
    const alignment = b.readUInt32LE(at + 4);
    if (start % alignment !== 0 || start + size > b.length) throw new Error(`section ${i} misplaced`);
    return {
      type: b.readUInt32LE(at),
      entsize: b.readUInt32LE(at + 12),
      data: b.subarray(start, start + size),
    };
  };
  const type = (d: Buffer, at: number): Type => ({
    kind: d[at],
    flags: d[at + 2],
    size: d.readUInt32LE(at + 4),
  });
  const obj = (i: number): Obj | undefined => {
    if (i === 0xffffffff) return undefined;
    const h = sect(i);
    if (h.type !== 6) throw new Error('not a DIFO header');
    const o: Obj = { code: [], ints: [], strings: Buffer.alloc(0), vars: [], rtype: type(h.data, 0) };
    for (let at = 8; at < h.data.length; at += 4) {
      const s = sect(h.data.readUInt32LE(at));
      const d = s.data;
      if (s.type === 7) for (let k = 0; k < d.length; k += 4) o.code.push(d.readUInt32LE(k));
      if (s.type === 19) for (let k = 0; k < d.length; k += 8) o.ints.push(d.readBigUInt64LE(k));
      if (s.type === 8) o.strings = d;
      if (s.type === 9)
        for (let k = 0; k < d.length; k += 20)
          o.vars.push({ id: d.readUInt32LE(k + 4), kind: d[k + 8], scope: d[k + 9], type: type(d, k + 12) });
    }
    return o;
  };
  const out: Ecb[] = [];
  for (let i = 0; i < n; i++) {
    const s = sect(i);
    if (s.type !== 3) continue;
    const p = sect(s.data.readUInt32LE(0)).data;
    const strtab = sect(p.readUInt32LE(0)).data;
    const str = (at: number): string => {
      const o = p.readUInt32LE(at);
      return strtab.toString('latin1', o, strtab.indexOf(0, o));
    };
    const acts: Act[] = [];
    const ai = s.data.readUInt32LE(8);
    if (ai !== 0xffffffff) {
      const a = sect(ai);
      for (let k = 0; k < a.data.length; k += a.entsize)
        acts.push({
          difo: obj(a.data.readUInt32LE(k)),
          kind: a.data.readUInt32LE(k + 8),
          ntuple: a.data.readUInt32LE(k + 12),
          arg: a.data.readBigUInt64LE(k + 16),
          uarg: a.data.readBigUInt64LE(k + 24),
        });
    }
    out.push({
      provider: str(4),
      module: str(8),
      func: str(12),
      name: str(16),
      id: p.readUInt32LE(20),
      pred: obj(s.data.readUInt32LE(4)),
      acts,
      uarg: s.data.readBigUInt64LE(16),
    });
  }
  return out;
}

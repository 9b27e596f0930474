/**
 * One D program on a ShimMachine: compiled by libdtrace's half, enabled through the device's requests, its records decoded.
 */
import { compile } from '../../engine/dtrace/compiler/compile.ts';
import { Context } from '../../engine/dtrace/compiler/context.ts';
import {
  type AggDesc,
  decodeAggdesc,
  decodeEprobe,
  decodeStatus,
  type EprobeDesc,
  type RecordDesc,
  type Status,
} from '../../engine/dtrace/consumer/records.ts';
import { writeDof } from '../../engine/dtrace/dof.ts';
import { OPT, type OptionName, Options } from '../../engine/dtrace/options.ts';
import { ProbeCatalog, type ProbeRow } from '../../engine/dtrace/probe.ts';
import type { ShimMachine } from './machine.ts';

const IOC = (inout: number, num: number, len: number): bigint =>
  BigInt((inout | (len << 16) | (0x78 << 8) | num) >>> 0);
const IN = 0x80000000;
const OUT = 0x40000000;
const ENABLE = IOC(IN | OUT, 6, 16);
const BUFSNAP = IOC(IN, 4, 8);
const AGGSNAP = IOC(IN, 7, 8);
const EPROBE = IOC(IN, 8, 8);
const STATUS = IOC(OUT, 11, 88);
const GO = IOC(IN, 12, 8);
const STOP = IOC(IN, 13, 8);
const AGGDESC = IOC(IN, 15, 8);
const OPTGET = IOC(IN | OUT, 17, 16);

export const ENOENT = 2;

export interface Rec {
  epid: number;
  time: bigint;
  cpu: number;
  values: (bigint | string | bigint[])[];
}
export interface Agg {
  id: number;
  variable: bigint;
  keys: (bigint | string | bigint[])[];
  value: bigint[];
}

export function catalog(m: ShimMachine): ProbeCatalog {
  const rows: ProbeRow[] = [];
  const n = m.u32(m.symbol('dtrace_nprobes'));
  const table = m.u64(m.symbol('dtrace_probes'));
  for (let i = 0; i < n; i++) {
    const p = m.u64(table + BigInt(8 * i));
    const s = (at: bigint) => m.string(m.u64(at));
    rows.push({
      id: m.u32(p),
      provider: s(m.u64(p + 16n)),
      module: s(p + 24n),
      func: s(p + 32n),
      name: s(p + 40n),
    });
  }
  return new ProbeCatalog(rows);
}

export function compileD(
  m: ShimMachine,
  source: string,
  options: Partial<Record<OptionName, bigint>>,
): Uint8Array {
  const o = new Options();
  for (const [k, v] of Object.entries(options)) o.put(OPT[k as OptionName], v as bigint);
  const cx = new Context({ catalog: catalog(m), options: o, symbols: () => undefined, macros: new Map() });
  const out = compile(cx, { source, fromFile: true, macroArgs: ['test'] }, { next: 1 });
  return writeDof(out.ecbs, o);
}

const DEFAULTS: Partial<Record<OptionName, bigint>> = {
  bufsize: 65536n,
  aggsize: 65536n,
  dynvarsize: 16384n,
};

/** A string datum of a D record (as far as the first NUL), or a number, or words. */
function datum(b: Buffer, r: RecordDesc, strings: boolean): bigint | string | bigint[] {
  const at = r.offset;
  if (r.size === 1) return BigInt(b.readUInt8(at));
  if (r.size === 2) return BigInt(b.readUInt16LE(at));
  if (r.size === 4) return BigInt(b.readInt32LE(at));
  if (r.size === 8) return b.readBigInt64LE(at);
  const bytes = b.subarray(at, at + r.size);
  if (strings && r.action < 0x100) {
    const end = bytes.indexOf(0);
    return bytes.subarray(0, end < 0 ? r.size : end).toString();
  }
  const words: bigint[] = [];
  for (let i = 0; i + 8 <= r.size; i += 8) words.push(bytes.readBigUInt64LE(i));
  return words;
}

export class Tracer {
  readonly eprobes = new Map<number, EprobeDesc>();
  readonly aggs = new Map<number, AggDesc>();
  readonly m: ShimMachine;
  matched = 0;
  private readonly sizes: { buf: number; agg: number };

  constructor(m: ShimMachine, source: string, options: Partial<Record<OptionName, bigint>> = {}) {
    this.m = m;
    const opts = { ...DEFAULTS, ...options };
    const dof = compileD(m, source, opts);
    this.sizes = { buf: Number(opts.bufsize), agg: Number(opts.aggsize) };
    this.ok(m.call('shim_open'), 'open');
    const io = m.put(new Uint8Array(16));
    m.mem.setBigUint64(this.at(io), m.put(dof), true);
    this.ok(this.ioctl(ENABLE, io), 'enable');
    this.matched = m.u32(io + 8n);
    this.describe();
  }
  private at(kva: bigint): number {
    return Number(kva - 0xfffffe0000000000n);
  }
  ioctl(cmd: bigint, data: bigint): number {
    return Number(BigInt.asIntN(32, this.m.call('shim_ioctl', cmd, data)));
  }
  private ok(error: bigint | number, what: string): void {
    if (Number(error) !== 0) throw new Error(`${what}: errno ${error}`);
  }
  /** A request that passes a pointer to a structure. */
  private pointer(cmd: bigint, desc: bigint): number {
    const p = this.m.put(8);
    this.m.mem.setBigUint64(this.at(p), desc, true);
    return this.ioctl(cmd, p);
  }
  private describe(): void {
    for (let epid = 1; ; epid++) {
      const d = this.m.put(new Uint8Array(24 + 64 * 32));
      this.m.mem.setUint32(this.at(d), epid, true);
      this.m.mem.setInt32(this.at(d) + 20, 64, true);
      if (this.pointer(EPROBE, d) !== 0) break;
      this.eprobes.set(epid, decodeEprobe(this.m.read(d, 24 + 64 * 32)));
    }
    for (let id = 1; ; id++) {
      const d = this.m.put(new Uint8Array(40 + 64 * 32));
      this.m.mem.setUint32(this.at(d) + 20, id, true);
      this.m.mem.setInt32(this.at(d) + 32, 64, true);
      if (this.pointer(AGGDESC, d) !== 0) break;
      this.aggs.set(id, decodeAggdesc(this.m.read(d, 40 + 64 * 32)));
    }
  }
  go(): this {
    this.ok(this.pointer(GO, this.m.put(8)), 'go');
    this.sizes.buf = Number(this.option('bufsize'));
    this.sizes.agg = Number(this.option('aggsize'));
    return this;
  }
  stop(): void {
    this.ok(this.pointer(STOP, this.m.put(8)), 'stop');
  }
  close(): void {
    this.m.call('shim_close');
  }
  option(name: OptionName): bigint {
    const d = this.m.put(new Uint8Array(16));
    this.m.mem.setUint32(this.at(d), OPT[name], true);
    this.ok(this.ioctl(OPTGET, d), 'optget');
    return this.m.u64(d + 8n);
  }
  status(): Status {
    const d = this.m.put(88);
    this.ok(this.ioctl(STATUS, d), 'status');
    return decodeStatus(this.m.read(d, 88));
  }
  drops = 0n;
  private snap(cmd: bigint, cpu: number, size: number): Buffer | undefined {
    const data = this.m.put(size);
    const d = this.m.put(new Uint8Array(48));
    const v = this.m.mem;
    v.setBigUint64(this.at(d), BigInt(size), true);
    v.setUint32(this.at(d) + 8, cpu, true);
    v.setBigUint64(this.at(d) + 24, data, true);
    const error = this.pointer(cmd, d);
    if (error === ENOENT) return undefined;
    this.ok(error, 'snapshot');
    this.drops += v.getBigUint64(this.at(d) + 16, true);
    const n = Number(this.m.u64(d));
    const oldest = Number(this.m.u64(d + 32n));
    const b = this.m.read(data, n);
    return Buffer.concat([b.subarray(oldest), b.subarray(0, oldest)]);
  }
  /** All records so far; wide values as words if not strings. */
  records(strings = true): Rec[] {
    const out: Rec[] = [];
    for (let cpu = 0; ; cpu++) {
      const b = this.snap(BUFSNAP, cpu, this.sizes.buf);
      if (b === undefined) break;
      for (let at = 0; at + 4 <= b.length; ) {
        const epid = b.readUInt32LE(at);
        if (epid === 0) {
          at += 4;
          continue;
        }
        const desc = this.eprobes.get(epid);
        if (desc === undefined) throw new Error(`unknown EPID ${epid} at ${at}`);
        const rec = b.subarray(at, at + desc.size);
        const time = (BigInt(rec.readUInt32LE(4)) << 32n) | BigInt(rec.readUInt32LE(8));
        out.push({
          epid,
          time,
          cpu,
          values: desc.recs.filter((r) => r.size !== 0).map((r) => datum(rec, r, strings)),
        });
        at += desc.size;
      }
    }
    return out;
  }
  /** Values of all records. */
  values(): (bigint | string | bigint[])[][] {
    return this.records().map((r) => r.values);
  }
  aggregations(strings = true): Agg[] {
    const out: Agg[] = [];
    for (let cpu = 0; ; cpu++) {
      const b = this.snap(AGGSNAP, cpu, this.sizes.agg);
      if (b === undefined) break;
      for (let at = 0; at + 4 <= b.length; ) {
        const id = b.readUInt32LE(at);
        if (id === 0) {
          at += 4;
          continue;
        }
        const desc = this.aggs.get(id);
        if (desc === undefined) throw new Error(`unknown aggregation ${id} at ${at}`);
        const rec = b.subarray(at, at + desc.size);
        const [variable, ...keys] = desc.recs.slice(0, -1).map((r) => datum(rec, r, strings));
        const last = desc.recs[desc.recs.length - 1];
        const value: bigint[] = [];
        for (let i = 0; i < last.size; i += 8) value.push(rec.readBigInt64LE(last.offset + i));
        out.push({ id, variable: variable as bigint, keys, value });
        at += desc.size;
      }
    }
    return out;
  }
  fire(...args: bigint[]): void {
    const five = [...args, 0n, 0n, 0n, 0n, 0n].slice(0, 5);
    this.m.call('shim_fire', ...five);
  }
}

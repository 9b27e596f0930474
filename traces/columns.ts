/**
 * Events as columns, and their coding within a chunk.
 *
 * An event is one firing of a recorded site: (cycle, CPU, thread, site, arguments). In memory a batch of events is a set of typed
 * arrays. On disk each event is a head byte (its CPU, and whether its thread and site are what this CPU's last event predicts), with more
 * only where the prediction failed; its cycle as the difference to the event before; each argument as its difference to the same argument of
 * the site's previous event on this CPU. The five byte strings then go through deflate: docs/trace-format.md.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteSource } from './varint.ts';

export const MAX_ARGS = 5;

/** A batch of events in time order. Arguments are low and high words, MAX_ARGS an event. */
export interface EventColumns {
  count: number;
  cycle: Float64Array;
  cpu: Uint8Array;
  /** Thread id (td_tid), 0 before there are threads. */
  tid: Int32Array;
  /** Index into the trace's site table. */
  site: Uint16Array;
  argLow: Uint32Array;
  argHigh: Uint32Array;
}

export function eventColumns(capacity: number): EventColumns {
  return {
    count: 0,
    cycle: new Float64Array(capacity),
    cpu: new Uint8Array(capacity),
    tid: new Int32Array(capacity),
    site: new Uint16Array(capacity),
    argLow: new Uint32Array(capacity * MAX_ARGS),
    argHigh: new Uint32Array(capacity * MAX_ARGS),
  };
}

/** Argument n of event i, unsigned 64 bits. */
export const argument = (e: EventColumns, i: number, n: number): bigint =>
  (BigInt(e.argHigh[i * MAX_ARGS + n]) << 32n) | BigInt(e.argLow[i * MAX_ARGS + n]);

/** Argument n of event i as a number; exact below 2^53. */
export const argumentNumber = (e: EventColumns, i: number, n: number): number =>
  e.argHigh[i * MAX_ARGS + n] * 2 ** 32 + e.argLow[i * MAX_ARGS + n];

/** Most events that a chunk may claim to hold. */
export const MAX_CHUNK_EVENTS = 65536;
export const MAX_SITES = 32768;
export const MAX_CPUS = 64;

/** Zigzag of 0 is 0, so the escape is a value no delta has. */
const ESCAPE = 2 ** 53 - 2;
const LIMIT = 2 ** 51;
/** Head byte: the CPU, and what follows. */
const CPU_MASK = 63;
const OTHER_SITE = 64;
const OTHER_THREAD = 128;
/** Bytes that an event may take in the columns: head, thread, site, cycle, arguments. */
const MOST = [1, 5, 3, 8, 17 * MAX_ARGS];
const HEADER = 4 * MOST.length;
/** Fastest: the columns are nearly all repetition, which any level finds. */
const LEVEL = 1;

/** What a CPU's last events predict of its next one. */
class Predictor {
  readonly tid = new Int32Array(MAX_CPUS);
  readonly site = new Int32Array(MAX_CPUS);
  /** By CPU: which site followed each site; arguments last seen of each site. */
  readonly #next: (Uint16Array | undefined)[] = [];
  readonly #low: (Uint32Array | undefined)[] = [];
  readonly #high: (Uint32Array | undefined)[] = [];
  readonly #sites: number;

  constructor(sites: number) {
    this.#sites = sites;
  }

  next(cpu: number): Uint16Array {
    return (this.#next[cpu] ??= new Uint16Array(this.#sites));
  }

  low(cpu: number): Uint32Array {
    return (this.#low[cpu] ??= new Uint32Array(this.#sites * MAX_ARGS));
  }

  high(cpu: number): Uint32Array {
    return (this.#high[cpu] ??= new Uint32Array(this.#sites * MAX_ARGS));
  }

  /** As new: chunks are coded each for itself. */
  reset(): void {
    this.tid.fill(0);
    this.site.fill(0);
    for (const each of [this.#next, this.#low, this.#high]) for (const words of each) words?.fill(0);
  }
}

/** Codes batches one after another in the same memory. `argCount[site]` says how many arguments a site's events carry. */
export class ColumnEncoder {
  readonly #argCount: Uint8Array;
  readonly #predictor: Predictor;
  #capacity = 0;
  #columns: Uint8Array[] = [];

  constructor(argCount: Uint8Array) {
    this.#argCount = argCount;
    this.#predictor = new Predictor(argCount.length);
  }

  /** The batch as one byte string, compressed. */
  encode(e: EventColumns): Uint8Array {
    return deflateRawSync(this.encodePlain(e), { level: LEVEL });
  }

  /** The batch before compression: five lengths (u32), then heads, threads, sites, cycles, arguments. */
  encodePlain(e: EventColumns): Uint8Array {
    const { count } = e;
    if (count > this.#capacity) {
      this.#capacity = count;
      this.#columns = MOST.map((most) => new Uint8Array(most * count));
    }
    const [heads, tids, sites, cycles, args] = this.#columns;
    const argCount = this.#argCount;
    const predictor = this.#predictor;
    predictor.reset();
    let atTid = 0;
    let atSite = 0;
    let atCycle = 0;
    let atArg = 0;
    let cycle = 0;
    for (let i = 0; i < count; i++) {
      const cpu = e.cpu[i];
      const site = e.site[i];
      const tid = e.tid[i];
      let head = cpu;
      if (predictor.tid[cpu] !== tid) {
        head |= OTHER_THREAD;
        predictor.tid[cpu] = tid;
        atTid = putUnsigned(tids, atTid, tid >>> 0);
      }
      const next = predictor.next(cpu);
      const before = predictor.site[cpu];
      if (next[before] !== site) {
        head |= OTHER_SITE;
        next[before] = site;
        atSite = putUnsigned(sites, atSite, site);
      }
      predictor.site[cpu] = site;
      heads[i] = head;
      const delta = e.cycle[i] - cycle;
      cycle = e.cycle[i];
      atCycle = putSigned(cycles, atCycle, delta);
      const n = argCount[site];
      if (n === 0) continue;
      const low = predictor.low(cpu);
      const high = predictor.high(cpu);
      for (let k = 0, from = i * MAX_ARGS, at = site * MAX_ARGS; k < n; k++, from++, at++) {
        const lo = e.argLow[from];
        const hi = e.argHigh[from];
        if (hi === high[at]) atArg = putSigned(args, atArg, lo - low[at]);
        else {
          const difference = (hi - high[at]) * 2 ** 32 + (lo - low[at]);
          if (difference > -LIMIT && difference < LIMIT) atArg = putSigned(args, atArg, difference);
          else {
            atArg = putUnsigned(args, atArg, ESCAPE);
            atArg = putWord(args, atArg, lo);
            atArg = putWord(args, atArg, hi);
          }
          high[at] = hi;
        }
        low[at] = lo;
      }
    }
    const lengths = [count, atTid, atSite, atCycle, atArg];
    const out = new Uint8Array(HEADER + lengths.reduce((sum, n) => sum + n, 0));
    const view = new DataView(out.buffer);
    let at = HEADER;
    lengths.forEach((length, k) => {
      view.setUint32(4 * k, length, true);
      out.set(this.#columns[k].subarray(0, length), at);
      at += length;
    });
    return out;
  }
}

function putUnsigned(to: Uint8Array, at: number, value: number): number {
  while (value >= 0x80) {
    to[at++] = (value & 0x7f) | 0x80;
    value = value >= 0x80000000 ? Math.floor(value / 128) : value >>> 7;
  }
  to[at++] = value;
  return at;
}

const putSigned = (to: Uint8Array, at: number, value: number): number =>
  putUnsigned(to, at, value >= 0 ? value * 2 : -value * 2 - 1);

function putWord(to: Uint8Array, at: number, value: number): number {
  for (let shift = 0; shift < 32; shift += 8) to[at++] = (value >>> shift) & 0xff;
  return at;
}

/** Throws RangeError when the bytes do not hold what they claim. Memory is bounded by `count`, which is bounded. */
export function decodeColumns(
  data: Uint8Array,
  count: number,
  argCount: Uint8Array,
  cpus: number,
): EventColumns {
  if (!Number.isInteger(count) || count < 0 || count > MAX_CHUNK_EVENTS)
    throw new RangeError(`${count} events in a chunk`);
  const most = HEADER + count * MOST.reduce((sum, n) => sum + n, 0);
  let plain: Uint8Array;
  try {
    plain = inflateRawSync(data, { maxOutputLength: Math.max(1, most) });
  } catch {
    throw new RangeError('its events do not unpack');
  }
  return decodePlain(plain, count, argCount, cpus);
}

function decodePlain(plain: Uint8Array, count: number, argCount: Uint8Array, cpus: number): EventColumns {
  if (plain.length < HEADER) throw new RangeError('column ends early');
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const columns: Uint8Array[] = [];
  let start = HEADER;
  for (let k = 0; k < MOST.length; k++) {
    const length = view.getUint32(4 * k, true);
    if (start + length > plain.length) throw new RangeError('column ends early');
    columns.push(plain.subarray(start, start + length));
    start += length;
  }
  const [heads] = columns;
  if (heads.length !== count) throw new RangeError('a head for each event is expected');
  const [tids, sites, cycles, args] = columns.slice(1).map((column) => new ByteSource(column));
  const e = eventColumns(count);
  e.count = count;
  const predictor = new Predictor(argCount.length);
  let cycle = 0;
  for (let i = 0; i < count; i++) {
    const head = heads[i];
    const cpu = head & CPU_MASK;
    if (cpu >= cpus) throw new RangeError(`CPU ${cpu} of ${cpus}`);
    if ((head & OTHER_THREAD) !== 0) predictor.tid[cpu] = tids.unsigned();
    const next = predictor.next(cpu);
    const before = predictor.site[cpu];
    if ((head & OTHER_SITE) !== 0) {
      const other = sites.unsigned();
      if (other >= argCount.length) throw new RangeError(`site ${other} of ${argCount.length}`);
      next[before] = other;
    }
    const site = next[before];
    if (site >= argCount.length) throw new RangeError(`site ${site} of ${argCount.length}`);
    predictor.site[cpu] = site;
    cycle += cycles.signed();
    if (cycle < 0 || !Number.isSafeInteger(cycle)) throw new RangeError('time out of range');
    e.cycle[i] = cycle;
    e.cpu[i] = cpu;
    e.tid[i] = predictor.tid[cpu];
    e.site[i] = site;
    const n = argCount[site];
    if (n === 0) continue;
    const low = predictor.low(cpu);
    const high = predictor.high(cpu);
    for (let k = 0, to = i * MAX_ARGS, at = site * MAX_ARGS; k < n; k++, to++, at++) {
      const raw = args.unsigned();
      if (raw === ESCAPE) {
        low[at] = args.word();
        high[at] = args.word();
      } else if (raw !== 0) {
        const sum = low[at] + (raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2);
        const carry = Math.floor(sum / 2 ** 32);
        low[at] = sum - carry * 2 ** 32;
        high[at] = high[at] + carry;
      }
      e.argLow[to] = low[at];
      e.argHigh[to] = high[at];
    }
  }
  return e;
}

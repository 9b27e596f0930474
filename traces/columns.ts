/**
 * Events as columns, and their coding within a chunk.
 *
 * An event is one firing of a recorded site: (cycle, CPU, thread, site, arguments). In memory a batch of events is a set of typed
 * arrays. On disk each column is a byte string: cycles as deltas; CPU, thread and site as differences to what is likeliest; an argument as its
 * difference to the same argument of the site's previous event in the chunk, which for pointers and counters is short. Arguments that do
 * not fit 52 bits of difference are escaped with both their words.
 */
import { ByteSink, ByteSource } from './varint.ts';

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

/** The coded columns of one chunk. */
export interface CodedColumns {
  count: number;
  cycles: Uint8Array;
  cpus: Uint8Array;
  tids: Uint8Array;
  sites: Uint8Array;
  args: Uint8Array;
}

/** Zigzag of 0 is 0, so the escape is a value no delta has. */
const ESCAPE = 2 ** 53 - 2;
const LIMIT = 2 ** 51;

/** Previous arguments by site, as predictors. */
class Predictor {
  readonly #low = new Map<number, Uint32Array>();
  readonly #high = new Map<number, Uint32Array>();

  words(site: number): { low: Uint32Array; high: Uint32Array } {
    let low = this.#low.get(site);
    let high = this.#high.get(site);
    if (low === undefined || high === undefined) {
      low = new Uint32Array(MAX_ARGS);
      high = new Uint32Array(MAX_ARGS);
      this.#low.set(site, low);
      this.#high.set(site, high);
    }
    return { low, high };
  }
}

/** `argCount(site)` says how many arguments a site's events carry. */
export function encodeColumns(e: EventColumns, argCount: (site: number) => number): CodedColumns {
  const cycles = new ByteSink();
  const cpus = new ByteSink();
  const tids = new ByteSink();
  const sites = new ByteSink();
  const args = new ByteSink();
  const predictor = new Predictor();
  let cycle = 0;
  let run = 0;
  let lastCpu = 0;
  let lastTid = 0;
  const endRun = () => {
    if (run > 0) {
      cpus.unsigned(run);
      cpus.byte(lastCpu);
      tids.unsigned(lastTid);
    }
    run = 0;
  };
  for (let i = 0; i < e.count; i++) {
    cycles.signed(e.cycle[i] - cycle);
    cycle = e.cycle[i];
    // CPU and thread change together: coded as runs.
    if (e.cpu[i] !== lastCpu || e.tid[i] !== lastTid) endRun();
    lastCpu = e.cpu[i];
    lastTid = e.tid[i];
    run++;
    const site = e.site[i];
    sites.unsigned(site);
    const { low, high } = predictor.words(site);
    const n = argCount(site);
    for (let k = 0; k < n; k++) {
      const lo = e.argLow[i * MAX_ARGS + k];
      const hi = e.argHigh[i * MAX_ARGS + k];
      const delta = (hi - high[k]) * 2 ** 32 + (lo - low[k]);
      if (delta > -LIMIT && delta < LIMIT) args.signed(delta);
      else {
        args.unsigned(ESCAPE);
        args.word(lo);
        args.word(hi);
      }
      low[k] = lo;
      high[k] = hi;
    }
  }
  endRun();
  return {
    count: e.count,
    cycles: cycles.take(),
    cpus: cpus.take(),
    tids: tids.take(),
    sites: sites.take(),
    args: args.take(),
  };
}

/** Most events that a chunk may claim to hold. */
export const MAX_CHUNK_EVENTS = 65536;

/** Throws RangeError when the columns do not hold what they claim. */
export function decodeColumns(
  coded: CodedColumns,
  argCount: (site: number) => number,
  siteLimit: number,
): EventColumns {
  if (!Number.isInteger(coded.count) || coded.count < 0 || coded.count > MAX_CHUNK_EVENTS)
    throw new RangeError(`${coded.count} events in a chunk`);
  const e = eventColumns(coded.count);
  e.count = coded.count;
  const cycles = new ByteSource(coded.cycles);
  const cpus = new ByteSource(coded.cpus);
  const tids = new ByteSource(coded.tids);
  const sites = new ByteSource(coded.sites);
  const args = new ByteSource(coded.args);
  const predictor = new Predictor();
  let cycle = 0;
  let run = 0;
  let cpu = 0;
  let tid = 0;
  for (let i = 0; i < e.count; i++) {
    cycle += cycles.signed();
    if (cycle < 0 || !Number.isSafeInteger(cycle)) throw new RangeError('time out of range');
    e.cycle[i] = cycle;
    if (run === 0) {
      run = cpus.unsigned();
      cpu = cpus.byte();
      tid = tids.unsigned();
      if (run === 0) throw new RangeError('empty run');
    }
    run--;
    e.cpu[i] = cpu;
    e.tid[i] = tid;
    const site = sites.unsigned();
    if (site >= siteLimit) throw new RangeError(`site ${site} of ${siteLimit}`);
    e.site[i] = site;
    const { low, high } = predictor.words(site);
    const n = argCount(site);
    for (let k = 0; k < n; k++) {
      const raw = args.unsigned();
      if (raw === ESCAPE) {
        low[k] = args.word();
        high[k] = args.word();
      } else {
        const delta = raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
        const sum = low[k] + delta;
        const carry = Math.floor(sum / 2 ** 32);
        low[k] = sum - carry * 2 ** 32;
        high[k] = high[k] + carry;
      }
      e.argLow[i * MAX_ARGS + k] = low[k];
      e.argHigh[i * MAX_ARGS + k] = high[k];
    }
  }
  return e;
}

/**
 * Columns as format version 1 coded them: kept for reading, and only that.
 *
 * Cycles as deltas; CPU and thread as runs; an argument as its difference to the same argument of the site's previous event in the chunk.
 */
import { type EventColumns, eventColumns, MAX_ARGS, MAX_CHUNK_EVENTS } from './columns.ts';
import { ByteSource } from './varint.ts';

/** The coded columns of a chunk of version 1. */
export interface CodedColumnsV1 {
  count: number;
  cycles: Uint8Array;
  cpus: Uint8Array;
  tids: Uint8Array;
  sites: Uint8Array;
  args: Uint8Array;
}

/** Zigzag of 0 is 0, so the escape is a value no delta has. */
const ESCAPE = 2 ** 53 - 2;

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

/** Throws RangeError when the columns do not hold what they claim. */
export function decodeColumnsV1(
  coded: CodedColumnsV1,
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

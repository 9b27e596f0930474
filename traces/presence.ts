/** What occurs in a chunk, in few bytes: for searches that skip, and sums that need no events. */
import type { EventColumns } from './columns.ts';
import { ByteSink, ByteSource } from './varint.ts';

export interface Presence {
  /** Events by site. */
  sites: Map<number, number>;
  cpus: Set<number>;
  tids: Set<number>;
}

/** Counts one chunk after another in the same memory. */
export class PresenceCounter {
  readonly #counts: Uint32Array;
  readonly #total: Float64Array;

  constructor(sites: number) {
    this.#counts = new Uint32Array(sites);
    this.#total = new Float64Array(sites);
  }

  /** Events by site of all that was counted. */
  get total(): number[] {
    return Array.from(this.#total);
  }

  count(e: EventColumns): { sites: Uint8Array; cpus: Uint8Array; tids: Uint8Array } {
    const counts = this.#counts;
    counts.fill(0);
    const { site, cpu, tid, count } = e;
    const tids = new Set<number>();
    /** Last thread by CPU, -1: the CPU does not occur. */
    const last = new Int32Array(256).fill(-1);
    for (let i = 0; i < count; i++) {
      counts[site[i]]++;
      if (last[cpu[i]] !== tid[i]) {
        last[cpu[i]] = tid[i];
        tids.add(tid[i]);
      }
    }
    const sink = new ByteSink();
    let before = 0;
    for (let k = 0; k < counts.length; k++)
      if (counts[k] > 0) {
        sink.unsigned(k - before);
        sink.unsigned(counts[k]);
        this.#total[k] += counts[k];
        before = k;
      }
    const cpus = new Set<number>();
    last.forEach((seen, n) => {
      if (seen !== -1) cpus.add(n);
    });
    return { sites: sink.take(), cpus: ascending(cpus), tids: ascending(tids) };
  }
}

function ascending(values: Set<number>): Uint8Array {
  const sink = new ByteSink();
  let last = 0;
  for (const value of [...values].sort((a, b) => a - b)) {
    sink.unsigned(value - last);
    last = value;
  }
  return sink.take();
}

function readAscending(bytes: Uint8Array): Set<number> {
  const source = new ByteSource(bytes);
  const out = new Set<number>();
  for (let value = 0; !source.done; ) out.add((value += source.unsigned()));
  return out;
}

/** Throws RangeError for bytes that are none. */
export function readPresence(entry: { sites: Uint8Array; cpus: Uint8Array; tids: Uint8Array }): Presence {
  const source = new ByteSource(entry.sites);
  const sites = new Map<number, number>();
  for (let site = 0; !source.done; ) {
    site += source.unsigned();
    sites.set(site, source.unsigned());
  }
  return { sites, cpus: readAscending(entry.cpus), tids: readAscending(entry.tids) };
}

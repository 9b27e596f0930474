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

  constructor(sites: number) {
    this.#counts = new Uint32Array(sites);
  }

  count(e: EventColumns): { sites: Uint8Array; cpus: Uint8Array; tids: Uint8Array } {
    const counts = this.#counts;
    counts.fill(0);
    const cpus = new Set<number>();
    const tids = new Set<number>();
    let cpu = -1;
    let tid = -1;
    for (let i = 0; i < e.count; i++) {
      counts[e.site[i]]++;
      if (e.cpu[i] !== cpu) cpus.add((cpu = e.cpu[i]));
      if (e.tid[i] !== tid) tids.add((tid = e.tid[i]));
    }
    const sink = new ByteSink();
    let last = 0;
    for (let site = 0; site < counts.length; site++)
      if (counts[site] > 0) {
        sink.unsigned(site - last);
        sink.unsigned(counts[site]);
        last = site;
      }
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

/**
 * The recorder: from the machine's record ring to ordered events.
 *
 * CPUs may lead each other by the lookahead, so records leave the ring slightly out of order. The recorder keeps back what is younger than
 * the skew can reach, sorts by (cycle, CPU, order of arrival) and hands on batches of exactly CHUNK_EVENTS, so that what is written
 * does not depend on when the ring happened to be emptied. It also keeps the run's digest: SHA-256 over every event, free of image
 * addresses (sites are named by their index in the site table) and of arguments that a site does not have.
 */
import { createHash } from 'node:crypto';
import { RECORD_SIZE } from '../engine/image/abi.ts';
import { type EventColumns, eventColumns, MAX_ARGS } from './columns.ts';

/** Events a chunk holds (the last one fewer). */
export const CHUNK_EVENTS = 16384;
/** Cycles by which one CPU's records may lag another's: lookahead plus the longest block, with room to spare. */
const SKEW = 1_000_000;

export interface EventSink {
  /** A full (or the last) chunk, in order. The columns are reused after the call. */
  events(columns: EventColumns, digest: string): void;
}

/** Words of the digest's input that an event takes at most: cycle, CPU and site, thread, arguments. */
const DIGEST_WORDS = 4 + 2 * MAX_ARGS;
const STRIDE = RECORD_SIZE / 4;
/** Words of a ring record: cycle (two), CPU, site, thread, then the arguments. */
const REC = { cycle: 0, cpu: 2, site: 3, tid: 4, args: 6 } as const;

export interface RecorderOptions {
  /** Arguments of each site of the site table; missing: MAX_ARGS each. */
  argCounts?: Uint8Array;
  /** Only events from this cycle on, and before that one. */
  from?: number;
  to?: number;
}

export class Recorder {
  /** Ring site number to index in the site table; unknown sites are dropped. */
  readonly #siteIndex: Map<number, number>;
  readonly #sinks: EventSink[];
  readonly #argCounts: Uint8Array | undefined;
  readonly #from: number;
  readonly #to: number;
  readonly #hash = createHash('sha256');
  readonly #input = new Uint32Array(CHUNK_EVENTS * DIGEST_WORDS);
  #inputWords = 0;
  readonly #chunk = eventColumns(CHUNK_EVENTS);
  /** Records not yet in order: RECORD_SIZE bytes each. */
  #held = new Uint8Array(0);
  #digest = '';
  /** Events handed on so far. */
  count = 0;

  constructor(siteIndex: Map<number, number>, sinks: EventSink[], options: RecorderOptions = {}) {
    this.#siteIndex = siteIndex;
    this.#sinks = sinks;
    this.#argCounts = options.argCounts;
    this.#from = options.from ?? 0;
    this.#to = options.to ?? Number.POSITIVE_INFINITY;
  }

  /** The machine's onRecords: `ring` is whole records. */
  readonly records = (ring: Uint8Array): void => {
    const all = new Uint8Array(this.#held.length + ring.length);
    all.set(this.#held);
    all.set(ring, this.#held.length);
    this.#order(all, SKEW);
  };

  /** Hands on what is held back. Returns the run's digest. */
  finish(): string {
    this.#order(this.#held, Number.NEGATIVE_INFINITY);
    this.#emit();
    if (this.#digest === '') this.#digest = this.#hash.digest('hex');
    return this.#digest;
  }

  /** Merges the CPUs' records, each in order of time by itself, up to `keep` cycles before the newest. */
  #order(all: Uint8Array, keep: number): void {
    const n = all.length / RECORD_SIZE;
    const words = new Uint32Array(all.buffer, all.byteOffset, all.length / 4);
    const lanes = byCpu(words, n);
    let newest = 0;
    for (const { cycles } of lanes) newest = Math.max(newest, cycles[cycles.length - 1]);
    const limit = newest - keep;
    const next = lanes.map(() => 0);
    for (;;) {
      // The lane whose next record is the earliest, and how far it may go before another one's turn comes.
      let best = -1;
      let cycle = Number.POSITIVE_INFINITY;
      let until = Number.POSITIVE_INFINITY;
      for (let k = 0; k < lanes.length; k++) {
        const { cycles } = lanes[k];
        if (next[k] === cycles.length) continue;
        const c = cycles[next[k]];
        if (c < cycle) {
          until = cycle;
          cycle = c;
          best = k;
        } else if (c < until) until = c;
      }
      if (best < 0 || cycle > limit) break;
      const { cycles, at } = lanes[best];
      let k = next[best];
      // Lanes are in order of CPU, so at equal cycles a later lane waits and an earlier one goes first.
      do {
        this.#add(words, at[k], cycles[k]);
        k++;
      } while (k < cycles.length && cycles[k] < until && cycles[k] <= limit);
      next[best] = k;
    }
    const rest: number[] = [];
    lanes.forEach(({ at }, k) => {
      for (let i = next[k]; i < at.length; i++) rest.push(at[i]);
    });
    rest.sort((a, b) => a - b);
    const held = new Uint32Array(rest.length * STRIDE);
    rest.forEach((at, i) => {
      held.set(words.subarray(at, at + STRIDE), i * STRIDE);
    });
    this.#held = new Uint8Array(held.buffer);
  }

  #add(words: Uint32Array, at: number, cycle: number): void {
    const site = this.#siteIndex.get(words[at + REC.site] | 0);
    if (site === undefined || cycle < this.#from || cycle >= this.#to) return;
    const chunk = this.#chunk;
    const i = chunk.count++;
    const tid = words[at + REC.tid];
    const cpu = words[at + REC.cpu];
    chunk.cycle[i] = cycle;
    chunk.cpu[i] = cpu;
    chunk.tid[i] = tid;
    chunk.site[i] = site;
    const args = this.#argCounts === undefined ? MAX_ARGS : this.#argCounts[site];
    const input = this.#input;
    let w = this.#inputWords;
    input[w++] = words[at];
    input[w++] = words[at + 1];
    input[w++] = cpu | (site << 8);
    input[w++] = tid;
    for (let k = 0, from = at + REC.args, to = i * MAX_ARGS; k < args; k++, from += 2, to++) {
      chunk.argLow[to] = words[from];
      chunk.argHigh[to] = words[from + 1];
      input[w++] = words[from];
      input[w++] = words[from + 1];
    }
    for (let k = args, to = i * MAX_ARGS + args; k < MAX_ARGS; k++, to++) {
      chunk.argLow[to] = 0;
      chunk.argHigh[to] = 0;
    }
    this.#inputWords = w;
    if (chunk.count === CHUNK_EVENTS) this.#emit();
  }

  #emit(): void {
    const chunk = this.#chunk;
    if (chunk.count === 0) return;
    this.#hash.update(new Uint8Array(this.#input.buffer, 0, this.#inputWords * 4));
    this.#inputWords = 0;
    this.count += chunk.count;
    if (this.#sinks.length > 0) {
      const digest = this.#hash.copy().digest('hex');
      for (const sink of this.#sinks) sink.events(chunk, digest);
    }
    chunk.count = 0;
  }
}

interface CpuRecords {
  /** Cycle, and first word, of each record in order of time. */
  cycles: Float64Array;
  at: Uint32Array;
}

/** Each CPU's records, lowest CPU first. A CPU's own come in order; should they not, they are put in order. */
function byCpu(words: Uint32Array, n: number): CpuRecords[] {
  const counts: number[] = [];
  for (let i = 0; i < n; i++) {
    const cpu = words[i * STRIDE + REC.cpu];
    counts[cpu] = (counts[cpu] ?? 0) + 1;
  }
  const lanes: (CpuRecords | undefined)[] = counts.map((count) => ({
    cycles: new Float64Array(count),
    at: new Uint32Array(count),
  }));
  const fill = counts.map(() => 0);
  const disordered = new Set<number>();
  for (let i = 0; i < n; i++) {
    const at = i * STRIDE;
    const cpu = words[at + REC.cpu];
    const lane = lanes[cpu] as CpuRecords;
    const k = fill[cpu]++;
    const cycle = words[at] + words[at + 1] * 2 ** 32;
    if (k > 0 && cycle < lane.cycles[k - 1]) disordered.add(cpu);
    lane.cycles[k] = cycle;
    lane.at[k] = at;
  }
  for (const cpu of disordered) {
    const lane = lanes[cpu] as CpuRecords;
    const order = Array.from(lane.cycles.keys()).sort((a, b) => lane.cycles[a] - lane.cycles[b] || a - b);
    lanes[cpu] = {
      cycles: Float64Array.from(order, (k) => lane.cycles[k]),
      at: Uint32Array.from(order, (k) => lane.at[k]),
    };
  }
  return lanes.filter((lane) => lane !== undefined);
}

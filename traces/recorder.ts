/**
 * The recorder: from the machine's record ring to ordered events.
 *
 * CPUs may lead each other by the lookahead, so records leave the ring slightly out of order. The recorder keeps back what is younger than
 * the skew can reach, sorts by (cycle, CPU, order of arrival) and hands on batches of exactly CHUNK_EVENTS, so that what is written
 * does not depend on when the ring happened to be emptied. It also keeps the run's digest: SHA-256 over every event, free of image
 * addresses (sites are named by their index in the site table).
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

export class Recorder {
  /** Ring site number to index in the site table; unknown sites are dropped. */
  readonly #siteIndex: Map<number, number>;
  readonly #sinks: EventSink[];
  readonly #hash = createHash('sha256');
  readonly #chunk = eventColumns(CHUNK_EVENTS);
  /** Records not yet in order: RECORD_SIZE bytes each. */
  #held = new Uint8Array(0);
  #digest = '';
  /** Events handed on so far. */
  count = 0;

  constructor(siteIndex: Map<number, number>, sinks: EventSink[]) {
    this.#siteIndex = siteIndex;
    this.#sinks = sinks;
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

  #order(all: Uint8Array, keep: number): void {
    const n = all.length / RECORD_SIZE;
    const words = new Uint32Array(all.buffer, all.byteOffset, all.length / 4);
    const stride = RECORD_SIZE / 4;
    const cycle = new Float64Array(n);
    let newest = 0;
    let sorted = true;
    for (let i = 0; i < n; i++) {
      cycle[i] = words[i * stride] + words[i * stride + 1] * 2 ** 32;
      if (cycle[i] < newest) sorted = false;
      else if (cycle[i] === newest && i > 0 && words[i * stride + 2] < words[(i - 1) * stride + 2])
        sorted = false;
      newest = Math.max(newest, cycle[i]);
    }
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    if (!sorted)
      order.sort((a, b) => cycle[a] - cycle[b] || words[a * stride + 2] - words[b * stride + 2] || a - b);
    const limit = newest - keep;
    let done = 0;
    for (; done < n && cycle[order[done]] <= limit; done++)
      this.#add(words, order[done] * stride, cycle[order[done]]);
    const held = new Uint8Array((n - done) * RECORD_SIZE);
    for (let i = done; i < n; i++)
      held.set(all.subarray(order[i] * RECORD_SIZE, (order[i] + 1) * RECORD_SIZE), (i - done) * RECORD_SIZE);
    this.#held = held;
  }

  #add(words: Uint32Array, at: number, cycle: number): void {
    const site = this.#siteIndex.get(words[at + 3] | 0);
    if (site === undefined) return;
    const chunk = this.#chunk;
    const i = chunk.count++;
    chunk.cycle[i] = cycle;
    chunk.cpu[i] = words[at + 2];
    chunk.tid[i] = words[at + 4];
    chunk.site[i] = site;
    for (let k = 0; k < MAX_ARGS; k++) {
      chunk.argLow[i * MAX_ARGS + k] = words[at + 6 + 2 * k];
      chunk.argHigh[i * MAX_ARGS + k] = words[at + 7 + 2 * k];
    }
    if (chunk.count === CHUNK_EVENTS) this.#emit();
  }

  #emit(): void {
    const chunk = this.#chunk;
    if (chunk.count === 0) return;
    const n = chunk.count;
    const bytes = (a: Float64Array | Uint8Array | Int32Array | Uint16Array | Uint32Array) =>
      new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
    this.#hash.update(bytes(chunk.cycle.subarray(0, n)));
    this.#hash.update(bytes(chunk.cpu.subarray(0, n)));
    this.#hash.update(bytes(chunk.tid.subarray(0, n)));
    this.#hash.update(bytes(chunk.site.subarray(0, n)));
    this.#hash.update(bytes(chunk.argLow.subarray(0, n * MAX_ARGS)));
    this.#hash.update(bytes(chunk.argHigh.subarray(0, n * MAX_ARGS)));
    this.count += n;
    const digest = this.#hash.copy().digest('hex');
    for (const sink of this.#sinks) sink.events(chunk, digest);
    chunk.count = 0;
  }
}

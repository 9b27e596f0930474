/**
 * Writing a trace: each chunk goes to disk as it fills, the index at the end.
 *
 * A writer killed at any moment loses at most the chunk in hand.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type EventColumns, encodeColumns } from './columns.ts';
import {
  END_MAGIC,
  frame,
  type IndexEntry,
  MAGIC,
  pack,
  type TraceChunk,
  type TraceEnd,
  type TraceHeader,
  type TraceIndex,
  type TraceText,
} from './format.ts';
import type { EventSink } from './recorder.ts';

export class TraceWriter implements EventSink {
  readonly path: string;
  readonly #fd: number;
  readonly #argCounts: number[];
  readonly #index: IndexEntry[] = [];
  readonly #siteCounts: number[];
  #texts: TraceText[] = [];
  #offset = 0;
  #events = 0;

  /** Creates or replaces the file. Throws the system's error when it cannot. */
  constructor(path: string, header: TraceHeader) {
    this.path = path;
    this.#argCounts = header.sites.map((site) => Math.min(site.args.length, 5));
    this.#siteCounts = header.sites.map(() => 0);
    this.#fd = openSync(path, 'w');
    this.#write(MAGIC);
    this.#write(frame('HEAD', pack(header)));
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    this.#offset += bytes.length;
  }

  /** Console output or a marker; kept with the chunk in hand. */
  text(text: TraceText): void {
    this.#texts.push(text);
  }

  events(columns: EventColumns, digest: string): void {
    const { count } = columns;
    for (let i = 0; i < count; i++) this.#siteCounts[columns.site[i]]++;
    this.#index.push({
      offset: this.#offset,
      seq: this.#events,
      count,
      firstCycle: columns.cycle[0],
      lastCycle: columns.cycle[count - 1],
      digest,
    });
    // By cycle, not by when it came: what is written must not depend on how the host sliced the run.
    const lastCycle = columns.cycle[count - 1];
    const later = this.#texts.findIndex((text) => text.cycle > lastCycle);
    const chunk: TraceChunk = {
      seq: this.#events,
      ...encodeColumns(columns, (site) => this.#argCounts[site]),
      digest,
      texts: later < 0 ? this.#texts : this.#texts.slice(0, later),
    };
    this.#write(frame('CHNK', pack(chunk)));
    this.#texts = later < 0 ? [] : this.#texts.slice(later);
    this.#events += count;
  }

  /** Writes the index and closes the file. Text after the last event goes into an empty chunk. */
  finish(end: TraceEnd): void {
    if (this.#texts.length > 0) {
      const empty = new Uint8Array(0);
      const chunk: TraceChunk = {
        seq: this.#events,
        count: 0,
        cycles: empty,
        cpus: empty,
        tids: empty,
        sites: empty,
        args: empty,
        digest: end.digest,
        texts: this.#texts,
      };
      this.#index.push({
        offset: this.#offset,
        seq: this.#events,
        count: 0,
        firstCycle: this.#texts[0].cycle,
        lastCycle: this.#texts[this.#texts.length - 1].cycle,
        digest: end.digest,
      });
      this.#write(frame('CHNK', pack(chunk)));
    }
    const index: TraceIndex = {
      chunks: this.#index,
      events: this.#events,
      end,
      siteCounts: this.#siteCounts,
    };
    const at = this.#offset;
    this.#write(frame('INDX', pack(index)));
    const trailer = new Uint8Array(16);
    new DataView(trailer.buffer).setBigUint64(0, BigInt(at), true);
    trailer.set(END_MAGIC, 8);
    this.#write(trailer);
    closeSync(this.#fd);
  }

  /** Closes the file as it stands: whole chunks stay readable. */
  abandon(): void {
    closeSync(this.#fd);
  }
}

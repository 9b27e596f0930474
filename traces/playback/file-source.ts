/** A trace file as a source of events: decoded chunks are kept, the least recently used one goes first. */
import type { EventColumns } from '../columns.ts';
import type { TraceText } from '../format.ts';
import { type Presence, readPresence } from '../presence.ts';
import type { TraceReader } from '../read.ts';
import { readSlices, type Slice } from '../slices.ts';
import { soundState } from './sound.ts';
import type { ChunkInfo, EventSource } from './source.ts';
import type { RunState } from './state.ts';

/** Decoded chunks kept: about 1 MB each. */
const KEPT = 24;

export class FileSource implements EventSource {
  readonly #reader: TraceReader;
  readonly #decoded = new Map<number, EventColumns>();
  readonly #texts = new Map<number, readonly TraceText[]>();
  readonly #presence = new Map<number, Presence | undefined>();

  constructor(reader: TraceReader) {
    this.#reader = reader;
  }

  get chunkCount(): number {
    return this.#reader.chunks.length;
  }

  get events(): number {
    return this.#reader.events;
  }

  info(n: number): ChunkInfo {
    return this.#reader.chunks[n];
  }

  columns(n: number): EventColumns {
    const known = this.#decoded.get(n);
    if (known !== undefined) {
      this.#decoded.delete(n);
      this.#decoded.set(n, known);
      return known;
    }
    const { columns, texts } = this.#reader.chunk(n);
    if (texts.length > 0 || this.#reader.header.version === 1) this.#texts.set(n, texts);
    this.#decoded.set(n, columns);
    if (this.#decoded.size > KEPT) this.#decoded.delete(this.#decoded.keys().next().value as number);
    return columns;
  }

  texts(n: number): readonly TraceText[] {
    let texts = this.#texts.get(n);
    if (texts === undefined) {
      texts = this.#reader.texts(n);
      this.#texts.set(n, texts);
    }
    return texts;
  }

  keyframe(n: number): RunState | undefined {
    const state = this.#reader.keyframe(n);
    return soundState(state, this.#reader.header.cpus, this.#reader.chunks[n].seq) ? state : undefined;
  }

  mayHold(
    n: number,
    sites: Uint8Array,
    cpu: number | undefined,
    tids: ReadonlySet<number> | undefined,
  ): boolean {
    const presence = this.presence(n);
    if (presence === undefined) return true;
    if (cpu !== undefined && !presence.cpus.has(cpu)) return false;
    if (tids !== undefined && ![...tids].some((tid) => presence.tids.has(tid))) return false;
    for (const site of presence.sites.keys()) if (sites[site] === 1) return true;
    return false;
  }

  /** What occurs in chunk n; undefined when the file does not say. */
  presence(n: number): Presence | undefined {
    if (!this.#presence.has(n)) {
      const { sites, cpus, tids } = this.#reader.chunks[n];
      let presence: Presence | undefined;
      try {
        if (sites !== undefined && cpus !== undefined && tids !== undefined)
          presence = readPresence({ sites, cpus, tids });
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      this.#presence.set(n, presence);
    }
    return this.#presence.get(n);
  }

  /** What the CPUs did in chunk n, without its events; undefined when the file does not say. */
  slices(n: number): Slice[] | undefined {
    const { slices, lastCycle } = this.#reader.chunks[n];
    if (slices === undefined) return undefined;
    try {
      return readSlices(slices, lastCycle, this.#reader.header.cpus);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}

/** A trace file as a source of events: decoded chunks are kept, the least recently used one goes first. */
import type { EventColumns } from '../columns.ts';
import type { TraceText } from '../format.ts';
import type { TraceReader } from '../read.ts';
import type { ChunkInfo, EventSource } from './source.ts';
import type { RunState } from './state.ts';

/** Decoded chunks kept: about 1 MB each. */
const KEPT = 24;

export class FileSource implements EventSource {
  readonly #reader: TraceReader;
  readonly #decoded = new Map<number, EventColumns>();
  readonly #texts = new Map<number, readonly TraceText[]>();

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
    this.#texts.set(n, texts);
    this.#decoded.set(n, columns);
    if (this.#decoded.size > KEPT) this.#decoded.delete(this.#decoded.keys().next().value as number);
    return columns;
  }

  texts(n: number): readonly TraceText[] {
    const known = this.#texts.get(n);
    if (known !== undefined) return known;
    const { texts } = this.#reader.chunk(n);
    this.#texts.set(n, texts);
    return texts;
  }

  keyframe(): RunState | undefined {
    return undefined;
  }

  mayHold(): boolean {
    return true;
  }
}

/** Playback: a recorded run, from its file alone. */
import { ThreadNames } from '../diff/threads.ts';
import { TraceReader } from '../read.ts';
import { FileSource } from './file-source.ts';
import type { RunView } from './run-view.ts';
import { learnThreads } from './threads.ts';
import { SourceView } from './view.ts';

export class Playback extends SourceView {
  readonly #reader: TraceReader;
  #names: ThreadNames | undefined;

  /** Throws TraceError for a file that is no trace; the system's error when it cannot be opened. */
  static open(path: string): Playback {
    return new Playback(new TraceReader(path));
  }

  /** Over a reader that is open already; closing the playback closes it. */
  constructor(reader: TraceReader) {
    super(new FileSource(reader), {
      title: reader.path,
      kind: 'trace',
      clockHz: reader.header.clockHz,
      cpus: reader.header.cpus,
      sites: reader.header.sites,
    });
    this.#reader = reader;
  }

  get reader(): TraceReader {
    return this.#reader;
  }

  get ended(): boolean {
    return true;
  }

  get endCycle(): number {
    const last = this.#reader.chunks.at(-1)?.lastCycle ?? 0;
    return Math.max(last, this.#reader.end?.cycles ?? 0);
  }

  protected override names(): ThreadNames {
    if (this.#names === undefined && this.#reader.threads !== undefined)
      this.#names = ThreadNames.from(this.#reader.threads);
    if (this.#names === undefined) {
      this.#names = new ThreadNames();
      for (let n = 0; n < this.eventSource.chunkCount; n++)
        learnThreads(this.#names, this.table, this.eventSource.columns(n));
    }
    return this.#names;
  }

  protected override probeName(id: number): string | undefined {
    const { probes } = this.#reader;
    return Object.hasOwn(probes, id) ? probes[id] : undefined;
  }

  close(): void {
    this.#reader.close();
  }
}

export type { RunView };

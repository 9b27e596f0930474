/** Playback: a recorded run, from its file alone. */
import type { EventColumns } from '../columns.ts';
import { ThreadNames } from '../diff/threads.ts';
import { TraceReader } from '../read.ts';
import { Symbols } from '../symbols.ts';
import { FileSource } from './file-source.ts';
import type { LaneBuilder } from './lanes.ts';
import type { RunView } from './run-view.ts';
import { chunkOf } from './source.ts';
import { learnThreads } from './threads.ts';
import { SourceView } from './view.ts';

/** Lanes over more events than this come from the slices that the file keeps. */
const EXACT = 50_000;

export class Playback extends SourceView {
  readonly #source: FileSource;
  readonly #reader: TraceReader;
  #names: ThreadNames | undefined;

  /** Throws TraceError for a file that is no trace; the system's error when it cannot be opened. */
  static open(path: string): Playback {
    return new Playback(new TraceReader(path));
  }

  /** Over a reader that is open already; closing the playback closes it. */
  constructor(reader: TraceReader) {
    const source = new FileSource(reader);
    super(source, {
      title: reader.path,
      kind: 'trace',
      clockHz: reader.header.clockHz,
      cpus: reader.header.cpus,
      sites: reader.header.sites,
    });
    this.#source = source;
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

  protected override fillLanes(builder: LaneBuilder, from: number, to: number): void {
    const source = this.#source;
    const first = this.seqAt(from);
    const last = this.seqAt(to);
    const begin = chunkOf(source, first);
    const end = chunkOf(source, Math.max(first, last - 1));
    let known = last - first > EXACT;
    for (let n = begin; n <= end && known; n++)
      if (source.info(n).count > 0 && source.slices(n) === undefined) known = false;
    if (!known) {
      super.fillLanes(builder, from, to);
      return;
    }
    for (let n = begin; n <= end; n++)
      for (const slice of source.info(n).count > 0 ? (source.slices(n) ?? []) : [])
        if (slice.end > from && slice.start < to)
          for (const [k, cpu] of slice.cpus.entries()) builder.blend(k, cpu, slice.start, slice.end);
  }

  /** Every event, in order. */
  visit(see: (e: EventColumns, i: number) => void): void {
    for (let n = 0; n < this.#source.chunkCount; n++) {
      const e = this.#source.columns(n);
      for (let i = 0; i < e.count; i++) see(e, i);
    }
  }

  /** Name of a DTrace probe, or its number where the trace does not know it. */
  probe(id: number): string {
    return this.probeName(id) ?? `probe ${id}`;
  }

  #symbols: Symbols | undefined;

  /** The first answer takes as long as loading the kernel's image. */
  override symbol(address: bigint): string | undefined {
    this.#symbols ??= new Symbols(this.#reader);
    return this.#symbols.nameOf(address);
  }

  /** Events by site, from the index alone where it has them. */
  siteCounts(): number[] {
    const { siteCounts } = this.#reader;
    if (siteCounts !== undefined && siteCounts.length === this.sites.length) return siteCounts;
    const counts = this.sites.map(() => 0);
    for (let n = 0; n < this.#source.chunkCount; n++) {
      const { site, count } = this.#source.columns(n);
      for (let i = 0; i < count; i++) counts[site[i]]++;
    }
    return counts;
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

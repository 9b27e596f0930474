/**
 * The work of a recording: raw records and texts in, in the order in which the machine gave them; a digest and a file out.
 *
 * It knows no session, only a plan that can be sent to another thread (backlog.ts).
 */
import type { SiteInfo, TraceEnd, TraceText } from './format.ts';
import { LimitedWriter, type Limits } from './limit.ts';
import type { BegunTrace } from './output.ts';
import { Recorder } from './recorder.ts';
import { argCounts, TraceWriter } from './write.ts';

export interface ScribePlan {
  /** Of the site table; `numbers` are what the ring calls them. */
  sites: readonly SiteInfo[];
  numbers: readonly number[];
  cpus: number;
  /** Cycles between which events are kept. */
  from?: number;
  to?: number;
  limits?: Limits;
  /** The file, with its header; whoever began it closes it, too. Undefined: digest and count only. */
  file?: BegunTrace;
}

/** What a recording came to, once it has all of its records. */
export interface ScribeSums {
  digest: string;
  /** Ids of the DTrace probes that fired. */
  probes: readonly number[];
  /** With limits: events that were not kept before those that are, and the cycle at which the trigger ended the recording. */
  skipped?: number;
  triggered?: number;
}

export class Scribe {
  readonly #recorder: Recorder;
  readonly #writer: TraceWriter | undefined;
  readonly #limited: LimitedWriter | undefined;
  #failed = false;

  constructor({ sites, numbers, cpus, from, to, limits, file }: ScribePlan) {
    const counts = argCounts(sites);
    if (file !== undefined) {
      this.#writer = new TraceWriter(file, { sites: [...sites], cpus });
      if (limits !== undefined) this.#limited = new LimitedWriter(this.#writer, limits, sites, counts, cpus);
    }
    const sink = this.#limited ?? this.#writer;
    this.#recorder = new Recorder(
      new Map(numbers.map((number, i) => [number, i])),
      sink === undefined ? [] : [sink],
      { argCounts: counts, from, to },
    );
  }

  /** Whole records of the ring. Throws what writing throws. */
  records(ring: Uint8Array): void {
    this.#attempt(() => this.#recorder.records(ring));
  }

  text(text: TraceText): void {
    this.#writer?.text(text);
  }

  /** Events so far. */
  get count(): number {
    return this.#recorder.count;
  }

  /** No more records will come: writes what was held back. */
  drain(): ScribeSums {
    return this.#attempt(() => {
      const digest = this.#recorder.finish();
      this.#limited?.flush();
      const probes = [...(this.#writer?.probes ?? [])];
      if (this.#limited === undefined) return { digest, probes };
      const { skipped, triggered } = this.#limited;
      return { digest, probes, skipped, ...(triggered === undefined ? {} : { triggered }) };
    });
  }

  /** After `drain`: writes the index. */
  finish(end: TraceEnd, probes: Record<string, string>): void {
    this.#attempt(() => this.#writer?.finish(end, probes));
  }

  /** Writes what was held back, unless writing has failed before. */
  abandon(): void {
    if (!this.#failed) this.drain();
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }
}

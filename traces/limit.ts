/**
 * What of a run is kept: all of it, what comes before a trigger, or the last so many events of that (a flight recorder).
 *
 * A ring keeps whole batches, coded; those that fall out of it are not written but move on the state that the file begins with. A trigger is
 * sites and what must hold of the event: the first such event is the last that is kept.
 */
import { ColumnEncoder, decodeColumns, type EventColumns, MAX_ARGS } from './columns.ts';
import type { SiteInfo } from './format.ts';
import { compileFilter } from './playback/filter.ts';
import type { EventFilter } from './playback/run-view.ts';
import { SiteTable } from './playback/sites.ts';
import type { EventSink } from './recorder.ts';
import type { TraceWriter } from './write.ts';

export interface Limits {
  /** Events kept at most: the last ones. */
  ring?: number;
  /** The event with which the recording ends. */
  until?: Trigger;
}

export type Trigger = Pick<EventFilter, 'site' | 'where'>;

/** 'proc:::exit', 'lockstat:::adaptive-block /arg1 > 100000/', '/cpu == 2 && arg0 == 5/'. */
export function parseTrigger(text: string): Trigger {
  const [, site, where] = /^([^/]*)(?:\/(.*)\/\s*)?$/s.exec(text) ?? [undefined, text, undefined];
  return {
    ...(site.trim() === '' ? {} : { site: site.trim() }),
    ...(where === undefined ? {} : { where }),
  };
}

/** Events from .. to of a batch. */
export function slice(e: EventColumns, from: number, to: number): EventColumns {
  return {
    count: to - from,
    cycle: e.cycle.subarray(from, to),
    cpu: e.cpu.subarray(from, to),
    tid: e.tid.subarray(from, to),
    site: e.site.subarray(from, to),
    argLow: e.argLow.subarray(from * MAX_ARGS, to * MAX_ARGS),
    argHigh: e.argHigh.subarray(from * MAX_ARGS, to * MAX_ARGS),
  };
}

interface Held {
  data: Uint8Array;
  count: number;
  digest: string;
}

export class LimitedWriter implements EventSink {
  readonly #writer: TraceWriter;
  readonly #until: ((e: EventColumns, i: number) => boolean) | undefined;
  readonly #ring: number;
  readonly #argCounts: Uint8Array;
  readonly #cpus: number;
  readonly #encoder: ColumnEncoder;
  readonly #held: Held[] = [];
  #count = 0;
  /** Events that were not kept, before those that are. */
  skipped = 0;
  /** Cycle at which the trigger ended the recording. */
  triggered: number | undefined;

  /** Throws RangeError for a trigger that cannot be read. */
  constructor(
    writer: TraceWriter,
    limits: Limits,
    sites: readonly SiteInfo[],
    argCounts: Uint8Array,
    cpus: number,
  ) {
    this.#writer = writer;
    if (limits.until !== undefined)
      this.#until = compileFilter(limits.until, new SiteTable(sites), () => []).test;
    this.#ring = limits.ring ?? Number.POSITIVE_INFINITY;
    this.#argCounts = argCounts;
    this.#cpus = cpus;
    this.#encoder = new ColumnEncoder(argCounts);
  }

  before(columns: EventColumns): void {
    this.#writer.before(columns);
  }

  events(columns: EventColumns, digest: string): void {
    if (this.triggered !== undefined) return;
    let batch = columns;
    const until = this.#until;
    if (until !== undefined)
      for (let i = 0; i < columns.count; i++)
        if (until(columns, i)) {
          this.triggered = columns.cycle[i];
          // A part of a batch has no digest of its own.
          if (i + 1 < columns.count) digest = '';
          batch = slice(columns, 0, i + 1);
          break;
        }
    if (this.#ring === Number.POSITIVE_INFINITY) {
      this.#writer.events(batch, digest);
      return;
    }
    this.#held.push({ data: this.#encoder.encode(batch), count: batch.count, digest });
    this.#count += batch.count;
    while (this.#held.length > 1 && this.#count - this.#held[0].count >= this.#ring) {
      const gone = this.#held.shift() as Held;
      this.#count -= gone.count;
      this.skipped += gone.count;
      this.#writer.before(this.#decode(gone));
    }
  }

  #decode({ data, count }: Held): EventColumns {
    return decodeColumns(data, count, this.#argCounts, this.#cpus);
  }

  /** Writes what the ring holds. */
  flush(): void {
    for (const held of this.#held) {
      const batch = this.#decode(held);
      const over = Math.min(batch.count, Math.max(0, this.#count - this.#ring));
      if (over > 0) {
        this.#writer.before(slice(batch, 0, over));
        this.#count -= over;
        this.skipped += over;
      }
      if (over < batch.count) this.#writer.events(slice(batch, over, batch.count), held.digest);
    }
    this.#held.length = 0;
  }
}

/**
 * Writing a trace: each chunk goes to disk as it fills, the index at the end.
 *
 * Beside the events it keeps what lets readers skip them: the view state
 * before every KEYFRAME_CHUNKS-th chunk, what occurs in each chunk, and what the CPUs did in slices of it.
 */
import { ColumnEncoder, type EventColumns } from './columns.ts';
import { ThreadNames } from './diff/threads.ts';
import {
  END_MAGIC,
  type IndexEntry,
  pack,
  squeeze,
  type TraceChunk,
  type TraceEnd,
  type TraceHeader,
  type TraceIndex,
  type TraceKeyframe,
  type TraceText,
} from './format.ts';
import { type BegunTrace, beginTrace, TraceOutput } from './output.ts';
import { apply, foldRefs, initialState } from './playback/fold.ts';
import { ROLE, SiteTable } from './playback/sites.ts';
import { learnThread } from './playback/threads.ts';
import { PresenceCounter } from './presence.ts';
import type { EventSink } from './recorder.ts';
import { SLICE_EVENTS, SliceWriter } from './slices.ts';

/** A jump folds at most so many chunks: 65,536 events. */
export const KEYFRAME_CHUNKS = 4;

export const argCounts = (sites: readonly { args: string[] }[]): Uint8Array =>
  Uint8Array.from(sites, ({ args }) => Math.min(args.length, 5));

export class TraceWriter implements EventSink {
  readonly #out: TraceOutput;
  /** The file was begun here; else whoever began it closes it. */
  readonly #own: boolean;
  readonly #encoder: ColumnEncoder;
  readonly #presence: PresenceCounter;
  readonly #table: SiteTable;
  readonly #state;
  readonly #refs = foldRefs(true);
  readonly #slices = new SliceWriter();
  readonly #threads = new ThreadNames();
  readonly #index: IndexEntry[] = [];
  readonly #probes = new Set<number>();
  #texts: TraceText[] = [];
  #events = 0;
  #chunks = 0;
  /** There were events before the first that is kept. */
  #began = false;

  /** Goes on with a file that has its header; or, given a path, begins one. Throws the system's error when it cannot. */
  constructor(to: BegunTrace, header: Pick<TraceHeader, 'sites' | 'cpus'>);
  constructor(to: string, header: TraceHeader);
  constructor(to: string | BegunTrace, header: Pick<TraceHeader, 'sites' | 'cpus'>) {
    this.#encoder = new ColumnEncoder(argCounts(header.sites));
    this.#presence = new PresenceCounter(header.sites.length);
    this.#table = new SiteTable(header.sites);
    this.#state = initialState(header.cpus);
    this.#own = typeof to === 'string';
    this.#out = new TraceOutput(typeof to === 'string' ? beginTrace(to, header as TraceHeader) : to);
  }

  /** Console output or a marker; kept with the chunk in hand. */
  text(text: TraceText): void {
    this.#texts.push(text);
  }

  /** Ids of the DTrace probes that have fired. */
  get probes(): ReadonlySet<number> {
    return this.#probes;
  }

  /** Events that are not kept, before those that are: they only make the state with which the file begins. */
  before(columns: EventColumns): void {
    for (let i = 0; i < columns.count; i++) {
      apply(this.#state, this.#table, columns, i, this.#refs);
      learnThread(this.#threads, this.#table.roles[columns.site[i]], columns, i);
    }
    this.#slices.start(this.#state);
    this.#began = true;
  }

  events(columns: EventColumns, digest: string): void {
    const { count } = columns;
    let keyframe = 0;
    if (this.#chunks === 0) this.#state.seq = 0;
    if (this.#chunks % KEYFRAME_CHUNKS === 0 && (this.#chunks > 0 || this.#began)) {
      const kept: TraceKeyframe = { seq: this.#events, state: squeeze(this.#state) };
      keyframe = this.#out.frame('KEYF', pack(kept));
    }
    this.#fold(columns);
    // By cycle, not by when it came: what is written must not depend on how the host sliced the run.
    const lastCycle = columns.cycle[count - 1];
    const later = this.#texts.findIndex((text) => text.cycle > lastCycle);
    const texts = later < 0 ? this.#texts : this.#texts.slice(0, later);
    this.#texts = later < 0 ? [] : this.#texts.slice(later);
    const chunk: TraceChunk = {
      seq: this.#events,
      count,
      firstCycle: columns.cycle[0],
      lastCycle,
      digest,
      texts,
      data: this.#encoder.encode(columns),
    };
    this.#chunk(chunk, { keyframe, ...this.#presence.count(columns), slices: this.#slices.take() });
    this.#events += count;
  }

  #chunk(chunk: TraceChunk, more: Partial<IndexEntry>): void {
    const { seq, count, firstCycle, lastCycle, digest, texts } = chunk;
    const offset = this.#out.frame('CHNK', pack(chunk));
    this.#index.push({ offset, seq, count, firstCycle, lastCycle, digest, texts: texts.length, ...more });
    this.#chunks++;
  }

  /** Moves the state on, cuts slices, learns of threads and probes. */
  #fold(e: EventColumns): void {
    const state = this.#state;
    const table = this.#table;
    const refs = this.#refs;
    const { roles } = table;
    const { site } = e;
    for (let from = 0; from < e.count; from += SLICE_EVENTS) {
      const to = Math.min(e.count, from + SLICE_EVENTS);
      for (let i = from; i < to; i++) {
        apply(state, table, e, i, refs);
        const role = roles[site[i]];
        if (role === ROLE.probeEnter) this.#probes.add(e.argLow[i * 5]);
        else if (role === ROLE.create || role === ROLE.name) learnThread(this.#threads, role, e, i);
      }
      this.#slices.cut(state);
    }
  }

  /** Writes the index; closes a file that was begun here. Text after the last event goes into an empty chunk. */
  finish(end: TraceEnd, probes: Record<string, string> = {}): void {
    if (this.#texts.length > 0)
      this.#chunk(
        {
          seq: this.#events,
          count: 0,
          firstCycle: this.#texts[0].cycle,
          lastCycle: this.#texts[this.#texts.length - 1].cycle,
          digest: end.digest,
          texts: this.#texts,
          data: new Uint8Array(0),
        },
        {},
      );
    const index: TraceIndex = {
      chunks: this.#index,
      events: this.#events,
      end,
      siteCounts: this.#presence.total,
      threads: this.#threads.list(),
      probes,
    };
    const at = this.#out.frame('INDX', pack(squeeze(index)));
    const trailer = new Uint8Array(16);
    new DataView(trailer.buffer).setBigUint64(0, BigInt(at), true);
    trailer.set(END_MAGIC, 8);
    this.#out.bytes(trailer);
    this.abandon();
  }

  /** Leaves the file as it stands: whole chunks stay readable. */
  abandon(): void {
    if (this.#own) this.#out.close();
  }
}

/**
 * A RunView over any source of events: positions, searches, lists, lanes, explanations. Playback (a file) and the live machine (its
 * recorder) differ in the source, and in how they learn of threads and texts.
 */

import { argument, type EventColumns } from '../columns.ts';
import type { ThreadNames } from '../diff/threads.ts';
import type { SiteInfo, TraceText } from '../format.ts';
import { type CompiledFilter, compileFilter } from './filter.ts';
import { LaneBuilder, LaneWalk } from './lanes.ts';
import { Position } from './position.ts';
import type { EventFilter, EventView, Lane, RunView } from './run-view.ts';
import { SiteTable } from './sites.ts';
import { chunkOf, type EventSource, eventsUpTo } from './source.ts';
import type { RunState } from './state.ts';
import { type WhyContext, why } from './why.ts';

/** Events that an explanation may look at on each side. */
const REACH = 4096;
/** Filters that are kept compiled. */
const FILTERS = 16;

export interface ViewOptions {
  title: string;
  kind: 'trace' | 'live';
  clockHz: number;
  cpus: number;
  sites: readonly SiteInfo[];
}

export abstract class SourceView implements RunView {
  readonly title: string;
  readonly kind: 'trace' | 'live';
  readonly clockHz: number;
  readonly cpus: number;
  readonly sites: readonly SiteInfo[];
  readonly table: SiteTable;
  protected readonly eventSource: EventSource;
  protected readonly position: Position;
  readonly #filters = new Map<string, CompiledFilter>();

  constructor(source: EventSource, options: ViewOptions) {
    this.eventSource = source;
    this.title = options.title;
    this.kind = options.kind;
    this.clockHz = options.clockHz;
    this.cpus = options.cpus;
    this.sites = options.sites;
    this.table = new SiteTable(options.sites);
    this.position = new Position(source, this.table, options.cpus);
  }

  abstract readonly ended: boolean;
  abstract readonly endCycle: number;
  /** Threads by creation path, as far as they are known. */
  protected abstract names(): ThreadNames;
  protected abstract probeName(id: number): string | undefined;
  abstract close(): void;

  symbol(_address: bigint): string | undefined {
    return undefined;
  }

  get events(): number {
    return this.eventSource.events;
  }

  get state(): RunState {
    return this.position.state;
  }

  goto(seq: number): void {
    this.position.goto(seq);
  }

  gotoCycle(cycle: number): void {
    this.position.goto(eventsUpTo(this.eventSource, cycle));
  }

  /** The state after `seq` events, as an object of its own; the position stays. */
  stateAt(seq: number): RunState {
    return this.position.fold(seq);
  }

  /** Events that have happened at a cycle. */
  seqAt(cycle: number): number {
    return eventsUpTo(this.eventSource, cycle);
  }

  event(seq: number): EventView {
    if (!Number.isInteger(seq) || seq < 0 || seq >= this.eventSource.events)
      throw new RangeError(`event ${seq}: there are 0 to ${this.eventSource.events - 1}`);
    const n = chunkOf(this.eventSource, seq);
    return this.#view(this.eventSource.columns(n), seq - this.eventSource.info(n).seq, seq);
  }

  #view(e: EventColumns, i: number, seq: number): EventView {
    const count = Math.min(5, this.sites[e.site[i]]?.args.length ?? 0);
    return {
      seq,
      cycle: e.cycle[i],
      cpu: e.cpu[i],
      tid: e.tid[i],
      site: e.site[i],
      args: Array.from({ length: count }, (_, k) => argument(e, i, k)),
    };
  }

  #compiled(filter: EventFilter): CompiledFilter {
    const key = JSON.stringify([filter.site, filter.cpu, filter.thread, filter.lock, filter.where]);
    let compiled = this.#filters.get(key);
    // What a thread's name means may change while a run grows.
    if (compiled === undefined || (this.kind === 'live' && filter.thread !== undefined)) {
      compiled = compileFilter(filter, this.table, (text) => this.names().matching(text));
      if (this.#filters.size >= FILTERS) this.#filters.clear();
      this.#filters.set(key, compiled);
    }
    return compiled;
  }

  find(
    filter: EventFilter,
    from: number,
    direction: 1 | -1,
    reach = Number.POSITIVE_INFINITY,
  ): number | undefined {
    let found: number | undefined;
    this.#visit(
      filter,
      from + direction,
      direction,
      (_e, _i, seq) => {
        found = seq;
        return true;
      },
      reach,
    );
    return found;
  }

  window(from: number, count: number, filter: EventFilter = {}): EventView[] {
    const out: EventView[] = [];
    if (count === 0) return out;
    this.#visit(filter, from, count > 0 ? 1 : -1, (e, i, seq) => {
      out.push(this.#view(e, i, seq));
      return out.length >= Math.abs(count);
    });
    return count > 0 ? out : out.reverse();
  }

  /** Matching events from `from` on in one direction, until the visitor says true. */
  #visit(
    filter: EventFilter,
    from: number,
    direction: 1 | -1,
    visit: (e: EventColumns, i: number, seq: number) => boolean,
    reach = Number.POSITIVE_INFINITY,
  ): void {
    const source = this.eventSource;
    const test = this.#compiled(filter);
    if (source.events === 0) return;
    if (direction > 0 ? from >= source.events : from < 0) return;
    const start = Math.max(0, Math.min(source.events - 1, from));
    for (let n = chunkOf(source, start); n >= 0 && n < source.chunkCount; n += direction) {
      const { seq, count } = source.info(n);
      if ((direction > 0 ? seq - start : start - seq - count) > reach) return;
      if (count === 0 || !source.mayHold(n, test.sites, test.cpu, test.tids)) continue;
      const e = source.columns(n);
      if (direction > 0) {
        for (let i = Math.max(0, start - seq); i < count; i++)
          if (test.test(e, i) && visit(e, i, seq + i)) return;
      } else {
        for (let i = Math.min(count - 1, start - seq); i >= 0; i--)
          if (test.test(e, i) && visit(e, i, seq + i)) return;
      }
    }
  }

  lanes(from: number, to: number, columns: number): Lane[] {
    if (!(to > from) || !(columns >= 1))
      return Array.from({ length: this.cpus }, (_, cpu) => ({ cpu, cells: [] }));
    const builder = new LaneBuilder(from, to, Math.floor(columns), this.cpus);
    this.fillLanes(builder, from, to);
    return builder.lanes();
  }

  /** Exact. */
  protected fillLanes(builder: LaneBuilder, from: number, to: number): void {
    const source = this.eventSource;
    const first = eventsUpTo(source, from);
    const walk = new LaneWalk(this.position.fold(first), this.table, builder, from);
    let cycle = from;
    for (
      let n = source.events === 0 ? 0 : chunkOf(source, Math.min(first, source.events - 1));
      n < source.chunkCount;
      n++
    ) {
      const info = source.info(n);
      if (info.count === 0) continue;
      if (info.firstCycle >= to) break;
      const e = source.columns(n);
      for (let i = Math.max(0, first - info.seq); i < info.count && e.cycle[i] < to; i++) {
        walk.event(e, i);
        cycle = e.cycle[i];
      }
    }
    walk.end(Math.max(cycle, Math.min(to, this.endCycle)));
  }

  identity(tid: number): string {
    return this.names().identity(tid);
  }

  texts(kind: TraceText['kind']): TraceText[] {
    const out: TraceText[] = [];
    const { cycle } = this.state;
    const all = this.state.seq >= this.eventSource.events;
    for (let n = 0; n < this.eventSource.chunkCount; n++) {
      const info = this.eventSource.info(n);
      if (!all && info.count > 0 && info.seq > this.state.seq) break;
      for (const text of this.eventSource.texts(n))
        if (text.kind === kind && (all || text.cycle <= cycle)) out.push(text);
    }
    return out;
  }

  why(seq: number): string {
    const source = this.eventSource;
    if (seq < 0 || seq >= source.events) return '';
    const n = chunkOf(source, seq);
    const e = source.columns(n);
    const context: WhyContext = {
      table: this.table,
      clockHz: this.clockHz,
      probeName: (id) => this.probeName(id),
      symbol: (address) => this.symbol(address),
      scan: (direction, visit) => this.#scan(seq, direction, visit),
    };
    return why(this.position.peek(seq), e, seq - source.info(n).seq, context);
  }

  #scan(seq: number, direction: 1 | -1, visit: (e: EventColumns, i: number) => boolean): void {
    let left = REACH;
    this.#visit({}, seq + direction, direction, (e, i) => visit(e, i) || --left <= 0);
  }
}

export { learnThreads } from './threads.ts';

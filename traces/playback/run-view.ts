/**
 * What a screen or a report looks at: one run, and a position in it that can be moved.
 *
 * Playback implements it over a trace file; the live machine over its own recorder. Everything is synchronous and answers within
 * a frame: a jump within 50 ms, a step within 5 ms.
 */
import type { SiteInfo, TraceText } from '../format.ts';
import type { Activity, RunState } from './state.ts';

/** One event, decoded. */
export interface EventView {
  seq: number;
  cycle: number;
  cpu: number;
  tid: number;
  site: number;
  args: bigint[];
}

/** What the events of a search or a list have in common. Parts that are missing match all. */
export interface EventFilter {
  /** provider:module:function:name with wildcards, parts left out as in D ('sched:::', 'on-cpu', 'syscall::read:'). */
  site?: string;
  cpu?: number;
  /** A tid, or part of a thread's name or creation path. */
  thread?: string;
  /** Hexadecimal address of a lock. */
  lock?: string;
  /** Argument comparisons: 'arg1 > 100 && arg0 == 0xfffffe00…'. */
  where?: string;
}

/** What a CPU did in one column of a lane: what took the most cycles of it. */
export interface LaneCell {
  tid: number;
  what: Activity;
  /** Marks within the column. */
  tick: boolean;
  switched: boolean;
  /** A lock was waited for here. */
  blocked: boolean;
  /** Share of the column's cycles spent in probes, 0 to 1. */
  probe: number;
}

export interface Lane {
  cpu: number;
  cells: LaneCell[];
}

export interface RunView {
  /** The file's path, or the scenario's name. */
  readonly title: string;
  readonly kind: 'trace' | 'live';
  readonly clockHz: number;
  readonly cpus: number;
  readonly sites: readonly SiteInfo[];
  /** Known so far; a live run may still grow. */
  readonly events: number;
  readonly endCycle: number;
  readonly ended: boolean;

  /** The state at the position; the same object until the position moves. */
  readonly state: RunState;
  /** Position: the first `seq` events have happened; clamped to 0 .. events. */
  goto(seq: number): void;
  /** After the last event at or before the cycle. */
  gotoCycle(cycle: number): void;
  /**
   * Number of the next event after (or before) event `from` that matches; undefined: none, or none within about `reach` events.
   * Throws RangeError for a filter that cannot be read.
   */
  find(filter: EventFilter, from: number, direction: 1 | -1, reach?: number): number | undefined;
  event(seq: number): EventView;
  /** Up to `count` matching events from `from` on (backward with a negative count, still returned in ascending order). */
  window(from: number, count: number, filter?: EventFilter): EventView[];
  /** What each CPU did in [from, to), in `columns` equal columns. */
  lanes(from: number, to: number, columns: number): Lane[];
  /** Creation path of a thread ('swapper/init/csh/dd'): the same in both runs of a pair. */
  identity(tid: number): string;
  /** Name of a kernel address: a function ('softclock', 'namei+0x1c') or a variable; undefined where it is not known. */
  symbol(address: bigint): string | undefined;
  /** Text of one kind up to the position: console output, D output, markers. */
  texts(kind: TraceText['kind']): TraceText[];
  /** One line: why this event (a scheduling decision, a charge) happened; '' when there is nothing to say. */
  why(seq: number): string;
  close(): void;
}

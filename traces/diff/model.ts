/**
 * The difference between two runs as data that screens, reports and programs share.
 *
 * Threads are matched by creation path, deeds (what a thread did: system calls, lock operations, allocations, faults) by what they are
 * within their thread. Every deed of both sides has exactly one class; times are compared only between deeds that are in common.
 * All times are cycles; B minus A where they say added. compareRuns makes it from two traces; report, --json, experiment and screens only read it.
 */
import type { LockUse } from './locks.ts';
import type { Counts } from './timeline.ts';

export { compareRuns } from './compare.ts';
export { firstDivergence } from './first.ts';

/** same: in both, in order, as long as before; moved: same but at another time; longer: took another time; reordered: in both, against another thread's order. */
export type DeedClass = 'same' | 'moved' | 'longer' | 'reordered' | 'onlyA' | 'onlyB';

/** A place where the runs part, up to where they meet again. */
export interface DivergenceView {
  kind: 'inserted' | 'missing' | 'replaced' | 'longer' | 'reordered' | 'thread';
  /** Creation path of the thread. */
  thread: string;
  /** Other threads concerned: who had the lock before in either run. */
  others: string[];
  /** Events on each side at which it begins and after which the runs agree again; -1: there is none on that side. */
  seqA: number;
  seqB: number;
  endSeqA: number;
  endSeqB: number;
  cycleA: number;
  cycleB: number;
  /** Cycles by which it changed its thread's time awake: on a CPU, waiting for one, or for a lock. */
  effect: number;
  /** One sentence: what happened, to which lock, in which function. */
  sentence: string;
}

/** Where time went; the parts of a thread's row sum to its difference to the cycle. */
export interface LedgerParts {
  /** DTrace's own code in probe context. */
  probe: number;
  /** Traps into the framework (fbt, pid). */
  trap: number;
  /** The thread's own code running slower (caches, TLB, predictor), or doing more. */
  code: number;
  /** Interrupts that were served on its CPU while it ran. */
  interrupts: number;
  /** Spinning or blocked on locks. */
  locks: number;
  /** Runnable, waiting for a CPU; migration. */
  runq: number;
  /** The consumer process running in its place. */
  consumer: number;
  /** Asleep for other reasons (I/O, timeouts, another process). */
  sleep: number;
  /** What counting does not explain. */
  remainder: number;
}

export interface LedgerRow extends LedgerParts {
  /** Creation path, or 'total'. */
  thread: string;
  /** B's span less A's: the sum of the parts. */
  added: number;
}

/** What can be asked of a thread (and of --fail-if): cycles, then counts. */
export interface ThreadMetrics {
  /** From creation to exit, or to the trace's end. */
  wall: number;
  /** On a CPU. */
  cpu: number;
  /** In probes, traps into them included. */
  probe: number;
  code: number;
  interrupts: number;
  locks: number;
  runq: number;
  sleep: number;
  switches: number;
  ticks: number;
  firings: number;
  /** Deeds. */
  events: number;
}

export interface ThreadPair {
  /** Creation path; interrupts of a CPU are a pair of their own: 'interrupt: cpu0 timer', with tids 0. */
  identity: string;
  tidA: number;
  tidB: number;
  deedsA: number;
  deedsB: number;
  classes: Record<DeedClass, number>;
  /** From creation to exit, or the trace's end. */
  spanA: number;
  spanB: number;
  metricsA: ThreadMetrics;
  metricsB: ThreadMetrics;
  /** The stretch of time as a curve: pairs of cycles of deeds in common, thinned to at most 1,000 points, ascending. */
  curve: { a: number; b: number }[];
}

export interface DiffModel {
  identical: boolean;
  clockHz: number;
  titleA: string;
  titleB: string;
  pairs: ThreadPair[];
  onlyA: string[];
  onlyB: string[];
  /** Of those threads. */
  metricsOnlyA: Record<string, ThreadMetrics>;
  metricsOnlyB: Record<string, ThreadMetrics>;
  /** Deeds by class over all threads and interrupts: common ones are counted once. */
  classes: Record<DeedClass, number>;
  /** Earliest that is more than time: other deeds, another order, another thread. */
  first: DivergenceView | null;
  /** Greatest effect first; at most the 2,000 greatest, the last of which gives way to `first` if that is not among them. */
  divergences: DivergenceView[];
  /** How many there are in all. */
  divergenceCount: number;
  eventsA: number;
  eventsB: number;
  /** Cycle of the last event. */
  endA: number;
  endB: number;
  counts: { a: Counts; b: Counts };
  locks: { class: string; a: LockUse | null; b: LockUse | null }[];
  /** Deeds that only one side has, in words, most frequent first. */
  inserted: { deed: string; count: number }[];
  missing: { deed: string; count: number }[];
  ledger: LedgerRow[];
  /** Nearest event of the other side with the same meaning; undefined where the threads have nothing in common. */
  toB(seqA: number): number | undefined;
  toA(seqB: number): number | undefined;
  /** Class of an event, 'same' for events that are no deeds. */
  classOf(side: 'a' | 'b', seq: number): DeedClass;
}

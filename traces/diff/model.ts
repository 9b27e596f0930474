/**
 * The difference between two runs as data that screens, reports and programs share.
 *
 * Threads are matched by creation path, deeds (what a thread did: system calls, lock operations, allocations, faults) by what they are
 * within their thread. Every deed of both sides has exactly one class; times are compared only between deeds that are in common.
 * All times are cycles; B minus A where they say added.
 */

/** same: in both, in order, as long as before; moved: same but at another time; longer: took another time; reordered: in both, against another thread's order. */
export type DeedClass = 'same' | 'moved' | 'longer' | 'reordered' | 'onlyA' | 'onlyB';

/** A place where the runs part, up to where they meet again. */
export interface DivergenceView {
  kind: 'inserted' | 'missing' | 'replaced' | 'longer' | 'reordered' | 'thread';
  /** Creation path of the thread. */
  thread: string;
  /** Events on each side at which it begins and after which the runs agree again; -1: there is none on that side. */
  seqA: number;
  seqB: number;
  endSeqA: number;
  endSeqB: number;
  cycleA: number;
  cycleB: number;
  /** Cycles by which it changed its thread's time. */
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

export interface ThreadPair {
  identity: string;
  tidA: number;
  tidB: number;
  deedsA: number;
  deedsB: number;
  classes: Record<DeedClass, number>;
  spanA: number;
  spanB: number;
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
  first: DivergenceView | null;
  /** Greatest effect first. */
  divergences: DivergenceView[];
  ledger: LedgerRow[];
  /** Nearest event of the other side with the same meaning; undefined where the threads have nothing in common. */
  toB(seqA: number): number | undefined;
  toA(seqB: number): number | undefined;
  /** Class of an event, 'same' for events that are no deeds. */
  classOf(side: 'a' | 'b', seq: number): DeedClass;
}

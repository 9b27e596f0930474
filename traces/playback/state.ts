/**
 * The view state: what can be said of a run at one moment from its events alone.
 *
 * Who runs where and what interrupts them, each thread's state, each lock's owner and waiters, what ran up so far. It is a fold over events,
 * plain data (it goes into keyframes and immer drafts), and the same whether the events come from a file or from a live machine. All times
 * are cycles since power-on unless they say ns.
 */

/** What lies over a thread on its CPU; the innermost is last. */
export interface Interruption {
  kind: 'interrupt' | 'probe';
  /** Interrupt vector, or id of the probe that fires. */
  number: number;
  since: number;
}

export interface CpuState {
  /** Thread that runs here, the idle thread included; 0 before there are threads. */
  tid: number;
  /** Since when. */
  since: number;
  over: Interruption[];
  ticks: number;
  interrupts: number;
  switches: number;
  firings: number;
  /** Runnable threads that wait here, as sched:::load-change says; -1 when it has not said yet. */
  load: number;
}

/** procstat's words: on a CPU, in a run queue, asleep, blocked on a lock, an ithread without work, gone. */
export type ThreadCondition = 'run' | 'runq' | 'sleep' | 'lock' | 'wait' | 'zomb';

export interface ThreadState {
  tid: number;
  pid: number;
  /** Thread that made it; 0 for the first. */
  parent: number;
  name: string;
  condition: ThreadCondition;
  /** In that condition since. */
  since: number;
  /** CPU it runs on, else the last one; -1: none yet. */
  cpu: number;
  priority: number;
  /** Cycles on a CPU up to `since` of its last stretch, less what interrupts and probes took; and what they took of it. */
  ranCycles: number;
  probeCycles: number;
  interruptCycles: number;
  /** System call in progress, or ''. */
  syscall: string;
  /** Lock (key of RunState.locks) it spins or blocks on, or ''. */
  wants: string;
  /** Locks it holds, oldest first. */
  holds: string[];
  switches: number;
}

export interface LockState {
  /** Hexadecimal kernel address: the key. */
  address: string;
  /** adaptive, spin, rw, sx. */
  class: string;
  /** lo_name when the trace says it, else ''. */
  name: string;
  /** Exclusive owner's tid, 0 when free or shared. */
  owner: number;
  readers: number[];
  waiters: number[];
  since: number;
  acquires: number;
  contended: number;
  holdCycles: number;
  holdMax: number;
  waitNs: number;
  /** Power-of-two buckets: [n] counts holds of 2^n to 2^(n+1)-1 cycles; likewise waits, in ns. */
  holdHistogram: number[];
  waitHistogram: number[];
}

export interface RunState {
  /** Events that have happened: the state is the one after event seq - 1. */
  seq: number;
  /** Cycle of the last of them. */
  cycle: number;
  cpus: CpuState[];
  threads: Record<number, ThreadState>;
  locks: Record<string, LockState>;
  totals: {
    syscalls: number;
    faults: number;
    ticks: number;
    interrupts: number;
    switches: number;
    firings: number;
    probeCycles: number;
    mallocs: number;
    frees: number;
  };
}

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

/** What a CPU can be doing. 'none': before its first thread. */
export const ACTIVITIES = ['none', 'idle', 'user', 'kernel', 'interrupt', 'spin', 'probe'] as const;
export type Activity = (typeof ACTIVITIES)[number];

export interface CpuState {
  /** Thread that runs here, the idle thread included; 0 before there are threads. */
  tid: number;
  /** Since when. */
  since: number;
  /** Up to when its cycles are on somebody's account. */
  booked: number;
  /** Cycles so far by what they went to: in the order of ACTIVITIES. */
  spent: number[];
  /** Waits for locks that began here. */
  waits: number;
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
  /** CPU it runs on or whose run queue it is in, else the last one; -1: none yet. */
  cpu: number;
  priority: number;
  /** Cycles on a CPU up to `since` of its last stretch, less what interrupts and probes took; and what they took of it. */
  ranCycles: number;
  probeCycles: number;
  interruptCycles: number;
  /** Cycles in run queues, asleep, blocked on locks, up to `since`. */
  runqCycles: number;
  sleepCycles: number;
  lockCycles: number;
  /** System call in progress, or ''; and since when. */
  syscall: string;
  syscallSince: number;
  /** Lock (key of RunState.locks) it spins or blocks on, or ''. */
  wants: string;
  /** Locks it holds, oldest first. */
  holds: string[];
  switches: number;
  /** What it sleeps (or last slept) on, in the kernel's word: 'piperd', 'nanslp'. */
  wmesg: string;
  /** Who woke it last (0: nobody yet), and when. */
  wokenBy: number;
  wokenAt: number;
  /** Flags of the mi_switch() by which it last left a CPU: SWITCH in fold.ts. */
  left: number;
  /** It has been seen to make a system call, or its creator was: outside of system calls and interrupts it runs user code. */
  user: boolean;
  /** An idle thread: it runs when nothing else wants to. */
  idle: boolean;
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
  /** Locks that were used, by address. */
  locks: Record<string, LockState>;
  /** lo_name of every initialised lock, used or not. */
  lockNames: Record<string, string>;
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

/**
 * What every cycle of a thread went to: a partition of its life, so that its parts sum to end less start to the cycle.
 *
 * Each thread is in one state at a time, and each event that changes the state books the time since the last one. On a CPU: its own code, an
 * interrupt, a probe (the innermost counts). Off it: asleep, blocked on a lock, in a run queue, or in a run queue while DTrace's consumer
 * had the CPU. Time that the guest says was spent spinning is moved from code to locks, and the exceptions of fbt from code to trap.
 */
import { loadProfile, type Profile } from '../../engine/image/profile.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import type { TraceHeader } from '../format.ts';

export const PARTS = ['probe', 'trap', 'code', 'interrupts', 'locks', 'runq', 'consumer', 'sleep'] as const;
export type Part = (typeof PARTS)[number];
export type Spent = Record<Part, number>;

export const nothingSpent = (): Spent => ({
  probe: 0,
  trap: 0,
  code: 0,
  interrupts: 0,
  locks: 0,
  runq: 0,
  consumer: 0,
  sleep: 0,
});

/** Reasons of mi_switch() that leave a thread runnable (sys/proc.h): SWT_PREEMPT, OWEPREEMPT, RELINQUISH, NEEDRESCHED, REMOTEPREEMPT, BIND. */
const STILL_RUNNABLE = new Set([1, 2, 6, 7, 11, 13]);
const SWT_TURNSTILE = 3;

interface Account {
  spent: Spent;
  start: number;
  /** Booked up to here. */
  since: number;
  mode: Part;
  running: boolean;
  consumer: boolean;
  exiting: boolean;
  gone: boolean;
  /** The consumer's time on each CPU when it became runnable. */
  consumerThen: Float64Array | undefined;
  /** Code, and sleep, booked at its last deed. */
  codeThen: number;
  sleepThen: number;
}

interface Cpu {
  tid: number;
  /** Of that thread; undefined before there are any. */
  current: Account | undefined;
  /** Address of the thread that is switched to. */
  next: number;
  over: ('interrupts' | 'probe')[];
  /** Cycles that the consumer had it, up to `since` of whoever runs. */
  consumer: number;
  /** Last event here. */
  cycle: number;
  site: number;
}

export class Accounts {
  readonly #accounts = new Map<number, Account>();
  readonly #cpus: Cpu[];
  readonly #clockHz: number;
  readonly #trapCycles: number;
  /** May the program have probes that trap? */
  readonly #traps: boolean;
  /** Runnable threads whose number is not known yet, by address. */
  readonly #enqueued = new Map<number, number>();
  readonly #tidOf = new Map<number, number>();
  #consumers = false;
  /** Over all threads. */
  readonly total = { probe: 0, interrupts: 0 };

  constructor(header: TraceHeader, cpus: number) {
    this.#cpus = Array.from({ length: cpus }, () => ({
      tid: 0,
      current: undefined,
      next: 0,
      over: [],
      consumer: 0,
      cycle: 0,
      site: -1,
    }));
    this.#clockHz = header.clockHz;
    const inputs = header.inputs as Partial<RunInputs> | undefined;
    const text = JSON.stringify(inputs?.dtrace ?? {});
    this.#traps = /\bfbt\b|"\s*:/.test(text);
    this.#trapCycles = trapCycles(inputs?.machine);
  }

  #account(tid: number, cycle: number): Account {
    let a = this.#accounts.get(tid);
    if (a === undefined) {
      a = {
        spent: nothingSpent(),
        start: cycle,
        since: cycle,
        mode: 'sleep',
        running: false,
        consumer: false,
        exiting: false,
        gone: false,
        consumerThen: undefined,
        codeThen: 0,
        sleepThen: 0,
      };
      this.#accounts.set(tid, a);
    }
    return a;
  }

  /** Where a thread's time is booked; the object stays the same. */
  of(tid: number): Spent {
    return tid === 0 ? nothingSpent() : this.#account(tid, -1).spent;
  }

  startOf(tid: number): number {
    return this.#accounts.get(tid)?.start ?? 0;
  }

  endOf(tid: number): number {
    return this.#accounts.get(tid)?.since ?? 0;
  }

  #book(a: Account, cycle: number, cpu?: Cpu): void {
    if (a.start < 0) {
      a.start = cycle;
      a.since = cycle;
    }
    if (a.gone) return;
    const spent = cycle - a.since;
    if (spent <= 0) return;
    a.since = cycle;
    a.spent[a.mode] += spent;
    if (a.mode === 'probe' || a.mode === 'interrupts') this.total[a.mode] += spent;
    if (a.consumer && a.running && cpu !== undefined) cpu.consumer += spent;
  }

  /** Before each event: who runs here, and what it did up to now. */
  at(n: number, tid: number, cycle: number): void {
    const cpu = this.#cpus[n];
    if (cpu === undefined) return;
    if (cpu.current !== undefined) this.#book(cpu.current, cycle, cpu);
    if (tid === cpu.tid || tid === 0) return;
    // A switch that the trace does not have: a CPU's first thread, or the recording began here.
    if (cpu.tid !== 0) this.#off(cpu.tid, 'sleep');
    this.#on(cpu, n, tid, cycle);
  }

  #off(tid: number, mode: Part): void {
    const a = this.#accounts.get(tid);
    if (a === undefined) return;
    a.running = false;
    a.mode = mode;
    if (a.exiting) a.gone = true;
    a.consumerThen = mode === 'runq' ? this.#consumerNow() : undefined;
  }

  #on(cpu: Cpu, n: number, tid: number, cycle: number): void {
    const a = this.#account(tid, cycle);
    const waited = a.mode === 'runq' ? cycle - a.since : 0;
    this.#book(a, cycle);
    if (waited > 0 && a.consumerThen !== undefined) {
      const lost = Math.min(waited, this.#consumerOn(n, cycle) - a.consumerThen[n]);
      a.spent.runq -= lost;
      a.spent.consumer += lost;
    }
    a.running = true;
    cpu.tid = tid;
    cpu.current = a;
    a.mode = top(cpu);
  }

  #consumerOn(n: number, cycle: number): number {
    const cpu = this.#cpus[n];
    const a = this.#accounts.get(cpu.tid);
    return cpu.consumer + (a?.consumer === true && a.running ? Math.max(0, cycle - a.since) : 0);
  }

  #consumerNow(): Float64Array | undefined {
    return this.#consumers ? Float64Array.from(this.#cpus, (cpu) => cpu.consumer) : undefined;
  }

  create(tid: number, cycle: number): void {
    this.#book(this.#account(tid, cycle), cycle);
  }

  named(tid: number, name: string): void {
    const a = this.#accounts.get(tid);
    if (a === undefined) return;
    a.consumer = name === 'dtrace';
    this.#consumers ||= a.consumer;
  }

  /** sched:::off-cpu has the next thread's address. */
  pointer(n: number, low: number): void {
    if (this.#cpus[n] !== undefined) this.#cpus[n].next = low;
  }

  /** Returns the address of the next thread when it is known, else 0. */
  switch(n: number, old: number, next: number, reason: number, cycle: number): number {
    const cpu = this.#cpus[n];
    if (cpu === undefined || old === next) return 0;
    cpu.over.length = 0;
    this.#off(old, STILL_RUNNABLE.has(reason) ? 'runq' : reason === SWT_TURNSTILE ? 'locks' : 'sleep');
    const pointer = cpu.next;
    cpu.next = 0;
    if (pointer !== 0) {
      this.#tidOf.set(pointer, next);
      const since = this.#enqueued.get(pointer);
      this.#enqueued.delete(pointer);
      const a = this.#account(next, cycle);
      if (since !== undefined && a.mode === 'sleep' && since >= a.since) {
        this.#book(a, since);
        a.mode = 'runq';
      }
    }
    this.#on(cpu, n, next, cycle);
    return pointer;
  }

  /** A thread becomes runnable. */
  enqueue(pointer: number, cycle: number): void {
    const tid = this.#tidOf.get(pointer);
    const a = tid === undefined ? undefined : this.#accounts.get(tid);
    if (a === undefined || a.gone) {
      this.#enqueued.set(pointer, cycle);
      return;
    }
    if (a.running) return;
    this.#book(a, cycle);
    a.mode = 'runq';
    a.consumerThen = this.#consumerNow();
  }

  exits(tid: number): void {
    const a = this.#accounts.get(tid);
    if (a !== undefined) a.exiting = true;
  }

  enter(n: number, what: 'interrupts' | 'probe'): void {
    this.#cpus[n]?.over.push(what);
    this.#mode(n);
  }

  leave(n: number, what: 'interrupts' | 'probe'): void {
    const over = this.#cpus[n]?.over;
    const at = over?.lastIndexOf(what) ?? -1;
    if (at >= 0) over.splice(at, 1);
    this.#mode(n);
  }

  #mode(n: number): void {
    const cpu = this.#cpus[n];
    if (cpu?.current !== undefined) cpu.current.mode = top(cpu);
  }

  /**
   * dtrace_probe() is entered. A site that is called has just left its own event; one that traps has spent the exception since the last
   * event on this CPU, whatever that was. (In an interrupt it may also be profile's, which does not trap.)
   */
  firing(n: number, cycle: number, inInterrupt: boolean): void {
    const cpu = this.#cpus[n];
    if (cpu === undefined) return;
    const a = cpu.current;
    if (this.#traps && !inInterrupt && a !== undefined && cycle - cpu.cycle >= this.#trapCycles) {
      const moved = Math.min(this.#trapCycles, a.spent[a.mode]);
      a.spent[a.mode] -= moved;
      a.spent.trap += moved;
    }
    this.enter(n, 'probe');
  }

  /** After the event, when its own cycle counts as the last. */
  after(n: number, cycle: number, site: number): void {
    const cpu = this.#cpus[n];
    if (cpu === undefined) return;
    cpu.cycle = cycle;
    cpu.site = site;
  }

  deed(n: number): void {
    const a = this.#cpus[n]?.current;
    if (a === undefined) return;
    a.codeThen = a.spent.code;
    a.sleepThen = a.spent.sleep;
  }

  /** lockstat's block and spin probes: ns waited since the last deed. */
  waited(tid: number, name: string, ns: number): void {
    const a = this.#accounts.get(tid);
    if (a === undefined) return;
    const cycles = Math.round((ns * this.#clockHz) / 1e9);
    const [from, then]: [Part, number] = name.endsWith('-spin')
      ? ['code', a.codeThen]
      : ['sleep', a.sleepThen];
    const moved = Math.max(0, Math.min(cycles, a.spent[from] - then));
    a.spent[from] -= moved;
    a.spent.locks += moved;
  }

  finish(cycle: number): void {
    for (const a of this.#accounts.values()) this.#book(a, cycle);
  }
}

const top = (cpu: Cpu): Part => cpu.over[cpu.over.length - 1] ?? 'code';

function trapCycles(machine: string | undefined): number {
  let profile: Profile;
  try {
    profile = loadProfile(machine ?? 'amd64');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  return profile.trapKernel;
}

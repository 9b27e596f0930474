/**
 * The fold: one event applied to the view state.
 *
 * It works in place, on plain objects (keyframes, jumps) and on immer drafts (single steps) alike, and knows nothing of files. What an
 * older trace does not say stays as it was: without `_trace:::lock-wait` nobody is seen waiting, without `runq-add` nobody queueing.
 */
import { argumentNumber, type EventColumns, MAX_ARGS } from '../columns.ts';
import { copyThread } from './clone.ts';
import { lockEvent, stopWaiting } from './fold-locks.ts';
import { ROLE, type SiteTable } from './sites.ts';
import {
  ACTIVITIES,
  type Activity,
  type CpuState,
  type LockState,
  type RunState,
  type ThreadState,
} from './state.ts';

/** Flags of mi_switch() (models/kernel/sys/proc.h): why a thread left its CPU. */
export const SWITCH = {
  typeMask: 0xff,
  none: 0,
  preempt: 1,
  owePreempt: 2,
  turnstile: 3,
  sleepq: 4,
  sleepqTimeout: 5,
  relinquish: 6,
  needResched: 7,
  idle: 8,
  iwait: 9,
  suspend: 10,
  remotePreempt: 11,
  remoteWakeIdle: 12,
  bind: 13,
  voluntary: 0x100,
  involuntary: 0x200,
} as const;

const TIMER_VECTOR = 0;

export function initialState(cpus: number): RunState {
  return {
    seq: 0,
    cycle: 0,
    cpus: Array.from({ length: cpus }, () => ({
      tid: 0,
      since: 0,
      booked: 0,
      spent: ACTIVITIES.map(() => 0),
      waits: 0,
      over: [],
      ticks: 0,
      interrupts: 0,
      switches: 0,
      firings: 0,
      load: -1,
    })),
    threads: {},
    locks: {},
    lockNames: {},
    totals: {
      syscalls: 0,
      faults: 0,
      ticks: 0,
      interrupts: 0,
      switches: 0,
      firings: 0,
      probeCycles: 0,
      mallocs: 0,
      frees: 0,
    },
  };
}

/**
 * Where the parts of a plain state are, for folds over many events: a state's records are keyed by long numbers and strings, maps are not.
 * Not for drafts: a draft's parts are other objects each time.
 */
export interface FoldRefs {
  /** The few that are asked for again and again, at the place that the last bits of their number say. */
  threads: (ThreadState | undefined)[];
  /** The same by the low word of kernel addresses, with those words. */
  locks: (LockState | undefined)[];
  lockWords: Float64Array;
  /** Threads and locks that may be changed in place; others belong to other states too and are copied first. Undefined: all may be. */
  owned: Set<ThreadState | LockState | RunState['lockNames']> | undefined;
}

const THREAD_REFS = 256;
const LOCK_REFS = 1024;

/** `own`: no part of the state belongs to another state as well (shareState). */
export const foldRefs = (own = false): FoldRefs => ({
  threads: Array(THREAD_REFS).fill(undefined),
  locks: Array(LOCK_REFS).fill(undefined),
  lockWords: new Float64Array(LOCK_REFS).fill(-1),
  owned: own ? undefined : new Set(),
});

/** Place of a lock in the references: locks lie some words apart. */
export const lockPlace = (low: number): number => (low >>> 4) % LOCK_REFS;

/** The thread of that id; made when it was not seen before. */
export function threadOf(s: RunState, refs: FoldRefs | undefined, tid: number, cycle: number): ThreadState {
  if (refs === undefined) return s.threads[tid] ?? newThread(s, tid, cycle);
  const place = tid & (THREAD_REFS - 1);
  const quick = refs.threads[place];
  if (quick !== undefined && quick.tid === tid) return quick;
  let known = s.threads[tid];
  if (known === undefined) {
    known = newThread(s, tid, cycle);
    refs.owned?.add(known);
  } else if (refs.owned !== undefined && !refs.owned.has(known)) {
    known = copyThread(known);
    s.threads[tid] = known;
    refs.owned.add(known);
  }
  refs.threads[place] = known;
  return known;
}

function newThread(s: RunState, tid: number, cycle: number): ThreadState {
  s.threads[tid] = {
    tid,
    pid: 0,
    parent: 0,
    name: '',
    condition: 'wait',
    since: cycle,
    cpu: -1,
    priority: -1,
    ranCycles: 0,
    probeCycles: 0,
    interruptCycles: 0,
    runqCycles: 0,
    sleepCycles: 0,
    lockCycles: 0,
    syscall: '',
    syscallSince: 0,
    wants: '',
    holds: [],
    switches: 0,
    wmesg: '',
    wokenBy: 0,
    wokenAt: 0,
    left: 0,
    user: false,
    idle: false,
  };
  return s.threads[tid];
}

/** Name of a thread in three words from argument 1 on (`_trace:::thread-name`, `lock-init` from 2 on). */
export function packedText(e: EventColumns, i: number, from: number, words: number): string {
  let text = '';
  for (let k = from; k < from + words; k++)
    for (const word of [e.argLow[i * MAX_ARGS + k], e.argHigh[i * MAX_ARGS + k]])
      for (let shift = 0; shift < 32; shift += 8) {
        const byte = (word >>> shift) & 0xff;
        if (byte === 0) return text;
        text += String.fromCharCode(byte);
      }
  return text;
}

/** What a CPU is doing: an index into ACTIVITIES. `thread` is the one that runs on it. */
function doing(cpu: CpuState, thread: ThreadState | undefined): number {
  const { over } = cpu;
  if (over.length > 0) {
    for (let k = 0; k < over.length; k++) if (over[k].kind === 'probe') return DOING.probe;
    return DOING.interrupt;
  }
  if (cpu.tid === 0) return DOING.none;
  if (thread === undefined) return DOING.kernel;
  if (thread.idle) return DOING.idle;
  if (thread.wants !== '') return DOING.spin;
  return thread.user && thread.syscall === '' ? DOING.user : DOING.kernel;
}

const DOING = { none: 0, idle: 1, user: 2, kernel: 3, interrupt: 4, spin: 5, probe: 6 } as const;

/** What a CPU is doing in a state. */
export function activity(s: RunState, cpu: number): Activity {
  const c = s.cpus[cpu];
  return ACTIVITIES[doing(c, s.threads[c.tid])];
}

/** Books the cycles since the last booking to whoever they belong to: before anything of that changes. */
function book(s: RunState, refs: FoldRefs | undefined, cpu: CpuState, cycle: number): void {
  const spent = cycle - cpu.booked;
  if (spent <= 0) return;
  cpu.booked = cycle;
  if (cpu.tid === 0) {
    cpu.spent[DOING.none] += spent;
    return;
  }
  const thread = threadOf(s, refs, cpu.tid, cycle);
  const what = doing(cpu, thread);
  cpu.spent[what] += spent;
  if (what === DOING.probe) {
    s.totals.probeCycles += spent;
    // Probes within an interrupt are the interrupt's.
    let interrupt = false;
    for (let k = 0; k < cpu.over.length; k++) if (cpu.over[k].kind === 'interrupt') interrupt = true;
    if (interrupt) thread.interruptCycles += spent;
    else thread.probeCycles += spent;
  } else if (what === DOING.interrupt) thread.interruptCycles += spent;
  else thread.ranCycles += spent;
}

function pop(cpu: CpuState, kind: 'interrupt' | 'probe'): void {
  const { over } = cpu;
  for (let k = over.length - 1; k >= 0; k--)
    if (over[k].kind === kind) {
      if (k === over.length - 1) over.pop();
      else over.splice(k, 1);
      return;
    }
}

/** Ends a thread's condition: its time goes to the account of that condition. */
function become(thread: ThreadState, condition: ThreadState['condition'], cycle: number): void {
  const spent = cycle - thread.since;
  if (thread.condition === 'runq') thread.runqCycles += spent;
  else if (thread.condition === 'sleep') thread.sleepCycles += spent;
  else if (thread.condition === 'lock') thread.lockCycles += spent;
  thread.condition = condition;
  thread.since = cycle;
}

/** What a thread is after it left its CPU for that reason. */
function afterSwitch(thread: ThreadState, flags: number): ThreadState['condition'] {
  if (thread.idle) return 'wait';
  switch (flags & SWITCH.typeMask) {
    case SWITCH.turnstile:
      return 'lock';
    case SWITCH.sleepq:
    case SWITCH.sleepqTimeout:
      return thread.wants !== '' ? 'lock' : 'sleep'; // an sx or rw waits in a sleep queue
    case SWITCH.suspend:
      return 'sleep';
    case SWITCH.iwait:
    case SWITCH.idle:
      return 'wait';
    case SWITCH.none:
      return 'zomb';
    default:
      return 'runq';
  }
}

function switchThreads(
  s: RunState,
  refs: FoldRefs | undefined,
  cpuNumber: number,
  e: EventColumns,
  i: number,
): void {
  const cycle = e.cycle[i];
  const cpu = s.cpus[cpuNumber];
  book(s, refs, cpu, cycle);
  const oldTid = argumentNumber(e, i, 0);
  const newTid = argumentNumber(e, i, 1);
  const flags = argumentNumber(e, i, 2);
  const old = threadOf(s, refs, oldTid, cycle);
  become(old, afterSwitch(old, flags), cycle);
  old.left = flags;
  if (old.condition !== 'runq') old.cpu = cpuNumber; // else runq-add has said which queue
  const next = threadOf(s, refs, newTid, cycle);
  become(next, 'run', cycle);
  next.cpu = cpuNumber;
  next.switches++;
  cpu.tid = newTid;
  cpu.since = cycle;
  cpu.switches++;
  s.totals.switches++;
}

/** Applies event i. `s` must be the state after the events before it; `refs` belong to it alone, if given. */
export function apply(s: RunState, table: SiteTable, e: EventColumns, i: number, refs?: FoldRefs): void {
  const cycle = e.cycle[i];
  const tid = e.tid[i];
  const site = e.site[i];
  const cpu = s.cpus[e.cpu[i]];
  s.seq++;
  s.cycle = cycle;
  if (cpu === undefined) return;
  if (cpu.tid === 0 && tid !== 0) {
    // A CPU's first thread is not switched to: it is there.
    book(s, refs, cpu, cycle);
    cpu.tid = tid;
    cpu.since = cycle;
    cpu.booked = cycle;
    const first = threadOf(s, refs, tid, cycle);
    become(first, 'run', cycle);
    first.cpu = e.cpu[i];
  }
  const role = table.roles[site];
  switch (role) {
    case ROLE.other:
      return;
    case ROLE.lockWait:
      book(s, refs, cpu, cycle);
      cpu.waits++;
      lockEvent(s, refs, table, role, e, i);
      return;
    case ROLE.acquire:
      if (cpu.tid !== 0 && threadOf(s, refs, cpu.tid, cycle).wants !== '') book(s, refs, cpu, cycle);
      lockEvent(s, refs, table, role, e, i);
      return;
    case ROLE.release:
    case ROLE.blocked:
    case ROLE.spun:
    case ROLE.upgrade:
    case ROLE.downgrade:
    case ROLE.lockInit:
    case ROLE.lockDestroy:
      lockEvent(s, refs, table, role, e, i);
      return;
    case ROLE.switch:
      switchThreads(s, refs, e.cpu[i], e, i);
      return;
    case ROLE.intrEntry: {
      book(s, refs, cpu, cycle);
      const vector = argumentNumber(e, i, 0);
      cpu.over.push({ kind: 'interrupt', number: vector, since: cycle });
      cpu.interrupts++;
      s.totals.interrupts++;
      if (vector === TIMER_VECTOR) {
        cpu.ticks++;
        s.totals.ticks++;
      }
      return;
    }
    case ROLE.intrExit:
      book(s, refs, cpu, cycle);
      pop(cpu, 'interrupt');
      return;
    case ROLE.probeEnter:
      book(s, refs, cpu, cycle);
      cpu.over.push({ kind: 'probe', number: argumentNumber(e, i, 0), since: cycle });
      cpu.firings++;
      s.totals.firings++;
      return;
    case ROLE.probeExit:
      book(s, refs, cpu, cycle);
      pop(cpu, 'probe');
      return;
    case ROLE.create: {
      const child = threadOf(s, refs, argumentNumber(e, i, 0), cycle);
      child.pid = argumentNumber(e, i, 1);
      child.parent = argumentNumber(e, i, 2);
      child.user = s.threads[child.parent]?.user ?? false;
      return;
    }
    case ROLE.name: {
      book(s, refs, cpu, cycle);
      const thread = threadOf(s, refs, argumentNumber(e, i, 0), cycle);
      thread.name = packedText(e, i, 1, 3);
      thread.idle = thread.name.startsWith('idle');
      thread.pid = argumentNumber(e, i, 4);
      return;
    }
    case ROLE.load: {
      const where = argumentNumber(e, i, 0) | 0;
      const load = argumentNumber(e, i, 1);
      if (where >= 0 && where < s.cpus.length) s.cpus[where].load = load;
      else for (const each of s.cpus) each.load = load; // one queue for all
      return;
    }
    case ROLE.runqAdd: {
      const thread = threadOf(s, refs, argumentNumber(e, i, 0), cycle);
      if (thread.condition !== 'run') become(thread, 'runq', cycle);
      const where = argumentNumber(e, i, 1) | 0;
      if (where >= 0) thread.cpu = where;
      thread.priority = argumentNumber(e, i, 2);
      return;
    }
    case ROLE.priority:
      threadOf(s, refs, argumentNumber(e, i, 0), cycle).priority = argumentNumber(e, i, 1);
      return;
    case ROLE.wakeup: {
      const thread = threadOf(s, refs, argumentNumber(e, i, 0), cycle);
      thread.wokenBy = tid;
      thread.wokenAt = cycle;
      return;
    }
    case ROLE.sleep:
      threadOf(s, refs, tid, cycle).wmesg = packedText(e, i, 1, 2);
      return;
    case ROLE.syscallEntry: {
      if (tid === 0) return;
      book(s, refs, cpu, cycle);
      const thread = threadOf(s, refs, tid, cycle);
      thread.syscall = table.sites[site].function;
      thread.syscallSince = cycle;
      thread.user = true;
      s.totals.syscalls++;
      return;
    }
    case ROLE.syscallReturn: {
      if (tid === 0) return;
      book(s, refs, cpu, cycle);
      const thread = threadOf(s, refs, tid, cycle);
      thread.syscall = '';
      if (thread.wants !== '') stopWaiting(s, refs, thread);
      return;
    }
    case ROLE.fault:
      s.totals.faults++;
      return;
    case ROLE.malloc:
      s.totals.mallocs++;
      return;
    case ROLE.free:
      s.totals.frees++;
      return;
    case ROLE.reap: {
      const pid = argumentNumber(e, i, 0);
      for (const thread of Object.values(s.threads))
        if (thread.pid === pid && thread.condition === 'zomb') {
          delete s.threads[thread.tid];
          if (refs !== undefined) refs.threads[thread.tid & (THREAD_REFS - 1)] = undefined;
        }
      return;
    }
  }
}

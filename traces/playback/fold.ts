/**
 * The fold: one event applied to the view state.
 *
 * It works in place, on plain objects (keyframes, jumps) and on immer drafts (single steps) alike, and knows nothing of files. What an
 * older trace does not say stays as it was: without `_trace:::lock-wait` nobody is seen waiting, without `runq-add` nobody queueing.
 */
import { argumentNumber, type EventColumns, MAX_ARGS } from '../columns.ts';
import { lockEvent, stopWaiting } from './fold-locks.ts';
import { ROLE, type SiteTable } from './sites.ts';
import type { CpuState, RunState, ThreadState } from './state.ts';

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

/** The thread of that id; made when it was not seen before. */
export function threadOf(s: RunState, tid: number, cycle: number): ThreadState {
  const known = s.threads[tid];
  if (known !== undefined) return known;
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

/** Books the cycles since the last booking to whoever they belong to. */
function book(s: RunState, cpu: CpuState, cycle: number): void {
  const spent = cycle - cpu.booked;
  cpu.booked = cycle;
  if (spent <= 0 || cpu.tid === 0) return;
  const thread = threadOf(s, cpu.tid, cycle);
  const { over } = cpu;
  if (over.length === 0) {
    thread.ranCycles += spent;
    return;
  }
  let interrupt = false;
  let probe = false;
  for (const { kind } of over)
    if (kind === 'interrupt') interrupt = true;
    else probe = true;
  if (probe) s.totals.probeCycles += spent;
  if (interrupt) thread.interruptCycles += spent;
  else thread.probeCycles += spent;
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
  if (thread.name.startsWith('idle')) return 'wait';
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

function switchThreads(s: RunState, cpuNumber: number, e: EventColumns, i: number): void {
  const cycle = e.cycle[i];
  const cpu = s.cpus[cpuNumber];
  book(s, cpu, cycle);
  const oldTid = argumentNumber(e, i, 0);
  const newTid = argumentNumber(e, i, 1);
  const flags = argumentNumber(e, i, 2);
  const old = threadOf(s, oldTid, cycle);
  become(old, afterSwitch(old, flags), cycle);
  old.left = flags;
  if (old.condition !== 'runq') old.cpu = cpuNumber; // else runq-add has said which queue
  const next = threadOf(s, newTid, cycle);
  become(next, 'run', cycle);
  next.cpu = cpuNumber;
  next.switches++;
  cpu.tid = newTid;
  cpu.since = cycle;
  cpu.switches++;
  s.totals.switches++;
}

/** Applies event i. `s` must be the state after the events before it. */
export function apply(s: RunState, table: SiteTable, e: EventColumns, i: number): void {
  const cycle = e.cycle[i];
  const tid = e.tid[i];
  const site = e.site[i];
  const cpu = s.cpus[e.cpu[i]];
  s.seq++;
  s.cycle = cycle;
  if (cpu === undefined) return;
  if (cpu.tid === 0 && tid !== 0) {
    // A CPU's first thread is not switched to: it is there.
    cpu.tid = tid;
    cpu.since = cycle;
    cpu.booked = cycle;
    const first = threadOf(s, tid, cycle);
    become(first, 'run', cycle);
    first.cpu = e.cpu[i];
  }
  const role = table.roles[site];
  switch (role) {
    case ROLE.other:
      return;
    case ROLE.acquire:
    case ROLE.release:
    case ROLE.blocked:
    case ROLE.spun:
    case ROLE.upgrade:
    case ROLE.downgrade:
    case ROLE.lockWait:
    case ROLE.lockInit:
    case ROLE.lockDestroy:
      lockEvent(s, table, role, e, i);
      return;
    case ROLE.switch:
      switchThreads(s, e.cpu[i], e, i);
      return;
    case ROLE.intrEntry: {
      book(s, cpu, cycle);
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
      book(s, cpu, cycle);
      pop(cpu, 'interrupt');
      return;
    case ROLE.probeEnter:
      book(s, cpu, cycle);
      cpu.over.push({ kind: 'probe', number: argumentNumber(e, i, 0), since: cycle });
      cpu.firings++;
      s.totals.firings++;
      return;
    case ROLE.probeExit:
      book(s, cpu, cycle);
      pop(cpu, 'probe');
      return;
    case ROLE.create: {
      const child = threadOf(s, argumentNumber(e, i, 0), cycle);
      child.pid = argumentNumber(e, i, 1);
      child.parent = argumentNumber(e, i, 2);
      child.user = s.threads[child.parent]?.user ?? false;
      return;
    }
    case ROLE.name: {
      const thread = threadOf(s, argumentNumber(e, i, 0), cycle);
      thread.name = packedText(e, i, 1, 3);
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
      const thread = threadOf(s, argumentNumber(e, i, 0), cycle);
      if (thread.condition !== 'run') become(thread, 'runq', cycle);
      const where = argumentNumber(e, i, 1) | 0;
      if (where >= 0) thread.cpu = where;
      thread.priority = argumentNumber(e, i, 2);
      return;
    }
    case ROLE.priority:
      threadOf(s, argumentNumber(e, i, 0), cycle).priority = argumentNumber(e, i, 1);
      return;
    case ROLE.wakeup: {
      const thread = threadOf(s, argumentNumber(e, i, 0), cycle);
      thread.wokenBy = tid;
      thread.wokenAt = cycle;
      return;
    }
    case ROLE.sleep:
      threadOf(s, tid, cycle).wmesg = packedText(e, i, 1, 2);
      return;
    case ROLE.syscallEntry: {
      if (tid === 0) return;
      const thread = threadOf(s, tid, cycle);
      thread.syscall = table.sites[site].function;
      thread.syscallSince = cycle;
      thread.user = true;
      s.totals.syscalls++;
      return;
    }
    case ROLE.syscallReturn: {
      if (tid === 0) return;
      const thread = threadOf(s, tid, cycle);
      thread.syscall = '';
      if (thread.wants !== '') stopWaiting(s, thread);
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
        if (thread.pid === pid && thread.condition === 'zomb') delete s.threads[thread.tid];
      return;
    }
  }
}

/**
 * Why: one line for a scheduling decision, a lock event or a charge, from the events alone.
 *
 * It knows the state just before the event and may look at the events around it; it knows no files.
 */
import { argument, argumentNumber, type EventColumns } from '../columns.ts';
import { SWITCH } from './fold.ts';
import { lockOf } from './fold-locks.ts';
import { ROLE, type SiteTable } from './sites.ts';
import type { RunState, ThreadState } from './state.ts';
import { lockWords, nanoseconds, span, threadWords, vectorWords } from './words.ts';

export interface WhyContext {
  table: SiteTable;
  clockHz: number;
  /** Name of a DTrace probe, when the trace knows it. */
  probeName(id: number): string | undefined;
  /** Name of a kernel address, when it is known. */
  symbol?(address: bigint): string | undefined;
  /** Looks at the events after (or before) the one in question, nearest first, until the visitor says true; a few thousand at most. */
  scan(direction: 1 | -1, visit: (e: EventColumns, i: number) => boolean): void;
}

/** `s`: the state before event i. '' when there is nothing to say. */
export function why(s: RunState, e: EventColumns, i: number, context: WhyContext): string {
  const { table, clockHz } = context;
  const cycle = e.cycle[i];
  const tid = e.tid[i];
  const cpu = e.cpu[i];
  const ago = (from: number) => span(cycle - from, clockHz);
  const who = (id: number) => threadWords(s, id);
  const arg = (n: number) => argumentNumber(e, i, n);
  switch (table.roles[e.site[i]]) {
    case ROLE.switch:
      return switchWords(s, arg(0), arg(1), arg(2), cycle, clockHz);
    case ROLE.offCpu: {
      let text = '';
      context.scan(1, (f, k) => {
        if (f.cpu[k] !== cpu) return false;
        if (table.roles[f.site[k]] === ROLE.switch)
          text = switchWords(
            s,
            argumentNumber(f, k, 0),
            argumentNumber(f, k, 1),
            argumentNumber(f, k, 2),
            cycle,
            clockHz,
          );
        return true;
      });
      return text;
    }
    case ROLE.onCpu: {
      const thread = s.threads[tid];
      return thread === undefined ? '' : `${who(tid)} runs on CPU ${cpu}${comeWords(s, thread, clockHz)}`;
    }
    case ROLE.remain:
      return `${who(tid)} goes on: nothing better is ready on CPU ${cpu}`;
    case ROLE.surrender:
      return `another CPU asked CPU ${cpu} to look for something better than ${who(tid)}${priorityOf(s.threads[tid])}`;
    case ROLE.preempt:
      return `${who(tid)} must leave CPU ${cpu} though it could go on: ${rivals(s, tid, cpu)}`;
    case ROLE.runqAdd: {
      const thread = s.threads[arg(0)];
      const where = arg(1) | 0;
      const queue = where < 0 ? 'the run queue' : `the run queue of CPU ${where}`;
      const moved =
        thread !== undefined && thread.cpu >= 0 && where >= 0 && thread.cpu !== where
          ? `, moved from CPU ${thread.cpu}`
          : '';
      if (thread?.condition === 'run')
        return `${who(arg(0))} is still ready: back into ${queue}, priority ${arg(2)}${moved}`;
      if (thread?.condition === 'runq') return `${who(arg(0))} put into ${queue}, priority ${arg(2)}${moved}`;
      const by = tid === 0 ? '' : ` by ${who(tid)}`;
      const against = whatRuns(s, where);
      return `${who(arg(0))} made ready${by}: into ${queue}, priority ${arg(2)}${against}${moved}`;
    }
    case ROLE.runqRemove: {
      const where = arg(1) | 0;
      return where >= 0 && where !== cpu
        ? `CPU ${cpu} takes ${who(arg(0))} from the run queue of CPU ${where}`
        : `${who(arg(0))} is taken from the run queue`;
    }
    case ROLE.wakeup: {
      const thread = s.threads[arg(0)];
      if (thread === undefined) return `${who(tid)} wakes ${who(arg(0))}`;
      if (thread.wants !== '')
        return `${who(tid)} lets ${who(arg(0))} try again for ${lockWords(s.locks[thread.wants], thread.wants)}, for which it has waited ${ago(thread.since)}`;
      if (thread.condition !== 'sleep') return `${who(tid)} wakes ${who(arg(0))}, which is not asleep yet`;
      return `${who(tid)}${overWords(s, cpu)} wakes ${who(arg(0))}, asleep for ${ago(thread.since)} on '${thread.wmesg}'`;
    }
    case ROLE.schedWakeup:
    case ROLE.enqueue:
      return beside(s, e, i, context);
    case ROLE.sleep: {
      const name = s.threads[tid]?.syscall;
      return `${who(tid)} will sleep${name ? ` in ${name}()` : ''}: nothing to do until something happens`;
    }
    case ROLE.schedSleep: {
      const thread = s.threads[tid];
      if (thread === undefined) return '';
      if (thread.wants !== '')
        return `${who(tid)} gives up spinning: ${wantWords(s, thread, cycle, clockHz)}`;
      return `${who(tid)} goes to sleep on '${thread.wmesg}'${thread.syscall === '' ? '' : ` in ${thread.syscall}()`}`;
    }
    case ROLE.lendPriority:
      return `${who(tid)} lends its priority ${arg(2)} to a thread that holds what it waits for`;
    case ROLE.priority: {
      const from = s.threads[arg(0)]?.priority ?? -1;
      const better = from >= 0 && arg(1) < from;
      return `${who(arg(0))}: priority ${from < 0 ? '' : `${from} -> `}${arg(1)}${from < 0 ? '' : better ? ' (better)' : ' (worse)'}${arg(0) === tid ? '' : ` by ${who(tid)}`}`;
    }
    case ROLE.lockWait: {
      const key = lockOf(e, i);
      const lock = s.locks[key];
      const blocks = arg(2) !== 0;
      const owner = arg(1) || lock?.owner || 0;
      const holder = s.threads[owner];
      const owned =
        owner === 0
          ? lock !== undefined && lock.readers.length > 0
            ? `${lock.readers.length} readers have it`
            : 'it is taken'
          : `${who(owner)} ${lock === undefined ? 'has it' : `has had it for ${ago(lock.since)}`}${holderWords(holder)}`;
      return `${who(tid)} ${blocks ? 'blocks' : 'spins'} on ${lockWords(lock, key)}: ${owned}`;
    }
    case ROLE.acquire: {
      const key = lockOf(e, i);
      const lock = s.locks[key];
      const thread = s.threads[tid];
      const waited = lastWait(e, i, context);
      const wait = waited > 0 ? ` after waiting ${nanoseconds(waited)}` : '';
      const shared = table.sites[e.site[i]].args.length > 1 && arg(1) === 1 ? ' shared' : '';
      if (wait === '' && thread?.wants !== key)
        return `${who(tid)} takes ${lockWords(lock, key)}${shared}, which was free`;
      return `${who(tid)} gets ${lockWords(lock, key)}${shared}${wait}`;
    }
    case ROLE.release: {
      const key = lockOf(e, i);
      const lock = s.locks[key];
      if (lock === undefined) return '';
      const waiting =
        lock.waiters.length === 0
          ? 'nobody waits for it'
          : `${lock.waiters.map(who).join(', ')} ${lock.waiters.length === 1 ? 'waits' : 'wait'} for it`;
      return `${who(tid)} releases ${lockWords(lock, key)} after ${ago(lock.since)}; ${waiting}`;
    }
    case ROLE.blocked:
      return `${who(tid)} was blocked for ${nanoseconds(arg(1))} on ${lockWords(s.locks[lockOf(e, i)], lockOf(e, i))}`;
    case ROLE.spun:
      return `${who(tid)} spun for ${nanoseconds(arg(1))} on ${lockWords(s.locks[lockOf(e, i)], lockOf(e, i))}`;
    case ROLE.probeEnter: {
      const cost = cyclesUntilExit(e, i, context);
      const name = probeWords(arg(0), context);
      return cost === undefined
        ? `${name} fires in ${who(tid)}`
        : `${name} fires in ${who(tid)}: DTrace takes ${cost} cycles (${span(cost, clockHz)})`;
    }
    case ROLE.probeExit: {
      const { over } = s.cpus[cpu];
      const entered = over.findLast((o) => o.kind === 'probe');
      if (entered === undefined) return '';
      const cost = cycle - entered.since;
      return `${probeWords(entered.number, context)} is done: it cost ${who(tid)} ${cost} cycles (${span(cost, clockHz)})`;
    }
    case ROLE.intrEntry:
      return `CPU ${cpu} is interrupted (${vectorWords(arg(0))}) while it ran ${who(s.cpus[cpu].tid)}`;
    case ROLE.intrExit: {
      const entered = s.cpus[cpu].over.findLast((o) => o.kind === 'interrupt');
      return entered === undefined
        ? ''
        : `the interrupt (${vectorWords(entered.number)}) took ${ago(entered.since)} from ${who(s.cpus[cpu].tid)}`;
    }
    case ROLE.syscallReturn: {
      const thread = s.threads[tid];
      return thread === undefined || thread.syscall === ''
        ? ''
        : `${thread.syscall}() took ${who(tid)} ${ago(thread.syscallSince)}`;
    }
    default:
      return deferredWords(s, e, i, context);
  }
}

const NAMES_OF_DEFERRED: Record<string, string> = {
  '_trace:callout': 'callout',
  'callout_execute:callout-start': 'callout',
  'callout_execute:callout-end': 'callout',
  '_trace:task-start': 'task',
  '_trace:task-end': 'task',
};

/** What a callout or a task runs: the event itself says it, or the nearest of its thread and object that does. */
function deferredWords(s: RunState, e: EventColumns, i: number, context: WhyContext): string {
  const site = context.table.sites[e.site[i]];
  const kind = NAMES_OF_DEFERRED[`${site.provider}:${site.name}`];
  if (kind === undefined) return '';
  const object = argument(e, i, 0);
  const tells = (f: EventColumns, k: number): boolean => {
    const { provider, name } = context.table.sites[f.site[k]];
    return (
      provider === '_trace' &&
      (name === 'callout' || name === 'task-start') &&
      f.tid[k] === e.tid[i] &&
      argument(f, k, 0) === object
    );
  };
  let fn: bigint | undefined;
  let since = e.cycle[i];
  const ends = /-end$/.test(site.name);
  if (tells(e, i)) fn = argument(e, i, 1);
  else
    context.scan(ends ? -1 : 1, (f, k) => {
      if (!tells(f, k)) return false;
      fn = argument(f, k, 1);
      since = f.cycle[k];
      return true;
    });
  const address = `0x${object.toString(16)}`;
  const over = s.cpus[e.cpu[i]]?.over.at(-1)?.kind === 'interrupt';
  const who = over ? `CPU ${e.cpu[i]}, in an interrupt,` : threadWords(s, e.tid[i]);
  if (fn === undefined) return `${who} ${ends ? 'is done with' : 'begins'} ${kind} ${address}`;
  const name = context.symbol?.(fn) ?? `0x${fn.toString(16)}`;
  return ends
    ? `${kind} ${address} is done: ${name}() took ${span(e.cycle[i] - since, context.clockHz)}`
    : `${who} runs ${name}() of ${kind} ${address}`;
}

const priorityOf = (thread: ThreadState | undefined): string =>
  thread === undefined || thread.priority < 0 ? '' : `, priority ${thread.priority}`;

function holderWords(holder: ThreadState | undefined): string {
  switch (holder?.condition) {
    case 'run':
      return ` and runs on CPU ${holder.cpu}`;
    case 'runq':
      return ` but waits for a CPU`;
    case 'sleep':
      return ` but sleeps on '${holder.wmesg}'`;
    case 'lock':
      return ` but is blocked itself`;
    default:
      return '';
  }
}

function wantWords(s: RunState, thread: ThreadState, cycle: number, clockHz: number): string {
  const lock = s.locks[thread.wants];
  const owner = lock?.owner ?? 0;
  return `blocks on ${lockWords(lock, thread.wants)}${
    owner === 0
      ? ''
      : `, which ${threadWords(s, owner)} has had for ${span(cycle - lock.since, clockHz)}${holderWords(s.threads[owner])}`
  }`;
}

/** Inside which interrupt or probe something happens. */
function overWords(s: RunState, cpu: number): string {
  const inner = s.cpus[cpu].over.at(-1);
  return inner?.kind === 'interrupt' ? `'s CPU, in an interrupt (${vectorWords(inner.number)}),` : '';
}

/** Against whom a thread would run on a CPU. */
function whatRuns(s: RunState, cpu: number): string {
  const other = s.threads[s.cpus[cpu]?.tid ?? 0];
  if (other === undefined) return '';
  return other.idle ? '; the CPU is idle' : `; ${threadWords(s, other.tid)} runs there${priorityOf(other)}`;
}

/** Ready threads that may be why another must leave a CPU. */
function rivals(s: RunState, tid: number, cpu: number): string {
  let best: ThreadState | undefined;
  for (const thread of Object.values(s.threads))
    if (
      thread.condition === 'runq' &&
      thread.tid !== tid &&
      thread.cpu === cpu &&
      thread.priority >= 0 &&
      (best === undefined || thread.priority < best.priority)
    )
      best = thread;
  const own = s.threads[tid]?.priority ?? -1;
  if (best === undefined) return 'its time slice is over';
  const against = `${threadWords(s, best.tid)} is ready, priority ${best.priority}${own < 0 ? '' : ` against ${own}`}`;
  return own >= 0 && best.priority >= own ? `its time slice is over and ${against}` : against;
}

/** How a thread came to be ready for a CPU. */
function comeWords(s: RunState, thread: ThreadState, clockHz: number): string {
  const parts: string[] = [];
  const waited = s.cycle - thread.wokenAt;
  if (thread.wokenBy !== 0 && thread.wokenAt >= s.cpus[thread.cpu]?.since - 50_000_000 && waited < 1e9)
    parts.push(`woken ${span(waited, clockHz)} ago by ${threadWords(s, thread.wokenBy)}`);
  if (thread.priority >= 0) parts.push(`priority ${thread.priority}`);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function switchWords(
  s: RunState,
  oldTid: number,
  newTid: number,
  flags: number,
  cycle: number,
  clockHz: number,
): string {
  const old = s.threads[oldTid];
  const next = s.threads[newTid];
  const cpu = old?.cpu ?? -1;
  const leaves = leaveWords(s, old, newTid, flags, cycle, clockHz);
  if (next === undefined) return leaves;
  if (next.idle) return `${leaves}; nothing else is ready, so CPU ${cpu < 0 ? '' : cpu} idles`;
  const ready =
    next.condition === 'runq' ? ` after ${span(cycle - next.since, clockHz)} in the run queue` : '';
  const woken =
    next.wokenBy !== 0 &&
    next.condition === 'runq' &&
    next.wokenAt <= cycle &&
    cycle - next.wokenAt <= cycle - next.since + 100_000
      ? `, woken by ${threadWords(s, next.wokenBy)}`
      : '';
  return `${leaves}; ${threadWords(s, newTid)} runs${ready}${woken}${priorityOf(next)}`;
}

function leaveWords(
  s: RunState,
  old: ThreadState | undefined,
  newTid: number,
  flags: number,
  cycle: number,
  clockHz: number,
): string {
  if (old === undefined) return 'the CPU takes its first thread';
  const who = threadWords(s, old.tid);
  const next = s.threads[newTid];
  const ran = ` after ${span(cycle - old.since, clockHz)}`;
  const against =
    next === undefined || next.priority < 0 || old.priority < 0
      ? ''
      : ` (priority ${next.priority} against ${old.priority})`;
  if (old.idle) return `CPU ${old.cpu} was idle for ${span(cycle - old.since, clockHz)}`;
  switch (flags & SWITCH.typeMask) {
    case SWITCH.turnstile:
      return `${who} ${wantWords(s, old, cycle, clockHz)}`;
    case SWITCH.sleepq:
    case SWITCH.sleepqTimeout:
      return old.wants !== ''
        ? `${who} ${wantWords(s, old, cycle, clockHz)}`
        : `${who} sleeps on '${old.wmesg}'${old.syscall === '' ? '' : ` in ${old.syscall}()`}${ran}`;
    case SWITCH.needResched:
      return next !== undefined && next.priority >= 0 && old.priority >= 0 && next.priority < old.priority
        ? `${who} makes way${ran} for a better thread${against}`
        : `${who} has used up its time slice${ran}${against}`;
    case SWITCH.preempt:
    case SWITCH.owePreempt:
    case SWITCH.remotePreempt:
      return `${who} is preempted${ran} by ${threadWords(s, newTid)}${against}`;
    case SWITCH.relinquish:
      return `${who} yields${ran}`;
    case SWITCH.iwait:
      return `${who}: interrupt thread without more work${ran}`;
    case SWITCH.suspend:
      return `${who} is suspended`;
    case SWITCH.bind:
      return `${who} moves to the CPU that it is bound to`;
    case SWITCH.none:
      return `${who} has ended`;
    default:
      return `${who} leaves the CPU${ran}`;
  }
}

/** sched:::wakeup and enqueue give addresses; the recorder's own event beside them has the thread's id. */
function beside(s: RunState, e: EventColumns, i: number, context: WhyContext): string {
  const wanted = context.table.roles[e.site[i]] === ROLE.enqueue ? ROLE.runqAdd : ROLE.wakeup;
  let text = '';
  const visit = (f: EventColumns, k: number) => {
    if (f.cpu[k] !== e.cpu[i]) return false;
    if (context.table.roles[f.site[k]] === wanted) {
      text = why(s, f, k, context);
      return true;
    }
    return Math.abs(f.cycle[k] - e.cycle[i]) > 20_000;
  };
  context.scan(1, visit);
  return text;
}

/** Nanoseconds that the thread waited, when block or spin events come just before this acquire. */
function lastWait(e: EventColumns, i: number, context: WhyContext): number {
  const lock = lockOf(e, i);
  let waited = 0;
  let looked = 0;
  context.scan(-1, (f, k) => {
    if (f.cpu[k] !== e.cpu[i]) return false;
    const role = context.table.roles[f.site[k]];
    if ((role === ROLE.blocked || role === ROLE.spun) && f.tid[k] === e.tid[i] && lockOf(f, k) === lock)
      waited += argumentNumber(f, k, 1);
    else if (role !== ROLE.probeEnter && role !== ROLE.probeExit) return true;
    return ++looked > 16;
  });
  return waited;
}

function cyclesUntilExit(e: EventColumns, i: number, context: WhyContext): number | undefined {
  let depth = 1;
  let cost: number | undefined;
  context.scan(1, (f, k) => {
    if (f.cpu[k] !== e.cpu[i]) return false;
    const role = context.table.roles[f.site[k]];
    if (role === ROLE.probeEnter) depth++;
    else if (role === ROLE.probeExit && --depth === 0) {
      cost = f.cycle[k] - e.cycle[i];
      return true;
    }
    return false;
  });
  return cost;
}

const probeWords = (id: number, context: WhyContext): string => context.probeName(id) ?? `DTrace probe ${id}`;

/**
 * A trace as threads: who did what in which order, and what every cycle of a thread went to.
 *
 * Events inside an interrupt belong to the interrupt, not to the thread that happened to run; DTrace's own enter and exit marks are
 * time, not deeds. What remains, thread by thread, is what the programs and the kernel did on the thread's behalf: that is what two
 * runs have in common, whatever their clocks say.
 */
import { argumentNumber } from '../columns.ts';
import type { SiteInfo } from '../format.ts';
import type { TraceReader } from '../read.ts';
import { type LockUse, lockStatistics } from './locks.ts';
import { ThreadNames } from './threads.ts';

/** What a thread's cycles went to. Sums to `end - start`. */
export interface Ledger {
  /** Running its own code, in user mode or the kernel, cache and predictor effects and traps included. */
  code: number;
  /** Inside dtrace_probe(), in this thread's context. */
  probe: number;
  /** Interrupts that this thread's CPU served while it ran. */
  interrupts: number;
  /** Not on a CPU: asleep, blocked on a lock, or waiting in a run queue. */
  off: number;
}

export interface ThreadTimeline {
  /** Creation path: 'init/csh/dd'. */
  identity: string;
  tid: number;
  /** First and last cycle it was seen. */
  start: number;
  end: number;
  /** Deeds in order: index into the timeline's site names, and when. */
  deeds: number[];
  cycles: number[];
  ledger: Ledger;
  switches: number;
}

export interface Timeline {
  /** Site names, 'syscall:freebsd:read:entry'; a deed is an index into this list. */
  sites: string[];
  threads: ThreadTimeline[];
  clockHz: number;
  /** Timer interrupts, other interrupts, context switches, DTrace firings. */
  ticks: number;
  interrupts: number;
  switches: number;
  firings: number;
  probeCycles: number;
  interruptCycles: number;
  /** By lock class and name of the provider's probe: uses, cycles held, waits. */
  locks: Map<string, LockUse>;
  events: number;
  digest: string;
  end: number;
}

export const siteName = (s: SiteInfo): string => `${s.provider}:${s.module}:${s.function}:${s.name}`;

/** Providers whose events are deeds of a thread. Scheduling is a consequence, and counted apart. */
const DEEDS = new Set(['syscall', 'lockstat', 'dtmalloc', 'proc', 'callout_execute', 'fbt', 'vfs', 'io']);
/** Consequences even there: how long a lock was waited for is compared as time. */
const NOT_DEEDS = /-(spin|block)$/;

interface CpuTrack {
  tid: number;
  /** When the running stretch that has not been booked yet began. */
  since: number;
  /** What it is: thread code, interrupt or probe. */
  stack: ('interrupt' | 'probe')[];
}

export function timeline(reader: TraceReader): Timeline {
  const sites = reader.header.sites.map(siteName);
  const role = reader.header.sites.map((site) => roleOf(site));
  const names = new ThreadNames();
  const threads = new Map<number, ThreadTimeline>();
  const cpus: CpuTrack[] = Array.from({ length: reader.header.cpus }, () => ({
    tid: 0,
    since: 0,
    stack: [],
  }));
  const locks = lockStatistics(reader.header.sites);
  const total = { ticks: 0, interrupts: 0, switches: 0, firings: 0, probeCycles: 0, interruptCycles: 0 };
  let last = 0;

  const threadOf = (tid: number, cycle: number): ThreadTimeline => {
    let thread = threads.get(tid);
    if (thread === undefined) {
      thread = {
        identity: '',
        tid,
        start: cycle,
        end: cycle,
        deeds: [],
        cycles: [],
        ledger: { code: 0, probe: 0, interrupts: 0, off: 0 },
        switches: 0,
      };
      threads.set(tid, thread);
    }
    return thread;
  };
  /** Books the stretch that ends now to whoever it belongs to. */
  const book = (cpu: CpuTrack, cycle: number) => {
    const spent = cycle - cpu.since;
    cpu.since = cycle;
    if (spent <= 0) return;
    const { ledger } = threadOf(cpu.tid, cycle);
    if (cpu.stack.includes('interrupt')) {
      ledger.interrupts += spent;
      total.interruptCycles += spent;
    } else if (cpu.stack.includes('probe')) ledger.probe += spent;
    else ledger.code += spent;
    if (cpu.stack.includes('probe')) total.probeCycles += spent;
  };

  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e } = reader.chunk(n);
    for (let i = 0; i < e.count; i++) {
      const cycle = e.cycle[i];
      const cpu = cpus[e.cpu[i]];
      const site = e.site[i];
      last = Math.max(last, cycle);
      switch (role[site]) {
        case 'create':
          names.create(argumentNumber(e, i, 0), argumentNumber(e, i, 2));
          break;
        case 'name':
          names.name(e, i);
          break;
        case 'switch': {
          book(cpu, cycle);
          const next = argumentNumber(e, i, 1);
          if (next !== cpu.tid) {
            threadOf(cpu.tid, cycle).end = cycle;
            threadOf(next, cycle).switches++;
            total.switches++;
          }
          cpu.tid = next;
          break;
        }
        case 'intr-entry':
          book(cpu, cycle);
          cpu.stack.push('interrupt');
          total.interrupts++;
          if (argumentNumber(e, i, 0) === 0) total.ticks++;
          break;
        case 'intr-exit':
          book(cpu, cycle);
          pop(cpu.stack, 'interrupt');
          break;
        case 'probe-enter':
          book(cpu, cycle);
          cpu.stack.push('probe');
          total.firings++;
          break;
        case 'probe-exit':
          book(cpu, cycle);
          pop(cpu.stack, 'probe');
          break;
        case 'deed': {
          locks.event(e, i);
          if (cpu.stack.includes('interrupt')) break;
          const thread = threadOf(e.tid[i], cycle);
          thread.deeds.push(site);
          thread.cycles.push(cycle);
          thread.end = Math.max(thread.end, cycle);
          break;
        }
        case 'lock-wait':
          locks.event(e, i);
          break;
      }
    }
  }
  for (const cpu of cpus) book(cpu, last);
  for (const thread of threads.values()) {
    thread.identity = names.identity(thread.tid);
    const { ledger } = thread;
    ledger.off = Math.max(0, thread.end - thread.start - ledger.code - ledger.probe - ledger.interrupts);
  }
  return {
    sites,
    threads: [...threads.values()].sort((a, b) => a.tid - b.tid),
    clockHz: reader.header.clockHz,
    ...total,
    locks: locks.result(),
    events: reader.events,
    digest: reader.chunks[reader.chunks.length - 1]?.digest ?? '',
    end: last,
  };
}

function pop(stack: CpuTrack['stack'], what: 'interrupt' | 'probe'): void {
  const at = stack.lastIndexOf(what);
  if (at >= 0) stack.splice(at, 1);
}

type Role =
  | 'create'
  | 'name'
  | 'switch'
  | 'intr-entry'
  | 'intr-exit'
  | 'probe-enter'
  | 'probe-exit'
  | 'deed'
  | 'lock-wait'
  | 'other';

const TRACE_ROLES: Record<string, Role> = {
  'thread-create': 'create',
  'thread-name': 'name',
  switch: 'switch',
  'intr-entry': 'intr-entry',
  'intr-exit': 'intr-exit',
  'dtrace-enter': 'probe-enter',
  'dtrace-exit': 'probe-exit',
  'page-fault': 'deed',
};

function roleOf(site: SiteInfo): Role {
  if (site.provider === '_trace') return TRACE_ROLES[site.name] ?? 'other';
  if (!DEEDS.has(site.provider)) return 'other';
  return NOT_DEEDS.test(site.name) ? 'lock-wait' : 'deed';
}

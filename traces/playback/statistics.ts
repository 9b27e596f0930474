/**
 * Sums over a whole run, for `probelab stats`: what the state sums up, threads that are gone included, and what only a pass over the events can
 * say (latencies of system calls, lengths of interrupts, charges by probe).
 */
import { argumentNumber } from '../columns.ts';
import { apply, foldRefs } from './fold.ts';
import type { Playback } from './playback.ts';
import { ROLE } from './sites.ts';
import type { ThreadState } from './state.ts';
import { vectorWords } from './words.ts';

/** Durations in cycles; [n] of the histogram counts those of 2^n to 2^(n+1)-1. */
export interface Durations {
  name: string;
  count: number;
  cycles: number;
  most: number;
  histogram: number[];
}

export interface Statistics {
  clockHz: number;
  cycles: number;
  events: number;
  providers: { name: string; events: number }[];
  sites: { name: string; events: number }[];
  cpus: {
    cpu: number;
    switches: number;
    ticks: number;
    interrupts: number;
    firings: number;
    spent: number[];
  }[];
  threads: {
    tid: number;
    identity: string;
    condition: string;
    switches: number;
    ran: number;
    runq: number;
    sleep: number;
    lock: number;
    interrupts: number;
    probes: number;
  }[];
  locks: {
    address: string;
    class: string;
    name: string;
    acquires: number;
    contended: number;
    holdCycles: number;
    holdMax: number;
    waitNs: number;
    holdHistogram: number[];
    waitHistogram: number[];
  }[];
  syscalls: Durations[];
  interrupts: Durations[];
  probes: Durations[];
}

function gather(into: Map<string, Durations>, name: string, cycles: number): void {
  let d = into.get(name);
  if (d === undefined) {
    d = { name, count: 0, cycles: 0, most: 0, histogram: [] };
    into.set(name, d);
  }
  d.count++;
  d.cycles += cycles;
  if (cycles > d.most) d.most = cycles;
  const bucket = cycles < 1 ? 0 : Math.floor(Math.log2(cycles));
  while (d.histogram.length <= bucket) d.histogram.push(0);
  d.histogram[bucket]++;
}

const most = (map: Map<string, Durations>): Durations[] =>
  [...map.values()].sort((a, b) => b.cycles - a.cycles);

export function statistics(view: Playback): Statistics {
  const { table, sites } = view;
  const syscalls = new Map<string, Durations>();
  const interrupts = new Map<string, Durations>();
  const probes = new Map<string, Durations>();
  /** Beginning of the system call of a thread; of interrupts and probes of a CPU, innermost last. */
  const inCall = new Map<number, number>();
  const over: { interrupt: boolean; number: number; since: number }[][] = [];
  const state = view.stateAt(0);
  const refs = foldRefs();
  const gone: ThreadState[] = [];
  view.visit((e, i) => {
    const cycle = e.cycle[i];
    const role = table.roles[e.site[i]];
    if (role === ROLE.reap) {
      const pid = argumentNumber(e, i, 0);
      for (const thread of Object.values(state.threads))
        if (thread.pid === pid && thread.condition === 'zomb') gone.push(thread);
    }
    apply(state, table, e, i, refs);
    const stack = (over[e.cpu[i]] ??= []);
    switch (role) {
      case ROLE.syscallEntry:
        inCall.set(e.tid[i], cycle);
        break;
      case ROLE.syscallReturn: {
        const since = inCall.get(e.tid[i]);
        inCall.delete(e.tid[i]);
        if (since !== undefined) gather(syscalls, sites[e.site[i]].function, cycle - since);
        break;
      }
      case ROLE.intrEntry:
      case ROLE.probeEnter:
        stack.push({
          interrupt: role === ROLE.intrEntry,
          number: argumentNumber(e, i, 0),
          since: cycle,
        });
        break;
      case ROLE.intrExit:
      case ROLE.probeExit: {
        const interrupt = role === ROLE.intrExit;
        const at = stack.findLastIndex((o) => o.interrupt === interrupt);
        if (at < 0) break;
        const [{ number, since }] = stack.splice(at, 1);
        if (interrupt) gather(interrupts, vectorWords(number), cycle - since);
        else gather(probes, view.probe(number), cycle - since);
      }
    }
  });
  const counts = view.siteCounts();
  const providers = new Map<string, number>();
  counts.forEach((n, site) => {
    const { provider } = sites[site];
    if (n > 0) providers.set(provider, (providers.get(provider) ?? 0) + n);
  });
  const descending = (a: { events: number; name: string }, b: { events: number; name: string }) =>
    b.events - a.events || (a.name < b.name ? -1 : 1);
  return {
    clockHz: view.clockHz,
    cycles: view.endCycle,
    events: view.events,
    providers: [...providers].map(([name, events]) => ({ name, events })).sort(descending),
    sites: table.names
      .map((name, site) => ({ name, events: counts[site] }))
      .filter(({ events }) => events > 0)
      .sort(descending),
    cpus: state.cpus.map(({ switches, ticks, interrupts: n, firings, spent }, cpu) => ({
      cpu,
      switches,
      ticks,
      interrupts: n,
      firings,
      spent,
    })),
    threads: [...gone, ...Object.values(state.threads)]
      .sort((a, b) => a.tid - b.tid)
      .map((t) => ({
        tid: t.tid,
        identity: view.identity(t.tid),
        condition: t.condition,
        switches: t.switches,
        ran: t.ranCycles,
        runq: t.runqCycles,
        sleep: t.sleepCycles,
        lock: t.lockCycles,
        interrupts: t.interruptCycles,
        probes: t.probeCycles,
      })),
    locks: Object.values(state.locks)
      .map(({ owner: _o, readers: _r, waiters: _w, since: _s, ...lock }) => lock)
      .sort((a, b) => b.waitNs - a.waitNs || b.holdCycles - a.holdCycles || (a.address < b.address ? -1 : 1)),
    syscalls: most(syscalls),
    interrupts: most(interrupts),
    probes: most(probes),
  };
}

/**
 * A trace as tracks: who did what in which order, and what every cycle of a thread went to.
 *
 * A track is a thread, or a CPU's interrupts of one vector: what happens inside an interrupt belongs to the interrupt, not to the thread
 * that happened to run. Its deeds lie in typed arrays, one row a deed; the trace is read once, chunk by chunk, and not kept.
 */
import { argumentNumber, MAX_ARGS } from '../columns.ts';
import type { SiteInfo, TraceHeader } from '../format.ts';
import type { TraceReader } from '../read.ts';
import { Accounts, type Spent } from './accounts.ts';
import { Deeds } from './deeds.ts';
import { type LockUse, lockStatistics } from './locks.ts';
import { siteName, telling } from './telling.ts';
import { ThreadNames, textOf } from './threads.ts';
import type { Vocabulary } from './vocabulary.ts';

export { siteName } from './telling.ts';

export interface Track {
  kind: 'thread' | 'interrupt';
  /** Creation path: 'swapper/init/csh/dd'; 'interrupt: cpu0 timer'. */
  identity: string;
  /** 0 for interrupts. */
  tid: number;
  /** A CPU's idle thread: what it gains, others lose. */
  idle: boolean;
  /** The consumer process of DTrace, or a child of it. */
  consumer: boolean;
  start: number;
  end: number;
  deeds: Deeds;
  /** What the cycles from start to end went to; of interrupts, how long they ran. */
  spent: Spent;
  switches: number;
  ticks: number;
  firings: number;
}

export interface Counts {
  /** Timer interrupts, all interrupts, context switches, DTrace firings. */
  ticks: number;
  interrupts: number;
  switches: number;
  firings: number;
}

export interface Timeline {
  path: string;
  clockHz: number;
  cpus: number;
  sites: SiteInfo[];
  names: string[];
  tracks: Track[];
  /** Track of each event, by its number; -1 for events before there were threads. */
  trackOf: Int32Array;
  /** Low words of objects' addresses (locks, callouts, threads), by number; deeds refer to them. */
  objects: number[];
  /** lo_name of objects that are locks, where the trace says it, else ''. */
  objectNames: string[];
  /** Thread identities of objects that are threads. */
  threadObjects: Map<number, string>;
  counts: Counts;
  probeCycles: number;
  interruptCycles: number;
  /** By lock class. */
  locks: Map<string, LockUse>;
  events: number;
  digest: string;
  end: number;
  /** How the run ended; undefined when the file was cut short. */
  result: { reason: string; exitStatus: number; message: string } | undefined;
  console: string;
}

const IDLE = /^idle\b/;
const VECTORS: Record<number, string> = { 0: 'timer', 1: 'AST', 2: 'rendezvous', 3: 'stop', 32: 'console' };

/** What is read of a trace: a reader, or a part of one. */
export type TraceSource = Pick<TraceReader, 'path' | 'header' | 'chunks' | 'events' | 'end' | 'chunk'>;

export function timeline(reader: TraceSource, vocabulary: Vocabulary): Timeline {
  const { header } = reader;
  const sites = header.sites;
  const cpus = cpusOf(header);
  const role = sites.map(roleOf);
  const words = sites.map((site) => vocabulary.site(site, telling(site)));
  const names = new ThreadNames();
  const accounts = new Accounts(header, cpus);
  const tracks: Track[] = [];
  const threads = new Map<number, number>();
  const interrupts = new Map<number, number>();
  const trackOf = new Int32Array(reader.events).fill(-1);
  const objectNumber = new Map<number, number>();
  const objects: number[] = [];
  const objectNames: string[] = [];
  /** Number of the object's name in the vocabulary; -1: none. */
  const objectName: number[] = [];
  const threadObjects = new Map<number, number>();
  const locks = lockStatistics(sites);
  const counts: Counts = { ticks: 0, interrupts: 0, switches: 0, firings: 0 };
  /** Tracks of interrupts in progress, by CPU. */
  const over: number[][] = Array.from({ length: cpus }, () => []);
  const busySince = new Float64Array(cpus);
  /** Thread seen last on each CPU, and its track. */
  const lastTid = new Int32Array(cpus).fill(-1);
  const lastTrack = new Int32Array(cpus);
  let last = 0;
  let console = '';

  const track = (kind: Track['kind'], tid: number, cycle: number, identity = ''): number => {
    tracks.push({
      kind,
      identity,
      tid,
      idle: false,
      consumer: false,
      start: cycle,
      end: cycle,
      deeds: new Deeds(),
      spent: accounts.of(tid),
      switches: 0,
      ticks: 0,
      firings: 0,
    });
    return tracks.length - 1;
  };
  const thread = (tid: number, cycle: number): number => {
    let n = threads.get(tid);
    if (n === undefined) {
      n = track('thread', tid, cycle);
      threads.set(tid, n);
    }
    return n;
  };
  const interrupt = (cpu: number, vector: number, cycle: number): number => {
    const key = cpu * 256 + vector;
    let n = interrupts.get(key);
    if (n === undefined) {
      n = track('interrupt', 0, cycle, `interrupt: cpu${cpu} ${VECTORS[vector] ?? `irq${vector - 32}`}`);
      interrupts.set(key, n);
    }
    return n;
  };
  /** Books the time of an interrupt in progress. */
  const busy = (cpu: number, own: number, cycle: number) => {
    if (own >= 0 && tracks[own].kind === 'interrupt') tracks[own].spent.interrupts += cycle - busySince[cpu];
    busySince[cpu] = cycle;
  };
  /** Another object is at this address from now on. */
  const newObject = (low: number, name: string): number => {
    const n = objects.length;
    objects.push(low);
    objectNames.push(name);
    // 'sched lock 1' is the one of another CPU: the thread that takes it there does the same.
    const kind = name.replace(/\s*\d+$/, '');
    objectName.push(kind === '' ? -1 : vocabulary.name(kind));
    objectNumber.set(low, n);
    return n;
  };
  const object = (low: number): number => {
    let n = objectNumber.get(low);
    if (n === undefined) n = newObject(low, '');
    return n;
  };

  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e, seq: base, texts } = reader.chunk(n);
    for (const text of texts) if (text.kind === 'console') console += text.text;
    for (let i = 0; i < e.count; i++) {
      const cycle = e.cycle[i];
      const cpu = e.cpu[i];
      const tid = e.tid[i];
      const site = e.site[i];
      if (cpu >= cpus) continue; // in no machine: the file is not sound
      const stack = over[cpu];
      last = Math.max(last, cycle);
      accounts.at(cpu, tid, cycle);
      const inInterrupt = stack.length > 0;
      if (lastTid[cpu] !== tid) {
        lastTid[cpu] = tid;
        lastTrack[cpu] = tid === 0 ? -1 : thread(tid, cycle);
      }
      const current = lastTrack[cpu];
      const own = inInterrupt ? stack[stack.length - 1] : current;
      const seq = base + i;
      if (seq < trackOf.length) trackOf[seq] = own;
      switch (role[site]) {
        case 'create': {
          const made = argumentNumber(e, i, 0);
          names.create(made, argumentNumber(e, i, 2));
          thread(made, cycle);
          accounts.create(made, cycle);
          break;
        }
        case 'name':
          names.name(e, i);
          accounts.named(argumentNumber(e, i, 0), names.current(argumentNumber(e, i, 0)));
          break;
        case 'lock-init':
          newObject(e.argLow[i * MAX_ARGS], textOf(e, i, 2, 3));
          break;
        case 'off-cpu':
          accounts.pointer(cpu, e.argLow[i * MAX_ARGS]);
          break;
        case 'switch': {
          const next = argumentNumber(e, i, 1);
          const pointer = accounts.switch(cpu, tid, next, argumentNumber(e, i, 2) & 0xff, cycle);
          if (pointer !== 0) threadObjects.set(pointer, next);
          if (next !== tid) {
            tracks[thread(next, cycle)].switches++;
            counts.switches++;
          }
          break;
        }
        case 'enqueue':
          accounts.enqueue(e.argLow[i * MAX_ARGS], cycle);
          break;
        case 'thread-exit':
          accounts.exits(tid);
          break;
        case 'intr-entry': {
          const vector = argumentNumber(e, i, 0);
          const entered = interrupt(cpu, vector, cycle);
          if (seq < trackOf.length) trackOf[seq] = entered;
          stack.push(entered);
          busySince[cpu] = cycle;
          accounts.enter(cpu, 'interrupts');
          counts.interrupts++;
          if (vector === 0) {
            counts.ticks++;
            if (current >= 0) tracks[current].ticks++;
          }
          break;
        }
        case 'intr-exit':
          stack.pop();
          busy(cpu, own, cycle);
          accounts.leave(cpu, 'interrupts');
          break;
        case 'probe-enter':
          accounts.firing(cpu, cycle, inInterrupt);
          counts.firings++;
          if (current >= 0) tracks[current].firings++;
          break;
        case 'probe-exit':
          accounts.leave(cpu, 'probe');
          break;
        case 'lock-wait':
          locks.event(e, i, -1);
          accounts.waited(tid, sites[site].name, argumentNumber(e, i, 1));
          break;
        case 'deed': {
          const word = words[site];
          const to = word.object < 0 ? -1 : object(e.argLow[i * MAX_ARGS + word.object]);
          if (to >= 0) locks.event(e, i, to);
          if (own < 0) break;
          const t = tracks[own];
          t.end = cycle;
          if (inInterrupt) busy(cpu, own, cycle);
          let key = vocabulary.key(word, e, i);
          if (to >= 0 && objectName[to] >= 0) key = vocabulary.named(key, objectName[to]);
          t.deeds.push(key, to, seq, cycle, t.spent);
          if (t.kind === 'thread') accounts.deed(cpu);
          break;
        }
      }
      accounts.after(cpu, cycle, site);
    }
  }
  accounts.finish(last);
  for (const t of tracks)
    if (t.kind === 'thread') {
      t.identity = names.identity(t.tid);
      t.idle = IDLE.test(t.identity.slice(t.identity.lastIndexOf('/') + 1));
      t.consumer = /(^|\/)dtrace(\/dtrace)*$/.test(t.identity);
      t.start = accounts.startOf(t.tid);
      t.end = accounts.endOf(t.tid);
    }
  return {
    path: reader.path,
    clockHz: header.clockHz,
    cpus,
    sites,
    names: sites.map(siteName),
    tracks,
    trackOf,
    objects,
    objectNames,
    threadObjects: new Map([...threadObjects].map(([pointer, tid]) => [pointer, names.identity(tid)])),
    counts,
    probeCycles: accounts.total.probe,
    interruptCycles: accounts.total.interrupts,
    locks: locks.result(),
    events: reader.events,
    digest: reader.chunks[reader.chunks.length - 1]?.digest ?? '',
    end: last,
    result: reader.end,
    console,
  };
}

/** CPUs that a trace's events can be on. */
export const cpusOf = ({ cpus }: TraceHeader): number =>
  Number.isInteger(cpus) && cpus >= 1 && cpus <= 256 ? cpus : 256;

type Role =
  | 'create'
  | 'name'
  | 'lock-init'
  | 'off-cpu'
  | 'switch'
  | 'enqueue'
  | 'thread-exit'
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
  'thread-exit': 'thread-exit',
  'lock-init': 'lock-init',
  switch: 'switch',
  'intr-entry': 'intr-entry',
  'intr-exit': 'intr-exit',
  'dtrace-enter': 'probe-enter',
  'dtrace-exit': 'probe-exit',
};

function roleOf(site: SiteInfo): Role {
  const known = site.provider === '_trace' ? TRACE_ROLES[site.name] : undefined;
  if (known !== undefined) return known;
  if (site.provider === 'sched' && (site.name === 'off-cpu' || site.name === 'enqueue')) return site.name;
  if (site.provider === 'lockstat' && /-(spin|block)$/.test(site.name)) return 'lock-wait';
  return telling(site) === undefined ? 'other' : 'deed';
}

/**
 * Why a thread was where it was: wakeups, locks and CPUs that it got from others, followed back from one moment to an earlier one.
 *
 * A cause is a moment at which a thread could go on because another did something: it was woken, it got a lock that the other released, or the
 * CPU that the other left. Between two causes a thread runs on its own.
 */
import { argumentNumber, type EventColumns, MAX_ARGS } from '../columns.ts';
import type { TraceReader } from '../read.ts';
import { ThreadNames, textOf } from './threads.ts';
import { cpusOf } from './timeline.ts';
import { shortThread, time } from './words.ts';

export interface Cause {
  /** When the thread could go on. */
  cycle: number;
  tid: number;
  thread: string;
  /** Who made it so, and when; 0: an interrupt. */
  by: number;
  byCycle: number;
  text: string;
}

/** Links followed at most. */
const MOST = 16;

interface Found {
  cycle: number;
  tid: number;
  by: number;
  byCycle: number;
  what: (name: (tid: number) => string) => string;
}

/** Reasons of mi_switch() that leave a thread runnable: see accounts.ts. */
const PREEMPTED = new Set([1, 2, 6, 7, 11, 13]);

/** Causes by which `thread` came to `cycle`, none before `since`; earliest first. */
export function causesOf(reader: TraceReader, thread: string, cycle: number, since: number): Cause[] {
  const scan = new Scan(reader, since, cycle);
  const { names } = scan;
  const tid = names.tidOf(thread);
  if (tid === undefined) return [];
  const name = (n: number) => (n === 0 ? 'an interrupt' : shortThread(names.identity(n)));
  const chain: Cause[] = [];
  let who = tid;
  let at = cycle;
  while (chain.length < MOST) {
    const mine = scan.found.get(who) ?? [];
    let i = mine.length - 1;
    while (i >= 0 && mine[i].cycle > at) i--;
    if (i < 0) break;
    const cause = mine[i];
    chain.push({
      cycle: cause.cycle,
      tid: who,
      thread: names.identity(who),
      by: cause.by,
      byCycle: cause.byCycle,
      text: `${name(who)} ${cause.what(name)}`,
    });
    if (cause.by === 0 || cause.byCycle <= since) break;
    // Strictly earlier, so that two threads that hand on to each other in one cycle end the search.
    at = cause.byCycle === at && cause.by === who ? at - 1 : Math.min(cause.byCycle, at - 1);
    who = cause.by;
  }
  return chain.reverse();
}

/** One pass over the events: causes of all threads within the time asked for. */
class Scan {
  readonly names = new ThreadNames();
  readonly found = new Map<number, Found[]>();
  readonly #since: number;
  readonly #until: number;
  readonly #clockHz: number;
  readonly #tidAt = new Map<number, number>();
  readonly #woken = new Map<number, { by: number; cycle: number }>();
  readonly #released = new Map<number, { by: number; cycle: number }>();
  readonly #lockNames = new Map<number, string>();
  readonly #preempted = new Set<number>();
  readonly #interrupts: number[];
  readonly #next: number[];

  constructor(reader: TraceReader, since: number, until: number) {
    const { header } = reader;
    this.#since = since;
    this.#until = until;
    this.#clockHz = header.clockHz;
    const cpus = cpusOf(header);
    this.#interrupts = new Array(cpus).fill(0);
    this.#next = new Array(cpus).fill(0);
    const role = header.sites.map((s) =>
      s.provider === 'lockstat'
        ? s.name.replace(/^.*-/, '')
        : s.provider === '_trace' || s.provider === 'sched'
          ? s.name
          : '',
    );
    for (let n = 0; n < reader.chunks.length; n++) {
      const { columns } = reader.chunk(n);
      for (let i = 0; i < columns.count; i++)
        if (columns.cpu[i] < cpus) this.#event(role[columns.site[i]], columns, i);
    }
  }

  #event(role: string, e: EventColumns, i: number): void {
    const cycle = e.cycle[i];
    const cpu = e.cpu[i];
    const tid = e.tid[i];
    const low = e.argLow[i * MAX_ARGS];
    switch (role) {
      case 'thread-create':
        this.names.create(argumentNumber(e, i, 0), argumentNumber(e, i, 2));
        return;
      case 'thread-name':
        this.names.name(e, i);
        return;
      case 'lock-init':
        this.#lockNames.set(low, textOf(e, i, 2, 3));
        return;
      case 'intr-entry':
        this.#interrupts[cpu]++;
        return;
      case 'intr-exit':
        this.#interrupts[cpu]--;
        return;
      case 'off-cpu':
        this.#next[cpu] = low;
        return;
      case 'wakeup': {
        const target = this.#tidAt.get(low);
        if (target !== undefined) this.#woken.set(target, { by: this.#interrupts[cpu] > 0 ? 0 : tid, cycle });
        return;
      }
      case 'release':
        this.#released.set(low, { by: this.#interrupts[cpu] > 0 ? 0 : tid, cycle });
        return;
      case 'spin':
      case 'block':
        this.#got(e, i, low, tid, cycle);
        return;
      case 'switch':
        this.#switch(e, i, cpu, tid, cycle);
        return;
    }
  }

  #add(found: Found): void {
    if (found.cycle <= this.#since || found.cycle > this.#until) return;
    const list = this.found.get(found.tid);
    if (list === undefined) this.found.set(found.tid, [found]);
    else list.push(found);
  }

  #got(e: EventColumns, i: number, lock: number, tid: number, cycle: number): void {
    const from = this.#released.get(lock);
    if (from === undefined || from.by === tid) return;
    const waited = time((argumentNumber(e, i, 1) / 1e9) * this.#clockHz, this.#clockHz);
    const lockName = this.#lockNames.get(lock) ?? 'a lock';
    this.#add({
      cycle,
      tid,
      by: from.by,
      byCycle: from.cycle,
      what: (name) => `gets '${lockName}' after ${waited}, released by ${name(from.by)}`,
    });
  }

  #switch(e: EventColumns, i: number, cpu: number, old: number, cycle: number): void {
    const next = argumentNumber(e, i, 1);
    if (this.#next[cpu] !== 0) this.#tidAt.set(this.#next[cpu], next);
    this.#next[cpu] = 0;
    if (PREEMPTED.has(argumentNumber(e, i, 2) & 0xff)) this.#preempted.add(old);
    const woken = this.#woken.get(next);
    this.#woken.delete(next);
    if (woken !== undefined)
      this.#add({
        cycle,
        tid: next,
        by: woken.by,
        byCycle: woken.cycle,
        what: (name) => `runs on cpu${cpu}, woken by ${name(woken.by)}`,
      });
    else if (this.#preempted.has(next))
      this.#add({
        cycle,
        tid: next,
        by: old,
        byCycle: cycle,
        what: (name) => `gets cpu${cpu} from ${name(old)}`,
      });
    this.#preempted.delete(next);
  }
}

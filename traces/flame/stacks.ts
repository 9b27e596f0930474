/**
 * What each thread was in the middle of, from stretch to stretch: stacks over time.
 *
 * A stack is the thread's creation path, then what it had entered and not left: its system call, kernel functions where fbt was recorded,
 * interrupts and probes that lay over it, the lock that it spun on; off its CPU, what it waited for. Idle threads have none.
 */
import { argumentNumber, type EventColumns } from '../columns.ts';
import { threadIdentities } from '../export/threads.ts';
import { apply, foldRefs, initialState, threadOf } from '../playback/fold.ts';
import { ROLE, SiteTable } from '../playback/sites.ts';
import type { RunState, ThreadState } from '../playback/state.ts';
import { vectorWords } from '../playback/words.ts';
import type { TraceReader } from '../read.ts';

/** A stretch of time in which a stack did not change. */
export interface Stretch {
  tid: number;
  /** CPU it ran on; -1: it was off. */
  cpu: number;
  from: number;
  to: number;
  /** Outermost first; the thread is the first. The array is never changed. */
  frames: readonly string[];
}

export interface StackOptions {
  /** Also what threads waited for while they were off their CPU. */
  off?: boolean;
}

type Frame = { kind: 'syscall' | 'function' | 'interrupt' | 'probe'; name: string };

/** In order of their ends. Throws TraceError. */
export function* stretches(reader: TraceReader, options: StackOptions = {}): Generator<Stretch> {
  const table = new SiteTable(reader.header.sites);
  const state = initialState(reader.header.cpus);
  const refs = foldRefs();
  const tracker = new Tracker(reader, table, state);
  let last = 0;
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e } = reader.chunk(n);
    for (let i = 0; i < e.count; i++) {
      if (e.cpu[i] >= reader.header.cpus) continue; // a damaged file: there is no such CPU
      last = e.cycle[i];
      const role = table.roles[e.site[i]];
      const fbt = role === ROLE.other && table.sites[e.site[i]].provider === 'fbt';
      if (role === ROLE.other && !fbt) {
        apply(state, table, e, i, refs);
        continue;
      }
      yield* tracker.close(e.cpu[i], last);
      const moved = role === ROLE.switch ? [argumentNumber(e, i, 0), argumentNumber(e, i, 1)] : [];
      const woken = role === ROLE.runqAdd || role === ROLE.wakeup ? argumentNumber(e, i, 0) : 0;
      apply(state, table, e, i, refs);
      tracker.event(e, i, role, fbt);
      if (options.off === true) {
        if (moved.length > 0) {
          tracker.leave(threadOf(state, refs, moved[0], last), last);
          yield* tracker.arrive(threadOf(state, refs, moved[1], last), last);
        }
        if (woken !== 0) {
          const thread = threadOf(state, refs, woken, last);
          if (thread.condition === 'runq') {
            yield* tracker.arrive(thread, last);
            tracker.leave(thread, last);
          }
        }
      }
    }
  }
  for (let cpu = 0; cpu < reader.header.cpus; cpu++) yield* tracker.close(cpu, last);
  if (options.off === true) yield* tracker.rest(last);
}

class Tracker {
  readonly #table: SiteTable;
  readonly #state: RunState;
  readonly #probes: Record<string, string>;
  readonly #identity: (tid: number) => string;
  /** By thread: what it has entered. */
  readonly #entered = new Map<number, Frame[]>();
  /** By CPU: since when its stack is what it is. */
  readonly #since: number[];
  /** Threads off their CPU: since when, and their stacks. */
  readonly #off = new Map<number, { since: number; frames: readonly string[] }>();

  constructor(reader: TraceReader, table: SiteTable, state: RunState) {
    this.#table = table;
    this.#state = state;
    this.#probes = reader.probes;
    this.#identity = threadIdentities(reader);
    this.#since = state.cpus.map(() => 0);
  }

  #frames(tid: number): Frame[] {
    let frames = this.#entered.get(tid);
    if (frames === undefined) {
      frames = [];
      this.#entered.set(tid, frames);
    }
    return frames;
  }

  #stack(thread: ThreadState, leaf: string): string[] {
    const frames = [this.#identity(thread.tid), ...this.#frames(thread.tid).map((frame) => frame.name)];
    if (leaf !== '') frames.push(leaf);
    return frames;
  }

  /** Ends a CPU's stretch. */
  *close(cpu: number, cycle: number): Generator<Stretch> {
    const from = this.#since[cpu];
    this.#since[cpu] = cycle;
    const { tid } = this.#state.cpus[cpu];
    const thread = this.#state.threads[tid];
    if (cycle <= from || thread === undefined) return;
    const entered = this.#frames(tid);
    if (thread.idle && entered.length === 0) return;
    const leaf =
      thread.wants !== '' && entered.at(-1)?.kind !== 'interrupt' && entered.at(-1)?.kind !== 'probe'
        ? `spins: ${this.#lock(thread)}`
        : entered.length === 0
          ? thread.user
            ? 'user'
            : 'kernel'
          : '';
    yield { tid, cpu, from, to: cycle, frames: this.#stack(thread, leaf) };
  }

  #lock(thread: ThreadState): string {
    const lock = this.#state.locks[thread.wants];
    return lock === undefined || lock.name === '' ? `${lock?.class ?? ''} lock`.trim() : lock.name;
  }

  event(e: EventColumns, i: number, role: number, fbt: boolean): void {
    const { tid } = this.#state.cpus[e.cpu[i]];
    const { function: fn, name } = this.#table.sites[e.site[i]];
    if (fbt) {
      if (e.tid[i] === 0) return;
      if (name === 'entry') this.#frames(e.tid[i]).push({ kind: 'function', name: fn });
      else pop(this.#frames(e.tid[i]), (frame) => frame.kind === 'function' && frame.name === fn);
      return;
    }
    switch (role) {
      case ROLE.syscallEntry:
        this.#frames(e.tid[i]).push({ kind: 'syscall', name: fn });
        return;
      case ROLE.syscallReturn:
        pop(this.#frames(e.tid[i]), (frame) => frame.kind === 'syscall');
        return;
      case ROLE.intrEntry:
        this.#frames(tid).push({
          kind: 'interrupt',
          name: `interrupt: ${vectorWords(argumentNumber(e, i, 0))}`,
        });
        return;
      case ROLE.intrExit:
        pop(this.#frames(tid), (frame) => frame.kind === 'interrupt');
        return;
      case ROLE.probeEnter: {
        const id = argumentNumber(e, i, 0);
        this.#frames(tid).push({ kind: 'probe', name: `probe: ${this.#probes[id] ?? id}` });
        return;
      }
      case ROLE.probeExit:
        pop(this.#frames(tid), (frame) => frame.kind === 'probe');
        return;
      case ROLE.exit:
        this.#entered.delete(argumentNumber(e, i, 0));
        return;
    }
  }

  /** A thread has left its CPU, or waits for something else now. */
  leave(thread: ThreadState, cycle: number): void {
    if (thread.idle) return;
    const what =
      thread.condition === 'runq'
        ? 'off: in run queue'
        : thread.condition === 'lock'
          ? `off: blocked on ${this.#lock(thread)}`
          : thread.condition === 'sleep'
            ? `off: asleep${thread.wmesg === '' ? '' : ` (${thread.wmesg})`}`
            : '';
    if (what !== '') this.#off.set(thread.tid, { since: cycle, frames: this.#stack(thread, what) });
  }

  /** Its wait is over. */
  *arrive(thread: ThreadState, cycle: number): Generator<Stretch> {
    const off = this.#off.get(thread.tid);
    this.#off.delete(thread.tid);
    if (off !== undefined && cycle > off.since)
      yield { tid: thread.tid, cpu: -1, from: off.since, to: cycle, frames: off.frames };
  }

  *rest(cycle: number): Generator<Stretch> {
    for (const [tid, off] of this.#off)
      if (cycle > off.since) yield { tid, cpu: -1, from: off.since, to: cycle, frames: off.frames };
  }
}

/** Leaves the innermost frame of that kind, and what was entered after it. */
function pop(frames: Frame[], is: (frame: Frame) => boolean): void {
  const at = frames.findLastIndex(is);
  if (at >= 0) frames.length = at;
}

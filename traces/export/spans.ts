/**
 * A trace as tracks of spans: what Chrome's and Perfetto's formats have in common.
 *
 * A track for each CPU (who runs, and interrupts and probes over it), one for each thread (its system calls, its functions where fbt was
 * recorded, its callouts and tasks by their functions, what it waits for), and counters. Spans on a track nest: whatever is left open inside of a span ends with it. A wakeup is an
 * instant on the waker's CPU and begins a flow, which ends where the thread that was woken gets its CPU. Chunk by chunk, in order of time.
 */
import { argument, argumentNumber, type EventColumns } from '../columns.ts';
import { apply, foldRefs, initialState, threadOf } from '../playback/fold.ts';
import { ROLE, SiteTable } from '../playback/sites.ts';
import type { RunState, ThreadState } from '../playback/state.ts';
import { lockWords, vectorWords } from '../playback/words.ts';
import type { TraceReader } from '../read.ts';
import { Symbols } from '../symbols.ts';

export interface Track {
  id: number;
  kind: 'cpu' | 'thread' | 'counter';
  name: string;
  /** CPU number, or thread id. */
  number: number;
  pid: number;
}

/** Times are cycles. A track is told of before it is used, and again when its name changes. */
export type SpanEvent =
  | { type: 'track'; track: Track }
  | {
      type: 'begin';
      track: number;
      cycle: number;
      name: string;
      category: string;
      /** A flow ends here. */
      flow?: number;
    }
  | { type: 'end'; track: number; cycle: number }
  /** `flow`: one begins here. No track: it concerns the whole run. */
  | {
      type: 'instant';
      track: number | undefined;
      cycle: number;
      name: string;
      category: string;
      flow?: number;
    }
  | { type: 'counter'; track: number; cycle: number; value: number };

type Kind =
  | 'thread'
  | 'interrupt'
  | 'probe'
  | 'syscall'
  | 'function'
  | 'callout'
  | 'task'
  | 'condition'
  | 'lock';

/** The spans of one chunk after the other; the last array closes what is open. Throws TraceError. */
export function* spans(reader: TraceReader): Generator<SpanEvent[]> {
  const builder = new Builder(reader);
  for (let n = 0; n < reader.chunks.length; n++) yield builder.chunk(n);
  yield builder.finish();
}

class Builder {
  readonly #reader: TraceReader;
  readonly #table: SiteTable;
  readonly #state: RunState;
  readonly #refs = foldRefs();
  #out: SpanEvent[] = [];
  #tracks = 0;
  readonly #threads = new Map<number, Track>();
  readonly #cpus: Track[];
  readonly #load: Track[];
  readonly #firings: Track;
  readonly #waiting: Track;
  /** Open spans by track, outermost first, with what tells them apart. */
  readonly #open = new Map<number, { kind: Kind; key: string }[]>();
  /** Flows that have begun, by the thread that is to run. */
  readonly #flows = new Map<number, number>();
  #nextFlow = 1;
  #symbols: Symbols | undefined;
  #waiters = 0;
  #last = 0;

  constructor(reader: TraceReader) {
    this.#reader = reader;
    const { header } = reader;
    this.#table = new SiteTable(header.sites);
    this.#state = initialState(header.cpus);
    const cpus = Array.from({ length: header.cpus }, (_, cpu) => cpu);
    this.#cpus = cpus.map((cpu) => this.#track('cpu', `CPU ${cpu}`, cpu, 0));
    this.#load = cpus.map((cpu) => this.#track('counter', `run queue CPU ${cpu}`, cpu, 0));
    this.#firings = this.#track('counter', 'DTrace firings', 0, 0);
    this.#waiting = this.#track('counter', 'threads waiting for locks', 0, 0);
  }

  chunk(n: number): SpanEvent[] {
    const { columns: e, texts } = this.#reader.chunk(n);
    let text = 0;
    const marks = (before: number) => {
      for (; text < texts.length && texts[text].cycle <= before; text++) {
        const { kind, cycle, text: name } = texts[text];
        if (kind === 'mark') this.#instant(undefined, cycle, name, 'mark');
      }
    };
    for (let i = 0; i < e.count; i++) {
      marks(e.cycle[i]);
      this.#event(e, i);
    }
    marks(Number.POSITIVE_INFINITY);
    return this.#take();
  }

  finish(): SpanEvent[] {
    for (const [track, open] of this.#open)
      for (; open.length > 0; open.pop()) this.#out.push({ type: 'end', track, cycle: this.#last });
    return this.#take();
  }

  #take(): SpanEvent[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #track(kind: Track['kind'], name: string, number: number, pid: number): Track {
    const track = { id: ++this.#tracks, kind, name, number, pid };
    this.#open.set(track.id, []);
    this.#out.push({ type: 'track', track });
    return track;
  }

  #thread(thread: ThreadState): Track {
    let track = this.#threads.get(thread.tid);
    if (track === undefined) {
      track = this.#track('thread', nameOf(thread), thread.tid, thread.pid);
      this.#threads.set(thread.tid, track);
    }
    return track;
  }

  #begin(track: Track, cycle: number, kind: Kind, name: string, key = '', flow?: number): void {
    this.#open.get(track.id)?.push({ kind, key });
    this.#out.push({
      type: 'begin',
      track: track.id,
      cycle,
      name,
      category: kind,
      ...(flow === undefined ? {} : { flow }),
    });
  }

  /** Ends the innermost span of that kind (and key) and what is open inside of it. */
  #end(track: Track, cycle: number, kind: Kind, key?: string): void {
    const open = this.#open.get(track.id) ?? [];
    const at = open.findLastIndex((span) => span.kind === kind && (key === undefined || span.key === key));
    if (at < 0) return;
    for (; open.length > at; open.pop()) this.#out.push({ type: 'end', track: track.id, cycle });
  }

  #instant(track: Track | undefined, cycle: number, name: string, category: string, flow?: number): void {
    this.#out.push({
      type: 'instant',
      track: track?.id,
      cycle,
      name,
      category,
      ...(flow === undefined ? {} : { flow }),
    });
  }

  #counter(track: Track, cycle: number, value: number): void {
    this.#out.push({ type: 'counter', track: track.id, cycle, value });
  }

  #of(tid: number, cycle: number): ThreadState {
    return threadOf(this.#state, this.#refs, tid, cycle);
  }

  #event(e: ReturnType<TraceReader['chunk']>['columns'], i: number): void {
    const cycle = e.cycle[i];
    const cpuNumber = e.cpu[i];
    const tid = e.tid[i];
    const site = e.site[i];
    const state = this.#state;
    const role = this.#table.roles[site];
    const cpu = state.cpus[cpuNumber];
    const track = this.#cpus[cpuNumber];
    if (cpu === undefined) return; // a damaged file: there is no such CPU
    const first = cpu.tid === 0;
    apply(state, this.#table, e, i, this.#refs);
    this.#last = cycle;
    if (first && cpu.tid !== 0) this.#running(cpuNumber, cycle);
    switch (role) {
      case ROLE.switch:
        this.#condition(this.#of(argumentNumber(e, i, 0), cycle), cycle);
        this.#running(cpuNumber, cycle);
        return;
      case ROLE.intrEntry:
        this.#begin(track, cycle, 'interrupt', vectorWords(argumentNumber(e, i, 0)));
        return;
      case ROLE.intrExit:
        this.#end(track, cycle, 'interrupt');
        return;
      case ROLE.probeEnter:
        this.#begin(track, cycle, 'probe', this.#probe(argumentNumber(e, i, 0)));
        this.#counter(this.#firings, cycle, state.totals.firings);
        return;
      case ROLE.probeExit:
        this.#end(track, cycle, 'probe');
        return;
      case ROLE.name:
        this.#renamed(this.#of(argumentNumber(e, i, 0), cycle));
        return;
      case ROLE.exit:
        this.#end(this.#thread(this.#of(argumentNumber(e, i, 0), cycle)), cycle, 'syscall');
        return;
      case ROLE.load:
        state.cpus.forEach((c, n) => {
          if (n === (argumentNumber(e, i, 0) | 0) || (argumentNumber(e, i, 0) | 0) < 0)
            this.#counter(this.#load[n], cycle, Math.max(0, c.load));
        });
        return;
      case ROLE.runqAdd:
        this.#condition(this.#of(argumentNumber(e, i, 0), cycle), cycle);
        return;
      case ROLE.wakeup: {
        const woken = argumentNumber(e, i, 0);
        const known = this.#flows.get(woken);
        if (known === undefined) this.#flows.set(woken, this.#nextFlow);
        this.#instant(
          track,
          cycle,
          `wakes ${nameOf(this.#of(woken, cycle))}`,
          'wakeup',
          known === undefined ? this.#nextFlow++ : undefined,
        );
        return;
      }
      case ROLE.syscallEntry:
        if (tid !== 0)
          this.#begin(this.#thread(this.#of(tid, cycle)), cycle, 'syscall', this.#table.sites[site].function);
        return;
      case ROLE.syscallReturn:
        if (tid === 0) return;
        this.#lock(this.#of(tid, cycle), cycle);
        this.#end(this.#thread(this.#of(tid, cycle)), cycle, 'syscall');
        return;
      case ROLE.lockWait:
      case ROLE.acquire:
        if (tid !== 0) this.#lock(this.#of(tid, cycle), cycle);
        return;
      default: {
        const { provider, function: fn, name } = this.#table.sites[site];
        if (tid === 0) return;
        if (provider === '_trace' || provider === 'callout_execute') {
          this.#deferred(e, i, name);
          return;
        }
        if (provider !== 'fbt') return;
        const thread = this.#thread(this.#of(tid, cycle));
        if (name === 'entry') this.#begin(thread, cycle, 'function', fn, fn);
        else this.#end(thread, cycle, 'function', fn);
      }
    }
  }

  /** The function of a callout or a task while it runs: on its thread's track, or in an interrupt on the CPU's. */
  #deferred(e: EventColumns, i: number, name: string): void {
    const cycle = e.cycle[i];
    const key = argument(e, i, 0).toString(16);
    const kind = name.startsWith('callout') ? 'callout' : 'task';
    if (name === 'callout' || name === 'task-start') {
      const fn = argument(e, i, 1);
      this.#symbols ??= new Symbols(this.#reader);
      const words = this.#symbols.nameOf(fn) ?? `${kind} 0x${fn.toString(16)}`;
      this.#begin(this.#within(e, i), cycle, kind, words, key);
    } else if (name === 'callout-end' || name === 'task-end') this.#end(this.#within(e, i), cycle, kind, key);
  }

  #within(e: EventColumns, i: number): Track {
    const cpu = this.#state.cpus[e.cpu[i]];
    return cpu.over.some((o) => o.kind === 'interrupt')
      ? this.#cpus[e.cpu[i]]
      : this.#thread(this.#of(e.tid[i], e.cycle[i]));
  }

  /** A CPU's track from here on: who runs, and what lies over it. */
  #running(number: number, cycle: number): void {
    const cpu = this.#state.cpus[number];
    const track = this.#cpus[number];
    this.#end(track, cycle, 'thread');
    for (const kind of ['interrupt', 'probe'] as const) this.#end(track, cycle, kind);
    const thread = this.#of(cpu.tid, cycle);
    this.#condition(thread, cycle);
    const flow = this.#flows.get(cpu.tid);
    this.#flows.delete(cpu.tid);
    // An idle CPU shows nothing: what is there is what happens.
    if (!thread.idle) this.#begin(track, cycle, 'thread', nameOf(thread), '', flow);
    for (const over of cpu.over)
      this.#begin(
        track,
        cycle,
        over.kind,
        over.kind === 'probe' ? this.#probe(over.number) : vectorWords(over.number),
      );
  }

  /** A thread's track: why it is not on a CPU. */
  #condition(thread: ThreadState, cycle: number): void {
    const track = this.#thread(thread);
    this.#end(track, cycle, 'condition');
    if (thread.idle) return;
    switch (thread.condition) {
      case 'runq':
        this.#begin(track, cycle, 'condition', 'in run queue');
        return;
      case 'sleep':
        this.#begin(track, cycle, 'condition', thread.wmesg === '' ? 'asleep' : `asleep: ${thread.wmesg}`);
        return;
      case 'lock':
        this.#begin(track, cycle, 'condition', 'blocked');
        return;
      case 'zomb':
        this.#end(track, cycle, 'syscall');
        return;
    }
  }

  /** A thread's track: the lock it wants. */
  #lock(thread: ThreadState, cycle: number): void {
    const track = this.#thread(thread);
    const shown = this.#open.get(track.id)?.findLast((span) => span.kind === 'lock')?.key ?? '';
    if (shown === thread.wants) return;
    if (shown !== '') {
      this.#end(track, cycle, 'lock');
      this.#waiters--;
    }
    if (thread.wants !== '') {
      const lock = this.#state.locks[thread.wants];
      this.#begin(track, cycle, 'lock', `waits for ${lockWords(lock, thread.wants)}`, thread.wants);
      this.#waiters++;
    }
    this.#counter(this.#waiting, cycle, this.#waiters);
  }

  #renamed(thread: ThreadState): void {
    const track = this.#thread(thread);
    if (track.name === nameOf(thread) && track.pid === thread.pid) return;
    track.name = nameOf(thread);
    track.pid = thread.pid;
    this.#out.push({ type: 'track', track: { ...track } });
  }

  #probe(id: number): string {
    return this.#reader.probes[id] ?? `probe ${id}`;
  }
}

const nameOf = (thread: ThreadState): string => (thread.name === '' ? `thread ${thread.tid}` : thread.name);

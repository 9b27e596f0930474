/**
 * Steps of a live run, forward and back.
 *
 * Every unit has its places in the run: blocks of a CPU, records of some sites, lines of a thread. A step forward goes to the next such
 * place, a step back to the last one before where the machine stands: for records the log knows where that is; for blocks and lines a stretch
 * before the place is executed again, and longer ones until it holds one.
 */
import type { BreakSpec, StepUnit, StopView } from '../run/live-view.ts';
import { UserError } from '../run/user-error.ts';
import type { Evaluator } from './evaluate.ts';
import { cpuFrames } from './frames.ts';
import { type LiveMachine, NEVER, type Place } from './live-machine.ts';

type RecordFilter = (n: number) => boolean;
/** Is this block one to stop at? Asked while the machine stands there. */
type BlockFilter = () => boolean;

/** Cycles before the place that a step back looks at first, and how it grows. */
const FIRST_SPAN = 4000;
const SPAN_GROWTH = 8;

export class Stepper {
  readonly #live: LiveMachine;
  readonly #evaluator: Evaluator;
  readonly #ticks: RecordFilter;
  readonly #firings: RecordFilter;
  readonly #syscalls: RecordFilter;

  constructor(live: LiveMachine, evaluator: Evaluator) {
    this.#live = live;
    this.#evaluator = evaluator;
    const { sites } = live.session;
    const filter = (wanted: (provider: string, name: string) => boolean): RecordFilter => {
      const set = new Set(sites.flatMap((s, i) => (wanted(s.provider, s.name) ? [i] : [])));
      return (n) => set.has(live.log.site(n));
    };
    this.#ticks = filter((provider, name) => provider === '_trace' && name === 'hardclock');
    this.#firings = filter((provider, name) => provider === '_trace' && name === 'dtrace-enter');
    this.#syscalls = filter((provider) => provider === 'syscall');
  }

  /** Throws RangeError for a CPU that there is not. */
  step(unit: StepUnit, direction: 1 | -1, cpu: number): StopView {
    const { cpus } = this.#live.machine;
    if (!Number.isInteger(cpu) || cpu < 0 || cpu >= cpus)
      throw new RangeError(`cpu ${cpu}: there are ${cpus}, from 0`);
    switch (unit) {
      case 'event':
        return this.#record(() => true, direction);
      case 'tick':
        return this.#record(this.#ticks, direction);
      case 'firing':
        return this.#record(this.#firings, direction);
      case 'syscall':
        return this.#record(this.#syscalls, direction);
      case 'block':
        return direction > 0 ? this.#forward(cpu, () => true) : this.#back(cpu, () => true);
      case 'line':
      case 'over':
      case 'out': {
        const filter = this.#lines(unit, cpu);
        return direction > 0 ? this.#forward(cpu, filter) : this.#back(cpu, filter);
      }
    }
  }

  runTo(cycle: number): StopView {
    const live = this.#live;
    if (cycle <= 0) return this.#stop('start', live.toStart(), 0);
    const place = live.goto({ cpu: -1, cycle: Math.ceil(cycle), made: 0 });
    if (live.end !== undefined) return this.#stop('end', place, 0);
    this.#settle(live.now);
    return this.#stop('step', live.goto(place), 0);
  }

  resume(direction: 1 | -1, breaks: readonly BreakSpec[], interrupt?: () => boolean): StopView {
    const live = this.#live;
    const filters = breaks.map((spec) => this.#breakFilter(spec));
    let hit = -1;
    const wanted = (n: number) => {
      hit = filters.findIndex((filter) => filter(n));
      return hit >= 0;
    };
    if (direction < 0) {
      const before = this.#backToRecord(wanted);
      if (before === undefined) return this.#stop('start', live.toStart(), 0);
      return { ...this.#stop('break', before, 0), break: hit };
    }
    let interrupted = false;
    const asked = () => {
      interrupted ||= interrupt?.() === true;
      return interrupted;
    };
    const place =
      filters.length === 0
        ? live.goto({ cpu: -1, cycle: NEVER, made: 0 }, asked)
        : this.#nextRecord(wanted, asked);
    if (place === undefined || live.end !== undefined) return this.#stop('end', live.place, 0);
    if (interrupted) return this.#stop('interrupted', place, 0);
    return { ...this.#stop('break', place, 0), break: hit };
  }

  #breakFilter(spec: BreakSpec): RecordFilter {
    const { lock } = spec;
    if (lock !== undefined) return this.#lockFilter(lock);
    throw new UserError('breaks at functions, lines and predicates are not there yet');
  }

  /** Lock events on one lock. Throws UserError for an address that cannot be read. */
  #lockFilter(lock: string): RecordFilter {
    const { log, session, machine } = this.#live;
    const sites = new Set(session.sites.flatMap((s, i) => (s.provider === 'lockstat' ? [i] : [])));
    const address = /^(0x)?[0-9a-f]{9,16}$/i.test(lock) ? BigInt(lock.replace(/^(0x)?/i, '0x')) : undefined;
    if (address !== undefined) {
      const low = Number(address & 0xffffffffn);
      const high = Number(address >> 32n);
      return (n) => {
        if (!sites.has(log.site(n))) return false;
        const [l, h] = log.argument(n, 0);
        return l === low && h === high;
      };
    }
    const name = lock;
    return (n) => {
      if (!sites.has(log.site(n))) return false;
      const [l, h] = log.argument(n, 0);
      try {
        const at = (BigInt(h) << 32n) | BigInt(l);
        return machine.memory.cstring(machine.memory.u64(at)) === name;
      } catch {
        return false;
      }
    };
  }

  #stop(reason: StopView['reason'], place: Place, cpu: number): StopView {
    const on = place.cpu >= 0 ? place.cpu : cpu;
    return { reason, cycle: this.#live.now, cpu: on };
  }

  // Records

  #record(wanted: RecordFilter, direction: 1 | -1): StopView {
    const live = this.#live;
    if (direction > 0) {
      const place = this.#nextRecord(wanted);
      return place === undefined ? this.#stop('end', live.place, 0) : this.#stop('step', place, 0);
    }
    const place = this.#backToRecord(wanted);
    return place === undefined ? this.#stop('start', live.toStart(), 0) : this.#stop('step', place, 0);
  }

  /** To right after the next wanted record, in the order of time. Undefined: there is none, and the machine stands at the run's end. */
  #nextRecord(wanted: RecordFilter, interrupt?: () => boolean): Place | undefined {
    const live = this.#live;
    const { log } = live;
    const from = live.seq;
    for (;;) {
      let n = -1;
      for (let seq = from; seq < log.length && n < 0; seq++) if (wanted(log.atSeq(seq))) n = log.atSeq(seq);
      if (n >= 0) {
        // Another CPU may yet make an earlier one.
        if (log.cycle(n) < live.settled) {
          wanted(n);
          return live.goto(live.afterRecord(n));
        }
        this.#settle(log.cycle(n));
        continue;
      }
      // Unknown land: from the furthest the run has been.
      if (live.frontier.end !== undefined) {
        live.goto({ cpu: -1, cycle: NEVER, made: 0 });
        return undefined;
      }
      const known = log.length;
      if (log.made < known) live.goto(live.afterRecord(known - 1), interrupt);
      live.toRecord((k) => k >= known && wanted(k), interrupt);
      if (interrupt?.() === true) return live.place;
    }
  }

  /** Makes sure that every event up to and with this cycle is known. */
  #settle(cycle: number): void {
    const live = this.#live;
    if (cycle < live.settled) return;
    live.keepHere();
    live.goto({ cpu: -1, cycle: cycle + live.machine.profile.ipiLatency + 1, made: 0 });
  }

  /** To right after the last wanted record before where the machine stands. Undefined: there is none. */
  #backToRecord(wanted: RecordFilter): Place | undefined {
    const live = this.#live;
    for (let seq = live.seq - (live.after >= 0 ? 2 : 1); seq >= 0; seq--) {
      const n = live.log.atSeq(seq);
      if (wanted(n)) return live.goto(live.afterRecord(n));
    }
    return undefined;
  }

  // Blocks

  #forward(cpu: number, wanted: BlockFilter): StopView {
    const live = this.#live;
    for (;;) {
      const place = live.toClock(cpu, live.clock(cpu) + 1);
      if (live.end !== undefined) return this.#stop('end', place, cpu);
      if (wanted()) return this.#stop('step', place, cpu);
    }
  }

  #back(cpu: number, wanted: BlockFilter): StopView {
    const live = this.#live;
    const clock = live.clock(cpu);
    for (let span = FIRST_SPAN; ; span *= SPAN_GROWTH) {
      const from = Math.max(0, clock - span);
      if (from === 0) live.toStart();
      else live.goto({ cpu, cycle: from, made: 0 });
      live.keepNear();
      let last: Place | undefined;
      while (live.clock(cpu) < clock && live.end === undefined) {
        if (live.place.cpu === cpu && wanted()) last = live.place;
        live.toClock(cpu, live.clock(cpu) + 1);
      }
      if (last !== undefined) return this.#stop('step', live.goto(last), cpu);
      if (from === 0) return this.#stop('start', live.toStart(), cpu);
    }
  }

  /** Blocks of the thread that runs on the CPU now, on another line; `over`: not deeper; `out`: in its caller. */
  #lines(unit: 'line' | 'over' | 'out', cpu: number): BlockFilter {
    const { machine } = this.#live;
    const look = () => {
      const frames = cpuFrames(machine, cpu);
      const [top] = frames;
      return { depth: frames.length, fn: top?.fn, line: top?.line, thread: frames.at(-1)?.fp };
    };
    const start = look();
    return () => {
      const now = look();
      if (now.thread !== start.thread) return false;
      if (unit === 'out') return now.depth < start.depth;
      if (unit === 'over' && now.depth > start.depth) return false;
      return now.fn !== start.fn || now.line !== start.line || now.depth !== start.depth;
    };
  }
}

/**
 * Steps of a live run, forward and back.
 *
 * Every unit has its places in the run: blocks of a CPU, records of some sites, lines of a thread. A step forward goes to the next such
 * place, a step back to the last one before where the machine stands: for records the log knows where that is; for blocks and lines a stretch
 * before the place is executed again, and longer ones until it holds one.
 */
import type { Line } from '../machine/machine.ts';
import type { BreakSpec, StepUnit, StopView } from '../run/live-view.ts';
import { Breaks } from './breaks.ts';
import type { Evaluator } from './evaluate.ts';
import { LineSteps } from './lines.ts';
import { type LiveMachine, NEVER, type Place } from './live-machine.ts';

type RecordFilter = (n: number) => boolean;
/** Is this block one to stop at? Asked while the machine stands there. */
type BlockFilter = () => boolean;

/** Cycles before the place that a step back looks at first, and how it grows. */
const FIRST_SPAN = 4000;
const SPAN_GROWTH = 8;
const FIRST_BREAK_SPAN = 2_000_000;

const never = (): boolean => false;

/** A search in pieces: the cycle that it has come to, whenever it pauses. */
type Search = Generator<number, StopView>;

/** All pieces at once. */
function whole<T>(search: Generator<number, T>): T {
  for (;;) {
    const piece = search.next();
    if (piece.done === true) return piece.value;
  }
}

export class Stepper {
  readonly #live: LiveMachine;
  readonly #evaluator: Evaluator;
  readonly #lines: LineSteps;
  readonly #ticks: RecordFilter;
  readonly #firings: RecordFilter;
  readonly #syscalls: RecordFilter;

  constructor(live: LiveMachine, evaluator: Evaluator) {
    this.#live = live;
    this.#evaluator = evaluator;
    this.#lines = new LineSteps(live);
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
      case 'out':
        return this.#lines.step(unit, direction, cpu);
    }
  }

  runTo(cycle: number): StopView {
    return whole(this.runningTo(cycle));
  }

  /** To a cycle, in pieces. Ended early, a run forward stays where it has come to, and going back is undone. */
  *runningTo(cycle: number, pause: () => boolean = never): Search {
    const live = this.#live;
    if (cycle <= 0) return this.#stop('start', live.toStart(), 0);
    const from = this.#here();
    const back = cycle < live.now;
    let arrived = false;
    try {
      yield* this.#go({ cpu: -1, cycle: Math.ceil(cycle), made: 0 }, pause);
      arrived = true;
    } finally {
      if (!arrived && back) live.goto(from);
    }
    const { place } = live;
    if (live.end !== undefined) return this.#stop('end', place, 0);
    this.#settle(live.now);
    return this.#stop('step', live.goto(place), 0);
  }

  /** Goes there, in pieces. */
  *#go(place: Place, pause: () => boolean): Generator<number, void> {
    const live = this.#live;
    let paused = false;
    const asked = () => {
      paused = pause();
      return paused;
    };
    live.goto(place, asked);
    while (paused && !live.passed(place)) {
      yield live.now;
      paused = false;
      live.forwardTo(place, asked);
    }
    if (place.after !== undefined && live.log.made >= place.made) live.after = place.after;
  }

  /** The place where the machine stands, as goto takes it. */
  #here(): Place {
    const { place, after } = this.#live;
    return after >= 0 ? { ...place, after } : { ...place };
  }

  /** Throws UserError for a break that cannot be set. */
  checkBreak(spec: BreakSpec): void {
    new Breaks(this.#live, this.#evaluator, [spec]);
  }

  /** Throws UserError for a break that cannot be set. `interrupt` ends the search: one backward leaves the machine where it was. */
  resume(direction: 1 | -1, breaks: readonly BreakSpec[], interrupt: () => boolean = never): StopView {
    const search = this.resuming(direction, breaks, interrupt);
    const first = search.next();
    if (first.done === true) return first.value;
    search.return(this.#stop('interrupted', this.#live.place, 0));
    return this.#stop('interrupted', this.#live.place, 0);
  }

  /**
   * To the next break, or back to the last one, in pieces: whenever `pause` says so it yields the cycle that it has come to. In between the
   * machine may be looked at, not moved. Ended early, a search forward stays where it has come to, and one backward is undone. Throws UserError.
   */
  *resuming(direction: 1 | -1, breaks: readonly BreakSpec[], pause: () => boolean = never): Search {
    const live = this.#live;
    const set = new Breaks(live, this.#evaluator, breaks);
    const hit = (place: Place): StopView => ({ ...this.#stop('break', place, 0), break: set.hit });
    if (direction < 0) {
      const from = this.#here();
      let place: Place | undefined;
      let arrived = false;
      try {
        place = set.onlyLog ? this.#backToRecord(set.record) : yield* this.#backToBreak(set, pause);
        arrived = true;
      } finally {
        if (!arrived) live.goto(from);
      }
      return place === undefined ? this.#stop('start', live.toStart(), 0) : hit(place);
    }
    if (breaks.length === 0) yield* this.#go({ cpu: -1, cycle: NEVER, made: 0 }, pause);
    else if (set.onlyLog) yield* this.#nextRecord(set.record, pause);
    else {
      // A block may make several records: where it stands after one, the others are made already.
      for (let n = live.after + 1; n > 0 && n < live.log.made; n++)
        if (set.record(n)) return hit(live.goto(live.afterRecord(n)));
      for (;;) {
        let paused = false;
        const asked = () => {
          paused = pause();
          return paused;
        };
        if (set.functions.size === 0) live.toRecord(set.record, asked);
        else this.#nextBreak(set, asked);
        if (live.end !== undefined || this.#stands || !paused) break;
        yield live.now;
      }
    }
    return live.end !== undefined ? this.#stop('end', live.place, 0) : hit(live.place);
  }

  /** Was it brought to a line or a record? */
  get #stands(): boolean {
    return this.#live.after >= 0 || this.#live.place.line !== undefined;
  }

  #nextBreak(set: Breaks, interrupt: () => boolean): Place {
    const live = this.#live;
    const from = live.place;
    let passed = from.line === undefined;
    if (!passed) this.#lines.before(from);
    return live.toLine(
      passed ? set.functions : 'all',
      (line, at) => {
        if (!passed) {
          passed = at.cpu === from.cpu && at.cycle === from.cycle && at.line === from.line;
          if (passed) live.markLines(set.functions);
          return false;
        }
        return set.line(line);
      },
      set.records ? (n) => passed && set.record(n) : undefined,
      // Before the line that it comes from it cannot be interrupted: it would begin anew from there.
      () => passed && interrupt(),
    );
  }

  /** The last break before the place, by executing longer and longer stretches before it again. */
  *#backToBreak(set: Breaks, pause: () => boolean): Generator<number, Place | undefined> {
    const live = this.#live;
    const from = this.#here();
    const end = live.now;
    for (let span = FIRST_BREAK_SPAN; ; span *= SPAN_GROWTH) {
      const begin = Math.min(end, live.reached) - span;
      if (begin <= 0) live.toStart();
      else yield* this.#go({ cpu: -1, cycle: begin, made: 0 }, pause);
      let last: Place | undefined;
      let which = -1;
      const keep = (at: Place) => {
        last = at;
        which = set.hit;
      };
      const record = (n: number) => {
        if (n < (from.after ?? from.made) && set.record(n)) keep(live.afterRecord(n));
      };
      if (set.functions.size > 0) {
        const line = (at: Line, place: Place) => {
          if (set.line(at)) keep(place);
        };
        for (const _ of live.passing(from, line, set.records ? record : undefined, pause)) yield live.now;
      } else
        for (let seen = live.log.made; live.log.made < from.made && live.end === undefined; ) {
          let paused = false;
          live.toRecord(
            () => true,
            () => {
              paused = pause();
              return paused;
            },
          );
          for (; seen < live.log.made; seen++) record(seen);
          if (paused) yield live.now;
        }
      if (last !== undefined) {
        set.hit = which;
        return live.goto(last);
      }
      if (begin <= 0) return undefined;
    }
  }

  #stop(reason: StopView['reason'], place: Place, cpu: number): StopView {
    const on = place.cpu >= 0 ? place.cpu : cpu;
    return { reason, cycle: this.#live.now, cpu: on };
  }

  // Records

  #record(wanted: RecordFilter, direction: 1 | -1): StopView {
    const live = this.#live;
    if (direction > 0) {
      const place = whole(this.#nextRecord(wanted));
      return place === undefined ? this.#stop('end', live.place, 0) : this.#stop('step', place, 0);
    }
    const place = this.#backToRecord(wanted);
    return place === undefined ? this.#stop('start', live.toStart(), 0) : this.#stop('step', place, 0);
  }

  /** To right after the next wanted record, in the order of time. Undefined: there is none, and the machine stands at the run's end. */
  *#nextRecord(wanted: RecordFilter, pause: () => boolean = never): Generator<number, Place | undefined> {
    const live = this.#live;
    const { log } = live;
    let from = live.seq;
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
        yield* this.#go({ cpu: -1, cycle: NEVER, made: 0 }, pause);
        return undefined;
      }
      from = Math.max(from, log.countAt(live.settled - 1));
      const known = log.length;
      if (log.made < known) yield* this.#go(live.afterRecord(known - 1), pause);
      let paused = false;
      live.toRecord(
        (k) => k >= known && wanted(k),
        () => {
          paused = pause();
          return paused;
        },
      );
      if (paused) yield live.now;
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
    live.leaveLine();
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
}

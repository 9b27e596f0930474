/**
 * A run that can be stopped anywhere, looked at, and taken back.
 *
 * A place is where the machine can stand: the first moment at which a CPU has executed to a cycle and the machine has made a number of
 * records. From wherever one starts, going there ends in the same state, because where a run is stopped changes nothing. Going back is going
 * forward from an earlier checkpoint.
 */

import { markedImage } from '../guestc/build.ts';
import type { Line, Machine } from '../machine/machine.ts';
import type { RunInputs } from '../run/inputs.ts';
import { type RunResult, Session, type SessionHooks } from '../run/session.ts';
import { Checkpoints, type Kept } from './checkpoints.ts';
import { RecordLog } from './record-log.ts';
import { stateHash } from './state-hash.ts';

export interface Place {
  /** -1: the machine as a whole has come to the cycle; else this CPU's clock has. */
  cpu: number;
  cycle: number;
  /** Records made. */
  made: number;
  /** The record right after which it is. */
  after?: number;
  /** At a line of source, amid a block: which of the lines that the CPU begins at this cycle, from 1. */
  line?: number;
}

export interface LiveText {
  kind: 'console' | 'mark' | 'dtrace';
  text: string;
  cycle: number;
}

export interface LiveOptions {
  /** Bytes that checkpoints may hold; default 512 MiB. */
  checkpointBytes?: number;
  /** Host milliseconds of execution between two checkpoints; default 40. */
  spacingMs?: number;
  /** Host milliseconds between two looks at the clock and at who may interrupt; default 8. */
  chunkMs?: number;
  hooks?: Pick<SessionHooks, 'extraPrograms' | 'image'>;
}

/** No machine gets there. */
export const NEVER = 2 ** 52;
/** Host milliseconds of execution that are not worth a checkpoint. */
const NEAR_MS = 10;
const FIRST_CHUNK = 200_000;

export class LiveMachine {
  readonly session: Session;
  readonly machine: Machine;
  readonly log: RecordLog;
  readonly checkpoints: Checkpoints;
  /** How the run ended, when the machine stands at its end. */
  end: RunResult['stop'] | undefined;
  /** Texts known, also those ahead of the machine. */
  readonly texts: LiveText[] = [];
  #textsMade = 0;
  /** The record right after which the machine stands, if it was brought there; else -1. */
  after = -1;
  #place: Place = { cpu: -1, cycle: 0, made: 0 };
  readonly #spacing: number;
  readonly #chunkMs: number;
  #chunk = FIRST_CHUNK;
  /** Host time spent executing since the last checkpoint that was passed, and that checkpoint. */
  #spent = 0;
  #from: Kept | undefined;
  /** Furthest the run has been. */
  #frontierSum = 0;
  #frontierEnd: RunResult['stop'] | undefined;
  #frontierCycle = 0;
  #settled = 0;

  /** Builds the machine; it stands at power-on. Throws UserError, CompileError, DtraceError. */
  static async open(inputs: RunInputs, options: LiveOptions = {}): Promise<LiveMachine> {
    const decoder = new TextDecoder();
    let live: LiveMachine | undefined;
    const session = await Session.open(inputs, {
      ...options.hooks,
      records: (ring) => live?.log.records(ring),
      console: (bytes, cycle) => live!.#text('console', decoder.decode(bytes, { stream: true }), cycle),
      mark: (text, cycle) => live!.#text('mark', text, cycle),
      dtraceOut: (bytes) => live!.#text('dtrace', Buffer.from(bytes).toString(), live!.#clockNow),
      dtraceErr: (text) => live!.#text('dtrace', text, live!.#clockNow),
    });
    live = new LiveMachine(session, options);
    live.#keep();
    return live;
  }

  private constructor(session: Session, options: LiveOptions) {
    this.session = session;
    this.machine = session.machine;
    this.log = new RecordLog(new Map(session.sites.map((site, i) => [site.number, i])));
    this.checkpoints = new Checkpoints(options.checkpointBytes ?? 512 << 20);
    this.#spacing = options.spacingMs ?? 40;
    this.#chunkMs = options.chunkMs ?? 8;
    // What the consumer prints is taken at once, so that it has the moment at which it was printed.
    const { options: made } = session.machine;
    const { libdtrace } = made;
    if (libdtrace !== undefined)
      made.libdtrace = {
        call: (...args) => {
          const result = libdtrace.call(...args);
          session.drain();
          return result;
        },
        get over() {
          return libdtrace.over;
        },
      };
  }

  /** Of the CPU that runs, in the middle of its turn too. */
  get #clockNow(): number {
    return this.machine.clock;
  }

  #text(kind: LiveText['kind'], text: string, cycle: number): void {
    if (text === '') return;
    if (this.#textsMade === this.texts.length) this.texts.push({ kind, text, cycle });
    this.#textsMade++;
  }

  /** Texts made where the machine stands. */
  get textsMade(): number {
    return this.#textsMade;
  }

  get place(): Place {
    return this.#place;
  }

  clock(cpu: number): number {
    return this.machine.state.cpu[cpu].clock;
  }

  /** The cycle that a place is at, for people. */
  get now(): number {
    return this.#place.cpu >= 0 ? this.#place.cycle : Math.min(this.#place.cycle, this.reached);
  }

  /** SHA-256 of the machine where it stands: see state-hash.ts. */
  stateHash(): string {
    return stateHash(this.machine);
  }

  /** Simulated time that has passed here, whether a CPU ran or not. */
  get reached(): number {
    return Math.max(this.machine.now, this.session.reached);
  }

  /** Furthest that the run has been, and how it ended if it was at its end. */
  get frontier(): { cycle: number; end: RunResult['stop'] | undefined } {
    return { cycle: this.#frontierCycle, end: this.#frontierEnd };
  }

  /** Events before this cycle are all known. */
  get settled(): number {
    return this.#frontierEnd === undefined ? this.#settled : Number.POSITIVE_INFINITY;
  }

  /** In the order of time: events that have happened where the machine stands. */
  get seq(): number {
    return this.after >= 0 ? this.log.seqOf(this.after) + 1 : this.log.countAt(this.now);
  }

  get sum(): number {
    return this.machine.state.cpu.reduce((n, cpu) => n + cpu.clock, 0);
  }

  // Executing

  /**
   * Executes until `done`, the run's end, or `interrupt` says so; `done` is asked whenever the machine stops. `until`: at a whole-machine
   * cycle it always stops. Returns false when it was interrupted before `done`.
   */
  #execute(done: () => boolean, until: () => number, interrupt?: () => boolean): boolean {
    const { session } = this;
    while (this.end === undefined && this.machine.state.line === undefined && !done()) {
      const started = performance.now();
      const goal = until();
      const edge = Math.min(goal, Math.max(this.reached, 0) + this.#chunk);
      const how = session.advance(edge);
      const took = performance.now() - started;
      this.#spent += took;
      // Long stretches are cut so that the host can look up; short ones say nothing about the speed.
      if (took > 2 * this.#chunkMs && this.#chunk > 2000) this.#chunk /= 2;
      else if (took < this.#chunkMs / 2 && this.#chunk < 2 ** 30) this.#chunk *= 1.2;
      this.#chunk = Math.floor(this.#chunk);
      if (how !== undefined) {
        session.dtrace?.finish();
        session.drain();
        this.end = how;
      }
      this.#passed();
      if (interrupt?.() === true) return this.machine.state.line !== undefined || done();
    }
    return true;
  }

  /** After a stretch of execution: perhaps a checkpoint; and the frontier. */
  #passed(): void {
    const { sum } = this;
    if (sum >= this.#frontierSum) {
      this.#frontierSum = sum;
      this.#frontierCycle = Math.max(this.#frontierCycle, this.reached);
      this.#settled = Math.max(this.#settled, this.machine.earliest);
      if (this.end !== undefined) this.#frontierEnd = this.end;
    }
    const from = this.#from?.sum ?? 0;
    if (this.checkpoints.between(from, sum)) {
      this.#from = this.checkpoints.last((k) => k.sum <= sum);
      this.#spent = 0;
    } else if (this.#spent > this.#spacing && this.#whole) this.#keep();
  }

  /** It can go on from here. */
  get #whole(): boolean {
    return this.end === undefined && this.machine.state.line === undefined;
  }

  #keep(): void {
    const kept: Kept = {
      run: this.session.save(this.#from?.run.machine),
      clocks: Float64Array.from(this.machine.state.cpu, (cpu) => cpu.clock),
      sum: this.sum,
      reached: this.session.reached,
      made: this.log.made,
      texts: this.#textsMade,
      cost: this.#spent,
    };
    this.checkpoints.add(kept);
    this.#from = kept;
    this.#spent = 0;
  }

  /** A checkpoint here: the machine will come back. */
  keepHere(): void {
    if (this.#whole && this.#from?.sum !== this.sum) this.#keep();
  }

  /** A checkpoint here, when the last one is not near: someone who steps back is likely to do so again. */
  keepNear(): void {
    if (this.#spent > NEAR_MS && this.#whole) this.#keep();
  }

  #standing(cpu: number, cycle?: number): Place {
    this.#place = { cpu, cycle: cycle ?? this.clock(cpu), made: this.log.made };
    this.after = -1;
    return this.#place;
  }

  #atEnd(): Place {
    return this.#standing(-1, NEVER);
  }

  /** Forward until the guest has booted. Throws what the D program's compilation throws. */
  toReady(interrupt?: () => boolean): Place {
    const { session } = this;
    this.#execute(
      () => session.ready,
      () => NEVER,
      interrupt,
    );
    if (this.end !== undefined) return this.#atEnd();
    if (!session.ready) return this.#standing(-1, this.reached);
    session.attach();
    const place = this.#standing(this.machine.state.current);
    this.keepHere();
    return place;
  }

  /** Forward until a CPU has executed to a cycle. */
  toClock(cpu: number, cycle: number, interrupt?: () => boolean): Place {
    this.leaveLine();
    const { stopAt } = this.machine;
    stopAt[cpu] = cycle;
    try {
      const whole = this.#execute(
        () => this.clock(cpu) >= cycle,
        () => NEVER,
        interrupt,
      );
      if (this.end !== undefined) return this.#atEnd();
      if (!whole) return this.#standing(-1, this.reached);
      return this.#standing(cpu);
    } finally {
      stopAt[cpu] = NEVER;
    }
  }

  /** Forward until the machine has come to a cycle. */
  toCycle(cycle: number, interrupt?: () => boolean): Place {
    this.leaveLine();
    const { session } = this;
    const whole = this.#execute(
      () => session.reached >= cycle,
      () => cycle,
      interrupt,
    );
    if (this.end !== undefined) return this.#atEnd();
    return this.#standing(-1, whole ? cycle : this.reached);
  }

  /** Forward until a record has been made for which `wanted` holds; the place is right after it. */
  toRecord(wanted: (n: number) => boolean, interrupt?: () => boolean): Place {
    this.leaveLine();
    const { machine, log } = this;
    machine.stopAtRecords = true;
    let seen = log.made;
    try {
      const whole = this.#execute(
        () => {
          for (; seen < log.made; seen++) if (wanted(seen)) return true;
          return false;
        },
        () => NEVER,
        interrupt,
      );
      if (this.end !== undefined && seen === log.made) return this.#atEnd();
      if (!whole) return this.#standing(-1, this.reached);
      const place = this.#standing(log.cpu(seen));
      this.after = seen;
      return place;
    } finally {
      machine.stopAtRecords = false;
    }
  }

  // Going anywhere

  /** Right after record n. */
  afterRecord(n: number): Place {
    return { cpu: this.log.cpu(n), cycle: this.log.cycle(n), made: n + 1, after: n };
  }

  /** Does a state lie before a place in the order of execution? */
  #before(place: Place, clocks: (cpu: number) => number, made: number, reached: number): boolean {
    if (made < place.made) return true;
    if (place.cpu >= 0) return clocks(place.cpu) < place.cycle;
    if (reached >= place.cycle) return false;
    for (let cpu = 0; cpu < this.machine.cpus; cpu++) if (clocks(cpu) >= place.cycle) return false;
    return true;
  }

  /** Goes to a place, forward or back. A place beyond the run's end is its end. */
  goto(place: Place, interrupt?: () => boolean): Place {
    const arrived = this.#goto(place, interrupt);
    if (place.after !== undefined && this.log.made >= place.made) this.after = place.after;
    return arrived;
  }

  #goto(place: Place, interrupt?: () => boolean): Place {
    const at = this.#place;
    if (at.cpu === place.cpu && at.cycle === place.cycle && at.line === place.line)
      if (at.made === place.made || place.line !== undefined) return at;
    if (place.line !== undefined) return this.#gotoLine(place.cpu, place.cycle, place.line);
    const kept = this.checkpoints.last((k) => this.#before(place, (cpu) => k.clocks[cpu], k.made, k.reached));
    const { reached } = this.session;
    const ahead = this.#whole && this.#before(place, (cpu) => this.clock(cpu), this.log.made, reached);
    if (kept === undefined) return this.toStart();
    if (!ahead || kept.sum > this.sum) this.#backTo(kept);
    return this.forwardTo(place, interrupt);
  }

  /** Is the machine at a place that it goes forward to, or beyond? */
  passed(place: Place): boolean {
    if (this.end !== undefined) return true;
    if (place.cpu < 0) return this.session.reached >= place.cycle;
    return this.clock(place.cpu) >= place.cycle && this.log.made >= place.made;
  }

  /** Goes on to a place ahead. */
  forwardTo(place: Place, interrupt?: () => boolean): Place {
    if (place.cpu < 0) return this.toCycle(place.cycle, interrupt);
    let now = this.#place;
    if (this.clock(place.cpu) < place.cycle) now = this.toClock(place.cpu, place.cycle, interrupt);
    if (this.log.made < place.made && this.end === undefined && interrupt?.() !== true)
      now = this.toRecord((n) => n === place.made - 1, interrupt);
    return now;
  }

  // Lines of source

  /** Goes on, in code with line marks, until `wanted` says so of a line that begins or a record that was made; `marks`: which functions tell. */
  toLine(
    marks: 'all' | Iterable<number>,
    wanted: (line: Line, at: Place) => boolean,
    record?: (n: number) => boolean,
    interrupt?: () => boolean,
  ): Place {
    this.leaveLine();
    const { machine, log } = this;
    const ordinal = this.#ordinals();
    let found: Place | undefined;
    let ranAll = marks === 'all';
    this.#withLines(marks, (line) => {
      const at = { cpu: line.cpu, cycle: line.clock, made: 0, line: ordinal(line) };
      if (!wanted(line, at)) return false;
      ranAll &&= this.#marksAll;
      found = at;
      return true;
    });
    machine.stopAtRecords = record !== undefined;
    let seen = log.made;
    let hit = false;
    try {
      const whole = this.#execute(
        () => {
          for (; record !== undefined && !hit && seen < log.made; seen++) hit = record(seen);
          return hit;
        },
        () => NEVER,
        interrupt,
      );
      if (hit) {
        const place = this.#standing(log.cpu(seen - 1));
        this.after = seen - 1;
        return place;
      }
      if (found !== undefined) {
        machine.onLine = undefined; // on the way to where it is counted nothing stops
        return this.#atLine(found, ranAll);
      }
      if (this.end !== undefined) return this.#atEnd();
      return this.#standing(-1, whole ? undefined : this.reached);
    } finally {
      machine.stopAtRecords = false;
      machine.onLine = undefined;
    }
  }

  /** Goes on to a place ahead in code with line marks, telling `visit` of each line and where it is. */
  throughLines(place: Place, visit: (line: Line, at: Place) => void): void {
    const passing = this.passing(place, visit);
    while (passing.next().done !== true);
  }

  /**
   * The same in pieces: it yields whenever `pause` says so, and goes on when asked again. `record` is told of each record, while the machine
   * stands there. In between the machine may be looked at.
   */
  *passing(
    place: Place,
    visit: (line: Line, at: Place) => void,
    record?: (n: number) => void,
    pause: () => boolean = () => false,
  ): Generator<void> {
    const { machine, log } = this;
    const ordinal = this.#ordinals();
    const onLine = (line: Line): boolean => {
      const at = { cpu: line.cpu, cycle: line.clock, made: 0, line: ordinal(line) };
      if (place.line !== undefined && at.cpu === place.cpu && at.cycle === place.cycle)
        if (at.line === place.line) return true;
      visit(line, at);
      return false;
    };
    let seen = log.made;
    const tell = () => {
      for (; record !== undefined && seen < log.made; seen++) record(seen);
    };
    const cpu = place.line === undefined ? place.cpu : -1;
    const atClock = () => cpu >= 0 && this.clock(cpu) >= place.cycle;
    const there = (): boolean => {
      if (place.line !== undefined) return this.clock(place.cpu) > place.cycle;
      return cpu < 0 ? this.session.reached >= place.cycle : atClock() && log.made >= place.made;
    };
    for (;;) {
      tell();
      if (there()) break;
      // At its clock it may have records to make yet.
      const late = atClock();
      this.#withLines('all', onLine);
      machine.stopAtRecords = late || record !== undefined;
      if (cpu >= 0 && !late) machine.stopAt[cpu] = place.cycle;
      let whole = false;
      try {
        whole = this.#execute(
          () => {
            tell();
            return there() || (!late && atClock());
          },
          () => (cpu < 0 && place.line === undefined ? place.cycle : NEVER),
          pause,
        );
      } finally {
        machine.stopAtRecords = false;
        if (cpu >= 0) machine.stopAt[cpu] = NEVER;
        machine.onLine = undefined;
      }
      if (this.end !== undefined || machine.state.line !== undefined) return;
      if (!whole) {
        this.#standing(-1, this.reached);
        yield;
      }
    }
    this.#standing(-1, this.reached);
  }

  #marked = false;

  /** Code with line marks is loaded. */
  get marked(): boolean {
    return this.#marked;
  }

  /** Builds code with line marks: seconds, the first time ever; then it comes from the cache. */
  loadMarked(): void {
    const { machine, session } = this;
    if (!this.#marked) machine.loadMarked(session.images.map((image) => markedImage(image, session.profile)));
    this.#marked = true;
  }

  #withLines(marks: 'all' | Iterable<number>, onLine: (line: Line) => boolean): void {
    const { machine } = this;
    this.loadMarked();
    machine.onLine = onLine;
    this.markLines(marks);
  }

  #marksAll = false;
  /** Which functions tell of their lines, also in the middle of `toLine`. */
  markLines(marks: 'all' | Iterable<number>): void {
    this.#marksAll = marks === 'all';
    this.machine.markLines(marks);
  }

  /** Numbers the lines that a CPU begins at one cycle. */
  #ordinals(): (line: Line) => number {
    const last = this.machine.state.cpu.map(() => ({ clock: -1, n: 0 }));
    return ({ cpu, clock }) => {
      const mine = last[cpu];
      mine.n = mine.clock === clock ? mine.n + 1 : 1;
      mine.clock = clock;
      return mine.n;
    };
  }

  /** Stopped at a line. With some functions silent the number of the line is not known yet: it is counted again. */
  #atLine(found: Place, counted: boolean): Place {
    const line = this.machine.state.line as Line;
    if (!counted) return this.#gotoLine(found.cpu, found.cycle, line);
    this.#standing(found.cpu, found.cycle);
    this.#place.line = found.line;
    return this.#place;
  }

  /** To a line that a CPU begins at a cycle: the nth, or the one that was stopped at before. */
  #gotoLine(cpu: number, cycle: number, which: number | Line): Place {
    for (let margin = 3000; ; margin *= 16) {
      if (margin >= cycle) this.toStart();
      else this.#goto({ cpu, cycle: cycle - margin, made: 0 });
      if (this.clock(cpu) < cycle || margin >= cycle) break;
    }
    this.keepNear();
    const ordinal = this.#ordinals();
    let n = 0;
    this.#withLines('all', (line) => {
      const k = ordinal(line);
      if (line.cpu !== cpu || line.clock !== cycle) return false;
      n = k;
      return typeof which === 'number' ? k === which : line.fp === which.fp && line.pc === which.pc;
    });
    try {
      this.#execute(
        () => this.clock(cpu) > cycle,
        () => NEVER,
      );
      if (this.machine.state.line === undefined)
        throw new Error(`no such line at cycle ${cycle} of cpu${cpu}`);
      this.#standing(cpu, cycle);
      this.#place.line = n;
      return this.#place;
    } finally {
      this.machine.onLine = undefined;
    }
  }

  /** From a line, where the machine cannot go on, to the end of its block. */
  leaveLine(): void {
    const { cpu, cycle } = this.#place;
    if (this.machine.state.line !== undefined) this.#goto({ cpu, cycle, made: 0 });
  }

  /** Back to where the run began. */
  toStart(): Place {
    const first = this.checkpoints.last((k) => k.sum === 0) ?? this.checkpoints.last(() => true);
    return this.#backTo(first as Kept);
  }

  #backTo(kept: Kept): Place {
    kept.run.goBack();
    this.log.made = kept.made;
    this.#textsMade = kept.texts;
    this.end = undefined;
    this.#from = kept;
    this.#spent = 0;
    return this.#standing(-1, this.reached);
  }
}

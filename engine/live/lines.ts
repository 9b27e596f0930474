/**
 * Steps by source line: into calls, over them, out of the function; forward and back, following one thread wherever it runs.
 *
 * A line begins where marked code says so. Consecutive marks of one line in one frame are one stop, at the first of them. What interrupts
 * and faults do in between is no line of the thread, unless the thread stood inside of them already.
 */
import { CPU, FRAME, KIND_TRAP } from '../image/abi.ts';
import type { Line } from '../machine/machine.ts';
import type { StopView } from '../run/live-view.ts';
import { cpuFrames, registers } from './frames.ts';
import type { LiveMachine, Place } from './live-machine.ts';

export type LineUnit = 'line' | 'over' | 'out';

/** Cycles before the place that a step back looks at first, and how it grows. */
const FIRST_SPAN = 4000;
const SPAN_GROWTH = 8;
/** A thread that is not seen in so many cycles sleeps. */
const NEAR_SPAN = 64_000;
/** ENTRY_KINDS in machine/traps.ts: a system call is the thread's own deed. */
const SYSCALL = 0;
const CHAIN = 200;

interface Start {
  pcb: number;
  fp: number;
  index: number;
  line: number;
  user: boolean;
  /** Trap and interrupt frames that it stands inside of. */
  traps: ReadonlySet<number>;
}

export class LineSteps {
  readonly #live: LiveMachine;

  constructor(live: LiveMachine) {
    this.#live = live;
  }

  step(unit: LineUnit, direction: 1 | -1, cpu: number): StopView {
    return direction > 0 ? this.#forward(unit, cpu) : this.#back(unit, cpu);
  }

  /** Where the thread on a CPU stands. */
  #start(cpu: number): Start {
    const { machine } = this.#live;
    const { i32 } = machine.memory;
    const at = machine.state.line;
    if (at !== undefined && at.cpu === cpu) return { ...at, traps: this.#traps(at.fp) };
    const base = registers(machine, cpu);
    const fp = i32[(base + CPU.fp) >> 2];
    return {
      pcb: i32[(base + CPU.pcb) >> 2],
      fp,
      index: i32[(fp + FRAME.func) >> 2],
      line: cpuFrames(machine, cpu)[0]?.line ?? 0,
      user: (i32[(base + CPU.flags) >> 2] & 2) !== 0,
      traps: this.#traps(fp),
    };
  }

  /** Frames below which a trap or an interrupt lies, from `fp` outward. */
  #traps(fp: number): Set<number> {
    const { i32 } = this.#live.machine.memory;
    const out = new Set<number>();
    for (let n = 0; fp > 0 && n < CHAIN; n++) {
      const trap = (i32[(fp + FRAME.kind) >> 2] & 3) === KIND_TRAP;
      if (trap && i32[(fp + FRAME.spare) >> 2] !== SYSCALL) out.add(fp);
      fp = i32[(fp + FRAME.caller) >> 2];
    }
    return out;
  }

  /** Is the line one that an interrupt or a fault brought in? */
  #foreign(line: Line, start: Start): boolean {
    const { i32 } = this.#live.machine.memory;
    let { fp } = line;
    for (let n = 0; fp > 0 && n < CHAIN; n++) {
      const trap = (i32[(fp + FRAME.kind) >> 2] & 3) === KIND_TRAP;
      if (trap && i32[(fp + FRAME.spare) >> 2] !== SYSCALL && !start.traps.has(fp)) return true;
      fp = i32[(fp + FRAME.caller) >> 2];
    }
    return false;
  }

  #deeper(line: Line, start: Start): boolean {
    return line.user === start.user ? line.fp > start.fp : start.user;
  }
  #outside(line: Line, start: Start): boolean {
    return line.user === start.user ? line.fp < start.fp : line.user;
  }

  /** Is this line of the kind that the unit stops at? */
  #fits(unit: LineUnit, line: Line, start: Start): boolean {
    if (line.pcb !== start.pcb) return false;
    if (unit === 'out' ? !this.#outside(line, start) : unit === 'over' && this.#deeper(line, start))
      return false;
    return !this.#foreign(line, start);
  }

  #forward(unit: LineUnit, cpu: number): StopView {
    const live = this.#live;
    const start = this.#start(cpu);
    const from = live.place;
    let passed = from.line === undefined;
    if (!passed) {
      // The machine cannot go on from a line: it comes by again.
      this.before(from);
    }
    const place = live.toLine('all', (line, at) => {
      if (!passed) {
        passed = at.cpu === from.cpu && at.cycle === from.cycle && at.line === from.line;
        return false;
      }
      const same = line.fp === start.fp && line.line === start.line && line.index === start.index;
      return !same && this.#fits(unit, line, start);
    });
    if (live.end !== undefined) return { reason: 'end', cycle: live.now, cpu };
    return { reason: 'step', cycle: live.now, cpu: place.cpu };
  }

  /** To some place from which the lines of a CPU at a cycle are all still to come. */
  before(place: Place): void {
    const live = this.#live;
    for (let margin = FIRST_SPAN; ; margin *= SPAN_GROWTH) {
      if (margin >= place.cycle) live.toStart();
      else live.goto({ cpu: place.cpu, cycle: place.cycle - margin, made: 0 });
      if (margin >= place.cycle || live.clock(place.cpu) < place.cycle) break;
    }
    live.keepNear();
  }

  #back(unit: LineUnit, cpu: number): StopView {
    const live = this.#live;
    const start = this.#start(cpu);
    const from = live.place;
    const clock = from.cpu === cpu ? from.cycle : live.clock(cpu);
    const lastSeen = this.#lastSeen(cpu) ?? clock;
    let last = clock;
    for (let span = FIRST_SPAN; ; span *= SPAN_GROWTH) {
      // A thread that slept was last seen where it made its last record.
      if (last === clock && span > NEAR_SPAN && lastSeen < clock - NEAR_SPAN) {
        last = lastSeen;
        span = FIRST_SPAN;
      }
      const begin = last - span;
      if (begin <= 0) live.toStart();
      else live.goto({ cpu: -1, cycle: begin, made: 0 });
      live.keepNear();
      let run: { line: Line; at: Place; fits: boolean } | undefined;
      let target: Place | undefined;
      let first = begin > 0; // a run of lines that began before we looked has no beginning here
      live.throughLines(from, (line, at) => {
        if (line.pcb !== start.pcb || (unit !== 'line' && this.#deeper(line, start))) return;
        if (this.#foreign(line, start)) return;
        if (
          run !== undefined &&
          run.line.fp === line.fp &&
          run.line.line === line.line &&
          run.line.index === line.index
        )
          return;
        if (run !== undefined || !first) {
          if (this.#fits(unit, line, start)) target = at;
        }
        first = false;
        run = { line, at, fits: true };
      });
      if (target !== undefined) {
        const place = live.goto(target);
        return { reason: 'step', cycle: live.now, cpu: place.cpu };
      }
      if (begin <= 0) {
        live.toStart();
        return { reason: 'start', cycle: 0, cpu };
      }
    }
  }

  /** Cycle of the last record that the thread on a CPU has made. */
  #lastSeen(cpu: number): number | undefined {
    const { log, machine, seq } = this.#live;
    const base = registers(machine, cpu);
    const pcpu = machine.memory.i32[(base + CPU.pcpu) >> 2];
    const td = pcpu === 0 ? 0 : machine.memory.i32[pcpu >> 2];
    if (td === 0) return undefined;
    const tid = machine.memory.u32[td >> 2];
    for (let k = seq - 1; k >= 0; k--) {
      const n = log.atSeq(k);
      if (log.tid(n) === tid) return log.cycle(n);
    }
    return undefined;
  }
}

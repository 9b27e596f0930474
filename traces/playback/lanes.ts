/**
 * Lanes: what each CPU did in each of a number of equal columns of time.
 *
 * Exact where events are few: the fold runs through the events of the range, and each stretch between two events of a CPU is shared out to the columns it
 * covers. A cell shows what took the most of its cycles.
 * Where events are many, the slices that the file keeps are shared out instead (slices.ts).
 */
import type { EventColumns } from '../columns.ts';
import type { CpuSlice } from '../slices.ts';
import { activity, apply, foldRefs } from './fold.ts';
import type { Lane } from './run-view.ts';
import { ROLE, type SiteTable } from './sites.ts';
import { ACTIVITIES, type Activity, type RunState } from './state.ts';

interface Share {
  tid: number;
  what: Activity;
  cycles: number;
}

interface Cell {
  shares: Share[];
  tick: boolean;
  switched: boolean;
  blocked: boolean;
}

/** Gathers stretches and marks into columns. */
export class LaneBuilder {
  readonly #from: number;
  readonly #width: number;
  readonly #columns: number;
  readonly #cells: Cell[][];

  constructor(from: number, to: number, columns: number, cpus: number) {
    this.#from = from;
    this.#columns = columns;
    this.#width = (to - from) / columns;
    this.#cells = Array.from({ length: cpus }, () =>
      Array.from({ length: columns }, () => ({ shares: [], tick: false, switched: false, blocked: false })),
    );
  }

  #column(cycle: number): number {
    return Math.min(this.#columns - 1, Math.max(0, Math.floor((cycle - this.#from) / this.#width)));
  }

  stretch(cpu: number, tid: number, what: Activity, start: number, end: number): void {
    if (end <= start) return;
    const last = this.#column(end);
    for (let column = this.#column(start); column <= last; column++) {
      const low = this.#from + column * this.#width;
      const cycles = Math.min(end, low + this.#width) - Math.max(start, low);
      if (cycles > 0) this.share(cpu, column, tid, what, cycles);
    }
  }

  /** What a CPU did in a stretch of which only sums are known: shared out evenly. */
  blend(cpu: number, slice: CpuSlice, start: number, end: number): void {
    if (end <= start) return;
    const last = this.#column(end);
    for (let column = this.#column(start); column <= last; column++) {
      const low = this.#from + column * this.#width;
      const part = (Math.min(end, low + this.#width) - Math.max(start, low)) / (end - start);
      if (part <= 0) continue;
      slice.spent.forEach((cycles, k) => {
        if (cycles > 0) this.share(cpu, column, slice.tid, ACTIVITIES[k], cycles * part);
      });
      const cell = this.#cells[cpu][column];
      if (slice.ticks > 0) cell.tick = true;
      if (slice.switches > 0) cell.switched = true;
      if (slice.waits > 0) cell.blocked = true;
    }
  }

  share(cpu: number, column: number, tid: number, what: Activity, cycles: number): void {
    const { shares } = this.#cells[cpu][column];
    for (const share of shares)
      if (share.tid === tid && share.what === what) {
        share.cycles += cycles;
        return;
      }
    shares.push({ tid, what, cycles });
  }

  mark(cpu: number, cycle: number, kind: 'tick' | 'switched' | 'blocked'): void {
    this.#cells[cpu][this.#column(cycle)][kind] = true;
  }

  lanes(): Lane[] {
    return this.#cells.map((cells, cpu) => ({
      cpu,
      cells: cells.map(({ shares, tick, switched, blocked }) => {
        let best: Share = { tid: 0, what: 'none', cycles: 0 };
        let all = 0;
        let probe = 0;
        for (const share of shares) {
          all += share.cycles;
          if (share.what === 'probe') probe += share.cycles;
          if (share.cycles > best.cycles) best = share;
        }
        return {
          tid: best.tid,
          what: best.what,
          tick,
          switched,
          blocked,
          probe: all === 0 ? 0 : probe / all,
        };
      }),
    }));
  }
}

/** The mark that an event leaves in its column. */
export function markOf(
  table: SiteTable,
  e: EventColumns,
  i: number,
): 'tick' | 'switched' | 'blocked' | undefined {
  switch (table.roles[e.site[i]]) {
    case ROLE.intrEntry:
      return e.argLow[i * 5] === 0 ? 'tick' : undefined;
    case ROLE.switch:
      return 'switched';
    case ROLE.lockWait:
    case ROLE.blocked:
    case ROLE.spun:
      return 'blocked';
    default:
      return undefined;
  }
}

/**
 * Runs the fold over events and reports each CPU's stretches. `s` is the state at `from` and is moved on; events are given in order.
 */
export class LaneWalk {
  readonly #since: number[];
  readonly #what: Activity[];
  readonly #tid: number[];
  readonly #refs = foldRefs();

  readonly state: RunState;
  readonly table: SiteTable;
  readonly builder: LaneBuilder;

  constructor(state: RunState, table: SiteTable, builder: LaneBuilder, from: number) {
    this.state = state;
    this.table = table;
    this.builder = builder;
    this.#since = state.cpus.map(() => from);
    this.#what = state.cpus.map((_, cpu) => activity(state, cpu));
    this.#tid = state.cpus.map(({ tid }) => tid);
  }

  event(e: EventColumns, i: number): void {
    const cpu = e.cpu[i];
    apply(this.state, this.table, e, i, this.#refs);
    const mark = markOf(this.table, e, i);
    if (mark !== undefined) this.builder.mark(cpu, e.cycle[i], mark);
    const what = activity(this.state, cpu);
    const { tid } = this.state.cpus[cpu];
    if (what === this.#what[cpu] && tid === this.#tid[cpu]) return;
    this.builder.stretch(cpu, this.#tid[cpu], this.#what[cpu], this.#since[cpu], e.cycle[i]);
    this.#since[cpu] = e.cycle[i];
    this.#what[cpu] = what;
    this.#tid[cpu] = tid;
  }

  end(cycle: number): void {
    this.#since.forEach((since, cpu) => {
      this.builder.stretch(cpu, this.#tid[cpu], this.#what[cpu], since, cycle);
      this.#since[cpu] = cycle;
    });
  }
}

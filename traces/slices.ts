/**
 * Slices: what each CPU did between some moments of a chunk, so that a wide picture needs no events.
 *
 * A chunk has a slice each SLICE_EVENTS events. As varints: the cycles that it lasted, then for each CPU its cycles by activity (in the
 * order of ACTIVITIES), the thread that runs at its end, and the ticks, switches and lock waits in it.
 */
import { activity } from './playback/fold.ts';
import { ACTIVITIES, type RunState } from './playback/state.ts';
import { ByteSink, ByteSource } from './varint.ts';

export const SLICE_EVENTS = 1024;

export interface CpuSlice {
  /** Cycles by activity. */
  spent: number[];
  tid: number;
  ticks: number;
  switches: number;
  waits: number;
}

export interface Slice {
  start: number;
  end: number;
  cpus: CpuSlice[];
}

/** Watches a state as it moves on, and writes its slices. */
export class SliceWriter {
  readonly #sink = new ByteSink();
  #cycle = 0;
  #last: CpuSlice[] = [];

  /** The first slice begins here. */
  start(s: RunState): void {
    this.cut(s);
    this.#sink.reset();
  }

  /** A slice ends here. */
  cut(s: RunState): void {
    this.#sink.unsigned(Math.max(0, s.cycle - this.#cycle));
    this.#cycle = Math.max(this.#cycle, s.cycle);
    s.cpus.forEach((cpu, n) => {
      const last = (this.#last[n] ??= {
        spent: ACTIVITIES.map(() => 0),
        tid: 0,
        ticks: 0,
        switches: 0,
        waits: 0,
      });
      // What is not booked yet goes to what the CPU is doing: so it will be booked.
      const now = ACTIVITIES.indexOf(activity(s, n));
      cpu.spent.forEach((booked, k) => {
        const cycles = k === now ? booked + Math.max(0, s.cycle - cpu.booked) : booked;
        this.#sink.unsigned(cycles - last.spent[k]);
        last.spent[k] = cycles;
      });
      this.#sink.unsigned(cpu.tid);
      for (const key of ['ticks', 'switches', 'waits'] as const) {
        this.#sink.unsigned(cpu[key] - last[key]);
        last[key] = cpu[key];
      }
    });
  }

  /** The chunk's slices; the next chunk begins. */
  take(): Uint8Array {
    const bytes = this.#sink.take();
    this.#sink.reset();
    return bytes;
  }
}

/** Slices of a chunk that ends at cycle `last`. Throws RangeError for bytes that are none. */
export function readSlices(bytes: Uint8Array, last: number, cpus: number): Slice[] {
  const source = new ByteSource(bytes);
  let start = 0;
  const slices: Slice[] = [];
  while (!source.done) {
    const end = start + source.unsigned();
    const slice: Slice = { start, end, cpus: [] };
    for (let n = 0; n < cpus; n++) {
      const spent = ACTIVITIES.map(() => source.unsigned());
      slice.cpus.push({
        spent,
        tid: source.unsigned(),
        ticks: source.unsigned(),
        switches: source.unsigned(),
        waits: source.unsigned(),
      });
    }
    slices.push(slice);
    start = end;
  }
  for (const slice of slices) {
    slice.start += last - start;
    slice.end += last - start;
  }
  return slices;
}

/**
 * Lanes of a window, worked out a few columns at a time: exact lanes of ten million events take seconds, a frame has milliseconds.
 *
 * The first call for a window gives what is known so far; columns that are not are undefined and come with the next frames. Those for which a
 * damaged file has no events stay undefined.
 */
import type { LaneCell, RunView } from '../../traces/playback/run-view.ts';
import { TraceError } from '../../traces/read.ts';

export interface LanePicture {
  /** By CPU, then by column. */
  cells: (LaneCell | undefined)[][];
  complete: boolean;
}

interface Entry extends LanePicture {
  run: RunView;
  from: number;
  to: number;
  columns: number;
  done: number;
  /** Columns to do at once: as many as take about SLICE_MS. */
  slice: number;
  /** What the first slice threw, amid a frame: it is thrown again after it. */
  trouble?: unknown;
}

const SLICE_MS = 8;
/** Events that a slice covers at least: it begins with a fold up to its first event. */
const SLICE_EVENTS = 40_000;
const ENTRIES = 12;

export class LaneCache {
  readonly #entries = new Map<string, Entry>();
  readonly #ids = new WeakMap<RunView, number>();
  #nextId = 0;
  readonly #wanted = new Set<Entry>();

  clear(): void {
    this.#entries.clear();
    this.#wanted.clear();
  }

  frame(): void {
    this.#wanted.clear();
  }

  get(run: RunView, from: number, to: number, columns: number): LanePicture {
    if (!this.#ids.has(run)) this.#ids.set(run, this.#nextId++);
    const grown =
      run.kind === 'live' && to > run.endCycle ? run.events : run.kind === 'live' ? run.endCycle > to : 0;
    const key = `${this.#ids.get(run)} ${from} ${to} ${columns} ${grown}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        run,
        from,
        to,
        columns,
        done: 0,
        slice: least(run, from, to, columns),
        cells: Array.from({ length: run.cpus }, () =>
          new Array<LaneCell | undefined>(columns).fill(undefined),
        ),
        complete: false,
      };
      if (this.#entries.size >= ENTRIES) this.#entries.delete(this.#entries.keys().next().value as string);
      try {
        advance(entry);
      } catch (error) {
        entry.trouble = error;
      }
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (!entry.complete || entry.trouble !== undefined) this.#wanted.add(entry);
    return entry;
  }

  /** Does one slice of what the last frame wanted; false when nothing is left. Throws TraceError for one that cannot be made, which then is left out. */
  work(): boolean {
    for (const entry of this.#wanted)
      if (entry.trouble !== undefined) {
        const { trouble } = entry;
        entry.trouble = undefined;
        throw trouble;
      } else if (!entry.complete) {
        advance(entry);
        return true;
      }
    return false;
  }
}

/** Columns that hold about SLICE_EVENTS. */
function least(run: RunView, from: number, to: number, columns: number): number {
  const events = (run.events * (to - from)) / Math.max(1, run.endCycle);
  return Math.max(1, Math.min(columns, Math.floor((columns * SLICE_EVENTS) / Math.max(1, events))));
}

function advance(entry: Entry): void {
  try {
    slice(entry);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    // As few columns as can be are left out.
    if (entry.slice > 1) {
      entry.slice = entry.slice >> 1;
      return;
    }
    entry.done++;
    entry.complete = entry.done >= entry.columns;
    throw error;
  }
}

function slice(entry: Entry): void {
  const { run, from, to, columns, done } = entry;
  const width = (to - from) / columns;
  const many = Math.min(entry.slice, columns - done);
  const started = performance.now();
  const lanes = run.lanes(from + done * width, from + (done + many) * width, many);
  const spent = performance.now() - started;
  for (const { cpu, cells } of lanes)
    cells.forEach((cell, i) => {
      entry.cells[cpu][done + i] = cell;
    });
  entry.done += many;
  entry.complete = entry.done >= columns;
  entry.slice = Math.max(
    least(run, from, to, columns),
    1,
    Math.min(columns, Math.round(many * Math.min(4, SLICE_MS / Math.max(0.5, spent)))),
  );
}

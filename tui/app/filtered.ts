/**
 * The events that a filter lets through, around the cursor, found bit by bit between frames: where few match, a row may lie millions of events
 * away. What was looked through is kept, so that moving about in it costs nothing.
 */
import type { EventFilter, RunView } from '../../traces/playback/run-view.ts';

/** Events that one look goes through. */
const REACH = 50_000;
/** Milliseconds that the first frame looks for itself. */
const AT_ONCE_MS = 8;
/** Matches that are kept. */
const MOST = 100_000;

export interface Around {
  /** Numbers of events, ascending: those up to the cursor, those after it. */
  before: number[];
  after: number[];
  /** Nothing is still to be found. */
  complete: boolean;
}

export class FilteredEvents {
  readonly run: RunView;
  /** Events of the run when it was begun. */
  readonly events: number;
  readonly #filter: EventFilter;
  /** Matches in the stretch [from, to) that was looked through. */
  #matches: number[] = [];
  #from = 0;
  #to = 0;
  /** What the last frame wanted. */
  #at = -1;
  #rows = 0;

  constructor(run: RunView, filter: EventFilter) {
    this.run = run;
    this.events = run.events;
    this.#filter = filter;
  }

  /** At most so many on each side of event `at`, which counts as before. */
  around(at: number, rows: number): Around {
    if (at + 1 < this.#from || at + 1 > this.#to || this.#matches.length > MOST) {
      this.#matches = [];
      this.#from = at + 1;
      this.#to = at + 1;
    }
    this.#at = at;
    this.#rows = rows;
    this.work(AT_ONCE_MS);
    const middle = this.#middle();
    return {
      before: this.#matches.slice(Math.max(0, middle - rows), middle),
      after: this.#matches.slice(middle, middle + rows),
      complete: this.#lacks() === 0,
    };
  }

  /** Matches up to the cursor. */
  #middle(): number {
    let low = 0;
    let high = this.#matches.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.#matches[mid] <= this.#at) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** Where to look next: after what is known (1), before it (-1), nowhere (0). The side with fewer rows goes first. */
  #lacks(): 1 | -1 | 0 {
    const before = this.#middle();
    const after = this.#matches.length - before;
    const wantsAfter = after < this.#rows && this.#to < this.events;
    const wantsBefore = before < this.#rows && this.#from > 0;
    if (wantsAfter && wantsBefore) return after <= before ? 1 : -1;
    return wantsAfter ? 1 : wantsBefore ? -1 : 0;
  }

  /** Looks on for about so many milliseconds. False when nothing is left to look for. Throws TraceError where the file is damaged. */
  work(milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    do {
      const side = this.#lacks();
      if (side === 0) return false;
      if (side > 0) {
        const from = this.#to;
        this.#to = this.events; // nothing is seen past what is damaged
        const found = this.run.find(this.#filter, from - 1, 1, REACH);
        if (found !== undefined) this.#matches.push(found);
        this.#to = Math.min(this.events, found === undefined ? from + REACH : found + 1);
      } else {
        const from = this.#from;
        this.#from = 0;
        const found = this.run.find(this.#filter, from, -1, REACH);
        if (found !== undefined) this.#matches.unshift(found);
        this.#from = Math.max(0, found ?? from - REACH);
      }
    } while (performance.now() < until);
    return this.#lacks() !== 0;
  }
}

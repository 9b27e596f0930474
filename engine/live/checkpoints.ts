/**
 * The checkpoints of a live run, in the order of execution: what going back starts from.
 *
 * They are taken by the host's time, so that no stretch between two takes long to execute again; when they hold too much memory, the ones
 * that lie closest together are thinned out. Where they lie has no influence on the run.
 */
import { checkpointBytes } from '../machine/checkpoint.ts';
import type { SavedRun } from '../run/session.ts';

export interface Kept {
  run: SavedRun;
  /** By CPU. */
  clocks: Float64Array;
  /** Sum of the clocks: order of execution. */
  sum: number;
  /** Session.reached. */
  reached: number;
  /** Records and texts made by then. */
  made: number;
  texts: number;
  /** Milliseconds of the host's time from the checkpoint before. */
  cost: number;
}

export class Checkpoints {
  readonly #limit: number;
  #list: Kept[] = [];
  #sinceCount = 0;

  /** `limit`: bytes of memory that they may hold together. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#list.length;
  }

  get bytes(): number {
    return checkpointBytes(this.#list.map((k) => k.run.machine));
  }

  add(kept: Kept): void {
    const at = this.#list.findIndex((k) => k.sum > kept.sum);
    if (at < 0) this.#list.push(kept);
    else {
      this.#list[at].cost = Math.max(0, this.#list[at].cost - kept.cost);
      this.#list.splice(at, 0, kept);
    }
    // Counting takes a moment, so it is not done each time.
    if (++this.#sinceCount < 8) return;
    this.#sinceCount = 0;
    while (this.#list.length > 3 && this.bytes > this.#limit) this.#thin();
  }

  /** Drops a quarter: each time the one whose going makes the shortest stretch. The first and the last stay. */
  #thin(): void {
    for (let n = Math.ceil(this.#list.length / 4); n > 0 && this.#list.length > 3; n--) {
      let best = 1;
      const gap = (i: number) => this.#list[i].cost + this.#list[i + 1].cost;
      for (let i = 1; i < this.#list.length - 1; i++) if (gap(i) < gap(best)) best = i;
      this.#list[best + 1].cost += this.#list[best].cost;
      this.#list.splice(best, 1);
    }
  }

  /** The last for which `before` holds; it must hold for all up to some one. Undefined: for none. */
  last(before: (kept: Kept) => boolean): Kept | undefined {
    let lo = 0;
    let hi = this.#list.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (before(this.#list[mid])) lo = mid + 1;
      else hi = mid;
    }
    return this.#list[lo - 1];
  }

  /** Is there one in (from, to] in the order of execution? */
  between(from: number, to: number): boolean {
    const kept = this.last((k) => k.sum <= to);
    return kept !== undefined && kept.sum > from;
  }
}

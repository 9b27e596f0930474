/**
 * Counts over all events of a run, made bit by bit between frames: waits for each lock over time, firings and cycles of each probe.
 *
 * Times are cut into BUCKETS equal parts of the run; a live run that grows past its end is counted anew.
 */
import type { EventView, RunView } from '../../traces/playback/run-view.ts';

export const BUCKETS = 240;
const SLICE = 4096;

export interface ProbeCount {
  id: number;
  firings: number;
  cycles: number;
}

type Role = 'wait' | 'enter' | 'exit';

export class EventScan {
  readonly run: RunView;
  /** Events looked at so far. */
  done = 0;
  /** Nanoseconds waited (blocked or spun), by lock and bucket. */
  readonly waits = new Map<string, Float64Array>();
  readonly probes = new Map<number, ProbeCount>();
  #end: number;
  readonly #roles: (Role | undefined)[];
  readonly #entered: { id: number; cycle: number }[][];

  constructor(run: RunView) {
    this.run = run;
    this.#end = Math.max(1, run.endCycle);
    this.#entered = Array.from({ length: run.cpus }, () => []);
    this.#roles = run.sites.map(({ provider, name }) =>
      provider === 'lockstat' && /-(block|spin)$/.test(name)
        ? 'wait'
        : provider === '_trace' && name === 'dtrace-enter'
          ? 'enter'
          : provider === '_trace' && name === 'dtrace-exit'
            ? 'exit'
            : undefined,
    );
  }

  get complete(): boolean {
    return this.done >= this.run.events;
  }

  /** Share of the events that were looked at. */
  get share(): number {
    return this.run.events === 0 ? 1 : this.done / this.run.events;
  }

  /** Looks at some more; false when all were. Throws TraceError for those that a damaged file does not have. */
  work(): boolean {
    if (this.complete) return false;
    if (this.run.endCycle > this.#end * 2) this.#restart();
    const from = this.done;
    this.done = Math.min(this.run.events, from + SLICE); // stepped over, should they be damaged
    const events = this.run.window(from, SLICE);
    for (const event of events) this.#count(event);
    this.done = events.length === 0 ? this.run.events : from + events.length;
    return true;
  }

  #restart(): void {
    this.done = 0;
    this.#end = this.run.endCycle;
    this.waits.clear();
    this.probes.clear();
    for (const stack of this.#entered) stack.length = 0;
  }

  #count(event: EventView): void {
    const role = this.#roles[event.site];
    if (role === undefined) return;
    const entered = this.#entered[event.cpu];
    if (role === 'wait') {
      const lock = event.args[0].toString(16);
      let buckets = this.waits.get(lock);
      if (buckets === undefined) this.waits.set(lock, (buckets = new Float64Array(BUCKETS)));
      buckets[Math.min(BUCKETS - 1, Math.floor((event.cycle / this.#end) * BUCKETS))] += Number(
        event.args[1],
      );
    } else if (role === 'enter') entered?.push({ id: Number(event.args[0]), cycle: event.cycle });
    else {
      const from = entered?.pop();
      if (from === undefined) return;
      let probe = this.probes.get(from.id);
      if (probe === undefined) this.probes.set(from.id, (probe = { id: from.id, firings: 0, cycles: 0 }));
      probe.firings++;
      probe.cycles += event.cycle - from.cycle;
    }
  }
}

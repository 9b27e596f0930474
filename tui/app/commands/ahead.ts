/**
 * Going to the next or last event of a kind.
 *
 * What is found within a slice is gone to at once, in its turn among other keys. A search through millions of events goes on piece by piece, and a
 * live machine runs on when what is wanted has not happened yet; the screen says how far they are, and a key stops them.
 */
import type { EventFilter, RunView } from '../../../traces/playback/run-view.ts';
import { type Command, Complaint, type Host } from '../command.ts';
import { cursor, remember, runOf, toEvent } from '../moving.ts';
import { count as grouped, span } from '../text/words.ts';
import { arrived } from './live.ts';

/** What a command looks for: any event when the filter is empty. */
export interface Wanted {
  filter: EventFilter;
  what: string;
  /** Said when there is none; "no further WHAT" by itself. */
  none?: string;
  /** Only among what is known: a row of a list, no place to come back to. `from`: the event it is looked for from, if not the cursor's. */
  row?: { from?: number };
}

/** Events that one look goes through; it takes a few milliseconds. */
const REACH = 50_000;
/** Events at the end of what is known whose order may yet change. */
const UNSETTLED = 4096;

/** A search for the nth match from an event on, in pieces. */
class Search {
  readonly #run: RunView;
  readonly #filter: EventFilter;
  readonly #direction: 1 | -1;
  /** Where it looks from, the last match, and how many are still wanted. */
  #from: number;
  at: number;
  left: number;

  constructor(run: RunView, filter: EventFilter, from: number, direction: 1 | -1, count: number) {
    this.#run = run;
    this.#filter = filter;
    this.#direction = direction;
    this.#from = from;
    this.at = from;
    this.left = count;
  }

  /** Where it has come to. */
  get place(): number {
    return Math.max(0, Math.min(this.#run.events, this.#from));
  }

  /** Looks until the slice is over. True when all is: nothing is left to look for, or there are no more. */
  work(sliceOver: () => boolean): boolean {
    do {
      const found = this.#run.find(this.#filter, this.#from, this.#direction, REACH);
      if (found !== undefined) {
        this.at = found;
        this.#from = found;
        if (--this.left === 0) return true;
      } else {
        this.#from += this.#direction * REACH;
        if (this.#from < 0 || this.#from >= this.#run.events) return true;
      }
    } while (!sliceOver());
    return false;
  }
}

/** To the nth event of a kind after or before the cursor. Throws Complaint when there is none. */
export function seek(host: Host, direction: 1 | -1, count: number, wanted: Wanted): void | Promise<void> {
  const run = runOf(host.state, host.world);
  const search = new Search(run, wanted.filter, wanted.row?.from ?? cursor(host.state), direction, count);
  return search.work(host.slice()) ? found(host, direction, count, wanted, search) : searching();

  async function searching(): Promise<void> {
    host.interrupted(); // a key that came before means nothing
    try {
      do {
        host.dispatch({
          name: 'busy',
          text: `searching: event ${grouped(search.place)} of ${grouped(run.events)} (any key stops)`,
        });
        await new Promise<void>((resolve) => setTimeout(resolve, 4));
        if (host.interrupted()) {
          host.say(`stopped at event ${grouped(search.place)}; nothing was found so far`);
          return;
        }
      } while (!search.work(host.slice()));
    } finally {
      host.dispatch({ name: 'busy', text: '' });
    }
    await found(host, direction, count, wanted, search);
  }
}

function found(
  host: Host,
  direction: 1 | -1,
  count: number,
  wanted: Wanted,
  search: Search,
): void | Promise<void> {
  const side = host.world.side(host.state);
  if (
    search.left > 0 &&
    direction > 0 &&
    wanted.row === undefined &&
    side?.live !== undefined &&
    !side.run.ended
  )
    return runAhead(host, search.left, wanted, search.at);
  if (search.left === count)
    throw new Complaint(wanted.none ?? `no ${direction > 0 ? 'further' : 'earlier'} ${wanted.what}`);
  host.dispatch({ name: wanted.row === undefined ? 'to-event' : 'to-row', text: String(search.at) });
}

/** The machine runs until the events have happened; `from`: the last one that is known. */
export async function runAhead(host: Host, count: number, wanted: Wanted, from: number): Promise<void> {
  const live = host.world.side(host.state)?.live;
  if (live === undefined) return;
  host.dispatch({ name: 'remember' });
  if (from !== cursor(host.state)) host.dispatch({ name: 'arrived', text: `${from + 1} -1` });
  const any = Object.keys(wanted.filter).length === 0;
  for (let n = 0; n < count; n++)
    if (any) {
      const stop = live.step('event', 1, host.state.cpu);
      arrived(host, stop);
      if (stop.reason !== 'step') break;
    } else if (!(await until(host, wanted))) break;
}

/** Runs until there is such an event after the cursor, and goes to it. False: a key has stopped it. Throws Complaint when there is none. */
async function until(host: Host, { filter, what }: Wanted): Promise<boolean> {
  const side = host.world.side(host.state);
  if (side?.live === undefined) return false;
  const { run, live } = side;
  let from = cursor(host.state);
  host.dispatch({ name: 'arrived', text: `${run.events} -1` });
  let over = host.slice();
  const pieces = live.runningTo(Number.POSITIVE_INFINITY, () => over());
  host.interrupted();
  try {
    for (;;) {
      over = host.slice();
      const piece = pieces.next();
      const next = run.find(filter, from, 1);
      if (next !== undefined && (piece.done === true || run.event(next).cycle < live.settled)) {
        pieces.return({ reason: 'interrupted', cycle: live.cycle, cpu: host.state.cpu });
        host.dispatch({ name: 'arrived', text: `${next + 1} ${run.event(next).cpu}` });
        return true;
      }
      if (next === undefined) from = Math.max(from, run.events - UNSETTLED);
      host.dispatch({ name: 'arrived', text: `${run.state.seq} -1` });
      if (piece.done === true) throw new Complaint(`no further ${what}: the run has ended`);
      host.dispatch({ name: 'busy', text: `running: ${span(piece.value, run.clockHz)} (any key stops)` });
      await new Promise<void>((resolve) => setTimeout(resolve, 4));
      if (host.interrupted()) {
        pieces.return({ reason: 'interrupted', cycle: piece.value, cpu: host.state.cpu });
        host.dispatch({ name: 'arrived', text: `${run.state.seq} -1` });
        host.say(`stopped at cycle ${piece.value}`);
        return false;
      }
    }
  } finally {
    host.dispatch({ name: 'busy', text: '' });
  }
}

export const aheadCommands: Command[] = [
  {
    name: 'remember',
    keys: [],
    group: 'Time',
    help: '',
    internal: true,
    reduce: (state) => remember(state),
  },
  {
    name: 'to-event',
    keys: [],
    group: 'Time',
    help: '',
    internal: true,
    reduce: (state, text, _count, world) => toEvent(state, world, Number(text)),
  },
  {
    name: 'to-row',
    keys: [],
    group: 'Time',
    help: '',
    internal: true,
    reduce: (state, text, _count, world) => toEvent(state, world, Number(text), false),
  },
];

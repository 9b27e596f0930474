/**
 * Beyond what is known of a live run: to the next event of a kind the machine runs until it happens. Among known events, and in a trace, moving
 * is all there is to it.
 */
import type { EventFilter } from '../../../traces/playback/run-view.ts';
import { type Command, Complaint, type Host } from '../command.ts';
import { cursor, remember } from '../moving.ts';
import { span } from '../text/words.ts';
import { arrived, SLICE_MS } from './live.ts';

/** What the command looks for: any event when there is no filter. */
export interface Wanted {
  filter: EventFilter;
  what: string;
}

/** An event of the machine itself is a step; others are waited for. */
const isAny = ({ filter }: Wanted): boolean => Object.keys(filter).length === 0;

/** How many of the wanted events after the cursor are known, and the last of them. Undefined: the machine need not run, or there is none. */
function lacking(host: Host, count: number, wantedOf: () => Wanted) {
  const side = host.world.side(host.state);
  if (side?.live === undefined || side.run.ended) return undefined;
  const wanted = wantedOf();
  let at = cursor(host.state);
  for (let known = 0; known < count; known++) {
    const next = side.run.find(wanted.filter, at, 1);
    if (next === undefined) return { live: side.live, wanted, known, at };
    at = next;
  }
  return undefined;
}

/** Undefined when what is wanted is known already, or never will be; else the machine runs for it. (Known moves are done at once, in their turn.) */
export function runAhead(host: Host, count: number, wantedOf: () => Wanted): Promise<void> | undefined {
  const lack = lacking(host, count, wantedOf);
  return lack === undefined ? undefined : running(host, count, lack);
}

async function running(
  host: Host,
  count: number,
  { live, wanted, known, at }: NonNullable<ReturnType<typeof lacking>>,
): Promise<void> {
  host.dispatch({ name: 'remember' });
  if (at !== cursor(host.state)) host.dispatch({ name: 'arrived', text: `${at + 1} -1` });
  for (let n = known; n < count; n++)
    if (isAny(wanted)) {
      const stop = live.step('event', 1, host.state.cpu);
      arrived(host, stop);
      if (stop.reason !== 'step') break;
    } else if (!(await until(host, wanted))) break;
}

/** Runs until there is such an event after the cursor, and goes to it. False: there is none, or a key has stopped it. */
async function until(host: Host, { filter, what }: Wanted): Promise<boolean> {
  const side = host.world.side(host.state);
  if (side?.live === undefined) return false;
  const { run, live } = side;
  let from = cursor(host.state);
  host.dispatch({ name: 'arrived', text: `${run.events} -1` });
  let pauseAt = 0;
  const pieces = live.runningTo(Number.POSITIVE_INFINITY, () => performance.now() > pauseAt);
  host.interrupted();
  try {
    for (;;) {
      pauseAt = performance.now() + SLICE_MS;
      const piece = pieces.next();
      const found = run.find(filter, from, 1);
      if (found !== undefined && (piece.done === true || run.event(found).cycle < live.settled)) {
        pieces.return({ reason: 'interrupted', cycle: live.cycle, cpu: host.state.cpu });
        host.dispatch({ name: 'arrived', text: `${found + 1} ${run.event(found).cpu}` });
        return true;
      }
      if (found === undefined) from = Math.max(from, run.events - UNSETTLED);
      if (piece.done === true) {
        host.dispatch({ name: 'arrived', text: `${run.state.seq} -1` });
        throw new Complaint(`no further ${what}: the run has ended`);
      }
      host.dispatch({ name: 'arrived', text: `${run.state.seq} -1` });
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

/** Events at the end of what is known whose order may yet change. */
const UNSETTLED = 4096;

export const aheadCommands: Command[] = [
  {
    name: 'remember',
    keys: [],
    group: 'Time',
    help: '',
    internal: true,
    reduce: (state) => remember(state),
  },
];

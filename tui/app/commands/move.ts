/** Moving through time: events by kind, CPU and thread, both ways; places to go to, and the way back. */
import { type Command, Complaint } from '../command.ts';
import { cursor, cycleAt, moveTo, parseFilter, remember, runOf, toEvent } from '../moving.ts';
import type { SideIndex, UiState, ViewName } from '../state.ts';
import { VIEWS } from '../state.ts';
import { parseMoment } from '../text/words.ts';
import { pathOf, type Side, type World } from '../world.ts';
import { runAhead, seek, type Wanted } from './ahead.ts';

const FIRING = { site: '_trace:::dtrace-enter' };
const group = 'Time';

/** Two commands that differ in their direction, and what they look for. */
const both = (
  names: [string, string],
  keys: [string[], string[]],
  help: [string, string],
  wanted: (state: UiState, world: World) => Wanted,
  more: Partial<Command> = {},
): Command[] =>
  ([1, -1] as const).map((direction, i) => ({
    name: names[i],
    keys: keys[i],
    group,
    help: help[i],
    repeat: true,
    effect: (_text, count, host) => seek(host, direction, count, wanted(host.state, host.world)),
    ...more,
    bar: i === 0 ? more.bar : undefined,
  }));

/** One event on or back: among known ones a move, beyond them the live machine's next. */
function step(direction: 1 | -1): Command[] {
  const name = direction > 0 ? 'next-event' : 'previous-event';
  return [
    {
      name,
      keys: direction > 0 ? ['l', 'right'] : ['h', 'left'],
      group,
      help: direction > 0 ? 'next event' : 'previous event',
      repeat: true,
      bar: direction > 0 ? 'step' : undefined,
      effect(_text, count, host) {
        const side = host.world.side(host.state);
        const beyond = cursor(host.state) + count - ((side?.run.events ?? 0) - 1);
        if (direction > 0 && beyond > 0 && side?.live !== undefined && !side.run.ended)
          return runAhead(host, beyond, { filter: {}, what: 'event' }, side.run.events - 1);
        host.dispatch({ name: `move-${name}`, count });
      },
    },
    {
      name: `move-${name}`,
      keys: [],
      group,
      help: '',
      internal: true,
      reduce(state, _text, count, world) {
        moveTo(state, world, cursor(state) + direction * count + 1, count > 1);
        const run = runOf(state, world);
        if (cursor(state) >= 0 && run.events > 0) state.cpu = run.event(cursor(state)).cpu;
      },
    },
  ];
}

function threadOf(state: UiState, world: World): number {
  const run = runOf(state, world);
  const tid = run.state.cpus[state.cpu]?.tid ?? 0;
  return state.view === 'threads' && state.thread !== 0 ? state.thread : tid;
}

export const moveCommands: Command[] = [
  ...step(1),
  ...step(-1),
  ...both(
    ['next-on-cpu', 'previous-on-cpu'],
    [
      ['L', 'shift-right'],
      ['H', 'shift-left'],
    ],
    ['next event on the chosen CPU', 'previous event on the chosen CPU'],
    (state) => ({ filter: { cpu: state.cpu }, what: `event on CPU ${state.cpu}` }),
  ),
  ...both(
    ['next-of-thread', 'previous-of-thread'],
    [['t'], ['T']],
    ['next event of this thread', 'previous event of this thread'],
    (state, world) => {
      const tid = threadOf(state, world);
      return { filter: { where: `tid == ${tid}` }, what: `event of thread ${tid}` };
    },
  ),
  ...both(
    ['next-firing', 'previous-firing'],
    [['f'], ['F']],
    ['next probe firing', 'previous probe firing'],
    () => ({ filter: FIRING, what: 'probe firing' }),
    { bar: 'firing' },
  ),
  ...both(
    ['next-tick', 'previous-tick'],
    [[')'], ['(']],
    ['next timer tick of this CPU', 'previous timer tick of this CPU'],
    (state) => ({
      filter: { site: '_trace:::intr-entry', cpu: state.cpu, where: 'arg0 == 0' },
      what: `tick on CPU ${state.cpu}`,
    }),
  ),
  ...both(
    ['next-syscall', 'previous-syscall'],
    [['}'], ['{']],
    ['next system call of this thread', 'previous system call of this thread'],
    (state, world) => {
      const tid = threadOf(state, world);
      return {
        filter: { site: 'syscall:::entry', where: `tid == ${tid}` },
        what: `system call of thread ${tid}`,
      };
    },
  ),
  ...both(
    ['next-match', 'previous-match'],
    [['n'], ['N']],
    ['next event that matches the search', 'previous event that matches the search'],
    (state, world) => {
      if (state.search === '') throw new Complaint("nothing to search for yet: '/' asks");
      return {
        filter: parseFilter(state.search, runOf(state, world).sites),
        what: `event for '${state.search}'`,
      };
    },
  ),
  {
    name: 'start',
    keys: ['g'],
    group,
    help: 'start of the run',
    reduce: (state, _text, _count, world) => moveTo(state, world, 0),
  },
  {
    name: 'end',
    keys: ['G'],
    group,
    help: 'end of the run',
    reduce: (state, _text, _count, world) => moveTo(state, world, runOf(state, world).events),
  },
  {
    name: 'time',
    keys: [],
    group,
    argument: 'TIME',
    help: "go to a time: ':time 12.5ms', ':time 300000' (cycles)",
    reduce(state, text, _count, world) {
      const run = runOf(state, world);
      const cycle = parseMoment(text, run.clockHz);
      if (cycle === undefined) throw new Complaint(`'${text}' is no time: write 12.5ms, 300us, or cycles`);
      moveTo(state, world, seqAt(run, cycle));
    },
  },
  {
    name: 'event',
    keys: [],
    group,
    argument: 'NUMBER',
    help: "go to an event by its number: ':event 123', or only ':123'",
    reduce(state, text, _count, world) {
      const run = runOf(state, world);
      const n = Number(text.replaceAll(',', ''));
      if (!Number.isInteger(n) || n < 0) throw new Complaint(`'${text}' is no event's number`);
      if (n >= run.events) throw new Complaint(`event ${n}: the run has 0 to ${run.events - 1}`);
      toEvent(state, world, n);
    },
  },
  {
    name: 'goto',
    keys: [],
    group,
    argument: 'TRACE#SEQ@VIEW',
    help: 'go to a position that was shared: trace#seq@view',
    effect: async (text, _count, host) => {
      const place = parsePosition(text);
      if (place === undefined) throw new Complaint(`'${text}' is no position: write trace#seq@view`);
      const titles = host.world.sides.map(titleOf);
      if (place.title !== '' && !titles.includes(place.title)) await host.open([place.title]);
      host.dispatch({ name: 'arrive', text: text });
    },
  },
  {
    name: 'arrive',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      const place = parsePosition(text);
      if (place === undefined) return;
      const side = world.sides.findIndex((s) => titleOf(s) === place.title);
      if (side === 0 || side === 1) state.side = side;
      moveTo(state, world, place.seq);
      const run = runOf(state, world);
      if (cursor(state) >= 0 && run.events > 0) state.cpu = run.event(cursor(state)).cpu;
      if (place.view !== undefined) state.view = place.view;
    },
  },
  {
    name: 'mark',
    keys: [],
    group,
    argument: 'LETTER',
    help: "set a mark here: 'm' and a letter",
    reduce(state, text) {
      if (!/^[A-Za-z0-9]$/.test(text)) throw new Complaint('a mark is a letter or digit');
      state.marks[text] = { side: state.side, seq: state.now[state.side], view: state.view };
      state.message = { kind: 'info', text: `mark ${text} set at event ${cursor(state)}` };
    },
  },
  {
    name: 'to-mark',
    keys: [],
    group,
    argument: 'LETTER',
    help: "go to a mark: ' and its letter; '' goes back to the last place",
    complete: (state) => Object.keys(state.marks),
    reduce(state, text, _count, world) {
      const place = text === "'" ? state.history.at(-1) : state.marks[text];
      if (place === undefined)
        throw new Complaint(
          text === "'"
            ? 'no place to go back to'
            : `no mark '${text}'; set: ${Object.keys(state.marks).join(' ') || 'none'}`,
        );
      remember(state);
      state.side = place.side;
      moveTo(state, world, place.seq, false);
    },
  },
  {
    name: 'prefix',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      state.pending = text;
    },
  },
  {
    name: 'back',
    keys: ['[', 'ctrl-o'],
    group,
    help: 'back to where you were',
    repeat: true,
    reduce(state, _text, count, world) {
      for (let n = 0; n < count; n++) {
        const place = state.history.pop();
        if (place === undefined) throw new Complaint('no earlier place');
        state.future.push({ side: state.side, seq: state.now[state.side], view: state.view });
        state.side = place.side;
        moveTo(state, world, place.seq, false);
      }
    },
  },
  {
    name: 'forward',
    keys: [']'],
    group,
    help: 'forward again',
    repeat: true,
    reduce(state, _text, count, world) {
      for (let n = 0; n < count; n++) {
        const place = state.future.pop();
        if (place === undefined) throw new Complaint('no later place');
        state.history.push({ side: state.side, seq: state.now[state.side], view: state.view });
        state.side = place.side;
        moveTo(state, world, place.seq, false);
      }
    },
  },
  {
    name: 'go-cycle',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      const run = runOf(state, world);
      moveTo(state, world, seqAt(run, Number(text)));
    },
  },
];

/** Events that have happened at a cycle. */
export function seqAt(run: { events: number; event(n: number): { cycle: number } }, cycle: number): number {
  let low = 0;
  let high = run.events;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run.event(middle).cycle <= cycle) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** 'trace#seq@view'; the trace may be left out ('#123'), the view too. Seq is the number of the event under the cursor. */
export function parsePosition(text: string): { title: string; seq: number; view?: ViewName } | undefined {
  const match = /^(.*)#(\d+)(?:@(\w+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const view = VIEWS.find((v) => v === match[3]);
  if (match[3] !== undefined && view === undefined) return undefined;
  return { title: match[1], seq: Number(match[2]) + 1, view };
}

export const positionText = (state: UiState, world: World): string =>
  `${titleOf(world.side(state))}#${Math.max(0, cursor(state))}@${state.view}`;

const titleOf = (side: Side | undefined): string =>
  side === undefined ? '' : (pathOf(side) ?? side.run.title);

export { cycleAt, type SideIndex };

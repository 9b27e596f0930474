/** Which view, pane, run and row are looked at; and leaving them. */
import type { RunView } from '../../../traces/playback/run-view.ts';
import { type Command, Complaint } from '../command.ts';
import { closeUp, cursor, moveTo, parseFilter, remember, runOf } from '../moving.ts';
import { type SideIndex, type UiState, VIEWS, type ViewName } from '../state.ts';
import { choosePair } from '../views/diff.ts';
import { detailRows } from '../views/events.ts';
import { viewModule } from '../views/modules.ts';
import type { World } from '../world.ts';
import { seek } from './ahead.ts';
import { positionText } from './move.ts';

const group = 'Views';

export const VIEW_HELP: Record<ViewName, string> = {
  machine: 'what each CPU does, over time',
  source: 'guest C at the position, stack and variables',
  threads: 'threads as procstat -at shows them',
  locks: 'locks: owners, waiters, histograms',
  events: 'events one by one, with what set each value',
  dtrace: 'probes, output, aggregations, what they cost',
  diff: 'where two runs part, and what it cost',
  open: 'scenarios and traces to open',
};

export function show(state: UiState, world: World, view: ViewName): void {
  if (view === state.view) return;
  if (world.sides.length === 0 && view !== 'open')
    throw new Complaint('no run is open yet: choose one and press Enter');
  if (view === 'diff' && world.sides.length < 2)
    throw new Complaint(
      "one run is open; the diff wants two: choose them in the Open view (8) with Space, or ':open A B'",
    );
  state.behind = [...state.behind.filter((v) => v !== view), state.view].slice(-8);
  state.view = view;
  state.pane = 0;
  state.detail = 0;
}

/** Throws what is wrong with a filter. */
function checkFilter(run: RunView, text: string): void {
  run.find(parseFilter(text, run.sites), 0, 1, 1);
}

const views: Command[] = VIEWS.filter((view) => view !== 'open').map((view, i) => ({
  name: view,
  keys: [String(i + 1)],
  group,
  help: VIEW_HELP[view],
  reduce: (state, _text, _count, world) => show(state, world, view),
}));

const pageOf = (state: UiState): number => Math.max(1, state.rows - 8);

function move(
  name: string,
  keys: string[],
  help: string,
  by: (count: number, page: number) => number,
): Command {
  return {
    name,
    keys,
    group: 'Lists',
    help,
    repeat: true,
    reduce(state, _text, count, world) {
      const view = viewModule(state.view);
      if (view.rows?.(state, world) === undefined) view.move?.(state, world, by(count, pageOf(state)));
    },
    effect(_text, count, host) {
      const filter = viewModule(host.state.view).rows?.(host.state, host.world);
      if (filter === undefined) return;
      const rows = by(count, pageOf(host.state));
      const down = rows > 0;
      const wanted = { filter, what: 'event that the filter lets through' };
      if (Number.isFinite(rows)) return seek(host, down ? 1 : -1, Math.abs(rows), { ...wanted, row: {} });
      // The last is the first one from the end.
      const from = down ? runOf(host.state, host.world).events : -1;
      return seek(host, down ? -1 : 1, 1, { ...wanted, row: { from } });
    },
  };
}

export const lookCommands: Command[] = [
  ...views,
  {
    name: 'view',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      const view = VIEWS.find((v) => v === text);
      if (view !== undefined) show(state, world, view);
    },
  },
  {
    name: 'next-pane',
    keys: ['tab'],
    group,
    help: 'next pane',
    bar: 'pane',
    reduce(state) {
      state.pane = (state.pane + 1) % viewModule(state.view).panes;
    },
  },
  {
    name: 'previous-pane',
    keys: ['shift-tab'],
    group,
    help: 'previous pane',
    reduce(state) {
      const { panes } = viewModule(state.view);
      state.pane = (state.pane + panes - 1) % panes;
    },
  },
  {
    name: 'focus',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      state.pane = Math.min(viewModule(state.view).panes - 1, Number(text));
    },
  },
  {
    name: 'split',
    keys: [],
    group,
    argument: 'PERCENT',
    help: "share of the first pane: ':split 60'; the border can be dragged",
    reduce(state, text) {
      const share = Number(text) / 100;
      if (!(share >= 0.1 && share <= 0.9)) throw new Complaint(`split ${text}: 10 to 90 percent`);
      state.splits[state.view] = share;
    },
  },
  move('down', ['j', 'down'], 'down', (n) => n),
  move('up', ['k', 'up'], 'up', (n) => -n),
  move('page-down', ['pagedown', 'ctrl-f'], 'a page down', (n, page) => n * page),
  move('page-up', ['pageup', 'ctrl-b'], 'a page up', (n, page) => -n * page),
  move('half-page-down', ['ctrl-d'], 'half a page down', (n, page) => n * Math.ceil(page / 2)),
  move('half-page-up', ['ctrl-u'], 'half a page up', (n, page) => -n * Math.ceil(page / 2)),
  move('top', ['home'], 'first row of the list', () => Number.NEGATIVE_INFINITY),
  move('bottom', ['end'], 'last row of the list', () => Number.POSITIVE_INFINITY),
  {
    name: 'select',
    keys: [],
    group: 'Lists',
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      viewModule(state.view).select?.(state, world, text);
    },
  },
  {
    name: 'enter',
    keys: ['enter'],
    group: 'Lists',
    help: 'drill in: what the row stands for',
    bar: 'go',
    effect: async (_text, _count, host) => {
      const action = viewModule(host.state.view).enter?.(host.state, host.world);
      if (action !== undefined) host.dispatch(action);
    },
  },
  {
    name: 'sort',
    keys: ['z'],
    group: 'Lists',
    argument: 'COLUMN',
    views: ['threads', 'locks'],
    help: 'sort by the next column, or the one named',
    complete: (state) => viewModule(state.view).sorts ?? [],
    reduce(state, text) {
      const { view } = state;
      const sorts = viewModule(view).sorts;
      if (sorts === undefined || (view !== 'threads' && view !== 'locks'))
        throw new Complaint(`the ${view} view is in order of time`);
      if (text !== '' && !sorts.includes(text)) throw new Complaint(`sort by one of: ${sorts.join(' ')}`);
      state.sort[view] = text !== '' ? text : sorts[(sorts.indexOf(state.sort[view]) + 1) % sorts.length];
      state.message = { kind: 'info', text: `sorted by ${state.sort[view]}` };
    },
  },
  {
    name: 'cpu',
    keys: ['p'],
    group,
    argument: 'NUMBER',
    help: 'choose the next CPU, or the one named',
    complete: (state, world) => Array.from({ length: world.side(state)?.run.cpus ?? 0 }, (_, n) => String(n)),
    reduce(state, text, _count, world) {
      const { cpus } = runOf(state, world);
      const n = text === '' ? (state.cpu + 1) % cpus : Number(text);
      if (!Number.isInteger(n) || n < 0 || n >= cpus)
        throw new Complaint(`CPU ${text}: there are 0 to ${cpus - 1}`);
      state.cpu = n;
      state.frame = 0;
    },
  },
  {
    name: 'swap',
    keys: ['x'],
    group: 'Pairs',
    help: 'look at the other run of the pair',
    reduce(state, _text, _count, world) {
      if (world.sides.length < 2) throw new Complaint('one run is open: there is nothing to swap with');
      state.side = (1 - state.side) as SideIndex;
      state.detail = 0;
    },
  },
  {
    name: 'lock-cursors',
    keys: ['X'],
    group: 'Pairs',
    help: 'moving one run moves the other along, or not',
    reduce(state) {
      state.locked = !state.locked;
      state.message = {
        kind: 'info',
        text: state.locked ? 'both runs move together' : 'each run moves on its own',
      };
    },
  },
  ...([1, -1] as const).map(
    (direction): Command => ({
      name: direction > 0 ? 'next-divergence' : 'previous-divergence',
      keys: [direction > 0 ? 'd' : 'D'],
      group: 'Pairs',
      help: `${direction > 0 ? 'next' : 'previous'} place where the runs part`,
      repeat: true,
      reduce(state, _text, count, world) {
        const { diff } = world;
        if (diff === undefined) throw new Complaint('one run is open: a pair has divergences');
        const at = (d: { seqA: number; seqB: number }) => (state.side === 0 ? d.seqA : d.seqB);
        const order = diff.divergences
          .map((d, i) => ({ i, seq: at(d) }))
          .filter(({ seq }) => seq >= 0)
          .sort((p, q) => (p.seq - q.seq) * direction);
        const later = order.filter(({ seq }) => (seq - cursor(state)) * direction > 0);
        const target = later[count - 1] ?? later.at(-1);
        if (target === undefined)
          throw new Complaint(`no ${direction > 0 ? 'further' : 'earlier'} divergence on this side`);
        state.divergence = target.i;
        choosePair(state, diff);
        moveTo(state, world, target.seq + 1);
        state.cpu = runOf(state, world).event(target.seq).cpu;
      },
    }),
  ),
  {
    name: 'search',
    keys: ['/'],
    group: 'Search',
    argument: 'WORDS',
    ask: true,
    help: "search events: a site ('sched:::', 'read'), cpu=, thread=, lock=, 'arg1 > 100'",
    bar: 'search',
    complete: sites,
    reduce(state, text, _count, world) {
      checkFilter(runOf(state, world), text);
      state.search = text;
    },
    effect(text, _count, host) {
      const { sites } = runOf(host.state, host.world);
      return seek(host, 1, 1, {
        filter: parseFilter(text, sites),
        what: `event for '${text}'`,
        none: `no event for '${text}' after this one (N looks before it)`,
      });
    },
  },
  {
    name: 'filter',
    keys: ['&'],
    group: 'Search',
    argument: 'WORDS',
    ask: true,
    help: 'show only the events that match; nothing shows all',
    bar: 'filter',
    complete: sites,
    reduce(state, text, _count, world) {
      checkFilter(runOf(state, world), text);
      state.filter = text.trim();
      state.message = {
        kind: 'info',
        text: state.filter === '' ? 'all events' : `only events for '${state.filter}'`,
      };
    },
  },
  {
    name: 'show-thread',
    keys: [],
    group: 'Lists',
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      const run = runOf(state, world);
      const tid = Number(text);
      state.thread = tid;
      const last = run.find({ where: `tid == ${tid}` }, cursor(state) + 1, -1);
      if (last === undefined) throw new Complaint(`thread ${tid} has not run yet`);
      moveTo(state, world, last + 1);
      state.cpu = run.event(last).cpu;
      show(state, world, 'events');
    },
  },
  {
    name: 'show-lock',
    keys: [],
    group: 'Lists',
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      const run = runOf(state, world);
      state.lock = text;
      state.search = `lock=${text}`;
      const last = run.find({ site: 'lockstat:::*-acquire', lock: text }, cursor(state) + 1, -1);
      if (last === undefined) throw new Complaint('nobody has taken it yet');
      moveTo(state, world, last + 1);
      state.cpu = run.event(last).cpu;
      show(state, world, 'events');
      state.message = { kind: 'info', text: 'who took it last; n and N go to its other events' };
    },
  },
  {
    name: 'show-divergence',
    keys: [],
    group: 'Pairs',
    help: '',
    internal: true,
    reduce(state, _text, _count, world) {
      const d = world.diff?.divergences[state.divergence];
      if (d === undefined) throw new Complaint('the runs never part');
      const side: SideIndex = d.seqA < 0 ? 1 : d.seqB < 0 ? 0 : state.side;
      remember(state);
      state.side = side;
      const seq = side === 0 ? d.seqA : d.seqB;
      moveTo(state, world, seq + 1, false);
      const other = side === 0 ? d.seqB : d.seqA;
      if (other >= 0) state.now[1 - side] = other + 1;
      closeUp(state, world, side, seq, Math.abs(d.effect));
      state.cpu = runOf(state, world).event(seq).cpu;
    },
  },
  {
    name: 'follow',
    keys: [],
    group: 'Lists',
    help: 'go to the event that set the selected value',
    views: ['events'],
    reduce(state, _text, _count, world) {
      const side = world.side(state);
      const row = side === undefined ? undefined : detailRows(state, side)[state.detail];
      if (side === undefined || row?.link === undefined)
        throw new Complaint('this value has no event behind it');
      const target = row.link.find(side.run);
      if (target === undefined) throw new Complaint(`${row.link.words}: not in this run`);
      const detail = state.detail;
      moveTo(state, world, target + 1);
      state.detail = detail;
      state.cpu = side.run.event(target).cpu;
      state.pane = 0;
    },
  },
  {
    name: 'copy',
    keys: ['y'],
    group: 'Notes',
    help: 'copy the selected line',
    effect(_text, _count, host) {
      const text =
        viewModule(host.state.view).line?.(host.state, host.world) ?? positionText(host.state, host.world);
      host.copy(text);
      host.say(`copied: ${text}`, 'good');
    },
  },
  {
    name: 'copy-position',
    keys: ['Y'],
    group: 'Notes',
    help: 'copy the position as trace#seq@view',
    effect(_text, _count, host) {
      const text = positionText(host.state, host.world);
      host.copy(text);
      host.say(`copied: ${text}`, 'good');
    },
  },
  {
    name: 'note',
    keys: ['a'],
    group: 'Notes',
    argument: 'TEXT',
    ask: true,
    help: 'a note on this event, kept beside the trace; without text it goes',
    effect(text, _count, host) {
      host.dispatch({ name: 'set-note', text });
      host.saveNotes();
    },
  },
  {
    name: 'set-note',
    keys: [],
    group: 'Notes',
    help: '',
    internal: true,
    reduce(state, text) {
      const seq = Math.max(0, cursor(state));
      state.notes = state.notes.filter((n) => n.side !== state.side || n.seq !== seq);
      if (text.trim() !== '') state.notes.push({ side: state.side, seq, text: text.trim() });
      state.notes.sort((a, b) => a.seq - b.seq);
    },
  },
  {
    name: 'next-note',
    keys: ['A'],
    group: 'Notes',
    help: 'next note, round to the first',
    reduce(state, _text, _count, world) {
      const own = state.notes.filter((n) => n.side === state.side);
      const next = own.find((n) => n.seq > cursor(state)) ?? own[0];
      if (next === undefined) throw new Complaint("no notes: 'a' makes one");
      moveTo(state, world, next.seq + 1);
      state.message = { kind: 'info', text: `note: ${next.text}` };
    },
  },
  {
    name: 'cancel',
    keys: ['escape'],
    group,
    help: 'back: closes what is open, then the view',
    reduce(state) {
      if (state.message !== null) state.message = null;
      else if (state.filter !== '' && state.view === 'events') state.filter = '';
      else if (state.behind.length > 0) {
        state.view = state.behind.at(-1) as ViewName;
        state.behind = state.behind.slice(0, -1);
        state.pane = 0;
      }
    },
  },
  {
    name: 'quit',
    keys: ['q', 'ctrl-c'],
    group,
    help: 'quit',
    bar: 'quit',
    reduce(state) {
      state.quit = true;
    },
  },
  {
    name: 'q',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state) {
      state.quit = true;
    },
  },
  {
    name: 'suspend',
    keys: ['ctrl-z'],
    group,
    help: 'stop, as a job of the shell',
    effect: (_t, _c, host) => host.suspend(),
  },
  {
    name: 'redraw',
    keys: ['ctrl-l'],
    group,
    help: 'draw the screen anew',
    effect: (_t, _c, host) => host.redraw(),
  },
  {
    name: 'mouse',
    keys: ['alt-m'],
    group,
    argument: 'on|off',
    help: 'mouse on or off (off: the terminal selects text)',
    complete: () => ['on', 'off'],
    effect(text, _count, host) {
      const on = text === '' ? !host.state.mouse : text === 'on';
      host.setMouse(on);
      host.dispatch({ name: 'set-mouse', text: on ? 'on' : 'off' });
    },
  },
  {
    name: 'set-mouse',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      state.mouse = text === 'on';
      state.message = {
        kind: 'info',
        text: state.mouse ? 'mouse on' : 'mouse off: select with the terminal',
      };
    },
  },
  {
    name: 'resize',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      const [columns, rows] = text.split('x').map(Number);
      state.columns = columns;
      state.rows = rows;
    },
  },
  {
    name: 'say',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text) {
      const [kind, ...words] = text.split(' ');
      state.message =
        words.length === 0 ? null : { kind: kind as 'info' | 'good' | 'error', text: words.join(' ') };
    },
  },
];

/** Completions of a search: sites of this run, short. */
function sites(state: UiState, world: World): string[] {
  const run = world.side(state)?.run;
  if (run === undefined) return [];
  const names = new Set<string>(['cpu=', 'thread=', 'lock=']);
  for (const s of run.sites) {
    names.add(`${s.provider}:::`);
    names.add(s.provider === 'syscall' || s.provider === 'fbt' ? `${s.function}:${s.name}` : s.name);
  }
  return [...names].sort();
}

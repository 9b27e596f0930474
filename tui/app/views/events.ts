/** Events: the list around now, and of the one under the cursor every value, linked to the event that set it. */
import type { EventView } from '../../../traces/playback/run-view.ts';
import type { Action } from '../command.ts';
import { argumentLink, eventLinks, type Link } from '../links.ts';
import { cursor, moveTo, parseFilter } from '../moving.ts';
import type { UiState } from '../state.ts';
import {
  argumentsRow,
  argumentWords,
  siteFull,
  siteWords,
  threadName,
  threadWords,
} from '../text/describe.ts';
import { beside, type Line, type Span, toWidth } from '../text/line.ts';
import { padEnd, plain, wrap } from '../text/width.ts';
import { count, moment, span } from '../text/words.ts';
import type { Side, World } from '../world.ts';
import { type Column, headings, stretch, tableRow } from './table.ts';
import { type Frame, type Hit, moved, type ViewContext, type ViewModule } from './view.ts';

/** Events away to which a link is looked up while it is only shown; following it looks everywhere. */
const REACH = 50_000;

export const eventsView: ViewModule = {
  title: 'Events',
  panes: 2,
  render,
  move(state, world, by) {
    const side = world.side(state);
    if (side === undefined) return;
    if (state.pane === 1) {
      state.detail = moved(state.detail, by, detailRows(state, side).length);
      return;
    }
    moveRows(state, world, side, by);
  },
  rows(state, world) {
    const side = world.side(state);
    return side === undefined || state.pane === 1 || state.filter === ''
      ? undefined
      : parseFilter(state.filter, side.run.sites);
  },
  select(state, world, what) {
    const [kind, n] = what.split(' ');
    if (kind === 'detail') {
      state.pane = 1;
      state.detail = Number(n);
      return;
    }
    state.pane = 0;
    moveTo(state, world, Number(n) + 1, false);
    const side = world.side(state);
    if (side !== undefined && side.run.events > Number(n)) state.cpu = side.run.event(Number(n)).cpu;
  },
  enter(state, world): Action | undefined {
    if (state.pane === 1) return { name: 'follow' };
    return world.side(state) === undefined ? undefined : { name: 'next-pane' };
  },
  line(state, world) {
    const side = world.side(state);
    if (side === undefined || cursor(state) < 0) return undefined;
    const event = side.run.event(cursor(state));
    return `${event.seq} ${moment(event.cycle, side.run.clockHz)} cpu${event.cpu} ${threadWords(side.run.state, event.tid)} ${siteFull(side.run, event.site)} ${argumentsRow(side, event)}`;
  },
};

/** Without a filter each event is a row. */
function moveRows(state: UiState, world: World, side: Side, by: number): void {
  const { run } = side;
  if (run.events === 0) return;
  const to = Math.max(0, Math.min(run.events - 1, cursor(state) + by));
  moveTo(state, world, to + 1, Math.abs(by) > 1);
  state.cpu = run.event(to).cpu;
}

function columns(side: Side, digits: number): Column<EventView>[] {
  const { run } = side;
  return [
    { title: '#', width: digits, right: true, text: (e) => count(e.seq), style: () => 'dim' },
    { title: 'TIME', width: 15, right: true, text: (e) => moment(e.cycle, run.clockHz) },
    { title: 'CPU', width: 3, right: true, text: (e) => String(e.cpu), style: () => 'dim' },
    { title: 'THREAD', width: 11, text: (e) => threadName(run.state, e.tid), style: () => 'accent' },
    {
      title: 'EVENT',
      width: 22,
      text: (e) => siteWords(run, e.site),
      style: (e) => styleOf(run.sites[e.site]),
    },
    { title: 'VALUES', width: 6, text: (e) => argumentsRow(side, e) },
  ];
}

function styleOf(site: { provider: string; name: string } | undefined) {
  if (site === undefined) return undefined;
  if (site.name.startsWith('dtrace-')) return 'probe';
  if (site.name.startsWith('intr-')) return 'interrupt';
  if (site.provider === 'syscall') return 'user';
  if (/-(block|spin)$|lock-wait/.test(site.name)) return 'spin';
  return site.provider === 'lockstat' ? 'kernel' : undefined;
}

function render(c: ViewContext): Frame {
  const { state, width, height, glyphs } = c;
  const side = c.world.side(state);
  if (side === undefined) return { lines: [], hits: [] };
  const across = width >= 110;
  const share = state.splits.events ?? (across ? 0.64 : 0.58);
  const listWidth = across ? Math.floor((width - 1) * share) : width;
  const listHeight = across ? height : Math.floor((height - 1) * share);
  const hits: Hit[] = [];
  const list = listLines(c, side, listWidth, listHeight, hits);
  const origin = across ? { row: 0, from: listWidth + 1 } : { row: listHeight + 1, from: 0 };
  const detailWidth = across ? width - listWidth - 1 : width;
  const detailHeight = across ? height : height - listHeight - 1;
  const details = detailLines(c, side, detailWidth, detailHeight, hits, origin);
  if (across) {
    hits.push({
      row: 0,
      rows: height,
      from: listWidth,
      to: listWidth + 1,
      border: { across: true, start: 0, size: width },
    });
    return { lines: beside(list, details, listWidth, detailWidth, [glyphs.vertical, 'dim'], height), hits };
  }
  hits.push({ row: listHeight, from: 0, to: width, border: { across: false, start: 0, size: height } });
  while (list.length < listHeight) list.push([]);
  return { lines: [...list, [[glyphs.horizontal.repeat(width), 'dim']], ...details], hits };
}

function listLines(c: ViewContext, side: Side, width: number, height: number, hits: Hit[]): Line[] {
  const { state } = c;
  const { run } = side;
  const filter = parseFilter(state.filter, run.sites);
  const searched = state.search === '' ? undefined : parseFilter(state.search, run.sites);
  const at = cursor(state);
  const rows = Math.max(1, height - 1);
  const half = Math.floor(rows / 2);
  let before: EventView[];
  let after: EventView[];
  let complete = true;
  if (state.filter === '') {
    before = run.window(at, -(half + 1));
    after = run.window(at + 1, rows - Math.min(before.length, half));
    if (before.length + after.length < rows) before = run.window(at, -(rows - after.length));
  } else {
    const around = c.world.filteredAround(run, state.filter, filter, at, rows);
    complete = around.complete;
    const some = around.before.slice(-(half + 1));
    const later = around.after.slice(0, rows - Math.min(some.length, half));
    after = later.map((seq) => run.event(seq));
    before = around.before.slice(-(rows - later.length)).map((seq) => run.event(seq));
  }
  const list = [...before, ...after].slice(0, rows);
  const digits = Math.max(7, count(run.events).length);
  const table = stretch(columns(side, digits), 5, width);
  const title = headings(table, width);
  const lines: Line[] = [title];
  const here = before.at(-1)?.seq;
  const matches = new Set<number>();
  if (searched !== undefined && list.length > 0) {
    const last = list[list.length - 1].seq;
    for (let seq = list[0].seq - 1; ; ) {
      const next = run.find(searched, seq, 1, last - seq);
      if (next === undefined || next > last) break;
      matches.add(next);
      seq = next;
    }
  }
  const notes = new Map(state.notes.filter((n) => n.side === state.side).map((n) => [n.seq, n.text]));
  for (const event of list) {
    hits.push({
      row: lines.length,
      from: 0,
      to: width,
      pane: 0,
      press: { name: 'select', text: `event ${event.seq}` },
      again: { name: 'enter' },
    });
    const style = event.seq === here ? (state.pane === 0 ? 'selected' : 'shadowed') : undefined;
    const note = notes.get(event.seq);
    const row = tableRow(table, event, width, style ?? (matches.has(event.seq) ? 'match' : undefined));
    lines.push(
      note === undefined
        ? row
        : toWidth([...toWidth(row, Math.max(30, width - note.length - 3)), [` " ${note}`, 'match']], width),
    );
  }
  if (!complete && lines.length <= rows) lines.push([[`searching for '${state.filter}'`, 'dim']]);
  else if (list.length === 0)
    lines.push([
      [state.filter === '' ? 'no events' : `no event for '${state.filter}'; & changes the filter`, 'dim'],
    ]);
  return lines;
}

interface DetailRow {
  line: Line;
  link?: Link;
}

/** Rows of the details that can be selected: values and links. */
export function detailRows(state: UiState, side: Side): DetailRow[] {
  const { run } = side;
  const at = cursor(state);
  if (at < 0 || at >= run.events) return [];
  const event = run.event(at);
  const rows: DetailRow[] = argumentWords(side, event).map((argument) => {
    const link = argumentLink(run, event, argument);
    const words: Span[] = [
      [padEnd(argument.label, 10), 'dim'],
      [argument.words, argument.kind === 'lock' ? 'accent' : undefined],
    ];
    if (argument.type !== '' && argument.kind !== 'thread') words.push([`  ${argument.type}`, 'dim']);
    return { line: words, link };
  });
  for (const link of eventLinks(run, event)) rows.push({ line: [[padEnd('', 10)]], link });
  return rows;
}

function detailLines(
  c: ViewContext,
  side: Side,
  width: number,
  height: number,
  hits: Hit[],
  origin: { row: number; from: number },
): Line[] {
  const { state, glyphs } = c;
  const { run } = side;
  const at = cursor(state);
  if (at < 0 || at >= run.events) return [[[' before the first event: l goes to it', 'dim']]];
  const event = run.event(at);
  const lines: Line[] = [
    [[siteFull(run, event.site), 'bold']],
    [
      [`event ${count(at)}  cpu${event.cpu}  `, 'dim'],
      [threadWords(run.state, event.tid), 'accent'],
      [`  cycle ${count(event.cycle)}`, 'dim'],
    ],
  ];
  const note = state.notes.find((n) => n.side === state.side && n.seq === at);
  if (note !== undefined) lines.push([[`note: ${note.text}`, 'match']]);
  const rows = detailRows(state, side);
  const room = Math.max(1, height - lines.length);
  const first = Math.max(0, Math.min(rows.length - room, state.detail - room + 2));
  rows.slice(first, first + room).forEach(({ line, link }, i) => {
    const n = first + i;
    const shown: Span[] = [...line];
    if (link !== undefined) {
      const target = link.find(run, REACH);
      if (target !== undefined)
        shown.push(
          [`  ${glyphs.arrow} `, 'dim'],
          [`${link.words} #${count(target)}`, 'link'],
          [` ${since(run, event, target)}`, 'dim'],
        );
      else if (line.length === 1) shown.push([`${link.words}: not near here`, 'dim']);
    }
    hits.push({
      row: origin.row + lines.length,
      from: origin.from,
      to: origin.from + width,
      pane: 1,
      press: { name: 'select', text: `detail ${n}` },
      again: { name: 'follow' },
    });
    const focused = state.pane === 1 && n === state.detail;
    lines.push(focused ? [[padEnd(shown.map(([t]) => t).join(''), width), 'selected']] : shown);
  });
  const why = lines.length < height ? run.why(at) : '';
  if (why !== '')
    for (const text of wrap(plain(why), width - 1).slice(0, height - lines.length))
      lines.push([[text, 'dim']]);
  return lines.map((line) => toWidth(line, width));
}

function since(
  run: { event(n: number): { cycle: number }; clockHz: number },
  event: EventView,
  target: number,
): string {
  const by = event.cycle - run.event(target).cycle;
  return `${span(Math.abs(by), run.clockHz)} ${by >= 0 ? 'ago' : 'later'}`;
}

/** Threads, as `procstat -at` shows them, with time on CPU and what each waits for. */
import type { ThreadState } from '../../../traces/playback/state.ts';
import type { UiState } from '../state.ts';
import type { StyleName } from '../text/colours.ts';
import { lockName, threadName } from '../text/describe.ts';
import { bar, type Glyphs } from '../text/glyphs.ts';
import { type Line, type Span, toWidth } from '../text/line.ts';
import { padEnd } from '../text/width.ts';
import { duration, span } from '../text/words.ts';
import type { Side, World } from '../world.ts';
import { type Column, headings, stretch, tableRow } from './table.ts';
import { type Frame, firstRow, type Hit, moved, type ViewContext, type ViewModule } from './view.ts';

const SORTS = ['cpu', 'pid', 'tid', 'name', 'state', 'probe'];
const DETAILS = 4;

export const threadsView: ViewModule = {
  title: 'Threads',
  panes: 1,
  sorts: SORTS,
  render,
  move(state, world, by) {
    const rows = threadRows(state, world);
    const at = rows.findIndex((t) => t.tid === selected(state, rows)?.tid);
    const next = rows[moved(at, by, rows.length)];
    if (next !== undefined) state.thread = next.tid;
  },
  select(state, _world, what) {
    state.thread = Number(what);
  },
  enter(state, world) {
    const thread = selected(state, threadRows(state, world));
    return thread === undefined ? undefined : { name: 'show-thread', text: String(thread.tid) };
  },
  line(state, world) {
    const thread = selected(state, threadRows(state, world));
    const side = world.side(state);
    return thread === undefined || side === undefined
      ? undefined
      : `${thread.pid} ${thread.tid} ${thread.name} ${thread.condition} ${waits(side, thread)}`;
  },
};

const selected = (state: UiState, rows: ThreadState[]): ThreadState | undefined =>
  rows.find((t) => t.tid === state.thread) ?? rows[0];

/** Time on CPU, the present stretch included. */
export function onCpu(side: Side, thread: ThreadState): number {
  const s = side.run.state;
  let open = 0;
  if (thread.condition === 'run') {
    const cpu = s.cpus[thread.cpu];
    if (cpu?.tid === thread.tid && cpu.over.length === 0) open = s.cycle - cpu.booked;
  }
  return thread.ranCycles + open;
}

const ORDER: ThreadState['condition'][] = ['run', 'runq', 'lock', 'sleep', 'wait', 'zomb'];

export function threadRows(state: UiState, world: World): ThreadState[] {
  const side = world.side(state);
  if (side === undefined) return [];
  const rows = Object.values(side.run.state.threads);
  const by: Record<string, (a: ThreadState, b: ThreadState) => number> = {
    cpu: (a, b) => onCpu(side, b) - onCpu(side, a),
    pid: (a, b) => a.pid - b.pid,
    tid: (a, b) => a.tid - b.tid,
    name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    state: (a, b) => ORDER.indexOf(a.condition) - ORDER.indexOf(b.condition),
    probe: (a, b) => b.probeCycles - a.probeCycles,
  };
  const order = by[state.sort.threads] ?? by['cpu'];
  return rows.sort((a, b) => order(a, b) || a.tid - b.tid);
}

const STYLE: Record<ThreadState['condition'], StyleName | undefined> = {
  run: 'good',
  runq: 'warn',
  lock: 'spin',
  sleep: undefined,
  wait: 'dim',
  zomb: 'dim',
};

/** What a thread waits for, in words. */
export function waits(side: Side, thread: ThreadState): string {
  const s = side.run.state;
  const since = span(s.cycle - thread.since, side.run.clockHz);
  switch (thread.condition) {
    case 'run': {
      const over = s.cpus[thread.cpu]?.over.at(-1);
      const inside = over === undefined ? '' : ` (under ${over.kind} ${over.number})`;
      if (thread.wants !== '') return `spins for ${owned(side, thread.wants)}`;
      return `runs for ${since}${thread.syscall === '' ? '' : ` in ${thread.syscall}()`}${inside}`;
    }
    case 'runq':
      return `a CPU for ${since}`;
    case 'lock':
      return `${owned(side, thread.wants)} for ${since}`;
    case 'sleep':
      return `${thread.wmesg || '?'} for ${since}${thread.syscall === '' ? '' : ` in ${thread.syscall}()`}`;
    case 'wait':
      return 'work';
    default:
      return 'its parent';
  }
}

function owned(side: Side, address: string): string {
  const s = side.run.state;
  const lock = s.locks[address];
  const owner = lock?.owner ?? 0;
  return `${lockName(side, address, lock)}${owner === 0 ? '' : `, held by ${threadName(s, owner)} (${owner})`}`;
}

function columns(side: Side, total: number, glyphs: Glyphs): Column<ThreadState>[] {
  const { clockHz } = side.run;
  return [
    { title: 'PID', width: 5, right: true, sort: 'pid', text: (t) => String(t.pid) },
    { title: 'TID', width: 6, right: true, sort: 'tid', text: (t) => String(t.tid) },
    {
      title: 'TDNAME',
      width: 16,
      sort: 'name',
      text: (t) => t.name || '-',
      style: (t) => (t.user ? undefined : 'dim'),
    },
    { title: 'CPU', width: 3, right: true, text: (t) => (t.cpu < 0 ? '-' : String(t.cpu)) },
    { title: 'PRI', width: 3, right: true, text: (t) => (t.priority < 0 ? '-' : String(t.priority)) },
    { title: 'STATE', width: 5, sort: 'state', text: (t) => t.condition, style: (t) => STYLE[t.condition] },
    { title: 'ON CPU', width: 8, right: true, sort: 'cpu', text: (t) => span(onCpu(side, t), clockHz) },
    {
      title: '',
      width: 6,
      text: (t) => bar(total === 0 ? 0 : onCpu(side, t) / total, 6, glyphs),
      style: () => 'user',
    },
    {
      title: 'PROBE',
      width: 8,
      right: true,
      sort: 'probe',
      text: (t) => (t.probeCycles === 0 ? '' : span(t.probeCycles, clockHz)),
      style: () => 'probe',
    },
    { title: 'WAITS FOR / DOES', width: 8, text: (t) => waits(side, t), style: (t) => STYLE[t.condition] },
  ];
}

function render(c: ViewContext): Frame {
  const { state, width, height } = c;
  const side = c.world.side(state);
  if (side === undefined) return { lines: [], hits: [] };
  const rows = threadRows(state, c.world);
  const total = side.run.state.cycle;
  const wide = width >= 100;
  const all = columns(side, total, c.glyphs).filter(({ title }) => wide || title !== '');
  const table = stretch(all, all.length - 1, width);
  const chosen = selected(state, rows);
  const lines: Line[] = [headings(table, width, state.sort.threads)];
  const hits: Hit[] = [];
  const room = Math.max(1, height - 1 - DETAILS - 1);
  const first = firstRow(chosen === undefined ? 0 : rows.indexOf(chosen), rows.length, room);
  for (const thread of rows.slice(first, first + room)) {
    hits.push({
      row: lines.length,
      from: 0,
      to: width,
      pane: 0,
      press: { name: 'select', text: String(thread.tid) },
      again: { name: 'enter' },
    });
    lines.push(tableRow(table, thread, width, thread === chosen ? 'selected' : undefined));
  }
  if (rows.length === 0)
    lines.push([['no threads yet: the machine is at power-on; l steps, G goes to the end', 'dim']]);
  while (lines.length < height - DETAILS - 1) lines.push([]);
  lines.push([[c.glyphs.horizontal.repeat(width), 'dim']]);
  if (chosen !== undefined)
    for (const line of details(side, chosen, c.glyphs)) lines.push(toWidth(line, width));
  return { lines, hits };
}

/** Where a thread's time went, and what it holds. */
function details(side: Side, t: ThreadState, glyphs: Glyphs): Line[] {
  const { clockHz } = side.run;
  const s = side.run.state;
  const open = s.cycle - t.since;
  const parts: [string, number, StyleName][] = [
    ['on CPU', onCpu(side, t), 'user'],
    ['probes', t.probeCycles, 'probe'],
    ['interrupts', t.interruptCycles, 'interrupt'],
    ['run queue', t.runqCycles + (t.condition === 'runq' ? open : 0), 'warn'],
    ['locks', t.lockCycles + (t.condition === 'lock' ? open : 0), 'spin'],
    ['asleep', t.sleepCycles + (t.condition === 'sleep' ? open : 0), 'idle'],
  ];
  const all = parts.reduce((n, [, cycles]) => n + cycles, 0);
  const times: Span[] = [];
  const chart: Span[] = [['  ']];
  for (const [label, cycles, style] of parts) {
    if (cycles <= 0) continue;
    times.push(['  '], [`${label} `, 'dim'], [span(cycles, clockHz), style]);
    const width = Math.max(1, Math.round((cycles / all) * 48));
    const glyph = {
      user: glyphs.what.user,
      probe: glyphs.what.probe,
      interrupt: glyphs.what.interrupt,
      warn: glyphs.bar[glyphs.ascii ? 0 : 4],
      spin: glyphs.what.spin,
      idle: glyphs.what.idle,
    }[style as 'user'];
    chart.push([glyph.repeat(width), style]);
  }
  const holds: Span[] = [
    ['  holds ', 'dim'],
    t.holds.length === 0
      ? ['nothing', 'dim']
      : [t.holds.map((h) => lockName(side, h, s.locks[h])).join(', ')],
  ];
  if (t.wokenBy !== 0)
    holds.push([
      `   woken by ${threadName(s, t.wokenBy)} (${t.wokenBy}) ${span(s.cycle - t.wokenAt, clockHz)} ago`,
      'dim',
    ]);
  const path = side.run.events <= 1_000_000 ? side.run.identity(t.tid) : '';
  return [
    [
      [padEnd(`${t.name} (${t.tid})`, 24), 'bold'],
      [`${path}  ${t.switches} times on a CPU`, 'dim'],
    ],
    times,
    chart,
    holds,
  ];
}

export { duration };

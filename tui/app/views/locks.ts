/** Locks: who has each, who waits, how long it is held and waited for, and when. */
import type { LockState } from '../../../traces/playback/state.ts';
import { BUCKETS } from '../scan.ts';
import type { UiState } from '../state.ts';
import { lockName, threadName, threadWords } from '../text/describe.ts';
import { bar, type Glyphs, spark } from '../text/glyphs.ts';
import { beside, type Line, type Span, toWidth } from '../text/line.ts';
import { padStart } from '../text/width.ts';
import { count, duration, moment, span } from '../text/words.ts';
import type { Side, World } from '../world.ts';
import { type Column, headings, stretch, tableRow } from './table.ts';
import { type Frame, firstRow, type Hit, moved, type ViewContext, type ViewModule } from './view.ts';

const SORTS = ['wait', 'contended', 'acquires', 'hold', 'name'];

export const locksView: ViewModule = {
  title: 'Locks',
  panes: 1,
  sorts: SORTS,
  render,
  move(state, world, by) {
    const rows = lockRows(state, world);
    const chosen = selected(state, rows);
    const at = chosen === undefined ? 0 : rows.indexOf(chosen);
    const next = rows[moved(at, by, rows.length)];
    if (next !== undefined) state.lock = next.address;
  },
  select(state, _world, what) {
    state.lock = what;
  },
  enter(state, world) {
    const lock = selected(state, lockRows(state, world));
    return lock === undefined ? undefined : { name: 'show-lock', text: lock.address };
  },
  line(state, world) {
    const side = world.side(state);
    const lock = selected(state, lockRows(state, world));
    if (side === undefined || lock === undefined) return undefined;
    return `${lockName(side, lock.address, lock)} ${lock.address} ${lock.class} owner ${threadWords(side.run.state, lock.owner)}`;
  },
};

const CONDITIONS = {
  run: 'running',
  runq: 'waiting for a CPU',
  sleep: 'asleep',
  lock: 'blocked',
  wait: 'without work',
  zomb: 'gone',
};

const selected = (state: UiState, rows: LockState[]): LockState | undefined =>
  rows.find((l) => l.address === state.lock) ?? rows[0];

export function lockRows(state: UiState, world: World): LockState[] {
  const side = world.side(state);
  if (side === undefined) return [];
  const rows = Object.values(side.run.state.locks);
  const busy = (l: LockState) => l.waiters.length * 4 + (l.owner !== 0 ? 1 : 0);
  const by: Record<string, (a: LockState, b: LockState) => number> = {
    wait: (a, b) =>
      b.waiters.length - a.waiters.length ||
      b.waitNs - a.waitNs ||
      busy(b) - busy(a) ||
      b.acquires - a.acquires,
    contended: (a, b) => b.contended - a.contended,
    acquires: (a, b) => b.acquires - a.acquires,
    hold: (a, b) => b.holdCycles - a.holdCycles,
    name: (a, b) => compare(lockName(side, a.address, a), lockName(side, b.address, b)),
  };
  const order = by[state.sort.locks] ?? by['wait'];
  return rows.sort((a, b) => order(a, b) || compare(a.address, b.address));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function owner(side: Side, lock: LockState): string {
  if (lock.owner !== 0) return threadName(side.run.state, lock.owner);
  if (lock.readers.length > 0) return `${lock.readers.length} reader${lock.readers.length === 1 ? '' : 's'}`;
  return '-';
}

function columns(side: Side): Column<LockState>[] {
  const { clockHz, state: s } = side.run;
  const since = (l: LockState) =>
    l.owner !== 0 || l.readers.length > 0 ? span(s.cycle - l.since, clockHz) : '';
  return [
    { title: 'LOCK', width: 10, sort: 'name', text: (l) => lockName(side, l.address, l) },
    { title: 'CLASS', width: 8, text: (l) => l.class || '?', style: () => 'dim' },
    { title: 'OWNER', width: 9, text: (l) => owner(side, l), style: (l) => (l.owner !== 0 ? 'good' : 'dim') },
    { title: 'FOR', width: 7, right: true, text: since },
    {
      title: 'WAIT',
      width: 8,
      text: (l) => l.waiters.map((t) => threadName(s, t)).join(',') || '-',
      style: (l) => (l.waiters.length > 0 ? 'spin' : 'dim'),
    },
    { title: 'TAKEN', width: 7, right: true, sort: 'acquires', text: (l) => count(l.acquires) },
    {
      title: 'CONT',
      width: 5,
      right: true,
      sort: 'contended',
      text: (l) => (l.contended === 0 ? '' : count(l.contended)),
      style: () => 'warn',
    },
    {
      title: 'WAITED',
      width: 8,
      right: true,
      sort: 'wait',
      text: (l) => (l.waitNs === 0 ? '' : duration(l.waitNs)),
      style: () => 'spin',
    },
    { title: 'HELD', width: 7, right: true, sort: 'hold', text: (l) => span(l.holdCycles, clockHz) },
  ];
}

function render(c: ViewContext): Frame {
  const { state, width, height } = c;
  const side = c.world.side(state);
  if (side === undefined) return { lines: [], hits: [] };
  const rows = lockRows(state, c.world);
  const chosen = selected(state, rows);
  const details = Math.max(8, Math.min(14, Math.floor(height * 0.55)));
  const table = stretch(columns(side), 0, width);
  const lines: Line[] = [headings(table, width, state.sort.locks)];
  const hits: Hit[] = [];
  const room = Math.max(1, height - 1 - details);
  const first = firstRow(chosen === undefined ? 0 : rows.indexOf(chosen), rows.length, room);
  for (const lock of rows.slice(first, first + room)) {
    hits.push({
      row: lines.length,
      from: 0,
      to: width,
      pane: 0,
      press: { name: 'select', text: lock.address },
      again: { name: 'enter' },
    });
    lines.push(tableRow(table, lock, width, lock === chosen ? 'selected' : undefined));
  }
  if (rows.length === 0) lines.push([['no lock has been taken yet', 'dim']]);
  while (lines.length < height - details) lines.push([]);
  if (chosen !== undefined) lines.push(...lockDetails(c, side, chosen, details));
  return { lines, hits };
}

function lockDetails(c: ViewContext, side: Side, lock: LockState, height: number): Line[] {
  const { width, glyphs, state } = c;
  const { run } = side;
  const s = run.state;
  const name = lockName(side, lock.address, lock);
  const title: Line = [
    [`${glyphs.horizontal.repeat(2)} `, 'dim'],
    [name, 'bold'],
    [`  ${lock.address}  ${lock.class}  held at most ${span(lock.holdMax, run.clockHz)} `, 'dim'],
    [glyphs.horizontal.repeat(width), 'dim'],
  ];
  const who: Span[] = [['owner ', 'dim']];
  if (lock.owner !== 0) {
    const thread = s.threads[lock.owner];
    who.push(
      [threadWords(s, lock.owner), 'good'],
      [
        ` for ${span(s.cycle - lock.since, run.clockHz)}${thread === undefined ? '' : `, ${CONDITIONS[thread.condition]}${thread.condition === 'run' ? ` on cpu${thread.cpu}` : ''}`}`,
      ],
    );
  } else if (lock.readers.length > 0)
    who.push([lock.readers.map((t) => threadWords(s, t)).join(', '), 'good']);
  else who.push(['nobody', 'dim']);
  who.push(
    ['   waiting ', 'dim'],
    lock.waiters.length === 0
      ? ['nobody', 'dim']
      : [lock.waiters.map((t) => threadWords(s, t)).join(', '), 'spin'],
  );
  const half = Math.floor((width - 1) / 2);
  const rowsLeft = height - 4;
  const histograms = beside(
    histogram(
      'hold time',
      lock.holdHistogram,
      (n) => span(2 ** n, run.clockHz),
      half,
      rowsLeft,
      glyphs,
      'user',
    ),
    histogram(
      'wait time',
      lock.waitHistogram,
      (n) => duration(2 ** n),
      width - half - 1,
      rowsLeft,
      glyphs,
      'spin',
    ),
    half,
    width - half - 1,
    [glyphs.vertical, 'dim'],
    rowsLeft,
  );
  const lines: Line[] = [toWidth(title, width), toWidth(who, width), ...histograms];
  for (const line of contention(c, state, side, lock)) lines.push(toWidth(line, width));
  return lines;
}

/** A quantize-like chart of power-of-two buckets. */
export function histogram(
  title: string,
  buckets: readonly number[],
  label: (bucket: number) => string,
  width: number,
  height: number,
  glyphs: Glyphs,
  style: 'user' | 'spin',
): Line[] {
  const total = buckets.reduce((a, b) => a + b, 0);
  const lines: Line[] = [
    [
      [` ${title}`, 'bold'],
      [total === 0 ? ': none' : `: ${count(total)}`, 'dim'],
    ],
  ];
  if (total === 0) return lines;
  const from = buckets.findIndex((n) => n > 0);
  const to = buckets.findLastIndex((n) => n > 0);
  // The fullest stretch that there is room for.
  const room = Math.max(1, height - 1);
  let start = from;
  let best = -1;
  for (let at = from; at <= Math.max(from, to - room + 1); at++) {
    const sum = buckets.slice(at, at + room).reduce((a, b) => a + b, 0);
    if (sum > best) [best, start] = [sum, at];
  }
  const most = Math.max(...buckets);
  for (let n = start; n <= Math.min(to, start + room - 1); n++) {
    const share = buckets[n] / most;
    lines.push([
      [` ${padStart(label(n), 8)} `, 'dim'],
      [bar(share, Math.max(4, width - 19), glyphs), style],
      [` ${count(buckets[n])}`],
    ]);
  }
  return lines;
}

/** Waits over the whole run, and where now is in it. */
function contention(c: ViewContext, state: UiState, side: Side, lock: LockState): Line[] {
  const { width, glyphs } = c;
  const scan = c.world.scan(state.side);
  const waits = scan.waits.get(lock.address);
  const columns = Math.max(10, width - 20);
  const values = Array.from({ length: columns }, (_, i) => {
    if (waits === undefined) return 0;
    let sum = 0;
    const from = Math.floor((i / columns) * BUCKETS);
    const to = Math.max(from + 1, Math.floor(((i + 1) / columns) * BUCKETS));
    for (let n = from; n < to; n++) sum += waits[n];
    return sum;
  });
  const at = Math.min(
    columns - 1,
    Math.floor((side.run.state.cycle / Math.max(1, side.run.endCycle)) * columns),
  );
  const chart = spark(values, glyphs);
  const chars = [...chart];
  return [
    [
      [' waits over the run ', 'dim'],
      [chars.slice(0, at).join(''), 'spin'],
      [chars[at] === ' ' ? glyphs.now : chars[at], 'cursor'],
      [chars.slice(at + 1).join(''), 'spin'],
    ],
    [
      ['                    ', 'dim'],
      [
        waits === undefined
          ? scan.complete
            ? 'nobody ever waited for it'
            : `counting ${Math.floor(scan.share * 100)}%`
          : `${duration(values.reduce((a, b) => a + b, 0))} in all${scan.complete ? '' : ` so far (${Math.floor(scan.share * 100)}%)`}; now ${moment(side.run.state.cycle, side.run.clockHz)}`,
        'dim',
      ],
    ],
  ];
}

/** Machine: a lane for each CPU on one time axis; what the chosen CPU does now. */
import type { EventView, RunView } from '../../../traces/playback/run-view.ts';
import { cycleAt } from '../moving.ts';
import type { UiState } from '../state.ts';
import { argumentsRow, lockName, siteWords, threadName, threadWords } from '../text/describe.ts';
import { ends, type Line, type Span, toWidth } from '../text/line.ts';
import { padEnd, padStart, shorten } from '../text/width.ts';
import { count, span } from '../text/words.ts';
import type { Side } from '../world.ts';
import { type Axis, axisRows, visibleColumn } from './axis.ts';
import { activityRow, type Cursors, markRow, nameRow } from './lane-rows.ts';
import { type Frame, firstRow, type Hit, moved, type ViewContext, type ViewModule } from './view.ts';

const LABEL = 6;
/** Rows of what the chosen CPU does. */
const DETAILS = 4;

export const machineView: ViewModule = {
  title: 'Machine',
  panes: 1,
  render,
  move(state, world, by) {
    state.cpu = moved(state.cpu, by, world.side(state)?.run.cpus ?? 1);
  },
  select(state, _world, what) {
    state.cpu = Number(what);
  },
  enter: () => ({ name: 'source' }),
  line(state, world) {
    const side = world.side(state);
    return side === undefined ? undefined : cpuWords(state, side).join('; ');
  },
};

function render(c: ViewContext): Frame {
  const side = c.world.side(c.state);
  if (side === undefined) return { lines: [], hits: [] };
  const { state, glyphs, width, height } = c;
  const { run } = side;
  const columns = Math.max(8, width - LABEL);
  const axis: Axis = { ...state.windows[state.side], columns };
  const room = Math.max(1, height - 2 - 1 - DETAILS);
  const perCpu = Math.max(1, Math.min(3, Math.floor(room / run.cpus)));
  const visible = Math.min(run.cpus, Math.floor(room / perCpu));
  const first = firstRow(state.cpu, run.cpus, visible);
  const picture = c.world.lanes.get(run, axis.from, axis.to, columns);
  const cursors = cursorsOf(state, run, axis);
  const { labels, ticks } = axisRows(axis, run.clockHz, glyphs.tick, glyphs.horizontal);
  const lines: Line[] = [
    [[padEnd('   ms', LABEL), 'dim'], ...axisLabels(labels, cursors)],
    [[' '.repeat(LABEL)], [ticks, 'dim']],
  ];
  const hits: Hit[] = [];
  for (let cpu = first; cpu < first + visible; cpu++) {
    const cells = picture.cells[cpu];
    const chosen = cpu === state.cpu;
    const label: Span = [padEnd(`${chosen ? '>' : ' '}cpu${cpu}`, LABEL), chosen ? 'bold' : 'dim'];
    const blank: Span = [' '.repeat(LABEL)];
    hits.push({
      row: lines.length,
      rows: perCpu,
      from: 0,
      to: width,
      press: { name: 'select', text: String(cpu) },
    });
    hits.push({
      row: lines.length,
      rows: perCpu,
      from: LABEL,
      to: width,
      axis: { from: axis.from, to: axis.to },
    });
    if (perCpu > 1) lines.push([label, ...nameRow(run, cells, cursors)]);
    lines.push([perCpu > 1 ? blank : label, ...activityRow(cells, glyphs, cursors)]);
    if (perCpu > 2) lines.push([blank, ...markRow(cells, glyphs, cursors)]);
  }
  hits.push({ row: 0, rows: 2, from: LABEL, to: width, axis: { from: axis.from, to: axis.to } });
  lines.push(...lately(c, side, height - DETAILS - 1 - lines.length, lines.length, hits));
  while (lines.length < height - DETAILS - 1) lines.push([]);
  lines.push(legend(c, picture.complete));
  for (const line of cpuLines(state, side)) lines.push(toWidth(line, width));
  return { lines, hits };
}

function cursorsOf(state: UiState, run: RunView, axis: Axis): Cursors {
  const cursors: Cursors = new Map();
  for (const note of state.notes)
    if (note.side === state.side && note.seq < run.events)
      cursors.set(visibleColumn(axis, run.event(note.seq).cycle), 'match');
  for (const marker of state.markers) if (marker !== null) cursors.set(visibleColumn(axis, marker), 'marker');
  cursors.set(visibleColumn(axis, cycleAt(run, state.now[state.side])), 'cursor');
  cursors.delete(-1);
  return cursors;
}

const axisLabels = (labels: string, cursors: Cursors): Line => {
  const out: Span[] = [];
  let from = 0;
  for (const [column, style] of [...cursors].sort((a, b) => a[0] - b[0])) {
    if (column < from) continue;
    out.push([labels.slice(from, column), 'dim'], [labels[column] ?? ' ', style]);
    from = column + 1;
  }
  out.push([labels.slice(from), 'dim']);
  return out;
};

/** Where lanes leave room: what happened on the chosen CPU up to now, and what comes next. */
function lately(c: ViewContext, side: Side, room: number, top: number, hits: Hit[]): Line[] {
  const { state, width, glyphs } = c;
  const { run } = side;
  if (room < 4 || run.events === 0) return [];
  const at = state.now[state.side] - 1;
  const rows = room - 2;
  const after = run.window(at + 1, Math.max(1, Math.floor(rows / 3)), { cpu: state.cpu });
  const before = run.window(at, -(rows - after.length), { cpu: state.cpu });
  const cycle = run.state.cycle;
  const line = (event: EventView): Line => {
    hits.push({
      row: top + 2 + lines.length,
      from: 0,
      to: width,
      press: { name: 'event', text: String(event.seq) },
    });
    const by = event.cycle - cycle;
    const when = event.seq === at ? 'now' : `${by > 0 ? '+' : ''}${span(by, run.clockHz)}`;
    const here = event.seq === at;
    return [
      [padStart(when, 10), here ? 'bold' : 'dim'],
      [`  ${padEnd(shorten(threadName(run.state, event.tid), 14), 14)} `, here ? 'bold' : 'accent'],
      [`${padEnd(siteWords(run, event.site), 22)} `, here ? 'bold' : undefined],
      [argumentsRow(side, event), here ? 'bold' : 'dim'],
    ];
  };
  const lines: Line[] = [];
  for (const event of [...before, ...after]) lines.push(line(event));
  return [
    [],
    [
      [`${glyphs.horizontal.repeat(2)} events on cpu${state.cpu} `, 'dim'],
      [glyphs.horizontal.repeat(width), 'dim'],
    ],
    ...lines.map((l) => toWidth(l, width)),
  ];
}

function legend(c: ViewContext, complete: boolean): Line {
  const { state, glyphs, width } = c;
  const side = c.world.side(state) as Side;
  const { clockHz } = side.run;
  const window = state.windows[state.side];
  const left: Span[] = [];
  for (const what of ['user', 'kernel', 'interrupt', 'probe', 'spin', 'idle'] as const)
    left.push([glyphs.what[what], what], [` ${what === 'spin' ? 'lock wait' : what}  `, 'dim']);
  left.push([glyphs.timer, 'interrupt'], [' tick  ', 'dim'], [glyphs.switched, 'accent'], [' switch', 'dim']);
  const [a, b] = state.markers;
  const right: Span[] = [];
  if (a !== null && b !== null) right.push([` ${span(Math.abs(b - a), clockHz)} between markers`, 'bold']);
  else right.push([` ${span(window.to - window.from, clockHz)} shown${complete ? '' : ' ...'}`, 'dim']);
  return ends(left, right, width);
}

/** What a CPU does now, in a few rows. */
function cpuLines(state: UiState, side: Side): Line[] {
  const { run } = side;
  const s = run.state;
  const cpu = s.cpus[state.cpu];
  if (cpu === undefined) return [];
  const thread = s.threads[cpu.tid];
  const idle = thread?.name.startsWith('idle') === true;
  const lines: Line[] = [];
  const ago = (since: number) => span(s.cycle - since, run.clockHz);
  const what: Span[] = [[`cpu${state.cpu} `, 'bold']];
  if (cpu.tid === 0) what.push(['no thread yet', 'dim']);
  else if (idle) what.push([`idle for ${ago(cpu.since)}`, 'idle']);
  else {
    what.push(
      [threadWords(s, cpu.tid), 'bold'],
      [` pid ${thread?.pid ?? '?'}, on the CPU for ${ago(cpu.since)}`],
    );
    if (thread !== undefined && thread.priority >= 0) what.push([`, priority ${thread.priority}`]);
    if (thread?.syscall) what.push([', in '], [`${thread.syscall}()`, 'accent']);
  }
  for (const over of cpu.over) {
    what.push(
      over.kind === 'probe'
        ? [`  probe ${over.number}`, 'probe']
        : [`  interrupt ${over.number}`, 'interrupt'],
      [` for ${ago(over.since)}`],
    );
  }
  lines.push(what);
  const holds = thread?.holds ?? [];
  const locks: Span[] = [];
  if (thread !== undefined && thread.wants !== '')
    locks.push(['waits for ', 'spin'], [lockName(side, thread.wants, s.locks[thread.wants]), 'link'], ['  ']);
  if (holds.length > 0)
    locks.push(['holds ', 'dim'], [holds.map((h) => lockName(side, h, s.locks[h])).join(', ')]);
  else locks.push(['holds no locks', 'dim']);
  lines.push([['     '], ...locks]);
  const waiting = Object.values(s.threads).filter((t) => t.condition === 'runq' && t.cpu === state.cpu);
  lines.push([
    ['     run queue: ', 'dim'],
    waiting.length === 0
      ? [cpu.load > 0 ? `load ${cpu.load}` : 'empty', 'dim']
      : [waiting.map((t) => `${threadName(s, t.tid)} ${t.priority}`).join(', ')],
  ]);
  lines.push([
    [
      `     ${count(cpu.ticks)} ticks  ${count(cpu.interrupts)} interrupts  ${count(cpu.switches)} switches  ${count(cpu.firings)} firings`,
      'dim',
    ],
  ]);
  return lines;
}

function cpuWords(state: UiState, side: Side): string[] {
  return cpuLines(state, side).map((line) =>
    line
      .map(([t]) => t)
      .join('')
      .trim(),
  );
}

/** DTrace: what is enabled, what it printed, its aggregations, drops, and the cycles that each probe or clause took. */
import type { DtraceView } from '../../../engine/run/live-view.ts';
import type { RunView } from '../../../traces/playback/run-view.ts';
import type { UiState } from '../state.ts';
import { bar } from '../text/glyphs.ts';
import { beside, type Line, toWidth } from '../text/line.ts';
import { plain } from '../text/width.ts';
import { count, span } from '../text/words.ts';
import type { Side, World } from '../world.ts';
import { type Column, headings, stretch, tableRow } from './table.ts';
import { type Frame, type Hit, moved, type ViewContext, type ViewModule } from './view.ts';

export const dtraceView: ViewModule = {
  title: 'DTrace',
  panes: 2,
  render,
  move(state, world, by) {
    const side = world.side(state);
    if (side === undefined) return;
    const lines = textLines(side, state.pane === 1 ? 'aggregations' : 'output').length;
    if (state.pane === 1) state.detail = moved(state.detail, by, lines);
    else {
      const at = state.scroll.dtrace ?? lines - 1;
      state.scroll.dtrace = moved(at, by, lines);
      if (state.scroll.dtrace >= lines - 1) state.scroll.dtrace = undefined;
    }
  },
  line(state, world) {
    const side = world.side(state);
    if (side === undefined) return undefined;
    return side.program;
  },
};

interface Texts {
  seq: number;
  cycle: number;
  output: string[];
  aggregations: string[];
  live: DtraceView | undefined;
}
const kept = new WeakMap<RunView, Texts>();

function texts(side: Side): Texts {
  const { run, live } = side;
  const before = kept.get(run);
  if (before !== undefined && before.seq === run.state.seq && before.cycle === run.endCycle) return before;
  const view = live?.dtrace();
  const rows = (text: string) => {
    const lines = text.replace(/\n+$/, '').split('\n').map(plain);
    return lines.length === 1 && lines[0] === '' ? [] : lines;
  };
  const now: Texts = {
    seq: run.state.seq,
    cycle: run.endCycle,
    output: rows(
      view?.output ??
        run
          .texts('dtrace')
          .map((t) => t.text)
          .join(''),
    ),
    aggregations: rows((view?.aggregations || run.texts('aggregation').at(-1)?.text) ?? ''),
    live: view,
  };
  kept.set(run, now);
  return now;
}

const textLines = (side: Side, which: 'output' | 'aggregations'): string[] => texts(side)[which];

interface Row {
  probe: string;
  firings: number;
  cycles: number;
}

function rowsOf(state: UiState, world: World, side: Side): { rows: Row[]; share: number } {
  const clauses = texts(side).live?.clauses ?? [];
  if (clauses.length > 0) return { rows: [...clauses], share: 1 };
  const scan = world.scan(state.side);
  const rows = [...scan.probes.values()]
    .map(({ id, firings, cycles }) => ({ probe: side.probeName?.(id) ?? `probe ${id}`, firings, cycles }))
    .sort((a, b) => b.cycles - a.cycles || (a.probe < b.probe ? -1 : 1));
  return { rows, share: scan.share };
}

function render(c: ViewContext): Frame {
  const { state, width, height, glyphs } = c;
  const side = c.world.side(state);
  if (side === undefined) return { lines: [], hits: [] };
  const { run } = side;
  const lines: Line[] = [];
  const hits: Hit[] = [];
  lines.push(
    side.program === ''
      ? [['no D program traces this run', 'dim']]
      : [
          ['dtrace ', 'dim'],
          [plain(side.program), 'bold'],
        ],
  );
  const { rows, share } = rowsOf(state, c.world, side);
  const { live } = texts(side);
  const total = rows.reduce((n, r) => n + r.cycles, 0);
  const s = run.state;
  const drops = (live?.drops ?? []).filter((d) => d.count > 0);
  lines.push([
    [
      `${count(s.totals.firings)} firings so far, ${span(s.totals.probeCycles, run.clockHz)} in probe context`,
      'probe',
    ],
    [
      share < 1
        ? `   counting ${Math.floor(share * 100)}% of the run`
        : live !== undefined
          ? ''
          : `   ${count(rows.reduce((n, r) => n + r.firings, 0))} in the whole run`,
      'dim',
    ],
    drops.length === 0
      ? ['   no drops', 'dim']
      : [`   drops: ${drops.map((d) => `${d.count} ${d.kind}`).join(', ')}`, 'bad'],
  ]);
  const columns: Column<Row>[] = stretch(
    [
      {
        title: live !== undefined && live.clauses.length > 0 ? 'CLAUSE' : 'PROBE',
        width: 12,
        text: (r) => r.probe,
      },
      { title: 'FIRINGS', width: 9, right: true, text: (r) => count(r.firings) },
      { title: 'CYCLES', width: 12, right: true, text: (r) => count(r.cycles), style: () => 'probe' },
      {
        title: 'EACH',
        width: 7,
        right: true,
        text: (r) => (r.firings === 0 ? '' : count(r.cycles / r.firings)),
      },
      {
        title: '',
        width: 14,
        text: (r) => bar(total === 0 ? 0 : r.cycles / total, 14, glyphs),
        style: () => 'probe',
      },
    ],
    0,
    width,
  );
  const tableRoom = Math.max(1, Math.min(rows.length, Math.floor(height / 3)));
  lines.push(headings(columns, width));
  for (const row of rows.slice(0, tableRoom)) lines.push(tableRow(columns, row, width));
  if (rows.length === 0) lines.push([['nothing has fired', 'dim']]);
  if (rows.length > tableRoom) lines[lines.length - 1] = [[`and ${rows.length - tableRoom + 1} more`, 'dim']];
  const top = lines.length;
  const room = Math.max(2, height - top);
  const across = width >= 120;
  const part = state.splits.dtrace ?? 0.5;
  const [outputWidth, outputHeight] = across
    ? [Math.floor((width - 1) * part), room]
    : [width, Math.max(2, Math.floor(room * part))];
  const [restWidth, restHeight] = across ? [width - outputWidth - 1, room] : [width, room - outputHeight];
  const last = Math.max(state.detail, 0) + restHeight - 2;
  const output = pane(
    'output',
    textLines(side, 'output'),
    state.scroll.dtrace,
    outputWidth,
    outputHeight,
    state.pane === 0,
  );
  const rest = pane(
    'aggregations',
    textLines(side, 'aggregations'),
    last,
    restWidth,
    restHeight,
    state.pane === 1,
  );
  hits.push({
    row: top,
    rows: outputHeight,
    from: 0,
    to: outputWidth,
    pane: 0,
    press: { name: 'focus', text: '0' },
  });
  const origin = across ? { row: top, from: outputWidth + 1 } : { row: top + outputHeight, from: 0 };
  hits.push({ ...origin, rows: restHeight, to: width, pane: 1, press: { name: 'focus', text: '1' } });
  if (across) {
    hits.push({
      row: top,
      rows: room,
      from: outputWidth,
      to: outputWidth + 1,
      border: { across: true, start: 0, size: width },
    });
    lines.push(...beside(output, rest, outputWidth, restWidth, [glyphs.vertical, 'dim'], room));
  } else {
    while (output.length < outputHeight) output.push([]);
    lines.push(...output, ...rest);
  }
  return { lines: lines.map((l) => toWidth(l, width)), hits };
}

/** Text with its end, or the row named, last. */
function pane(
  title: string,
  rows: string[],
  last: number | undefined,
  width: number,
  height: number,
  focused: boolean,
): Line[] {
  const room = height - 1;
  const end = Math.min(rows.length, Math.max(room, (last ?? rows.length - 1) + 1));
  const lines: Line[] = [
    toWidth(
      [
        [` ${title} `, focused ? 'cursor' : 'bar'],
        [rows.length > room ? ` ${end}/${rows.length}` : '', 'bar'],
      ],
      width,
      'bar',
    ),
  ];
  if (rows.length === 0) lines.push([[' nothing yet', 'dim']]);
  for (const row of rows.slice(Math.max(0, end - room), end)) lines.push([[row]]);
  return lines;
}

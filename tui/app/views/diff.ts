/** Diff: one thread of both runs on two lanes, how time stretches between them, where they part, and what it cost. */
import type { MeasuredRow } from '../../../traces/diff/measured.ts';
import type {
  DiffModel,
  DivergenceView,
  LedgerParts,
  LedgerRow,
  ThreadPair,
} from '../../../traces/diff/model.ts';
import { triedWords } from '../../../traces/diff/report.ts';
import type { LaneCell } from '../../../traces/playback/run-view.ts';
import type { Action } from '../command.ts';
import { cycleAt } from '../moving.ts';
import type { SideIndex, UiState } from '../state.ts';
import type { StyleName } from '../text/colours.ts';
import { bar, type Glyphs } from '../text/glyphs.ts';
import { ends, type Line, over, type Span, toWidth } from '../text/line.ts';
import { padEnd, padStart, shorten, wrap } from '../text/width.ts';
import { count, signed, span } from '../text/words.ts';
import { type Axis, axisRows, visibleColumn } from './axis.ts';
import { activityRow, type Cursors, spans } from './lane-rows.ts';
import { type Column, headings, stretch, tableRow } from './table.ts';
import { type Frame, firstRow, type Hit, moved, type ViewContext, type ViewModule } from './view.ts';

const LABEL = 3;
const KINDS: Record<DivergenceView['kind'], { glyph: string; style: StyleName }> = {
  inserted: { glyph: '+', style: 'inserted' },
  missing: { glyph: '-', style: 'missing' },
  replaced: { glyph: '~', style: 'moved' },
  longer: { glyph: '>', style: 'warn' },
  reordered: { glyph: 'x', style: 'moved' },
  thread: { glyph: 'T', style: 'bad' },
};

const PARTS: [keyof LedgerParts, string, StyleName | undefined][] = [
  ['probe', 'probe work', 'probe'],
  ['trap', 'traps', 'probe'],
  ['code', 'code, caches', 'kernel'],
  ['interrupts', 'interrupts', 'interrupt'],
  ['locks', 'lock waiting', 'spin'],
  ['runq', 'run queue', 'warn'],
  ['consumer', 'consumer', 'probe'],
  ['sleep', 'asleep', 'idle'],
  ['remainder', 'unexplained', undefined],
];
/** What each charge costs, its consequences included. */
const MEASURED: [keyof MeasuredRow, string, StyleName | undefined][] = [
  ['probe', 'probe work', 'probe'],
  ['trap', 'traps', 'probe'],
  ['cache', 'caches', 'kernel'],
  ['consumer', 'consumer', 'probe'],
  ['remainder', 'together', undefined],
];

export const diffView: ViewModule = {
  title: 'Diff',
  panes: 3,
  render,
  move(state, world, by) {
    const { diff } = world;
    if (diff === undefined) return;
    if (state.pane === 2) state.link = moved(state.link, by, Math.max(1, world.decision?.chain.length ?? 0));
    else if (state.pane === 1) state.pair = moved(state.pair, by, pairs(diff).length);
    else {
      state.divergence = moved(state.divergence, by, diff.divergences.length);
      choosePair(state, diff);
    }
  },
  select(state, world, what) {
    const [kind, n] = what.split(' ');
    if (kind === 'pair') {
      state.pane = 1;
      state.pair = Number(n);
    } else if (kind === 'link') {
      state.pane = 2;
      state.link = Number(n);
    } else {
      state.pane = 0;
      state.divergence = Number(n);
      if (world.diff !== undefined) choosePair(state, world.diff);
    }
  },
  enter: (state, world): Action =>
    state.pane === 0
      ? { name: 'show-divergence' }
      : state.pane === 1
        ? { name: 'next-pane' }
        : { name: world.decision === undefined ? 'deciding' : 'show-firing' },
  line: (state, world) =>
    state.pane === 2
      ? world.decision?.chain[state.link]?.text
      : world.diff?.divergences[state.divergence]?.sentence,
};

/** What every frame wants of a difference, worked out once. */
interface Known {
  pairs: ThreadPair[];
  byThread: Map<string, DivergenceView[]>;
}
const known = new WeakMap<DiffModel, Known>();

function of(diff: DiffModel): Known {
  let found = known.get(diff);
  if (found === undefined) {
    const byThread = new Map<string, DivergenceView[]>();
    for (const d of diff.divergences) {
      const list = byThread.get(d.thread);
      if (list === undefined) byThread.set(d.thread, [d]);
      else list.push(d);
    }
    found = { pairs: ranked(diff), byThread };
    known.set(diff, found);
  }
  return found;
}

/** Threads of both runs, greatest gain first; interrupts last. */
export const pairs = (diff: DiffModel): ThreadPair[] => of(diff).pairs;

function ranked(diff: DiffModel): ThreadPair[] {
  // Time asleep is another's time: it says nothing of what a thread itself met.
  const added = new Map(diff.ledger.map((row) => [row.thread, Math.abs(row.added - row.sleep)]));
  const rank = (p: ThreadPair) => (p.tidA === 0 ? -1 : (added.get(p.identity) ?? 0) + 1);
  return [...diff.pairs].sort((a, b) => rank(b) - rank(a) || (a.identity < b.identity ? -1 : 1));
}

/** The thread that the divergence under the cursor is of. */
export function choosePair(state: UiState, diff: DiffModel): void {
  const thread = diff.divergences[state.divergence]?.thread;
  const at = pairs(diff).findIndex((p) => p.identity === thread);
  if (at >= 0) state.pair = at;
}

const shortThread = (identity: string): string => identity.split('/').slice(-2).join('/');

function render(c: ViewContext): Frame {
  const { state, world, width, height } = c;
  const { diff } = world;
  if (diff === undefined || world.sides.length < 2)
    return {
      lines: [[['two traces make a diff: choose them in the Open view (8) with Space', 'dim']]],
      hits: [],
    };
  const hits: Hit[] = [];
  const lines: Line[] = headLines(c, diff);
  const all = pairs(diff);
  const pair = all[Math.min(state.pair, all.length - 1)];
  if (pair !== undefined) lines.push(...laneLines(c, pair, diff, lines.length, hits));
  const big = height - lines.length >= 18;
  if (pair !== undefined) lines.push(...curveLines(c, pair, big ? 3 : 1));
  const room = height - lines.length;
  if (big) {
    const ledgerRows = Math.min(PARTS.length + 2, Math.floor(room / 2));
    const listRows = room - ledgerRows;
    lines.push(...divergenceLines(c, diff, listRows, lines.length, hits));
    lines.push(
      ...(state.pane === 2
        ? decidingLines(c, ledgerRows, lines.length, hits)
        : ledgerLines(c, diff, all, ledgerRows, lines.length, hits)),
    );
  } else if (state.pane === 2) lines.push(...decidingLines(c, room, lines.length, hits));
  else if (state.pane === 1) lines.push(...ledgerLines(c, diff, all, room, lines.length, hits));
  else lines.push(...divergenceLines(c, diff, room, lines.length, hits));
  return { lines: lines.map((l) => toWidth(l, width)), hits };
}

function headLines(c: ViewContext, diff: DiffModel): Line[] {
  const { state, width } = c;
  const name = (side: SideIndex, title: string): Span[] => [
    [side === 0 ? ' A ' : ' B ', state.side === side ? 'cursor' : 'bar'],
    [` ${shorten(title, Math.floor(width / 2) - 16)} `, state.side === side ? 'bold' : undefined],
  ];
  const k = diff.classes;
  return [
    ends(
      [...name(0, diff.titleA), ['  '], ...name(1, diff.titleB)],
      [[state.locked ? 'moving together' : 'moving apart', 'dim']],
      width,
    ),
    diff.identical
      ? [['the runs are identical', 'good']]
      : [
          [`${count(k.same)} same`, 'dim'],
          [`  ${count(k.moved)} moved`, 'moved'],
          [`  ${count(k.longer)} longer`, 'warn'],
          [`  ${count(k.reordered)} reordered`, 'moved'],
          [`  -${count(k.onlyA)} only A`, 'missing'],
          [`  +${count(k.onlyB)} only B`, 'inserted'],
          [`   ends ${signed(diff.endB - diff.endA, diff.clockHz)}`, 'bold'],
        ],
  ];
}

/** The cells of one thread, wherever it ran. */
function threadCells(
  cells: readonly (readonly (LaneCell | undefined)[])[],
  tid: number,
  columns: number,
): (LaneCell | undefined)[] {
  return Array.from({ length: columns }, (_, column) => {
    for (const lane of cells) {
      const cell = lane[column];
      if (cell === undefined) return undefined;
      if (cell.tid === tid) return cell;
    }
    return { tid: 0, what: 'none', tick: false, switched: false, blocked: false, probe: 0 };
  });
}

function laneLines(c: ViewContext, pair: ThreadPair, diff: DiffModel, top: number, hits: Hit[]): Line[] {
  const { state, world, width, glyphs } = c;
  const columns = Math.max(8, width - LABEL);
  const nows = [0, 1].map((side) => cycleAt(world.sides[side].run, state.now[side as SideIndex]));
  const window = state.windows[state.side];
  // Both lanes have one scale, and now in the same column.
  const axes = ([0, 1] as const).map((side): Axis => {
    const shift = Math.round(nows[side] - nows[state.side]);
    return { from: window.from + shift, to: window.to + shift, columns };
  });
  const { labels } = axisRows(axes[state.side], diff.clockHz, glyphs.tick, glyphs.horizontal);
  const lanes = ([0, 1] as const).map((side) => {
    const axis = axes[side];
    const from = Math.max(0, axis.from);
    const picture = world.lanes.get(world.sides[side].run, from, Math.max(from + 1, axis.to), columns);
    // A window that begins before power-on is drawn from power-on: its cells stand further right.
    const cells = threadCells(picture.cells, side === 0 ? pair.tidA : pair.tidB, columns);
    if (from === axis.from) return cells;
    const before = Math.round(((from - axis.from) / (axis.to - axis.from)) * columns);
    return Array.from({ length: columns }, (_, i) =>
      i < before ? NOTHING : cells[Math.floor(((i - before) / Math.max(1, columns - before)) * columns)],
    );
  });
  const cursors: Cursors[] = [0, 1].map((side) => {
    const out: Cursors = new Map();
    out.set(visibleColumn(axes[side], nows[side]), 'cursor');
    out.delete(-1);
    return out;
  });
  const marks = ([0, 1] as const).map((side) => {
    const row: [string, StyleName | undefined][] = Array.from({ length: columns }, () => [' ', undefined]);
    for (const d of of(diff).byThread.get(pair.identity) ?? []) {
      const seq = side === 0 ? d.seqA : d.seqB;
      if (seq < 0) continue;
      const at = visibleColumn(axes[side], side === 0 ? d.cycleA : d.cycleB);
      if (at >= 0) row[at] = [KINDS[d.kind].glyph, KINDS[d.kind].style];
    }
    return spans(row, cursors[side]);
  });
  const links: [string, StyleName | undefined][] = Array.from({ length: columns }, () => [' ', undefined]);
  for (const { a, b } of pair.curve) {
    const at = visibleColumn(axes[0], a);
    if (at < 0) continue;
    const there = ((b - axes[1].from) / (axes[1].to - axes[1].from)) * columns;
    const by = there - at;
    links[at] = Math.abs(by) < 1 ? [glyphs.vertical, 'dim'] : by > 0 ? ['\\', 'warn'] : ['/', 'moved'];
  }
  const label = (side: SideIndex): Span => [
    side === 0 ? ' A ' : ' B ',
    state.side === side ? 'cursor' : 'dim',
  ];
  const blank: Span = [' '.repeat(LABEL)];
  hits.push({
    row: top + 1,
    rows: 2,
    from: LABEL,
    to: width,
    axis: { from: axes[0].from, to: axes[0].to },
    press: state.side === 0 ? undefined : { name: 'swap' },
  });
  hits.push({
    row: top + 4,
    rows: 2,
    from: LABEL,
    to: width,
    axis: { from: axes[1].from, to: axes[1].to },
    press: state.side === 1 ? undefined : { name: 'swap' },
  });
  return [
    ends(
      [
        ['ms ', 'dim'],
        [labels, 'dim'],
      ],
      [],
      width,
    ),
    [blank, ...marks[0]],
    [label(0), ...activityRow(lanes[0], glyphs, cursors[0])],
    [blank, ...spans(links, new Map())],
    [label(1), ...activityRow(lanes[1], glyphs, cursors[1])],
    [blank, ...marks[1]],
  ];
}

const NOTHING: LaneCell = { tid: 0, what: 'none', tick: false, switched: false, blocked: false, probe: 0 };

/** Added time along the thread's whole life in A. */
function curveLines(c: ViewContext, pair: ThreadPair, height: number): Line[] {
  const { state, world, width, glyphs } = c;
  const columns = Math.max(8, width - LABEL - 12);
  const points = pair.curve;
  const { clockHz } = world.sides[0].run;
  const name: Span = [`${shortThread(pair.identity)}: `, 'bold'];
  if (points.length < 2) return [[name, ['nothing in common to measure time by', 'dim']]];
  const [first, last] = [points[0], points[points.length - 1]];
  const length = Math.max(1, last.a - first.a);
  const values = new Array<number>(columns).fill(0);
  let at = 0;
  for (let i = 0; i < columns; i++) {
    const cycle = first.a + ((i + 1) / columns) * length;
    while (at + 1 < points.length && points[at + 1].a <= cycle) at++;
    values[i] = points[at].b - first.b - (points[at].a - first.a);
  }
  const most = Math.max(1, ...values.map(Math.abs));
  const top = glyphs.levels.length - 1;
  const here = Math.floor(((cycleAt(world.sides[0].run, state.now[0]) - first.a) / length) * columns);
  const lines: Line[] = [
    [
      name,
      [
        `added time ${signed(last.b - first.b - (last.a - first.a), clockHz)} over ${span(last.a - first.a, clockHz)}`,
      ],
      [`, ${count(pair.deedsA)} and ${count(pair.deedsB)} deeds`, 'dim'],
    ],
  ];
  for (let row = height - 1; row >= 0; row--) {
    const cells = values.map((v, i): [string, StyleName | undefined] => {
      const level = Math.max(0, Math.min(top, Math.round((Math.abs(v) / most) * top * height) - row * top));
      const glyph = glyphs.levels[row === 0 && v !== 0 ? Math.max(1, level) : level];
      return [glyph, i === here ? 'cursor' : v < 0 ? 'good' : 'warn'];
    });
    lines.push([
      [' '.repeat(LABEL)],
      ...spans(cells, new Map()),
      [
        row === height - 1
          ? ` ${signed(last.b - first.b - (last.a - first.a) < 0 ? -most : most, clockHz)}`
          : '',
        'dim',
      ],
    ]);
  }
  return lines;
}

function divergenceLines(c: ViewContext, diff: DiffModel, height: number, top: number, hits: Hit[]): Line[] {
  const { state, width } = c;
  const rows = diff.divergences;
  const columns: Column<DivergenceView>[] = stretch(
    [
      { title: ' ', width: 1, text: (d) => KINDS[d.kind].glyph, style: (d) => KINDS[d.kind].style },
      { title: 'KIND', width: 10, text: (d) => d.kind, style: (d) => KINDS[d.kind].style },
      { title: 'THREAD', width: 14, text: (d) => shortThread(d.thread), style: () => 'accent' },
      { title: 'EFFECT', width: 9, right: true, text: (d) => signed(d.effect, diff.clockHz) },
      {
        title: 'EVENT A',
        width: 9,
        right: true,
        text: (d) => (d.seqA < 0 ? '-' : count(d.seqA)),
        style: () => 'dim',
      },
      {
        title: 'EVENT B',
        width: 9,
        right: true,
        text: (d) => (d.seqB < 0 ? '-' : count(d.seqB)),
        style: () => 'dim',
      },
      { title: 'WHAT', width: 8, text: (d) => d.sentence },
    ],
    6,
    width,
  );
  const chosen = rows[state.divergence];
  const sentence = chosen === undefined ? [] : wrap(chosen.sentence, width - 2);
  const told = sentence.slice(0, Math.max(1, Math.min(3, height - 3)));
  const room = Math.max(1, height - 1 - told.length);
  const first = firstRow(state.divergence, rows.length, room);
  const heading = headings(columns, width);
  const place = `${rows.length === 0 ? 0 : state.divergence + 1}/${count(diff.divergenceCount)} `;
  const lines: Line[] = [overlayRight(heading, place, width)];
  rows.slice(first, first + room).forEach((d, i) => {
    const n = first + i;
    hits.push({
      row: top + lines.length,
      from: 0,
      to: width,
      pane: 0,
      press: { name: 'select', text: `divergence ${n}` },
      again: { name: 'enter' },
    });
    lines.push(
      tableRow(
        columns,
        d,
        width,
        n === state.divergence ? (state.pane === 0 ? 'selected' : 'shadowed') : undefined,
      ),
    );
  });
  if (rows.length === 0) lines.push([['the runs never part', 'good']]);
  while (lines.length < height - told.length) lines.push([]);
  for (const text of told) lines.push([[`  ${text}`, 'bold']]);
  return lines.slice(0, height);
}

const overlayRight = (line: Line, text: string, width: number): Line => [
  ...toWidth(line, width - text.length, 'bar'),
  [text, 'bar'],
];

function ledgerLines(
  c: ViewContext,
  diff: DiffModel,
  all: ThreadPair[],
  height: number,
  top: number,
  hits: Hit[],
): Line[] {
  const { state, width, glyphs } = c;
  const listWidth = Math.min(40, Math.floor(width / 2));
  const { measured } = c.world;
  const counted = state.ledger === 'counted' || measured === undefined;
  const rows = new Map<string, LedgerRow | MeasuredRow>(
    (counted ? diff.ledger : measured.rows).map((row) => [row.thread, row]),
  );
  const pair = all[Math.min(state.pair, all.length - 1)];
  const title: Line = overlayRight(
    [
      [' THREAD', state.pane === 1 ? 'cursor' : 'bar'],
      [padStart('ADDED', listWidth - 7), 'bar'],
      [counted ? '   WHERE IT WENT' : '   WHAT EACH CHARGE COSTS', 'bar'],
    ],
    counted ? 'counted ' : 'measured ',
    width,
  );
  const room = height - 1;
  const first = firstRow(state.pair, all.length, room);
  const left: Line[] = all.slice(first, first + room).map((p, i) => {
    const n = first + i;
    hits.push({
      row: top + 1 + i,
      from: 0,
      to: listWidth,
      pane: 1,
      press: { name: 'select', text: `pair ${n}` },
    });
    const row = rows.get(p.identity);
    const selected: StyleName | undefined =
      n === state.pair ? (state.pane === 1 ? 'selected' : 'shadowed') : undefined;
    const added = row === undefined ? '' : signed(row.added, diff.clockHz);
    return [
      [
        padEnd(
          shorten(` ${p.tidA === 0 ? p.identity : shortThread(p.identity)}`, listWidth - 10),
          listWidth - 10,
        ),
        selected,
      ],
      [padStart(added, 10), selected ?? 'bold'],
    ];
  });
  const right =
    pair === undefined
      ? []
      : ledgerOf(
          counted ? PARTS : MEASURED,
          rows.get(pair.identity) as Record<string, unknown> | undefined,
          diff.clockHz,
          width - listWidth - 1,
          room,
          glyphs,
        );
  const body = Array.from(
    { length: room },
    (_, i): Line => [
      ...toWidth(left[i] ?? [], listWidth),
      [glyphs.vertical, 'dim'],
      ...toWidth(right[i] ?? [], width - listWidth - 1),
    ],
  );
  return [title, ...body];
}

/** A thread's ledger: parts that are not nothing, and their sum. */
function ledgerOf(
  names: readonly (readonly [string, string, StyleName | undefined])[],
  row: Record<string, unknown> | undefined,
  clockHz: number,
  width: number,
  height: number,
  glyphs: Glyphs,
): Line[] {
  if (row === undefined) return [[[' no ledger of this one', 'dim']]];
  const parts = names
    .map(([key, label, style]) => ({ label, style, cycles: row[key] as number }))
    .filter((p) => p.cycles !== 0);
  const added = row['added'] as number;
  const most = Math.max(1, ...parts.map((p) => Math.abs(p.cycles)));
  const chart = Math.max(4, width - 38);
  const lines: Line[] = parts
    .sort((a, b) => Math.abs(b.cycles) - Math.abs(a.cycles))
    .slice(0, Math.max(1, height - 1))
    .map((p) => [
      [` ${padEnd(p.label, 13)}`, undefined],
      [padStart(signed(p.cycles, clockHz), 9), 'bold'],
      [padStart(count(p.cycles), 13), 'dim'],
      [' '],
      [bar(Math.abs(p.cycles) / most, chart, glyphs), p.cycles < 0 ? 'good' : p.style],
    ]);
  lines.push([
    [` ${padEnd('sum', 13)}`, 'bold'],
    [padStart(signed(added, clockHz), 9), 'bold'],
    [padStart(count(added), 13), 'dim'],
  ]);
  return lines;
}

/** The firing that made the traced run end differently, and how that came about. */
function decidingLines(c: ViewContext, height: number, top: number, hits: Hit[]): Line[] {
  const { state, world, width } = c;
  const { decision, diff } = world;
  const title = (words: string): Line => overlayRight([[' DECIDING FIRING', 'cursor']], words, width);
  if (decision === undefined || diff === undefined)
    return [
      title(''),
      [],
      ...wrap(
        'Which firing made the traced run end differently? Enter executes it again, charged for fewer and fewer firings, until one is found without which it ends as the untraced run does.',
        width - 4,
      ).map((text): Line => [[`  ${text}`]]),
    ];
  const { firing, difference } = decision;
  if (difference === undefined || firing === undefined)
    return [
      title(''),
      [],
      [
        [
          difference === undefined
            ? '  None: the run ends as one that is charged for no firing does.'
            : `  No firing: the consumer process decided. ${difference.text}`,
        ],
      ],
    ];
  const lines: Line[] = [
    title(`${count(firing.number)} of ${count(decision.firings)}, ${decision.runs} executions `),
    ...wrap(
      `Charged for ${count(firing.number - 1)} firing${firing.number === 2 ? '' : 's'} it ends as without; for ${count(firing.number)}, ${difference.text}`,
      width - 2,
    )
      .slice(0, 2)
      .map((text): Line => [[` ${text}`, 'bold']]),
    ...triedWords(decision, ':deciding smallest').map((text): Line => [[` ${text}`, 'dim']]),
  ];
  const { chain } = decision;
  const room = Math.max(1, height - lines.length - 1);
  const first = firstRow(state.link, chain.length, room);
  const ms = (cycle: number) => ((cycle / diff.clockHz) * 1e3).toFixed(4);
  chain.slice(first, first + room).forEach((link, i) => {
    const n = first + i;
    hits.push({
      row: top + lines.length,
      from: 0,
      to: width,
      pane: 2,
      press: { name: 'select', text: `link ${n}` },
      again: { name: 'enter' },
    });
    const row: Line = [
      [padStart(ms(link.cycle), 11), 'dim'],
      [' ms '],
      [padEnd(shorten(shortThread(link.thread), 14), 15), 'accent'],
      [link.text],
    ];
    lines.push(toWidth(n === state.link ? over(row, 'selected') : row, width));
  });
  // The selected one at length, where there is room for it.
  const told = chain[state.link] === undefined ? [] : wrap(chain[state.link].text, width - 2);
  for (const text of told.slice(0, height - lines.length)) lines.push([[` ${text}`, 'bold']]);
  return lines.slice(0, height);
}

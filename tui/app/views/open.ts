/** Open: what there is to look at - recorded traces here and in out/, and scenarios to run live. */
import type { Action } from '../command.ts';
import { type Line, toWidth } from '../text/line.ts';
import type { CatalogEntry } from '../world.ts';
import { type Column, headings, stretch, tableRow } from './table.ts';
import { type Frame, firstRow, type Hit, moved, type ViewContext, type ViewModule } from './view.ts';

export const openView: ViewModule = {
  title: 'Open',
  panes: 1,
  render,
  move(state, world, by) {
    state.entry = moved(state.entry, by, world.catalog.length);
  },
  select(state, _world, what) {
    state.entry = Number(what);
  },
  enter(state, world): Action | undefined {
    if (state.tagged.length === 2) return { name: 'open', text: state.tagged.join(' ') };
    const entry = world.catalog[state.entry];
    return entry === undefined ? undefined : { name: 'open', text: entry.name };
  },
  line: (state, world) => world.catalog[state.entry]?.name,
};

function render(c: ViewContext): Frame {
  const { state, world, width, height } = c;
  const { catalog } = world;
  const wide = Math.max(12, ...catalog.map((e) => e.name.length + 2));
  const columns: Column<CatalogEntry>[] = stretch(
    [
      {
        title: '',
        width: 1,
        text: (e) => (state.tagged.includes(e.name) ? (state.tagged[0] === e.name ? 'A' : 'B') : ' '),
        style: () => 'marker',
      },
      {
        title: 'NAME',
        width: Math.min(wide, Math.floor(width * 0.45)),
        text: (e) => e.name,
        style: () => 'bold',
      },
      {
        title: 'KIND',
        width: 8,
        text: (e) => e.kind,
        style: (e) => (e.kind === 'trace' ? 'accent' : 'good'),
      },
      { title: 'WHAT IT IS', width: 10, text: (e) => e.description },
    ],
    3,
    width,
  );
  const lines: Line[] = [
    [
      ['probelab', 'title'],
      ['  a deterministic laboratory for kernel tracing', 'dim'],
    ],
    [],
    headings(columns, width),
  ];
  const hits: Hit[] = [];
  const room = Math.max(1, height - lines.length - 4);
  const first = firstRow(state.entry, catalog.length, room);
  catalog.slice(first, first + room).forEach((entry, i) => {
    const n = first + i;
    hits.push({
      row: lines.length,
      from: 0,
      to: width,
      pane: 0,
      press: { name: 'select', text: String(n) },
      again: { name: 'enter' },
    });
    lines.push(tableRow(columns, entry, width, n === state.entry ? 'selected' : undefined));
  });
  if (catalog.length === 0)
    lines.push([['no traces here: `probelab run dd --record dd.trace` makes one', 'dim']]);
  while (lines.length < height - 3) lines.push([]);
  const tagged = state.tagged;
  lines.push([]);
  lines.push(
    tagged.length === 2
      ? [
          ['Enter opens the pair ', undefined],
          [tagged[0], 'bold'],
          [' (A) and ', undefined],
          [tagged[1], 'bold'],
          [' (B)', undefined],
        ]
      : tagged.length === 1
        ? [
            [tagged[0], 'bold'],
            [' is A; Space on another trace makes it B, and Enter opens both', 'dim'],
          ]
        : [
            [
              'Enter opens: a trace is played back, a scenario runs as a live machine. Space chooses two traces to compare.',
              'dim',
            ],
          ],
  );
  lines.push([
    ['The headline experiment (`probelab experiment probe-effect`) leaves its traces in out/.', 'dim'],
  ]);
  return { lines: lines.map((line) => toWidth(line, width)), hits };
}

/** A CPU's lane as rows of glyphs: names of what ran, what it did, marks of ticks, switches, lock waits and probe time. */
import type { LaneCell, RunView } from '../../../traces/playback/run-view.ts';
import type { StyleName } from '../text/colours.ts';
import type { Glyphs } from '../text/glyphs.ts';
import type { Line, Span } from '../text/line.ts';
import { clip } from '../text/width.ts';

/** Above so many events a trace is not read through only to name a thread that is not there yet. */
const NAMES = 1_000_000;

export function threadLabel(run: RunView, tid: number): string {
  const known = run.state.threads[tid]?.name;
  if (known !== undefined && known !== '') return known;
  if (run.events > NAMES) return String(tid);
  const path = run.identity(tid);
  return path.slice(path.lastIndexOf('/') + 1) || String(tid);
}

/** Columns with a style of their own: now, markers. */
export type Cursors = Map<number, StyleName>;

/** One glyph and style a column, joined to spans; cursors lie over them. */
export function spans(cells: readonly (readonly [string, StyleName | undefined])[], cursors: Cursors): Line {
  const out: Span[] = [];
  let text = '';
  let style: StyleName | undefined;
  cells.forEach(([glyph, own], column) => {
    const wanted = cursors.get(column) ?? own;
    if (wanted !== style && text !== '') {
      out.push([text, style]);
      text = '';
    }
    style = wanted;
    text += glyph;
  });
  if (text !== '') out.push([text, style]);
  return out;
}

export function activityRow(
  cells: readonly (LaneCell | undefined)[],
  glyphs: Glyphs,
  cursors: Cursors,
): Line {
  return spans(
    cells.map((cell) =>
      cell === undefined
        ? [glyphs.more, 'dim']
        : cell.what === 'none'
          ? [' ', undefined]
          : [glyphs.what[cell.what], cell.what],
    ),
    cursors,
  );
}

/** Names of threads where they begin to run, as far as there is room. */
export function nameRow(run: RunView, cells: readonly (LaneCell | undefined)[], cursors: Cursors): Line {
  const row: [string, StyleName | undefined][] = cells.map(() => [' ', undefined]);
  for (let from = 0; from < cells.length; ) {
    const tid = cells[from]?.tid ?? 0;
    let to = from + 1;
    while (to < cells.length && (cells[to]?.tid ?? 0) === tid) to++;
    const idle = cells[from]?.what === 'idle';
    if (tid !== 0 && !idle && to - from >= 3) {
      const name = clip(threadLabel(run, tid), to - from - 1);
      for (let i = 0; i < name.length; i++) row[from + i] = [name[i], undefined];
    }
    from = to;
  }
  return spans(row, cursors);
}

export function markRow(cells: readonly (LaneCell | undefined)[], glyphs: Glyphs, cursors: Cursors): Line {
  const top = glyphs.levels.length - 1;
  return spans(
    cells.map((cell): [string, StyleName | undefined] => {
      if (cell === undefined) return [' ', undefined];
      if (cell.blocked) return [glyphs.blocked, 'spin'];
      if (cell.probe > 0) return [glyphs.levels[Math.max(1, Math.round(cell.probe * top))], 'probe'];
      if (cell.tick) return [glyphs.timer, 'interrupt'];
      if (cell.switched) return [glyphs.switched, 'accent'];
      return [' ', undefined];
    }),
    cursors,
  );
}

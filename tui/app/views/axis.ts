/** A time axis: labels at round times, the column of a cycle, the cycle of a column. */
import type { Window } from '../state.ts';

export interface Axis extends Window {
  columns: number;
}

export const columnOf = (axis: Axis, cycle: number): number =>
  Math.floor(((cycle - axis.from) / (axis.to - axis.from)) * axis.columns);

/** The column if it is on the axis, else -1. The end of the window is its last column. */
export function visibleColumn(axis: Axis, cycle: number): number {
  if (cycle < axis.from || cycle > axis.to) return -1;
  return Math.min(axis.columns - 1, columnOf(axis, cycle));
}

export const cycleOf = (axis: Axis, column: number): number =>
  Math.round(axis.from + ((column + 0.5) / axis.columns) * (axis.to - axis.from));

/** Columns between two labels, at least. */
const APART = 13;

/** The labels, in ms, and the row of ticks under them. */
export function axisRows(
  axis: Axis,
  clockHz: number,
  tick: string,
  line: string,
): { labels: string; ticks: string } {
  const perColumn = ((axis.to - axis.from) / axis.columns / clockHz) * 1e3;
  const least = perColumn * APART;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least) ?? 10 * power;
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  const labels = new Array<string>(axis.columns).fill(' ');
  const ticks = new Array<string>(axis.columns).fill(line);
  const first = Math.ceil(((axis.from / clockHz) * 1e3) / step - 1e-9);
  const last = Math.floor(((axis.to / clockHz) * 1e3) / step);
  for (let n = first; n <= last; n++) {
    const at = columnOf(axis, (n * step * clockHz) / 1e3);
    if (at < 0 || at >= axis.columns) continue;
    ticks[at] = tick;
    const text = (n * step).toFixed(digits);
    const from = Math.min(axis.columns - text.length, Math.max(0, at - Math.floor(text.length / 2)));
    for (let i = 0; i < text.length; i++) labels[from + i] = text[i];
  }
  return { labels: labels.join(''), ticks: ticks.join('') };
}

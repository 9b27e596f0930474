/** Tables: columns with headings, a selected row, kept to the width by dropping the last columns' ends. */
import type { StyleName } from '../text/colours.ts';
import { type Line, type Span, toWidth } from '../text/line.ts';
import { padEnd, padStart, shorten } from '../text/width.ts';

export interface Column<Row> {
  title: string;
  width: number;
  right?: boolean;
  /** Marks the heading when rows are in this order. */
  sort?: string;
  text(row: Row): string;
  style?(row: Row): StyleName | undefined;
}

const cell = (text: string, width: number, right: boolean | undefined): string => {
  const short = shorten(text, width);
  return right ? padStart(short, width) : padEnd(short, width);
};

export function headings<Row>(columns: Column<Row>[], width: number, sorted = ''): Line {
  const out: Span[] = [];
  columns.forEach((column, i) => {
    if (i > 0) out.push([' ', 'bar']);
    const here = column.sort !== undefined && column.sort === sorted;
    out.push([cell(column.title, column.width, column.right), here ? 'cursor' : 'bar']);
  });
  return toWidth(out, width, 'bar');
}

export function tableRow<Row>(columns: Column<Row>[], row: Row, width: number, selected?: StyleName): Line {
  const out: Span[] = [];
  columns.forEach((column, i) => {
    if (i > 0) out.push([' ', selected]);
    out.push([cell(column.text(row), column.width, column.right), selected ?? column.style?.(row)]);
  });
  return toWidth(out, width, selected);
}

/** Widths so that the table fills the row: the column named by index takes what is left. */
export function stretch<Row>(columns: Column<Row>[], index: number, width: number): Column<Row>[] {
  const used = columns.reduce((n, column, i) => n + (i === index ? 0 : column.width) + (i > 0 ? 1 : 0), 0);
  return columns.map((column, i) =>
    i === index ? { ...column, width: Math.max(column.width, width - used) } : column,
  );
}

/**
 * agghist and aggpack: other pictures of the same aggregations.
 *
 *   agghist  count() and sum(): a line for each key, its bar, its value
 *   aggpack  quantize() and lquantize(): a line for each histogram, a character for each bucket
 *
 * Both begin with a header over all keys of an aggregation. aggpack shows quantize()'s buckets from the lowest to the highest that any key uses.
 */
import { ACT } from '../dif.ts';
import {
  barHeader,
  lquantizeParts,
  type Pen,
  QUANTIZE_BUCKETS,
  quantizeValue,
  scaleOf,
  utf8,
} from './histogram.ts';

/** Columns of keys in these pictures, by size in bytes. */
const COLUMNS: Record<number, number> = { 1: 3, 2: 5, 4: 8, 8: 16 };
/** Columns of all other keys: strings. */
export const PACKED_STRING = 16;

export const packedColumns = (keySizes: readonly number[]): number =>
  keySizes.reduce((n, size) => n + (COLUMNS[size] ?? PACKED_STRING) + 1, 0);

export const agghistHeader = (keySizes: readonly number[]): string => {
  const width = packedColumns(keySizes);
  return width === 0 ? barHeader('value', 16) : barHeader('key', width);
};

/** First and last bucket of a row. */
export type Range = [first: number, last: number];

const ZERO = 63;

/** The buckets that all rows of a quantize() show: those in use, and one more at each end. */
export function quantizeRange(all: readonly (readonly bigint[])[]): Range {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const counts of all) {
    const used = counts.flatMap((c, i) => (c === 0n ? [] : [i]));
    first = Math.min(first, used[0] ?? ZERO);
    last = Math.max(last, used[used.length - 1] ?? ZERO);
  }
  return [first === 0 || first === ZERO ? first : first - 1, Math.min(last + 1, QUANTIZE_BUCKETS - 1)];
}

/** Digits and sign of a bucket's value; at least four columns. */
function digits(value: bigint): number {
  const negative = value < 0n;
  const v = negative ? -value : value;
  let n = negative ? 2 : 1;
  for (let power = 10n; v > power; power *= 10n) n++;
  return Math.max(n, 4);
}

export function aggpackHeader(action: number, keySizes: readonly number[], [first, last]: Range): string {
  const quantize = action === ACT.QUANTIZE;
  const low = quantize ? digits(quantizeValue(first)) : 7;
  const high = quantize ? digits(quantizeValue(last)) : 8;
  const width = packedColumns(keySizes);
  return (
    `\n${(width > 0 ? 'key' : '').padStart(width)} ${'min'.padStart(low)} .` +
    `${'-'.repeat(last - first + 1)}. ${'max'.padEnd(high)} | count\n`
  );
}

const ASCII = '__xxxxXX';
const NEGATIVE = 'vvvvVV';

function glyph(count: bigint, scale: number, blocks: boolean): string {
  if (count === 0n) return ' ';
  const level = (n: number): number => Math.floor((Math.abs(Number(count)) * (n - 1)) / scale + 0.5);
  if (count < 0n) return NEGATIVE[level(NEGATIVE.length)];
  return blocks ? utf8(0x2581 + level(8)) : ASCII[level(ASCII.length)];
}

const row = (counts: readonly bigint[], zoom: boolean, blocks: boolean): string => {
  const scale = scaleOf(counts, zoom);
  return counts.map((c) => glyph(c, scale, blocks)).join('');
};

const sum = (counts: readonly bigint[]): bigint => counts.reduce((n, c) => n + c, 0n);

/** A histogram on one line, after its key. `blocks`: Unicode's, else letters. */
export function packedQuantize(counts: readonly bigint[], range: Range, pen: Pen, blocks: boolean): string {
  const shown = counts.slice(range[0], range[1] + 1);
  const [low, high] = range.map(quantizeValue);
  return (
    ` ${String(low).padStart(digits(low))} :${row(shown, pen.zoom, blocks)}: ` +
    `${String(high).padEnd(digits(high))} | ${sum(shown)}\n`
  );
}

export function packedLquantize(arg: bigint, counts: readonly bigint[], pen: Pen, blocks: boolean): string {
  const { base, step, levels } = lquantizeParts(arg);
  return (
    `${`< ${base}`.padStart(8)} :${row(counts, pen.zoom, blocks)}: ` +
    `${`>= ${base + levels * step}`.padEnd(8)} | ${sum(counts)}\n`
  );
}

/** Aggregations as text: without a format (keys in columns, then the values) and by printa()'s format. */

import { ACT } from '../dif.ts';
import type { Format } from '../printf.ts';
import {
  agghistHeader,
  aggpackHeader,
  PACKED_STRING,
  packedLquantize,
  packedQuantize,
  quantizeRange,
  type Range,
} from './aggpack.ts';
import { type AggEntry, type Aggregations, average, keyRecs, stddev, valueRec, words } from './aggregate.ts';
import { flagsOf, formatInteger } from './cformat.ts';
import { bytesText, type Display } from './display.ts';
import {
  barLine,
  histogramText,
  llquantizeBuckets,
  lquantizeBuckets,
  type Pen,
  quantizeBuckets,
  scaleOf,
  signsOf,
} from './histogram.ts';
import { type RecordDesc, readSigned, readUnsigned } from './records.ts';

/** Columns of a string key. */
const KEY_WIDTH = 50;

/** A value of 1, 2, 4 or 8 bytes in its column. */
export function integerColumn(b: Buffer, size: number, quiet: boolean): string | undefined {
  switch (size) {
    case 8:
      return quiet ? String(readSigned(b, 0, 8)) : ` ${String(readSigned(b, 0, 8)).padStart(16)}`;
    case 4:
      return quiet ? String(readSigned(b, 0, 4)) : ` ${String(readSigned(b, 0, 4)).padStart(8)}`;
    case 2:
      return quiet ? String(readUnsigned(b, 0, 2)) : ` ${String(readUnsigned(b, 0, 2)).padStart(5)}`;
    case 1:
      return quiet ? String(readUnsigned(b, 0, 1)) : ` ${String(readUnsigned(b, 0, 1)).padStart(3)}`;
  }
  return undefined;
}

const slice = (e: AggEntry, r: RecordDesc): Buffer => e.data.subarray(r.offset, r.offset + r.size);

const penOf = (d: Display): Pen => ({
  zoom: d.options.isSet('aggzoom'),
  utf8: d.options.encoding === 'utf8',
});

function keyText(d: Display, e: AggEntry, r: RecordDesc, packed = false): string {
  const b = slice(e, r);
  switch (r.action) {
    case ACT.STACK:
      return d.stack(b, Number(r.arg));
    case ACT.USTACK:
    case ACT.JSTACK:
      return d.ustack(b, r.arg);
  }
  const sym = d.symbolRecord(r.action, b);
  if (sym !== undefined) return `  ${sym.padEnd(KEY_WIDTH)}`;
  const column = integerColumn(b, r.size, false);
  if (column !== undefined) return column;
  const raw = d.options.isSet('rawbytes');
  return packed ? bytesText(b, PACKED_STRING, false, raw, true) : bytesText(b, KEY_WIDTH, false, raw);
}

/** The keys of an entry, each on one line and without its column's blanks. */
export const keyWords = (d: Display, e: AggEntry): string[] =>
  keyRecs(e).map((r) =>
    keyText(d, e, r)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join(' < '),
  );

/** A histogram, or undefined if the value is a single number. */
function histogram(d: Display, e: AggEntry): string | undefined {
  const w = words(e);
  const pen = penOf(d);
  switch (valueRec(e).action) {
    case ACT.QUANTIZE:
      return histogramText(quantizeBuckets(w), e.normal, pen);
    case ACT.LQUANTIZE:
      return histogramText(lquantizeBuckets(BigInt.asUintN(64, w[0]), w.slice(1)), e.normal, pen);
    case ACT.LLQUANTIZE:
      return histogramText(llquantizeBuckets(BigInt.asUintN(64, w[0]), w.slice(1)), e.normal, pen);
  }
  return undefined;
}

/** The number that an entry shows. */
export function shownValue(e: AggEntry): bigint {
  const w = words(e);
  switch (valueRec(e).action) {
    case ACT.AVG:
      return average(w, e.normal);
    case ACT.STDDEV:
      return stddev(w, e.normal);
    case ACT.COUNT:
      return BigInt.asIntN(64, BigInt.asUintN(64, w[0]) / BigInt.asUintN(64, e.normal));
    default:
      return w[0] / e.normal;
  }
}

const valueText = (d: Display, e: AggEntry): string =>
  histogram(d, e) ?? ` ${String(shownValue(e)).padStart(16)}`;

/** One line (or histogram) without a format. */
export function defaultLine(d: Display, key: AggEntry, values: readonly AggEntry[]): string {
  let out = '';
  for (const r of keyRecs(key)) out += keyText(d, key, r);
  for (const v of values) out += valueText(d, v);
  return `${out}\n`;
}

/** What printa(@a, ...) without a format prints, less its leading newline. */
export function printDefault(d: Display, aggs: Aggregations, varids: readonly number[]): string {
  if (varids.length === 1) {
    const entries = aggs.sorted(varids[0], d.options);
    return picture(d, entries) ?? entries.map((e) => defaultLine(d, e, [e])).join('');
  }
  return aggs
    .joined(varids, d.options)
    .map((j) => defaultLine(d, j.key, j.values))
    .join('');
}

const keySizes = (e: AggEntry): number[] => keyRecs(e).map((r) => r.size);
const packedKeys = (d: Display, e: AggEntry): string =>
  keyRecs(e)
    .map((r) => keyText(d, e, r, true))
    .join('');

/** An aggregation as agghist or aggpack draw it; undefined when neither applies. */
function picture(d: Display, entries: readonly AggEntry[]): string | undefined {
  if (entries.length === 0) return undefined;
  const pen = penOf(d);
  const { action } = valueRec(entries[0]);
  if (d.options.isSet('agghist') && (action === ACT.COUNT || action === ACT.SUM)) {
    const values = entries.map((e) => words(e)[0]);
    const scale = scaleOf(values, pen.zoom);
    const signs = signsOf(values);
    return (
      agghistHeader(keySizes(entries[0])) +
      entries.map((e, i) => `${packedKeys(d, e)} ${barLine(values[i], e.normal, scale, signs, pen)}`).join('')
    );
  }
  if (!d.options.isSet('aggpack')) return undefined;
  const blocks = d.options.encoding !== 'ascii';
  if (action === ACT.QUANTIZE) {
    const range = quantizeRange(entries.map(words));
    return (
      aggpackHeader(action, keySizes(entries[0]), range) +
      entries.map((e) => packedKeys(d, e) + packedQuantize(words(e), range, pen, blocks)).join('')
    );
  }
  if (action === ACT.LQUANTIZE) {
    const range: Range = [1, words(entries[0]).length - 1];
    const row = (e: AggEntry): string => {
      const [arg, ...counts] = words(e);
      return packedLquantize(BigInt.asUintN(64, arg), counts, pen, blocks);
    };
    return (
      aggpackHeader(action, keySizes(entries[0]), range) +
      entries.map((e) => packedKeys(d, e) + row(e)).join('')
    );
  }
  return undefined;
}

/** printa() with a format: the format once for each key. */
export function printFormatted(
  d: Display,
  aggs: Aggregations,
  format: Format,
  varids: readonly number[],
): string {
  if (varids.length === 1)
    return aggs
      .sorted(varids[0], d.options)
      .map((e) => formatLine(d, format, e, [e]))
      .join('');
  return aggs
    .joined(varids, d.options)
    .map((j) => formatLine(d, format, j.key, j.values))
    .join('');
}

function formatLine(d: Display, format: Format, key: AggEntry, values: readonly AggEntry[]): string {
  const recs = keyRecs(key);
  let next = 0;
  let current = 0;
  let out = '';
  const integer = (): number => {
    const r = recs[next++];
    return r === undefined ? 0 : Number(readSigned(slice(key, r), 0, r.size));
  };
  for (const piece of format.pieces) {
    out += piece.prefix;
    const c = piece.conv;
    if (c === undefined) continue;
    if (c.print === 'percent') {
      out += '%';
      continue;
    }
    let width = c.width;
    let dyn = 0;
    if (c.dynWidth) dyn = width = integer();
    const prec = c.dynPrec ? integer() : c.prec;
    if (c.agg) {
      const e = values[current];
      if (current < values.length - 1) current++;
      const h = histogram(d, e);
      if (h !== undefined) {
        out += h;
        continue;
      }
      const r = valueRec(e);
      if (r.action === ACT.AVG || r.action === ACT.STDDEV) {
        const f = flagsOf(c, width, prec);
        const v = shownValue(e);
        const letter = c.print === 'dint' || c.print === 'sint' ? 'd' : c.letter;
        out += formatInteger(letter === 'd' || letter === 'i' ? v : BigInt.asUintN(64, v), letter, f);
        continue;
      }
      out += d.convert(c, r, slice(e, r), width, prec, dyn, e.normal);
      continue;
    }
    const r = recs[next++];
    if (r === undefined) continue;
    out += d.convert(c, r, slice(key, r), width, prec, dyn);
  }
  return out;
}

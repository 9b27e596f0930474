/** Aggregations as text: without a format (keys in columns, then the values) and by printa()'s format. */
import { type AggEntry, type Aggregations, average, keyRecs, stddev, valueRec, words } from './aggregate.ts';
import { type CFlags, formatInteger } from './cformat.ts';
import { ACT } from './dif.ts';
import { bytesText, type Display } from './display.ts';
import { histogramText, llquantizeBuckets, lquantizeBuckets, quantizeBuckets } from './histogram.ts';
import type { Format } from './printf.ts';
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

function keyText(d: Display, e: AggEntry, r: RecordDesc): string {
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
  return integerColumn(b, r.size, false) ?? bytesText(b, KEY_WIDTH, false, d.options.isSet('rawbytes'));
}

/** A histogram, or undefined if the value is a single number. */
function histogram(d: Display, e: AggEntry): string | undefined {
  const w = words(e);
  const zoom = d.options.isSet('aggzoom');
  switch (valueRec(e).action) {
    case ACT.QUANTIZE:
      return histogramText(quantizeBuckets(w), e.normal, zoom);
    case ACT.LQUANTIZE:
      return histogramText(lquantizeBuckets(BigInt.asUintN(64, w[0]), w.slice(1)), e.normal, zoom);
    case ACT.LLQUANTIZE:
      return histogramText(llquantizeBuckets(BigInt.asUintN(64, w[0]), w.slice(1)), e.normal, zoom);
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
  if (varids.length === 1)
    return aggs
      .sorted(varids[0], d.options)
      .map((e) => defaultLine(d, e, [e]))
      .join('');
  return aggs
    .joined(varids, d.options)
    .map((j) => defaultLine(d, j.key, j.values))
    .join('');
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
        const f: CFlags = {
          alt: c.alt,
          zero: c.zero,
          left: c.left || width < 0,
          plus: c.plus,
          space: c.space,
          width: Math.abs(width),
          prec,
        };
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

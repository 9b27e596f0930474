/**
 * Aggregations on the consumer's side: snapshots of all CPUs merged by key, sorted, normalised, truncated.
 */

import { ACT } from '../dif.ts';
import { assert } from '../errors.ts';
import type { Options } from '../options.ts';
import type { Coalescer } from './coalesce.ts';
import { type AggDesc, type RecordDesc, toBuffer } from './records.ts';

/** One key of one aggregation. */
export interface AggEntry {
  varid: number;
  desc: AggDesc;
  /** The record: id word, keys, value. */
  data: Buffer;
  normal: bigint;
  /** Emptied by clear(): the next data replace it. */
  cleared: boolean;
  /** Order of first appearance: the last tie-breaker. */
  seq: number;
}

export const valueRec = (e: AggEntry): RecordDesc => e.desc.recs[e.desc.recs.length - 1];
export const keyRecs = (e: AggEntry): RecordDesc[] => e.desc.recs.slice(1, -1);

/** 64-bit words of the value. */
export function words(e: AggEntry): bigint[] {
  const r = valueRec(e);
  const out: bigint[] = [];
  for (let i = 0; i < r.size; i += 8) out.push(e.data.readBigInt64LE(r.offset + i));
  return out;
}

function setWords(e: AggEntry, w: readonly bigint[]): void {
  const r = valueRec(e);
  w.forEach((v, i) => {
    e.data.writeBigInt64LE(BigInt.asIntN(64, v), r.offset + i * 8);
  });
}

/** Does the value begin with the function's parameters? */
const hasArgument = (action: number): boolean => action === ACT.LQUANTIZE || action === ACT.LLQUANTIZE;

function merge(e: AggEntry, add: readonly bigint[]): void {
  const action = valueRec(e).action;
  const old = words(e);
  let next: bigint[];
  switch (action) {
    case ACT.MIN:
      next = e.cleared || add[0] < old[0] ? [add[0]] : old;
      break;
    case ACT.MAX:
      next = e.cleared || add[0] > old[0] ? [add[0]] : old;
      break;
    case ACT.STDDEV: {
      const square = (w: readonly bigint[]): bigint =>
        BigInt.asUintN(64, w[2]) | (BigInt.asUintN(64, w[3]) << 64n);
      const sum = square(old) + square(add);
      next = [old[0] + add[0], old[1] + add[1], sum, sum >> 64n];
      break;
    }
    default:
      next = old.map((v, i) => (i === 0 && hasArgument(action) ? v : v + add[i]));
  }
  e.cleared = false;
  setWords(e, next);
}

const sqrt = (v: bigint): bigint => {
  if (v < 2n) return v;
  let x = 1n << (BigInt(v.toString(2).length) / 2n + 1n);
  for (;;) {
    const y = (x + v / x) / 2n;
    if (y >= x) return x;
    x = y;
  }
};

export function average(w: readonly bigint[], normal: bigint): bigint {
  return w[0] === 0n ? 0n : w[1] / normal / w[0];
}

/** The root of the mean square less the squared mean, in whole numbers. */
export function stddev(w: readonly bigint[], normal: bigint): bigint {
  if (w[0] === 0n) return 0n;
  const squares = BigInt.asUintN(64, w[2]) | (BigInt.asUintN(64, w[3]) << 64n);
  const meanSquare = squares / normal / normal / w[0];
  const mean = w[1] / normal / w[0];
  const diff = meanSquare - mean * mean;
  return diff < 0n ? 0n : sqrt(diff);
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sum of the buckets' values weighted by their counts, for sorting histograms. */
function weight(e: AggEntry, w: readonly bigint[]): { total: bigint; zero: bigint } {
  const action = valueRec(e).action;
  let total = 0n;
  if (action === ACT.QUANTIZE) {
    w.forEach((c, i) => {
      const v = i === 63 ? 0n : i > 63 ? 1n << BigInt(i - 64) : -(1n << BigInt(62 - i));
      total += c * v;
    });
    return { total, zero: w[63] };
  }
  const arg = BigInt.asUintN(64, w[0]);
  const counts = w.slice(1);
  if (action === ACT.LQUANTIZE) {
    const base = BigInt.asIntN(32, arg);
    const step = (arg >> 48n) & 0xffffn;
    const levels = counts.length - 2;
    let zero = 0n;
    counts.forEach((c, i) => {
      // Below the range counts as one less than its base, above it as one more than its end.
      const v =
        i === 0 ? base - 1n : i > levels ? base + BigInt(levels) * step + 1n : base + BigInt(i - 1) * step;
      total += c * v;
      if (v === 0n) zero = c;
    });
    return { total, zero };
  }
  const factor = (arg >> 48n) & 0xffffn;
  const low = (arg >> 32n) & 0xffffn;
  const high = (arg >> 16n) & 0xffffn;
  const steps = arg & 0xffffn;
  let value = factor ** low;
  let next = value * factor;
  let step = next > steps ? next / steps : 1n;
  let i = 0;
  total += counts[i++] * (value - 1n);
  for (let order = low; order <= high && i < counts.length; i++) {
    total += counts[i] * value;
    value += step;
    if (value !== next) continue;
    next = value * factor;
    step = next > steps ? next / steps : 1n;
    order++;
  }
  if (i < counts.length) total += counts[i] * value;
  return { total, zero: 0n };
}

export function compareValues(a: AggEntry, b: AggEntry): number {
  const x = words(a);
  const y = words(b);
  switch (valueRec(a).action) {
    case ACT.AVG: {
      return compare(average(x, 1n), average(y, 1n));
    }
    case ACT.STDDEV:
      return compare(stddev(x, 1n), stddev(y, 1n));
    case ACT.QUANTIZE:
    case ACT.LQUANTIZE:
    case ACT.LLQUANTIZE: {
      const l = weight(a, x);
      const r = weight(b, y);
      return compare(l.total, r.total) || compare(l.zero, r.zero);
    }
    default:
      return compare(x[0], y[0]);
  }
}

/** Key by key from position `from` (0 if there is no such key), wrapping round. Numbers compare as unsigned, all else byte by byte. */
export function compareKeys(a: AggEntry, b: AggEntry, from = 0): number {
  const x = keyRecs(a);
  const y = keyRecs(b);
  const n = Math.min(x.length, y.length);
  for (let k = 0; k < n; k++) {
    const i = (k + (from < n ? from : 0)) % n;
    const l = x[i];
    const r = y[i];
    if (l.size !== r.size) return l.size < r.size ? -1 : 1;
    if (l.action === ACT.USYM || l.action === ACT.UADDR || l.action === ACT.UMOD) {
      for (const off of [0, 8]) {
        const d = compare(a.data.readBigUInt64LE(l.offset + off), b.data.readBigUInt64LE(r.offset + off));
        if (d !== 0) return d;
      }
      continue;
    }
    let d: number;
    switch (l.size) {
      case 8:
        d = compare(a.data.readBigUInt64LE(l.offset), b.data.readBigUInt64LE(r.offset));
        break;
      case 4:
        d = a.data.readUInt32LE(l.offset) - b.data.readUInt32LE(r.offset);
        break;
      case 2:
        d = a.data.readUInt16LE(l.offset) - b.data.readUInt16LE(r.offset);
        break;
      default:
        d = a.data
          .subarray(l.offset, l.offset + l.size)
          .compare(b.data.subarray(r.offset, r.offset + r.size));
    }
    if (d !== 0) return d < 0 ? -1 : 1;
  }
  return x.length - y.length;
}

/** One line of a printa() over several aggregations: an entry for each, `undefined` never: absent ones are empty. */
export interface JoinedEntry {
  key: AggEntry;
  values: AggEntry[];
}

export class Aggregations {
  private readonly entries = new Map<string, AggEntry>();
  private seq = 0;

  /** Merge a snapshot: records back to back, each begun by the id of its aggregation. */
  snapshot(
    bytes: Uint8Array,
    desc: (id: number) => AggDesc | undefined,
    varid: (d: AggDesc, data: Buffer) => number,
    coalescer?: Coalescer,
  ): void {
    const b = toBuffer(bytes);
    let at = 0;
    while (at + 4 <= b.length) {
      const id = b.readUInt32LE(at);
      if (id === 0) {
        at += 4;
        continue;
      }
      const d = desc(id);
      assert(
        d !== undefined,
        () => `aggregation snapshot names id ${id} at ${at} of ${b.length}, which was not described`,
      );
      if (at + d.size > b.length) return;
      const data = Buffer.from(b.subarray(at, at + d.size));
      at += d.size;
      if (coalescer !== undefined)
        for (const key of d.recs.slice(1, -1)) coalescer.key(key.action, data, key.offset);
      this.add(varid(d, data), d, data);
    }
  }

  private add(varid: number, desc: AggDesc, data: Buffer): void {
    const keys = desc.recs.slice(1, -1);
    const key = `${varid}|${keys.map((r) => `${r.size}:${data.toString('latin1', r.offset, r.offset + r.size)}`).join('|')}`;
    const old = this.entries.get(key);
    const entry: AggEntry = { varid, desc, data, normal: 1n, cleared: false, seq: this.seq };
    if (old === undefined) {
      this.seq++;
      this.entries.set(key, entry);
      return;
    }
    merge(old, words(entry));
  }

  /** All entries of one aggregation, in order of appearance. */
  of(varid: number): AggEntry[] {
    return [...this.entries.values()].filter((e) => e.varid === varid);
  }

  ids(): number[] {
    return [...new Set([...this.entries.values()].map((e) => e.varid))].sort((a, b) => a - b);
  }

  /** The entries of one aggregation in printing order. */
  sorted(varid: number, options: Options): AggEntry[] {
    const rev = options.isSet('aggsortrev') ? -1 : 1;
    const byKey = options.isSet('aggsortkey');
    const keypos = options.number('aggsortkeypos', 0);
    const keys = (a: AggEntry, b: AggEntry): number => compareKeys(a, b, keypos) * rev;
    const values = (a: AggEntry, b: AggEntry): number => compareValues(a, b) * rev;
    return this.of(varid).sort((a, b) =>
      byKey ? keys(a, b) || values(a, b) || a.seq - b.seq : values(a, b) || keys(a, b) || a.seq - b.seq,
    );
  }

  /** Several aggregations side by side: one line for each key that any of them has. */
  joined(varids: readonly number[], options: Options): JoinedEntry[] {
    const rows = new Map<string, (AggEntry | undefined)[]>();
    varids.forEach((id, i) => {
      for (const e of this.of(id)) {
        const k = keyRecs(e)
          .map((r) => `${r.size}:${e.data.toString('latin1', r.offset, r.offset + r.size)}`)
          .join('|');
        let row = rows.get(k);
        if (row === undefined) {
          row = new Array(varids.length).fill(undefined);
          rows.set(k, row);
        }
        row[i] = e;
      }
    });
    const samples = varids.map((id) => this.of(id)[0]);
    const list: JoinedEntry[] = [];
    for (const row of rows.values()) {
      const key = row.find((e) => e !== undefined)!;
      const values = row.map((e, i) => e ?? emptyLike(samples[i] ?? key, key, varids[i]));
      list.push({ key, values });
    }
    const rev = options.isSet('aggsortrev') ? -1 : 1;
    const byKey = options.isSet('aggsortkey');
    const keypos = options.number('aggsortkeypos', 0);
    const wanted = options.number('aggsortpos', 0);
    const pos = wanted < varids.length ? wanted : 0;
    const order = varids.map((_, i) => (i + pos) % varids.length);
    const byValues = (a: JoinedEntry, b: JoinedEntry): number => {
      for (const i of order) {
        const d = compareValues(a.values[i], b.values[i]);
        if (d !== 0) return d * rev;
      }
      return 0;
    };
    const keys = (a: JoinedEntry, b: JoinedEntry): number => compareKeys(a.key, b.key, keypos) * rev;
    return list.sort((a, b) => (byKey ? keys(a, b) || byValues(a, b) : byValues(a, b) || keys(a, b)));
  }

  clear(varid: number): void {
    for (const e of this.of(varid)) {
      setWords(
        e,
        words(e).map((v, i) => (i === 0 && hasArgument(valueRec(e).action) ? v : 0n)),
      );
      e.cleared = true;
    }
  }

  normalize(varid: number, normal: bigint): void {
    for (const e of this.of(varid)) e.normal = normal;
  }

  /** Keep the n largest, or the -n smallest; 0 keeps none. */
  trunc(varid: number, n: bigint): void {
    const list = this.of(varid).sort((a, b) => compareValues(a, b) || compareKeys(a, b) || a.seq - b.seq);
    const keep = Number(n < 0n ? -n : n);
    const drop = n < 0n ? list.slice(keep) : list.slice(0, Math.max(0, list.length - keep));
    const gone = new Set(drop);
    for (const [k, e] of this.entries) if (gone.has(e)) this.entries.delete(k);
  }
}

/** A value that says nothing, for a key that an aggregation does not have. */
function emptyLike(sample: AggEntry, key: AggEntry, varid: number): AggEntry {
  const data = Buffer.from(sample.data);
  const e: AggEntry = { varid, desc: sample.desc, data, normal: sample.normal, cleared: true, seq: key.seq };
  const keep = hasArgument(valueRec(sample).action);
  setWords(
    e,
    words(sample).map((v, i) => (i === 0 && keep ? v : 0n)),
  );
  return e;
}

/** The records of a round, in the order in which they are shown: CPU by CPU, or by time. */
import type { EprobeDesc } from './records.ts';

export interface Pending {
  cpu: number;
  bytes: Buffer;
}

export interface PlacedRecord {
  cpu: number;
  at: number;
  time: bigint;
  buf: Buffer;
  desc: EprobeDesc;
  /** What the same CPU recorded next. */
  next?: PlacedRecord;
}

/** Each CPU's records of the round, chained. Throws Error on a record of an enabled probe that was not described. */
function placed(pending: readonly Pending[], eprobes: ReadonlyMap<number, EprobeDesc>): PlacedRecord[][] {
  const byCpu = new Map<number, PlacedRecord[]>();
  for (const p of pending) {
    const list = byCpu.get(p.cpu) ?? [];
    byCpu.set(p.cpu, list);
    for (const r of place(p, eprobes)) {
      const before = list[list.length - 1];
      if (before !== undefined) before.next = r;
      list.push(r);
    }
  }
  return [...byCpu.values()].filter((q) => q.length > 0);
}

/** CPU by CPU, but the one that ran BEGIN first and the one that ran END last. `isProbe`: does the record come from dtrace:::BEGIN or END? */
export function cpuByCpu(
  pending: readonly Pending[],
  eprobes: ReadonlyMap<number, EprobeDesc>,
  isProbe: (r: PlacedRecord, name: 'BEGIN' | 'END') => boolean,
): PlacedRecord[] {
  const rank = (q: PlacedRecord[]): number =>
    q.some((r) => isProbe(r, 'END')) ? 1 : q.some((r) => isProbe(r, 'BEGIN')) ? -1 : 0;
  return placed(pending, eprobes)
    .map((q, i) => ({ q, i, k: rank(q) }))
    .sort((x, y) => x.k - y.k || x.i - y.i)
    .flatMap(({ q }) => q);
}

/** Oldest first over all CPUs; each CPU's records stay in the order they were made (ERROR comes where its fault was, though its time is later). */
export function byTime(
  pending: readonly Pending[],
  eprobes: ReadonlyMap<number, EprobeDesc>,
): PlacedRecord[] {
  const out: PlacedRecord[] = [];
  let heads = placed(pending, eprobes).map(([first]) => first);
  while (heads.length > 0) {
    let oldest = 0;
    for (let i = 1; i < heads.length; i++) if (heads[i].time < heads[oldest].time) oldest = i;
    const r = heads[oldest];
    out.push(r);
    if (r.next !== undefined) heads[oldest] = r.next;
    else heads = heads.filter((_, i) => i !== oldest);
  }
  return out;
}

/** The records of a buffer. */
function place(p: Pending, eprobes: ReadonlyMap<number, EprobeDesc>): PlacedRecord[] {
  const out: PlacedRecord[] = [];
  const b = p.bytes;
  let at = 0;
  while (at + 4 <= b.length) {
    const epid = b.readUInt32LE(at);
    if (epid === 0) {
      at += 4;
      continue;
    }
    const desc = eprobes.get(epid);
    if (desc === undefined)
      throw new Error(
        `dtrace: record of enabled probe ID ${epid} at ${at} of ${b.length} (CPU ${p.cpu}), which was not described`,
      );
    if (at + desc.size > b.length) break;
    const time = (BigInt(b.readUInt32LE(at + 4)) << 32n) | BigInt(b.readUInt32LE(at + 8));
    out.push({ cpu: p.cpu, at, time, buf: b.subarray(at, at + desc.size), desc });
    at += desc.size;
  }
  return out;
}

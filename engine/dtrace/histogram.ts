/**
 * Histograms of quantize(), lquantize() and llquantize() as text.
 *
 * A row is the bucket's lowest value, a bar of at most 40 @ and the count. Where counts are negative the bar grows to the left; where both signs
 * occur it has a centre line. One empty bucket is shown at either end of what has data.
 */

const WIDTH = 40;

export interface Bucket {
  label: string;
  count: bigint;
}

const abs = (v: bigint): bigint => (v < 0n ? -v : v);

/** round(|v| * len / total), halves up, as the original's floating point gives. */
const depth = (v: bigint, len: number, total: bigint): number =>
  total === 0n ? 0 : Math.min(len, Math.floor((Number(abs(v)) * len) / Number(total) + 0.5));

function row(b: Bucket, normal: bigint, total: bigint, positives: boolean, negatives: boolean): string {
  const count = String(b.count / normal).padEnd(9);
  const label = b.label.padStart(16);
  if (!negatives) {
    const d = positives ? depth(b.count, WIDTH, total) : 0;
    return `${label} |${'@'.repeat(d)}${' '.repeat(WIDTH - d)} ${count}\n`;
  }
  if (!positives) {
    const d = depth(b.count, WIDTH, total);
    return `${label} ${' '.repeat(WIDTH - d)}${'@'.repeat(d)}| ${count}\n`;
  }
  const half = WIDTH / 2;
  const d = depth(b.count, half, total);
  if (b.count <= 0n) return `${label} ${' '.repeat(half - d)}${'@'.repeat(d)}|${' '.repeat(half)} ${count}\n`;
  return `${label} ${' '.repeat(half)}|${'@'.repeat(d)}${' '.repeat(half - d)} ${count}\n`;
}

/** The whole histogram; begins with the newline that ends the key's line. */
export function histogramText(buckets: readonly Bucket[], normal: bigint, zoom = false): string {
  const positives = buckets.some((b) => b.count > 0n);
  const negatives = buckets.some((b) => b.count < 0n);
  let total = 0n;
  for (const { count } of buckets) {
    const n = abs(count);
    if (!zoom) total += n;
    else if (n > total) total = n;
  }
  let out = `\n${'value'.padStart(16)} ${'------------- Distribution -------------'.padStart(41)} ${'count'.padEnd(9)}\n`;
  for (const b of buckets) out += row(b, normal, total, positives, negatives);
  return out;
}

/** First and last bucket to show; `empty` when nothing has data. */
export function usedRange(counts: readonly bigint[], empty: [number, number]): [number, number] {
  const last = counts.length - 1;
  let lo = 0;
  while (lo <= last && counts[lo] === 0n) lo++;
  if (lo > last) return empty;
  let hi = last;
  while (hi > 0 && counts[hi] === 0n) hi--;
  return [Math.max(lo - 1, 0), Math.min(hi + 1, last)];
}

export const QUANTIZE_BUCKETS = 127;
const ZERO = 63;

/** Lowest value of a quantize bucket: 0, or a power of two with its sign. */
export const quantizeValue = (i: number): bigint =>
  i === ZERO ? 0n : i > ZERO ? 1n << BigInt(i - ZERO - 1) : -(1n << BigInt(ZERO - 1 - i));

export function quantizeBuckets(counts: readonly bigint[]): Bucket[] {
  const [lo, hi] = usedRange(counts, [ZERO - 1, ZERO + 1]);
  return counts.slice(lo, hi + 1).map((count, i) => ({ label: String(quantizeValue(lo + i)), count }));
}

export const lquantizeParts = (arg: bigint): { base: number; step: number; levels: number } => ({
  base: Number(BigInt.asIntN(32, arg)),
  step: Number((arg >> 48n) & 0xffffn),
  levels: Number((arg >> 32n) & 0xffffn),
});

export function lquantizeLabels(arg: bigint): string[] {
  const { base, step, levels } = lquantizeParts(arg);
  const labels = [`< ${base}`];
  for (let i = 0; i < levels; i++) labels.push(String(base + i * step));
  labels.push(`>= ${base + levels * step}`);
  return labels;
}

export function lquantizeBuckets(arg: bigint, counts: readonly bigint[]): Bucket[] {
  const labels = lquantizeLabels(arg);
  const [lo, hi] = usedRange(counts, [0, Math.min(2, counts.length - 1)]);
  return counts.slice(lo, hi + 1).map((count, i) => ({ label: labels[lo + i] ?? '', count }));
}

export const llquantizeParts = (
  arg: bigint,
): { factor: bigint; low: number; high: number; steps: bigint } => ({
  factor: (arg >> 48n) & 0xffffn,
  low: Number((arg >> 32n) & 0xffffn),
  high: Number((arg >> 16n) & 0xffffn),
  steps: arg & 0xffffn,
});

/** Lowest values of llquantize's buckets: below the first, each step of each magnitude, from the last on. */
export function llquantizeLabels(arg: bigint): string[] {
  const { factor, low, high, steps } = llquantizeParts(arg);
  let value = factor ** BigInt(low);
  let next = value * factor;
  let step = next > steps ? next / steps : 1n;
  const labels = [`< ${value}`];
  for (let order = low; order <= high; ) {
    labels.push(String(value));
    value += step;
    if (value !== next) continue;
    next = value * factor;
    step = next > steps ? next / steps : 1n;
    order++;
  }
  labels.push(`>= ${value}`);
  return labels;
}

export function llquantizeBuckets(arg: bigint, counts: readonly bigint[]): Bucket[] {
  const labels = llquantizeLabels(arg);
  const used = counts.slice(0, labels.length);
  const [lo, hi] = usedRange(used, [0, 1]);
  return used.slice(lo, hi + 1).map((count, i) => ({ label: labels[lo + i], count }));
}

// -- agghist and aggpack: other pictures of the same data

/** aggpack: one character a bucket, by how much of the whole it holds. */
export function packedText(counts: readonly bigint[]): string {
  const glyphs = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
  const total = counts.reduce((m, c) => m + abs(c), 0n);
  if (total === 0n) return ' '.repeat(counts.length);
  return counts
    .map((c) => {
      if (c === 0n) return ' ';
      const n = Math.max(1, Math.min(8, Math.round((Number(abs(c)) * 8) / Number(total))));
      return glyphs[n];
    })
    .join('');
}

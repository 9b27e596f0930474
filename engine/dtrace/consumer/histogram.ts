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

/** How pictures are drawn: option aggzoom, and the block elements of Unicode in place of @ (encoding=utf8). */
export interface Pen {
  zoom: boolean;
  utf8: boolean;
}

/** With aggzoom the highest bar takes 95 % of the width. */
const ZOOM = 0.95;

/** What bars are measured against: the sum of all, or with aggzoom a little more than the highest. */
export function scaleOf(counts: readonly bigint[], zoom: boolean): number {
  let scale = 0;
  for (const c of counts) {
    const n = Number(abs(c));
    if (!zoom) scale += n;
    else if (n / ZOOM > scale) scale = n / ZOOM;
  }
  return scale;
}

export interface Signs {
  positive: boolean;
  negative: boolean;
}

export const signsOf = (counts: readonly bigint[]): Signs => ({
  positive: counts.some((c) => c > 0n),
  negative: counts.some((c) => c < 0n),
});

/** round(|v| * width / scale), halves up, as the original's floating point gives. */
const depth = (v: bigint, width: number, scale: number): number =>
  scale === 0 ? 0 : Math.min(width, Math.floor((Number(abs(v)) * width) / scale + 0.5));

/** A character of Unicode as the bytes of its encoding, one character each. */
export const utf8 = (code: number): string =>
  Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1');

/** A bar in eighths of a column: full blocks, then perhaps one that is partly filled. */
function blocks(count: bigint, scale: number): string {
  const exact = (Number(abs(count)) * WIDTH) / scale;
  const whole = Math.floor(exact);
  const eighths = Math.floor((exact - whole) * 8);
  const used = whole + (eighths === 0 ? 0 : 1);
  return (
    utf8(0x2588).repeat(whole) + (eighths === 0 ? '' : utf8(0x2590 - eighths)) + ' '.repeat(WIDTH - used)
  );
}

/** A bar and its count, with the newline. */
export function barLine(count: bigint, normal: bigint, scale: number, signs: Signs, pen: Pen): string {
  const shown = String(count / normal).padEnd(9);
  if (!signs.negative) {
    if (pen.utf8 && signs.positive) return `|${blocks(count, scale)} ${shown}\n`;
    const d = depth(count, WIDTH, scale);
    return `|${'@'.repeat(d)}${' '.repeat(WIDTH - d)} ${shown}\n`;
  }
  if (!signs.positive) {
    const d = depth(count, WIDTH, scale);
    return `${' '.repeat(WIDTH - d)}${'@'.repeat(d)}| ${shown}\n`;
  }
  const half = WIDTH / 2;
  const d = depth(count, half, scale);
  if (count <= 0n) return `${' '.repeat(half - d)}${'@'.repeat(d)}|${' '.repeat(half)} ${shown}\n`;
  return `${' '.repeat(half)}|${'@'.repeat(d)}${' '.repeat(half - d)} ${shown}\n`;
}

/** The line above bars: `label` over the buckets or keys, right-justified in `width` columns. */
export const barHeader = (label: string, width: number): string =>
  `\n${label.padStart(width)} ${'------------- Distribution -------------'.padStart(41)} ${'count'.padEnd(9)}\n`;

/** The whole histogram; begins with the newline that ends the key's line. */
export function histogramText(buckets: readonly Bucket[], normal: bigint, pen: Pen): string {
  const counts = buckets.map((b) => b.count);
  const signs = signsOf(counts);
  const scale = scaleOf(counts, pen.zoom);
  let out = barHeader('value', 16);
  for (const b of buckets) out += `${b.label.padStart(16)} ${barLine(b.count, normal, scale, signs, pen)}`;
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

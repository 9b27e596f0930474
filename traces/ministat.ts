/**
 * ministat(1): are these samples different?
 *
 * Summary statistics, Student's t-test with pooled variance against the first sample, and the plot. Text equals the original's byte for
 * byte (the tests compare with Debian's ministat); `compare` gives the same numbers to programs.
 */

export interface Sample {
  name: string;
  /** Sorted ascending. */
  points: number[];
  /** Added up in the order given, as the original adds: the last digit can depend on it. */
  sum: number;
}

export interface Summary {
  n: number;
  min: number;
  max: number;
  median: number;
  mean: number;
  stddev: number;
}

export interface Comparison {
  /** |difference| exceeds the half width of the confidence interval. */
  significant: boolean;
  difference: number;
  halfWidth: number;
  differencePercent: number;
  halfWidthPercent: number;
  pooledStddev: number;
  /** Percent. */
  confidence: number;
}

export const CONFIDENCES = [80, 90, 95, 98, 99, 99.5] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Samples of fewer points prove nothing. */
export const MIN_POINTS = 3;

export function sample(name: string, values: readonly number[]): Sample {
  return { name, points: [...values].sort((a, b) => a - b), sum: values.reduce((sum, x) => sum + x, 0) };
}

export function summarize({ points, sum }: Sample): Summary {
  const n = points.length;
  const mean = sum / n;
  let squares = 0;
  for (const x of points) squares += (x - mean) * (x - mean);
  // The upper middle of an even number of points, as the original.
  const median = points[n >> 1];
  return { n, min: points[0], max: points[n - 1], median, mean, stddev: Math.sqrt(squares / (n - 1)) };
}

export function compare(reference: Summary, other: Summary, confidence: Confidence): Comparison {
  const dof = reference.n + other.n - 2;
  const t = studentT(dof, confidence);
  const pooled = Math.sqrt(
    ((other.n - 1) * other.stddev ** 2 + (reference.n - 1) * reference.stddev ** 2) / dof,
  );
  const halfWidth = t * pooled * Math.sqrt(1 / other.n + 1 / reference.n);
  const difference = other.mean - reference.mean;
  return {
    significant: Math.abs(difference) > halfWidth,
    difference,
    halfWidth,
    differencePercent: (difference * 100) / reference.mean,
    halfWidthPercent: (halfWidth * 100) / reference.mean,
    pooledStddev: pooled,
    confidence,
  };
}

const ONE_SIDED: Record<Confidence, number> = {
  80: 0.9,
  90: 0.95,
  95: 0.975,
  98: 0.99,
  99: 0.995,
  // The last column of the table that ministat uses is the 0.999 quantile, although it is labelled 99.5 %.
  99.5: 0.999,
};

/** The table that ministat uses has rows up to this; beyond it the normal distribution's. */
const TABLE_ROWS = 100;
const NORMAL: Record<Confidence, number> = {
  80: 1.282,
  90: 1.645,
  95: 1.96,
  98: 2.326,
  99: 2.576,
  99.5: 3.09,
};
/** Where that table's last column is off by more than rounding. */
const MISPRINTS: Record<number, number> = { 7: 4.782, 8: 4.499, 9: 4.296, 10: 4.143, 11: 4.024, 12: 3.929 };

/** Student's t to three decimals, as the printed table gives it. */
export function studentT(dof: number, confidence: Confidence): number {
  if (dof > TABLE_ROWS) return NORMAL[confidence];
  if (confidence === 99.5 && dof in MISPRINTS) return MISPRINTS[dof];
  return Math.round(tQuantile(ONE_SIDED[confidence], dof) * 1000) / 1000;
}

/** Quantile by bisection of the distribution function. */
function tQuantile(p: number, dof: number): number {
  let low = 0;
  let high = 1000;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (tCdf(middle, dof) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T <= t) for t >= 0: closed sums for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function tCdf(t: number, dof: number): number {
  const theta = Math.atan(t / Math.sqrt(dof));
  const c2 = Math.cos(theta) ** 2;
  let term: number;
  let sum = 0;
  if (dof % 2 === 1) {
    term = Math.cos(theta);
    for (let k = 1; k < dof - 1; k += 2) {
      sum += term;
      term *= (c2 * (k + 1)) / (k + 2);
    }
    return 0.5 + (theta + (dof > 1 ? Math.sin(theta) * sum : 0)) / Math.PI;
  }
  term = 1;
  for (let k = 0; k < dof - 1; k += 2) {
    sum += term;
    term *= (c2 * (k + 1)) / (k + 2);
  }
  return 0.5 + (Math.sin(theta) * sum) / 2;
}

export interface ReportOptions {
  confidence?: Confidence;
  /** Columns of the plot. */
  width?: number;
  /** Bars of average, median and standard deviation on a line for each sample. */
  separate?: boolean;
  plot?: boolean;
  /** Compare with the first sample. */
  test?: boolean;
}

/** A sample's mark: its place in this string (from 1). Overlapping marks are ORed, as the original does. */
const SYMBOLS = ' x+*%#@O';
export const MAX_SAMPLES = SYMBOLS.length - 1;

/** The whole report, with a newline at its end. Needs 1 to MAX_SAMPLES samples of at least MIN_POINTS points. */
export function report(samples: readonly Sample[], options: ReportOptions = {}): string {
  const { confidence = 95, width = 74, separate = false, plot = true, test = true } = options;
  const summaries = samples.map(summarize);
  const lines = samples.map((s, i) => `${SYMBOLS[i + 1]} ${s.name}`);
  if (plot) lines.push(...plotLines(samples, summaries, width, separate));
  lines.push('    N           Min           Max        Median           Avg        Stddev');
  summaries.forEach((s, i) => {
    const numbers = [s.min, s.max, s.median, s.mean, s.stddev].map((v) => formatG(v, 8).padStart(13));
    lines.push(`${SYMBOLS[i + 1]} ${String(s.n).padStart(3)} ${numbers.join(' ')}`);
    if (i > 0 && test) lines.push(...comparisonLines(compare(summaries[0], s, confidence)));
  });
  return lines.join('\n') + '\n';
}

function comparisonLines(c: Comparison): string[] {
  const level = `${c.confidence.toFixed(1)}% confidence`;
  if (!c.significant) return [`No difference proven at ${level}`];
  const g = (v: number) => formatG(v, 6);
  return [
    `Difference at ${level}`,
    `\t${g(c.difference)} +/- ${g(c.halfWidth)}`,
    `\t${g(c.differencePercent)}% +/- ${g(c.halfWidthPercent)}%`,
    `\t(Student's t, pooled s = ${g(c.pooledStddev)})`,
  ];
}

function plotLines(
  samples: readonly Sample[],
  summaries: readonly Summary[],
  width: number,
  separate: boolean,
): string[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const s of summaries) {
    low = Math.min(low, s.min, s.mean - s.stddev);
    high = Math.max(high, s.max, s.mean + s.stddev);
  }
  const span = high - low;
  if (span === 0) return ['[no plot, span is zero width]'];
  const dx = span / (width - 1);
  const origin = low - 0.5 * dx;
  const column = (v: number) => Math.trunc((v - origin) / dx);

  /** From the bottom up: bit masks of the samples that have a point there. */
  const rows: number[][] = [];
  const bars: string[][] = [];
  samples.forEach((s, i) => {
    let at = -1;
    let row = 0;
    let height = 0;
    for (const point of s.points) {
      const x = column(point);
      row = x === at ? row + 1 : 0;
      at = x;
      height = Math.max(height, row + 1);
      while (rows.length <= row) rows.push(new Array<number>(width).fill(0));
      rows[row][x] |= i + 1;
    }
    rows.length = height; // the original's plot is as high as its last sample's highest pile
    const line = separate ? i : 0;
    while (bars.length <= line) bars.push(new Array<string>(width).fill(' '));
    const bar = bars[line];
    const { mean, stddev, median } = summaries[i];
    const from = column(mean - stddev);
    const to = column(mean + stddev);
    bar[from] = '|';
    for (let x = from + 1; x < to; x++) if (bar[x] === ' ') bar[x] = '_';
    bar[to] = '|';
    bar[column(median)] = 'M';
    bar[column(mean)] = 'A';
  });
  const edge = `+${'-'.repeat(width)}+`;
  const body = rows.reverse().map((row) => `|${row.map((mask) => SYMBOLS[mask]).join('')}|`);
  return [edge, ...body, ...bars.map((bar) => `|${bar.join('')}|`), edge];
}

/** C's %.*g. */
export function formatG(value: number, precision: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const [mantissa, exponentText] = value.toExponential(precision - 1).split('e');
  const exponent = Number(exponentText);
  const trim = (s: string) => (s.includes('.') ? s.replace(/\.?0+$/, '') : s);
  if (exponent < -4 || exponent >= precision) {
    const sign = exponent < 0 ? '-' : '+';
    return `${trim(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return trim(value.toFixed(Math.max(0, precision - 1 - exponent)));
}

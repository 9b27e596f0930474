/**
 * What the experiment's measurements say: rows for programs, a report for people.
 */
import {
  type Comparison,
  compare,
  report as ministatReport,
  type Sample,
  sample,
  summarize,
} from '../ministat.ts';
import type { Measurement } from './probe-effect.ts';
import { ROWS } from './probe-effect.ts';

export interface SummaryRow {
  name: string;
  program: string | null;
  n: number;
  /** Simulated seconds. */
  mean: number;
  stddev: number;
  /** Against the untraced row; 0 for that row itself. */
  differencePercent: number;
  confidencePercent: number;
  significant: boolean;
  publishedPercent: number | null;
  /** Mean DTrace firings while dd ran. */
  firings: number;
  /** Mean seconds that went to each cause, above the untraced run's. */
  causes: { probe: number; interrupts: number; others: number; own: number };
}

export interface Summary {
  machine: string;
  clockHz: number;
  seeds: number;
  rows: SummaryRow[];
}

const samplesOf = (all: readonly Measurement[]): Sample[] =>
  ROWS.map((row) =>
    sample(
      row.name,
      all.filter((m) => m.row === row.name).map((m) => m.seconds),
    ),
  );

export function summary(all: readonly Measurement[], machine: string, clockHz: number): Summary {
  const samples = samplesOf(all);
  const summaries = samples.map(summarize);
  const mean = (row: string, value: (m: Measurement) => number) => {
    const of = all.filter((m) => m.row === row);
    return of.reduce((sum, m) => sum + value(m), 0) / of.length;
  };
  const base = ROWS[0].name;
  const above = (row: string, value: (m: Measurement) => number) =>
    (mean(row, value) - mean(base, value)) / clockHz;
  const rows = ROWS.map((row, i): SummaryRow => {
    const c: Comparison = compare(summaries[0], summaries[i], 95);
    const probe = above(row.name, (m) => m.probeCycles);
    const interrupts = above(row.name, (m) => m.interruptCycles);
    const others = above(row.name, (m) => m.otherCycles);
    return {
      name: row.name,
      program: row.program ?? null,
      n: summaries[i].n,
      mean: summaries[i].mean,
      stddev: summaries[i].stddev,
      differencePercent: i === 0 ? 0 : c.differencePercent,
      confidencePercent: i === 0 ? 0 : c.halfWidthPercent,
      significant: i > 0 && c.significant,
      publishedPercent: row.publishedPercent,
      firings: mean(row.name, (m) => m.firings),
      causes: {
        probe,
        interrupts,
        others,
        own: summaries[i].mean - summaries[0].mean - probe - interrupts - others,
      },
    };
  });
  return { machine, clockHz, seeds: summaries[0].n, rows };
}

const BAR = 46;
const MARKS: [keyof SummaryRow['causes'], string, string][] = [
  ['probe', '#', 'probe code: framework, DIF, aggregation'],
  ['own', '+', "dd's own code: slower around probes (calls, caches, predictor)"],
  ['interrupts', 'i', 'interrupts served meanwhile'],
  ['others', 'o', 'other threads on its CPU (the consumer)'],
];

/** The table, the bars, and ministat's text for every row against the untraced one. */
export function summaryReport(s: Summary, all: readonly Measurement[]): string {
  const out: string[] = [
    `dd(1) on ${s.machine}, ${s.seeds} seeds a row: seconds from fork to exit, simulated`,
    '',
    'row                    mean      stddev    difference at 95 %        published   firings',
  ];
  for (const row of s.rows) {
    const difference =
      row.name === ROWS[0].name
        ? ''
        : row.significant
          ? `${percent(row.differencePercent)} +/- ${row.confidencePercent.toFixed(1)}`
          : `none proven (${percent(row.differencePercent)})`;
    const published =
      row.name === ROWS[0].name
        ? ''
        : row.publishedPercent === null
          ? 'none proven'
          : percent(row.publishedPercent);
    out.push(
      row.name.padEnd(19) +
        row.mean.toFixed(6).padStart(10) +
        row.stddev.toFixed(6).padStart(11) +
        `    ${difference.padEnd(24)}` +
        published.padStart(11) +
        String(Math.round(row.firings)).padStart(10),
    );
  }
  out.push('', 'Added time by cause (seconds)');
  const longest = Math.max(...s.rows.map((row) => row.mean - s.rows[0].mean));
  for (const row of s.rows.slice(1)) out.push(bar(row, longest));
  out.push(...MARKS.map(([, mark, what]) => `  ${mark} ${what}`), '');
  const [none, ...others] = samplesOf(all);
  for (const traced of others) out.push(ministatReport([none, traced]).trimEnd(), '');
  return out.join('\n');
}

function bar(row: SummaryRow, longest: number): string {
  const total = Object.values(row.causes).reduce((sum, v) => sum + v, 0);
  let text = '';
  if (longest > 0)
    for (const [cause, mark] of MARKS)
      text += mark.repeat(Math.max(0, Math.round((row.causes[cause] / longest) * BAR)));
  return `${row.name.padEnd(19)} |${text.padEnd(BAR)}| ${total.toFixed(4)}`;
}

const percent = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(1)} %`;

/** `probelab ministat`: ministat(1)'s options and text; `--json` gives the numbers. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '../../engine/run/user-error.ts';
import {
  CONFIDENCES,
  type Confidence,
  compare,
  MAX_SAMPLES,
  MIN_POINTS,
  report,
  type Sample,
  sample,
  summarize,
} from '../../traces/ministat.ts';

interface Options {
  c: string;
  C: string;
  d: string;
  n?: boolean;
  A?: boolean;
  s?: boolean;
  w?: string;
  json?: boolean;
}

export function define(command: Command): void {
  command
    .argument('[files...]', 'one number a line; standard input without any')
    .option('-c <confidence>', `confidence level: ${CONFIDENCES.join(', ')} percent`, '95')
    .option('-C <column>', 'column to read, from 1', '1')
    .option('-d <delimiters>', 'characters between columns', ' \t')
    .option('-n', 'summary statistics only, no plot, no test')
    .option('-A', 'statistics and test, no plot')
    .option('-s', 'average, median and deviation of each sample on lines of their own')
    .option('-w <width>', "width of the plot (default: the terminal's, else 74)")
    .option('--json', 'the numbers as JSON')
    .addHelpText('after', '\nExample:\n  probelab ministat -w 60 untraced.txt traced.txt\n')
    .action((files: string[], options: Options) => {
      process.stdout.write(ministat(files, options));
    });
}

function ministat(files: string[], options: Options): string {
  const confidence = Number(options.c);
  if (!(CONFIDENCES as readonly number[]).includes(confidence))
    throw new UserError(
      `ministat: no support for confidence level ${options.c}: use one of ${CONFIDENCES.join(', ')}`,
    );
  const column = positive(options.C, '-C');
  const width = options.w === undefined ? (process.stdout.columns ?? 76) - 2 : positive(options.w, '-w');
  if (files.length > MAX_SAMPLES)
    throw new UserError(`ministat: ${files.length} samples: at most ${MAX_SAMPLES}`);
  const samples =
    files.length === 0
      ? [read('<stdin>', 0, column, options.d)]
      : files.map((f) => read(f, f, column, options.d));
  if (options.json) {
    const summaries = samples.map(summarize);
    const rows = samples.map((s, i) => ({
      name: s.name,
      ...summaries[i],
      comparison: i === 0 ? null : compare(summaries[0], summaries[i], confidence as Confidence),
    }));
    return JSON.stringify({ confidence, samples: rows }, null, 2) + '\n';
  }
  return report(samples, {
    confidence: confidence as Confidence,
    width,
    separate: options.s,
    plot: !options.n && !options.A,
    test: !options.n,
  });
}

function positive(text: string, option: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1)
    throw new UserError(`ministat: ${option} ${text}: expected a whole number from 1`);
  return n;
}

/** One value a line from the given column; empty lines and `#` comments are skipped. */
function read(name: string, from: string | number, column: number, delimiters: string): Sample {
  const values: number[] = [];
  readFileSync(from, 'utf8')
    .split('\n')
    .forEach((line, i) => {
      const words = splitAny(line.replace(/#.*/, ''), delimiters);
      const word = words[column - 1];
      if (word === undefined) return;
      const value = Number(word);
      if (word.trim() === '' || Number.isNaN(value))
        throw new UserError(`ministat: Invalid data on line ${i + 1} in ${name}: '${word}' is not a number`);
      values.push(value);
    });
  if (values.length < MIN_POINTS)
    throw new UserError(`ministat: Dataset ${name} must contain at least ${MIN_POINTS} data points`);
  return sample(name, values);
}

function splitAny(line: string, delimiters: string): string[] {
  const words: string[] = [];
  let word = '';
  for (const ch of line) {
    if (!delimiters.includes(ch)) word += ch;
    else if (word !== '') {
      words.push(word);
      word = '';
    }
  }
  return word === '' ? words : [...words, word];
}

/**
 * The manual's chapters as tables in plain text: *.refused says which programs are refused and with what tag, *.rows what expressions give, *.runs
 * what whole programs print.
 *
 * Each file begins with what its chapter is about; lines that begin with `##` are comments. Expected texts come from the manual and from how
 * the original's library and kernel half are known to act; they are written down before the program is first run. Where a run gives
 * something else, one of the two is wrong, and finding out which is the use of these files.
 *
 *   .refused   TAG  program            `\N` is a new line; `{@ a b -xname=value}` in front gives macro arguments and options; `ok` is no refusal
 *              | words of the message  of the row above; `\n` and `\t` as in C
 *   .rows      [title] declarations    begins a script, up to the next title; declarations may go on over the following lines, up to `--`
 *              %d expression => text   prints the expression by that format
 *              statements => text      statements of a clause of their own, and the lines that they print (`\n` between them)
 *   .runs      ==== arguments          begins a program with the command's arguments (`-s` and the file are added)
 *              ---- out|err|code       begins what it writes to standard output or error, or the line with its status; `err~`: is contained;
 *                                      `depths`: each `depth N` is followed by N lines of a stack
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export interface Refusal {
  tag: string;
  text: string;
  args: string[];
  options: string[];
  words: string[];
}
export interface RowScript {
  title: string;
  options: string[];
  declarations: string;
  rows: { statements: string; shown: string; expected: string }[];
}
export interface ProgramRun {
  argv: string[];
  program: string;
  out?: string;
  err?: string;
  contains?: string[];
  code?: number;
  /** Each `depth N` is followed by N lines of a stack. */
  depths?: boolean;
}

const lines = (name: string): string[] =>
  readFileSync(`${here}/${name}`, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('##'));

/** Names of the chapters that have a table of that kind. */
export const chapters = (kind: 'refused' | 'rows' | 'runs'): string[] =>
  readdirSync(here)
    .filter((f) => f.endsWith(`.${kind}`))
    .sort();

const withEscapes = (s: string): string => s.replaceAll('\\n', '\n').replaceAll('\\t', '\t');

export function refusals(file: string): Refusal[] {
  const out: Refusal[] = [];
  for (const line of lines(file)) {
    if (line.trim() === '') continue;
    if (line.startsWith('| ')) {
      out.at(-1)!.words.push(withEscapes(line.slice(2)));
      continue;
    }
    const m = /^(\w+)\s*(?:\{@([^}]*)\}\s*)?(.*)$/.exec(line);
    if (m === null) throw new Error(`${file}: not a row: ${line}`);
    const words = (m[2] ?? '').split(' ').filter((w) => w !== '');
    out.push({
      tag: m[1],
      text: m[3].replaceAll('\\N', '\n'),
      args: words.filter((w) => !w.startsWith('-x')),
      options: words.filter((w) => w.startsWith('-x')).map((w) => w.slice(2)),
      words: [],
    });
  }
  return out;
}

export function rowScripts(file: string): RowScript[] {
  const out: RowScript[] = [];
  let declaring = false;
  for (const line of lines(file)) {
    const title = /^\[([^\]]*)\]\s*(.*)$/.exec(line);
    if (title !== null) {
      const words = title[2].split(' ').filter((w) => w !== '');
      out.push({ title: title[1], options: words, declarations: '', rows: [] });
      declaring = true;
      continue;
    }
    if (line.trim() === '') continue;
    const script = out.at(-1);
    if (script === undefined) throw new Error(`${file}: a row before the first title: ${line}`);
    if (line === '--') {
      declaring = false;
      continue;
    }
    const at = line.lastIndexOf(' => ');
    if (at < 0 && declaring) {
      script.declarations += `${line}\n`;
      continue;
    }
    declaring = false;
    const expected = (at < 0 ? line.slice(0, line.length - ' =>'.length) : line.slice(at + 4)).trimEnd();
    if (at < 0 && !line.endsWith(' =>')) throw new Error(`${file}: a row without =>: ${line}`);
    const left = (at < 0 ? line.slice(0, -3) : line.slice(0, at)).trim();
    const format = /^(%\S+)\s+(.*)$/.exec(left);
    script.rows.push({
      statements: format === null ? left : `printf("${format[1]}\\n", ${format[2]});`,
      shown: left,
      expected: at < 0 ? '' : withEscapes(expected),
    });
  }
  return out;
}

export function programRuns(file: string): ProgramRun[] {
  const out: ProgramRun[] = [];
  let part = '';
  let text: string[] = [];
  const end = (): void => {
    const run = out.at(-1);
    if (run === undefined) return;
    const body = text.length === 0 ? '' : `${text.join('\n')}\n`;
    if (part === 'program') run.program = body;
    else if (part === 'out') run.out = body;
    else if (part === 'err') run.err = body;
    else if (part === 'err~') run.contains = text;
    else if (part === 'depths') run.depths = true;
    else if (part.startsWith('code')) run.code = Number(part.slice(4));
    else throw new Error(`${file}: no part is called ${part}`);
  };
  for (const line of lines(file)) {
    if (line.startsWith('====')) {
      end();
      out.push({
        argv: line
          .slice(4)
          .split(' ')
          .filter((w) => w !== ''),
        program: '',
      });
      part = 'program';
      text = [];
    } else if (line.startsWith('---- ')) {
      end();
      part = line.slice(5);
      text = [];
    } else if (out.length > 0) text.push(line);
  }
  // the file's own last newline
  if (text.at(-1) === '') text.pop();
  end();
  return out;
}

/**
 * Where something went wrong in a source text, and how to say so.
 *
 * A front end collects problems and throws one CompileError that holds them all, in order of appearance. Each prints
 * as `file:line:col: error: message`, the source line, and a caret below the column.
 */

/** The text of one file as it was read. Tokens point to it. */
export interface SourceText {
  path: string;
  text: string;
}

/** One place: line and column count from 1, a tab is one column. */
export interface Position {
  source: SourceText;
  line: number;
  col: number;
}

export interface Problem {
  file: string;
  line: number;
  col: number;
  message: string;
  /** What to do about it. */
  hint?: string;
  sourceLine: string;
}

/** Enough to see a pattern; more only scrolls the first ones away. */
const PROBLEMS_MAX = 20;
/** Characters of a source line that a message shows. */
const SHOWN_MAX = 240;

export function sourceLine(text: string, line: number): string {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return '';
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
}

export function problemAt(at: Position, message: string, hint?: string): Problem {
  const problem: Problem = {
    file: at.source.path,
    line: at.line,
    col: at.col,
    message,
    sourceLine: sourceLine(at.source.text, at.line),
  };
  if (hint !== undefined) problem.hint = hint;
  return problem;
}

export function formatProblem(problem: Problem, severity = 'error'): string {
  const { file, line, col, message, hint } = problem;
  const out = [`${file}:${line}:${col}: ${severity}: ${message}`];
  if (problem.sourceLine !== '') {
    // Of a very long line, the part around the place.
    const cut = Math.max(0, col - SHOWN_MAX / 2);
    const whole = problem.sourceLine.length <= SHOWN_MAX;
    const text = whole ? problem.sourceLine : problem.sourceLine.slice(cut, cut + SHOWN_MAX);
    // The caret stands below its column whatever width the terminal gives to tabs.
    const indent = text.slice(0, col - 1 - (whole ? 0 : cut)).replace(/[^\t]/g, ' ');
    out.push(`    ${text}`, `    ${indent}^`);
  }
  if (hint !== undefined) out.push(`    ${hint}`);
  return out.join('\n');
}

export class CompileError extends Error {
  readonly problems: Problem[];
  constructor(problems: Problem[]) {
    super(problems.map((p) => formatProblem(p)).join('\n'));
    this.name = 'CompileError';
    this.problems = problems;
  }
}

/** Collects problems; `finish` throws them. */
export class Diagnostics {
  readonly errors: Problem[] = [];
  readonly warnings: Problem[] = [];

  error(at: Position, message: string, hint?: string): void {
    const last = this.errors.at(-1);
    // One mistake often shows twice at the same spot: the first message is the useful one.
    if (last && last.line === at.line && last.col === at.col && last.file === at.source.path) return;
    this.errors.push(problemAt(at, message, hint));
    if (this.errors.length >= PROBLEMS_MAX) throw new CompileError(this.errors);
  }

  warn(at: Position, message: string): void {
    this.warnings.push(problemAt(at, message));
  }

  /** An error that leaves nothing to go on with. */
  fatal(at: Position, message: string, hint?: string): never {
    this.error(at, message, hint);
    throw new CompileError(this.errors);
  }

  finish(): void {
    if (this.errors.length > 0) throw new CompileError(this.errors);
  }
}

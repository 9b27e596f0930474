/**
 * Short ways to the front end for tests.
 */
import type { Unit } from '../../../engine/cfront/ast.ts';
import { CompileError, formatProblem } from '../../../engine/cfront/diagnostics.ts';
import { type ParseOptions, parseUnit } from '../../../engine/guestc/parse.ts';

export function parseText(text: string, options: Partial<ParseOptions> = {}): Unit {
  return parseUnit({
    path: 'test.c',
    text,
    readFile: () => undefined,
    includeDirs: [],
    defines: {},
    kernel: false,
    ...options,
  });
}

/** What the user would read: errors, or else warnings. */
export function messages(text: string, options: Partial<ParseOptions> = {}): string {
  const warnings: string[] = [];
  try {
    parseText(text, { ...options, onWarning: (w) => warnings.push(formatProblem(w, 'warning')) });
    return warnings.join('\n');
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
}

/**
 * The front end of guest C: one source file in, one checked translation unit out.
 */
import type { Unit } from '../cfront/ast.ts';
import { Diagnostics, type Position, type Problem } from '../cfront/diagnostics.ts';
import { preprocess } from '../cfront/preprocess.ts';
import type { Type } from '../cfront/types.ts';
import { hasAttribute } from './attributes.ts';
import { isBuiltin } from './builtins.ts';
import { parseFile } from './parse-decl.ts';
import { Parser, Recover } from './parser.ts';
import { predefinedMacros } from './predefined.ts';

export interface ParseOptions {
  /** The main file, as it shall appear in messages and line tables. */
  path: string;
  /** Its text, if not from readFile. */
  text?: string;
  readFile(path: string): string | undefined;
  includeDirs: string[];
  /** -D: NAME or NAME(params) to value. */
  defines: Record<string, string>;
  /** -U. */
  undefines?: string[];
  /** Kernel rules: no floating point, _KERNEL defined, the machine's privileged builtins. */
  kernel: boolean;
  /** Instead of the usual predefined macros: "NAME value" lines. */
  predefined?: string;
  /** What __FILE__ says for a path; messages keep the path itself. */
  showPath?(path: string): string;
  /** Called with each warning. */
  onWarning?(warning: Problem): void;
}

/** Parses and checks; throws CompileError with all that is wrong. */
export function parseUnit(options: ParseOptions): Unit {
  const diag = new Diagnostics();
  const start: Position = { source: { path: options.path, text: '' }, line: 1, col: 1 };
  const p = deepSafe(
    diag,
    () => start,
    () => {
      const input = preprocess(
        {
          ...options,
          predefined: options.predefined ?? predefinedMacros(options.kernel),
          hasAttribute,
          hasBuiltin: isBuiltin,
        },
        diag,
      );
      return new Parser(input, diag, options.kernel);
    },
  );
  deepSafe(
    diag,
    () => p.tok,
    () => {
      try {
        parseFile(p);
      } catch (error) {
        if (!(error instanceof Recover)) throw error;
      }
    },
  );
  diag.finish();
  if (options.onWarning) for (const warning of diag.warnings) options.onWarning(warning);
  const types = new Map<string, Type>();
  for (const [tag, type] of p.fileScope.tags) types.set(`${type.kind} ${tag}`, type);
  for (const [name, entity] of p.fileScope.names) if (entity.kind === 'typedef') types.set(name, entity.type);
  return { files: p.files.map((f) => f.path), functions: p.functions, variables: p.variables, types };
}

/** The parser recurses as deep as the program nests: thousands of levels end with a message, not with a host stack overflow. */
function deepSafe<T>(diag: Diagnostics, at: () => Position, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    diag.fatal(at(), 'the program is nested too deeply', 'split the expression, statement or macro');
  }
}

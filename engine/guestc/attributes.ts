/**
 * GNU attributes. Those that change what a program means are obeyed or refused; all others (format, cold, deprecated ...)
 * are advice, and skipped.
 */
import { parseConstant, stringLiteral } from './parse-expr.ts';
import type { Parser } from './parser.ts';

export interface Attributes {
  packed: boolean;
  /** Largest aligned(n) or _Alignas, or 0. */
  aligned: number;
  section: string;
  noreturn: boolean;
  notrace: boolean;
}

export const noAttributes = (): Attributes => ({
  packed: false,
  aligned: 0,
  section: '',
  noreturn: false,
  notrace: false,
});

/** The largest alignment that any type needs on the machine: what a bare `aligned` asks for. */
const BIGGEST_ALIGNMENT = 16;

/** They change what the code does, and we do not do that. */
const REFUSED = new Set([
  'alias', 'cleanup', 'constructor', 'destructor', 'ifunc', 'mode', 'vector_size', 'weak', 'weakref', 'transparent_union',
  'scalar_storage_order', 'ms_struct',
]); // biome-ignore format: a table

const KNOWN = new Set([
  'packed', 'aligned', 'section', 'noreturn', 'no_instrument_function', 'used', 'unused', 'format', 'always_inline',
  'noinline', 'const', 'pure', 'cold', 'hot', 'deprecated', 'warn_unused_result', 'nonnull', 'malloc', 'returns_nonnull',
  'fallthrough', 'may_alias', 'visibility', 'format_arg', 'sentinel', 'nothrow', 'leaf', 'alloc_size', 'unavailable', 'gnu_inline',
]); // biome-ignore format: a table

export const hasAttribute = (name: string): boolean => KNOWN.has(plainName(name));

const plainName = (name: string) => name.replace(/^__(.*)__$/, '$1');

/** Any number of `__attribute__((...))` and `_Alignas(...)`-free: adds to `into`. True if there was one. */
export function parseAttributes(p: Parser, into: Attributes): boolean {
  let any = false;
  while (p.at('__attribute__') || p.at('__attribute')) {
    any = true;
    p.next();
    p.expect('(');
    p.expect('(');
    while (!p.at(')')) {
      if (!p.accept(',')) parseAttribute(p, into);
    }
    p.expect(')');
    p.expect(')');
  }
  return any;
}

function parseAttribute(p: Parser, into: Attributes): void {
  const token = p.tok;
  if (token.kind !== 'ident') p.syntaxError(token, `expected an attribute's name before '${token.text}'`);
  p.next();
  const name = plainName(token.text);
  switch (name) {
    case 'packed':
      into.packed = true;
      return;
    case 'aligned': {
      let n = BIGGEST_ALIGNMENT;
      if (p.accept('(')) {
        n = Number(parseConstant(p, 'alignment'));
        p.expect(')');
      }
      if (n <= 0 || !Number.isInteger(Math.log2(n)))
        p.error(token, 'requested alignment is not a positive power of 2');
      else into.aligned = Math.max(into.aligned, n);
      return;
    }
    case 'section':
      p.expect('(');
      into.section = stringLiteral(p);
      p.expect(')');
      return;
    case 'noreturn':
      into.noreturn = true;
      return;
    case 'no_instrument_function':
      into.notrace = true;
      return;
  }
  if (REFUSED.has(name)) {
    p.error(token, `attribute '${name}' is not supported`, 'guest C has no such feature; say it another way');
  }
  if (p.accept('(')) {
    for (let depth = 1; depth > 0; p.next()) {
      if (p.tok.kind === 'eof') p.syntaxError(token, 'unterminated attribute');
      if (p.at('(')) depth++;
      else if (p.at(')')) depth--;
    }
  }
}

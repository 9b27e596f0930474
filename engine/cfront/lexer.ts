/**
 * C's preprocessing tokens (translation phases 1 to 3).
 *
 * A file is lexed once, whatever includes it: tokens are immutable and shared between translation units. The lexer never
 * fails: what is no token (a lone quote in a skipped `#if 0` block) becomes a BAD token, and is an error only for who uses it.
 */
import type { SourceText } from './diagnostics.ts';

export type TokenKind = 'ident' | 'number' | 'char' | 'string' | 'punct' | 'bad' | 'eof';

export interface Token {
  kind: TokenKind;
  /** As spelled, line splices removed; a string keeps prefix and quotes. */
  text: string;
  source: SourceText;
  line: number;
  col: number;
  /** White space before it (also true for the first token of a line). */
  space: boolean;
  /** First token of its line: a `#` here starts a directive. */
  bol: boolean;
  /** A macro's name met inside its own expansion: never expanded again. */
  frozen: boolean;
  /** An identifier that is a reserved word. */
  keyword: boolean;
  /** The macro that this token came out of, if it was in a macro's body. */
  macro: string;
}

/** One file's tokens and what the preprocessor wants to know about the file as a whole. */
export interface LexedFile extends SourceText {
  /** Ended by an eof token. */
  tokens: Token[];
  /** Indices of the `#` tokens that start a line, ascending. */
  directives: number[];
  /** Name of the macro that guards the whole file (#ifndef NAME ... #endif), or ''. */
  guard: string;
}

/** C11's and GNU C's reserved words, and the builtins whose arguments are types. The preprocessor takes them as any identifier. */
const KEYWORDS = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long register restrict ' +
    'return short signed sizeof static struct switch typedef union unsigned void volatile while _Alignas _Alignof _Atomic _Bool ' +
    '_Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local __attribute __attribute__ __alignof __alignof__ __asm ' +
    '__asm__ asm __const __const__ __extension__ __inline __inline__ __restrict __restrict__ __signed __signed__ __typeof ' +
    '__typeof__ typeof __volatile __volatile__ __thread __label__ __auto_type __complex__ __real__ __imag__ __builtin_va_arg ' +
    '__builtin_va_list __builtin_offsetof __builtin_types_compatible_p __builtin_choose_expr'
  ).split(' '),
);

export const isKeyword = (text: string): boolean => KEYWORDS.has(text);

const PUNCTUATORS = [
  '%:%:', '...', '<<=', '>>=', '->', '++', '--', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '*=', '/=', '%=', '+=', '-=',
  '&=', '^=', '|=', '##', '<:', ':>', '<%', '%>', '%:',
]; // biome-ignore format: a table
const DIGRAPHS: Record<string, string> = {
  '%:%:': '##',
  '<:': '[',
  ':>': ']',
  '<%': '{',
  '%>': '}',
  '%:': '#',
};
const SINGLE = '[](){}.&*+-~!/%<>^|?:;=,#';
/** Punctuators by first character, longest first. */
const BY_FIRST = new Map<number, string[]>();
for (const p of [...PUNCTUATORS, ...SINGLE]) {
  const list = BY_FIRST.get(p.charCodeAt(0)) ?? [];
  list.push(p);
  BY_FIRST.set(p.charCodeAt(0), list);
}

const IDENT = 1;
const DIGIT = 2;
const CLASS = new Uint8Array(128);
for (let c = 48; c < 58; c++) CLASS[c] = IDENT | DIGIT;
for (let c = 65; c < 91; c++) CLASS[c] = CLASS[c + 32] = IDENT;
CLASS[95] = CLASS[36] = IDENT; // _ and gcc's $
const isIdent = (c: number) => (c < 128 ? (CLASS[c]! & IDENT) !== 0 : true);
const isDigit = (c: number) => c >= 48 && c <= 57;

/** Text without its backslash-newlines, and the places in the result where one was. */
function splice(text: string): { text: string; splices: number[] } {
  if (!/\\\r?\n/.test(text)) return { text, splices: [] };
  const splices: number[] = [];
  const parts: string[] = [];
  let length = 0;
  let start = 0;
  for (const match of text.matchAll(/\\[ \t]*\r?\n/g)) {
    parts.push(text.slice(start, match.index));
    length += match.index - start;
    splices.push(length);
    start = match.index + match[0].length;
  }
  parts.push(text.slice(start));
  return { text: parts.join(''), splices };
}

export function lex(path: string, original: string): LexedFile {
  const { text, splices } = splice(original);
  const file: LexedFile = { path, text: original, tokens: [], directives: [], guard: '' };
  const { tokens, directives } = file;
  const interned = new Map<string, string>();
  const end = text.length;
  let pos = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  let lineStart = pos;
  let nextSplice = 0;
  let space = true;
  let bol = true;

  /** Counts the spliced lines up to pos: they have no newline character left. */
  const catchUp = () => {
    while (nextSplice < splices.length && splices[nextSplice]! <= pos) {
      line++;
      lineStart = splices[nextSplice++]!;
    }
  };
  const push = (kind: TokenKind, start: number, spelling?: string) => {
    let s = spelling ?? text.slice(start, pos);
    const known = interned.get(s);
    if (known === undefined) interned.set(s, s);
    else s = known;
    if (bol && s === '#' && kind === 'punct') directives.push(tokens.length);
    tokens.push({
      kind,
      text: s,
      source: file,
      line,
      col: start - lineStart + 1,
      space,
      bol,
      frozen: false,
      keyword: kind === 'ident' && isKeyword(s),
      macro: '',
    });
    space = bol = false;
  };
  /** A quoted literal from the opening quote at `quote`; false if the line ends first. */
  const quoted = (quote: number): boolean => {
    const q = text.charCodeAt(quote);
    pos = quote + 1;
    while (pos < end) {
      const c = text.charCodeAt(pos);
      if (c === 10) return false;
      pos++;
      if (c === q) return true;
      if (c === 92 && pos < end && text.charCodeAt(pos) !== 10) pos++;
    }
    return false;
  };

  while (pos < end) {
    if (nextSplice < splices.length && splices[nextSplice]! <= pos) catchUp();
    const c = text.charCodeAt(pos);
    if (c === 10) {
      pos++;
      line++;
      lineStart = pos;
      space = bol = true;
      continue;
    }
    if (c === 32 || c === 9 || c === 13 || c === 12 || c === 11) {
      pos++;
      space = true;
      continue;
    }
    const start = pos;
    if (c === 47) {
      const d = text.charCodeAt(pos + 1);
      if (d === 47) {
        const stop = text.indexOf('\n', pos);
        pos = stop < 0 ? end : stop;
        space = true;
        continue;
      }
      if (d === 42) {
        const stop = text.indexOf('*/', pos + 2);
        if (stop < 0) {
          pos = end;
          push('bad', start, '/*');
          break;
        }
        // Newlines and splices inside, in order.
        for (let i = pos; i < stop; i++) {
          while (nextSplice < splices.length && splices[nextSplice]! <= i) {
            line++;
            lineStart = splices[nextSplice++]!;
          }
          if (text.charCodeAt(i) === 10) {
            line++;
            lineStart = i + 1;
          }
        }
        pos = stop + 2;
        space = true;
        continue;
      }
    }
    if (isDigit(c) || (c === 46 && isDigit(text.charCodeAt(pos + 1)))) {
      // A preprocessing number: wider than any constant, so that 0x1p-3 and 1e+5 are one token.
      pos++;
      for (; pos < end; pos++) {
        const d = text.charCodeAt(pos);
        if ((d === 43 || d === 45) && 'eEpP'.includes(text[pos - 1]!)) {
          // In 0x1e+5 the e is a digit, but the standard's grammar takes the sign too.
          continue;
        }
        if (!isIdent(d) && d !== 46) break;
      }
      push('number', start);
      continue;
    }
    if (isIdent(c)) {
      pos++;
      while (pos < end && isIdent(text.charCodeAt(pos))) pos++;
      const next = text.charCodeAt(pos);
      if ((next === 34 || next === 39) && pos - start <= 2) {
        const prefix = text.slice(start, pos);
        if (prefix === 'L' || prefix === 'u' || prefix === 'U' || (prefix === 'u8' && next === 34)) {
          push(quoted(pos) ? (next === 34 ? 'string' : 'char') : 'bad', start);
          continue;
        }
      }
      push('ident', start);
      continue;
    }
    if (c === 34 || c === 39) {
      push(quoted(pos) ? (c === 34 ? 'string' : 'char') : 'bad', start);
      continue;
    }
    const candidates = BY_FIRST.get(c);
    const found = candidates?.find((p) => p.length === 1 || text.startsWith(p, pos));
    pos += found?.length ?? 1;
    if (found) push('punct', start, DIGRAPHS[found] ?? found);
    else push('bad', start);
  }
  // The end comes after the last token, so that messages there have a line to show.
  const last = tokens.at(-1);
  tokens.push({
    kind: 'eof',
    text: '',
    source: file,
    line: last?.line ?? 1,
    col: last ? last.col + last.text.length : 1,
    space: true,
    bol: true,
    frozen: false,
    keyword: false,
    macro: '',
  });
  file.guard = findGuard(file);
  return file;
}

/** `#ifndef X` first, its `#endif` last, nothing outside and no #else: including it again is a waste of time. */
function findGuard({ tokens, directives }: LexedFile): string {
  if (directives.length < 2 || directives[0] !== 0) return '';
  if (tokens[1]!.text !== 'ifndef' || tokens[2]!.kind !== 'ident' || !tokens[3]!.bol) return '';
  let depth = 0;
  for (const [n, at] of directives.entries()) {
    const name = tokens[at + 1]!.text;
    if (name === 'if' || name === 'ifdef' || name === 'ifndef') depth++;
    else if ((name === 'else' || name === 'elif') && depth === 1) return '';
    else if (name === 'endif' && --depth === 0) {
      if (n !== directives.length - 1) return '';
      // Nothing may follow on later lines.
      let i = at + 2;
      while (!tokens[i]!.bol) i++;
      return tokens[i]!.kind === 'eof' ? tokens[2]!.text : '';
    }
  }
  return '';
}

const cache = new Map<string, LexedFile>();

/** Lexes through a cache by path: headers are lexed once for all units. A changed text is noticed. */
export function lexCached(path: string, text: string): LexedFile {
  const known = cache.get(path);
  if (known && known.text === text) return known;
  const fresh = lex(path, text);
  cache.set(path, fresh);
  return fresh;
}

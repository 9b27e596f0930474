/**
 * D's tokens.
 *
 * Probe descriptions have a syntax that is not C's (`syscall::read*:entry`), so there are two states: `outer`, between clauses, and
 * `expr`, inside clauses and declarations. The parser switches; it must not look ahead across a switch. Macro references are
 * replaced here, control lines (#pragma) are handed to pragma() as they are met.
 */

import { cString, decodeEscapes } from '../../escapes.ts';
import type { Context } from '../context.ts';
import type { Node } from '../node.ts';
import { typeExists } from './decl.ts';
import { pragma } from './pragma.ts';

export type LexState = 'outer' | 'expr';

/** How an integer was written: decides its type. */
export interface IntegerForm {
  decimal: boolean;
  suffix: string;
  /** Sign of a macro argument. */
  prefix: '' | '+' | '-';
}

export interface Token {
  /** An operator or punctuation as itself, a keyword as `kw:int`, or IDENT TNAME PSPEC AGG INT STRING EPRED EOF. */
  t: string;
  /** Source text. */
  text: string;
  line: number;
  s: string;
  v: bigint;
  form: IntegerForm;
}

const PLAIN: IntegerForm = { decimal: true, suffix: '', prefix: '' };
const RE_PLAIN = /^[1-9][0-9]*$/;

/** Keywords and the tokens that they are. */
const keywords = (words: string): ReadonlyMap<string, string> =>
  new Map(words.split(' ').map((w) => [w, `kw:${w}`]));

const EXPR_KEYWORDS = keywords(
  'auto break case char const continue counter default do double else enum extern float for goto if import inline int long ' +
    'offsetof probe provider register restrict return self short signed sizeof static string stringof struct switch this ' +
    'translator typedef union unsigned userland void volatile while xlate',
);
const OUTER_KEYWORDS = keywords(
  'auto char const counter double enum extern float import inline int long provider register restrict self short signed ' +
    'static string struct this translator typedef union unsigned userland void volatile',
);

const OPERATORS = [
  '<<=',
  '>>=',
  '...',
  '&&',
  '^^',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '<<',
  '>>',
  '->',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '^=',
  '|=',
  '++',
  '--',
  '|',
  '^',
  '&',
  '<',
  '>',
  '+',
  '-',
  '*',
  '%',
  '~',
  '!',
  '?',
  ':',
  '.',
  '=',
  ',',
  ';',
]; // prettier-ignore

/** By first character, longest first. */
const OPERATORS_BY_START = new Map<string, string[]>();
for (const op of OPERATORS) {
  const list = OPERATORS_BY_START.get(op[0]);
  if (list === undefined) OPERATORS_BY_START.set(op[0], [op]);
  else list.push(op);
}

const NONE: readonly string[] = [];

const NEWLINE = 0x0a;
const SLASH = 0x2f;
const STAR = 0x2a;
const BACKSLASH = 0x5c;

const RE_PSPEC = /[-$:a-zA-Z_.?*\\[\]!][-$:0-9a-zA-Z_.`?*\\[\]!]*/y;
const RE_IDENT = /[a-zA-Z_`][0-9a-zA-Z_`]*/y;
const RE_AGG = /@[a-zA-Z_][0-9a-zA-Z_]*/y;
const RE_INT = /(?:0[xX][0-9A-Fa-f]+|[0-9]+)[uU]?[lL]?[lL]?/y;
const RE_FP = /(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFlL]?/y;
const RE_STR = /"(?:[^"\\\n]|\\[^"\n]|\\")*/y;
const RE_CHR = /'(?:[^'\\\n]|\\[^'\n]|\\')*/y;
const RE_MACRO = /\$\$?(?:[0-9]+|[a-zA-Z_`][0-9a-zA-Z_`]*)/y;
const RE_CONTROL = /[\f\t\v ]*#/y;

const U64 = 0xffffffffffffffffn;

export class Lexer {
  private readonly cx: Context;
  private readonly src: string;
  private pos = 0;
  private line = 1;
  private parens = 0;
  private brackets = 0;
  private braces = 0;
  state: LexState;

  constructor(cx: Context, source: string, state: LexState) {
    this.cx = cx;
    this.src = source;
    this.state = state;
  }

  private at(re: RegExp): string | undefined {
    re.lastIndex = this.pos;
    return re.test(this.src) ? this.src.slice(this.pos, re.lastIndex) : undefined;
  }

  private syntax(text: string): never {
    this.cx.line = this.line;
    return this.cx.fail('D_SYNTAX', text);
  }

  private token(t: string, text: string, s = '', v = 0n, form = PLAIN): Token {
    return { t, text, line: this.line, s, v, form };
  }

  /** Whitespace, comments, control lines. */
  private skip(): void {
    const { src } = this;
    for (;;) {
      if (this.pos === 0 || src.charCodeAt(this.pos - 1) === NEWLINE) {
        const control = this.at(RE_CONTROL);
        if (control !== undefined) {
          if (src[this.pos + control.length] === '!') {
            const end = src.indexOf('\n', this.pos);
            this.pos = end < 0 ? src.length : end;
          } else this.control(control.length);
          continue;
        }
      }
      switch (src.charCodeAt(this.pos)) {
        case NEWLINE:
          this.line++;
          this.pos++;
          break;
        case 0x20:
        case 0x09:
        case 0x0d:
        case 0x0c:
        case 0x0b:
          this.pos++;
          break;
        case BACKSLASH:
          if (src.charCodeAt(this.pos + 1) !== NEWLINE || this.state !== 'expr') return;
          this.line++;
          this.pos += 2;
          break;
        case SLASH:
          if (src.charCodeAt(this.pos + 1) !== STAR) return;
          this.comment();
          break;
        default:
          return;
      }
    }
  }

  private comment(): void {
    const { src } = this;
    const end = src.indexOf('*/', this.pos + 2);
    const inner = src.indexOf('/*', this.pos + 2);
    const nested = inner >= 0 && (end < 0 || inner < end);
    const last = nested ? inner : end < 0 ? src.length : end;
    for (let at = src.indexOf('\n', this.pos); at >= 0 && at < last; at = src.indexOf('\n', at + 1))
      this.line++;
    if (nested) this.syntax('/* encountered inside a comment');
    if (end < 0) this.syntax('end-of-file encountered before matching */');
    this.pos = end + 2;
  }

  /** A line that begins with #: its words go to pragma(). */
  private control(hash: number): void {
    this.pos += hash;
    const words: Node[] = [];
    this.cx.line = this.line;
    for (;;) {
      const c = this.src[this.pos];
      if (c === undefined) this.syntax('end-of-file encountered before end of control line');
      if (c === '\n') {
        this.pos++;
        break;
      }
      if (/[\f\r\t\v ]/.test(c)) {
        this.pos++;
        continue;
      }
      if (c === '"') {
        words.push(this.wordNode('string', this.stringToken().s));
        continue;
      }
      let end = this.pos;
      while (end < this.src.length && !/[\f\n\r\t\v "]/.test(this.src[end])) end++;
      const word = this.src.slice(this.pos, end);
      this.pos = end;
      RE_INT.lastIndex = 0;
      if (RE_INT.exec(word)?.[0] === word) {
        const n = this.wordNode('int', word);
        n.value = this.integer(word).v;
        words.push(n);
      } else words.push(this.wordNode('ident', word));
    }
    const newLine = pragma(this.cx, words);
    this.line = newLine ?? this.line + 1;
  }

  private wordNode(kind: 'int' | 'string' | 'ident', text: string): Node {
    const n = this.cx.node(kind, kind === 'ident' ? 'id' : kind);
    n.name = text;
    return n;
  }

  next(): Token {
    this.skip();
    if (this.pos >= this.src.length) return this.token('EOF', '');
    return this.state === 'outer' ? this.outer() : this.expression();
  }

  /** Between clauses: probe descriptions and the words that begin a declaration. */
  private outer(): Token {
    const spec = this.at(RE_PSPEC);
    if (spec !== undefined) {
      const keyword = OUTER_KEYWORDS.get(spec);
      if (keyword !== undefined) {
        this.pos += spec.length;
        this.state = 'expr';
        return this.token(keyword, spec);
      }
      if (!this.cx.options.flags.pspec && !spec.includes(':')) {
        const star = spec.indexOf('*');
        const name = star > 0 ? spec.slice(0, star) : spec;
        const type = OUTER_KEYWORDS.get(name);
        if (type !== undefined && star > 0 && typeExists(this.cx, name)) {
          this.pos += name.length;
          this.state = 'expr';
          return this.token(type, name);
        }
        if (typeExists(this.cx, name)) {
          this.pos += name.length;
          this.state = 'expr';
          return this.token('TNAME', name, name);
        }
      }
      this.pos += spec.length;
      return this.token('PSPEC', spec, spec);
    }
    const int = this.at(RE_INT);
    if (int !== undefined) {
      this.pos += int.length;
      return this.integer(int);
    }
    const c = this.src[this.pos];
    if (c === '/' || c === ',' || c === '{') {
      this.pos++;
      if (c === '{') this.braces++;
      return this.token(c, c);
    }
    return this.syntax(`syntax error near "${c}"`);
  }

  private expression(): Token {
    const word = this.at(RE_IDENT);
    if (word !== undefined) {
      this.pos += word.length;
      const keyword = EXPR_KEYWORDS.get(word);
      return keyword !== undefined ? this.token(keyword, word) : this.identifier(word);
    }
    const c = this.src[this.pos];
    if (c === '$') {
      const m = this.at(RE_MACRO);
      if (m !== undefined) return this.macro(m);
      this.syntax('syntax error near "$"');
    }
    if (c === '@') {
      const agg = this.at(RE_AGG) ?? '@';
      this.pos += agg.length;
      return this.token('AGG', agg, agg === '@' ? '@_' : agg);
    }
    const fp = (c >= '0' && c <= '9') || c === '.' ? this.at(RE_FP) : undefined;
    if (fp !== undefined) {
      const int = this.at(RE_INT);
      if (int === undefined || int.length < fp.length) {
        this.pos += fp.length;
        this.syntax('floating-point constants are not permitted');
      }
      this.pos += int.length;
      return this.integer(int);
    }
    if (c === '"') return this.stringToken();
    if (c === "'") return this.character();
    switch (c) {
      case '/': {
        if (this.src[this.pos + 1] === '=') {
          this.pos += 2;
          return this.token('/=', '/=');
        }
        this.pos++;
        const after = this.src[this.pastBlanks()];
        if (after === undefined || after === ';' || after === '{' || after === '/') {
          if (this.parens !== 0) this.syntax('closing ) expected in predicate before /');
          if (this.brackets !== 0) this.syntax('closing ] expected in predicate before /');
          return this.token('EPRED', '/');
        }
        return this.token('/', '/');
      }
      case '(':
        this.parens++;
        break;
      case ')':
        if (--this.parens < 0) this.syntax('extra ) in input stream');
        break;
      case '[':
        this.brackets++;
        break;
      case ']':
        if (--this.brackets < 0) this.syntax('extra ] in input stream');
        break;
      case '{':
        this.braces++;
        break;
      case '}':
        if (--this.braces < 0) this.syntax('extra } in input stream');
        break;
      default:
        for (let list = OPERATORS_BY_START.get(c) ?? NONE, i = 0; i < list.length; i++) {
          const op = list[i];
          if (op.length === 1 || this.src.startsWith(op, this.pos)) {
            this.pos += op.length;
            return this.token(op, op);
          }
        }
        return this.syntax(`syntax error near "${c}"`);
    }
    this.pos++;
    return this.token(c, c);
  }

  /** Where the next character lies that is neither blank nor newline. */
  private pastBlanks(): number {
    let i = this.pos;
    for (let c = this.src.charCodeAt(i); c === 0x20 || (c >= 0x09 && c <= 0x0d); c = this.src.charCodeAt(i))
      i++;
    return i;
  }

  private integer(text: string): Token {
    // Most have few digits, and nothing about them to be looked into.
    if (text.length < 10 && RE_PLAIN.test(text)) return this.token('INT', text, '', BigInt(+text));
    const suffix = /[uUlL]*$/.exec(text)![0];
    const digits = text.slice(0, text.length - suffix.length);
    let v: bigint;
    if (/^0[xX]/.test(digits)) v = BigInt(digits);
    else if (digits[0] === '0' && digits.length > 1) {
      const bad = /[89]/.exec(digits);
      if (bad !== null) {
        this.cx.line = this.line;
        this.cx.fail('D_INT_DIGIT', `constant ${text} contains invalid digit ${bad[0]}`);
      }
      v = BigInt(`0o${digits.slice(1)}`);
    } else v = BigInt(digits);
    if (v > U64) {
      this.cx.line = this.line;
      this.cx.fail('D_INT_OFLOW', `constant ${text} results in integer overflow`);
    }
    return this.token('INT', text, '', v, { decimal: text[0] !== '0', suffix, prefix: '' });
  }

  private stringToken(): Token {
    const body = this.at(RE_STR)!;
    const end = this.pos + body.length;
    if (this.src[end] !== '"') {
      if (this.src[end] !== '\n') this.syntax('syntax error near """');
      this.cx.line = this.line;
      this.cx.fail('D_STR_NL', 'newline encountered in string literal');
    }
    this.pos = end + 1;
    return this.token('STRING', `${body}"`, cString(decodeEscapes(body.slice(1))));
  }

  private character(): Token {
    const body = this.at(RE_CHR)!;
    const end = this.pos + body.length;
    this.cx.line = this.line;
    if (this.src[end] !== "'") {
      if (this.src[end] !== '\n') this.syntax('syntax error near "\'"');
      this.cx.fail('D_CHR_NL', 'newline encountered in character constant');
    }
    this.pos = end + 1;
    if (body.length === 1) this.cx.fail('D_CHR_NULL', 'empty character constant');
    const bytes = decodeEscapes(body.slice(1));
    if (bytes.length > 8) this.cx.fail('D_CHR_OFLOW', 'character constant is too long');
    let v = 0n;
    for (let i = 0; i < bytes.length; i++) v = (v << 8n) | BigInt(bytes.charCodeAt(i) & 0xff);
    return this.token('INT', `${body}'`, '', v);
  }

  private macro(text: string): Token {
    this.pos += text.length;
    this.cx.line = this.line;
    const asString = text.startsWith('$$');
    const name = text.slice(asString ? 2 : 1);
    if (/^[0-9]/.test(name)) return this.argument(text, Number(name), asString);
    const v = this.cx.macros.get(name);
    if (v === undefined) this.cx.fail('D_MACRO_UNDEF', `macro variable ${text} is not defined`);
    if (asString) return this.token('STRING', text, String(BigInt.asUintN(32, v)));
    return this.token('INT', text, '', BigInt.asUintN(64, BigInt.asIntN(32, v)));
  }

  private argument(text: string, i: number, asString: boolean): Token {
    const args = this.cx.macroArgs;
    if (i >= args.length && !this.cx.options.flags.defaultargs)
      this.cx.fail('D_MACRO_UNDEF', `macro argument ${text} is not defined`);
    if (i < args.length) this.cx.macroArgsUsed.add(i);
    if (asString) return this.token('STRING', text, cString(decodeEscapes(args[i] ?? '')));
    const v = args[i] ?? '0';
    if (!isIdentOrNumber(v)) {
      const inner = v.length > 1 && v[0] === '"' && v.endsWith('"') ? v.slice(1, -1) : v;
      return this.token('STRING', text, cString(decodeEscapes(inner)));
    }
    if (/^[0-9+-]/.test(v)) {
      const prefix = v[0] === '-' || v[0] === '+' ? v[0] : '';
      const body = v.slice(prefix.length);
      const value = parseInteger(body);
      if (value > U64)
        this.cx.fail('D_MACRO_OFLOW', `macro argument ${text} constant ${body} results in integer overflow`);
      return this.token('INT', text, '', value, { decimal: body[0] !== '0', suffix: '', prefix });
    }
    return this.identifier(v);
  }

  /**
   * A name is an identifier if it is known as one or is no type; a type's name that is being assigned to or indexed becomes a variable.
   */
  private identifier(name: string): Token {
    const cx = this.cx;
    const ident = (): Token => this.token('IDENT', name, name);
    if (cx.lookupGlobal(name) !== undefined || cx.ambiguous.has(name) || !typeExists(cx, name))
      return ident();
    if (cx.decl.decl !== undefined && cx.decl.decl.name !== undefined) return ident();
    const i = this.pastBlanks();
    const c0 = this.src[i];
    const c1 = this.src[i + 1];
    if (((c0 === '+' || c0 === '-') && c1 === c0) || (c0 === '=' && c1 !== '=') || c0 === '[') {
      cx.ambiguous.add(name);
      return ident();
    }
    return this.token('TNAME', name, name);
  }

  /** A clause or declaration ended: parentheses are counted afresh. */
  resetNesting(): void {
    this.parens = 0;
    this.brackets = 0;
    this.braces = 0;
  }

  get sourceLine(): number {
    return this.line;
  }
}

function isIdentOrNumber(v: string): boolean {
  if (/^[+-]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.test(v)) return true;
  return /^[A-Za-z_`][A-Za-z0-9_`]*$/.test(v);
}

function parseInteger(s: string): bigint {
  if (/^0[0-7]+$/.test(s)) return BigInt(`0o${s.slice(1)}`);
  return BigInt(s);
}

/**
 * Declaration specifiers: storage class, qualifiers, and the words that name a type.
 *
 * What a declaration says before its declarators. Records and enums are in parse-record.ts, declarators and type names in
 * parse-declarator.ts.
 */
import type { Token } from '../cfront/lexer.ts';
import { printType } from '../cfront/printtype.ts';
import {
  BOOL,
  CHAR,
  DOUBLE,
  FLOAT,
  INT,
  LDOUBLE,
  LLONG,
  LONG,
  Q_CONST,
  Q_RESTRICT,
  Q_VOLATILE,
  qualified,
  SCHAR,
  SHORT,
  type Type,
  type TypedefType,
  UCHAR,
  UINT,
  ULLONG,
  ULONG,
  USHORT,
  VOID,
} from '../cfront/types.ts';
import { type Attributes, noAttributes, parseAttributes } from './attributes.ts';
import { parseTypeName } from './parse-declarator.ts';
import { parseConstant, parseExpression } from './parse-expr.ts';
import { parseEnum, parseRecord } from './parse-record.ts';
import { type Parser, Recover } from './parser.ts';
import { suggestName } from './suggest.ts';

export interface Specifiers {
  type: Type;
  storage: '' | 'typedef' | 'extern' | 'static' | 'auto' | 'register';
  inline: boolean;
  attributes: Attributes;
  at: Token;
  /** __auto_type: the initialiser gives the type. */
  deduce: boolean;
}

/** Sums of what may be said together; `long` may be said twice. */
const S = {
  void: 1, _Bool: 1 << 2, char: 1 << 4, short: 1 << 6, int: 1 << 8, long: 1 << 10, float: 1 << 12, double: 1 << 14,
  signed: 1 << 17, unsigned: 1 << 18,
} as const; // biome-ignore format: a table
const SUMS = new Map<number, Type>();
const sum = (type: Type, ...spellings: string[]) => {
  for (const words of spellings) {
    SUMS.set(
      words.split(' ').reduce((n, word) => n + S[word as keyof typeof S], 0),
      type,
    );
  }
};
sum(VOID, 'void');
sum(BOOL, '_Bool');
sum(CHAR, 'char');
sum(SCHAR, 'signed char');
sum(UCHAR, 'unsigned char');
sum(SHORT, 'short', 'short int', 'signed short', 'signed short int');
sum(USHORT, 'unsigned short', 'unsigned short int');
sum(INT, 'int', 'signed', 'signed int');
sum(UINT, 'unsigned', 'unsigned int');
sum(LONG, 'long', 'long int', 'signed long', 'signed long int');
sum(ULONG, 'unsigned long', 'unsigned long int');
sum(LLONG, 'long long', 'long long int', 'signed long long', 'signed long long int');
sum(ULLONG, 'unsigned long long', 'unsigned long long int');
sum(FLOAT, 'float');
sum(DOUBLE, 'double');
sum(LDOUBLE, 'long double');

/** Other spellings of keywords. */
const PLAIN = new Map(Object.entries({
  __const: 'const', __const__: 'const', __volatile: 'volatile', __volatile__: 'volatile', __restrict: 'restrict',
  __restrict__: 'restrict', __inline: 'inline', __inline__: 'inline', __signed: 'signed', __signed__: 'signed',
  __typeof: 'typeof', __typeof__: 'typeof', __thread: '_Thread_local', __complex__: '_Complex',
})); // biome-ignore format: a table

const TYPE_WORDS = new Set([
  ...'void _Bool char short int long float double signed unsigned struct union enum const volatile restrict typeof'.split(
    ' ',
  ),
  ...'_Atomic _Complex __auto_type __builtin_va_list __extension__ __attribute__ __attribute _Alignas'.split(
    ' ',
  ),
  ...[...PLAIN.keys()].filter((word) => !/inline|thread/.test(word)),
]);
const STORAGE_WORDS = new Set([
  ...'typedef extern static auto register inline __inline __inline__ _Noreturn _Thread_local __thread'.split(
    ' ',
  ),
]);

/** Does a type name begin here (in a cast, sizeof, parameter list)? */
export function startsType(p: Parser, token: Token = p.tok): boolean {
  if (token.kind !== 'ident') return false;
  if (token.keyword) return TYPE_WORDS.has(token.text);
  return p.scope.lookup(token.text)?.kind === 'typedef';
}
export function startsDeclaration(p: Parser): boolean {
  const { tok } = p;
  if (tok.kind !== 'ident') return false;
  if (tok.text === '__extension__') {
    // `__extension__ ({ ... })` is an expression.
    let i = 1;
    while (p.peek(i).text === '__extension__') i++;
    return (
      startsType(p, p.peek(i)) || STORAGE_WORDS.has(p.peek(i).text) || p.peek(i).text === '_Static_assert'
    );
  }
  if (tok.text === '__attribute__' || tok.text === '__attribute') {
    // `__attribute__((fallthrough));` is a statement.
    return !(p.peek(6).text === ';' && p.peek(3).text.includes('fallthrough'));
  }
  if (!startsType(p) && !STORAGE_WORDS.has(tok.text)) return false;
  // A label may have the name of a type.
  return !(p.peek().text === ':' && !tok.keyword);
}

export function qualifierBit(text: string): number {
  switch (PLAIN.get(text) ?? text) {
    case 'const':
      return Q_CONST;
    case 'volatile':
      return Q_VOLATILE;
    case 'restrict':
      return Q_RESTRICT;
  }
  return 0;
}

/** Floating point needs registers that a kernel does not save: refused there at the first use. */
function floatAllowed(p: Parser, at: Token, type: Type): Type {
  if (p.kernel)
    p.error(at, `floating point (${printType(type)}) cannot be used in the kernel`, 'use scaled integers');
  return type;
}

export function parseSpecifiers(p: Parser): Specifiers {
  const attributes = noAttributes();
  const spec: Specifiers = { type: INT, storage: '', inline: false, attributes, at: p.tok, deduce: false };
  let type: Type | undefined;
  let words = 0;
  let quals = 0;
  let floating: Token | undefined;
  for (;;) {
    const token = p.tok;
    if (token.kind !== 'ident') break;
    if (!token.keyword) {
      // A typedef name, unless the type has been said: then it is the name that is being declared.
      if (type !== undefined || words !== 0) break;
      const entity = p.scope.lookup(token.text);
      if (entity?.kind !== 'typedef') break;
      type = entity.type;
      p.next();
      continue;
    }
    const word = PLAIN.get(token.text) ?? token.text;
    const q = qualifierBit(word);
    if (q !== 0) {
      quals |= q;
      p.next();
      continue;
    }
    switch (word) {
      case 'typedef':
      case 'extern':
      case 'static':
      case 'auto':
      case 'register':
        if (spec.storage !== '' && spec.storage !== word)
          p.error(token, 'multiple storage classes in declaration specifiers');
        spec.storage = word;
        p.next();
        continue;
      case 'inline':
        spec.inline = true;
        p.next();
        continue;
      case '_Noreturn':
        attributes.noreturn = true;
        p.next();
        continue;
      case '_Thread_local':
        p.error(
          token,
          'thread-local storage is not supported',
          'keep the value in struct thread, or pass a pointer',
        );
        p.next();
        continue;
      case '_Atomic':
        p.error(token, '_Atomic is not supported', 'use volatile and the __atomic_ builtins');
        p.next();
        if (p.at('(')) {
          p.next();
          type = parseTypeName(p);
          p.expect(')');
        }
        continue;
      case '_Complex':
      case '_Imaginary':
        p.error(token, 'complex numbers are not supported');
        p.next();
        continue;
      case '_Alignas':
        p.next();
        parseAlignas(p, token, attributes);
        continue;
      case '__extension__':
        p.next();
        continue;
      case '__attribute__':
      case '__attribute':
        parseAttributes(p, attributes);
        continue;
      case 'asm':
      case '__asm__':
      case '__asm':
        refuseAsm(p);
        continue;
      case 'void':
      case '_Bool':
      case 'char':
      case 'short':
      case 'int':
      case 'long':
      case 'float':
      case 'double':
      case 'signed':
      case 'unsigned':
        if (type !== undefined) p.error(token, `two or more data types in declaration specifiers`);
        words += S[word];
        if (word === 'float' || word === 'double') floating = token;
        if (!SUMS.has(words)) {
          // `unsigned` and the like may come first; only sums that nothing can complete are wrong.
          if (![...SUMS.keys()].some((n) => extendsTo(words, n))) {
            p.error(token, `'${word}' cannot be combined with the type words before it`);
            words = S.int;
          }
        }
        p.next();
        continue;
      case 'struct':
      case 'union':
        if (type !== undefined || words !== 0)
          p.error(token, 'two or more data types in declaration specifiers');
        type = parseRecord(p, word);
        continue;
      case 'enum':
        if (type !== undefined || words !== 0)
          p.error(token, 'two or more data types in declaration specifiers');
        type = parseEnum(p);
        continue;
      case 'typeof': {
        p.next();
        p.expect('(');
        type = startsType(p) ? parseTypeName(p) : typeOfExpression(p);
        p.expect(')');
        continue;
      }
      case '__auto_type':
        spec.deduce = true;
        type = INT;
        p.next();
        continue;
      case '__builtin_va_list':
        if (type === undefined && words === 0) {
          type = VA_LIST;
          p.next();
          continue;
        }
        break;
    }
    break;
  }
  if (words !== 0) {
    const t = SUMS.get(words) ?? INT;
    type = floating ? floatAllowed(p, floating, t) : t;
  }
  if (type === undefined) {
    const { tok } = p;
    if (p.isIdentifier(tok) && (p.isIdentifier(p.peek()) || p.peek().text === '*')) {
      const tag = p.scope.lookupTag(tok.text);
      const hint = tag ? `write '${tag.kind} ${tok.text}'` : suggestName(tok.text, p.scope, 'type');
      p.syntaxError(tok, `unknown type name '${tok.text}'`, hint ?? 'include the header that declares it');
    }
    if (spec.at === tok) p.syntaxError(tok, `expected a declaration before '${tok.text || 'end of file'}'`);
    p.error(spec.at, 'type specifier missing in declaration', "C11 has no implicit 'int': write the type");
    type = INT;
  }
  spec.type = qualified(type, quals);
  return spec;
}

/** `unsigned long` is a sum of `unsigned` and more: can words still become sum? */
function extendsTo(words: number, total: number): boolean {
  for (const unit of Object.values(S)) {
    const width = unit >= S.signed ? 1 : 3;
    if (Math.floor(words / unit) % (width + 1) > Math.floor(total / unit) % (width + 1)) return false;
  }
  return true;
}

export const VA_LIST: TypedefType = {
  kind: 'typedef',
  name: '__builtin_va_list',
  target: ULONG,
  size: 8,
  align: 8,
  quals: 0,
};

function typeOfExpression(p: Parser): Type {
  const expr = parseExpression(p);
  return expr.type;
}

function parseAlignas(p: Parser, at: Token, attributes: Attributes): void {
  p.expect('(');
  const n = startsType(p) ? parseTypeName(p).align : Number(parseConstant(p, 'alignment'));
  p.expect(')');
  if (n < 0 || (n !== 0 && !Number.isInteger(Math.log2(n))))
    p.error(at, 'requested alignment is not a power of 2');
  else attributes.aligned = Math.max(attributes.aligned, n);
}

export function refuseAsm(p: Parser): void {
  const at = p.next();
  p.error(at, 'inline assembly is not supported', 'use the builtins of docs/guest-abi.md, section 5');
  while (p.accept('volatile') || p.accept('__volatile__') || p.accept('goto'));
  if (!p.at('(')) throw new Recover();
  let depth = 0;
  do {
    if (p.at('(')) depth++;
    else if (p.at(')')) depth--;
    p.next();
  } while (depth > 0 && p.tok.kind !== 'eof');
}

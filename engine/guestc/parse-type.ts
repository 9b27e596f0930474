/**
 * Types as a program writes them: declaration specifiers, declarators, records, enums, type names.
 *
 * C declarators read inside out. parseDeclarator returns the name and a list of modifiers, nearest the name first; the type is
 * built by applying them to the specifiers' type from the far end.
 */
import { layoutRecord, type Member } from '../cfront/layout.ts';
import type { Token } from '../cfront/lexer.ts';
import { printType } from '../cfront/printtype.ts';
import {
  arrayOf,
  BOOL,
  CHAR,
  DOUBLE,
  type EnumType,
  FLOAT,
  functionType,
  INT,
  type IntType,
  isInteger,
  LDOUBLE,
  LLONG,
  LONG,
  pointerTo,
  Q_CONST,
  Q_RESTRICT,
  Q_VOLATILE,
  qualified,
  type RecordType,
  SCHAR,
  SHORT,
  strip,
  type Type,
  type TypedefType,
  UCHAR,
  UINT,
  ULLONG,
  ULONG,
  USHORT,
  unqualified,
  VOID,
} from '../cfront/types.ts';
import { type Attributes, noAttributes, parseAttributes } from './attributes.ts';
import { isComplete } from './check-types.ts';
import { parseStaticAssert } from './parse-decl.ts';
import { parseAssignment, parseConstant, parseExpression } from './parse-expr.ts';
import { ERROR_TYPE, type Parser, Recover } from './parser.ts';
import { Scope } from './scope.ts';
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

export interface Param {
  name: string;
  type: Type;
  at: Token;
}

type Modifier =
  | { kind: 'pointer'; quals: number }
  | { kind: 'array'; length: number; quals: number; at: Token; variable: boolean }
  | { kind: 'function'; params: Param[]; variadic: boolean; oldStyle: boolean; scope: Scope; at: Token };

export interface Declarator {
  /** Undefined: abstract. */
  name: Token | undefined;
  type: Type;
  at: Token;
  /** The parameter list right after the name, if it declares a function. */
  params?: { list: Param[]; scope: Scope; oldStyle: boolean };
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

function qualifierBit(text: string): number {
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

// Records and enums -----------------------------------------------------------------------------------------------------------

function parseRecord(p: Parser, kind: 'struct' | 'union'): RecordType {
  p.next();
  const attributes = noAttributes();
  parseAttributes(p, attributes);
  const tag = p.isIdentifier() ? p.next() : undefined;
  parseAttributes(p, attributes);
  const defined = p.at('{');
  if (!tag && !defined) p.syntaxError(p.tok, `expected a tag or '{' after '${kind}'`);
  let record: RecordType | undefined;
  if (tag) {
    // A definition, and `struct tag;` alone, speak of this scope; any other use finds an outer one.
    const here = defined || p.at(';');
    const found = here ? p.scope.tags.get(tag.text) : p.scope.lookupTag(tag.text);
    if (found) {
      if (found.kind !== kind)
        p.syntaxError(tag, `'${tag.text}' defined as wrong kind of tag: it is '${found.kind} ${tag.text}'`);
      record = found;
    }
  }
  if (!record) {
    record = { kind, tag: tag?.text ?? '', fields: [], complete: false, size: 0, align: 1, quals: 0 };
    if (tag) p.scope.tags.set(tag.text, record);
  }
  if (!defined) return record;
  if (record.complete) {
    p.error(tag!, `redefinition of '${kind} ${tag!.text}'`);
    record = { kind, tag: tag!.text, fields: [], complete: false, size: 0, align: 1, quals: 0 };
  }
  p.next();
  const members = parseMembers(p, record);
  p.expect('}');
  // Of two alignments, before and after the body, gcc takes the later one.
  const before = attributes.aligned;
  attributes.aligned = 0;
  parseAttributes(p, attributes);
  attributes.aligned ||= before;
  layoutRecord(record, members, attributes.packed, attributes.aligned);
  return record;
}

function parseMembers(p: Parser, record: RecordType): Member[] {
  const members: Member[] = [];
  const names = new Set<string>();
  let flexible: Token | undefined;
  const add = (member: Member, at: Token) => {
    if (flexible) {
      p.error(flexible, 'flexible array member not at end of struct');
      flexible = undefined;
    }
    const check = (name: string) => {
      if (name === '') return;
      if (names.has(name)) p.error(at, `duplicate member '${name}'`);
      names.add(name);
    };
    check(member.name);
    if (member.name === '') for (const name of memberNames(member.type)) check(name);
    const type = strip(member.type);
    if (type.kind === 'function') {
      p.error(
        at,
        `member '${member.name}' declared as a function`,
        'a pointer to one is written (*name)(...)',
      );
      return;
    }
    if (type.kind === 'array' && type.length < 0 && record.kind === 'struct') flexible = at;
    else if (!isComplete(type) && !(type.kind === 'array' && record.kind === 'union')) {
      const what = member.name === '' ? 'member' : `member '${member.name}'`;
      p.error(at, `${what} has incomplete type '${printType(member.type)}'`);
      return;
    }
    members.push(member);
  };
  while (!p.at('}') && p.tok.kind !== 'eof') {
    try {
      if (p.at('_Static_assert')) {
        parseStaticAssert(p);
        continue;
      }
      if (p.accept(';')) continue;
      const spec = parseSpecifiers(p);
      if (spec.storage !== '') p.error(spec.at, 'storage class specified for a member');
      if (p.at(';')) {
        // An anonymous record's members are found as if they were the outer one's.
        const type = strip(spec.type);
        if (type.kind === 'struct' || type.kind === 'union') {
          const anonymous = type.tag === '' || type.complete;
          if (type.tag === '' && anonymous) {
            add(
              { name: '', type: spec.type, aligned: spec.attributes.aligned, packed: spec.attributes.packed },
              spec.at,
            );
          }
        } else p.warn(spec.at, 'declaration does not declare anything');
        p.next();
        continue;
      }
      for (;;) {
        let name: Token | undefined;
        let { type } = spec;
        let at = p.tok;
        if (!p.at(':')) {
          const declarator = parseDeclarator(p, spec.type);
          ({ name, type, at } = declarator);
        }
        let bitWidth: number | undefined;
        if (p.accept(':')) bitWidth = parseBitWidth(p, name, type, at);
        const attributes = { ...spec.attributes };
        parseAttributes(p, attributes);
        const { aligned, packed } = attributes;
        add(
          { name: name?.text ?? '', type, aligned, packed, ...(bitWidth !== undefined && { bitWidth }) },
          name ?? at,
        );
        if (!p.accept(',')) break;
      }
      p.expect(';');
    } catch (error) {
      if (!(error instanceof Recover)) throw error;
      p.synchronize();
    }
  }
  return members;
}

function memberNames(type: Type): string[] {
  const t = strip(type);
  if (t.kind !== 'struct' && t.kind !== 'union') return [];
  return t.fields.flatMap((f) => (f.name === '' ? memberNames(f.type) : [f.name]));
}

function parseBitWidth(p: Parser, name: Token | undefined, type: Type, at: Token): number {
  const value = Number(parseConstant(p, 'bit-field width'));
  const what = name ? `bit-field '${name.text}'` : 'unnamed bit-field';
  if (!isInteger(type)) {
    p.error(at, `${what} has invalid type '${printType(type)}'`);
    return 0;
  }
  const most = strip(type).kind === 'int' && (strip(type) as IntType).name === '_Bool' ? 1 : type.size * 8;
  if (value < 0) p.error(at, `negative width in ${what}`);
  else if (value > most) p.error(at, `width of ${what} exceeds its type`);
  else if (value === 0 && name) p.error(at, `zero width for ${what}`);
  else return value;
  return 1;
}

function parseEnum(p: Parser): EnumType {
  p.next();
  const attributes = noAttributes();
  parseAttributes(p, attributes);
  const tag = p.isIdentifier() ? p.next() : undefined;
  let type: EnumType | undefined;
  const defined = p.at('{');
  if (!tag && !defined) p.syntaxError(p.tok, "expected a tag or '{' after 'enum'");
  if (tag) {
    const found = defined || p.at(';') ? p.scope.tags.get(tag.text) : p.scope.lookupTag(tag.text);
    if (found && found.kind !== 'enum') {
      p.syntaxError(tag, `'${tag.text}' defined as wrong kind of tag: it is '${found.kind} ${tag.text}'`);
    }
    type = found;
  }
  if (!type) {
    // Used before its definition it is an unsigned int, as gcc has it.
    type = {
      kind: 'enum',
      tag: tag?.text ?? '',
      members: [],
      base: UINT,
      complete: false,
      size: 4,
      align: 4,
      quals: 0,
    };
    if (tag) p.scope.tags.set(tag.text, type);
  }
  if (!defined) return type;
  if (type.complete) p.error(tag!, `redefinition of 'enum ${tag!.text}'`);
  p.next();
  let value = 0n;
  const members: EnumType['members'] = [];
  while (!p.at('}')) {
    const name = p.identifier("an enumerator's name");
    parseAttributes(p, noAttributes());
    if (p.accept('=')) value = parseConstant(p, `enumerator '${name.text}'`);
    if (value < -(1n << 63n) || value >= 1n << 64n)
      p.error(name, `overflow in the value of enumerator '${name.text}'`);
    declareEnumerator(
      p,
      name,
      value,
      value >= -(1n << 31n) && value < 1n << 31n ? INT : value < 1n << 63n ? LONG : ULONG,
    );
    members.push({ name: name.text, value });
    value++;
    if (!p.accept(',')) break;
  }
  p.expect('}');
  parseAttributes(p, attributes);
  type.members = members;
  type.base = enumBase(members, attributes.packed);
  type.size = type.align = type.base.size;
  type.complete = true;
  // In an enum that int cannot hold, every enumerator has the enum's type.
  if (type.base.size === 8) {
    for (const m of members)
      p.scope.names.set(m.name, { kind: 'enumerator', value: m.value, type: type.base });
  }
  return type;
}

function enumBase(members: EnumType['members'], packed: boolean): IntType {
  let min = 0n;
  let max = 0n;
  for (const { value } of members) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const candidates = packed
    ? [SCHAR, UCHAR, SHORT, USHORT, UINT, INT, ULONG, LONG]
    : [UINT, INT, ULONG, LONG];
  const wanted = min < 0n;
  return (
    candidates.find((t) => {
      const bits = BigInt(t.size * 8);
      if (t.signed) return wanted && min >= -(1n << (bits - 1n)) && max < 1n << (bits - 1n);
      return !wanted && max < 1n << bits;
    }) ?? LONG
  );
}

function declareEnumerator(p: Parser, name: Token, value: bigint, type: Type): void {
  if (p.scope.names.has(name.text)) p.error(name, `redeclaration of '${name.text}'`);
  else p.scope.names.set(name.text, { kind: 'enumerator', value, type });
}

// Declarators -------------------------------------------------------------------------------------------------------------------

/** A declarator with a name. */
export function parseDeclarator(p: Parser, base: Type, attributes = noAttributes()): Declarator {
  const at = p.tok;
  const { name, modifiers } = declarator(p, false, attributes);
  if (!name) p.syntaxError(at, `expected a name before '${at.text || 'end of file'}'`);
  return finish(p, base, name, modifiers, false);
}

/** A type name: specifiers and a declarator without a name, as in a cast. */
export function parseTypeName(p: Parser): Type {
  const spec = parseSpecifiers(p);
  if (spec.storage !== '') p.error(spec.at, 'storage class in a type name');
  if (p.at(')')) return spec.type;
  const { name, modifiers } = declarator(p, true, noAttributes());
  if (name) p.error(name, `unexpected name '${name.text}' in a type`);
  return finish(p, spec.type, undefined, modifiers, false).type;
}

function parseParam(p: Parser): Param {
  const spec = parseSpecifiers(p);
  if (spec.storage !== '' && spec.storage !== 'register')
    p.error(spec.at, 'storage class specified for a parameter');
  const at = p.tok;
  const { name, modifiers } = declarator(p, true, noAttributes());
  parseAttributes(p, noAttributes());
  const built = finish(p, spec.type, name, modifiers, true);
  return { name: name?.text ?? '', type: built.type, at: name ?? at };
}

/** Arrays and functions as parameters are pointers. */
export function adjustParam(type: Type): Type {
  const t = strip(type);
  if (t.kind === 'array') return pointerTo(t.element);
  if (t.kind === 'function') return pointerTo(type);
  return type;
}

function declarator(
  p: Parser,
  abstract: boolean,
  attributes: Attributes,
): { name: Token | undefined; modifiers: Modifier[] } {
  parseAttributes(p, attributes);
  if (p.at('*') || p.at('^')) {
    if (p.at('^')) p.syntaxError(p.tok, 'blocks are not supported');
    p.next();
    let quals = 0;
    for (;;) {
      const q = p.tok.keyword ? qualifierBit(p.tok.text) : 0;
      if (q !== 0) {
        quals |= q;
        p.next();
      } else if (p.at('_Atomic')) {
        p.error(p.next(), '_Atomic is not supported', 'use volatile and the __atomic_ builtins');
      } else if (!parseAttributes(p, attributes)) break;
    }
    const inner = declarator(p, abstract, attributes);
    inner.modifiers.push({ kind: 'pointer', quals });
    return inner;
  }
  let name: Token | undefined;
  let modifiers: Modifier[] = [];
  if (p.at('(') && groups(p, abstract)) {
    p.next();
    ({ name, modifiers } = declarator(p, abstract, attributes));
    p.expect(')');
  } else if (p.isIdentifier()) name = p.next();
  for (;;) {
    if (p.at('[')) modifiers.push(parseArraySuffix(p));
    else if (p.at('(')) modifiers.push(parseFunctionSuffix(p));
    else return { name, modifiers };
  }
}

/** Is this parenthesis around a declarator, or a parameter list? */
function groups(p: Parser, abstract: boolean): boolean {
  if (!abstract) return true;
  const next = p.peek();
  if (next.text === '*' || next.text === '(' || next.text === '[' || next.text === '^') return true;
  if (next.text === '__attribute__') return true;
  return p.isIdentifier(next) && !startsType(p, next);
}

function parseArraySuffix(p: Parser): Modifier {
  const at = p.next();
  let quals = 0;
  for (;;) {
    const q = p.tok.keyword ? qualifierBit(p.tok.text) : 0;
    if (q !== 0) quals |= q;
    else if (!p.at('static')) break;
    p.next();
  }
  const array = { kind: 'array' as const, length: -1, quals, at, variable: false };
  if (p.at('*') && p.peek().text === ']') {
    p.next();
    array.variable = true;
  } else if (!p.at(']')) {
    const token = p.tok;
    const size = parseAssignment(p);
    if (size.kind !== 'const') array.variable = true;
    else if (!isInteger(size.type)) p.error(token, 'size of array has non-integer type');
    else if (size.value < 0n && size.type !== ERROR_TYPE) p.error(token, 'size of array is negative');
    else array.length = Number(size.value);
  }
  p.expect(']');
  return array;
}

function parseFunctionSuffix(p: Parser): Modifier {
  const at = p.next();
  const scope = new Scope(p.scope);
  const modifier = {
    kind: 'function' as const,
    params: [] as Param[],
    variadic: false,
    oldStyle: false,
    scope,
    at,
  };
  if (p.accept(')')) {
    modifier.oldStyle = true;
    return modifier;
  }
  if (p.at('void') && p.peek().text === ')') {
    p.next();
    p.next();
    return modifier;
  }
  // Old style: names only, their types follow before the body.
  if (p.isIdentifier() && !startsType(p) && /^[,)]$/.test(p.peek().text)) {
    modifier.oldStyle = true;
    do {
      const name = p.identifier('a parameter');
      modifier.params.push({ name: name.text, type: INT, at: name });
    } while (p.accept(','));
    p.expect(')');
    return modifier;
  }
  p.inScope(scope, () => {
    do {
      if (p.accept('...')) {
        modifier.variadic = true;
        break;
      }
      const param = parseParam(p);
      modifier.params.push(param);
      // Visible in the types of later parameters (`char a[sizeof(n)]`).
      if (param.name !== '') {
        if (scope.names.has(param.name)) p.error(param.at, `redefinition of parameter '${param.name}'`);
        scope.names.set(param.name, {
          kind: 'var',
          decl: {
            kind: 'var',
            name: param.name,
            type: param.type,
            loc: p.loc(param.at),
            storage: 'param',
            section: '',
            aligned: 0,
            addressTaken: false,
            linkName: param.name,
          },
        });
      }
    } while (p.accept(','));
  });
  p.expect(')');
  return modifier;
}

/** Builds the type and checks each step. */
function finish(
  p: Parser,
  base: Type,
  name: Token | undefined,
  modifiers: Modifier[],
  param: boolean,
): Declarator {
  let type = base;
  const what = name ? `'${name.text}'` : 'type name';
  for (let i = modifiers.length - 1; i >= 0; i--) {
    const m = modifiers[i]!;
    const at = name ?? (m.kind === 'pointer' ? p.tok : m.at);
    const t = strip(type);
    if (m.kind === 'pointer') {
      type = pointerTo(type, m.quals);
    } else if (m.kind === 'array') {
      const outermost = param && i === 0;
      if (t.kind === 'function') p.syntaxError(at, `${what} declared as an array of functions`);
      if (!isComplete(t)) p.syntaxError(at, `array type has incomplete element type '${printType(type)}'`);
      if (m.variable && !outermost) {
        p.syntaxError(
          m.at,
          'variable length arrays are not supported',
          'the size must be a constant: use one, or allocate the memory',
        );
      }
      if (outermost) type = pointerTo(type, m.quals);
      else {
        if (type.size * m.length > Number.MAX_SAFE_INTEGER)
          p.syntaxError(at, `size of array ${what} is too large`);
        type = arrayOf(type, m.length);
      }
    } else {
      if (t.kind === 'array') p.syntaxError(at, `${what} declared as a function returning an array`);
      if (t.kind === 'function') p.syntaxError(at, `${what} declared as a function returning a function`);
      const params = m.params.map(({ name: n, type: paramType, at: paramAt }) => {
        if (strip(paramType).kind === 'void')
          p.error(paramAt, `parameter ${n ? `'${n}' ` : ''}has type void`);
        return { name: n, type: adjustParam(paramType) };
      });
      for (const [index, prm] of m.params.entries()) prm.type = params[index]!.type;
      type = functionType(
        unqualified(type) === strip(type) ? type : unqualified(type),
        params,
        m.variadic,
        m.oldStyle,
      );
    }
  }
  if (param) type = adjustParam(type);
  const declared: Declarator = { name, type, at: name ?? p.tok };
  const nearest = modifiers[0];
  if (nearest?.kind === 'function')
    declared.params = { list: nearest.params, scope: nearest.scope, oldStyle: nearest.oldStyle };
  return declared;
}

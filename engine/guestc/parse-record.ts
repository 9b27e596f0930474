/**
 * Struct, union and enum specifiers.
 */

import { layoutRecord, type Member } from '../cfront/layout.ts';
import type { Token } from '../cfront/lexer.ts';
import { printType } from '../cfront/printtype.ts';
import {
  type EnumType,
  INT,
  type IntType,
  isInteger,
  LONG,
  type RecordType,
  SCHAR,
  SHORT,
  strip,
  type Type,
  UCHAR,
  UINT,
  ULONG,
  USHORT,
} from '../cfront/types.ts';
import { noAttributes, parseAttributes } from './attributes.ts';
import { isComplete } from './check-types.ts';
import { parseStaticAssert } from './parse-decl.ts';
import { parseDeclarator } from './parse-declarator.ts';
import { parseConstant } from './parse-expr.ts';
import { parseSpecifiers } from './parse-type.ts';
import { type Parser, Recover } from './parser.ts';

export function parseRecord(p: Parser, kind: 'struct' | 'union'): RecordType {
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

export function parseEnum(p: Parser): EnumType {
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

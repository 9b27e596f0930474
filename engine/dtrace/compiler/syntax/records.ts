/** Structures, unions and enumerations, as they are declared member by member. */
import {
  type EnumType,
  type Field,
  INT,
  type IntType,
  type RecordType,
  type Type,
} from '../../../cfront/types.ts';
import { bitFieldType, bitsOf, enumValue, kindOf, resolve } from '../../dtypes.ts';
import { LibraryError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { cook } from '../cook/cook.ts';
import { ID_INLINE, ID_REF, Ident } from '../ident.ts';
import { assignType, dTypeName, isPositiveConstant, type Node } from '../node.ts';
import { intNode } from './create.ts';
import { type Decl, declSpec, declType, popScope, pushScope, resetDecl, settle } from './decl.ts';

/** Where definitions go: the D module, or C's inside an included file. */
export const definitions = (cx: Context): Map<string, Type> =>
  cx.includeDepth > 0 ? cx.types.c : cx.types.d;

/** A tag that is being defined belongs to the program: it cannot name another module. */
function checkTag(cx: Context, tag: string | undefined): void {
  if (tag?.includes('`'))
    cx.fail('D_DECL_SCOPE', `D scoping operator may not be used in a type name (${tag})`);
}

/** `struct tag {`: opens the record; members follow. */
export function declRecord(cx: Context, kind: 'struct' | 'union', tag: string | undefined): Decl {
  const d = declSpec(cx, kind, tag);
  checkTag(cx, tag);
  const key = `${kind} ${tag ?? '(anon)'}`;
  const defs = definitions(cx);
  const known = tag !== undefined ? defs.get(key) : undefined;
  if (known !== undefined && kindOf(known) !== 'forward')
    cx.fail('D_DECL_TYPERED', `type redeclared: ${key}`);
  const record: RecordType =
    known !== undefined && (known.kind === 'struct' || known.kind === 'union')
      ? known
      : { kind, tag: tag ?? '', fields: [], complete: false, size: 0, align: 1, quals: 0 };
  if (tag !== undefined) defs.set(key, record);
  d.type = record;
  pushScope(cx, record);
  return d;
}

/** `}` of a record. */
export function endRecord(cx: Context): Decl | undefined {
  const record = cx.decl.outer?.type;
  if (record !== undefined && (record.kind === 'struct' || record.kind === 'union')) {
    record.complete = true;
    record.size = Math.ceil(record.size / record.align) * record.align;
  } else if (record?.kind === 'enum') record.complete = true;
  return popScope(cx);
}

/** One member, with a width if it is a bit-field. */
export function declMember(cx: Context, width: Node | undefined): void {
  const outer = cx.decl.outer;
  if (outer === undefined) throw new LibraryError('EDT_NOSCOPE');
  const d = cx.decl.decl;
  if (d === undefined) throw new LibraryError('EDT_NODECL');
  const ident = cx.decl.ident;
  const record = outer.type as RecordType;
  const anonymousRecord =
    ident === undefined &&
    width === undefined &&
    (d.kind === 'struct' || d.kind === 'union') &&
    d.type !== undefined;
  if (width === undefined && ident === undefined && !anonymousRecord)
    cx.fail('D_DECL_MNAME', 'member declaration requires a name');
  settle(cx, d);
  let type = declType(cx, d);
  if (ident?.includes('`'))
    cx.fail('D_DECL_SCOPE', `D scoping operator may not be used in a member name (${ident})`);
  if (type === cx.types.dyn) cx.fail('D_DECL_DYNOBJ', `cannot have dynamic member: ${ident}`);
  const kind = kindOf(type);
  const size = resolve(type).size;
  if (kind === 'forward' || ((kind === 'struct' || kind === 'union') && size === 0))
    cx.fail('D_DECL_INCOMPLETE', `incomplete struct/union/enum ${dTypeName(cx, type)}: ${ident}`);
  if (size === 0 && kind !== 'array') cx.fail('D_DECL_VOIDOBJ', `cannot have void member: ${ident}`);
  let bitWidth: number | undefined;
  if (width !== undefined) {
    const w = cook(cx, width, ID_REF);
    const idname = ident ?? '(anon)';
    if (ident === undefined && w.kind === 'int' && w.value === 0n) {
      resetDecl(cx);
      return;
    }
    if (!isPositiveConstant(w))
      cx.fail('D_DECL_BFCONST', 'positive integral constant expression expected as bit-field size');
    if (kind !== 'int') cx.fail('D_DECL_BFTYPE', `invalid type for bit-field: ${idname}`);
    if (w.value > BigInt(bitsOf(type))) cx.fail('D_DECL_BFSIZE', `bit-field too big for type: ${idname}`);
    bitWidth = Number(w.value);
    type = bitFieldType(resolve(type) as IntType, bitWidth);
  }
  if (ident !== undefined && record.fields.some((f) => f.name === ident))
    cx.fail('D_UNKNOWN', `failed to define member '${ident}': Duplicate member name definition`);
  addMember(record, ident ?? '', type, bitWidth);
  cx.decl.ident = undefined;
  resetDecl(cx);
}

/** Place a member after the last: whole bytes, aligned to its (rounded) size; bit-fields are not packed. */
function addMember(record: RecordType, name: string, type: Type, bitWidth: number | undefined): void {
  const align = Math.max(type.align, 1);
  let offset = 0;
  if (record.kind === 'struct') {
    const last = record.fields.at(-1);
    const end = last === undefined ? 0 : last.offset + Math.ceil((last.bitWidth ?? last.type.size * 8) / 8);
    offset = Math.ceil(end / align) * align;
  }
  const field: Field = { name, type, offset };
  if (bitWidth !== undefined) {
    field.bitOffset = 0;
    field.bitWidth = bitWidth;
  }
  record.fields.push(field);
  record.size = Math.max(record.size, offset + type.size);
  record.align = Math.max(record.align, align);
}

export function declEnum(cx: Context, tag: string | undefined): Decl {
  const d = declSpec(cx, 'enum', tag);
  checkTag(cx, tag);
  const key = `enum ${tag ?? '(anon)'}`;
  const defs = definitions(cx);
  const known = tag !== undefined ? defs.get(key) : undefined;
  let type: EnumType;
  if (known?.kind === 'enum') {
    if (known.members.length !== 0) cx.fail('D_DECL_TYPERED', `type redeclared: ${key}`);
    type = known;
  } else {
    type = {
      kind: 'enum',
      tag: tag ?? '',
      members: [],
      base: INT,
      complete: false,
      size: 4,
      align: 4,
      quals: 0,
    };
    if (tag !== undefined) defs.set(key, type);
  }
  type.complete = true;
  d.type = type;
  pushScope(cx, type);
  return d;
}

/** An enumerator: a member of its enum, and a global constant. */
export function declEnumerator(cx: Context, name: string, expr: Node | undefined): void {
  const outer = cx.decl.outer;
  if (outer === undefined) throw new LibraryError('EDT_NOSCOPE');
  const type = outer.type as EnumType;
  const overflow = (): never =>
    cx.fail('D_DECL_ENOFLOW', `enumerator '${name}' value overflows INT_MAX (2147483647)`);
  let value = outer.enumValue + 1n;
  if (name.includes('`'))
    cx.fail('D_DECL_SCOPE', `D scoping operator may not be used in an enumerator name (${name})`);
  if (expr !== undefined) {
    const own = expr.kind === 'ident' ? enumValue(type, expr.name) : undefined;
    if (own !== undefined) value = own;
    else {
      const n = cook(cx, expr, ID_REF);
      if (n.kind !== 'int')
        cx.fail('D_DECL_ENCONST', `enumerator '${name}' must be assigned to an integral constant expression`);
      const v = BigInt.asIntN(64, n.value);
      if (v > 0x7fffffffn || v < -0x80000000n) overflow();
      value = v;
    }
  } else if (value > 0x7fffffffn) overflow();
  if (type.members.some((m) => m.name === name))
    cx.fail('D_UNKNOWN', `failed to define enumerator '${name}': Duplicate enum member name definition`);
  type.members.push({ name, value });
  outer.enumValue = value;
  if (cx.lookupGlobal(name) !== undefined) {
    if (cx.includeDepth === 0) cx.fail('D_DECL_IDRED', `identifier redeclared: ${name}`);
    return;
  }
  const id = new Ident(name, 'enum', ID_INLINE | ID_REF, 0, 'inline', cx.gen);
  const root = intNode(cx, BigInt.asUintN(64, value), { decimal: false, suffix: '', prefix: '' });
  assignType(cx, root, type);
  id.inline = { root, argv: [], locals: undefined };
  id.type = type;
  cx.insert(cx.globals, id);
}

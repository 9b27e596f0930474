/**
 * Declarations: C's specifiers and declarators as a stack, and the types that come out.
 *
 * While `const char *x[4]` is read, a chain grows with the outermost part on top: array 4 -> pointer -> "char". declType() walks it
 * down to a type. A new scope is pushed inside the braces of a struct, the brackets of an array and the parentheses of a function.
 */
import {
  arrayOf,
  type EnumType,
  INT,
  pointerTo,
  Q_CONST,
  Q_RESTRICT,
  Q_VOLATILE,
  qualified,
  type RecordType,
  type Type,
} from '../../../cfront/types.ts';
import { LIBRARY_ERRORS, LibraryError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { cook } from '../cook/cook.ts';
import { ID_REF } from '../ident.ts';
import { isDynamic, isPositiveConstant, isVoid, type Node, nodeTypeName } from '../node.ts';
import { definitions } from './records.ts';

export const DA_SIGNED = 1;
export const DA_UNSIGNED = 2;
export const DA_SHORT = 4;
export const DA_LONG = 8;
export const DA_LONGLONG = 16;
export const DA_CONST = 32;
export const DA_RESTRICT = 64;
export const DA_VOLATILE = 128;
export const DA_PAREN = 256;
export const DA_USER = 512;

export type DeclKind =
  | 'unknown'
  | 'integer'
  | 'float'
  | 'typedef'
  | 'struct'
  | 'union'
  | 'enum'
  | 'pointer'
  | 'array'
  | 'function';

export type StorageClass = '' | 'auto' | 'register' | 'static' | 'extern' | 'typedef' | 'self' | 'this';

export class Decl {
  kind: DeclKind;
  attr = 0;
  name: string | undefined;
  type: Type | undefined = undefined;
  /** Array: the dimension, or the list of key types; function: parameters. */
  nodes: Node[] | undefined = undefined;
  next: Decl | undefined = undefined;
  constructor(kind: DeclKind, name?: string) {
    this.kind = kind;
    this.name = name;
  }
}

export class DeclScope {
  decl: Decl | undefined = undefined;
  outer: DeclScope | undefined = undefined;
  ident: string | undefined = undefined;
  class: StorageClass = '';
  /** Struct, union or enum whose members are being declared. */
  type: Type | undefined = undefined;
  enumValue = -1n;
}

/** A name that a type has: an intrinsic, a typedef. */
export function typeExists(cx: Context, name: string): boolean {
  try {
    return cx.types.lookup(name, cx.includeDepth > 0 ? 'C' : undefined) !== undefined;
  } catch (e) {
    if (e instanceof LibraryError) return false;
    throw e;
  }
}

export function lookupType(cx: Context, spelling: string): Type | undefined {
  return cx.types.lookup(spelling, cx.includeDepth > 0 ? 'C' : undefined);
}

export function pushScope(cx: Context, type: Type | undefined): void {
  const inner = new DeclScope();
  inner.outer = cx.decl;
  cx.decl.type = type;
  cx.decl = inner;
}

export function popScope(cx: Context): Decl | undefined {
  const outer = cx.decl.outer;
  if (outer === undefined) throw new LibraryError('EDT_NOSCOPE');
  cx.decl = outer;
  return outer.decl;
}

function check(cx: Context, d: Decl): Decl {
  if (d.kind === 'unknown') return d;
  if (d.name === 'char' && d.attr & (DA_SHORT | DA_LONG | DA_LONGLONG))
    cx.fail('D_DECL_CHARATTR', 'invalid type declaration: short and long may not be used with char type');
  if (d.name === 'void' && d.attr & (DA_SHORT | DA_LONG | DA_LONGLONG | DA_SIGNED | DA_UNSIGNED))
    cx.fail('D_DECL_VOIDATTR', 'invalid type declaration: attributes may not be used with void type');
  if (d.kind !== 'integer' && d.attr & (DA_SIGNED | DA_UNSIGNED))
    cx.fail(
      'D_DECL_SIGNINT',
      'invalid type declaration: signed and unsigned may only be used with integer type',
    );
  if (d.kind !== 'integer' && d.kind !== 'float' && d.attr & (DA_LONG | DA_LONGLONG))
    cx.fail(
      'D_DECL_LONGINT',
      'invalid type declaration: long and long long may only be used with integer or floating-point type',
    );
  return d;
}

/** Specifiers without a base type mean int. */
export function settle(cx: Context, d: Decl): void {
  if (d.kind === 'unknown' && d.name === undefined) {
    d.kind = 'integer';
    check(cx, d);
  }
}

export function pushDecl(cx: Context, d: Decl): Decl {
  const top = cx.decl.decl;
  if (top !== undefined) settle(cx, top);
  d.next = top;
  cx.decl.decl = d;
  return d;
}

export function topDecl(cx: Context): Decl {
  const d = cx.decl.decl;
  if (d === undefined) throw new LibraryError('EDT_NODECL');
  settle(cx, d);
  return d;
}

/** Take the finished declaration; the scope is ready for the next. */
export function popDecl(cx: Context): Decl {
  const d = topDecl(cx);
  const s = cx.decl;
  s.decl = undefined;
  s.ident = undefined;
  s.type = undefined;
  s.class = '';
  s.enumValue = -1n;
  return d;
}

/** As popDecl for a parameter: its name too. */
export function popParam(cx: Context): { decl: Decl; name: string | undefined } {
  const s = cx.decl;
  if (s.class !== '' && s.class !== 'register')
    cx.fail('D_DECL_PARMCLASS', 'inappropriate storage class for function or associative array parameter');
  topDecl(cx);
  const name = s.ident;
  return { decl: popDecl(cx), name };
}

/** Keep only the specifiers: the next declarator of the list starts from them. */
export function resetDecl(cx: Context): void {
  let d = cx.decl.decl;
  while (d?.next !== undefined) d = d.next;
  cx.decl.decl = d;
}

export function declIdent(cx: Context, name: string): Decl {
  const s = cx.decl;
  if (s.ident !== undefined) cx.fail('D_DECL_IDENT', 'old-style declaration or incorrect type specified');
  s.ident = name;
  return s.decl ?? pushDecl(cx, new Decl('unknown'));
}

export function declClass(cx: Context, cls: StorageClass): void {
  if (cx.decl.class !== '') cx.fail('D_DECL_CLASS', 'only one storage class allowed in a declaration');
  cx.decl.class = cls;
}

export function declSpec(cx: Context, kind: DeclKind, name: string | undefined): Decl {
  const d = cx.decl.decl;
  if (d === undefined) return pushDecl(cx, new Decl(kind, name));
  if (d.name !== undefined && kind === 'typedef') {
    if (cx.decl.class !== 'typedef') return declIdent(cx, name!);
    cx.fail('D_DECL_IDRED', `identifier redeclared: ${name}`);
  }
  if (d.name !== undefined || d.kind !== 'unknown') cx.fail('D_DECL_COMBO', 'invalid type combination');
  d.kind = kind;
  d.name = name;
  return check(cx, d);
}

export function declAttr(cx: Context, attr: number): Decl {
  const d = cx.decl.decl;
  if (d === undefined) {
    const n = pushDecl(cx, new Decl('unknown'));
    n.attr = attr;
    return n;
  }
  if (attr & DA_LONG && d.attr & DA_LONGLONG)
    cx.fail('D_DECL_COMBO', "the attribute 'long' may only be used at most twice in a declaration");
  for (const [bit, word] of [
    [DA_SHORT, 'short'],
    [DA_SIGNED, 'signed'],
    [DA_UNSIGNED, 'unsigned'],
  ] as const)
    if (attr & bit && d.attr & bit)
      cx.fail('D_DECL_COMBO', `the attribute '${word}' may only be used at most once in a declaration`);
  if (attr === DA_LONG && d.attr & DA_LONG) {
    d.attr &= ~DA_LONG;
    attr = DA_LONGLONG;
  }
  d.attr |= attr;
  return check(cx, d);
}

/**
 * Check a list of parameters: of an array's key, a function, an inline. `formal` is the list whose names they must repeat, or the list
 * itself when names must be unique. Returns how many there are; (void) counts as none.
 */
export function checkPrototype(
  cx: Context,
  list: Node[],
  formal: Node[],
  kind: string,
  allow: { varargs?: boolean; void?: boolean; anonymous?: boolean },
): number {
  const form = list !== formal;
  let voids = 0;
  list.forEach((n, index) => {
    const i = index + 1;
    const shown = n.hasName ? n.name : '(anonymous)';
    if (n.varargs) {
      if (!allow.varargs)
        cx.fail('D_DECL_PROTO_VARARGS', `${kind} prototype may not use a variable-length argument list`, n);
      return;
    }
    if (isDynamic(cx, n))
      cx.fail(
        'D_DECL_PROTO_TYPE',
        `${kind} prototype may not use parameter of type ${nodeTypeName(cx, n)}: ${shown}, parameter #${i}`,
        n,
      );
    const isV = isVoid(cx, n);
    if (isV) voids++;
    if (isV && !allow.void)
      cx.fail(
        'D_DECL_PROTO_TYPE',
        `${kind} prototype may not use parameter of type ${nodeTypeName(cx, n)}: ${shown}, parameter #${i}`,
        n,
      );
    if (isV && n.hasName) cx.fail('D_DECL_PROTO_NAME', `void parameter may not have a name: ${n.name}`, n);
    if (n.hasName) {
      const earlier = form ? formal : list.slice(0, index);
      const found = earlier.some((f) => f.hasName && f.name === n.name);
      if (found !== form)
        cx.fail(
          'D_DECL_PROTO_FORM',
          `parameter is ${form ? 'not' : 'already'} declared in ${kind} prototype: ${n.name}, parameter #${i}`,
          n,
        );
    } else if (!isV && !allow.anonymous)
      cx.fail('D_DECL_PROTO_NAME', `parameter declaration requires a name: parameter #${i}`, n);
  });
  if (voids !== 0 && list.length > 1) cx.fail('D_DECL_PROTO_VOID', 'void must be sole parameter');
  return voids ? 0 : list.length;
}

/** `[]`, `[8]` or `[int, string]`: nodes is undefined, one expression, or types. */
export function declArray(cx: Context, nodes: Node[] | undefined): Decl {
  const d = pushDecl(cx, new Decl('array'));
  // int x[3][5] is 3 arrays of 5: a later dimension goes below the earlier ones
  let bottom = d;
  while (bottom.next !== undefined && bottom.next.kind === 'array') bottom = bottom.next;
  if (bottom !== d) {
    if (nodes !== undefined && nodes[0]?.kind === 'type')
      cx.fail('D_DECL_DYNOBJ', 'cannot declare array of associative arrays');
    cx.decl.decl = d.next;
    d.next = bottom.next;
    bottom.next = d;
  }
  if (d.next?.name === 'void' && d.next.kind === 'integer')
    cx.fail('D_DECL_VOIDOBJ', 'cannot declare array of void');
  if (nodes === undefined) return d;
  if (nodes[0].kind === 'type') {
    d.nodes = nodes;
    checkPrototype(cx, nodes, nodes, 'array', { anonymous: true });
    return d;
  }
  const n = cook(cx, nodes[0], ID_REF);
  d.nodes = [n];
  if (!isPositiveConstant(n))
    cx.fail(
      'D_DECL_ARRSUB',
      'positive integral constant expression or tuple signature expected as array declaration subscript',
    );
  if (n.value > 0xffffffffn) cx.fail('D_DECL_ARRBIG', 'array dimension too big');
  return d;
}

/** A function declarator. For `(*f)(...)` it goes below the pointer that the parentheses hold. */
export function declFunction(cx: Context, inside: Decl | undefined, params: Node[]): Decl {
  const d = new Decl('function');
  d.nodes = params;
  checkPrototype(cx, params, params, 'function', { varargs: true, void: true, anonymous: true });
  if (inside === undefined || inside.kind !== 'pointer') return pushDecl(cx, d);
  let p = inside;
  while (p.next !== undefined && !(p.next.attr & DA_PAREN)) p = p.next;
  if (p.next === undefined) return pushDecl(cx, d);
  d.next = p.next;
  p.next = d;
  return p;
}

export const declPointer = (cx: Context): Decl => pushDecl(cx, new Decl('pointer'));

const qualsOf = (attr: number): number =>
  (attr & DA_CONST ? Q_CONST : 0) |
  (attr & DA_VOLATILE ? Q_VOLATILE : 0) |
  (attr & DA_RESTRICT ? Q_RESTRICT : 0);

/** The type that a declaration chain says. A tag that is not known yet becomes a forward declaration. */
export function declType(cx: Context, d: Decl): Type {
  if (d.type !== undefined) return d.type;
  switch (d.kind) {
    case 'function':
      return cx.types.func;
    case 'pointer': {
      if (d.next!.kind === 'function') return cx.types.fptr;
      const target = declType(cx, d.next!);
      return pointerTo(target, qualsOf(d.attr));
    }
    case 'array': {
      if (d.nodes !== undefined && d.nodes[0].kind === 'type') return cx.types.dyn;
      const element = declType(cx, d.next!);
      return arrayOf(element, d.nodes !== undefined ? Number(d.nodes[0].value) : 0);
    }
    default:
  }
  let name = '';
  if (d.kind === 'integer' || d.kind === 'float') {
    if (d.attr & DA_SIGNED) name += 'signed ';
    if (d.attr & DA_UNSIGNED) name += 'unsigned ';
    if (d.attr & DA_SHORT) name += 'short ';
    if (d.attr & DA_LONG) name += 'long ';
    if (d.attr & DA_LONGLONG) name += 'long long ';
    if ((d.attr & ~(DA_CONST | DA_VOLATILE | DA_RESTRICT)) === 0 && d.name === undefined) name += 'int';
  } else if (d.kind === 'struct' || d.kind === 'union' || d.kind === 'enum') name = `${d.kind} `;
  if (d.name !== undefined && (d.kind !== 'integer' || (d.attr & (DA_SHORT | DA_LONG | DA_LONGLONG)) === 0))
    name += d.name;
  name = name.trimEnd();
  const quals = d.attr & DA_CONST ? Q_CONST : 0;
  let found: Type | undefined;
  try {
    found = lookupType(cx, name);
  } catch (e) {
    if (!(e instanceof LibraryError)) throw e;
    cx.fail('D_UNKNOWN', `failed to resolve type ${name}: ${e.message}`);
  }
  if (found !== undefined) {
    if (quals === 0 || found === cx.types.string || found.kind === 'struct' || found.kind === 'union')
      return found;
    return qualified(found, quals);
  }
  if (d.kind === 'struct' || d.kind === 'union') {
    const fwd: RecordType = {
      kind: d.kind,
      tag: d.name!,
      fields: [],
      complete: false,
      size: 0,
      align: 1,
      quals: 0,
    };
    definitions(cx).set(name, fwd);
    d.type = fwd;
    return fwd;
  }
  if (d.kind === 'enum') {
    const fwd: EnumType = {
      kind: 'enum',
      tag: d.name!,
      members: [],
      base: INT,
      complete: false,
      size: 4,
      align: 4,
      quals: 0,
    };
    definitions(cx).set(name, fwd);
    d.type = fwd;
    return fwd;
  }
  return cx.fail('D_UNKNOWN', `failed to resolve type ${name}: ${LIBRARY_ERRORS.EDT_NOTYPE}`);
}

/**
 * D's types: C's types (engine/cfront/types.ts) and the few of D's own, kept in modules.
 *
 * A name is looked up in module `D` (declared by the program), `C` (intrinsics and what included C files declare), then in
 * the guest's modules; ``struct kernel`proc`` or ``D`foo_t`` names one. D's own types (string, dynamic, stack, symbol addresses) are told
 * apart by identity. A bit-field's type is an integer type with `bits`: its size is what a load of it takes.
 */
import {
  arrayOf,
  CHAR,
  DOUBLE,
  type EnumType,
  type Field,
  FLOAT,
  functionType,
  INT,
  type IntType,
  identity,
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
  type Type,
  type TypedefType,
  UCHAR,
  UINT,
  ULLONG,
  ULONG,
  USHORT,
  VOID,
} from '../cfront/types.ts';
import { LibraryError } from './errors.ts';

/** An integer type that is a bit-field's: `bits` wide. */
export interface BitType extends IntType {
  bits: number;
}

export const CTF_K = {
  unknown: 0,
  integer: 1,
  float: 2,
  pointer: 3,
  array: 4,
  function: 5,
  struct: 6,
  union: 7,
  enum: 8,
  forward: 9,
  typedef: 10,
} as const;

export const typedefOf = (name: string, target: Type): TypedefType => ({
  kind: 'typedef',
  name,
  target,
  size: target.size,
  align: target.align,
  quals: 0,
});

/** Without typedefs. */
export function resolve(type: Type): Exclude<Type, TypedefType> {
  let t = type;
  while (t.kind === 'typedef') t = t.target;
  return t;
}

/** The kind of the resolved type, with forward tags told apart. */
export type Kind = Exclude<Type, TypedefType>['kind'] | 'forward';
export function kindOf(type: Type): Kind {
  const t = resolve(type);
  if ((t.kind === 'struct' || t.kind === 'union' || t.kind === 'enum') && !t.complete) return 'forward';
  return t.kind;
}

export function ctfKind(type: Type): number {
  const k = kindOf(type);
  if (k === 'int' || k === 'void') return CTF_K.integer;
  return CTF_K[k];
}

/** What a pointer or array refers to. */
export function referent(type: Type): Type {
  const t = resolve(type);
  if (t.kind === 'pointer') return t.target;
  if (t.kind === 'array') return t.element;
  throw new Error(`dtrace: no referent of ${typeName(type)}`);
}

export function bitsOf(type: Type): number {
  const t = resolve(type);
  if (t.kind === 'int') return (t as BitType).bits ?? t.size * 8;
  return t.size * 8;
}

export const isSignedType = (type: Type): boolean => {
  const t = resolve(type);
  return t.kind === 'int' ? t.signed : false;
};

const isChar = (type: Type): boolean => {
  const t = resolve(type);
  return t.kind === 'int' && t.rank === 1 && (t as BitType).bits === undefined;
};

export { isChar };

const qualifiers = (quals: number): string =>
  (quals & Q_CONST ? 'const ' : '') +
  (quals & Q_VOLATILE ? 'volatile ' : '') +
  (quals & Q_RESTRICT ? 'restrict ' : '');

/** The type's name in C's notation for a type name: `char *`, `int [4]`, `struct proc *`. */
export function typeName(type: Type): string {
  return declare(type, '', 'base');
}

function declare(type: Type, inner: string, outer: 'base' | 'pointer' | 'array' | 'function'): string {
  const join = (base: string): string => (inner === '' ? base : `${base} ${inner}`);
  switch (type.kind) {
    case 'pointer': {
      const q = qualifiers(type.quals).trimEnd();
      return declare(type.target, `*${q}${q && inner ? ' ' : ''}${inner}`, 'pointer');
    }
    case 'array': {
      const dim = `[${type.length < 0 ? '' : type.length}]`;
      return declare(type.element, (outer === 'pointer' ? `(${inner})` : inner) + dim, 'array');
    }
    case 'function':
      return declare(type.returns, `${outer === 'pointer' ? `(${inner})` : inner}()`, 'function');
    case 'struct':
    case 'union':
      return join(`${qualifiers(type.quals)}${type.kind} ${type.tag === '' ? '(anon)' : type.tag}`);
    case 'enum':
      return join(`${qualifiers(type.quals)}enum ${type.tag === '' ? '(anon)' : type.tag}`);
    case 'void':
      return join(`${qualifiers(type.quals)}void`);
    default:
      return join(`${qualifiers(type.quals)}${type.name}`);
  }
}

/** Same type: records and enums by identity or tag and layout, all else by structure, typedefs by name. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b || identity(a) === identity(b)) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'typedef':
      return a.name === (b as TypedefType).name && typesCompatible(a.target, (b as TypedefType).target);
    case 'int': {
      const o = b as IntType;
      return a.name === o.name && a.size === o.size && bitsOf(a) === bitsOf(o);
    }
    case 'float':
      return a.name === (b as typeof a).name;
    case 'void':
      return true;
    case 'pointer':
      return sameType(a.target, (b as typeof a).target);
    case 'array':
      return a.length === (b as typeof a).length && sameType(a.element, (b as typeof a).element);
    case 'function':
      return true;
    case 'struct':
    case 'union':
      return a.tag !== '' && a.tag === (b as RecordType).tag && a.size === (b as RecordType).size;
    case 'enum':
      return a.tag !== '' && a.tag === (b as EnumType).tag;
  }
}

/** Compatible in the sense of assignment without conversion: the same once typedefs and qualifiers are taken off. */
export function typesCompatible(a: Type, b: Type): boolean {
  const x = identity(resolve(a));
  const y = identity(resolve(b));
  if (x === y) return true;
  const kx = kindOf(x);
  const ky = kindOf(y);
  if (kx === 'forward' || ky === 'forward') {
    return (
      x.kind === y.kind && (x as RecordType).tag === (y as RecordType).tag && (x as RecordType).tag !== ''
    );
  }
  if (kx !== ky) return false;
  switch (x.kind) {
    case 'int':
      return x.name === (y as IntType).name && bitsOf(x) === bitsOf(y) && x.signed === (y as IntType).signed;
    case 'float':
      return x.name === (y as typeof x).name;
    case 'void':
      return x.size === y.size && !('special' in x) && !('special' in y);
    case 'pointer':
      return typesCompatible(x.target, (y as typeof x).target);
    case 'array':
      return typesCompatible(x.element, (y as typeof x).element) && x.length === (y as typeof x).length;
    case 'struct':
    case 'union':
      return x.tag === (y as RecordType).tag && x.tag !== '' && x.size === y.size;
    case 'enum':
      return x.tag !== '' && x.tag === (y as EnumType).tag;
    default:
      return false;
  }
}

/** A member by name, seen through anonymous members. Its offset is in bits. */
export interface Member {
  type: Type;
  bitOffset: number;
}

export function memberOf(type: Type, name: string): Member | undefined {
  const t = resolve(type);
  if (t.kind !== 'struct' && t.kind !== 'union') return undefined;
  for (const f of t.fields) if (f.name === name) return fieldMember(f);
  for (const f of t.fields) {
    if (f.name !== '') continue;
    const inner = memberOf(f.type, name);
    if (inner !== undefined) return { type: inner.type, bitOffset: f.offset * 8 + inner.bitOffset };
  }
  return undefined;
}

/** The power of two that is not below x. */
export const powerOfTwo = (x: number): number => {
  let p = 1;
  while (p < x) p *= 2;
  return p;
};

/** An integer type of `bits` bits; whole power-of-two widths are plain smaller integers. */
export function bitFieldType(base: IntType, bits: number): BitType {
  const size = powerOfTwo(Math.ceil(bits / 8));
  return {
    kind: 'int',
    name: base.name,
    size,
    align: size,
    signed: base.signed,
    rank: base.rank,
    bits,
    quals: base.quals,
  };
}

export function fieldMember(f: Field): Member {
  if (f.bitWidth === undefined) return { type: f.type, bitOffset: f.offset * 8 };
  const t = resolve(f.type);
  const base = t.kind === 'enum' ? t.base : (t as IntType);
  return { type: bitFieldType(base, f.bitWidth), bitOffset: f.offset * 8 + (f.bitOffset ?? 0) };
}

/** Enumerator's value in an enum type. */
export function enumValue(type: Type, name: string): bigint | undefined {
  const t = resolve(type);
  if (t.kind !== 'enum') return undefined;
  return t.members.find((m) => m.name === name)?.value;
}

const INTS: Type[] = [CHAR, SCHAR, UCHAR, SHORT, USHORT, INT, UINT, LONG, ULONG, LLONG, ULLONG];

/** Canonical name of an integer type from its words in any order. */
function canonicalInteger(words: string[]): Type | undefined {
  let sign = '';
  let long = 0;
  let short = 0;
  let base = '';
  for (const w of words) {
    if (w === 'signed' || w === 'unsigned') {
      if (sign !== '') return undefined;
      sign = w;
    } else if (w === 'long') long++;
    else if (w === 'short') short++;
    else if (w === 'int' || w === 'char' || w === 'double' || w === 'float' || w === 'void') {
      if (base !== '') return undefined;
      base = w;
    } else return undefined;
  }
  const unsigned = sign === 'unsigned';
  if (base === 'void') return words.length === 1 ? VOID : undefined;
  if (base === 'float') return words.length === 1 ? FLOAT : undefined;
  if (base === 'double')
    return sign === '' && short === 0 && long < 2 ? (long ? LDOUBLE : DOUBLE) : undefined;
  if (base === 'char') {
    if (long || short) return undefined;
    return sign === 'signed' ? SCHAR : unsigned ? UCHAR : CHAR;
  }
  if (short > 1 || long > 2 || (short && long)) return undefined;
  if (short) return unsigned ? USHORT : SHORT;
  if (long === 2) return unsigned ? ULLONG : LLONG;
  if (long === 1) return unsigned ? ULONG : LONG;
  return unsigned ? UINT : INT;
}

/** Names the compiler itself relies on when the guest has no such type. */
const FALLBACKS: [string, Type][] = [
  ['uid_t', UINT],
  ['gid_t', UINT],
  ['dev_t', ULONG],
  ['in_addr_t', UINT],
  ['ipaddr_t', UINT],
];

const WORD = /^\w+$/;

/** A tag without its definition. */
const isForward = (t: Type): boolean => t.kind !== 'typedef' && kindOf(t) === 'forward';

/** Types of one guest module: names as written in C ('struct thread', 'size_t'). */
export type TypeNames = Pick<ReadonlyMap<string, Type>, 'get'>;

export class TypeWorld {
  /** Declared by D programs. */
  readonly d = new Map<string, Type>();
  /** Declared by included C files. */
  readonly c = new Map<string, Type>();
  readonly modules = new Map<string, TypeNames>();
  private readonly intrinsics = new Map<string, Type>();
  private readonly fallbacks = new Map<string, Type>(FALLBACKS.map(([n, t]) => [n, typedefOf(n, t)]));

  readonly string: TypedefType;
  readonly dyn: Type = special('<DYN>');
  readonly stack: Type = special('stack');
  readonly symaddr: Type = special('_symaddr');
  readonly usymaddr: Type = special('_usymaddr');
  readonly func: Type = functionType(VOID, [], true);
  readonly fptr: Type = pointerTo(this.func);
  readonly int = INT;
  readonly void = VOID;
  readonly int64: Type;
  readonly size: Type;
  readonly ptrdiff: Type;

  constructor(strsize: number) {
    for (const t of INTS) this.intrinsics.set((t as IntType).name, t);
    this.string = typedefOf('string', arrayOf(CHAR, strsize));
    const td = (name: string, target: Type): Type => {
      const t = typedefOf(name, target);
      this.intrinsics.set(name, t);
      return t;
    };
    td('int8_t', SCHAR);
    td('int16_t', SHORT);
    td('int32_t', INT);
    this.int64 = td('int64_t', LONG);
    td('intptr_t', LONG);
    td('ssize_t', LONG);
    td('uint8_t', UCHAR);
    td('uint16_t', USHORT);
    td('uint32_t', UINT);
    td('uint64_t', ULONG);
    td('uchar_t', UCHAR);
    td('ushort_t', USHORT);
    td('uint_t', UINT);
    td('ulong_t', ULONG);
    td('u_longlong_t', ULLONG);
    this.ptrdiff = td('ptrdiff_t', LONG);
    td('uintptr_t', ULONG);
    this.size = td('size_t', ULONG);
    td('id_t', INT);
    td('pid_t', INT);
    this.intrinsics.set('string', this.string);
    this.intrinsics.set('stack', this.stack);
    this.intrinsics.set('_symaddr', this.symaddr);
    this.intrinsics.set('_usymaddr', this.usymaddr);
  }

  /** `-x strsize` (or its pragma) changes what a string takes from here on. */
  setStringSize(strsize: number): void {
    this.string.target = arrayOf(CHAR, strsize);
    this.string.size = strsize;
  }

  isStringType(t: Type): boolean {
    return t === this.string;
  }

  /** One name without pointers: a typedef, a tag, or words of an integer type. */
  private base(name: string, module: string | undefined): Type | undefined {
    if (module !== undefined) {
      if (module === 'D') return this.d.get(name) ?? this.intrinsics.get(name);
      if (module === 'C') return this.c.get(name) ?? this.intrinsics.get(name);
      const names = this.modules.get(module);
      return names?.get(name) ?? (names ? this.intrinsics.get(name) : undefined);
    }
    const own = this.d.get(name) ?? this.c.get(name) ?? this.intrinsics.get(name);
    if (own !== undefined && !isForward(own)) return own;
    let forward = own;
    const seek = (names: TypeNames): Type | undefined => {
      const t = names.get(name);
      if (t === undefined || !isForward(t)) return t;
      forward ??= t;
      return undefined;
    };
    const c = this.c.get(name);
    if (c !== undefined && !isForward(c)) return c;
    for (const names of this.modules.values()) {
      const t = seek(names);
      if (t !== undefined) return t;
    }
    return seek(this.fallbacks) ?? forward;
  }

  /**
   * A type by its spelling: words, tags, ``module` ``, trailing stars and array dimensions. Undefined if there is none. With `module`, only
   * there. Throws when the scoping operator is misused.
   */
  lookup(spelling: string, module?: string): Type | undefined {
    if (WORD.test(spelling)) return this.base(spelling, module) ?? canonicalInteger([spelling]);
    const m = /^([^*[]*)([*\s]*)((?:\s*\[\d*\])*)\s*$/.exec(spelling.trim());
    if (m === null) return undefined;
    const words = m[1]
      .trim()
      .split(/\s+/)
      .filter((w) => w !== 'const' && w !== 'volatile' && w !== 'restrict');
    if (words.length === 0 || words[0] === '') return undefined;
    const stars = m[2].replace(/\s/g, '').length;
    let scope = module;
    for (let i = 0; i < words.length; i++) {
      const tick = words[i].indexOf('`');
      if (tick < 0) continue;
      if (words[i].indexOf('`', tick + 1) >= 0) throw new LibraryError('EDT_BADSCOPE');
      scope = words[i].slice(0, tick);
      words[i] = words[i].slice(tick + 1);
    }
    let t: Type | undefined;
    if (words.length === 1) t = this.base(words[0], scope) ?? canonicalInteger(words);
    else if (words[0] === 'struct' || words[0] === 'union' || words[0] === 'enum')
      t = words.length === 2 ? this.base(words.join(' '), scope) : undefined;
    else t = canonicalInteger(words);
    if (t === undefined) return undefined;
    if (/\bconst\b/.test(m[1]) && t !== this.string) t = qualified(t, Q_CONST);
    for (let i = 0; i < stars; i++) t = pointerTo(t);
    const dims = [...m[3].matchAll(/\[(\d*)\]/g)].map((d) => (d[1] === '' ? 0 : Number(d[1])));
    for (const dim of dims.reverse()) t = arrayOf(t, dim);
    return t;
  }
}

function special(name: string): Type {
  return { kind: 'void', size: 0, align: 1, quals: 0, special: name } as Type;
}

/** The C types of integer constants, smallest first, with the largest value of each. */
export const CONSTANT_TYPES: readonly { type: Type; limit: bigint }[] = [
  { type: INT, limit: 0x7fffffffn },
  { type: UINT, limit: 0xffffffffn },
  { type: LONG, limit: 0x7fffffffffffffffn },
  { type: ULONG, limit: 0xffffffffffffffffn },
  { type: LLONG, limit: 0x7fffffffffffffffn },
  { type: ULLONG, limit: 0xffffffffffffffffn },
];

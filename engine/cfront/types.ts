/**
 * C's types and their layout on LP64, shared by guest C and D.
 *
 * Types are plain objects compared by structure (records and enums by identity). Sizes and alignments are bytes. A record may
 * be completed after it was made (forward declaration), so size and align of a record are mutable until `complete`.
 */

export const Q_CONST = 1;
export const Q_VOLATILE = 2;
export const Q_RESTRICT = 4;

interface TypeBase {
  /** sizeof; 0 for void, functions and incomplete types. */
  size: number;
  align: number;
  /** Q_ bits. */
  quals: number;
}

export interface VoidType extends TypeBase {
  kind: 'void';
}
export interface IntType extends TypeBase {
  kind: 'int';
  /** Canonical spelling: 'char', 'unsigned long', '_Bool'. */
  name: string;
  signed: boolean;
  /** Conversion rank: _Bool 0, char 1, short 2, int 3, long 4, long long 5. */
  rank: number;
}
export interface FloatType extends TypeBase {
  kind: 'float';
  name: 'float' | 'double' | 'long double';
}
export interface PointerType extends TypeBase {
  kind: 'pointer';
  target: Type;
}
export interface ArrayType extends TypeBase {
  kind: 'array';
  element: Type;
  /** Elements; -1 when not known yet ([]). */
  length: number;
}
export interface FunctionType extends TypeBase {
  kind: 'function';
  returns: Type;
  params: { name: string; type: Type }[];
  variadic: boolean;
  /** Declared as f(): parameters unknown. */
  oldStyle: boolean;
}
export interface Field {
  /** '' for an anonymous member. */
  name: string;
  type: Type;
  /** Byte offset of the member, or of the storage unit that a bit-field is read through. */
  offset: number;
  /** Bit-field: first bit within the storage unit (little-endian) and width. */
  bitOffset?: number;
  bitWidth?: number;
}
export interface RecordType extends TypeBase {
  kind: 'struct' | 'union';
  /** '' if it has none. */
  tag: string;
  fields: Field[];
  complete: boolean;
}
export interface EnumType extends TypeBase {
  kind: 'enum';
  tag: string;
  members: { name: string; value: bigint }[];
  /** The integer type it is represented by. */
  base: IntType;
  complete: boolean;
}
/** A typedef keeps its name for printing; `strip` removes it. */
export interface TypedefType extends TypeBase {
  kind: 'typedef';
  name: string;
  target: Type;
}

export type Type =
  | VoidType
  | IntType
  | FloatType
  | PointerType
  | ArrayType
  | FunctionType
  | RecordType
  | EnumType
  | TypedefType;

const int = (name: string, size: number, signed: boolean, rank: number): IntType => ({
  kind: 'int',
  name,
  size,
  align: size,
  signed,
  rank,
  quals: 0,
});

export const VOID: VoidType = { kind: 'void', size: 0, align: 1, quals: 0 };
export const BOOL = int('_Bool', 1, false, 0);
export const CHAR = int('char', 1, true, 1);
export const SCHAR = int('signed char', 1, true, 1);
export const UCHAR = int('unsigned char', 1, false, 1);
export const SHORT = int('short', 2, true, 2);
export const USHORT = int('unsigned short', 2, false, 2);
export const INT = int('int', 4, true, 3);
export const UINT = int('unsigned int', 4, false, 3);
export const LONG = int('long', 8, true, 4);
export const ULONG = int('unsigned long', 8, false, 4);
export const LLONG = int('long long', 8, true, 5);
export const ULLONG = int('unsigned long long', 8, false, 5);
export const FLOAT: FloatType = { kind: 'float', name: 'float', size: 4, align: 4, quals: 0 };
export const DOUBLE: FloatType = { kind: 'float', name: 'double', size: 8, align: 8, quals: 0 };
/** 8 bytes here, where gcc has 16. */
export const LDOUBLE: FloatType = { kind: 'float', name: 'long double', size: 8, align: 8, quals: 0 };

export const pointerTo = (target: Type, quals = 0): PointerType => ({
  kind: 'pointer',
  target,
  size: 8,
  align: 8,
  quals,
});
export const arrayOf = (element: Type, length: number): ArrayType => ({
  kind: 'array',
  element,
  length,
  size: length < 0 ? 0 : element.size * length,
  align: element.align,
  quals: 0,
});
export const functionType = (
  returns: Type,
  params: { name: string; type: Type }[],
  variadic = false,
  oldStyle = false,
): FunctionType => ({ kind: 'function', returns, params, variadic, oldStyle, size: 0, align: 1, quals: 0 });

/** Without typedef names (outermost only); qualifiers of the typedef are added to the target's. */
export function strip(type: Type): Exclude<Type, TypedefType> {
  let quals = 0;
  while (type.kind === 'typedef') {
    quals |= type.quals;
    type = type.target;
  }
  return quals & ~type.quals ? (qualified(type, quals) as Exclude<Type, TypedefType>) : type;
}

/**
 * The same type with more qualifiers. A record or enum keeps its identity: `identity` gives the object that was declared.
 * An array's qualifiers are its element's.
 */
export function qualified(type: Type, quals: number): Type {
  if ((type.quals | quals) === type.quals) return type;
  if (type.kind === 'array') {
    const copy = { ...type };
    copy.element = qualified(type.element, quals);
    return copy;
  }
  const copy = Object.create(type) as Type; // shares size and fields of a record completed later
  copy.quals = type.quals | quals;
  return copy;
}

/** The type object that `qualified` copies were made of: records and enums are the same type if this is the same. */
export function identity<T extends Type>(type: T): T {
  for (;;) {
    const proto = Object.getPrototypeOf(type) as T;
    if (!('kind' in proto)) return type;
    type = proto;
  }
}

/** Without qualifiers. */
export function unqualified(type: Type): Type {
  const t = strip(type);
  if (t.quals === 0) return t;
  const declared = identity<Type>(t);
  return declared.quals === 0 ? declared : ({ ...declared, quals: 0 } as Type);
}

export const isInteger = (t: Type): boolean => {
  const s = strip(t);
  return s.kind === 'int' || s.kind === 'enum';
};
export const isArithmetic = (t: Type): boolean => isInteger(t) || strip(t).kind === 'float';
export const isPointer = (t: Type): boolean => strip(t).kind === 'pointer';
export const isScalar = (t: Type): boolean => isArithmetic(t) || isPointer(t);
export const isRecord = (t: Type): boolean => {
  const s = strip(t);
  return s.kind === 'struct' || s.kind === 'union';
};
/** Signedness of an integer, enum or pointer (pointers are unsigned). */
export function isSigned(t: Type): boolean {
  const s = strip(t);
  if (s.kind === 'int') return s.signed;
  if (s.kind === 'enum') return s.base.signed;
  return false;
}

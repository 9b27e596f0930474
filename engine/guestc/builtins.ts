/**
 * The builtin functions: gcc's usual ones and the machine's (docs/guest-abi.md, section 5).
 *
 * Those that are constants are folded here; spelling variants become one canonical name, so that the lowering knows few:
 *   __builtin_expect unreachable trap, clz clzl ctz ctzl ffs ffsl popcount popcountl parity parityl, bswap16 bswap32 bswap64,
 *   frame_address return_address, va_start va_end va_copy va_arg (first argument: the address of the va_list);
 *   __atomic_load_n(p) store_n(p, v) exchange_n(p, v) compare_exchange_n(p, expected, desired), fetch_OP(p, v), OP_fetch(p, v),
 *   thread_fence(), and __sync_bool_compare_and_swap, __sync_val_compare_and_swap (p, old, new) (memory orders are dropped: the machine is sequentially consistent); the machine's by their own names.
 */

import type { Expr, Loc } from '../cfront/ast.ts';
import type { Token } from '../cfront/lexer.ts';
import { printType } from '../cfront/printtype.ts';
import {
  BOOL,
  CHAR,
  DOUBLE,
  FLOAT,
  functionType,
  INT,
  isInteger,
  isPointer,
  LONG,
  pointerTo,
  Q_CONST,
  Q_VOLATILE,
  qualified,
  strip,
  type Type,
  UCHAR,
  UINT,
  ULONG,
  USHORT,
  unqualified,
  VOID,
} from '../cfront/types.ts';
import { addressOf } from './check-expr.ts';
import { compatible, convertAssign } from './check-types.ts';
import { castTo, errorExpr, intConst, isErrorExpr, isLvalue, rvalue } from './check-value.ts';
import { parseTypeName } from './parse-declarator.ts';
import { parseAssignment } from './parse-expr.ts';
import type { Parser } from './parser.ts';

interface Plain {
  returns: Type;
  params: Type[];
  /** Kernel or user code only. */
  mode?: 'kernel' | 'user';
  canonical?: string;
  fold?(value: bigint): bigint;
}

const POINTER = pointerTo(VOID);
const CONST_POINTER = pointerTo(qualified(VOID, Q_CONST));
const ULONG_POINTER = pointerTo(ULONG);

const leadingZeros = (bits: number) => (v: bigint) => BigInt(bits - (v === 0n ? 0 : v.toString(2).length));
const trailingZeros = (v: bigint) => (v === 0n ? 0n : BigInt((v & -v).toString(2).length - 1));
const ones = (v: bigint) => BigInt(v.toString(2).replaceAll('0', '').length);
const swap = (bytes: number) => (v: bigint) => {
  let out = 0n;
  for (let i = 0; i < bytes; i++) out |= ((v >> BigInt(8 * i)) & 255n) << BigInt(8 * (bytes - 1 - i));
  return out;
};

const PLAIN = new Map<string, Plain>();
const plain = (name: string, returns: Type, params: Type[], more: Partial<Plain> = {}) =>
  PLAIN.set(name, { returns, params, ...more });

plain('__builtin_unreachable', VOID, []);
plain('__builtin_trap', VOID, []);
plain('__builtin_expect', LONG, [LONG, LONG], { fold: (v) => v });
for (const [suffix, type, canonical] of [
  ['', UINT, ''],
  ['l', ULONG, 'l'],
  ['ll', ULONG, 'l'],
] as const) {
  const signed = type === UINT ? INT : LONG;
  const bits = type.size * 8;
  const counts: [string, Type, (v: bigint) => bigint][] = [
    ['clz', type, leadingZeros(bits)],
    ['ctz', type, trailingZeros],
    ['ffs', signed, (v) => (v === 0n ? 0n : trailingZeros(BigInt.asUintN(bits, v)) + 1n)],
    ['popcount', type, ones],
    ['parity', type, (v) => ones(v) & 1n],
  ];
  for (const [name, param, fold] of counts) {
    plain(`__builtin_${name}${suffix}`, INT, [param], { canonical: `__builtin_${name}${canonical}`, fold });
  }
}
plain('__builtin_bswap16', USHORT, [USHORT], { fold: swap(2) });
plain('__builtin_bswap32', UINT, [UINT], { fold: swap(4) });
plain('__builtin_bswap64', ULONG, [ULONG], { fold: swap(8) });
plain('__sync_synchronize', VOID, [], { canonical: '__atomic_thread_fence' });

plain('__pcpu', POINTER, [], { mode: 'kernel' });
plain('__set_pcpu', VOID, [POINTER], { mode: 'kernel' });
plain('__rdtsc', ULONG, []);
plain('__pause', VOID, []);
plain('__intr_disable', ULONG, [], { mode: 'kernel' });
plain('__intr_restore', VOID, [ULONG], { mode: 'kernel' });
plain('__hw', ULONG, [INT, ULONG, ULONG, ULONG, ULONG]);
plain('__syscall', LONG, [LONG, LONG, LONG, LONG, LONG, LONG, LONG], { mode: 'user' });
plain('__cpu_switch', VOID, [POINTER, POINTER], { mode: 'kernel' });
plain('__set_cr3', VOID, [ULONG], { mode: 'kernel' });
plain('__invlpg', VOID, [ULONG], { mode: 'kernel' });
plain('__rep_movsb', LONG, [POINTER, CONST_POINTER, ULONG]);
plain('__rep_stosb', LONG, [POINTER, INT, ULONG]);
plain('__user_load', INT, [ULONG, INT, ULONG_POINTER], { mode: 'kernel' });
plain('__user_store', INT, [ULONG, INT, ULONG], { mode: 'kernel' });
plain('__user_cas32', INT, [ULONG, UINT, UINT, pointerTo(UINT)], { mode: 'kernel' });
plain('__probe_load', INT, [ULONG, INT, ULONG_POINTER], { mode: 'kernel' });
plain('__user_peek', INT, [ULONG, INT, ULONG_POINTER], { mode: 'kernel' });
plain('__fn_index', UINT, [CONST_POINTER]);
plain('__sdt_probe', VOID, [POINTER, ULONG, ULONG, ULONG, ULONG, ULONG], { mode: 'kernel' });
plain('__ghost', INT, [], { mode: 'kernel' });
plain('__clock', ULONG, [], { mode: 'kernel' });

/** __builtin_memcpy and the like are the library's functions: which have these types. */
const LIBRARY = new Map<string, Type>();
const library = (names: string, returns: Type, ...params: Type[]) => {
  for (const name of names.split(' ')) {
    LIBRARY.set(
      name,
      functionType(
        returns,
        params.map((type) => ({ name: '', type })),
      ),
    );
  }
};
const STRING = pointerTo(CHAR);
const CONST_STRING = pointerTo(qualified(CHAR, Q_CONST));
library('memcpy memmove', POINTER, POINTER, CONST_POINTER, ULONG);
library('memset', POINTER, POINTER, INT, ULONG);
library('memcmp', INT, CONST_POINTER, CONST_POINTER, ULONG);
library('memchr', POINTER, CONST_POINTER, INT, ULONG);
library('strlen', ULONG, CONST_STRING);
library('strcmp', INT, CONST_STRING, CONST_STRING);
library('strncmp', INT, CONST_STRING, CONST_STRING, ULONG);
library('strcpy strcat', STRING, STRING, CONST_STRING);
library('strncpy strncat', STRING, STRING, CONST_STRING, ULONG);
library('strchr strrchr', STRING, CONST_STRING, INT);
library('abs', INT, INT);
library('labs', LONG, LONG);
library('abort', VOID);
library('exit', VOID, INT);

type Handler = (p: Parser, name: string, args: Expr[], at: Token) => Expr;
const SPECIAL = new Map<string, Handler>();

const build = (name: string, type: Type, args: Expr[], loc: Loc): Expr => ({
  kind: 'builtin',
  name,
  args,
  type,
  loc,
});

/** Checks the count: `least` to `most` arguments. */
function counted(p: Parser, name: string, args: Expr[], at: Token, least: number, most = least): boolean {
  if (args.length >= least && args.length <= most) return true;
  const few = args.length < least;
  p.error(
    at,
    `too ${few ? 'few' : 'many'} arguments to '${name}': expected ${few ? least : most}, have ${args.length}`,
  );
  return false;
}

// Constants and hints --------------------------------------------------------------------------------------------------------------

SPECIAL.set('__builtin_constant_p', (p, name, args, at) => {
  if (!counted(p, name, args, at, 1)) return errorExpr(p.loc(at));
  const value = rvalue(p, args[0]!);
  const known =
    value.kind === 'const' ||
    value.kind === 'fconst' ||
    (value.kind === 'decay' && value.lvalue.kind === 'string');
  return intConst(known ? 1 : 0, p.loc(at));
});
for (const name of ['__builtin_frame_address', '__builtin_return_address']) {
  SPECIAL.set(name, (p, _, args, at) => {
    if (!counted(p, name, args, at, 1)) return errorExpr(p.loc(at));
    const level = args[0]!;
    if (level.kind !== 'const' || level.value !== 0n) {
      p.error(at, `'${name}' takes only level 0`, 'walk the frames: struct frame in machine/abi.h');
    }
    return build(name, POINTER, [], p.loc(at));
  });
}
SPECIAL.set('__builtin_assume_aligned', (p, name, args, at) =>
  counted(p, name, args, at, 2, 3) ? castTo(rvalue(p, args[0]!), POINTER) : errorExpr(p.loc(at)),
);
SPECIAL.set('__builtin_prefetch', (p, name, args, at) =>
  counted(p, name, args, at, 1, 3) ? castTo(rvalue(p, args[0]!), VOID) : errorExpr(p.loc(at)),
);
SPECIAL.set('__builtin_object_size', (p, name, args, at) => {
  if (!counted(p, name, args, at, 2)) return errorExpr(p.loc(at));
  const kind = args[1]!;
  // Never known: the answer that makes no check.
  return intConst(kind.kind === 'const' && kind.value >= 2n ? 0n : (1n << 64n) - 1n, p.loc(at), ULONG);
});
SPECIAL.set('__builtin_alloca', (p, _, __, at) => {
  p.error(at, 'alloca is not supported', 'use an array of fixed size, or allocate the memory');
  return errorExpr(p.loc(at));
});
for (const [name, value, type] of [
  ['__builtin_inf', Infinity, DOUBLE],
  ['__builtin_huge_val', Infinity, DOUBLE],
  ['__builtin_inff', Infinity, FLOAT],
  ['__builtin_huge_valf', Infinity, FLOAT],
  ['__builtin_nan', Number.NaN, DOUBLE],
  ['__builtin_nanf', Number.NaN, FLOAT],
] as const) {
  SPECIAL.set(name, (p, _, __, at) => {
    if (p.kernel) p.error(at, 'floating point cannot be used in the kernel');
    return { kind: 'fconst', value, type, loc: p.loc(at) };
  });
}
SPECIAL.set('__builtin_LINE', (p, _, __, at) => intConst(at.line, p.loc(at)));

// Variable arguments -----------------------------------------------------------------------------------------------------------------

/** The address of a va_list lvalue. */
function listAddress(p: Parser, name: string, list: Expr, at: Token): Expr | undefined {
  const t = strip(list.type);
  if (isErrorExpr(list)) return undefined;
  if (!isLvalue(list) || t.kind !== 'int' || t.name !== ULONG.name) {
    p.error(at, `first argument of '${name}' is not a va_list (it is '${printType(list.type)}')`);
    return undefined;
  }
  return addressOf(p, list, list.loc);
}
SPECIAL.set('__builtin_va_start', (p, name, args, at) => {
  const loc = p.loc(at);
  if (!counted(p, name, args, at, 1, 2)) return errorExpr(loc);
  const fn = p.fn?.decl;
  if (!fn?.type.variadic) p.error(at, "'va_start' used in function with fixed arguments");
  const list = listAddress(p, 'va_start', args[0]!, at);
  return list ? build(name, VOID, [list], loc) : errorExpr(loc);
});
SPECIAL.set('__builtin_va_end', (p, name, args, at) => {
  const loc = p.loc(at);
  if (!counted(p, name, args, at, 1)) return errorExpr(loc);
  const list = listAddress(p, 'va_end', args[0]!, at);
  return list ? build(name, VOID, [list], loc) : errorExpr(loc);
});
SPECIAL.set('__builtin_va_copy', (p, name, args, at) => {
  const loc = p.loc(at);
  if (!counted(p, name, args, at, 2)) return errorExpr(loc);
  const list = listAddress(p, 'va_copy', args[0]!, at);
  if (!list) return errorExpr(loc);
  const source = convertAssign(p, rvalue(p, args[1]!), ULONG, loc, "passing argument 2 of 'va_copy'");
  return build(name, VOID, [list, source], loc);
});

/** __builtin_va_arg(list, type): a keyword, because of the type. */
export function parseVaArg(p: Parser): Expr {
  const at = p.next();
  const loc = p.loc(at);
  p.expect('(');
  const list = parseAssignment(p);
  p.expect(',');
  const type = parseTypeName(p);
  p.expect(')');
  const address = listAddress(p, 'va_arg', list, at);
  if (!address) return errorExpr(loc);
  const t = strip(type);
  if (t.kind === 'int' && t.rank < INT.rank) {
    p.warn(at, `'${printType(type)}' is promoted to 'int' when passed through '...'`);
  }
  return {
    kind: 'builtin',
    name: '__builtin_va_arg',
    args: [address],
    argType: type,
    type: unqualified(type),
    loc,
  };
}

// Atomics -----------------------------------------------------------------------------------------------------------------------------

/** The type that an atomic's pointer points to, and the pointer as a value. */
function atomicPointer(
  p: Parser,
  name: string,
  operand: Expr,
  at: Token,
): { pointer: Expr; type: Type } | undefined {
  const pointer = rvalue(p, operand);
  if (isErrorExpr(pointer)) return undefined;
  const t = strip(pointer.type);
  const target = t.kind === 'pointer' ? unqualified(t.target) : undefined;
  if (!target || !(isInteger(target) || isPointer(target))) {
    p.error(
      at,
      `argument 1 of '${name}' must point to an integer or a pointer (it is '${printType(pointer.type)}')`,
    );
    return undefined;
  }
  return { pointer, type: target };
}
/** A value operand, converted to the object's type; pointers take raw integers too, as gcc's builtins do. */
function atomicValue(p: Parser, operand: Expr, type: Type): Expr {
  return castTo(rvalue(p, operand), type);
}

/** least: arguments without the memory orders; orders: how many of those follow. */
function atomic(
  names: string[],
  args: number,
  orders: number,
  make: (p: Parser, a: Expr[], pointer: Expr, type: Type, loc: Loc) => Expr,
) {
  for (const name of names) {
    SPECIAL.set(name, (p, _, given, at) => {
      const loc = p.loc(at);
      // The __sync_ forms may list protected variables after their arguments.
      if (!counted(p, name, given, at, args + orders, name.startsWith('__sync_') ? 99 : args + orders))
        return errorExpr(loc);
      const object = atomicPointer(p, name, given[0]!, at);
      return object ? make(p, given, object.pointer, object.type, loc) : errorExpr(loc);
    });
  }
}

atomic(['__atomic_load_n'], 1, 1, (_, __, pointer, type, loc) =>
  build('__atomic_load_n', type, [pointer], loc),
);
atomic(['__atomic_store_n'], 2, 1, (p, a, pointer, type, loc) =>
  build('__atomic_store_n', VOID, [pointer, atomicValue(p, a[1]!, type)], loc),
);
atomic(['__atomic_exchange_n'], 2, 1, (p, a, pointer, type, loc) =>
  build('__atomic_exchange_n', type, [pointer, atomicValue(p, a[1]!, type)], loc),
);
atomic(['__sync_lock_test_and_set'], 2, 0, (p, a, pointer, type, loc) =>
  build('__atomic_exchange_n', type, [pointer, atomicValue(p, a[1]!, type)], loc),
);
atomic(['__sync_lock_release'], 1, 0, (_, __, pointer, type, loc) =>
  build('__atomic_store_n', VOID, [pointer, intConst(0, loc, type)], loc),
);
// compare_exchange_n(p, expected, desired, weak, success order, failure order)
atomic(['__atomic_compare_exchange_n'], 3, 3, (p, a, pointer, type, loc) => {
  const expected = rvalue(p, a[1]!);
  const t = strip(expected.type);
  if (t.kind !== 'pointer' || !compatible(unqualified(t.target), type)) {
    p.warn(loc, "argument 2 of '__atomic_compare_exchange_n' has an incompatible pointer type");
  }
  return build('__atomic_compare_exchange_n', BOOL, [pointer, expected, atomicValue(p, a[2]!, type)], loc);
});
// compare_and_swap(p, old, new): whether it happened, or the value found.
for (const [name, wantValue] of [
  ['__sync_bool_compare_and_swap', false],
  ['__sync_val_compare_and_swap', true],
] as const) {
  atomic([name], 3, 0, (p, a, pointer, type, loc) =>
    build(
      name,
      wantValue ? type : BOOL,
      [pointer, atomicValue(p, a[1]!, type), atomicValue(p, a[2]!, type)],
      loc,
    ),
  );
}
for (const op of ['add', 'sub', 'and', 'or', 'xor']) {
  const fetch = `__atomic_fetch_${op}`;
  const after = `__atomic_${op}_fetch`;
  for (const [name, canonical, orders] of [
    [fetch, fetch, 1],
    [after, after, 1],
    [`__sync_fetch_and_${op}`, fetch, 0],
    [`__sync_${op}_and_fetch`, after, 0],
  ] as const) {
    atomic([name], 2, orders, (p, a, pointer, type, loc) =>
      build(canonical, type, [pointer, atomicValue(p, a[1]!, type)], loc),
    );
  }
}
SPECIAL.set('__atomic_test_and_set', (p, name, args, at) => {
  const loc = p.loc(at);
  if (!counted(p, name, args, at, 2)) return errorExpr(loc);
  const pointer = castTo(rvalue(p, args[0]!), pointerTo(qualified(UCHAR, Q_VOLATILE)));
  return castTo(build('__atomic_exchange_n', UCHAR, [pointer, intConst(1, loc, UCHAR)], loc), BOOL);
});
SPECIAL.set('__atomic_clear', (p, name, args, at) => {
  const loc = p.loc(at);
  if (!counted(p, name, args, at, 2)) return errorExpr(loc);
  const pointer = castTo(rvalue(p, args[0]!), pointerTo(qualified(UCHAR, Q_VOLATILE)));
  return build('__atomic_store_n', VOID, [pointer, intConst(0, loc, UCHAR)], loc);
});
for (const name of ['__atomic_thread_fence', '__atomic_signal_fence']) {
  SPECIAL.set(name, (p, _, args, at) =>
    counted(p, name, args, at, 1)
      ? build('__atomic_thread_fence', VOID, [], p.loc(at))
      : errorExpr(p.loc(at)),
  );
}
for (const name of ['__atomic_always_lock_free', '__atomic_is_lock_free']) {
  SPECIAL.set(name, (p, _, args, at) => {
    const size = args[0];
    const free = size?.kind === 'const' && [1n, 2n, 4n, 8n].includes(size.value);
    return intConst(free ? 1 : 0, p.loc(at), BOOL);
  });
}

// Entry --------------------------------------------------------------------------------------------------------------------------------

export const isBuiltin = (name: string): boolean =>
  PLAIN.has(name) ||
  SPECIAL.has(name) ||
  (name.startsWith('__builtin_') && LIBRARY.has(name.slice('__builtin_'.length))) ||
  [
    '__builtin_va_arg',
    '__builtin_offsetof',
    '__builtin_types_compatible_p',
    '__builtin_choose_expr',
  ].includes(name);

/** A library function that `__builtin_NAME` stands for, and its type. */
export const libraryBuiltin = (name: string): Type | undefined =>
  name.startsWith('__builtin_') ? LIBRARY.get(name.slice('__builtin_'.length)) : undefined;

/** A call of the builtin `name` with its arguments parsed. */
export function builtinCall(p: Parser, name: string, args: Expr[], at: Token): Expr {
  const loc = p.loc(at);
  const special = SPECIAL.get(name);
  if (special) return special(p, name, args, at);
  const b = PLAIN.get(name)!;
  if (b.mode === 'kernel' && !p.kernel) p.error(at, `'${name}' is for the kernel only`);
  if (b.mode === 'user' && p.kernel) p.error(at, `'${name}' is for user programs only`);
  if (!counted(p, name, args, at, b.params.length)) return errorExpr(loc);
  const values = args.map((arg, i) => {
    const value = rvalue(p, arg);
    const want = b.params[i]!;
    // Registers have no types: a pointer may go where a machine word is wanted.
    if (isPointer(value.type) && isInteger(want) && want.size === 8 && name !== '__builtin_expect')
      return castTo(value, want);
    return convertAssign(p, value, want, arg.loc, `passing argument ${i + 1} of '${name}'`);
  });
  const first = values[0];
  if (b.fold && first?.kind === 'const') return intConst(b.fold(first.value), loc, b.returns);
  return build(b.canonical ?? name, b.returns, values, loc);
}

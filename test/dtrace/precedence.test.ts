/**
 * Programs with more than one thing wrong, or whose mistake several rules could claim: which of them is reported. Parsing comes before cooking,
 * a clause is cooked whole before its statements are compiled, and within an expression the operands come before the operator.
 */
import { describe, expect, it } from 'vitest';
import { type Source, verdict } from './harness.ts';

const script = (text: string): Source => ({ kind: 's', text, path: 'x.d' });
const begin = (statements: string): string => `BEGIN { ${statements} }`;

const FIRST: [string, Source][] = [
  // the lexer
  ['D_STR_NL', script('BEGIN { trace("abc\n"); }')],
  ['D_SYNTAX', 'BEGIN { trace("abc'],
  ['D_CHR_NL', script("BEGIN { trace('a\n'); }")],
  ['D_SYNTAX', "BEGIN { trace('a"],
  ['D_SYNTAX', begin('@a[] = count()')],
  ['D_SYNTAX', begin('pid + 1 = 2')],
  ['D_SYNTAX', begin('trace(x')],
  // while parsing, before anything is cooked
  ['D_FUNC_UNDEF', begin('trace(nosuch); nosuch()')],
  ['D_FUNC_UNDEF', begin('x = 1; x(1)')],
  ['D_DIV_ZERO', begin('trace(nosuch + 1 / 0)')],
  ['D_OFFSETOF_TYPE', begin('trace(nosuch); trace(offsetof(int, a))')],
  ['D_PDESC_INVAL', script('BEGIN { trace(nosuch); }\na:b:c:d:e { }')],
  ['D_PRAGMA_UNUSED', script('#pragma D attributes Stable/Stable/Common nosuch\nBEGIN { trace(nosuch); }')],
  ['D_PDESC_ZERO', script('nosuch:::probe { trace(nosuch); }')],
  ['D_EMPTY', script('int x;')],
  // cooking comes before the statements are compiled
  ['D_IDENT_UNDEF', begin('trace(stack()); trace(nosuch)')],
  ['D_OP_INCOMPAT', begin('@a = sum("x"); trace(1 - "x")')],
  ['D_PROTO_LEN', begin('printf("%d", "x"); trace()')],
  // one clause after the other
  ['D_CG_EXPR', script('BEGIN { trace(stack()); }\nEND { trace(nosuch); }')],
  // the left operand, the right one, then the operator
  ['D_IDENT_UNDEF', begin('trace(nosuch % "x")')],
  ['D_VAR_UNDEF', begin('x = x + 1')],
  ['D_VAR_UNDEF', begin('x += 1')],
  ['D_VAR_UNDEF', begin('trace(x[1])')],
  ['D_VAR_UNDEF', begin('trace(self->x)')],
  ['D_VAR_UNDEF', begin('trace(this->x)')],
  ['D_VAR_UNDEF', begin('@a += 1')],
  // aggregations
  ['D_IDENT_UNDEF', begin('@a')],
  ['D_IDENT_UNDEF', begin('clear(@a)')],
  ['D_IDENT_UNDEF', begin('printa(@a)')],
  ['D_IDENT_UNDEF', begin('@a = @b')],
  ['D_AGG_NULL', begin('@a[1]')],
  ['D_AGG_FUNC', begin('@a = trace(1)')],
  ['D_OP_LVAL', begin('(@a = count()) = count()')],
  ['D_PROTO_LEN', begin('@a = count(1)')],
  ['D_PROTO_LEN', begin('@a = quantize()')],
  ['D_PROTO_LEN', begin('@a = quantize(1, 2, 3)')],
  ['D_PROTO_ARG', begin('@a = quantize(1, "x")')],
  ['D_PROTO_LEN', begin('@a = lquantize(1)')],
  ['D_PROTO_ARG', begin('@a = lquantize(1, "x", 10)')],
  ['D_LQUANT_BASETYPE', begin('@a = lquantize(1, pid, 10)')],
  ['D_LQUANT_BASETYPE', begin('@a = lquantize(1, pid, pid, pid)')],
  ['D_LQUANT_MISMATCH', begin('@a = lquantize(1, 10, 0, pid)')],
  ['D_LLQUANT_FACTORSMALL', begin('@a = llquantize(1, 1, 6, 0, 5)')],
  ['D_LLQUANT_MAGRANGE', begin('@a = llquantize(1, 10, 6, 0, 5)')],
  ['D_KEY_TYPE', begin('@b = count(); @a[@b] = count()')],
  ['D_PROTO_LEN', begin('@a = count(); @a[1] = count()')],
  ['D_AGG_SCALAR', begin('@a["k", stack()] = sum("x")')],
  ['D_TRUNC_PROTO', begin('trunc(1, 2, 3)')],
  ['D_NORMALIZE_PROTO', begin('normalize(1)')],
  // variables and writes
  ['D_IDENT_BADREF', begin('x[1] = 1; trace(x)')],
  ['D_IDENT_BADREF', begin('args = 1')],
  ['D_OP_LVAL', begin('5++')],
  ['D_OP_INCOMPAT', begin('"a" = 2')],
  ['D_OP_INCOMPAT', begin('pid = "x"')],
  ['D_OP_WRITE', begin('pid = 1')],
  ['D_ARR_BADREF', begin('x = 1; trace(x[1, 2])')],
  ['D_DEREF_NONPTR', begin('x = 1; trace(x[1])')],
  ['D_OP_INCOMPAT', begin('x = "abc"; trace(x["a"])')],
  // the predicate
  ['D_PRED_SCALAR', 'BEGIN /trace(1)/ { }'],
  ['D_PRED_SCALAR', 'BEGIN /execname/ { trace(nosuch); }'],
  ['D_IDENT_UNDEF', 'BEGIN /pid/ { trace(nosuch); }'],
  ['D_DEREF_NONPTR', 'BEGIN /nosuch/ { trace(*pid); }'],
  ['ok', 'BEGIN /(x = 5) > 1/ { trace(x); }'],
  ['ok', 'BEGIN,END /x++ > 1/ { trace(x); }'],
  // actions
  ['D_TRACE_VOID', begin('trace(trace(1))')],
  ['D_CG_EXPR', begin('trace(stack())')],
  ['D_OP_INCOMPAT', begin('x = trace(1)')],
  ['D_PROTO_ARG', begin('exit("x")')],
  ['D_PRINTF_ARG_FMT', begin('printf(1, 2)')],
  ['D_SPEC_SPEC', begin('speculate(1); speculate(2); commit(1)')],
  ['D_COMM_DREC', begin('trace(1); commit(1); speculate(1)')],
  ['D_AGG_COMM', begin('commit(1); @a = count(); trace(1)')],
  // declarations
  ['D_DECL_CHARATTR', script('signed long char x, y`z;\nBEGIN { }')],
  ['D_DECL_PROTO_NAME', script('provider p { probe go(int a) : (int); };\nBEGIN { }')],
  ['D_DECL_PROTO_FORM', script('provider p { probe go(int a) : (int b); };\nBEGIN { }')],
  ['D_PROV_BADNAME', script('provider bad1 { probe go(int); probe go(int); };\nBEGIN { }')],
  ['D_XLATE_SOU', script('translator struct later < int i > { };\nstruct later { int a; };\nBEGIN { }')],
];

describe('which mistake is reported', () => {
  it.each(FIRST)('%s: %j', (tag, program) => {
    expect(verdict(program)).toBe(tag);
  });
});

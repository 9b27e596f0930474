/**
 * The checked syntax tree of guest C: what the parser and checker make and the lowering reads.
 *
 * Every implicit conversion is explicit here: an lvalue is read by `load`, an array becomes a pointer by `decay`, arithmetic
 * operands have one common type, assignments convert by `cast`. So the lowering never has to know C's conversion rules.
 */
import type { Field, FunctionType, RecordType, Type } from './types.ts';

/** A place in a source file: line and column from 1. `file` indexes the unit's file list. */
export interface Loc {
  file: number;
  line: number;
  col: number;
}

export interface VarDecl {
  kind: 'var';
  name: string;
  type: Type;
  loc: Loc;
  storage: 'global' | 'static' | 'extern' | 'auto' | 'param';
  /** Linker section from __attribute__((section)), or ''. */
  section: string;
  /** __attribute__((aligned(n))), or 0. */
  aligned: number;
  /** auto and param: its address is taken, or it is an array or record: it must live in memory. */
  addressTaken: boolean;
  init?: Initializer;
  /** static: unique name within the unit's image ('counter.3' for a function-level static). */
  linkName: string;
  /** Bytes beyond the type's size that the initialiser of a flexible array member needs. */
  extra?: number;
}

export interface FunctionDecl {
  kind: 'func';
  name: string;
  type: FunctionType;
  loc: Loc;
  static: boolean;
  inline: boolean;
  noreturn: boolean;
  notrace: boolean;
  /** Defined here: parameters as declarations, all automatic variables, body. */
  params?: VarDecl[];
  locals?: VarDecl[];
  body?: Stmt;
  end?: Loc;
}

/** Items in ascending offset; bytes that no item covers are zero. `expr` has the member's type (a record, for a record copied whole). */
export interface Initializer {
  items: { offset: number; type: Type; bitOffset?: number; bitWidth?: number; expr: Expr }[];
}

export type BinaryOp =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '<<'
  | '>>'
  | '&'
  | '|'
  | '^'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>=';

interface ExprBase {
  type: Type;
  loc: Loc;
}
export type Expr = ExprBase &
  (
    | { kind: 'const'; value: bigint } // integers and pointers, already wrapped to the type
    | { kind: 'fconst'; value: number }
    | { kind: 'string'; bytes: Uint8Array } // lvalue of array type; bytes include the NUL
    | { kind: 'var'; decl: VarDecl } // lvalue
    | { kind: 'func'; decl: FunctionDecl } // function designator; only under `addr` or as callee
    | { kind: 'deref'; pointer: Expr } // lvalue
    | { kind: 'member'; base: Expr; record: RecordType; field: Field } // lvalue if base is one
    | { kind: 'compound'; decl: VarDecl } // compound literal: lvalue; decl.init initialises it each time it is reached
    | { kind: 'load'; lvalue: Expr } // value of an lvalue (scalar or record)
    | { kind: 'addr'; lvalue: Expr } // pointer to an lvalue or function
    | { kind: 'decay'; lvalue: Expr } // array lvalue to pointer to its first element
    | { kind: 'cast'; operand: Expr } // value conversion to .type (also to void and _Bool)
    | { kind: 'neg' | 'not' | 'bitnot'; operand: Expr } // not: logical, int result
    | { kind: 'binary'; op: BinaryOp; left: Expr; right: Expr } // operands share a type (shifts: each its own); comparisons give int
    | { kind: 'ptradd'; pointer: Expr; index: Expr; scale: number } // index is a 64-bit integer; negative scale subtracts
    | { kind: 'ptrdiff'; left: Expr; right: Expr; scale: number }
    | { kind: 'and' | 'or'; left: Expr; right: Expr } // short-circuit, int result
    | { kind: 'cond'; test: Expr; then: Expr; else: Expr } // arms have .type (or void, or record)
    | { kind: 'comma'; left: Expr; right: Expr }
    | { kind: 'assign'; target: Expr; value: Expr } // target lvalue; value has its unqualified type; result is the new value
    // target op= value, computed in computeType (both sides converted to it; shifts: value keeps its own type), converted back; for pointers scale != 0
    | { kind: 'opassign'; op: BinaryOp; target: Expr; value: Expr; computeType: Type; scale: number }
    | { kind: 'incdec'; delta: 1 | -1; prefix: boolean; target: Expr; scale: number } // scale: 1, or the pointee's size
    | { kind: 'call'; callee: Expr; fn: FunctionType; args: Expr[] } // callee: `func` for a direct call, else a pointer value
    | { kind: 'builtin'; name: string; args: Expr[]; argType?: Type } // argType: va_arg's type
    | { kind: 'stmtexpr'; body: Stmt[]; result?: Expr }
  );

export type Stmt = { loc: Loc } & (
  | { kind: 'block'; body: Stmt[] }
  | { kind: 'expr'; expr: Expr }
  | { kind: 'decl'; decl: VarDecl } // an automatic variable's initialisation happens here
  | { kind: 'if'; test: Expr; then: Stmt; else?: Stmt }
  | { kind: 'while'; test: Expr; body: Stmt }
  | { kind: 'dowhile'; body: Stmt; test: Expr }
  | { kind: 'for'; init?: Stmt; test?: Expr; step?: Expr; body: Stmt }
  | {
      kind: 'switch';
      value: Expr;
      body: Stmt;
      cases: { lo: bigint; hi: bigint; label: number }[];
      defaultLabel: number;
    } // value promoted; label -1: none
  | { kind: 'caselabel'; label: number; body: Stmt } // target of the enclosing switch's cases
  | { kind: 'break' | 'continue' }
  | { kind: 'goto'; label: string }
  | { kind: 'label'; label: string; body: Stmt }
  | { kind: 'return'; value?: Expr }
  | { kind: 'empty' }
);

/** One translation unit, checked. */
export interface Unit {
  /** Main file first, then headers in order of first inclusion; paths as given to the preprocessor. */
  files: string[];
  functions: FunctionDecl[];
  /** All file-scope and static variables, tentative definitions merged. */
  variables: VarDecl[];
  /** Every named record, enum and typedef at file scope, for the type table. */
  types: Map<string, Type>;
}

/**
 * Constant expressions that the folding of check-*.ts leaves over: addresses.
 *
 * A static object may be initialised by the address of another one plus a number: `base` is what the linker knows, `offset` is
 * added to it. Without a base the value is plain.
 */
import type { Expr, FunctionDecl, VarDecl } from '../cfront/ast.ts';
import { wrap } from '../cfront/operators.ts';
import { isInteger, isPointer } from '../cfront/types.ts';

export type Constant =
  | { kind: 'int'; base: VarDecl | FunctionDecl | (Expr & { kind: 'string' }) | undefined; offset: bigint }
  | { kind: 'float'; value: number };

export function evaluateConstant(e: Expr): Constant | undefined {
  switch (e.kind) {
    case 'const':
      return { kind: 'int', base: undefined, offset: e.value };
    case 'fconst':
      return { kind: 'float', value: e.value };
    case 'addr':
    case 'decay':
      return address(e.lvalue);
    case 'ptradd': {
      const pointer = evaluateConstant(e.pointer);
      const index = evaluateConstant(e.index);
      if (pointer?.kind !== 'int' || index?.kind !== 'int' || index.base) return undefined;
      return { ...pointer, offset: pointer.offset + index.offset * BigInt(e.scale) };
    }
    case 'cast': {
      const operand = evaluateConstant(e.operand);
      if (operand?.kind !== 'int') return undefined;
      if (operand.base)
        return e.type.size === 8 && (isPointer(e.type) || isInteger(e.type)) ? operand : undefined;
      return { ...operand, offset: wrap(operand.offset, e.type) };
    }
    case 'binary': {
      // (uintptr_t)&x + 1 and the like.
      if (e.op !== '+' && e.op !== '-') return undefined;
      const left = evaluateConstant(e.left);
      const right = evaluateConstant(e.right);
      if (left?.kind !== 'int' || right?.kind !== 'int') return undefined;
      if (e.op === '+' && !(left.base && right.base)) {
        return { kind: 'int', base: left.base ?? right.base, offset: left.offset + right.offset };
      }
      return e.op === '-' && !right.base ? { ...left, offset: left.offset - right.offset } : undefined;
    }
    case 'ptrdiff': {
      const left = evaluateConstant(e.left);
      const right = evaluateConstant(e.right);
      if (left?.kind !== 'int' || right?.kind !== 'int' || left.base !== right.base) return undefined;
      return { kind: 'int', base: undefined, offset: (left.offset - right.offset) / BigInt(e.scale) };
    }
    default:
      return undefined;
  }
}

function address(e: Expr): Constant | undefined {
  switch (e.kind) {
    case 'var':
      return e.decl.storage === 'auto' || e.decl.storage === 'param'
        ? undefined
        : { kind: 'int', base: e.decl, offset: 0n };
    case 'func':
      return { kind: 'int', base: e.decl, offset: 0n };
    case 'string':
      return { kind: 'int', base: e, offset: 0n };
    case 'deref':
      return evaluateConstant(e.pointer);
    case 'member': {
      const base = address(e.base);
      return base?.kind === 'int' ? { ...base, offset: base.offset + BigInt(e.field.offset) } : undefined;
    }
    default:
      return undefined;
  }
}

/** The parameters of lquantize() and llquantize(), which are constants and packed into one word: the kernel buckets by it. */

import type { ErrorTag } from '../../errors.ts';
import type { Context } from '../context.ts';
import type { Ident } from '../ident.ts';
import { isPositiveConstant, type Node } from '../node.ts';

function fail(cx: Context, n: Node, tag: ErrorTag, text: string): never {
  return cx.fail(tag, text, n);
}

const isInt32 = (v: bigint): boolean => v >= -0x80000000n && v <= 0x7fffffffn;

/** Refuses what is no such list of parameters, and one that differs from what the aggregation had before. */
export function lquantize(cx: Context, n: Node, args: Node[], id: Ident): bigint {
  const [, base, limit, stepNode] = args;
  if (base.kind !== 'int')
    fail(cx, base, 'D_LQUANT_BASETYPE', 'lquantize( ) argument #1 must be an integer constant');
  const lo = BigInt.asIntN(64, base.value);
  if (!isInt32(lo)) fail(cx, base, 'D_LQUANT_BASEVAL', 'lquantize( ) argument #1 must be a 32-bit quantity');
  if (limit.kind !== 'int')
    fail(cx, limit, 'D_LQUANT_LIMTYPE', 'lquantize( ) argument #2 must be an integer constant');
  const hi = BigInt.asIntN(64, limit.value);
  if (!isInt32(hi)) fail(cx, limit, 'D_LQUANT_LIMVAL', 'lquantize( ) argument #2 must be a 32-bit quantity');
  if (hi < lo)
    fail(cx, n, 'D_LQUANT_MISMATCH', 'lquantize( ) base (argument #1) must be less than limit (argument #2)');
  let step = 1n;
  if (stepNode !== undefined) {
    if (!isPositiveConstant(stepNode))
      fail(
        cx,
        stepNode,
        'D_LQUANT_STEPTYPE',
        'lquantize( ) argument #3 must be a non-zero positive integer constant',
      );
    step = stepNode.value;
    if (step > 0xffffn)
      fail(cx, stepNode, 'D_LQUANT_STEPVAL', 'lquantize( ) argument #3 must be a 16-bit quantity');
  }
  const levels = (hi - lo) / step;
  if (levels === 0n)
    fail(
      cx,
      n,
      'D_LQUANT_STEPLARGE',
      'lquantize( ) step (argument #3) too large: must have at least one quantization level',
    );
  if (levels > 0xffffn)
    fail(
      cx,
      n,
      'D_LQUANT_STEPSMALL',
      'lquantize( ) step (argument #3) too small: number of quantization levels must be a 16-bit quantity',
    );
  const arg = (step << 48n) | (levels << 32n) | BigInt.asUintN(32, lo);
  const sig = id.sig!;
  if (sig.aux === 0n) {
    sig.aux = arg;
    return arg;
  }
  const old = sig.aux;
  if (old === arg) return arg;
  const oldBase = BigInt.asIntN(32, old);
  const oldStep = (old >> 48n) & 0xffffn;
  const oldLevels = (old >> 32n) & 0xffffn;
  if (oldBase !== lo)
    fail(
      cx,
      n,
      'D_LQUANT_MATCHBASE',
      `lquantize( ) base (argument #1) doesn't match previous declaration: expected ${oldBase}, found ${lo}`,
    );
  if (oldLevels * oldStep !== levels * step)
    fail(
      cx,
      n,
      'D_LQUANT_MATCHLIM',
      `lquantize( ) limit (argument #2) doesn't match previous declaration: expected ${oldBase + oldLevels * oldStep}, found ${lo + levels * step}`,
    );
  return fail(
    cx,
    n,
    'D_LQUANT_MATCHSTEP',
    `lquantize( ) step (argument #3) doesn't match previous declaration: expected ${oldStep}, found ${step}`,
  );
}

/** The same for llquantize(). */
export function llquantize(cx: Context, n: Node, args: Node[], id: Ident): bigint {
  const table = [
    ['factor', 'FACTOR', 48n],
    ['low magnitude', 'LOW', 32n],
    ['high magnitude', 'HIGH', 16n],
    ['linear steps per magnitude', 'NSTEP', 0n],
  ] as const;
  let arg = 0n;
  const values: bigint[] = [];
  table.forEach(([what, tag, shift], i) => {
    const a = args[i + 1];
    if (a.kind !== 'int')
      fail(
        cx,
        a,
        `D_LLQUANT_${tag}TYPE`,
        `llquantize( ) argument #${i + 1} (${what}) must be an integer constant`,
      );
    if (a.value > 0xffffn)
      fail(
        cx,
        a,
        `D_LLQUANT_${tag}VAL`,
        `llquantize( ) argument #${i + 1} (${what}) must be an unsigned 16-bit quantity`,
      );
    values.push(a.value);
    arg |= a.value << shift;
  });
  const [factor, low, high, steps] = values;
  if (factor < 2n)
    fail(cx, n, 'D_LLQUANT_FACTORSMALL', 'llquantize( ) factor (argument #1) must be two or more');
  if (low >= high)
    fail(
      cx,
      n,
      'D_LLQUANT_MAGRANGE',
      'llquantize( ) high magnitude (argument #3) must be greater than low magnitude (argument #2)',
    );
  if (steps < factor)
    fail(
      cx,
      n,
      'D_LLQUANT_FACTORNSTEPS',
      'llquantize( ) factor (argument #1) must be less than or equal to the number of linear steps per magnitude (argument #4)',
    );
  let v = factor;
  while (v < steps) v *= factor;
  if (steps % factor !== 0n || v % steps !== 0n)
    fail(
      cx,
      n,
      'D_LLQUANT_FACTOREVEN',
      'llquantize( ) factor (argument #1) must evenly divide the number of steps per magnitude (argument #4), ' +
        'and the number of steps per magnitude must evenly divide a power of the factor',
    );
  if (factor ** high > 0xffffffffffffffffn)
    fail(
      cx,
      n,
      'D_LLQUANT_MAGTOOBIG',
      `llquantize( ) factor (${factor}) raised to power of high magnitude (${high}) overflows 64-bits`,
    );
  const sig = id.sig!;
  if (sig.aux === 0n) sig.aux = arg;
  else if (sig.aux !== arg) {
    for (const [i, [what, tag, shift]] of table.entries()) {
      const expected = (sig.aux >> shift) & 0xffffn;
      const found = (arg >> shift) & 0xffffn;
      if (expected === found) continue;
      fail(
        cx,
        n,
        `D_LLQUANT_${tag}MATCH`,
        `llquantize( ) ${what} (argument #${i + 1}) doesn't match previous declaration: expected ${expected}, found ${found}`,
      );
    }
  }
  return arg;
}

/** Clauses: a clause whose actions use what only its predicate makes is cooked the other way round. */

import { CompileError } from '../../errors.ts';
import { minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { ID_REF } from '../ident.ts';
import { cloneNode, isDynamic, isScalar, type Node } from '../node.ts';
import { assignAttr, cook, cookList } from './cook.ts';

/** Statements of a clause and its predicate, for the probe that the context is set to; `last`: for the last of its probes. */
export function cookClause(
  cx: Context,
  clause: Node,
  pred: Node | undefined,
  acts: Node[],
  last: boolean,
): { pred: Node | undefined; acts: Node[] } {
  assignAttr(cx, clause, cx.probeAttr);
  clause.ctxattr = cx.probeAttr;
  // only a predicate that makes variables can help actions that failed without it
  const again = pred !== undefined && modifies(pred);
  const cookActs = (): Node[] => {
    cx.region = 'action list';
    // the originals may be used up when nobody will cook them again
    const copy = last && !again ? acts : acts.map(cloneNode);
    assignAttr(cx, clause, cookList(cx, copy, ID_REF));
    cx.region = undefined;
    return copy;
  };
  const cookPred = (): Node | undefined => {
    if (pred === undefined) return undefined;
    cx.region = 'predicate';
    const p = cook(cx, last ? pred : cloneNode(pred), ID_REF);
    assignAttr(cx, clause, minAttribute(clause.attr, p.attr));
    if (isDynamic(cx, p) || !isScalar(p)) cx.fail('D_PRED_SCALAR', 'predicate result must be of scalar type');
    cx.region = undefined;
    return p;
  };
  let cookedActs: Node[] | undefined;
  let failure: CompileError | undefined;
  if (pred === undefined) return { pred: undefined, acts: cookActs() };
  try {
    cookedActs = cookActs();
  } catch (e) {
    if (!(e instanceof CompileError) || (e.tag !== 'D_IDENT_UNDEF' && e.tag !== 'D_VAR_UNDEF')) throw e;
    cx.region = undefined;
    failure = e;
  }
  const p = cookPred();
  if (failure !== undefined && !again) throw failure;
  cookedActs ??= cookActs();
  return { pred: p, acts: cookedActs };
}

const MODIFYING = new Set('pre++ pre-- post++ post-- = += -= *= /= %= &= ^= |= <<= >>='.split(' '));

/** Does the expression assign to anything? */
const modifies = (n: Node | undefined): boolean =>
  n !== undefined &&
  (MODIFYING.has(n.op) ||
    modifies(n.child) ||
    modifies(n.left) ||
    modifies(n.right) ||
    modifies(n.expr) ||
    n.args?.some(modifies) === true ||
    n.list?.some(modifies) === true);

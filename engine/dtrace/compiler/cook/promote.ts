/** In what type operands are computed: C's promotions and usual conversions of integers. */
import { INT, type Type } from '../../../cfront/types.ts';
import { bitsOf, isSignedType, resolve } from '../../dtypes.ts';
import type { Node } from '../node.ts';

/** What an operand of this integer type is computed in: enums, bit-fields and what is narrower than int become int. */
export function promotedType(type: Type): Type {
  const t = resolve(type);
  return t.kind === 'enum' || (t.kind === 'int' && bitsOf(t) < 32) ? INT : type;
}

/** The common type of two integers: each promoted, the higher rank of size and unsignedness wins. */
export function promoteTypes(l: Node, r: Node): Type {
  const side = (n: Node): { type: Type; rank: number; order: number } => {
    const type = promotedType(n.type!);
    const t = resolve(type);
    const order = t.kind === 'int' ? t.rank : 0;
    return { type, rank: bitsOf(t) + (isSignedType(t) ? 0 : 1), order };
  };
  const a = side(l);
  const b = side(r);
  if (a.rank === b.rank) return a.order < b.order ? b.type : a.type;
  return a.rank > b.rank ? a.type : b.type;
}

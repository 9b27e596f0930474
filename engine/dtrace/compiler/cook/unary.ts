/** Operators with one operand. */
import { pointerTo } from '../../../cfront/types.ts';
import { kindOf, referent } from '../../dtypes.ts';
import type { Context } from '../context.ts';
import { ID_MOD, ID_REF } from '../ident.ts';
import {
  assignType,
  isArith,
  isDynamic,
  isInteger,
  isPointer,
  isScalar,
  isString,
  isStringLike,
  isVoidPointer,
  NF_BITFIELD,
  NF_LVALUE,
  NF_REF,
  NF_USERLAND,
  NF_WRITABLE,
  type Node,
  nodeIdent,
  nodeSize,
  nodeTypeName,
  opText,
  propagateType,
} from '../node.ts';
import { assignAttr, cook } from './cook.ts';
import { adopt, resolveName } from './names.ts';
import { promotedType } from './promote.ts';

export function cookOp1(cx: Context, n: Node): Node {
  const modifies = n.op === 'pre++' || n.op === 'post++' || n.op === 'pre--' || n.op === 'post--';
  let c = n.child!;
  if (c.kind === 'ident' && modifies) resolveName(cx, c, cx.globals, 'scalar', true);
  c = n.child = cook(cx, c, 0);
  if (c.kind === 'var' && cx.isVirgin(c.ident!)) adopt(cx, c, cx.types.int64);
  if (c.kind === 'var') c.ident!.flags |= ID_REF | (modifies ? ID_MOD : 0);
  const text = opText(n.op);
  switch (n.op) {
    case 'deref': {
      const xid = nodeIdent(cx, c, 'xlptr');
      if (xid !== undefined) {
        n.ident = xid.translator!.souIdent;
        assignType(cx, n, cx.types.dyn);
        break;
      }
      const k = kindOf(c.type!);
      if (k !== 'array' && k !== 'pointer') cx.fail('D_DEREF_NONPTR', 'cannot dereference non-pointer type');
      const type = referent(c.type!);
      assignType(cx, n, type);
      const target = kindOf(type);
      if (target === 'void') cx.fail('D_DEREF_VOID', 'cannot dereference pointer to void');
      if (target === 'function') cx.fail('D_DEREF_FUNC', 'cannot dereference pointer to function');
      if (target !== 'array' || isString(cx, n)) n.flags |= NF_LVALUE;
      if (c.flags & NF_WRITABLE || (c.kind === 'op2' && c.op === '+' && c.left!.flags & NF_WRITABLE))
        n.flags |= NF_WRITABLE;
      if (c.flags & NF_USERLAND && (target === 'pointer' || n.flags & NF_REF)) n.flags |= NF_USERLAND;
      break;
    }
    case 'u+':
    case 'u-':
      if (!isArith(c)) cx.fail('D_OP_ARITH', `operator ${text} requires an operand of arithmetic type`);
      assignType(cx, n, promotedType(c.type!));
      break;
    case '~':
      if (!isInteger(c)) cx.fail('D_OP_INT', `operator ${text} requires an operand of integral type`);
      assignType(cx, n, promotedType(c.type!));
      break;
    case '!':
      if (!isScalar(c)) cx.fail('D_OP_SCALAR', `operator ${text} requires an operand of scalar type`);
      assignType(cx, n, cx.types.int);
      break;
    case 'addr':
      if (c.kind === 'var' || c.kind === 'agg')
        cx.fail('D_ADDROF_VAR', 'cannot take address of dynamic variable');
      if (isDynamic(cx, c)) cx.fail('D_ADDROF_VAR', 'cannot take address of dynamic object');
      if (!(c.flags & NF_LVALUE)) cx.fail('D_ADDROF_LVAL', 'unacceptable operand for unary & operator');
      if (c.flags & NF_BITFIELD) cx.fail('D_ADDROF_BITFIELD', 'cannot take address of bit-field');
      assignType(cx, n, pointerTo(c.type!), (c.flags & NF_USERLAND) !== 0);
      break;
    case 'sizeof':
      if (c.flags & NF_BITFIELD) cx.fail('D_SIZEOF_BITFIELD', 'cannot apply sizeof to a bit-field');
      if (sizeofNode(cx, c) === 0)
        cx.fail('D_SIZEOF_TYPE', 'cannot apply sizeof to an operand of unknown size');
      assignType(cx, n, cx.types.size);
      break;
    case 'stringof':
      if (!isScalar(c) && !isPointer(cx, c) && !isStringLike(c))
        cx.fail('D_STRINGOF_TYPE', `cannot apply stringof to a value of type ${nodeTypeName(cx, c)}`);
      assignType(cx, n, cx.types.string, (c.flags & NF_USERLAND) !== 0);
      break;
    default:
      if (!isScalar(c)) cx.fail('D_OP_SCALAR', `operator ${text} requires operand of scalar type`);
      if (isVoidPointer(c)) cx.fail('D_OP_VFPTR', `operator ${text} requires an operand of known size`);
      if (!(c.flags & NF_LVALUE))
        cx.fail('D_OP_LVAL', `operator ${text} requires modifiable lvalue as an operand`);
      if (!(c.flags & NF_WRITABLE))
        cx.fail('D_OP_WRITE', `operator ${text} can only be applied to a writable variable`);
      propagateType(c, n);
  }
  assignAttr(cx, n, c.attr);
  return n;
}

/** sizeof's answer: of a symbol, what the symbol table says. */
export const sizeofNode = (cx: Context, n: Node): number =>
  n.kind === 'sym' ? n.ident!.symbol!.size : nodeSize(cx, n);

/** Actions that record data: trace(), printf(), stacks, symbols, memory. */

import { ACT, DIF_TF_BYREF, DT_ACT, fmt, OP } from '../../dif.ts';
import { parseFormat, validateFormat } from '../../printf.ts';
import type { Action } from '../../program.ts';
import { FREOPEN_RESTORE } from '../../program.ts';
import {
  isDynamic,
  isInteger,
  isPointer,
  isPositiveConstant,
  isVoid,
  NF_SIGNED,
  type Node,
  nodeIdent,
  nodeTypeName,
} from '../node.ts';
import { ActionWriter, INT_TYPE } from './writer.ts';

export abstract class RecordingActions extends ActionWriter {
  protected symbol(kind: number, arg: Node): Action {
    const a = this.add(kind, this.difo(arg));
    a.difo!.rtype.size = 8;
    return a;
  }

  protected format(n: Node, text: string) {
    return parseFormat(text, (tag, message) => this.fail(n, tag, message));
  }

  protected printfLike(n: Node, kind: number): void {
    const args = n.args!;
    const name = n.ident!.name;
    if (args[0].kind !== 'string')
      this.fail(
        n,
        'D_PRINTF_ARG_FMT',
        `${name}( ) argument #1 is incompatible with prototype:\n\tprototype: string constant\n\t argument: ${nodeTypeName(this.cx, args[0])}`,
      );
    let text = args[0].name;
    this.cx.line = n.line;
    if (kind === ACT.FREOPEN) {
      if (text === FREOPEN_RESTORE)
        this.fail(n, 'D_FREOPEN_INVALID', `${name}( ) argument #1 cannot be "${FREOPEN_RESTORE}"`);
      if (text === '') text = FREOPEN_RESTORE;
    }
    const f = this.format(n, text);
    const rest = args.slice(1);
    validateFormat(this.cx, f, name, rest, { exact: true, aggregation: false, countAggregation: false });
    this.stmt.format = f;
    if (rest.length === 0) {
      this.add(kind, {
        code: [fmt(OP.RET, 0, 0, 0)],
        integers: [],
        strings: new Uint8Array(0),
        variables: [],
        rtype: { ...INT_TYPE },
        destructive: false,
      });
      return;
    }
    for (const a of rest) this.add(kind, this.difo(a));
  }

  protected trace(n: Node): void {
    const arg = n.args![0];
    const isTrace = n.ident!.id === DT_ACT.trace;
    const act = isTrace ? 'trace' : 'print';
    if (arg.kind === 'agg')
      this.fail(
        arg,
        isTrace ? 'D_TRACE_AGG' : 'D_PRINT_AGG',
        `${act}( ) may not be applied to an aggregation${isTrace ? '' : ' -- did you mean printa()?'}`,
      );
    if (isVoid(this.cx, arg))
      this.fail(
        arg,
        isTrace ? 'D_TRACE_VOID' : 'D_PRINT_VOID',
        `${act}( ) may not be applied to a void expression`,
      );
    if (nodeIdent(this.cx, arg, 'xlptr') !== undefined)
      this.fail(
        arg,
        isTrace ? 'D_TRACE_DYN' : 'D_PRINT_DYN',
        `${act}( ) may not be applied to a translated pointer`,
      );
    const xid = nodeIdent(this.cx, arg, 'xlsou');
    if (isDynamic(this.cx, arg) && xid === undefined)
      this.fail(
        arg,
        isTrace ? 'D_TRACE_DYN' : 'D_PRINT_DYN',
        `${act}( ) may not be applied to a dynamic expression`,
      );
    if (!isTrace) this.stmt.type = xid !== undefined ? xid.type : arg.type;
    const a = this.add(ACT.DIFEXPR, undefined);
    a.difo = this.difo(arg);
  }

  protected tracemem(n: Node): void {
    const [addr, max, size, extra] = n.args!;
    if (!isInteger(addr) && !isPointer(this.cx, addr))
      this.fail(
        addr,
        'D_TRACEMEM_ADDR',
        `tracemem( ) argument #1 is incompatible with prototype:\n\tprototype: pointer or integer\n\t argument: ${nodeTypeName(this.cx, addr)}`,
      );
    if (!isPositiveConstant(max))
      this.fail(
        max,
        'D_TRACEMEM_SIZE',
        'tracemem( ) argument #2 must be a non-zero positive integral constant expression',
      );
    if (size !== undefined) {
      if (extra !== undefined)
        this.fail(size, 'D_TRACEMEM_ARGS', 'tracemem ( ) prototype mismatch: expected at most 3 args');
      if (!this.scalar(size))
        this.fail(
          size,
          'D_TRACEMEM_DYNSIZE',
          'tracemem ( ) dynamic size (argument #3) must be of scalar type',
        );
      const a = this.add(ACT.TRACEMEM_DYNSIZE, this.difo(size));
      a.difo!.rtype = { ...INT_TYPE };
    }
    const a = this.add(ACT.TRACEMEM, this.difo(addr));
    a.difo!.rtype.flags |= DIF_TF_BYREF;
    a.difo!.rtype.size = Number(max.value);
  }

  protected printm(n: Node): void {
    const [size, addr] = n.args!;
    if (!isPositiveConstant(size))
      this.fail(
        size,
        'D_PRINTM_SIZE',
        'printm( ) argument #1 must be a non-zero positive integral constant expression',
      );
    if (!isPointer(this.cx, addr))
      this.fail(
        addr,
        'D_PRINTM_ADDR',
        `printm( ) argument #2 is incompatible with prototype:\n\tprototype: pointer\n\t argument: ${nodeTypeName(this.cx, addr)}`,
      );
    const a = this.add(ACT.PRINTM, this.difo(addr));
    a.difo!.rtype.flags |= DIF_TF_BYREF;
    a.difo!.rtype.size = Number(size.value) + 8;
  }

  protected stack(a: Action, args: Node[]): void {
    a.kind = ACT.STACK;
    a.arg = BigInt(this.cx.options.number('stackframes', 0));
    const first = args[0];
    if (first === undefined) return;
    if (args.length > 1) this.fail(first, 'D_STACK_PROTO', 'stack( ) prototype mismatch: too many arguments');
    if (!isPositiveConstant(first))
      this.fail(
        first,
        'D_STACK_SIZE',
        'stack( ) size must be a non-zero positive integral constant expression',
      );
    a.arg = first.value;
  }

  protected ustack(a: Action, n: Node): void {
    const jstack = n.ident!.id === DT_ACT.jstack;
    a.kind = jstack ? ACT.JSTACK : ACT.USTACK;
    let frames = BigInt(this.cx.options.number(jstack ? 'jstackframes' : 'ustackframes', 0));
    let strsize = jstack ? BigInt(this.cx.options.number('jstackstrsize', 0)) : 0n;
    const [arg0, arg1, arg2] = n.args!;
    if (arg0 !== undefined) {
      if (!isPositiveConstant(arg0))
        this.fail(
          arg0,
          'D_USTACK_FRAMES',
          'ustack( ) argument #1 must be a non-zero positive integer constant',
        );
      frames = arg0.value & 0xffffffffn;
    }
    if (arg1 !== undefined) {
      if (arg1.kind !== 'int' || (arg1.flags & NF_SIGNED && BigInt.asIntN(64, arg1.value) < 0n))
        this.fail(arg1, 'D_USTACK_STRSIZE', 'ustack( ) argument #2 must be a positive integer constant');
      if (arg2 !== undefined)
        this.fail(arg1, 'D_USTACK_PROTO', 'ustack( ) prototype mismatch: too many arguments');
      strsize = arg1.value & 0xffffffffn;
    }
    a.arg = (strsize << 32n) | frames;
  }
}

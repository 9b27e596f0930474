/**
 * Statements to actions: what each D action, aggregation and plain expression asks of the kernel.
 */
import { assemble } from './assemble.ts';
import { generate } from './codegen.ts';
import type { Context } from './context.ts';
import {
  ACT,
  DIF_TF_BYREF,
  type Difo,
  type DifType,
  DT_ACT,
  fmt,
  indexed,
  isAggregation,
  isDestructive,
  OP,
} from './dif.ts';
import type { ErrorTag } from './errors.ts';
import { ID_MOD, type Ident } from './ident.ts';
import {
  isDynamic,
  isInteger,
  isPointer,
  isPositiveConstant,
  isScalar,
  isVoid,
  NF_SIGNED,
  type Node,
  nodeIdent,
  nodeTypeName,
} from './node.ts';
import { parseFormat, validateFormat, validatePrinta } from './printf.ts';
import type { Action, EcbDesc, Statement } from './program.ts';

const INT_TYPE: DifType = { kind: 0, ckind: 1, flags: 0, size: 8 };
const VOID_TYPE: DifType = { kind: 0, ckind: 1, flags: 0, size: 0 };

/** Stands for "back to the first output" in the DOF, where an empty format cannot be. */
export const FREOPEN_RESTORE = '.';

/** Something to be told of each DIF object as it is finished: -S. */
export type DifoListener = (d: Difo) => void;

export class ActionCompiler {
  private readonly cx: Context;
  private readonly listener: DifoListener | undefined;
  private ecb!: EcbDesc;
  private stmt!: Statement;

  constructor(cx: Context, listener: DifoListener | undefined) {
    this.cx = cx;
    this.listener = listener;
  }

  /** Code for an expression. */
  difo(n: Node): Difo {
    const d = assemble(this.cx, generate(this.cx, n));
    this.listener?.(d);
    return d;
  }

  /** Compile one cooked statement into the ECB. */
  statement(ecb: EcbDesc, stmt: Statement, n: Node): void {
    this.ecb = ecb;
    this.stmt = stmt;
    if (n.kind === 'agg') this.aggregate(n);
    else if (n.kind === 'dfunc') this.action(n.expr!);
    else if (n.expr!.kind === 'agg') this.aggregate(n.expr!);
    else {
      const a = this.add(ACT.DIFEXPR, this.difo(n.expr!));
      a.difo!.rtype = { ...VOID_TYPE };
    }
    this.checkOrder(n);
  }

  private add(kind: number, difo: Difo | undefined, arg: bigint | number = 0): Action {
    const a: Action = { kind, difo, ntuple: 0, arg: BigInt(arg), statement: this.stmt };
    this.ecb.actions.push(a);
    return a;
  }

  /** An object that returns a constant: an aggregation's id, or a missing argument. */
  private constant(value: bigint | number): Difo {
    return {
      code: [indexed(OP.SETX, 0, 1), fmt(OP.RET, 0, 0, 1)],
      integers: [BigInt(value)],
      strings: new Uint8Array(0),
      variables: [],
      rtype: { ...INT_TYPE },
      destructive: false,
    };
  }

  private fail(n: Node, tag: ErrorTag, text: string): never {
    return this.cx.fail(tag, text, n);
  }

  /** Which actions may follow commit() and speculate(). */
  private checkOrder(n: Node): void {
    let commit = false;
    let speculate = false;
    let recording = false;
    const list = this.ecb.actions;
    list.forEach((a, i) => {
      if (a.kind === ACT.COMMIT) {
        if (commit) this.fail(n, 'D_COMM_COMM', 'commit( ) may not follow commit( )');
        if (recording) this.fail(n, 'D_COMM_DREC', 'commit( ) may not follow data-recording action(s)');
        if (list.slice(i).some((x) => isAggregation(x.kind)))
          this.fail(n, 'D_AGG_COMM', 'aggregating actions may not follow commit( )');
        commit = true;
        return;
      }
      if (a.kind === ACT.SPECULATE) {
        if (speculate) this.fail(n, 'D_SPEC_SPEC', 'speculate( ) may not follow speculate( )');
        if (commit) this.fail(n, 'D_SPEC_COMM', 'speculate( ) may not follow commit( )');
        if (recording) this.fail(n, 'D_SPEC_DREC', 'speculate( ) may not follow data-recording action(s)');
        speculate = true;
        return;
      }
      if (isAggregation(a.kind)) {
        if (speculate) this.fail(n, 'D_AGG_SPEC', 'aggregating actions may not follow speculate( )');
        recording = true;
        return;
      }
      const destructive = isDestructive(a.kind) || (a.kind === ACT.DIFEXPR && a.difo!.destructive);
      if (speculate) {
        if (destructive) this.fail(n, 'D_ACT_SPEC', 'destructive actions may not follow speculate( )');
        if (a.kind === ACT.EXIT) this.fail(n, 'D_EXIT_SPEC', 'exit( ) may not follow speculate( )');
      }
      if (destructive || a.kind === ACT.DISCARD) return;
      if (a.kind === ACT.DIFEXPR && a.difo!.rtype.kind === 0 && a.difo!.rtype.size === 0) return;
      if (commit) this.fail(n, 'D_DREC_COMM', 'data-recording actions may not follow commit( )');
      if (!speculate) recording = true;
    });
  }

  private action(n: Node): void {
    const args = n.args!;
    switch (n.ident!.id) {
      case DT_ACT.breakpoint:
        this.add(ACT.BREAKPOINT, undefined);
        return;
      case DT_ACT.panic:
        this.add(ACT.PANIC, undefined);
        return;
      case DT_ACT.stop:
        this.add(ACT.STOP, undefined);
        return;
      case DT_ACT.chill:
        this.add(ACT.CHILL, this.difo(args[0]));
        return;
      case DT_ACT.raise:
        this.add(ACT.RAISE, this.difo(args[0]));
        return;
      case DT_ACT.commit:
        this.add(ACT.COMMIT, this.difo(args[0]));
        return;
      case DT_ACT.discard:
        this.add(ACT.DISCARD, this.difo(args[0]));
        return;
      case DT_ACT.speculate:
        this.add(ACT.SPECULATE, this.difo(args[0]));
        return;
      case DT_ACT.exit: {
        const a = this.add(ACT.EXIT, this.difo(args[0]));
        a.difo!.rtype.size = 4;
        return;
      }
      case DT_ACT.clear:
        this.clear(n);
        return;
      case DT_ACT.normalize:
      case DT_ACT.denormalize:
        this.normalize(n);
        return;
      case DT_ACT.trunc:
        this.trunc(n);
        return;
      case DT_ACT.setopt:
        this.add(ACT.LIBACT, this.difo(args[0]), DT_ACT.setopt);
        this.add(ACT.LIBACT, args[1] !== undefined ? this.difo(args[1]) : this.constant(0), DT_ACT.setopt);
        return;
      case DT_ACT.ftruncate:
        this.add(ACT.LIBACT, this.constant(0), DT_ACT.ftruncate);
        return;
      case DT_ACT.printf:
        this.printfLike(n, ACT.PRINTF);
        return;
      case DT_ACT.system:
        this.printfLike(n, ACT.SYSTEM);
        return;
      case DT_ACT.freopen:
        this.printfLike(n, ACT.FREOPEN);
        return;
      case DT_ACT.printa:
        this.printa(n);
        return;
      case DT_ACT.trace:
      case DT_ACT.print:
        this.trace(n);
        return;
      case DT_ACT.tracemem:
        this.tracemem(n);
        return;
      case DT_ACT.printm:
        this.printm(n);
        return;
      case DT_ACT.stack:
        this.stack(this.add(ACT.STACK, undefined), args);
        return;
      case DT_ACT.ustack:
      case DT_ACT.jstack:
        this.ustack(this.add(ACT.USTACK, undefined), n);
        return;
      case DT_ACT.sym:
        this.symbol(ACT.SYM, args[0]);
        return;
      case DT_ACT.mod:
        this.symbol(ACT.MOD, args[0]);
        return;
      case DT_ACT.usym:
        this.symbol(ACT.USYM, args[0]);
        return;
      case DT_ACT.umod:
        this.symbol(ACT.UMOD, args[0]);
        return;
      case DT_ACT.uaddr:
        this.symbol(ACT.UADDR, args[0]);
        return;
    }
    this.fail(n, 'D_UNKNOWN', `tracing function ${n.ident!.name}( ) is not yet supported`);
  }

  private symbol(kind: number, arg: Node): Action {
    const a = this.add(kind, this.difo(arg));
    a.difo!.rtype.size = 8;
    return a;
  }

  /** The aggregation that an action names as its first argument. */
  private aggregationArgument(n: Node, notAgg: ErrorTag, undefinedTag: ErrorTag): Ident {
    const a = n.args![0];
    if (a.kind !== 'agg')
      this.fail(
        n,
        notAgg,
        `${n.ident!.name}( ) argument #1 is incompatible with prototype:\n\tprototype: aggregation\n\t argument: ${nodeTypeName(this.cx, a)}`,
      );
    const id = a.ident!;
    if (id.gen === this.cx.gen && !(id.flags & ID_MOD))
      this.fail(n, undefinedTag, `undefined aggregation: @${id.name}`);
    return id;
  }

  private clear(n: Node): void {
    const argc = n.args!.length;
    if (argc !== 1)
      this.fail(
        n,
        'D_CLEAR_PROTO',
        `${n.ident!.name}( ) prototype mismatch: ${argc} args passed, 1 expected`,
      );
    const id = this.aggregationArgument(n, 'D_CLEAR_AGGARG', 'D_CLEAR_AGGBAD');
    this.add(ACT.LIBACT, this.constant(id.id), DT_ACT.clear);
  }

  private normalize(n: Node): void {
    const denormal = n.ident!.id === DT_ACT.denormalize;
    const argc = n.args!.length;
    const want = denormal ? 1 : 2;
    if (argc !== want)
      this.fail(
        n,
        'D_NORMALIZE_PROTO',
        `${n.ident!.name}( ) prototype mismatch: ${argc} args passed, ${want} expected`,
      );
    const first = n.args![0];
    const value = n.args![1];
    if (first.kind === 'agg' && value !== undefined && !this.scalar(value))
      this.fail(n, 'D_NORMALIZE_SCALAR', `${n.ident!.name}( ) argument #2 must be of scalar type`);
    const id = this.aggregationArgument(n, 'D_NORMALIZE_AGGARG', 'D_NORMALIZE_AGGBAD');
    if (denormal) {
      this.add(ACT.LIBACT, this.constant(id.id), DT_ACT.denormalize);
      return;
    }
    this.add(ACT.LIBACT, this.constant(id.id), DT_ACT.normalize);
    this.add(ACT.LIBACT, this.difo(value), DT_ACT.normalize);
  }

  private scalar(n: Node): boolean {
    return !isDynamic(this.cx, n) && isScalar(n);
  }

  private trunc(n: Node): void {
    const argc = n.args!.length;
    if (argc < 1 || argc > 2)
      this.fail(
        n,
        'D_TRUNC_PROTO',
        `${n.ident!.name}( ) prototype mismatch: ${argc} args passed, ${argc < 1 ? 'at least 1' : 'no more than 2'} expected`,
      );
    const value = n.args![1];
    if (n.args![0].kind === 'agg' && value !== undefined && !this.scalar(value))
      this.fail(n, 'D_TRUNC_SCALAR', `${n.ident!.name}( ) argument #2 must be of scalar type`);
    const id = this.aggregationArgument(n, 'D_TRUNC_AGGARG', 'D_TRUNC_AGGBAD');
    this.add(ACT.LIBACT, this.constant(id.id), DT_ACT.trunc);
    this.add(ACT.LIBACT, value !== undefined ? this.difo(value) : this.constant(0), DT_ACT.trunc);
  }

  private format(n: Node, text: string) {
    return parseFormat(text, (tag, message) => this.fail(n, tag, message));
  }

  private printa(n: Node): void {
    const args = n.args!;
    const name = n.ident!.name;
    const format = args[0].kind === 'string' ? args[0].name : undefined;
    const aggs = format !== undefined ? args.slice(1) : args;
    const first = format !== undefined ? 2 : 1;
    if (args.length < first)
      this.fail(
        n,
        'D_PRINTA_PROTO',
        `${name}( ) prototype mismatch: ${args.length} args passed, ${first} expected`,
      );
    aggs.forEach((a, i) => {
      if (a.kind !== 'agg')
        this.fail(
          n,
          'D_PRINTA_AGGARG',
          `${name}( ) argument #${first + i} is incompatible with prototype:\n\tprototype: aggregation\n\t argument: ${nodeTypeName(this.cx, a)}`,
        );
      const id = a.ident!;
      if (id.gen === this.cx.gen && !(id.flags & ID_MOD))
        this.fail(n, 'D_PRINTA_AGGBAD', `undefined aggregation: @${id.name}`);
      if (i > 0) validatePrinta(this.cx, aggs[0], a);
      if (i === 0 && format !== undefined) {
        this.cx.line = n.line;
        const f = this.format(n, format);
        validateFormat(this.cx, f, name, id.sig?.args ?? [], {
          exact: false,
          aggregation: true,
          countAggregation: id.aggfunc?.id === ACT.COUNT,
        });
        this.stmt.format = f;
      }
      this.add(ACT.PRINTA, this.constant(id.id));
    });
  }

  private printfLike(n: Node, kind: number): void {
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

  private trace(n: Node): void {
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

  private tracemem(n: Node): void {
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

  private printm(n: Node): void {
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

  private stack(a: Action, args: Node[]): void {
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

  private ustack(a: Action, n: Node): void {
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

  // -- aggregations

  private aggregate(n: Node): void {
    const id = n.ident!;
    if (n.aggfun === undefined) this.fail(n, 'D_AGG_NULL', `expression has null effect: @${id.name}`);
    const fun = n.aggfun;
    const fid = fun.ident!;
    const args = fun.args!;
    if (args.length !== 0 && !this.scalar(args[0]))
      this.fail(fun, 'D_AGG_SCALAR', `${fid.name}( ) argument #1 must be of scalar type`);
    this.add(ACT.DIFEXPR, this.constant(id.id));
    let ntuple = 1;
    for (const key of n.args ?? []) {
      ntuple++;
      this.key(key);
    }
    let arg = 0n;
    let incr: Node | undefined;
    let rest: Node[] = [];
    let argMax = 0;
    if (fid.id === ACT.LQUANTIZE) {
      arg = this.lquantize(n, args, id);
      incr = args[4];
      rest = args.slice(5);
      argMax = 5;
    } else if (fid.id === ACT.LLQUANTIZE) {
      arg = this.llquantize(n, args, id);
      incr = args[5];
      rest = args.slice(6);
      argMax = 6;
    } else if (fid.id === ACT.QUANTIZE) {
      incr = args[1];
      rest = args.slice(2);
      argMax = 2;
    }
    if (incr !== undefined) {
      if (!this.scalar(incr))
        this.fail(
          n,
          'D_PROTO_ARG',
          `${fid.name}( ) increment value (argument #${argMax}) must be of scalar type`,
        );
      if (rest.length !== 0)
        this.fail(
          incr,
          'D_PROTO_LEN',
          `${fid.name}( ) prototype mismatch: ${argMax + rest.length} args passed, at most ${argMax} expected`,
        );
      ntuple++;
      const a = this.add(ACT.DIFEXPR, this.difo(incr));
      a.difo!.rtype = { ...VOID_TYPE };
    }
    this.stmt.aggregation = id.id;
    const a = this.add(fid.id, undefined, arg);
    a.ntuple = ntuple;
    if (args.length !== 0) a.difo = this.difo(args[0]);
  }

  private key(key: Node): void {
    if (key.kind === 'func' && key.ident!.kind === 'actfunc') {
      switch (key.ident!.id) {
        case DT_ACT.stack:
          this.stack(this.add(ACT.STACK, undefined), key.args!);
          return;
        case DT_ACT.ustack:
        case DT_ACT.jstack:
          this.ustack(this.add(ACT.USTACK, undefined), key);
          return;
        case DT_ACT.uaddr:
          this.symbol(ACT.UADDR, key.args![0]);
          return;
        case DT_ACT.usym:
          this.symbol(ACT.USYM, key.args![0]);
          return;
        case DT_ACT.umod:
          this.symbol(ACT.UMOD, key.args![0]);
          return;
        case DT_ACT.sym:
          this.symbol(ACT.SYM, key.args![0]);
          return;
        case DT_ACT.mod:
          this.symbol(ACT.MOD, key.args![0]);
          return;
      }
    }
    this.add(ACT.DIFEXPR, this.difo(key));
  }

  private lquantize(n: Node, args: Node[], id: Ident): bigint {
    const [, base, limit, stepNode] = args;
    const INT32 = (v: bigint): boolean => v >= -0x80000000n && v <= 0x7fffffffn;
    if (base.kind !== 'int')
      this.fail(base, 'D_LQUANT_BASETYPE', 'lquantize( ) argument #1 must be an integer constant');
    const lo = BigInt.asIntN(64, base.value);
    if (!INT32(lo)) this.fail(base, 'D_LQUANT_BASEVAL', 'lquantize( ) argument #1 must be a 32-bit quantity');
    if (limit.kind !== 'int')
      this.fail(limit, 'D_LQUANT_LIMTYPE', 'lquantize( ) argument #2 must be an integer constant');
    const hi = BigInt.asIntN(64, limit.value);
    if (!INT32(hi)) this.fail(limit, 'D_LQUANT_LIMVAL', 'lquantize( ) argument #2 must be a 32-bit quantity');
    if (hi < lo)
      this.fail(
        n,
        'D_LQUANT_MISMATCH',
        'lquantize( ) base (argument #1) must be less than limit (argument #2)',
      );
    let step = 1n;
    if (stepNode !== undefined) {
      if (!isPositiveConstant(stepNode))
        this.fail(
          stepNode,
          'D_LQUANT_STEPTYPE',
          'lquantize( ) argument #3 must be a non-zero positive integer constant',
        );
      step = stepNode.value;
      if (step > 0xffffn)
        this.fail(stepNode, 'D_LQUANT_STEPVAL', 'lquantize( ) argument #3 must be a 16-bit quantity');
    }
    const levels = (hi - lo) / step;
    if (levels === 0n)
      this.fail(
        n,
        'D_LQUANT_STEPLARGE',
        'lquantize( ) step (argument #3) too large: must have at least one quantization level',
      );
    if (levels > 0xffffn)
      this.fail(
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
      this.fail(
        n,
        'D_LQUANT_MATCHBASE',
        `lquantize( ) base (argument #1) doesn't match previous declaration: expected ${oldBase}, found ${lo}`,
      );
    if (oldLevels * oldStep !== levels * step)
      this.fail(
        n,
        'D_LQUANT_MATCHLIM',
        `lquantize( ) limit (argument #2) doesn't match previous declaration: expected ${oldBase + oldLevels * oldStep}, found ${lo + levels * step}`,
      );
    return this.fail(
      n,
      'D_LQUANT_MATCHSTEP',
      `lquantize( ) step (argument #3) doesn't match previous declaration: expected ${oldStep}, found ${step}`,
    );
  }

  private llquantize(n: Node, args: Node[], id: Ident): bigint {
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
        this.fail(
          a,
          `D_LLQUANT_${tag}TYPE`,
          `llquantize( ) argument #${i + 1} (${what}) must be an integer constant`,
        );
      if (a.value > 0xffffn)
        this.fail(
          a,
          `D_LLQUANT_${tag}VAL`,
          `llquantize( ) argument #${i + 1} (${what}) must be an unsigned 16-bit quantity`,
        );
      values.push(a.value);
      arg |= a.value << shift;
    });
    const [factor, low, high, steps] = values;
    if (factor < 2n)
      this.fail(n, 'D_LLQUANT_FACTORSMALL', 'llquantize( ) factor (argument #1) must be two or more');
    if (low >= high)
      this.fail(
        n,
        'D_LLQUANT_MAGRANGE',
        'llquantize( ) high magnitude (argument #3) must be greater than low magnitude (argument #2)',
      );
    if (steps < factor)
      this.fail(
        n,
        'D_LLQUANT_FACTORNSTEPS',
        'llquantize( ) factor (argument #1) must be less than or equal to the number of linear steps per magnitude (argument #4)',
      );
    let v = factor;
    while (v < steps) v *= factor;
    if (steps % factor !== 0n || v % steps !== 0n)
      this.fail(
        n,
        'D_LLQUANT_FACTOREVEN',
        'llquantize( ) factor (argument #1) must evenly divide the number of steps per magnitude (argument #4), ' +
          'and the number of steps per magnitude must evenly divide a power of the factor',
      );
    if (factor ** high > 0xffffffffffffffffn)
      this.fail(
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
        this.fail(
          n,
          `D_LLQUANT_${tag}MATCH`,
          `llquantize( ) ${what} (argument #${i + 1}) doesn't match previous declaration: expected ${expected}, found ${found}`,
        );
      }
    }
    return arg;
  }
}

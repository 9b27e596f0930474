/** Aggregations: what is aggregated, and the actions on what has been. */

import { ACT, DT_ACT } from '../../dif.ts';
import type { ErrorTag } from '../../errors.ts';
import { validateFormat, validatePrinta } from '../../printf.ts';
import { ID_MOD, type Ident } from '../ident.ts';
import { type Node, nodeTypeName } from '../node.ts';
import { llquantize, lquantize } from './quantize.ts';
import { RecordingActions } from './recording.ts';
import { VOID_TYPE } from './writer.ts';

export abstract class AggregationActions extends RecordingActions {
  /** The aggregation that an action names as its first argument. */
  protected aggregationArgument(n: Node, notAgg: ErrorTag, undefinedTag: ErrorTag): Ident {
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

  protected clear(n: Node): void {
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

  protected normalize(n: Node): void {
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

  protected trunc(n: Node): void {
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

  protected printa(n: Node): void {
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

  protected aggregate(n: Node): void {
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
      arg = lquantize(this.cx, n, args, id);
      incr = args[4];
      rest = args.slice(5);
      argMax = 5;
    } else if (fid.id === ACT.LLQUANTIZE) {
      arg = llquantize(this.cx, n, args, id);
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

  protected key(key: Node): void {
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
}

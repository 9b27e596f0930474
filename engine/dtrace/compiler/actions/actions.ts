/**
 * Statements to actions: what each D action, aggregation and plain expression asks of the kernel.
 */

import { ACT, DT_ACT } from '../../dif.ts';
import type { EcbDesc, Statement } from '../../program.ts';
import type { Node } from '../node.ts';
import { AggregationActions } from './aggregations.ts';
import { ActionOrder } from './order.ts';
import { VOID_TYPE } from './writer.ts';

export class ActionCompiler extends AggregationActions {
  private order = new ActionOrder();

  /** Compile one cooked statement into the ECB. */
  statement(ecb: EcbDesc, stmt: Statement, n: Node): void {
    if (this.ecb !== ecb) this.order = new ActionOrder();
    this.ecb = ecb;
    this.stmt = stmt;
    if (n.kind === 'agg') this.aggregate(n);
    else if (n.kind === 'dfunc') this.action(n.expr!);
    else if (n.expr!.kind === 'agg') this.aggregate(n.expr!);
    else {
      const a = this.add(ACT.DIFEXPR, this.difo(n.expr!));
      a.difo!.rtype = { ...VOID_TYPE };
    }
    this.order.check(this.cx, ecb.actions, n);
  }

  protected action(n: Node): void {
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
}

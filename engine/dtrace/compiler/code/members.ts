/** Members of structures, and translations: their members are computed where they are used, or all of them where the whole is assigned. */

import { fmt, OP } from '../../dif.ts';
import { memberOf, resolve } from '../../dtypes.ts';
import { ID_CGREG } from '../ident.ts';
import { cloneNode, NF_BITFIELD, NF_REF, NF_USERLAND, type Node, nodeIdent, propagateType } from '../node.ts';
import { type Translator, translatorMember } from '../xlator.ts';
import { VariableCode } from './variables.ts';

export abstract class MemberCode extends VariableCode {
  /** All members of a translation, computed into scratch space; the register with its address. `input` holds the source. */
  protected expandTranslation(input: number, x: Translator): number {
    const r1 = this.regs.alloc();
    this.setx(r1, resolve(x.dest).size);
    this.emit(fmt(OP.ALLOCS, r1, 0, r1));
    const saved = this.bindInput(x, input);
    for (const m of x.members) {
      const e = cloneNode(m.expr!);
      this.node(e);
      m.reg = e.reg;
      this.typecast(e, m);
      const place = memberOf(x.dest, m.name)!;
      const dst = this.cx.node('op2', '.');
      propagateType(m, dst);
      const offset = Math.floor(place.bitOffset / 8);
      if (offset !== 0) {
        const r2 = this.regs.alloc();
        this.setx(r2, offset);
        this.emit(fmt(OP.ADD, r1, r2, r2));
        dst.reg = r2;
        this.store(m, dst, place);
        this.regs.free(r2);
      } else {
        dst.reg = r1;
        this.store(m, dst, place);
      }
      this.regs.free(m.reg);
    }
    this.unbindInput(x, saved);
    return r1;
  }

  /** While a translator's members are generated its input parameter is a register. Nested uses save the outer one. */
  protected bindInput(x: Translator, reg: number): { flags: number; id: number } {
    const saved = { flags: x.input.flags, id: x.input.id };
    x.input.flags |= ID_CGREG;
    x.input.id = reg;
    return saved;
  }

  protected unbindInput(x: Translator, saved: { flags: number; id: number }): void {
    x.input.flags = saved.flags;
    x.input.id = saved.id;
  }

  protected assignment(n: Node): void {
    const xid = nodeIdent(this.cx, n.right!, 'xlsou');
    if (n.op === '=' && xid !== undefined) {
      const r = this.expandTranslation(n.right!.reg, xid.translator!);
      this.regs.free(n.right!.reg);
      n.reg = r;
    }
    this.fit(n);
    this.assignTo(n.left!, n);
  }

  protected member(n: Node): void {
    const l = n.left!;
    this.node(l);
    const xid = nodeIdent(this.cx, l, 'xlsou') ?? nodeIdent(this.cx, l, 'xlptr');
    if (xid !== undefined) {
      const x = xid.translator!;
      const m = translatorMember(x, n.right!.name)!;
      const saved = this.bindInput(x, l.reg);
      const e = cloneNode(m.expr!);
      this.node(e);
      n.reg = e.reg;
      this.typecast(e, n);
      this.unbindInput(x, saved);
      this.regs.free(l.reg);
      return;
    }
    const m = this.memberOfNode(n);
    const offset = Math.floor(m.bitOffset / 8);
    if (offset !== 0 || m.bitOffset % 8 !== 0) {
      const r = this.regs.alloc();
      this.setx(r, offset);
      this.emit(fmt(OP.ADD, l.reg, r, l.reg));
      this.regs.free(r);
    }
    if (!(n.flags & NF_REF)) {
      const flags = n.flags;
      n.flags |= l.flags & NF_USERLAND;
      this.emit(fmt(this.loadOp(n, m.type, m.bitOffset % 8), l.reg, 0, l.reg));
      n.flags = flags;
      if (n.flags & NF_BITFIELD) this.fieldGet(n, m);
    }
    n.reg = l.reg;
  }
}

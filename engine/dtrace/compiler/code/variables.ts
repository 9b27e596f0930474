/** Variables, inlines, symbols and calls: what a name becomes, and what it is assigned by. */

import { branch, DIF_VAR_ARGS, DIF_VAR_ARRAY_MAX, FLUSHTS, fmt, indexed, NOP, OP } from '../../dif.ts';
import { LibraryError } from '../../errors.ts';
import { ID_CGREG, ID_DIFR, ID_DIFW, ID_LOCAL, ID_TLS, IDENT_KIND_NAMES, type Ident } from '../ident.ts';
import { cloneNode, isScalar, isString, NF_REF, type Node, nodeSize, resolveIdent } from '../node.ts';
import { ConversionCode } from './conversions.ts';
import { difType } from './emitter.ts';

export abstract class VariableCode extends ConversionCode {
  /** Code for any expression; its value is left in its register. */
  protected abstract node(n: Node): void;

  /** Push arguments or keys: all are computed before the first is pushed, as each may itself use the tuple stack. */
  protected arglist(id: Ident, args: Node[]): void {
    for (const a of args) this.node(a);
    this.emit(FLUSHTS);
    const sig = id.sig!;
    args.forEach((a, i) => {
      const t = difType(this.cx, a);
      const formal = sig.args[i];
      if (formal?.type !== undefined) {
        formal.reg = a.reg;
        this.typecast(a, formal);
        formal.reg = -1;
      }
      let reg = 0;
      let op = OP.PUSHTV;
      if (t.flags !== 0) {
        op = OP.PUSHTR;
        if (t.size !== 0) {
          reg = this.regs.alloc();
          this.setx(reg, t.size);
        }
      }
      this.emit(fmt(op, t.kind, reg, a.reg));
      this.regs.free(a.reg);
      if (reg !== 0) this.regs.free(reg);
    });
    if (args.length > this.cx.options.tregs) throw new LibraryError('EDT_NOTUPREG');
  }

  protected storeOp(id: Ident): number {
    const local = (id.flags & ID_LOCAL) !== 0;
    const tls = (id.flags & ID_TLS) !== 0;
    if (id.kind === 'array') return tls ? OP.STTAA : OP.STGAA;
    return local ? OP.STLS : tls ? OP.STTS : OP.STGS;
  }

  /** Store a register to what an lvalue node names. `value` describes the register's content. */
  protected assignTo(target: Node, value: Node): void {
    if (target.kind === 'var') {
      const id = resolveIdent(target.ident!);
      if (id.kind === 'array') this.arglist(id, target.args!);
      id.flags |= ID_DIFW;
      this.uses(id);
      this.emit(indexed(this.storeOp(id), id.id, value.reg));
      return;
    }
    const bit = target.flags & NF_REF;
    target.flags |= NF_REF;
    this.node(target);
    this.store(value, target);
    this.regs.free(target.reg);
    target.flags = (target.flags & ~NF_REF) | bit;
  }

  protected associative(n: Node): void {
    const id = n.ident!;
    this.arglist(id, n.args!);
    n.reg = this.regs.alloc();
    const tls = (id.flags & ID_TLS) !== 0;
    const load = tls ? OP.LDTAA : OP.LDGAA;
    id.flags |= ID_DIFR;
    this.uses(id);
    this.emit(indexed(load, id.id, n.reg));
    if (n.flags & NF_REF) this.faultIn(n, load, tls ? OP.STTAA : OP.STGAA);
  }

  /** A value kept by reference may not exist yet: then make it, zero-filled, and load its address again. */
  protected faultIn(n: Node, load: number, store: number): void {
    const id = n.ident!;
    const there = this.label();
    this.emit(fmt(OP.TST, n.reg, 0, 0));
    this.emit(branch(OP.BNE, there));
    this.setx(n.reg, nodeSize(this.cx, n));
    this.emit(fmt(OP.ALLOCS, n.reg, 0, n.reg));
    id.flags |= ID_DIFW;
    this.emit(indexed(store, id.id, n.reg));
    this.emit(indexed(load, id.id, n.reg));
    this.emit(NOP, there);
  }

  /** args[], regs[], uregs[] */
  protected array(n: Node): void {
    const id = n.ident!;
    const index = n.args![0];
    const saved = index.value;
    if (id.id === DIF_VAR_ARGS) index.value = BigInt(this.cx.probe!.mapping[Number(saved)]);
    this.node(index);
    index.value = saved;
    n.reg = index.reg;
    id.flags |= ID_DIFR;
    this.uses(this.cx.globals.lookup(id.name) ?? id);
    this.cx.globals.lookup(id.name)!.flags |= ID_DIFR;
    this.emit(fmt(OP.LDGA, id.id, index.reg, n.reg));
    // the kernel gives 64 bits whatever the argument's type: cut them
    if (id.id !== DIF_VAR_ARGS || !isScalar(n)) return;
    const size = nodeSize(this.cx, n);
    if (size === 8) return;
    this.narrow(n.reg, n);
  }

  /** An inline: its expression, generated here, with parameters standing for the argument trees. */
  protected inline(n: Node): void {
    const id = n.ident!;
    const inl = id.inline!;
    const saved: (Node | undefined)[] = [];
    if (id.kind === 'array')
      inl.argv.forEach((p, i) => {
        if (p === undefined) return;
        saved[i] = p.inline!.root;
        p.inline!.root = n.args![i];
      });
    // a copy: an argument may use the same inline
    const root = cloneNode(inl.root!);
    this.node(root);
    n.reg = root.reg;
    this.typecast(root, n);
    if (id.kind === 'array')
      inl.argv.forEach((p, i) => {
        if (p !== undefined) p.inline!.root = saved[i];
      });
  }

  protected variable(n: Node): void {
    const id = n.ident!;
    if (id.flags & ID_CGREG) {
      n.reg = this.regs.alloc();
      this.emit(fmt(OP.MOV, id.id, 0, n.reg));
      return;
    }
    if (id.inline !== undefined) {
      this.inline(n);
      return;
    }
    if (id.kind === 'xlsou' || id.kind === 'xlptr') {
      this.array(n);
      return;
    }
    if (id.kind === 'array') {
      if (id.id > DIF_VAR_ARRAY_MAX) this.associative(n);
      else this.array(n);
      return;
    }
    n.reg = this.regs.alloc();
    const op = id.flags & ID_LOCAL ? OP.LDLS : id.flags & ID_TLS ? OP.LDTS : OP.LDGS;
    id.flags |= ID_DIFR;
    this.uses(id);
    this.emit(indexed(op, id.id, n.reg));
    // a string that is not there is NULL; a thread's struct or array has members that may be assigned to
    if (op === OP.LDTS && n.flags & NF_REF && !isString(this.cx, n)) this.faultIn(n, OP.LDTS, OP.STTS);
  }

  protected identifier(n: Node): void {
    switch (n.kind) {
      case 'var':
        this.variable(n);
        return;
      case 'func': {
        const id = n.ident!;
        if (id.kind !== 'func')
          this.cx.fail(
            'D_CG_EXPR',
            `${IDENT_KIND_NAMES[id.kind]} ${id.name}( ) may not be called from a D expression (D program context required)`,
            n,
          );
        this.arglist(id, n.args!);
        n.reg = this.regs.alloc();
        this.emit(indexed(OP.CALL, id.id, n.reg));
        return;
      }
      case 'sym': {
        const s = n.ident!.symbol!;
        n.reg = this.regs.alloc();
        this.setx(n.reg, s.address);
        if (!(n.flags & NF_REF)) this.emit(fmt(this.loadOp(n, n.type!), n.reg, 0, n.reg));
        return;
      }
      default:
        this.cx.fail('D_UNKNOWN', `internal error -- node type ${n.kind} is not valid for an identifier`);
    }
  }
}

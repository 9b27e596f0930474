/**
 * Writing loads and stores, with the hardware's part of them: address check or translation, first-level cache, predictor.
 *
 * The common case is inline; everything else is a call of the prelude. In the kernel one comparison does two things: tags in the
 * cache are offsets, so an address that is no kernel data can match none, and the slow path tells the cases apart.
 *
 *   x = address - KVBASE              (64 bits; its low half is the offset)
 *   tag = l1d[set of x]               (line << 2 | state)
 *   (x >> 4) ^ tag < 4                readable: same line, any state (bits 4 and 5 of x meet the state's place)
 *   (x >> 4) | 3 == tag               writable: same line, state 3
 *
 * User accesses find the page in the TLB first: the entry's tag is compared with the page of the access's last byte, while the
 * entry is chosen by its first, so an access that crosses a page never matches.
 */
import { CPU, KDATA_OFFSET, KVBASE, LINE_SHIFT, STATUS } from '../image/abi.ts';
import { Body, I32, I64, type ValType } from '../wasm/index.ts';
import type { Emitter } from './emit.ts';
import type { DataSym, Stmt, Tree } from './ir.ts';

const PAGE = 0xfff;

export class MemoryEmitter {
  private readonly e: Emitter;
  /** Locals that hold the bases of the running CPU's tables, if they are used. */
  private readonly bases = new Map<number, number>();

  constructor(e: Emitter) {
    this.e = e;
  }

  /** A table's base, from the CPU block. It cannot change while the function runs: another CPU is a suspension away. */
  private base(field: number): number {
    let local = this.bases.get(field);
    if (local === undefined) {
      local = this.e.b.local(I32);
      this.bases.set(field, local);
    }
    return local;
  }

  /** Reads the bases that were used; goes before all other code. */
  prologue(): void {
    const { b } = this.e;
    const head = new Body([]);
    for (const [field, local] of this.bases) head.i32(0).load('i32.load', field).set(local);
    if (head.code.length > 0) b.code.insert(head.code.bytes);
  }

  private get kernel(): boolean {
    return this.e.cx.kernel;
  }

  // Addresses

  /** Linear offset of a symbol in the kernel, its address as user code sees it. */
  symAddress(sym: DataSym, off: number): bigint {
    return (this.kernel ? KVBASE : 0n) + BigInt(sym.addr + off);
  }

  memAddress(tree: Tree & { k: 'mem' }): void {
    const { b, ir } = this.e;
    const off = tree.mem.offset + tree.off;
    if (this.kernel)
      b.get(0)
        .op('i64.extend_i32_u')
        .i64(KVBASE + BigInt(off))
        .op('i64.add');
    else {
      if (ir.usp === undefined) throw new Error(`guestc: ${ir.fn.name} has no memory stack`);
      this.e.read(ir.usp);
      if (off !== 0) b.i64(off).op('i64.add');
    }
  }

  // Loads and stores

  load(tree: Tree & { k: 'load' }): void {
    const { b, cx } = this.e;
    const { addr, off } = tree;
    if (this.kernel) {
      if (addr.k === 'sym') {
        const at = addr.sym.addr + addr.off + off;
        if (!tree.raw) this.cacheConst(at, false);
        b.i32(0).memory(tree.op, at);
        return;
      }
      if (addr.k === 'mem') {
        b.get(0).memory(tree.op, addr.mem.offset + addr.off + off);
        return;
      }
      const x = this.kernelOffset(addr, off);
      if (tree.raw || cx.prelude.cache === undefined) this.checkRange(x, false);
      else this.checkKernel(x, false);
      b.get(x).op('i32.wrap_i64').memory(tree.op, 0);
      return;
    }
    const o = this.translate(addr, off, tree.size);
    b.get(o).memory(tree.op, 0);
  }

  store(s: Stmt & { k: 'store' }): void {
    const { b, cx } = this.e;
    const { addr, off } = s;
    if (this.kernel) {
      if (addr.k === 'sym') {
        const at = addr.sym.addr + addr.off + off;
        const value = this.value(s.value);
        this.cacheConst(at, true);
        b.i32(0);
        value();
        b.memory(s.op, at);
        return;
      }
      if (addr.k === 'mem') {
        b.get(0);
        this.e.tree(s.value);
        b.memory(s.op, addr.mem.offset + addr.off + off);
        return;
      }
      const value = this.value(s.value);
      const x = this.kernelOffset(addr, off);
      if (cx.prelude.cache === undefined) this.checkRange(x, true);
      else this.checkKernel(x, true);
      b.get(x).op('i32.wrap_i64');
      value();
      b.memory(s.op, 0);
      return;
    }
    const value = this.value(s.value);
    const a = this.userAddress(addr, off);
    const o = this.e.temp('o', I32);
    this.tlbEntry(a, o);
    this.tlbMatch(a, o, s.size, 8);
    b.if_();
    this.pageOffset(a, o);
    if (cx.prelude.cache !== undefined) this.cacheLocal(o, true);
    b.get(o);
    value();
    b.memory(s.op, 0);
    b.else_();
    b.get(a);
    value();
    this.widen(s.value.t);
    b.i32(s.size).call(cx.prelude.helper('ustore').func);
    this.e.testFault();
    b.end();
  }

  /** A value to store, as its bits in an i64. */
  private widen(t: ValType): void {
    const { b } = this.e;
    if (t === I32) b.op('i64.extend_i32_u');
    else if (t !== I64) {
      if (t === 0x7d) b.ops('i32.reinterpret_f32', 'i64.extend_i32_u');
      else b.op('i64.reinterpret_f64');
    }
  }

  /** Evaluates what will be stored before the address is: returns how to put it on the stack. */
  private value(tree: Tree): () => void {
    const { e } = this;
    if (tree.k === 'get' || tree.k === 'i32' || tree.k === 'i64') return () => e.tree(tree);
    const local = e.temp(`v${tree.t}`, tree.t);
    e.tree(tree);
    e.b.set(local);
    return () => {
      e.b.get(local);
    };
  }

  /** Copies and clears of records. */
  block(s: Stmt & { k: 'copy' | 'zero' }): void {
    const { e } = this;
    const { b, cx } = e;
    e.tree(s.dst);
    if (s.k === 'copy') e.tree(s.src);
    b.i32(s.size);
    const helper = cx.prelude.helper(s.k === 'copy' ? 'copy' : 'zero');
    if (helper.where) e.where();
    b.call(helper.func);
    if (!this.kernel) e.testFault();
  }

  // The kernel's addresses

  /** addr + off - KVBASE, in a local. */
  private kernelOffset(addr: Tree, off: number): number {
    const { e } = this;
    const x = e.temp('x', I64);
    let base = addr;
    let plus = BigInt(off) - KVBASE;
    if (base.k === 'bin' && base.op === 0x7c && base.b.k === 'i64') {
      plus += base.b.v;
      base = base.a;
    }
    e.tree(base);
    e.b.i64(plus).op('i64.add').set(x);
    return x;
  }

  private checkKernel(x: number, write: boolean): void {
    const { e } = this;
    const { b } = e;
    const slow = e.cx.prelude.helper(write ? 'kwrite' : 'kread');
    b.get(x).i64(4).op('i64.shr_u');
    if (write) b.i64(3).op('i64.or');
    this.set(() => b.get(x).op('i32.wrap_i64'));
    b.load('i64.load32_u', 0);
    if (write) b.op('i64.ne');
    else b.op('i64.xor').i64(4).op('i64.ge_u');
    b.if_().get(x);
    e.where();
    b.call(slow.func).end();
  }

  /** Without the cache model, or raw: only that there is memory. */
  private checkRange(x: number, write: boolean): void {
    const { e } = this;
    const { b } = e;
    b.get(x)
      .i64(KDATA_OFFSET)
      .op('i64.sub')
      .i64(e.cx.prelude.limit - KDATA_OFFSET)
      .op('i64.ge_u');
    b.if_().get(x);
    e.where();
    b.call(e.cx.prelude.helper(write ? 'kbadwrite' : 'kbadread').func).end();
  }

  // The user's addresses

  private userAddress(addr: Tree, off: number): number {
    const { e } = this;
    const a = e.temp('a', I64);
    e.tree(addr);
    if (off !== 0) e.b.i64(off).op('i64.add');
    e.b.set(a);
    return a;
  }

  /** The TLB entry for an address. */
  private tlbEntry(a: number, entry: number): void {
    const { b, cx } = this.e;
    // (va >> 12) & (entries - 1), times 32 bytes
    b.get(a)
      .op('i32.wrap_i64')
      .i32(7)
      .op('i32.shr_u')
      .i32((cx.prelude.tlbEntries - 1) << 5)
      .op('i32.and');
    b.get(this.base(CPU.tlb)).op('i32.add').set(entry);
  }

  private tlbMatch(a: number, entry: number, size: number, tag: number): void {
    const { b } = this.e;
    b.get(entry).load('i64.load', tag).get(a);
    if (size > 1) b.i64(size - 1).op('i64.add');
    b.i64(~PAGE).op('i64.and').i64(1).op('i64.or').op('i64.eq');
  }

  private pageOffset(a: number, o: number): void {
    const { b } = this.e;
    b.get(a).op('i32.wrap_i64').i32(PAGE).op('i32.and').get(o).load('i32.load', 16).op('i32.add').set(o);
  }

  /** Offset of user memory to read, in a local; leaves on a fault. */
  private translate(addr: Tree, off: number, size: number): number {
    const { e } = this;
    const { b } = e;
    const a = this.userAddress(addr, off);
    const o = e.temp('o', I32);
    this.tlbEntry(a, o);
    this.tlbMatch(a, o, size, 0);
    b.if_();
    this.pageOffset(a, o);
    if (e.cx.prelude.cache !== undefined) this.cacheLocal(o, false);
    b.else_();
    b.get(a).i32(size).call(e.cx.prelude.helper('uread').func).tee(o).op('i32.eqz').if_();
    e.restart(STATUS.FAULT);
    b.end().end();
    return o;
  }

  // The cache

  /** Address of the most recent tag of the set that an offset (pushed by `offset`) belongs to. */
  private set(offset: () => void): void {
    const { b, cx } = this.e;
    const cache = cx.prelude.cache as { sets: number; bytesPerSet: number };
    const log = Math.log2(cache.bytesPerSet);
    offset();
    if (Number.isInteger(log)) {
      if (log < LINE_SHIFT) b.i32(LINE_SHIFT - log).op('i32.shr_u');
      else if (log > LINE_SHIFT) b.i32(log - LINE_SHIFT).op('i32.shl');
      b.i32((cache.sets - 1) << log).op('i32.and');
    } else {
      b.i32(LINE_SHIFT)
        .op('i32.shr_u')
        .i32(cache.sets - 1)
        .op('i32.and')
        .i32(cache.bytesPerSet)
        .op('i32.mul');
    }
    b.get(this.base(CPU.l1d)).op('i32.add');
  }

  private cacheLocal(o: number, write: boolean): void {
    const { b, cx } = this.e;
    b.get(o).i32(4).op('i32.shr_u');
    if (write) b.i32(3).op('i32.or');
    this.set(() => b.get(o));
    b.load('i32.load', 0);
    if (write) b.op('i32.ne');
    else b.op('i32.xor').i32(4).op('i32.ge_u');
    b.if_()
      .get(o)
      .i32(LINE_SHIFT)
      .op('i32.shr_u')
      .i32(write ? 1 : 0)
      .call(cx.prelude.helper('l1').func)
      .end();
  }

  /** The same for an address known now. */
  private cacheConst(at: number, write: boolean): void {
    const { b, cx } = this.e;
    const { cache } = cx.prelude;
    if (cache === undefined) return;
    const line = at >>> LINE_SHIFT;
    b.get(this.base(CPU.l1d)).load('i32.load', (line & (cache.sets - 1)) * cache.bytesPerSet);
    if (write) b.i32((line << 2) | 3).op('i32.ne');
    else
      b.i32(line << 2)
        .op('i32.xor')
        .i32(4)
        .op('i32.ge_u');
    b.if_()
      .i32(line)
      .i32(write ? 1 : 0)
      .call(cx.prelude.helper('l1').func)
      .end();
  }

  // The predictor

  /** The branch whose text address is 4 * site went this way. A counter that is sure of it already stays as it is. */
  predict(site: number, taken: boolean): void {
    const { b, cx } = this.e;
    const predictor = cx.prelude.predictor as { entries: number };
    const index = site & (predictor.entries - 1);
    b.get(this.base(CPU.bp))
      .load('i32.load8_u', index)
      .i32(taken ? 3 : 0);
    b.op('i32.ne')
      .if_()
      .i32(index)
      .call(cx.prelude.helper(taken ? 'bp_taken' : 'bp_not').func)
      .end();
  }
}

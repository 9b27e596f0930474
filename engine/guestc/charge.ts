/**
 * What code costs, and where it lies in the text.
 *
 * Trees are counted as the instructions that a compiler for the machine would choose: constants and register reads are operands,
 * an address takes base, scaled index and offset in the access, widening an unsigned value is free. Each instruction has a class
 * with a price in the profile (1/16 cycles) and takes four bytes of text.
 */
import type { Profile } from '../image/profile.ts';
import { F32, F64, I64, OP } from '../wasm/index.ts';
import type { Block, FnIr, Stmt, Term, Tree } from './ir.ts';

export const INSTRUCTION_BYTES = 4;
/** Records up to this many words are copied by loads and stores; larger ones by a loop that does two words a turn. */
const COPY_WORDS_INLINE = 8;

const FREE_OPS = new Set<number>([
  OP['i32.wrap_i64'],
  OP['i64.extend_i32_u'],
  OP['i32.reinterpret_f32'],
  OP['i64.reinterpret_f64'],
  OP['f32.reinterpret_i32'],
  OP['f64.reinterpret_i64'],
]);
const MUL = new Set<number>([OP['i32.mul'], OP['i64.mul']]);
const DIV = new Set<number>(
  (['i32', 'i64'] as const).flatMap((t) =>
    (['div_s', 'div_u', 'rem_s', 'rem_u'] as const).map((o) => OP[`${t}.${o}`]),
  ),
);
const FDIV = new Set<number>([OP['f32.div'], OP['f64.div'], OP['f64.sqrt']]);

export class Charger {
  private readonly cls: Profile['instructions'];
  private cost = 0;
  private count = 0;

  constructor(profile: Profile) {
    this.cls = profile.instructions;
  }

  private add(price: number, n = 1): void {
    this.cost += price * n;
    this.count += n;
  }

  /** Costs of blocks, text addresses of blocks, statements and return sites, and the line table. */
  layout(ir: FnIr): void {
    let at = 0;
    const { blocks, lines } = ir;
    let lastLine = -1;
    const line = (n: number) => {
      if (n === lastLine) return;
      lastLine = n;
      if (lines.length > 0 && lines[lines.length - 2] === at) lines[lines.length - 1] = n;
      else lines.push(at, n);
    };
    line(ir.fn.decl.loc.line);
    let payer: Block | undefined;
    blocks.forEach((b, i) => {
      b.at = at;
      if (b.charge || payer === undefined) {
        payer = b;
        b.cost = 0;
        b.count = 0;
      }
      for (const s of b.stmts) {
        if (!b.cold) line(s.line);
        s.at = at;
        this.cost = this.count = 0;
        this.stmt(s);
        if (b.free) continue;
        payer.cost += this.cost;
        payer.count += this.count;
        if (!b.cold) at += this.count * INSTRUCTION_BYTES;
      }
      this.cost = this.count = 0;
      this.term(b.term, blocks[i + 1]);
      if (!b.cold && this.count > 0) line(b.termLine);
      if (!b.free) {
        payer.cost += this.cost;
        payer.count += this.count;
        if (!b.cold) at += this.count * INSTRUCTION_BYTES;
      }
      if (b.term.k === 'ret') ir.returnSites.push(at - INSTRUCTION_BYTES);
      b.end = at;
    });
    // A call that does not return still has an address after it inside the function.
    if (blocks.some((b) => b.term.k === 'call' && b.term.noreturn && b.end === at)) at += INSTRUCTION_BYTES;
    ir.textSize = Math.max(at, INSTRUCTION_BYTES);
  }

  private stmt(s: Stmt): void {
    const { cls } = this;
    switch (s.k) {
      case 'set':
        this.tree(s.tree);
        // A move; one into a temporary is a matter of register allocation.
        if (s.local.name !== '' && isLeaf(s.tree)) this.add(cls.alu);
        break;
      case 'store':
        this.address(s.addr);
        this.tree(s.value);
        this.add(cls.store);
        break;
      case 'copy':
        this.address(s.dst);
        this.address(s.src);
        this.words(s.size, cls.load + cls.store, 2);
        break;
      case 'zero':
        this.address(s.dst);
        this.words(s.size, cls.store, 1);
        break;
      case 'setframe':
      case 'setcpu':
        this.tree(s.value);
        break;
      case 'do':
        for (const a of s.args) this.tree(a);
        this.cost += s.cost;
        this.add(cls.alu);
        break;
      case 'cost':
        if (s.cost > 0) this.count++;
        this.cost += s.cost;
        break;
    }
  }

  /** A run of memory words: price each, plus a loop's overhead when there are many. */
  private words(size: number, price: number, instructions: number): void {
    const words = Math.ceil(size / 8);
    this.cost += price * words;
    if (words <= COPY_WORDS_INLINE) this.count += words * instructions;
    else {
      this.cost += (words >> 1) * (this.cls.alu + this.cls.branch);
      this.count += instructions * 2 + 3;
    }
  }

  private term(term: Term, next: Block | undefined): void {
    const { cls } = this;
    switch (term.k) {
      case 'jump':
        if (term.to !== next) this.add(cls.jump);
        break;
      case 'branch':
        if (term.free) break;
        this.tree(term.cond);
        if (!isCompare(term.cond)) this.add(cls.alu);
        this.add(cls.branch);
        if (term.yes !== next && term.no !== next) this.add(cls.jump);
        break;
      case 'switch': {
        this.tree(term.value);
        if (isTable(term)) {
          this.add(cls.alu, 2);
          this.add(cls.branch);
          this.add(cls.indirect);
        } else {
          // Compared one after the other; half of them on average.
          const n = Math.ceil((term.cases.length + 1) / 2);
          this.add(cls.alu, n);
          this.add(cls.branch, n);
        }
        break;
      }
      case 'ret':
        if (term.value !== null) this.tree(term.value);
        this.add(cls.ret);
        break;
      case 'call':
        if ('k' in term.target) {
          this.tree(term.target);
          this.add(cls.indirect);
        } else this.add(cls.call);
        this.operands(term.args);
        break;
      case 'suspend':
      case 'hw':
        this.operands(term.args);
        this.add(cls.call);
        break;
      case 'trap':
        this.add(cls.alu);
        break;
      case 'probe':
        // A program's own site: its arguments, and then what stands in the call's place, a nop or the zero of "not enabled".
        if (term.site === undefined) break;
        this.operands(term.args);
        this.add(cls.alu);
        break;
      case 'yieldcheck':
        break;
    }
  }

  /** Arguments, each in its register. */
  private operands(args: Tree[]): void {
    for (const a of args) {
      this.tree(a);
      if (isLeaf(a)) this.add(this.cls.alu);
    }
  }

  private tree(tree: Tree): void {
    const { cls } = this;
    switch (tree.k) {
      case 'un':
        this.tree(tree.a);
        if (FREE_OPS.has(tree.op)) break;
        // Loads extend on the way.
        if (tree.op === OP['i64.extend_i32_s'] && tree.a.k === 'load') break;
        this.add(isFloat(tree) || isFloat(tree.a) ? (FDIV.has(tree.op) ? cls.fdiv : cls.float) : cls.alu);
        break;
      case 'bin':
      case 'div':
        this.tree(tree.a);
        this.tree(tree.b);
        this.binary(tree);
        break;
      case 'load':
        if (tree.raw) break;
        this.address(tree.addr);
        this.add(cls.load);
        break;
      case 'sel':
        this.tree(tree.c);
        this.tree(tree.a);
        this.tree(tree.b);
        if (!isCompare(tree.c)) this.add(cls.alu);
        this.add(cls.alu);
        break;
      case 'cpu':
        this.add(cls.alu);
        break;
      case 'help':
        for (const a of tree.args) this.tree(a);
        this.add(tree.name === 'va_arg' ? cls.load : cls.alu);
        break;
    }
  }

  private binary(tree: Tree & { k: 'bin' | 'div' }): void {
    const { cls } = this;
    if (isFloat(tree.a)) this.add(FDIV.has(tree.op) ? cls.fdiv : cls.float);
    else if (MUL.has(tree.op)) this.add(cls.mul);
    else if (DIV.has(tree.op)) {
      const { b } = tree;
      if (b.k === 'i32' || b.k === 'i64') {
        // By a constant: shifts, or a multiplication with the reciprocal.
        const n = BigInt(b.v);
        const power = n > 0n && (n & (n - 1n)) === 0n;
        if (power) this.add(cls.alu, 2);
        else {
          this.add(cls.mul);
          this.add(cls.alu, 2);
        }
      } else this.add(tree.t === I64 ? cls.div64 : cls.div32);
    } else this.add(cls.alu);
  }

  /** An address inside an access: base + index * scale + offset cost nothing of their own. */
  private address(tree: Tree): void {
    if (tree.k === 'bin' && tree.op === OP['i64.add']) {
      if (tree.b.k === 'i64') this.address(tree.a);
      else {
        this.tree(tree.a);
        this.index(tree.b);
      }
    } else this.tree(tree);
  }
  private index(tree: Tree): void {
    if (tree.k === 'bin' && tree.op === OP['i64.shl'] && tree.b.k === 'i64' && tree.b.v <= 3n)
      this.tree(tree.a);
    else this.tree(tree);
  }
}

const isFloat = (t: Tree): boolean => t.t === F32 || t.t === F64;

/** Needs no instruction to compute, so it needs one to be moved. */
function isLeaf(t: Tree): boolean {
  switch (t.k) {
    case 'un':
      return FREE_OPS.has(t.op) && isLeaf(t.a);
    case 'i32':
    case 'i64':
    case 'flt':
    case 'get':
    case 'sym':
    case 'fn':
    case 'mem':
    case 'fp':
    case 'rv':
      return true;
  }
  return false;
}

/** Sets the flags, so that a branch needs no test before it. */
const isCompare = (t: Tree): boolean =>
  (t.k === 'bin' && t.op >= OP['i32.eq'] && t.op <= OP['f64.ge']) ||
  (t.k === 'un' && (t.op === OP['i32.eqz'] || t.op === OP['i64.eqz']));

/** Smallest and largest value of a switch's cases. */
export function caseBounds(term: Term & { k: 'switch' }): { lo: bigint; hi: bigint } {
  let { lo, hi } = term.cases[0];
  for (const c of term.cases) {
    if (c.lo < lo) lo = c.lo;
    if (c.hi > hi) hi = c.hi;
  }
  return { lo, hi };
}

/** A switch that is worth a jump table: dense enough. */
export function isTable(term: Term & { k: 'switch' }): boolean {
  if (term.cases.length < 4) return false;
  const { lo, hi } = caseBounds(term);
  let values = 0n;
  for (const c of term.cases) values += c.hi - c.lo + 1n;
  return hi - lo < 4n * values + 8n && hi - lo < 1024n;
}

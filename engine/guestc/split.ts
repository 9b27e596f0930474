/**
 * From lowered blocks to blocks that can be suspended.
 *
 * First empty and unreachable blocks go and straight lines are joined. Then blocks are cut so that whatever may suspend in the middle
 * (a synchronised access, a user access that faults) can restart at the start of its own block: everything between that start
 * and the access only sets locals from values that the restart finds unchanged. A piece that is cut off costs nothing at its
 * start: its cost was charged with the piece before it, so a restart does not pay again. At last resume points get their numbers, in
 * layout order.
 */
import { FRAME } from '../image/abi.ts';
import { I64, MEM } from '../wasm/index.ts';
import {
  type Block,
  children,
  type FnIr,
  get,
  type Local,
  type Stmt,
  stmtTrees,
  successors,
  type Term,
  type Tree,
  termTrees,
} from './ir.ts';
import { addConst } from './values.ts';

export function tidy(ir: FnIr): void {
  // Jumps through empty blocks go straight on.
  const target = (b: Block): Block => {
    for (let hops = 0; hops < 100; hops++) {
      if (b.stmts.length > 0 || b.term.k !== 'jump' || b.term.to === b || b === ir.blocks[0]) return b;
      b = b.term.to;
    }
    return b;
  };
  for (const b of ir.blocks) retarget(b.term, target);

  const reached = new Set<Block>();
  const work = [ir.blocks[0]];
  while (work.length > 0) {
    const b = work.pop() as Block;
    if (reached.has(b)) continue;
    reached.add(b);
    successors(b.term, (s) => work.push(s));
  }
  const blocks = ir.blocks.filter((b) => reached.has(b));

  const preds = new Map<Block, number>();
  for (const b of blocks) successors(b.term, (s) => preds.set(s, (preds.get(s) ?? 0) + 1));
  const out: Block[] = [];
  for (const b of blocks) {
    const prev = out[out.length - 1];
    const joins =
      prev !== undefined &&
      prev.term.k === 'jump' &&
      prev.term.to === b &&
      preds.get(b) === 1 &&
      prev.cold === b.cold &&
      prev.free === b.free;
    if (joins) {
      prev.stmts.push(...b.stmts);
      prev.term = b.term;
      prev.termLine = b.termLine;
    } else out.push(b);
  }
  ir.blocks = out;
}

function retarget(term: Term, to: (b: Block) => Block): void {
  switch (term.k) {
    case 'jump':
      term.to = to(term.to);
      break;
    case 'branch':
      term.yes = to(term.yes);
      term.no = to(term.no);
      break;
    case 'switch':
      for (const c of term.cases) c.to = to(c.to);
      term.otherwise = to(term.otherwise);
      break;
    case 'call':
    case 'suspend':
    case 'hw':
    case 'probe':
    case 'yieldcheck':
      term.next = to(term.next);
      break;
  }
}

/** User: lowers the memory stack pointer, first thing in the function, when variables live on that stack. */
export function stackPrologue(ir: FnIr, usp: Local): void {
  let size = 0;
  for (const mem of ir.mems) {
    size = (size + mem.align - 1) & -mem.align;
    mem.offset = size;
    size += mem.size;
  }
  ir.stackSize = (size + 15) & -16;
  usp.slot = FRAME.usp;
  ir.usp = usp;
  const { line } = ir.blocks[0];
  const old: Tree = { k: 'frame', t: I64, op: MEM['i64.load'], off: FRAME.usp };
  ir.blocks[0].stmts.unshift(
    { k: 'set', local: usp, tree: addConst(old, -ir.stackSize), line },
    { k: 'setframe', op: MEM['i64.store'], off: FRAME.usp, value: get(usp), line },
  );
}

/** Might evaluating this leave a user fault or trap behind? */
function treeFaults(tree: Tree): boolean {
  if (tree.k === 'load' || tree.k === 'div') return true;
  let faults = false;
  children(tree, (t) => {
    faults ||= treeFaults(t);
  });
  return faults;
}
function stmtFaults(s: Stmt): boolean {
  if (s.k === 'store' || s.k === 'copy' || s.k === 'zero') return true;
  if (s.k === 'do' && s.faults) return true;
  let faults = false;
  stmtTrees(s, (t) => {
    faults ||= treeFaults(t);
  });
  return faults;
}
function termFaults(term: Term): boolean {
  let faults = term.k === 'trap' || (term.k === 'call' && term.noreturn);
  termTrees(term, (t) => {
    faults ||= treeFaults(t);
  });
  return faults;
}

function reads(tree: Tree, visit: (l: Local) => void): void {
  if (tree.k === 'get') visit(tree.local);
  else children(tree, (t) => reads(t, visit));
}

/** Cuts the blocks of a function; see above. */
export function split(ir: FnIr, kernel: boolean): void {
  const out: Block[] = [];
  for (const block of ir.blocks) splitBlock(block, kernel, out);
  ir.blocks = out;
}

function splitBlock(block: Block, kernel: boolean, out: Block[]): void {
  const { stmts, term, termLine } = block;
  let piece = block;
  piece.stmts = [];
  out.push(piece);
  const cut = (line: number, charge: boolean, resumable: boolean, sync: boolean) => {
    const next: Block = { ...block, stmts: [], line, charge, resumable, sync };
    piece.term = { k: 'jump', to: next };
    piece.termLine = line;
    out.push(next);
    piece = next;
  };
  // What a restart at the start of this piece would read again, and what it would write again before that.
  let open = false;
  const exposed = new Set<Local>();
  const written = new Set<Local>();
  const restart = (line: number, sync: boolean) => {
    cut(line, false, true, sync);
    open = true;
    exposed.clear();
    written.clear();
  };
  let afterSync = false;
  for (const s of stmts) {
    if (s.glue !== true) {
      if (afterSync || s.exact === true) {
        // The clock goes on from here: what comes later is charged later.
        cut(s.line, true, false, false);
        open = afterSync = false;
      }
      if (s.sync === true) restart(s.line, true);
      else if (kernel ? s.k === 'do' && s.faults : stmtFaults(s) && !open) restart(s.line, false);
    }
    if (s.sync === true) afterSync = true;
    piece.stmts.push(s);
    if (!open) continue;
    stmtTrees(s, (t) => reads(t, (l) => written.has(l) || exposed.add(l)));
    if (s.k === 'set') {
      if (exposed.has(s.local)) open = false;
      written.add(s.local);
    } else if (s.k !== 'cost') open = false;
  }
  if (!kernel && termFaults(term) && !open) restart(termLine, false);
  piece.term = term;
  piece.termLine = termLine;
}

/** Positions in layout order, and what continues after a suspension of its own. */
export function markResumable(ir: FnIr): void {
  ir.blocks.forEach((b, i) => {
    b.pos = i;
    b.id = i;
  });
  for (const b of ir.blocks) {
    const { term } = b;
    if (term.k === 'call' ? !term.noreturn : 'next' in term) (term as { next: Block }).next.resumable = true;
    successors(term, (s) => {
      if (s.pos <= b.pos) s.resumable = true;
    });
  }
}

/** Numbers the resume points; 0 is the entry, where a function that went too deep, or past the horizon, starts again. */
export function numberEntries(ir: FnIr): number {
  let entries = 0;
  ir.blocks.forEach((b, i) => {
    if (b.resumable || i === 0) b.entry = entries++;
  });
  return entries;
}

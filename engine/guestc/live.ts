/**
 * Which locals live across a resume point, and where in the frame each of those is kept meanwhile.
 *
 * A suspension stores all spilled locals, whichever resume point it is: so each has a slot of its own in the function.
 */
import { FRAME_HEADER } from '../image/abi.ts';
import {
  type Block,
  children,
  type FnIr,
  type Local,
  stmtTrees,
  successors,
  type Tree,
  termTrees,
} from './ir.ts';

export function assignSlots(ir: FnIr, kernel: boolean): void {
  const spilled = liveAtResume(ir);
  markBrief(ir, spilled);
  // Declared arguments keep their slots even if they are not used: frames are read by stack walkers and by D.
  let at = FRAME_HEADER + 8 * ir.nargs;
  for (const local of ir.locals) {
    if (!spilled.has(local) || local.slot >= 0) continue;
    if (local.home >= 0) local.slot = local.home;
    else {
      local.slot = at;
      at += 8;
    }
  }
  if (kernel) {
    for (const mem of ir.mems) {
      if (mem.offset >= 0) continue;
      at = (at + mem.align - 1) & -mem.align;
      mem.offset = at;
      at += mem.size;
    }
  }
  ir.frameSize = (at + 15) & -16;
}

/** Temporaries that only one block knows. */
function markBrief(ir: FnIr, spilled: Set<Local>): void {
  const home = new Map<Local, Block | undefined>();
  for (const b of ir.blocks) {
    const seen = (l: Local) => {
      if (l.name === '') home.set(l, home.has(l) && home.get(l) !== b ? undefined : b);
    };
    const read = (tree: Tree): void => {
      if (tree.k === 'get') seen(tree.local);
      else children(tree, read);
    };
    for (const s of b.stmts) {
      stmtTrees(s, read);
      if (s.k === 'set') seen(s.local);
      else if (s.k === 'do' && s.result !== undefined) seen(s.result);
    }
    termTrees(b.term, read);
  }
  for (const [local, b] of home) local.brief = b !== undefined && !spilled.has(local);
}

/** Locals that some resume point (other than the entry) finds in use. */
function liveAtResume(ir: FnIr): Set<Local> {
  const { blocks, locals } = ir;
  const words = (locals.length + 31) >> 5;
  const use = new Uint32Array(blocks.length * words);
  const def = new Uint32Array(blocks.length * words);
  const live = new Uint32Array(blocks.length * words);
  const usp = ir.usp;
  blocks.forEach((b, i) => {
    const base = i * words;
    const read = (tree: Tree): void => {
      if (tree.k === 'get') mark(tree.local);
      else if (tree.k === 'mem' && usp !== undefined) mark(usp);
      else children(tree, read);
    };
    const mark = ({ id }: Local) => {
      const w = base + (id >> 5);
      const bit = 1 << (id & 31);
      if ((def[w] & bit) === 0) use[w] |= bit;
    };
    const write = ({ id }: Local) => {
      def[base + (id >> 5)] |= 1 << (id & 31);
    };
    for (const s of b.stmts) {
      stmtTrees(s, read);
      if (s.k === 'set') write(s.local);
      else if (s.k === 'do' && s.result !== undefined) write(s.result);
    }
    termTrees(b.term, read);
  });
  const next = blocks.map((b) => {
    const positions: number[] = [];
    successors(b.term, (s) => positions.push(s.pos));
    return positions;
  });
  // Backward to a fixed point; layout order makes a few rounds enough.
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = blocks.length - 1; i >= 0; i--) {
      const base = i * words;
      for (let w = 0; w < words; w++) {
        let out = 0;
        for (const pos of next[i]) out |= live[pos * words + w];
        const now = (use[base + w] | (out & ~def[base + w])) >>> 0;
        if (now !== live[base + w]) {
          live[base + w] = now;
          changed = true;
        }
      }
    }
  }
  const result = new Set<Local>();
  blocks.forEach((b: Block, i) => {
    if (b.entry <= 0) return;
    for (const local of locals)
      if ((live[i * words + (local.id >> 5)] & (1 << (local.id & 31))) !== 0) result.add(local);
  });
  return result;
}

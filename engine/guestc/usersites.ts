/**
 * Sites of the pid provider in a user program: places where its process can be made to trap.
 *
 * On hardware the kernel patches a breakpoint over an instruction. Here a program that may be traced is compiled once more with a test at each such
 * place: the entry of a function, the start of each block, and each return instruction. The test looks into the process's map of
 * breakpoints (docs/guest-abi.md, section 8). It is free in simulated time: costs, text addresses and the predictor's sites are
 * those of the program without tests.
 */
import { I64 } from '../wasm/index.ts';
import { type Block, type FnIr, get, i64, type Local, type Stmt } from './ir.ts';

/** The blocks before which a test is made, for their addresses once the text is laid out. */
export interface UserSites {
  blocks: Block[];
}

/** Puts the tests into a function whose blocks are cut. */
export function addUserSites(ir: FnIr): UserSites {
  const out: Block[] = [];
  const sites: UserSites = { blocks: [] };
  ir.blocks.forEach((block, i) => {
    out.push(block);
    let last = block;
    if (block.charge && !block.cold && !block.free) {
      const head = i === 0 ? leading(block.stmts) : 0;
      // The block itself becomes the test, so that whoever jumps to it meets the test first.
      const rest: Block = { ...block, stmts: block.stmts.splice(head), sync: false, resumable: true };
      // An entry's first statements read the arguments, and must run before anything can suspend: all is charged with them.
      if (i === 0) rest.charge = false;
      else {
        rest.sync = block.sync;
        block.sync = false;
        sites.blocks.push(rest);
      }
      block.term = { k: 'probe', name: i === 0 ? 'pid_entry' : 'pid_site', args: [], next: rest };
      block.termLine = block.line;
      out.push(rest);
      last = rest;
    }
    if (last.term.k === 'ret') out.push(...returnSite(ir, last));
  });
  ir.blocks = out;
  return sites;
}

/** How many of a function's first statements only set up its registers. */
function leading(stmts: Stmt[]): number {
  let n = 0;
  while (n < stmts.length) {
    const s = stmts[n];
    if (s.k !== 'setframe' && !(s.k === 'set' && (s.tree.k === 'frame' || s.local.name === '*usp'))) break;
    n++;
  }
  return n;
}

/** Cuts a return: the value first, then the test, then the return instruction alone. */
function returnSite(ir: FnIr, block: Block): Block[] {
  const { term, termLine } = block;
  const value = term.k === 'ret' ? term.value : null;
  let kept: Local | undefined;
  if (value !== null) {
    kept = {
      id: ir.locals.length,
      t: I64,
      name: '',
      slot: -1,
      home: -1,
      brief: false,
      wasm: -1,
    };
    ir.locals.push(kept);
    block.stmts.push({ k: 'set', local: kept, tree: value, line: termLine });
  }
  const ret: Block = {
    ...block,
    stmts: [],
    term: { k: 'ret', value: kept === undefined ? null : get(kept) },
    line: termLine,
    charge: false,
    sync: false,
    resumable: true,
  };
  const args = [kept === undefined ? i64(0n) : get(kept)];
  block.term = { k: 'probe', name: 'pid_return', args, next: ret };
  return [ret];
}

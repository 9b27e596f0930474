/**
 * From a list of blocks with jumps to WebAssembly's structured control.
 *
 * Blocks keep their order. A jump back makes its target the head of a loop region, which spans to the last block that jumps there;
 * regions that would overlap are widened until they nest. Jumps forward go to labels that end before their target: each region opens its labels
 * at its start, so every one is in reach. What would enter a region elsewhere than at its head (a resumed frame, or a goto)
 * sets the `block` local and enters at the head, where a dispatch sends it on. So any graph can be written, and code that
 * only has C's loops and is not being resumed pays one test of `block` in each loop that can be entered inside.
 */
import { type Block, successors } from './ir.ts';

export interface Region {
  start: number;
  end: number;
  parent: Region | undefined;
  children: Region[];
  /** Positions of this region that forward jumps (and the dispatch) go to. */
  targets: Set<number>;
  /** Has resume points other than its head. */
  dispatch: boolean;
}

export type Route =
  | { k: 'loop'; region: Region }
  | { k: 'label'; region: Region; pos: number }
  /** Through the dispatch at the head of the region that starts at pos. */
  | { k: 'inside'; region: Region; pos: number };

export class Regions {
  readonly root: Region;
  private readonly regionOf: Region[];
  private readonly blocks: Block[];

  constructor(blocks: Block[]) {
    this.blocks = blocks;
    const last = blocks.length - 1;
    const ends = new Map<number, number>();
    for (const b of blocks)
      successors(b.term, (s) => {
        if (s.pos <= b.pos) ends.set(s.pos, Math.max(ends.get(s.pos) ?? 0, b.pos));
      });
    const make = (start: number, end: number, parent?: Region): Region => ({
      start,
      end,
      parent,
      children: [],
      targets: new Set(),
      dispatch: false,
    });
    this.root = make(0, last);
    let top = this.root;
    for (const start of [...ends.keys()].sort((a, b) => a - b)) {
      while (top.parent !== undefined && top.end < start) top = top.parent;
      const end = ends.get(start) as number;
      for (let r: Region | undefined = top; r !== undefined && r.end < end; r = r.parent) r.end = end;
      const region = make(start, end, top);
      top.children.push(region);
      top = region;
    }
    this.regionOf = new Array(blocks.length);
    const fill = (r: Region) => {
      for (let p = r.start; p <= r.end; p++) this.regionOf[p] = r;
      r.children.forEach(fill);
    };
    fill(this.root);
    // Jumps into the middle of a loop come through its dispatch.
    for (const b of blocks)
      successors(b.term, (s) => {
        if (this.route(b, s).k === 'inside') s.resumable = true;
      });
  }

  /** How to get from one block to another. */
  route(from: Block, to: Block): Route {
    let region = this.regionOf[to.pos];
    if (to.pos <= from.pos) return { k: 'loop', region };
    if (region.start <= from.pos) return { k: 'label', region, pos: to.pos };
    while ((region.parent as Region).start > from.pos || (region.parent as Region).end < from.pos)
      region = region.parent as Region;
    const outside = region.parent as Region;
    const atHead = to.pos === region.start && this.regionOf[to.pos] === region;
    return { k: atHead ? 'label' : 'inside', region: outside, pos: region.start };
  }

  /** Once resume points are numbered: which regions dispatch, and which positions need labels. */
  plan(): void {
    const visit = (r: Region): boolean => {
      r.children.forEach(visit);
      const head = r === this.root ? 0 : r.start;
      for (let p = r.start; p <= r.end; p++) if (this.blocks[p].entry >= 0 && p !== head) r.dispatch = true;
      if (!r.dispatch) return false;
      for (const { target } of this.entries(r)) r.targets.add(target);
      return true;
    };
    visit(this.root);
    for (const b of this.blocks)
      successors(b.term, (s) => {
        const route = this.route(b, s);
        if (route.k === 'loop') return;
        if (s.pos !== b.pos + 1 || b.term.k === 'switch') route.region.targets.add(route.pos);
      });
  }

  /** Resume points within a dispatching region, and the position in it that leads there. */
  entries(r: Region): { entry: number; target: number; child: Region | undefined }[] {
    const out: { entry: number; target: number; child: Region | undefined }[] = [];
    for (let p = r.start; p <= r.end; p++) {
      const { entry } = this.blocks[p];
      if (entry < 0 || (r === this.root && p === 0)) continue;
      const child = r.children.find((c) => c.start <= p && p <= c.end);
      out.push({ entry, target: child?.start ?? p, child });
    }
    return out;
  }
}

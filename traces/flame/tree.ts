/**
 * Folded stacks as a tree, of one run or of two: what a flame graph draws.
 *
 * In the tree of two runs every frame of either is there: one that only A has has vanished, one that only B has is new. A frame is as wide as
 * the larger of its two weights, and at least as wide as what is inside of it, so that nothing is left out of the picture.
 */
import type { Folded } from './folded.ts';

export interface FlameNode {
  name: string;
  /** Weights with all that is inside: of the run, or of runs A and B. */
  a: number;
  b: number;
  width: number;
  /** In alphabetical order: neighbours stay neighbours from one graph to the next. */
  children: FlameNode[];
}

interface Growing {
  name: string;
  a: number;
  b: number;
  children: Map<string, Growing>;
}

/** `b` undefined: one run, and both weights of a node are equal. */
export function flameTree(a: Folded, b?: Folded): FlameNode {
  const root: Growing = { name: 'all', a: 0, b: 0, children: new Map() };
  const add = (folded: Folded, side: 'a' | 'b') => {
    for (const [stack, weight] of folded) {
      root[side] += weight;
      let node = root;
      for (const name of stack.split(';')) {
        let child = node.children.get(name);
        if (child === undefined) {
          child = { name, a: 0, b: 0, children: new Map() };
          node.children.set(name, child);
        }
        child[side] += weight;
        node = child;
      }
    }
  };
  add(a, 'a');
  add(b ?? a, 'b');
  return finish(root);
}

function finish(node: Growing): FlameNode {
  const children = [...node.children.values()]
    .map(finish)
    .sort((x, y) => (x.name < y.name ? -1 : x.name > y.name ? 1 : 0));
  const inside = children.reduce((sum, child) => sum + child.width, 0);
  return { name: node.name, a: node.a, b: node.b, width: Math.max(node.a, node.b, inside), children };
}

export type Change = 'same' | 'more' | 'less' | 'new' | 'gone';

/** Less than this share of the larger weight is no change. */
const TOLERANCE = 0.01;

export function changeOf(node: FlameNode): Change {
  if (node.a === 0 && node.b > 0) return 'new';
  if (node.b === 0 && node.a > 0) return 'gone';
  if (Math.abs(node.b - node.a) <= TOLERANCE * Math.max(node.a, node.b)) return 'same';
  return node.b > node.a ? 'more' : 'less';
}

/** A frame in its place. */
export interface Box {
  node: FlameNode;
  depth: number;
  /** Left end and width, as shares of the whole: 0 to 1. */
  left: number;
  share: number;
}

/** Every frame, outer ones first, as far as it is at least `least` of the whole wide. */
export function boxes(root: FlameNode, least: number): Box[] {
  const out: Box[] = [];
  const whole = root.width === 0 ? 1 : root.width;
  const place = (node: FlameNode, depth: number, left: number): void => {
    const share = node.width / whole;
    if (share < least) return;
    out.push({ node, depth, left, share });
    let at = left;
    for (const child of node.children) {
      place(child, depth + 1, at);
      at += child.width / whole;
    }
  };
  place(root, 0, 0);
  return out.sort((x, y) => x.depth - y.depth || x.left - y.left);
}

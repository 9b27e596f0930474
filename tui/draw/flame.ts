/**
 * A flame graph in text: callers above, callees below, width for weight.
 *
 * Frames are `[name ]`; in the comparison of two runs the room behind a name says what became of it, so that it reads without colour:
 * `+` more, `-` less, `*` new, `x` vanished. Below it the frames in figures, widest changes (or largest own weights) first.
 */
import { type Box, boxes, type Change, changeOf, type FlameNode } from '../../traces/flame/tree.ts';

export interface FlameTextOptions {
  columns: number;
  colour: boolean;
  /** Two runs are compared. */
  diff: boolean;
  /** A weight in words. */
  weight: (value: number) => string;
}

const FILL: Record<Change, string> = { same: ' ', more: '+', less: '-', new: '*', gone: 'x' };
/** 256-colour backgrounds with black text: legible on dark and light grounds. */
const DIFF_COLOUR: Record<Change, number> = { same: 252, more: 217, less: 153, new: 203, gone: 246 };
const WARM = [223, 222, 216, 215, 221, 180, 186, 229];
/** Rows of the table. */
const ROWS = 12;
const LEAST = 3;

export function flameText(root: FlameNode, options: FlameTextOptions): string {
  const { columns } = options;
  const rows: string[][] = [];
  const all = boxes(root, 0);
  const hidden = all.filter((box) => cells(box, columns) === undefined).length;
  for (const box of all) {
    const place = cells(box, columns);
    if (place === undefined) continue;
    rows[box.depth] ??= Array.from({ length: columns }, () => ' ');
    draw(rows[box.depth], place, box.node, options);
  }
  const out = rows.map((row) => row.join('').trimEnd());
  if (hidden > 0) out.push(`(${hidden} frames are too narrow to be drawn)`);
  if (options.diff) out.push(`+ more  - less  * new  x vanished; widths: the larger of both`);
  out.push('', ...table(root, options));
  return `${out.join('\n')}\n`;
}

/** First column and how many, undefined when too few to be seen. */
function cells(box: Box, columns: number): { from: number; count: number } | undefined {
  const from = Math.round(box.left * columns);
  const count = Math.round((box.left + box.share) * columns) - from;
  return count < LEAST ? undefined : { from, count };
}

function draw(
  row: string[],
  { from, count }: { from: number; count: number },
  node: FlameNode,
  { colour, diff }: FlameTextOptions,
): void {
  const change = diff ? changeOf(node) : 'same';
  const room = count - 2;
  const name =
    node.name.length > room ? `${node.name.slice(0, Math.max(0, room - 2))}..`.slice(0, room) : node.name;
  const inside =
    name + (name.length < room ? ' ' : '') + FILL[change].repeat(Math.max(0, room - name.length - 1));
  const text = `[${inside}]`;
  for (let k = 0; k < count; k++) row[from + k] = text[k] ?? ' ';
  if (!colour) return;
  const paint = diff ? DIFF_COLOUR[change] : WARM[hash(node.name) % WARM.length];
  row[from] = `\x1b[48;5;${paint};38;5;16m${row[from]}`;
  row[from + count - 1] += '\x1b[0m';
}

/** Same name, same colour. */
export function hash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) >>> 0;
  return h;
}

/** Weight that is a frame's own: not of what is inside. */
const own = (node: FlameNode, side: 'a' | 'b'): number =>
  node[side] - node.children.reduce((sum, child) => sum + child[side], 0);

function table(root: FlameNode, { diff, weight, columns }: FlameTextOptions): string[] {
  const rows: { path: string; a: number; b: number }[] = [];
  const walk = (node: FlameNode, path: string): void => {
    rows.push({ path, a: own(node, 'a'), b: own(node, 'b') });
    for (const child of node.children) walk(child, path === '' ? child.name : `${path};${child.name}`);
  };
  walk(root, '');
  const size = (r: { a: number; b: number }) => (diff ? Math.abs(r.b - r.a) : r.b);
  const shown = rows
    .filter((r) => size(r) > 0)
    .sort((x, y) => size(y) - size(x) || (x.path < y.path ? -1 : 1))
    .slice(0, ROWS);
  const head = diff
    ? [`${'A'.padStart(12)}${'B'.padStart(12)}${'B - A'.padStart(13)}  stack (own weight)`]
    : [`${'own'.padStart(12)}${'share'.padStart(8)}  stack`];
  const line = (r: { path: string; a: number; b: number }) =>
    diff
      ? `${weight(r.a).padStart(12)}${weight(r.b).padStart(12)}${`${r.b < r.a ? '-' : '+'}${weight(Math.abs(r.b - r.a))}`.padStart(13)}  `
      : `${weight(r.b).padStart(12)}${`${((100 * r.b) / Math.max(1, root.b)).toFixed(1)} %`.padStart(8)}  `;
  return [
    ...head,
    ...shown.map((r) => {
      const start = line(r);
      const room = Math.max(20, columns - start.length);
      return start + (r.path.length > room ? `..${r.path.slice(r.path.length - room + 2)}` : r.path);
    }),
  ];
}

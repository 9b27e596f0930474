/** A flame graph as SVG: drawn at once, without scripts; what a frame is and weighs is its tooltip. */
import { boxes, type Change, changeOf, type FlameNode } from '../../traces/flame/tree.ts';
import { hash } from './flame.ts';

export interface FlameSvgOptions {
  title: string;
  diff: boolean;
  /** Pixels. */
  width: number;
  weight: (value: number) => string;
}

const ROW = 18;
const MARGIN = 12;
const TOP = 44;
/** Of a character of the 12 px monospace used. */
const CHARACTER = 7.2;
/** Narrower frames are not drawn. */
const LEAST_PIXELS = 0.3;

const LEGEND: [Change, string, string][] = [
  ['more', '#f4a582', 'more'],
  ['less', '#92c5de', 'less'],
  ['same', '#eeeeee', 'same'],
  ['new', '#d6604d', 'new'],
  ['gone', '#bbbbbb', 'vanished'],
];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function flameSvg(root: FlameNode, options: FlameSvgOptions): string {
  const inner = options.width - 2 * MARGIN;
  const drawn = boxes(root, LEAST_PIXELS / inner);
  const depth = drawn.reduce((most, box) => Math.max(most, box.depth), 0) + 1;
  const legend = options.diff ? 24 : 0;
  const height = TOP + depth * ROW + legend + MARGIN;
  const out = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${options.width}" height="${height}" viewBox="0 0 ${options.width} ${height}" font-family="monospace" font-size="12">`,
    `<title>${escaped(options.title)}</title>`,
    '<defs><pattern id="gone" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#dddddd"/><line x1="0" y1="0" x2="0" y2="6" stroke="#999999" stroke-width="2"/></pattern></defs>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="${options.width / 2}" y="26" text-anchor="middle" font-size="16" fill="#000000">${escaped(options.title)}</text>`,
  ];
  for (const { node, depth: row, left, share } of drawn) {
    const x = MARGIN + left * inner;
    const y = TOP + row * ROW;
    const w = share * inner;
    const change = options.diff ? changeOf(node) : 'same';
    const letters = Math.floor((w - 6) / CHARACTER);
    const label =
      letters < 3 ? '' : node.name.length <= letters ? node.name : `${node.name.slice(0, letters - 2)}..`;
    out.push(
      `<g><title>${escaped(tip(node, root, options))}</title>` +
        `<rect x="${x.toFixed(2)}" y="${y}" width="${Math.max(0.1, w - 0.5).toFixed(2)}" height="${ROW - 1}" rx="1" ${paint(node, change, options.diff)}/>` +
        (label === ''
          ? ''
          : `<text x="${(x + 3).toFixed(2)}" y="${y + 13}" fill="#000000">${escaped(label)}</text>`) +
        '</g>',
    );
  }
  if (options.diff)
    LEGEND.forEach(([change, , word], i) => {
      const x = MARGIN + i * 110;
      const y = TOP + depth * ROW + 10;
      out.push(
        `<rect x="${x}" y="${y}" width="14" height="14" ${fill(change)}/><text x="${x + 20}" y="${y + 12}" fill="#000000">${word}</text>`,
      );
    });
  out.push('</svg>');
  return `${out.join('\n')}\n`;
}

function tip(node: FlameNode, root: FlameNode, { diff, weight }: FlameSvgOptions): string {
  if (!diff)
    return `${node.name}: ${weight(node.b)} (${((100 * node.b) / Math.max(1, root.b)).toFixed(2)} %)`;
  const sign = node.b < node.a ? '-' : '+';
  const change = changeOf(node);
  const word = change === 'new' ? ', new' : change === 'gone' ? ', vanished' : '';
  return `${node.name}: A ${weight(node.a)}, B ${weight(node.b)} (${sign}${weight(Math.abs(node.b - node.a))}${word})`;
}

const fill = (change: Change): string =>
  change === 'gone'
    ? 'fill="url(#gone)" stroke="#888888" stroke-dasharray="3 2"'
    : `fill="${LEGEND.find(([c]) => c === change)?.[1]}"${change === 'new' ? ' stroke="#000000" stroke-dasharray="3 2"' : ''}`;

function paint(node: FlameNode, change: Change, diff: boolean): string {
  if (diff) return fill(change);
  const h = hash(node.name);
  return `fill="hsl(${h % 50} 85% ${68 + (h % 11)}%)"`;
}

/**
 * Styles by name, and what they are on a terminal: the terminal's own sixteen colours, so that they stand on dark and light grounds alike;
 * without colour (NO_COLOR) bold, faint and reverse are left. No meaning rests on a colour alone: glyphs and words say it too.
 */
import type { Line } from './line.ts';

/** SGR parameters: with colour, without. */
const STYLES = {
  dim: ['2', '2'],
  bold: ['1', '1'],
  title: ['1;34', '1'],
  accent: ['36', ''],
  key: ['1;36', '1'],
  bar: ['7', '7'],
  barDim: ['2;7', '7'],
  selected: ['7', '7'],
  /** The selected row of a pane that has not the focus. */
  shadowed: ['4', '4'],
  cursor: ['1;7', '1;7'],
  good: ['32', ''],
  warn: ['33', '1'],
  bad: ['1;31', '1'],
  error: ['1;31;7', '1;7'],
  user: ['32', ''],
  kernel: ['34', ''],
  interrupt: ['33', ''],
  spin: ['1;31', '1'],
  probe: ['35', ''],
  idle: ['2', '2'],
  marker: ['1;36;7', '1;7'],
  link: ['4;36', '4'],
  match: ['1;33', '1;4'],
  keyword: ['1', '1'],
  comment: ['2', '2'],
  string: ['32', ''],
  number: ['36', ''],
  inserted: ['32', ''],
  missing: ['31', ''],
  moved: ['36', ''],
} as const satisfies Record<string, readonly [string, string]>;

export type StyleName = keyof typeof STYLES;

/** Turns a line into text with as few escapes as it takes. */
export function paint(line: Line, colour: boolean): string {
  let out = '';
  let at = '';
  for (const [text, style] of line) {
    if (text === '') continue;
    const sgr = style === undefined ? '' : STYLES[style][colour ? 0 : 1];
    if (sgr !== at) {
      out += at === '' ? `\x1b[${sgr}m` : sgr === '' ? '\x1b[0m' : `\x1b[0;${sgr}m`;
      at = sgr;
    }
    out += text;
  }
  return at === '' ? out : `${out}\x1b[0m`;
}

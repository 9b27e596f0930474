/**
 * How many columns text takes on a terminal: wide (East Asian) characters two, combining marks and controls none.
 *
 * The screens themselves are drawn with ASCII, box, block and braille characters only; guest output and file names may hold anything.
 */

/** First and last code points of characters that are two columns wide (East Asian Width W and F, and emoji shown as pictures). */
const WIDE: [number, number][] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x2614, 0x2615],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** First and last code points of marks that combine with what stands before them. */
const COMBINING: [number, number][] = [
  [0x0300, 0x036f],
  [0x0483, 0x0489],
  [0x0591, 0x05bd],
  [0x0610, 0x061a],
  [0x064b, 0x065f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
];

const within = (table: [number, number][], code: number) =>
  table.some(([low, high]) => code >= low && code <= high);

export function charWidth(code: number): number {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return 1;
  if (within(COMBINING, code)) return 0;
  return within(WIDE, code) ? 2 : 1;
}

const PLAIN = /^[\x20-\x7e]*$/;

export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char.codePointAt(0) as number);
  return width;
}

/** The longest beginning of the text that fits, in columns. */
export function clip(text: string, width: number): string {
  if (PLAIN.test(text)) return text.length <= width ? text : text.slice(0, Math.max(0, width));
  let used = 0;
  let out = '';
  for (const char of text) {
    const w = charWidth(char.codePointAt(0) as number);
    if (used + w > width) break;
    used += w;
    out += char;
  }
  return out;
}

/** As clip, but a text that does not fit ends with the mark. */
export const shorten = (text: string, width: number, mark = '~'): string =>
  textWidth(text) <= width ? text : width <= 0 ? '' : clip(text, width - textWidth(mark)) + mark;

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - textWidth(text)));

export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - textWidth(text))) + text;

/** Text of the guest or of a file for one row: tabs opened, controls as dots, no escape sequences. */
export function plain(text: string): string {
  if (PLAIN.test(text)) return text;
  let out = '';
  let column = 0;
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (code === 9) {
      const stop = 8 - (column % 8);
      out += ' '.repeat(stop);
      column += stop;
    } else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
      out += '.';
      column++;
    } else {
      out += char;
      column += charWidth(code);
    }
  }
  return out;
}

/** Words in rows of at most so many columns. */
export function wrap(text: string, width: number): string[] {
  const out: string[] = [];
  let row = '';
  for (const word of text.split(' ')) {
    if (row !== '' && row.length + 1 + word.length > width) {
      out.push(row);
      row = word;
    } else row = row === '' ? word : `${row} ${word}`;
  }
  if (row !== '') out.push(row);
  return out;
}

/**
 * A row of the screen as data: pieces of text with a style by name. Views make them, tests read them, colours.ts turns them into escapes.
 */
import type { StyleName } from './colours.ts';
import { clip, textWidth } from './width.ts';

export type Span = readonly [text: string, style?: StyleName];
export type Line = readonly Span[];

export const lineWidth = (line: Line): number => line.reduce((n, [text]) => n + textWidth(text), 0);
export const lineText = (line: Line): string => line.map(([text]) => text).join('');

/** The line in exactly so many columns. */
export function toWidth(line: Line, width: number, fill?: StyleName): Line {
  const out: Span[] = [];
  let left = width;
  for (const [text, style] of line) {
    if (left <= 0) break;
    const w = textWidth(text);
    if (w <= left) {
      out.push([text, style]);
      left -= w;
    } else {
      const cut = clip(text, left);
      out.push([cut, style]);
      left -= textWidth(cut);
      break;
    }
  }
  if (left > 0) out.push([' '.repeat(left), fill]);
  return out;
}

/** Text at both ends of a line; the right one goes first when there is no room. */
export function ends(left: Line, right: Line, width: number, fill?: StyleName): Line {
  const wide = lineWidth(right);
  if (lineWidth(left) + wide + 1 > width) return toWidth(left, width, fill);
  return [...toWidth(left, width - wide, fill), ...right];
}

/** Every piece in the given style, for a row under the cursor. */
export const over = (line: Line, style: StyleName): Line => [[lineText(line), style]];

/** Two blocks side by side with a border between, each padded to its width. */
export function beside(
  left: Line[],
  right: Line[],
  leftWidth: number,
  rightWidth: number,
  border: Span,
  height: number,
): Line[] {
  return Array.from({ length: height }, (_, i) => [
    ...toWidth(left[i] ?? [], leftWidth),
    border,
    ...toWidth(right[i] ?? [], rightWidth),
  ]);
}

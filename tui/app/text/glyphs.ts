/** The characters that screens are drawn with: ASCII, box, block and braille only; --ascii leaves the first. */
export interface Glyphs {
  ascii: boolean;
  horizontal: string;
  vertical: string;
  cross: string;
  tick: string;
  arrow: string;
  back: string;
  up: string;
  more: string;
  cut: string;
  now: string;
  /** What a CPU does, in a lane. */
  what: Record<'none' | 'idle' | 'user' | 'kernel' | 'interrupt' | 'spin' | 'probe', string>;
  /** Marks under a lane. */
  switched: string;
  timer: string;
  blocked: string;
  /** Nothing to full, for shares and heights. */
  levels: string[];
  /** A horizontal bar's full cell and its eighths. */
  bar: string[];
}

export const BLOCKS: Glyphs = {
  ascii: false,
  horizontal: '─',
  vertical: '│',
  cross: '┼',
  tick: '┬',
  arrow: '─>',
  back: '<─',
  up: '^',
  more: '┆',
  cut: '~',
  now: '│',
  what: { none: ' ', idle: '┄', user: '█', kernel: '▓', interrupt: '║', spin: '╳', probe: '▒' },
  switched: '╷',
  timer: '╵',
  blocked: '╳',
  levels: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  bar: ['█', '▏', '▎', '▍', '▌', '▋', '▊', '▉'],
};

export const ASCII: Glyphs = {
  ascii: true,
  horizontal: '-',
  vertical: '|',
  cross: '+',
  tick: '+',
  arrow: '->',
  back: '<-',
  up: '^',
  more: ':',
  cut: '~',
  now: '|',
  what: { none: ' ', idle: '.', user: '#', kernel: '=', interrupt: '!', spin: 'x', probe: '*' },
  switched: ',',
  timer: "'",
  blocked: 'x',
  levels: [' ', '.', ':', '-', '=', '+', '*', '%', '#'],
  bar: ['#', '', '', '', '', '', '', ''],
};

/** A bar of `share` (0 to 1) of the width, to an eighth of a column where the glyphs can. */
export function bar(share: number, width: number, glyphs: Glyphs): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  const full = Math.floor(eighths / 8);
  const rest = eighths % 8;
  const end = glyphs.ascii ? (rest >= 4 ? '#' : '') : rest === 0 ? '' : glyphs.bar[rest];
  const text = glyphs.bar[0].repeat(full) + end;
  return text === '' && share > 0 ? (glyphs.ascii ? '.' : glyphs.bar[1]) : text;
}

/** Heights, one glyph a value, scaled to the greatest. */
export function spark(values: readonly number[], glyphs: Glyphs): string {
  const most = Math.max(...values, 0);
  const top = glyphs.levels.length - 1;
  return values
    .map((v) => glyphs.levels[v <= 0 || most === 0 ? 0 : Math.max(1, Math.round((v / most) * top))])
    .join('');
}

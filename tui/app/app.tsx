/** The Ink tree: three blocks of rows over one store. What is in them is worked out once a frame, when Ink asks. */
import { Box } from 'ink';
import { type ReactElement, useSyncExternalStore } from 'react';
import { Rows } from './components/rows.tsx';
import type { Keymap } from './keymap.ts';
import { layout, type Screen, screen } from './screen.ts';
import type { Store } from './store.ts';
import { STAND_IN_WIDTH } from './terminal.ts';
import { paint } from './text/colours.ts';
import type { Glyphs } from './text/glyphs.ts';

export interface Look {
  glyphs: Glyphs;
  colour: boolean;
}

/** Stand-ins are two characters of the private use area: which row, and which version of it. */
const ROW = 0xe000;
const VERSION = 0xe800;
const VERSIONS = 0x800;
/** A row fills its line: what Ink erases after it would be the row's own last column. */
const STAND_IN = /[\ue000-\ue7ff][\ue800-\uefff](?:\x1b\[K)?/g;

/** The frame of the store's present version. */
export class Frames {
  readonly #store: Store;
  readonly #keymap: Keymap;
  readonly #look: Look;
  readonly #rows: string[] = [];
  readonly #versions: number[] = [];
  #version = -1;
  #screen: Screen = { top: [], body: [], bottom: [], hits: [] };
  /** Frames worked out so far. */
  count = 0;

  constructor(store: Store, keymap: Keymap, look: Look) {
    this.#store = store;
    this.#keymap = keymap;
    this.#look = look;
  }

  get screen(): Screen {
    if (this.#version !== this.#store.version) {
      this.#screen = screen(this.#store, this.#keymap, this.#look.glyphs);
      this.#version = this.#store.version;
      this.count++;
    }
    return this.#screen;
  }

  /**
   * A stand-in for row i of a block: Ink lays it out and sees whether it changed; expand() puts the row itself in its place. (Ink takes every
   * styled cell apart and together again for each frame, which costs ten times what making the rows does.)
   */
  row(part: 'top' | 'body' | 'bottom', i: number): string {
    const { top, body } = this.screen;
    const at = i + (part === 'top' ? 0 : part === 'body' ? top.length : top.length + body.length);
    const painted = paint(this.screen[part][i] ?? [], this.#look.colour);
    if (painted !== this.#rows[at]) {
      this.#rows[at] = painted;
      this.#versions[at] = ((this.#versions[at] ?? 0) + 1) % VERSIONS;
    }
    return String.fromCharCode(ROW + at, VERSION + this.#versions[at]);
  }

  /** Ink's output with the rows in it. */
  readonly expand = (text: string): string =>
    text.replace(STAND_IN, (pair) => this.#rows[pair.charCodeAt(0) - ROW] ?? '');
}

export function App({ store, frames }: { store: Store; frames: Frames }): ReactElement {
  useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot);
  const { columns, rows } = store.state;
  const { top, body, bottom } = layout(columns, rows);
  return (
    <Box flexDirection="column" width={STAND_IN_WIDTH} height={rows - 1}>
      <Rows height={top} width={STAND_IN_WIDTH} row={(i) => frames.row('top', i)} />
      <Rows height={body} width={STAND_IN_WIDTH} row={(i) => frames.row('body', i)} />
      <Rows height={bottom} width={STAND_IN_WIDTH} row={(i) => frames.row('bottom', i)} />
    </Box>
  );
}

/** The Ink tree: three blocks of rows over one store. What is in them is worked out once a frame, when Ink asks. */
import { Box } from 'ink';
import { type ReactElement, useSyncExternalStore } from 'react';
import { Rows } from './components/rows.tsx';
import type { Keymap } from './keymap.ts';
import { layout, type Screen, screen } from './screen.ts';
import type { Store } from './store.ts';
import { paint } from './text/colours.ts';
import type { Glyphs } from './text/glyphs.ts';

export interface Look {
  glyphs: Glyphs;
  colour: boolean;
}

/** The frame of the store's present version. */
export class Frames {
  readonly #store: Store;
  readonly #keymap: Keymap;
  readonly #look: Look;
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

  row(part: 'top' | 'body' | 'bottom', i: number): string {
    return paint(this.screen[part][i] ?? [], this.#look.colour);
  }
}

export function App({ store, frames }: { store: Store; frames: Frames }): ReactElement {
  useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot);
  const { columns, rows } = store.state;
  const { top, body, bottom } = layout(columns, rows);
  return (
    <Box flexDirection="column" width={columns} height={rows - 1}>
      <Rows height={top} width={columns} row={(i) => frames.row('top', i)} />
      <Rows height={body} width={columns} row={(i) => frames.row('body', i)} />
      <Rows height={bottom} width={columns} row={(i) => frames.row('bottom', i)} />
    </Box>
  );
}

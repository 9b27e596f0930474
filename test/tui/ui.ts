// A store with its screen, driven as the program drives it, without a terminal.
import type { Action } from '../../tui/app/command.ts';
import { parseCommand } from '../../tui/app/commands/prompt.ts';
import { Input } from '../../tui/app/input.ts';
import { coalesce, Keymap } from '../../tui/app/keymap.ts';
import { type Screen, screen, screenText } from '../../tui/app/screen.ts';
import { NOTHING_OUTSIDE, type Outside, Store } from '../../tui/app/store.ts';
import { ASCII, BLOCKS } from '../../tui/app/text/glyphs.ts';
import type { World } from '../../tui/app/world.ts';
import { smallWorld } from './small-run.ts';

export class Ui {
  readonly store: Store;
  readonly keymap: Keymap;
  readonly copied: string[] = [];
  ascii = false;

  constructor({
    world = smallWorld(),
    columns = 80,
    rows = 24,
    keys = {},
    outside = {},
  }: {
    world?: World;
    columns?: number;
    rows?: number;
    keys?: Record<string, string>;
    outside?: Partial<Outside>;
  } = {}) {
    this.keymap = new Keymap(keys);
    this.store = new Store(
      world,
      { ...NOTHING_OUTSIDE, copy: (text) => this.copied.push(text), ...outside },
      columns,
      rows,
    );
  }

  get state() {
    return this.store.state;
  }

  /** Bytes as the terminal sends them. */
  async type(bytes: string): Promise<void> {
    const input = new Input();
    for (const event of [...input.push(new TextEncoder().encode(bytes)), ...input.flush()]) {
      if (!('key' in event)) continue;
      const action = this.keymap.action(event.key, this.state);
      if (action !== undefined) this.store.act(coalesce([action]));
      await this.store.idle();
    }
  }

  async run(...lines: string[]): Promise<void> {
    for (const line of lines) {
      this.store.act([parseCommand(line) as Action]);
      await this.store.idle();
    }
  }

  get screen(): Screen {
    for (;;) {
      const made = screen(this.store, this.keymap, this.ascii ? ASCII : BLOCKS);
      if (!this.store.world.work(1000)) return made;
    }
  }

  get text(): string {
    return screenText(this.screen);
  }

  get last(): string {
    return this.text.split('\n').at(-1) ?? '';
  }
}

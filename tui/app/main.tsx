/**
 * The program behind `probelab tui`: store, keys, terminal and Ink put together.
 *
 * Loaded after NODE_ENV is set: React's development build keeps something of every frame.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Instance, render } from 'ink';
import { startWork } from '../../traces/background/background.ts';
import { App, Frames, type Look } from './app.tsx';
import { type Action, Complaint } from './command.ts';
import { parsePosition } from './commands/move.ts';
import { Input, type InputEvent } from './input.ts';
import { coalesce, Keymap, parseKeyFile } from './keymap.ts';
import { Mouse } from './mouse.ts';
import { catalog, checkNames, goLive, type InputsOf, openNames, readNotes, saveNotes } from './runs.ts';
import { screenText } from './screen.ts';
import { actionLine, parseScript } from './script.ts';
import { type Outside, Store, slice } from './store.ts';
import { InkOutput, Terminal } from './terminal.ts';
import { ASCII, BLOCKS } from './text/glyphs.ts';
import { World } from './world.ts';

export interface TuiOptions {
  inputsOf: InputsOf;
  ascii: boolean;
  colour: boolean;
  mouse: boolean;
  /** Frames a second at most. */
  fps: number;
  keys?: string;
  script?: string;
  recordKeys?: string;
  /** Prints the screen after the script instead of taking the terminal. */
  print?: { columns: number; rows: number };
}

/** Milliseconds that an ESC waits for what may follow. */
const ESCAPE_MS = 40;
/** Milliseconds of work between frames, and between frames while there is work. */
const WORK_MS = 10;
const SHOW_MS = 90;

/** Returns the exit code. Throws UserError, TraceError, the system's errors before the terminal is taken. */
export async function tui(names: string[], options: TuiOptions): Promise<number> {
  const keymap = new Keymap(
    options.keys === undefined ? {} : parseKeyFile(readFileSync(options.keys, 'utf8'), options.keys),
  );
  const script =
    options.script === undefined ? [] : parseScript(readFileSync(options.script, 'utf8'), options.script);
  const world = new World();
  world.readCatalog = catalog;
  let terminal: Terminal | undefined;
  let store: Store | undefined;
  let redraw = () => {};
  const outside: Outside = {
    copy: (text) => terminal?.copy(text),
    setMouse(on) {
      if (terminal !== undefined) terminal.mouse = on;
    },
    redraw: () => redraw(),
    suspend: () => terminal?.suspend(),
    open: (wanted, into) => openNames(wanted, into, options.inputsOf),
    goLive: (state, into) =>
      goLive(state, into, (cycle) => {
        store?.dispatch({
          name: 'busy',
          text: `executing again: ${((cycle / (into.side(state)?.run.clockHz ?? 1)) * 1e3).toFixed(1)} ms (any key stops)`,
        });
        return store?.interrupted() === true;
      }),
    saveNotes,
    readNotes,
    startWork,
    slice,
  };
  const position = names.length === 1 && !existsSync(names[0]) ? parsePosition(names[0]) : undefined;
  const opened = position === undefined ? names : [position.title];
  // A trace opens at once. A pair and a machine take a while: that is seen on the screen.
  const slow =
    options.print === undefined && opened.length > 0 && !(opened.length === 1 && existsSync(opened[0]));
  if (slow) checkNames(opened);
  else if (opened.length > 0) await openNames(opened, world, options.inputsOf);
  const size = options.print ?? { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
  store = new Store(world, outside, size.columns, size.rows);
  const theStore = store;
  if (!options.mouse) store.dispatch({ name: 'set-mouse', text: 'off' });
  if (!options.mouse) store.dispatch({ name: 'cancel' });
  if (position !== undefined && !slow) store.dispatch({ name: 'arrive', text: names[0] });
  const frames = new Frames(store, keymap, {
    glyphs: options.ascii ? ASCII : BLOCKS,
    colour: options.colour,
  });
  if (options.print !== undefined) {
    await play(store, frames, script);
    process.stdout.write(`${screenText(frames.screen)}\n`);
    world.close();
    return 0;
  }
  if (options.recordKeys !== undefined) {
    const path = options.recordKeys;
    writeFileSync(path, '');
    store.record = (action) => appendFileSync(path, actionLine(action));
  }
  terminal = new Terminal(process.stdin, process.stdout, options.mouse);
  const session = new Session(store, keymap, frames, terminal, options);
  redraw = () => session.redraw();
  try {
    return await session.run(async () => {
      if (slow) await theStore.open(opened);
      if (slow && position !== undefined) theStore.dispatch({ name: 'arrive', text: names[0] });
      await play(theStore, frames, script);
    });
  } finally {
    await theStore.close();
    world.close();
  }
}

/** Plays actions to their end, work between frames included. */
export async function play(store: Store, frames: Frames, actions: readonly Action[]): Promise<void> {
  for (const action of actions) {
    store.act([action]);
    await store.idle();
  }
  for (;;) {
    void frames.screen;
    if (!store.world.work(1000)) break;
    store.touch();
  }
}

class Session {
  readonly #store: Store;
  readonly #keymap: Keymap;
  readonly #frames: Frames;
  readonly #terminal: Terminal;
  readonly #options: TuiOptions;
  readonly #input = new Input();
  readonly #mouse = new Mouse();
  readonly #output: InkOutput;
  #ink: Instance | undefined;
  #escape: NodeJS.Timeout | undefined;
  #work: NodeJS.Timeout | undefined;
  #shown = 0;
  #finish: (code: number) => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(store: Store, keymap: Keymap, frames: Frames, terminal: Terminal, options: TuiOptions) {
    this.#store = store;
    this.#keymap = keymap;
    this.#frames = frames;
    this.#terminal = terminal;
    this.#options = options;
    this.#output = new InkOutput(terminal, frames.expand);
  }

  async run(started: () => Promise<void>): Promise<number> {
    const terminal = this.#terminal;
    const crash = (error: unknown) => {
      terminal.release();
      this.#fail(error);
    };
    process.on('uncaughtException', crash);
    process.on('unhandledRejection', crash);
    terminal.on('data', (chunk) => this.#data(chunk));
    terminal.on('redraw', () => this.#resized());
    terminal.on('end', (code) => this.#finish(code));
    const unsubscribe = this.#store.subscribe(() => {
      if (this.#store.state.quit) this.#finish(0);
      this.#later();
    });
    try {
      return await new Promise<number>((resolve, reject) => {
        this.#finish = resolve;
        this.#fail = reject;
        terminal.open();
        this.#mount();
        this.#later();
        started().catch(reject);
      });
    } finally {
      unsubscribe();
      clearTimeout(this.#work);
      clearTimeout(this.#escape);
      this.#output.muted = true;
      this.#ink?.unmount();
      terminal.close();
      process.off('uncaughtException', crash);
      process.off('unhandledRejection', crash);
    }
  }

  #mount(): void {
    this.#ink = render(<App store={this.#store} frames={this.#frames} />, {
      stdout: this.#output as unknown as NodeJS.WriteStream,
      stdin: process.stdin,
      exitOnCtrlC: false,
      patchConsole: false,
      incrementalRendering: true,
      maxFps: this.#options.fps,
    });
  }

  #resized(): void {
    const { columns, rows } = this.#terminal;
    this.#store.dispatch({ name: 'resize', text: `${columns}x${rows}` });
    this.redraw();
  }

  /** Everything anew, as one update: the terminal's size may have changed, or others have written on it. */
  redraw(): void {
    this.#output.muted = true;
    this.#ink?.unmount();
    this.#output.muted = false;
    this.#terminal.write('\x1b[?2026h\x1b[?25l\x1b[H\x1b[2J');
    this.#mount();
    this.#terminal.write('\x1b[?2026l');
  }

  #data(chunk: Uint8Array): void {
    clearTimeout(this.#escape);
    this.#events(this.#input.push(chunk));
    if (this.#input.pending) this.#escape = setTimeout(() => this.#events(this.#input.flush()), ESCAPE_MS);
  }

  /** Keys mean what they mean after the ones before them, so each is looked up when its turn comes; runs of equal ones are one action. */
  #events(events: InputEvent[]): void {
    if (events.length === 0) return;
    const store = this.#store;
    if (store.state.busy !== '') {
      if (events.some((e) => 'key' in e)) store.interrupt();
      return;
    }
    let waiting: Action[] = [];
    const flush = () => {
      if (waiting.length > 0) store.act(coalesce(waiting));
      waiting = [];
    };
    for (const event of events) {
      if (store.state.quit) return;
      const { prompt, help, pending } = store.state;
      if ('key' in event) {
        const action = this.#keymap.action(event.key, store.state);
        if (action === undefined) continue;
        const last = waiting.at(-1);
        if (
          prompt !== null ||
          help !== null ||
          pending !== '' ||
          (last !== undefined && last.name !== action.name)
        )
          flush();
        waiting.push(action);
        // Only moves that can be joined wait; what may change the meaning of the next key is done at once.
        if (coalesce([action, action]).length > 1) flush();
      } else if ('paste' in event) {
        flush();
        if (prompt !== null) store.act([{ name: 'prompt-text', text: event.paste }]);
      } else {
        flush();
        if (help !== null) {
          if (event.mouse.type === 'wheel')
            store.act([{ name: 'help-key', text: event.mouse.wheel > 0 ? 'wheel-down' : 'wheel-up' }]);
        } else waiting = this.#mouse.actions(event.mouse, this.#frames.screen.hits);
        flush();
      }
    }
    flush();
  }

  /** Work that frames wait for, in the time between them. */
  #later(): void {
    if (this.#work !== undefined) return;
    this.#work = setTimeout(() => {
      this.#work = undefined;
      void this.#frames.screen;
      if (!this.#store.world.work(WORK_MS)) {
        if (this.#shown !== 0) {
          this.#shown = 0;
          this.#store.touch();
        }
        return;
      }
      const now = performance.now();
      if (now - this.#shown > SHOW_MS) {
        this.#shown = now;
        this.#store.touch();
      } else this.#later();
    }, 1);
  }
}

export { Complaint, type Look };

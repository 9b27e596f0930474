/**
 * The terminal: taken when the screen begins, given back exactly as it was on every way out - exit, crash, signals, and around ^Z.
 *
 * The alternate screen keeps the scrollback untouched; nothing here or in Ink's output ever erases it.
 */
import { EventEmitter } from 'node:events';

const ENTER = '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?2004h\x1b[H\x1b[2J';
const LEAVE = '\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[0m\x1b[?1049l';
const MOUSE_ON = '\x1b[?1000h\x1b[?1002h\x1b[?1006h';
const MOUSE_OFF = '\x1b[?1006l\x1b[?1002l\x1b[?1000l';
const SIGNALS: [NodeJS.Signals, number][] = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
];

/** Milliseconds for which the terminal's size must stay before the screen is laid out anew. */
const RESIZE_MS = 30;

export interface TerminalEvents {
  data: [chunk: Uint8Array];
  /** The screen must be drawn anew, from nothing. */
  redraw: [];
  /** A signal asks us to end; the terminal is restored already. */
  end: [code: number];
}

export class Terminal extends EventEmitter<TerminalEvents> {
  readonly #in: NodeJS.ReadStream;
  readonly #out: NodeJS.WriteStream;
  #held = false;
  #mouse: boolean;
  #resizing: NodeJS.Timeout | undefined;
  readonly #onData = (chunk: Buffer) => this.emit('data', chunk);
  readonly #onResize = () => {
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => this.emit('redraw'), RESIZE_MS);
  };
  readonly #onExit = () => this.release();
  readonly #onContinue = () => {
    if (this.#held) return;
    this.#take();
    this.emit('redraw');
  };
  readonly #onStop = () => this.suspend('SIGSTOP');
  readonly #onSignal: [NodeJS.Signals, () => void][] = SIGNALS.map(([signal, code]) => [
    signal,
    () => {
      this.release();
      this.emit('end', code);
    },
  ]);

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream, mouse: boolean) {
    super();
    this.#in = input;
    this.#out = output;
    this.#mouse = mouse;
  }

  get columns(): number {
    return this.#out.columns || 80;
  }

  get rows(): number {
    return this.#out.rows || 24;
  }

  /** Takes the terminal until close(). */
  open(): void {
    process.on('exit', this.#onExit);
    process.on('SIGCONT', this.#onContinue);
    process.on('SIGTSTP', this.#onStop);
    for (const [signal, handler] of this.#onSignal) process.on(signal, handler);
    this.#out.on('resize', this.#onResize);
    this.#in.on('data', this.#onData);
    this.#take();
  }

  close(): void {
    clearTimeout(this.#resizing);
    process.off('exit', this.#onExit);
    process.off('SIGCONT', this.#onContinue);
    process.off('SIGTSTP', this.#onStop);
    for (const [signal, handler] of this.#onSignal) process.off(signal, handler);
    this.#out.off('resize', this.#onResize);
    this.#in.off('data', this.#onData);
    this.#in.pause();
    this.release();
    this.#in.unref();
  }

  #take(): void {
    this.#held = true;
    this.#in.setRawMode(true);
    this.#in.ref();
    this.#in.resume();
    this.write(ENTER + (this.#mouse ? MOUSE_ON : ''));
  }

  /** Gives the terminal back; safe to call at any time, more than once. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    try {
      // First, so that what is typed as soon as the screen is gone is the shell's, line ends and all.
      this.#in.setRawMode(false);
      this.#out.write(MOUSE_OFF + LEAVE);
    } catch {
      // The terminal is gone (hang-up): there is nothing to restore.
    }
  }

  /** ^Z: the terminal is the shell's until the job is continued. */
  suspend(signal: 'SIGTSTP' | 'SIGSTOP' = 'SIGTSTP'): void {
    this.release();
    if (signal === 'SIGTSTP') {
      // The whole job stops, as when the terminal itself turns ^Z into the signal.
      process.off('SIGTSTP', this.#onStop);
      process.kill(0, 'SIGTSTP');
      setTimeout(() => process.on('SIGTSTP', this.#onStop), 0);
    } else process.kill(process.pid, 'SIGSTOP');
  }

  get mouse(): boolean {
    return this.#mouse;
  }

  set mouse(on: boolean) {
    if (on === this.#mouse) return;
    this.#mouse = on;
    if (this.#held) this.write(on ? MOUSE_ON : MOUSE_OFF);
  }

  /** Gives text to the terminal's clipboard (OSC 52); tmux and screen pass it on when they are set to. */
  copy(text: string): void {
    this.write(`\x1b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\x07`);
  }

  write(text: string): void {
    if (this.#held) this.#out.write(text);
  }
}

/** Columns that a row takes in Ink: app.tsx gives it stand-ins. */
export const STAND_IN_WIDTH = 2;

const CURSOR_UP = /^\x1b\[\d+A/;

/**
 * What Ink writes to. It never learns the real number of rows: Ink erases the scrollback when its output fills the screen, and so it must
 * believe that it never does. Resizing is ours too: the screen is mounted anew.
 */
export class InkOutput extends EventEmitter {
  readonly isTTY = true;
  readonly rows = 1_000_000;
  readonly writable = true;
  muted = false;
  readonly #terminal: Terminal;

  readonly #expand: (text: string) => string;

  /** `expand` puts rows in the place of their stand-ins. */
  constructor(terminal: Terminal, expand: (text: string) => string) {
    super();
    this.#terminal = terminal;
    this.#expand = expand;
  }

  /** As wide as a stand-in: Ink makes an object of every column for every frame. */
  readonly columns = STAND_IN_WIDTH;

  write(text: string, done?: () => void): boolean {
    // A frame begins at the top left, wherever the cursor is. (Ink 6.8 counts up one row too few when its output ends with a newline.)
    if (!this.muted && text !== '') this.#terminal.write(this.#expand(text.replace(CURSOR_UP, '\x1b[H')));
    if (done !== undefined) setImmediate(done);
    return true;
  }
}

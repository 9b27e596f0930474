/**
 * Standard input as a keyboard: a terminal in raw mode, or lines from a pipe.
 *
 * The terminal is put back however we end: normally, by an error, by a signal.
 */
import { StringDecoder } from 'node:string_decoder';

/** ^] */
const ESCAPE = '\x1d';
const ENDING: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];

export class Keyboard {
  readonly terminal = process.stdin.isTTY === true;
  readonly #decoder = new StringDecoder('utf8');
  #typed = '';
  #ended = false;
  #open = false;
  /** Called when something was typed, or never will be. */
  #wake: (() => void) | undefined;
  /** The user wants to leave: ^], or a signal. */
  left = false;

  readonly #onData = (bytes: Buffer): void => {
    let text = this.#decoder.write(bytes);
    const at = this.terminal ? text.indexOf(ESCAPE) : -1;
    if (at >= 0) {
      text = text.slice(0, at);
      this.left = true;
    }
    this.#typed += text;
    this.#wake?.();
  };
  readonly #onEnd = (): void => {
    this.#typed += this.#decoder.end();
    this.#ended = true;
    if (this.terminal) this.left = true; // the terminal is gone
    this.#wake?.();
  };
  readonly #onSignal = (): void => {
    this.left = true;
    this.#ended = true;
    this.#wake?.();
  };
  readonly #restore = (): void => {
    if (this.terminal) process.stdin.setRawMode(false);
  };

  open(): void {
    this.#open = true;
    if (this.terminal) process.stdin.setRawMode(true);
    process.stdin.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onEnd);
    for (const signal of ENDING) process.on(signal, this.#onSignal);
    process.on('exit', this.#restore);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#restore();
    process.stdin.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onEnd);
    process.stdin.pause();
    for (const signal of ENDING) process.off(signal, this.#onSignal);
    process.off('exit', this.#restore);
  }

  /** Everything typed since the last time. */
  take(): string {
    const text = this.#typed;
    this.#typed = '';
    return text;
  }

  /** Waits until something is typed, at most so many milliseconds. */
  async wait(ms: number): Promise<void> {
    if (ms < 1 || this.#typed !== '' || this.left) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** The next line, its end included; undefined when there are no more. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#typed.indexOf('\n') + 1;
      if (end > 0 || this.#ended) {
        const line = end > 0 ? this.#typed.slice(0, end) : this.#typed;
        this.#typed = this.#typed.slice(line.length);
        return line === '' ? undefined : line;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}

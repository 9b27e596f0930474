/**
 * Progress on stderr, when it is a terminal: one line, rewritten; and ^C, which asks the work to stop in order.
 */

/** Milliseconds between two updates of the line. */
const UPDATE_MS = 100;

/** How fast something goes, and how long it will still take. */
export class Meter {
  readonly #total: number;
  readonly #now: () => number;
  readonly #start: number;

  /** `total`: where it ends; Infinity: nobody knows. `now`: milliseconds. */
  constructor(total = Number.POSITIVE_INFINITY, now: () => number = () => performance.now()) {
    this.#total = total;
    this.#now = now;
    this.#start = now();
  }

  /** Units a second so far. */
  rate(done: number): number {
    return done / Math.max(1e-3, (this.#now() - this.#start) / 1000);
  }

  /** '2 min 5 s left', '' when it cannot be told yet. */
  left(done: number): string {
    const rate = this.rate(done);
    if (done <= 0 || !Number.isFinite(this.#total)) return '';
    const seconds = Math.ceil(Math.max(0, this.#total - done) / rate);
    return seconds < 60 ? `${seconds} s left` : `${Math.floor(seconds / 60)} min ${seconds % 60} s left`;
  }
}

export class Progress {
  readonly #shown = process.stderr.isTTY === true;
  #last = 0;
  #dirty = false;
  #interrupts = 0;
  readonly #onInterrupt = () => {
    this.#interrupts++;
    if (this.#interrupts > 2) process.exit(130);
  };

  constructor() {
    process.on('SIGINT', this.#onInterrupt);
    process.on('SIGTERM', this.#onInterrupt);
  }

  /** How often the user has asked to stop. */
  get interrupts(): number {
    return this.#interrupts;
  }

  show(line: () => string): void {
    if (!this.#shown) return;
    const now = performance.now();
    if (now - this.#last < UPDATE_MS) return;
    this.#last = now;
    this.#dirty = true;
    process.stderr.write(`\r\x1b[K${line().slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  /** Takes the line away; before anything else is printed to the terminal. */
  clear(): void {
    if (this.#dirty) process.stderr.write('\r\x1b[K');
    this.#dirty = false;
  }

  end(): void {
    this.clear();
    process.off('SIGINT', this.#onInterrupt);
    process.off('SIGTERM', this.#onInterrupt);
  }
}

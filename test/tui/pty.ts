// The whole program in a pseudo-terminal (util-linux's script makes it), its output read by a headless xterm: what a person would see.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { root } from '../e2e/lab.ts';

export const hasScript = spawnSync('script', ['--version']).status === 0 && existsSync('/bin/sh');

/** How long a screen may take to come on a machine that has much else to do. */
const PATIENCE_MS = 90_000;

export class Pty {
  readonly #process: ChildProcess;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  readonly #tty: string;
  /** Everything the program wrote. */
  output = '';
  ended = false;

  /** A shell with job control in a terminal of that size; `folder` is for its own notes. */
  constructor(folder: string, columns: number, rows: number, env: Record<string, string | undefined> = {}) {
    this.#tty = join(folder, `tty-${columns}-${Math.floor(performance.now())}`);
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    const shell = `stty rows ${rows} cols ${columns}; tty > ${this.#tty}; exec sh -i`;
    const { CI: _, NO_COLOR: __, ...rest } = process.env;
    this.#process = spawn('script', ['-qfec', shell, '/dev/null'], {
      cwd: root,
      env: {
        ...rest,
        NODE_ENV: 'production',
        TERM: 'xterm-256color',
        PS1: '$ ',
        LC_ALL: 'C.UTF-8',
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString('latin1');
      this.#screen.write(chunk);
    });
    this.#process.on('exit', () => {
      this.ended = true;
    });
  }

  send(text: string): void {
    this.#process.stdin?.write(text);
  }

  /** Starts probelab with these words. */
  probelab(...words: string[]): void {
    this.send(`${process.execPath} --import tsx tui/main.ts ${words.join(' ')}\r`);
  }

  get alternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  get lines(): string[] {
    const { active } = this.#screen.buffer;
    return Array.from(
      { length: this.#screen.rows },
      (_, i) => active.getLine(active.baseY + i)?.translateToString(true) ?? '',
    );
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** Does any cell of the screen have a colour of its own? */
  get coloured(): boolean {
    const { active } = this.#screen.buffer;
    for (let y = 0; y < this.#screen.rows; y++) {
      const line = active.getLine(active.baseY + y);
      for (let x = 0; x < this.#screen.cols; x++) {
        const cell = line?.getCell(x);
        if (cell !== undefined && (!cell.isFgDefault() || !cell.isBgDefault())) return true;
      }
    }
    return false;
  }

  /** Waits for what the screen should come to. Throws with the screen when it does not. */
  async until(what: string, test: (text: string) => boolean): Promise<string> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      await new Promise<void>((resolve) => this.#screen.write('', resolve));
      if (test(this.text)) return this.text;
      if (performance.now() > end || (this.ended && !test(this.text)))
        throw new Error(`never came: ${what}\n${this.text}\n${JSON.stringify(this.output.slice(-2000))}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  shows(...words: string[]): Promise<string> {
    return this.until(words.join(', '), (text) => words.every((word) => text.includes(word)));
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    execFileSync('stty', [
      '-F',
      readFileSync(this.#tty, 'utf8').trim(),
      'rows',
      String(rows),
      'cols',
      String(columns),
    ]);
  }

  /** Is the line in its canonical mode, as it was before? (A plain sh leaves it alone.) */
  get cooked(): boolean {
    const settings = execFileSync('stty', ['-F', readFileSync(this.#tty, 'utf8').trim(), '-a'], {
      encoding: 'utf8',
    });
    return /[^-]icanon/.test(settings) && /[^-]echo\b/.test(settings);
  }

  close(): void {
    this.#process.stdin?.end();
    this.#process.kill('SIGHUP');
    this.#screen.dispose();
  }
}

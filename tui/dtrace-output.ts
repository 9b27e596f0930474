/**
 * Where a D program's output goes: standard output or the file of -o, and from freopen() on another file of the host.
 *
 * Files are appended to, as dtrace(1) does. freopen("") goes back to the first output; a file that cannot be opened leaves all as it was.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { systemReason } from '../engine/dtrace/index.ts';
import type { FileChange } from '../engine/run/dtrace-session.ts';
import { DtraceError } from '../engine/run/dtrace-session.ts';

export class DtraceOutput {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #complain: (text: string) => void;
  /** -o; undefined: `write`. */
  readonly #first: number | undefined;
  #reopened: number | undefined;

  /** Opens the file of -o, if there is one; throws DtraceError when that fails. `write` and `complain` take what goes to stdout and stderr. */
  constructor(
    path: string | undefined,
    write: (bytes: Uint8Array) => void,
    complain: (text: string) => void,
  ) {
    this.#write = write;
    this.#complain = complain;
    if (path === undefined) return;
    try {
      this.#first = openSync(path, 'a');
    } catch (error) {
      throw new DtraceError(`dtrace: failed to open output file '${path}': ${systemReason(error)}`, 1);
    }
  }

  get #file(): number | undefined {
    return this.#reopened ?? this.#first;
  }

  write(bytes: Uint8Array): void {
    const file = this.#file;
    if (file === undefined) this.#write(bytes);
    else
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } catch (error) {
        throw new DtraceError(`dtrace: failed to write output: ${systemReason(error)}`, 1);
      }
  }

  text(text: string): void {
    if (text !== '') this.write(Buffer.from(text));
  }

  change(change: FileChange): void {
    if (change.kind === 'truncate') {
      this.#truncate();
      return;
    }
    let opened: number | undefined;
    if (change.file !== undefined)
      try {
        opened = openSync(change.file, 'a');
      } catch (error) {
        this.#complain(
          `dtrace: ${change.where}couldn't freopen() "${change.file}": ${systemReason(error)}\n`,
        );
        return;
      }
    if (this.#reopened !== undefined) closeSync(this.#reopened);
    this.#reopened = opened;
  }

  /** A pipe or terminal cannot be emptied, and that is no error. */
  #truncate(): void {
    const file = this.#file ?? process.stdout.fd;
    try {
      ftruncateSync(file);
    } catch {
      // as the original, which does not look at the result
    }
  }

  close(): void {
    for (const file of [this.#reopened, this.#first]) if (file !== undefined) closeSync(file);
  }
}

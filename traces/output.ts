/** A trace file that is being written: frames one after another, each whole before the next. Any thread may go on where another stopped. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { frame, MAGIC, pack, squeeze, type Tag, type TraceHeader } from './format.ts';

/** Where a file that has been begun stands. */
export interface BegunTrace {
  path: string;
  fd: number;
  offset: number;
}

/** Creates or replaces the file and writes its header. Throws the system's error, with the file's path, when it cannot. */
export function beginTrace(path: string, header: TraceHeader): BegunTrace {
  const { sources, ...head } = header;
  const begun = { path, fd: openSync(path, 'w'), offset: 0 };
  const out = new TraceOutput(begun);
  try {
    out.bytes(MAGIC);
    out.frame('HEAD', pack(head));
    out.frame('SRCS', pack(squeeze(sources)));
  } catch (error) {
    out.close();
    throw error;
  }
  return { ...begun, offset: out.offset };
}

export class TraceOutput {
  readonly path: string;
  readonly #fd: number;
  /** Bytes so far. */
  offset: number;

  constructor({ path, fd, offset }: BegunTrace) {
    this.path = path;
    this.#fd = fd;
    this.offset = offset;
  }

  /** Throws the system's error, with the file's path. */
  bytes(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      throw Object.assign(error as Error, { path: this.path });
    }
    this.offset += bytes.length;
  }

  /** Returns where it begins. */
  frame(tag: Tag, payload: Uint8Array): number {
    const at = this.offset;
    this.bytes(frame(tag, payload));
    return at;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/**
 * Reading a trace: the header at once, chunks when asked for.
 *
 * Nothing in a file is trusted: lengths are checked against the file before anything is allocated, each frame against its CRC, columns while
 * they are decoded. A file without index is scanned; it ends at its last whole chunk.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { decodeColumns, type EventColumns } from './columns.ts';
import {
  crc32,
  END_MAGIC,
  FRAME_BYTES,
  type IndexEntry,
  MAGIC,
  type TraceChunk,
  type TraceEnd,
  type TraceHeader,
  type TraceIndex,
  type TraceText,
  unpack,
  VERSION,
} from './format.ts';

/** What is wrong with a file, in words for its owner. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

export interface Chunk {
  seq: number;
  columns: EventColumns;
  digest: string;
  texts: TraceText[];
}

export class TraceReader {
  readonly path: string;
  readonly header: TraceHeader;
  readonly chunks: IndexEntry[];
  readonly events: number;
  /** Undefined when the file was cut short. */
  readonly end: TraceEnd | undefined;
  /** What is wrong with the tail of the file, or ''. */
  readonly damage: string;
  readonly #fd: number;
  readonly #size: number;
  readonly #argCounts: number[];

  /** Throws TraceError naming the file and what is wrong with it; the system's error when it cannot be opened. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'r');
    try {
      const stat = fstatSync(this.#fd);
      if (!stat.isFile()) throw new TraceError(`${path}: not a regular file`);
      this.#size = stat.size;
      const magic = this.#bytes(0, Math.min(MAGIC.length, this.#size));
      if (!same(magic, MAGIC)) throw new TraceError(`${path}: not a probelab trace`);
      const head = this.#frame(MAGIC.length);
      if (typeof head === 'string') throw new TraceError(`${path}: header: ${head}`);
      if (head.tag !== 'HEAD') throw new TraceError(`${path}: no header`);
      this.header = this.#header(head.payload);
      this.#argCounts = this.header.sites.map((site) => Math.min(site.args.length, 5));
      const indexed = this.#index();
      if (indexed !== undefined) {
        this.chunks = indexed.chunks;
        this.end = indexed.end;
        this.damage = '';
      } else {
        [this.chunks, this.damage] = this.#scan(head.next);
        this.end = undefined;
      }
      this.events = this.chunks.reduce((n, c) => n + c.count, 0);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Decodes chunk n. Throws TraceError if it is damaged. */
  chunk(n: number): Chunk {
    const entry = this.chunks[n];
    const read = this.#frame(entry.offset);
    if (typeof read === 'string') throw new TraceError(`${this.path}: chunk ${n}: ${read}`);
    return this.#chunk(read.payload, `chunk ${n}`);
  }

  #chunk(payload: unknown, where: string): Chunk {
    const raw = payload as Partial<TraceChunk>;
    const bytes = [raw.cycles, raw.cpus, raw.tids, raw.sites, raw.args];
    if (
      raw === null ||
      typeof raw !== 'object' ||
      typeof raw.count !== 'number' ||
      typeof raw.seq !== 'number' ||
      typeof raw.digest !== 'string' ||
      !Array.isArray(raw.texts) ||
      bytes.some((b) => !(b instanceof Uint8Array))
    )
      throw new TraceError(`${this.path}: ${where}: not a chunk`);
    try {
      const columns = decodeColumns(
        raw as TraceChunk,
        (site) => this.#argCounts[site],
        this.header.sites.length,
      );
      return { seq: raw.seq, columns, digest: raw.digest, texts: raw.texts };
    } catch (error) {
      if (error instanceof RangeError) throw new TraceError(`${this.path}: ${where}: ${error.message}`);
      throw error;
    }
  }

  #bytes(at: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const n = readSync(this.#fd, out, done, length - done, at + done);
      if (n === 0) throw new TraceError(`${this.path}: file ends early`);
      done += n;
    }
    return out;
  }

  /** The frame at an offset, or what is wrong with it. */
  #frame(at: number): { tag: string; payload: unknown; next: number } | string {
    if (!Number.isSafeInteger(at) || at < 0 || at + FRAME_BYTES > this.#size) return 'cut short';
    const head = this.#bytes(at, FRAME_BYTES);
    const view = new DataView(head.buffer);
    const length = view.getUint32(4, true);
    if (at + FRAME_BYTES + length > this.#size) return 'cut short';
    const bytes = this.#bytes(at + FRAME_BYTES, length);
    if (crc32(bytes) !== view.getUint32(8, true)) return 'damaged (checksum does not match)';
    let payload: unknown;
    try {
      payload = unpack(bytes);
    } catch {
      return 'damaged (not msgpack)';
    }
    return { tag: String.fromCharCode(...head.subarray(0, 4)), payload, next: at + FRAME_BYTES + length };
  }

  #header(payload: unknown): TraceHeader {
    const header = payload as Partial<TraceHeader>;
    if (header === null || typeof header !== 'object' || header.format !== 'probelab-trace')
      throw new TraceError(`${this.path}: not a probelab trace`);
    if (header.version !== VERSION)
      throw new TraceError(
        `${this.path}: format ${header.version}, but this version reads ${VERSION}: use the probelab that wrote it`,
      );
    if (!Array.isArray(header.sites) || header.sites.some((s) => !Array.isArray(s?.args)))
      throw new TraceError(`${this.path}: header: no site table`);
    return header as TraceHeader;
  }

  #index(): TraceIndex | undefined {
    if (this.#size < 16) return undefined;
    const trailer = this.#bytes(this.#size - 16, 16);
    if (!same(trailer.subarray(8), END_MAGIC)) return undefined;
    const read = this.#frame(Number(new DataView(trailer.buffer).getBigUint64(0, true)));
    if (typeof read === 'string' || read.tag !== 'INDX') return undefined;
    const index = read.payload as Partial<TraceIndex>;
    return Array.isArray(index.chunks) && typeof index.end === 'object' ? (index as TraceIndex) : undefined;
  }

  #scan(from: number): [IndexEntry[], string] {
    const chunks: IndexEntry[] = [];
    for (let at = from; ; ) {
      if (at === this.#size) return [chunks, 'no index: the file was cut short after a chunk'];
      const read = this.#frame(at);
      if (typeof read === 'string') return [chunks, `at byte ${at}: ${read}`];
      if (read.tag !== 'CHNK') return [chunks, `at byte ${at}: index damaged`];
      try {
        const { seq, columns, digest } = this.#chunk(read.payload, `at byte ${at}`);
        const last = columns.count - 1;
        chunks.push({
          offset: at,
          seq,
          count: columns.count,
          firstCycle: last < 0 ? 0 : columns.cycle[0],
          lastCycle: last < 0 ? 0 : columns.cycle[last],
          digest,
        });
      } catch (error) {
        if (error instanceof TraceError) return [chunks, error.message];
        throw error;
      }
      at = read.next;
    }
  }
}

const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

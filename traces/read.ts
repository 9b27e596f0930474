/**
 * Reading a trace: header and index at once, everything else when asked for.
 *
 * Nothing in a file is trusted: lengths are checked against the file before anything is allocated, each frame against its CRC, msgpack
 * before it is decoded, columns while they are. A file without a (sound) index is scanned; it ends at its last whole chunk.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { decodeColumns, type EventColumns, MAX_CHUNK_EVENTS, MAX_CPUS, MAX_SITES } from './columns.ts';
import { type CodedColumnsV1, decodeColumnsV1 } from './columns-v1.ts';
import {
  crc32,
  END_MAGIC,
  FRAME_BYTES,
  type IndexEntry,
  MAGIC,
  READABLE,
  type TraceChunk,
  type TraceEnd,
  type TraceHeader,
  type TraceIndex,
  type TraceText,
  unpack,
  unsqueeze,
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

/** No frame is larger. */
const MAX_FRAME = 1 << 30;
const TEXT_KINDS = ['console', 'input', 'mark', 'dtrace', 'aggregation'];

export class TraceReader {
  readonly path: string;
  /** Its `sources` are read when first asked for. */
  readonly header: TraceHeader;
  readonly chunks: IndexEntry[];
  readonly events: number;
  /** Undefined when the file was cut short. */
  readonly end: TraceEnd | undefined;
  /** What is wrong with the tail of the file, or ''. */
  readonly damage: string;
  /** From the index: threads in the order of creation, names of DTrace's probes; undefined when the file does not say. */
  readonly threads: TraceIndex['threads'];
  readonly probes: Record<string, string>;
  readonly siteCounts: number[] | undefined;
  readonly argCounts: Uint8Array;
  readonly #fd: number;
  readonly #size: number;
  readonly #sourcesAt: number;

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
      this.#sourcesAt = head.next;
      this.header = this.#header(head.payload);
      this.argCounts = Uint8Array.from(this.header.sites, (site) => Math.min(site.args.length, 5));
      const indexed = this.#index();
      if (indexed !== undefined) {
        this.chunks = indexed.chunks;
        this.end = indexed.end;
        this.damage = '';
        this.threads = indexed.threads;
        this.siteCounts = indexed.siteCounts;
        this.probes = indexed.probes ?? {};
      } else {
        [this.chunks, this.damage] = this.#scan(head.next);
        this.end = undefined;
        this.probes = {};
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
    const payload = this.#payload(n);
    const where = `${this.path}: chunk ${n}`;
    try {
      const columns =
        this.header.version === 1
          ? decodeColumnsV1(
              payload as unknown as CodedColumnsV1,
              (site) => this.argCounts[site],
              this.argCounts.length,
            )
          : payload.count === 0
            ? decodeNothing
            : decodeColumns(payload.data, payload.count, this.argCounts, this.header.cpus);
      if (columns.count !== this.chunks[n].count)
        throw new RangeError('not as many events as the index says');
      return { seq: payload.seq, columns, digest: payload.digest, texts: payload.texts };
    } catch (error) {
      if (error instanceof RangeError) throw new TraceError(`${where}: ${error.message}`);
      throw error;
    }
  }

  /** Texts of chunk n, without its events. Throws TraceError if it is damaged. */
  texts(n: number): TraceText[] {
    return this.chunks[n].texts === 0 ? [] : this.#payload(n).texts;
  }

  /** The state kept before chunk n, as it was packed; undefined when there is none that can be read. */
  keyframe(n: number): unknown {
    const at = this.chunks[n].keyframe ?? 0;
    if (at === 0) return undefined;
    const read = this.#frame(at);
    if (typeof read === 'string' || read.tag !== 'KEYF') return undefined;
    const { seq, state } = read.payload as { seq?: unknown; state?: unknown };
    if (seq !== this.chunks[n].seq || !(state instanceof Uint8Array)) return undefined;
    try {
      return unsqueeze(state);
    } catch {
      return undefined;
    }
  }

  #payload(n: number): TraceChunk {
    const read = this.#frame(this.chunks[n].offset);
    const where = `${this.path}: chunk ${n}`;
    if (typeof read === 'string') throw new TraceError(`${where}: ${read}`);
    if (read.tag !== 'CHNK') throw new TraceError(`${where}: not a chunk`);
    return this.#checked(read.payload, where);
  }

  /** A chunk's payload, its parts of the right kinds. */
  #checked(payload: unknown, where: string): TraceChunk {
    const raw = payload as Partial<TraceChunk> & Partial<CodedColumnsV1>;
    const bytes =
      this.header.version === 1 ? [raw?.cycles, raw?.cpus, raw?.tids, raw?.sites, raw?.args] : [raw?.data];
    if (
      raw === null ||
      typeof raw !== 'object' ||
      !isCount(raw.count, MAX_CHUNK_EVENTS) ||
      !isCount(raw.seq) ||
      typeof raw.digest !== 'string' ||
      !Array.isArray(raw.texts) ||
      !raw.texts.every(isText) ||
      bytes.some((b) => !(b instanceof Uint8Array))
    )
      throw new TraceError(`${where}: not a chunk`);
    return raw as TraceChunk;
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
    if (length > MAX_FRAME || at + FRAME_BYTES + length > this.#size) return 'cut short';
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
    if (!READABLE.includes(header.version as number))
      throw new TraceError(
        `${this.path}: format ${header.version}, but this version reads ${READABLE.join(' and ')}: use the probelab that wrote it`,
      );
    if (!Array.isArray(header.sites) || header.sites.length > MAX_SITES || !header.sites.every(isSite))
      throw new TraceError(`${this.path}: header: no site table`);
    if (!isCount(header.cpus, MAX_CPUS) || header.cpus === 0 || !(Number(header.clockHz) > 0))
      throw new TraceError(`${this.path}: header: no CPUs or clock`);
    if (header.version !== 1) {
      let sources: TraceHeader['sources'] | undefined;
      Object.defineProperty(header, 'sources', {
        configurable: true,
        enumerable: true,
        get: () => (sources ??= this.#sources()),
        set: (value) => {
          sources = value;
        },
      });
    }
    return header as TraceHeader;
  }

  /** Throws TraceError when the sources' frame is damaged, without unpacking it. */
  checkSources(): void {
    if (this.header.version !== 1) this.#packedSources();
  }

  #packedSources(): Uint8Array {
    const read = this.#frame(this.#sourcesAt);
    if (typeof read === 'string') throw new TraceError(`${this.path}: sources: ${read}`);
    if (read.tag !== 'SRCS' || !(read.payload instanceof Uint8Array))
      throw new TraceError(`${this.path}: no sources`);
    return read.payload;
  }

  #sources(): TraceHeader['sources'] {
    const packed = this.#packedSources();
    let sources: unknown;
    try {
      sources = unsqueeze(packed);
    } catch {
      throw new TraceError(`${this.path}: sources: damaged`);
    }
    const isRecord = (value: unknown) => value !== null && typeof value === 'object' && !Array.isArray(value);
    if (!isRecord(sources) || !Object.values(sources as object).every(isRecord))
      throw new TraceError(`${this.path}: no sources`);
    return sources as TraceHeader['sources'];
  }

  #index(): TraceIndex | undefined {
    if (this.#size < 16) return undefined;
    const trailer = this.#bytes(this.#size - 16, 16);
    if (!same(trailer.subarray(8), END_MAGIC)) return undefined;
    const read = this.#frame(Number(new DataView(trailer.buffer).getBigUint64(0, true)));
    if (typeof read === 'string' || read.tag !== 'INDX') return undefined;
    let { payload } = read;
    try {
      if (payload instanceof Uint8Array) payload = unsqueeze(payload);
    } catch {
      return undefined;
    }
    return soundIndex(payload, this.#size) ? (payload as TraceIndex) : undefined;
  }

  #scan(from: number): [IndexEntry[], string] {
    const chunks: IndexEntry[] = [];
    let keyframe = 0;
    let seq = 0;
    for (let at = from; ; ) {
      if (at === this.#size) return [chunks, 'no index: the file was cut short after a chunk'];
      const read = this.#frame(at);
      if (typeof read === 'string') return [chunks, `at byte ${at}: ${read}`];
      const start = at;
      at = read.next;
      if (read.tag === 'SRCS' && start === from) continue;
      if (read.tag === 'KEYF') {
        keyframe = start;
        continue;
      }
      if (read.tag !== 'CHNK') return [chunks, `at byte ${start}: index damaged`];
      try {
        const chunk = this.#checked(read.payload, `${this.path}: at byte ${start}`);
        if (chunk.seq !== seq) return [chunks, `at byte ${start}: events are missing`];
        const [firstCycle, lastCycle] =
          this.header.version === 1
            ? cyclesOf(decodeColumnsV1(chunk as never, (site) => this.argCounts[site], this.argCounts.length))
            : [chunk.firstCycle, chunk.lastCycle];
        if (!isCount(firstCycle) || !isCount(lastCycle)) return [chunks, `at byte ${start}: not a chunk`];
        const { count, digest, texts } = chunk;
        chunks.push({
          offset: start,
          seq,
          count,
          firstCycle,
          lastCycle,
          digest,
          keyframe,
          texts: texts.length,
        });
        seq += count;
        keyframe = 0;
      } catch (error) {
        if (error instanceof TraceError) return [chunks, error.message];
        if (error instanceof RangeError) return [chunks, `at byte ${start}: ${error.message}`];
        throw error;
      }
    }
  }
}

const decodeNothing: EventColumns = {
  count: 0,
  cycle: new Float64Array(0),
  cpu: new Uint8Array(0),
  tid: new Int32Array(0),
  site: new Uint16Array(0),
  argLow: new Uint32Array(0),
  argHigh: new Uint32Array(0),
};

const cyclesOf = ({ count, cycle }: EventColumns): [number, number] =>
  count === 0 ? [0, 0] : [cycle[0], cycle[count - 1]];

const isCount = (value: unknown, most = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

function isText(value: unknown): value is TraceText {
  const text = value as Partial<TraceText> | null;
  return (
    text !== null &&
    typeof text === 'object' &&
    typeof text.cycle === 'number' &&
    typeof text.text === 'string' &&
    TEXT_KINDS.includes(text.kind as string)
  );
}

function isSite(value: unknown): boolean {
  const site = value as Partial<TraceHeader['sites'][number]> | null;
  return (
    site !== null &&
    typeof site === 'object' &&
    [site.provider, site.module, site.function, site.name].every((part) => typeof part === 'string') &&
    Array.isArray(site.args) &&
    site.args.every((arg) => typeof arg === 'string')
  );
}

/** Every number an index is used by is one that can be. */
function soundIndex(payload: unknown, size: number): boolean {
  const index = payload as Partial<TraceIndex> | null;
  if (index === null || typeof index !== 'object' || !Array.isArray(index.chunks)) return false;
  const { end, threads, probes, siteCounts } = index;
  if (end === null || typeof end !== 'object' || typeof end.reason !== 'string') return false;
  if (!isCount(end.cycles) || typeof end.stats !== 'object' || end.stats === null) return false;
  if (!Array.isArray(siteCounts) || !siteCounts.every((n) => isCount(n))) return false;
  if (probes !== undefined && (probes === null || typeof probes !== 'object')) return false;
  const isThread = (t: unknown) =>
    Array.isArray(t) && Number.isSafeInteger(t[0]) && Number.isSafeInteger(t[1]) && typeof t[2] === 'string';
  if (threads !== undefined && !(Array.isArray(threads) && threads.every(isThread))) return false;
  const isBytes = (value: unknown) => value === undefined || value instanceof Uint8Array;
  let seq = 0;
  let cycle = 0;
  for (const chunk of index.chunks) {
    if (chunk === null || typeof chunk !== 'object' || typeof chunk.digest !== 'string') return false;
    if (!isCount(chunk.offset, size) || !isCount(chunk.count, MAX_CHUNK_EVENTS) || chunk.seq !== seq)
      return false;
    if (!isCount(chunk.firstCycle) || !isCount(chunk.lastCycle)) return false;
    if (chunk.count > 0 && (chunk.firstCycle < cycle || chunk.lastCycle < chunk.firstCycle)) return false;
    if (!isCount(chunk.keyframe ?? 0, size) || !isCount(chunk.texts ?? 0)) return false;
    if (![chunk.sites, chunk.cpus, chunk.tids, chunk.slices].every(isBytes)) return false;
    seq += chunk.count;
    if (chunk.count > 0) cycle = chunk.lastCycle;
  }
  return index.events === undefined || index.events === seq;
}

const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

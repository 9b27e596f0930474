/**
 * The trace file: docs/trace-format.md as types.
 *
 *     "PLTRACE\n" | frame HEAD | frame SRCS | (frame KEYF)? frame CHNK ... | frame INDX | offset of INDX (8 bytes) | "PLTRACE$"
 *
 * A frame is a four-letter tag, the payload's length and its CRC-32 (little-endian u32 each), then the payload in msgpack. A file without
 * index was cut short: its whole chunks are good.
 */
import * as zlib from 'node:zlib';
import { Packr } from 'msgpackr';
import { checkMsgpack } from './msgpack.ts';

export const VERSION = 2;
/** Versions that are read. */
export const READABLE = [1, 2];
export const MAGIC: Uint8Array<ArrayBuffer> = new TextEncoder().encode('PLTRACE\n');
export const END_MAGIC = new TextEncoder().encode('PLTRACE$');
export const FRAME_BYTES = 12;
export const TAGS = ['HEAD', 'SRCS', 'KEYF', 'CHNK', 'INDX'] as const;
export type Tag = (typeof TAGS)[number];

/** A recorded site: what the numbers in the chunks mean. */
export interface SiteInfo {
  provider: string;
  module: string;
  function: string;
  name: string;
  /** C types of the arguments; their number is how many an event carries. */
  args: string[];
}

export interface TraceHeader {
  format: 'probelab-trace';
  version: number;
  /** SHA-256 of all inputs: equal identity, equal trace. */
  identity: string;
  /** Everything that decides the run; engine/run/inputs.ts knows its shape. */
  inputs: unknown;
  /**
   * Guest sources by path, of the kernel and each program: the trace can be executed again by itself. In a frame of their own, read when
   * first asked for.
   */
  sources: Record<string, Record<string, string>>;
  clockHz: number;
  cpus: number;
  sites: SiteInfo[];
}

/** Text that belongs to a moment: console output, what was typed there (interactive sessions), markers, what dtrace printed, its aggregations as they stood. */
export interface TraceText {
  cycle: number;
  kind: 'console' | 'input' | 'mark' | 'dtrace' | 'aggregation';
  text: string;
}

export interface TraceChunk {
  /** Number of the first event. */
  seq: number;
  count: number;
  firstCycle: number;
  lastCycle: number;
  /** SHA-256 (hex) over all events up to and with this chunk. */
  digest: string;
  texts: TraceText[];
  /** The events: columns.ts. */
  data: Uint8Array;
}

/** The view state before the chunk that follows: deflated msgpack of a RunState. */
export interface TraceKeyframe {
  seq: number;
  state: Uint8Array;
}

export interface IndexEntry {
  /** Of the frame, in the file. */
  offset: number;
  seq: number;
  count: number;
  firstCycle: number;
  lastCycle: number;
  digest: string;
  /** Offset of the keyframe before it; 0: none. Version 1 has none of what follows. */
  keyframe?: number;
  /** Texts in the chunk. */
  texts?: number;
  /** What occurs in it: pairs (site less the previous one, events) as varints; CPUs as varints; threads as differences, ascending. */
  sites?: Uint8Array;
  cpus?: Uint8Array;
  tids?: Uint8Array;
  /** What the CPUs did, in some slices of the chunk: slices.ts. */
  slices?: Uint8Array;
}

export interface TraceEnd {
  /** poweroff, panic, limit, deadlock, interrupted; trigger: the recording ended before the run. */
  reason: string;
  message: string;
  cycles: number;
  /** When the user asked to stop; missing when nobody did. */
  interruptedCycle?: number;
  exitStatus: number;
  digest: string;
  /** Events of the run before the first that a ring has kept. */
  skipped?: number;
  /** Machine counters summed over CPUs: instructions, misses, ... */
  stats: Record<string, number>;
}

export interface TraceIndex {
  chunks: IndexEntry[];
  events: number;
  end: TraceEnd;
  /** Events by site. */
  siteCounts: number[];
  /** Threads in the order of creation: id, creator's id, last name. */
  threads?: [tid: number, parent: number, name: string][];
  /** DTrace's probes that fired, by id. */
  probes?: Record<string, string>;
}

/** No extensions that depend on the run: plain maps, arrays, strings, safe integers, byte strings. */
const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  int64AsType: 'number',
  mapsAsObjects: true,
});

export const pack = (value: unknown): Uint8Array => packr.pack(value);
/** Throws RangeError for bytes that are not the msgpack that is allowed here, before anything is allocated for them. */
export function unpack(bytes: Uint8Array): unknown {
  checkMsgpack(bytes);
  return packr.unpack(bytes);
}

/** Most bytes that something compressed may grow to, chunks' columns apart. */
const MAX_UNPACKED = 256 << 20;

/** Packed and deflated. */
export const squeeze = (value: unknown): Uint8Array => zlib.deflateRawSync(pack(value), { level: 1 });
/** Throws an Error for what `squeeze` did not make. */
export const unsqueeze = (bytes: Uint8Array): unknown =>
  unpack(zlib.inflateRawSync(bytes, { maxOutputLength: MAX_UNPACKED }));

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** CRC-32 as in zlib: zlib's own where Node has it. */
export const crc32: (bytes: Uint8Array) => number =
  (zlib as { crc32?: (bytes: Uint8Array) => number }).crc32 ?? crc32Here;

export function crc32Here(bytes: Uint8Array): number {
  let c = ~0;
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

/** One frame, ready to be written. */
export function frame(tag: Tag, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(FRAME_BYTES + payload.length);
  const view = new DataView(out.buffer);
  for (let i = 0; i < 4; i++) out[i] = tag.charCodeAt(i);
  view.setUint32(4, payload.length, true);
  view.setUint32(8, crc32(payload), true);
  out.set(payload, FRAME_BYTES);
  return out;
}

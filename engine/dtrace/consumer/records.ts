/**
 * What the kernel tells about its records, decoded.
 *
 *   dtrace_eprobedesc  u32 epid, u32 probe id, u64 uarg, u32 size, s32 nrecs, recdesc[]
 *   dtrace_aggdesc     u64 name, s64 varid, s32 flags, u32 id, u32 epid, u32 size, s32 nrecs, u32 pad, recdesc[]
 *   recdesc (32 bytes) u16 action, u16 pad, u32 size, u32 offset, u16 alignment, u16 format, u64 arg, u64 uarg
 *   dtrace_status      u64 each: dyndrops, rinsing, dirty, specdrops, busy, unavail, errors, filled, stkstroverflows, dblerrors; u8 killed, u8 exiting
 *   record             u32 epid, u32 time high, u32 time low, then the data at their offsets
 */

export interface RecordDesc {
  action: number;
  size: number;
  offset: number;
  alignment: number;
  format: number;
  arg: bigint;
  /** The statement it belongs to. */
  uarg: number;
}

export interface EprobeDesc {
  epid: number;
  probeId: number;
  uarg: bigint;
  size: number;
  recs: RecordDesc[];
}

export interface AggDesc {
  id: number;
  epid: number;
  size: number;
  /** First the variable's id, then the keys, last the value. */
  recs: RecordDesc[];
}

export interface Status {
  dyndrops: bigint;
  dyndropsRinsing: bigint;
  dyndropsDirty: bigint;
  specdrops: bigint;
  specdropsBusy: bigint;
  specdropsUnavail: bigint;
  errors: bigint;
  filled: bigint;
  stkstroverflows: bigint;
  dblerrors: bigint;
  killed: boolean;
  exiting: boolean;
}

export const toBuffer = (b: Uint8Array): Buffer => Buffer.from(b.buffer, b.byteOffset, b.byteLength);

function records(b: Buffer, at: number, n: number): RecordDesc[] {
  const out: RecordDesc[] = [];
  for (let i = 0; i < n; i++) {
    const o = at + i * 32;
    out.push({
      action: b.readUInt16LE(o),
      size: b.readUInt32LE(o + 4),
      offset: b.readUInt32LE(o + 8),
      alignment: b.readUInt16LE(o + 12),
      format: b.readUInt16LE(o + 14),
      arg: b.readBigUInt64LE(o + 16),
      uarg: Number(b.readBigUInt64LE(o + 24)),
    });
  }
  return out;
}

export function decodeEprobe(bytes: Uint8Array): EprobeDesc {
  const b = toBuffer(bytes);
  return {
    epid: b.readUInt32LE(0),
    probeId: b.readUInt32LE(4),
    uarg: b.readBigUInt64LE(8),
    size: b.readUInt32LE(16),
    recs: records(b, 24, b.readInt32LE(20)),
  };
}

export function decodeAggdesc(bytes: Uint8Array): AggDesc {
  const b = toBuffer(bytes);
  return {
    id: b.readUInt32LE(20),
    epid: b.readUInt32LE(24),
    size: b.readUInt32LE(28),
    recs: records(b, 40, b.readInt32LE(32)),
  };
}

export function decodeStatus(bytes: Uint8Array): Status {
  const b = toBuffer(bytes);
  const at = (i: number): bigint => b.readBigUInt64LE(i * 8);
  return {
    dyndrops: at(0),
    dyndropsRinsing: at(1),
    dyndropsDirty: at(2),
    specdrops: at(3),
    specdropsBusy: at(4),
    specdropsUnavail: at(5),
    errors: at(6),
    filled: at(7),
    stkstroverflows: at(8),
    dblerrors: at(9),
    killed: b[80] !== 0,
    exiting: b[81] !== 0,
  };
}

/** Records lie one after another, each led by a number that gives its size; 0 is padding. Is there one of a size that is not known? */
export function hasUnknown(bytes: Uint8Array, sizeOf: (id: number) => number | undefined): boolean {
  const b = toBuffer(bytes);
  for (let at = 0; at + 4 <= b.length; ) {
    const id = b.readUInt32LE(at);
    const size = id === 0 ? 4 : sizeOf(id);
    if (size === undefined) return true;
    at += size;
  }
  return false;
}

/** An integer of 1, 2, 4 or 8 bytes. */
export function readUnsigned(b: Buffer, at: number, size: number): bigint {
  switch (size) {
    case 1:
      return BigInt(b.readUInt8(at));
    case 2:
      return BigInt(b.readUInt16LE(at));
    case 4:
      return BigInt(b.readUInt32LE(at));
    default:
      return b.readBigUInt64LE(at);
  }
}

export const readSigned = (b: Buffer, at: number, size: number): bigint =>
  BigInt.asIntN(size * 8, readUnsigned(b, at, size));

/**
 * The machine area: where the hardware's own state lies in linear memory.
 *
 * Everything a running guest function touches without a host call (tags, TLB entries, predictor counters, the record ring) must be
 * in linear memory; so must what a checkpoint should copy in one go. Offsets depend on the profile and the number of CPUs.
 *
 *   0x1000    saved CPU blocks           CPU_BLOCK_SIZE a CPU
 *   then      L1 data tags, L2 tags      i32 a line: (line << 2) | state, most recent way first
 *             TLBs                       32 bytes an entry
 *             predictor counters         a byte an entry
 *             scratch tags, TLB, predictor for ghost execution
 *             L3 tags (shared)           i32 a line
 *             record ring
 *             line marks                 a byte a function
 *   above RAM and the ghost arena        directory: a byte for each line of RAM (several CPUs only)
 */
import { CPU_BLOCK_SIZE, KDATA_OFFSET, LINE_SHIFT, RECORD_SIZE } from '../image/abi.ts';
import type { CacheLevel, Profile } from '../image/profile.ts';

/** Memory above ramBytes that only ghost DTrace uses. */
export const GHOST_ARENA = 64 << 20;
const RING_RECORDS = 16384;
const TLB_ENTRY = 32;
const MARKS = 65536;

export interface LevelLayout {
  sets: number;
  ways: number;
}

export interface MachineLayout {
  cpuBlock(cpu: number): number;
  l1d(cpu: number): number;
  l2(cpu: number): number;
  tlb(cpu: number): number;
  bp(cpu: number): number;
  ghostL1d: number;
  ghostTlb: number;
  ghostBp: number;
  l3: number;
  l1Shape: LevelLayout;
  l2Shape: LevelLayout;
  l3Shape: LevelLayout;
  ring: number;
  ringEnd: number;
  /** Images with line marks: a byte for each function of the machine. */
  marks: number;
  ghostArena: number;
  /** 0 on a uniprocessor. */
  directory: number;
  /** All of linear memory, bytes. */
  total: number;
}

const shape = (level: CacheLevel): LevelLayout =>
  level.size === 0
    ? { sets: 0, ways: 0 }
    : { sets: (level.size >> LINE_SHIFT) >> Math.log2(level.ways), ways: level.ways };
const tagBytes = (s: LevelLayout) => s.sets * s.ways * 4;

/** Throws Error if the profile's tables do not fit below the kernel image. */
export function layOut(profile: Profile, cpus: number): MachineLayout {
  const l1Shape = shape(profile.cache.l1d);
  const l2Shape = shape(profile.cache.l2);
  const l3Shape = shape(profile.cache.l3);
  let at = 0x1000;
  const take = (bytes: number) => {
    const start = at;
    at += (bytes + 63) & ~63;
    return start;
  };
  const each = (bytes: number) => {
    const stride = (bytes + 63) & ~63;
    const start = take(stride * cpus);
    return (cpu: number) => start + stride * cpu;
  };
  const tlbBytes = profile.tlb.entries * TLB_ENTRY;
  const cpuBlock = each(CPU_BLOCK_SIZE);
  const l1d = each(tagBytes(l1Shape));
  const l2 = each(tagBytes(l2Shape));
  const tlb = each(tlbBytes);
  const bp = each(profile.predictor.entries);
  const ghostL1d = take(tagBytes(l1Shape));
  const ghostTlb = take(tlbBytes);
  const ghostBp = take(profile.predictor.entries);
  const l3 = take(tagBytes(l3Shape));
  const ring = take(RING_RECORDS * RECORD_SIZE);
  const marks = take(MARKS);
  if (at > KDATA_OFFSET)
    throw new Error(
      `profile ${profile.name}: caches of ${cpus} CPUs need ${at} bytes of the machine area, which has ${KDATA_OFFSET}`,
    );
  const ghostArena = profile.ramBytes;
  const directory = cpus > 1 ? ghostArena + GHOST_ARENA : 0;
  const total = ghostArena + GHOST_ARENA + (cpus > 1 ? (profile.ramBytes + GHOST_ARENA) >> LINE_SHIFT : 0);
  return {
    cpuBlock,
    l1d,
    l2,
    tlb,
    bp,
    ghostL1d,
    ghostTlb,
    ghostBp,
    l3,
    l1Shape,
    l2Shape,
    l3Shape,
    ring,
    ringEnd: ring + RING_RECORDS * RECORD_SIZE,
    marks,
    ghostArena,
    directory,
    total: (total + 0xffff) & ~0xffff,
  };
}

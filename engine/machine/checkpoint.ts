/**
 * Checkpoints: the whole machine as data.
 *
 * Guest and hardware state lie in linear memory, so a checkpoint is the pages of it that are not all zero, the event queue, the random
 * streams and the machine's few fields. Taken between two `run` calls, when every CPU is suspended at a block; restoring one and running on
 * gives what never having stopped would have given.
 *
 * A checkpoint that follows another shares with it what has not changed since: memory is compared page by page, and kept in granules. Most of
 * the machine's memory is never touched; telling so costs no more than reading it.
 */
import type { Machine } from './machine.ts';

/** Unit of comparison, and unit of storage within it; bytes. */
const PAGE = 65536;
export const GRANULE = 4096;
const PER_PAGE = PAGE / GRANULE;

export interface Checkpoint {
  /** By offset: the granules of each page that is not zero. */
  pages: Map<number, Uint8Array[]>;
  events: ReturnType<Machine['events']['save']>;
  random: ReturnType<Machine['random']['save']>;
  state: Machine['state'];
  scratch: ReturnType<Machine['saveScratch']>;
}

const zeros = Buffer.alloc(PAGE);

/** Of a granule. */
export const isZero = (granule: Uint8Array): boolean => zeros.compare(granule, 0, GRANULE, 0, GRANULE) === 0;

/** `base`: an earlier checkpoint of the same machine, to share memory with. */
export function checkpoint(machine: Machine, base?: Checkpoint): Checkpoint {
  machine.flushRecords();
  const all = Buffer.from(machine.memory.bytes8.buffer);
  const pages: Checkpoint['pages'] = new Map();
  for (let offset = 0; offset < all.length; offset += PAGE) {
    const before = base?.pages.get(offset);
    if (before === undefined) {
      if (all.compare(zeros, 0, PAGE, offset, offset + PAGE) !== 0) pages.set(offset, copyOf(all, offset));
      continue;
    }
    let changed: Uint8Array[] | undefined;
    for (let i = 0; i < PER_PAGE; i++) {
      const at = offset + i * GRANULE;
      if (all.compare(before[i], 0, GRANULE, at, at + GRANULE) === 0) continue;
      changed ??= before.slice();
      changed[i] = Uint8Array.prototype.slice.call(all, at, at + GRANULE);
    }
    pages.set(offset, changed ?? before);
  }
  return {
    pages,
    events: machine.events.save(),
    random: machine.random.save(),
    state: structuredClone(machine.state),
    scratch: machine.saveScratch(),
  };
}

function copyOf(all: Buffer, offset: number): Uint8Array[] {
  const copy = Uint8Array.prototype.slice.call(all, offset, offset + PAGE);
  return Array.from({ length: PER_PAGE }, (_, i) => copy.subarray(i * GRANULE, (i + 1) * GRANULE));
}

/** Puts a machine made with the same options back to where the checkpoint was taken. */
export function restore(machine: Machine, saved: Checkpoint): void {
  restoreMemory(machine.memory.bytes8, saved.pages);
  restoreState(machine, saved);
}

/** The same, but memory, which is as it was. */
export function restoreState(machine: Machine, saved: Omit<Checkpoint, 'pages'>): void {
  const handles = machine.events.restore(saved.events);
  machine.random.restore(saved.random);
  machine.state = structuredClone(saved.state);
  machine.restoreScratch(saved.scratch);
  for (const cpu of machine.state.cpu) cpu.timer = handles.get(cpu.timer) ?? -1;
}

/** Memory as these pages say, and zero elsewhere. `touched`: nothing has been written from this offset on; default: it may have been everywhere. */
export function restoreMemory(
  bytes8: Uint8Array,
  pages: Checkpoint['pages'],
  touched = Number.POSITIVE_INFINITY,
): void {
  const all = Buffer.from(bytes8.buffer);
  const changed = Math.min(all.length, touched);
  for (const [offset, page] of pages)
    if (offset >= changed)
      for (let i = 0; i < PER_PAGE; i++) if (!isZero(page[i])) bytes8.set(page[i], offset + i * GRANULE);
  for (let offset = 0; offset < changed; offset += PAGE) {
    const page = pages.get(offset);
    if (page !== undefined) {
      for (let i = 0; i < PER_PAGE; i++) {
        const at = offset + i * GRANULE;
        if (all.compare(page[i], 0, GRANULE, at, at + GRANULE) !== 0) bytes8.set(page[i], at);
      }
    } else if (all.compare(zeros, 0, PAGE, offset, offset + PAGE) !== 0)
      bytes8.fill(0, offset, offset + PAGE);
  }
}

/** Bytes of memory that these checkpoints hold together. */
export function checkpointBytes(checkpoints: Iterable<Checkpoint>): number {
  const held = new Set<Uint8Array>();
  for (const { pages } of checkpoints) for (const page of pages.values()) for (const g of page) held.add(g);
  return held.size * GRANULE;
}

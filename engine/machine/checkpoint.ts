/**
 * Checkpoints: the whole machine as data.
 *
 * Guest and hardware state lie in linear memory, so a checkpoint is the pages of it that are not all zero, the event queue, the random
 * streams and the machine's few fields. Taken between two `run` calls, when every CPU is suspended at a block; restoring one and running on
 * gives what never having stopped would have given.
 */
import type { Machine } from './machine.ts';

const PAGE = 65536;

export interface Checkpoint {
  /** Offsets and contents of the pages that are not zero. */
  pages: { offset: number; bytes: Uint8Array }[];
  events: ReturnType<Machine['events']['save']>;
  random: ReturnType<Machine['random']['save']>;
  state: Machine['state'];
}

export function checkpoint(machine: Machine): Checkpoint {
  machine.flushRecords();
  const { bytes8 } = machine.memory;
  const words = new BigUint64Array(bytes8.buffer);
  const pages: Checkpoint['pages'] = [];
  for (let offset = 0; offset < bytes8.length; offset += PAGE)
    if (!isZero(words, offset / 8, PAGE / 8))
      pages.push({ offset, bytes: bytes8.slice(offset, offset + PAGE) });
  return {
    pages,
    events: machine.events.save(),
    random: machine.random.save(),
    state: structuredClone(machine.state),
  };
}

/** Puts a machine made with the same options back to where the checkpoint was taken. */
export function restore(machine: Machine, saved: Checkpoint): void {
  const { bytes8 } = machine.memory;
  const kept = new Set(saved.pages.map((page) => page.offset));
  for (let offset = 0; offset < bytes8.length; offset += PAGE)
    if (!kept.has(offset)) bytes8.fill(0, offset, offset + PAGE);
  for (const { offset, bytes } of saved.pages) bytes8.set(bytes, offset);
  const handles = machine.events.restore(saved.events);
  machine.random.restore(saved.random);
  machine.state = structuredClone(saved.state);
  for (const cpu of machine.state.cpu) cpu.timer = handles.get(cpu.timer) ?? -1;
}

function isZero(words: BigUint64Array, from: number, count: number): boolean {
  for (let i = from; i < from + count; i++) if (words[i] !== 0n) return false;
  return true;
}

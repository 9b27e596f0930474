/**
 * A hash of everything that decides how a machine goes on: registers, memory, events, random streams.
 *
 * What does not is left out: where the run was last stopped (horizon, the frame header of a function that will write it again), what lies
 * above the frames of a stack that stands still, and the caches' scratch copies for ghost execution. So two ways to one place give one hash.
 */
import { createHash } from 'node:crypto';
import { CPU, CPU_BLOCK, CPU_BLOCK_SIZE, KDATA_OFFSET, PCB } from '../image/abi.ts';
import type { Machine } from '../machine/machine.ts';
import { registers } from './frames.ts';
import { GuestThreads } from './threads.ts';

const PAGE = 4096;

export function stateHash(machine: Machine): string {
  const { memory, layout, state } = machine;
  const hash = createHash('sha256');
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    const at = registers(machine, cpu) + CPU_BLOCK;
    const block = memory.bytes8.slice(at, at + CPU_BLOCK_SIZE);
    // With horizon and syncLimit goes retval: between blocks it is what the trampoline handed on last, and a call that nothing cut short passed it by.
    block.fill(0, CPU.horizon - CPU_BLOCK, CPU.instructions - CPU_BLOCK);
    block.fill(0, CPU.fpLimit - CPU_BLOCK, CPU.cpu - CPU_BLOCK);
    hash.update(block);
  }
  const dead = [
    ...stacks(machine),
    { from: PAGE, to: layout.l1d(0) }, // saved registers: hashed above
    { from: layout.ghostL1d, to: layout.l3 },
    { from: layout.ring, to: layout.ringEnd },
    { from: layout.marks, to: KDATA_OFFSET },
  ];
  const zeros = new Uint8Array(PAGE);
  const copy = new Uint8Array(PAGE);
  for (let at = PAGE; at < memory.bytes8.length; at += PAGE) {
    if (at >= layout.ghostArena && (layout.directory === 0 || at < layout.directory)) continue;
    copy.set(memory.bytes8.subarray(at, at + PAGE));
    for (const { from, to } of dead)
      if (from < at + PAGE && to > at) copy.fill(0, Math.max(0, from - at), Math.min(PAGE, to - at));
    if (Buffer.compare(copy, zeros) !== 0) hash.update(`${at}`).update(copy);
  }
  hash.update(JSON.stringify([machine.events.save().events.map((e) => [e.cycle, e.kind, e.cpu, e.arg])]));
  hash.update(JSON.stringify(machine.random.save()));
  hash.update(
    JSON.stringify([state.cpu.map(({ state: s, pending, clock }) => [s, pending, clock]), state.input]),
  );
  return hash.digest('hex');
}

/** All stacks: what is live in them follows from registers and from what comes after, what is dead does not matter. */
function stacks(machine: Machine): { from: number; to: number }[] {
  const { i32 } = machine.memory;
  const out: { from: number; to: number }[] = [];
  const add = (base: number, size: number) => {
    if (base > 0 && size > 0) out.push({ from: base, to: base + size });
  };
  // Of threads that are gone, too: what they left behind is nobody's.
  for (const [base, size] of machine.stacks) add(base, size);
  for (const { pcb } of new GuestThreads(machine).list()) {
    add(i32[(pcb + PCB.kstack) >> 2], i32[(pcb + PCB.kstacksize) >> 2]);
    add(i32[(pcb + PCB.ustack) >> 2], i32[(pcb + PCB.ustacksize) >> 2]);
  }
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    // Before it has threads of its own a CPU runs on a stack that no list knows.
    const base = registers(machine, cpu);
    const end = i32[(base + CPU.stackEnd) >> 2];
    const fp = i32[(base + CPU.fp) >> 2];
    if (fp > 0 && end > fp) out.push({ from: fp, to: end });
  }
  return out;
}

/**
 * The guest's threads and locks as its own lists say: what stacks of threads off CPU and `info threads` start from.
 */
import { typesOf } from '../cfront/ctf.ts';
import { type RecordType, strip, type Type } from '../cfront/types.ts';
import { CPU, KVBASE } from '../image/abi.ts';
import type { Image } from '../image/image.ts';
import type { Machine } from '../machine/machine.ts';
import { registers } from './frames.ts';

export interface GuestThread {
  tid: number;
  pid: number;
  name: string;
  /** Of the process. */
  command: string;
  /** CPU that runs it, -1: none. */
  cpu: number;
  /** Offset of its pcb. */
  pcb: number;
  address: bigint;
  /** What it sleeps on or waits for, or ''. */
  waits: string;
}

/** More than this in a list means that it is being changed right now. */
const LIMIT = 10_000;

/** Offset of a member, inner ones by dots. Throws Error when the kernel has no such member. */
export function memberOf(image: Image, record: string, path: string): { offset: number; type: Type } {
  const id = image.typeNames[record];
  if (id === undefined) throw new Error(`the kernel image has no ${record}`);
  let type: Type = typesOf(image).get(id);
  let offset = 0;
  for (const name of path.split('.')) {
    const field = (strip(type) as RecordType).fields?.find((f) => f.name === name);
    if (field === undefined) throw new Error(`${record} has no member ${path}`);
    offset += field.offset;
    type = field.type;
  }
  return { offset, type };
}

export class GuestThreads {
  readonly #machine: Machine;
  readonly #at: (record: string, path: string) => bigint;
  readonly #allproc: number;

  constructor(machine: Machine) {
    this.#machine = machine;
    const { image } = machine.images[0];
    this.#at = (record, path) => BigInt(memberOf(image, record, path).offset);
    const allproc = image.symbols.find((s) => s.name === 'allproc');
    if (allproc === undefined) throw new Error('the kernel image has no list allproc');
    this.#allproc = allproc.addr;
  }

  /** Thread that a CPU runs: its address, or 0 before there are threads. */
  current(cpu: number): bigint {
    const { memory } = this.#machine;
    const pcpu = memory.view.getBigUint64(registers(this.#machine, cpu) + CPU.pcpu, true);
    try {
      return pcpu === 0n ? 0n : memory.u64(pcpu);
    } catch {
      return 0n;
    }
  }

  list(): GuestThread[] {
    const { memory, cpus } = this.#machine;
    const at = this.#at;
    const running = new Map<bigint, number>();
    for (let cpu = 0; cpu < cpus; cpu++) running.set(this.current(cpu), cpu);
    const out: GuestThread[] = [];
    try {
      let p = memory.u64(KVBASE + BigInt(this.#allproc));
      for (let n = 0; p !== 0n && n < LIMIT; n++) {
        let td = memory.u64(p + at('struct proc', 'p_threads'));
        for (let k = 0; td !== 0n && k < LIMIT; k++) {
          out.push(this.#thread(td, p, running.get(td) ?? -1));
          td = memory.u64(td + at('struct thread', 'td_plist'));
        }
        p = memory.u64(p + at('struct proc', 'p_list'));
      }
    } catch {
      // A list in the middle of a change: what was found so far is right.
    }
    return out.sort((a, b) => a.tid - b.tid);
  }

  #thread(td: bigint, p: bigint, cpu: number): GuestThread {
    const { memory } = this.#machine;
    const at = this.#at;
    const text = (address: bigint) => (address === 0n ? '' : memory.cstring(address, 64));
    return {
      tid: memory.u32at(td),
      pid: memory.u32at(p + at('struct proc', 'p_pid')),
      name: memory.cstring(td + at('struct thread', 'td_name'), 32),
      command: memory.cstring(p + at('struct proc', 'p_comm'), 32),
      cpu,
      pcb: memory.offset(memory.u64(td + at('struct thread', 'td_pcb'))),
      address: td,
      waits:
        text(memory.u64(td + at('struct thread', 'td_lockname'))) ||
        text(memory.u64(td + at('struct thread', 'td_wmesg'))),
    };
  }
}

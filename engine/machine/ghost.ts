/**
 * Ghost execution: guest code that leaves no trace in the machine.
 *
 * It runs on a stack of its own above RAM, with tags, TLB and predictor that nobody else uses, and what it did to the CPU block is undone
 * after it. Ghost code that calls a ghost probe nests.
 */
import {
  CPU,
  CPU_BLOCK,
  CPU_BLOCK_SIZE,
  FLAG_GHOST,
  FLAG_INTR,
  FLAG_PENDING,
  FLAG_USER,
  KIND_FIRST,
  KVBASE,
  STATUS,
  TF_SIZE,
} from '../image/abi.ts';
import type { Profile } from '../image/profile.ts';
import { GHOST_ARENA, type MachineLayout } from './layout.ts';
import type { GuestMemory } from './memory.ts';
import type { Runtime } from './runtime.ts';
import { type Traps, type Words, words } from './traps.ts';

/** Memory that belongs to ghost code: kernel address and bytes. */
export interface Arena {
  address: bigint;
  size: number;
}

const STACK = 256 * 1024;
const STACKS = 2 * STACK;
const EVAL_ARENA = 1 << 20;
/** Bytes of the ghost arena that are for modules. */
const MODULE_ARENA = 16 << 20;
/** Larger than any cycle number. */
const FOREVER = 2 ** 52;

export interface GhostOptions {
  memory: GuestMemory;
  layout: MachineLayout;
  profile: Profile;
  traps: Traps;
  runtime: Runtime;
  /** Table index of a kernel function. */
  functionOf(name: string): number;
}

export class Ghost {
  readonly #options: GhostOptions;
  #depth = 0;

  constructor(options: GhostOptions) {
    this.#options = options;
  }

  /** machine.ghostCall, on the loaded CPU. */
  call(name: string, args: bigint[], caller: number, pc: Words): bigint {
    const { memory: m, layout, profile, traps, runtime, functionOf } = this.#options;
    const saved = m.bytes8.slice(CPU_BLOCK, CPU_BLOCK + CPU_BLOCK_SIZE);
    m.i32[CPU.l1d >> 2] = layout.ghostL1d;
    m.i32[CPU.tlb >> 2] = layout.ghostTlb;
    m.i32[CPU.bp >> 2] = layout.ghostBp;
    m.bytes8.fill(0, layout.ghostTlb, layout.ghostTlb + profile.tlb.entries * 32);
    m.i32[CPU.flags >> 2] = (m.i32[CPU.flags >> 2] & ~(FLAG_INTR | FLAG_PENDING | FLAG_USER)) | FLAG_GHOST;
    m.write53(CPU.horizon, FOREVER);
    m.write53(CPU.syncLimit, FOREVER);
    const stack = layout.ghostArena + this.#depth * STACK;
    this.#depth++;
    traps.frame(stack, functionOf(name), KIND_FIRST, caller, pc, args.map(words));
    m.i32[CPU.fp >> 2] = stack;
    m.i32[CPU.stackEnd >> 2] = stack + STACK - TF_SIZE; // see interrupt
    try {
      const status = runtime.run();
      if (status !== STATUS.RETURN)
        throw new Error(`ghost execution of ${name} suspended with status ${status}`);
      return m.view.getBigUint64(CPU.retval, true);
    } finally {
      this.#depth--;
      m.bytes8.set(saved, CPU_BLOCK);
    }
  }

  /** machine.ghostInterrupt, on the loaded CPU. */
  interrupt(name: string, cycle: number): void {
    const { memory: m, layout, traps } = this.#options;
    const clock = m.read53(CPU.clock);
    m.write53(CPU.clock, Math.max(clock, cycle));
    const room = layout.ghostArena + (this.#depth + 1) * STACK - TF_SIZE;
    traps.lookAt(room, (tf) => this.call(name, [KVBASE + BigInt(tf)], 0, [0, 0]));
    m.write53(CPU.clock, clock);
  }

  get arena(): Arena {
    return this.#part(STACKS, GHOST_ARENA - STACKS - EVAL_ARENA - MODULE_ARENA);
  }
  get evalArena(): Arena {
    return this.#part(GHOST_ARENA - MODULE_ARENA - EVAL_ARENA, EVAL_ARENA);
  }
  get moduleArena(): Arena {
    return this.#part(GHOST_ARENA - MODULE_ARENA, MODULE_ARENA);
  }
  #part(at: number, size: number): Arena {
    return { address: KVBASE + BigInt(this.#options.layout.ghostArena + at), size };
  }
}

/**
 * Traps and interrupts: how control enters the kernel.
 *
 * The hardware's part only: save where the CPU was in a trapframe, put a frame for the kernel's entry function above it, charge
 * the profile's cycles. Everything else is guest code. Layouts: docs/guest-abi.md sections 3 and 6. System calls do the same in runtime.ts, where
 * the way back is, too.
 */
import { CPU, FLAG_INTR, FLAG_USER, FRAME, FRAME_HEADER, KIND_TRAP, PCB, TF, TF_SIZE } from '../image/abi.ts';
import type { Profile } from '../image/profile.ts';
import type { FunctionTable } from './functions.ts';
import type { GuestMemory } from './memory.ts';

/** High word of every kernel data address. */
export const KV_HIGH = 0xfffffe00 | 0;
/** In the trapframe, from user mode: kernel address of the end of the top user frame. */
export const TF_END = 120;
/** tf_err, low word: the kernel gives the user access up. */
export const TF_ABORTED = -1;

/** f_spare of the kernel's entry frame: how it was entered. */
export const ENTRY = { syscall: 0, trap: 1, interrupt: 2 } as const;

/** 64 bits as two words. */
export type Words = readonly [low: number, high: number];
export const ZERO: Words = [0, 0];
export const words = (n: bigint): Words => [
  Number(BigInt.asIntN(32, n)),
  Number(BigInt.asIntN(32, n >> 32n)),
];

export class Traps {
  readonly #memory: GuestMemory;
  readonly #functions: FunctionTable;
  readonly #profile: Profile;

  constructor(memory: GuestMemory, functions: FunctionTable, profile: Profile) {
    this.#memory = memory;
    this.#functions = functions;
    this.#profile = profile;
  }

  /** Offset of the running thread's struct pcb. */
  get pcb(): number {
    return this.#memory.i32[CPU.pcb >> 2];
  }

  /** Writes a frame header. */
  frame(fp: number, fn: number, kind: number, caller: number, pc: Words, args: readonly Words[]): void {
    const m = this.#memory;
    m.i32[(fp + FRAME.func) >> 2] = fn;
    m.i32[(fp + FRAME.block) >> 2] = 0;
    if (caller === 0) m.write64(fp + FRAME.caller, 0, 0);
    else m.write64(fp + FRAME.caller, caller, KV_HIGH);
    m.write64(fp + FRAME.ret, pc[0], pc[1]);
    m.write64(fp + FRAME.kind, kind, 0);
    for (let i = 0; i < args.length; i++) m.write64(fp + FRAME_HEADER + 8 * i, args[i][0], args[i][1]);
  }

  /** One past the frame of a suspended function. */
  frameEnd(fp: number): number {
    const index = this.#memory.i32[(fp + FRAME.func) >> 2];
    return (fp + this.#functions.frameSize(index) + 15) & ~15;
  }

  /**
   * Into the kernel: a trapframe, and above it a frame for `fn` with the trapframe's address as its last argument.
   * `kernelEnd` is where the interrupted kernel frame ends; `kernelPc` where it was.
   */
  enter(
    kind: 'trap' | 'interrupt',
    fn: number,
    trapno: number,
    address: Words,
    err: number,
    leading: readonly Words[],
    kernelEnd = -1,
    kernelPc?: Words,
  ): void {
    const m = this.#memory;
    const fp = m.i32[CPU.fp >> 2];
    const flags = m.i32[CPU.flags >> 2];
    const user = (flags & FLAG_USER) !== 0;
    const pc = kernelPc ?? this.#functions.pc(m.i32[(fp + FRAME.func) >> 2], m.i32[(fp + FRAME.block) >> 2]);
    let tf: number;
    if (user) {
      const pcb = this.pcb;
      m.write64(pcb + PCB.ufp, fp, KV_HIGH);
      tf = m.i32[(pcb + PCB.kstack) >> 2];
      m.write64(tf + TF_END, this.frameEnd(fp), KV_HIGH);
      m.i32[CPU.stackEnd >> 2] = tf + m.i32[(pcb + PCB.kstacksize) >> 2];
    } else {
      tf = kernelEnd >= 0 ? kernelEnd : this.frameEnd(fp);
    }
    m.write64(tf + TF.trapno, trapno, 0);
    m.write64(tf + TF.addr, address[0], address[1]);
    m.write64(tf + TF.err, err, 0);
    this.#place(tf, pc);
    m.write64(tf + TF.rax, m.i32[CPU.retval >> 2], m.i32[(CPU.retval >> 2) + 1]);
    const newFp = tf + TF_SIZE;
    this.frame(newFp, fn, KIND_TRAP, user ? 0 : fp, pc, [...leading, [tf, KV_HIGH]]);
    m.i32[(newFp + FRAME.spare) >> 2] = ENTRY[kind];
    m.i32[CPU.fp >> 2] = newFp;
    m.i32[CPU.flags >> 2] = flags & ~(FLAG_INTR | FLAG_USER);
    const p = this.#profile;
    this.charge(kind === 'interrupt' ? p.interruptEntry : (user ? p.trapUser : p.trapKernel) >> 1);
  }

  /** Of a trapframe, what says where the loaded CPU was. */
  #place(tf: number, pc: Words): void {
    const m = this.#memory;
    const flags = m.i32[CPU.flags >> 2];
    m.write64(tf + TF.pc, pc[0], pc[1]);
    m.write64(tf + TF.fp, m.i32[CPU.fp >> 2], KV_HIGH);
    m.write64(tf + TF.user, (flags & FLAG_USER) !== 0 ? 1 : 0, 0);
    m.write64(tf + TF.flags, flags & FLAG_INTR, 0);
  }

  /**
   * Writes what tells a handler where the loaded CPU stands, as an interrupt would: a user's trapframe where it belongs, the kernel's at `room`.
   * Calls `handler` with its offset; then all is as it was.
   */
  lookAt(room: number, handler: (tf: number) => void): void {
    const m = this.#memory;
    const fp = m.i32[CPU.fp >> 2];
    const pc = this.#functions.pc(m.i32[(fp + FRAME.func) >> 2], m.i32[(fp + FRAME.block) >> 2]);
    const user = (m.i32[CPU.flags >> 2] & FLAG_USER) !== 0;
    const ufp = this.pcb + PCB.ufp;
    const tf = user ? m.i32[(this.pcb + PCB.kstack) >> 2] : room;
    const changed = [[tf, TF_SIZE], ...(user ? [[ufp, 8]] : [])];
    const before = changed.map(([at, size]) => m.bytes8.slice(at, at + size));
    m.bytes8.fill(0, tf, tf + TF_SIZE);
    this.#place(tf, pc);
    if (user) m.write64(ufp, fp, KV_HIGH);
    try {
      handler(tf);
    } finally {
      changed.forEach(([at], i) => {
        m.bytes8.set(before[i], at);
      });
    }
  }

  /** Loads what a thread brings with it: frame, stack, page table. Returns whether the address space changed. */
  loadPcb(pcb: number): boolean {
    const m = this.#memory;
    m.write64(CPU.pcb, pcb, KV_HIGH);
    m.i32[CPU.fp >> 2] = m.i32[(pcb + PCB.fp) >> 2];
    m.i32[CPU.stackEnd >> 2] = m.i32[(pcb + PCB.kstack) >> 2] + m.i32[(pcb + PCB.kstacksize) >> 2];
    const cr3 = m.i32[(pcb + PCB.cr3) >> 2];
    if (cr3 === 0 || cr3 === m.i32[CPU.cr3 >> 2]) return false; // a kernel thread keeps what is there
    m.write64(CPU.cr3, cr3, 0);
    return true;
  }

  charge(cycles: number): void {
    this.#memory.add53(CPU.clock, cycles);
  }
}

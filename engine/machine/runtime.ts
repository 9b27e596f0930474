/**
 * The trampoline: runs the top frame of the loaded CPU until something is not an ordinary return.
 *
 *     loop
 *       (status, value) = table[frame.f_func](fp, frame.f_block)
 *       RETURN from a called frame: hand the value to the caller and go on with it
 *       RETURN from a frame of the machine's: the way back from a trap, interrupt or system call
 *       SYSCALL: into the kernel
 *       OVERFLOW with room left: the host's stack was the limit; start again from the top with a shallow one
 *       anything else: to the machine
 *
 * Guest functions call each other directly, so the host's stack grows with the guest's. fpLimit bounds both: it is the end of the guest's
 * stack, or HOST_SPAN bytes of guest frames above the frame that the trampoline started with.
 *
 * A system call and each way back end the CPU's turn. If the next turn would be the same CPU's with the same horizon, because its clock is still
 * the smallest, nothing is to be done before the next event and none was queued since (`stay`), it goes on here.
 *
 * The hardware's part of entering the kernel is in traps.ts; what is here of it is the same for system calls, and how it is left.
 */
import {
  CLOCK_BITS,
  CPU,
  FLAG_INTR,
  FLAG_PENDING,
  FLAG_USER,
  FRAME,
  FRAME_HEADER,
  KIND_CALL,
  KIND_TRAP,
  KVBASE,
  PCB,
  STATUS,
  TF,
  TF_SIZE,
  TRAP,
} from '../image/abi.ts';
import type { Profile } from '../image/profile.ts';
import { type Body, I32, I64, Module } from '../wasm/index.ts';
import type { FunctionTable } from './functions.ts';
import { ENTRY, TF_ABORTED, TF_END } from './traps.ts';

/** Bytes of guest frames that may be nested on the host's stack. */
const HOST_SPAN = 48 * 1024;
/** Bytes kept free at the end of a guest stack: a trapframe and the entry function's frame must fit above any frame. */
const RED_ZONE = 4096;
/** `run` returns it besides the guest's statuses: the turn is over, and all is done that was to be done. */
export const TURN_OVER = 8;

export interface Runtime {
  /** Runs the loaded CPU. Returns the status that the machine must handle. */
  run(): number;
  /** 1: a turn may go on as the next one. */
  stay: WebAssembly.Global;
}

export interface RuntimeOptions {
  memory: WebAssembly.Memory;
  table: WebAssembly.Table;
  functions: FunctionTable;
  profile: Profile;
  /** Table index of `syscall_entry`. */
  syscallEntry: number;
}

export function instantiateRuntime({ memory, table, functions, ...rest }: RuntimeOptions): Runtime {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encode(rest) as BufferSource), {
    env: { memory, table, ...functions.lookups },
  });
  return { run: exports['run'] as () => number, stay: exports['stay'] as WebAssembly.Global };
}

function encode({ profile, syscallEntry }: Pick<RuntimeOptions, 'profile' | 'syscallEntry'>): Uint8Array {
  const m = new Module();
  m.importMemory('env', 'memory', 0);
  m.importTable('env', 'table', 0);
  const pc = m.importFunc('env', 'pc', [I32, I32], [I64]);
  const frameSize = m.importFunc('env', 'frame_size', [I32], [I32]);
  const stay = m.global(I32, true, 1);
  const guest = m.type([I32, I32], [I32, I64]);
  const run = m.func('run', [], [I32]);
  const enter = m.func('enter_syscall', [I32], []);
  const leave = m.func('leave_kernel', [I32], []);
  const mayStay = m.func('may_stay', [], [I32]);
  enterSyscall(enter.body, pc, frameSize, profile, syscallEntry);
  leaveKernel(leave.body, profile);
  {
    const b = mayStay.body;
    b.getGlobal(stay);
    for (const limit of [CPU.horizon, CPU.syncLimit])
      b.i32(0)
        .load('i64.load', CPU.clock)
        .i64((1n << BigInt(CLOCK_BITS)) - 1n)
        .op('i64.and')
        .i32(0)
        .load('i64.load', limit)
        .op('i64.lt_s')
        .op('i32.and');
    const letIn = FLAG_INTR | FLAG_PENDING;
    b.i32(0).load('i32.load', CPU.flags).i32(letIn).op('i32.and').i32(letIn).op('i32.ne').op('i32.and');
  }
  const b = run.body;
  const fp = b.local(I32);
  const value = b.local(I64);
  const status = b.local(I32);
  const room = b.local(I32);
  b.loop();
  const again = b.label;
  // fp = CPU.fp; fpLimit = min(fp + HOST_SPAN, stackEnd - RED_ZONE)
  b.i32(0).load('i32.load', CPU.fp).set(fp);
  b.i32(0);
  b.get(fp).i32(HOST_SPAN).op('i32.add');
  b.i32(0).load('i32.load', CPU.stackEnd).i32(RED_ZONE).op('i32.sub').tee(room);
  b.get(fp).i32(HOST_SPAN).op('i32.add').get(room).op('i32.lt_u').op('select');
  b.store('i32.store', CPU.fpLimit);
  b.get(fp).get(fp).load('i32.load', FRAME.block).get(fp).load('i32.load', FRAME.func).callIndirect(guest);
  b.set(value).tee(status);
  b.op('i32.eqz').if_();
  b.i32(0).get(value).store('i64.store', CPU.retval);
  b.i32(0).get(fp).store('i32.store', CPU.fp);
  b.get(fp).load('i32.load', FRAME.kind).tee(room).i32(KIND_CALL).op('i32.eq').if_();
  b.i32(0).get(fp).load('i32.load', FRAME.caller).store('i32.store', CPU.fp);
  b.br(again);
  b.end();
  b.get(room).i32(KIND_TRAP).op('i32.ne').if_().i32(STATUS.RETURN).return().end();
  b.get(fp).call(leave).call(mayStay).brIf(again);
  b.i32(TURN_OVER).return();
  b.end();
  b.get(status).i32(STATUS.SYSCALL).op('i32.eq').if_();
  b.i32(0).load('i32.load', CPU.fp).call(enter).call(mayStay).brIf(again);
  b.i32(TURN_OVER).return();
  b.end();
  b.get(status).i32(STATUS.OVERFLOW).op('i32.eq').if_();
  // Had the frame that we started with no room itself, the guest's stack is really full.
  b.i32(0).load('i32.load', CPU.fp).get(fp).op('i32.ne').brIf(again);
  b.end();
  b.end();
  b.get(status);
  m.exportFunc('run', run);
  m.exportGlobal('stay', stay);
  return m.encode(true);
}

function charge(b: Body, cycles: () => void): void {
  b.i32(0).i32(0).load('i64.load', CPU.clock);
  cycles();
  b.op('i64.add').store('i64.store', CPU.clock);
}

/** The kernel address of an offset in a local. */
const kernelAddress = (b: Body, offset: number): Body =>
  b.get(offset).op('i64.extend_i32_u').i64(KVBASE).op('i64.or');

/** (the user's top frame): its thread is in the kernel, about to run `syscall_entry(trapframe)`. */
function enterSyscall(
  b: Body,
  pcOf: { index: number },
  frameSize: { index: number },
  profile: Profile,
  syscallEntry: number,
): void {
  const fp = 0;
  const pcb = b.local(I32);
  const tf = b.local(I32);
  const frame = b.local(I32);
  const flags = b.local(I32);
  const pc = b.local(I64);
  const func = () => b.get(fp).load('i32.load', FRAME.func);
  b.i32(0).load('i32.load', CPU.flags).set(flags);
  func().get(fp).load('i32.load', FRAME.block).call(pcOf).set(pc);
  b.i32(0).load('i32.load', CPU.pcb).tee(pcb);
  kernelAddress(b, fp).store('i64.store', PCB.ufp);
  b.get(pcb).load('i32.load', PCB.kstack).set(tf);
  b.i32(0).get(tf).get(pcb).load('i32.load', PCB.kstacksize).op('i32.add').store('i32.store', CPU.stackEnd);
  func().call(frameSize).get(fp).op('i32.add').i32(15).op('i32.add').i32(-16).op('i32.and').set(frame);
  b.get(tf);
  kernelAddress(b, frame).store('i64.store', TF_END);
  b.get(tf).i64(TRAP.SYSCALL).store('i64.store', TF.trapno);
  b.get(tf).i64(0).store('i64.store', TF.addr);
  b.get(tf).i64(0).store('i64.store', TF.err);
  b.get(tf).get(pc).store('i64.store', TF.pc);
  b.get(tf);
  kernelAddress(b, fp).store('i64.store', TF.fp);
  b.get(tf).i64(1).store('i64.store', TF.user);
  b.get(tf).get(flags).i32(FLAG_INTR).op('i32.and').op('i64.extend_i32_u').store('i64.store', TF.flags);
  // Number and arguments.
  for (let i = 0; i < 7; i++)
    b.get(tf)
      .i32(0)
      .load('i64.load', CPU.trapArgs + 8 * i)
      .store('i64.store', TF.nr + 8 * i);
  b.get(tf).i32(0).load('i64.load', CPU.retval).store('i64.store', TF.rax);
  b.get(tf).i32(TF_SIZE).op('i32.add').set(frame);
  b.get(frame).i32(syscallEntry).store('i32.store', FRAME.func);
  b.get(frame).i32(0).store('i32.store', FRAME.block);
  b.get(frame).i64(0).store('i64.store', FRAME.caller);
  b.get(frame).get(pc).store('i64.store', FRAME.ret);
  b.get(frame).i64(KIND_TRAP).store('i64.store', FRAME.kind);
  b.get(frame).i32(ENTRY.syscall).store('i32.store', FRAME.spare);
  b.get(frame);
  kernelAddress(b, tf).store('i64.store', FRAME_HEADER);
  b.i32(0).get(frame).store('i32.store', CPU.fp);
  b.i32(0)
    .get(flags)
    .i32(~(FLAG_INTR | FLAG_USER))
    .op('i32.and')
    .store('i32.store', CPU.flags);
  charge(b, () => b.i64(profile.syscallEntry));
}

/** (a frame of kind KIND_TRAP that has returned): back to where it came from. */
function leaveKernel(b: Body, profile: Profile): void {
  const fp = 0;
  const tf = b.local(I32);
  const pcb = b.local(I32);
  const flags = b.local(I32);
  const kind = b.local(I32);
  const trap = b.local(I64);
  b.get(fp).i32(TF_SIZE).op('i32.sub').set(tf);
  b.get(fp).load('i32.load', FRAME.spare).set(kind);
  b.i32(0).get(tf).load('i64.load', TF.rax).store('i64.store', CPU.retval);
  b.i32(0).load('i32.load', CPU.flags).set(flags);
  b.get(fp).load('i64.load', FRAME.caller).op('i64.eqz').if_();
  b.i32(0).load('i32.load', CPU.pcb).set(pcb);
  b.i32(0).get(pcb).load('i32.load', PCB.ufp).store('i32.store', CPU.fp);
  b.i32(0).get(pcb).load('i32.load', PCB.ustack).get(pcb).load('i32.load', PCB.ustacksize).op('i32.add');
  b.store('i32.store', CPU.stackEnd);
  b.i32(0).get(pcb).load('i32.load', PCB.spare).store('i32.store', CPU.ftabUser);
  b.get(flags)
    .i32(FLAG_USER | FLAG_INTR)
    .op('i32.or')
    .set(flags);
  b.i64(profile.trapUser >> 1).set(trap);
  b.else_();
  b.i32(0).get(fp).load('i32.load', FRAME.caller).store('i32.store', CPU.fp);
  b.get(flags).i32(~FLAG_INTR).op('i32.and').get(tf).load('i32.load', TF.flags).op('i32.or').set(flags);
  // A user access that the kernel has given up for a page fault.
  b.get(kind).i32(ENTRY.trap).op('i32.eq');
  b.get(tf).load('i32.load', TF.trapno).i32(TRAP.PAGEFLT).op('i32.eq').op('i32.and');
  b.get(tf).load('i32.load', TF.err).i32(TF_ABORTED).op('i32.eq').op('i32.and').if_();
  b.i32(0).i32(1).store('i32.store', CPU.faultAbort).end();
  b.i64(profile.trapKernel >> 1).set(trap);
  b.end();
  b.i32(0).get(flags).store('i32.store', CPU.flags);
  charge(b, () => {
    b.i64(profile.syscallExit);
    b.i64(profile.interruptExit).get(trap).get(kind).i32(ENTRY.interrupt).op('i32.eq').op('select');
    b.get(kind).i32(ENTRY.syscall).op('i32.eq').op('select');
  });
}

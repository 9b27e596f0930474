/**
 * Stacks: the frames of a thread that stands still, read from memory.
 *
 * Kernel frames lie on the kernel stack, linked by f_caller; a frame that a trap or an interrupt made links to the frame it interrupted, or,
 * coming from user mode, to the top frame of the register stack. docs/guest-abi.md sections 3 and 6.
 */
import { typesOf } from '../cfront/ctf.ts';
import type { Type } from '../cfront/types.ts';
import type { SymbolResolver } from '../dtrace/index.ts';
import {
  CPU,
  CPU_BLOCK,
  FRAME,
  KIND_TRAP,
  KTEXT,
  KVBASE,
  MARK_BLOCK,
  MARK_SAVE,
  MARK_SAVES,
  PCB,
  TF,
  TF_SIZE,
} from '../image/abi.ts';
import type { FunctionInfo, Image } from '../image/image.ts';
import { functionAt } from '../machine/loader.ts';
import type { Machine } from '../machine/machine.ts';
import { type Reader, showValue, typeText } from './show.ts';

/** A variable as a debugger shows it. */
export interface VariableText {
  name: string;
  type: string;
  value: string;
}

/** One frame, located. */
export interface Frame {
  image: Image;
  fn: FunctionInfo;
  /** Offset of the frame in linear memory. */
  fp: number;
  /** Text address, relative as FunctionInfo.addr. */
  pc: number;
  line: number;
  /** Resume point; -1 where none can be told. */
  block: number;
  /** Reached by a trap or an interrupt, not by a call. */
  interrupted: boolean;
  user: boolean;
  /** Page table of its address space. */
  cr3: number;
}

const LIMIT = 200;

/** Offset of a CPU's registers: the loaded block, or where it is saved. */
export const registers = (machine: Machine, cpu: number): number =>
  machine.state.current === cpu ? 0 : machine.layout.cpuBlock(cpu) - CPU_BLOCK;

/** Frames of what a CPU runs, innermost first. */
export function cpuFrames(machine: Machine, cpu: number): Frame[] {
  const base = registers(machine, cpu);
  const { i32 } = machine.memory;
  const user = (i32[(base + CPU.flags) >> 2] & 2) !== 0;
  return walk(
    machine,
    i32[(base + CPU.fp) >> 2],
    i32[(base + CPU.pcb) >> 2],
    i32[(base + CPU.cr3) >> 2],
    user,
  );
}

/** Frames of a thread that is on no CPU; `pcb` is the offset of its pcb. */
export function threadFrames(machine: Machine, pcb: number): Frame[] {
  const { i32 } = machine.memory;
  return walk(machine, i32[(pcb + PCB.fp) >> 2], pcb, i32[(pcb + PCB.cr3) >> 2], false);
}

function walk(machine: Machine, top: number, pcb: number, cr3: number, inUser: boolean): Frame[] {
  const { i32, u32, view } = machine.memory;
  const stopped = machine.state.line;
  const frames: Frame[] = [];
  let fp = top;
  let user = inUser;
  let pc: bigint | undefined;
  let interrupted = false;
  while (fp !== 0 && frames.length < LIMIT && fp > 0 && fp + FRAME.args < machine.memory.limit) {
    const found = machine.functions.find(i32[(fp + FRAME.func) >> 2]);
    if (found === undefined) break;
    const { image } = found;
    const kernel = image.kind === 'kernel';
    let { fn } = found;
    let block = -1;
    let at: number;
    if (pc === undefined || interrupted) {
      // It stands at a resume point of its own.
      block = u32[(fp + FRAME.block) >> 2];
      at = fn.blocks[2 * block] ?? fn.addr;
      if (block === MARK_BLOCK && stopped?.fp === fp) at = image.textBase + stopped.pc;
    } else {
      at = Number(kernel ? pc - KTEXT : pc);
      fn = functionAt(image, at - 1) ?? fn;
      block = u32[(fp + FRAME.block) >> 2];
    }
    let line: number;
    if (block === MARK_BLOCK) line = stopped?.line ?? fn.line;
    else if (pc === undefined || interrupted) line = fn.blocks[2 * block + 1] ?? fn.line;
    else line = lineAt(fn, at - 1); // of the call, not of what comes after it
    frames.push({ image, fn, fp, pc: at, line, block, interrupted, user, cr3 });
    const kind = i32[(fp + FRAME.kind) >> 2] & 3;
    const caller = i32[(fp + FRAME.caller) >> 2];
    interrupted = !user && kind === KIND_TRAP;
    pc = view.getBigUint64(fp + FRAME.ret, true);
    if (interrupted && caller === 0) {
      const tf = fp - TF_SIZE;
      // A new thread's first frame was made by hand: it will go to user mode at pcb_ufp.
      fp = i32[(tf + TF.user) >> 2] !== 0 || pcb !== 0 ? i32[(pcb + PCB.ufp) >> 2] : 0;
      user = true;
      if (pcb === 0 || i32[(pcb + PCB.ustack) >> 2] === 0) break;
    } else fp = caller;
  }
  return frames;
}

/** Source line of a text address, from the function's table. */
export function lineAt(fn: FunctionInfo, addr: number): number {
  let line = fn.line;
  for (let i = 0; i + 1 < fn.lines.length && fn.lines[i] <= addr; i += 2) line = fn.lines[i + 1];
  return line;
}

/** Memory as code in this frame sees it. */
export function readerOf(machine: Machine, cr3: number): Reader {
  const { memory } = machine;
  return (address, length) => {
    try {
      if (address >= KVBASE) return memory.bytes(address, length);
      if (address < 0x1000n || cr3 === 0 || address >= 0x800000000000n) return undefined;
      for (let at = Number(address) & ~0xfff; at < Number(address) + length; at += 4096)
        if (memory.translate(cr3, at) < 0) return undefined;
      return memory.userBytes(cr3, Number(address), length);
    } catch {
      return undefined;
    }
  };
}

export const NOT_LIVE = '(not live here)';

/** A frame's arguments and locals. */
export function variables(
  machine: Machine,
  frame: Frame,
  symbols: SymbolResolver,
): { arguments: VariableText[]; locals: VariableText[] } {
  const { fn, image, fp } = frame;
  const types = typesOf(image);
  const { memory } = machine;
  const read = readerOf(machine, frame.cr3);
  const params = new Map(fn.params.map((p, i) => [p.name, i]));
  const out: { arguments: VariableText[]; locals: VariableText[] } = { arguments: [], locals: [] };
  const text = (type: Type, bytes: Uint8Array | undefined) =>
    bytes === undefined ? NOT_LIVE : showValue(type, bytes, { read, symbols, brief: true });
  const inFrame = (type: Type, slot: number) =>
    memory.bytes8.slice(fp + slot, fp + slot + Math.max(type.size, 1));
  const named = new Map(fn.locals.map((l) => [l.name, l]));
  fn.params.forEach((param, i) => {
    const type = types.get(param.type);
    const local = named.get(param.name);
    // At the entry everything is still where the caller put it.
    const moved = frame.block > 0 && local !== undefined;
    const bytes =
      moved && local.stack !== undefined
        ? onUserStack(machine, frame, local.stack, type.size, read)
        : inFrame(type, moved && local.slot >= 0 ? local.slot : FRAME.args + 8 * i);
    out.arguments.push({ name: param.name, type: typeText(type), value: text(type, bytes) });
  });
  const marked =
    frame.block === MARK_BLOCK
      ? machine.markedImages[machine.images.findIndex((i) => i.image === image)]?.functions[
          image.functions.indexOf(fn)
        ]
      : undefined;
  for (const local of marked?.locals ?? fn.locals) {
    if (params.has(local.name)) continue;
    const type = types.get(local.type);
    let bytes: Uint8Array | undefined;
    if (frame.block <= 0) bytes = undefined;
    else if (local.stack !== undefined) bytes = onUserStack(machine, frame, local.stack, type.size, read);
    else if (local.slot >= 0) bytes = inFrame(type, local.slot);
    else if (local.saved !== undefined && local.saved < MARK_SAVES)
      bytes = memory.bytes8.slice(MARK_SAVE + 8 * local.saved, MARK_SAVE + 8 * local.saved + type.size);
    out.locals.push({ name: local.name, type: typeText(type), value: text(type, bytes) });
  }
  return out;
}

function onUserStack(
  machine: Machine,
  frame: Frame,
  offset: number,
  size: number,
  read: Reader,
): Uint8Array | undefined {
  const usp = machine.memory.view.getBigUint64(frame.fp + FRAME.usp, true);
  return read(usp + BigInt(offset), size);
}

/**
 * Looking at a machine that stands still. Nothing here writes to it.
 */
import { symbolResolver } from '../dtrace/index.ts';
import { CPU, KVBASE } from '../image/abi.ts';
import type { FrameView } from '../run/live-view.ts';
import { UserError } from '../run/user-error.ts';
import { cpuFrames, type Frame, readerOf, registers, threadFrames, variables } from './frames.ts';
import type { LiveMachine } from './live-machine.ts';
import { type GuestThread, GuestThreads } from './threads.ts';

export class Inspector {
  readonly #live: LiveMachine;
  readonly #threads: GuestThreads;
  readonly #symbols;

  constructor(live: LiveMachine) {
    this.#live = live;
    this.#threads = new GuestThreads(live.machine);
    this.#symbols = symbolResolver(live.session.images[0]);
  }

  threads(): GuestThread[] {
    return this.#threads.list();
  }

  /** Innermost first. Throws UserError for a thread that there is not. */
  frames(where: { cpu: number } | { tid: number }): Frame[] {
    const { machine } = this.#live;
    if ('cpu' in where) return cpuFrames(machine, where.cpu);
    const thread = this.threads().find((t) => t.tid === where.tid);
    if (thread === undefined) throw new UserError(`no thread ${where.tid} at this moment`);
    return thread.cpu >= 0 ? cpuFrames(machine, thread.cpu) : threadFrames(machine, thread.pcb);
  }

  stack(where: { cpu: number } | { tid: number }): FrameView[] {
    return this.frames(where).map((frame) => ({
      image: frame.image.name,
      function: frame.fn.name,
      offset: frame.pc - frame.fn.addr,
      file: frame.fn.file,
      line: frame.line,
      ...variables(this.#live.machine, frame, this.#symbols),
      interrupted: frame.interrupted,
    }));
  }

  source(image: string, file: string): string | undefined {
    return this.#live.session.images.find((i) => i.name === image)?.sources[file];
  }

  /** Kernel addresses, or user addresses of what the CPU runs. Throws UserError where nothing is mapped. */
  memory(address: bigint, length: number, cpu = 0): Uint8Array {
    const { machine } = this.#live;
    const cr3 = machine.memory.i32[(registers(machine, cpu) + CPU.cr3) >> 2];
    const bytes = readerOf(machine, cr3)(BigInt.asUintN(64, address), length);
    if (bytes === undefined)
      throw new UserError(
        `0x${BigInt.asUintN(64, address).toString(16)}: nothing is mapped there (kernel data begins at 0x${KVBASE.toString(16)})`,
      );
    return bytes;
  }
}

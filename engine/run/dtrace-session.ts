/**
 * DTrace in a session: the host half that compiles, formats and decides when to stop, and its two ways into the guest.
 *
 * Charged: the guest process `dtrace` asks for the program and hands over buffers through the LIBDTRACE link (docs/guest-abi.md section 9).
 * Ghost: the host calls the kernel's dtrace_ghost_ functions in ghost execution; no process, no cycles.
 */
import { type Consumer, compilePrograms, type Program, readCatalog } from '../dtrace/index.ts';
import { LIBDTRACE } from '../image/abi.ts';
import type { Image } from '../image/image.ts';
import type { LibdtraceLink, Machine, UserMemory } from '../machine/machine.ts';
import type { DtraceInputs } from './inputs.ts';
import { UserError } from './user-error.ts';

export class DtraceSession {
  readonly #inputs: DtraceInputs;
  readonly #kernel: Image;
  #program: Program | undefined;
  #consumer: Consumer | undefined;
  #out: Uint8Array[] = [];
  #dof = new Uint8Array(0);
  #going = false;
  #finished = false;
  #stopAsked = false;

  constructor(inputs: DtraceInputs, kernel: Image) {
    this.#inputs = inputs;
    this.#kernel = kernel;
  }
}

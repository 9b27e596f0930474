/**
 * Which program each process runs, for the names in ustack() and its like.
 *
 * Records carry a process id and addresses; by the time they are printed the process may be gone. So the guest's list of processes is looked
 * through whenever threads are switched, and what a process ran last is remembered. Looking costs the guest nothing.
 */
import type { RecordType } from '../cfront/types.ts';
import { type GuestMemory, symbolLookup, typeNamesOf } from '../dtrace/index.ts';
import type { Image } from '../image/image.ts';

/** More processes than this in the list mean that it is being changed right now. */
const LIMIT = 10_000;

export class UserImages {
  readonly #memory: GuestMemory;
  /** By the base of their functions in the machine's table. */
  readonly #images: ReadonlyMap<number, Image>;
  readonly #allproc: bigint;
  readonly #pid: bigint;
  readonly #ftab: bigint;
  readonly #next: bigint;
  readonly #seen = new Map<number, Image>();

  constructor(memory: GuestMemory, kernel: Image, loaded: readonly { image: Image; tbase: number }[]) {
    this.#memory = memory;
    this.#images = new Map(loaded.map((l) => [l.tbase, l.image]));
    const proc = typeNamesOf(kernel).get('struct proc') as RecordType;
    const offset = (name: string): bigint => {
      const field = proc.fields.find((f) => f.name === name);
      if (field === undefined) throw new Error(`the kernel image has no member ${name} in struct proc`);
      return BigInt(field.offset);
    };
    const allproc = symbolLookup(kernel)('kernel', 'allproc');
    if (allproc === undefined) throw new Error('the kernel image has no list allproc');
    this.#allproc = allproc.address;
    this.#pid = offset('p_pid');
    this.#ftab = offset('p_ftab');
    this.#next = offset('p_list'); // le_next comes first
  }

  /** Looks through the processes. */
  refresh(): void {
    let p = this.#memory.u64(this.#allproc);
    for (let n = 0; p !== 0n && n < LIMIT; n++) {
      const image = this.#images.get(Number(this.#memory.u64(p + this.#ftab)));
      if (image !== undefined) this.#seen.set(this.#memory.u32(p + this.#pid), image);
      p = this.#memory.u64(p + this.#next);
    }
  }

  /** The program of a process. */
  of(pid: number): Image | undefined {
    return this.#seen.get(pid);
  }
}

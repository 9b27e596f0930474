/**
 * Address translation behind the inlined TLB test: the hardware's page-table walk.
 *
 * Entries are 32 bytes: readable tag, writable tag (both (va & ~0xfff) | 1, or 0), offset of the page. A walk sets the accessed and
 * dirty bits, as amd64's does, and charges the profile's miss cost.
 */
import { CPU, FLAG_GHOST } from '../image/abi.ts';
import type { Profile } from '../image/profile.ts';
import type { GuestMemory } from './memory.ts';

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const FRAME_MASK = 0xfffff000;
const FAULT_READ = 1;
const FAULT_WRITE = 2;
const USER_LIMIT = 0x7ffffffff000n;

export class Tlb {
  readonly #memory: GuestMemory;
  readonly #entries: number;
  readonly #miss: number;

  constructor(memory: GuestMemory, profile: Profile) {
    this.#memory = memory;
    this.#entries = profile.tlb.entries;
    this.#miss = profile.tlb.miss;
  }

  /** Forgets everything (the running CPU's). */
  flush(): void {
    const base = this.#memory.i32[CPU.tlb >> 2];
    this.#memory.bytes8.fill(0, base, base + this.#entries * 32);
  }

  /** The import `walk`: the offset of user address va, or -1 with faultAddr and faultKind set. */
  readonly walk = (va: bigint, write: number): number => {
    const m = this.#memory;
    const ghost = (m.i32[CPU.flags >> 2] & FLAG_GHOST) !== 0;
    if (!ghost) {
      m.add53(CPU.clock, this.#miss);
      m.add53(CPU.tlbMisses, 1);
    }
    if (va < 0n || va >= USER_LIMIT) return this.#fault(va, write);
    const address = Number(va);
    let table = m.u32[CPU.cr3 >> 2];
    if (table === 0) return this.#fault(va, write);
    let entryAt = 0;
    let rights = WRITABLE | USER;
    for (let shift = 39; shift >= 12; shift -= 9) {
      entryAt = (table + (Math.floor(address / 2 ** shift) & 511) * 8) >> 2;
      const entry = m.u32[entryAt];
      if ((entry & PRESENT) === 0) return this.#fault(va, write);
      rights &= entry;
      table = (entry & FRAME_MASK) >>> 0;
    }
    if ((rights & USER) === 0 || (write !== 0 && (rights & WRITABLE) === 0)) return this.#fault(va, write);
    if (!ghost) m.u32[entryAt] |= write !== 0 ? ACCESSED | DIRTY : ACCESSED;
    const tlb = m.i32[CPU.tlb >> 2] + (Math.floor(address / 4096) & (this.#entries - 1)) * 32;
    const tag = address - (address % 4096) + 1;
    m.write53(tlb, tag);
    // A page that is clean stays unwritable in the TLB, so that the first store comes back here and sets the dirty bit.
    if ((rights & WRITABLE) !== 0 && (m.u32[entryAt] & DIRTY) !== 0) m.write53(tlb + 8, tag);
    else m.write64(tlb + 8, 0, 0);
    m.i32[(tlb + 16) >> 2] = table;
    return table + (address & 0xfff);
  };

  #fault(va: bigint, write: number): number {
    const m = this.#memory;
    m.view.setBigInt64(CPU.faultAddr, BigInt.asIntN(64, va), true);
    m.i32[CPU.faultKind >> 2] = write !== 0 ? FAULT_WRITE : FAULT_READ;
    return -1;
  }
}

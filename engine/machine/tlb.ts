/**
 * Address translation behind the inlined TLB test: the hardware's page-table walk.
 *
 * Entries are 32 bytes: readable tag, writable tag (both (va & ~0xfff) | 1, or 0), offset of the page. A walk sets the accessed and
 * dirty bits, as amd64's does, and charges the profile's miss cost. In ghost execution it charges nothing and sets no bits.
 *
 * Like the caches (cache.ts) it is a small WebAssembly module: user code and copies call it on each miss.
 */
import { CPU, FLAG_GHOST } from '../image/abi.ts';
import type { Profile } from '../image/profile.ts';
import { I32, I64, Module } from '../wasm/index.ts';

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const FRAME_MASK = 0xfffff000 | 0;
const FAULT_READ = 1;
const FAULT_WRITE = 2;
const USER_LIMIT = 0x7ffffffff000n;
const ENTRY_SHIFT = 5;
const LEVELS = [39, 30, 21, 12];

export class Tlb {
  /** The import `walk` (va, write): the offset of user address va, or -1 with faultAddr and faultKind set. */
  readonly walk: (va: bigint, write: number) => number;
  readonly #i32: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #size: number;

  constructor(memory: WebAssembly.Memory, profile: Profile) {
    this.#i32 = new Int32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#size = profile.tlb.entries << ENTRY_SHIFT;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encode(profile) as BufferSource), {
      env: { memory },
    });
    this.walk = exports['walk'] as Tlb['walk'];
  }

  /** Forgets everything (the running CPU's). */
  flush(): void {
    const base = this.#i32[CPU.tlb >> 2];
    this.#bytes.fill(0, base, base + this.#size);
  }
}

function encode({ tlb }: Profile): Uint8Array {
  const m = new Module();
  m.importMemory('env', 'memory', 0);
  const fault = m.func('fault', [I64, I32], [I32]);
  {
    const b = fault.body;
    b.i32(0).get(0).store('i64.store', CPU.faultAddr);
    b.i32(0).i32(FAULT_WRITE).i32(FAULT_READ).get(1).op('select').store('i32.store', CPU.faultKind);
    b.i32(-1);
  }
  const walk = m.func('walk', [I64, I32], [I32]);
  const { body: b } = walk;
  const [va, write] = [0, 1];
  const ghost = b.local(I32);
  const table = b.local(I32);
  const at = b.local(I32);
  const entry = b.local(I32);
  const rights = b.local(I32);
  const slot = b.local(I32);
  const tag = b.local(I64);
  const giveUp = () => b.if_().get(va).get(write).call(fault).return().end();
  b.i32(0).load('i32.load', CPU.flags).i32(FLAG_GHOST).op('i32.and').tee(ghost).op('i32.eqz').if_();
  for (const [field, n] of [
    [CPU.clock, tlb.miss],
    [CPU.tlbMisses, 1],
  ])
    b.i32(0).i32(0).load('i64.load', field).i64(n).op('i64.add').store('i64.store', field);
  b.end();
  b.get(va).i64(USER_LIMIT).op('i64.ge_u');
  giveUp();
  b.i32(0).load('i32.load', CPU.cr3).tee(table).op('i32.eqz');
  giveUp();
  b.i32(WRITABLE | USER).set(rights);
  for (const shift of LEVELS) {
    // The entry: 8 bytes, chosen by nine bits of the address.
    b.get(va)
      .i64(shift - 3)
      .op('i64.shr_u')
      .op('i32.wrap_i64')
      .i32(511 << 3)
      .op('i32.and');
    b.get(table).op('i32.add').tee(at).load('i32.load').tee(entry).i32(PRESENT).op('i32.and').op('i32.eqz');
    giveUp();
    b.get(rights).get(entry).op('i32.and').set(rights);
    b.get(entry).i32(FRAME_MASK).op('i32.and').set(table);
  }
  b.get(rights).i32(USER).op('i32.and').op('i32.eqz');
  b.get(write).get(rights).i32(WRITABLE).op('i32.and').op('i32.eqz').op('i32.and').op('i32.or');
  giveUp();
  b.get(ghost).op('i32.eqz').if_();
  b.get(entry)
    .i32(ACCESSED | DIRTY)
    .i32(ACCESSED)
    .get(write)
    .op('select')
    .op('i32.or')
    .set(entry);
  b.get(at).get(entry).store('i32.store').end();
  b.get(va)
    .i64(12 - ENTRY_SHIFT)
    .op('i64.shr_u')
    .op('i32.wrap_i64')
    .i32((tlb.entries - 1) << ENTRY_SHIFT)
    .op('i32.and');
  b.i32(0).load('i32.load', CPU.tlb).op('i32.add').set(slot);
  b.get(va).i64(-4096).op('i64.and').i64(1).op('i64.or').set(tag);
  b.get(slot).get(tag).store('i64.store');
  // A page that is clean stays unwritable in the TLB, so that the first store comes back here and sets the dirty bit.
  b.get(slot).get(tag).i64(0);
  b.get(rights).i32(WRITABLE).op('i32.and').i32(0).op('i32.ne');
  b.get(entry).i32(DIRTY).op('i32.and').i32(0).op('i32.ne').op('i32.and').op('select').store('i64.store', 8);
  b.get(slot).get(table).store('i32.store', 16);
  b.get(table).get(va).op('i32.wrap_i64').i32(0xfff).op('i32.and').op('i32.add');
  m.exportFunc('walk', walk);
  return m.encode(true);
}

/**
 * Guest memory as the host sees it: reads and writes by guest address, outside simulated time.
 *
 * Kernel addresses map directly; user addresses are translated through the page tables of a given cr3, without touching TLB or
 * accessed bits. Nothing here is charged and nothing changes the machine except an explicit write.
 */
import { KDATA_OFFSET, KVBASE } from '../image/abi.ts';

/** A guest address that is not mapped. */
export class BadAddress extends Error {
  readonly address: bigint;
  constructor(address: bigint) {
    super(`bad guest address 0x${BigInt.asUintN(64, address).toString(16)}`);
    this.address = address;
  }
}

const decoder = new TextDecoder();

const PTE_PRESENT = 1;
const PTE_FRAME = 0xfffff000;

export class GuestMemory {
  readonly view: DataView;
  readonly bytes8: Uint8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly limit: number;

  constructor(memory: WebAssembly.Memory, limit: number) {
    this.view = new DataView(memory.buffer);
    this.bytes8 = new Uint8Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
    this.u32 = new Uint32Array(memory.buffer);
    this.limit = limit;
  }

  /** Offset of a kernel data address. Throws BadAddress. */
  offset(address: bigint, length = 1): number {
    const at = BigInt.asUintN(64, address) - KVBASE;
    if (at < BigInt(KDATA_OFFSET) || at + BigInt(length) > BigInt(this.limit)) throw new BadAddress(address);
    return Number(at);
  }

  /** Offset of a user address under cr3, or -1 if its page is not resident. */
  translate(cr3: number, address: number): number {
    let table = cr3;
    for (let shift = 39; shift >= 12; shift -= 9) {
      const index = Math.floor(address / 2 ** shift) & 511;
      const entry = this.u32[(table + index * 8) >> 2];
      if ((entry & PTE_PRESENT) === 0) return -1;
      table = (entry & PTE_FRAME) >>> 0;
    }
    return table + (address & 0xfff);
  }

  u8(address: bigint): number {
    return this.bytes8[this.offset(address)];
  }
  u16(address: bigint): number {
    return this.view.getUint16(this.offset(address, 2), true);
  }
  u32at(address: bigint): number {
    return this.view.getUint32(this.offset(address, 4), true);
  }
  u64(address: bigint): bigint {
    return this.view.getBigUint64(this.offset(address, 8), true);
  }
  bytes(address: bigint, length: number): Uint8Array {
    const at = this.offset(address, length);
    return this.bytes8.slice(at, at + length);
  }
  /** A NUL-terminated string, at most max bytes. */
  cstring(address: bigint, max = 4096): string {
    const at = this.offset(address);
    let end = at;
    while (end < at + max && end < this.limit && this.bytes8[end] !== 0) end++;
    return decoder.decode(this.bytes8.subarray(at, end));
  }

  /** Copies user memory out, page by page; pages that were never touched read as zeros. */
  userBytes(cr3: number, address: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    this.#pages(cr3, address, length, (at, done, n) => {
      if (at >= 0) out.set(this.bytes8.subarray(at, at + n), done);
    });
    return out;
  }
  /** Copies into resident user memory. Throws BadAddress. */
  writeUser(cr3: number, address: number, data: Uint8Array): void {
    this.#pages(cr3, address, data.length, (at, done, n) =>
      this.bytes8.set(data.subarray(done, done + n), at),
    );
  }

  #pages(
    cr3: number,
    address: number,
    length: number,
    copy: (at: number, done: number, n: number) => void,
  ): void {
    for (let done = 0; done < length; ) {
      const n = Math.min(length - done, 4096 - ((address + done) & 0xfff));
      copy(this.translate(cr3, address + done), done, n);
      done += n;
    }
  }

  /** A 64-bit field that holds a count below 2^53 or a kernel address's low half is written as two words. */
  write64(offset: number, low: number, high: number): void {
    this.i32[offset >> 2] = low;
    this.i32[(offset >> 2) + 1] = high;
  }
  /** Number in a 64-bit field; exact below 2^53. */
  read53(offset: number): number {
    return this.u32[(offset >> 2) + 1] * 0x100000000 + this.u32[offset >> 2];
  }
  write53(offset: number, value: number): void {
    this.u32[offset >> 2] = value >>> 0;
    this.u32[(offset >> 2) + 1] = Math.floor(value / 0x100000000);
  }
  add53(offset: number, n: number): void {
    const low = this.u32[offset >> 2] + n;
    this.u32[offset >> 2] = low;
    if (low > 0xffffffff) this.u32[(offset >> 2) + 1] += Math.floor(low / 0x100000000);
  }
}

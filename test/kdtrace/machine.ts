/**
 * Runs functions of the kernel half of DTrace, one call at a time: an image of cddl/dtrace and a shim in place of the kernel, and of a
 * machine only what a call needs.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileImage } from '../../engine/guestc/index.ts';
import {
  CLOCK_BITS,
  CPU,
  FBT_TRAP,
  FLAG_GHOST,
  FRAME,
  FRAME_HEADER,
  KTEXT,
  KVBASE,
  STATUS,
} from '../../engine/image/abi.ts';
import type { Image } from '../../engine/image/image.ts';
import { modelsDir } from '../../engine/image/place.ts';
import { loadProfile, type Profile } from '../../engine/image/profile.ts';

const TBASE = 16;
const RAM = 96 << 20;
const STACK = 64 << 20;
const HEAP_END = 60 << 20;
/** Host data for calls: strings, DOF, results. */
const SCRATCH = 66 << 20;
const ARENA = 72 << 20;
const ARENA_SIZE = 16 << 20;

export function testProfile(machine = 'amd64'): Profile {
  const p = structuredClone(loadProfile(machine));
  p.ramBytes = RAM;
  return p;
}

/** cddl/dtrace with the shim. */
export function compileShim(profile: Profile): Image {
  const kernel = `${modelsDir()}/kernel`;
  const dtrace = readdirSync(`${kernel}/cddl/dtrace`)
    // fasttrap and the helper device need processes: test/e2e has them.
    .filter((f) => f.endsWith('.c') && !/^(?:fasttrap|dtrace_helper)/.test(f))
    .sort()
    .map((f) => ({ path: `${kernel}/cddl/dtrace/${f}`, name: `cddl/dtrace/${f}` }));
  return compileImage({
    name: 'kernel',
    kind: 'kernel',
    files: [...dtrace, { path: fileURLToPath(new URL('lib/shim.c', import.meta.url)), name: 'shim.c' }],
    includeDirs: [kernel],
    defines: profile.options.includes('ARM_UNWIND') ? { ARM_UNWIND: '1' } : {},
    profile,
    sourceRoot: kernel,
  });
}

export class ShimMachine {
  readonly mem: DataView;
  readonly bytes: Uint8Array;
  private readonly table: WebAssembly.Table;
  private scratch = SCRATCH;
  private readonly symbols: Map<string, number>;

  readonly image: Image;
  readonly profile: Profile;

  constructor(image: Image, profile: Profile, ncpu = 2) {
    this.image = image;
    this.profile = profile;
    const memory = new WebAssembly.Memory({ initial: RAM >> 16 });
    this.mem = new DataView(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    this.mem.setBigInt64(FBT_TRAP, BigInt(profile.trapKernel), true);
    this.table = new WebAssembly.Table({ initial: TBASE + image.functions.length, element: 'anyfunc' });
    this.symbols = new Map(image.symbols.map((s) => [s.name, s.addr]));
    this.mem.setUint32(CPU.l1d, 0x2000, true);
    this.mem.setUint32(CPU.tlb, 0x10000, true);
    this.mem.setUint32(CPU.bp, 0x20000, true);
    this.mem.setBigInt64(CPU.horizon, 1n << 62n, true);
    this.mem.setBigInt64(CPU.syncLimit, 1n << 62n, true);
    for (const d of image.data) this.bytes.set(d.bytes, d.addr);
    const fail = (what: string) => {
      throw new Error(`${what} at ${this.where(this.mem.getBigUint64(CPU.trapArgs, true))}`);
    };
    const env = {
      memory,
      table: this.table,
      tbase: TBASE,
      miss: () => {},
      walk: () => -1,
      kfault: (addr: bigint, _fp: number, w: number) =>
        fail(`${w ? 'write' : 'read'} of 0x${BigInt.asUintN(64, addr).toString(16)}`),
      trap: (no: number) => fail(`trap ${no}`),
      hw: () => fail('hw'),
      flush: () => fail('flush'),
      ghostprobe: (_site: number) => this.ghostProbe(),
    };
    new WebAssembly.Instance(new WebAssembly.Module(image.wasm as Uint8Array<ArrayBuffer>), { env });
    this.call(
      'shim_boot',
      BigInt(ncpu),
      BigInt(profile.clockHz),
      BigInt(Math.ceil(image.dataEnd / 4096) * 4096),
      BigInt(HEAP_END),
    );
  }

  /** function+0xoffset of a text address (offset from KTEXT or address). */
  where(addr: bigint): string {
    const at = Number(addr >= KTEXT ? addr - KTEXT : addr);
    const fn = this.image.functions.find((f) => at >= f.addr && at < f.addr + f.size);
    if (fn === undefined) return `0x${addr.toString(16)}`;
    return at === fn.addr ? fn.name : `${fn.name}+0x${(at - fn.addr).toString(16)}`;
  }

  /** Kernel address of a data symbol. */
  symbol(name: string): bigint {
    const at = this.symbols.get(name);
    if (at === undefined) throw new Error(`no symbol ${name}`);
    return KVBASE + BigInt(at);
  }

  u64(kva: bigint): bigint {
    return this.mem.getBigUint64(Number(kva - KVBASE), true);
  }
  u32(kva: bigint): number {
    return this.mem.getUint32(Number(kva - KVBASE), true);
  }
  string(kva: bigint): string {
    const at = Number(kva - KVBASE);
    return Buffer.from(this.bytes.subarray(at, this.bytes.indexOf(0, at))).toString();
  }
  read(kva: bigint, n: number): Uint8Array {
    const at = Number(kva - KVBASE);
    return this.bytes.slice(at, at + n);
  }

  /** Puts bytes into memory that a call may read or write; its kernel address. */
  put(data: Uint8Array | number): bigint {
    const n = typeof data === 'number' ? data : data.length;
    const at = this.scratch;
    this.scratch = Math.ceil((at + n + 16) / 64) * 64;
    if (this.scratch > ARENA) throw new Error('no scratch left');
    if (typeof data !== 'number') this.bytes.set(data, at);
    return KVBASE + BigInt(at);
  }
  text(s: string): bigint {
    return this.put(Buffer.from(`${s}\0`));
  }
  get arena(): [bigint, bigint] {
    return [KVBASE + BigInt(ARENA), BigInt(ARENA_SIZE)];
  }

  private page(): number {
    const at = Math.ceil((this.scratch + 4096) / 4096) * 4096;
    this.scratch = at + 4096;
    return at;
  }
  /** Makes a user page with these bytes, and the page tables that lead there. */
  userPage(va: bigint, data: Uint8Array): void {
    let table = this.mem.getUint32(CPU.cr3, true);
    if (table === 0) {
      table = this.page();
      this.mem.setUint32(CPU.cr3, table, true);
    }
    for (const shift of [39n, 30n, 21n, 12n]) {
      const entry = table + 8 * Number((va >> shift) & 511n);
      table = this.mem.getUint32(entry, true) & ~4095;
      if (table === 0) {
        table = this.page();
        this.mem.setBigUint64(entry, BigInt(table | 7), true);
      }
    }
    this.bytes.set(data, table + Number(va & 4095n));
  }

  /** Everything below the heap's first megabytes, to come back to. */
  checkpoint(): () => void {
    const from = 0;
    const to = Math.ceil(this.image.dataEnd / 4096) * 4096 + (4 << 20);
    const kept = this.bytes.slice(from, to);
    const scratch = this.scratch;
    return () => {
      this.bytes.set(kept, from);
      this.bytes.fill(0, SCRATCH, this.scratch);
      this.scratch = scratch;
    };
  }

  get clock(): bigint {
    return this.mem.getBigUint64(CPU.clock, true) & ((1n << BigInt(CLOCK_BITS)) - 1n);
  }
  set clock(v: bigint) {
    this.mem.setBigUint64(CPU.clock, v, true);
  }

  /** From now on, suspend wherever code can be suspended: results must not depend on it. */
  unkind = false;
  beUnkind(): void {
    this.unkind = true;
    this.mem.setUint32(CPU.flags, this.mem.getUint32(CPU.flags, true) | 1, true);
    this.mem.setBigUint64(CPU.horizon, 1n, true);
    this.mem.setBigUint64(CPU.syncLimit, 0n, true);
  }

  /** Calls a function by name and runs it to its end. */
  call(name: string, ...args: bigint[]): bigint {
    const index = this.image.exports[name];
    if (index === undefined) throw new Error(`no function ${name}`);
    return this.callAt(index, args, STACK, 0n, 0n);
  }

  /** As above in ghost execution. */
  ghost(name: string, ...args: bigint[]): bigint {
    const block = this.bytes.slice(0x100, 0x200);
    this.mem.setUint32(CPU.flags, this.mem.getUint32(CPU.flags, true) | FLAG_GHOST, true);
    try {
      return this.call(name, ...args);
    } finally {
      this.bytes.set(block, 0x100);
    }
  }

  /** A site with a ghost bit fired. */
  private ghostProbe(): void {
    const arg = (i: number) => this.mem.getBigUint64(CPU.trapArgs + 8 * i, true);
    const site = arg(0);
    const fp = Number(arg(1));
    const at = Number(site - KTEXT);
    const fn = this.image.functions.find((f) => at >= f.addr && at < f.addr + f.size);
    const args = [2, 3, 4, 5, 6].map(arg);
    const block = this.bytes.slice(0x100, 0x200);
    this.mem.setUint32(CPU.flags, this.mem.getUint32(CPU.flags, true) | FLAG_GHOST, true);
    this.onGhost(this, args, KVBASE + BigInt(fp), site, fp + fn!.frameSize);
    this.bytes.set(block, 0x100);
  }
  onGhost: (m: ShimMachine, args: bigint[], caller: bigint, site: bigint, base: number) => void = () => {
    throw new Error('ghost probe');
  };

  callAt(index: number, args: bigint[], at: number, caller: bigint, ret: bigint): bigint {
    let fp = at;
    this.bytes.fill(0, fp, fp + FRAME_HEADER);
    this.mem.setUint32(fp + FRAME.func, TBASE + index, true);
    this.mem.setUint32(fp + FRAME.kind, caller === 0n ? 2 : 0, true);
    this.mem.setBigUint64(fp + FRAME.caller, caller, true);
    this.mem.setBigUint64(fp + FRAME.ret, ret, true);
    for (const [i, a] of args.entries())
      this.mem.setBigUint64(fp + FRAME.args + 8 * i, BigInt.asUintN(64, a), true);
    this.mem.setUint32(CPU.fpLimit, at + (1 << 20), true);
    for (;;) {
      const fn = this.table.get(this.mem.getUint32(fp + FRAME.func, true)) as (
        fp: number,
        block: number,
      ) => [number, bigint];
      const [status, value] = fn(fp, this.mem.getUint32(fp + FRAME.block, true));
      if (status === STATUS.RETURN) {
        if (fp === at) return value;
        this.mem.setBigInt64(CPU.retval, value, true);
        fp = Number(this.mem.getBigUint64(fp + FRAME.caller, true) - KVBASE);
        continue;
      }
      if (status !== STATUS.YIELD && status !== STATUS.SYNC) throw new Error(`status ${status}`);
      if (status === STATUS.SYNC) this.mem.setBigUint64(CPU.syncLimit, this.clock, true);
      if (status === STATUS.YIELD)
        this.mem.setBigUint64(CPU.horizon, this.clock + (this.unkind ? 1n : 1n << 61n), true);
      fp = this.mem.getUint32(CPU.fp, true);
    }
  }
}

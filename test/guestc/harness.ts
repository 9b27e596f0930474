/**
 * Runs an image without a machine: just enough of one to execute a single thread.
 *
 * Memory, demand-zero user pages, a cache whose every miss fills, a trampoline in JavaScript, output and exit by system call (user)
 * or device (kernel). Two settings make it unkind on purpose: a horizon that is reached everywhere, and a stack limit that every call
 * exceeds; results must not depend on them.
 */
import { fileURLToPath } from 'node:url';
import { compileImage } from '../../engine/guestc/index.ts';
import {
  AT_A_TIME,
  CLOCK_BITS,
  CPU,
  FBT_TRAP,
  FRAME,
  KDATA_OFFSET,
  KVBASE,
  REC_END,
  REC_PTR,
  RECORD_SIZE,
  STATUS,
  USER_TRAP,
} from '../../engine/image/abi.ts';
import type { Image } from '../../engine/image/image.ts';
import { loadProfile, type Profile } from '../../engine/image/profile.ts';

export const LIB = fileURLToPath(new URL('lib', import.meta.url));

/** Small, so that running many images side by side stays cheap. */
const RAM = 24 << 20;

export function testProfile(change: { cache?: boolean; predictor?: boolean } = {}): Profile {
  const p = structuredClone(loadProfile('amd64'));
  p.ramBytes = RAM - (64 << 20);
  p.cache.enabled = change.cache ?? true;
  p.predictor.enabled = change.predictor ?? true;
  return p;
}

export interface Program {
  name: string;
  text: string;
}

/** Compiles program texts together with the small library. */
export function compileTexts(programs: Program[], profile: Profile, kind: 'user' | 'kernel' = 'user'): Image {
  const texts = new Map(programs.map((p) => [`/test/${p.name}`, p.text]));
  return compileImage({
    name: programs[0].name,
    kind,
    files: [
      ...programs.map((p) => ({ path: `/test/${p.name}`, name: p.name })),
      { path: `${LIB}/mini.c`, name: 'mini.c' },
    ],
    includeDirs: [LIB],
    defines: {},
    profile,
    sourceRoot: '/test',
    readFile: (path) => texts.get(path) ?? readLib(path),
  });
}

import { readFileSync } from 'node:fs';

const libTexts = new Map<string, string | undefined>();
function readLib(path: string): string | undefined {
  if (!libTexts.has(path)) {
    let text: string | undefined;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      text = undefined;
    }
    libTexts.set(path, text);
  }
  return libTexts.get(path);
}

export interface RunOptions {
  /** Suspend at every back-edge, call and fault that can. */
  tinyHorizon?: boolean;
  /** Every call exceeds the host's depth. */
  tinyStack?: boolean;
  /** Suspend at each synchronised access. */
  tinySync?: boolean;
  /** Unmap and forget a user page after every fault: many faults. */
  evict?: boolean;
  stepsMax?: number;
  /** Bytes of memory, for user programs that need more than the little there is. */
  memory?: number;
  /** Kernel: fbt enable bytes by function name, before the start. */
  fbt?: Record<string, number>;
  /** Kernel: words to write before the start, by symbol name. */
  words?: Record<string, number>;
  /** System calls beyond exit and write: the result, or undefined for those. */
  syscall?: (nr: number, arg: (i: number) => bigint, user: UserMemory) => bigint | undefined;
}

/** What the recorder wrote. */
export interface ProbeRecord {
  clock: bigint;
  site: number;
  tid: number;
  args: bigint[];
}

export interface UserMemory {
  read(va: bigint, n: number): Uint8Array;
  write(va: bigint, bytes: Uint8Array): void;
}

export interface RunResult {
  output: string;
  status: number;
  cycles: bigint;
  instructions: bigint;
  suspensions: Record<string, number>;
  faults: number;
  records: ProbeRecord[];
  /** Sites of ghost probes with trapArgs[0..6]. */
  ghosts: { site: number; args: bigint[] }[];
  /** Memory at the end. */
  memory: DataView;
}

export class GuestFault extends Error {}

const TBASE = 16;
const STATUS_NAMES = Object.fromEntries(Object.entries(STATUS).map(([k, v]) => [v, k]));

/** Runs to exit; throws GuestFault if the program faults, Error if it runs for too long. */
export function run(image: Image, profile: Profile, options: RunOptions = {}): RunResult {
  const kernel = image.kind === 'kernel';
  const memory = new WebAssembly.Memory({ initial: (options.memory ?? RAM) >> 16 });
  const mem = new DataView(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  const table = new WebAssembly.Table({ initial: TBASE + image.functions.length, element: 'anyfunc' });
  const { cache, tlb } = profile;
  const L1D = 0x2000;
  const TLB = 0x10000;
  const BP = 0x20000;
  mem.setUint32(CPU.l1d, L1D, true);
  mem.setUint32(CPU.tlb, TLB, true);
  mem.setUint32(CPU.bp, BP, true);
  const setClock = (off: number, v: bigint) => mem.setBigInt64(off, v, true);
  const CLOCK_MASK = (1n << BigInt(CLOCK_BITS)) - 1n;
  const clock = () => mem.getBigInt64(CPU.clock, true) & CLOCK_MASK;
  const settle = () => {
    const counted = mem.getBigUint64(CPU.clock, true) >> BigInt(CLOCK_BITS);
    setClock(CPU.instructions, mem.getBigInt64(CPU.instructions, true) + counted);
    setClock(CPU.clock, clock());
  };
  const FOREVER = 1n << 62n;
  setClock(CPU.horizon, options.tinyHorizon ? 1n : BigInt(AT_A_TIME));
  setClock(CPU.syncLimit, options.tinySync ? 0n : FOREVER);

  // User memory: pages by number, given out on demand behind the kernel's part.
  const pages = new Map<bigint, number>();
  let nextPage = KDATA_OFFSET + (4 << 20);
  const pageOf = (va: bigint): number => {
    const vpn = va >> 12n;
    let page = pages.get(vpn);
    if (page === undefined) {
      page = nextPage;
      nextPage += 4096;
      pages.set(vpn, page);
    }
    return page;
  };
  for (const d of image.data) {
    if (kernel) bytes.set(d.bytes, d.addr);
    else
      d.bytes.forEach((v, i) => {
        const va = BigInt(d.addr + i);
        bytes[pageOf(va) + Number(va & 4095n)] = v;
      });
  }
  const output: string[] = [];
  let faults = 0;
  const inRange = (va: bigint) => va >= 0x1000n && va < 0x800000000000n;
  /** Resident pages, when they come and go. */
  const resident = new Set<bigint>();
  const walk = (va: bigint, write: number): number => {
    const page = va & ~4095n;
    if (!inRange(va) || (options.evict && !resident.has(page))) {
      mem.setBigUint64(CPU.faultAddr, va, true);
      mem.setInt32(CPU.faultKind, write ? 2 : 1, true);
      return -1;
    }
    const offset = pageOf(va);
    const entry = TLB + (Number((va >> 12n) & BigInt(tlb.entries - 1)) << 5);
    mem.setBigUint64(entry, page | 1n, true);
    mem.setBigUint64(entry + 8, page | 1n, true);
    mem.setUint32(entry + 16, offset, true);
    return offset + Number(va & 4095n);
  };
  const sets = (cache.l1d.size >> 6) >> Math.log2(cache.l1d.ways);
  const tags = new Uint32Array(memory.buffer);
  // One level, least recently used out; every line may be written at once.
  const miss = (line: number) => {
    const { ways } = cache.l1d;
    const set = (L1D >> 2) + (line & (sets - 1)) * ways;
    tags.copyWithin(set + 1, set, set + ways - 1);
    tags[set] = (line << 2) | 3;
    setClock(CPU.clock, mem.getBigInt64(CPU.clock, true) + 10n);
  };
  const where = (fp: number) =>
    `frame 0x${fp.toString(16)}, text 0x${mem.getBigUint64(CPU.trapArgs, true).toString(16)}`;
  let exit: number | undefined;
  const trapArg = (i: number) => mem.getBigUint64(CPU.trapArgs + 8 * i, true);
  const write = (offset: number, n: number) =>
    output.push(Buffer.from(bytes.slice(offset, offset + n)).toString('latin1'));
  const hw = (): number => {
    const op = Number(trapArg(0));
    if (op === 1) write(Number(trapArg(1) - KVBASE), Number(trapArg(2)));
    else if (op === 6) {
      exit = Number(BigInt.asIntN(32, trapArg(1)));
      return STATUS.HW;
    } else throw new Error(`hw ${op}`);
    mem.setBigInt64(CPU.retval, 0n, true);
    return 0;
  };
  const RING = 0x30000;
  const RING_RECORDS = 4;
  const records: ProbeRecord[] = [];
  const ghosts: RunResult['ghosts'] = [];
  const drain = () => {
    const end = mem.getUint32(REC_PTR, true);
    for (let at = RING; at < end; at += RECORD_SIZE)
      records.push({
        clock: mem.getBigInt64(at, true),
        site: mem.getUint32(at + 12, true),
        tid: mem.getInt32(at + 16, true),
        args: Array.from({ length: 5 }, (_, i) => mem.getBigInt64(at + 24 + 8 * i, true)),
      });
    mem.setUint32(REC_PTR, RING, true);
  };
  mem.setUint32(REC_PTR, RING, true);
  mem.setBigInt64(FBT_TRAP, BigInt(profile.trapKernel), true);
  mem.setUint32(REC_END, RING + RING_RECORDS * RECORD_SIZE, true);
  for (const [name, bits] of Object.entries(options.fbt ?? {}))
    bytes[image.fbtEnable + image.functions.findIndex((f) => f.name === name)] = bits;
  for (const [name, word] of Object.entries(options.words ?? {})) {
    const symbol = image.symbols.find((s) => s.name === name);
    if (symbol === undefined) throw new Error(`no symbol ${name}`);
    mem.setUint32(symbol.addr, word, true);
  }
  const env = {
    memory,
    table,
    tbase: TBASE,
    miss,
    walk,
    kfault: (addr: bigint, fp: number, w: number) => {
      throw new GuestFault(
        `kernel ${w ? 'write' : 'read'} of 0x${BigInt.asUintN(64, addr).toString(16)}, ${where(fp)}`,
      );
    },
    trap: (no: number, fp: number) => {
      throw new GuestFault(`trap ${no}, ${where(fp)}`);
    },
    hw,
    flush: drain,
    ghostprobe: (site: number) =>
      ghosts.push({ site, args: Array.from({ length: 7 }, (_, i) => trapArg(i)) }),
  };
  new WebAssembly.Instance(new WebAssembly.Module(image.wasm as Uint8Array<ArrayBuffer>), { env });

  const user: UserMemory = {
    read: (va, n) =>
      Uint8Array.from(
        { length: n },
        (_, i) => bytes[pageOf(va + BigInt(i)) + Number((va + BigInt(i)) & 4095n)],
      ),
    write: (va, data) => {
      data.forEach((v, i) => {
        bytes[pageOf(va + BigInt(i)) + Number((va + BigInt(i)) & 4095n)] = v;
      });
    },
  };
  const stack = KDATA_OFFSET + (2 << 20);
  const stackEnd = stack + (2 << 20);
  let fp = stack;
  const entry = image.exports[kernel ? 'btext' : '_start'];
  mem.setUint32(fp + FRAME.func, TBASE + entry, true);
  mem.setUint32(fp + FRAME.kind, 2, true);
  mem.setBigUint64(fp + FRAME.usp, 0x7fff00000000n, true);
  const suspensions: Record<string, number> = {};
  // So many bytes of frames at a time: the host's stack is no deeper than that. Tiny: the top frame alone, so every call is too deep.
  const depth = (): number =>
    options.tinyStack ? image.functions[mem.getUint32(fp + FRAME.func, true) - TBASE].frameSize : 128 << 10;
  const setLimit = () => mem.setUint32(CPU.fpLimit, Math.min(fp + depth(), stackEnd - 65536), true);
  for (let steps = 0; exit === undefined; steps++) {
    if (steps > (options.stepsMax ?? 20_000_000)) throw new Error('the program does not end');
    setLimit();
    const fn = table.get(mem.getUint32(fp + FRAME.func, true)) as (
      fp: number,
      block: number,
    ) => [number, bigint];
    const [status, value] = fn(fp, mem.getUint32(fp + FRAME.block, true));
    if (status === STATUS.RETURN) {
      const caller = mem.getBigUint64(fp + FRAME.caller, true);
      if (caller === 0n) {
        exit = Number(BigInt.asIntN(32, value));
        break;
      }
      mem.setBigInt64(CPU.retval, value, true);
      fp = Number(caller - KVBASE);
      continue;
    }
    settle();
    if (status === STATUS.YIELD && !options.tinyHorizon && clock() >= mem.getBigInt64(CPU.horizon, true)) {
      // Not asked for: a CPU's time in one go is limited.
      setClock(CPU.horizon, clock() + BigInt(AT_A_TIME));
      fp = mem.getUint32(CPU.fp, true);
      continue;
    }
    suspensions[STATUS_NAMES[status]] = (suspensions[STATUS_NAMES[status]] ?? 0) + 1;
    fp = mem.getUint32(CPU.fp, true);
    switch (status) {
      case STATUS.YIELD:
        setClock(CPU.horizon, clock() + 1n);
        break;
      case STATUS.SYNC:
        setClock(CPU.syncLimit, clock());
        break;
      case STATUS.OVERFLOW: {
        if (fp + 16384 > stackEnd - 65536) throw new GuestFault('stack overflow');
        break;
      }
      case STATUS.SYSCALL: {
        const nr = Number(trapArg(0));
        const result = options.syscall?.(nr, (i) => trapArg(i + 1), user);
        if (result !== undefined) mem.setBigInt64(CPU.retval, result, true);
        else if (nr === 1) exit = Number(BigInt.asIntN(32, trapArg(1)));
        else if (nr === 4) {
          const text: number[] = [];
          for (let i = 0n; i < trapArg(3); i++) {
            const va = trapArg(2) + i;
            text.push(bytes[pageOf(va) + Number(va & 4095n)]);
          }
          output.push(Buffer.from(text).toString('latin1'));
          mem.setBigInt64(CPU.retval, 0n, true);
        } else throw new Error(`system call ${nr}`);
        break;
      }
      case STATUS.FAULT: {
        faults++;
        const kind = mem.getInt32(CPU.faultKind, true);
        mem.setInt32(CPU.faultKind, 0, true);
        if (kind >= USER_TRAP) throw new GuestFault(`user trap ${kind - USER_TRAP}`);
        const va = mem.getBigUint64(CPU.faultAddr, true);
        if (!inRange(va)) throw new GuestFault(`user fault at 0x${va.toString(16)}`);
        // Three pages at a time: enough for a copy with an unaligned side, few enough to fault often.
        if (resident.size > 3) {
          resident.clear();
          bytes.fill(0, TLB, TLB + 32 * tlb.entries);
        }
        resident.add(va & ~4095n);
        break;
      }
      case STATUS.HW:
        break;
      default:
        throw new Error(`status ${status}`);
    }
  }
  drain();
  settle();
  return {
    output: output.join(''),
    status: exit,
    cycles: clock(),
    instructions: mem.getBigInt64(CPU.instructions, true),
    suspensions,
    faults,
    records,
    ghosts,
    memory: mem,
  };
}

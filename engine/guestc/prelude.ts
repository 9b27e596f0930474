/**
 * The prelude: functions that every image carries, which compiled code calls for whatever is not worth writing inline.
 *
 * Slow paths of memory accesses, the user-access and string builtins, probe sites, the predictor. What they need of the machine
 * comes in as imports (docs/guest-abi.md, section 10). Declared before the image's functions, filled in afterwards, when
 * addresses are known. The parts: prelude-memory.ts, prelude-user.ts, prelude-probe.ts.
 */
import { CLOCK_BITS, CPU, FRAME, STATUS, USER_TRAP } from '../image/abi.ts';
import type { Profile } from '../image/profile.ts';
import { type Body, type Func, I32, I64, type Module, type ValType } from '../wasm/index.ts';
import { fillMemory } from './prelude-memory.ts';
import { fillProbes } from './prelude-probe.ts';
import { fillUser } from './prelude-user.ts';

/** Memory above RAM where ghost DTrace keeps its data: kernel addresses may reach it. */
const GHOST_ARENA = 64 << 20;

export interface Helper {
  func: Func;
  /** Takes the caller's frame and text address as its last two arguments. */
  where: boolean;
  results: number;
}

/** Signatures: i = i32, l = i64; '!' marks those that take frame and text address besides. */
const BOTH: Record<string, string> = {
  l1: 'ii>',
  cr: 'i>',
  cw: 'i>',
  utrans: 'li>i',
  uread: 'li>i',
  callee: 'l>i',
  fn_index: 'l>i',
  bswap32: 'i>i',
  bswap64: 'l>l',
  va_arg: 'l>l',
  movsb: 'lll!>l',
  stosb: 'lil!>l',
  side: 'li!>i',
  stream: 'iii>',
  bp_taken: 'i>',
  bp_not: 'i>',
  ustore: 'lli>',
};
const KERNEL: Record<string, string> = {
  kread: 'l!>',
  kwrite: 'l!>',
  kbadread: 'l!>',
  kbadwrite: 'l!>',
  copy: 'lli!>',
  zero: 'li!>',
  lines: 'iii>',
  set_cr3: 'l>',
  invlpg: 'l>',
  user_load: 'li>i',
  user_store: 'lil>i',
  user_cas32: 'lii>i',
  probe_load: 'li>i',
  user_peek: 'li>i',
  record: 'illlll>',
  sdt_fire: 'liilllll>',
  fbt_entry: 'iiii>i',
  fbt_return: 'iiiil>i',
  invop: 'iiil>i',
};
const USER: Record<string, string> = {
  copy: 'lli>',
  zero: 'li>',
};

/** Pushes the clock of the running CPU. */
export const pushClock = (b: Body): Body =>
  b
    .i32(0)
    .load('i64.load', CPU.clock)
    .i64((1n << BigInt(CLOCK_BITS)) - 1n)
    .op('i64.and');

export interface PreludeImage {
  kernel: boolean;
  profile: Profile;
  textBase: bigint;
  textSize: number;
  /** By local index: text address relative to the base. */
  functions: { addr: number; func: Func }[];
  fbtEnable: number;
  fbtInvop?: Func;
}

export class Prelude {
  readonly m: Module;
  readonly tbase: number;
  /** Import: a line that L1 does not hold, or not well enough. Compiled code calls the helper `l1`, which looks there first. */
  readonly miss: { index: number };
  readonly walk: { index: number };
  readonly kfault: { index: number };
  readonly trap: { index: number };
  readonly hw: { index: number };
  readonly flush: { index: number };
  readonly ghostprobe: { index: number };
  /** Images with line marks: a byte for each function of the machine says whether it tells; then it calls `mark`. */
  readonly marks?: { table: number; mark: { index: number } };
  /** Type of guest functions. */
  readonly functionType: number;
  /** Private table: guest functions by text address / 16. */
  readonly calleeTable: number;
  readonly cache?: { sets: number; ways: number; bytesPerSet: number };
  readonly tlbEntries: number;
  readonly predictor?: { entries: number; mispredict: number };
  /** One past the last offset that a kernel address may reach. */
  readonly limit: number;
  private readonly sharedTable: number;
  private readonly badCall: Func;
  private readonly helpers = new Map<string, Helper>();

  constructor(m: Module, kernel: boolean, profile: Profile, slots: number, marks = false) {
    this.m = m;
    m.importMemory('env', 'memory', 1);
    this.sharedTable = m.importTable('env', 'table', 0);
    this.tbase = m.importGlobal('env', 'tbase', I32);
    const fn = (name: string, params: ValType[], results: ValType[]) =>
      m.importFunc('env', name, params, results);
    this.miss = fn('miss', [I32, I32], []);
    this.walk = fn('walk', [I64, I32], [I32]);
    this.kfault = fn('kfault', [I64, I32, I32], []);
    this.trap = fn('trap', [I32, I32], []);
    this.hw = fn('hw', [I32], [I32]);
    this.flush = fn('flush', [], []);
    this.ghostprobe = fn('ghostprobe', [I32], []);
    if (marks)
      this.marks = {
        table: m.importGlobal('env', 'marks', I32),
        mark: fn('mark', [I32, I32, I32, I32], [I32]),
      };
    this.functionType = m.type([I32, I32], [I32, I64]);
    this.calleeTable = m.table(slots + 1, slots + 1);
    const { cache, predictor } = profile;
    if (cache.enabled && cache.l1d.size > 0)
      this.cache = {
        sets: (cache.l1d.size >> 6) >> Math.log2(cache.l1d.ways),
        ways: cache.l1d.ways,
        bytesPerSet: cache.l1d.ways * 4,
      };
    if (predictor.enabled) this.predictor = { entries: predictor.entries, mispredict: predictor.mispredict };
    this.tlbEntries = profile.tlb.entries;
    this.limit = profile.ramBytes + GHOST_ARENA;
    for (const [name, text] of Object.entries({ ...BOTH, ...(kernel ? KERNEL : USER) })) {
      const [params, results] = text.split('>');
      const types = (s: string): ValType[] => [...s.replace('!', 'ii')].map((c) => (c === 'i' ? I32 : I64));
      this.helpers.set(name, {
        func: m.func(`$${name}`, types(params), types(results)),
        where: params.includes('!'),
        results: results.length,
      });
    }
    this.badCall = m.func('$badcall', [I32, I32], [I32, I64]);
  }

  helper(name: string): Helper {
    const helper = this.helpers.get(name);
    if (helper === undefined) throw new Error(`guestc: no prelude function ${name}`);
    return helper;
  }

  /** The bodies, and the tables of functions. */
  fill(image: PreludeImage): void {
    fillMemory(this, image);
    fillUser(this, image);
    if (image.kernel) fillProbes(this, image);
    this.calls(image);
    this.m.elem(
      this.sharedTable,
      { global: this.tbase },
      image.functions.map((f) => f.func),
    );
    const slots: Func[] = new Array((image.textSize >> 4) + 1).fill(this.badCall);
    for (const f of image.functions) slots[f.addr >> 4] = f.func;
    this.m.elem(this.calleeTable, 0, slots);
  }

  /** Indirect calls. */
  private calls(image: PreludeImage): void {
    const { textBase, textSize, functions, kernel } = image;
    const slots = textSize >> 4;
    // A rotation brings a misaligned address's low bits to the top, out of range.
    const callee = this.helper('callee').func.body;
    const slot = callee.local(I64);
    callee.get(0).i64(textBase).op('i64.sub').i64(4).op('i64.rotr').tee(slot).op('i32.wrap_i64').i32(slots);
    callee.get(slot).i64(slots).op('i64.lt_u').op('select');

    const bad = this.badCall.body;
    const caller = bad.local(I32);
    bad.get(0).load('i32.load', FRAME.caller).set(caller);
    if (kernel) {
      bad
        .i32(0)
        .get(0)
        .load('i64.load', FRAME.ret)
        .i64(textBase)
        .op('i64.sub')
        .store('i64.store', CPU.trapArgs);
      bad.i32(9).get(caller).call(this.trap).op('unreachable');
    } else {
      bad
        .i32(0)
        .i32(USER_TRAP + 9)
        .store('i32.store', CPU.faultKind);
      bad.i32(0).get(caller).store('i32.store', CPU.fp);
      bad.i32(STATUS.FAULT).i64(0);
    }

    // A function's table index from its text address, by bisection; 0 (no guest function) if there is none.
    const find = this.helper('fn_index').func.body;
    const rel = find.local(I32);
    find.get(0).i64(textBase).op('i64.sub').i64(textSize).op('i64.ge_u').if_().i32(0).return().end();
    find.get(0).i64(textBase).op('i64.sub').op('i32.wrap_i64').set(rel);
    const sorted = functions.map((f, index) => ({ addr: f.addr, index })).sort((a, b) => a.addr - b.addr);
    const bisect = (lo: number, hi: number): void => {
      if (hi - lo === 1) {
        find.getGlobal(this.tbase).i32(sorted[lo].index).op('i32.add').i32(0);
        find.get(rel).i32(sorted[lo].addr).op('i32.eq').op('select');
        return;
      }
      const mid = (lo + hi) >> 1;
      find.get(rel).i32(sorted[mid].addr).op('i32.lt_u').if_(I32);
      bisect(lo, mid);
      find.else_();
      bisect(mid, hi);
      find.end();
    };
    if (sorted.length === 0) find.i32(0);
    else bisect(0, sorted.length);
  }
}

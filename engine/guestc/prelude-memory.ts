/**
 * Prelude, memory: slow paths of kernel and user accesses, record copies, byte swaps, the predictor.
 */
import { CPU, KDATA_OFFSET, KVBASE, LINE_SHIFT } from '../image/abi.ts';
import { type Body, I32, I64, moveToFront } from '../wasm/index.ts';
import type { Prelude, PreludeImage } from './prelude.ts';

/** Where a value that lies across two pages is put together: free bytes of the machine page. */
const SCRATCH = 0xfe0;
/** States of a line. */
const SHARED = 1;
const MODIFIED = 3;

export function fillMemory(p: Prelude, image: PreludeImage): void {
  firstLevel(p);
  cacheAccess(p);
  userAccess(p);
  if (image.kernel) kernelAccess(p);
  blocks(p, image.kernel);
  small(p);
  predictor(p);
}

/**
 * l1 (line, write): the inline test has looked at the most recent way only. A hit in another one moves the line to the front, which
 * costs nothing more; a store makes an exclusive line modified. Everything else is the machine's.
 */
function firstLevel(p: Prelude): void {
  if (p.cache === undefined) return;
  const b = p.helper('l1').func.body;
  const set = b.local(I32);
  const entry = b.local(I32);
  b.get(0)
    .i32(p.cache.sets - 1)
    .op('i32.and')
    .i32(p.cache.bytesPerSet)
    .op('i32.mul');
  b.i32(0).load('i32.load', CPU.l1d).op('i32.add').set(set);
  moveToFront(b, p.cache.ways, set, () => b.get(0).i32(2).op('i32.shl'), entry);
  // Not there, or a store to a line that others may have.
  b.get(entry)
    .op('i32.eqz')
    .get(1)
    .get(entry)
    .i32(3)
    .op('i32.and')
    .i32(SHARED)
    .op('i32.eq')
    .op('i32.and')
    .op('i32.or')
    .if_();
  b.get(0).get(1).call(p.miss).return().end();
  b.get(1).if_().get(set).get(entry).i32(MODIFIED).op('i32.or').store('i32.store').end();
}

/** cr, cw: the cache model for one line, at offset o. */
function cacheAccess(p: Prelude): void {
  for (const [name, write] of [
    ['cr', false],
    ['cw', true],
  ] as const) {
    const { body: b } = p.helper(name).func;
    if (p.cache === undefined) continue;
    b.get(0).i32(4).op('i32.shr_u');
    if (write) b.i32(3).op('i32.or');
    b.get(0)
      .i32(LINE_SHIFT)
      .op('i32.shr_u')
      .i32(p.cache.sets - 1)
      .op('i32.and')
      .i32(p.cache.bytesPerSet)
      .op('i32.mul');
    b.i32(0).load('i32.load', CPU.l1d).op('i32.add').load('i32.load', 0);
    if (write) b.op('i32.ne');
    else b.op('i32.xor').i32(4).op('i32.ge_u');
    b.if_()
      .get(0)
      .i32(LINE_SHIFT)
      .op('i32.shr_u')
      .i32(write ? 1 : 0)
      .call(p.helper('l1').func)
      .end();
  }
}

/** utrans: offset of a user address for one byte, or -1 with the fault pending. uread, ustore: accesses that the inline path gave up. */
function userAccess(p: Prelude): void {
  const cr = p.helper('cr').func;
  const cw = p.helper('cw').func;
  const utrans = p.helper('utrans').func;
  {
    const b = utrans.body;
    const entry = b.local(I32);
    b.get(0)
      .op('i32.wrap_i64')
      .i32(7)
      .op('i32.shr_u')
      .i32((p.tlbEntries - 1) << 5)
      .op('i32.and');
    b.i32(0).load('i32.load', CPU.tlb).op('i32.add').set(entry);
    // The read tag, or 8 bytes on the write tag.
    b.get(entry).get(1).op('i32.eqz').op('i32.eqz').i32(3).op('i32.shl').op('i32.add').load('i64.load', 0);
    b.get(0).i64(-4096).op('i64.and').i64(1).op('i64.or').op('i64.eq').if_();
    b.get(0)
      .op('i32.wrap_i64')
      .i32(0xfff)
      .op('i32.and')
      .get(entry)
      .load('i32.load', 16)
      .op('i32.add')
      .return();
    b.end();
    b.get(0).get(1).call(p.walk);
  }
  /** Two halves: sets first (offset of the first), second, and n1 (bytes in the first page); returns on a fault. */
  const halves = (b: Body, size: number, write: number, onFault: () => void) => {
    const first = b.local(I32);
    const second = b.local(I32);
    const n1 = b.local(I32);
    b.get(0).i32(write).call(utrans).tee(first).i32(-1).op('i32.eq').if_();
    onFault();
    b.end();
    b.i32(0x1000).get(0).op('i32.wrap_i64').i32(0xfff).op('i32.and').op('i32.sub').tee(n1);
    b.get(size).op('i32.lt_u').if_();
    const crossing = b.label;
    b.get(0)
      .get(n1)
      .op('i64.extend_i32_u')
      .op('i64.add')
      .i32(write)
      .call(utrans)
      .tee(second)
      .i32(-1)
      .op('i32.eq')
      .if_();
    onFault();
    b.end();
    return { first, second, n1, crossing };
  };
  {
    // (va, size) -> offset where the value can be read, or 0
    const b = p.helper('uread').func.body;
    const { first, second, n1 } = halves(b, 1, 0, () => b.i32(0).return());
    b.get(first).call(cr).get(second).call(cr);
    b.i32(SCRATCH).get(first).get(n1).memoryCopy();
    b.i32(SCRATCH).get(n1).op('i32.add').get(second).get(1).get(n1).op('i32.sub').memoryCopy();
    b.i32(SCRATCH).return().end();
    b.get(first).call(cr).get(first);
  }
  {
    // (va, value, size)
    const b = p.helper('ustore').func.body;
    const { first, second, n1 } = halves(b, 2, 1, () => b.return());
    b.get(first).call(cw).get(second).call(cw);
    b.i32(SCRATCH).get(1).store('i64.store', 0);
    b.get(first).i32(SCRATCH).get(n1).memoryCopy();
    b.get(second).i32(SCRATCH).get(n1).op('i32.add').get(2).get(n1).op('i32.sub').memoryCopy();
    b.return().end();
    b.get(first).call(cw);
    storeSized(b, first, 1, 2);
  }
}

/** Stores the low bytes of an i64 by a size that is known at run time. */
function storeSized(b: Body, at: number, value: number, size: number): void {
  b.get(size).i32(8).op('i32.eq').if_().get(at).get(value).store('i64.store', 0).return().end();
  b.get(size).i32(4).op('i32.eq').if_().get(at).get(value).store('i64.store32', 0).return().end();
  b.get(size).i32(2).op('i32.eq').if_().get(at).get(value).store('i64.store16', 0).return().end();
  b.get(at).get(value).store('i64.store8', 0);
}

/** Kernel accesses that the inline test did not pass: x = address - KVBASE. */
function kernelAccess(p: Prelude): void {
  for (const [name, bad, write] of [
    ['kread', 'kbadread', 0],
    ['kwrite', 'kbadwrite', 1],
  ] as const) {
    const b = p.helper(name).func.body;
    b.get(0)
      .i64(KDATA_OFFSET)
      .op('i64.sub')
      .i64(p.limit - KDATA_OFFSET)
      .op('i64.ge_u');
    b.if_().get(0).get(1).get(2).call(p.helper(bad).func).end();
    if (p.cache !== undefined)
      b.get(0).op('i32.wrap_i64').i32(LINE_SHIFT).op('i32.shr_u').i32(write).call(p.helper('l1').func);
    const f = p.helper(bad).func.body;
    f.i32(0).get(2).op('i64.extend_i32_u').store('i64.store', CPU.trapArgs);
    f.get(0).i64(KVBASE).op('i64.add').get(1).i32(write).call(p.kfault).op('unreachable');
  }
  // (offset, length, write): the cache model for each line of a range
  const b = p.helper('lines').func.body;
  const end = b.local(I32);
  b.get(0).get(1).op('i32.add').set(end);
  b.get(0)
    .i32(-1 << LINE_SHIFT)
    .op('i32.and')
    .set(0);
  b.loop();
  const again = b.label;
  b.get(2).if_().get(0).call(p.helper('cw').func).else_().get(0).call(p.helper('cr').func).end();
  b.get(0)
    .i32(1 << LINE_SHIFT)
    .op('i32.add')
    .tee(0)
    .get(end)
    .op('i32.lt_u')
    .brIf(again);
  b.end();
}

/** copy, zero: records. */
function blocks(p: Prelude, kernel: boolean): void {
  if (kernel) {
    const check = (b: Body, addr: number, size: number, fp: number, pc: number, write: boolean) => {
      // x, and room for the size behind it
      b.get(addr).i64(KVBASE).op('i64.sub').tee(addr).i64(KDATA_OFFSET).op('i64.sub');
      b.i64(p.limit - KDATA_OFFSET)
        .get(size)
        .op('i64.extend_i32_u')
        .op('i64.sub')
        .op('i64.gt_u');
      b.if_()
        .get(addr)
        .get(fp)
        .get(pc)
        .call(p.helper(write ? 'kbadwrite' : 'kbadread').func)
        .end();
      b.get(addr)
        .op('i32.wrap_i64')
        .get(size)
        .i32(write ? 1 : 0)
        .call(p.helper('lines').func);
    };
    const c = p.helper('copy').func.body;
    check(c, 1, 2, 3, 4, false);
    check(c, 0, 2, 3, 4, true);
    c.get(0).op('i32.wrap_i64').get(1).op('i32.wrap_i64').get(2).memoryCopy();
    const z = p.helper('zero').func.body;
    check(z, 0, 1, 2, 3, true);
    z.get(0).op('i32.wrap_i64').i32(0).get(1).memoryFill();
    return;
  }
  // In user memory, piece by piece: to the next line or page of either side. A fault leaves what was done, and a restart does it again.
  const piece = (b: Body, addr: number, n: number) => {
    // n = min(n, 64 - (addr & 63)); a line never crosses a page
    const room = b.local(I32);
    b.i32(64).get(addr).op('i32.wrap_i64').i32(63).op('i32.and').op('i32.sub').set(room);
    b.get(room).get(n).get(room).get(n).op('i32.lt_u').op('select').set(n);
  };
  const translate = (b: Body, addr: number, write: number, into: number) => {
    b.get(addr).i32(write).call(p.helper('utrans').func).tee(into).i32(-1).op('i32.eq').if_().return().end();
    b.get(into).call(p.helper(write ? 'cw' : 'cr').func);
  };
  {
    const b = p.helper('copy').func.body;
    const n = b.local(I32);
    const d = b.local(I32);
    const s = b.local(I32);
    b.loop();
    const again = b.label;
    b.get(2).set(n);
    piece(b, 0, n);
    piece(b, 1, n);
    translate(b, 1, 0, s);
    translate(b, 0, 1, d);
    b.get(d).get(s).get(n).memoryCopy();
    for (const addr of [0, 1]) b.get(addr).get(n).op('i64.extend_i32_u').op('i64.add').set(addr);
    b.get(2).get(n).op('i32.sub').tee(2).brIf(again);
    b.end();
  }
  {
    const b = p.helper('zero').func.body;
    const n = b.local(I32);
    const d = b.local(I32);
    b.loop();
    const again = b.label;
    b.get(1).set(n);
    piece(b, 0, n);
    translate(b, 0, 1, d);
    b.get(d).i32(0).get(n).memoryFill();
    b.get(0).get(n).op('i64.extend_i32_u').op('i64.add').set(0);
    b.get(1).get(n).op('i32.sub').tee(1).brIf(again);
    b.end();
  }
}

function small(p: Prelude): void {
  const b32 = p.helper('bswap32').func.body;
  b32.get(0).i32(0xff00ff).op('i32.and').i32(8).op('i32.rotr');
  b32.get(0).i32(8).op('i32.rotl').i32(0xff00ff).op('i32.and').op('i32.or');
  const b64 = p.helper('bswap64').func.body;
  const swap32 = p.helper('bswap32').func;
  b64.get(0).op('i32.wrap_i64').call(swap32).op('i64.extend_i32_u').i64(32).op('i64.shl');
  b64.get(0).i64(32).op('i64.shr_u').op('i32.wrap_i64').call(swap32).op('i64.extend_i32_u').op('i64.or');

  // An argument slot. A va_list is a number that user code could make up: outside guest memory it reads as 0.
  const va = p.helper('va_arg').func.body;
  va.get(0)
    .i64(KDATA_OFFSET)
    .op('i64.sub')
    .i64(p.limit - KDATA_OFFSET)
    .op('i64.lt_u')
    .if_(I64);
  va.get(0).op('i32.wrap_i64').load('i64.load', 0).else_().i64(0).end();
}

/** Two-bit counters: 0, 1 say not taken, 2, 3 taken. The inline test has seen that the counter is not saturated in this direction. */
function predictor(p: Prelude): void {
  const mispredict = p.predictor?.mispredict ?? 0;
  for (const [name, taken] of [
    ['bp_taken', true],
    ['bp_not', false],
  ] as const) {
    const b = p.helper(name).func.body;
    const at = b.local(I32);
    const counter = b.local(I32);
    b.i32(0).load('i32.load', CPU.bp).get(0).op('i32.add').tee(at).load('i32.load8_u', 0).set(counter);
    b.get(counter)
      .i32(2)
      .op(taken ? 'i32.lt_u' : 'i32.ge_u')
      .if_();
    b.i32(0).i32(0).load('i64.load', CPU.clock).i64(mispredict).op('i64.add').store('i64.store', CPU.clock);
    b.i32(0)
      .i32(0)
      .load('i64.load', CPU.mispredicts)
      .i64(1)
      .op('i64.add')
      .store('i64.store', CPU.mispredicts);
    b.end();
    b.get(at)
      .get(counter)
      .i32(taken ? 1 : -1)
      .op('i32.add')
      .store('i32.store8', 0);
  }
}

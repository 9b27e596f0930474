/**
 * Prelude, user memory and string instructions: what the kernel reaches user memory with, rep_movsb and rep_stosb, page-table registers.
 *
 * A builtin that meets a user fault returns at once; the caller sees faultKind and suspends, and runs the builtin again when the page
 * is there. If the kernel gave up on the address, faultAbort is set then and the builtin fails.
 */
import { CPU, KDATA_OFFSET, KVBASE } from '../image/abi.ts';
import { type Body, I32, I64 } from '../wasm/index.ts';
import { HELPER_RESULT } from './lower-builtin.ts';
import type { Prelude, PreludeImage } from './prelude.ts';

export function fillUser(p: Prelude, image: PreludeImage): void {
  strings(p, image);
  if (!image.kernel) return;
  userBuiltins(p);
  probeLoads(p);
  registers(p);
}

/** Returns what `fail` pushes if the kernel aborted the access. */
function ifAborted(b: Body, fail: () => void): void {
  b.i32(0).load('i32.load', CPU.faultAbort).if_();
  b.i32(0).i32(0).store('i32.store', CPU.faultAbort);
  fail();
  b.return().end();
}

/** Loads by a size known at run time, zero-extended, and leaves it in HELPER_RESULT. */
function resultSized(b: Body, at: number, size: number): void {
  b.i32(0);
  b.get(size).i32(8).op('i32.eq').if_(I64).get(at).load('i64.load', 0).else_();
  b.get(size).i32(4).op('i32.eq').if_(I64).get(at).load('i64.load32_u', 0).else_();
  b.get(size).i32(2).op('i32.eq').if_(I64).get(at).load('i64.load16_u', 0).else_();
  b.get(at).load('i64.load8_u', 0).end().end().end();
  b.store('i64.store', HELPER_RESULT);
}

function userBuiltins(p: Prelude): void {
  {
    const b = p.helper('user_load').func.body;
    const o = b.local(I32);
    b.i32(0).i64(0).store('i64.store', HELPER_RESULT);
    ifAborted(b, () => b.i32(-1));
    b.get(0).get(1).call(p.helper('uread').func).tee(o).op('i32.eqz').if_().i32(0).return().end();
    resultSized(b, o, 1);
    b.i32(0);
  }
  {
    const b = p.helper('user_store').func.body;
    ifAborted(b, () => b.i32(-1));
    b.get(0).get(2).get(1).call(p.helper('ustore').func).i32(0);
  }
  {
    const b = p.helper('user_cas32').func.body;
    const o = b.local(I32);
    b.i32(0).i64(0).store('i64.store', HELPER_RESULT);
    ifAborted(b, () => b.i32(-1));
    // An aligned word lies in one page; another one is refused as a fault would be.
    b.get(0).op('i32.wrap_i64').i32(3).op('i32.and').if_().i32(-1).return().end();
    b.get(0).i32(1).call(p.helper('utrans').func).tee(o).i32(-1).op('i32.eq').if_().i32(0).return().end();
    b.get(o).call(p.helper('cw').func);
    b.i32(0).get(o).load('i64.load32_u', 0).store('i64.store', HELPER_RESULT);
    b.get(o).load('i32.load', 0).get(1).op('i32.eq').if_().get(o).get(2).store('i32.store', 0).end();
    b.i32(0);
  }
}

/** probe_load, user_peek: for probe context. They neither fault nor change what is mapped. */
function probeLoads(p: Prelude): void {
  const cr = p.helper('cr').func;
  {
    const b = p.helper('probe_load').func.body;
    const x = b.local(I64);
    const o = b.local(I32);
    b.i32(0).i64(0).store('i64.store', HELPER_RESULT);
    b.get(0).i64(KVBASE).op('i64.sub').tee(x).i64(KDATA_OFFSET).op('i64.sub');
    b.i64(p.limit - KDATA_OFFSET)
      .get(1)
      .op('i64.extend_i32_u')
      .op('i64.sub')
      .op('i64.gt_u')
      .if_()
      .i32(-1)
      .return()
      .end();
    b.get(x).op('i32.wrap_i64').tee(o).call(cr);
    resultSized(b, o, 1);
    b.i32(0);
  }
  {
    // Byte by byte through the page tables, without the TLB.
    const b = p.helper('user_peek').func.body;
    const i = b.local(I32);
    const va = b.local(I64);
    const entry = b.local(I64);
    const shift = b.local(I64);
    const value = b.local(I64);
    b.i32(0).i64(0).store('i64.store', HELPER_RESULT);
    b.loop();
    const bytes = b.label;
    b.get(0).get(i).op('i64.extend_i32_u').op('i64.add').tee(va).i64(47).op('i64.shr_u').i64(0).op('i64.ne');
    b.if_().i32(-1).return().end();
    b.i32(0).load('i64.load', CPU.cr3).set(entry).i64(39).set(shift);
    b.loop();
    const levels = b.label;
    // The table is at the entry's page; its 512 entries are chosen by nine bits of the address.
    b.get(entry).i64(-4096).op('i64.and').op('i32.wrap_i64');
    b.get(va)
      .get(shift)
      .op('i64.shr_u')
      .i64(511)
      .op('i64.and')
      .i64(3)
      .op('i64.shl')
      .op('i32.wrap_i64')
      .op('i32.add');
    b.load('i64.load', 0).tee(entry).i64(5).op('i64.and').i64(5).op('i64.ne').if_().i32(-1).return().end();
    b.get(shift).i64(9).op('i64.sub').tee(shift).i64(12).op('i64.ge_s').brIf(levels);
    b.end();
    b.get(entry).i64(-4096).op('i64.and').get(va).i64(4095).op('i64.and').op('i64.or').op('i32.wrap_i64');
    b.load('i64.load8_u', 0)
      .get(i)
      .i32(3)
      .op('i32.shl')
      .op('i64.extend_i32_u')
      .op('i64.shl')
      .get(value)
      .op('i64.or')
      .set(value);
    b.get(i).op('i32.eqz').if_();
    b.get(entry)
      .i64(-4096)
      .op('i64.and')
      .get(va)
      .i64(4095)
      .op('i64.and')
      .op('i64.or')
      .op('i32.wrap_i64')
      .call(cr);
    b.end();
    b.get(i).i32(1).op('i32.add').tee(i).get(1).op('i32.lt_u').brIf(bytes);
    b.end();
    b.i32(0).get(value).store('i64.store', HELPER_RESULT).i32(0);
  }
}

/** Cycles since the clock said `before`, less the share that a stream hides. */
function strings(p: Prelude, image: PreludeImage): void {
  const { profile, kernel } = image;
  const hidden = 16 - profile.cache.streamMissSixteenths;
  {
    // (offset, length, write): each line of a range, at a stream's price
    const b = p.helper('stream').func.body;
    const end = b.local(I32);
    const before = b.local(I64);
    const hide = b.local(I64);
    b.get(0).get(1).op('i32.add').set(end);
    b.i32(0).load('i64.load', CPU.clock).set(before);
    b.get(0).i32(-64).op('i32.and').set(0);
    b.loop();
    const again = b.label;
    b.get(2).if_().get(0).call(p.helper('cw').func).else_().get(0).call(p.helper('cr').func).end();
    b.get(0).i32(64).op('i32.add').tee(0).get(end).op('i32.lt_u').brIf(again);
    b.end();
    b.i32(0)
      .load('i64.load', CPU.clock)
      .get(before)
      .op('i64.sub')
      .i64(hidden)
      .op('i64.mul')
      .i64(4)
      .op('i64.shr_u')
      .set(hide);
    for (const field of [CPU.clock, CPU.memCycles])
      b.i32(0).i32(0).load('i64.load', field).get(hide).op('i64.sub').store('i64.store', field);
  }
  {
    // (address, write, fp, pc) -> offset, or -1 with a user fault pending
    const b = p.helper('side').func.body;
    if (kernel) {
      const x = b.local(I64);
      b.get(0).i64(0).op('i64.lt_s').if_();
      b.get(0)
        .i64(KVBASE)
        .op('i64.sub')
        .tee(x)
        .i64(KDATA_OFFSET)
        .op('i64.sub')
        .i64(p.limit - KDATA_OFFSET - 4096)
        .op('i64.ge_u');
      b.if_().get(1).if_().get(x).get(2).get(3).call(p.helper('kbadwrite').func).else_();
      b.get(x).get(2).get(3).call(p.helper('kbadread').func).end().end();
      b.get(x).op('i32.wrap_i64').return().end();
    }
    b.get(0).get(1).call(p.helper('utrans').func);
  }
  /** n = min(n, bytes to the end of the page of addr) */
  const pageEnd = (b: Body, addr: number, n: number) => {
    const room = b.local(I64);
    b.i64(4096).get(addr).i64(4095).op('i64.and').op('i64.sub').set(room);
    b.get(n).get(room).get(n).get(room).op('i64.lt_u').op('select').set(n);
  };
  const chargeRep = (b: Body, n: number, cyclesPerLine: number) => {
    b.i32(0).i32(0).load('i64.load', CPU.clock).i64(profile.repStartup);
    b.get(n)
      .i64(cyclesPerLine)
      .op('i64.mul')
      .i64(6)
      .op('i64.shr_u')
      .op('i64.add')
      .op('i64.add')
      .store('i64.store', CPU.clock);
  };
  const side = p.helper('side').func;
  const stream = p.helper('stream').func;
  {
    const b = p.helper('movsb').func.body;
    const d = b.local(I32);
    const s = b.local(I32);
    ifAborted(b, () => b.i64(-1));
    pageEnd(b, 0, 2);
    pageEnd(b, 1, 2);
    b.get(2).op('i64.eqz').if_();
    chargeRep(b, 2, profile.repMovsPerLine);
    b.i64(0).return().end();
    b.get(1).i32(0).get(3).get(4).call(side).tee(s).i32(-1).op('i32.eq').if_().i64(0).return().end();
    b.get(0).i32(1).get(3).get(4).call(side).tee(d).i32(-1).op('i32.eq').if_().i64(0).return().end();
    chargeRep(b, 2, profile.repMovsPerLine);
    b.get(s).get(2).op('i32.wrap_i64').i32(0).call(stream);
    b.get(d).get(2).op('i32.wrap_i64').i32(1).call(stream);
    b.get(d).get(s).get(2).op('i32.wrap_i64').memoryCopy().get(2);
  }
  {
    const b = p.helper('stosb').func.body;
    const d = b.local(I32);
    ifAborted(b, () => b.i64(-1));
    pageEnd(b, 0, 2);
    b.get(2).op('i64.eqz').if_();
    chargeRep(b, 2, profile.repStosPerLine);
    b.i64(0).return().end();
    b.get(0).i32(1).get(3).get(4).call(side).tee(d).i32(-1).op('i32.eq').if_().i64(0).return().end();
    chargeRep(b, 2, profile.repStosPerLine);
    b.get(d).get(2).op('i32.wrap_i64').i32(1).call(stream);
    b.get(d).get(1).get(2).op('i32.wrap_i64').memoryFill().get(2);
  }
}

/** Loading the page table register empties the TLB; invlpg drops one entry. */
function registers(p: Prelude): void {
  const b = p.helper('set_cr3').func.body;
  b.i32(0).get(0).store('i64.store', CPU.cr3);
  b.i32(0)
    .load('i32.load', CPU.tlb)
    .i32(0)
    .i32(p.tlbEntries * 32)
    .memoryFill();
  const v = p.helper('invlpg').func.body;
  const entry = v.local(I32);
  v.get(0)
    .op('i32.wrap_i64')
    .i32(7)
    .op('i32.shr_u')
    .i32((p.tlbEntries - 1) << 5)
    .op('i32.and');
  v.i32(0).load('i32.load', CPU.tlb).op('i32.add').tee(entry).i64(0).store('i64.store', 0);
  v.get(entry).i64(0).store('i64.store', 8);
}

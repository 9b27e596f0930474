/**
 * Prelude, probes (docs/guest-abi.md, section 8): the recorder's ring, ghost tracing, and DTrace's fbt trap.
 *
 * Only the last costs simulated time: the trap, and then the guest function fbt_invop, which is called like any other and may be
 * suspended; so fbt_entry and fbt_return hand its status on.
 */
import {
  CPU,
  FBT_ENTRY,
  FBT_GHOST_ENTRY,
  FBT_GHOST_RETURN,
  FBT_RECORD,
  FBT_RETURN,
  FBT_TRAP,
  FLAG_GHOST,
  FRAME,
  FRAME_HEADER,
  KDATA_OFFSET,
  KVBASE,
  REC_END,
  REC_PTR,
  RECORD_SIZE,
  SDT_GHOST,
  SDT_RECORD,
} from '../image/abi.ts';
import { type Body, I32, I64 } from '../wasm/index.ts';
import { type Prelude, type PreludeImage, pushClock } from './prelude.ts';

const arg = (n: number) => CPU.trapArgs + 8 * n;

export function fillProbes(p: Prelude, image: PreludeImage): void {
  record(p);
  sdt(p, image);
  fbt(p, image);
}

/** (site, a0 .. a4): one record into the ring. What ghost execution does is no part of the run: no record. */
function record(p: Prelude): void {
  const b = p.helper('record').func.body;
  const at = b.local(I32);
  const td = b.local(I64);
  b.i32(0).load('i32.load', CPU.flags).i32(FLAG_GHOST).op('i32.and').if_().return().end();
  b.i32(0)
    .load('i32.load', REC_PTR)
    .tee(at)
    .i32(RECORD_SIZE)
    .op('i32.add')
    .i32(0)
    .load('i32.load', REC_END)
    .op('i32.gt_u');
  b.if_().call(p.flush).i32(0).load('i32.load', REC_PTR).set(at).end();
  b.get(at);
  pushClock(b).store('i64.store', 0);
  b.get(at).i32(0).load('i32.load', CPU.cpu).store('i32.store', 8);
  b.get(at).get(0).store('i32.store', 12);
  // pcpu -> pc_curthread -> td_tid, as far as they are there already.
  const inMemory = () =>
    b
      .get(td)
      .i64(KVBASE + BigInt(KDATA_OFFSET))
      .op('i64.sub')
      .i64(p.limit - KDATA_OFFSET)
      .op('i64.lt_u');
  b.get(at).i32(0).load('i64.load', CPU.pcpu).set(td);
  inMemory().if_(I32).get(td).op('i32.wrap_i64').load('i64.load', 0).set(td);
  inMemory().if_(I32).get(td).op('i32.wrap_i64').load('i32.load', 0).else_().i32(0).end();
  b.else_().i32(0).end();
  b.store('i32.store', 16);
  b.get(at).i32(0).store('i32.store', 20);
  for (let i = 0; i < 5; i++)
    b.get(at)
      .get(1 + i)
      .store('i64.store', 24 + 8 * i);
  b.i32(0).get(at).i32(RECORD_SIZE).op('i32.add').store('i32.store', REC_PTR);
}

/** (probe, fp, pc, a0 .. a4): recorder and ghost tracing of an SDT site. */
function sdt(p: Prelude, image: PreludeImage): void {
  const b = p.helper('sdt_fire').func.body;
  const site = b.local(I32);
  const bits = b.local(I32);
  // The probe's offset: the low half of its address.
  b.get(0).op('i32.wrap_i64').tee(site).load('i32.load', 0).tee(bits).i32(SDT_RECORD).op('i32.and').if_();
  b.get(site);
  for (let i = 0; i < 5; i++) b.get(3 + i);
  b.call(p.helper('record').func).end();
  b.get(bits).i32(SDT_GHOST).op('i32.and').if_();
  ghostSite(b, image, 1, 2);
  for (let i = 0; i < 5; i++)
    b.i32(0)
      .get(3 + i)
      .store('i64.store', arg(2 + i));
  b.get(site).call(p.ghostprobe).end();
}

function ghostSite(b: Body, image: PreludeImage, fp: number, pc: number): void {
  b.i32(0).get(pc).op('i64.extend_i32_u').i64(image.textBase).op('i64.add').store('i64.store', arg(0));
  b.i32(0).get(fp).op('i64.extend_i32_u').store('i64.store', arg(1));
}

function fbt(p: Prelude, image: PreludeImage): void {
  const frameAddress = (b: Body) => b.get(0).op('i64.extend_i32_u').i64(KVBASE).op('i64.or');
  const textAddress = (b: Body, pc: number) =>
    b.get(pc).op('i64.extend_i32_u').i64(image.textBase).op('i64.add');
  const { fbtInvop } = image;
  {
    // (fp, newfp, pc, rval) -> status: the trap, and a call of fbt_invop(addr, frame, rval)
    const b = p.helper('invop').func.body;
    if (fbtInvop === undefined) b.i32(0);
    else {
      b.i32(0)
        .i32(0)
        .load('i64.load', CPU.clock)
        .i32(0)
        .load('i64.load', FBT_TRAP)
        .op('i64.add')
        .store('i64.store', CPU.clock);
      b.get(1);
      frameAddress(b).store('i64.store', FRAME.caller);
      b.get(1);
      textAddress(b, 2).store('i64.store', FRAME.ret);
      b.get(1).i64(0).store('i64.store', FRAME.kind);
      b.get(1);
      textAddress(b, 2).store('i64.store', FRAME_HEADER);
      b.get(1);
      frameAddress(b).store('i64.store', FRAME_HEADER + 8);
      b.get(1)
        .get(3)
        .store('i64.store', FRAME_HEADER + 16);
      b.get(1).i32(0).call(fbtInvop).op('drop');
    }
  }
  for (const [name, isReturn] of [
    ['fbt_entry', false],
    ['fbt_return', true],
  ] as const) {
    // (fp, newfp, local index, pc [, rval]) -> status
    const b = p.helper(name).func.body;
    const bits = b.local(I32);
    const site = b.local(I32);
    const rval = () => (isReturn ? b.get(4) : b.i64(0));
    b.get(2).load('i32.load8_u', image.fbtEnable).set(bits);
    b.get(2)
      .i32(1)
      .op('i32.shl')
      .i32(-0x80000000 | (isReturn ? 1 : 0))
      .op('i32.or')
      .set(site);
    b.get(bits).i32(FBT_RECORD).op('i32.and').if_().get(site);
    if (isReturn) {
      textAddress(b, 3);
      rval();
      b.i64(0).i64(0).i64(0);
    } else for (let i = 0; i < 5; i++) b.get(0).load('i64.load', FRAME_HEADER + 8 * i);
    b.call(p.helper('record').func).end();
    b.get(bits)
      .i32(isReturn ? FBT_GHOST_RETURN : FBT_GHOST_ENTRY)
      .op('i32.and')
      .if_();
    ghostSite(b, image, 0, 3);
    b.i32(0);
    textAddress(b, 3).store('i64.store', arg(2));
    b.i32(0);
    frameAddress(b).store('i64.store', arg(3));
    b.i32(0);
    rval().store('i64.store', arg(4));
    b.get(site).call(p.ghostprobe).end();
    b.get(bits)
      .i32(isReturn ? FBT_RETURN : FBT_ENTRY)
      .op('i32.and')
      .op('i32.eqz')
      .if_()
      .i32(0)
      .return()
      .end();
    b.get(0).get(1).get(3);
    rval();
    b.call(p.helper('invop').func);
  }
}

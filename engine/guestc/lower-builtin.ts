/**
 * Lowering, part four: the builtins of docs/guest-abi.md, section 5. FRONT's builtins.ts has checked and converted their arguments.
 *
 * An access that must happen in cycle order (atomics, devices) is a statement marked `sync`; what can leave a user fault pending is a
 * `do` statement marked `faults`: both restart from their own start.
 */
import type { Expr } from '../cfront/ast.ts';
import { isRecord, strip, type Type } from '../cfront/types.ts';
import {
  CPU,
  FLAG_INTR,
  FRAME,
  HW,
  KVBASE,
  SDT_DTRACE,
  SDT_GHOST,
  SDT_RECORD,
  STATUS,
} from '../image/abi.ts';
import { I32, I64, MEM } from '../wasm/index.ts';
import { get, i32, i64, type Tree } from './ir.ts';
import type { Lower } from './lower.ts';
import { value } from './lower-expr.ts';
import { load, type Place, place, store } from './lower-place.ts';
import {
  addConst,
  bin,
  binary,
  convert,
  fromSlot,
  loadOp,
  REPR_I32,
  REPR_I64,
  REPR_U64,
  type Repr,
  scalar,
  storeOp,
  un,
} from './values.ts';

type Builtin = Expr & { kind: 'builtin' };
type Handler = (lw: Lower, e: Builtin, args: Tree[]) => Tree | undefined;

const cpu = (op: keyof typeof MEM, off: number): Tree => ({
  k: 'cpu',
  t: op.startsWith('i64') ? I64 : I32,
  op: MEM[op],
  off,
});
const setCpu = (lw: Lower, op: keyof typeof MEM, off: number, v: Tree): void =>
  lw.emit({ k: 'setcpu', op: MEM[op], off, value: v });
const rv: Tree = { k: 'rv', t: I64 };

/** Second result of a helper: it leaves it here. */
export const HELPER_RESULT = CPU.trapArgs + 7 * 8;

/** A prelude helper; what it returns, in a temporary. */
function run(
  lw: Lower,
  name: string,
  args: Tree[],
  t: typeof I32 | typeof I64,
  faults: boolean,
  cost = 0,
  sync = false,
): Tree {
  const result = lw.newLocal(t);
  lw.emit({ k: 'do', name, args, result, faults, cost, sync });
  return get(result);
}

const HANDLERS: Record<string, Handler> = {
  __builtin_expect: (_, __, [a]) => a,
  __builtin_unreachable: trap,
  __builtin_trap: trap,
  __builtin_clz: (_, __, [a]) => un(I32, 'i32.clz', a),
  __builtin_clzl: (_, __, [a]) => un(I32, 'i32.wrap_i64', un(I64, 'i64.clz', a)),
  __builtin_ctz: (_, __, [a]) => un(I32, 'i32.ctz', a),
  __builtin_ctzl: (_, __, [a]) => un(I32, 'i32.wrap_i64', un(I64, 'i64.ctz', a)),
  __builtin_popcount: (_, __, [a]) => un(I32, 'i32.popcnt', a),
  __builtin_popcountl: (_, __, [a]) => un(I32, 'i32.wrap_i64', un(I64, 'i64.popcnt', a)),
  __builtin_parity: (_, __, [a]) => bin(I32, 'i32.and', un(I32, 'i32.popcnt', a), i32(1)),
  __builtin_parityl: (_, __, [a]) =>
    un(I32, 'i32.wrap_i64', bin(I64, 'i64.and', un(I64, 'i64.popcnt', a), i64(1n))),
  __builtin_ffs: (lw, _, [a]) => {
    const x = lw.pin(a);
    return { k: 'sel', t: I32, c: x, a: bin(I32, 'i32.add', un(I32, 'i32.ctz', x), i32(1)), b: i32(0) };
  },
  __builtin_ffsl: (lw, _, [a]) => {
    const x = lw.pin(a);
    const one = bin(I32, 'i32.add', un(I32, 'i32.wrap_i64', un(I64, 'i64.ctz', x)), i32(1));
    return { k: 'sel', t: I32, c: bin(I32, 'i64.ne', x, i64(0n)), a: one, b: i32(0) };
  },
  __builtin_bswap16: (_, __, [a]) =>
    bin(
      I32,
      'i32.or',
      bin(I32, 'i32.shr_u', a, i32(8)),
      bin(I32, 'i32.shl', bin(I32, 'i32.and', a, i32(255)), i32(8)),
    ),
  __builtin_bswap32: (_, __, [a]) => ({ k: 'help', t: I32, name: 'bswap32', args: [a] }),
  __builtin_bswap64: (_, __, [a]) => ({ k: 'help', t: I64, name: 'bswap64', args: [a] }),
  __builtin_frame_address: () =>
    bin(I64, 'i64.or', un(I64, 'i64.extend_i32_u', { k: 'fp', t: I32 }), i64(KVBASE)),
  __builtin_return_address: () => ({ k: 'frame', t: I64, op: MEM['i64.load'], off: FRAME.ret }),

  __pcpu: () => cpu('i64.load', CPU.pcpu),
  __clock: () => cpu('i64.load', CPU.clock),
  __ghost: () => bin(I32, 'i32.and', bin(I32, 'i32.shr_u', cpu('i32.load', CPU.flags), i32(2)), i32(1)),
  __set_pcpu: (lw, _, [a]) => {
    setCpu(lw, 'i64.store', CPU.pcpu, a);
    lw.emit({ k: 'cost', cost: lw.linker.profile.instructions.alu });
    return undefined;
  },
  __rdtsc: (lw) => {
    const local = lw.newLocal(I64);
    lw.emit({ k: 'cost', cost: 16 * lw.linker.profile.clockRead });
    lw.emit({ k: 'set', local, tree: cpu('i64.load', CPU.clock), exact: true });
    return get(local);
  },
  __pause: (lw) => {
    lw.emit({ k: 'cost', cost: 16 * lw.linker.profile.pause });
    return undefined;
  },
  __intr_disable: (lw) => {
    const local = lw.newLocal(I32);
    const flags = cpu('i32.load', CPU.flags);
    lw.emit({ k: 'set', local, tree: bin(I32, 'i32.and', flags, i32(FLAG_INTR)) });
    setCpu(lw, 'i32.store', CPU.flags, bin(I32, 'i32.and', flags, i32(~FLAG_INTR)));
    lw.emit({ k: 'cost', cost: 16 * lw.linker.profile.intrFlag });
    return convert(get(local), REPR_I32, REPR_I64);
  },
  __intr_restore: (lw, _, [a]) => {
    const off = bin(I32, 'i32.and', cpu('i32.load', CPU.flags), i32(~FLAG_INTR));
    const on = convert(bin(I64, 'i64.ne', a, i64(0n)), REPR_I32, REPR_I32);
    lw.emit({ k: 'cost', cost: 16 * lw.linker.profile.intrFlag });
    setCpu(lw, 'i32.store', CPU.flags, bin(I32, 'i32.or', off, on));
    if (a.k === 'i64' && a.v === 0n) return undefined;
    const next = lw.newBlock();
    lw.end({ k: 'yieldcheck', next });
    lw.place(next);
    return undefined;
  },
  __hw: (lw, e, args) => {
    const pinned = args.map((a, i) => lw.pin(i === 0 ? convert(a, REPR_I32, REPR_I64) : a));
    const op = e.args[0].kind === 'const' ? Number(e.args[0].value) : 0;
    // MARK and LIBDTRACE are no devices: nothing of the kind exists, so they cost nothing.
    const cost = op === HW.MARK || op === HW.LIBDTRACE ? 0 : 16 * lw.linker.profile.mmio;
    lw.emit({ k: 'cost', cost });
    lw.emit({ k: 'cost', cost: 0, sync: true });
    const next = lw.newBlock();
    lw.end({ k: 'hw', args: pinned, next });
    lw.place(next);
    const local = lw.newLocal(I64);
    lw.emit({ k: 'set', local, tree: rv });
    return get(local);
  },
  __syscall: (lw, _, args) => {
    const next = lw.newBlock();
    lw.ir.leaf = false;
    lw.end({ k: 'suspend', status: STATUS.SYSCALL, args, next });
    lw.place(next);
    const local = lw.newLocal(I64);
    lw.emit({ k: 'set', local, tree: rv });
    return get(local);
  },
  __cpu_switch: (lw, _, args) => {
    const next = lw.newBlock();
    lw.ir.leaf = false;
    lw.end({ k: 'suspend', status: STATUS.SWITCH, args, next });
    lw.place(next);
    return undefined;
  },
  __set_cr3: (lw, _, [a]) => {
    lw.emit({ k: 'do', name: 'set_cr3', args: [a], faults: false, cost: 16 * lw.linker.profile.setCr3 });
    return undefined;
  },
  __invlpg: (lw, _, [a]) => {
    lw.emit({ k: 'do', name: 'invlpg', args: [a], faults: false, cost: 16 * lw.linker.profile.invlpg });
    return undefined;
  },
  __rep_movsb: (lw, _, args) => run(lw, 'movsb', args, I64, true),
  __rep_stosb: (lw, _, args) => run(lw, 'stosb', args, I64, true),
  __user_load: (lw, _, [uva, size, v]) => valued(lw, 'user_load', [uva, size], v, true, MEM['i64.store'], 8),
  __user_store: (lw, _, args) => run(lw, 'user_store', args, I32, true),
  __user_cas32: (lw, _, [uva, old, now, actual]) => {
    const to = lw.pin(actual);
    const status = run(lw, 'user_cas32', [uva, old, now], I32, true, 16 * lw.linker.profile.atomic, true);
    lw.emit({
      k: 'store',
      op: MEM['i32.store'],
      size: 4,
      addr: to,
      off: 0,
      value: cpu('i32.load', HELPER_RESULT),
      raw: false,
    });
    return status;
  },
  __probe_load: (lw, _, [kva, size, v]) =>
    valued(lw, 'probe_load', [kva, size], v, false, MEM['i64.store'], 8),
  __user_peek: (lw, _, [uva, size, v]) => valued(lw, 'user_peek', [uva, size], v, false, MEM['i64.store'], 8),
  __fn_index: (_, __, [a]) => ({ k: 'help', t: I32, name: 'fn_index', args: [a] }),
  __sdt_probe: () => undefined,

  __atomic_thread_fence: (lw) => {
    lw.emit({ k: 'cost', cost: 16 * lw.linker.profile.atomic });
    return undefined;
  },
  __atomic_load_n: (lw, e, [p]) => {
    const r = pointee(e);
    const local = lw.newLocal(r.t);
    lw.emit({
      k: 'set',
      local,
      tree: { k: 'load', t: r.t, op: loadOp(r), size: r.size, addr: p, off: 0, raw: lw.free },
      sync: !lw.free,
    });
    return get(local);
  },
  __atomic_store_n: (lw, e, [p, v]) => {
    const r = pointee(e);
    lw.emit({ k: 'store', op: storeOp(r), size: r.size, addr: p, off: 0, value: v, raw: false, sync: true });
    return undefined;
  },
  __atomic_exchange_n: (lw, e, [p, v]) => {
    const at = lw.pin(p);
    const now = lw.pin(v);
    const old = readModify(lw, pointee(e), at);
    return modified(lw, pointee(e), at, old, now);
  },
  __atomic_compare_exchange_n: (lw, e, [p, , desired]) => {
    // &variable: no need to go through its address.
    const [, where] = e.args;
    const expected: Place =
      where.kind === 'addr'
        ? place(lw, where.lvalue)
        : { k: 'mem', addr: lw.pin(value(lw, where)), off: 0, type: pointeeType(where), volatile: false };
    const { old, same } = compareAndSwap(lw, e, [p, load(lw, expected), desired]);
    const ok = lw.pin(same);
    store(lw, expected, old, false);
    return ok;
  },
  __sync_bool_compare_and_swap: (lw, e, args) => lw.pin(compareAndSwap(lw, e, args).same),
  __sync_val_compare_and_swap: (lw, e, args) => compareAndSwap(lw, e, args).old,
  __builtin_va_start: (lw, e) => {
    const fp: Tree = un(I64, 'i64.extend_i32_u', { k: 'fp', t: I32 });
    const pad: Tree = { k: 'frame', t: I64, op: MEM['i64.load32_u'], off: FRAME.kind + 4 };
    store(lw, listPlace(lw, e), bin(I64, 'i64.sub', fp, pad), false);
    return undefined;
  },
  __builtin_va_end: () => undefined,
  __builtin_va_copy: (lw, e) => {
    const from = value(lw, e.args[1]);
    store(lw, listPlace(lw, e), from, false);
    return undefined;
  },
  __builtin_va_arg: (lw, e) => {
    const list = listPlace(lw, e);
    const at = lw.newLocal(I64);
    lw.emit({ k: 'set', local: at, tree: load(lw, list) });
    store(lw, list, addConst(get(at), 8), false);
    const slot: Tree = { k: 'help', t: I64, name: 'va_arg', args: [get(at)] };
    const type = e.argType as Type;
    if (isRecord(type)) return lw.pin(slot);
    const r = scalar(type);
    const wide = fromSlot(slot, r);
    return lw.pin(r.size < 4 ? convert(wide, REPR_I32, r) : wide);
  },
};

for (const op of ['add', 'sub', 'and', 'or', 'xor'] as const) {
  const binaryOp = ({ add: '+', sub: '-', and: '&', or: '|', xor: '^' } as const)[op];
  const both = (lw: Lower, e: Builtin, [p, v]: Tree[], after: boolean): Tree => {
    const r = pointee(e);
    const at = lw.pin(p);
    const operand = lw.pin(v);
    const old = readModify(lw, r, at);
    const wide = r.t === I64 ? r : REPR_I32;
    let now = binary(binaryOp, old, operand, wide, pointeeType(e.args[0]));
    if (r.size < 4) now = convert(now, REPR_I32, r);
    modified(lw, r, at, old, now);
    return after ? lw.pin(now) : old;
  };
  HANDLERS[`__atomic_fetch_${op}`] = (lw, e, args) => both(lw, e, args, false);
  HANDLERS[`__atomic_${op}_fetch`] = (lw, e, args) => both(lw, e, args, true);
}

export function builtin(lw: Lower, e: Builtin): Tree | undefined {
  if (e.name === '__sdt_probe') return sdtProbe(lw, e);
  const handler = HANDLERS[e.name];
  if (handler === undefined) throw new Error(`guestc: no lowering for ${e.name}`);
  // va_ builtins take a list's place; the others take values.
  const args = e.name.startsWith('__builtin_va_') ? [] : values(lw, e);
  return handler(lw, e, args);
}

function values(lw: Lower, e: Builtin): Tree[] {
  // Builtins put their operands where effects cannot reach: pinning is cheap, and none of them is hot with complex operands.
  const trees: Tree[] = [];
  for (const arg of e.args) {
    if (e.name === '__atomic_compare_exchange_n' && trees.length === 1) {
      trees.push(i64(0n));
      continue;
    }
    const tree = value(lw, arg);
    trees.push(e.args.length > 1 ? lw.pin(tree) : tree);
  }
  return trees;
}

function trap(lw: Lower): undefined {
  lw.end({ k: 'trap', no: 6 });
  lw.place(lw.newBlock());
}

function listPlace(lw: Lower, e: Builtin): Place {
  const [list] = e.args;
  if (list.kind === 'addr') return place(lw, list.lvalue);
  return { k: 'mem', addr: lw.pin(value(lw, list)), off: 0, type: pointeeType(list), volatile: false };
}

function pointeeType(p: Expr): Type {
  const t = strip(p.type);
  if (t.kind !== 'pointer') throw new Error('guestc: a builtin wants a pointer');
  return t.target;
}
const pointee = (e: Builtin): Repr => scalar(pointeeType(e.args[0]));

/** First half of a locked operation: the old value. The second half is glued to it. */
function readModify(lw: Lower, r: Repr, at: Tree): Tree {
  const local = lw.newLocal(r.t);
  lw.emit({
    k: 'set',
    local,
    tree: { k: 'load', t: r.t, op: loadOp(r), size: r.size, addr: at, off: 0, raw: false },
    sync: true,
  });
  return get(local);
}
function modified(lw: Lower, r: Repr, at: Tree, old: Tree, now: Tree): Tree {
  lw.emit({ k: 'store', op: storeOp(r), size: r.size, addr: at, off: 0, value: now, raw: false, glue: true });
  lw.emit({ k: 'cost', cost: 16 * lw.linker.profile.atomic, glue: true });
  return old;
}

/** cmpxchg: writes in both cases, as the instruction does. */
function compareAndSwap(lw: Lower, e: Builtin, [p, expected, desired]: Tree[]): { old: Tree; same: Tree } {
  const r = pointee(e);
  const at = lw.pin(p);
  const wanted = lw.pin(expected);
  const now = lw.pin(desired);
  const old = readModify(lw, r, at);
  const same = binary('==', old, wanted, r.t === I64 ? REPR_U64 : REPR_I32, pointeeType(e.args[0]));
  modified(lw, r, at, old, { k: 'sel', t: r.t, c: same, a: now, b: old });
  return { old, same };
}

/** A helper that returns a status and leaves a value, which goes to the address v. */
function valued(
  lw: Lower,
  name: string,
  args: Tree[],
  v: Tree,
  faults: boolean,
  op: number,
  size: number,
): Tree {
  const to = lw.pin(v);
  const load_ = lw.linker.profile.instructions.load;
  const status = run(lw, name, args, I32, faults, load_);
  lw.emit({ k: 'store', op, size, addr: to, off: 0, value: cpu('i64.load', HELPER_RESULT), raw: false });
  return status;
}

/**
 * A probe site (section 8). The test and what the recorder and ghost tracing need are free and raw; DTrace's own call is charged, and
 * evaluates the arguments as ordinary code would.
 */
function sdtProbe(lw: Lower, e: Builtin): undefined {
  const [probe, ...args] = e.args;
  const saved = { free: lw.free, cold: lw.cold };
  const fire = lw.newBlock();
  const out = lw.newBlock();
  const raw = (addr: Tree, off: number): Tree => ({
    k: 'load',
    t: I32,
    op: MEM['i32.load'],
    size: 4,
    addr,
    off,
    raw: true,
  });
  lw.free = true;
  const at = probe.kind === 'addr' || probe.kind === 'const' ? value(lw, probe) : lw.pin(value(lw, probe));
  lw.end({ k: 'branch', cond: raw(at, 0), yes: fire, no: out, free: true });
  lw.cold = true;

  lw.place(fire);
  const record = lw.newBlock();
  const dtrace = lw.linker.dtraceProbe === undefined ? out : lw.newBlock();
  const bits = bin(I32, 'i32.and', raw(at, 0), i32(SDT_RECORD | SDT_GHOST));
  lw.end({ k: 'branch', cond: bits, yes: record, no: dtrace, free: true });
  lw.place(record);
  const trees = args.map((a) => lw.pin(value(lw, a)));
  lw.emit({
    k: 'do',
    name: 'sdt_fire',
    args: [at, { k: 'fp', t: I32 }, { k: 'pc', t: I32 }, ...trees],
    faults: false,
    cost: 0,
  });
  lw.jump(dtrace);

  if (lw.linker.dtraceProbe !== undefined) {
    lw.place(dtrace);
    const call = lw.newBlock();
    lw.end({
      k: 'branch',
      cond: bin(I32, 'i32.and', raw(at, 0), i32(SDT_DTRACE)),
      yes: call,
      no: out,
      free: true,
    });
    lw.free = saved.free;
    lw.place(call);
    const id: Tree = { k: 'load', t: I32, op: MEM['i32.load'], size: 4, addr: at, off: 4, raw: false };
    const operands = [convert(id, REPR_I32, REPR_I64), ...args.map((a) => lw.pin(value(lw, a)))];
    const next = lw.newBlock();
    lw.ir.fns.add(lw.linker.dtraceProbe);
    lw.ir.leaf = false;
    lw.end({ k: 'call', target: lw.linker.dtraceProbe, args: operands, variadic: -1, next, noreturn: false });
    lw.place(next);
    lw.jump(out);
  }
  Object.assign(lw, saved);
  lw.place(out);
}

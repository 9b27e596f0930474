/** The encoder: what it writes is valid (wabt says so), runs, and reads back as the instructions that were meant. */
import { expect, test } from 'vitest';
import wabtInit from 'wabt';
import {
  Bytes,
  F32,
  F64,
  FUNCREF,
  I32,
  I64,
  MEM,
  Module,
  OP,
  type ValType,
} from '../../engine/wasm/index.ts';

const wabt = await wabtInit();

function text(bytes: Uint8Array): string {
  const module = wabt.readWasm(bytes, { readDebugNames: true });
  module.validate();
  return module.toText({ foldExprs: false, inlineExport: false });
}

/** Operands of an instruction, from its name: what wasm's typing rules say. */
function signature(name: string): { args: ValType[]; result: ValType } {
  const types: Record<string, ValType> = { i32: I32, i64: I64, f32: F32, f64: F64 };
  const [t, rest] = name.split('.') as [string, string];
  const type = types[t];
  const from = /_(i32|i64|f32|f64)/.exec(rest);
  if (from) return { args: [types[from[1] as string]], result: type };
  if (rest === 'eqz') return { args: [type], result: I32 };
  if (/^(eq|ne|[lg][te])(_[su])?$/.test(rest)) return { args: [type, type], result: I32 };
  const unary = /^(clz|ctz|popcnt|abs|neg|ceil|floor|trunc|nearest|sqrt|extend\d+_s)$/;
  return { args: unary.test(rest) ? [type] : [type, type], result: type };
}

test('every plain instruction in the table validates under its own name', () => {
  for (const name of Object.keys(OP) as (keyof typeof OP)[]) {
    if (!name.includes('.') || name === 'ref.is_null') continue;
    const m = new Module();
    const { args, result } = signature(name);
    const f = m.func('f', args, [result]);
    args.forEach((_, i) => {
      f.body.get(i);
    });
    f.body.op(name);
    expect(text(m.encode())).toContain(name);
  }
});

test('every load and store validates under its own name', () => {
  for (const name of Object.keys(MEM) as (keyof typeof MEM)[]) {
    const m = new Module();
    m.ownMemory(1);
    const type = { i32: I32, i64: I64, f32: F32, f64: F64 }[name.slice(0, 3)] as ValType;
    if (name.includes('load')) m.func('f', [I32], [type]).body.get(0).load(name, 300);
    else m.func('f', [I32, type], []).body.get(0).get(1).store(name, 300);
    expect(text(m.encode())).toContain(`${name} offset=300`);
  }
});

test('integers survive LEB128 at every width', () => {
  const values = [
    0n,
    1n,
    -1n,
    63n,
    64n,
    -64n,
    -65n,
    8191n,
    0x7fffffffn,
    -0x80000000n,
    0x80000000n,
    -0x80000001n,
  ];
  values.push(0x7fffffffffffffffn, -0x8000000000000000n, 0xfffffe0001000000n);
  const m = new Module();
  values.forEach((v, i) => {
    const f = m.func(`f${i}`, [], [I64]);
    f.body.i64(v);
    m.exportFunc(f.name, f);
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()));
  values.forEach((v, i) => {
    expect((exports[`f${i}`] as () => bigint)()).toBe(BigInt.asIntN(64, v));
  });
  const out = new Bytes(1);
  out.u32(0xffffffff);
  expect([...out.bytes]).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
});

test('a module with imports, tables, globals, data and structured control runs', () => {
  const m = new Module();
  m.importMemory('env', 'memory', 1);
  const shared = m.importTable('env', 'table', 4);
  const base = m.importGlobal('env', 'base', I32);
  const log = m.importFunc('env', 'log', [I32], []);
  const own = m.table(2);
  const counter = m.global(I64, true, 40n);
  const binary = m.type([I32, I32], [I32]);

  const add = m.func('add', [I32, I32], [I32]);
  add.body.get(0).get(1).op('i32.add');
  const pair = m.func('pair', [I32], [I32, I64]);
  pair.body.get(0).getGlobal(counter);

  // sum of 0 .. n-1 by a loop, then a br_table on n & 3
  const run = m.func('run', [I32], [I32]);
  const b = run.body;
  const i = b.local(I32);
  const sum = b.local(I32);
  b.block();
  const out = b.label;
  b.loop();
  const again = b.label;
  b.get(i).get(0).op('i32.ge_s').brIf(out);
  b.get(sum).get(i).i32(1).callIndirect(binary, own).set(sum);
  b.get(i).i32(1).op('i32.add').set(i).br(again);
  b.end().end();
  b.block();
  const end = b.label;
  b.block();
  const zero = b.label;
  b.get(0).i32(3).op('i32.and').brTable([zero], end);
  b.end();
  b.get(sum).call(log);
  b.end();
  b.i32(16).get(sum).store('i32.store');
  b.i32(32).i32(16).i32(4).memoryCopy();
  b.i32(32).load('i32.load');

  m.elem(shared, { global: base }, [add]);
  m.elem(own, 1, [add]);
  m.data(8, new Uint8Array([1, 2, 3]));
  m.exportFunc('run', run);
  m.exportFunc('pair', pair);
  const bytes = m.encode(true);
  const wat = text(bytes);
  expect(wat).toContain('(func $add');
  expect(wat).toContain('br_table');

  const memory = new WebAssembly.Memory({ initial: 1 });
  const table = new WebAssembly.Table({ initial: 8, element: 'anyfunc' });
  const logged: number[] = [];
  const env = { memory, table, base: 3, log: (n: number) => logged.push(n) };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env });
  expect((exports.run as (n: number) => number)(8)).toBe(28);
  expect((exports.run as (n: number) => number)(7)).toBe(21);
  expect(logged).toEqual([28]);
  expect((exports.pair as (n: number) => unknown)(5)).toEqual([5, 40n]);
  expect((table.get(3) as (a: number, b: number) => number)(20, 3)).toBe(23);
  expect([...new Uint8Array(memory.buffer, 8, 3)]).toEqual([1, 2, 3]);
});

test('equal calls give equal bytes, and an open label is refused', () => {
  const make = () => {
    const m = new Module();
    m.func('f', [I32, FUNCREF], [I32]).body.get(0);
    return m.encode();
  };
  expect(make()).toEqual(make());
  const m = new Module();
  m.func('f', [], []).body.block();
  expect(() => m.encode()).toThrow('1 labels left open');
});

/**
 * A WebAssembly module under construction, and its binary encoding.
 *
 * Imports must be declared before functions, tables and globals of the module itself, because they come first in each index
 * space. Order of everything else is the order of the calls, so that equal inputs give equal bytes.
 *
 *     const m = new Module();
 *     m.importMemory('env', 'memory', 16);
 *     const log = m.importFunc('env', 'log', [I32], []);
 *     const f = m.func('twice', [I32], [I32]);
 *     f.body.get(0).i32(1).op('i32.shl');
 *     m.exportFunc('twice', f);
 *     const bytes = m.encode();
 */
import { Body } from './body.ts';
import { Bytes } from './bytes.ts';
import { F32, F64, FUNCREF, I32, type ValType } from './opcodes.ts';

export interface Func {
  name: string;
  index: number;
  type: number;
  body: Body;
}

type Limits = { min: number; max?: number };

export class Module {
  private readonly types: { params: readonly ValType[]; results: readonly ValType[] }[] = [];
  private readonly typeIndex = new Map<string, number>();
  private readonly imports: ((out: Bytes) => void)[] = [];
  private readonly importNames: string[] = [];
  private readonly funcs: Func[] = [];
  private readonly tables: Limits[] = [];
  private readonly globals: { type: ValType; mutable: boolean; value: bigint | number }[] = [];
  private readonly exports: ((out: Bytes) => void)[] = [];
  private readonly elems: { table: number; offset: number | { global: number }; funcs: number[] }[] = [];
  private readonly datas: { offset: number; bytes: Uint8Array }[] = [];
  private memory: Limits | undefined;
  private importedFuncs = 0;
  private importedTables = 0;
  private importedGlobals = 0;

  /** Index of a function type, shared by structure. */
  type(params: readonly ValType[], results: readonly ValType[]): number {
    const key = `${params.join()}>${results.join()}`;
    let index = this.typeIndex.get(key);
    if (index === undefined) {
      index = this.types.push({ params: [...params], results: [...results] }) - 1;
      this.typeIndex.set(key, index);
    }
    return index;
  }

  private import(module: string, name: string, rest: (out: Bytes) => void): void {
    this.imports.push((out) => {
      out.name(module);
      out.name(name);
      rest(out);
    });
  }

  importFunc(
    module: string,
    name: string,
    params: readonly ValType[],
    results: readonly ValType[],
  ): { index: number } {
    if (this.funcs.length > 0) throw new Error(`wasm: import of ${name} after the first function`);
    const type = this.type(params, results);
    this.import(module, name, (out) => {
      out.byte(0);
      out.u32(type);
    });
    this.importNames.push(name);
    return { index: this.importedFuncs++ };
  }

  /** Pages of 64 KiB. */
  importMemory(module: string, name: string, min: number, max?: number): void {
    this.import(module, name, (out) => {
      out.byte(2);
      limits(out, { min, max });
    });
  }

  importTable(module: string, name: string, min: number, max?: number): number {
    if (this.tables.length > 0) throw new Error(`wasm: import of ${name} after the first table`);
    this.import(module, name, (out) => {
      out.byte(1);
      out.byte(FUNCREF);
      limits(out, { min, max });
    });
    return this.importedTables++;
  }

  importGlobal(module: string, name: string, type: ValType, mutable = false): number {
    if (this.globals.length > 0) throw new Error(`wasm: import of ${name} after the first global`);
    this.import(module, name, (out) => {
      out.byte(3);
      out.byte(type);
      out.byte(mutable ? 1 : 0);
    });
    return this.importedGlobals++;
  }

  /** A function of this module; fill in its body any time before encode(). */
  func(name: string, params: readonly ValType[], results: readonly ValType[]): Func {
    const func: Func = {
      name,
      index: this.importedFuncs + this.funcs.length,
      type: this.type(params, results),
      body: new Body(params),
    };
    this.funcs.push(func);
    return func;
  }

  /** A funcref table of this module. */
  table(min: number, max?: number): number {
    this.tables.push({ min, max });
    return this.importedTables + this.tables.length - 1;
  }

  ownMemory(min: number, max?: number): void {
    this.memory = { min, max };
  }

  global(type: ValType, mutable: boolean, value: bigint | number): number {
    this.globals.push({ type, mutable, value });
    return this.importedGlobals + this.globals.length - 1;
  }

  /** Function indexes (or Funcs) put into a table when the module starts, from a constant or an imported global on. */
  elem(table: number, offset: number | { global: number }, funcs: readonly (number | Func)[]): void {
    this.elems.push({ table, offset, funcs: funcs.map((f) => (typeof f === 'number' ? f : f.index)) });
  }

  data(offset: number, bytes: Uint8Array): void {
    this.datas.push({ offset, bytes });
  }

  private export(name: string, kind: number, index: number): void {
    this.exports.push((out) => {
      out.name(name);
      out.byte(kind);
      out.u32(index);
    });
  }
  exportFunc(name: string, func: { index: number }): void {
    this.export(name, 0, func.index);
  }
  exportTable(name: string, table: number): void {
    this.export(name, 1, table);
  }
  exportMemory(name: string): void {
    this.export(name, 2, 0);
  }
  exportGlobal(name: string, global: number): void {
    this.export(name, 3, global);
  }

  /** The module. `names` adds the name section, for stack traces and profilers. */
  encode(names = false): Uint8Array<ArrayBuffer> {
    const out = new Bytes(1 << 16);
    out.raw(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    // Bodies first: encoding them may add types.
    const bodies = this.funcs.map((f) => f.body.encode());
    section(out, 1, this.types, (s, t) => {
      s.byte(0x60);
      s.u32(t.params.length);
      for (const p of t.params) s.byte(p);
      s.u32(t.results.length);
      for (const r of t.results) s.byte(r);
    });
    section(out, 2, this.imports, (s, write) => write(s));
    section(out, 3, this.funcs, (s, f) => s.u32(f.type));
    section(out, 4, this.tables, (s, t) => {
      s.byte(FUNCREF);
      limits(s, t);
    });
    section(out, 5, this.memory === undefined ? [] : [this.memory], limits);
    section(out, 6, this.globals, (s, g) => {
      s.byte(g.type);
      s.byte(g.mutable ? 1 : 0);
      if (g.type === F64) {
        s.byte(0x44);
        s.f64(Number(g.value));
      } else if (g.type === F32) {
        s.byte(0x43);
        s.f32(Number(g.value));
      } else {
        s.byte(g.type === I32 ? 0x41 : 0x42);
        s.s64(BigInt(g.value));
      }
      s.byte(0x0b);
    });
    section(out, 7, this.exports, (s, write) => write(s));
    section(out, 9, this.elems, (s, e) => {
      // Table 0 has the short form; others name the table and the kind (0: functions).
      s.u32(e.table === 0 ? 0 : 2);
      if (e.table !== 0) s.u32(e.table);
      if (typeof e.offset === 'number') {
        s.byte(0x41);
        s.s32(e.offset);
      } else {
        s.byte(0x23);
        s.u32(e.offset.global);
      }
      s.byte(0x0b);
      if (e.table !== 0) s.byte(0);
      s.u32(e.funcs.length);
      for (const f of e.funcs) s.u32(f);
    });
    section(out, 10, bodies, (s, body) => {
      s.u32(body.length);
      s.raw(body);
    });
    section(out, 11, this.datas, (s, d) => {
      s.byte(0);
      s.byte(0x41);
      s.s32(d.offset);
      s.byte(0x0b);
      s.u32(d.bytes.length);
      s.raw(d.bytes);
    });
    if (names) {
      const map = new Bytes(1 << 12);
      const all = [...this.importNames, ...this.funcs.map((f) => f.name)];
      map.u32(all.length);
      all.forEach((name, index) => {
        map.u32(index);
        map.name(name);
      });
      const s = new Bytes(map.length + 16);
      s.name('name');
      s.byte(1);
      s.u32(map.length);
      s.raw(map.bytes);
      out.byte(0);
      out.u32(s.length);
      out.raw(s.bytes);
    }
    return out.bytes.slice();
  }
}

function limits(out: Bytes, { min, max }: Limits): void {
  out.byte(max === undefined ? 0 : 1);
  out.u32(min);
  if (max !== undefined) out.u32(max);
}

/** A section with a vector of items; left out when there are none. */
function section<T>(out: Bytes, id: number, items: readonly T[], write: (s: Bytes, item: T) => void): void {
  if (items.length === 0) return;
  const s = new Bytes(1 << 10);
  s.u32(items.length);
  for (const item of items) write(s, item);
  out.byte(id);
  out.u32(s.length);
  out.raw(s.bytes);
}

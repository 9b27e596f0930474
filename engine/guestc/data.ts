/**
 * The linker's second half for data: initial values, addresses, contents.
 *
 * Objects lie in this order: linker sets, initialised objects by unit, string literals, the linker's own tables, then everything
 * that starts as zero. Pointers in them get their final values: an image is loaded where it was linked.
 */
import type { Expr, Initializer, VarDecl } from '../cfront/ast.ts';
import { isRecord, strip, type Type } from '../cfront/types.ts';
import { KVBASE } from '../image/abi.ts';
import { evaluateConstant } from './constant.ts';
import type { Fn } from './ir.ts';
import type { DataObject, Linker } from './link.ts';

/** A pointer stored in an object. */
interface Reloc {
  offset: number;
  to: DataObject | Fn;
  addend: bigint;
}

export interface Contents {
  bytes: Uint8Array;
  relocs: Reloc[];
}

/** The initial contents of an object, or undefined if it is all zero. */
export function contentsOf(linker: Linker, object: DataObject): Contents | undefined {
  if (object.bytes !== undefined) return { bytes: object.bytes, relocs: [] };
  const init = object.decl?.init;
  if (init === undefined || init.items.length === 0) return undefined;
  const contents: Contents = { bytes: new Uint8Array(object.size), relocs: [] };
  fill(linker, object, contents, 0, init);
  return contents.relocs.length > 0 || contents.bytes.some((b) => b !== 0) ? contents : undefined;
}

function fill(linker: Linker, object: DataObject, out: Contents, base: number, init: Initializer): void {
  const view = new DataView(out.bytes.buffer);
  for (const item of init.items) {
    const at = base + item.offset;
    const t = strip(item.type);
    if (item.expr.kind === 'string' && t.kind === 'array') {
      out.bytes.set(item.expr.bytes.subarray(0, t.size), at);
      continue;
    }
    if (isRecord(t) || t.kind === 'array') {
      const inner = literal(item.expr);
      if (inner === undefined) bad(linker, object, item.expr);
      out.bytes.fill(0, at, at + t.size);
      if (inner.init !== undefined) fill(linker, object, out, at, inner.init);
      continue;
    }
    const value = evaluateConstant(item.expr);
    if (value === undefined) bad(linker, object, item.expr);
    if (value.kind === 'float') {
      if (t.size === 4) view.setFloat32(at, value.value, true);
      else view.setFloat64(at, value.value, true);
      continue;
    }
    if (value.base !== undefined) {
      if (t.size !== 8) bad(linker, object, item.expr);
      out.relocs.push({ offset: at, to: target(linker, object, value.base), addend: value.offset });
    } else if (t.kind === 'float') {
      if (t.size === 4) view.setFloat32(at, Number(value.offset), true);
      else view.setFloat64(at, Number(value.offset), true);
    } else if (item.bitWidth !== undefined)
      setBits(view, at, t.size, item.bitOffset as number, item.bitWidth, value.offset);
    else setInteger(view, at, t, value.offset);
  }
}

function bad(linker: Linker, object: DataObject, e: Expr): never {
  linker.error(object.unit, e.loc, `initializer of '${object.name}' is not a constant`);
}

/** The declaration behind a compound literal used as a whole. */
function literal(e: Expr): VarDecl | undefined {
  if (e.kind === 'load') return literal(e.lvalue);
  if (e.kind === 'cast') return literal(e.operand);
  if (e.kind === 'compound') return e.decl;
  if (e.kind === 'var' && e.decl.init !== undefined) return e.decl;
  return undefined;
}

function target(
  linker: Linker,
  object: DataObject,
  base: NonNullable<Extract<ReturnType<typeof evaluateConstant>, { kind: 'int' }>['base']>,
): DataObject | Fn {
  if (base.kind === 'string') return linker.stringSym(base.bytes);
  if (base.kind === 'func') return linker.resolveFn(object.unit, base, object.decl?.loc ?? base.loc);
  return linker.resolveVar(object.unit, base);
}

function setInteger(view: DataView, at: number, type: Type, value: bigint): void {
  switch (strip(type).size) {
    case 1:
      view.setUint8(at, Number(BigInt.asUintN(8, value)));
      break;
    case 2:
      view.setUint16(at, Number(BigInt.asUintN(16, value)), true);
      break;
    case 4:
      view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
      break;
    default:
      view.setBigUint64(at, BigInt.asUintN(64, value), true);
  }
}

function setBits(
  view: DataView,
  at: number,
  size: number,
  offset: number,
  width: number,
  value: bigint,
): void {
  const bytes = offset + width <= size * 8 ? size : 8;
  let unit = 0n;
  for (let i = 0; i < bytes; i++) unit |= BigInt(view.getUint8(at + i)) << BigInt(8 * i);
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(offset);
  unit = (unit & ~mask) | ((value << BigInt(offset)) & mask);
  for (let i = 0; i < bytes; i++) view.setUint8(at + i, Number((unit >> BigInt(8 * i)) & 0xffn));
}

const alignUp = (n: number, align: number): number => Math.ceil(n / align) * align;

export interface DataLayout {
  start: number;
  /** One past initialised data; what follows is zero. */
  filledEnd: number;
  end: number;
  sets: Record<string, { start: number; stop: number }>;
  /** Of the initialised part. */
  bytes: Uint8Array;
}

export interface LiveObject {
  object: DataObject;
  contents: Contents | undefined;
}

/**
 * Gives every live object its address. Objects of linker sets are pointers mostly: each set is one array, and its bounds are
 * symbols. Returns a function that fills in the contents, to be called when text addresses are final.
 */
export function layoutData(
  linker: Linker,
  live: LiveObject[],
  base: number,
  setNames: Iterable<string>,
): { layout: DataLayout; write(textBase: bigint): void } {
  let at = base;
  const place = (o: DataObject) => {
    at = alignUp(at, o.align);
    o.addr = at;
    at += o.size;
  };
  const sorted = [...live].sort((a, b) => a.object.order - b.object.order);
  const sets: DataLayout['sets'] = {};
  const bySet = new Map<string, LiveObject[]>();
  for (const l of sorted) {
    const set = /^set_(\w+)$/.exec(l.object.section)?.[1];
    if (set === undefined) continue;
    const list = bySet.get(set);
    if (list === undefined) bySet.set(set, [l]);
    else list.push(l);
  }
  for (const set of new Set([...[...bySet.keys()].sort(), ...setNames])) {
    at = alignUp(at, 16);
    const start = at;
    for (const l of bySet.get(set) ?? []) place(l.object);
    sets[set] = { start, stop: at };
  }
  const rest = sorted.filter((l) => !/^set_\w+$/.test(l.object.section) && !l.object.special);
  for (const l of rest) if (l.contents !== undefined && l.object.bytes === undefined) place(l.object);
  at = alignUp(at, 16);
  for (const l of rest) if (l.object.bytes !== undefined) place(l.object);
  at = alignUp(at, 16);
  for (const l of sorted) if (l.object.special && l.contents !== undefined) place(l.object);
  const filledEnd = at;
  at = alignUp(at, 64);
  for (const l of rest) if (l.contents === undefined) place(l.object);
  for (const l of sorted)
    if (l.object.special && l.contents === undefined && l.object.size > 0) place(l.object);
  const end = alignUp(at, 16);
  const layout: DataLayout = { start: base, filledEnd, end, sets, bytes: new Uint8Array(filledEnd - base) };
  const write = (textBase: bigint) => {
    const view = new DataView(layout.bytes.buffer);
    const bias = linker.kernel ? KVBASE : 0n;
    for (const { object, contents } of sorted) {
      if (contents === undefined) continue;
      layout.bytes.set(contents.bytes, object.addr - base);
      for (const r of contents.relocs) {
        const to =
          'decl' in r.to && 'index' in r.to ? textBase + BigInt(r.to.addr) : bias + BigInt(r.to.addr);
        view.setBigUint64(object.addr - base + r.offset, BigInt.asUintN(64, to + r.addend), true);
      }
    }
  };
  return { layout, write };
}

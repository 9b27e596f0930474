/**
 * Initialisers: from braces and designators to a flat list of (offset, value).
 *
 * The list is walked once. An aggregate inside may lack its own braces: then it takes as many elements of the surrounding list
 * as it has members ("brace elision"), and gives back control where a designator or the closing brace appears.
 */

import type { Expr, Initializer, VarDecl } from '../cfront/ast.ts';
import { findMember } from '../cfront/layout.ts';
import type { Token } from '../cfront/lexer.ts';
import { printType } from '../cfront/printtype.ts';
import {
  type ArrayType,
  arrayOf,
  CHAR,
  type Field,
  identity,
  isRecord,
  type RecordType,
  strip,
  type Type,
  unqualified,
} from '../cfront/types.ts';
import { convertAssign, isComplete } from './check-types.ts';
import { isErrorExpr, rvalue } from './check-value.ts';
import { evaluateConstant } from './constant.ts';
import { parseAssignment, parseConstant } from './parse-expr.ts';
import type { Parser } from './parser.ts';
import { suggestMember } from './suggest.ts';

type Item = Initializer['items'][number];

interface Void {
  clear: number;
  offset: number;
}

interface Building {
  /** In the order written: values, and places whose earlier values are void because an initialiser covers them again. */
  steps: (Item | Void)[];
  /** A static object: every value must be constant. */
  constant: boolean;
  /** The next element, already parsed by who had to look at its type. */
  pending: { expr: Expr; at: Token } | undefined;
  /** An item came at or before the place of an earlier one: sort and remove the overridden. */
  disordered: boolean;
  /** First bit after the last item. */
  end: number;
  /** The member that was initialised last, by union type and offset. */
  chosen: Map<RecordType, Map<number, Field>>;
  /** Elements of the outermost array of unknown length. */
  longest: number;
  /** Bytes that a flexible array member was given. */
  flexible: number;
}

/** Parses an initialiser of `decl`'s type (after `=`, or a compound literal's braces); completes an array's length. */
export function parseInitializer(p: Parser, decl: VarDecl, constant: boolean): Initializer {
  const b: Building = {
    steps: [],
    constant,
    pending: undefined,
    disordered: false,
    end: 0,
    chosen: new Map(),
    longest: 0,
    flexible: 0,
  };
  const at = p.tok;
  const t = strip(decl.type);
  if (!isComplete(t) && t.kind !== 'array') {
    p.syntaxError(
      at,
      `variable '${decl.name}' has initializer but incomplete type '${printType(decl.type)}'`,
    );
  }
  if (t.kind === 'array' && !p.at('{') && !(isCharArray(t) && p.tok.kind === 'string')) {
    p.syntaxError(at, 'invalid initializer', 'an array is initialised by a list in braces');
  }
  element(p, b, decl.type, 0, undefined, undefined);
  if (t.kind === 'array' && t.length < 0) {
    const complete = arrayOf(t.element, b.longest);
    decl.type = complete;
  }
  if (b.flexible > 0) {
    // The object is larger than its type says, as gcc has it.
    if (constant) decl.extra = b.flexible;
    else p.error(at, 'initialization of a flexible array member in an automatic variable');
  }
  return { items: b.disordered ? settle(b.steps) : (b.steps as Item[]) };
}

const isCharArray = (t: Type): t is ArrayType => {
  if (t.kind !== 'array') return false;
  const e = strip(t.element);
  return e.kind === 'int' && (e.rank === CHAR.rank || e.size === 4 || e.size === 2);
};

/** One element of type `type` at `offset`. */
function element(
  p: Parser,
  b: Building,
  type: Type,
  offset: number,
  field: Field | undefined,
  inside: Field[] | undefined,
): void {
  const t = strip(type);
  if (inside && inside.length > 0) {
    aggregate(p, b, type, offset, false, inside);
    return;
  }
  if (!b.pending && isCharArray(t)) {
    // A string, perhaps in braces.
    const braced = p.at('{') && p.peek().kind === 'string';
    if (braced || p.tok.kind === 'string') {
      const start = p.pos;
      if (braced) p.next();
      const token = p.tok;
      const e = parseAssignment(p);
      if (
        e.kind === 'string' &&
        e.type.kind === 'array' &&
        strip(e.type.element).size === strip(t.element).size
      ) {
        if (braced) {
          p.accept(',');
          p.expect('}');
        }
        stringInto(p, b, t, offset, e, token);
        return;
      }
      p.rewind(start);
    }
  }
  if (t.kind === 'array' || t.kind === 'struct' || t.kind === 'union') {
    if (!b.pending && p.at('{')) {
      p.next();
      clear(b, offset, t.size);
      aggregate(p, b, type, offset, true, undefined);
      p.accept(',');
      p.expect('}');
      return;
    }
    if (isRecord(t)) {
      const { expr, at } = take(p, b);
      if (isErrorExpr(expr) || identity<Type>(strip(expr.type)) === identity<Type>(t)) {
        copyRecord(p, b, type, offset, expr, at);
        return;
      }
      b.pending = { expr, at };
    }
    aggregate(p, b, type, offset, false, undefined);
    return;
  }
  if (!b.pending && p.at('{')) {
    // A scalar in braces.
    p.next();
    if (p.at('}')) p.error(p.tok, 'empty scalar initializer');
    else element(p, b, type, offset, field, undefined);
    if (p.accept(',') && !p.at('}')) {
      p.error(p.tok, 'excess elements in scalar initializer');
      while (!p.at('}') && p.tok.kind !== 'eof') p.next();
    }
    p.expect('}');
    return;
  }
  const { expr, at } = take(p, b);
  const value = convertAssign(p, rvalue(p, expr), type, p.loc(at), 'initialization');
  add(p, b, { offset, type: unqualified(type), expr: value }, field, at);
}

function take(p: Parser, b: Building): { expr: Expr; at: Token } {
  const ready = b.pending;
  if (ready) {
    b.pending = undefined;
    return ready;
  }
  const at = p.tok;
  return { expr: parseAssignment(p), at };
}

/**
 * The members of an array or record from the current list. Without braces it stops when it is full. `first` leads to the member
 * to begin with: what remains of a designator.
 */
function aggregate(
  p: Parser,
  b: Building,
  type: Type,
  base: number,
  braced: boolean,
  first: Field[] | undefined,
): void {
  const t = strip(type);
  const array = t.kind === 'array' ? t : undefined;
  const record = t.kind === 'struct' || t.kind === 'union' ? identity<RecordType>(t) : undefined;
  const count = array
    ? array.length < 0
      ? Number.POSITIVE_INFINITY
      : array.length
    : record!.kind === 'union'
      ? 1
      : record!.fields.length;
  const growing = array !== undefined && array.length < 0;
  let index = 0;
  let designator = first;
  if (!braced && count === 0 && b.pending) b.pending = undefined; // nothing in it to initialise
  for (let started = false; ; started = true) {
    // A comma belongs to this list if another element of it follows.
    if (started) {
      if (!p.at(',') || p.peek().text === '}') return;
      if (!braced && (index >= count || isDesignator(p, p.peek()))) return;
      p.next();
    } else if (braced && p.at('}')) return;
    let repeat = 1;
    let inside: Field[] | undefined;
    let member: Field | undefined;
    let designated = false;
    if (!b.pending && (designator || isDesignator(p, p.tok))) {
      designated = true;
      if (array) {
        const at = p.next();
        const low = arrayIndex(p, at, count);
        let high = low;
        if (p.accept('...')) high = arrayIndex(p, at, count);
        if (high < low) p.error(at, 'empty index range in initializer');
        p.expect(']');
        index = low;
        repeat = Math.max(1, high - low + 1);
      } else {
        let chain = designator;
        if (!chain) {
          p.next();
          const name = p.identifier("a member's name");
          chain = findMember(record!, name.text);
          if (!chain)
            p.syntaxError(
              name,
              `'${printType(unqualified(type))}' has no member named '${name.text}'`,
              suggestMember(name.text, record!),
            );
        }
        member = chain[0]!;
        index = record!.kind === 'union' ? 0 : record!.fields.indexOf(member);
        inside = chain.slice(1);
      }
      designator = undefined;
    } else if (index >= count) {
      if (!braced) return;
      p.warn(p.tok, `excess elements in ${array ? 'array' : record!.kind} initializer`);
      skipElement(p, b);
      continue;
    }
    const mark = b.steps.length;
    let size: number;
    if (array) {
      size = array.element.size;
      const offset = base + index * size;
      if (designated) designatedElement(p, b, array.element, offset, undefined, undefined);
      else element(p, b, array.element, offset, undefined, undefined);
      if (repeat > 1) repeatSteps(b, mark, repeat, size);
      if (growing) noteLength(b, base, index + repeat, size);
    } else {
      member ??= record!.fields[index]!;
      if (record!.kind === 'union') chooseMember(b, record!, base, member);
      const offset = base + member.offset;
      if (designated) designatedElement(p, b, member.type, offset, member, inside);
      else element(p, b, member.type, offset, member, undefined);
    }
    index += repeat;
  }
}

/** After a designator: more of it, or `=` and the value. */
function designatedElement(
  p: Parser,
  b: Building,
  type: Type,
  offset: number,
  field: Field | undefined,
  inside: Field[] | undefined,
): void {
  if (inside && inside.length > 0) {
    aggregate(p, b, type, offset, false, inside);
    return;
  }
  if (isDesignator(p, p.tok)) {
    const t = strip(type);
    const wanted = p.at('[') ? t.kind === 'array' : isRecord(t);
    if (!wanted)
      p.syntaxError(
        p.tok,
        `${p.at('[') ? 'array index' : 'field name'} in initializer of '${printType(type)}'`,
      );
    aggregate(p, b, type, offset, false, undefined);
    return;
  }
  if (!p.accept('=') && !p.at('{')) p.expect('=', ' in designated initializer');
  element(p, b, type, offset, field, undefined);
}

const isDesignator = (p: Parser, token: Token): boolean => {
  if (token.kind !== 'punct') return false;
  if (token.text === '.') return true;
  return token.text === '[' && p.tok.kind === 'punct';
};

function arrayIndex(p: Parser, at: Token, count: number): number {
  const value = parseConstant(p, 'array index in initializer');
  if (value >= 0n && value < count) return Number(value);
  p.error(at, 'array index in initializer exceeds array bounds');
  return 0;
}

/** The length of an array that its initialiser gives: a variable's, or a flexible member's. */
function noteLength(b: Building, base: number, length: number, size: number): void {
  if (base === 0) b.longest = Math.max(b.longest, length);
  else b.flexible = Math.max(b.flexible, length * size);
}

/** `[low ... high] = x`: what was done since `mark`, for each further element. */
function repeatSteps(b: Building, mark: number, repeat: number, size: number): void {
  const pattern = b.steps.slice(mark);
  for (let k = 1; k < repeat; k++) {
    for (const step of pattern) b.steps.push({ ...step, offset: step.offset + k * size });
  }
  b.end += (repeat - 1) * size * 8;
}

/** What was said before about these bytes is void. */
function clear(b: Building, offset: number, size: number): void {
  if (offset * 8 >= b.end) return;
  b.steps.push({ clear: size, offset });
  b.disordered = true;
}

/** Another member of a union takes the place of the one before. */
function chooseMember(b: Building, union: RecordType, base: number, member: Field): void {
  let places = b.chosen.get(union);
  if (!places) {
    places = new Map();
    b.chosen.set(union, places);
  }
  const before = places.get(base);
  if (before !== undefined && before !== member) clear(b, base, union.size);
  places.set(base, member);
}

/** Reads an element that has no place. */
function skipElement(p: Parser, b: Building): void {
  if (b.pending || !p.at('{')) {
    take(p, b);
    return;
  }
  let depth = 0;
  do {
    if (p.at('{')) depth++;
    else if (p.at('}')) depth--;
    p.next();
  } while (depth > 0 && p.tok.kind !== 'eof');
}

function stringInto(
  p: Parser,
  b: Building,
  t: ArrayType,
  offset: number,
  e: Expr & { kind: 'string' },
  at: Token,
): void {
  const size = strip(t.element).size;
  let { bytes } = e;
  if (t.length < 0) noteLength(b, offset, bytes.length / size, size);
  else if (bytes.length > t.length * size) {
    if (bytes.length > (t.length + 1) * size) p.warn(at, 'initializer-string for array is too long');
    bytes = bytes.subarray(0, t.length * size);
  }
  if (t.length >= 0) clear(b, offset, t.size);
  if (bytes.length === 0) return;
  const type = arrayOf(unqualified(t.element), bytes.length / size);
  add(p, b, { offset, type, expr: { kind: 'string', bytes, type, loc: e.loc } }, undefined, at);
}

function copyRecord(p: Parser, b: Building, type: Type, offset: number, expr: Expr, at: Token): void {
  if (b.constant) {
    // A static object may be given a compound literal: its items become ours.
    const literal =
      expr.kind === 'compound' || (expr.kind === 'var' && expr.decl.name.startsWith('.compound.'))
        ? expr.decl
        : undefined;
    if (literal?.init) {
      for (const item of literal.init.items)
        add(p, b, { ...item, offset: item.offset + offset }, undefined, at);
      return;
    }
  }
  add(p, b, { offset, type: unqualified(type), expr: rvalue(p, expr) }, undefined, at);
}

function add(p: Parser, b: Building, item: Item, field: Field | undefined, at: Token): void {
  if (field?.bitWidth !== undefined) {
    item.bitOffset = field.bitOffset!;
    item.bitWidth = field.bitWidth;
  }
  if (b.constant && !isErrorExpr(item.expr) && item.expr.kind !== 'string' && !evaluateConstant(item.expr)) {
    p.error(at, 'initializer element is not constant');
  }
  const [start, end] = bitRange(item);
  if (start < b.end) b.disordered = true;
  b.end = Math.max(b.end, end);
  b.steps.push(item);
}

function bitRange(item: Item): [number, number] {
  const start = item.offset * 8 + (item.bitOffset ?? 0);
  return [start, start + (item.bitWidth ?? item.type.size * 8)];
}

/** In order of place; what a later item covers wholly is gone, what it covers in part comes before it. */
function settle(steps: (Item | Void)[]): Item[] {
  let kept: Item[] = [];
  for (const step of steps) {
    if ('clear' in step) {
      const { offset, clear: size } = step;
      kept = kept.filter((item) => item.offset < offset || item.offset + item.type.size > offset + size);
      continue;
    }
    const [start, end] = bitRange(step);
    kept = kept.filter((item) => {
      const [s, e] = bitRange(item);
      return s < start || e > end;
    });
    kept.push(step);
  }
  // Stable: an item that was partly overridden stays before what overrides it.
  return kept.sort((a, b) => bitRange(a)[0] - bitRange(b)[0]);
}

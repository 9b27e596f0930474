/**
 * Generated initialisers for generated types: braces and no braces, designators out of order, ranges, strings, overrides.
 */
import seedrandom from 'seedrandom';

interface Shape {
  kind: 'scalar' | 'array' | 'struct' | 'union';
  /** C declaration of a member or variable NAME of this shape. */
  declare(name: string): string;
  /** Array: its element; record: its members by name ('' for an anonymous one). Unnamed bit-fields do not show here. */
  element?: Shape;
  length?: number;
  members?: { name: string; shape: Shape }[];
  scalar?: string;
}

export class InitGenerator {
  readonly #random: () => number;
  #serial = 0;
  constructor(seed: number) {
    this.#random = seedrandom(String(seed));
  }
  #pick(n: number): number {
    return Math.floor(this.#random() * n);
  }
  #chance(p: number): boolean {
    return this.#random() < p;
  }

  shape(depth: number): Shape {
    const what = depth === 0 ? 0 : this.#pick(4);
    if (what === 0) {
      const types = [
        'char',
        'unsigned char',
        'short',
        'int',
        'unsigned',
        'long',
        'unsigned long',
        '_Bool',
        'double',
        'float',
      ];
      const scalar = types[this.#pick(types.length)]!;
      return { kind: 'scalar', scalar, declare: (name) => `${scalar} ${name}` };
    }
    if (what === 1) {
      const element = this.#chance(0.25) ? this.#char() : this.shape(depth - 1);
      const length = 1 + this.#pick(4);
      return { kind: 'array', element, length, declare: (name) => element.declare(`${name}[${length}]`) };
    }
    const kind = this.#chance(0.8) ? 'struct' : 'union';
    const members: { name: string; shape: Shape }[] = [];
    let body = '';
    for (let n = 1 + this.#pick(5); n > 0; n--) {
      const name = `m${this.#serial++}`;
      if (this.#chance(0.25)) {
        const bits = 1 + this.#pick(30);
        members.push({ name, shape: { kind: 'scalar', scalar: 'int', declare: () => '' } });
        body += ` ${this.#chance(0.5) ? 'int' : 'unsigned'} ${name} : ${bits};`;
        if (this.#chance(0.2)) body += ` int : ${this.#pick(9)};`;
        continue;
      }
      const shape = this.shape(depth - 1);
      if ((shape.kind === 'struct' || shape.kind === 'union') && this.#chance(0.3)) {
        members.push({ name: '', shape });
        body += ` ${shape.declare('')};`;
      } else {
        members.push({ name, shape });
        body += ` ${shape.declare(name)};`;
      }
    }
    const text = `${kind} {${body} }`;
    return { kind, members, declare: (name) => `${text} ${name}` };
  }
  #char(): Shape {
    return { kind: 'scalar', scalar: 'char', declare: (name) => `char ${name}` };
  }

  /** Floats only where they fit: what a narrow bit-field makes of 1.5 is undefined. */
  #value(scalar = ''): string {
    const values = [
      '0',
      '1',
      '-1',
      '65',
      '255',
      '1000',
      '0x12345678',
      '123456789012L',
      '-7L',
      "'x'",
      '3u',
      'sizeof(int)',
      '1 ? 7 : 9',
    ];
    if (scalar === 'double' || scalar === 'float') values.push('1.5', '-2.25f');
    return values[this.#pick(values.length)]!;
  }
  #string(length: number): string {
    return `"${'abcdefgh'.slice(0, this.#pick(length + 1))}"`;
  }

  /** An initialiser with its own braces where it has any. */
  init(shape: Shape): string {
    if (shape.kind === 'scalar')
      return this.#chance(0.1) ? `{ ${this.#value(shape.scalar)} }` : this.#value(shape.scalar);
    if (shape.kind === 'array' && shape.element!.scalar === 'char' && this.#chance(0.5)) {
      const s = this.#string(shape.length!);
      return this.#chance(0.3) ? `{ ${s} }` : s;
    }
    const parts: string[] = [];
    const count = shape.kind === 'array' ? shape.length! : shape.kind === 'union' ? 1 : shape.members!.length;
    let at = 0;
    const items = this.#pick(count + 2);
    // After `.a.b = x` the next element is what follows b inside a: then only plain values and designators are sure to fit.
    // (And what follows a range inside is nobody's guess: then only designators.)
    let inside = false;
    let range = false;
    for (let i = 0; i < items; i++) {
      let designator = '';
      let target: Shape;
      if (this.#chance(0.3)) {
        ({ designator, target, at, inside } = this.#designator(shape));
        range = designator.includes('...') && inside;
      } else if (range) {
        continue;
      } else if (inside) {
        parts.push(this.#value());
        continue;
      } else {
        if (at >= count) break;
        target = this.#child(shape, at);
      }
      // The element whole, or, only where no designator is, its parts without braces.
      const open = designator === '' && target.kind !== 'scalar' && this.#chance(0.35);
      const text = open ? this.#elided(target) : this.init(target);
      parts.push(designator === '' ? text : `${designator} = ${text}`);
      at++;
    }
    if (parts.length === 0)
      parts.push(this.#pick(2) === 0 && shape.kind !== 'union' ? this.#elided(this.#child(shape, 0)) : '');
    const list = parts.filter((p) => p !== '');
    return `{ ${list.join(', ')}${list.length > 0 && this.#chance(0.2) ? ',' : ''} }`;
  }

  #child(shape: Shape, index: number): Shape {
    return shape.kind === 'array' ? shape.element! : shape.members![index]!.shape;
  }

  /** Every part, in order, without braces. */
  #elided(shape: Shape): string {
    if (shape.kind === 'scalar') return this.#value(shape.scalar);
    if (shape.kind === 'array')
      return Array.from({ length: shape.length! }, () => this.#elided(shape.element!)).join(', ');
    const members = shape.kind === 'union' ? shape.members!.slice(0, 1) : shape.members!;
    return members.map((m) => this.#elided(m.shape)).join(', ');
  }

  #designator(shape: Shape): { designator: string; target: Shape; at: number; inside: boolean } {
    let at: number;
    let designator: string;
    let target: Shape;
    if (shape.kind === 'array') {
      at = this.#pick(shape.length!);
      designator = `[${at}]`;
      if (this.#chance(0.2)) {
        const last = at + this.#pick(shape.length! - at);
        designator = `[${at} ... ${last}]`;
        at = last;
      }
      target = shape.element!;
    } else {
      at = this.#pick(shape.members!.length);
      const member = shape.members![at]!;
      if (member.name === '') {
        const inner = this.#designator(member.shape);
        // A member of an anonymous one is named directly.
        return {
          designator: inner.designator,
          target: inner.target,
          at: shape.kind === 'union' ? 0 : at,
          inside: true,
        };
      }
      designator = `.${member.name}`;
      target = member.shape;
      if (shape.kind === 'union') at = 0;
    }
    if (target.kind !== 'scalar' && this.#chance(0.4)) {
      const inner = this.#designator(target);
      return { designator: designator + inner.designator, target: inner.target, at, inside: true };
    }
    return { designator, target, at, inside: false };
  }
}

/**
 * A table of types that can be stored: the part that CTF plays in a kernel.
 *
 * Types form a graph with cycles (a list element points to its own type). The table numbers each distinct type; a record or enum
 * of the same tag and shape, seen from several translation units, gets one number. A structure that one unit only declares and
 * another defines is one type too: the declaration becomes an alias when the table is stored.
 *
 * Stored form: an array of entries, each an array that starts with its kind; numbers in it are entries of the table:
 *   v | i name size signed rank | f name | p target | a element length | F returns variadic oldStyle [name type]...
 *   s/u tag size align complete [name type offset bitOffset? bitWidth?]... | e tag base complete [name value]...
 *   t name target align | q type qualifiers | = type
 */
import type { Image } from '../image/image.ts';
import {
  arrayOf,
  DOUBLE,
  type EnumType,
  type Field,
  FLOAT,
  type FloatType,
  functionType,
  type IntType,
  identity,
  LDOUBLE,
  pointerTo,
  qualified,
  type RecordType,
  type Type,
  VOID,
} from './types.ts';

export type TypeId = number;

type Entry = [string, ...unknown[]];
type StoredField = [string, TypeId, number, number?, number?];

export class TypeTable {
  readonly #byName = new Map<string, TypeId>();
  readonly #types: Type[] = [];
  readonly #entries: Entry[] = [];
  readonly #byKey = new Map<string, TypeId>();
  readonly #known = new WeakMap<Type, TypeId>();

  /** 'struct thread', 'enum x', 'size_t': the first complete type of that name. */
  get byName(): ReadonlyMap<string, TypeId> {
    return this.#byName;
  }

  get size(): number {
    return this.#types.length;
  }

  get(id: TypeId): Type {
    const type = this.#types[id];
    if (!type) throw new Error(`type table: no type ${id} (it has ${this.#types.length})`);
    return type;
  }

  /** The number of a type; the same for every type of the same structure. */
  add(type: Type): TypeId {
    let id = this.#known.get(type);
    if (id === undefined) {
      id = type.quals !== 0 && type.kind !== 'array' ? this.#addQualified(type) : this.#addPlain(type);
      this.#known.set(type, id);
    }
    return id;
  }

  #addQualified(type: Type): TypeId {
    const declared = identity<Type>(type);
    const base = declared.quals === 0 ? declared : ({ ...declared, quals: 0 } as Type);
    const id = this.add(base);
    return this.#enter(`q${id},${type.quals}`, type, () => ['q', id, type.quals]);
  }

  #addPlain(type: Type): TypeId {
    switch (type.kind) {
      case 'void':
        return this.#enter('v', type, () => ['v']);
      case 'int':
        return this.#enter(`i${type.name}`, type, () => ['i', type.name, type.size, type.signed, type.rank]);
      case 'float':
        return this.#enter(`f${type.name}`, type, () => ['f', type.name]);
      case 'pointer': {
        const target = this.add(type.target);
        return this.#enter(`p${target}`, type, () => ['p', target]);
      }
      case 'array': {
        const element = this.add(type.element);
        return this.#enter(`a${element},${type.length}`, type, () => ['a', element, type.length]);
      }
      case 'function': {
        const returns = this.add(type.returns);
        const params = type.params.map((p): [string, TypeId] => [p.name, this.add(p.type)]);
        const key = `F${returns},${type.variadic},${type.oldStyle},${params.join()}`;
        return this.#enter(key, type, () => ['F', returns, type.variadic, type.oldStyle, ...params]);
      }
      case 'typedef': {
        const target = this.add(type.target);
        const id = this.#enter(`t${type.name},${target},${type.align}`, type, () => [
          't',
          type.name,
          target,
          type.align,
        ]);
        if (!this.#byName.has(type.name)) this.#byName.set(type.name, id);
        return id;
      }
      case 'enum': {
        const base = this.add(type.base);
        const members = type.members.map((m) => [m.name, storedInteger(m.value)]);
        const key = `e${type.tag},${base},${members.join()}`;
        const id = this.#enter(key, type, () => ['e', type.tag, base, type.complete, ...members]);
        this.#name(type, id);
        return id;
      }
      case 'struct':
      case 'union':
        return this.#addRecord(type);
    }
  }

  /** A record gets its number before its members do: they may point back to it. */
  #addRecord(type: RecordType): TypeId {
    const letter = type.kind === 'struct' ? 's' : 'u';
    const shape = type.fields.map(
      (f) => `${f.name}@${f.offset}.${f.bitOffset ?? ''}.${f.bitWidth ?? ''}${sketch(f.type)}`,
    );
    const key = `${letter}${type.tag},${type.complete},${type.size},${type.align},${shape.join()}`;
    // Structures without a tag that look alike at first glance may differ deeper down, so each stays itself.
    const known = type.tag === '' ? undefined : this.#byKey.get(key);
    if (known !== undefined) return known;
    const id = this.#types.push(type) - 1;
    this.#byKey.set(key, id);
    this.#known.set(type, id);
    const entry: Entry = [letter, type.tag, type.size, type.align, type.complete];
    this.#entries.push(entry);
    this.#name(type, id);
    for (const f of type.fields) {
      const field: StoredField = [f.name, this.add(f.type), f.offset];
      if (f.bitWidth !== undefined) field.push(f.bitOffset, f.bitWidth);
      entry.push(field);
    }
    if (type.tag !== '') return id;
    // Now that the members have numbers, two nameless records can be compared exactly.
    const exact = `${letter}!${type.size},${type.align},${entry.slice(5).join(';')}`;
    const same = this.#byKey.get(exact);
    if (same !== undefined) {
      if (id === this.#types.length - 1) {
        this.#types.pop();
        this.#entries.pop();
        this.#known.set(type, same);
      }
      return same;
    }
    this.#byKey.set(exact, id);
    return id;
  }

  #enter(key: string, type: Type, entry: () => Entry): TypeId {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const id = this.#types.push(type) - 1;
    this.#entries.push(entry());
    this.#byKey.set(key, id);
    return id;
  }

  /** Notes a tag's name; a complete type takes the place of a declaration. */
  #name(type: RecordType | EnumType, id: TypeId): void {
    if (type.tag === '') return;
    const name = `${type.kind} ${type.tag}`;
    const known = this.#byName.get(name);
    if (known === undefined || (!(this.#types[known] as RecordType).complete && type.complete))
      this.#byName.set(name, id);
  }

  encode(): unknown {
    return this.#entries.map((entry, id) => {
      const type = this.#types[id]!;
      if ((type.kind === 'struct' || type.kind === 'union') && !type.complete) {
        const whole = this.byName.get(`${type.kind} ${type.tag}`);
        if (whole !== undefined && whole !== id) return ['=', whole];
      }
      return entry;
    });
  }

  /** Reads what `encode` made. Throws Error on what is no table; a wrong entry is found when its type is asked for. */
  static decode(data: unknown): StoredTypes {
    if (!Array.isArray(data)) throw new Error('type table: not an array');
    return new StoredTypes(data as Entry[]);
  }
}

/** A table as it was stored. A type is made when it is first asked for, and a record's members when they are: few of a kernel's are ever looked at. */
export class StoredTypes {
  readonly #entries: readonly Entry[];
  readonly #types: (Type | undefined)[];
  #names: Map<string, TypeId> | undefined;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.#types = new Array(entries.length);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Throws Error for a number that the table does not have, and for an entry that is none. */
  get(id: TypeId): Type {
    const known = this.#types[id];
    if (known !== undefined) return known;
    const entry = this.#entries[id];
    if (entry === undefined) throw new Error(`type table: no type ${id} (it has ${this.size})`);
    const type = this.#make(id, entry);
    this.#types[id] = type;
    return type;
  }

  /** 'struct thread', 'enum x', 'size_t': the first complete type of that name. */
  get byName(): ReadonlyMap<string, TypeId> {
    this.#names ??= this.#named();
    return this.#names;
  }

  #make(id: TypeId, entry: Entry): Type {
    if (entry[0] === 's' || entry[0] === 'u') return this.#record(entry);
    // Anything may refer to a record; all other references go to smaller numbers.
    return decodeEntry(entry, (to) => {
      const target = this.#entries[to as number];
      if (target === undefined || !(isRecord(target) || (to as number) < id))
        throw new Error(`type table: reference to ${String(to)} of ${this.size}`);
      return this.get(to as number);
    });
  }

  #record(entry: Entry): RecordType {
    const [letter, tag, size, align, complete] = entry as [string, string, number, number, boolean];
    const fields = (): Field[] =>
      (entry.slice(5) as StoredField[]).map(([name, t, offset, bitOffset, bitWidth]) => ({
        name,
        type: this.get(t),
        offset,
        ...(bitWidth !== undefined && { bitOffset: bitOffset!, bitWidth }),
      }));
    let made: Field[] | undefined;
    return {
      kind: letter === 's' ? 'struct' : 'union',
      tag,
      size,
      align,
      complete,
      quals: 0,
      get fields() {
        made ??= fields();
        return made;
      },
    };
  }

  #named(): Map<string, TypeId> {
    const names = new Map<string, TypeId>();
    for (const [id, entry] of this.#entries.entries()) {
      const [letter, name] = entry as [string, string];
      if (letter === 't') {
        if (!names.has(name)) names.set(name, id);
        continue;
      }
      if ((letter !== 'e' && !isRecord(entry)) || name === '') continue;
      const type = this.get(id) as RecordType | EnumType;
      const key = `${type.kind} ${name}`;
      const known = names.get(key);
      if (known === undefined || (!(this.get(known) as RecordType).complete && type.complete))
        names.set(key, id);
    }
    return names;
  }
}

const tables = new WeakMap<Image, StoredTypes>();

/** An image's types: one object for each, whoever asks. */
export function typesOf(image: Image): StoredTypes {
  let table = tables.get(image);
  if (table === undefined) {
    table = TypeTable.decode(image.types);
    tables.set(image, table);
  }
  return table;
}

const isRecord = (entry: Entry): boolean => entry[0] === 's' || entry[0] === 'u' || entry[0] === '=';

function decodeEntry(entry: Entry, at: (id: unknown) => Type): Type {
  switch (entry[0]) {
    case '=':
      return at(entry[1]);
    case 'v':
      return VOID;
    case 'i': {
      const [, name, size, signed, rank] = entry as [string, string, number, boolean, number];
      return { kind: 'int', name, size, align: size, signed, rank, quals: 0 };
    }
    case 'f':
      return FLOATS.find((f) => f.name === entry[1])!;
    case 'p':
      return pointerTo(at(entry[1]));
    case 'a':
      return arrayOf(at(entry[1]), entry[2] as number);
    case 'F': {
      const [, returns, variadic, oldStyle, ...params] = entry as [
        string,
        TypeId,
        boolean,
        boolean,
        ...[string, TypeId][],
      ];
      const list = params.map(([name, t]) => ({ name, type: at(t) }));
      return functionType(at(returns), list, variadic, oldStyle);
    }
    case 'e': {
      const [, tag, base, complete, ...members] = entry as [
        string,
        string,
        TypeId,
        boolean,
        ...[string, number | string][],
      ];
      const int = at(base) as IntType;
      const list = members.map(([name, value]) => ({ name, value: BigInt(value) }));
      return {
        kind: 'enum',
        tag,
        members: list,
        base: int,
        complete,
        size: int.size,
        align: int.align,
        quals: 0,
      };
    }
    case 't': {
      const [, name, target, align] = entry as [string, string, TypeId, number];
      const t = at(target);
      return { kind: 'typedef', name, target: t, size: t.size, align, quals: 0 };
    }
    case 'q':
      return qualified(at(entry[1]), entry[2] as number);
  }
  throw new Error(`type table: unknown entry '${String(entry[0])}'`);
}

const FLOATS: FloatType[] = [FLOAT, DOUBLE, LDOUBLE];

/** A member's type at a glance: enough to tell structures of one tag apart. */
function sketch(type: Type): string {
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'typedef':
      return type.name;
    case 'struct':
    case 'union':
    case 'enum':
      return type.tag;
    case 'pointer':
      return `*${sketch(type.target)}`;
    case 'array':
      return `[${type.length}]${sketch(type.element)}`;
    default:
      return type.kind;
  }
}

const storedInteger = (value: bigint): number | string => {
  const n = Number(value);
  return Number.isSafeInteger(n) ? n : value.toString();
};

/**
 * Identifiers: variables, functions, actions, aggregations, inlines, symbols.
 *
 * What an identifier's type is may be known from the start (built-ins: a type's name that is looked up when it is first used), from
 * its declaration, or from the first assignment; `cook` says which way. Functions and associative arrays carry a
 * signature that arguments and keys are checked against.
 */
import type { Type } from '../../cfront/types.ts';
import { ACT, DIF_VAR, DT_ACT, SUBROUTINES } from '../dif.ts';
import { ATTR_DEFAULT, ATTR_EVOLVING, ATTR_STABLE_PRIVATE, type Attribute } from '../stability.ts';
import type { Node } from './node.ts';
import type { Translator } from './xlator.ts';

export type IdentKind =
  | 'array'
  | 'scalar'
  | 'ptr'
  | 'func'
  | 'agg'
  | 'aggfunc'
  | 'actfunc'
  | 'xlsou'
  | 'xlptr'
  | 'symbol'
  | 'enum';

export const IDENT_KIND_NAMES: Record<IdentKind, string> = {
  array: 'associative array',
  scalar: 'scalar',
  ptr: 'pointer',
  func: 'function',
  agg: 'aggregation',
  aggfunc: 'aggregating function',
  actfunc: 'tracing function',
  xlsou: 'translated data',
  xlptr: 'pointer to translated data',
  symbol: 'symbol',
  enum: 'enumerator',
};

export const ID_TLS = 1;
export const ID_LOCAL = 2;
export const ID_WRITE = 4;
export const ID_INLINE = 8;
export const ID_REF = 16;
export const ID_MOD = 32;
export const ID_DIFR = 64;
export const ID_DIFW = 128;
export const ID_CGREG = 256;
export const ID_USER = 512;
export const ID_DECL = 1024;

/** How the identifier gets its type when it is used. */
export type CookKind = 'type' | 'thaw' | 'func' | 'assc' | 'args' | 'regs' | 'inline';

export interface Signature {
  /** Typed nodes; one without a type takes anything. */
  args: Node[];
  /** First of the variable arguments, or -1. */
  varargs: number;
  /** First optional argument, or -1. */
  optargs: number;
  /** The parameters of lquantize and llquantize, once seen. */
  aux: bigint;
}

export interface Inline {
  root: Node | undefined;
  /** Parameters by position; undefined where one is not named. */
  argv: (Ident | undefined)[];
  locals: IdTable | undefined;
}

/** A kernel (or user) object that a D program names with a backquote. */
export interface SymbolRef {
  module: string;
  name: string;
  address: bigint;
  size: number;
}

export class Ident {
  readonly name: string;
  kind: IdentKind;
  flags: number;
  id: number;
  attr: Attribute;
  /** API version that introduced it: 0xMMmmmuuu; 0 for the program's own. */
  vers: number;
  cook: CookKind;
  /** Type's name or prototype of a built-in. */
  proto: string;
  type: Type | undefined = undefined;
  /** Compilation that made it: 0 for built-ins. */
  gen: number;
  line = 0;
  sig: Signature | undefined = undefined;
  inline: Inline | undefined = undefined;
  symbol: SymbolRef | undefined = undefined;
  translator: Translator | undefined = undefined;
  /** Of an args[] reference: what the probe says it translates to. */
  translated: Type | undefined = undefined;
  /** Of an aggregation: its aggregating function. */
  aggfunc: Ident | undefined = undefined;
  /** Place in its table, counted from the first insertion. */
  seq = 0;
  private hash = -1;

  constructor(
    name: string,
    kind: IdentKind,
    flags: number,
    id: number,
    cook: CookKind,
    gen: number,
    opts: { attr?: Attribute; vers?: number; proto?: string } = {},
  ) {
    this.name = name;
    this.kind = kind;
    this.flags = flags;
    this.id = id;
    this.cook = cook;
    this.gen = gen;
    this.attr = opts.attr ?? ATTR_DEFAULT;
    this.vers = opts.vers ?? 0;
    this.proto = opts.proto ?? '';
  }

  get bucket(): number {
    if (this.hash < 0) this.hash = Number(elfHash(this.name) % BUCKETS);
    return this.hash;
  }
}

/** A name space. Numbers for new variables run from `base`; with base < 0 it hands out none. */
export class IdTable {
  readonly label: string;
  private readonly map = new Map<string, Ident>();
  private next: number;
  private inserted = 0;
  private readonly limit: number;

  constructor(label: string, base = -1, limit = -1) {
    this.label = label;
    this.next = base;
    this.limit = limit;
  }
  lookup(name: string): Ident | undefined {
    return this.map.get(name);
  }
  insert(id: Ident): Ident {
    this.map.delete(id.name);
    this.map.set(id.name, id);
    id.seq = this.inserted++;
    return id;
  }
  delete(id: Ident): void {
    this.map.delete(id.name);
  }
  /** -1 when the space is used up. */
  nextId(): number {
    return this.next > this.limit ? -1 : this.next++;
  }
  /** In order of insertion. */
  values(): IterableIterator<Ident> {
    return this.map.values();
  }
}

/**
 * The order in which the original walks its hash table of names: variable tables of DIF objects follow it. Bucket by bucket, the
 * newest name first.
 */
export const compareHashed = (a: Ident, b: Ident): number => a.bucket - b.bucket || b.seq - a.seq;

const BUCKETS = 211n;

export function elfHash(s: string): bigint {
  let h = 0n;
  for (let i = 0; i < s.length; i++) {
    h = (h << 4n) + BigInt(s.charCodeAt(i));
    const g = h & 0xf0000000n;
    if (g !== 0n) {
      h ^= g >> 24n;
      h ^= g;
    }
  }
  return h;
}

export const version = (major: number, minor: number, micro = 0): number =>
  major * 0x1000000 + minor * 0x1000 + micro;
export const VERSION_MAX = version(1, 13);
/** Versions that `-x version=` accepts. */
export const VERSIONS: readonly string[] = [
  '1.0',
  '1.1',
  '1.2',
  '1.2.1',
  '1.2.2',
  '1.3',
  '1.4',
  '1.4.1',
  '1.5',
  '1.6',
  '1.6.1',
  '1.6.2',
  '1.6.3',
  '1.7',
  '1.7.1',
  '1.8',
  '1.8.1',
  '1.9',
  '1.9.1',
  '1.10',
  '1.11',
  '1.12',
  '1.12.1',
  '1.13',
]; // prettier-ignore

type Row = [name: string, proto: string, vers?: number, attr?: Attribute];

const v1 = version(1, 0);
const PRIV = ATTR_STABLE_PRIVATE;
const EVOL = ATTR_EVOLVING;

/** Scalars that the kernel fills: name and type. */
const SCALARS: Row[] = [
  ['caller', 'uintptr_t'],
  ['cpu', 'int', version(1, 0)],
  ['curthread', 'struct thread *', v1, PRIV],
  ['epid', 'uint_t'],
  ['errno', 'int'],
  ['execargs', 'string', version(1, 13)],
  ['execname', 'string'],
  ['gid', 'gid_t'],
  ['id', 'uint_t'],
  ['ipl', 'uint_t'],
  ['jailname', 'string', version(1, 13)],
  ['jid', 'int', version(1, 13)],
  ['pid', 'pid_t'],
  ['ppid', 'pid_t'],
  ['probefunc', 'string'],
  ['probemod', 'string'],
  ['probename', 'string'],
  ['probeprov', 'string'],
  ['stackdepth', 'uint32_t'],
  ['tid', 'id_t'],
  ['timestamp', 'uint64_t'],
  ['ucaller', 'uint64_t', version(1, 2)],
  ['uid', 'uid_t'],
  ['ustackdepth', 'uint32_t', version(1, 2)],
  ['vtimestamp', 'uint64_t'],
  ['walltimestamp', 'int64_t'],
  ['zonename', 'string'],
];

const FUNCTIONS: Row[] = [
  ['alloca', 'void *(size_t)'],
  ['basename', 'string(const char *)'],
  ['bcopy', 'void(void *, void *, size_t)'],
  ['cleanpath', 'string(const char *)'],
  ['copyin', 'void *(uintptr_t, size_t)'],
  ['copyinstr', 'string(uintptr_t, [size_t])'],
  ['copyinto', 'void(uintptr_t, size_t, void *)'],
  ['copyout', 'void(void *, uintptr_t, size_t)'],
  ['copyoutstr', 'void(char *, uintptr_t, size_t)'],
  ['ddi_pathname', 'string(void *, int64_t)', v1, EVOL],
  ['dirname', 'string(const char *)'],
  ['getmajor', 'int(dev_t)', v1, EVOL],
  ['getminor', 'int(dev_t)', v1, EVOL],
  ['htonl', 'uint32_t(uint32_t)', version(1, 3), EVOL],
  ['htonll', 'uint64_t(uint64_t)', version(1, 3), EVOL],
  ['htons', 'uint16_t(uint16_t)', version(1, 3), EVOL],
  ['index', 'int(const char *, const char *, [int])', version(1, 1)],
  ['inet_ntoa', 'string(in_addr_t *)', version(1, 5)],
  ['inet_ntoa6', 'string(struct in6_addr *)', version(1, 5)],
  ['inet_ntop', 'string(int, void *)', version(1, 5)],
  ['json', 'string(const char *, const char *)', version(1, 11)],
  ['lltostr', 'string(int64_t, [int])'],
  ['memref', 'uintptr_t *(void *, size_t)', version(1, 1)],
  ['memstr', 'string(void *, char, size_t)', version(1, 12)],
  ['mutex_owned', 'int(struct mtx *)', v1, EVOL],
  ['mutex_owner', 'struct thread *(struct mtx *)', v1, EVOL],
  ['mutex_type_adaptive', 'int(struct mtx *)', v1, EVOL],
  ['mutex_type_spin', 'int(struct mtx *)', v1, EVOL],
  ['ntohl', 'uint32_t(uint32_t)', version(1, 3), EVOL],
  ['ntohll', 'uint64_t(uint64_t)', version(1, 3), EVOL],
  ['ntohs', 'uint16_t(uint16_t)', version(1, 3), EVOL],
  ['progenyof', 'int(pid_t)'],
  ['rand', 'int()'],
  ['rindex', 'int(const char *, const char *, [int])', version(1, 1)],
  ['rw_iswriter', 'int(struct rwlock *)', v1, EVOL],
  ['rw_read_held', 'int(struct rwlock *)', v1, EVOL],
  ['rw_write_held', 'int(struct rwlock *)', v1, EVOL],
  ['speculation', 'int()'],
  ['strchr', 'string(const char *, char)', version(1, 1)],
  ['strjoin', 'string(const char *, const char *)'],
  ['strlen', 'size_t(const char *)'],
  ['strrchr', 'string(const char *, char)', version(1, 1)],
  ['strstr', 'string(const char *, const char *)', version(1, 1)],
  ['strtok', 'string(const char *, const char *)', version(1, 1)],
  ['strtoll', 'int64_t(const char *, [int])', version(1, 11)],
  ['substr', 'string(const char *, int, [int])', version(1, 1)],
  ['sx_exclusive_held', 'int(struct sx *)', version(1, 13), EVOL],
  ['sx_isexclusive', 'int(struct sx *)', version(1, 13), EVOL],
  ['sx_shared_held', 'int(struct sx *)', version(1, 13), EVOL],
  ['tolower', 'string(const char *)', version(1, 8)],
  ['toupper', 'string(const char *)', version(1, 8)],
];

const ACTIONS: Row[] = [
  ['breakpoint', 'void()'],
  ['chill', 'void(int)'],
  ['clear', 'void(...)'],
  ['commit', 'void(int)'],
  ['denormalize', 'void(...)'],
  ['discard', 'void(int)'],
  ['exit', 'void(int)'],
  ['freopen', 'void(@, ...)', version(1, 1)],
  ['ftruncate', 'void()'],
  ['jstack', 'stack(...)'],
  ['mod', '_symaddr(uintptr_t)', version(1, 2)],
  ['normalize', 'void(...)'],
  ['panic', 'void()'],
  ['print', 'void(@)', version(1, 9)],
  ['printa', 'void(@, ...)'],
  ['printf', 'void(@, ...)'],
  ['printm', 'void(size_t, uintptr_t *)', version(1, 1)],
  ['raise', 'void(int)'],
  ['setopt', 'void(const char *, [const char *])'],
  ['speculate', 'void(int)'],
  ['stack', 'stack(...)'],
  ['stop', 'void()'],
  ['sym', '_symaddr(uintptr_t)', version(1, 2)],
  ['system', 'void(@, ...)'],
  ['trace', 'void(@)'],
  ['tracemem', 'void(@, size_t, ...)'],
  ['trunc', 'void(...)'],
  ['uaddr', '_usymaddr(uintptr_t)', version(1, 2)],
  ['umod', '_usymaddr(uintptr_t)', version(1, 2)],
  ['ustack', 'stack(...)'],
  ['usym', '_usymaddr(uintptr_t)', version(1, 2)],
];

const AGGREGATING: [string, number, string, number?][] = [
  ['avg', ACT.AVG, 'void(@)'],
  ['count', ACT.COUNT, 'void()'],
  ['llquantize', ACT.LLQUANTIZE, 'void(@, int32_t, int32_t, int32_t, int32_t, ...)', version(1, 7)],
  ['lquantize', ACT.LQUANTIZE, 'void(@, int32_t, int32_t, ...)'],
  ['max', ACT.MAX, 'void(@)'],
  ['min', ACT.MIN, 'void(@)'],
  ['quantize', ACT.QUANTIZE, 'void(@, ...)'],
  ['stddev', ACT.STDDEV, 'void(@)', version(1, 6)],
  ['sum', ACT.SUM, 'void(@)'],
];

/** The built-in names of API version `vmax`. */
export function builtinGlobals(vmax: number): IdTable {
  const t = new IdTable('global', 0x500, 0xffff);
  const add = (id: Ident): void => {
    if (id.vers <= vmax) t.insert(id);
  };
  for (const [name, proto, vers = v1, attr = ATTR_DEFAULT] of SCALARS)
    add(
      new Ident(name, 'scalar', 0, DIF_VAR[name as keyof typeof DIF_VAR], 'type', 0, { proto, vers, attr }),
    );
  for (let i = 0; i < 10; i++)
    add(new Ident(`arg${i}`, 'scalar', 0, DIF_VAR.arg0 + i, 'type', 0, { proto: 'int64_t', vers: v1 }));
  add(new Ident('args', 'array', 0, DIF_VAR.args, 'args', 0, { vers: v1 }));
  add(new Ident('regs', 'array', 0, DIF_VAR.regs, 'regs', 0, { vers: v1 }));
  add(new Ident('uregs', 'array', 0, DIF_VAR.uregs, 'regs', 0, { vers: v1 }));
  for (const [name, proto, vers = v1, attr = ATTR_DEFAULT] of FUNCTIONS) {
    const no = SUBROUTINES.indexOf(name as (typeof SUBROUTINES)[number]);
    add(new Ident(name, 'func', 0, no, 'func', 0, { proto, vers, attr }));
  }
  for (const [name, proto, vers = v1, attr = ATTR_DEFAULT] of ACTIONS)
    add(new Ident(name, 'actfunc', 0, DT_ACT[name as keyof typeof DT_ACT], 'func', 0, { proto, vers, attr }));
  add(
    new Ident('func', 'actfunc', 0, DT_ACT.sym, 'func', 0, {
      proto: '_symaddr(uintptr_t)',
      vers: version(1, 2),
    }),
  );
  add(
    new Ident('ufunc', 'actfunc', 0, DT_ACT.usym, 'func', 0, {
      proto: '_usymaddr(uintptr_t)',
      vers: version(1, 2),
    }),
  );
  for (const [name, kind, proto, vers = v1] of AGGREGATING)
    add(new Ident(name, 'aggfunc', 0, kind, 'func', 0, { proto, vers }));
  add(new Ident('self', 'ptr', 0, 0, 'type', 0, { proto: 'void', vers: v1 }));
  add(new Ident('this', 'ptr', 0, 0, 'type', 0, { proto: 'void', vers: v1 }));
  return t;
}

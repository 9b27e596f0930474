/**
 * What the compiler and the consumer need to know of the guest: its probes, types and symbols, from the kernel's image and memory.
 */
import { typesOf } from '../../cfront/ctf.ts';
import { INT, type RecordType, type Type } from '../../cfront/types.ts';
import { KTEXT, KVBASE } from '../../image/abi.ts';
import type { FunctionInfo, Image, SymbolInfo } from '../../image/image.ts';
import type { SymbolLookup, TypedSymbol } from '../compiler/context.ts';
import type { ResolvedAddress, SymbolResolver } from '../consumer/display.ts';
import { kindOf, type TypeNames } from '../dtypes.ts';
import { type ProbeArg, ProbeCatalog, type ProbeRow } from '../probe.ts';
import { type ProviderAttributes, unpackAttribute } from '../stability.ts';
import { objectOf } from './pid.ts';

/** Guest kernel memory, read at kernel addresses. */
export interface GuestMemory {
  u8(addr: bigint): number;
  u16(addr: bigint): number;
  u32(addr: bigint): number;
  u64(addr: bigint): bigint;
  cstring(addr: bigint): string;
  bytes(addr: bigint, len: number): Uint8Array;
  /** All of it as it stands, from KVBASE on. */
  readonly view: DataView;
}

const typeNames = new WeakMap<Image, TypeNames>();
/** The image's types by name; each is made when it is asked for. */
export function typeNamesOf(image: Image): TypeNames {
  let names = typeNames.get(image);
  if (names === undefined) {
    const ids = image.typeNames;
    names = { get: (name) => (Object.hasOwn(ids, name) ? typesOf(image).get(ids[name]) : undefined) };
    typeNames.set(image, names);
  }
  return names;
}

const lookups = new WeakMap<Image, SymbolLookup>();
/** Kernel data objects and functions, by name. A static one is found when no global one has its name. */
export function symbolLookup(image: Image): SymbolLookup {
  let lookup = lookups.get(image);
  if (lookup === undefined) {
    lookup = symbolsOf(image);
    lookups.set(image, lookup);
  }
  return lookup;
}

function symbolsOf(image: Image): SymbolLookup {
  const table = typesOf(image);
  let objects: Map<string, SymbolInfo> | undefined;
  let functions: Map<string, FunctionInfo> | undefined;
  return (module, name): TypedSymbol | undefined => {
    objects ??= byName(image.symbols);
    const o = objects.get(name);
    if (o !== undefined && (module === undefined || module === 'kernel' || module === moduleOf(o.file)))
      return {
        module: 'kernel',
        name,
        address: KVBASE + BigInt(o.addr),
        size: o.size,
        type: table.get(o.type),
      };
    functions ??= byName(image.functions);
    const f = functions.get(name);
    if (f !== undefined && (module === undefined || module === f.module))
      return {
        module: f.module,
        name,
        address: KTEXT + BigInt(f.addr),
        size: f.size,
        type: table.get(f.type),
      };
    return undefined;
  };
}

/** Of those with one name the first global one, or else the first. */
function byName<T extends { name: string; static: boolean }>(list: readonly T[]): Map<string, T> {
  const map = new Map<string, T>();
  for (const one of list) {
    const old = map.get(one.name);
    if (old === undefined || (old.static && !one.static)) map.set(one.name, one);
  }
  return map;
}

const moduleOf = (file: string): string => (file.startsWith('cddl/dtrace/') ? 'dtrace' : 'kernel');

/** Text addresses to functions. */
export class FunctionTable {
  private readonly image: Image;
  /** By address; sorted when the first is looked for. */
  private functions: FunctionInfo[] | undefined;
  private readonly base: bigint;
  private readonly module: ((f: FunctionInfo) => string) | undefined;

  constructor(image: Image, module?: (f: FunctionInfo) => string) {
    this.image = image;
    this.base = image.kind === 'kernel' ? KTEXT : 0n;
    this.module = module;
  }

  resolve(pc: bigint): ResolvedAddress | undefined {
    const rel = Number(pc - this.base);
    if (!(rel >= 0)) return undefined;
    this.functions ??= [...this.image.functions].sort((a, b) => a.addr - b.addr);
    const { functions } = this;
    let lo = 0;
    let hi = functions.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (functions[mid].addr <= rel) lo = mid + 1;
      else hi = mid;
    }
    const f = functions[lo - 1];
    if (f === undefined || rel >= f.addr + Math.max(f.size, 1)) return undefined;
    return { module: this.module?.(f) ?? f.module, func: f.name, offset: BigInt(rel - f.addr) };
  }
}

/** Resolves kernel addresses; user ones through `user`, which finds the program that a process runs. */
export function symbolResolver(kernel: Image, user?: (pid: number) => Image | undefined): SymbolResolver {
  const table = new FunctionTable(kernel);
  let data: SymbolInfo[] | undefined;
  const users = new Map<Image, FunctionTable>();
  return {
    kernel(pc) {
      const f = table.resolve(pc);
      if (f !== undefined) return f;
      const off = Number(pc - KVBASE);
      data ??= [...kernel.symbols].sort((a, b) => a.addr - b.addr);
      const s = off >= 0 ? data.find((d) => off >= d.addr && off < d.addr + Math.max(d.size, 1)) : undefined;
      return s && { module: 'kernel', func: s.name, offset: BigInt(off - s.addr) };
    },
    user(pid, pc) {
      const image = user?.(pid);
      if (image === undefined) return undefined;
      let t = users.get(image);
      if (t === undefined) {
        t = new FunctionTable(image, (f) => objectOf(image, f));
        users.set(image, t);
      }
      return t.resolve(pc);
    },
  };
}

/** Offsets of members that the host reads, of struct dtrace_probe where nothing else is said. */
interface ProbeLayout {
  /** Of struct dtrace_provider. */
  attr: number;
  defunct: number;
  provider: number;
  module: number;
  func: number;
  name: number;
  argtype: number;
  xtype: number;
  nargs: number;
}

function layout(probe: Type | undefined, providerType: Type | undefined): ProbeLayout {
  const offset = (name: string, record = probe): number => {
    const f = (record as RecordType | undefined)?.fields?.find((x) => x.name === name);
    if (f === undefined) throw new Error(`the kernel image has no member ${name} of a probe`);
    return f.offset;
  };
  return {
    attr: offset('dtpv_attr', providerType),
    defunct: offset('dtpv_defunct', providerType),
    provider: offset('dtpr_provider'),
    module: offset('dtpr_mod'),
    func: offset('dtpr_func'),
    name: offset('dtpr_name'),
    argtype: offset('dtpr_argtype'),
    xtype: offset('dtpr_xtype'),
    nargs: offset('dtpr_nargs'),
  };
}

/** Kernel memory by offset from KVBASE: thousands of probes are read, and addresses as bigints would take most of the time. */
class KernelReader {
  readonly #view: DataView;
  readonly #buffer: Buffer;
  readonly #strings = new Map<number, string>();

  constructor({ view }: GuestMemory) {
    this.#view = view;
    this.#buffer = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** The offset that a pointer leads to; 0 for NULL. */
  pointer(at: number): number {
    const low = this.#view.getUint32(at, true);
    const high = this.#view.getUint32(at + 4, true);
    return low === 0 && high === 0 ? 0 : (high - KVBASE_HIGH) * 2 ** 32 + low - KVBASE_LOW;
  }

  /** What a char * leads to. */
  string(at: number): string {
    const start = this.pointer(at);
    if (start === 0) return '';
    let s = this.#strings.get(start);
    if (s === undefined) {
      s = this.#buffer.toString('utf8', start, this.#buffer.indexOf(0, start));
      this.#strings.set(start, s);
    }
    return s;
  }
}

const KVBASE_HIGH = Number(KVBASE >> 32n);
const KVBASE_LOW = Number(KVBASE & 0xffffffffn);

/** The probes that the guest's providers have made, read from its memory. */
export function readCatalog(memory: GuestMemory, image: Image): ProbeCatalog {
  const symbol = (name: string): number => {
    const s = image.symbols.find((x) => x.name === name);
    if (s === undefined)
      throw new Error(`the kernel image has no symbol ${name}: it was built without DTrace`);
    return s.addr;
  };
  const types = typeNamesOf(image);
  const at = layout(types.get('struct dtrace_probe'), types.get('struct dtrace_provider'));
  const kernel = new KernelReader(memory);
  const probes = kernel.pointer(symbol('dtrace_probes'));
  const n = kernel.u32(symbol('dtrace_nprobes'));
  const providers = new Map<number, Pick<ProbeRow, 'provider' | 'attributes' | 'ended'>>();
  const providerAt = (place: number) => {
    let known = providers.get(place);
    if (known === undefined) {
      const attr = kernel.pointer(place + at.attr);
      known = {
        provider: kernel.string(place),
        ...(attr === 0 ? {} : { attributes: attributesAt(kernel, attr) }),
        ...(kernel.u32(place + at.defunct) === 0 ? {} : { ended: true as const }),
      };
      providers.set(place, known);
    }
    return known;
  };
  let functions: Map<string, FunctionInfo> | undefined;
  const functionOf = ({ module, func }: ProbeRow): FunctionInfo | undefined => {
    functions ??= new Map(image.functions.map((f) => [`${f.module}\`${f.name}`, f]));
    return functions.get(`${module}\`${func}`);
  };
  const rows: ProbeRow[] = [];
  for (let i = 0; i < n; i++) {
    const p = kernel.pointer(probes + i * 8);
    if (p === 0) continue;
    const { provider, attributes, ended } = providerAt(kernel.pointer(p + at.provider));
    const row: ProbeRow = {
      id: kernel.u32(p),
      provider,
      module: kernel.string(p + at.module),
      func: kernel.string(p + at.func),
      name: kernel.string(p + at.name),
      attributes,
      ended,
      argTypes: undefined,
    };
    const nargs = kernel.u32(p + at.nargs) | 0;
    if (nargs < 0) row.argTypes = () => functionArguments(image, functionOf(row), row.name);
    else if (nargs > 0)
      row.argTypes = argumentsAt(kernel, nargs, kernel.pointer(p + at.argtype), kernel.pointer(p + at.xtype));
    rows.push(row);
  }
  return new ProbeCatalog(rows);
}

/** Arrays of n names of types: native ones and what they are translated to. */
const argumentsAt = (kernel: KernelReader, n: number, native: number, translated: number): ProbeArg[] =>
  Array.from({ length: n }, (_, k) => {
    const x = translated === 0 ? '' : kernel.string(translated + k * 8);
    return {
      native: native === 0 ? '' : kernel.string(native + k * 8),
      translated: x === '' ? undefined : x,
    };
  });

/** Five words: of the provider, modules, functions, names, arguments. */
function attributesAt(kernel: KernelReader, at: number): ProviderAttributes {
  const [provider, module, func, name, args] = [0, 4, 8, 12, 16].map((i) =>
    unpackAttribute(kernel.u32(at + i)),
  );
  return { provider, module, func, name, args };
}

/** fbt: the parameters at entry; at return the offset of the return and, unless void, the value. */
export function functionArguments(image: Image, f: FunctionInfo | undefined, name: string): ProbeArg[] {
  if (f === undefined) return [];
  const table = typesOf(image);
  if (name === 'entry') return f.params.map((p) => ({ native: table.get(p.type) }));
  const returns = table.get(f.returns);
  const offset: ProbeArg = { native: INT };
  return kindOf(returns) === 'void' ? [offset] : [offset, { native: returns }];
}

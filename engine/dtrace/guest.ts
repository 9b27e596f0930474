/**
 * What the compiler and the consumer need to know of the guest: its probes, types and symbols, from the kernel's image and memory.
 */
import { TypeTable } from '../cfront/ctf.ts';
import { INT, type RecordType, type Type } from '../cfront/types.ts';
import { KTEXT, KVBASE } from '../image/abi.ts';
import type { FunctionInfo, Image, SymbolInfo } from '../image/image.ts';
import type { SymbolLookup, TypedSymbol } from './context.ts';
import type { ResolvedAddress, SymbolResolver } from './display.ts';
import { kindOf, type TypeNames } from './dtypes.ts';
import { objectOf } from './pid.ts';
import { type ProbeArg, ProbeCatalog, type ProbeRow } from './probe.ts';
import { type ProviderAttributes, unpackAttribute } from './stability.ts';

/** Guest kernel memory, read at kernel addresses. */
export interface GuestMemory {
  u8(addr: bigint): number;
  u16(addr: bigint): number;
  u32(addr: bigint): number;
  u64(addr: bigint): bigint;
  cstring(addr: bigint): string;
  bytes(addr: bigint, len: number): Uint8Array;
}

const tables = new WeakMap<Image, TypeTable>();
/** The image's types, decoded once. */
export function imageTypes(image: Image): TypeTable {
  let t = tables.get(image);
  if (t === undefined) {
    t = TypeTable.decode(image.types);
    tables.set(image, t);
  }
  return t;
}

const typeNames = new WeakMap<Image, TypeNames>();
/** The image's types by name. */
export function typeNamesOf(image: Image): TypeNames {
  const known = typeNames.get(image);
  if (known !== undefined) return known;
  const table = imageTypes(image);
  const names = new Map<string, Type>();
  for (const [name, id] of Object.entries(image.typeNames)) names.set(name, table.get(id));
  typeNames.set(image, names);
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
  const table = imageTypes(image);
  const objects = new Map<string, SymbolInfo>();
  for (const s of image.symbols) {
    const old = objects.get(s.name);
    if (old === undefined || (old.static && !s.static)) objects.set(s.name, s);
  }
  const functions = new Map<string, FunctionInfo>();
  for (const f of image.functions) {
    const old = functions.get(f.name);
    if (old === undefined || (old.static && !f.static)) functions.set(f.name, f);
  }
  return (module, name): TypedSymbol | undefined => {
    const o = objects.get(name);
    if (o !== undefined && (module === undefined || module === 'kernel' || module === moduleOf(o.file)))
      return {
        module: 'kernel',
        name,
        address: KVBASE + BigInt(o.addr),
        size: o.size,
        type: table.get(o.type),
      };
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

const moduleOf = (file: string): string => (file.startsWith('cddl/dtrace/') ? 'dtrace' : 'kernel');

/** Text addresses to functions. */
export class FunctionTable {
  private readonly functions: FunctionInfo[];
  private readonly base: bigint;
  private readonly module: ((f: FunctionInfo) => string) | undefined;

  constructor(image: Image, module?: (f: FunctionInfo) => string) {
    this.functions = [...image.functions].sort((a, b) => a.addr - b.addr);
    this.base = image.kind === 'kernel' ? KTEXT : 0n;
    this.module = module;
  }

  resolve(pc: bigint): ResolvedAddress | undefined {
    const rel = Number(pc - this.base);
    if (!(rel >= 0)) return undefined;
    let lo = 0;
    let hi = this.functions.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.functions[mid].addr <= rel) lo = mid + 1;
      else hi = mid;
    }
    const f = this.functions[lo - 1];
    if (f === undefined || rel >= f.addr + Math.max(f.size, 1)) return undefined;
    return { module: this.module?.(f) ?? f.module, func: f.name, offset: BigInt(rel - f.addr) };
  }
}

/** Resolves kernel addresses; user ones through `user`, which finds the program that a process runs. */
export function symbolResolver(kernel: Image, user?: (pid: number) => Image | undefined): SymbolResolver {
  const table = new FunctionTable(kernel);
  const data = [...kernel.symbols].sort((a, b) => a.addr - b.addr);
  const users = new Map<Image, FunctionTable>();
  return {
    kernel(pc) {
      const f = table.resolve(pc);
      if (f !== undefined) return f;
      const off = Number(pc - KVBASE);
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

/** Offsets of struct dtrace_probe's members that the host reads. */
interface ProbeLayout {
  /** Of struct dtrace_provider. */
  attr: bigint;
  defunct: bigint;
  provider: bigint;
  module: bigint;
  func: bigint;
  name: bigint;
  argtype: bigint;
  xtype: bigint;
  nargs: bigint;
}

function layout(probe: Type | undefined, providerType: Type | undefined): ProbeLayout {
  const offset = (name: string, record = probe): bigint => {
    const f = (record as RecordType | undefined)?.fields?.find((x) => x.name === name);
    if (f === undefined) throw new Error(`the kernel image has no member ${name} of a probe`);
    return BigInt(f.offset);
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

/** The probes that the guest's providers have made, read from its memory. */
export function readCatalog(memory: GuestMemory, image: Image): ProbeCatalog {
  const symbol = (name: string): bigint => {
    const s = image.symbols.find((x) => x.name === name);
    if (s === undefined)
      throw new Error(`the kernel image has no symbol ${name}: it was built without DTrace`);
    return KVBASE + BigInt(s.addr);
  };
  const table = imageTypes(image);
  const type = (name: string): Type | undefined => {
    const id = image.typeNames[name];
    return id === undefined ? undefined : table.get(id);
  };
  const at = layout(type('struct dtrace_probe'), type('struct dtrace_provider'));
  const probes = memory.u64(symbol('dtrace_probes'));
  const n = memory.u32(symbol('dtrace_nprobes'));
  const strings = new Map<bigint, string>();
  const string = (addr: bigint): string => {
    if (addr === 0n) return '';
    let s = strings.get(addr);
    if (s === undefined) {
      s = memory.cstring(addr);
      strings.set(addr, s);
    }
    return s;
  };
  const providers = new Map<bigint, { name: string } & Pick<ProbeRow, 'attributes' | 'ended'>>();
  const providerAt = (addr: bigint) => {
    let known = providers.get(addr);
    if (known === undefined) {
      const attr = memory.u64(addr + at.attr);
      known = {
        name: string(memory.u64(addr)),
        ...(attr === 0n ? {} : { attributes: attributesAt(memory, attr) }),
        ...(memory.u32(addr + at.defunct) === 0 ? {} : { ended: true as const }),
      };
      providers.set(addr, known);
    }
    return known;
  };
  const functions = new Map<string, FunctionInfo>();
  for (const f of image.functions) functions.set(`${f.module}\`${f.name}`, f);
  const rows: ProbeRow[] = [];
  for (let i = 0; i < n; i++) {
    const p = memory.u64(probes + BigInt(i) * 8n);
    if (p === 0n) continue;
    const { name: provider, ...declared } = providerAt(memory.u64(p + at.provider));
    const row: ProbeRow = {
      id: memory.u32(p),
      provider,
      module: string(memory.u64(p + at.module)),
      func: string(memory.u64(p + at.func)),
      name: string(memory.u64(p + at.name)),
      ...declared,
    };
    const nargs = memory.u32(p + at.nargs) | 0;
    if (nargs < 0)
      row.argTypes = () => functionArguments(image, functions.get(`${row.module}\`${row.func}`), row.name);
    else if (nargs > 0) {
      const native = memory.u64(p + at.argtype);
      const translated = memory.u64(p + at.xtype);
      row.argTypes = Array.from({ length: nargs }, (_, k): ProbeArg => {
        const at8 = BigInt(k) * 8n;
        const x = translated === 0n ? '' : string(memory.u64(translated + at8));
        return {
          native: native === 0n ? '' : string(memory.u64(native + at8)),
          translated: x === '' ? undefined : x,
        };
      });
    }
    rows.push(row);
  }
  return new ProbeCatalog(rows);
}

/** Five words: of the provider, modules, functions, names, arguments. */
function attributesAt(memory: GuestMemory, at: bigint): ProviderAttributes {
  const [provider, module, func, name, args] = [0n, 4n, 8n, 12n, 16n].map((i) =>
    unpackAttribute(memory.u32(at + i)),
  );
  return { provider, module, func, name, args };
}

/** fbt: the parameters at entry; at return the offset of the return and, unless void, the value. */
export function functionArguments(image: Image, f: FunctionInfo | undefined, name: string): ProbeArg[] {
  if (f === undefined) return [];
  const table = imageTypes(image);
  if (name === 'entry') return f.params.map((p) => ({ native: table.get(p.type) }));
  const returns = table.get(f.returns);
  const offset: ProbeArg = { native: INT };
  return kindOf(returns) === 'void' ? [offset] : [offset, { native: returns }];
}

/**
 * From source files to an image: parse, lower, link, emit.
 */
import { readFileSync } from 'node:fs';
import type { Unit } from '../cfront/ast.ts';
import { TypeTable } from '../cfront/ctf.ts';
import { CompileError, type Problem } from '../cfront/diagnostics.ts';
import { KDATA_OFFSET, KTEXT, UDATA, UTEXT } from '../image/abi.ts';
import { type FunctionInfo, IMAGE_FORMAT, type Image, type SymbolInfo } from '../image/image.ts';
import type { Profile } from '../image/profile.ts';
import { type ProviderDeclaration, writeProviders } from '../image/provider.ts';
import { type Func, I32, I64, Module } from '../wasm/index.ts';
import { Charger } from './charge.ts';
import { type Contents, contentsOf, type DataLayout, type LiveObject, layoutData } from './data.ts';
import { type EmitContext, Emitter } from './emit.ts';
import { type Fn, type FnIr, shownVariables } from './ir.ts';
import { type DataObject, Linker, setBound } from './link.ts';
import { assignSlots } from './live.ts';
import { Lower } from './lower.ts';
import { parseUnit } from './parse.ts';
import { Prelude } from './prelude.ts';
import { Regions } from './regions.ts';
import { markResumable, numberEntries, split, stackPrologue, tidy } from './split.ts';
import { fillTable, type KernelFunction, SPECIAL_NAMES, sizeTable } from './tables.ts';
import { collectSites, DOF_SYMBOL, sitesIn } from './usdt.ts';
import { addUserSites, type UserSites } from './usersites.ts';

export interface CompileOptions {
  name: string;
  kind: 'kernel' | 'user';
  /**
   * `path` is read; `name` is what messages and tables show. Order is link order. A library's files keep to their own definitions,
   * and the others may define the same names again; they see neither `defines` nor `ownIncludeDirs`, and are parsed once for
   * all images of this process.
   */
  files: { path: string; name: string; library?: boolean }[];
  /** Real paths. */
  includeDirs: string[];
  /** Searched before includeDirs. */
  ownIncludeDirs?: string[];
  defines: Record<string, string>;
  profile: Profile;
  /** Prefix of real paths that names of headers are shown without. */
  sourceRoot: string;
  /** Reads a source file; undefined if there is none. */
  readFile?(path: string): string | undefined;
  onWarning?(warning: Problem): void;
  /** Code that can be stopped at every line (docs/live.md); otherwise the same. */
  marks?: boolean;
  /** Stored in the image. */
  key?: string;
  /** A user program with the pid provider's sites. */
  pidSites?: boolean;
  /** Providers of the program's own probes, each with the file that declares it. */
  providers?: readonly (ProviderDeclaration & { file: string })[];
}

/** Throws CompileError with all that is wrong. */
export const compileImage = (options: CompileOptions): Image =>
  compileImages(options, [options.marks === true])[0];

/** The same program without and with marks, as asked for: they differ in the last step alone. Throws CompileError. */
export const compileImages = (options: CompileOptions, marks: readonly boolean[]): Image[] =>
  withUnits(options, (units, sources, readFile, showPath) =>
    new Build(options, units, readFile, showPath).images(sources, marks),
  );

/**
 * Looks some of a program's files through for the sites of its providers, without linking them. Throws CompileError with what does not fit.
 */
export const checkProbeSites = (options: CompileOptions): void =>
  withUnits(options, (units, _, readFile) => {
    const { providers = [], profile } = options;
    const linker = new Linker(units, false, profile, readFile, SPECIAL_NAMES, new Set(), providers);
    linker.partial = true;
    const found = units.flatMap((unit, i) =>
      unit.functions
        .filter((decl) => decl.body !== undefined)
        .flatMap((decl) => sitesIn(new Lower(linker, linker.resolveFn(i, decl, decl.loc)).lowerFunction())),
    );
    linker.finish();
    refuseIdle(providers, found);
  });

/** Parses the files and does something with them. Throws CompileError that names files as they are shown. */
function withUnits<T>(
  options: CompileOptions,
  use: (
    units: Unit[],
    sources: Map<string, string>,
    readFile: (path: string) => string | undefined,
    showPath: (path: string) => string,
  ) => T,
): T {
  const sources = new Map<string, string>();
  const read = options.readFile ?? readText;
  const readFile = (path: string): string | undefined => {
    const known = sources.get(path);
    if (known !== undefined) return known;
    const text = read(path);
    if (text !== undefined) sources.set(path, text);
    return text;
  };
  const shown = new Map(options.files.map((f) => [f.path, f.name]));
  const root = options.sourceRoot.replace(/\/*$/, '/');
  const showPath = (path: string) =>
    shown.get(path) ?? (path.startsWith(root) ? path.slice(root.length) : path);
  try {
    return use(parseAll(options, readFile, showPath), sources, readFile, showPath);
  } catch (error) {
    if (error instanceof CompileError)
      throw new CompileError(error.problems.map((p) => ({ ...p, file: showPath(p.file) })));
    throw error;
  }
}

/** A provider without a site in the program is an object that belongs to another one. */
function refuseIdle(
  providers: NonNullable<CompileOptions['providers']>,
  sites: readonly { provider: string }[],
): void {
  const idle = providers.filter((p) => !sites.some((s) => s.provider === p.name));
  if (idle.length === 0) return;
  throw new CompileError(
    idle.map(({ file, name }) => ({
      file,
      line: 1,
      col: 1,
      message: `no probe sites found for declared provider '${name}'`,
      sourceLine: '',
    })),
  );
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Units that several programs have in common (the C library), with the texts they were parsed from. */
const knownUnits = new Map<string, { unit: Unit; texts: (string | undefined)[] }>();

/** Parses a file, or takes what an earlier compilation made of it if all of its files still read the same. */
function parseOnce(key: string, readFile: (path: string) => string | undefined, parse: () => Unit): Unit {
  const known = knownUnits.get(key);
  if (known?.unit.files.every((f, i) => readFile(f) === known.texts[i])) return known.unit;
  const unit = parse();
  knownUnits.set(key, { unit, texts: unit.files.map(readFile) });
  return unit;
}

/** Every unit, so that one run shows the mistakes of all files. */
function parseAll(
  options: CompileOptions,
  readFile: (path: string) => string | undefined,
  showPath: (path: string) => string,
): Unit[] {
  const { onWarning } = options;
  const units: Unit[] = [];
  const problems: Problem[] = [];
  for (const { path, library } of options.files) {
    const includeDirs = library
      ? options.includeDirs
      : [...(options.ownIncludeDirs ?? []), ...options.includeDirs];
    const defines = library ? {} : options.defines;
    try {
      const kernel = options.kind === 'kernel';
      const parse = () =>
        parseUnit({
          path,
          readFile,
          showPath,
          includeDirs,
          defines,
          kernel,
          ...(onWarning ? { onWarning } : {}),
        });
      const key = JSON.stringify([path, showPath(path), includeDirs]);
      units.push(library ? parseOnce(key, readFile, parse) : parse());
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new CompileError(problems);
  return units;
}

class Build {
  private readonly options: CompileOptions;
  private readonly kernel: boolean;
  private readonly linker: Linker;
  private readonly showPath: (path: string) => string;
  private readonly objects = new Map<DataObject, Contents | undefined>();
  private functions: Fn[] = [];
  private readonly modules = new Map<number, string>();
  private readonly sites = new Map<Fn, UserSites>();

  constructor(
    options: CompileOptions,
    units: Unit[],
    readFile: (path: string) => string | undefined,
    showPath: (path: string) => string,
  ) {
    this.options = options;
    this.kernel = options.kind === 'kernel';
    this.showPath = showPath;
    units.forEach((unit, i) => {
      const dtrace = this.kernel && /^cddl\/dtrace\//.test(showPath(unit.files[0]));
      this.modules.set(i, this.kernel ? (dtrace ? 'dtrace' : 'kernel') : options.name);
      // Probe code must not be probed.
      if (dtrace) for (const f of unit.functions) f.notrace = true;
    });
    const library = new Set(options.files.flatMap((file, i) => (file.library ? [i] : [])));
    this.linker = new Linker(
      units,
      this.kernel,
      options.profile,
      readFile,
      SPECIAL_NAMES,
      library,
      options.providers,
    );
  }

  images(sources: Map<string, string>, marks: readonly boolean[]): Image[] {
    this.lower();
    const { linker, kernel } = this;
    // Without resume points and addresses of their own yet: blocks, slots, costs.
    const regions = this.functions.map((fn) => this.finishFunction(fn.ir as FnIr, fn));
    let at = 0;
    for (const fn of this.functions) {
      fn.addr = at;
      at = (at + (fn.ir as FnIr).textSize + 15) & -16;
    }
    const textSize = Math.max(at, 16);
    const table: KernelFunction[] = this.functions.map((fn) => ({
      fn,
      module: this.modules.get(fn.unit) as string,
    }));
    for (const object of [...this.objects.keys()])
      if (object.name === DOF_SYMBOL && object.special) this.objects.set(object, this.probes(object));
      else if (object.special) this.objects.set(object, sizeTable(linker, object, table));
    for (const string of linker.strings.values())
      if (!this.objects.has(string)) this.objects.set(string, contentsOf(linker, string));
    const live: LiveObject[] = [...this.objects].map(([object, contents]) => ({ object, contents }));
    const setNames = [...linker.specials.keys()].map((n) => setBound(n)?.set).filter((n) => n !== undefined);
    const { layout, write } = layoutData(linker, live, kernel ? KDATA_OFFSET : UDATA, setNames);
    for (const s of linker.specials.values()) {
      const bound = setBound(s.name);
      if (bound !== undefined) s.addr = layout.sets[bound.set][bound.start ? 'start' : 'stop'];
      else if (s.name === '_end' || s.name === 'end') s.addr = layout.end;
    }
    for (const { object, contents } of live)
      if (object.special && contents !== undefined) fillTable(object, contents, table);
    const textBase = kernel ? KTEXT : BigInt(UTEXT);
    write(textBase);

    const fbtEnable = linker.specials.get('__fbt_enable')?.addr ?? 0;
    return marks.map((marked) => {
      const wasm = this.emit(regions, { textSize, textBase, fbtEnable, marked });
      return this.image(sources, wasm, layout, { textSize, fbtEnable, marked });
    });
  }

  /** The program's own probes, for its kernel. */
  private probes(object: DataObject): Contents {
    const providers = this.options.providers ?? [];
    const sites = collectSites(this.functions, UTEXT);
    refuseIdle(providers, sites);
    const bytes = writeProviders(providers, sites);
    object.size = bytes.length;
    object.align = 8;
    return { bytes, relocs: [] };
  }

  private image(
    sources: Map<string, string>,
    wasm: Uint8Array,
    layout: DataLayout,
    { textSize, fbtEnable, marked }: { textSize: number; fbtEnable: number; marked: boolean },
  ): Image {
    const { options, linker, kernel } = this;
    const types = new TypeTable();
    const base = kernel ? 0 : UTEXT;
    const exports: Record<string, number> = {};
    for (const fn of this.functions) if (!fn.static) exports[fn.name] = fn.index;
    const functions = this.functions.map((fn) => this.functionInfo(fn, types, base, marked));
    const symbols = this.symbols(types);
    for (const unit of linker.units) for (const type of unit.types.values()) types.add(type);
    const shownSources: Record<string, string> = {};
    // Who has an image with marks has the other one, too.
    for (const path of marked ? [] : [...sources.keys()].sort())
      shownSources[this.showPath(path)] = sources.get(path) as string;
    return {
      format: IMAGE_FORMAT,
      name: options.name,
      kind: options.kind,
      key: options.key ?? '',
      ...(options.pidSites === true ? { pidSites: true } : {}),
      ...(options.providers !== undefined ? { providers: options.providers.map((p) => p.name) } : {}),
      wasm,
      textBase: base,
      textSize,
      functions,
      exports,
      data: layout.bytes.length > 0 ? [{ addr: layout.start, bytes: layout.bytes }] : [],
      dataStart: layout.start,
      dataEnd: layout.end,
      fbtEnable,
      symbols,
      types: types.encode(),
      typeNames: Object.fromEntries([...types.byName]),
      sets: layout.sets,
      sources: shownSources,
    };
  }

  /** Lowers everything that can be reached from what must be there. */
  private lower(): void {
    const { linker, kernel } = this;
    const fnWork: Fn[] = [];
    const objectWork: DataObject[] = [];
    const seen = new Set<Fn>();
    const addFn = (fn: Fn) => {
      if (seen.has(fn) || fn.decl.body === undefined) return;
      seen.add(fn);
      fnWork.push(fn);
    };
    const addObject = (object: DataObject) => {
      if (this.objects.has(object)) return;
      this.objects.set(object, undefined);
      objectWork.push(object);
    };
    if (kernel) {
      for (const fn of linker.globalFns()) addFn(fn);
      for (const object of linker.objects()) if (!object.static) addObject(object);
      // The compiler itself refers to it.
      addObject(linker.resolveVar(0, specialDecl('__fbt_enable')));
    } else {
      const start = linker.globalFn('_start') ?? linker.globalFn('main');
      if (start !== undefined) addFn(start);
      else linker.error(0, { file: 0, line: 1, col: 1 }, "no '_start': the program has no entry");
    }
    for (const object of linker.objects()) if (object.section !== '') addObject(object);
    while (fnWork.length > 0 || objectWork.length > 0) {
      const fn = fnWork.pop();
      if (fn !== undefined) {
        const ir = this.lowerOne(fn);
        fn.ir = ir;
        ir.fns.forEach(addFn);
        for (const s of ir.syms) addObject(s as DataObject);
        continue;
      }
      const object = objectWork.pop() as DataObject;
      const contents = contentsOf(linker, object);
      this.objects.set(object, contents);
      for (const r of contents?.relocs ?? []) {
        if ('index' in r.to) addFn(r.to);
        else addObject(r.to);
      }
    }
    linker.finish();
    const order = new Map<unknown, number>();
    linker.units.forEach((unit) => {
      for (const f of unit.functions) order.set(f, order.size);
    });
    this.functions = [...seen].sort((a, b) => (order.get(a.decl) as number) - (order.get(b.decl) as number));
    this.functions.forEach((fn, index) => {
      fn.index = index;
    });
  }

  private lowerOne(fn: Fn): FnIr {
    try {
      const ir = new Lower(this.linker, fn).lowerFunction();
      tidy(ir);
      return ir;
    } catch (error) {
      // The passes follow the syntax tree; an expression of thousands of operators is deeper than the host's stack.
      if (error instanceof RangeError)
        return this.linker.limit('an expression or statement is nested too deeply: split it', fn);
      throw error;
    }
  }

  private finishFunction(ir: FnIr, fn: Fn): Regions {
    if (!this.kernel && ir.mems.length > 0) {
      const usp = {
        id: ir.locals.length,
        t: I64,
        name: '*usp',
        slot: -1,
        home: -1,
        brief: false,
        wasm: -1,
      } as const;
      const local = { ...usp };
      ir.locals.push(local);
      stackPrologue(ir, local);
    }
    split(ir, this.kernel);
    if (this.options.pidSites === true) this.sites.set(fn, addUserSites(ir));
    markResumable(ir);
    const regions = new Regions(ir.blocks);
    numberEntries(ir);
    regions.plan();
    assignSlots(ir, this.kernel);
    new Charger(this.options.profile).layout(ir);
    fn.addr = 0;
    return regions;
  }

  private emit(
    regions: Regions[],
    {
      textSize,
      textBase,
      fbtEnable,
      marked,
    }: { textSize: number; textBase: bigint; fbtEnable: number; marked: boolean },
  ): Uint8Array {
    const { options, kernel } = this;
    const m = new Module();
    const prelude = new Prelude(m, kernel, options.profile, textSize >> 4, marked);
    const funcs = this.functions.map((fn) => m.func(fn.name, [I32, I32], [I32, I64]));
    const wasmOf = (fn: Fn): Func => {
      const func = funcs[fn.index];
      if (func === undefined) throw new Error(`guestc: no code for ${fn.name}`);
      return func;
    };
    const invop = this.linker.fbtInvop;
    prelude.fill({
      kernel,
      profile: options.profile,
      textBase,
      textSize,
      functions: this.functions.map((fn) => ({ addr: fn.addr, func: wasmOf(fn) })),
      fbtEnable,
      ...(invop !== undefined ? { fbtInvop: wasmOf(invop) } : {}),
    });
    const cx: EmitContext = { kernel, prelude, textBase, wasmOf, fbtEnable };
    this.functions.forEach((fn, i) => {
      new Emitter(cx, fn.ir as FnIr, regions[i], funcs[i].body).emit();
    });
    return m.encode(true);
  }

  private functionInfo(fn: Fn, types: TypeTable, base: number, marked: boolean): FunctionInfo {
    const ir = fn.ir as FnIr;
    const { decl } = fn;
    const at = base + fn.addr;
    const unit = this.linker.units[fn.unit];
    return {
      name: fn.name,
      file: this.showPath(unit.files[decl.loc.file] ?? unit.files[0]),
      line: decl.loc.line,
      module: this.modules.get(fn.unit) as string,
      static: fn.static,
      addr: at,
      size: ir.textSize,
      frameSize: ir.frameSize,
      notrace: !this.kernel || decl.notrace,
      type: types.add(decl.type),
      params: (decl.params ?? []).map((p) => ({ name: p.name, type: types.add(p.type) })),
      returns: types.add(decl.type.returns),
      returnSites: ir.returnSites.map((s) => at + s),
      ...(this.sites.has(fn)
        ? {
            sites:
              this.sites
                .get(fn)
                ?.blocks.filter((b) => b.at > 0 && b.at < b.end)
                .map((b) => at + b.at) ?? [],
          }
        : {}),
      blocks: ir.blocks.filter((b) => b.entry >= 0).flatMap((b) => [at + b.at, b.line]),
      lines: ir.lines.map((v, i) => (i % 2 === 0 ? at + v : v)),
      locals: shownVariables(ir).map((v, i) => ({
        name: v.decl.name,
        type: types.add(v.decl.type),
        slot: v.local !== undefined ? v.local.slot : this.kernel && v.mem !== undefined ? v.mem.offset : -1,
        ...(!this.kernel && v.mem !== undefined ? { stack: v.mem.offset } : {}),
        ...(marked && v.local !== undefined && v.local.slot < 0 && v.local.wasm >= 0 ? { saved: i } : {}),
      })),
    };
  }

  private symbols(types: TypeTable): SymbolInfo[] {
    const out: SymbolInfo[] = [];
    for (const object of this.objects.keys()) {
      if (object.decl === undefined || object.type === undefined || object.name.startsWith('.')) continue;
      const unit = this.linker.units[object.unit];
      out.push({
        name: object.name,
        addr: object.addr,
        size: object.size,
        static: object.static,
        file: this.showPath(unit.files[object.decl.loc.file] ?? unit.files[0]),
        type: types.add(object.type),
      });
    }
    return out.sort((a, b) => a.addr - b.addr || (a.name < b.name ? -1 : 1));
  }
}

/** A declaration, to look up a symbol of the linker's own. */
function specialDecl(name: string) {
  return {
    kind: 'var',
    name,
    linkName: name,
    type: { kind: 'void', size: 0, align: 1, quals: 0 },
    loc: { file: 0, line: 1, col: 1 },
    storage: 'extern',
    section: '',
    aligned: 0,
    addressTaken: true,
  } as const;
}

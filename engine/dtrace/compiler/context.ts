/**
 * The compiler's state: what lasts for all programs of one dtrace(1) command, and what belongs to the compilation under way.
 *
 * Lasting: types, global and thread-local variables, aggregations, translators, options. Of the compilation: clause-local variables,
 * the place in the source, the declaration being parsed, the probe that a clause is being cooked for.
 */
import type { Type } from '../../cfront/types.ts';
import { TypeWorld } from '../dtypes.ts';
import { CompileError, type ErrorTag } from '../errors.ts';
import type { PidProbes } from '../guest/pid.ts';
import { OPT, type Options } from '../options.ts';
import type { ProbeCatalog, ProbeDesc, ProbeRow, ProbeSpec } from '../probe.ts';
import { ATTR_DEFAULT, type Attribute, type ProviderAttributes, UNKNOWN_PROVIDER } from '../stability.ts';
import { builtinGlobals, type Ident, IdTable, type SymbolRef } from './ident.ts';
import { Node, type NodeKind } from './node.ts';
import type { DeclaredProviders } from './provider.ts';
import { DeclScope } from './syntax/decl.ts';
import type { Translator } from './xlator.ts';

/** A guest symbol with its type. `type` undefined: no type is known. */
export interface TypedSymbol extends SymbolRef {
  type: Type | undefined;
}
/** The guest's symbols for backquote references; module undefined: any kernel module. */
export type SymbolLookup = (module: string | undefined, name: string) => TypedSymbol | undefined;

/** A probe as args[] of a clause sees it. */
export interface ProbeInfo {
  row: ProbeRow;
  /** Native and translated types; undefined where the guest has no such type. */
  native: (Type | undefined)[];
  translated: (Type | undefined)[];
  mapping: number[];
}

/** A pragma that waits for its identifier. */
export interface PendingPragma {
  kind: 'attributes' | 'binding';
  attr: Attribute;
  vers: number;
  line: number;
}

export interface ContextInputs {
  catalog: ProbeCatalog;
  options: Options;
  symbols: SymbolLookup;
  /** Values of $pid, $target, ...: name without the dollar. */
  macros: ReadonlyMap<string, bigint>;
  /** Finds probes in processes. */
  pid?: PidProbes | undefined;
}

export class Context {
  readonly catalog: ProbeCatalog;
  readonly pid: PidProbes | undefined;
  readonly options: Options;
  readonly symbols: SymbolLookup;
  readonly macros: ReadonlyMap<string, bigint>;
  readonly types: TypeWorld;
  globals: IdTable;
  readonly tls = new IdTable('thread local', 0x500, 0xffff);
  readonly aggs = new IdTable('aggregation', 1, 0xffff);
  readonly xlators: Translator[] = [];
  /** Name spaces that lie in front of the globals: translator inputs, inline parameters. */
  readonly scopes: IdTable[] = [];
  /** Number of the compilation; built-ins have 0. */
  gen = 0;
  /** Library files that were loaded, by file name. */
  readonly libraries = new Set<string>();
  loadingLibrary = false;
  /** Interfaces that provider declarations stated. */
  readonly declaredProviders: DeclaredProviders = new Map();
  /** What pragmas say of providers' attributes. */
  readonly providerAttributes = new Map<string, ProviderAttributes>();
  /** A clause with `if` was seen: the command has its clause for errors (sugar.ts). */
  hasIf = false;
  /** Last generation that was a library. */
  libraryGen = 0;

  // the compilation under way
  locals = new IdTable('clause local', 0x500, 0xffff);
  /** Names that look like types but turned out to be variables. */
  readonly ambiguous = new Set<string>();
  line = 1;
  fromFile = false;
  file: string | undefined = undefined;
  region: string | undefined = undefined;
  includeDepth = 0;
  spec: ProbeSpec = 'name';
  macroArgs: readonly string[] = [];
  readonly macroArgsUsed = new Set<number>();
  decl = new DeclScope();
  readonly pragmas = new Map<string, PendingPragma[]>();
  pdesc: ProbeDesc | undefined = undefined;
  /** Finds what `probe` is, if anybody asks. */
  probeFinder: (() => ProbeInfo | undefined) | undefined = undefined;
  attributes: ProviderAttributes = UNKNOWN_PROVIDER;
  /** Attributes of the probe as a whole. */
  probeAttr: Attribute = UNKNOWN_PROVIDER.provider;
  /** Information on descriptions already looked up. */
  readonly probeInfoCache = new Map<string, ProbeInfo | 'none' | 'unstable'>();

  constructor(inputs: ContextInputs) {
    this.catalog = inputs.catalog;
    this.pid = inputs.pid;
    this.options = inputs.options;
    this.symbols = inputs.symbols;
    this.macros = inputs.macros;
    this.types = new TypeWorld(inputs.options.number('strsize', 256));
    this.globals = builtinGlobals(this.options.vmax);
  }

  /** Begin a compilation. */
  begin(opts: {
    fromFile: boolean;
    file?: string | undefined;
    spec?: ProbeSpec;
    macroArgs?: readonly string[];
  }): void {
    this.gen++;
    this.locals = new IdTable('clause local', 0x500, 0xffff);
    this.ambiguous.clear();
    this.line = 1;
    this.fromFile = opts.fromFile;
    this.file = opts.file;
    this.region = undefined;
    this.includeDepth = 0;
    this.spec = opts.spec ?? 'name';
    this.macroArgs = opts.macroArgs ?? [];
    this.macroArgsUsed.clear();
    this.decl = new DeclScope();
    this.pragmas.clear();
    this.scopes.length = 0;
    this.endProbe();
  }

  endProbe(): void {
    this.pdesc = undefined;
    this.probeFinder = undefined;
    this.attributes = UNKNOWN_PROVIDER;
    this.probeAttr = UNKNOWN_PROVIDER.provider;
  }

  /** The probe of the clause, or one that stands for all of them; undefined if they differ in their arguments. */
  get probe(): ProbeInfo | undefined {
    return this.probeFinder?.();
  }

  /** A global name, seen through the scopes in front of it. */
  lookupGlobal(name: string): Ident | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const id = this.scopes[i].lookup(name);
      if (id !== undefined) return id;
    }
    return this.globals.lookup(name);
  }

  /** A new global: pragmas that waited for it are applied. */
  insert(table: IdTable, id: Ident): Ident {
    id.line = this.line;
    table.insert(id);
    if (table === this.globals) this.applyPragmas(id, id.name);
    return id;
  }

  applyPragmas(id: Ident, name: string): void {
    for (const p of this.pragmas.get(name) ?? []) {
      if (p.kind === 'attributes') id.attr = p.attr;
      else id.vers = p.vers;
    }
    this.pragmas.delete(name);
  }

  /** Made by this compilation and neither read, written nor declared yet. */
  isVirgin(id: Ident): boolean {
    return id.gen === this.gen && (id.flags & (16 | 32 | 1024)) === 0;
  }

  node(kind: NodeKind, op: string): Node {
    return new Node(kind, op, this.line, ATTR_DEFAULT);
  }

  makeError(tag: ErrorTag, text: string, at?: Node): CompileError {
    const line = at !== undefined ? at.line : this.line;
    return new CompileError(tag, text, {
      line: this.fromFile ? line : 0,
      sourceLine: line,
      file: this.file,
      region: this.region,
    });
  }

  fail(tag: ErrorTag, text: string, at?: Node): never {
    throw this.makeError(tag, text, at);
  }

  /** A type by its spelling, as built-in prototypes give it. */
  builtinType(spelling: string): Type | undefined {
    return this.types.lookup(spelling);
  }

  /** Called after an option changed from inside a program. */
  optionChanged(name: string): void {
    if (name === 'strsize') this.types.setStringSize(Number(this.options.byId(OPT.strsize)));
    else if (name === 'version') {
      for (const id of [...this.globals.values()])
        if (id.vers !== 0 && id.vers > this.options.vmax) this.globals.delete(id);
    }
  }
}

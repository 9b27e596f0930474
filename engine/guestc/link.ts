/**
 * The linker's first half: which definition a name means.
 *
 * Functions and objects with external linkage are one name space over all units; static ones belong to their unit. Several
 * tentative definitions of an object are one object, as `common` symbols are. Beside what the sources define there are the
 * bounds of linker sets, `_end`, and tables that the linker makes itself (tables.ts).
 */
import type { FunctionDecl, Loc, Unit, VarDecl } from '../cfront/ast.ts';
import { CompileError, type Problem, sourceLine } from '../cfront/diagnostics.ts';
import { strip, type Type } from '../cfront/types.ts';
import type { Profile } from '../image/profile.ts';
import type { ProviderDeclaration } from '../image/provider.ts';
import type { DataSym, Fn, ProbeSite } from './ir.ts';
import { MISSING_PROVIDER, mismatch, siteOf } from './usdt.ts';

/** A data symbol and where it comes from. */
export interface DataObject extends DataSym {
  decl?: VarDecl;
  unit: number;
  static: boolean;
  type?: Type;
  /** Contents that are no initializer: string literals, tables of the linker. */
  bytes?: Uint8Array;
  /** Linker set, or ''. */
  section: string;
  /** Place in link order: unit, then order in the unit. */
  order: number;
  /** Made by the linker after the layout. */
  special: boolean;
}

export interface SourceFile {
  /** As the preprocessor knows it. */
  path: string;
  /** As messages and tables show it. */
  name: string;
}

const SETS = /^__(start|stop)_set_(\w+)$/;
/** Bytes in the order of C's string constants, as a key. */
const latin1 = new TextDecoder('latin1');

export class Linker {
  readonly kernel: boolean;
  readonly profile: Profile;
  readonly units: Unit[];
  /** Global functions, then by unit the static ones. */
  private readonly fns = new Map<string, Fn>();
  private readonly unitFns: Map<string, Fn>[] = [];
  private readonly vars = new Map<string, DataObject>();
  /** The library's globals: it keeps to its own, a program's of the same name go before them for the program. */
  private readonly libraryFns = new Map<string, Fn>();
  private readonly libraryVars = new Map<string, DataObject>();
  private readonly library: ReadonlySet<number>;
  private readonly unitVars: Map<string, DataObject>[] = [];
  readonly strings = new Map<string, DataObject>();
  /** Symbols that the linker defines, as far as they are referred to. */
  readonly specials = new Map<string, DataObject>();
  readonly dtraceProbe: Fn | undefined;
  readonly fbtInvop: Fn | undefined;
  private readonly problems: Problem[] = [];
  private readonly textOf: (path: string) => string | undefined;
  private readonly specialSizes: ReadonlyMap<string, number>;
  private readonly providers: readonly ProviderDeclaration[];
  /** Not all of the program's files are there: what they do not define may be in others. */
  partial = false;

  constructor(
    units: Unit[],
    kernel: boolean,
    profile: Profile,
    textOf: (path: string) => string | undefined,
    specialNames: ReadonlyMap<string, number>,
    library: ReadonlySet<number> = new Set(),
    providers: readonly ProviderDeclaration[] = [],
  ) {
    this.providers = providers;
    this.units = units;
    this.library = library;
    this.kernel = kernel;
    this.profile = profile;
    this.textOf = textOf;
    this.specialSizes = specialNames;
    units.forEach((unit, i) => {
      this.define(unit, i);
    });
    this.finish();
    this.dtraceProbe = kernel ? this.fns.get('dtrace_probe') : undefined;
    this.fbtInvop = kernel ? this.fns.get('fbt_invop') : undefined;
  }

  // Errors

  private problem(unit: number, loc: Loc, message: string, hint?: string): void {
    const file = this.units[unit].files[loc.file] ?? this.units[unit].files[0];
    const text = this.textOf(file);
    const problem: Problem = {
      file,
      line: loc.line,
      col: loc.col,
      message,
      sourceLine: text ? sourceLine(text, loc.line) : '',
    };
    if (hint !== undefined) problem.hint = hint;
    const seen = this.problems.some((p) => p.message === message && p.file === file);
    if (!seen) this.problems.push(problem);
  }
  error(unit: number, loc: Loc, message: string, hint?: string): never {
    this.problem(unit, loc, message, hint);
    throw new CompileError(this.problems);
  }
  limit(message: string, fn: Fn): never {
    return this.error(fn.unit, fn.decl.loc, `${fn.name}: ${message}`);
  }
  /** Throws if there were problems. */
  finish(): void {
    if (this.problems.length > 0) throw new CompileError(this.problems.slice(0, 20));
  }

  private where(unit: number, loc: Loc): string {
    return `${this.units[unit].files[loc.file] ?? this.units[unit].files[0]}:${loc.line}`;
  }

  // Definitions

  private define(unit: Unit, index: number): void {
    const fns = new Map<string, Fn>();
    this.unitFns.push(fns);
    for (const decl of unit.functions) {
      if (decl.body === undefined) continue;
      const fn: Fn = { name: decl.name, static: decl.static, decl, unit: index, index: -1, addr: 0 };
      const space = decl.static ? fns : this.library.has(index) ? this.libraryFns : this.fns;
      const before = space.get(decl.name);
      if (before !== undefined)
        this.problem(
          index,
          decl.loc,
          `'${decl.name}' is defined twice`,
          `first at ${this.where(before.unit, before.decl.loc)}`,
        );
      else space.set(decl.name, fn);
    }
    const vars = new Map<string, DataObject>();
    this.unitVars.push(vars);
    unit.variables.forEach((decl, order) => {
      if (decl.storage === 'extern' && decl.init === undefined) return;
      this.defineVar(decl, index, order, vars);
    });
  }

  private defineVar(decl: VarDecl, unit: number, order: number, vars: Map<string, DataObject>): void {
    const isStatic = decl.storage === 'static';
    const space = isStatic ? vars : this.library.has(unit) ? this.libraryVars : this.vars;
    const name = decl.linkName || decl.name;
    const before = space.get(name);
    if (before?.decl !== undefined) {
      if (before.decl.init !== undefined && decl.init !== undefined) {
        this.problem(
          unit,
          decl.loc,
          `'${decl.name}' is defined twice`,
          `first at ${this.where(before.unit, before.decl.loc)}`,
        );
        return;
      }
      if (decl.init === undefined) return;
      // The initialised definition takes the tentative one's place.
      Object.assign(before, {
        decl,
        unit,
        type: decl.type,
        size: sizeOf(decl),
        order: objectOrder(unit, order),
      });
      return;
    }
    const t = strip(decl.type);
    const object: DataObject = {
      name,
      addr: 0,
      size: sizeOf(decl),
      align: Math.max(t.align, decl.aligned, t.size >= 64 ? 16 : 1),
      decl,
      unit,
      static: isStatic,
      type: decl.type,
      section: decl.section,
      order: objectOrder(unit, order),
      special: false,
    };
    space.set(name, object);
  }

  // References

  resolveFn(unit: number, decl: FunctionDecl, loc: Loc): Fn {
    const fn = this.unitFns[unit].get(decl.name) ?? this.global(unit, decl.name, this.fns, this.libraryFns);
    if (fn !== undefined) return fn;
    const probe = this.kernel ? undefined : siteOf(decl.name);
    if (!this.partial)
      this.problem(
        unit,
        loc,
        `'${decl.name}' is called but defined nowhere`,
        probe === undefined ? undefined : MISSING_PROVIDER,
      );
    // Go on, to find all of them; finish() throws before anybody uses this.
    const missing: Fn = { name: decl.name, static: false, decl, unit, index: -1, addr: 0 };
    this.fns.set(decl.name, missing);
    return missing;
  }

  /** The site that a call of this function is, if one of the program's providers declares the probe and nobody defines the function. */
  probeSite(unit: number, decl: FunctionDecl, loc: Loc, args: number): ProbeSite | undefined {
    const site = this.providers.length === 0 ? undefined : siteOf(decl.name);
    if (site === undefined || !this.providers.some((p) => p.name === site.provider)) return undefined;
    if (this.unitFns[unit].has(decl.name) || this.fns.has(decl.name)) return undefined;
    const wrong = mismatch(this.providers, site, args);
    if (wrong !== undefined) this.problem(unit, loc, wrong);
    return site;
  }

  resolveVar(unit: number, decl: VarDecl): DataObject {
    const name = decl.linkName || decl.name;
    const object =
      this.unitVars[unit].get(name) ??
      this.global(unit, name, this.vars, this.libraryVars) ??
      this.special(name);
    if (object !== undefined) return object;
    if (!this.partial) this.problem(unit, decl.loc, `'${decl.name}' is declared but defined nowhere`);
    const missing: DataObject = blank(name, unit);
    this.vars.set(name, missing);
    return missing;
  }

  /** A global as this unit sees it: its own side's first. */
  private global<T>(
    unit: number,
    name: string,
    program: Map<string, T>,
    library: Map<string, T>,
  ): T | undefined {
    return this.library.has(unit)
      ? (library.get(name) ?? program.get(name))
      : (program.get(name) ?? library.get(name));
  }

  private special(name: string): DataObject | undefined {
    let object = this.specials.get(name);
    if (object === undefined && (SETS.test(name) || this.specialSizes.has(name))) {
      object = { ...blank(name, 0), special: true, size: this.specialSizes.get(name) ?? 0 };
      this.specials.set(name, object);
    }
    return object;
  }

  stringSym(bytes: Uint8Array): DataObject {
    const key = latin1.decode(bytes);
    let object = this.strings.get(key);
    if (object === undefined) {
      object = { ...blank('', 0), size: bytes.length, bytes, static: true };
      this.strings.set(key, object);
    }
    return object;
  }

  globalFn(name: string): Fn | undefined {
    return this.fns.get(name) ?? this.libraryFns.get(name);
  }
  *globalFns(): Iterable<Fn> {
    yield* this.libraryFns.values();
    yield* this.fns.values();
  }
  *objects(): Iterable<DataObject> {
    yield* this.libraryVars.values();
    yield* this.vars.values();
    for (const vars of this.unitVars) yield* vars.values();
  }
}

export function setBound(name: string): { start: boolean; set: string } | undefined {
  const m = SETS.exec(name);
  return m === null ? undefined : { start: m[1] === 'start', set: m[2] };
}

const objectOrder = (unit: number, order: number): number => unit * 1_000_000 + order;
const sizeOf = (decl: VarDecl): number => Math.max(strip(decl.type).size, 1) + (decl.extra ?? 0);

function blank(name: string, unit: number): DataObject {
  return { name, addr: 0, size: 0, align: 1, unit, static: false, section: '', order: 0, special: false };
}

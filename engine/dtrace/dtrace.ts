/**
 * dtrace(1)'s work less the tracing: programs in, an enabling and a consumer out.
 *
 * compilePrograms() does what the command does before it starts tracing; its failures are the command's own messages.
 */
import { readFileSync } from 'node:fs';
import type { Image } from '../image/image.ts';
import { type CompileOutput, compile, matchProbes } from './compiler/compile.ts';
import { Context, type SymbolLookup } from './compiler/context.ts';
import { type LibraryFile, libraryFiles, loadLibraries, wantedLibraries } from './compiler/library.ts';
import { preprocessD } from './compiler/syntax/cpp.ts';
import { Consumer, type ConsumerEnv, ECB_ERROR } from './consumer/consume.ts';
import type { SymbolResolver } from './consumer/display.ts';
import type { Difo } from './dif.ts';
import { disassemble } from './disassemble.ts';
import { writeDof } from './dof.ts';
import type { TypeNames } from './dtypes.ts';
import { CompileError, LIBRARY_ERRORS, LibraryError } from './errors.ts';
import { symbolLookup, symbolResolver, typeNamesOf } from './guest/catalog.ts';
import type { PidProbes } from './guest/pid.ts';
import { attributesText, descriptionAttribute, probeInfoText } from './list.ts';
import { Options } from './options.ts';
import { attributesOf, type ProbeCatalog, type ProbeRow, type ProbeSpec } from './probe.ts';
import type { EcbDesc, Statement } from './program.ts';
import { ATTR_MAX, type Attribute, minAttribute } from './stability.ts';

/** One program of the command line. */
export interface ProgramSource {
  /** n f m P i: text of that option; s: a script. */
  kind: 'n' | 'f' | 'm' | 'P' | 'i' | 's';
  text: string;
  /** Path of a script, as given: for messages and $0. */
  path?: string | undefined;
}

export interface CompileWorld {
  catalog: ProbeCatalog;
  /** The kernel's image: types and symbols. */
  image?: Image | undefined;
  /** In place of an image. */
  types?: ReadonlyMap<string, TypeNames>;
  symbols?: SymbolLookup;
  options?: Options;
  /** Probes in processes: the pid provider. */
  pid?: PidProbes | undefined;
  /** $1, $2, ... */
  args?: readonly string[];
  /** $target, $pid, ... */
  macros?: Readonly<Record<string, bigint | number>>;
  /** -S: keep listings. */
  listing?: boolean;
  /** -v: stability report. */
  verbose?: boolean;
  /** -e: nothing will be enabled, so nothing is said to match; -v tells of each probe. */
  compileOnly?: boolean;
  /** Show the source line and a caret below an error. */
  caret?: boolean;
  libraries?: readonly LibraryFile[];
  readFile?: (path: string) => string | undefined;
}

/** The command can't go on: `message` is what it prints to stderr (without a final newline). */
export class DtraceFailure extends Error {
  readonly exitStatus: number;
  readonly tag: string | undefined;
  constructor(message: string, exitStatus = 1, tag?: string) {
    super(message);
    this.exitStatus = exitStatus;
    this.tag = tag;
  }
}

const SPECS: Record<ProgramSource['kind'], ProbeSpec> = {
  n: 'name',
  f: 'func',
  m: 'module',
  P: 'provider',
  i: 'name',
  s: 'name',
};

/** What dtrace(1) records itself, to report faults in probe context. */
const ERROR_PROGRAM = 'dtrace:::ERROR{trace(arg1);trace(arg2);trace(arg3);trace(arg4);trace(arg5);}';

/** Where the first DIF object of a listing would lie. */
const LISTING_BASE = 0x801c0e000;
const LISTING_STEP = 0x100;

const listingOf = (objects: readonly Difo[]): string =>
  objects.map((d, i) => disassemble(d, LISTING_BASE + i * LISTING_STEP)).join('');

export class Program {
  readonly options: Options;
  readonly ecbs: readonly EcbDesc[];
  /** stderr's lines before tracing begins: what matched, -S listings. */
  readonly messages: string;
  /** -v: stability, for standard output. */
  readonly report: string;
  private readonly objects: readonly Difo[];
  private readonly statements: ReadonlyMap<number, Statement>;
  private readonly world: CompileWorld;
  private readonly errorEcb: EcbDesc | undefined;
  /** ustack() and its like are used: user addresses will be shown by name. */
  readonly userSymbols: boolean;
  /** Destructive actions are used. */
  readonly destructive: boolean;

  constructor(
    world: CompileWorld,
    options: Options,
    ecbs: EcbDesc[],
    messages: string,
    report: string,
    objects: readonly Difo[],
    errorEcb: EcbDesc | undefined,
  ) {
    this.world = world;
    this.options = options;
    this.ecbs = ecbs;
    this.messages = messages;
    this.report = report;
    this.objects = objects;
    this.errorEcb = errorEcb;
    const statements = new Map<number, Statement>();
    for (const e of errorEcb ? [...ecbs, errorEcb] : ecbs)
      for (const a of e.actions) statements.set(a.statement.id, a.statement);
    this.statements = statements;
    this.userSymbols = ecbs.some((e) => e.actions.some((a) => (a.kind & 0xff00) === 0x100));
    this.destructive = ecbs.some((e) =>
      e.actions.some((a) => (a.kind & 0xff00) === 0x200 || (a.kind & 0xff00) === 0x500),
    );
  }

  /** The enabling for the kernel. */
  dof(): Uint8Array {
    return writeDof(this.errorEcb ? [...this.ecbs, this.errorEcb] : this.ecbs, this.options);
  }

  /** Listings of all DIF objects, as -S prints them. */
  disassemble(): string {
    return listingOf(this.objects);
  }

  /** The consumer of this program's data. Probes made after compilation are found through `probe`. */
  consumer(
    env: { probe?: (id: number) => ProbeRow | undefined; symbols?: SymbolResolver; target?: number } = {},
  ): Consumer {
    const world = this.world;
    const symbols =
      env.symbols ??
      (world.image !== undefined
        ? symbolResolver(world.image)
        : { kernel: () => undefined, user: () => undefined });
    const full: ConsumerEnv = {
      probe: (id) => env.probe?.(id) ?? world.catalog.get(id),
      symbols,
      options: this.options,
      statement: (id) => this.statements.get(id),
    };
    if (env.target !== undefined) full.target = env.target;
    return new Consumer(full);
  }
}

function contextFor(world: CompileWorld, options: Options): Context {
  const macros = new Map<string, bigint>();
  for (const name of [
    'pid',
    'ppid',
    'pgid',
    'sid',
    'uid',
    'euid',
    'gid',
    'egid',
    'target',
    'projid',
    'taskid',
  ])
    macros.set(name, 0n);
  for (const [k, v] of Object.entries(world.macros ?? {})) macros.set(k, BigInt(v));
  const symbols = world.symbols ?? (world.image !== undefined ? symbolLookup(world.image) : () => undefined);
  const cx = new Context({ catalog: world.catalog, options, symbols, macros, pid: world.pid });
  if (world.types !== undefined) for (const [m, names] of world.types) cx.types.modules.set(m, names);
  else if (world.image !== undefined) cx.types.modules.set('kernel', typeNamesOf(world.image));
  return cx;
}

/** Has `readFile` asked for every file that scripts include under -C, those of each folder that is tried among them. */
export function readIncludes(
  programs: readonly ProgramSource[],
  options: Options,
  readFile: (path: string) => string | undefined,
): void {
  if (!options.flags.cpp) return;
  for (const { kind, text, path } of programs) {
    if (kind !== 's') continue;
    try {
      preprocessD(toBytes(text), path ?? '<stdin>', options, readFile);
    } catch (error) {
      // What is wrong is told when it is compiled.
      if (!(error instanceof CompileError)) throw error;
    }
  }
}

/** Up to where the actions begin: how a program of the command line is named. */
const cropped = (text: string): string => {
  const i = text.search(/[{/;]/);
  return i < 0 ? text : text.slice(0, i);
};

/** What messages call a program. */
export const programName = (s: ProgramSource): string => (s.kind === 's' ? (s.path ?? '') : cropped(s.text));

/** The programs' texts, preprocessed; what the libraries say that they refer to is known then. Throws DtraceFailure. */
function preparedTexts(
  cx: Context,
  sources: readonly ProgramSource[],
  world: CompileWorld,
  options: Options,
  included: string[],
): string[] {
  const texts = sources.map((s) => {
    const text = toBytes(s.text);
    if (!options.flags.cpp || s.kind !== 's') return text;
    try {
      return preprocessD(text, s.path ?? '<stdin>', options, world.readFile ?? readHostFile, included);
    } catch (e) {
      if (!(e instanceof CompileError)) throw e;
      // What the preprocessor says, and then the command.
      const failed = failure(new LibraryError('EDT_CPPERR'), s, text, options, world, '') as DtraceFailure;
      throw new DtraceFailure(`${toUtf8(e.format(false))}\n${failed.message}`, 1, failed.tag);
    }
  });
  if (sources.length > 0)
    try {
      loadWanted(cx, world, texts);
    } catch (e) {
      throw failure(e, sources[0], texts[0], options, { ...world, caret: false }, '');
    }
  return texts;
}

/**
 * The declarations of programs: names of the providers that they declare, in their order, and how many clauses they have besides. Throws
 * DtraceFailure.
 */
export function compileDeclarations(
  sources: readonly ProgramSource[],
  world: CompileWorld,
): { cx: Context; names: string[]; clauses: number } {
  const options = world.options ?? new Options();
  options.flags.zdefs = true;
  const cx = contextFor(world, options);
  const texts = preparedTexts(cx, sources, world, options, []);
  const before = new Set(cx.declaredProviders.keys());
  let clauses = 0;
  sources.forEach((s, i) => {
    try {
      clauses += compileSource(cx, s, texts[i], world, { next: 1 }).ecbs.length;
    } catch (e) {
      throw failure(e, s, texts[i], options, world, '');
    }
  });
  return { cx, names: [...cx.declaredProviders.keys()].filter((name) => !before.has(name)), clauses };
}

const compileSource = (
  cx: Context,
  s: ProgramSource,
  source: string,
  world: CompileWorld,
  counter: { next: number },
  onDifo?: (d: Difo) => void,
): CompileOutput => {
  const fromFile = s.kind === 's';
  const argv0 = fromFile ? (s.path ?? 'dtrace') : 'dtrace';
  const macroArgs = [argv0, ...(world.args ?? [])];
  return compile(cx, { source, fromFile, spec: SPECS[s.kind], macroArgs }, counter, onDifo);
};

/** Compile all programs of a command. Throws DtraceFailure. */
export function compilePrograms(sources: readonly ProgramSource[], world: CompileWorld): Program {
  const options = world.options ?? new Options();
  const cx = contextFor(world, options);
  const included: string[] = [];
  const texts = preparedTexts(cx, sources, world, options, included);
  const counter = { next: 1 };
  const objects: Difo[] = [];
  const lists = (): boolean => world.listing === true || options.flags.verbose;
  const onDifo = (d: Difo): void => {
    objects.push(d);
  };
  const ecbs: EcbDesc[] = [];
  const matched: string[] = [];
  let report = '';
  let total = 0;
  sources.forEach((s, i) => {
    const script = s.kind === 's';
    const source = texts[i];
    try {
      const out = compileSource(cx, s, source, world, counter, onDifo);
      for (const e of out.ecbs) ecbs.push(e);
      const name = programName(s);
      const what = script ? 'script' : 'description';
      matched.push(`dtrace: ${what} '${name}' matched ${out.matches} probe${out.matches === 1 ? '' : 's'}\n`);
      total += out.matches;
      if (world.verbose)
        report += stabilityReport(cx, `${what} ${name}`, out.ecbs, world.compileOnly === true);
    } catch (e) {
      throw failure(e, s, source, options, world, lists() ? listingOf(objects) : '');
    }
  });
  let errorEcb: EcbDesc | undefined;
  if (cx.catalog.match({ id: 0, provider: 'dtrace', module: '', func: '', name: 'ERROR' }).length !== 0) {
    errorEcb = compile(cx, { source: ERROR_PROGRAM, fromFile: false, macroArgs: ['dtrace'] }, counter)
      .ecbs[0];
    errorEcb.uarg = ECB_ERROR;
  }
  let messages = options.cpphdrs ? included.map((line) => `${line}\n`).join('') : '';
  if (lists()) messages += listingOf(objects);
  if (!options.isSet('quiet') && !world.compileOnly) messages += matched.join('');
  const claims = options.isSet('grabanon') && !world.compileOnly;
  if (total === 0 && !world.compileOnly && !options.flags.zdefs && !claims)
    throw new DtraceFailure(`${messages}dtrace: no probes ${sources.length > 0 ? 'matched' : 'specified'}`);
  // Each run boots the machine anew: nothing was ever traced before.
  if (claims)
    throw new DtraceFailure(
      `${messages}dtrace: could not enable tracing: ${LIBRARY_ERRORS.EDT_NOANON}`,
      1,
      'EDT_NOANON',
    );
  return new Program(world, options, ecbs, messages, report, objects, errorEcb);
}

/** The library files that these programs (or the macro arguments) could refer to. */
function loadWanted(cx: Context, world: CompileWorld, texts: readonly string[]): void {
  if (cx.options.flags.nolibs) return;
  const files = world.libraries ?? libraryFiles(cx.options.libraryDirs);
  const builtin = (name: string): boolean => cx.globals.lookup(name) !== undefined;
  loadLibraries(cx, wantedLibraries(files, [...texts, ...(world.args ?? [])], builtin));
}

/** D text as the compiler reads it: one character a byte. */
const toBytes = (s: string): string => Buffer.from(s, 'utf8').toString('latin1');
const toUtf8 = (s: string): string => Buffer.from(s, 'latin1').toString('utf8');

const readHostFile = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

function failure(
  e: unknown,
  s: ProgramSource,
  source: string,
  options: Options,
  world: CompileWorld,
  listing: string,
): unknown {
  if (!(e instanceof CompileError) && !(e instanceof LibraryError)) return e;
  const compileError = e instanceof CompileError;
  const text = compileError ? e.format(options.flags.errtags) : e.message;
  const head =
    s.kind === 's'
      ? `dtrace: failed to compile script ${s.path ?? '<stdin>'}: `
      : `dtrace: invalid probe specifier ${s.text}: `;
  let message = head + text;
  if (world.caret && compileError && s.kind === 's' && e.sourceLine > 0) {
    const line = source.split('\n')[e.sourceLine - 1];
    if (line !== undefined && line.trim() !== '') {
      const at = line.search(/\S/);
      message += `\n${line}\n${line.slice(0, at).replace(/[^\t]/g, ' ')}^`;
    }
  }
  return new DtraceFailure(listing + toUtf8(message), 1, compileError ? e.tag : e.code);
}

/** -v: what a program's descriptions and statements depend on, at least; with `probes` what each of its descriptions names. */
function stabilityReport(cx: Context, what: string, ecbs: readonly EcbDesc[], probes: boolean): string {
  // A clause without actions depends on its probe alone.
  const pairs = ecbs.flatMap(({ probe, actions }) => {
    if (actions.length > 0)
      return actions.map(({ statement: { descAttr, stmtAttr } }) => ({ descAttr, stmtAttr }));
    const [row] = matchProbes(cx, probe);
    const attr = row === undefined ? cx.probeAttr : descriptionAttribute(probe, attributesOf(row));
    return [{ descAttr: attr, stmtAttr: attr }];
  });
  const least = (of: (s: (typeof pairs)[number]) => Attribute): Attribute =>
    pairs.map(of).reduce(minAttribute, ATTR_MAX);
  let out = `\nStability attributes for ${what}:\n`;
  out += attributesText(
    'Minimum Probe Description Attributes',
    least((s) => s.descAttr),
  );
  out += attributesText(
    'Minimum Statement Attributes',
    least((s) => s.stmtAttr),
  );
  if (!probes) return `${out}\n`;
  for (const { probe } of ecbs) {
    out += `\n${probe.provider}:${probe.module}:${probe.func}:${probe.name}\n`;
    const [row] = matchProbes(cx, probe);
    if (row !== undefined) out += probeInfoText(probe, row);
  }
  return out;
}

/** What -l found. */
export interface Matched {
  rows: ProbeRow[];
  /** For stderr: descriptions that match nothing. */
  messages: string;
}

/** The probes that programs name, for -l; all of them if there are none. */
export function matchedRows(sources: readonly ProgramSource[], world: CompileWorld): Matched {
  if (sources.length === 0) return { rows: [...world.catalog.rows], messages: '' };
  let messages = '';
  const options = world.options ?? new Options();
  const cx = contextFor(world, options);
  loadWanted(
    cx,
    world,
    sources.map((s) => toBytes(s.text)),
  );
  const rows: ProbeRow[] = [];
  for (const s of sources) {
    try {
      const input = {
        source: toBytes(s.text),
        fromFile: s.kind === 's',
        spec: SPECS[s.kind],
        macroArgs: [s.path ?? 'dtrace', ...(world.args ?? [])],
      };
      for (const { probe } of compile(cx, input, { next: 1 }).ecbs) {
        const matched = matchProbes(cx, probe);
        rows.push(...matched);
        const name = `${probe.provider}:${probe.module}:${probe.func}:${probe.name}`;
        if (matched.length === 0)
          messages += `dtrace: failed to match ${name}: No probe matches description\n`;
      }
    } catch (e) {
      throw failure(e, s, s.text, options, world, '');
    }
  }
  return { rows, messages };
}

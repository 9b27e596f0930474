/**
 * D's library files: models/dlib/*.d, compiled before the first program.
 *
 * They hold inlines and translators. A file that does not suit this guest (it needs a type that the kernel does not have) is left out; a
 * translator's member that the guest's types cannot give is left out on its own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { modelsDir } from '../../image/place.ts';
import { CompileError, LibraryError } from '../errors.ts';
import { compile } from './compile.ts';
import type { Context } from './context.ts';

export interface LibraryFile {
  name: string;
  /** For messages; the name when it is left out. */
  path?: string;
  text: string;
  /** One of probelab's own: it may be left out when no program could notice. */
  shipped?: boolean;
}

/** The shipped files and those of -L folders, each folder in order of name. */
export function libraryFiles(dirs: readonly string[]): LibraryFile[] {
  const out: LibraryFile[] = [];
  const seen = new Set<string>();
  const own = `${modelsDir()}/dlib`;
  for (const dir of [...dirs, own]) {
    let names: string[];
    try {
      names = readdirSync(dir);
    } catch {
      continue;
    }
    for (const name of names.filter((n) => n.endsWith('.d')).sort()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const path = `${dir}/${name}`;
      out.push({ name, path, text: readFileSync(path, 'latin1'), shipped: dir === own });
    }
  }
  return out;
}

const DEPENDS = /^\s*#\s*pragma\s+D\s+depends_on\s+library\s+(\S+)/gm;

/** Each file after those it depends on. */
export function sortLibraries(files: readonly LibraryFile[]): LibraryFile[] {
  const byName = new Map(files.map((f) => [f.name, f]));
  const out: LibraryFile[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (f: LibraryFile): void => {
    if (state.has(f.name)) return;
    state.set(f.name, 'open');
    for (const m of f.text.matchAll(DEPENDS)) {
      const dep = byName.get(m[1]);
      if (dep !== undefined) visit(dep);
    }
    state.set(f.name, 'done');
    out.push(f);
  };
  for (const f of files) visit(f);
  return out;
}

const COMMENT = /\/\*.*?\*\//gs;
const WORD = /[A-Za-z_]\w*/g;
/** What a library makes known, at the level of the file: an inline, a type's name, a tag. */
const DEFINITION =
  /^\s*inline\s+[^=;[]*?(\w+)\s*(?:\[|=)|\b(?:struct|union|enum)\s+(\w+)\s*\{|\}\s*(\w+)\s*;|^\s*typedef\b[^;{]*?(\w+)\s*;/gm;

/** Words that say nothing: C's, D's and the names that every program may use. */
const COMMON = new Set(
  (
    'char const double enum extern float inline int long offsetof provider short signed sizeof string stringof struct this self translator typedef ' +
    'union unsigned void volatile xlate pragma D attributes binding depends_on library module option Evolving Stable Private Unstable Common ISA ' +
    'Unknown size_t ssize_t pid_t uid_t gid_t id_t dev_t uintptr_t intptr_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t ' +
    'u_int u_char u_short u_long uint_t uchar_t ushort_t ulong_t'
  ).split(' '),
);

/** What of a file's text matters to whom it is left out: each is found when it is asked for. */
class LibraryNames {
  private readonly text: string;
  private readonly builtin: (name: string) => boolean;
  private known: { words?: Set<string>; defined?: Set<string>; dependsOn?: Set<string> } = {};

  constructor(f: LibraryFile, builtin: (name: string) => boolean) {
    this.text = f.text.replace(COMMENT, ' ');
    this.builtin = builtin;
  }

  /** The names that it uses. */
  get words(): Set<string> {
    this.known.words ??= namesIn(this.text, this.builtin);
    return this.known.words;
  }

  get defined(): Set<string> {
    this.known.defined ??= new Set(
      [...this.text.matchAll(DEFINITION)].flatMap((m) => m.slice(1).find((g) => g !== undefined) ?? []),
    );
    return this.known.defined;
  }

  get dependsOn(): Set<string> {
    this.known.dependsOn ??= new Set([...this.text.matchAll(DEPENDS)].map((m) => m[1]));
    return this.known.dependsOn;
  }
}

/** The words of a text that could mean a library's: not those that every program may use. */
const namesIn = (text: string, builtin: (name: string) => boolean): Set<string> => {
  const words = new Set(text.match(WORD));
  for (const w of words) if (COMMON.has(w) || builtin(w)) words.delete(w);
  return words;
};

/**
 * Of the files, those that programs could notice: one that defines a name of theirs, one that such a file builds on, and all that are not
 * probelab's own. Programs that translate (args[], xlate) find translators by type alone, so they get all. What is left out costs nothing.
 */
export function wantedLibraries(
  files: readonly LibraryFile[],
  programs: readonly string[],
  builtin: (name: string) => boolean,
): LibraryFile[] {
  const used = new Set<string>();
  for (const p of programs) for (const w of p.match(WORD) ?? []) used.add(w);
  if (used.has('args') || used.has('xlate') || used.has('translator')) return [...files];
  for (const w of used) if (COMMON.has(w) || builtin(w)) used.delete(w);
  const names = new Map<string, LibraryNames>();
  const of = (f: LibraryFile): LibraryNames => {
    let n = names.get(f.name);
    if (n === undefined) {
      n = new LibraryNames(f, builtin);
      names.set(f.name, n);
    }
    return n;
  };
  const shared = (a: Set<string>, b: Set<string>): boolean => {
    for (const w of a) if (b.has(w)) return true;
    return false;
  };
  const mentions = (f: LibraryFile): boolean => {
    for (const w of used) if (f.text.includes(w)) return true;
    return false;
  };
  const noticed = (f: LibraryFile): boolean =>
    f.shipped !== true || (mentions(f) && shared(of(f).defined, used));
  const wanted = new Set(files.filter(noticed));
  // A set is walked with what is added to it on the way.
  for (const f of wanted)
    for (const other of files) {
      if (wanted.has(other)) continue;
      const { words, dependsOn } = of(f);
      if (dependsOn.has(other.name) || shared(of(other).defined, words)) wanted.add(other);
    }
  return files.filter((f) => wanted.has(f));
}

/**
 * Compile the libraries into the context. Returns the files that were left out, with the reason: shipped ones that do not suit the guest,
 * and those that depend on what is not there. Any other mistake is thrown (CompileError, LibraryError).
 */
export function loadLibraries(
  cx: Context,
  files: readonly LibraryFile[],
): { name: string; reason: string }[] {
  const skipped: { name: string; reason: string }[] = [];
  const counter = { next: 1 };
  cx.loadingLibrary = true;
  for (const f of sortLibraries(files)) {
    try {
      compile(cx, { source: f.text, fromFile: true, file: f.path ?? f.name, library: true }, counter);
      cx.libraries.add(f.name);
    } catch (e) {
      if (!(e instanceof CompileError) && !(e instanceof LibraryError)) throw e;
      const tolerated = f.shipped === true || (e instanceof CompileError && e.tag === 'D_PRAGMA_DEPEND');
      if (!tolerated) throw e;
      skipped.push({ name: f.name, reason: e instanceof CompileError ? e.format(true) : e.message });
    }
    cx.libraryGen = cx.gen;
  }
  cx.loadingLibrary = false;
  return skipped;
}

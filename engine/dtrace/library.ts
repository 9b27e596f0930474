/**
 * D's library files: models/dlib/*.d, compiled before the first program.
 *
 * They hold inlines and translators. A file that does not suit this guest (it needs a type that the kernel does not have) is left out; a
 * translator's member that the guest's types cannot give is left out on its own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { modelsDir } from '../image/profile.ts';
import { compile } from './compile.ts';
import type { Context } from './context.ts';
import { CompileError, LibraryError } from './errors.ts';

export interface LibraryFile {
  name: string;
  text: string;
}

/** The shipped files and those of -L folders, each folder in order of name. */
export function libraryFiles(dirs: readonly string[]): LibraryFile[] {
  const out: LibraryFile[] = [];
  const seen = new Set<string>();
  for (const dir of [...dirs, `${modelsDir()}/dlib`]) {
    let names: string[];
    try {
      names = readdirSync(dir);
    } catch {
      continue;
    }
    for (const name of names.filter((n) => n.endsWith('.d')).sort()) {
      if (seen.has(name)) continue;
      seen.add(name);
      out.push({ name, text: readFileSync(`${dir}/${name}`, 'latin1') });
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

/** Compile the libraries into the context. Returns the files that were left out, with the reason. */
export function loadLibraries(
  cx: Context,
  files: readonly LibraryFile[],
): { name: string; reason: string }[] {
  const skipped: { name: string; reason: string }[] = [];
  const counter = { next: 1 };
  cx.loadingLibrary = true;
  for (const f of sortLibraries(files)) {
    try {
      compile(cx, { source: f.text, fromFile: true, file: f.name, library: true }, counter);
      cx.libraries.add(f.name);
    } catch (e) {
      if (!(e instanceof CompileError) && !(e instanceof LibraryError)) throw e;
      skipped.push({ name: f.name, reason: e instanceof CompileError ? e.format(true) : e.message });
    }
    cx.libraryGen = cx.gen;
  }
  cx.loadingLibrary = false;
  return skipped;
}

/**
 * The shipped guest sources, and a cache of the images made from them.
 *
 * The kernel is every .c file below models/kernel in sorted order; a program is models/user/lib with models/user/bin/NAME. An image is
 * stored with the list of the files it was made from. It is good as long as they are unchanged: sizes and modification times
 * answer that quickly, and where they differ the contents decide. The compiler's own files count as sources, too.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { CompileError } from '../cfront/diagnostics.ts';
import type { Image } from '../image/image.ts';
import { modelsDir, packageDir } from '../image/place.ts';
import type { Profile } from '../image/profile.ts';
import { type ProviderDeclaration, readProviders } from '../image/provider.ts';
import { type CompileOptions, compileImage, compileImages } from './compile.ts';
import { decodeImage, encodeImage } from './store.ts';
import { compilerVersion } from './version.ts';

interface Dependency {
  /** Relative to models/. */
  path: string;
  size: number;
  mtimeMs: number;
  hash: string;
}
interface Stored {
  compiler: string;
  settings: string;
  files: string[];
  dependencies: Dependency[];
}

const sha = (...parts: (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 32);
};

function filesBelow(dir: string, pattern: RegExp): string[] {
  let names: string[];
  try {
    names = readdirSync(dir, { recursive: true }) as string[];
  } catch {
    return [];
  }
  return names
    .map((n) => n.replaceAll('\\', '/'))
    .filter((n) => pattern.test(n))
    .sort();
}

/** What code generation takes from a profile. */
function codegenPart(profile: Profile): string {
  const { instructions, cache, tlb, predictor, ramBytes, trapKernel } = profile;
  const {
    clockRead,
    mmio,
    atomic,
    pause,
    repStartup,
    repMovsPerLine,
    repStosPerLine,
    setCr3,
    invlpg,
    intrFlag,
  } = profile;
  return JSON.stringify([
    [instructions, cache, tlb, predictor, ramBytes, trapKernel],
    [clockRead, mmio, atomic, pause, repStartup, repMovsPerLine, repStosPerLine, setCr3, invlpg, intrFlag],
  ]);
}

function cacheDirs(): string[] {
  const shipped = join(packageDir(), 'dist', 'images');
  const user = join(
    process.env.XDG_CACHE_HOME ?? (homedir() ? join(homedir(), '.cache') : tmpdir()),
    'probelab',
    'images',
  );
  return [shipped, user, join(tmpdir(), 'probelab-images')];
}

type Recipe = Pick<
  CompileOptions,
  'name' | 'kind' | 'files' | 'includeDirs' | 'defines' | 'sourceRoot' | 'pidSites' | 'marks'
>;

function kernelRecipe(profile: Profile): Recipe {
  const root = join(modelsDir(), 'kernel');
  const files = filesBelow(root, /\.c$/).map((name) => ({ path: join(root, name), name }));
  if (files.length === 0) throw new Error(`no kernel sources in ${root}`);
  const defines = Object.fromEntries(profile.options.map((o) => [o, '1']));
  return { name: 'kernel', kind: 'kernel', files, includeDirs: [root], defines, sourceRoot: root };
}

function libraryFiles(): { path: string; name: string; library: boolean }[] {
  const root = join(modelsDir(), 'user');
  return filesBelow(join(root, 'lib'), /\.c$/).map((n) => ({
    path: join(root, 'lib', n),
    name: `lib/${n}`,
    library: true,
  }));
}

const userIncludes = (): string[] => [join(modelsDir(), 'user', 'include'), join(modelsDir(), 'kernel')];

function programRecipe(name: string): Recipe {
  const root = join(modelsDir(), 'user');
  const own = /^[\w.-]+$/.test(name) ? filesBelow(join(root, 'bin', name), /\.c$/) : [];
  if (own.length === 0)
    throw new Error(`no guest program '${name}': the guest has ${programNames().join(', ')}`);
  const files = [
    ...libraryFiles(),
    ...own.map((n) => ({ path: join(root, 'bin', name, n), name: `bin/${name}/${n}` })),
  ];
  return {
    name,
    kind: 'user',
    files,
    includeDirs: userIncludes(),
    defines: {},
    sourceRoot: root,
  };
}

/** Guest programs that probelab ships. */
export function programNames(): string[] {
  return [...new Set(filesBelow(join(modelsDir(), 'user', 'bin'), /\.c$/).map((n) => n.split('/')[0]))];
}

/** Throws CompileError. */
export function kernelImage(profile: Profile): Image {
  return cached(kernelRecipe(profile), profile);
}

/**
 * Throws CompileError, or Error if there is no such program. With pidSites the pid provider can trace it; it is the same program in
 * simulated time, so the image has the same key.
 */
export function programImage(name: string, profile: Profile, pidSites = false): Image {
  const recipe = programRecipe(name);
  return cached(pidSites ? { ...recipe, pidSites } : recipe, profile);
}

/**
 * The same image with code that can be stopped at every line: from the cache, or from the image's own sources where the installed ones are
 * others. Undefined for a program that is not one of probelab's own. Throws CompileError.
 */
export function markedImage(image: Image, profile: Profile): Image | undefined {
  if (image.key === '') return undefined;
  const marked =
    installedMarks(image, profile) ??
    imageFromSources(image.name, image.sources, profile, { pidSites: image.pidSites, marks: true });
  const shape = ({ functions, dataEnd }: Image) =>
    JSON.stringify([dataEnd, functions.map((f) => [f.name, f.addr, f.frameSize, f.blocks.length])]);
  return shape(marked) === shape(image) ? marked : undefined;
}

/** The same with marks, if the installed sources are those of the image. */
function installedMarks({ kind, name, pidSites, key }: Image, profile: Profile): Image | undefined {
  try {
    const recipe: Recipe = {
      ...(kind === 'kernel' ? kernelRecipe(profile) : programRecipe(name)),
      ...(pidSites ? { pidSites } : {}),
    };
    return cached(recipe, profile).key === key ? cached({ ...recipe, marks: true }, profile) : undefined;
  } catch {
    return undefined; // not installed any more, or in no state to be compiled
  }
}

/**
 * The kernel's or a shipped program's image from sources kept elsewhere (Image.sources), so that a recorded run can be made again where the
 * installed ones have changed. Throws CompileError.
 */
export function imageFromSources(
  name: string,
  sources: Record<string, string>,
  profile: Profile,
  { pidSites = false, marks = false }: { pidSites?: boolean; marks?: boolean } = {},
): Image {
  const kernel = name === 'kernel';
  const root = modelsDir();
  const sourceRoot = join(root, kernel ? 'kernel' : 'user');
  const texts = new Map(Object.entries(sources).map(([path, text]) => [resolve(sourceRoot, path), text]));
  const names = Object.keys(sources)
    .filter((path) => path.endsWith('.c'))
    .sort();
  const ours = kernel
    ? names
    : [
        ...names.filter((path) => path.startsWith('lib/')),
        ...names.filter((path) => path.startsWith(`bin/${name}/`)),
      ];
  const recipe: Recipe = {
    name,
    kind: kernel ? 'kernel' : 'user',
    files: ours.map((path) => ({
      path: join(sourceRoot, path),
      name: path,
      ...(path.startsWith('lib/') && !kernel ? { library: true } : {}),
    })),
    includeDirs: kernel ? [sourceRoot] : userIncludes(),
    defines: kernel ? Object.fromEntries(profile.options.map((o) => [o, '1'])) : {},
    sourceRoot,
    ...(pidSites ? { pidSites } : {}),
    ...(marks ? { marks } : {}),
  };
  const read = new Map<string, string>();
  const image = compileImage({
    ...recipe,
    profile,
    readFile: (path) => {
      const text = texts.get(path);
      if (text !== undefined) read.set(relative(root, path), sha(Buffer.from(text)));
      return text;
    },
  });
  const settings = sha(codegenPart(profile), JSON.stringify(recipe.defines));
  image.key = sha(compilerVersion(), settings, ...[...read].sort(([a], [b]) => (a < b ? -1 : 1)).flat());
  return image;
}

const DRTI = 'drti/drti.c';

export interface ProgramOptions {
  /** Name of the image; the first file's by default. */
  name?: string;
  profile: Profile;
  includeDirs?: string[];
  defines?: Record<string, string>;
  /** The pid provider can trace it. */
  pidSites?: boolean;
  onWarning?: CompileOptions['onWarning'];
}

/** The providers that objects of dtrace -G declare. Throws CompileError. */
function readObjects(paths: readonly string[]): (ProviderDeclaration & { file: string })[] {
  return paths.flatMap((file) => {
    try {
      return readProviders(readFileSync(file)).map((provider) => ({ ...provider, file }));
    } catch (error) {
      const message = `cannot link this object, which must come from dtrace -G: ${(error as Error).message}`;
      throw new CompileError([{ file, line: 1, col: 1, message, sourceLine: '' }]);
    }
  });
}

/**
 * A user program from files that are not part of probelab, linked with the guest's library: C files, and objects of dtrace -G with the
 * providers of its probes. Throws CompileError.
 */
export function compileProgram(paths: string[], options: ProgramOptions): Image {
  const problems = paths
    .filter((path) => !isFile(path))
    .map((path) => ({ file: path, line: 1, col: 1, message: 'cannot read this file', sourceLine: '' }));
  if (problems.length > 0) throw new CompileError(problems);
  const sources = paths.filter((path) => !path.endsWith('.o'));
  const providers = readObjects(paths.filter((path) => path.endsWith('.o')));
  // Start-up code that tells the kernel of the probes.
  const drti = providers.length === 0 ? [] : [{ path: join(modelsDir(), 'user', DRTI), name: DRTI }];
  const first = sources[0] ?? '';
  return compileImage({
    name: options.name ?? (first.replace(/^.*\//, '').replace(/\.c$/, '') || 'a.out'),
    kind: 'user',
    files: [...libraryFiles(), ...drti, ...sources.map((path) => ({ path, name: path }))],
    includeDirs: userIncludes(),
    ownIncludeDirs: options.includeDirs ?? [],
    defines: options.defines ?? {},
    profile: options.profile,
    sourceRoot: join(modelsDir(), 'user'),
    key: '',
    ...(options.pidSites === true ? { pidSites: true } : {}),
    ...(providers.length > 0 ? { providers } : {}),
    ...(options.onWarning ? { onWarning: options.onWarning } : {}),
  });
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const inMemory = new Map<string, Image>();

/** Under which name the cache has an image, and what of a profile and its options is in it. */
function storedAs(recipe: Recipe, profile: Profile): { name: string; settings: string } {
  const marks = recipe.marks ? ['marks'] : [];
  const settings = sha(codegenPart(profile), JSON.stringify(recipe.defines), ...marks);
  const parts = [...(recipe.pidSites === true ? ['pid'] : []), ...marks, recipe.name];
  return { name: `${recipe.kind}-${parts.join('.')}-${settings.slice(0, 8)}`, settings };
}

/** From the cache, or compiled: without and with marks at once, since that takes little longer than one of them. */
function cached(recipe: Recipe, profile: Profile): Image {
  const root = modelsDir();
  const files = recipe.files.map((f) => relative(root, f.path));
  const compiler = compilerVersion();
  const { name, settings } = storedAs(recipe, profile);
  for (const dir of cacheDirs()) {
    const image = load(join(dir, name), { compiler, settings, files });
    if (image !== undefined) return image;
  }
  const read = new Map<string, Dependency>();
  const readFile = (path: string): string | undefined => {
    try {
      const stat = statSync(path);
      const bytes = readFileSync(path);
      read.set(path, {
        path: relative(root, path),
        size: stat.size,
        mtimeMs: stat.mtimeMs,
        hash: sha(bytes),
      });
      return bytes.toString('utf8');
    } catch {
      return undefined;
    }
  };
  const images = compileImages({ ...recipe, profile, readFile }, [false, true]);
  const dependencies = [...read.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  images.forEach((image, marks) => {
    const stored = storedAs({ ...recipe, marks: marks === 1 }, profile);
    image.key = sha(compiler, stored.settings, ...dependencies.flatMap((d) => [d.path, d.hash]));
    save(stored.name, { compiler, settings: stored.settings, files, dependencies }, image);
  });
  return images[recipe.marks ? 1 : 0];
}

/** The image stored under this name, if everything it was made from is unchanged. */
function load(base: string, wanted: Omit<Stored, 'dependencies'>): Image | undefined {
  let stored: Stored;
  try {
    stored = JSON.parse(readFileSync(`${base}.json`, 'utf8')) as Stored;
  } catch {
    return undefined;
  }
  if (stored.compiler !== wanted.compiler || stored.settings !== wanted.settings) return undefined;
  if (stored.files.join('\n') !== wanted.files.join('\n')) return undefined;
  const root = modelsDir();
  for (const d of stored.dependencies) {
    const path = join(root, d.path);
    try {
      const stat = statSync(path);
      if (stat.size !== d.size) return undefined;
      if (stat.mtimeMs !== d.mtimeMs && sha(readFileSync(path)) !== d.hash) return undefined;
    } catch {
      return undefined;
    }
  }
  const key = sha(stored.compiler, stored.settings, ...stored.dependencies.flatMap((d) => [d.path, d.hash]));
  const known = inMemory.get(`${base} ${key}`);
  if (known !== undefined) return known;
  try {
    const image = decodeImage(readFileSync(`${base}.msgpack`));
    if (image.key !== key) return undefined;
    inMemory.set(`${base} ${key}`, image);
    return image;
  } catch {
    return undefined;
  }
}

/** Removes what another version of the compiler has stored for the same program. */
function dropOld(dir: string, name: string, compiler: string): void {
  const kind = name.replace(/[0-9a-f]{8}$/, '');
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return;
  }
  for (const other of names) {
    if (/^(.*-)[0-9a-f]{8}\.json$/.exec(other)?.[1] !== kind) continue;
    try {
      if ((JSON.parse(readFileSync(join(dir, other), 'utf8')) as Stored).compiler === compiler) continue;
      rmSync(join(dir, other), { force: true });
      rmSync(join(dir, other.replace(/json$/, 'msgpack')), { force: true });
    } catch {
      // Somebody else's file, or one that is being written: let it be.
    }
  }
}

/** Stores an image in the first cache directory that can be written; without one it is compiled again next time. */
function save(name: string, stored: Stored, image: Image): void {
  for (const dir of cacheDirs()) {
    dropOld(dir, name, stored.compiler);
    const part = join(dir, `.${name}.${process.pid}`);
    try {
      mkdirSync(dir, { recursive: true });
      writeFileSync(part, encodeImage(image));
      renameSync(part, join(dir, `${name}.msgpack`));
      writeFileSync(part, JSON.stringify(stored));
      renameSync(part, join(dir, `${name}.json`));
      return;
    } catch {
      rmSync(part, { force: true });
    }
  }
}

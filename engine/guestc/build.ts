/** Images: from the cache, or compiled. Whoever wants to do without the compiler as long as the cache has all asks `storedImage` first. */
import { readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CompileError } from '../cfront/diagnostics.ts';
import type { Image } from '../image/image.ts';
import { modelsDir } from '../image/place.ts';
import type { Profile } from '../image/profile.ts';
import { type ProviderDeclaration, readProviders } from '../image/provider.ts';
import { type Dependency, imageKey, sha, storedImage, storeImage } from './cache.ts';
import { type CompileOptions, checkProbeSites, compileImage, compileImages } from './compile.ts';
import {
  kernelDefines,
  kernelRecipe,
  libraryFiles,
  programRecipe,
  type Recipe,
  userIncludes,
} from './recipes.ts';

/** Throws CompileError. */
export const kernelImage = (profile: Profile): Image => made(kernelRecipe(profile), profile);

/**
 * Throws CompileError, or Error if there is no such program. With pidSites the pid provider can trace it; it is the same program in
 * simulated time, so the image has the same key.
 */
export const programImage = (name: string, profile: Profile, pidSites = false): Image =>
  made(programRecipe(name, pidSites), profile);

/** From the cache, or compiled: without and with marks at once, since that takes little longer than one of them. */
export function made(recipe: Recipe, profile: Profile): Image {
  const stored = storedImage(recipe, profile);
  if (stored !== undefined) return stored;
  const root = modelsDir();
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
    const own = { ...recipe, marks: marks === 1 };
    image.key = imageKey(
      own,
      profile,
      dependencies.flatMap((d) => [d.path, d.hash]),
    );
    storeImage(own, profile, dependencies, image);
  });
  return images[recipe.marks ? 1 : 0];
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
    const recipe = kind === 'kernel' ? kernelRecipe(profile) : programRecipe(name, pidSites);
    return made(recipe, profile).key === key ? made({ ...recipe, marks: true }, profile) : undefined;
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
    defines: kernel ? kernelDefines(profile) : {},
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
  // Marks are left out of it: they make no other program.
  image.key = imageKey(
    { ...recipe, marks: false },
    profile,
    [...read].sort(([a], [b]) => (a < b ? -1 : 1)).flat(),
  );
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
  const declared = new Map<string, string>();
  const refuse = (file: string, message: string): never => {
    throw new CompileError([{ file, line: 1, col: 1, message, sourceLine: '' }]);
  };
  const read = (file: string): ProviderDeclaration[] => {
    try {
      return readProviders(readFileSync(file));
    } catch (error) {
      return refuse(
        file,
        `cannot link this object, which must come from dtrace -G: ${(error as Error).message}`,
      );
    }
  };
  return paths.flatMap((file) =>
    read(file).map((provider) => {
      const before = declared.get(provider.name);
      if (before !== undefined)
        refuse(file, `provider '${provider.name}' is defined twice: first in ${before}`);
      declared.set(provider.name, file);
      return { ...provider, file };
    }),
  );
}

/**
 * A user program from files that are not part of probelab, linked with the guest's library: C files, and objects of dtrace -G with the
 * providers of its probes. Throws CompileError.
 */
export function compileProgram(paths: string[], options: ProgramOptions): Image {
  refuseUnreadable(paths);
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

/** What -G is told of a program: C files that call the probes of the providers in an object. */
export interface SiteOptions {
  profile: Profile;
  includeDirs: string[];
  defines: Record<string, string>;
}

/** Do these C files call the probes of an object of dtrace -G as it declares them? Throws CompileError. */
export function checkSites(paths: string[], object: string, bytes: Uint8Array, options: SiteOptions): void {
  refuseUnreadable(paths);
  checkProbeSites({
    name: object,
    kind: 'user',
    files: paths.map((path) => ({ path, name: path })),
    includeDirs: userIncludes(),
    ownIncludeDirs: options.includeDirs,
    defines: options.defines,
    profile: options.profile,
    sourceRoot: join(modelsDir(), 'user'),
    providers: readProviders(bytes).map((provider) => ({ ...provider, file: object })),
  });
}

function refuseUnreadable(paths: string[]): void {
  const problems = paths
    .filter((path) => !isFile(path))
    .map((path) => ({ file: path, line: 1, col: 1, message: 'cannot read this file', sourceLine: '' }));
  if (problems.length > 0) throw new CompileError(problems);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

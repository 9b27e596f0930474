/**
 * A cache of images. An image is stored with the list of the files it was made from, and is good as long as they are unchanged: sizes and
 * modification times answer that quickly, and where they differ the contents decide. The compiler's own files count as sources, too.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Image } from '../image/image.ts';
import { cacheDirs, modelsDir, writeWhole } from '../image/place.ts';
import type { Profile } from '../image/profile.ts';
import { versions } from '../image/version.ts';
import type { Recipe } from './recipes.ts';
import { encodeImage, openImage } from './store.ts';

/** A file that an image was made from. */
export interface Dependency {
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
  key: string;
}

export const sha = (...parts: (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 32);
};

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

/** What of a profile and its options is in an image. */
const settingsOf = (recipe: Recipe, profile: Profile): string =>
  sha(codegenPart(profile), JSON.stringify(recipe.defines), ...(recipe.marks ? ['marks'] : []));

/** Under which name the cache has it. */
function nameOf({ kind, name, pidSites, marks }: Recipe, settings: string): string {
  const parts = [...(pidSites ? ['pid'] : []), ...(marks ? ['marks'] : []), name];
  return `${kind}-${parts.join('.')}-${settings.slice(0, 8)}`;
}

/** The key of an image made from these files (Image.key): path, hash, path, hash, ... */
export const imageKey = (recipe: Recipe, profile: Profile, files: readonly string[]): string =>
  sha(versions().compiler, settingsOf(recipe, profile), ...files);

const inMemory = new Map<string, Image>();

/** The image of this recipe, if it is there and everything it was made from is unchanged. */
export function storedImage(recipe: Recipe, profile: Profile): Image | undefined {
  const settings = settingsOf(recipe, profile);
  const files = filesOf(recipe);
  for (const dir of cacheDirs('images')) {
    const base = join(dir, nameOf(recipe, settings));
    let stored: Stored;
    try {
      stored = JSON.parse(readFileSync(`${base}.json`, 'utf8')) as Stored;
    } catch {
      continue;
    }
    if (stored.compiler !== versions().compiler || stored.settings !== settings) continue;
    if (stored.files.join('\n') !== files.join('\n') || !stored.dependencies.every(unchanged)) continue;
    const image = inMemory.get(`${base} ${stored.key}`) ?? readImage(base, stored.key);
    if (image !== undefined) return image;
  }
  return undefined;
}

function readImage(base: string, key: string): Image | undefined {
  try {
    const image = openImage(`${base}.image`, key);
    inMemory.set(`${base} ${key}`, image);
    return image;
  } catch {
    return undefined;
  }
}

const filesOf = (recipe: Recipe): string[] => recipe.files.map((f) => relative(modelsDir(), f.path));

/** What was found of files in this turn of the event loop: programs share most of theirs. */
const looked = new Map<string, boolean>();

function unchanged({ path, size, mtimeMs, hash }: Dependency): boolean {
  const question = `${path} ${hash}`;
  const known = looked.get(question);
  if (known !== undefined) return known;
  let same = false;
  const real = join(modelsDir(), path);
  try {
    const stat = statSync(real);
    same = stat.size === size && (stat.mtimeMs === mtimeMs || sha(readFileSync(real)) === hash);
  } catch {
    // not there any more
  }
  if (looked.size === 0) setImmediate(() => looked.clear());
  looked.set(question, same);
  return same;
}

/** Stores an image in the first cache directory that can be written; without one it is compiled again next time. */
export function storeImage(
  recipe: Recipe,
  profile: Profile,
  dependencies: readonly Dependency[],
  image: Image,
): void {
  const settings = settingsOf(recipe, profile);
  const name = nameOf(recipe, settings);
  const { compiler } = versions();
  const stored: Stored = {
    compiler,
    settings,
    files: filesOf(recipe),
    dependencies: [...dependencies],
    key: image.key,
  };
  for (const dir of cacheDirs('images')) {
    dropOld(dir, name, compiler);
    if (
      writeWhole(join(dir, `${name}.image`), encodeImage(image)) &&
      writeWhole(join(dir, `${name}.json`), JSON.stringify(stored))
    )
      return;
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
      rmSync(join(dir, other.replace(/json$/, 'image')), { force: true });
    } catch {
      // Somebody else's file, or one that is being written: let it be.
    }
  }
}

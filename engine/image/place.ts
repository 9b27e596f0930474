/**
 * Where probelab's own files are. A checkout runs from its sources; built, dist/ holds few files with many modules each, so that no module can
 * tell by its own place where another one is.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { threadId } from 'node:worker_threads';

/** Not built: there are no files to start threads from, but for a compiler's. */
export const FROM_SOURCES = import.meta.url.endsWith('.ts');

let root: string | undefined;

/** The folder of package.json: a checkout's, or the installed package's. */
export function packageDir(): string {
  if (root === undefined) {
    root = dirname(fileURLToPath(import.meta.url));
    while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root);
  }
  return root;
}

/** models/: the guest's sources, machines, scenarios, D libraries and scripts. */
export const modelsDir = (): string => join(packageDir(), 'models');

/** What a thread is started from: the built form of a module that is one of the build's entries (scripts/bundle.mjs). Not for FROM_SOURCES. */
export const builtModule = (path: string): URL => pathToFileURL(join(packageDir(), 'dist', path));

/** Where things of a kind are kept that take long to make, in order of preference: the package's own folder, the user's, a temporary one. */
export function cacheDirs(kind: string): string[] {
  const home = process.env.XDG_CACHE_HOME ?? (homedir() ? join(homedir(), '.cache') : tmpdir());
  return [join(packageDir(), 'dist', kind), join(home, 'probelab', kind), join(tmpdir(), `probelab-${kind}`)];
}

/** A file of a cache, whole or not at all, whoever else writes it. False: it cannot be written here. */
export function writeWhole(path: string, bytes: string | Uint8Array): boolean {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.${threadId}`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, bytes);
    renameSync(part, path);
    return true;
  } catch {
    try {
      rmSync(part, { force: true });
    } catch {
      // nor removed, so it is not there
    }
    return false;
  }
}

/**
 * From TypeScript to few files of JavaScript: each entry, and chunks of what entries and commands share. Loading a hundred modules one by one
 * takes longer than a short run does.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

/** The program, what threads are started from, and what the build itself runs. */
const ENTRIES = [
  'tui/main.ts',
  'traces/experiment/worker.ts',
  'traces/background/worker.ts',
  'traces/scribe-guard.ts',
  'traces/scribe-thread.ts',
  'engine/guestc/build-all.ts',
];

/** Ink and React stay where they are installed: they are loaded by one command, and bring WebAssembly of their own. */
const EXTERNAL = ['ink', 'react', 'react/*', 'protobufjs', 'flatqueue', 'heap-js', 'tinyqueue'];

/** msgpackr without its addon: finding that takes longer than it saves on what is read here. */
const ALIAS = { msgpackr: './node_modules/msgpackr/index.js' };

/** Libraries in CommonJS ask for Node's modules with require. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
};

/** The digests of the sources that the built program is known by. */
async function versions() {
  const { outputFiles } = await build({
    ...options,
    entryPoints: ['engine/image/version.ts'],
    write: false,
  });
  const { sourceVersions } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  return sourceVersions(`${root}engine`);
}

/** Folders of what is built; others below dist/ are caches and tests'. */
const BUILT = ['chunks', 'engine', 'traces', 'tui'];

/** Writes the built program below a folder of the package. What is not part of it any more goes last: who runs it meanwhile may yet load a chunk. */
export async function bundle(outdir) {
  const { metafile } = await build({
    ...options,
    entryPoints: ENTRIES,
    outdir,
    outbase: '.',
    splitting: true,
    metafile: true,
    minifyWhitespace: true,
    minifySyntax: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: EXTERNAL,
    alias: ALIAS,
    banner: { js: REQUIRE },
    define: { BUILT_VERSIONS: JSON.stringify(await versions()) },
    jsx: 'automatic',
  });
  const made = new Set(Object.keys(metafile.outputs).map((path) => join(root, path)));
  for (const folder of BUILT.map((name) => join(outdir, name)))
    for (const entry of existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true })
      : []) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      if (entry.isFile() && !made.has(path)) rmSync(path);
    }
}

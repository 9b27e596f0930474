/**
 * From TypeScript to few files of JavaScript: each entry, and chunks of what entries and commands share. Loading a hundred modules one by one
 * takes longer than a short run does.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
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

/** Writes the built program below a folder of the package; images that are there stay. */
export async function bundle(outdir) {
  for (const name of existsSync(outdir) ? readdirSync(outdir) : [])
    if (name !== 'images' && name !== 'boots') rmSync(`${outdir}/${name}`, { recursive: true });
  await build({
    ...options,
    entryPoints: ENTRIES,
    outdir,
    outbase: '.',
    splitting: true,
    minifyWhitespace: true,
    minifySyntax: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: EXTERNAL,
    alias: ALIAS,
    banner: { js: REQUIRE },
    define: { BUILT_VERSIONS: JSON.stringify(await versions()) },
    jsx: 'automatic',
  });
}

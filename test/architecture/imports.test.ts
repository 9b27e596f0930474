// Imports point one way: tui -> traces -> engine. Within the engine, the machine knows neither the compiler nor DTrace, and those two
// not each other; they meet in cfront and in the image.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) =>
    relative(root, join(root, dirname(file), path)),
  );
}

/** Folder: what it may import besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  'engine/wasm': [],
  'engine/image': [],
  'engine/cfront': ['engine/image'],
  'engine/guestc': ['engine/cfront', 'engine/image', 'engine/wasm'],
  'engine/machine': ['engine/image', 'engine/wasm'],
  'engine/dtrace': ['engine/cfront', 'engine/image'],
  'engine/run': ['engine/cfront', 'engine/guestc', 'engine/image', 'engine/machine', 'engine/dtrace'],
  traces: ['engine/'],
  tui: ['engine/', 'traces'],
};

test.each(Object.entries(MAY_IMPORT))('%s imports only what it may', (folder, allowed) => {
  const wrong = sources(folder).flatMap((file) =>
    imports(file)
      .filter((path) => ![folder, ...allowed].some((ok) => path.startsWith(ok.endsWith('/') ? ok : `${ok}/`)))
      .map((path) => `${file} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('the engine names models only by path', () => {
  const wrong = ['engine', 'traces', 'tui'].flatMap((folder) =>
    sources(folder).filter((file) => imports(file).some((path) => path.startsWith('models/'))),
  );
  expect(wrong).toEqual([]);
});

test('what is outside of engine/dtrace uses what its index exports', () => {
  const open = ['engine/dtrace/index.ts', 'engine/dtrace/glob.ts'];
  const wrong = ['engine', 'traces', 'tui'].flatMap((folder) =>
    sources(folder)
      .filter((file) => !file.startsWith('engine/dtrace/'))
      .flatMap((file) =>
        imports(file)
          .filter((path) => path.startsWith('engine/dtrace/') && !open.includes(path))
          .map((path) => `${file} imports ${path}`),
      ),
  );
  expect(wrong).toEqual([]);
});

test("D's compiler and consumer do not know each other, and neither knows the command", () => {
  const sides = { compiler: 'consumer', consumer: 'compiler' };
  const wrong = Object.entries(sides).flatMap(([side, other]) =>
    sources(`engine/dtrace/${side}`).flatMap((file) =>
      imports(file)
        .filter(
          (path) =>
            path.startsWith(`engine/dtrace/${other}/`) || /dtrace\/(dtrace|command|index)\.ts$/.test(path),
        )
        .map((path) => `${file} imports ${path}`),
    ),
  );
  expect(wrong).toEqual([]);
});

/**
 * What the shipped images are made from: the kernel is every .c file below models/kernel in sorted order; a program is models/user/lib with
 * models/user/bin/NAME.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { modelsDir } from '../image/place.ts';
import type { Profile } from '../image/profile.ts';
import type { CompileOptions } from './compile.ts';

export type Recipe = Pick<
  CompileOptions,
  'name' | 'kind' | 'files' | 'includeDirs' | 'defines' | 'sourceRoot' | 'pidSites' | 'marks'
>;

export function kernelRecipe(profile: Profile): Recipe {
  const root = join(modelsDir(), 'kernel');
  const files = sourcesBelow(root).map((name) => ({ path: join(root, name), name }));
  if (files.length === 0) throw new Error(`no kernel sources in ${root}`);
  return {
    name: 'kernel',
    kind: 'kernel',
    files,
    includeDirs: [root],
    defines: kernelDefines(profile),
    sourceRoot: root,
  };
}

export const kernelDefines = (profile: Profile): Record<string, string> =>
  Object.fromEntries(profile.options.map((o) => [o, '1']));

/** With pidSites the pid provider can trace it. Throws Error if there is no such program. */
export function programRecipe(name: string, pidSites = false): Recipe {
  const root = join(modelsDir(), 'user');
  const own = /^[\w.-]+$/.test(name) ? sourcesBelow(join(root, 'bin', name)) : [];
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
    ...(pidSites ? { pidSites } : {}),
  };
}

export function libraryFiles(): { path: string; name: string; library: boolean }[] {
  const root = join(modelsDir(), 'user');
  return sourcesBelow(join(root, 'lib')).map((n) => ({
    path: join(root, 'lib', n),
    name: `lib/${n}`,
    library: true,
  }));
}

export const userIncludes = (): string[] => [
  join(modelsDir(), 'user', 'include'),
  join(modelsDir(), 'kernel'),
];

/** Guest programs that probelab ships. */
export function programNames(): string[] {
  return [...new Set(sourcesBelow(join(modelsDir(), 'user', 'bin')).map((n) => n.split('/')[0]))];
}

/** What was found in this turn of the event loop: all programs share the library. */
const listed = new Map<string, string[]>();

/** .c files, sorted; none where there is no such folder. */
function sourcesBelow(folder: string): string[] {
  let names = listed.get(folder);
  if (names !== undefined) return names;
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.c'))
      .sort();
  } catch {
    names = [];
  }
  if (listed.size === 0) setImmediate(() => listed.clear());
  listed.set(folder, names);
  return names;
}

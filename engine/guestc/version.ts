/** Which compiler this is: images made by another one are made again. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDir } from '../image/place.ts';

/** Set by the build (scripts/bundle.mjs), which leaves no sources to look at. */
declare const BUILT_COMPILER: string | undefined;

let known: string | undefined;

/** A digest of the compiler's own sources. */
export function compilerVersion(): string {
  known ??= typeof BUILT_COMPILER === 'string' ? BUILT_COMPILER : sourceVersion(join(packageDir(), 'engine'));
  return known;
}

/** Of the sources below engine/. */
export function sourceVersion(engine: string): string {
  const hash = createHash('sha256');
  for (const folder of ['cfront', 'guestc', 'image', 'wasm'])
    for (const name of readdirSync(join(engine, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (name.endsWith('.ts'))
        hash.update(`${folder}/${name}\0`).update(readFileSync(join(engine, folder, name)));
  return hash.digest('hex').slice(0, 32);
}

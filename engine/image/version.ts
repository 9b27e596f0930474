/** Which probelab this is, by its code: what another one has made and kept is made again. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDir } from './place.ts';

/** Set by the build (scripts/bundle.mjs), which leaves no sources to look at. */
declare const BUILT_VERSIONS: Versions | undefined;

export interface Versions {
  /** Of what makes images. */
  compiler: string;
  /** Of what runs them, too. */
  engine: string;
}

let known: Versions | undefined;

/** Digests of the sources that this program was made from. */
export function versions(): Versions {
  known ??=
    typeof BUILT_VERSIONS === 'object' ? BUILT_VERSIONS : sourceVersions(join(packageDir(), 'engine'));
  return known;
}

/** Of the sources below engine/. */
export function sourceVersions(engine: string): Versions {
  const digest = (folders: string[]): string => {
    const hash = createHash('sha256');
    for (const folder of folders)
      for (const name of readdirSync(join(engine, folder), { recursive: true, encoding: 'utf8' }).sort())
        if (name.endsWith('.ts'))
          hash.update(`${folder}/${name}\0`).update(readFileSync(join(engine, folder, name)));
    return hash.digest('hex').slice(0, 32);
  };
  return { compiler: digest(['cfront', 'guestc', 'image', 'wasm']), engine: digest(['.']) };
}

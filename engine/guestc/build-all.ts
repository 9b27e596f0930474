/** An entry of the build: the images of every shipped machine profile and program, so that no run has to wait for them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { modelsDir } from '../image/place.ts';
import { loadProfile } from '../image/profile.ts';
import { kernelImage, programImage } from './build.ts';
import { programNames } from './recipes.ts';

/** Throws CompileError. */
export function buildAll(): void {
  const files = readdirSync(join(modelsDir(), 'machines')).filter((file) => file.endsWith('.json'));
  for (const file of files.sort()) {
    const profile = loadProfile(file.slice(0, -'.json'.length));
    kernelImage(profile);
    for (const program of programNames()) programImage(program, profile);
  }
}

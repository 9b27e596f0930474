import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDir } from '../engine/image/place.ts';

/** That of package.json. */
export const version = (): string =>
  (JSON.parse(readFileSync(join(packageDir(), 'package.json'), 'utf8')) as { version: string }).version;

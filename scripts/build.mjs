/**
 * Builds probelab: TypeScript to dist/, then the guest's kernel and programs to dist/images for every machine profile.
 *
 * Images are rebuilt only where their sources changed; a run does the same, so this is a head start, not a requirement.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const root = new URL('..', import.meta.url).pathname;
const require = createRequire(import.meta.url);

let tsc;
try {
  tsc = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
} catch {
  // Installed without development dependencies: dist/ must be there already.
  if (existsSync(`${root}dist/tui/main.js`)) process.exit(0);
  console.error(
    'probelab: TypeScript is not installed and nothing is built: run npm ci with development dependencies',
  );
  process.exit(1);
}
execFileSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { stdio: 'inherit' });
chmodSync(`${root}dist/tui/main.js`, 0o755);

const { loadProfile } = await import(`${root}dist/engine/image/profile.js`);
const { kernelImage, programImage, programNames } = await import(`${root}dist/engine/guestc/build.js`);
const profiles = readdirSync(`${root}models/machines`)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort();
try {
  for (const name of profiles) {
    const profile = loadProfile(name);
    kernelImage(profile);
    for (const program of programNames()) programImage(program, profile);
  }
} catch (error) {
  console.error(error.name === 'CompileError' ? error.message : error);
  process.exit(1);
}

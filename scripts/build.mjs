/**
 * Builds probelab: TypeScript to dist/, then the guest's kernel and programs to dist/images for every machine profile.
 *
 * Images are rebuilt only where their sources changed; a run does the same, so this is a head start, not a requirement. So is the first run of
 * dtrace, which leaves its boot behind for the next.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';

const dist = new URL('../dist', import.meta.url).pathname;
const built = await import('./bundle.mjs').then(
  async ({ bundle }) => {
    await bundle(dist);
    chmodSync(`${dist}/tui/main.js`, 0o755);
    return true;
  },
  (error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    // Installed without development dependencies: dist/ must be there already.
    if (existsSync(`${dist}/tui/main.js`)) return false;
    console.error(
      'probelab: esbuild is not installed and nothing is built: run npm ci with development dependencies',
    );
    process.exit(1);
  },
);

if (built) {
  const { buildAll } = await import(`${dist}/engine/guestc/build-all.js`);
  try {
    buildAll();
  } catch (error) {
    console.error(error.name === 'CompileError' ? error.message : error);
    process.exit(1);
  }
  spawnSync(process.execPath, [`${dist}/tui/main.js`, 'dtrace', '-qn', 'BEGIN { exit(0) }'], {
    stdio: 'ignore',
  });
}

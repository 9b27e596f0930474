// Scripts in the manner of published ones: all compile for the guest, and those whose probes the guest fires show what happened.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compilePrograms, Options, type ProbeCatalog } from '../../engine/dtrace/index.ts';
import { kernelImage } from '../../engine/guestc/build.ts';
import type { Image } from '../../engine/image/image.ts';
import { loadProfile, modelsDir } from '../../engine/image/profile.ts';
import { catalogOf } from '../../engine/run/dtrace-session.ts';
import { loadScenario } from '../../engine/run/scenario.ts';
import { Session } from '../../engine/run/session.ts';
import { lab, root } from './lab.ts';

const folder = join(root, 'test/e2e/scripts');
const own = join(modelsDir(), 'scripts');
const scripts = [folder, own].flatMap((dir) =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.d'))
    .map((name) => join(dir, name)),
);

describe('they compile', () => {
  let catalog: ProbeCatalog;
  let image: Image;
  beforeAll(async () => {
    image = kernelImage(loadProfile('amd64'));
    const session = await Session.open({
      version: 'test',
      machine: 'amd64',
      cpus: 1,
      seed: 1,
      scenario: loadScenario('idle'),
    });
    await session.boot();
    catalog = catalogOf(session.machine, image);
  }, 120_000);

  test.each(scripts)('%s', (path) => {
    const text = readFileSync(path, 'utf8');
    const options = new Options();
    options.set('defaultargs', undefined);
    const program = compilePrograms([{ kind: 's', text, path }], { catalog, image, options });
    expect(program.ecbs.length).toBeGreaterThan(0);
    expect(program.dof().length).toBeGreaterThan(0);
  });
});

/** A script on the guest that runs one command; what it printed. */
async function run(name: string, command: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await lab('dtrace', '-s', join(folder, name), '-c', command, ...args);
  expect(err).not.toMatch(/error on enabled probe|failed/);
  expect(code).toBe(0);
  return out;
}

describe('they show what happened', () => {
  test('opens: path, descriptor and error number', async () => {
    const out = await run('opens.d', 'cat /etc/rc /nosuch');
    expect(out).toMatch(/^ {4}0 +\d+ cat +3 {3}0 \/etc\/rc$/m);
    expect(out).toMatch(/^ {4}0 +\d+ cat +-1 {3}2 \/nosuch$/m);
  });

  test('execs: execve:return has the new name and arguments', async () => {
    expect(await run('execs.d', 'cat /etc/rc')).toMatch(/^ {4}0 +\d+ +\d+ cat\|cat \/etc\/rc$/m);
  });

  test('fds[]: names, file system and offset of what was read and written', async () => {
    const out = await run('rwfiles.d', 'cat /etc/rc');
    const bytes = /^cat +read +tmpfs +\/etc\/rc (\d+)$/m.exec(out);
    expect(Number(bytes?.[1])).toBeGreaterThan(10);
    expect(out).toMatch(new RegExp(`^cat +write +devfs +/dev/console ${bytes?.[1]}$`, 'm'));
    expect(out).toMatch(new RegExp(`^/etc/rc up to ${bytes?.[1]}$`, 'm'));
  });

  test('sysinfo and vminfo: bytes by process agree with what it wrote', async () => {
    const out = await run('paging.d', 'echo twelve bytes');
    expect(out).toMatch(/^ {2}echo +writech +13$/m);
    expect(out).toMatch(/^ {2}echo +zfod +\d+$/m);
  });

  test('enqueue, dequeue, on-cpu: native and translated members in one clause', async () => {
    expect(await run('runq.d', 'sleep 0.05')).toMatch(/^ {8}\d\n +value {2}-+ Distribution/m);
  });

  test('signal-send: both processes', async () => {
    expect(await run('signals.d', 'true')).toMatch(/^true\(\d+\) -> dtrace\(\d+\): CHLD$/m);
  });
});

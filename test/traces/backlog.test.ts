// Who writes a trace makes no difference to it; and what was recorded is kept, however the run ends.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Backlog } from '../../traces/backlog.ts';
import { TraceReader } from '../../traces/read.ts';
import { calls, plan, record } from './backlog.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const folder = mkdtempSync(join(tmpdir(), 'backlog-'));
/** Threads run what is built; it has to lie where it finds its libraries. */
mkdirSync(join(root, 'dist'), { recursive: true });
const built = mkdtempSync(join(root, 'dist', 'test-'));
const thread = pathToFileURL(join(built, 'traces', 'scribe-thread.js'));

beforeAll(() => {
  const bundle = pathToFileURL(join(root, 'scripts', 'bundle.mjs'));
  const script = `const { bundle } = await import('${bundle}'); await bundle(${JSON.stringify(built)});`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', script]);
});
afterAll(() => {
  for (const each of [folder, built]) rmSync(each, { recursive: true });
});

const end = { reason: 'poweroff', message: '', cycles: 9, exitStatus: 0, digest: '', stats: {} };
/** More than the blocks hold together, so that the run has to wait for the thread. */
const MANY = 250_000;

function whole(name: string, records: number, module: URL | undefined): Buffer {
  const path = join(folder, name);
  const backlog = record(path, records, module);
  const sums = backlog.drain();
  backlog.finish({ ...end, digest: sums.digest }, {});
  backlog.abandon(); // as after an error that comes later: nothing happens
  return readFileSync(path);
}

test.each([0, 1, 20_000, 150_000, MANY])(
  '%d records: the same bytes from the run itself and from a thread of its own',
  (records) => {
    const alone = whole('alone', records, undefined);
    expect(whole('thread', records, thread).equals(alone)).toBe(true);
    const reader = new TraceReader(join(folder, 'thread'));
    expect([reader.damage, reader.events]).toEqual(['', records]);
    reader.close();
  },
);

test('an abandoned recording keeps all of its events, and the process that exits in the middle too', () => {
  for (const module of [undefined, thread]) {
    const path = join(folder, 'abandoned');
    record(path, MANY, module).abandon();
    const reader = new TraceReader(path);
    expect([reader.end, reader.events]).toEqual([undefined, MANY]);
    reader.close();
  }
  const path = join(folder, 'exited');
  const script = `import { record } from ${JSON.stringify(join(here, 'backlog.ts'))};
    record(${JSON.stringify(path)}, ${MANY}, new URL(${JSON.stringify(thread.href)}));
    process.exit(3);`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect([child.status, child.stderr]).toEqual([3, '']);
  const reader = new TraceReader(path);
  expect(reader.events).toBe(MANY);
  reader.close();
});

test.skipIf(!existsSync('/dev/full'))('a full disk: the system says so, once, to the run', () => {
  for (const module of [undefined, thread]) {
    const path = '/dev/full';
    const backlog = new Backlog(plan({ path, fd: openSync(path, 'w'), offset: 0 }), module);
    const error = { code: 'ENOSPC', path };
    expect(() => {
      for (const call of calls(MANY)) if ('ring' in call) backlog.records(call.ring);
      backlog.drain();
    }).toThrow(expect.objectContaining(error));
    backlog.abandon();
  }
});

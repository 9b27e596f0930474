// Who writes a trace makes no difference to it; and what was recorded is kept, however the run ends.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../engine/run/user-error.ts';
import { Backlog } from '../../traces/backlog.ts';
import { beginTrace } from '../../traces/output.ts';
import { TraceReader } from '../../traces/read.ts';
import type { ThreadModules } from '../../traces/scribe-link.ts';
import { calls, header, plan, record } from './backlog.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const folder = mkdtempSync(join(tmpdir(), 'backlog-'));
const tsx = import.meta.resolve('tsx');
/** Threads run what is built; it has to lie where it finds its libraries. */
mkdirSync(join(root, 'dist'), { recursive: true });
const built = mkdtempSync(join(root, 'dist', 'test-'));
const modules = (scribe: string): ThreadModules => ({
  guard: pathToFileURL(join(built, 'traces', 'scribe-guard.js')),
  scribe: pathToFileURL(scribe),
});
const thread = modules(join(built, 'traces', 'scribe-thread.js'));

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

function whole(name: string, records: number, module: ThreadModules | undefined): Buffer {
  const path = join(folder, name);
  const backlog = record(path, records, module);
  const sums = backlog.drain();
  backlog.finish({ ...end, digest: sums.digest }, {});
  backlog.abandon(); // as after an error that comes later: nothing happens
  return readFileSync(path);
}

/** Many records in a process of their own, and what it does then. */
function alone(path: string, { guard, scribe }: ThreadModules, then: string, options: string[] = []) {
  const script = join(folder, 'alone.ts');
  writeFileSync(
    script,
    `import { record } from ${JSON.stringify(join(here, 'backlog.ts'))};
    const thread = { guard: new URL(${JSON.stringify(guard)}), scribe: new URL(${JSON.stringify(scribe)}) };
    const backlog = record(${JSON.stringify(path)}, ${MANY}, thread);
    ${then}`,
  );
  return spawnSync(process.execPath, [...options, '--import', tsx, script], { encoding: 'utf8' });
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
  const child = alone(path, thread, 'process.exit(3);');
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

/** A thread that does its work, but something else at the nth order of a kind. */
function defect(kind: string, n: number, code: string): ThreadModules {
  const path = join(folder, `defect-${kind}-${n}.mjs`);
  writeFileSync(
    path,
    `import { workerData } from 'node:worker_threads';
    const { port } = workerData;
    const on = port.on.bind(port);
    let n = 0;
    port.on = (event, obey) => on(event, (order) => {
      if (order.kind === '${kind}' && ++n === ${n}) { ${code} }
      obey(order);
    });
    await import(${JSON.stringify(thread.scribe)});`,
  );
  return modules(path);
}

const digests = (path: string): string[] => {
  const reader = new TraceReader(path);
  reader.close();
  return reader.chunks.map(({ digest }) => digest);
};

describe('the thread dies', () => {
  const THROWS = "throw new TypeError('a defect of ours')";
  const all = join(folder, 'all');
  beforeAll(() => {
    whole('all', MANY, undefined);
  });

  test.each([
    ['block', 4, 'process.exit(7)', 'UserError', 'it ended with exit code 7'],
    ['block', 5, THROWS, 'Error', 'a defect of ours'],
    ['drain', 1, THROWS, 'Error', 'a defect of ours'],
    ['finish', 1, 'process.exit(0)', 'UserError', 'it ended with exit code 0'],
  ])(
    'at %s %d by %s: the run is told, once, and what was written can be read',
    (kind, n, code, type, why) => {
      const path = join(folder, 'died');
      const backlog = new Backlog(plan(beginTrace(path, header)), defect(kind, n, code));
      let error: unknown;
      try {
        for (const call of calls(MANY)) if ('ring' in call) backlog.records(call.ring);
        const sums = backlog.drain();
        backlog.finish({ ...end, digest: sums.digest }, {});
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(type === 'UserError' ? UserError : Error);
      const { message, stack } = error as Error;
      expect(message).toBe(
        `${path}: the thread that writes it died: ${why}; what it has written can be read`,
      );
      expect(stack?.includes('defect-')).toBe(type === 'Error'); // where it came from
      backlog.abandon();
      const written = digests(path);
      expect(written.length).toBeGreaterThan(0);
      expect(written).toEqual(digests(all).slice(0, written.length));
      expect(written.length === digests(all).length).toBe(kind === 'finish');
    },
  );

  test('of memory: the same, and what to do; the process ends by itself', () => {
    const path = join(folder, 'memory');
    const eats = defect('block', 5, 'const all = []; for (;;) all.push(new Array(1e5).fill(1.5));');
    const child = alone(path, eats, 'backlog.drain();', ['--max-old-space-size=128']);
    expect(child.stderr).toContain(
      `${path}: the thread that writes it died: it ran out of memory; what it has written can be read; more memory: NODE_OPTIONS=--max-old-space-size=MEBIBYTES`,
    );
    expect(child.status).toBe(1);
    const written = digests(path);
    expect(written.length).toBeGreaterThan(0);
    expect(written).toEqual(digests(all).slice(0, written.length));
  });

  test('before it has taken the work: the run does it itself', () => {
    const path = join(folder, 'unborn.mjs');
    writeFileSync(path, 'process.exit(1);');
    expect(whole('thread', MANY, modules(path)).equals(readFileSync(all))).toBe(true);
  });
});

// Files that are missing, no traces, or damaged, met from inside the screens: one message says what is wrong, and the rest goes on.
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TraceReader } from '../../traces/read.ts';
import { openNames } from '../../tui/app/runs.ts';
import { World } from '../../tui/app/world.ts';
import { scratch } from '../e2e/lab.ts';
import { record } from '../traces/backlog.ts';
import { Ui } from './ui.ts';

const folder = scratch();
const path = (name: string): string => join(folder, `${name}.trace`);
/** Events of each trace: more than a screen reads of it at once. */
const EVENTS = 120_000;
const CHUNK = 16_384;
const HURT = 2;

beforeAll(() => {
  const backlog = record(path('good'), EVENTS, undefined);
  const { digest } = backlog.drain();
  backlog.finish({ reason: 'poweroff', message: '', cycles: 9, exitStatus: 0, digest, stats: {} }, {});
  const bytes = readFileSync(path('good'));
  const reader = new TraceReader(path('good'));
  const hurt = Buffer.from(bytes);
  hurt[reader.chunks[HURT].offset + 100] ^= 0xff;
  writeFileSync(path('hurt'), hurt);
  writeFileSync(path('cut'), bytes.subarray(0, reader.chunks[3].offset + 10));
  reader.close();
  writeFileSync(path('text'), 'int main;\n');
  mkdirSync(path('folder'));
  symlinkSync(path('loop'), path('loop'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ui(...names: string[]): Promise<Ui> {
  const world = new World();
  const inputsOf = () => {
    throw new Error('no scenario is opened here');
  };
  await openNames(names.map(path), world, inputsOf);
  return new Ui({
    world,
    columns: 200,
    rows: 40,
    outside: { open: (wanted, into) => openNames(wanted, into, inputsOf) },
  });
}

const ELSEWHERE = '; the Open view (8) lists what there is';

test.each([
  [['missing'], `${path('missing')}: no such file or directory${ELSEWHERE}`],
  [['good', 'missing'], `${path('missing')}: no such file or directory${ELSEWHERE}`],
  [['text'], `${path('text')}: not a probelab trace${ELSEWHERE}`],
  [['folder'], `${path('folder')}: not a regular file${ELSEWHERE}`],
  [
    ['good', 'hurt'],
    `${path('hurt')}: chunk ${HURT}: damaged (checksum does not match); it can be opened, but only alone${ELSEWHERE}`,
  ],
])('opening %j is refused in one message; the run that was open still is', async (names, message) => {
  const u = await ui('good');
  await u.run('event 50');
  await u.run(`open ${names.map(path).join(' ')}`);
  expect(u.last).toBe(message);
  expect(u.state.busy).toBe('');
  expect(u.store.world.sides.map(({ run }) => run.title)).toEqual([path('good')]);
  await u.type('l');
  expect(u.state.now[0]).toBe(52);
  expect(u.text).toContain('#51');
});

test('what the system alone can say it says in its own words, with the file', async () => {
  const u = await ui('good');
  await u.run(`open ${path('loop')}`);
  expect(u.last).toMatch(/loop\.trace: .*/);
  expect(u.last).not.toContain('undefined');
});

test('in the Open view it is not said that there is an Open view', async () => {
  const u = await ui('good');
  u.store.world.readCatalog = () => [{ kind: 'trace', name: path('missing'), description: '' }];
  await u.run('open');
  await u.type('\r');
  expect(u.last).toBe(`${path('missing')}: no such file or directory`);
  expect(u.state.view).toBe('open');
});

test('a file that was cut short: said when it is opened, and what there is can be seen', async () => {
  const u = await ui('cut');
  expect(u.last).toContain(`${path('cut')}: cut short at event ${(3 * CHUNK).toLocaleString('en')} (`);
  await u.run('end');
  expect(u.state.now[0]).toBe(3 * CHUNK);
});

test('a damaged chunk: every view shows the rest, and where it is nothing goes', async () => {
  const u = await ui('hurt');
  const damage = `${path('hurt')}: chunk ${HURT}: damaged (checksum does not match)`;
  await u.run('zoom-fit');
  expect(u.text.split('\n').filter((row) => row.includes('▓') || row.includes('┄')).length).toBeGreaterThan(
    0,
  );
  await u.run('event 100');
  for (const view of ['machine', 'source', 'threads', 'locks', 'events', 'dtrace']) {
    await u.run(view);
    expect(u.text, view).toContain('1 Machine');
  }
  await u.run(`event ${HURT * CHUNK + 50}`);
  expect(u.last).toBe(damage);
  expect(u.state.now[0]).toBe(101);
  // Past it as well: the state there follows from what is lost, until one is kept again.
  await u.run(`event ${(HURT + 1) * CHUNK + 50}`);
  expect(u.last).toBe(damage);
  await u.run(`event ${4 * CHUNK + 50}`);
  expect(u.state.now[0]).toBe(4 * CHUNK + 51);
  await u.run('filter syscall:::entry', 'events');
  expect(u.text).toContain('entry');
  await u.type('l');
  expect(u.state.now[0]).toBe(4 * CHUNK + 52);
});

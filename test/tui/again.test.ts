// Executing again beside the screen: the measured ledger, the deciding firing, forks; with keys answered meanwhile, and stopped by ^C.
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { TraceReader } from '../../traces/read.ts';
import { goLive, openNames } from '../../tui/app/runs.ts';
import { World } from '../../tui/app/world.ts';
import { lab, scratch } from '../e2e/lab.ts';
import { Ui } from './ui.ts';

const folder = scratch();
const [plain, traced] = ['plain.trace', 'traced.trace'].map((name) => join(folder, name));
const COMMAND = ['--exec', 'dd if=/dev/zero of=/dev/null bs=16k count=2', '--cpus', '1', '-q'];
const none = () => {
  throw new Error('no scenario is opened here');
};

beforeAll(async () => {
  expect((await lab('run', ...COMMAND, '--record', plain)).code).toBe(0);
  const program = ['-n', 'lockstat:::adaptive-acquire /execname == "dd"/ { @ = count(); }'];
  expect((await lab('run', ...COMMAND, ...program, '--record', traced)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Lets others have their turn: work beside the screen begins, which takes many, and refusals are said. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function ui(...names: string[]): Promise<{ ui: Ui; opened: string[][] }> {
  const world = new World();
  await openNames(names, world, none);
  const opened: string[][] = [];
  return {
    opened,
    ui: new Ui({
      world,
      columns: 120,
      rows: 40,
      outside: {
        open: async (wanted) => {
          opened.push(wanted);
        },
        goLive: (state, into) => goLive(state, into, () => false),
      },
    }),
  };
}

test('the measured ledger has the rows of the counted one, and sums to the cycle; keys are answered while it is made', async () => {
  const { ui: u } = await ui(plain, traced);
  u.store.act([{ name: 'ledger', text: 'measured' }]);
  await turn();
  expect(u.state.job?.what).toBe('measured ledger');
  const before = u.state.now[0];
  u.store.act([{ name: 'next-event' }]);
  expect(u.state.now[0]).toBe(before + 1);
  u.store.act([{ name: 'deciding' }]);
  await turn();
  expect(u.last).toContain('measured ledger is still going on');
  await u.store.idle();
  expect(u.state.job).toBeNull();
  expect(u.last).toContain('measured by executing without probe, without cache, without consumer');
  const { measured } = u.store.world;
  for (const r of measured?.rows ?? [])
    expect(r.probe + r.trap + r.cache + r.consumer + r.remainder, r.thread).toBe(r.added);
  expect(measured?.rows.map((r) => r.thread)).toEqual(u.store.world.diff?.ledger.map((r) => r.thread));
  expect(u.text).toMatch(/WHAT EACH CHARGE COSTS .*measured/);
  await u.type('e');
  expect(u.text).toMatch(/WHERE IT WENT .*counted/);
});

test('the deciding firing: stopped by ^C nothing is lost; found, Enter goes to it', async () => {
  const { ui: u } = await ui(plain, traced);
  u.store.act([{ name: 'deciding' }]);
  await turn();
  const before = u.state.now;
  await u.type('\x03');
  expect(u.state.quit).toBe(false);
  expect(u.state.job).toBeNull();
  expect(u.state.now).toEqual(before);
  expect(u.last).toContain('deciding firing: stopped');
  await u.run('deciding console');
  expect(u.text).toContain('DECIDING FIRING');
  expect(u.text).toContain('the console shows');
  await u.type('\r');
  expect(u.state.side).toBe(1);
  const firing = u.store.world.decision?.firing;
  expect(u.state.now[1] - 1).toBe(firing?.seq);
  expect(u.text).toContain('dtrace-enter');
  await u.run('deciding luck');
  expect(u.last).toContain('deciding luck: there are result, console, owners, wakeups');
});

test('a fork of a trace: the same events up to there, the change in its inputs, and both futures offered', async () => {
  const { ui: u, opened } = await ui(plain);
  await u.run('fork seed 5');
  expect(u.last).toContain('nothing has happened yet');
  const reader = new TraceReader(plain);
  const middle = Math.floor(reader.events * 0.8);
  await u.run(`event ${middle}`);
  for (const [words, wrong] of [
    ['fork seed x', 'a whole number is expected'],
    ['fork faster', "fork: 'seed N'"],
    ['fork suppress cache', "only 'probe'"],
    ['fork program nosuch:::probe { }', 'probe description nosuch:::probe does not match any probes'],
  ]) {
    await u.run(words);
    expect(u.last).toContain(wrong);
  }
  const path = plain.replace('.trace', '.fork1.trace');
  expect(existsSync(path)).toBe(false);
  await u.run('fork program syscall:::entry { @[probefunc] = count(); }');
  expect(u.state.prompt?.text).toBe(`open ${plain} ${path}`);
  expect(u.text).toContain('Enter opens both futures and their difference');
  await u.type('\r');
  expect(opened).toEqual([[plain, path]]);
  const fork = new TraceReader(path);
  const [{ cycle }] = (fork.header.inputs as RunInputs).forks ?? [];
  const [a, b] = [reader, fork].map((r) => r.chunk(0).columns);
  expect(cycle).toBe(a.cycle[middle]);
  const common = a.cycle.findIndex((c) => c > cycle);
  expect(b.cycle.slice(0, common)).toEqual(a.cycle.slice(0, common));
  expect(b.site.slice(0, common)).toEqual(a.site.slice(0, common));
  expect(fork.header.identity).not.toBe(reader.header.identity);
  fork.close();
  reader.close();
  await u.run('end', 'fork seed 5');
  expect(u.last).toContain('the run ends here: go back first');
});

test('a trace that is gone by now: one message, and the screen goes on', async () => {
  const gone = join(folder, 'gone.trace');
  copyFileSync(plain, gone);
  const { ui: u } = await ui(gone);
  await u.run('event 5000');
  rmSync(gone);
  await u.run('fork seed 5');
  expect(u.last).toBe(`${gone}: no such file or directory`);
  expect(u.state.job).toBeNull();
  await u.type('l');
  expect(u.state.now[0]).toBe(5002);
});

test('a trace goes live at the same moment, also when its recording begins later than its run', async () => {
  const reader = new TraceReader(plain);
  const { cycle } = reader.chunk(0).columns;
  const from = cycle[Math.floor(reader.events * 0.3)];
  reader.close();
  const late = join(folder, 'late.trace');
  expect((await lab('run', ...COMMAND, '--record', late, '--record-from', String(from))).code).toBe(0);
  for (const path of [plain, late]) {
    const { ui: u } = await ui(path);
    const { run } = u.store.world.sides[0];
    await u.run(`event ${Math.floor(run.events / 2)}`);
    const { seq: _, ...event } = run.event(u.state.now[0] - 1);
    await u.run('live');
    expect(u.last).toContain('live: s steps a line');
    const live = u.store.world.sides[0].run;
    expect(live.kind).toBe('live');
    expect(live.event(u.state.now[0] - 1)).toMatchObject(event);
    // Its events are the trace's: places are still places in it.
    await u.type('Y');
    expect(u.copied[0].startsWith(path === plain ? `${plain}#` : 'exec#')).toBe(true);
  }
});

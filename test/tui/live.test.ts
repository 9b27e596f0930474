// The screens on a live machine: what they show after each step is where the machine stands.
import { beforeAll, expect, test } from 'vitest';
import type { LiveRun } from '../../traces/live/live-run.ts';
import { liveSide } from '../../tui/app/runs.ts';
import { NOTHING_OUTSIDE } from '../../tui/app/store.ts';
import { World } from '../../tui/app/world.ts';
import { inputs } from '../live/runs.ts';
import { Ui } from './ui.ts';

const world = new World();
let run: LiveRun;
let ui: Ui;
/** Slices of a search are over with the first look, whatever the clock says. */
let short = false;

beforeAll(async () => {
  const side = await liveSide(inputs('dd if=/dev/zero of=/dev/null bs=16k count=2', 1));
  run = side.live as LiveRun;
  world.replace([side], undefined);
  ui = new Ui({
    world,
    columns: 120,
    rows: 40,
    outside: { slice: () => (short ? () => true : NOTHING_OUTSIDE.slice()) },
  });
});

/** Number of the line that the Source view marks. */
const marked = (): number => Number(/^> *(\d+) /m.exec(ui.text)?.[1]);

test('beyond what is known the machine runs: to the next event, system call, match; and a key back is a move', async () => {
  const known = run.events;
  expect(ui.state.now[0]).toBe(known);
  ui.store.act([{ name: 'next-event', count: 3 }, { name: 'previous-event' }]);
  await ui.store.idle();
  expect(ui.state.now[0]).toBe(known + 2);
  await ui.type('}');
  const call = run.event(ui.state.now[0] - 1);
  expect(ui.state.now[0]).toBeGreaterThan(known + 2);
  expect(run.sites[call.site]).toMatchObject({ provider: 'syscall', name: 'entry' });
  // Nothing of the kind lies between.
  const syscall = { site: 'syscall:::entry', where: `tid == ${call.tid}` };
  expect(run.find(syscall, known + 1, 1)).toBe(ui.state.now[0] - 1);
  await ui.type('/sysinfo:::namei\r');
  if (ui.last.includes('no event for')) await ui.type('n');
  expect(run.sites[run.event(ui.state.now[0] - 1).site].name).toBe('namei');
  await ui.type('[');
  expect(ui.state.now[0] - 1).toBeLessThanOrEqual(call.seq);
});

test('a step by line shows the next line also when it has the cycle of the last one', async () => {
  // Amid a function, at the event that it makes: the lines of a block all begin at the cycle that the block is charged at.
  const namei = run.sites.findIndex((s) => s.provider === 'sysinfo' && s.name === 'namei');
  await ui.run('break /execname == "dd"/', 'continue', 'source');
  while (run.event(ui.state.now[0] - 1).site !== namei) await ui.run('step-event');
  let together = 0;
  for (let n = 0; n < 10; n++) {
    const before = { cycle: run.live.now, line: marked() };
    // Where one had scrolled to is left with the step.
    await ui.type('jjj');
    await ui.type('s');
    const [frame] = run.stack({ cpu: 0 });
    expect(marked()).toBe(frame.line);
    expect(ui.last).toContain(`${frame.function}() at ${frame.file}:${frame.line}, cycle ${run.live.now}`);
    if (run.live.now === before.cycle) {
      together++;
      expect(frame.line).not.toBe(before.line);
    }
  }
  expect(together).toBeGreaterThan(0);
});

test('a key stops a search backward, and all is where it was; forward it stays where it has come to', async () => {
  await ui.run('break /execname == "dd"/', 'break /cpu == 7/');
  const before = { now: ui.state.now, moves: run.live.place, marked: marked() };
  short = true;
  ui.store.act([{ name: 'reverse-continue' }]);
  expect(ui.last).toMatch(/looking back: .* \(any key stops\)/);
  ui.store.interrupt();
  await ui.store.idle();
  expect(ui.last).toContain('stopped looking at cycle');
  expect({ now: ui.state.now, moves: run.live.place, marked: marked() }).toEqual(before);
  const cycle = run.live.now;
  ui.store.act([{ name: 'continue' }]);
  ui.store.interrupt();
  await ui.store.idle();
  expect(ui.last).toContain(`stopped at cycle ${run.live.now}`);
  expect(run.live.now).toBeGreaterThan(cycle);
  expect(ui.state.busy).toBe('');
  short = false;
  // No key: slice after slice it goes on, until nothing is left to look at.
  for (const [name, where] of [
    ['reverse-continue', "the run's beginning"],
    ['continue', "the run's end"],
  ]) {
    ui.store.act([{ name }]);
    await ui.store.idle();
    expect(ui.last).toBe(where);
  }
});

test('a break that cannot be is refused when it is set', async () => {
  const before = ui.state.breaks;
  await ui.run('break no_such_function');
  expect(ui.last).toContain("no function 'no_such_function' in the kernel or its programs");
  await ui.run('break /nosuch == 1/');
  expect(ui.last).toContain('nosuch');
  expect(ui.state.breaks).toEqual(before);
});

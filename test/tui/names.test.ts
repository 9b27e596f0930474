// Functions by their names wherever events have their addresses: in rows, details, source, reasons.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openNames } from '../../tui/app/runs.ts';
import { World } from '../../tui/app/world.ts';
import { lab, scratch } from '../e2e/lab.ts';
import { Ui } from './ui.ts';

test('a callout is shown by its function, and its source is that function', async () => {
  const folder = scratch();
  const path = join(folder, 'sleep.trace');
  expect((await lab('run', '--exec', 'sleep 0.002', '--cpus', '1', '-q', '--record', path)).code).toBe(0);
  const world = new World();
  await openNames([path], world, () => {
    throw new Error('no scenario');
  });
  const ui = new Ui({ world, columns: 200, rows: 40 });
  await ui.run('events', 'search callout-start');
  expect(ui.text).toMatch(/callout_execute callo\S* +function sleepq_timeout/);
  expect(ui.text).toMatch(/function +sleepq_timeout +0xffffffff802/);
  await ui.run('search _trace:::callout');
  expect(ui.text).toMatch(/ callout +function sleepq_timeout/);
  expect(ui.text).toContain('runs sleepq_timeout() of callout 0xfffffe00');
  await ui.run('source');
  expect(ui.text).toMatch(/^> *\d+ sleepq_timeout\(void \*arg\)/m);
  await ui.run('search callout-end');
  expect(ui.text).toMatch(/is done: sleepq_timeout\(\) took/);
  world.close();
  rmSync(folder, { recursive: true });
});

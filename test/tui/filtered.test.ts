// The list that a filter leaves, found bit by bit, is the one that looking at every event gives; long searches are stopped by a key.
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Playback } from '../../traces/playback/playback.ts';
import type { EventView } from '../../traces/playback/run-view.ts';
import { FilteredEvents } from '../../tui/app/filtered.ts';
import { parseFilter } from '../../tui/app/moving.ts';
import { World } from '../../tui/app/world.ts';
import { root } from '../e2e/lab.ts';
import { Ui } from './ui.ts';

const run = Playback.open(join(root, 'test/traces/golden/v1.trace'));
afterAll(() => run.close());

test.each(['sched:::', 'cpu=1', 'arg0 == 5', 'syscall:::entry', 'arg1 > 123456789123', 'switch cpu=0'])(
  '%s: around any event, the matches before and after it',
  (text) => {
    const filter = parseFilter(text, run.sites);
    const filtered = new FilteredEvents(run, filter);
    fc.assert(
      fc.property(
        fc.integer({ min: -1, max: run.events - 1 }),
        fc.integer({ min: 1, max: 60 }),
        (at, rows) => {
          let around = filtered.around(at, rows);
          while (!around.complete) around = filtered.around(at, rows);
          expect(around.before).toEqual(run.window(at, -rows, filter).map((e) => e.seq));
          expect(around.after).toEqual(run.window(at + 1, rows, filter).map((e) => e.seq));
        },
      ),
      { numRuns: 30, seed: 3 },
    );
  },
);

test('a search through very many events says how far it is, and a key stops it where it began', async () => {
  const world = new World();
  world.sides = [{ run: new Endless(), sources: {}, program: '' }];
  const ui = new Ui({ world });
  await ui.run('event 1000');
  ui.store.act([{ name: 'search', text: 'arg0 == 77' }]);
  expect(ui.last).toMatch(/searching: event [\d,]+ of 1,000,000,000 \(any key stops\)/);
  ui.store.interrupt();
  await ui.store.idle();
  expect(ui.last).toMatch(/stopped at event [\d,]+; nothing was found so far/);
  expect(ui.state.now[0]).toBe(1001);
  expect(ui.state.busy).toBe('');
  await ui.run('filter arg0 == 77', 'events');
  ui.store.world.work(10);
  expect(ui.store.state.filter).toBe('arg0 == 77');
});

test('rows of a filtered list are gone to as the list has them; far ones are searched for, and a key stops it', async () => {
  const world = new World();
  world.sides = [{ run, sources: {}, program: '' }];
  const ui = new Ui({ world });
  const text = 'syscall:::entry';
  const rows = run.window(0, run.events, parseFilter(text, run.sites)).map((e) => e.seq);
  expect(rows.length).toBeGreaterThan(5);
  await ui.run('events', `filter ${text}`);
  const at = () => ui.state.now[0] - 1;
  const go = async (action: { name: string; count?: number }) => {
    ui.store.act([action]);
    await ui.store.idle();
  };
  await go({ name: 'top' });
  expect(at()).toBe(rows[0]);
  await go({ name: 'down' });
  expect(at()).toBe(rows[1]);
  await go({ name: 'down', count: 3 });
  expect(at()).toBe(rows[4]);
  await go({ name: 'up', count: 2 });
  expect(at()).toBe(rows[2]);
  await go({ name: 'bottom' });
  expect(at()).toBe(rows.at(-1));
  await go({ name: 'down' });
  expect(at()).toBe(rows.at(-1));
  expect(ui.last).toContain('no further event that the filter lets through');
  await go({ name: 'page-up', count: 1000 });
  expect(at()).toBe(rows[0]);

  world.sides = [{ run: new Endless(), sources: {}, program: '' }];
  await ui.run('event 1000', 'filter arg0 == 77');
  ui.store.act([{ name: 'down' }]);
  // Not the screen: drawing it would wait until the list is complete.
  expect(ui.state.busy).toMatch(/searching: event [\d,]+ of 1,000,000,000/);
  ui.store.interrupt();
  await ui.store.idle();
  expect(ui.state.busy).toBe('');
  expect(at()).toBe(1000);
});

/** A run of very many events, in which nothing is ever found, slowly. Its events are the last one over and over. */
class Endless extends Playback {
  constructor() {
    super(run.reader);
  }
  override get events(): number {
    return 1_000_000_000;
  }
  override event(seq: number): EventView {
    return super.event(Math.min(seq, run.events - 1));
  }
  override find(...[, , , reach]: Parameters<Playback['find']>): number | undefined {
    const until = performance.now() + ((reach ?? 0) > 1 ? 5 : 0);
    while (performance.now() < until);
    return undefined;
  }
}

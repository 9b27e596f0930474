// Every view of one small run at both sizes: the screens themselves are in golden/, to be read by people.
import { expect, test } from 'vitest';
import type { DiffModel } from '../../traces/diff/model.ts';
import { paint } from '../../tui/app/text/colours.ts';
import { lineWidth } from '../../tui/app/text/line.ts';
import { pairWorld, smallWorld } from './small-run.ts';
import { Ui } from './ui.ts';

const VIEWS = ['machine', 'source', 'threads', 'locks', 'events', 'dtrace', 'open'];
const SIZES: [number, number][] = [
  [80, 24],
  [120, 40],
];

test.each(VIEWS.flatMap((view) => SIZES.map(([columns, rows]) => ({ view, columns, rows }))))(
  '$view at $columns x $rows',
  async ({ view, columns, rows }) => {
    const ui = new Ui({ columns, rows });
    await ui.run('event 17', view);
    const { top, body, bottom } = ui.screen;
    const lines = [...top, ...body, ...bottom];
    expect(lines.length).toBe(rows - 1);
    expect(lines.map(lineWidth)).toEqual(lines.map(() => columns));
    await expect(ui.text + '\n').toMatchFileSnapshot(`golden/${view}-${columns}x${rows}.txt`);
  },
);

// The Diff view's panes: divergences, ledger, deciding firing.
test.each(
  ['diff', 'diff-ledger', 'diff-deciding'].flatMap((name, pane) =>
    SIZES.map(([columns, rows]) => ({ name, pane, columns, rows })),
  ),
)('$name at $columns x $rows', async ({ name, pane, columns, rows }) => {
  const ui = new Ui({ world: pairWorld(), columns, rows });
  await ui.type('\t'.repeat(pane));
  const { top, body, bottom } = ui.screen;
  const lines = [...top, ...body, ...bottom];
  expect(lines.length).toBe(rows - 1);
  expect(lines.map(lineWidth)).toEqual(lines.map(() => columns));
  await expect(ui.text + '\n').toMatchFileSnapshot(`golden/${name}-${columns}x${rows}.txt`);
});

test('what executions found out is shown in the panes of the Diff view', async () => {
  const ui = new Ui({ world: pairWorld(), columns: 120, rows: 40 });
  const { world } = ui.store;
  const { ledger } = world.diff as DiffModel;
  const charge = { probe: 900, trap: 0, cache: 300, consumer: 0, codeCaches: 0, codeWork: 0 };
  world.measured = {
    charges: ['probe', 'cache', 'consumer'],
    needed: [],
    rows: ledger.map(({ thread, added }) => ({ thread, added, ...charge, remainder: added - 1200 })),
  };
  world.decision = {
    side: 1,
    difference: { outcome: 'owners', text: 'csh gets the lock pipe mtx before dd.' },
    firings: 2,
    firing: {
      number: 2,
      seq: 24,
      cycle: 6650,
      cpu: 0,
      tid: 4,
      thread: 'swapper/dd',
      probe: 7,
      site: 'lockstat:kernel:none:adaptive-release',
      cycles: 600,
    },
    before: 1,
    after: 2,
    tried: 1,
    runs: 3,
    chain: [
      { cycle: 6650, thread: 'swapper/dd', text: 'firing 2 in dd on cpu0 costs 600 cycles' },
      { cycle: 7300, thread: 'swapper/dd', text: 'dd wakes csh 1.2 us later' },
    ],
  };
  await ui.run('ledger measured');
  await expect(ui.text + '\n').toMatchFileSnapshot('golden/diff-measured-120x40.txt');
  await ui.type('\tj');
  await expect(ui.text + '\n').toMatchFileSnapshot('golden/diff-decided-120x40.txt');
  await ui.type('\r');
  expect(ui.state.side).toBe(1);
  expect(ui.state.now[1] - 1).toBe(24);
});

test('the two traces of a pair are chosen in the Open view', async () => {
  const ui = new Ui({ columns: 120, rows: 40 });
  await ui.type('8 j ');
  await expect(ui.text + '\n').toMatchFileSnapshot('golden/open-pair-120x40.txt');
});

test('the same screen in ASCII has ASCII only', async () => {
  const ui = new Ui();
  ui.ascii = true;
  for (const view of VIEWS) {
    await ui.run('event 17', view);
    expect(ui.text).toMatch(/^[\x20-\x7e\n]*$/);
  }
  const pair = new Ui({ world: pairWorld() });
  pair.ascii = true;
  for (const keys of ['d', '\t', '\t', '8 j '] as const) {
    await pair.type(keys);
    expect(pair.text).toMatch(/^[\x20-\x7e\n]*$/);
  }
});

test('without colours: bold, faint and reverse only, and what is selected can still be seen', async () => {
  for (const [world, views] of [
    [smallWorld(), VIEWS],
    [pairWorld(), ['diff', 'open']],
  ] as const) {
    const ui = new Ui({ world });
    for (const view of views) {
      await ui.run('event 17', view);
      const { top, body, bottom } = ui.screen;
      const escapes = [...top, ...body, ...bottom].map((line) => paint(line, false)).join('\n');
      const codes = new Set([...escapes.matchAll(/\x1b\[([\d;]*)m/g)].flatMap((m) => m[1].split(';')));
      expect([...codes].every((code) => ['', '0', '1', '2', '4', '7'].includes(code))).toBe(true);
      expect(codes.has('7')).toBe(true);
    }
  }
});

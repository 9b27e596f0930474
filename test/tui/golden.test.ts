// Every view of one small run at both sizes: the screens themselves are in golden/, to be read by people.
import { expect, test } from 'vitest';
import { lineWidth } from '../../tui/app/text/line.ts';
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

test('the same screen in ASCII has ASCII only', async () => {
  const ui = new Ui();
  ui.ascii = true;
  for (const view of VIEWS) {
    await ui.run('event 17', view);
    expect(ui.text).toMatch(/^[\x20-\x7e\n]*$/);
  }
});

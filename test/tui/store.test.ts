// What keys and commands do to the state, on the small run.
import { expect, test } from 'vitest';
import type { Action } from '../../tui/app/command.ts';
import { parsePosition } from '../../tui/app/commands/move.ts';
import { allCommands } from '../../tui/app/commands/table.ts';
import { coalesce, Keymap, parseKeyFile } from '../../tui/app/keymap.ts';
import { Mouse } from '../../tui/app/mouse.ts';
import { actionLine, parseScript } from '../../tui/app/script.ts';
import { EVENTS } from './small-run.ts';
import { Ui } from './ui.ts';

const at = (ui: Ui) => ui.state.now[0] - 1;

test('arrows and hjkl are the same', async () => {
  const [a, b] = [new Ui(), new Ui()];
  await a.type('llllhl');
  await b.type('\x1b[C\x1b[C\x1b[C\x1b[C\x1b[D\x1b[C');
  expect(at(a)).toBe(3);
  expect(b.state).toEqual(a.state);
});

test('forward n and back n is the same place; start and end', async () => {
  const ui = new Ui();
  await ui.type('G');
  expect(at(ui)).toBe(EVENTS - 1);
  await ui.type('hhhhhlllll');
  expect(at(ui)).toBe(EVENTS - 1);
  await ui.type('g');
  expect(at(ui)).toBe(-1);
  expect(ui.text).toContain('at power-on');
});

test('next of a kind, of a CPU, of a thread', async () => {
  const ui = new Ui();
  await ui.type('f');
  expect(ui.text).toContain('dtrace-enter');
  await ui.run('event 17'); // lock-wait on cpu1
  expect(ui.state.cpu).toBe(1);
  await ui.type('L');
  expect(ui.store.world.sides[0].run.event(at(ui)).cpu).toBe(1);
  await ui.type('Hq');
  expect(at(ui)).toBe(17);
  expect(ui.state.quit).toBe(true);
});

test('search, next match, filter; what cannot be read is said and changes nothing', async () => {
  const ui = new Ui();
  await ui.type('/adaptive-acquire\r');
  expect(at(ui)).toBe(14);
  await ui.type('n');
  expect(at(ui)).toBe(25);
  await ui.type('n');
  expect(ui.last).toContain('no further event');
  expect(at(ui)).toBe(25);
  await ui.type('5&cpu=1\r');
  expect(
    ui.text
      .split('\n')
      .filter((row) => /^\s*\d+ +0\.0/.test(row))
      .every((row) => / 1 \w/.test(row)),
  ).toBe(true);
  await ui.type('&cpu=x\r');
  expect(ui.last).toContain('cpu=x');
  expect(ui.state.filter).toBe('cpu=1');
});

test('marks, back and forward', async () => {
  const ui = new Ui();
  await ui.run('event 5');
  await ui.type('ma');
  await ui.run('event 20');
  await ui.type("'a");
  expect(at(ui)).toBe(5);
  await ui.type('[');
  expect(at(ui)).toBe(20);
  await ui.type(']');
  expect(at(ui)).toBe(5);
  await ui.type("'z");
  expect(ui.last).toContain("no mark 'z'");
});

test('all views show one moment', async () => {
  const ui = new Ui();
  await ui.run('event 17');
  for (const key of '123456') {
    await ui.type(key);
    expect(ui.text.split('\n')[1]).toContain('#17');
  }
  await ui.type('\x1b');
  expect(ui.state.view).toBe('events');
});

test('a lock leads to the event that acquired it', async () => {
  const ui = new Ui();
  await ui.run('event 17', 'events');
  await ui.type('\t');
  expect(ui.text).toContain('acquired #14');
  await ui.type('\r');
  expect(at(ui)).toBe(14);
  await ui.run('locks');
  await ui.type('\r');
  expect(ui.state.view).toBe('events');
  expect(at(ui)).toBe(14);
});

test('zoom keeps now on the axis; markers measure', async () => {
  const ui = new Ui();
  await ui.run('event 17');
  await ui.type('+++++');
  const { from, to } = ui.state.windows[0];
  expect(to - from).toBe(375);
  expect(4000 >= from && 4000 <= to).toBe(true);
  await ui.type('v');
  await ui.run('event 20');
  await ui.type('v');
  expect(ui.last).toContain('between the markers: 1.40 us (1400 cycles)');
});

test('a position is copied and found again', async () => {
  const ui = new Ui();
  await ui.run('event 12', 'threads');
  await ui.type('Y');
  expect(ui.copied).toEqual(['small.trace#12@threads']);
  await ui.run('start', 'machine', 'small.trace#12@threads');
  expect(at(ui)).toBe(12);
  expect(ui.state.view).toBe('threads');
  expect(parsePosition('x#1@nowhere')).toBeUndefined();
});

test('the command line: completion, history, numbers, unknown names', async () => {
  const ui = new Ui();
  await ui.type(':thr\t');
  expect(ui.state.prompt?.text).toBe('threads ');
  await ui.type('\r');
  expect(ui.state.view).toBe('threads');
  await ui.type(':\x1b[A');
  expect(ui.state.prompt?.text).toBe('threads');
  await ui.type('\x1b');
  await ui.type(':9\r');
  expect(at(ui)).toBe(9);
  await ui.type(':sort p\t');
  expect(ui.state.prompt?.candidates).toEqual(['pid', 'probe']);
  await ui.type('\r');
  expect(ui.state.sort.threads).toBe('pid');
  await ui.type(':frobnicate\r');
  expect(ui.last).toContain("no command ':frobnicate'");
});

test('help finds by word and by key, and says every command', async () => {
  const ui = new Ui({ columns: 120, rows: 200 });
  await ui.type('?');
  for (const command of allCommands())
    if (command.internal !== true) expect(ui.text).toContain(`:${command.name}`);
  await ui.type('zoom');
  expect(ui.text).toContain(':zoom-in');
  expect(ui.text).not.toContain(':next-event');
  await ui.type('\x1b');
  expect(ui.state.help).toBeNull();
});

test('every command has its own name, and no key means two things in one view', () => {
  const names = allCommands().map((c) => c.name);
  expect(new Set(names).size).toBe(names.length);
  const seen = new Map<string, string>();
  for (const command of allCommands())
    for (const key of command.keys)
      for (const view of command.views ?? ['any']) {
        expect(`${key} ${view} ${seen.get(`${key} ${view}`) ?? command.name}`).toBe(
          `${key} ${view} ${command.name}`,
        );
        seen.set(`${key} ${view}`, command.name);
      }
});

test('keys can be given other meanings, or none', async () => {
  const ui = new Ui({
    keys: parseKeyFile('{"J": "next-event 3", "q": "", "ctrl-n": "next-event"}', 'keys.json'),
  });
  await ui.type('J\x0eq');
  expect(at(ui)).toBe(3);
  expect(ui.state.quit).toBe(false);
  for (const [text, words] of [
    ['[]', 'an object'],
    ['{"meta-x": "quit"}', "'meta-x' is no key"],
    ['{"x": "fly"}', "no command ':fly'"],
    ['{', 'keys.json: '],
  ])
    expect(() => parseKeyFile(text, 'keys.json')).toThrow(words);
});

test('a key held down is one action with a count', () => {
  const right: Action = { name: 'next-event' };
  expect(coalesce([right, right, right, { name: 'start' }, { name: 'start' }])).toEqual([
    { name: 'next-event', count: 3 },
    { name: 'start' },
    { name: 'start' },
  ]);
  expect(new Keymap().action('l', new Ui().state)).toEqual(right);
});

test('a session that was recorded plays to the same screen', async () => {
  const one = new Ui();
  let text = '';
  one.store.record = (action) => {
    text += actionLine(action);
  };
  await one.type('5lll/lock-wait\r\tjv:sort\r');
  const two = new Ui();
  for (const action of parseScript(text, 'session')) {
    two.store.act([action]);
    await two.store.idle();
  }
  expect(two.state).toEqual(one.state);
  expect(two.text).toBe(one.text);
  expect(() => parseScript('{"name":"fly"}', 's')).toThrow("s:1: no command 'fly'");
});

test('mouse: rows, tabs, the axis, ranges, borders', async () => {
  const ui = new Ui();
  await ui.run('event 17', 'machine');
  const mouse = new Mouse();
  const send = (type: 'press' | 'drag' | 'release', x: number, y: number) =>
    ui.store.act(mouse.actions({ type, wheel: 0, button: 0, x, y }, ui.screen.hits));
  send('press', 43, 3);
  expect(ui.store.world.sides[0].run.state.cycle).toBeLessThanOrEqual(6100);
  expect(at(ui)).toBeGreaterThan(17);
  send('drag', 60, 3);
  send('release', 60, 3);
  expect(ui.state.markers.every((m) => m !== null)).toBe(true);
  send('press', 50, 0);
  expect(ui.state.view).toBe('events');
  const border = ui.screen.hits.find((h) => h.border !== undefined);
  send('press', 5, border?.row ?? 0);
  send('drag', 5, 8);
  expect(ui.state.splits.events).toBeCloseTo(0.42);
});

test('two traces are chosen with Space and opened together', async () => {
  const opened: string[][] = [];
  const ui = new Ui({
    outside: {
      open: async (names) => {
        opened.push(names);
      },
    },
  });
  await ui.type('8 j \r');
  expect(opened).toEqual([['a.trace', 'b.trace']]);
});

test('a trace is not stepped: it says how to go live', async () => {
  const ui = new Ui();
  await ui.type('s');
  expect(ui.last).toContain(':live');
});

test('too small says so', () => {
  const ui = new Ui({ columns: 50, rows: 12 });
  expect(ui.text).toContain('too small: 50x12, 60x15 needed');
});

// The whole program as a person meets it: keys, mouse, resizing, ^Z, signals, and the terminal as it was before.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { root, scratch, start } from '../e2e/lab.ts';
import { hasScript, Pty } from './pty.ts';

const folder = scratch();
const trace = join(folder, 'run.trace');
cpSync(join(root, 'test/traces/golden/v1.trace'), trace);
cpSync(trace, join(folder, 'twin.trace'));

let open: Pty[] = [];
const pty = (columns: number, rows: number, env?: Record<string, string>): Pty => {
  const made = new Pty(folder, columns, rows, env);
  open.push(made);
  return made;
};
afterEach(() => {
  for (const each of open) each.close();
  open = [];
});
afterAll(() => rmSync(folder, { recursive: true }));

const UP = '\x1b[A';
const DOWN = '\x1b[B';
const RIGHT = '\x1b[C';
const F = {
  1: 'ms',
  3: 'WAITS FOR',
  4: 'owner',
  5: 'VALUES',
  6: 'FIRINGS',
  2: ':live',
  8: 'WHAT IT IS',
} as const;

/** What is running in the terminal's foreground besides the shell. */
const probelabs = (): number[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((row) => row.includes('tui/main.ts') && row.includes(folder) && !row.includes('script '))
    .map((row) => Number.parseInt(row, 10));

describe.skipIf(!hasScript)('a terminal', () => {
  test('every view at 80 x 24, by its key; the scrollback is left alone and the shell finds its screen again', async () => {
    const t = pty(80, 24);
    t.send('echo before\r');
    await t.shows('before');
    t.probelab('tui', trace);
    await t.shows('1 Machine', 'cpu0', 'at power-on');
    expect(t.alternate).toBe(true);
    t.send('G');
    await t.until('the end of the run', (text) => /#[\d,]+ /.test(text) && !text.includes('at power-on'));
    for (const [key, words] of Object.entries(F)) {
      t.send(key);
      await t.shows(words);
      expect(t.lines.length).toBe(24);
      expect(t.lines[23]).toBe('');
      expect(t.lines[0]).toContain('1 Machine');
    }
    t.send('4');
    await t.until('the last column', () => t.lines[2].endsWith('HELD'));
    t.send('7');
    await t.shows('two');
    t.send('1');
    t.send('?');
    await t.shows(':next-event', 'type a key or a word');
    t.send('marker');
    await t.shows(':zoom-markers');
    t.send('\x1b');
    await t.until('help gone', (text) => !text.includes(':zoom-markers'));
    t.send('q');
    await t.until('the shell again', (text) => !t.alternate && text.includes('before'));
    expect(t.cooked).toBe(true);
    expect(t.output).not.toContain('\x1b[3J');
    expect(t.output).toContain('\x1b[?1006l');
    t.send('echo code $?\r');
    await t.shows('code 0');
  });

  test('keys in bursts, arrows, counts, command line with completion, search, marks, back', async () => {
    const t = pty(120, 40);
    t.probelab('tui', trace);
    await t.shows('at power-on');
    t.send('lllll');
    await t.shows(' #4 ');
    t.send(`${RIGHT}${RIGHT}h`);
    await t.shows(' #5 ');
    t.send(':zoom-f\t\r:event 100\r');
    await t.shows(' #100 ');
    t.send('ma:250\r');
    await t.shows(' #250 ');
    t.send("'a");
    await t.shows(' #100 ');
    t.send('[');
    await t.shows(' #250 ');
    t.send('5/acquire\r');
    await t.until('a match', (text) => /lockstat \w+-acquire/.test(text.split('\n')[1]));
    t.send(':nonsense\r');
    await t.shows("no command ':nonsense'");
    t.send(`${DOWN}${DOWN}${UP}`);
    t.send('q');
    await t.until('the end', () => !t.alternate);
  });

  test("mouse: a row is selected, an axis gone to, the wheel moves; off it is the terminal's", async () => {
    const t = pty(100, 30);
    t.probelab('tui', trace);
    await t.shows('at power-on');
    expect(t.output).toContain('\x1b[?1006h');
    t.send('\x1b[<0;60;4M\x1b[<0;60;4m');
    await t.until('a moment in the middle', (text) => !text.includes('at power-on'));
    t.send('\x1b[<0;48;1M\x1b[<0;48;1m');
    await t.shows('VALUES');
    const before = t.lines[1];
    t.send('\x1b[<65;20;8M');
    await t.until('the wheel moved', () => t.lines[1] !== before);
    t.send('\x1bm');
    await t.shows('mouse off');
    expect(t.output).toContain('\x1b[?1000l');
    t.send('q');
    await t.until('the end', () => !t.alternate);
  });

  test('resizing lays the screen out anew; too small says so and recovers', async () => {
    const t = pty(120, 40);
    t.probelab('tui', trace);
    await t.shows('at power-on');
    t.send('5');
    await t.shows('VALUES');
    t.resize(80, 24);
    await t.until(
      '80 columns',
      () => t.lines.length === 24 && t.lines[22].includes('step') && t.lines[23] === '',
    );
    t.resize(50, 12);
    await t.shows('too small: 50x12');
    t.resize(100, 30);
    await t.until('100 columns', () => t.lines[28].includes('step') && t.lines[0].startsWith(' 1 Machine'));
    expect(t.output).not.toContain('\x1b[3J');
    t.send('q');
    await t.until('the end', () => !t.alternate);
  });

  test('^Z gives the terminal to the shell, fg takes it again', async () => {
    const t = pty(80, 24);
    t.probelab('tui', trace);
    await t.shows('at power-on');
    t.send('l');
    await t.shows(' #0 ');
    t.send('\x1a');
    await t.until('the shell', (text) => !t.alternate && /Stopped|\$ $/.test(text));
    expect(t.cooked).toBe(true);
    t.send('echo in between\r');
    await t.shows('in between');
    t.send('fg\r');
    await t.until('the screen again', (text) => t.alternate && text.includes(' #0 '));
    t.send('l');
    await t.shows(' #1 ');
    t.send('q');
    await t.until('the end', () => !t.alternate);
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s restores the terminal', async (signal) => {
    const t = pty(80, 24);
    t.probelab('tui', trace);
    await t.shows('at power-on');
    for (const pid of probelabs()) process.kill(pid, signal);
    await t.until('the shell', () => !t.alternate);
    t.send('echo code $?\r');
    await t.shows(`code ${{ SIGTERM: 143, SIGHUP: 129, SIGINT: 130 }[signal]}`);
    expect(t.cooked).toBe(true);
  });

  test.each(['exception', 'rejection'])(
    'a defect (%s that nobody catches) restores the terminal and is told',
    async (defect) => {
      const t = pty(80, 24, {
        NODE_OPTIONS: `--import ${join(root, 'test/tui/defect.mjs')}`,
        PROBELAB_DEFECT: defect,
      });
      t.send('echo before\r');
      t.probelab('tui', trace);
      await t.shows('at power-on');
      expect(t.cooked).toBe(false);
      for (const pid of probelabs()) process.kill(pid, 'SIGUSR2');
      await t.shows('before', 'probelab: internal error: TypeError: a defect of ours');
      expect(t.alternate).toBe(false);
      for (const off of ['\x1b[?1006l', '\x1b[?2004l', '\x1b[?25h', '\x1b[?7h'])
        expect(t.output).toContain(off);
      t.send('echo code $?\r');
      await t.shows('code 1');
      expect(t.cooked).toBe(true);
    },
  );

  test('NO_COLOR: no colours, shapes still; with colours there are some', async () => {
    const plain = pty(80, 24, { NO_COLOR: '1' });
    plain.probelab('tui', trace);
    await plain.shows('at power-on');
    plain.send('3G');
    await plain.shows('WAITS FOR', 'swapper');
    expect(plain.coloured).toBe(false);
    plain.send('8');
    await plain.shows('WHAT IT IS');
    expect(plain.coloured).toBe(false);
    plain.send('q');
    const pair = pty(80, 24, { NO_COLOR: '1', LC_ALL: 'C' });
    pair.probelab('tui', trace, join(folder, 'twin.trace'));
    await pair.shows('the runs are identical', 'added time');
    expect(pair.coloured).toBe(false);
    expect(pair.text).toMatch(/^[\x20-\x7e\n]*$/);
    pair.send('q');
    const coloured = pty(80, 24);
    coloured.probelab('tui', trace);
    await coloured.shows('at power-on');
    expect(coloured.coloured).toBe(true);
    coloured.send('q');
    await coloured.until('the end', () => !coloured.alternate);
  });

  test('a live machine: it boots, steps by line both ways, breaks, prints, and runs on', async () => {
    const t = pty(100, 30);
    t.probelab('tui', 'idle', '--cpus', '1');
    await t.shows('idle [live]', 'cpu0');
    t.send('2s');
    await t.until('a line', (text) => /\(\) at [\w/]+\.c:\d+, cycle \d+/.test(text));
    const first = t.lines[28];
    t.send('s');
    await t.until('the next line', () => /cycle/.test(t.lines[28]) && t.lines[28] !== first);
    t.send('S');
    await t.until('the line before', () => t.lines[28] === first);
    t.send(':break hardclock\r');
    await t.shows('breaks: hardclock');
    t.send('c');
    await t.shows('break hardclock at cycle');
    expect(t.lines[2]).toContain('kernel`hardclock');
    t.send('Pcurthread->td_name\r');
    await t.shows('curthread->td_name = "');
    t.send(')');
    await t.until('the next tick', () => t.lines[1].includes('intr-entry'));
    t.send('q');
    await t.until('the end', () => !t.alternate);
    t.send('echo code $?\r');
    await t.shows('code 0');
    expect(t.cooked).toBe(true);
  });

  test('a pair opens in the Diff view; an actions file is played; actions are recorded', async () => {
    const t = pty(120, 40);
    const recorded = join(folder, 'session.jsonl');
    t.probelab('tui', trace, join(folder, 'twin.trace'), '--record-keys', recorded);
    await t.shows('the runs are identical', 'the runs never part');
    t.send('1ll:note look here\r');
    await t.shows('note look here');
    t.send('q');
    await t.until('the end', () => !t.alternate);
    expect(JSON.parse(readFileSync(`${trace}.notes.json`, 'utf8'))).toEqual([{ seq: 1, text: 'look here' }]);
    const again = pty(120, 40);
    again.probelab('tui', trace, join(folder, 'twin.trace'), '--script', recorded);
    await again.until('played to its end', () => !again.alternate && again.output.includes('1049l'));
    expect(readFileSync(recorded, 'utf8').split('\n')[0]).toBe('{"name":"machine"}');
  });
});

test('without a terminal: a message that names the plain commands, exit 2', async () => {
  const done = await start('tui', trace).ended;
  expect(done.code).toBe(2);
  expect(done.err).toMatch(/^probelab: tui needs a terminal.*probelab replay.*probelab diff/);
  expect(done.out).toBe('');
});

// On a terminal: a line of progress while it works, gone when it is done.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Meter } from '../../tui/progress.ts';
import { put, root, SMALL, scratch, start, until } from './lab.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const work = put(
  folder,
  'work.json',
  '{"files":{"/etc/rc":"echo begin\\nforkbench -n 1000\\necho end of work\\n"}}',
);

describe.skipIf(!hasTmux)('a terminal', () => {
  test('the progress line appears, and is gone at the end', async () => {
    const socket = join(folder, 'tmux');
    const tmux = (...argv: string[]): string =>
      execFileSync('tmux', ['-S', socket, ...argv], { encoding: 'utf8' });
    // It waits for a key until all that it writes is listened to: what stands there for a moment only is in the log all the same.
    const command = `read go; ${process.execPath} --import tsx tui/main.ts run ${SMALL.join(' ')} --simtime 60s ${work}; echo code $?; sleep 60`;
    tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '30', '-c', root, command);
    try {
      const log = join(folder, 'written');
      tmux('pipe-pane', `cat > ${log}`);
      await until('the log', () => existsSync(log));
      tmux('send-keys', 'Enter');
      const screen = () => tmux('capture-pane', '-p').replace(/^\n/, '');
      await until('the end', () => screen().includes('code '));
      expect(readFileSync(log, 'utf8')).toMatch(
        /\d\.\d{6} s simulated, \d+ events, \d+ M cycles\/s, at most \d+ (min|s)/,
      );
      const last = screen();
      expect(last).toMatch(/^begin\n[\s\S]*\nend of work\n\d+\.\d{6} s simulated in [\s\S]*\ncode 0\n/);
      expect(last).not.toMatch(/s simulated, \d+ events/m);
    } finally {
      tmux('kill-server');
    }
  });
});

test('how long it will take: in proportion to what is done; nothing where the end is not known', () => {
  let now = 1000;
  const meter = new Meter(1000, () => now);
  expect(meter.left(0)).toBe('');
  now += 10_000;
  expect([meter.rate(100), meter.left(100)]).toEqual([10, '1 min 30 s left']);
  expect(meter.left(900)).toBe('2 s left');
  expect(new Meter(Number.POSITIVE_INFINITY, () => now).left(10)).toBe('');
});

describe('a pipe', () => {
  test('gets plain text: no escape sequences, no progress', async () => {
    const done = await start('run', ...SMALL, work).ended;
    expect(done.code).toBe(0);
    expect(done.out).toMatch(/^begin\n[\s\S]*end of work\n$/);
    expect(done.out + done.err).not.toMatch(/[\x1b\r]/);
    expect(done.err.split('\n').length).toBe(2);
  });
});

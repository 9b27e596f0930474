// `probelab run`, `list`, and the command line itself: what goes where, and which exit code.

import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../tui/command-line.ts';
import { clear, lab, put, SMALL, scratch, start, summary } from './lab.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const run = (command: string, ...options: string[]) => lab('run', ...SMALL, '--exec', command, ...options);

describe('run --exec', () => {
  test('the console on stdout, the summary on stderr', async () => {
    const done = await run('echo one; echo two');
    expect(done).toMatchObject({ code: 0, out: 'one\ntwo\n' });
    expect(done.err).toMatch(
      /^0\.\d{6} s simulated in \d+\.\d\d s: \d+\.\d M instructions, \d+ events, \d+ M cycles\/s\n$/,
    );
  });

  test("the guest command's exit status is ours", async () => {
    expect((await run('true')).code).toBe(0);
    expect((await run('false')).code).toBe(1);
    expect((await run("sh -c 'exit 7'")).code).toBe(7);
    expect((await run('kill -9 $$')).code).toBe(128 + 9);
    expect(await run('nosuchprogram')).toMatchObject({ code: 1, out: 'nosuchprogram: Command not found.\n' });
  });

  test('--json: the summary on stdout, the console on stderr', async () => {
    const done = await summary(...SMALL, '--exec', "echo hi; sh -c 'exit 3'", '--seed', '9');
    expect(done.code).toBe(3);
    expect(done.err).toBe('hi\n');
    expect(done).toMatchObject({ machine: 'amd64', cpus: 1, seed: 9, stop: 'poweroff', exitStatus: 3 });
    expect(done.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(done.cycles).toBeGreaterThan(1_000_000);
    expect(done.instructions).toBeGreaterThan(100_000);
    expect(done.seconds).toBeCloseTo(done.cycles / 2e9, 9);
  });

  test('cycles are those of the moment when the command ended', async () => {
    const [short, long] = [
      await summary(...SMALL, '--exec', 'sleep 0.02'),
      await summary(...SMALL, '--exec', 'sleep 0.1'),
    ];
    expect((long.cycles - short.cycles) / 2e9).toBeGreaterThan(0.075);
    expect((long.cycles - short.cycles) / 2e9).toBeLessThan(0.085);
  });

  test('--machine and --cpus', async () => {
    const board = await summary('--machine', 'beaglebone', '--exec', 'sysctl -n hw.ncpu');
    expect(board).toMatchObject({ machine: 'beaglebone', cpus: 1, err: '1\n' });
    const many = await summary('--cpus', '7', '--exec', 'sysctl -n hw.ncpu');
    expect(many).toMatchObject({ cpus: 7, err: '7\n' });
  });

  test('--simtime: a command that has not ended by then has failed', async () => {
    const cut = await run('sleep 10', '--simtime', '50ms');
    expect(cut.code).toBe(1);
    expect(cut.err).toContain('probelab: stopped at the time limit of 0.050000 s (--simtime)\n');
    const json = await summary(...SMALL, '--exec', 'sleep 10', '--simtime', '50ms');
    expect(json).toMatchObject({ code: 1, stop: 'limit', exitStatus: null });
  });

  test('-n and -s trace meanwhile; compile errors stop it', async () => {
    const script = put(
      folder,
      'writes.d',
      'syscall::write:entry /execname == "csh"/ { @["bytes"] = sum(arg2); }',
    );
    const traced = await run('echo hello', '-s', script, '-q');
    expect(traced).toMatchObject({ code: 0, err: '' });
    expect(traced.out).toMatch(/^hello\n\s+bytes +6\n$/);
    const wrong = await run('echo hello', '-n', 'BEGIN { trace(nosuch); }');
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toBe(
      'dtrace: invalid probe specifier BEGIN { trace(nosuch); }: in action list: failed to resolve nosuch: Unknown variable name\n',
    );
  });
});

describe('run SCENARIO', () => {
  test('by name, and by path', async () => {
    const path = put(
      folder,
      'two.json',
      JSON.stringify({
        description: 'two lines',
        files: { '/etc/rc': 'cat /etc/two\n', '/etc/two': '1\n2\n' },
      }),
    );
    expect(await lab('run', ...SMALL, path)).toMatchObject({ code: 0, out: '1\n2\n' });
  });

  test('the csh session: what is typed and what is answered', async () => {
    const session = await lab('run', 'csh');
    expect(session.code).toBe(0);
    expect(session.out).toMatch(/^# uname -a\nFreeBSD probelab .* amd64\n# ls \/\nbin\tdev\t/m);
    expect(session.out).toContain('# cat /etc/motd | head -1\nWelcome to probelab.\n');
    expect(session.out).toMatch(/# exit\n$/);
  });

  test('mistakes in a scenario are named', async () => {
    for (const [text, message] of [
      ['{', 'not JSON'],
      ['[]', 'a scenario is a JSON object'],
      ['{"fils":{}}', "unknown key 'fils'"],
      ['{"console":[{"at":"1 fortnight","text":"x"}]}', 'expected a duration'],
      ['{"programs":["nosuch"]}', "no program 'nosuch'"],
      ['{"machine":"vax"}', "no machine profile 'vax'"],
    ]) {
      const outcome = await lab('run', put(folder, 'wrong.json', text));
      expect([text, outcome.code, outcome.err.includes(message), clear(outcome.err)]).toEqual([
        text,
        2,
        true,
        true,
      ]);
    }
  });
});

describe('bad usage: one message, exit code 2', () => {
  const cases: [string, ...string[]][] = [
    ["unknown command 'dtarce'\n(Did you mean dtrace?)", 'dtarce'],
    ["unknown option '--bogus'", '--bogus'],
    ["unknown option '--bogus'", 'run', '--exec', 'echo', '--bogus'],
    ['run what?', 'run'],
    ['give a scenario or --exec, not both', 'run', 'dd', '--exec', 'echo'],
    ["no scenario 'nosuch': there are busy, csh, dd", 'run', 'nosuch'],
    ["no machine profile 'vax'", 'run', 'dd', '--machine', 'vax'],
    ['--cpus 0: expected a whole number from 1 to 64', 'run', 'dd', '--cpus', '0'],
    ['--cpus 65: expected', 'run', 'dd', '--cpus', '65'],
    ['--seed x: expected a whole number', 'run', 'dd', '--seed', 'x'],
    ['--simtime 5parsecs: expected a duration', 'run', 'dd', '--simtime', '5parsecs'],
    ["option '--exec <command>' argument missing", 'run', '--exec'],
    ['/nonexistent.d: no such file or directory', 'run', 'dd', '-s', '/nonexistent.d'],
    ['-x needs a D program', 'run', 'dd', '-x', 'bufsize=1m'],
    ['Allowed choices are scenarios, machines, scripts, experiments', 'list', 'nosuch'],
    ["no machine profile 'vax'", 'experiment', '--machine', 'vax'],
    ['Allowed choices are probe-effect', 'experiment', 'nosuch'],
    ['--seeds 2: expected a whole number from 3', 'experiment', '--seeds', '2'],
    ['/nonexistent: no such file or directory', 'ministat', '/nonexistent'],
    ["missing required argument 'a'", 'diff'],
    ['a.trace: no such file or directory', 'diff', 'a.trace'],
    ["missing required argument 'files'", 'cc'],
  ];
  test.each(cases)('%s', async (message, ...argv) => {
    const outcome = await lab(...argv);
    expect(outcome).toMatchObject({ code: 2, out: '' });
    expect(outcome.err).toContain(`probelab: `);
    expect(outcome.err).toContain(message);
    expect(outcome.err.split('\n').length).toBeLessThanOrEqual(3);
    expect(clear(outcome.err)).toBe(true);
  });
});

describe('help, versions, lists', () => {
  test('--version, --help of everything', async () => {
    expect(await lab('--version')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    for (const command of COMMAND_NAMES) {
      const help = await lab(command, '--help');
      expect([command, help.code, help.err]).toEqual([command, 0, '']);
      expect(help.out).toContain('Usage: ');
      if (command !== 'dtrace') expect(help.out).toMatch(/Examples?:/);
    }
  });

  test('list scenarios, machines, scripts', async () => {
    expect((await lab('list', 'scenarios')).out).toMatch(/^csh +A csh session/m);
    expect((await lab('list', 'machines')).out).toMatch(/^amd64 +.+\nbeaglebone +.+\n$/);
    expect((await lab('list', 'scripts')).out).toMatch(/^malloc-stacks +/m);
    const rows = JSON.parse((await lab('list', 'scenarios', '--json')).out) as { name: string }[];
    expect(rows.map((row) => row.name)).toContain('dd');
  });

  test('as a process: exit code and streams', async () => {
    const [ok, bad] = await Promise.all([
      start('run', ...SMALL, '--exec', "echo out; sh -c 'exit 5'", '-q').ended,
      start('run', 'nosuch').ended,
    ]);
    expect(ok).toEqual({ code: 5, out: 'out\n', err: '' });
    expect(bad).toMatchObject({ code: 2, out: '' });
  });
});

// The guest's console as a shell: from a pipe, on a terminal; recorded, executed again; dtrace(1) as a command of the guest.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openTraceAt } from '../../traces/live/open-trace.ts';
import { TraceReader } from '../../traces/read.ts';
import { lab, put, root, scratch, until } from './lab.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

/** A session whose keys come from a pipe. */
function session(lines: string[], ...argv: string[]) {
  const done = spawnSync(process.execPath, ['--import', 'tsx', 'tui/main.ts', 'sh', '--cpus', '1', ...argv], {
    cwd: root,
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** What was printed between the echo of one command and the next prompt. */
function answer(out: string, command: string): string {
  const from = out.indexOf(`# ${command}\n`);
  expect([command, from >= 0]).toEqual([command, true]);
  const rest = out.slice(from + command.length + 3);
  return rest.slice(0, rest.search(/^# /m));
}

describe('from a pipe', () => {
  test('lines are typed as the guest reads; the session executes again, event by event', async () => {
    const trace = join(folder, 'pipe.trace');
    const lines = ['sleep 0.2 ; echo slept', 'cat', 'for the guest', '\x04', 'echo $status'];
    const { code, out, err } = session(lines, '--record', trace);
    expect([code, err]).toEqual([0, '']);
    expect(answer(out, 'sleep 0.2 ; echo slept')).toBe('slept\n');
    expect(answer(out, 'cat')).toMatch(/^for the guest\nfor the guest\n\n?$/);
    expect(answer(out, 'echo $status')).toBe('0\n');
    const verified = await lab('replay', trace, '--verify');
    expect([verified.code, verified.out]).toEqual([0, expect.stringMatching(/^identical: \d{4,} events\n$/)]);
    // From the trace to a live machine: it types the same (and compares every event on the way).
    const reader = new TraceReader(trace);
    const live = await openTraceAt(reader, reader.chunks.at(-1)?.lastCycle ?? 0);
    const typed = live.texts('console').map((item) => item.text);
    expect(typed.join('')).toMatch(/# cat\r?\nfor the guest\r?\nfor the guest\r?\n/);
    live.close();
    reader.close();
    // The keys are the same, so is the run: when they were typed here does not matter.
    const again = join(folder, 'again.trace');
    session(lines, '--record', again);
    const diff = await lab('diff', trace, again);
    expect(diff.code).toBe(0);
  });

  test("a scenario's commands wait in a file; procstat has its columns", () => {
    const { code, out } = session(['csh /etc/rc.scenario', 'procstat -at'], 'idle');
    expect(code).toBe(0);
    expect(answer(out, 'csh /etc/rc.scenario')).toBe('');
    const rows = answer(out, 'procstat -at').split('\n');
    expect(rows[0]).toBe('  PID    TID COMM                TDNAME              CPU  PRI STATE   WCHAN    ');
    expect(rows).toContain('    0 100000 kernel              swapper               0   84 sleep   swapin   ');
    expect(rows.find((row) => row.includes('procstat'))).toMatch(
      /^ +\d+ 1\d{5} procstat +- +0 +\d+ run +- +$/,
    );
  });

  test('dtrace(1) in the guest: one after the other, side by side, scripts, options, errors', async () => {
    const trace = join(folder, 'dtrace.trace');
    const quiet = `dtrace -qn 'syscall::write:entry /pid == $target/ { @ = sum(arg2); }' -c 'echo four'`;
    const lines = [
      quiet,
      `echo 'BEGIN { printf("%d %s", $1, "from a file"); exit(3); }' > /tmp/a.d`,
      'dtrace -qs /tmp/a.d 42 ; echo " and $status"',
      `dtrace -o /tmp/out -qn 'tick-50ms { exit(0); } END { printf("in the background"); }' &`,
      `dtrace -qn 'tick-20ms { @n = count(); } tick-90ms { exit(0); }'`,
      'wait',
      'cat /tmp/out ; echo ""',
      "dtrace -n 'no:such:probe:'",
      'dtrace -s /none',
      "dtrace -x ghost -n 'BEGIN'",
      "dtrace -ln 'syscall::read:entry' | wc -l",
      'dtrace -qwn \'BEGIN { system("echo by dtrace"); exit(0); }\'',
      // Nothing but what is typed names the pid provider.
      "dtrace -qn 'pid$target:a.out:main:entry { printf(\"<%d>\", arg0); ustack(1); }' -c 'echo a b'",
      "dtrace -ln 'pid$target:a.out:main:entry' -c 'echo a b' | wc -l",
      "dtrace -evn 'BEGIN' | wc -l",
      "dtrace -p 99 -n 'BEGIN'",
      "dtrace -o /nosuch/x -n 'BEGIN'",
      `echo '#define ANSWER 42' > /tmp/answer.h ; echo '#include "answer.h"' > /tmp/c.d`,
      "echo 'BEGIN { trace(ANSWER); exit(0); }' >> /tmp/c.d",
      'dtrace -q -C -s /tmp/c.d',
    ];
    const { code, out } = session(lines, '--record', trace);
    expect(code).toBe(0);
    expect(answer(out, quiet)).toMatch(/^four\n\n +5\n$/);
    expect(answer(out, lines[2])).toMatch(/^42 from a file\s+and 3\n$/);
    expect(answer(out, lines[4])).toMatch(/\n +4\n/);
    expect(answer(out, lines[6])).toMatch(/^in the background\n\n?$/);
    expect(answer(out, lines[7])).toBe(
      'dtrace: invalid probe specifier no:such:probe:: probe description no:such:probe: does not match any probes\n',
    );
    expect(answer(out, lines[8])).toBe('dtrace: failed to open /none: No such file or directory\n');
    expect(answer(out, lines[9])).toContain("it is an option of 'probelab dtrace'");
    expect(answer(out, lines[10])).toMatch(/^ +2\n$/);
    expect(answer(out, lines[11])).toContain('by dtrace\n');
    expect(answer(out, lines[12])).toMatch(/<3>\n {14}echo`main\n/);
    expect(answer(out, lines[13])).toMatch(/^ +2\n$/);
    expect(answer(out, lines[14])).toMatch(/^ +28\n$/);
    expect(answer(out, lines[15])).toBe('dtrace: failed to grab pid 99: No such process\n');
    expect(answer(out, lines[16])).toBe(
      "dtrace: failed to open output file '/nosuch/x': No such file or directory\n",
    );
    expect(answer(out, lines[19])).toBe('42\n');
    const verified = await lab('replay', trace, '--verify');
    expect(verified.out).toMatch(/^identical: /);
  });
});

test('^C at the console wakes the consumer: a new line, END, and the rest', async () => {
  const typed = [
    {
      at: '200ms',
      text: "dtrace -x statusrate=9s -x switchrate=9s -n 'tick-100ms { n++; } END { trace(n > 3); }'\n",
    },
    { at: '1s', text: '\x03' },
    { at: '1500ms', text: 'exit\n' },
  ];
  const scenario = { files: { '/etc/rc': 'csh -i\n' }, console: typed, simtime: '5s' };
  const { out } = await lab('run', put(folder, 'interrupt.json', JSON.stringify(scenario)), '--cpus', '1');
  expect(out.replaceAll('\r', '')).toMatch(
    /matched 2 probes\n\^C\nCPU {5}ID {20}FUNCTION:NAME\n +0 {6}2 {29}:END {9}1\n\n\n?# exit/,
  );
});

test('every script that is installed runs to its end', () => {
  const names = readdirSync(join(root, 'models/scripts')).filter((name) => name.endsWith('.d'));
  const lines = names.map(
    (name) => `dtrace -s /usr/share/dtrace/${name} -c 'forkbench -n 2' > /tmp/${name} ; echo "$status"`,
  );
  const { code, out } = session([...lines, 'wc -l /tmp/syscalls.d'], '--fast');
  expect(code).toBe(0);
  lines.forEach((line) => {
    const said = answer(out, line)
      .split('\n')
      .filter((text) => !/ matched \d+ probes?$|^dtrace: pid \d+ has exited$/.test(text));
    expect([line, ...said]).toEqual([line, '0', '']);
  });
  expect(answer(out, 'wc -l /tmp/syscalls.d')).toMatch(/^ +\d\d+ /);
});

describe.skipIf(spawnSync('tmux', ['-V']).status !== 0)('on a terminal', () => {
  test('keys are echoed by the guest, ^C is for the guest, ^] leaves, the terminal is put back', async () => {
    const socket = join(folder, 'tmux');
    const trace = join(folder, 'terminal.trace');
    const tmux = (...argv: string[]) => execFileSync('tmux', ['-S', socket, ...argv], { encoding: 'utf8' });
    const screen = () => tmux('capture-pane', '-p');
    const command = `${process.execPath} --import tsx tui/main.ts sh --cpus 1 --record ${trace}; echo code $?; stty -a; sleep 60`;
    tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '40', '-c', root, command);
    try {
      await until('the prompt', () => screen().includes('\n#'));
      tmux('send-keys', 'echo ab', 'BSpace', 'c', 'Enter');
      await until('the answer', () => screen().includes('\nac\n'));
      tmux('send-keys', 'sleep 1000', 'Enter');
      await until('the echo', () => screen().includes('sleep 1000'));
      tmux('send-keys', 'C-c');
      await until('^C', () => screen().includes('^C'));
      tmux('send-keys', 'uname', 'Enter');
      await until('uname', () => screen().includes('\nFreeBSD'));
      tmux('send-keys', 'C-]');
      await until('the end', () => screen().includes('code 0'));
      await until('stty', () => screen().includes(' icanon'));
      expect(screen()).toContain('probelab: left the session');
      expect(screen()).not.toContain('-icanon');
    } finally {
      tmux('kill-server');
    }
    const verified = await lab('replay', trace, '--verify');
    expect(verified.out).toMatch(/^identical: /);
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)(
    '%s ends the session in order, the terminal is put back',
    async (signal) => {
      const socket = join(folder, `tmux-${signal}`);
      const trace = join(folder, `${signal}.trace`);
      const tmux = (...argv: string[]) => execFileSync('tmux', ['-S', socket, ...argv], { encoding: 'utf8' });
      const screen = () => tmux('capture-pane', '-p');
      const command = `sh -c 'echo pid $$; exec ${process.execPath} --import tsx tui/main.ts sh --cpus 1 --record ${trace}'; echo code $?; stty -a; sleep 60`;
      tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '40', '-c', root, command);
      try {
        await until('the prompt', () => screen().includes('\n#'));
        process.kill(Number(/pid (\d+)/.exec(screen())?.[1]), signal);
        await until('stty', () => screen().includes(' icanon'));
        expect(screen()).toContain('code 0');
      } finally {
        tmux('kill-server');
      }
      const replay = await lab('replay', trace, '--verify');
      expect(replay.out).toMatch(/^identical: /);
    },
  );
});

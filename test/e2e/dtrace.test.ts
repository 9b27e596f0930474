// `probelab dtrace`: dtrace(1)'s command line, streams, layout and exit codes, on a guest booted for it.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { clear, lab, put, scratch } from './lab.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const dtrace = (...argv: string[]) => lab('dtrace', ...argv);

describe('the lecture', () => {
  const MALLOC = 'fbt::malloc:entry /execname == "csh"/';

  test('-S prints the DIF of the malloc program', async () => {
    const { code, err } = await dtrace('-e', '-Sn', `${MALLOC} { trace(arg0); }`);
    expect(code).toBe(0);
    const [, predicate, action] = err.split(/\nDIFO 0x[0-9a-f]+ returns /);
    expect(predicate).toBe(`D type (integer) (size 4)
OFF OPCODE      INSTRUCTION
00: 29011801    ldgs DT_VAR(280), %r1\t\t! DT_VAR(280) = "execname"
01: 26000102    sets DT_STRING[1], %r2\t\t! "csh"
02: 27010200    scmp %r1, %r2
03: 12000006    be   6
04: 0e000001    mov  %r0, %r1
05: 11000007    ba   7
06: 25000001    setx DT_INTEGER[0], %r1\t\t! 0x1
07: 23000001    ret  %r1

NAME             ID   KND SCP FLAG TYPE
execname         118  scl glb r    string (unknown) by ref (size 256)
`);
    expect(action).toBe(`D type (integer) (size 8)
OFF OPCODE      INSTRUCTION
00: 29010601    ldgs DT_VAR(262), %r1\t\t! DT_VAR(262) = "arg0"
01: 23000001    ret  %r1

NAME             ID   KND SCP FLAG TYPE
arg0             106  scl glb r    D type (integer) (size 8)
`);
  });

  test('trace(arg0): CPU, ID, FUNCTION:NAME and the sizes that csh asked for', async () => {
    const { code, out, err } = await dtrace('-n', `${MALLOC} { trace(arg0); }`);
    expect(code).toBe(0);
    expect(err).toBe("dtrace: description 'fbt::malloc:entry ' matched 1 probe\n");
    const lines = out.split('\n');
    expect(lines[0]).toBe('CPU     ID                    FUNCTION:NAME');
    expect(lines.slice(1, -2).length).toBeGreaterThan(10);
    for (const line of lines.slice(1, -2)) expect(line).toMatch(/^ {2}\d +\d+ {21}malloc:entry {1,17}\d+$/);
    for (const line of lines.slice(1, -2)) expect(line.length).toBe(3 + 7 + 33 + 18);
    expect(lines.slice(-2)).toEqual(['', '']);
  });

  test('stacks: from malloc through fork1 and sys_vfork to the system call entry', async () => {
    const { out } = await dtrace('-n', `${MALLOC} { @traces[stack()] = count(); }`);
    expect(out).toMatch(
      /\n {14}kernel`malloc\n(?: {14}kernel`\w+\+0x[0-9a-f]+\n)* {14}kernel`fork1\+0x[0-9a-f]+\n {14}kernel`sys_vfork\+0x[0-9a-f]+\n {14}kernel`amd64_syscall\+0x[0-9a-f]+\n(?: {14}kernel`\w+\+0x[0-9a-f]+\n)? {15,16}\d+\n/,
    );
    const counts = [...out.matchAll(/^ {13,16}(\d+)$/gm)].map((match) => Number(match[1]));
    expect(counts.length).toBeGreaterThan(5);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  test('execname and size of every malloc', async () => {
    const { out } = await dtrace('-n', 'fbt::malloc:entry { trace(execname); trace(arg0); }');
    expect(out).toMatch(/^ {2}\d +\d+ {21}malloc:entry {3}csh {30} {1,17}\d+$/m);
    expect(out).toMatch(/malloc:entry {3}(?!csh)\w+ /);
  });

  test('dtmalloc::temp:malloc', async () => {
    const { code, out } = await dtrace(
      '-n',
      'dtmalloc::temp:malloc /execname == "csh"/ { trace(execname); trace(arg3); }',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}\d +\d+ {22}temp:malloc {3}csh {30} +\d+$/m);
  });

  test("the slide's slip is refused", async () => {
    expect(await dtrace('-n', 'fbt::malloc:entry /execname="csh"/ { trace(arg0); }')).toEqual({
      code: 1,
      out: '',
      err:
        'dtrace: invalid probe specifier fbt::malloc:entry /execname="csh"/ { trace(arg0); }: in predicate: ' +
        'operator = can only be applied to a writable variable\n',
    });
  });
});

describe('output', () => {
  test('a record, the blank line at the end, quiet mode', async () => {
    const loud = await dtrace('-n', 'BEGIN { trace("hello"); trace(1); exit(0); }');
    expect(loud).toEqual({
      code: 0,
      out: expect.stringMatching(
        /^CPU {5}ID {20}FUNCTION:NAME\n {2}\d {6}1 {27}:BEGIN {3}hello {28} {8}1\n\n$/,
      ),
      err: "dtrace: description 'BEGIN ' matched 1 probe\n",
    });
    expect(await dtrace('-qn', 'BEGIN { trace("hello"); printf(" %d\\n", 42); exit(0); }')).toEqual({
      code: 0,
      out: 'hello 42\n\n',
      err: '',
    });
  });

  test('-o appends to a file', async () => {
    const path = join(folder, 'output');
    writeFileSync(path, 'before\n');
    const done = await dtrace('-q', '-o', path, '-n', 'BEGIN { printf("x\\n"); exit(0); }');
    expect(done).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(path, 'utf8')).toBe('before\nx\n\n');
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk ends it with one message', async () => {
    expect(await dtrace('-q', '-o', '/dev/full', '-n', 'BEGIN { printf("x"); exit(0); }')).toEqual({
      code: 1,
      out: '',
      err: 'dtrace: failed to write output: No space left on device\n',
    });
  });

  test('-F indents calls', async () => {
    const { out } = await dtrace(
      '-F',
      '-n',
      'fbt::kern_openat:,fbt::vn_open: /execname == "cat"/ { }',
      '-c',
      'cat /etc/rc',
    );
    expect(out).toMatch(
      /CPU FUNCTION {33}\n {2}\d {2}-> kern_openat *\n {2}\d {4}-> vn_open *\n {2}\d {4}<- vn_open *\n {2}\d {2}<- kern_openat/,
    );
  });

  test('aggregations: every function, printed at the end', async () => {
    const { out } = await dtrace(
      '-q',
      '-n',
      `BEGIN {
        @c = count(); @s = sum(5); @s = sum(6); @a = avg(3); @a = avg(5); @mi = min(7); @mi = min(4); @ma = max(7);
        @sd = stddev(2); @sd = stddev(6); @q = quantize(5); @l = lquantize(15, 0, 30, 10);
        printa("c %@d\\n", @c); printa("s %@d\\n", @s); printa("a %@d\\n", @a); printa("min %@d max %@d\\n", @mi, @ma);
        printa("sd %@d\\n", @sd); printa(@q); printa(@l); exit(0); }`,
    );
    expect(out).toContain('c 1\ns 11\na 4\nmin 4 max 7\nsd 2\n');
    expect(out).toMatch(/ {15}4 \|@{40} 1/);
    expect(out).toMatch(/ {14}10 \|@{40} 1/);
  });
});

describe('exit codes and messages', () => {
  test('exit(n) is ours; END fires', async () => {
    expect(await dtrace('-qn', 'BEGIN { exit(3); } END { printf("end"); }')).toEqual({
      code: 3,
      out: 'end\n',
      err: '',
    });
  });

  test('-c: its output, $target, and how it ended', async () => {
    const ok = await dtrace(
      '-qn',
      'syscall::write:entry /pid == $target/ { @[execname] = sum(arg2); }',
      '-c',
      'echo hello world',
    );
    expect(ok).toEqual({ code: 0, out: expect.stringMatching(/^hello world\n\n {2}echo +12\n$/), err: '' });
    const failed = await dtrace('-n', 'BEGIN', '-c', 'false');
    expect(failed.code).toBe(0);
    expect(failed.err).toMatch(
      /^dtrace: description 'BEGIN' matched 1 probe\ndtrace: pid \d+ exited with status 1\n$/,
    );
  });

  test('-p: a process of the booted guest', async () => {
    expect(await dtrace('-p', '1', '-qn', 'BEGIN { printf("%d", $target); exit(0); }')).toMatchObject({
      out: '1\n',
    });
    expect(await dtrace('-p', '77', '-n', 'BEGIN')).toMatchObject({
      code: 1,
      err: 'dtrace: failed to grab pid 77: No such process\n',
    });
  });

  test('scripts with macro arguments', async () => {
    const path = put(
      folder,
      'macros.d',
      '#!/usr/sbin/dtrace -s\nBEGIN\n{\n\tprintf("%d %s %s", $1 + 1, $$2, $$0);\n\texit(0);\n}\n',
    );
    expect(await dtrace('-q', '-s', path, '41', 'two')).toEqual({
      code: 0,
      out: `42 two ${path}\n`,
      err: '',
    });
    expect(await dtrace('-s', path)).toMatchObject({
      code: 1,
      err: `dtrace: failed to compile script ${path}: line 4: macro argument $1 is not defined\n`,
    });
  });

  test('-l, -e, -Z, -V', async () => {
    const list = await dtrace('-l', '-n', 'fbt::malloc:');
    expect(list).toMatchObject({ code: 0, err: '' });
    expect(list.out).toMatch(
      /^ {3}ID {3}PROVIDER {12}MODULE {26}FUNCTION NAME\n +\d+ {8}fbt {12}kernel {28}malloc entry\n +\d+ {8}fbt {12}kernel {28}malloc return\n$/,
    );
    expect(await dtrace('-e', '-n', 'syscall::read:entry')).toMatchObject({
      code: 0,
      out: '',
      err: '',
    });
    expect(await dtrace('-l', '-n', 'fbt::nosuch:')).toMatchObject({
      code: 0,
      err: 'dtrace: failed to match fbt::nosuch:: No probe matches description\n',
    });
    expect(await dtrace('-n', 'fbt::nosuch:entry')).toMatchObject({
      code: 1,
      out: '',
      err: 'dtrace: invalid probe specifier fbt::nosuch:entry: probe description fbt::nosuch:entry does not match any probes\n',
    });
    expect(await dtrace('-Zqn', 'fbt::nosuch:entry', '-n', 'BEGIN { exit(0); }')).toMatchObject({
      code: 0,
      err: '',
    });
    expect(await dtrace('-V')).toEqual({ code: 0, out: 'dtrace: Sun D 1.13\n', err: '' });
  });

  test('every provider has probes', async () => {
    const { out } = await dtrace('-l');
    const providers = new Set(out.split('\n').map((line) => line.slice(5, 16).trim()));
    for (const name of ['dtrace', 'fbt', 'syscall', 'profile', 'dtmalloc', 'lockstat', 'sched', 'proc'])
      expect([...providers]).toContain(name);
    expect(out.split('\n').length).toBeGreaterThan(1000);
  });

  test('destructive actions want -w', async () => {
    expect(await dtrace('-qn', 'BEGIN { system("echo hi"); exit(0); }')).toEqual({
      code: 1,
      out: '',
      err: 'dtrace: could not enable tracing: Destructive actions not allowed\n',
    });
    const allowed = await dtrace('-wqn', 'BEGIN { system("echo %d", 42); exit(0); }');
    expect(allowed).toMatchObject({ code: 0, out: '42\n\n' });
    const after = await dtrace('-wqn', 'BEGIN { system("true"); system("ps"); exit(0); }', '-c', 'true');
    expect(after.out).toMatch(/ ps\n/);
    expect(after.out, 'commands that have ended are waited for').not.toMatch(/ Z .*\[csh\]/);
    const panic = await dtrace('-wqn', 'BEGIN { panic(); }');
    expect(panic).toMatchObject({ code: 1 });
    expect(panic.err).toMatch(/^dtrace: the guest stopped: dtrace: panic action at probe dtrace:::BEGIN/);
  });

  test('system() finds the programs that it names, whatever the scenario has', async () => {
    const listed = await dtrace('-wqn', 'BEGIN { system("ls -d /%s", "bin"); }', '-c', 'true');
    expect(listed).toMatchObject({ code: 0, out: '/bin\n\n' });
  });

  test('errors in probe context are reported, not fatal', async () => {
    const fault = await dtrace('-qn', 'BEGIN { trace(*(int *)8); } ERROR { printf("E%d", arg4); exit(0); }');
    expect(fault).toMatchObject({ code: 0, out: 'E1\n' });
    expect(fault.err).toMatch(
      /^dtrace: error on enabled probe ID \d+ \(ID 1: dtrace:::BEGIN\): invalid address \(0x8\) in action #1 at DIF offset \d+\n$/,
    );
  });

  test('drops are reported', async () => {
    const drops = await dtrace('-q', '-b', '4k', '-n', 'fbt::: { trace(timestamp); }', '-c', 'ls /');
    expect(drops.code).toBe(0);
    expect(drops.err).toMatch(/^dtrace: \d+ drops on CPU \d+$/m);
  });

  test('rates out of bounds are set to the bound, and told', async () => {
    const told = async (rate: string) =>
      (await dtrace('-x', rate, '-n', 'BEGIN { exit(0); }')).err.replace(/.*\n/, '');
    expect(await told('cleanrate=1ns')).toBe('dtrace: cleaning rate reduced to 5000 hz\n');
    expect(await told('statusrate=1d')).toBe('dtrace: status rate increased to once every 10 seconds\n');
    expect(await told('bufsize=64t')).toMatch(/^dtrace: buffer size lowered to \d+[km]?( bytes)?\n$/);
  });

  test('profile and tick', async () => {
    const ticks = await dtrace('-qn', 'tick-10ms { n++; } tick-105ms { printf("%d", n); exit(0); }');
    expect(ticks).toMatchObject({ code: 0, out: '10\n' });
  });

  test('the machine stays up for as long as the slowest clock of the program needs, or for -x simtime', async () => {
    expect(await dtrace('-qn', 'tick-45s { trace("gone off"); exit(7); }')).toMatchObject({
      code: 7,
      out: 'gone off\n',
    });
    const limited = await dtrace(
      '-x',
      'simtime=100ms',
      '-qn',
      'tick-45s { exit(7); } END { trace("over"); }',
    );
    expect(limited).toMatchObject({ code: 0, out: 'over\n' });
  });

  test('-x machine, seed, simtime, scenario, record', async () => {
    const path = join(folder, 'dtrace.trace');
    const argv = ['-q', '-x', 'machine=beaglebone', '-x', 'seed=4', '-x', `record=${path}`];
    const done = await dtrace(...argv, '-n', 'BEGIN { printf("%s", `version); exit(0); }');
    expect(done.code).toBe(0);
    expect(await lab('replay', path, '--verify')).toMatchObject({ code: 0 });
    const limited = await dtrace(
      '-x',
      'simtime=40ms',
      '-x',
      'scenario=idle',
      '-qn',
      'END { printf("over"); }',
    );
    expect(limited).toMatchObject({ code: 0, out: 'over\n' });
  });
});

describe('bad input', () => {
  const usage: [string, ...string[]][] = [
    ['illegal option -- k', '-k'],
    ['option requires an argument -- n', '-n'],
  ];
  test.each(usage)('%s: exit code 2 and the usage', async (message, ...argv) => {
    const outcome = await dtrace(...argv);
    expect(outcome).toMatchObject({ code: 2, out: '' });
    expect(outcome.err.startsWith(`dtrace: ${message}\nUsage: dtrace `)).toBe(true);
  });

  const others: [number, string, ...string[]][] = [
    [2, 'Usage: dtrace '],
    [1, 'dtrace: no probes specified', '-q'],
    [1, 'dtrace: invalid pid: x', '-p', 'x', '-n', 'BEGIN'],
    [1, 'dtrace: failed to set -X z: Invalid value for specified option', '-X', 'z', '-n', 'BEGIN'],
    [1, 'dtrace: could not enable tracing: No anonymous tracing state', '-aq'],
    [1, 'dtrace: could not enable tracing: Enabling exceeds size of buffer', '-q', '-b', '1', '-n', 'BEGIN'],
    [
      1,
      'dtrace: could not enable tracing: END enablings exceed size of principal buffer',
      '-qb',
      '64',
      '-x',
      'bufpolicy=fill',
      '-n',
      'END{trace(execname)}',
    ],
    [
      1,
      "dtrace: failed to enable 'BEGIN': DIF program content is invalid",
      '-qx',
      'strsize=0',
      '-n',
      'BEGIN',
    ],
    [1, 'dtrace: failed to open /: Is a directory', '-s', '/'],
    [2, 'dtrace: only one of the [-AGhlV] options can be specified at a time', '-l', '-V'],
    [1, 'dtrace: failed to execute nosuch: No such file or directory', '-c', 'nosuch', '-n', 'BEGIN'],
    [1, 'dtrace: failed to set -x nosuch: Invalid option name', '-x', 'nosuch', '-n', 'BEGIN'],
    [
      1,
      'dtrace: failed to set -x bufsize: Invalid value for specified option',
      '-x',
      'bufsize=zz',
      '-n',
      'BEGIN',
    ],
    [1, 'dtrace: failed to open /nonexistent.d: No such file or directory', '-s', '/nonexistent.d'],
    [2, "probelab: no scenario 'nosuch'", '-x', 'scenario=nosuch', '-n', 'BEGIN'],
    [2, "probelab: no machine profile 'vax'", '-x', 'machine=vax', '-n', 'BEGIN'],
    [2, 'probelab: --simtime zz: expected a duration', '-x', 'simtime=zz', '-n', 'BEGIN'],
    [
      1,
      "dtrace: failed to open output file '/nonexistent/x': No such file or directory",
      '-o',
      '/nonexistent/x',
      '-n',
      'BEGIN',
    ],
    [2, 'probelab: /nonexistent/x: no such file', '-x', 'record=/nonexistent/x', '-n', 'BEGIN'],
    [1, 'dtrace: invalid probe specifier BEGIN { x = ; }: ', '-n', 'BEGIN { x = ; }'],
    [1, 'dtrace: invalid probe specifier BEGIN { trace(1) ', '-n', 'BEGIN { trace(1) '],
    [1, 'dtrace: invalid probe specifier BEGIN { nosuch(); }: ', '-n', 'BEGIN { nosuch(); }'],
  ];
  test.each(others)('%d %s', async (code, message, ...argv) => {
    const outcome = await dtrace(...argv);
    expect([outcome.code, outcome.out, clear(outcome.err)]).toEqual([code, '', true]);
    expect(outcome.err).toContain(message);
  });

  test('a consumer that is killed has not ended well', async () => {
    const killed = await lab('dtrace', '-qwn', 'BEGIN { raise(9); }');
    expect(killed).toMatchObject({ code: 1, out: '' });
    expect(killed.err).toBe('dtrace: killed before it had finished\n');
  });
});

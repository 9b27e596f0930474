/** Where output goes: freopen(), ftruncate(), -o, several commands side by side, options of the environment, a script run by its #! line. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { lab, put, root, scratch } from './lab.ts';

afterEach(() => {
  delete process.env.DTRACE_OPT_QUIET;
});

test('freopen and ftruncate act on files of the host, appended to; "" goes back', async () => {
  const folder = scratch();
  const path = put(folder, 'out.1', 'before\n');
  const program = `BEGIN { printf("one\\n"); freopen("${folder}/out.%d", 1); printf("two\\n"); freopen(""); printf("three\\n"); }
    BEGIN { freopen("/nonexistent/x"); printf("four\\n"); exit(0); }`;
  const first = await lab('dtrace', '-wqn', program);
  expect(first).toEqual({
    code: 0,
    out: 'one\nthree\nfour\n\n',
    err: 'dtrace: error on enabled probe ID 2 (ID 1: dtrace:::BEGIN): couldn\'t freopen() "/nonexistent/x": No such file or directory\n',
  });
  expect(readFileSync(path, 'utf8')).toBe('before\ntwo\n');
  const other = join(folder, 'first');
  const truncated = await lab(
    'dtrace',
    '-wq',
    '-o',
    other,
    '-n',
    `BEGIN { printf("a\\n"); freopen("${path}"); ftruncate(); printf("b\\n"); freopen(""); printf("c\\n"); exit(0); }`,
  );
  expect(truncated).toEqual({ code: 0, out: '', err: '' });
  expect([readFileSync(path, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['b\n', 'a\nc\n\n']);
});

test('several -c run side by side; the first is $target; all must end', async () => {
  const { out, err } = await lab(
    'dtrace',
    '-n',
    'proc:::exit /pid == $target || ppid == 4/ { trace(execname); trace(pid == $target); }',
    '-c',
    'sleep 0.2',
    '-c',
    'echo side by side',
  );
  expect(out).toMatch(/side by side\n[\s\S]*exit {3}echo +0\n[\s\S]*exit {3}sleep +1\n/);
  expect(err.match(/dtrace: pid \d+ has exited\n/g)).toHaveLength(2);
});

test("a C program of one's own: its functions, its stack, and a system call that is only a name", async () => {
  const folder = scratch();
  const source = put(
    folder,
    'own.c',
    '#include <stdlib.h>\n#include <unistd.h>\nstatic int half(int n) { return (n / 2); }\n' +
      'int main(int argc, char **argv) { free(malloc((size_t)half(84))); return ((int)syscall(97, 2, 1, 0)); }\n',
  );
  const program =
    'pid$target:a.out:half:return { trace(arg1); } pid$target:libc:malloc:entry { trace(arg0); ustack(3); }' +
    'syscall::socket:entry { printf("socket(%d, %d)", arg0, arg1); } syscall::socket:return { trace(errno); }';
  const { out, err } = await lab('dtrace', '-x', `program=${source}`, '-n', program, '-c', 'own');
  expect(out).toMatch(
    /half:return +42\n.* malloc:entry +42\n {14}libc.so.7`malloc\n {14}own`main\+0x[0-9a-f]+\n {14}own`_start/,
  );
  expect(out).toMatch(/socket:entry socket\(2, 1\)\n.*socket:return +78\n/);
  expect(err).toMatch(/\ndtrace: pid \d+ terminated by SIGSYS\n$/);
  const refused = await lab('dtrace', '-x', 'program=own.py', '-n', 'BEGIN', '-c', 'own');
  expect([refused.code, refused.err]).toEqual([
    2,
    "probelab: -x program=own.py: 'own.py' is neither a .c nor a .o file\n",
  ]);
  const kept = await lab('dtrace', '-x', `program=${source}`, '-x', 'record=x', '-n', 'BEGIN', '-c', 'own');
  expect([kept.code, kept.out]).toEqual([2, '']);
});

test('what a script includes is part of the trace', async () => {
  const folder = scratch();
  const header = put(folder, 'answer.h', '#define ANSWER 42\n');
  const script = put(folder, 'a.d', '#include "answer.h"\nBEGIN { trace(ANSWER); exit(0); }\n');
  const trace = join(folder, 'a.trace');
  const done = await lab('dtrace', '-qC', '-x', 'scenario=idle', '-x', `record=${trace}`, '-s', script);
  expect(done).toEqual({ code: 0, out: '42\n', err: '' });
  rmSync(header);
  expect((await lab('replay', trace, '--verify')).out).toMatch(/^identical: /);
});

test('options of the environment come before those of the command line', async () => {
  process.env.DTRACE_OPT_QUIET = '';
  expect(await lab('dtrace', '-n', 'BEGIN { trace(1); exit(0); }')).toEqual({ code: 0, out: '1\n', err: '' });
});

test('a script that names probelab in its #! line', () => {
  const folder = scratch();
  const bin = put(
    folder,
    'probelab',
    `#!/bin/sh\nexec "${process.execPath}" --import tsx "${root}/tui/main.ts" "$@"\n`,
  );
  const script = put(
    folder,
    'hello.d',
    '#!/usr/bin/env -S probelab dtrace -qs\nBEGIN { printf("%s", $$1); exit(0); }\n',
  );
  for (const path of [bin, script]) chmodSync(path, 0o755);
  const { stdout, status } = spawnSync(script, ['argument'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  expect([stdout, status]).toEqual(['argument\n', 0]);
});

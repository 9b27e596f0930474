/** Where output goes: freopen(), ftruncate(), -o, several commands side by side, options of the environment, a script run by its #! line. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
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

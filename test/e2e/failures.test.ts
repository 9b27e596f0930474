// What a broken guest looks like from outside: edited sources that do not compile, panics, deadlocks.
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clear, lab, put, root, SMALL, scratch, startIn } from './lab.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

describe('a guest panic', () => {
  test('is told, with what the guest printed, and the trace up to it is kept', async () => {
    const trace = join(folder, 'panic.trace');
    const argv = ['--exec', 'echo before', ...SMALL, '--record', trace];
    const outcome = await lab('run', ...argv, '-x', 'destructive', '-n', 'syscall::write:entry { panic(); }');
    expect(outcome.code).toBe(1);
    expect(outcome.err).toMatch(
      /^probelab: the guest panicked: dtrace: panic action at probe syscall:freebsd:write:entry/m,
    );
    expect(clear(outcome.err)).toBe(true);
    const replay = await lab('replay', trace);
    expect(replay).toMatchObject({ code: 0, err: '' });
    expect(replay.out).toMatch(/syscall:freebsd:write:entry/);
    const again = await lab('replay', trace, '--verify');
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^identical: \d+ events\n$/)]);
  });

  test('in JSON', async () => {
    const outcome = await lab(
      'run',
      '--json',
      '--exec',
      'echo',
      ...SMALL,
      '-x',
      'destructive',
      '-n',
      'syscall::write:entry { panic(); }',
    );
    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.out)).toMatchObject({
      stop: 'panic',
      message: expect.stringContaining('panic action'),
      exitStatus: null,
    });
  });
});

describe('an edited kernel', () => {
  const tree = join(folder, 'tree');
  beforeAll(() => {
    for (const name of ['engine', 'models', 'traces', 'tui', 'package.json', 'tsconfig.json'])
      cpSync(join(root, name), join(tree, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  });

  const edit = (file: string, from: string | RegExp, to: string) => {
    const path = join(tree, 'models', file);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(from);
    writeFileSync(path, text.replace(from, to));
  };
  const probelab = (...argv: string[]) => startIn(tree, ...argv).ended;

  test('a mistake in its C is told as file:line:col with the line; exit code 2', async () => {
    edit('kernel/kern/kern_prot.c', /$/, '\nint wrong(void) { return nosuch; }\n');
    const outcome = await probelab('run', ...SMALL, '--exec', 'true');
    expect(outcome).toMatchObject({ code: 2, out: '' });
    expect(outcome.err).toMatch(
      /^kern\/kern_prot\.c:\d+:26: error: 'nosuch' undeclared.*\n *int wrong\(void\) \{ return nosuch; \}\n/,
    );
    edit('kernel/kern/kern_prot.c', /\nint wrong.*\n/, '');
  });

  test('bad pointers are panics with a stack; a machine that sleeps for good is a deadlock', async () => {
    edit('kernel/kern/kern_prot.c', /(\nsys_getppid\(.*\)\n\{\n)/, '$1\t*(volatile int *)0x10 = 1;\n');
    edit(
      'kernel/kern/vfs_syscalls.c',
      /(\nsys_unlink\(.*\)\n\{\n)/,
      '$1\tspinlock_enter(); for (;;) { __hw(HW_TIMER_SET, 0, 0, 0, 0); __hw(HW_HALT, 0, 0, 0, 0); }\n',
    );
    const program = put(
      folder,
      'parent.c',
      '#include <unistd.h>\nint main(void) { return (getppid() == 1); }\n',
    );
    const panic = await probelab('cc', program, '--run');
    expect(panic).toMatchObject({ code: 1, out: '' });
    expect(panic.err).toMatch(/^probelab: the guest panicked: page fault$/m);
    expect(panic.err).toMatch(/fault virtual address\t= 0x10\n[\s\S]* at sys_getppid\+0x/);
    expect(clear(panic.err)).toBe(true);
    const stuck = await probelab('run', ...SMALL, '--exec', 'rm /etc/rc', '--simtime', '1s');
    expect(stuck).toMatchObject({ code: 1, out: '' });
    expect(stuck.err).toMatch(/^probelab: deadlock: every CPU of the guest sleeps/m);
  });
});

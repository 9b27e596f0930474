// `probelab cc`: a user's own C program, compiled for the guest and run in it.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clear, lab, put, scratch } from './lab.ts';

const folder = scratch();
let main: string;
let util: string;
beforeAll(() => {
  mkdirSync(join(folder, 'include'));
  put(folder, 'include/util.h', 'int twice(int);\n');
  util = put(folder, 'util.c', '#include "util.h"\nint\ntwice(int x)\n{\n\treturn (2 * x);\n}\n');
  main = put(
    folder,
    'main.c',
    `#include <stdio.h>
#include "util.h"
int
main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		printf("[%s]\\n", argv[i]);
	printf("%d %s\\n", twice(HALF), NAME);
	return (3);
}
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const flags = () => ['-I', join(folder, 'include'), '-D', 'HALF=21', '-D', 'NAME="a b"'];

/** Compiles and runs one file. */
const program = (text: string, ...args: string[]) => lab('cc', put(folder, 'p.c', text), '--run', ...args);

describe('--run', () => {
  test("a program's standard error is ours, apart from its output", async () => {
    const text = '#include <stdio.h>\nint main(void) { puts("out"); fputs("err\\n", stderr); return (0); }\n';
    expect(await program(text)).toEqual({ code: 0, out: 'out\n', err: 'err\n' });
  });

  test('several files, -I, -D: output, arguments as they are, exit status', async () => {
    const done = await lab(
      'cc',
      main,
      util,
      ...flags(),
      '--run',
      'x y',
      "it's",
      '--json',
      '',
      '*',
      '-n',
      '$HOME',
    );
    expect(done).toEqual({
      code: 3,
      out: "[x y]\n[it's]\n[--json]\n[]\n[*]\n[-n]\n[$HOME]\n42 a b\n",
      err: '',
    });
  });

  test('options of ours between --run and the arguments; -- ends them', async () => {
    const done = await lab('cc', main, util, ...flags(), '--run', '--stats', '--', '--stats');
    expect(done).toMatchObject({ code: 3, out: '[--stats]\n42 a b\n' });
    expect(done.err).toMatch(/^\d+ instructions, \d+ cycles, \d+ L1 misses, \d+ L2 misses/m);
  });

  test('--json', async () => {
    const done = await lab('cc', main, util, ...flags(), '--json', '--run');
    expect(done).toMatchObject({ code: 3, err: '42 a b\n' });
    expect(JSON.parse(done.out)).toMatchObject({ exitStatus: 3, stop: 'poweroff' });
  });

  test('the same program twice takes the same cycles', async () => {
    const runs = [];
    for (let i = 0; i < 2; i++)
      runs.push(JSON.parse((await lab('cc', main, util, ...flags(), '--json', '--run')).out));
    expect(runs[0]).toEqual(runs[1]);
  });

  test('a signal: 128 + its number, told by the kernel on stderr', async () => {
    const done = await program('int main(void) { *(volatile int *)0 = 1; return 0; }');
    expect(done).toEqual({ code: 139, out: '', err: 'pid 3 (p), jid 0, uid 0: exited on signal 11\n' });
    const abort = await program('#include <stdlib.h>\nint main(void) { abort(); }');
    expect(abort).toMatchObject({ code: 134, out: '' });
  });

  test('nothing to read on standard input; fork, exec and pipes of other programs', async () => {
    const done = await program(`
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int
main(void)
{
	char c;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		execl("/bin/echo", "echo", "from", "echo", (char *)0);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	printf("%d %d\\n", WIFEXITED(status), WEXITSTATUS(status));
	return (0);
}
`);
    expect(done).toEqual({ code: 0, out: 'from echo\n1 0\n', err: '' });
  });
});

describe('compiling', () => {
  test('-o writes an image; warnings do not stop it', async () => {
    const image = join(folder, 'main.image');
    expect(await lab('cc', main, util, ...flags(), '-o', image)).toEqual({ code: 0, out: '', err: '' });
    expect(statSync(image).size).toBeGreaterThan(1000);
  });

  test('errors: file:line:col, the source line, exit code 2', async () => {
    const path = put(folder, 'bad.c', 'int\nmain(void)\n{\n\tint x = ;\n\treturn (y);\n}\n');
    const bad = await lab('cc', path, '--run');
    expect(bad).toMatchObject({ code: 2, out: '' });
    expect(bad.err).toMatch(new RegExp(`^${path}:4:10: error: .*\n *\tint x = ;\n`));
    expect(bad.err).toContain(`${path}:5:10: error: 'y' undeclared`);
  });

  const cases: [string, string][] = [
    ['#include "nosuch.h"\nint main(void) { return 0; }', '1:10: error: nosuch.h: no such file'],
    ['int f(void); int main(void) { return f(); }', "error: 'f' is called but defined nowhere"],
    ['int main(void) { return 0 }', '1:27: error: expected'],
    ['#if 1\nint main(void) { return 0; }', 'error: '],
    ['int main(void) { __asm__("nop"); return 0; }', 'error: '],
    ['struct s; int main(void) { return sizeof(struct s); }', 'error: '],
  ];
  test.each(cases)('%j', async (text, message) => {
    const bad = await lab('cc', put(folder, 'bad.c', text));
    expect(bad).toMatchObject({ code: 2, out: '' });
    expect(bad.err).toContain(message);
    expect(clear(bad.err)).toBe(true);
  });

  test('files that are not there, not C, not writable', async () => {
    expect(await lab('cc', join(folder, 'nosuch.c'))).toMatchObject({ code: 2 });
    expect((await lab('cc', 'foo.txt')).err).toContain('foo.txt: not a .c file');
    const away = await lab('cc', main, util, ...flags(), '-o', join(folder, 'no/where.image'));
    expect(away).toEqual({
      code: 2,
      out: '',
      err: `probelab: ${join(folder, 'no/where.image')}: no such file or directory\n`,
    });
  });
});

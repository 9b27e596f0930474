// Probes of a user's own programs (USDT): declared in D, called in C, traced by name.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileProgram } from '../../engine/guestc/build.ts';
import type { Image } from '../../engine/image/image.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { readProviders } from '../../engine/image/provider.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { Session } from '../../engine/run/session.ts';
import { execScenario, runInputs } from '../../tui/run-inputs.ts';
import { clear, lab, put, root, scratch } from './lab.ts';

const folder = scratch();
const at = (name: string) => join(folder, name);
const dtrace = (...argv: string[]) => lab('dtrace', ...argv);

const PROVIDER = `provider myapp {
	probe request__start(int, char *);
	probe request__done(int code, char *name) : (char *name, int code);
	probe idle();
};
#pragma D attributes Evolving/Evolving/Common provider myapp provider
#pragma D attributes Private/Private/Unknown provider myapp function
#pragma D attributes Evolving/Evolving/ISA provider myapp args
`;

/** Serves as many requests as its argument says. Arguments are counted when they are computed. */
const SERVER = `#include <stdio.h>
#include <stdlib.h>
#include "prov.h"

static int calls;

static char *
name_of(int i)
{
	calls++;
	return (i % 2 != 0 ? "odd" : "even");
}

static void
serve(int i)
{
	MYAPP_REQUEST_START(-i, name_of(i));
	if (MYAPP_REQUEST_DONE_ENABLED()) {
		printf("asked\\n");
		MYAPP_REQUEST_DONE(i * i, "done");
	}
}

int
main(int argc, char **argv)
{
	int i, n;

	n = argc > 1 ? atoi(argv[1]) : 3;
	for (i = 0; i < n; i++)
		serve(i);
	MYAPP_IDLE();
	printf("calls %d\\n", calls);
	return (0);
}
`;

/** A child that fires, execs the same program and fires there; another that borrows its parent's memory. */
const FORKER = `#include <sys/wait.h>
#include <string.h>
#include <unistd.h>
#include "prov.h"

int
main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc > 1) {
		MYAPP_REQUEST_START(30, argv[1]);
		return (0);
	}
	MYAPP_REQUEST_START(1, "parent");
	pid = fork();
	if (pid == 0) {
		MYAPP_REQUEST_START(2, "child");
		execl("/bin/forker", "forker", "again", (char *)NULL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	pid = vfork();
	if (pid == 0) {
		MYAPP_REQUEST_START(3, "borrower");
		_exit(0);
	}
	waitpid(pid, &status, 0);
	MYAPP_REQUEST_START(4, "parent");
	return (0);
}
`;

let cwd: string;
beforeAll(async () => {
  cwd = process.cwd();
  process.chdir(folder);
  put(folder, 'prov.d', PROVIDER);
  put(folder, 'server.c', SERVER);
  put(folder, 'forker.c', FORKER);
  for (const mode of ['-h', '-G'])
    expect(await dtrace(mode, '-s', 'prov.d')).toEqual({ code: 0, out: '', err: '' });
});
afterAll(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

const server = (...argv: string[]) => dtrace('-x', 'program=server.c,prov.o', ...argv);
const forker = (...argv: string[]) => dtrace('-x', 'program=forker.c,prov.o', ...argv);

describe('-h', () => {
  test('a header as dtrace -h writes it: guard, macros, declarations, and nothing without DTrace', () => {
    const body = readFileSync(at('prov.h'), 'utf8').replace(/^\/\*[\s\S]*?\*\/\n\n/, '');
    expect(body).toBe(`#ifndef	_PROV_H
#define	_PROV_H

#include <unistd.h>

#ifdef	__cplusplus
extern "C" {
#endif

#if _DTRACE_VERSION

#define	MYAPP_REQUEST_START(arg0, arg1) \\
	__dtrace_myapp___request__start(arg0, arg1)
#define	MYAPP_REQUEST_START_ENABLED() \\
	__dtraceenabled_myapp___request__start()
#define	MYAPP_REQUEST_DONE(arg0, arg1) \\
	__dtrace_myapp___request__done(arg0, arg1)
#define	MYAPP_REQUEST_DONE_ENABLED() \\
	__dtraceenabled_myapp___request__done()
#define	MYAPP_IDLE() \\
	__dtrace_myapp___idle()
#define	MYAPP_IDLE_ENABLED() \\
	__dtraceenabled_myapp___idle()


extern void __dtrace_myapp___request__start(int, char *);
extern int __dtraceenabled_myapp___request__start(void);
extern void __dtrace_myapp___request__done(int, char *);
extern int __dtraceenabled_myapp___request__done(void);
extern void __dtrace_myapp___idle(void);
extern int __dtraceenabled_myapp___idle(void);

#else

#define	MYAPP_REQUEST_START(arg0, arg1)
#define	MYAPP_REQUEST_START_ENABLED() (0)
#define	MYAPP_REQUEST_DONE(arg0, arg1)
#define	MYAPP_REQUEST_DONE_ENABLED() (0)
#define	MYAPP_IDLE()
#define	MYAPP_IDLE_ENABLED() (0)

#endif


#ifdef	__cplusplus
}
#endif

#endif	/* _PROV_H */
`);
  });

  test('-o names it, and with it the guard; what stood there is replaced', async () => {
    mkdirSync(at('include'), { recursive: true });
    put(folder, 'include/my-probes.h', 'old\n');
    expect((await dtrace('-h', '-s', 'prov.d', '-o', 'include/my-probes.h')).code).toBe(0);
    const text = readFileSync(at('include/my-probes.h'), 'utf8');
    expect(text).toContain('#ifndef\t_MY_PROBES_H\n');
    expect(text).not.toContain('old');
  });

  test("D's string is C's char *", async () => {
    put(folder, 'says.d', 'provider says { probe line__read(string, int); };\n');
    const { out } = await dtrace('-h', '-s', 'says.d', '-o', '-');
    expect(out).toContain('extern void __dtrace_says___line__read(char *, int);\n');
  });

  test('-o - writes to standard output, without a guard', async () => {
    const { out } = await dtrace('-h', '-s', 'prov.d', '-o', '-');
    expect(out).toContain('#define\tMYAPP_IDLE()');
    expect(out).not.toContain('_H\n');
  });

  test('several scripts, or none, need a name for what is written', async () => {
    put(folder, 'two.d', 'provider two { probe p(); };\n');
    put(folder, 'odd.txt', 'provider odd { probe p(); };\n');
    const several = await dtrace('-h', '-s', 'prov.d', '-s', 'two.d');
    expect(several).toEqual({
      code: 2,
      out: '',
      err: 'dtrace: -h requires an output file if multiple scripts are specified\n',
    });
    expect((await dtrace('-h')).err).toBe('dtrace: -h requires one or more scripts or enabling options\n');
    expect((await dtrace('-G', '-n', 'BEGIN')).err).toMatch(/^dtrace: -G requires an output file/);
    expect((await dtrace('-h', '-s', 'odd.txt')).err).toMatch(/^dtrace: -h requires an output file: odd.txt/);
    const both = await dtrace('-h', '-s', 'prov.d', '-s', 'two.d', '-o', '-');
    expect(both.out).toMatch(/MYAPP_IDLE[\s\S]*TWO_P\(\)/);
  });
});

describe('-G', () => {
  test('the object has what the file declares', () => {
    const [provider, ...more] = readProviders(readFileSync(at('prov.o')));
    expect(more).toEqual([]);
    expect(provider.name).toBe('myapp');
    // Stability 4: Unstable, 5: Evolving, 1: Private; class 5: Common, 4: ISA, 0: Unknown.
    const attribute = (a: number, b: number, c: number) => a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8;
    expect(provider.attributes).toEqual([
      attribute(5, 5, 5),
      attribute(4, 4, 5),
      attribute(1, 1, 0),
      attribute(4, 4, 5),
      attribute(5, 5, 4),
    ]);
    expect(provider.probes).toEqual([
      { name: 'request-start', native: ['int', 'char *'], shown: ['int', 'char *'], mapping: [0, 1] },
      { name: 'request-done', native: ['int', 'char *'], shown: ['char *', 'int'], mapping: [1, 0] },
      { name: 'idle', native: [], shown: [], mapping: [] },
    ]);
  });

  test('clauses and object files are refused, with what to do', async () => {
    put(folder, 'clause.d', `${PROVIDER}BEGIN { trace(1); }\n`);
    const clause = await dtrace('-G', '-s', 'clause.d');
    expect(clause.code).toBe(1);
    expect(clause.err).toMatch(/^dtrace: -G: clauses/);
    expect(existsSync(at('clause.o'))).toBe(false);
    const object = await dtrace('-G', '-s', 'prov.d', 'server.o');
    expect(object.code).toBe(2);
    expect(object.err).toMatch(/^dtrace: -G: server\.o: .*the C files in their place/);
  });

  test("the program's files may be named: their sites must be the declared ones, whatever else is missing", async () => {
    mkdirSync(at('part'), { recursive: true });
    put(folder, 'part/head.h', '#define WHAT "part"\nint elsewhere(void);\nextern int far;\n');
    put(
      folder,
      'part.c',
      `#include "head.h"
#include "prov.h"
#if LEVEL != 2
#error LEVEL
#endif
int part(void) { MYAPP_REQUEST_START(elsewhere() + far, WHAT); return (0); }
`,
    );
    const link = (...words: string[]) => dtrace('-G', '-s', 'prov.d', '-o', 'part.o', ...words);
    expect(await link('-I', 'part', '-D', 'LEVEL=2', 'part.c', 'server.c')).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect(readFileSync(at('part.o'))).toEqual(readFileSync(at('prov.o')));
    rmSync(at('part.o'));
    expect((await link('part.c')).err).toContain('part.c:1:10: error: ');
    put(folder, 'quiet.c', 'int quiet(void) { return (0); }\n');
    expect((await link('quiet.c')).err).toContain("no probe sites found for declared provider 'myapp'");
    put(folder, 'odd.c', 'void __dtrace_myapp___odd(void);\nvoid odd(void) { __dtrace_myapp___odd(); }\n');
    const odd = await link('odd.c', 'server.c');
    expect([odd.code, odd.err]).toEqual([
      2,
      expect.stringContaining("odd.c:2:18: error: provider 'myapp' has no probe 'odd'"),
    ]);
    expect(existsSync(at('part.o'))).toBe(false);
  });

  test('names that a process could not have are refused', async () => {
    put(folder, 'name.d', 'provider pid { probe p(); };\n');
    expect((await dtrace('-G', '-s', 'name.d')).err).toMatch(/^dtrace: -G: provider pid: the kernel has/);
    put(folder, 'name.d', `provider ${'n'.repeat(54)} { probe p(); };\n`);
    expect((await dtrace('-G', '-s', 'name.d')).err).toMatch(/too long for a process id .* 53 characters$/m);
    put(folder, 'name.d', `provider ${'n'.repeat(53)} { probe p(); };\n`);
    expect((await dtrace('-G', '-s', 'name.d')).code).toBe(0);
    put(
      folder,
      'name.c',
      `void __dtrace_${'n'.repeat(53)}___p(void);\nint main(void) { __dtrace_${'n'.repeat(53)}___p(); return (0); }\n`,
    );
    const { out } = await dtrace(
      '-x',
      'program=name.c,name.o',
      '-qn',
      'n*:name::p { trace(probeprov); }',
      '-c',
      'name',
    );
    expect(out).toMatch(/^n{53}\d+\n$/);
  });

  test('an object that is damaged is read, or refused in one message', () => {
    const good = readFileSync(at('prov.o'));
    for (let i = 0; i < good.length; i++)
      for (const byte of [0, 1, 0x7f, 0xff]) {
        const bad = Uint8Array.from(good);
        bad[i] = byte;
        try {
          readProviders(bad);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(?:it is|its|it shows|a string of it) /);
        }
      }
  });

  test.each([
    ['PROV_PRDUP', 'provider a { probe p(); probe p(int); };'],
    ['PROV_BADNAME', 'provider a1 { probe p(); };'],
    ['PROV_PRXLATOR', 'struct s { int x; }; provider a { probe p(int i) : (struct s i); };'],
    [
      'PRAGMA_INVAL',
      'provider a { probe p(); };\n#pragma D attributes Evolving/Evolving/Common provider a what\n',
    ],
    ['SYNTAX', 'provider a { probe };'],
  ])('a file that is wrong: D_%s', async (tag, text) => {
    put(folder, 'bad.d', `${text}\n`);
    for (const mode of ['-h', '-G']) {
      const { code, err, out } = await dtrace(mode, '-xerrtags', '-s', 'bad.d');
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(`failed to compile script bad.d: [D_${tag}]`);
    }
    expect(existsSync(at('bad.h'))).toBe(false);
  });
});

describe('compiling', () => {
  const profile = loadProfile('amd64');
  const compile = (...files: string[]): Image => compileProgram(files, { profile });
  const refused = async (...files: string[]) => {
    const { code, err } = await lab('cc', ...files);
    expect(code).toBe(2);
    expect(clear(err)).toBe(true);
    return err;
  };

  test('without the object a probe is an undefined function, and the message says what to do', async () => {
    expect(await refused('server.c')).toMatch(
      /server\.c:17:2: error: '__dtrace_myapp___request__start' is called but defined nowhere\n.*\n.*\n.*probelab dtrace -G -s/,
    );
  });

  test('the object, the header and the program must fit', async () => {
    put(folder, 'idle.c', '#include "prov.h"\nint main(void) { MYAPP_IDLE(); return (0); }\n');
    put(folder, 'none.c', 'int main(void) { return (0); }\n');
    put(folder, 'fake.o', 'no object\n');
    put(folder, 'less.d', PROVIDER.replace('int, char *', 'int'));
    put(folder, 'lost.d', PROVIDER.replace('probe idle();', ''));
    for (const name of ['less', 'lost']) expect((await dtrace('-G', '-s', `${name}.d`)).code).toBe(0);
    expect(await refused('none.c', 'prov.o')).toContain(
      "prov.o:1:1: error: no probe sites found for declared provider 'myapp'",
    );
    expect(await refused('server.c', 'less.o')).toContain(
      "probe 'myapp:request-start' is called with 2 arguments, and declared with 1",
    );
    expect(await refused('idle.c', 'lost.o')).toContain("provider 'myapp' has no probe 'idle'");
    expect(await refused('idle.c', 'fake.o')).toContain('fake.o:1:1: error: cannot link this object');
    expect(await refused('idle.c', 'prov.o', 'prov.o')).toContain(
      "provider 'myapp' is defined twice: first in prov.o",
    );
    expect(await refused('idle.c', 'nothing.o')).toContain('nothing.o:1:1: error: cannot read this file');
  });

  test('a site is one instruction; a program without sites has nothing of them', () => {
    put(
      folder,
      'with.c',
      '#include "prov.h"\nint f(void) { MYAPP_IDLE(); return (7); }\nint main(void) { return (f()); }\n',
    );
    put(folder, 'without.c', 'int f(void) { return (7); }\nint main(void) { return (f()); }\n');
    const [traced, plain] = [compile('with.c', 'prov.o'), compile('without.c')];
    const size = (image: Image) => image.functions.find(({ name }) => name === 'f')?.size ?? 0;
    expect(size(traced)).toBe(size(plain) + 4);
    expect(traced.providers).toEqual(['myapp']);
    expect(plain.providers).toBeUndefined();
    const start = (image: Image) => image.functions.find(({ name }) => name === '_start')?.file;
    expect([start(traced), start(plain)]).toEqual(['drti/drti.c', 'lib/crt0.c']);
  });

  test('nobody traces: arguments are computed all the same, and the answer to "enabled?" is no', async () => {
    expect(await lab('cc', 'server.c', 'prov.o', '--run', '5')).toEqual({
      code: 0,
      out: 'calls 5\n',
      err: '',
    });
  });

  test('a system without DTrace runs the program all the same', async () => {
    let text = '';
    const session = await Session.open(
      { ...runInputs(execScenario('server 2'), { seed: '1' }), withoutDtrace: true },
      {
        extraPrograms: [compile('server.c', 'prov.o')],
        console: (bytes) => {
          text += Buffer.from(bytes).toString();
        },
      },
    );
    expect((await session.run()).exitStatus).toBe(0);
    expect(text).toContain('calls 2');
  });

  test('a program may define such a function itself: then it is called', async () => {
    put(
      folder,
      'own.c',
      '#include <stdio.h>\n#include "prov.h"\nvoid __dtrace_myapp___idle(void) { puts("mine"); }\nint main(void) { MYAPP_IDLE(); return (0); }\n',
    );
    expect((await lab('cc', 'own.c', '--run')).out).toBe('mine\n');
  });
});

describe('tracing', () => {
  test('a provider for the process, the function of the site, the program as module; arguments by declaration', async () => {
    const { code, out, err } = await server(
      '-n',
      'myapp$target:::request-start { printf("%d %d %s %s", arg0, args[0], copyinstr(arg1), probemod); }',
      '-c',
      'server 2',
    );
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.replace(/^ +\d+ +\d+ +/, ''))).toEqual([
      'calls 2',
      'CPU     ID                    FUNCTION:NAME',
      'serve:request-start 0 0 even server',
      'serve:request-start -1 -1 odd server',
      '',
      '',
    ]);
    expect(err).toMatch(/matched 1 probe\ndtrace: pid \d+ has exited\n$/);
  });

  test('arguments in another order; asking whether a probe is enabled', async () => {
    const { out } = await server(
      '-qn',
      'myapp$target:::request-done { printf("%s %d %d|", copyinstr(arg0), arg1, args[1]); self->s = copyinstr((uintptr_t)args[0]); printf("%s\\n", self->s); }',
      '-c',
      'server 3',
    );
    expect(out).toBe('asked\nasked\nasked\ncalls 3\ndone 0 0|done\ndone 1 1|done\ndone 4 4|done\n\n');
  });

  test('arguments that a translator makes', async () => {
    const declarations = `typedef struct job { int id; char what[8]; } job_t;
typedef struct jobinfo { int twice; string what; } jobinfo_t;
translator jobinfo_t < job_t *j > {
	twice = 2 * *(int *)copyin((uintptr_t)&j->id, sizeof (int));
	what = copyinstr((uintptr_t)&j->what[0]);
};
`;
    put(
      folder,
      'jobs.d',
      `${declarations}provider jobs { probe done(job_t *j, int n) : (int n, jobinfo_t *j); };\n`,
    );
    put(
      folder,
      'jobs.c',
      `typedef struct job { int id; char what[8]; } job_t;
#include "jobs.h"
int main(void) { job_t job = { 21, "sweep" }; JOBS_DONE(&job, 5); return (0); }
`,
    );
    put(
      folder,
      'use.d',
      `${declarations}jobs$target:::done { printf("%d %d %d %s", arg0, args[0], args[1]->twice, args[1]->what); }\n`,
    );
    for (const mode of ['-h', '-G']) expect((await dtrace(mode, '-s', 'jobs.d')).err).toBe('');
    expect(readFileSync(at('jobs.h'), 'utf8')).toContain('extern void __dtrace_jobs___done(job_t *, int);');
    const { out } = await dtrace('-x', 'program=jobs.c,jobs.o', '-qs', 'use.d', '-c', 'jobs');
    expect(out).toBe('5 5 42 sweep\n');
  });

  test('args[] cannot be more than the declaration has', async () => {
    const { code, err } = await server('-n', 'myapp$target:::idle { trace(args[0]); }', '-c', 'server');
    expect(code).toBe(1);
    expect(err).toContain('index 0 is out of range for myapp');
  });

  test('-l and -lv: what a held process has', async () => {
    const list = await server('-l', '-P', 'myapp*', '-c', 'server');
    expect(list.out.split('\n').map((row) => row.trim().split(/\s+/).slice(1))).toEqual([
      ['PROVIDER', 'MODULE', 'FUNCTION', 'NAME'],
      [expect.stringMatching(/^myapp\d+$/), 'server', 'serve', 'request-start'],
      [expect.stringMatching(/^myapp\d+$/), 'server', 'serve', 'request-done'],
      [expect.stringMatching(/^myapp\d+$/), 'server', 'main', 'idle'],
      [],
    ]);
    const verbose = await server('-lv', '-n', 'myapp$target:::request-done', '-c', 'server');
    expect(verbose.out).toContain(`
	Probe Description Attributes
		Identifier Names: Private
		Data Semantics:   Private
		Dependency Class: Unknown

	Argument Attributes
		Identifier Names: Evolving
		Data Semantics:   Evolving
		Dependency Class: ISA

	Argument Types
		args[0]: char *
		args[1]: int
`);
  });

  test('two processes: each has its provider, and a pattern means them all, those to come as well', async () => {
    const { out } = await server(
      '-qn',
      'myapp*:::request-start { @[probeprov, pid, arg0] = count(); } END { printa("%s %d %d %@d\\n", @); }',
      '-c',
      'server 1',
      '-c',
      'server 2',
    );
    const rows = [...out.matchAll(/^myapp(\d+) (\d+) (-?\d+) (\d+)$/gm)].map(([, ...row]) => row.map(Number));
    expect(rows.every(([provider, pid]) => provider === pid)).toBe(true);
    const [first, second] = [...new Set(rows.map(([pid]) => pid))];
    expect(rows.sort((a, b) => a[0] - b[0] || b[2] - a[2])).toEqual([
      [first, first, 0, 1],
      [second, second, 0, 1],
      [second, second, -1, 1],
    ]);
  });

  test('fork copies the probes, exec ends them and brings the new program its own; vfork borrows', async () => {
    const program = (probes: string) =>
      `${probes}:::request-start { printf("%d %d %s %d\\n", probeprov == strjoin("myapp", lltostr(pid)), pid == $target, copyinstr(arg1), arg0); }`;
    const all = await forker('-qn', program('myapp*'), '-c', 'forker');
    expect(all.out).toBe('1 1 parent 1\n1 0 child 2\n1 0 again 30\n0 0 borrower 3\n1 1 parent 4\n\n');
    const one = await forker('-qn', program('myapp$target'), '-c', 'forker');
    expect(one.out).toBe('1 1 parent 1\n0 0 borrower 3\n1 1 parent 4\n\n');
  });

  test('-Z: a program that starts while tracing is on; records and aggregations', async () => {
    put(
      folder,
      'late.json',
      JSON.stringify({ files: { '/etc/rc': 'sleep 1\nserver 2\nserver 1\n' }, simtime: '30s' }),
    );
    const { code, out, err } = await server(
      '-Zqx',
      'scenario=late.json',
      '-n',
      'myapp*:::request-start { @[arg0] = count(); } myapp*:::idle { printf("%s %s\\n", execname, probefunc); n++; } myapp*:::idle /n == 2/ { exit(0); }',
    );
    expect([code, err]).toEqual([0, '']);
    expect(out.replace(/ +/g, ' ')).toBe('server main\nserver main\n\n -1 1\n 0 2\n');
  });

  test('without -Z what is not there yet does not match', async () => {
    const { code, err } = await server('-n', 'myapp*:::idle', '-x', 'scenario=idle');
    expect(code).toBe(1);
    expect(err).toContain('probe description myapp*:::idle does not match any probes');
  });

  test('inside of the guest: probes of what runs, and none of what has ended', async () => {
    put(
      folder,
      'inside.json',
      JSON.stringify({
        files: {
          '/etc/rc': [
            'echo before; dtrace -l -P "myapp*"; echo with',
            "dtrace -l -P 'myapp*' -c server; echo tracing",
            "dtrace -qn 'myapp$target:::idle { trace(probefunc); }' -c server; echo after",
            'server 1; dtrace -l -P "myapp*"; echo end',
            "dtrace -h -n 'provider p { probe q(); };' -o x\n",
          ].join('\n'),
        },
        simtime: '60s',
      }),
    );
    let text = '';
    const inputs = runInputs(execScenario(''), { seed: '1' });
    const { loadScenario } = await import('../../engine/run/scenario.ts');
    const session = await Session.open(
      { ...inputs, scenario: { ...loadScenario(at('inside.json')), name: 'inside' } },
      {
        extraPrograms: [
          compileProgram(['server.c', 'prov.o'], { profile: loadProfile('amd64'), pidSites: true }),
        ],
        console: (bytes) => {
          text += Buffer.from(bytes).toString();
        },
      },
    );
    await session.run();
    const parts = text.replaceAll('\r', '').split(/^(?:before|with|tracing|after|end)\n/m);
    const names = (part: string) => [...part.matchAll(/ (\S+)$/gm)].map(([, name]) => name);
    expect(names(parts[1])).not.toContain('idle');
    expect(parts[2]).toMatch(/myapp\d+ +server +main idle$/m);
    expect(parts[3]).toContain('calls 3\n');
    expect(parts[3]).toContain('main');
    expect(parts[4]).not.toMatch(/myapp\d/);
    expect(parts[5]).toContain('dtrace: -h: programs are compiled outside of the guest');
  });

  test('static functions of one name are one function to the probe; registers are those of the call', async () => {
    const serve = (text: string) => `static void serve(int i) { MYAPP_REQUEST_START(i, "${text}"); }\n`;
    put(
      folder,
      'one.c',
      `#include "prov.h"\n${serve('one')}void two(void);\nint main(void) { serve(1); two(); return (0); }\n`,
    );
    put(folder, 'two.c', `#include "prov.h"\n${serve('two')}void two(void) { serve(2); }\n`);
    const { out } = await dtrace(
      '-x',
      'program=one.c,two.c,prov.o',
      '-n',
      '#pragma D option quiet\nmyapp$target::serve:request-start { printf("%d %s %d\\n", arg0, copyinstr(arg1), uregs[R_RDI]); }',
      '-c',
      'one',
    );
    expect(out).toBe('1 one 1\n2 two 2\n\n');
  });

  test('a stack begins at the site', async () => {
    const { out } = await server('-qn', 'myapp$target:::idle { ustack(); }', '-c', 'server 1');
    expect(out).toMatch(/\n +server`main\+0x[0-9a-f]+\n +server`_start\+0x[0-9a-f]+\n/);
  });

  test('what ended processes leave behind is freed', async () => {
    put(
      folder,
      'many.json',
      JSON.stringify({ files: { '/etc/rc': 'server 1\n'.repeat(20) }, simtime: '30s' }),
    );
    const { out } = await server(
      '-qx',
      'scenario=many.json',
      '-n',
      'dtmalloc::dtrace:malloc { n++; } dtmalloc::dtrace:free { n--; } proc:::exit /execname == "server"/ { printf("%d\\n", n); }',
    );
    const held = out.trim().split('\n').map(Number);
    expect(held.length).toBe(20);
    expect(held[0]).toBeGreaterThan(0);
    expect(new Set(held).size).toBe(1);
  });

  test('with the pid provider in the same function', async () => {
    const { out } = await server(
      '-qn',
      'pid$target:server:serve:entry { @["entry"] = count(); } pid$target:server:serve: { @n = count(); } myapp$target::serve: { @[probename] = count(); } END { printa("%s %@d\\n", @); }',
      '-c',
      'server 3',
    );
    expect(out.match(/^(?:entry|request-\w+) \d+$/gm)).toEqual([
      'entry 3',
      'request-done 3',
      'request-start 3',
    ]);
  });

  test('ghost tracing refuses them', async () => {
    const { code, err } = await server('-x', 'ghost', '-n', 'myapp$target:::idle', '-c', 'server');
    expect(code).toBe(2);
    expect(err).toMatch(/^dtrace: the probes of provider myapp do not work with -x ghost/);
  });
});

test('docs/usdt.md: its files and commands do what the page says', async () => {
  const page = readFileSync(join(root, 'docs/usdt.md'), 'utf8');
  for (const name of ['queue.d', 'worker.c']) {
    const text = new RegExp(`\\x60${name}\\x60[\\s\\S]*?\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\`\\n`).exec(
      page,
    )?.[1];
    put(folder, name, text ?? '');
  }
  const blocks = [...page.matchAll(/^```\n(\$ [\s\S]*?)^```$/gm)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThan(3);
  for (const block of blocks)
    for (const [, command, shown] of block.matchAll(/^\$ probelab (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
      const { code, out } = await lab(...words);
      expect([command, code]).toEqual([command, 0]);
      if (words.includes('-lv'))
        expect(out).toMatch(
          /queue\d+ +worker +job job-done\n[\s\S]*args\[0\]: char \*\n\t\targs\[1\]: int\n/,
        );
      else expect(out).toBe(shown);
    }
});

/** A traced run of the server: what it printed, and its length. */
async function traced(how: { slice?: number; goBackAt?: number }): Promise<{ out: string; cycles: number }> {
  let out = '';
  const argv = [
    '-qn',
    'myapp*:::request-start { @[arg0] = count(); } myapp*:::request-start /arg0 == 0/ { printf("%d\\n", timestamp); } myapp*:::idle { trace(timestamp); }',
    '-c',
    'server 4',
  ];
  const inputs: RunInputs = {
    ...runInputs(execScenario('server 4'), { seed: '1' }),
    dtrace: { argv, files: {}, endsRun: true },
  };
  const session = await Session.open(inputs, {
    extraPrograms: [
      compileProgram(['server.c', 'prov.o'], { profile: loadProfile('amd64'), pidSites: true }),
    ],
    dtraceOut: (bytes) => {
      out += Buffer.from(bytes).toString();
    },
    ...(how.slice === undefined ? {} : { slice: how.slice }),
  });
  if (how.goBackAt !== undefined) {
    await session.boot();
    while (session.machine.now < how.goBackAt) session.advance(how.goBackAt);
    const goBack = session.checkpoint();
    for (let i = 0; i < 10; i++) session.advance(session.machine.now + 1_000_000);
    goBack();
    out = '';
  }
  const result = await session.run();
  return { out, cycles: result.cycles };
}

test('the same run however it is cut, and after going back to a checkpoint', async () => {
  const straight = await traced({});
  const [first, last] = straight.out.split('\n').map(Number);
  expect(straight.out).toMatch(/^\d+\n\d+\n[\s\S]* 0 +1\n/);
  expect(await traced({ slice: 1_000_003 })).toEqual(straight);
  // Between its first probe and its last.
  const amid = Math.round(((first + last) / 2) * (loadProfile('amd64').clockHz / 1e9));
  expect(await traced({ goBackAt: amid })).toEqual(straight);
});

test('DOF that is damaged harms nobody: the kernel takes it or says no', async () => {
  put(
    folder,
    'hostile.c',
    `#include <sys/types.h>
#include <sys/dtrace.h>
#include <sys/ioctl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "prov.h"

extern dof_hdr_t __SUNW_dof;

/* Every byte of it, or every so manyth. */
int
main(int argc, char **argv)
{
	static const unsigned char with[] = { 0, 1, 0x7f, 0xff };
	unsigned char *copy;
	dof_helper_t dh;
	unsigned long i, size, step;
	int fd, k, no, yes;

	MYAPP_IDLE();
	step = argc > 1 ? (unsigned long)atoi(argv[1]) : 1;
	size = __SUNW_dof.dofh_loadsz;
	copy = malloc(size);
	fd = open("/dev/dtrace/helper", O_RDWR);
	no = yes = 0;
	for (i = 0; i < size; i += step)
		for (k = 0; k < 4; k++) {
			memcpy(copy, &__SUNW_dof, size);
			copy[i] = with[k];
			memset(&dh, 0, sizeof(dh));
			strcpy(dh.dofhp_mod, "x");
			dh.dofhp_dof = (unsigned long)copy;
			if (ioctl(fd, DTRACEHIOC_ADDDOF, &dh) != 0) {
				no++;
				continue;
			}
			yes++;
			if (ioctl(fd, DTRACEHIOC_REMOVE, &dh.dofhp_gen) != 0)
				printf("cannot be removed\\n");
			if (ioctl(fd, DTRACEHIOC_REMOVE, &dh.dofhp_gen) == 0)
				printf("removed twice\\n");
		}
	dh.dofhp_dof = 16;
	printf("%d %d %d\\n", no > 50, yes > 50, ioctl(fd, DTRACEHIOC_ADDDOF, &dh));
	return (0);
}
`,
  );
  const { code, out } = await lab('cc', 'hostile.c', 'prov.o', '--run');
  expect({ code, out }).toEqual({ code: 0, out: '1 1 -1\n' });
  // Nor when somebody enables all that it names, wherever that may lie.
  const traced = await dtrace(
    '-x',
    'program=hostile.c,prov.o',
    '-Zqn',
    ':x:: { n++; } myapp$target:hostile:: { printf("%s", probename); }',
    '-c',
    'hostile 5',
  );
  expect(traced.code).toBe(0);
  expect(traced.out).toContain('1 1 -1\n');
  expect(traced.out).toContain('idle');
});

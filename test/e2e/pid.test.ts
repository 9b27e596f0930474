// The pid provider: probes in the functions of guest programs, made on demand in one process.
import { describe, expect, test } from 'vitest';
import { programImage } from '../../engine/guestc/build.ts';
import type { Image } from '../../engine/image/image.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { loadScenario } from '../../engine/run/scenario.ts';
import { Session } from '../../engine/run/session.ts';
import { clear, lab } from './lab.ts';

const dtrace = (...argv: string[]) => lab('dtrace', ...argv);

/** Keys and value of each line of a plain aggregation. */
const table = (out: string): string[][] =>
  out
    .split('\n')
    .filter((line) => /^ {2}\S.* \d+$/.test(line))
    .map((line) => line.trim().split(/\s+/));

const profile = loadProfile('amd64');
const sized = (name: string): Image => programImage(name, profile, true);
const fn = (image: Image, name: string) => {
  const f = image.functions.find((x) => x.name === name);
  if (f === undefined) throw new Error(`no ${name}`);
  return f;
};

describe('entry and return', () => {
  test('arguments at entry; offset and value at return; the user stack from there', async () => {
    const { code, out } = await dtrace(
      '-qn',
      'pid$target:a.out:main:entry { printf("%d %s|", arg0, copyinstr(*(uintptr_t *)copyin(arg1, 8))); ustack(); }' +
        'pid$target:a.out:main:return { printf("+%x = %d", arg0, arg1); ustack(); }',
      '-c',
      'echo a b',
    );
    expect(code).toBe(0);
    const site = fn(sized('echo'), 'main');
    const offsets = site.returnSites.map((at) => (at - site.addr).toString(16)).join('|');
    expect(out).toMatch(/^3 echo\|\n {14}echo`main\n {14}echo`_start\+0x[0-9a-f]+\n/m);
    expect(out).toMatch(
      new RegExp(`^\\+(${offsets}) = 0\\n {14}echo\`main\\+0x\\1\\n {14}echo\`_start`, 'm'),
    );
  });

  test('library functions belong to libc, under both names, and each call has an entry and a return', async () => {
    const { out } = await dtrace(
      '-n',
      'pid$target:libc:malloc:entry,pid$target:libc.so.7:malloc:return { @[probemod, probename] = count(); }',
      '-c',
      'ls /',
    );
    const rows = table(out);
    expect(rows.map(([mod, name]) => `${mod} ${name}`).sort()).toEqual([
      'libc.so.7 entry',
      'libc.so.7 return',
    ]);
    expect(rows[0][2]).toBe(rows[1][2]);
    expect(Number(rows[0][2])).toBeGreaterThan(0);
  });

  test('what the process passes to the kernel is what the kernel sees', async () => {
    const { out } = await dtrace(
      '-n',
      'pid$target:libc:write:entry { @u[arg0, arg2] = count(); } syscall::write:entry /pid == $target/ { @k[arg0, arg2] = count(); }' +
        'pid$target:libc:write:return { @ur[arg1] = count(); } syscall::write:return /pid == $target/ { @kr[arg0] = count(); }' +
        'END { printf("\\n"); printa("u %d %d %@d\\n", @u); printa("k %d %d %@d\\n", @k); printa("ur %d %@d\\n", @ur); printa("kr %d %@d\\n", @kr); }',
      '-c',
      'echo one two',
    );
    const of = (what: string) => [...out.matchAll(new RegExp(`^${what} (.*)$`, 'gm'))].map((m) => m[1]);
    expect(of('u')).toEqual(['1 8 1']);
    expect(of('k')).toEqual(of('u'));
    expect(of('ur')).toEqual(['8 1']);
    expect(of('kr')).toEqual(of('ur'));
  });

  test('a clause with globs: every function of the program that runs', async () => {
    const { out } = await dtrace(
      '-n',
      'pid$target:a.out::entry { @[probefunc] = count(); }',
      '-c',
      'lockbench',
    );
    const counts = Object.fromEntries(table(out));
    const threads = Number(counts['thread']);
    expect(threads).toBeGreaterThan(1);
    expect(counts['main']).toBe('1');
    expect(Number(counts['loop']) % threads).toBe(0);
  });
});

describe('offsets', () => {
  test('each instruction has a probe; a block fires as one, as often as it runs', async () => {
    const main = fn(sized('echo'), 'main');
    const { out } = await dtrace(
      '-n',
      'pid$target:a.out:main: { @[probename] = count(); }',
      '-c',
      'echo a b c d',
    );
    const counts = new Map(table(out).map(([name, count]) => [name, Number(count)]));
    expect(counts.get('entry')).toBe(1);
    expect(counts.get('return')).toBe(1);
    const blocks = [main.addr, ...(main.sites ?? [])].map((at) => at - main.addr);
    const turns = blocks.map((start, i) => {
      const end = blocks[i + 1] ?? main.size;
      const fired = new Set<number>();
      for (let at = start; at < end; at += 4) fired.add(counts.get(at.toString(16)) ?? 0);
      expect([start, fired.size]).toEqual([start, 1]);
      return [...fired][0];
    });
    // Four words, three blanks between them.
    expect(turns).toContain(4);
    expect(turns).toContain(3);
  });
});

describe('whose probes they are', () => {
  test('another process of the same program does not trap, and does not pay', async () => {
    const { out } = await dtrace(
      '-qn',
      'pid$target:a.out::entry { @[pid == $target] = count(); } sysinfo:::trap /ppid == $target/ { @traps = count(); }' +
        'proc:::create { @children = count(); }' +
        'END { printa("%d %@d\\n", @); printa("children %@d\\n", @children); printa("traps %@d\\n", @traps); }',
      '-c',
      'forkbench -n 3',
    );
    expect(out).toMatch(/^1 \d+$/m);
    expect(out).not.toMatch(/^0 \d+$/m);
    expect(Number(/^children (\d+)$/m.exec(out)?.[1])).toBeGreaterThan(1);
    // A child of the traced process has its own text: no breakpoint in it, no trap.
    expect(out).not.toMatch(/traps/);
  });

  test('gone with the program: exec leaves nothing behind', async () => {
    const { out } = await dtrace(
      '-n',
      'pid$target:::entry { @[execname] = count(); } proc:::exec-success /pid == $target/ { @e[execname] = count(); }',
      '-c',
      'csh -c true',
    );
    expect(table(out).map(([name]) => name)).not.toContain('true');
    expect(table(out).find(([name]) => name === 'csh')).toBeDefined();
  });

  test('-p: a process that runs already', async () => {
    const { out, code } = await dtrace(
      '-n',
      'pid$target:a.out::entry { @[pid == $target] = count(); }',
      '-p',
      '3',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^ +1 +\d+$/m);
  });

  test('evaltime: exec sees the start-up code, the default begins at main()', async () => {
    const program =
      'pid$target:a.out:_start:entry,pid$target:a.out:main:entry { printf("<%s>", probefunc); }';
    const late = await dtrace('-qn', program, '-c', 'true');
    const early = await dtrace('-qn', program, '-c', 'true', '-x', 'evaltime=exec');
    expect(late.out).toMatch(/^<main>\n/);
    expect(early.out).toMatch(/^<_start><main>\n/);
  });
});

describe('refusals', () => {
  test.each([
    ['pid999:a.out:main:entry', 'failed to grab process 999'],
    ['pid$target:a.out:main:enter', "'enter' is an invalid probe name"],
    ['pid$target:a.out:main:3', "offset 0x3 is not aligned on an instruction of function 'main'"],
    ['pid$target:a.out:main:fff0', "offset 0xfff0 outside of function 'main'"],
    ['pid$target:a.out:nosuch:entry', /probe description pid\d+:true:nosuch:entry does not match any probes/],
  ])('%s', async (probe, message) => {
    const { code, out, err } = await dtrace('-n', probe, '-c', 'true');
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(message);
    expect(clear(err)).toBe(true);
  });

  test('a command that is not there, and ghost mode', async () => {
    const missing = await dtrace('-n', 'pid$target:a.out:main:entry', '-c', 'nosuch');
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('dtrace: failed to execute nosuch: No such file or directory\n');
    const ghost = await dtrace('-x', 'ghost', '-n', 'pid$target:a.out:main:entry', '-c', 'true');
    expect(ghost.code).not.toBe(0);
    expect(ghost.err).toMatch(/pid provider does not work with -x ghost/);
  });
});

test('-l and -e: the process is made and held, its probes get numbers, and it runs no further', async () => {
  const list = await dtrace('-ln', 'pid$target:a.out:main:entry,pid$target::nosuch:entry', '-c', 'echo hi');
  expect(list.code).toBe(0);
  expect(list.out).toMatch(
    /^ {3}ID {3}PROVIDER {12}MODULE {26}FUNCTION NAME\n +[1-9]\d+ +pid(\d+) {14}echo {30}main entry\n$/,
  );
  expect(list.err).toMatch(/^dtrace: failed to match pid\d+::nosuch:entry: No probe matches description\n$/);
  const compiled = await dtrace('-evn', 'pid$target:a.out:main:entry { trace(arg0); }', '-c', 'echo hi');
  expect(compiled).toMatchObject({ code: 0, err: '' });
  expect(compiled.out).toMatch(/\npid\d+:echo:main:entry\n[\s\S]*\n\t\targs\[1\]: uint64_t\n\n$/);
  const refused = await dtrace('-en', 'pid$target:a.out:nosuch:entry', '-c', 'echo hi');
  expect([refused.code, refused.out]).toEqual([1, '']);
});

test('dtrace as a command of the guest traces its own command', async () => {
  const { out } = await lab(
    'run',
    '--exec',
    `dtrace -qn 'pid$target:a.out:main:entry { printf("<%d>", arg0); ustack(); }' -c 'echo a b'`,
  );
  expect(out.replaceAll('\r', '')).toMatch(/^<3>\n {14}echo`main\n {14}echo`_start\+0x[0-9a-f]+\n/m);
});

test('sites cost nothing: text, data and the time of a run are those of the program without', async () => {
  for (const name of ['spin', 'echo']) {
    const plain = programImage(name, profile);
    const sites = sized(name);
    expect(sites.functions.map((f) => [f.name, f.addr, f.size, f.lines])).toEqual(
      plain.functions.map((f) => [f.name, f.addr, f.size, f.lines]),
    );
    const bytes = (image: Image) => image.data.map((d) => [d.addr, Buffer.from(d.bytes).toString('hex')]);
    expect(bytes(sites)).toEqual(bytes(plain));
    expect(sites.key).toBe(plain.key);
  }
  const instructions = async (pidSites: boolean): Promise<number> => {
    const session = await Session.open(
      {
        version: 'test',
        machine: 'amd64',
        cpus: 1,
        seed: 1,
        scenario: { ...loadScenario('idle'), files: { '/etc/rc': 'spin -n 1\n' }, programs: [] },
      },
      { extraPrograms: [programImage('spin', profile, pidSites)] },
    );
    return (await session.run()).commandStats.instructions;
  };
  // Frames of functions that can stop at sites are larger, and fork(2) copies them; spin itself does not fork.
  expect(await instructions(true)).toBe(await instructions(false));
});

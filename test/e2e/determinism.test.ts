// Same inputs, same run: across processes, beside a busy neighbour, whatever the host's slicing; and tracing that must not show does not.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadScenario } from '../../engine/run/scenario.ts';
import { Session } from '../../engine/run/session.ts';
import { runInputs } from '../../tui/run-inputs.ts';
import { lab, scratch, start, summary } from './lab.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const COMMAND = ['--exec', 'dd if=/dev/zero of=/dev/null bs=64k count=4 status=none', '--cpus', '2'];

describe('one identity, one run', () => {
  test('recordings of two processes and of this one are equal byte by byte, one of them under load', async () => {
    const paths = ['a', 'b', 'c'].map((name) => join(folder, `${name}.trace`));
    const burner = spawn(process.execPath, ['-e', 'for (;;);']);
    try {
      const runs = await Promise.all([
        start('run', ...COMMAND, '--record', paths[0], '--json').ended,
        start('run', ...COMMAND, '--record', paths[1], '--json').ended,
        lab('run', ...COMMAND, '--record', paths[2], '--json'),
      ]);
      expect(runs.map((run) => run.code)).toEqual([0, 0, 0]);
      expect(new Set(runs.map((run) => run.out)).size).toBe(1);
    } finally {
      burner.kill('SIGKILL');
    }
    const [a, b, c] = paths.map((path) => readFileSync(path));
    expect(a.length).toBeGreaterThan(10_000);
    expect(a.equals(b)).toBe(true);
    expect(a.equals(c)).toBe(true);
  });

  test('a traced run too', async () => {
    const traced = [...COMMAND, '-n', 'syscall:::entry { @[probefunc, execname] = count(); }'];
    const [first, second] = [await summary(...traced), await summary(...traced)];
    expect(first.out).toBe(second.out);
    expect(first.err).toBe(second.err);
  });

  test('another seed, number of CPUs, machine or command is another run', async () => {
    const runs = [
      await summary(...COMMAND),
      await summary(...COMMAND, '--seed', '2'),
      await summary(...COMMAND, '--cpus', '3'),
      await summary('--exec', 'dd if=/dev/zero of=/dev/null bs=64k count=5 status=none', '--cpus', '2'),
    ];
    expect(new Set(runs.map((run) => run.digest)).size).toBe(runs.length);
    expect(new Set(runs.map((run) => run.identity)).size).toBe(runs.length);
  });
});

describe('the end', () => {
  test('a run that ends with its tracing ends there, however the host slices it', async () => {
    const inputs = {
      ...runInputs(loadScenario('session'), { seed: '1', cpus: '2' }),
      dtrace: { argv: ['-n', 'tick-3ms { exit(3); }'], files: {}, endsRun: true },
    };
    const ends = [];
    for (const slice of [300_000, 20_000_000, 1_000_000_000]) {
      const session = await Session.open(inputs, { slice });
      const { cycles, stop, dtraceStatus, stats } = await session.run();
      ends.push({ cycles, stop, dtraceStatus, stats });
    }
    expect(ends[0]).toMatchObject({ stop: { reason: 'dtrace' }, dtraceStatus: 3 });
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });
});

describe('tracing that nobody notices', () => {
  test.each([
    ['amd64', '2'],
    ['beaglebone', '1'],
  ])('DTrace loaded but idle: the run of a kernel without it (%s)', async (machine, cpus) => {
    const command = [
      '--exec',
      'dd if=/dev/zero of=/dev/null bs=64k count=4',
      '--machine',
      machine,
      '--cpus',
      cpus,
    ];
    const idle = await summary(...command);
    const without = await summary(...command, '--without-dtrace');
    expect(without.digest).toBe(idle.digest);
    expect(without.cycles).toBe(idle.cycles);
    expect(without.instructions).toBe(idle.instructions);
    expect(without.identity).not.toBe(idle.identity);
    // It is really not there: the guest's own dtrace finds a device without a driver behind it.
    const consumer = await lab('run', '--exec', 'dtrace -n BEGIN', '--cpus', '1', '--without-dtrace');
    expect(consumer.code).not.toBe(0);
  });

  const programs: [string, RegExp][] = [
    ['syscall:::entry { @[probefunc] = count(); }', /write +\d+/],
    ['lockstat::: { @[probename] = count(); }', /adaptive-acquire +\d+/],
    ['fbt::malloc:entry { @[execname, stack(4)] = count(); }', /csh[\s\S]+kernel`malloc\n/],
    ['sched:::off-cpu { @[stack()] = count(); }', /kernel`mi_switch\+0x/],
    ['dtmalloc:::malloc { @[probefunc] = quantize(arg3); }', /value +-+ Distribution -+ count/],
    ['fbt::: { @ = count(); }', /\d{4,}/],
    [
      'syscall::write:entry { self->t = 1; } syscall::write:return /self->t/ { @ = sum(arg0); self->t = 0; }',
      /\d/,
    ],
  ];

  test('a ghost-traced run has the untraced digest, and tells what happened', async () => {
    const untraced = await summary(...COMMAND);
    for (const [program, output] of programs) {
      const ghost = await summary(...COMMAND, '-x', 'ghost', '-n', program);
      expect([program, ghost.digest]).toEqual([program, untraced.digest]);
      expect([program, ghost.cycles, ghost.instructions]).toEqual([
        program,
        untraced.cycles,
        untraced.instructions,
      ]);
      expect(ghost.err).toMatch(output);
    }
  });

  test('a ghost sees what a charged consumer sees, of a program that timing does not change', async () => {
    const program = 'syscall:::entry /execname == "dd"/ { @[probefunc] = count(); }';
    const table = (text: string) => text.match(/^ {2}\w+ +\d+$/gm);
    const ghost = await lab('run', ...COMMAND, '-q', '-x', 'ghost', '-n', program);
    const charged = await lab('run', ...COMMAND, '-q', '-n', program);
    expect(table(ghost.out)?.length).toBeGreaterThan(3);
    expect(table(ghost.out)).toEqual(table(charged.out));
  });

  test('a charged run is another run, and takes longer', async () => {
    const untraced = await summary(...COMMAND);
    const charged = await summary(...COMMAND, '-n', 'lockstat::: { @ = count(); }');
    expect(charged.digest).not.toBe(untraced.digest);
    expect(charged.commandCycles).toBeGreaterThan(untraced.commandCycles);
  });

  test('profile and tick probes fire at their times, where the CPUs stand, and no timer is touched', async () => {
    const busy = ['run', '--json', '--exec', 'spin -t 0.01', '--cpus', '2'];
    const untraced = JSON.parse((await lab(...busy)).out);
    const program = `profile-4999hz { @cpu[cpu] = count(); @where[arg0 != 0 ? "kernel" : arg1 != 0 ? "user" : "nowhere"] = count(); }
      profile-4999hz /arg0/ { @s[func(arg0)] = count(); }
      profile-4999hz /arg1/ { @u[execname, ufunc(arg1)] = count(); }
      tick-1ms { printf("%d %d\\n", cpu, timestamp); }`;
    const ghost = await lab(...busy, '-q', '-x', 'ghost', '-n', program);
    const run = JSON.parse(ghost.out);
    expect([run.digest, run.cycles, run.instructions]).toEqual([
      untraced.digest,
      untraced.cycles,
      untraced.instructions,
    ]);
    const ticks = [...ghost.err.matchAll(/^(\d) (\d{6,})$/gm)].map(([, cpu, time]) => [
      Number(cpu),
      Number(time),
    ]);
    expect(ticks.length).toBeGreaterThan(3);
    ticks.forEach(([cpu, time], i) => {
      expect(cpu).toBe(0);
      if (i > 0) expect(Math.abs(time - ticks[i - 1][1] - 1e6)).toBeLessThan(5000); // a block, or the lookahead
    });
    const counts = Object.fromEntries(
      [...ghost.err.matchAll(/^ +(\w+) +(\d+)$/gm)].map(([, key, n]) => [key, Number(n)]),
    );
    // Each CPU is looked at as often as the other, and is always somewhere.
    expect(counts['1']).toBe(counts['0']);
    expect(counts.kernel + (counts.user ?? 0)).toBe(2 * counts['0']);
    expect(counts.nowhere).toBeUndefined();
    const expected = Math.floor(((ticks.at(-1)?.[1] ?? 0) - ticks[0][1] + 1e6) / (1e9 / 4999));
    expect(Math.abs(counts['0'] - expected)).toBeLessThanOrEqual(5);
    expect(ghost.err).toMatch(/kernel`\w+ +\d+/);
    expect(ghost.err).toMatch(/spin +\w[\w.`]+ +\d+/);
  });
});

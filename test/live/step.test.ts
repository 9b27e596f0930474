// The headless twin of the live machine, forks, and the way from a trace to a live machine.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { programImage } from '../../engine/guestc/build.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { LiveRun } from '../../traces/live/live-run.ts';
import { openTraceAt } from '../../traces/live/open-trace.ts';
import { recordRun } from '../../traces/live/record-run.ts';
import { Playback } from '../../traces/playback/playback.ts';
import { TraceReader } from '../../traces/read.ts';
import { recordedImages } from '../../traces/sources.ts';
import { lab, root, scratch } from '../e2e/lab.ts';
import { digestOf, inputs, plainDigest } from './runs.ts';

const PIPES = 'pipebench -n 5 -s 64';

/** Answers of `probelab step --json`. */
function stepped(
  args: string[],
  commands: string[],
): { code: number | null; answers: Record<string, unknown>[] } {
  const done = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'tui/main.ts'), 'step', '--json', ...args],
    { cwd: root, input: commands.join('\n'), encoding: 'utf8' },
  );
  expect(done.stderr).toBe('');
  return {
    code: done.status,
    answers: done.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

describe('probelab step', () => {
  test('breaks at a function, steps by line, goes back, prints, lists', () => {
    const { code, answers } = stepped(
      ['--exec', PIPES, '--cpus', '1'],
      [
        'break pipe_write',
        'continue',
        'next',
        'next',
        'reverse-next',
        'reverse-next',
        'print execname',
        'list',
        'where',
      ],
    );
    expect(code).toBe(0);
    const frames = answers.slice(1, 6).map((a) => a['frame'] as { function: string; line: number });
    expect(frames.map((f) => f.function)).toEqual(Array(5).fill('pipe_write'));
    // Forward and back over the same lines.
    expect(frames[4].line).toBe(frames[0].line);
    expect(frames[3].line).toBe(frames[1].line);
    expect(frames[1].line).toBeGreaterThan(frames[0].line);
    expect(answers[6]['value']).toBe('"pipebench"');
    expect(answers[7]['text']).toContain('pipe_write(struct file *fp');
    const functions = (answers[8]['frames'] as { function: string }[]).map((f) => f.function);
    expect(functions.slice(0, 3)).toEqual(['pipe_write', 'dofilewrite', 'kern_writev']);
    expect(functions).toContain('main');
  });

  test('says what cannot be done, and goes on', () => {
    const { code, answers } = stepped(
      ['--exec', 'true', '--cpus', '1'],
      ['break nosuch', 'fly', 'print nosuch', 'until x', 'event'],
    );
    expect(code).toBe(1);
    expect(answers.map((a) => a['error'])).toEqual([
      "no function 'nosuch' in the kernel or its programs",
      "no command 'fly' (probelab step --help lists them)",
      'in action list: failed to resolve nosuch: Unknown variable name',
      "until: a number is expected, not 'x'",
      undefined,
    ]);
  });
});

describe('breaks', () => {
  test('by predicate and by lock stop where they hold, forward and back', async () => {
    const run = await LiveRun.open(inputs(PIPES, 2));
    const condition = { predicate: 'execname == "pipebench" && cpu == 1' };
    const stop = run.resume(1, [condition]);
    expect(stop.reason).toBe('break');
    expect([stop.cpu, run.evaluate('execname', 1)]).toEqual([1, '"pipebench"']);
    const lock = run.resume(1, [{ lock: 'pipe mutex' }]);
    expect(lock.reason).toBe('break');
    const seq = run.state.seq;
    const [event] = run.window(seq - 1, 1);
    expect(run.sites[event.site].provider).toBe('lockstat');
    run.resume(1, [{ lock: 'pipe mutex' }]);
    expect(run.state.seq).toBeGreaterThan(seq);
    run.resume(-1, [{ lock: 'pipe mutex' }]);
    expect(run.state.seq).toBe(seq);
  });
});

describe('from a trace to a live machine', () => {
  test('the events are the recorded ones, and so is the state at any cycle', async () => {
    const path = join(scratch(), 'a.trace');
    expect((await lab('run', '--exec', PIPES, '--cpus', '2', '--record', path, '-q')).code).toBe(0);
    const reader = new TraceReader(path);
    const playback = Playback.open(path);
    const from = reader.chunks[0].firstCycle;
    const to = playback.endCycle;
    const run = await openTraceAt(reader, Math.floor((from + to) / 2));
    fc.assert(
      fc.property(fc.integer({ min: from, max: to }), (cycle) => {
        run.runTo(cycle);
        playback.gotoCycle(cycle);
        expect(run.state).toEqual(playback.state);
      }),
      { numRuns: 5, seed: 3 },
    );
    expect(run.resume(1, []).reason).toBe('end');
    expect(run.events).toBe(reader.events);
    reader.close();
    playback.close();
  });
});

describe('a trace of sources that are not the installed ones', () => {
  test('is executed from its own, stepped by their lines, recorded again the same', async () => {
    const path = join(scratch(), 'b.trace');
    const what = inputs('/bin/echo one', 1);
    const { sources } = programImage('echo', loadProfile(what.machine));
    const edited = Object.fromEntries(
      Object.entries(sources).map(([file, text]) => [
        file,
        /echo\.c$/.test(file) ? text.replace(/\nmain\(.*\)\n\{/, '\n\n\n$&\tgetppid();\n') : text,
      ]),
    );
    expect(edited).not.toEqual(sources);
    const image = (name: string) =>
      name === 'echo' ? recordedImages({ echo: edited })(name, loadProfile(what.machine), false) : undefined;
    await recordRun(what, path, undefined, { image });
    const reader = new TraceReader(path);
    const last = reader.chunks.at(-1)?.lastCycle ?? 0;
    const run = await openTraceAt(reader, last);
    expect(run.resume(-1, [{ function: 'sys_getppid' }]).reason).toBe('break');
    const again = join(scratch(), 'c.trace');
    await recordRun(run.live.session.inputs, again, undefined, run.hooks);
    expect(readFileSync(again).equals(readFileSync(path))).toBe(true);
    // Back in the program: by lines of code that has been compiled from the trace.
    const top = () => run.stack({ cpu: 0 })[0];
    for (let n = 0; n < 10 && top().function !== 'main'; n++) run.step('out', 1, 0);
    const { function: name, file, line } = top();
    expect([name, edited[file].split('\n')[line - 1]]).toEqual(['main', '\tsize_t size = 1, n = 0, len;']);
    reader.close();
  });
});

describe('forks', () => {
  test('are the run before, and another after; their inputs alone make them again', async () => {
    const base = inputs('pipebench -n 20 -s 64', 1);
    const run = await LiveRun.open(base);
    run.runTo(run.live.now + 100_000);
    const cycle = run.live.now;
    const before = run.state.seq;
    const program = {
      argv: ['-n', 'syscall::write:entry { @[execname] = count(); }'],
      files: {},
      endsRun: false,
    };
    const fork = await run.fork({ dtrace: program });
    expect([fork.live.now, fork.state.seq]).toEqual([cycle, before]);
    expect(fork.state).toEqual(run.state);
    run.resume(1, []);
    fork.resume(1, []);
    // Firings are charged from there on.
    expect(fork.state.totals.firings).toBeGreaterThan(10);
    expect(run.state.totals.firings).toBe(0);
    expect(fork.live.machine.now).toBeGreaterThan(run.live.machine.now);
    expect(digestOf(run.live)).toBe(await plainDigest(base));
    expect(digestOf(fork.live)).toBe(await plainDigest(fork.live.session.inputs));
    expect(fork.live.session.identity).not.toBe(run.live.session.identity);
    await expect(run.fork({ seed: 5 })).rejects.toThrow('the run has ended here');
    run.runTo(cycle);
    await expect(run.fork({})).rejects.toThrow('nothing is changed');
    await expect(run.fork({ suppress: ['cache'] })).rejects.toThrow("only 'probe'");
  });
});

describe('a fork as a trace', () => {
  test('verifies by itself, and equals the run before the fork', async () => {
    const folder = scratch();
    const { code, answers } = stepped(
      ['--exec', PIPES, '--cpus', '1'],
      [
        `record ${folder}/a.trace`,
        'event 100',
        'fork seed 9',
        `record ${folder}/b.trace`,
        `record ${folder}/no/c.trace`,
      ],
    );
    expect(code).toBe(1); // the last cannot be written
    expect(answers[4]['error']).toMatch(/c\.trace: no such file/);
    expect((await lab('replay', `${folder}/b.trace`, '--verify')).out).toMatch(/^identical: \d+ events/);
    const [a, b] = [new TraceReader(`${folder}/a.trace`), new TraceReader(`${folder}/b.trace`)];
    const before = (answers[1]['seq'] as number) - 1;
    const [x, y] = [a, b].map((reader) => reader.chunk(0).columns.cycle.slice(0, before));
    expect(y).toEqual(x);
    expect(b.header.identity).not.toBe(a.header.identity);
    a.close();
    b.close();
  });
});

describe('DTrace in a live run', () => {
  test('its aggregations as they stand, and what its clauses cost; looking changes nothing', async () => {
    const traced = {
      ...inputs('dd if=/dev/zero of=/dev/null bs=4k count=40', 1),
      dtrace: { argv: ['-n', 'syscall:::entry { @[probefunc] = count(); }'], files: {}, endsRun: false },
    };
    const run = await LiveRun.open(traced);
    run.resume(1, [{ predicate: 'execname == "dd"' }]);
    for (let n = 0; n < 40; n++) run.step('syscall', 1, 0);
    const before = run.live.stateHash();
    const view = run.dtrace();
    expect(run.live.stateHash()).toBe(before);
    expect(view?.aggregations).toMatch(/^\s+write +\d+$/m);
    const [clause] = view?.clauses ?? [];
    expect(clause.probe).toBe('syscall:::entry');
    expect(clause.firings).toBeGreaterThan(10);
    expect(clause.cycles).toBeGreaterThan(clause.firings * 50);
    run.resume(1, []);
    // What END printed is what the aggregations say.
    expect(run.dtrace()?.output).toContain(run.dtrace()?.aggregations ?? '?');
    expect(digestOf(run.live)).toBe(await plainDigest(traced));
  });
});

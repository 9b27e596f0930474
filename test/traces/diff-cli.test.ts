// `probelab diff` as a program uses it: twins, conditions and exit codes, the measured ledger, the deciding firing.
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileProgram, programImage } from '../../engine/guestc/build.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { METRICS, parseCondition, testCondition } from '../../traces/diff/conditions.ts';
import { decide } from '../../traces/diff/decide.ts';
import { compareRuns } from '../../traces/diff/model.ts';
import { decisionReport } from '../../traces/diff/report.ts';
import { recordRun, twinOf } from '../../traces/diff/twin.ts';
import { TraceReader } from '../../traces/read.ts';
import { recordedImages } from '../../traces/sources.ts';
import { execScenario, runInputs } from '../../tui/run-inputs.ts';
import { lab, scratch } from '../e2e/lab.ts';

const folder = scratch();
const traced = join(folder, 'traced.trace');
const twin = join(folder, 'traced.twin.trace');
const COMMAND = ['--exec', 'dd if=/dev/zero of=/dev/null bs=64k count=4 status=none', '--cpus', '2'];

beforeAll(async () => {
  await lab('run', ...COMMAND, '--record', traced, '-q', '-n', 'lockstat::: { @ = count(); }');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Entries of a system call in a trace. */
const siteCalls = ({ header, siteCounts }: TraceReader, name: string): number =>
  siteCounts?.[
    header.sites.findIndex((s) => s.provider === 'syscall' && s.function === name && s.name === 'entry')
  ] ?? 0;

describe('the twin', () => {
  test('is made beside the trace, then found there; made again when it is of other inputs', async () => {
    const first = await lab('diff', traced);
    expect(first).toMatchObject({ code: 1, err: `probelab: recorded the untraced twin: ${twin}\n` });
    expect(first.out).toContain(`A  ${twin}: `);
    const { mtimeMs } = statSync(twin);
    const again = await lab('diff', '--twin', traced);
    expect(again).toMatchObject({ code: 1, err: '', out: first.out });
    expect(statSync(twin).mtimeMs).toBe(mtimeMs);
    // Both booted alike: what differs begins with the tracing.
    const diff = compareRuns(new TraceReader(twin), new TraceReader(traced));
    const swapper = diff.pairs.find((p) => p.identity === 'swapper');
    expect(swapper?.classes).toMatchObject({ onlyA: 0, onlyB: 0, longer: 0 });
    await lab('run', ...COMMAND, '--seed', '7', '--record', twin);
    expect((await lab('diff', traced)).err).toBe(`probelab: recorded the untraced twin: ${twin}\n`);
  });

  test('is made from the sources in the trace', async () => {
    const path = join(folder, 'edited.trace');
    const profile = loadProfile('amd64');
    const { sources } = programImage('echo', profile);
    const file = 'bin/echo/echo.c';
    const text = sources[file].replace(/\nmain\(.*\)\n\{/, '$&\tgetppid();');
    const image = recordedImages({ echo: { ...sources, [file]: text } });
    const traced: RunInputs = {
      ...runInputs(execScenario('/bin/echo one'), { seed: '1', cpus: '1' }),
      dtrace: { argv: ['-n', 'syscall::write:entry { @ = count(); }'], files: {}, endsRun: false },
    };
    await recordRun(traced, path, undefined, { image });
    const made = new TraceReader((await twinOf(new TraceReader(path))).path);
    expect(made.header.sources['echo'][file]).toBe(text);
    expect(siteCalls(made, 'getppid')).toBe(1);
    expect((await twinOf(new TraceReader(path))).made).toBe(false);
  });

  test('an untraced run has none; two traces and --twin is one too many', async () => {
    const none = await lab('diff', twin);
    expect(none).toMatchObject({ code: 2, out: '' });
    expect(none.err).toMatch(/^probelab: this run was not traced, so it has no twin: .*\n$/);
    expect((await lab('diff', '--twin', traced, twin)).code).toBe(2);
    expect(await lab('diff', traced, '--smallest')).toMatchObject({
      code: 2,
      err: 'probelab: --smallest says which deciding firing is wanted: add --deciding\n',
    });
    expect(existsSync(join(folder, 'traced.twin.twin.trace'))).toBe(false);
  });
});

describe('--fail-if', () => {
  test('0 when none holds, 1 when one does, whatever else differs', async () => {
    const fine = await lab('diff', traced, '--fail-if', 'dd.wall > 100000%', '--fail-if', 'dd.cpu<0');
    expect(fine.code).toBe(0);
    expect(fine.out).toMatch(/^ok {4}dd\.wall > 100000% {2}csh\/dd: \d+ -> \d+ \([\d.]+\)$/m);
    const bad = await lab(
      'diff',
      traced,
      '--fail-if',
      'dd.wall > 100000%',
      '--fail-if',
      'csh/dd.probe >= 1us',
    );
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/^FAIL {2}csh\/dd\.probe >= 1us /m);
    const json = JSON.parse((await lab('diff', traced, '--json', '--fail-if', 'total.ticks>=0')).out);
    expect(json.conditions).toEqual([expect.objectContaining({ thread: 'total', failed: true })]);
  });

  test('2 for what is no condition, with words', async () => {
    for (const [text, words] of [
      ['dd.wall', /expected THREAD\.METRIC OP NUMBER/],
      ['dd.speed > 2%', /no metric 'speed': there are wall, cpu/],
      ['dd.ticks > 2ms', /ticks is a count/],
      ['cc.wall > 2%', /no thread 'cc' in both runs/],
      ['dd.wall > 2 parsecs', /expected THREAD/],
    ] as const) {
      const run = await lab('diff', twin, traced, '--fail-if', text);
      expect([text, run.code, run.out]).toEqual([text, 2, '']);
      expect(run.err).toMatch(words);
      expect(run.err).toMatch(/^probelab: --fail-if '.*\n$/);
    }
  });

  test('every metric, unit and operator is what the model says', () => {
    const diff = compareRuns(new TraceReader(twin), new TraceReader(traced));
    const dd = diff.pairs.find((p) => p.identity.endsWith('csh/dd'));
    for (const metric of METRICS) {
      const [plain] = testCondition(parseCondition(`dd.${metric} != 0`), diff);
      const change = (dd?.metricsB[metric] ?? 0) - (dd?.metricsA[metric] ?? 0);
      expect([metric, plain.change, plain.failed]).toEqual([metric, change, change !== 0]);
      expect(testCondition(parseCondition(`dd.${metric} == ${change}`), diff)[0].failed).toBe(true);
    }
    const [us] = testCondition(parseCondition('dd.wall > 0us'), diff);
    const [cycles] = testCondition(parseCondition('dd.wall > 0cycles'), diff);
    expect(us.change).toBeCloseTo((cycles.change / diff.clockHz) * 1e6);
    const [percent] = testCondition(parseCondition('dd.wall <= 0.5%'), diff);
    expect(percent.change).toBeCloseTo((100 * cycles.change) / percent.a);
    expect(percent.failed).toBe(false);
  });
});

test('--ledger measured: charges suppressed one at a time, with the remainder', async () => {
  const { code, out } = await lab('diff', traced, '--json', '--ledger', 'measured');
  expect(code).toBe(1);
  const { measured, ledger } = JSON.parse(out) as {
    measured: { charges: string[]; rows: Record<string, number>[] };
    ledger: Record<string, number>[];
  };
  expect(measured.charges).toEqual(['probe', 'cache', 'consumer']);
  for (const row of measured.rows)
    expect(row['probe'] + row['trap'] + row['cache'] + row['consumer'] + row['remainder']).toBe(row['added']);
  const [dd] = measured.rows;
  const counted = ledger[0];
  expect(dd['thread']).toBe(counted['thread']);
  expect(dd['codeCaches'] + dd['codeWork']).toBe(counted['code']);
  // Ghost firings give back what the probes were counted to take, or more: locks keep their fast paths.
  expect(dd['probe'] + dd['cache']).toBeGreaterThan(0.9 * counted['probe']);
  expect((await lab('diff', traced, '--ledger', 'guessed')).code).toBe(2);
});

test('--ledger measured: a program with timers keeps its consumer, whose cost is in the remainder', async () => {
  const path = join(folder, 'timers.trace');
  const program = 'lockstat:::adaptive-acquire { @ = count(); } tick-1ms { @ticks = count(); }';
  const command = ['run', '--exec', 'true', '--cpus', '1', '--record', path, '-n', program];
  expect((await lab(...command)).code).toBe(0);
  const { out } = await lab('diff', path, '--ledger', 'measured');
  expect(out).toContain('executed again without probe, without cache;');
  expect(out).toContain('(not without consumer, which the program needs: its cost is in the remainder)');
});

describe('the deciding firing', () => {
  const image = compileProgram([fileURLToPath(new URL('programs/race.c', import.meta.url))], {
    name: 'race',
    profile: loadProfile('amd64'),
  });
  const inputs = (work: number): RunInputs => ({
    version: 'test',
    machine: 'amd64',
    cpus: 2,
    seed: 1,
    scenario: {
      name: 'race',
      description: '',
      files: { '/etc/rc': `race ${work}\n` },
      programs: [],
      console: [],
    },
    simtimeNs: 10e9,
    dtrace: {
      argv: ['-n', 'syscall::getppid:entry { trace(1); }'],
      files: {},
      endsRun: false,
    },
  });

  test('is found, and the one before it changes nothing', async () => {
    const path = join(folder, 'race.trace');
    await recordRun(inputs(5_400), path, undefined, { extraPrograms: [image] });
    const reader = new TraceReader(path);
    expect(reader.end?.exitStatus).toBe(2);
    const found = await decide(reader, { extraPrograms: [image] });
    expect(found.difference).toMatchObject({ outcome: 'result' });
    expect(found.difference?.text).toBe(
      "the run ends with 'poweroff, exit status 2' instead of 'poweroff, exit status 1'",
    );
    const { firing } = found;
    expect(firing).toMatchObject({
      site: 'syscall:freebsd:getppid:entry',
      thread: 'swapper/init/csh/race/race',
    });
    // Neither the first nor the last: so many delays of a few hundred cycles were needed.
    expect(firing?.number).toBeGreaterThan(10);
    expect(firing?.number).toBeLessThan(found.firings);
    expect(found.after - found.before).toBe(1);
    // Bisection leaves most of the smaller counts unknown, and says so.
    expect(found.tried).toBeLessThan((firing?.number ?? 0) - 1);
    expect(decisionReport(found, 1e9)).toContain(
      `smaller counts ${found.tried} were executed, and do not decide`,
    );
    const smallest = await decide(reader, { extraPrograms: [image], smallest: true });
    expect(smallest.tried).toBe((smallest.firing?.number ?? 0) - 1);
    expect(smallest.firing?.number).toBeLessThanOrEqual(firing?.number ?? 0);
    expect(smallest.difference).toMatchObject({ outcome: 'result' });
    expect(smallest.after - smallest.before).toBe(1);
    expect(decisionReport(smallest, 1e9)).toContain('No smaller count decides: each was executed.');
    expect(found.chain[0]).toMatchObject({ cycle: firing?.cycle, thread: firing?.thread });
    expect(found.chain.length).toBeGreaterThan(1);
    // Charged exactly so far, the program itself says so.
    for (const [cycle, status] of [
      [(firing?.cycle ?? 0) - 150, 1], // before the call of dtrace_probe()
      [(firing?.cycle ?? 0) + 1, 2],
    ]) {
      const one = join(folder, `race-${status}.trace`);
      await recordRun({ ...inputs(5_400), chargesUntil: cycle }, one, undefined, { extraPrograms: [image] });
      expect(new TraceReader(one).end?.exitStatus).toBe(status);
    }
  });

  test('none when the race ends as it would have', async () => {
    const path = join(folder, 'safe.trace');
    await recordRun(inputs(1000), path, undefined, { extraPrograms: [image] });
    const found = await decide(new TraceReader(path), {
      extraPrograms: [image],
      outcomes: ['result', 'console'],
    });
    expect(found).toMatchObject({ difference: undefined, firing: undefined, runs: 1 });
  });
});

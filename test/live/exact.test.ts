// Stepping and looking leave a run what it is: a run that was stepped in every way ends with the digest of one that was not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileProgram } from '../../engine/guestc/build.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { writeProviders } from '../../engine/image/provider.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import type { StepUnit } from '../../engine/run/live-view.ts';
import type { SessionHooks } from '../../engine/run/session.ts';
import { LiveRun } from '../../traces/live/live-run.ts';
import { digestOf, inputs, plainDigest } from './runs.ts';

const UNITS: StepUnit[] = ['block', 'line', 'over', 'out', 'event', 'tick', 'firing', 'syscall'];
const DTRACE = {
  argv: ['-n', 'syscall:::entry { @[probefunc] = count(); } fbt::malloc:entry { @s = sum(arg0); }'],
  files: {},
  endsRun: false,
};

/** Steps about, back and forth, looking all the while; then on to the end. */
async function wander(
  what: RunInputs,
  moves: [unit: number, back: boolean, cpu: number][],
  hooks: Pick<SessionHooks, 'extraPrograms'> = {},
): Promise<string> {
  const run = await LiveRun.open(what, { spacingMs: 5, hooks });
  for (const [unit, back, cpu] of moves) {
    run.step(UNITS[unit % UNITS.length], back ? -1 : 1, cpu % run.cpus);
    for (let c = 0; c < run.cpus; c++) run.stack({ cpu: c });
    run.dtrace();
  }
  expect(run.resume(1, []).reason).toBe('end');
  return digestOf(run.live);
}

describe('a stepped run ends as a plain one', () => {
  const moves = fc.array(fc.tuple(fc.nat(7), fc.boolean(), fc.nat(3)), { minLength: 6, maxLength: 8 });
  test.each([
    ['on one CPU', inputs('dd if=/dev/zero of=/dev/null bs=16k count=2', 1)],
    ['on four CPUs', inputs('lockbench -m mutex -t 3 -n 10 -w 20', 4)],
    ['with DTrace, on four CPUs', { ...inputs('lockbench -m mutex -t 3 -n 5 -w 20', 4), dtrace: DTRACE }],
  ])('%s', async (_name, what) => {
    const plain = await plainDigest(what);
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        expect(await wander(what, list)).toBe(plain);
      }),
      { numRuns: 1, seed: 7 },
    );
  });
});

test('a program with probes of its own, traced as it forks, is the same run when it is stepped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'probelab-'));
  const [source, object] = [join(folder, 'twice.c'), join(folder, 'p.o')];
  writeFileSync(
    source,
    `#include <sys/wait.h>
#include <unistd.h>
void __dtrace_p___go(int);
int
main(void)
{
	int status;

	__dtrace_p___go(1);
	if (fork() == 0)
		__dtrace_p___go(2);
	else
		wait(&status);
	return (0);
}
`,
  );
  const probe = { name: 'go', native: ['int'], shown: ['int'], mapping: [0] };
  writeFileSync(object, writeProviders([{ name: 'p', attributes: [0, 0, 0, 0, 0], probes: [probe] }]));
  const extraPrograms = [compileProgram([source, object], { profile: loadProfile('amd64'), pidSites: true })];
  rmSync(folder, { recursive: true });
  const what = {
    ...inputs('twice', 2),
    dtrace: {
      argv: ['-n', 'p*:::go { @[probeprov, arg0] = count(); }', '-c', 'twice'],
      files: {},
      endsRun: false,
    },
  };
  const plain = await plainDigest(what, { extraPrograms });
  const steps = ['firing', 'syscall', 'over', 'firing', 'event', 'firing'].map(
    (unit, i): [number, boolean, number] => [UNITS.indexOf(unit as StepUnit), i % 3 === 2, i % 2],
  );
  expect(await wander(what, steps, { extraPrograms })).toBe(plain);
});

describe('forward, then backward', () => {
  test('leads back to the same records and the same state of the machine', async () => {
    const run = await LiveRun.open(inputs('spin -p 2 -n 4', 2), { spacingMs: 5 });
    // What stacks leave behind is no state; which memory is a stack is known once it was one.
    const ready = run.live.now;
    run.resume(1, []);
    run.runTo(ready);
    for (const unit of ['block', 'line', 'event', 'syscall', 'tick'] as const)
      for (const cpu of [0, 1]) {
        expect(run.step(unit, 1, cpu).reason, unit).toBe('step');
        const seen: string[] = [];
        for (let n = 0; n < 4; n++) {
          seen.push(`${run.live.log.made} ${run.live.stateHash()}`);
          expect(run.step(unit, 1, cpu).reason, unit).toBe('step');
        }
        while (seen.length > 0) {
          run.step(unit, -1, cpu);
          expect(`${run.live.log.made} ${run.live.stateHash()}`, unit).toBe(seen.pop());
        }
      }
  });
});

describe('looking', () => {
  const EXPRESSIONS = [
    '`ticks',
    'curthread->td_name',
    '*curthread',
    '*curthread->td_proc',
    'execname',
    'curpsinfo->pr_psargs',
    'rand()',
    'strjoin(execname, "!")',
    '*(int *)1',
    '*(struct proc *)arg0',
    'timestamp + vtimestamp',
    'mutex_owned(&curthread->td_proc->p_mtx)',
    'copyinstr(0x10000000)',
    'alloca(100)',
    'nosuch',
    '1 / 0',
    'curthread->',
  ];
  test('with D expressions changes nothing', async () => {
    const run = await LiveRun.open(inputs('dd if=/dev/zero of=/dev/null bs=16k count=2', 2));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...EXPRESSIONS), { minLength: 1, maxLength: 4 }),
        fc.nat(30),
        fc.nat(1),
        (list, steps, cpu) => {
          for (let n = 0; n < steps; n++) run.step('event', 1, 0);
          const before = run.live.stateHash();
          for (const expression of list)
            try {
              run.evaluate(expression, cpu);
            } catch (error) {
              expect((error as Error).message).not.toMatch(/undefined|internal/);
            }
          expect(run.live.stateHash()).toBe(before);
        },
      ),
      { numRuns: 8, seed: 11 },
    );
  });

  test('D expressions have the values, the types and the words of D', async () => {
    const run = await LiveRun.open(inputs('dd if=/dev/zero of=/dev/null bs=16k count=2', 1));
    while (run.evaluate('execname', 0) !== '"dd"') run.step('syscall', 1, 0);
    const { tid } = run.inspector.threads().find((t) => t.command === 'dd') ?? { tid: 0 };
    expect(run.evaluate('curthread->td_tid', 0)).toBe(String(tid));
    expect(run.evaluate('tid == curthread->td_tid', 0)).toBe('1');
    expect(run.evaluate('curthread', 0)).toMatch(/^0xfffffe00/);
    expect(run.evaluate('curthread->td_proc->p_mtx.lock_object', 0)).toMatch(
      /lo_name = 0x\w+.* "process lock"/,
    );
    expect(run.evaluate('&`ticks', 0)).toContain('(kernel`ticks)');
    expect(() => run.evaluate('*(int *)8', 0)).toThrow('invalid address (0x8)');
    expect(() => run.evaluate('nosuch', 0)).toThrow('failed to resolve nosuch: Unknown variable name');
    expect(() => run.evaluate('1); exit(0', 0)).toThrow('one expression is expected');
    expect(() => run.evaluate('x = 1', 0)).toThrow('variables of D programs cannot be used here');
  });
});

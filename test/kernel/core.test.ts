// The kernel's core, tested from inside: core/*.c are compiled into the kernel and run when boot is done.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { programImage } from '../../engine/guestc/build.ts';
import { compileImage } from '../../engine/guestc/index.ts';
import { modelsDir } from '../../engine/image/place.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { Machine, type Stop } from '../../engine/machine/machine.ts';

const core = join(dirname(fileURLToPath(import.meta.url)), 'core');
const root = join(modelsDir(), 'kernel');

async function runTests(
  machineName: string,
  extra: string[],
  runs: { cpus: number; seed: number }[],
): Promise<{ console: string; stop: Stop }[]> {
  const profile = loadProfile(machineName);
  const options = [...new Set([...profile.options, ...extra])];
  const kernelFiles = (readdirSync(root, { recursive: true, encoding: 'utf8' }) as string[])
    .filter((name) => name.endsWith('.c'))
    .sort();
  const kernel = compileImage({
    name: 'kernel',
    kind: 'kernel',
    files: [
      ...kernelFiles.map((name) => ({ path: join(root, name), name })),
      ...readdirSync(core)
        .filter((name) => name.endsWith('.c'))
        .sort()
        .map((name) => ({ path: join(core, name), name })),
    ],
    includeDirs: [root],
    defines: Object.fromEntries(options.map((o) => [o, '1'])),
    profile,
    sourceRoot: root,
  });
  const results = [];
  for (const { cpus, seed } of runs) {
    let console = '';
    const machine = await Machine.create({
      profile,
      kernel,
      programs: ['init', 'csh', 'sleep'].map((name) => programImage(name, profile)),
      files: [{ path: '/etc/rc', data: new TextEncoder().encode('sleep 1000\n') }],
      links: {},
      seed,
      cpus,
      onConsole: (bytes) => {
        console += new TextDecoder().decode(bytes);
      },
    });
    const stop = machine.run(profile.clockHz * 10);
    results.push({ console, stop });
  }
  return results;
}

describe('the core of the kernel', () => {
  test.each`
    machine         | options                         | runs
    ${'amd64'}      | ${[]}                           | ${[{ cpus: 4, seed: 1 }, { cpus: 1, seed: 3 }, { cpus: 9, seed: 4 }]}
    ${'amd64'}      | ${['SCHED_4BSD', 'INVARIANTS']} | ${[{ cpus: 3, seed: 1 }]}
    ${'beaglebone'} | ${[]}                           | ${[{ cpus: 1, seed: 1 }, { cpus: 1, seed: 2 }]}
  `(
    'locks, sleeps, callouts, queues and scheduling hold on $machine $options',
    async ({ machine, options, runs }) => {
      for (const { console, stop } of await runTests(machine, options, runs)) {
        expect(console).not.toMatch(/FAIL|panic/);
        expect(console).toMatch(/^tests done, 0 failures$/m);
        expect(stop).toEqual({ reason: 'poweroff', status: 0 });
      }
    },
    240_000,
  );

  test('WITNESS reports each wrong order once, in the words of FreeBSD', async () => {
    const [{ console }] = await runTests(
      'amd64',
      ['WITNESS', 'INVARIANTS', 'INVARIANT_SUPPORT'],
      [{ cpus: 2, seed: 1 }],
    );
    const text = console.replaceAll(/0xf[0-9a-f]{15}/g, 'ADDR');
    expect(text.match(/^lock order reversal:$/gm)).toHaveLength(2);
    expect(text).toMatch(
      new RegExp(
        [
          '^lock order reversal:',
          ' 1st ADDR witness C \\(witness C, sleep mutex\\) @ witness.c:\\d+',
          ' 2nd ADDR witness A \\(witness A, sleep mutex\\) @ witness.c:\\d+',
          'lock order witness C -> witness A attempted at:',
          '#0 ADDR at witness_reversal\\+0x[0-9a-f]+',
        ].join('\n'),
        'm',
      ),
    );
    expect(text).toMatch(
      /^lock order witness B -> witness C established at:\n(#\d+ ADDR at \w+\+0x[0-9a-f]+\n)+lock order witness C -> witness B attempted at:$/m,
    );
    expect(text.match(/^acquiring duplicate lock of same type: "witness D"$/gm)).toHaveLength(1);
    expect(text).toMatch(/^ 1st d1 @ witness.c:\d+\n 2nd d2 @ witness.c:\d+\nstack backtrace:$/m);
    expect(text).toMatch(/^lock order reversal: \(sleepable after non-sleepable\)$/m);
    expect(text).toMatch(
      /^Sleeping on "witness" with the following non-sleepable locks held:\nexclusive sleep mutex witness A r = 0 \(ADDR\) locked @ witness.c:\d+$/m,
    );
    expect(text).toMatch(/^tests done, 0 failures$/m);
  }, 240_000);
});

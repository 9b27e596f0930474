/**
 * How fast guests run: an integer benchmark against the same source under gcc -O0, and simulated cycles a second by number of CPUs.
 *
 * Wall time of the process itself, boot excluded. Cache and predictor models are switched off in a copy of the profile for the first ratio.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelImage, programImage } from '../../engine/guestc/build.ts';
import { modelsDir } from '../../engine/image/place.ts';
import { loadProfile, type Profile } from '../../engine/image/profile.ts';
import { Machine } from '../../engine/machine/machine.ts';

interface Timing {
  seconds: number;
  instructions: number;
  cycles: number;
}

const PROGRAM = 'intbench';

/** Time from `ready` to power-off of one command line. */
async function timeGuest(
  profile: Profile,
  rc: string,
  programs: string[],
  cpus = profile.cpus,
): Promise<Timing> {
  const machine = await Machine.create({
    profile,
    kernel: kernelImage(profile),
    programs: ['init', 'csh', ...programs].map((name) => programImage(name, profile)),
    files: [{ path: '/etc/rc', data: new TextEncoder().encode(`${rc}\n`) }],
    seed: 1,
    cpus,
  });
  const ready = machine.run(undefined, true);
  if (ready.reason !== 'mark') throw new Error(`the guest did not boot: ${JSON.stringify(ready)}`);
  const before = { instructions: machine.stats.instructions, cycles: machine.now };
  const start = performance.now();
  const stop = machine.run();
  const seconds = (performance.now() - start) / 1000;
  if (stop.reason !== 'poweroff') throw new Error(`${rc}: ${JSON.stringify(stop)}`);
  return {
    seconds,
    instructions: machine.stats.instructions - before.instructions,
    cycles: machine.now - before.cycles,
  };
}

/** Seconds of the same source under gcc -O0, or undefined without gcc. */
function timeNative(iterations: number): number | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'intbench-'));
  try {
    const binary = join(dir, PROGRAM);
    const source = join(modelsDir(), `user/bin/${PROGRAM}/${PROGRAM}.c`);
    execFileSync('gcc', ['-O0', '-w', '-o', binary, source], { stdio: 'ignore' });
    const start = performance.now();
    execFileSync(binary, ['-n', String(iterations)], { stdio: 'ignore' });
    return (performance.now() - start) / 1000;
  } catch {
    return undefined;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const million = (n: number) => (n / 1e6).toFixed(0);

export async function compilerBench(): Promise<string> {
  const iterations = 2000;
  const profile = loadProfile('amd64');
  const plain: Profile = {
    ...profile,
    cache: { ...profile.cache, enabled: false },
    predictor: { ...profile.predictor, enabled: false },
  };
  const native = timeNative(iterations);
  const rows = [];
  for (const [name, p] of [
    ['blocks, clock, TLB', plain],
    ['+ caches and predictor', profile],
  ] as const) {
    const t = await timeGuest(p, `${PROGRAM} -n ${iterations}`, [PROGRAM]);
    const ratio = native === undefined ? '-' : (t.seconds / native).toFixed(1);
    rows.push(
      `| ${name} | ${t.seconds.toFixed(2)} | ${million(t.instructions / t.seconds)} | ${million(t.cycles / t.seconds)} | ${ratio} |`,
    );
  }
  return [
    `### Guest code: ${PROGRAM} -n ${iterations}, as a process of the guest`,
    '',
    `gcc -O0, native: ${native === undefined ? 'no gcc' : `${native.toFixed(2)} s`}`,
    '',
    '| modelled | seconds | M instructions/s | M cycles/s | times gcc -O0 |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

export async function machineBench(): Promise<string> {
  const profile = loadProfile('amd64');
  const rows = [];
  for (const cpus of [1, 4, 16, 64]) {
    // As many spinning processes as CPUs, each for a fixed amount of work.
    const rc = `${Array.from({ length: cpus }, () => `${PROGRAM} -n 10 > /dev/null &`).join('\n')}\nwait`;
    const t = await timeGuest(profile, rc, [PROGRAM], cpus);
    rows.push(
      `| ${cpus} | ${t.seconds.toFixed(2)} | ${million(t.cycles / t.seconds)} | ${million((t.cycles * cpus) / t.seconds)} | ${million(t.instructions / t.seconds)} |`,
    );
  }
  return [
    `### Machine: one ${PROGRAM} -n 10 a CPU`,
    '',
    '| CPUs | seconds | M cycles of simulated time/s | M CPU cycles/s | M instructions/s |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/**
 * Boots the guest with programs of a test's own, and runs command lines as /etc/rc.
 */
import { compileProgram, kernelImage, programImage } from '../../engine/guestc/build.ts';
import { programNames } from '../../engine/guestc/recipes.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { Machine, type Stop } from '../../engine/machine/machine.ts';

export interface GuestOptions {
  machine?: string;
  cpus?: number;
  seed?: number;
  /** C files; each becomes a program named after it. */
  sources?: string[];
  /** Kernel options to add. */
  options?: string[];
  /** Simulated seconds. */
  seconds?: number;
  ramBytes?: number;
  /** What is typed at the console, and at which simulated millisecond. */
  typed?: { at: number; text: string }[];
}

export interface GuestResult {
  stop: Stop;
  console: string;
  /** Exit status of the last command; undefined if it never ended. */
  status: number | undefined;
}

export async function runGuest(rc: string, wanted: GuestOptions = {}): Promise<GuestResult> {
  const profile = loadProfile(wanted.machine ?? 'amd64');
  profile.options = [...new Set([...profile.options, ...(wanted.options ?? [])])];
  if (wanted.ramBytes !== undefined) profile.ramBytes = wanted.ramBytes;
  const words = new Set(rc.split(/[^\w]+/));
  const names = programNames().filter((n) => n === 'init' || n === 'csh' || words.has(n));
  const result: { console: string; status: number | undefined } = { console: '', status: undefined };
  const machine = await Machine.create({
    profile,
    kernel: kernelImage(profile),
    programs: [
      ...names.map((name) => programImage(name, profile)),
      ...(wanted.sources ?? []).map((path) => compileProgram([path], { profile })),
    ],
    files: [{ path: '/etc/rc', data: new TextEncoder().encode(`${rc}\n`) }],
    links: { '/bin/sh': 'csh' },
    seed: wanted.seed ?? 1,
    cpus: wanted.cpus,
    consoleInput: wanted.typed?.map(({ at, text }) => ({ cycle: (profile.clockHz / 1000) * at, text })),
    onConsole: (bytes) => {
      result.console += new TextDecoder().decode(bytes);
    },
    onMark: (text) => {
      const status = /^status (-?\d+)$/.exec(text);
      if (status !== null) result.status = Number(status[1]);
    },
  });
  const stop = machine.run(profile.clockHz * (wanted.seconds ?? 20));
  return { stop, ...result };
}

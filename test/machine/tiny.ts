// A machine with a kernel of a few lines: what the hardware promises, without the real kernel on top.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileImage } from '../../engine/guestc/index.ts';
import { modelsDir } from '../../engine/image/place.ts';
import { loadProfile, type Profile } from '../../engine/image/profile.ts';
import { Machine, type MachineOptions, type Stop } from '../../engine/machine/machine.ts';

/** Entry points that a kernel must have; those a test's source defines are left out. */
const DEFAULTS: Record<string, string> = {
  init_secondary: 'void init_secondary(unsigned cpu) { for (;;) __hw(HW_HALT, 0, 0, 0, 0); }',
  syscall_entry: 'void syscall_entry(struct trapframe *tf) { tf->tf_rax = ~0UL; }',
  trap_entry: 'void trap_entry(struct trapframe *tf) { panic("trap"); }',
  intr_entry: 'void intr_entry(unsigned vector, struct trapframe *tf) { }',
};

const PRELUDE = `
#include <machine/abi.h>
static void puts_(const char *s) { unsigned long n = 0; while (s[n] != 0) n++; __hw(HW_CONS_WRITE, (unsigned long)s, n, 0, 0); }
static void num(long v) { char b[24]; int i = 23; int neg = v < 0; b[i] = 0; if (neg) v = -v; do { b[--i] = '0' + v % 10; v /= 10; } while (v != 0);
  if (neg) b[--i] = '-'; puts_(&b[i]); puts_(" "); }
static void panic(const char *s) { __hw(HW_PANIC, (unsigned long)s, 0, 0, 0); for (;;) ; }
static void off(int status) { __hw(HW_POWEROFF, status, 0, 0, 0); for (;;) ; }
`;

export function tinyKernel(source: string, profile: Profile) {
  const missing = Object.entries(DEFAULTS).filter(([name]) => !new RegExp(`\\b${name}\\s*\\(`).test(source));
  const text = PRELUDE + source + '\n' + missing.map(([, code]) => code).join('\n');
  const path = '/tiny.c';
  return compileImage({
    name: 'kernel',
    kind: 'kernel',
    files: [{ path, name: 'tiny.c' }],
    includeDirs: [join(modelsDir(), 'kernel')],
    defines: {},
    profile,
    sourceRoot: '/',
    readFile: (wanted) => (wanted === path ? text : readModel(wanted)),
  });
}

function readModel(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export interface TinyRun {
  machine: Machine;
  output: () => string;
  run(until?: number): Stop;
}

/** Builds a machine that has run nothing yet. */
export async function tiny(
  source: string,
  options: Partial<Omit<MachineOptions, 'profile'>> & {
    machine?: string;
    profile?: (p: Profile) => Profile;
  } = {},
): Promise<TinyRun> {
  const base = loadProfile(options.machine ?? 'amd64');
  const profile = options.profile === undefined ? base : options.profile(base);
  const kernel = options.kernel ?? tinyKernel(source, profile);
  let text = '';
  const machine = await Machine.create({
    programs: [],
    seed: 1,
    onConsole: (bytes) => {
      text += new TextDecoder().decode(bytes);
    },
    ...options,
    profile,
    kernel,
  });
  return { machine, output: () => text, run: (until) => machine.run(until) };
}

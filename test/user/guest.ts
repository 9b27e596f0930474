/**
 * Runs a C program with the guest's libc, compiled by our own compiler, without machine or kernel: the few system calls
 * that a single-threaded program makes are answered here.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileImage } from '../../engine/guestc/index.ts';
import { type RunOptions, type RunResult, run, testProfile } from '../guestc/harness.ts';

const models = fileURLToPath(new URL('../../models', import.meta.url));

export const programs = fileURLToPath(new URL('programs', import.meta.url));

const libFiles = () =>
  readdirSync(`${models}/user/lib`)
    .filter((file) => file.endsWith('.c'))
    .sort()
    .map((file) => ({ path: `${models}/user/lib/${file}`, name: `lib/${file}`, library: true }));

/** FreeBSD's numbers. */
const SYS = {
  exit: 1,
  read: 3,
  write: 4,
  break: 17,
  ioctl: 54,
  munmap: 73,
  mmap: 477,
  lseek: 478,
  fstat: 551,
};
const EBADF = 9n;
const ENOTTY = 25n;
const ESPIPE = 29n;

export function runWithLibc(path: string, input = '', options: RunOptions = {}): RunResult {
  const profile = testProfile();
  const image = compileImage({
    name: path.replace(/^.*\//, '').replace(/\.c$/, ''),
    kind: 'user',
    files: [...libFiles(), { path, name: path.replace(/^.*\//, '') }],
    includeDirs: [`${models}/user/include`, `${models}/kernel`],
    defines: {},
    profile,
    sourceRoot: models,
  });
  const output: Buffer[] = [];
  const stdin = Buffer.from(input);
  let at = 0;
  let mapped = 0x20000000n;
  /** Ranges given back, by length: memory of the harness is small. */
  const unmapped = new Map<bigint, bigint[]>();
  const result = run(image, profile, {
    memory: 64 << 20,
    ...options,
    syscall: (nr, arg, user) => {
      switch (nr) {
        case SYS.write:
          output.push(Buffer.from(user.read(arg(1), Number(arg(2)))));
          return arg(2);
        case SYS.read: {
          const part = stdin.subarray(at, at + Number(arg(2)));
          at += part.length;
          user.write(arg(1), part);
          return BigInt(part.length);
        }
        case SYS.break:
          return 0n;
        case SYS.mmap: {
          const length = (arg(1) + 0xfffn) & ~0xfffn;
          const again = unmapped.get(length)?.pop();
          if (again !== undefined) {
            user.write(again, new Uint8Array(Number(length)));
            return again;
          }
          mapped += length;
          return mapped - length;
        }
        case SYS.munmap: {
          const length = (arg(1) + 0xfffn) & ~0xfffn;
          unmapped.set(length, [...(unmapped.get(length) ?? []), arg(0)]);
          return 0n;
        }
        case SYS.fstat:
          return -EBADF;
        case SYS.ioctl:
          return -ENOTTY;
        case SYS.lseek:
          return -ESPIPE;
      }
      return undefined;
    },
  });
  return { ...result, output: Buffer.concat(output).toString('latin1') };
}

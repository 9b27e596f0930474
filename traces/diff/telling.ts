/**
 * What of an event tells which deed it is, and what belongs to the one run only.
 *
 * A system call's number, descriptor and size are the program's doing; its process ids and user pointers are not. A lock, a callout or
 * a woken thread is an object whose address differs between runs: it is told by the part it plays (objects.ts). A fault is told by what
 * kind of memory it was in.
 */
import type { SiteInfo } from '../format.ts';

export interface Telling {
  /** Arguments that tell by their value. */
  values: number[];
  /** Argument that is the address of an object, or -1. */
  object: number;
  /** How an address is classed, when the argument is one. */
  classed?: 'fault';
}

const NOTHING: Telling = { values: [], object: -1 };

/** Telling arguments of system calls; a call that is not here is told by its name. */
const SYSCALLS: Record<string, number[]> = {
  exit: [0],
  read: [0, 2],
  write: [0, 2],
  open: [1],
  close: [0],
  access: [1],
  dup: [0],
  dup2: [0, 1],
  ioctl: [0, 1],
  fcntl: [0, 1],
  umask: [0],
  munmap: [1],
  mprotect: [1, 2],
  madvise: [1, 2],
  mmap: [1, 2, 3, 4],
  lseek: [0, 1, 2],
  pread: [0, 2, 3],
  pwrite: [0, 2, 3],
  readv: [0, 2],
  writev: [0, 2],
  ftruncate: [0, 1],
  fstat: [0],
  fsync: [0],
  fchdir: [0],
  getdirentries: [0, 2],
  kill: [1],
  thr_kill: [1],
  sigaction: [0],
  sigprocmask: [0],
  poll: [1, 2],
  clock_gettime: [0],
  clock_nanosleep: [0, 1],
  getrusage: [0],
  _umtx_op: [1],
  pipe2: [1],
  wait4: [2],
};

/** Results that are process or thread ids, or addresses. */
const RESULT_UNTOLD =
  /^(v?fork|rfork|wait4|getpid|getppid|getpgid|getpgrp|getsid|mmap|break|sbrk|thr_self|thr_new)$/;

/** Providers whose events are deeds of a thread; scheduling is a consequence and is booked as time. */
const DEEDS = new Set([
  'syscall',
  'lockstat',
  'dtmalloc',
  'proc',
  'callout_execute',
  'fbt',
  'vfs',
  'io',
  'fpuser',
  'tcp',
  'udp',
  'ip',
]);

/** How the event counts as a deed; undefined when it is none. */
export function telling(site: SiteInfo): Telling | undefined {
  switch (site.provider) {
    case '_trace':
      return site.name === 'page-fault' ? { values: [1], object: -1, classed: 'fault' } : undefined;
    case 'sched':
      return site.name === 'wakeup' ? { values: [], object: 0 } : undefined;
    case 'syscall':
      if (site.name === 'entry') return { values: SYSCALLS[site.function] ?? [], object: -1 };
      return { values: RESULT_UNTOLD.test(site.function) ? [] : [0], object: -1 };
    case 'lockstat':
      // How long a lock was waited for is compared as time.
      if (/-(spin|block)$/.test(site.name)) return undefined;
      return { values: site.args.length > 1 ? [1] : [], object: 0 };
    case 'dtmalloc':
      return { values: [3], object: -1 };
    case 'callout_execute':
      return { values: [], object: 0 };
    case 'proc':
      if (site.name === 'signal-send' || site.name === 'signal-discard') return { values: [2], object: -1 };
      if (site.name === 'exit' || site.name === 'exec-failure') return { values: [0], object: -1 };
      return NOTHING;
    default:
      return DEEDS.has(site.provider) ? NOTHING : undefined;
  }
}

/** Kind of memory at a fault's address: the layout of docs/guest-abi.md, section 1. */
export const FAULT_CLASSES = ['text', 'data and heap', 'mapped memory', 'stack', 'kernel'] as const;

export function faultClass(low: number, high: number): number {
  if (high >= 0x8000) return 4;
  const address = high * 2 ** 32 + low;
  if (address < 0x10000000) return 0;
  if (address < 0x8_0000_0000) return 1;
  return address >= 0x7fff_0000_0000 ? 3 : 2;
}

export const siteName = (s: SiteInfo): string => `${s.provider}:${s.module}:${s.function}:${s.name}`;

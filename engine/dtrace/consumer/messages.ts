/** What the consumer says on standard error: options that the kernel changed, drops, how processes ended, faults. */
import { OPT, UNSET } from '../options.ts';
import type { Status } from './records.ts';

export const FAULTS: Record<number, string> = {
  0: 'unknown fault',
  1: 'invalid address',
  2: 'invalid alignment',
  3: 'illegal operation',
  4: 'divide-by-zero',
  5: 'out of scratch space',
  6: 'invalid kernel access',
  7: 'invalid user access',
  8: 'tuple stack overflow',
  9: 'bad stack',
  1000: 'library-level fault',
};

/** Bytes in the largest unit that is not above them, if it divides them. */
function loweredText(bytes: bigint): string {
  let shift = 0n;
  let unit = 0;
  while (1n << (shift + 10n) <= bytes) {
    shift += 10n;
    unit++;
  }
  return bytes % (1n << shift) === 0n ? `${bytes >> shift}${' kmgtpe'[unit]}` : `${bytes} bytes`;
}

const SECOND = 1_000_000_000n;

function rateText(ns: bigint): string {
  if (ns <= SECOND && SECOND % ns === 0n) return `${SECOND / ns} hz`;
  if (ns % SECOND === 0n) return `once every ${ns / SECOND} seconds`;
  return `once every ${ns} nanoseconds`;
}

const SIGNALS = (
  ' HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM TERM URG STOP TSTP CONT CHLD TTIN TTOU IO XCPU XFSZ VTALRM PROF ' +
  'WINCH INFO USR1 USR2'
)
  .split(' ')
  .map((s) => (s === '' ? undefined : `SIG${s}`));

const LOWERED: Readonly<Record<number, string>> = {
  [OPT.bufsize]: 'buffer size',
  [OPT.aggsize]: 'aggregation size',
  [OPT.dynvarsize]: 'dynamic variable size',
  [OPT.specsize]: 'speculation size',
};
const RATES: Readonly<Record<number, string>> = {
  [OPT.cleanrate]: 'cleaning rate',
  [OPT.statusrate]: 'status rate',
};

/** That the kernel changed an option: a buffer that did not fit, a rate out of bounds. Undefined where it is not worth a message. */
export function changeText(id: number, old: bigint, value: bigint): string | undefined {
  if (old === UNSET || value === UNSET || value === 0n) return undefined;
  // Buffers are rounded to whole words.
  if (LOWERED[id] !== undefined && value < old - 8n) return `${LOWERED[id]} lowered to ${loweredText(value)}`;
  if (RATES[id] !== undefined)
    return `${RATES[id]} ${value > old ? 'reduced' : 'increased'} to ${rateText(value)}`;
  return undefined;
}

/** How a process ended; status as wait(2) gives it. */
export function exitText(pid: number, status: number): string {
  const signal = status & 0x7f;
  if (signal !== 0) return `pid ${pid} terminated by ${SIGNALS[signal] ?? `signal ${signal}`}`;
  if (status >> 8 !== 0) return `pid ${pid} exited with status ${(status >> 8) & 0xff}`;
  return `pid ${pid} has exited`;
}

type Drops = readonly [key: keyof Status, tag: string, text: (s: string) => string];

/** Counts of the status whose growth is told, each with its tag and its words; `s` is the plural's. */
const DROPS: readonly Drops[] = [
  ['dyndrops', 'DYNAMIC', (s) => `dynamic variable drop${s}`],
  ['dyndropsRinsing', 'DYNRINSE', (s) => `dynamic variable drop${s} with non-empty rinsing list`],
  ['dyndropsDirty', 'DYNDIRTY', (s) => `dynamic variable drop${s} with non-empty dirty list`],
  ['specdrops', 'SPEC', (s) => `speculative drop${s}`],
  ['specdropsBusy', 'SPECBUSY', (s) => `failed speculation${s} (available buffer(s) still busy)`],
  ['specdropsUnavail', 'SPECUNAVAIL', (s) => `failed speculation${s} (no speculative buffer available)`],
  ['stkstroverflows', 'STKSTROVERFLOW', (s) => `jstack()/ustack() string table overflow${s}`],
  ['dblerrors', 'DBLERROR', (s) => `error${s} in ERROR probe enabling`],
];

/** What was dropped between two statuses. */
export function statusDrops(old: Status | undefined, now: Status): { tag: string; text: string }[] {
  return DROPS.flatMap(([key, tag, text]) => {
    const n = (now[key] as bigint) - ((old?.[key] as bigint | undefined) ?? 0n);
    return n > 0n ? [{ tag, text: `${n} ${text(n > 1n ? 's' : '')}` }] : [];
  });
}

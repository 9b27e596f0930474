/** Processor time, so that figures mean something on a machine that is shared: of the process, and of the calling thread alone. */
import { readFileSync } from 'node:fs';

/** Milliseconds of all threads: compiling and collecting garbage beside the program, too. */
export function processMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of this thread: what one who waits for it waits for, where the system tells (Linux). */
export function threadMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return processMs();
  }
}

/** The value below which a part of the list lies: 0.5 is the median. */
export function quantile(list: readonly number[], part: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

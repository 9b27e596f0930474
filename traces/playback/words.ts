/** Times, threads and locks in words, for explanations and reports. */
import type { LockState, RunState } from './state.ts';

/** Cycles as a time with three digits: '12.3 us'. */
export function span(cycles: number, clockHz: number): string {
  return nanoseconds((cycles / clockHz) * 1e9);
}

export function nanoseconds(ns: number): string {
  for (const [unit, size] of [
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ] as const)
    if (Math.abs(ns) >= size) return `${(ns / size).toPrecision(3).replace(/e\+.*/, '')} ${unit}`;
  return `${Math.round(ns)} ns`;
}

/** 'dd (100050)'. */
export function threadWords(s: RunState, tid: number): string {
  if (tid === 0) return 'nobody';
  const name = s.threads[tid]?.name ?? '';
  return name === '' ? `thread ${tid}` : `${name} (${tid})`;
}

/** 'adaptive lock "pipe mutex" (fffffe00000123)'. */
export function lockWords(lock: LockState | undefined, key: string): string {
  if (lock === undefined) return `lock ${key}`;
  const kind =
    lock.class === ''
      ? 'lock'
      : lock.class === 'rw' || lock.class === 'sx'
        ? `${lock.class} lock`
        : `${lock.class} mutex`;
  return lock.name === '' ? `${kind} ${key}` : `${kind} '${lock.name}' (${key})`;
}

const VECTORS: Record<number, string> = {
  0: 'timer',
  1: 'IPI: look at the run queue',
  2: 'IPI: rendezvous',
  3: 'IPI: stop',
  32: 'console',
};
export const vectorWords = (vector: number): string => VECTORS[vector] ?? `vector ${vector}`;

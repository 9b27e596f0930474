/** Copies of view states: those that follow each other share what nothing happened to between them. */
import type { LockState, RunState, ThreadState } from './state.ts';

export const copyThread = (thread: ThreadState): ThreadState => ({
  ...thread,
  holds: thread.holds.slice(),
});

export const copyLock = (lock: LockState): LockState => ({
  ...lock,
  readers: lock.readers.slice(),
  waiters: lock.waiters.slice(),
  holdHistogram: lock.holdHistogram.slice(),
  waitHistogram: lock.waitHistogram.slice(),
});

/** The same state with the same threads, locks and names: whoever folds on with one of the two copies those before changing them (foldRefs). */
export const shareState = (s: RunState): RunState => ({
  seq: s.seq,
  cycle: s.cycle,
  cpus: s.cpus.map((cpu) => ({ ...cpu, spent: cpu.spent.slice(), over: cpu.over.map((o) => ({ ...o })) })),
  threads: { ...s.threads },
  locks: { ...s.locks },
  lockNames: s.lockNames,
  totals: { ...s.totals },
});

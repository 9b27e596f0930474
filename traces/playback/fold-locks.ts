/**
 * The fold's part about locks: owners, readers, waiters, how long held and waited for.
 */
import { argumentNumber, type EventColumns, MAX_ARGS } from '../columns.ts';
import { copyLock } from './clone.ts';
import { type FoldRefs, lockPlace, packedText, threadOf } from './fold.ts';
import { ROLE, type SiteTable } from './sites.ts';
import type { LockState, RunState, ThreadState } from './state.ts';

/** High word of the kernel's addresses: nearly every lock's. */
const KERNEL_HIGH = 0xfffffe00;
const READER = 1;
/** Indices of lock_classes[] in the kernel. */
const CLASSES = ['spin', 'adaptive', 'sx', 'rw'];

const keys = new Map<number, string>();

/** Hexadecimal address, as RunState.locks has it. */
export function lockKey(low: number, high: number): string {
  if (high !== KERNEL_HIGH)
    return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
  let key = keys.get(low);
  if (key === undefined) {
    if (keys.size > 100_000) keys.clear();
    key = high.toString(16) + low.toString(16).padStart(8, '0');
    keys.set(low, key);
  }
  return key;
}

/** Key of the lock that a lock event is about (its first argument). */
export const lockOf = (e: EventColumns, i: number): string =>
  lockKey(e.argLow[i * MAX_ARGS], e.argHigh[i * MAX_ARGS]);

/** The names of locks, to be changed. */
function ownNames(s: RunState, refs: FoldRefs | undefined): RunState['lockNames'] {
  if (refs?.owned !== undefined && !refs.owned.has(s.lockNames)) {
    s.lockNames = { ...s.lockNames };
    refs.owned.add(s.lockNames);
  }
  return s.lockNames;
}

/** The lock of that address, to be changed; undefined when it was not seen before. */
function knownLock(s: RunState, refs: FoldRefs | undefined, key: string): LockState | undefined {
  const known = s.locks[key];
  if (known === undefined || refs?.owned === undefined || refs.owned.has(known)) return known;
  const copy = copyLock(known);
  s.locks[key] = copy;
  refs.owned.add(copy);
  return copy;
}

/** The same; made when it was not seen before. */
function lockState(
  s: RunState,
  refs: FoldRefs | undefined,
  key: string,
  cls: string,
  cycle: number,
): LockState {
  const known = knownLock(s, refs, key);
  if (known !== undefined) return known;
  s.locks[key] = {
    address: key,
    class: cls,
    name: s.lockNames[key] ?? '',
    owner: 0,
    readers: [],
    waiters: [],
    since: cycle,
    acquires: 0,
    contended: 0,
    holdCycles: 0,
    holdMax: 0,
    waitNs: 0,
    holdHistogram: [],
    waitHistogram: [],
  };
  refs?.owned?.add(s.locks[key]);
  return s.locks[key];
}

function count(histogram: number[], value: number): void {
  const bucket = value < 1 ? 0 : value < 2 ** 32 ? 31 - Math.clz32(value) : Math.floor(Math.log2(value));
  while (histogram.length <= bucket) histogram.push(0);
  histogram[bucket]++;
}

function remove<T>(list: T[], item: T): void {
  const at = list.lastIndexOf(item);
  if (at === list.length - 1) {
    if (at >= 0) list.pop();
  } else if (at >= 0) list.splice(at, 1);
}

/** A thread no longer wants the lock it wanted. */
export function stopWaiting(s: RunState, refs: FoldRefs | undefined, thread: ThreadState): void {
  const lock = knownLock(s, refs, thread.wants);
  if (lock !== undefined) remove(lock.waiters, thread.tid);
  thread.wants = '';
}

function held(lock: LockState, cycle: number): void {
  const cycles = cycle - lock.since;
  lock.holdCycles += cycles;
  if (cycles > lock.holdMax) lock.holdMax = cycles;
  count(lock.holdHistogram, cycles);
}

function acquire(
  s: RunState,
  refs: FoldRefs | undefined,
  lock: LockState,
  tid: number,
  cycle: number,
  reader: boolean,
): void {
  lock.acquires++;
  if (!reader) {
    lock.owner = tid;
    lock.since = cycle;
  } else {
    if (lock.readers.length === 0) lock.since = cycle;
    lock.readers.push(tid);
  }
  if (tid === 0) return;
  const thread = threadOf(s, refs, tid, cycle);
  if (thread.wants !== '') stopWaiting(s, refs, thread);
  thread.holds.push(lock.address);
}

function release(
  s: RunState,
  refs: FoldRefs | undefined,
  lock: LockState,
  tid: number,
  cycle: number,
  reader: boolean,
): void {
  if (!reader) {
    if (lock.owner !== tid && lock.owner !== 0 && s.threads[lock.owner] !== undefined)
      remove(threadOf(s, refs, lock.owner, cycle).holds, lock.address);
    if (lock.owner !== 0 || tid === 0) held(lock, cycle);
    lock.owner = 0;
    lock.since = cycle;
  } else {
    remove(lock.readers, tid);
    if (lock.readers.length === 0) {
      held(lock, cycle);
      lock.since = cycle;
    }
  }
  if (tid !== 0) remove(threadOf(s, refs, tid, cycle).holds, lock.address);
}

export function lockEvent(
  s: RunState,
  refs: FoldRefs | undefined,
  table: SiteTable,
  role: number,
  e: EventColumns,
  i: number,
): void {
  const cycle = e.cycle[i];
  const tid = e.tid[i];
  const low = e.argLow[i * MAX_ARGS];
  const high = e.argHigh[i * MAX_ARGS];
  const place = lockPlace(low);
  if (refs !== undefined && role <= ROLE.downgrade && high === KERNEL_HIGH && refs.lockWords[place] === low) {
    used(s, refs, table, refs.locks[place] as LockState, role, e, i);
    return;
  }
  const key = lockKey(low, high);
  if (role === ROLE.lockInit) {
    const name = packedText(e, i, 2, 3);
    ownNames(s, refs)[key] = name;
    if (s.locks[key] !== undefined) {
      delete s.locks[key]; // another lock at the same place
      if (refs !== undefined && refs.lockWords[place] === low) refs.lockWords[place] = -1;
    }
    return;
  }
  if (role === ROLE.lockDestroy) {
    delete ownNames(s, refs)[key];
    return;
  }
  if (role === ROLE.lockWait) {
    const lock = lockState(s, refs, key, CLASSES[argumentNumber(e, i, 3)] ?? '', cycle);
    if (tid === 0) return;
    const thread = threadOf(s, refs, tid, cycle);
    if (thread.wants === key) return;
    if (thread.wants !== '') stopWaiting(s, refs, thread);
    thread.wants = key;
    lock.waiters.push(tid);
    lock.contended++;
    return;
  }
  const lock = lockState(s, refs, key, table.lockClass[e.site[i]], cycle);
  if (refs !== undefined && high === KERNEL_HIGH) {
    refs.locks[place] = lock;
    refs.lockWords[place] = low;
  }
  used(s, refs, table, lock, role, e, i);
}

/** lockstat's events. */
function used(
  s: RunState,
  refs: FoldRefs | undefined,
  table: SiteTable,
  lock: LockState,
  role: number,
  e: EventColumns,
  i: number,
): void {
  const cycle = e.cycle[i];
  const tid = e.tid[i];
  switch (role) {
    case ROLE.acquire:
      acquire(s, refs, lock, tid, cycle, argumentNumber(e, i, 1) === READER);
      return;
    case ROLE.release:
      release(s, refs, lock, tid, cycle, argumentNumber(e, i, 1) === READER);
      return;
    case ROLE.upgrade:
      remove(lock.readers, tid);
      lock.owner = tid;
      lock.since = cycle;
      return;
    case ROLE.downgrade:
      held(lock, cycle);
      lock.owner = 0;
      lock.readers.push(tid);
      lock.since = cycle;
      return;
    default: {
      const ns = argumentNumber(e, i, 1);
      lock.waitNs += ns;
      count(lock.waitHistogram, ns);
      if (!table.hasLockWait) lock.contended++;
    }
  }
}

/**
 * Lock hold and wait times from lockstat's events.
 *
 * Held: from an acquire to the same thread's release of the same lock. Waited: what the block and spin probes say, in nanoseconds of
 * the guest. Grouped by class (adaptive, spin, rw, sx, lockmgr), because a lock's address is not the same in two runs.
 */
import { argumentNumber, type EventColumns } from '../columns.ts';
import type { SiteInfo } from '../format.ts';

export interface LockUse {
  acquires: number;
  /** Completed holds, and cycles held in all and at most. */
  holds: number;
  heldCycles: number;
  heldMax: number;
  /** Contended acquisitions and nanoseconds waited. */
  waits: number;
  waitedNs: number;
}

const PROBE = /^(adaptive|spin|thread|rw|sx|lockmgr)-(acquire|release|block|spin)$/;

export interface LockStatistics {
  /** `lock`: a number of the lock's own, small. */
  event(e: EventColumns, i: number, lock: number): void;
  result(): Map<string, LockUse>;
}

export function lockStatistics(sites: SiteInfo[]): LockStatistics {
  const uses = new Map<string, LockUse>();
  const parsed = sites.map((site) => {
    const match = site.provider === 'lockstat' ? PROBE.exec(site.name) : null;
    if (match === null) return undefined;
    let use = uses.get(match[1]);
    if (use === undefined) {
      use = { acquires: 0, holds: 0, heldCycles: 0, heldMax: 0, waits: 0, waitedNs: 0 };
      uses.set(match[1], use);
    }
    return { use, what: match[2] };
  });
  /** Who has a lock, and since when; several readers at once lie in `shared`, by thread and lock. */
  let owner = new Int32Array(1024);
  let since = new Float64Array(1024);
  const shared = new Map<number, number>();
  return {
    event(e, i, lock) {
      const site = parsed[e.site[i]];
      if (site === undefined) return;
      const { use, what } = site;
      const tid = e.tid[i];
      const cycle = e.cycle[i];
      if (what === 'acquire') {
        use.acquires++;
        if (lock >= owner.length) {
          [owner, since] = [larger(owner, lock, Int32Array), larger(since, lock, Float64Array)];
        }
        if (owner[lock] === 0 || owner[lock] === tid) {
          owner[lock] = tid;
          since[lock] = cycle;
        } else shared.set(tid * 2 ** 32 + lock, cycle);
      } else if (what === 'release') {
        let from: number | undefined;
        if (owner[lock] === tid) {
          from = since[lock];
          owner[lock] = 0;
        } else {
          from = shared.get(tid * 2 ** 32 + lock);
          shared.delete(tid * 2 ** 32 + lock);
        }
        if (from === undefined) return;
        use.holds++;
        use.heldCycles += cycle - from;
        use.heldMax = Math.max(use.heldMax, cycle - from);
      } else {
        use.waits++;
        use.waitedNs += argumentNumber(e, i, 1);
      }
    },
    result: () => new Map([...uses].filter(([, use]) => use.acquires > 0 || use.waits > 0)),
  };
}

/** The same, with room for index n. */
function larger<T extends Int32Array | Float64Array>(old: T, n: number, make: new (length: number) => T): T {
  const out = new make(Math.max(old.length * 2, n + 1));
  out.set(old);
  return out;
}

/**
 * Lock hold and wait times from lockstat's events.
 *
 * Held: from an acquire to the same thread's release of the same lock. Waited: what the block and spin probes say, in nanoseconds of
 * the guest. Grouped by class (adaptive, spin, rw, sx, lockmgr), because a lock's address is not the same in two runs.
 */
import { argumentNumber, type EventColumns, MAX_ARGS } from '../columns.ts';
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
  event(e: EventColumns, i: number): void;
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
  /** Cycle of acquisition, by thread and lock. */
  const held = new Map<number, number>();
  return {
    event(e, i) {
      const site = parsed[e.site[i]];
      if (site === undefined) return;
      const { use, what } = site;
      // Kernel addresses differ in their low words alone.
      const key = e.tid[i] * 2 ** 32 + e.argLow[i * MAX_ARGS];
      if (what === 'acquire') {
        use.acquires++;
        held.set(key, e.cycle[i]);
      } else if (what === 'release') {
        const since = held.get(key);
        if (since === undefined) return;
        held.delete(key);
        use.holds++;
        use.heldCycles += e.cycle[i] - since;
        use.heldMax = Math.max(use.heldMax, e.cycle[i] - since);
      } else {
        use.waits++;
        use.waitedNs += argumentNumber(e, i, 1);
      }
    },
    result: () => new Map([...uses].filter(([, use]) => use.acquires > 0 || use.waits > 0)),
  };
}

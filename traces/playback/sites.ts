/**
 * What the sites of a trace mean: the numbers in events as roles that the fold, searches and explanations switch on.
 *
 * A role is found once, from the site's provider and name; sites of older traces that are missing leave their part of the state as it is.
 */
import { globMatch } from '../../engine/dtrace/glob.ts';
import type { SiteInfo } from '../format.ts';

export const ROLE = {
  other: 0,
  switch: 1,
  intrEntry: 2,
  intrExit: 3,
  probeEnter: 4,
  probeExit: 5,
  create: 6,
  name: 7,
  exit: 8,
  load: 9,
  acquire: 10,
  release: 11,
  blocked: 12,
  spun: 13,
  upgrade: 14,
  downgrade: 15,
  lockWait: 16,
  lockInit: 17,
  lockDestroy: 18,
  runqAdd: 19,
  runqRemove: 20,
  wakeup: 21,
  sleep: 22,
  priority: 23,
  syscallEntry: 24,
  syscallReturn: 25,
  fault: 26,
  malloc: 27,
  free: 28,
  reap: 29,
  preempt: 30,
  onCpu: 31,
  offCpu: 32,
  schedSleep: 33,
  schedWakeup: 34,
  enqueue: 35,
  remain: 36,
  surrender: 37,
  lendPriority: 38,
} as const;

const TRACE_ROLES: Record<string, number> = {
  switch: ROLE.switch,
  'intr-entry': ROLE.intrEntry,
  'intr-exit': ROLE.intrExit,
  'dtrace-enter': ROLE.probeEnter,
  'dtrace-exit': ROLE.probeExit,
  'thread-create': ROLE.create,
  'thread-name': ROLE.name,
  'thread-exit': ROLE.exit,
  'page-fault': ROLE.fault,
  'lock-wait': ROLE.lockWait,
  'lock-init': ROLE.lockInit,
  'lock-destroy': ROLE.lockDestroy,
  'runq-add': ROLE.runqAdd,
  'runq-remove': ROLE.runqRemove,
  wakeup: ROLE.wakeup,
  sleep: ROLE.sleep,
  priority: ROLE.priority,
  'proc-reap': ROLE.reap,
};
const SCHED_ROLES: Record<string, number> = {
  'load-change': ROLE.load,
  preempt: ROLE.preempt,
  'on-cpu': ROLE.onCpu,
  'off-cpu': ROLE.offCpu,
  sleep: ROLE.schedSleep,
  wakeup: ROLE.schedWakeup,
  enqueue: ROLE.enqueue,
  'remain-cpu': ROLE.remain,
  surrender: ROLE.surrender,
  'lend-pri': ROLE.lendPriority,
};
const LOCK_ROLES: Record<string, number> = {
  acquire: ROLE.acquire,
  release: ROLE.release,
  block: ROLE.blocked,
  spin: ROLE.spun,
  upgrade: ROLE.upgrade,
  downgrade: ROLE.downgrade,
};

function roleOf(site: SiteInfo): number {
  switch (site.provider) {
    case '_trace':
      return TRACE_ROLES[site.name] ?? ROLE.other;
    case 'sched':
      return SCHED_ROLES[site.name] ?? ROLE.other;
    case 'lockstat':
      return LOCK_ROLES[site.name.slice(site.name.lastIndexOf('-') + 1)] ?? ROLE.other;
    case 'syscall':
      return site.name === 'entry' ? ROLE.syscallEntry : ROLE.syscallReturn;
    case 'dtmalloc':
      return site.name === 'malloc' ? ROLE.malloc : ROLE.free;
    default:
      return ROLE.other;
  }
}

export class SiteTable {
  readonly sites: readonly SiteInfo[];
  /** 'provider:module:function:name' by site. */
  readonly names: string[];
  /** ROLE by site. */
  readonly roles: Uint8Array;
  /** Class of the lock that a lockstat site is about, else ''. */
  readonly lockClass: string[];
  /** Waits for locks are seen when they begin, not only at their end. */
  readonly hasLockWait: boolean;

  constructor(sites: readonly SiteInfo[]) {
    this.sites = sites;
    this.names = sites.map((s) => `${s.provider}:${s.module}:${s.function}:${s.name}`);
    this.roles = Uint8Array.from(sites, roleOf);
    this.lockClass = sites.map((s) => {
      if (s.provider !== 'lockstat') return '';
      const name = s.name.slice(0, s.name.lastIndexOf('-'));
      return name === 'thread' ? 'spin' : name;
    });
    this.hasLockWait = this.roles.includes(ROLE.lockWait);
  }

  /**
   * Which sites a description means: as in D, parts may be left out ('sched:::', 'on-cpu', 'read:entry'), empty parts match all, and
   * wildcards work. Throws RangeError for more than four parts.
   */
  matching(description: string): Uint8Array {
    const parts = description.split(':');
    if (parts.length > 4)
      throw new RangeError(
        `'${description}': a site is provider:module:function:name, parts may be left out`,
      );
    while (parts.length < 4) parts.unshift('');
    return Uint8Array.from(this.sites, (s) =>
      globMatch(parts[0], s.provider) &&
      globMatch(parts[1], s.module) &&
      globMatch(parts[2], s.function) &&
      globMatch(parts[3], s.name)
        ? 1
        : 0,
    );
  }
}

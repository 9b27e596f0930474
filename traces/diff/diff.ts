/**
 * The difference between two runs: what happened in one only, and where the time of what happened in both went.
 *
 * Threads are matched by creation path, deeds aligned within each thread. Times are compared afterwards, so that a run that is merely slower
 * shows no divergence, only dilation. All numbers are cycles unless they say ns; B minus A where they say added.
 */
import type { TraceReader } from '../read.ts';
import { align } from './align.ts';
import type { LockUse } from './locks.ts';
import { type Ledger, type ThreadTimeline, type Timeline, timeline } from './timeline.ts';

export interface Divergence {
  thread: string;
  /** Number of the deed within its thread, on each side. */
  deedA: number;
  deedB: number;
  cycleA: number;
  cycleB: number;
  /** What each side did there that the other did not, or with what it went on. */
  a: string;
  b: string;
  /** The last deed in common. */
  after: string;
}

export interface ThreadDiff {
  identity: string;
  deedsA: number;
  deedsB: number;
  common: number;
  /** First to last common deed, cycles on each side. */
  spanA: number;
  spanB: number;
  ledgerA: Ledger;
  ledgerB: Ledger;
  switchesA: number;
  switchesB: number;
}

export interface TraceDiff {
  identical: boolean;
  clockHz: number;
  eventsA: number;
  eventsB: number;
  endA: number;
  endB: number;
  firstDivergence: Divergence | null;
  /** Deeds that only one side has, by site, most frequent first. */
  inserted: { site: string; count: number }[];
  missing: { site: string; count: number }[];
  threads: ThreadDiff[];
  onlyA: string[];
  onlyB: string[];
  counts: Record<'ticks' | 'interrupts' | 'switches' | 'firings', { a: number; b: number }>;
  locks: { class: string; a: LockUse | null; b: LockUse | null }[];
  /**
   * Where the added cycles of one thread went: of the thread whose time on CPU changed most. Sums over threads would count a wait for it once
   * more for each that waits. newThreads: what threads that only B has ran, whosever time that was.
   */
  added: { thread: string; code: number; probe: number; interrupts: number; off: number; newThreads: number };
}

export function diffTraces(readerA: TraceReader, readerB: TraceReader): TraceDiff {
  const a = timeline(readerA);
  const b = timeline(readerB);
  const siteNumber = commonSites(a, b);
  const byIdentity = new Map(b.threads.map((t) => [t.identity, t]));
  const inserted = new Map<string, number>();
  const missing = new Map<string, number>();
  const threads: ThreadDiff[] = [];
  let first: Divergence | null = null;
  for (const ta of a.threads) {
    const tb = byIdentity.get(ta.identity);
    if (tb === undefined) continue;
    const { diff, divergence } = compareThread(ta, tb, a, b, siteNumber, inserted, missing);
    threads.push(diff);
    if (divergence !== null && (first === null || divergence.cycleA < first.cycleA)) first = divergence;
  }
  const identitiesA = new Set(a.threads.map((t) => t.identity));
  const gained = ({ ledgerA: x, ledgerB: y }: ThreadDiff) =>
    Math.abs(y.code + y.probe + y.interrupts - x.code - x.probe - x.interrupts);
  const main = threads
    .filter((t) => !IDLE.test(t.identity))
    .reduce<ThreadDiff | undefined>(
      (best, t) => (best === undefined || gained(t) > gained(best) ? t : best),
      undefined,
    );
  const more = (part: keyof Ledger) => (main === undefined ? 0 : main.ledgerB[part] - main.ledgerA[part]);
  const onlyB = b.threads.filter((t) => !identitiesA.has(t.identity));
  return {
    identical: a.digest !== '' && a.digest === b.digest,
    clockHz: a.clockHz,
    eventsA: a.events,
    eventsB: b.events,
    endA: a.end,
    endB: b.end,
    firstDivergence: first,
    inserted: ranked(inserted),
    missing: ranked(missing),
    threads,
    onlyA: a.threads.filter((t) => !byIdentity.has(t.identity)).map((t) => t.identity),
    onlyB: onlyB.map((t) => t.identity),
    counts: {
      ticks: { a: a.ticks, b: b.ticks },
      interrupts: { a: a.interrupts, b: b.interrupts },
      switches: { a: a.switches, b: b.switches },
      firings: { a: a.firings, b: b.firings },
    },
    locks: [...new Set([...a.locks.keys(), ...b.locks.keys()])]
      .sort()
      .map((name) => ({ class: name, a: a.locks.get(name) ?? null, b: b.locks.get(name) ?? null })),
    added: {
      thread: main?.identity ?? '',
      code: more('code'),
      probe: more('probe'),
      interrupts: more('interrupts'),
      off: more('off'),
      newThreads: onlyB.reduce((n, t) => n + t.ledger.code + t.ledger.probe, 0),
    },
  };
}

/** A CPU's idle thread: what it gains, others lose. */
const IDLE = /(^|\/)idle/;

/** Number of each of B's sites in A's list (or beyond it, where A has none of that name). */
function commonSites(a: Timeline, b: Timeline): number[] {
  const index = new Map(a.sites.map((name, i) => [name, i]));
  return b.sites.map((name, i) => index.get(name) ?? a.sites.length + i);
}

function compareThread(
  ta: ThreadTimeline,
  tb: ThreadTimeline,
  a: Timeline,
  b: Timeline,
  siteNumber: number[],
  inserted: Map<string, number>,
  missing: Map<string, number>,
): { diff: ThreadDiff; divergence: Divergence | null } {
  const deedsB = tb.deeds.map((site) => siteNumber[site]);
  const matches = align(ta.deeds, deedsB);
  let atA = 0;
  let atB = 0;
  let common = 0;
  let divergence: Divergence | null = null;
  const gap = (toA: number, toB: number) => {
    if (divergence === null && (toA > atA || toB > atB))
      divergence = {
        thread: ta.identity,
        deedA: atA,
        deedB: atB,
        cycleA: ta.cycles[atA] ?? ta.end,
        cycleB: tb.cycles[atB] ?? tb.end,
        a: what(a, ta, atA, toA),
        b: what(b, tb, atB, toB),
        after: atA > 0 ? a.sites[ta.deeds[atA - 1]] : '(start)',
      };
    for (; atA < toA; atA++) count(missing, a.sites[ta.deeds[atA]]);
    for (; atB < toB; atB++) count(inserted, b.sites[tb.deeds[atB]]);
  };
  for (const { fromA, fromB, length } of matches) {
    gap(fromA, fromB);
    common += length;
    atA = fromA + length;
    atB = fromB + length;
  }
  gap(ta.deeds.length, tb.deeds.length);
  const head = matches[0];
  const tail = matches[matches.length - 1];
  const span = (t: ThreadTimeline, from: number, to: number) =>
    head === undefined ? 0 : t.cycles[to] - t.cycles[from];
  return {
    diff: {
      identity: ta.identity,
      deedsA: ta.deeds.length,
      deedsB: tb.deeds.length,
      common,
      spanA: span(ta, head?.fromA, tail?.fromA + tail?.length - 1),
      spanB: span(tb, head?.fromB, tail?.fromB + tail?.length - 1),
      ledgerA: ta.ledger,
      ledgerB: tb.ledger,
      switchesA: ta.switches,
      switchesB: tb.switches,
    },
    divergence,
  };
}

/** What a side did alone from deed `from` to `to`; with what it went on, if nothing. */
function what(t: Timeline, thread: ThreadTimeline, from: number, to: number): string {
  if (from >= thread.deeds.length) return 'nothing more';
  const site = t.sites[thread.deeds[from]];
  return to > from
    ? `${site}${to > from + 1 ? ` and ${to - from - 1} more` : ''}`
    : `nothing here; goes on with ${site}`;
}

const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);

const ranked = (map: Map<string, number>) =>
  [...map]
    .map(([site, n]) => ({ site, count: n }))
    .sort((x, y) => y.count - x.count || (x.site < y.site ? -1 : 1));

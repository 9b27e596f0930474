/**
 * The ledger: where the time went that B has more than A.
 *
 * Each run partitions each thread's life (accounts.ts), so the difference of the partitions sums to the difference of the lives, to the cycle.
 * The total is over the threads in common, idle threads left out: what those gain, others lose. It counts a wait once for each thread that waits.
 */
import { nothingSpent, PARTS, type Spent } from './accounts.ts';
import type { LedgerParts, LedgerRow } from './model.ts';
import type { TrackPair } from './pairing.ts';

const row = (thread: string, added: number, a: Spent, b: Spent): LedgerRow => {
  const parts = Object.fromEntries(PARTS.map((part) => [part, b[part] - a[part]])) as Omit<
    LedgerParts,
    'remainder'
  >;
  const explained = PARTS.reduce((sum, part) => sum + parts[part], 0);
  return { thread, added, ...parts, remainder: added - explained };
};

/** Cycles on a CPU. */
export const onCpu = (s: Spent): number => s.probe + s.trap + s.code + s.interrupts;

/** Rows of the threads in common, the one whose time on a CPU changed most first; 'total' last. */
export function ledger(pairs: TrackPair[]): LedgerRow[] {
  const threads = pairs.filter(({ a }) => a.kind === 'thread' && !a.idle);
  const gained = ({ a, b }: TrackPair) => Math.abs(onCpu(b.spent) - onCpu(a.spent));
  const rows = [...threads]
    .sort((p, q) => gained(q) - gained(p) || (p.a.identity < q.a.identity ? -1 : 1))
    .map(({ a, b }) => row(a.identity, b.end - b.start - (a.end - a.start), a.spent, b.spent));
  const total = row('total', 0, nothingSpent(), nothingSpent());
  for (const r of rows) for (const part of [...PARTS, 'added', 'remainder'] as const) total[part] += r[part];
  return [...rows, total];
}

/**
 * A difference in words: what a person wants to know, in the order they want to know it.
 */
import type { TraceDiff } from './diff.ts';

/** Lines shown of a long list. */
const LIST = 12;

export interface ReportNames {
  a: string;
  b: string;
}

export function diffReport(diff: TraceDiff, names: ReportNames): string {
  const out: string[] = [];
  const us = (cycles: number) => `${((cycles / diff.clockHz) * 1e6).toFixed(1)} us`;
  out.push(`A  ${names.a}: ${diff.eventsA} events, ${us(diff.endA)} simulated`);
  out.push(`B  ${names.b}: ${diff.eventsB} events, ${us(diff.endB)} simulated`, '');
  if (diff.identical) {
    out.push(`identical: ${diff.eventsA} events`);
    return out.join('\n') + '\n';
  }
  out.push(...divergence(diff, us));
  out.push('Events only in B (inserted)', ...list(diff.inserted), '');
  out.push('Events only in A (missing)', ...list(diff.missing), '');
  if (diff.onlyB.length > 0) out.push(`Threads only in B: ${diff.onlyB.join(', ')}`);
  if (diff.onlyA.length > 0) out.push(`Threads only in A: ${diff.onlyA.join(', ')}`);
  if (diff.onlyA.length + diff.onlyB.length > 0) out.push('');
  out.push(...counts(diff), ...locks(diff), ...dilation(diff, us), ...ledger(diff, us));
  return out.join('\n') + '\n';
}

function divergence(diff: TraceDiff, us: (n: number) => string): string[] {
  const d = diff.firstDivergence;
  if (d === null)
    return ['No divergence: the same deeds in the same order in every thread; only times differ.', ''];
  return [
    `First divergence: thread ${d.thread}, after ${d.deedA} deeds in common (last: ${d.after})`,
    `  A at ${us(d.cycleA)}: ${d.a}`,
    `  B at ${us(d.cycleB)}: ${d.b}`,
    '',
  ];
}

function list(rows: { site: string; count: number }[]): string[] {
  if (rows.length === 0) return ['  none'];
  const shown = rows.slice(0, LIST).map(({ site, count }) => `${String(count).padStart(9)}  ${site}`);
  const rest = rows.slice(LIST).reduce((n, row) => n + row.count, 0);
  return rest === 0 ? shown : [...shown, `${String(rest).padStart(9)}  of ${rows.length - LIST} other sites`];
}

const HEAD = (title: string, ...columns: string[]) =>
  title.padEnd(24) + columns.map((c) => c.padStart(14)).join('');

const row = (name: string, ...cells: (number | string)[]) =>
  `  ${name}`.padEnd(24) + cells.map((c) => String(c).padStart(14)).join('');

function counts(diff: TraceDiff): string[] {
  const { ticks, interrupts, switches, firings } = diff.counts;
  const line = (name: string, { a, b }: { a: number; b: number }) => row(name, a, b, signed(b - a));
  return [
    HEAD('Counts', 'A', 'B', 'added'),
    line('timer ticks', ticks),
    line('interrupts', interrupts),
    line('context switches', switches),
    line('DTrace firings', firings),
    '',
  ];
}

function locks(diff: TraceDiff): string[] {
  const mean = (total: number, n: number) => (n === 0 ? '-' : (total / n).toFixed(1));
  const out = [HEAD('Locks', 'A', 'B', 'B / A')];
  for (const { class: name, a, b } of diff.locks) {
    out.push(
      row(`${name} acquires`, a?.acquires ?? 0, b?.acquires ?? 0, ratio(a?.acquires ?? 0, b?.acquires ?? 0)),
    );
    const holdA = (a?.heldCycles ?? 0) / Math.max(1, a?.holds ?? 0);
    const holdB = (b?.heldCycles ?? 0) / Math.max(1, b?.holds ?? 0);
    out.push(row('  mean hold (cycles)', holdA.toFixed(1), holdB.toFixed(1), ratio(holdA, holdB)));
    if ((a?.waits ?? 0) + (b?.waits ?? 0) > 0) {
      out.push(row('  waits', a?.waits ?? 0, b?.waits ?? 0, ratio(a?.waits ?? 0, b?.waits ?? 0)));
      out.push(
        row('  mean wait (ns)', mean(a?.waitedNs ?? 0, a?.waits ?? 0), mean(b?.waitedNs ?? 0, b?.waits ?? 0)),
      );
    }
  }
  return [...out, ''];
}

function dilation(diff: TraceDiff, us: (n: number) => string): string[] {
  const rows = diff.threads
    .filter((t) => t.common > 1 && t.spanB !== t.spanA)
    .sort((x, y) => Math.abs(y.spanB - y.spanA) - Math.abs(x.spanB - x.spanA))
    .slice(0, LIST);
  if (rows.length === 0) return [];
  return [
    HEAD('Time along threads', 'A', 'B', 'B / A', 'in common'),
    ...rows.map((t) => row(t.identity, us(t.spanA), us(t.spanB), ratio(t.spanA, t.spanB), t.common)),
    '',
  ];
}

function ledger(diff: TraceDiff, us: (n: number) => string): string[] {
  const { added } = diff;
  const line = (name: string, cycles: number) => row(name, us(cycles));
  return [
    `Where the added time of ${added.thread} went`,
    line('probe code', added.probe),
    line('own code: traps, caches', added.code),
    line('interrupts served', added.interrupts),
    line('waiting, off CPU', added.off),
    line('ran in new threads', added.newThreads),
  ];
}

const signed = (n: number) => (n > 0 ? `+${n}` : String(n));
const ratio = (a: number, b: number) => (a === 0 ? '-' : (b / a).toFixed(2));

/**
 * A difference in words: what a person wants to know, in the order they want to know it.
 */
import { PARTS } from './accounts.ts';
import type { Tested } from './conditions.ts';
import type { Decision } from './decide.ts';
import type { MeasuredLedger } from './measured.ts';
import type { DiffModel, DivergenceView, LedgerRow } from './model.ts';
import { shortThread, time } from './words.ts';

/** Lines shown of a long list. */
const LIST = 12;

export function diffReport(diff: DiffModel): string {
  const out: string[] = [];
  const us = (cycles: number) => `${((cycles / diff.clockHz) * 1e6).toFixed(1)} us`;
  out.push(`A  ${diff.titleA}: ${diff.eventsA} events, ${us(diff.endA)} simulated`);
  out.push(`B  ${diff.titleB}: ${diff.eventsB} events, ${us(diff.endB)} simulated`, '');
  if (diff.identical) {
    out.push(`identical: ${diff.eventsA} events`);
    return out.join('\n') + '\n';
  }
  out.push(...first(diff.first, us), ...classes(diff));
  out.push('Events only in B (inserted)', ...list(diff.inserted), '');
  out.push('Events only in A (missing)', ...list(diff.missing), '');
  if (diff.onlyB.length > 0) out.push(`Threads only in B: ${diff.onlyB.join(', ')}`);
  if (diff.onlyA.length > 0) out.push(`Threads only in A: ${diff.onlyA.join(', ')}`);
  if (diff.onlyA.length + diff.onlyB.length > 0) out.push('');
  out.push(
    ...greatest(diff),
    ...counts(diff),
    ...locks(diff),
    ...dilation(diff, us),
    ...ledgerTable(diff.ledger, us),
  );
  return out.join('\n') + '\n';
}

/** The first divergence alone. */
export const firstReport = (d: DivergenceView | null, clockHz: number): string =>
  first(d, (cycles) => `${((cycles / clockHz) * 1e6).toFixed(1)} us`)
    .join('\n')
    .trimEnd() + '\n';

function first(d: DivergenceView | null, us: (n: number) => string): string[] {
  if (d === null)
    return ['No divergence: the same deeds in the same order in every thread; only times differ.', ''];
  const at = (seq: number, cycle: number) => `${us(cycle)}${seq < 0 ? '' : `, event ${seq}`}`;
  return [
    `First divergence: thread ${d.thread}`,
    `  A at ${at(d.seqA, d.cycleA)}; B at ${at(d.seqB, d.cycleB)}`,
    `  ${d.sentence}`,
    '',
  ];
}

function classes({ classes: c }: DiffModel): string[] {
  return [
    'Deeds',
    `  in both: ${c.same} same, ${c.moved} moved, ${c.longer} longer, ${c.reordered} reordered`,
    `  in one: ${c.onlyA} only in A, ${c.onlyB} only in B`,
    '',
  ];
}

function list(rows: { deed: string; count: number }[]): string[] {
  if (rows.length === 0) return ['  none'];
  const shown = rows.slice(0, LIST).map(({ deed, count }) => `${String(count).padStart(9)}  ${deed}`);
  const rest = rows.slice(LIST).reduce((n, row) => n + row.count, 0);
  return rest === 0 ? shown : [...shown, `${String(rest).padStart(9)}  of ${rows.length - LIST} other sites`];
}

/** The divergences that changed most, with the events to look at. */
function greatest(diff: DiffModel): string[] {
  if (diff.divergences.length === 0) return [];
  const where = (d: DivergenceView) =>
    `${d.seqA < 0 ? '-' : `A#${d.seqA}`} ${d.seqB < 0 ? '-' : `B#${d.seqB}`}`.padEnd(20);
  return [
    `Greatest of ${diff.divergenceCount} divergences`,
    ...diff.divergences
      .slice(0, LIST)
      .map(
        (d) =>
          `  ${time(d.effect, diff.clockHz, true).padStart(10)}  ${d.kind.padEnd(9)}  ${where(d)}  ${d.sentence}`,
      ),
    '',
  ];
}

const HEAD = (title: string, ...columns: string[]) =>
  title.padEnd(24) + columns.map((c) => c.padStart(14)).join('');

const row = (name: string, ...cells: (number | string)[]) =>
  `  ${name}`.padEnd(24) + cells.map((c) => String(c).padStart(14)).join('');

function counts({ counts: { a, b } }: DiffModel): string[] {
  const line = (name: string, what: 'ticks' | 'interrupts' | 'switches' | 'firings') =>
    row(name, a[what], b[what], signed(b[what] - a[what]));
  return [
    HEAD('Counts', 'A', 'B', 'added'),
    line('timer ticks', 'ticks'),
    line('interrupts', 'interrupts'),
    line('context switches', 'switches'),
    line('DTrace firings', 'firings'),
    '',
  ];
}

function locks(diff: DiffModel): string[] {
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

function dilation(diff: DiffModel, us: (n: number) => string): string[] {
  const rows = diff.pairs
    .filter(
      (t) =>
        t.deedsA + t.deedsB > 0 &&
        t.spanB !== t.spanA &&
        t.tidA !== 0 &&
        !/(^|\/)idle\b[^/]*$/.test(t.identity),
    )
    .map((t) => ({ t, a: t.metricsA.wall - t.metricsA.sleep, b: t.metricsB.wall - t.metricsB.sleep }))
    .sort((x, y) => Math.abs(y.b - y.a) - Math.abs(x.b - x.a))
    .slice(0, LIST);
  if (rows.length === 0) return [];
  const shared = (t: DiffModel['pairs'][number]) => t.deedsA - t.classes.onlyA;
  return [
    HEAD('Time along threads', 'A', 'B', 'B / A', 'in common'),
    '  (not asleep)',
    ...rows.map(({ t, a, b }) => row(shortThread(t.identity), us(a), us(b), ratio(a, b), shared(t))),
    '',
  ];
}

const MEANING: Record<(typeof PARTS)[number] | 'remainder', string> = {
  probe: 'probe code',
  trap: 'traps into probes',
  code: 'own code, slower or more',
  interrupts: 'interrupts served',
  locks: 'waiting for locks',
  runq: 'waiting for a CPU',
  consumer: 'consumer ran instead',
  sleep: 'asleep',
  remainder: 'not explained',
};

/** The first row at length, the others side by side. */
function ledgerTable(ledger: LedgerRow[], us: (n: number) => string): string[] {
  const [main, ...rest] = ledger;
  if (main === undefined || main.thread === 'total') return [];
  const out = [
    `Where the added time of ${main.thread} went`,
    ...[...PARTS, 'remainder' as const].map((part) => row(MEANING[part], us(main[part]))),
    row('in all', us(main.added)),
    '',
    'The ledger, us'.padEnd(26) + [...PARTS, 'added'].map((part) => part.padStart(11)).join(''),
  ];
  const cell = (cycles: number) => us(cycles).replace(' us', '').padStart(11);
  const others = rest.filter((r) => r.thread !== 'total').slice(0, LIST);
  for (const r of [main, ...others, ...rest.slice(-1)])
    out.push(
      `  ${shortThread(r.thread)}`.padEnd(26) + [...PARTS, 'added' as const].map((p) => cell(r[p])).join(''),
    );
  return out;
}

const signed = (n: number) => (n > 0 ? `+${n}` : String(n));
const ratio = (a: number, b: number) => (a === 0 ? '-' : (b / a).toFixed(2));

/** What each charge costs each thread, in us. */
export function measuredReport({ charges, needed, rows }: MeasuredLedger, clockHz: number): string {
  const columns = [
    'probe',
    'trap',
    'cache',
    'consumer',
    'remainder',
    'added',
    'codeCaches',
    'codeWork',
  ] as const;
  const heads = ['probe', 'trap', 'cache', 'consumer', 'remainder', 'added', 'code:cache', 'code:work'];
  const out = [
    `Measured: executed again without ${charges.join(', without ')}; what each costs, consequences included, us`,
    ...needed.map(
      (charge) => `(not without ${charge}, which the program needs: its cost is in the remainder)`,
    ),
    ''.padEnd(26) + heads.map((head) => head.padStart(12)).join(''),
  ];
  const shown = [...rows.slice(0, -1).slice(0, LIST), ...rows.slice(-1)];
  for (const r of shown)
    out.push(
      `  ${shortThread(r.thread)}`.padEnd(26) +
        columns.map((c) => ((r[c] / clockHz) * 1e6).toFixed(1).padStart(12)).join(''),
    );
  return out.join('\n') + '\n';
}

/** The firing that decided, and what followed from it. */
export function decisionReport(d: Decision, clockHz: number): string {
  if (d.difference === undefined)
    return 'Deciding firing: none. The run ends as one that is charged for no firing does.\n';
  if (d.firing === undefined)
    return `Deciding firing: there was no firing, yet ${d.difference.text}: the consumer process decided.\n`;
  const { firing: f } = d;
  const at = (cycle: number) => `${((cycle / clockHz) * 1e6).toFixed(1)} us`.padStart(14);
  return (
    [
      `Deciding firing: ${f.number} of ${d.firings} (event ${f.seq}, thread ${f.thread}); ${d.runs} executions`,
      `  Charged for ${f.number - 1} firings the run ends as without; for ${f.number}, ${d.difference.text.replace(/\.$/, '')}.`,
      ...triedWords(d, '--smallest').map((words) => `  ${words}`),
      ...d.chain.map((link) => `${at(link.cycle)}  ${link.text}`),
    ].join('\n') + '\n'
  );
}

/** Whether smaller counts may decide as well; nothing for the first firing. `all`: what has every one executed. */
export function triedWords({ firing, tried }: Decision, all: string): string[] {
  const smaller = (firing?.number ?? 1) - 1;
  if (smaller === 0) return [];
  return [
    tried === smaller
      ? 'No smaller count decides: each was executed.'
      : `Of ${smaller} smaller counts ${tried} were executed, and do not decide; others may (${all} executes every one).`,
  ];
}

/** One line a condition and thread. */
export function conditionsReport(tested: Tested[]): string {
  return tested
    .map(
      (t) =>
        `${t.failed ? 'FAIL' : 'ok  '}  ${t.condition}  ${shortThread(t.thread)}: ${t.a} -> ${t.b} (${Number.isFinite(t.change) ? Number(t.change.toFixed(3)) : t.change})\n`,
    )
    .join('');
}

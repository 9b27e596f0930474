/** `probelab stats FILE`: a whole run in sums: events, CPUs, threads, locks, system calls, interrupts, firings. */
import type { Command } from 'commander';
import { Playback } from '../../traces/playback/playback.ts';
import { ACTIVITIES } from '../../traces/playback/state.ts';
import { type Durations, type Statistics, statistics } from '../../traces/playback/statistics.ts';
import { nanoseconds, span } from '../../traces/playback/words.ts';
import { table } from '../table.ts';
import { openTrace } from '../traces.ts';

interface Options {
  json?: boolean;
  all?: boolean;
}

/** Rows of a list without --all. */
const TOP = 15;

export function define(command: Command): void {
  command
    .argument('<file>', 'a recorded trace')
    .option('--all', 'every site, lock and call, with histograms of locks and latencies')
    .option('--json', 'as JSON; times in cycles, lock waits in ns')
    .addHelpText(
      'after',
      `
Examples:
  probelab stats dd.trace
  probelab stats dd.trace --json | jq '.threads[] | select(.lock > 0)'
`,
    )
    .action((file: string, options: Options) => {
      const view = new Playback(openTrace(file));
      const stats = statistics(view);
      view.close();
      process.stdout.write(
        options.json ? JSON.stringify(stats, null, 2) + '\n' : words(stats, options.all === true),
      );
    });
}

function words(s: Statistics, all: boolean): string {
  const { clockHz } = s;
  const t = (cycles: number) => span(cycles, clockHz);
  const some = <T>(list: T[]) => (all ? list : list.slice(0, TOP));
  const out = [`${s.events} events in ${t(s.cycles)} (${s.cycles} cycles)\n`];
  const part = (name: string, list: unknown[], text: string) => {
    if (list.length === 0) return;
    const more = all || list.length <= TOP ? '' : ` (the first ${TOP} of ${list.length}; --all)`;
    out.push(`\n${name}${more}\n${text}`);
  };
  part(
    'Events by provider',
    s.providers,
    table(
      ['PROVIDER', 'EVENTS'],
      s.providers.map((p) => [p.name, p.events]),
    ),
  );
  part(
    'Events by site',
    s.sites,
    table(
      ['SITE', 'EVENTS'],
      some(s.sites).map((p) => [p.name, p.events]),
    ),
  );
  part(
    'CPUs',
    s.cpus,
    table(
      [
        'CPU',
        'SWITCHES',
        'TICKS',
        'INTERRUPTS',
        'FIRINGS',
        ...ACTIVITIES.slice(1).map((a) => a.toUpperCase()),
      ],
      s.cpus.map((c) => [c.cpu, c.switches, c.ticks, c.interrupts, c.firings, ...c.spent.slice(1).map(t)]),
    ),
  );
  part(
    'Threads',
    s.threads,
    table(
      ['TID', 'THREAD', 'SWITCHES', 'ON CPU', 'RUNQ', 'SLEEP', 'LOCK', 'INTERRUPTS', 'PROBES'],
      some([...s.threads].sort((a, b) => b.ran - a.ran || a.tid - b.tid)).map((x) => [
        x.tid,
        x.identity,
        x.switches,
        ...[x.ran, x.runq, x.sleep, x.lock, x.interrupts, x.probes].map(t),
      ]),
    ),
  );
  part(
    'Locks',
    s.locks,
    table(
      ['LOCK', 'CLASS', 'NAME', 'ACQUIRED', 'CONTENDED', 'HELD', 'LONGEST', 'WAITED'],
      some(s.locks).map((l) => [
        l.address,
        l.class,
        l.name,
        l.acquires,
        l.contended,
        t(l.holdCycles),
        t(l.holdMax),
        nanoseconds(l.waitNs),
      ]),
    ) +
      (all
        ? s.locks
            .filter((l) => l.waitNs > 0)
            .map((l) => `\n${l.name || l.address}: waits in ns\n${histogram(l.waitHistogram)}`)
            .join('')
        : ''),
  );
  for (const [name, list] of [
    ['System calls', s.syscalls],
    ['Interrupts', s.interrupts],
    ['DTrace firings by probe', s.probes],
  ] as const)
    part(name, list, durations(some([...list]), t, all));
  return out.join('');
}

function durations(list: Durations[], t: (cycles: number) => string, all: boolean): string {
  return (
    table(
      ['NAME', 'COUNT', 'TOTAL', 'MEAN', 'LONGEST'],
      list.map((d) => [d.name, d.count, t(d.cycles), t(d.cycles / d.count), t(d.most)]),
    ) + (all ? list.map((d) => `\n${d.name}: cycles\n${histogram(d.histogram)}`).join('') : '')
  );
}

/** A bar for each power of two from the first to the last that counts. */
function histogram(counts: number[]): string {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const first = Math.max(
    0,
    counts.findIndex((n) => n > 0),
  );
  return counts
    .slice(first)
    .map(
      (n, k) =>
        `${String(2 ** (first + k)).padStart(16)} |${'@'.repeat(Math.round((n / total) * 40)).padEnd(40)} ${n}\n`,
    )
    .join('');
}

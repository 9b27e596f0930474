/** `probelab show FILE [VIEW]`: what a run looked at one moment, as text or JSON. */
import type { Command } from 'commander';
import { KVBASE } from '../../engine/image/abi.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { argumentType } from '../../traces/export/values.ts';
import { parseMoment } from '../../traces/playback/moment.ts';
import { Playback } from '../../traces/playback/playback.ts';
import type { EventFilter, EventView } from '../../traces/playback/run-view.ts';
import type { RunState } from '../../traces/playback/state.ts';
import { nanoseconds, span, vectorWords } from '../../traces/playback/words.ts';
import { wholeNumber } from '../run-inputs.ts';
import { table } from '../table.ts';
import { openTrace } from '../traces.ts';

interface Options {
  at?: string;
  from?: string;
  to?: string;
  site?: string;
  cpu?: string;
  thread?: string;
  lock?: string;
  filter?: string;
  count: string;
  columns: string;
  why?: boolean;
  json?: boolean;
}

const VIEWS: Record<string, (view: Playback, options: Options) => unknown> = {
  cpus: showCpus,
  threads: showThreads,
  locks: showLocks,
  events: showEvents,
  lanes: showLanes,
  dtrace: showDtrace,
  console: showConsole,
};

export function define(command: Command): void {
  command
    .argument('<file>', 'a recorded trace')
    .argument('[view]', `what to show: ${Object.keys(VIEWS).join(', ')}`, 'threads')
    .option('--at <moment>', 'a cycle (12000000), a time (5ms) or an event (#1234); default: the end')
    .option('--from <moment>', 'lanes: where the picture begins (default: the beginning)')
    .option('--to <moment>', 'lanes: where it ends (default: the end)')
    .option('--columns <n>', 'lanes: width of the picture', '72')
    .option('--count <n>', 'events: how many', '20')
    .option('--site <glob>', "events of these sites: 'sched:::', 'on-cpu', 'syscall::w*:entry'")
    .option('--cpu <n>', 'events of this CPU')
    .option('--thread <name>', 'events, threads: a tid, or part of a name or creation path')
    .option('--lock <address>', 'events, locks: this lock')
    .option('--filter <condition>', "events: 'arg1 > 100 && cpu == 2'")
    .option('--why', 'events: say of each why it happened')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Events are shown from --at on (default: the last ones). A lane's letters: . idle, u user, k kernel, i interrupt, s spins for a lock, P DTrace.

Examples:
  probelab show dd.trace --at 5ms
  probelab show dd.trace lanes --from 8ms --to 9ms
  probelab show dd.trace events --at '#5000' --site 'sched:::' --why
  probelab show dd.trace locks --json
`,
    )
    .action((file: string, name: string, options: Options) => {
      const show = Object.hasOwn(VIEWS, name) ? VIEWS[name] : undefined;
      if (show === undefined) throw new UserError(`show ${name}: there are ${Object.keys(VIEWS).join(', ')}`);
      const view = new Playback(openTrace(file));
      try {
        if (options.at === undefined) view.goto(view.events);
        else move(view, options.at);
        const result = show(view, options);
        process.stdout.write(options.json ? JSON.stringify(result, bigints, 2) + '\n' : String(result));
      } catch (error) {
        if (error instanceof RangeError) throw new UserError(error.message);
        throw error;
      } finally {
        view.close();
      }
    });
}

const bigints = (_key: string, value: unknown) =>
  typeof value === 'bigint' ? `0x${value.toString(16)}` : value;

function move(view: Playback, at: string): void {
  const moment = parseMoment(at, view.clockHz, '--at');
  if ('seq' in moment) view.goto(moment.seq);
  else view.gotoCycle(moment.cycle);
}

const cycleOf = (view: Playback, text: string | undefined, otherwise: number, what: string): number => {
  if (text === undefined) return otherwise;
  const moment = parseMoment(text, view.clockHz, what);
  return 'cycle' in moment ? moment.cycle : view.event(moment.seq).cycle;
};

function title(view: Playback): string {
  const { seq, cycle } = view.state;
  return `${view.title}: event ${seq} of ${view.events}, cycle ${cycle}, ${span(cycle, view.clockHz)}\n\n`;
}

function overWords(state: RunState, cpu: number, view: Playback): string {
  return state.cpus[cpu].over
    .map(({ kind, number }) => (kind === 'probe' ? view.probe(number) : vectorWords(number)))
    .join(' > ');
}

function showCpus(view: Playback, options: Options): unknown {
  const { state } = view;
  if (options.json) return { seq: state.seq, cycle: state.cycle, cpus: state.cpus };
  return (
    title(view) +
    table(
      ['CPU', 'TID', 'THREAD', 'SINCE', 'LOAD', 'TICKS', 'INTERRUPTS', 'SWITCHES', 'FIRINGS', 'OVER IT'],
      state.cpus.map((cpu, n) => [
        n,
        cpu.tid,
        state.threads[cpu.tid]?.name ?? '',
        span(state.cycle - cpu.since, view.clockHz),
        cpu.load < 0 ? '-' : cpu.load,
        cpu.ticks,
        cpu.interrupts,
        cpu.switches,
        cpu.firings,
        overWords(state, n, view),
      ]),
    )
  );
}

function showThreads(view: Playback, options: Options): unknown {
  const { state, clockHz } = view;
  const wanted = options.thread;
  const threads = Object.values(state.threads).filter(
    (t) =>
      wanted === undefined ||
      String(t.tid) === wanted ||
      t.name.includes(wanted) ||
      view.identity(t.tid).includes(wanted),
  );
  if (options.json)
    return {
      seq: state.seq,
      cycle: state.cycle,
      threads: threads.map((t) => ({ ...t, identity: view.identity(t.tid) })),
    };
  return (
    title(view) +
    table(
      ['PID', 'TID', 'NAME', 'CPU', 'PRI', 'STATE', 'FOR', 'ON CPU', 'RUNQ', 'SLEEP', 'LOCK', 'WAITS FOR'],
      threads.map((t) => [
        t.pid,
        t.tid,
        t.name,
        t.cpu < 0 ? '-' : t.cpu,
        t.priority < 0 ? '-' : t.priority,
        t.condition,
        span(state.cycle - t.since, clockHz),
        span(t.ranCycles, clockHz),
        span(t.runqCycles, clockHz),
        span(t.sleepCycles, clockHz),
        span(t.lockCycles, clockHz),
        t.wants !== '' ? lockName(state, t.wants) : t.condition === 'sleep' ? t.wmesg : '',
      ]),
    )
  );
}

const lockName = (state: RunState, key: string): string => state.locks[key]?.name || key;

function showLocks(view: Playback, options: Options): unknown {
  const { state, clockHz } = view;
  const key = options.lock?.replace(/^0x/i, '').toLowerCase();
  const locks = Object.values(state.locks)
    .filter((lock) => key === undefined || lock.address === key || lock.name === options.lock)
    .sort((a, b) => b.waitNs - a.waitNs || b.acquires - a.acquires || (a.address < b.address ? -1 : 1));
  if (options.json) return { seq: state.seq, cycle: state.cycle, locks };
  const who = (tid: number) => state.threads[tid]?.name || String(tid);
  return (
    title(view) +
    table(
      ['LOCK', 'CLASS', 'NAME', 'ACQUIRED', 'CONTENDED', 'HELD', 'LONGEST', 'WAITED', 'OWNER', 'WAITERS'],
      locks.map((lock) => [
        lock.address,
        lock.class,
        lock.name,
        lock.acquires,
        lock.contended,
        span(lock.holdCycles, clockHz),
        span(lock.holdMax, clockHz),
        nanoseconds(lock.waitNs),
        lock.owner === 0
          ? lock.readers.length === 0
            ? ''
            : `${lock.readers.length} readers`
          : who(lock.owner),
        lock.waiters.map(who).join(', '),
      ]),
    )
  );
}

function filterOf(options: Options): EventFilter {
  return {
    ...(options.site === undefined ? {} : { site: options.site }),
    ...(options.cpu === undefined ? {} : { cpu: wholeNumber(options.cpu, '--cpu', 0, 63) }),
    ...(options.thread === undefined ? {} : { thread: options.thread }),
    ...(options.lock === undefined ? {} : { lock: options.lock }),
    ...(options.filter === undefined ? {} : { where: options.filter }),
  };
}

function showEvents(view: Playback, options: Options): unknown {
  const count = wholeNumber(options.count, '--count', 1, 1e6);
  const filter = filterOf(options);
  const events =
    options.at === undefined
      ? view.window(view.events - 1, -count, filter)
      : view.window(view.state.seq, count, filter);
  if (options.json)
    return events.map((e) => ({
      ...e,
      site: view.table.names[e.site],
      thread: view.identity(e.tid),
      ...namesOf(view, e),
      ...(options.why ? { why: view.why(e.seq) } : {}),
    }));
  const rows = events.map((e) => [
    e.seq,
    e.cycle,
    e.cpu,
    e.tid,
    view.table.names[e.site],
    options.why
      ? view.why(e.seq)
      : e.args
          .map((arg, k) => {
            const name = nameOf(view, e, k);
            return `0x${arg.toString(16)}${name === undefined ? '' : ` (${name})`}`;
          })
          .join(' '),
  ]);
  return table(
    ['EVENT', 'CYCLE', 'CPU', 'TID', 'SITE', options.why ? 'WHY' : 'ARGUMENTS'],
    rows as EventRow[],
  );
}
/** What an argument that is an address is called. */
const nameOf = (view: Playback, e: EventView, k: number): string | undefined =>
  argumentType(view.sites[e.site].args[k] ?? '').address && e.args[k] >= KVBASE
    ? view.symbol(e.args[k])
    : undefined;

function namesOf(view: Playback, e: EventView): { names?: (string | null)[] } {
  const names = e.args.map((_, k) => nameOf(view, e, k) ?? null);
  return names.some((name) => name !== null) ? { names } : {};
}
type EventRow = [EventView['seq'], number, number, number, string, string];

const LETTERS = {
  none: ' ',
  idle: '.',
  user: 'u',
  kernel: 'k',
  interrupt: 'i',
  spin: 's',
  probe: 'P',
} as const;

function showLanes(view: Playback, options: Options): unknown {
  const columns = wholeNumber(options.columns, '--columns', 1, 10_000);
  const from = cycleOf(view, options.from, 0, '--from');
  const to = cycleOf(view, options.to, view.endCycle, '--to');
  if (to <= from) throw new UserError('--to: the picture would end before it begins (--from)');
  const lanes = view.lanes(from, to, columns);
  if (options.json) return { from, to, lanes };
  const width = String(view.cpus - 1).length;
  return (
    `cycles ${from} to ${to}, ${span((to - from) / columns, view.clockHz)} a column\n` +
    lanes
      .map(
        ({ cpu, cells }) => `${String(cpu).padStart(width)} ${cells.map((c) => LETTERS[c.what]).join('')}\n`,
      )
      .join('')
  );
}

function showDtrace(view: Playback, options: Options): unknown {
  const output = view
    .texts('dtrace')
    .map(({ text }) => text)
    .join('');
  const aggregations = view.texts('aggregation').at(-1);
  if (options.json)
    return { output, aggregations: aggregations?.text ?? '', at: aggregations?.cycle ?? null };
  return (
    output +
    (aggregations === undefined ? '' : `\naggregations at cycle ${aggregations.cycle}:\n${aggregations.text}`)
  );
}

function showConsole(view: Playback, options: Options): unknown {
  const texts = view.texts('console');
  return options.json
    ? texts
    : texts
        .map(({ text }) => text)
        .join('')
        .replaceAll('\r\n', '\n');
}

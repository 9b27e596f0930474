// What a recording keeps, and what show and stats say of it from the command line.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Playback } from '../../traces/playback/playback.ts';
import { TraceReader } from '../../traces/read.ts';
import { lab, scratch } from './lab.ts';

const folder = scratch();
const RUN = ['run', '--exec', 'forkbench -n 3', '--cpus', '2'];
const PROGRAM = [
  '-n',
  'proc:::exec-success { @[execname] = count(); printf("%s\\n", execname); }',
  '-x',
  'aggrate=1ms',
];
const all = join(folder, 'all.trace');
const traced = join(folder, 'traced.trace');

beforeAll(async () => {
  expect((await lab(...RUN, '--record', all)).code).toBe(0);
  expect((await lab(...RUN, '--record', traced, ...PROGRAM)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const eventsOf = (path: string, from = 0, to = Number.POSITIVE_INFINITY) => {
  const view = Playback.open(path);
  const events = view
    .window(0, view.events)
    .filter((e) => e.cycle >= from && e.cycle < to)
    .map(({ seq: _, ...event }) => event);
  view.close();
  return events;
};

describe('limits', () => {
  test('--record-from and --record-to: that part of the same run, with the state as it was there', async () => {
    const path = join(folder, 'part.trace');
    // A time and a cycle; amd64 has two cycles a nanosecond.
    const whole = eventsOf(all);
    const us = Math.ceil(whole[Math.floor(whole.length * 0.4)].cycle / 2000);
    const to = whole[Math.floor(whole.length * 0.8)].cycle;
    const from = us * 2000;
    expect(
      (await lab(...RUN, '--record', path, '--record-from', `${us}us`, '--record-to', String(to))).code,
    ).toBe(0);
    const part = eventsOf(path);
    expect(part.length).toBeGreaterThan(500);
    expect(part).toEqual(eventsOf(all, from, to));
    const [a, b] = [Playback.open(path), Playback.open(all)];
    for (const cycle of [from + 100, Math.floor((from + to) / 2), to]) {
      a.gotoCycle(cycle);
      b.gotoCycle(Math.min(cycle, part.at(-1)?.cycle ?? 0));
      expect({ ...a.state, seq: 0 }).toEqual({ ...b.state, seq: 0 });
    }
    a.close();
    b.close();
    expect((await lab('replay', path, '--verify')).out).toContain(`identical: ${part.length} events`);
  });

  test('--record-ring with --record-until: the last events up to the trigger', async () => {
    const path = join(folder, 'ring.trace');
    expect(
      (await lab(...RUN, '--record', path, '--record-ring', '2k', '--record-until', 'proc:::exit')).code,
    ).toBe(0);
    const ring = eventsOf(path);
    const whole = eventsOf(all);
    const reader = new TraceReader(path);
    const last = whole.findIndex((e) => reader.header.sites[e.site].name === 'exit');
    expect(ring).toEqual(whole.slice(last - 1999, last + 1));
    expect(reader.end).toMatchObject({ reason: 'trigger', message: 'proc:::exit', skipped: last - 1999 });
    reader.close();
    const [a, b] = [Playback.open(path), Playback.open(all)];
    for (const seq of [0, 1000, 2000]) {
      a.goto(seq);
      b.goto(last - 1999 + seq);
      expect({ ...a.state, seq: 0 }).toEqual({ ...b.state, seq: 0 });
    }
    a.close();
    b.close();
    expect((await lab('replay', path, '--verify')).out).toContain(
      'identical: 2000 events (the recording ends there)',
    );
  });

  test('a trigger with a condition: the first event for which it holds is the last', async () => {
    const path = join(folder, 'condition.trace');
    const whole = eventsOf(all);
    const { sites } = new TraceReader(all).header;
    const calls = whole.filter((e) => sites[e.site].provider === 'syscall' && sites[e.site].name === 'entry');
    const [value] = calls[calls.length >> 1].args;
    const until = `syscall:::entry /arg0 == ${value} && cycle > 0/`;
    expect((await lab(...RUN, '--record', path, '--record-until', until)).code).toBe(0);
    const last = whole.indexOf(calls.find((e) => e.args[0] === value) ?? whole[0]);
    expect(last).toBeGreaterThan(whole.indexOf(calls[0]));
    expect(eventsOf(path)).toEqual(whole.slice(0, last + 1));
    const reader = new TraceReader(path);
    expect(reader.end).toMatchObject({ reason: 'trigger', message: until, cycles: whole[last].cycle });
    reader.close();
  });

  test.each([
    [
      ['--record-from', 'soon'],
      /--record-from soon: expected a cycle such as 12000000, or a time such as 5ms/,
    ],
    [['--record-ring', '0'], /--record-ring 0: expected a number of events/],
    [['--record-from', '5ms', '--record-to', '4ms'], /--record-to: the recording would end before it begins/],
    [['--record-until', 'proc:::exit /arg0 >/'], /recording until proc:::exit \/arg0 >\/: .* ends too early/],
    [['--record-until', 'nothing:::'], /recording until nothing:::: no recorded site is called so/],
  ])('%j: refused in words', async (options, message) => {
    const outcome = await lab(...RUN, '--record', join(folder, 'none.trace'), ...options);
    expect(outcome.code).toBe(2);
    expect(outcome.err).toMatch(message);
  });
});

describe('show and stats', () => {
  test("D's output and aggregations are in the trace, as they stood", async () => {
    const end = JSON.parse((await lab('show', traced, 'dtrace', '--json')).out) as Record<string, string>;
    expect(end['output']).toMatch(/exec-success forkbench$/m);
    expect(end['aggregations']).toMatch(/forkbench +\d+/);
    const early = JSON.parse((await lab('show', traced, 'dtrace', '--json', '--at', '#100')).out) as Record<
      string,
      string
    >;
    expect(early).toMatchObject({ output: '', aggregations: '', at: null });
  });

  test('threads, locks, cpus, events, lanes: at a moment, in words and as JSON', async () => {
    for (const view of ['threads', 'locks', 'cpus', 'events', 'lanes', 'console', 'dtrace']) {
      const words = await lab('show', traced, view, '--at', '7ms');
      expect([view, words.code, words.err]).toEqual([view, 0, '']);
      if (view !== 'dtrace') expect(words.out).not.toBe(''); // nothing printed yet
      const json = await lab('show', traced, view, '--at', '7ms', '--json');
      expect(typeof JSON.parse(json.out)).toBe('object');
    }
    const { threads } = JSON.parse((await lab('show', traced, 'threads', '--json')).out) as {
      threads: { name: string; identity: string }[];
    };
    expect(threads.find((t) => t.name === 'init')?.identity).toBe('swapper/init');
    const lanes = await lab('show', traced, 'lanes', '--columns', '40');
    expect(
      lanes.out
        .split('\n')
        .slice(1, 3)
        .map((line) => line.length),
    ).toEqual([42, 42]);
  });

  test('events: filters and reasons', async () => {
    const events = await lab(
      'show',
      traced,
      'events',
      '--site',
      '_trace:::switch',
      '--cpu',
      '1',
      '--count',
      '5',
      '--why',
    );
    expect(events.out.split('\n').length).toBe(7);
    expect(events.out).toMatch(/^ *\d+ +\d+ +1 +\d+ {2}_trace:kernel:none:switch {2}\S+/m);
    const bad = await lab('show', traced, 'events', '--filter', 'arg1 >');
    expect([bad.code, bad.out]).toEqual([2, '']);
    expect(bad.err).toContain("write comparisons like 'arg1 > 100 && cpu == 2'");
    expect((await lab('show', traced, 'elsewhere')).err).toContain('there are cpus, threads, locks');
    expect((await lab('show', traced, '--at', 'noon')).err).toContain('expected a cycle');
  });

  test('stats: sums that hang together', async () => {
    expect((await lab('stats', traced)).out).toMatch(/^Threads/m);
    const stats = JSON.parse((await lab('stats', traced, '--json')).out) as {
      events: number;
      cycles: number;
      providers: { events: number }[];
      sites: { name: string; events: number }[];
      cpus: { spent: number[]; firings: number }[];
      probes: { name: string; count: number; cycles: number; histogram: number[] }[];
      syscalls: { name: string; count: number; histogram: number[] }[];
      threads: { identity: string; ran: number }[];
    };
    const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
    expect(sum(stats.providers.map((p) => p.events))).toBe(stats.events);
    expect(sum(stats.sites.map((p) => p.events))).toBe(stats.events);
    const site = (name: string) => stats.sites.find((s) => s.name === name)?.events ?? 0;
    expect(sum(stats.probes.map((p) => p.count))).toBe(site('_trace:kernel:none:dtrace-exit'));
    expect(sum(stats.cpus.map((c) => c.firings))).toBe(site('_trace:kernel:none:dtrace-enter'));
    expect(stats.probes.map((p) => p.name)).toContain('proc:kernel:none:exec-success');
    for (const call of [...stats.syscalls, ...stats.probes]) expect(sum(call.histogram)).toBe(call.count);
    // A thread that is gone and reaped is counted as well.
    expect(stats.threads.some((t) => t.identity.endsWith('csh/forkbench') && t.ran > 0)).toBe(true);
  });
});

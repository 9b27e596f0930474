// Playback: the state at any position is the fold from the start, whichever way one comes there; searches agree with looking at every event.
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { apply, initialState } from '../../traces/playback/fold.ts';
import { Playback } from '../../traces/playback/playback.ts';
import { SiteTable } from '../../traces/playback/sites.ts';
import type { RunState } from '../../traces/playback/state.ts';
import { TraceReader } from '../../traces/read.ts';

const GOLDEN = ['v1'].map((name) => new URL(`golden/${name}.trace`, import.meta.url).pathname);

/** The definition: every event from 0 on, applied to plain objects. */
function foldFromStart(path: string, seqs: number[]): Map<number, RunState> {
  const reader = new TraceReader(path);
  const table = new SiteTable(reader.header.sites);
  const wanted = new Set(seqs);
  const out = new Map<number, RunState>();
  const s = initialState(reader.header.cpus);
  const keep = () => {
    if (wanted.has(s.seq)) out.set(s.seq, structuredClone(s));
  };
  keep();
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns } = reader.chunk(n);
    for (let i = 0; i < columns.count; i++) {
      apply(s, table, columns, i);
      keep();
    }
  }
  reader.close();
  return out;
}

describe.each(GOLDEN)('%s', (path) => {
  const view = Playback.open(path);
  afterAll(() => view.close());

  test('a position is the fold from the start, by jumps and by steps', () => {
    const { events } = view;
    const seqs = [0, 1, 2, 4095, 4096, 4097, events - 1, events];
    for (let n = 0; n < 24; n++) seqs.push(Math.floor((events * n) / 24) + n);
    const known = foldFromStart(path, seqs);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...seqs), fc.integer({ min: -30, max: 30 })), { maxLength: 12 }),
        (moves) => {
          for (const [seq, by] of moves) {
            view.goto(seq + by); // then by a step or two to the place we know
            view.goto(seq);
            expect(view.state).toEqual(known.get(seq));
          }
        },
      ),
      { seed: 11, numRuns: 12 },
    );
  });

  test('forward n, then backward n: the same state', () => {
    fc.assert(
      fc.property(fc.nat(view.events - 40), fc.integer({ min: 1, max: 40 }), (seq, n) => {
        view.goto(seq);
        const before = structuredClone(view.state);
        for (let k = 1; k <= n; k++) view.goto(seq + k);
        for (let k = n - 1; k >= 0; k--) view.goto(seq + k);
        expect(view.state).toEqual(before);
      }),
      { seed: 12, numRuns: 20 },
    );
  });

  test('the state is the same object until the position moves', () => {
    view.goto(100);
    const { state } = view;
    view.why(5000);
    view.lanes(0, view.endCycle, 20);
    view.goto(100);
    expect(view.state).toBe(state);
    view.goto(101);
    expect(view.state).not.toBe(state);
    expect(state.seq).toBe(100);
  });

  test('gotoCycle stands after the last event at or before the cycle', () => {
    for (const seq of [0, 1, 777, view.events - 1]) {
      const { cycle } = view.event(seq);
      view.gotoCycle(cycle);
      expect(view.state.cycle).toBe(cycle);
      if (view.state.seq < view.events) expect(view.event(view.state.seq).cycle).toBeGreaterThan(cycle);
      view.gotoCycle(cycle - 0.5);
      expect(view.state.cycle).toBeLessThan(cycle);
    }
  });

  test('find and window agree with looking at every event', () => {
    const all = view.window(0, view.events);
    expect(all.length).toBe(view.events);
    const lock = all.find((e) => view.sites[e.site].name === 'adaptive-acquire')?.args[0] ?? 0n;
    const named = (e: (typeof all)[number]) => view.sites[e.site];
    const cases: [Parameters<typeof view.find>[0], (e: (typeof all)[number]) => boolean][] = [
      [{ site: 'sched:::' }, (e) => named(e).provider === 'sched'],
      [{ site: 'off-cpu', cpu: 1 }, (e) => named(e).name === 'off-cpu' && e.cpu === 1],
      [
        { site: 'syscall::w*:entry' },
        (e) => named(e).provider === 'syscall' && /^w/.test(named(e).function) && named(e).name === 'entry',
      ],
      [
        { lock: lock.toString(16) },
        (e) => /^(adaptive|spin|thread|rw|sx)-/.test(named(e).name) && e.args[0] === lock,
      ],
      [{ thread: String(all[9000].tid) }, (e) => e.tid === all[9000].tid],
      [
        { site: '_trace:::switch', where: 'arg0 == arg1 || arg2 & 0xff == 4' },
        (e) => named(e).name === 'switch' && (e.args[0] === e.args[1] || (e.args[2] & 0xffn) === 4n),
      ],
      [
        { site: 'syscall:::return', where: 'arg0 < 0' },
        (e) =>
          named(e).provider === 'syscall' && named(e).name === 'return' && BigInt.asIntN(64, e.args[0]) < 0n,
      ],
      [{ site: 'no-such-site' }, () => false],
    ];
    for (const [filter, matches] of cases) {
      const expected = all.filter(matches).map((e) => e.seq);
      expect(
        view.window(0, view.events, filter).map((e) => e.seq),
        JSON.stringify(filter),
      ).toEqual(expected);
      for (const from of [-1, 0, 500, 6000, view.events]) {
        expect(view.find(filter, from, 1)).toBe(expected.find((seq) => seq > from));
        expect(view.find(filter, from, -1)).toBe(expected.findLast((seq) => seq < from));
      }
      expect(view.window(6000, -5, filter).map((e) => e.seq)).toEqual(
        expected.filter((seq) => seq <= 6000).slice(-5),
      );
    }
  });

  test.each([
    [{ site: 'a:b:c:d:e' }, /provider:module:function:name/],
    [{ where: 'arg1 >' }, /ends too early/],
    [{ where: 'arg9 == 1' }, /'arg9' is not understood/],
    [{ where: '(arg1 == 1' }, /too early/],
    [{ lock: 'mutex' }, /hexadecimal/],
  ])('a filter that cannot be read is refused: %j', (filter, message) => {
    expect(() => view.find(filter, 0, 1)).toThrow(RangeError);
    expect(() => view.find(filter, 0, 1)).toThrow(message);
  });

  test('lanes at different zooms tell the same story', () => {
    const end = view.endCycle;
    const fine = view.lanes(0, end, 400);
    expect(fine.length).toBe(view.cpus);
    // A column of the fine picture, looked at alone, shows what it showed.
    for (const column of [100, 200, 399]) {
      const [from, to] = [(end / 400) * column, (end / 400) * (column + 1)];
      view.lanes(from, to, 1).forEach((lane, cpu) => {
        expect(lane.cells[0]).toEqual(fine[cpu].cells[column]);
      });
    }
  });

  test('why: switches, waits and charges are explained', () => {
    for (const site of [
      '_trace:::switch',
      'lockstat:::adaptive-release',
      '_trace:::dtrace-exit',
      'syscall:::return',
    ])
      for (const { seq } of view.window(8000, 3, { site })) expect(view.why(seq), site).not.toBe('');
  });
});

// Playback: the state at any position is the fold from the start, whichever way one comes there; searches agree with looking at every event.
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { FileSource } from '../../traces/playback/file-source.ts';
import { apply, initialState } from '../../traces/playback/fold.ts';
import { Playback } from '../../traces/playback/playback.ts';
import { SiteTable } from '../../traces/playback/sites.ts';
import { ACTIVITIES, type RunState } from '../../traces/playback/state.ts';
import { TraceReader } from '../../traces/read.ts';

/** A trace of each released format version. */
const GOLDEN = ['v1', 'v2'].map((name) => new URL(`golden/${name}.trace`, import.meta.url).pathname);

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

test('golden traces are what they were', () => {
  const said = GOLDEN.map((path) => {
    const reader = new TraceReader(path);
    const { header, events, end, damage } = reader;
    const told = {
      version: header.version,
      cpus: header.cpus,
      sources: Object.keys(header.sources['kernel']),
      events,
      digest: end?.digest.slice(0, 8),
      damage,
      console: reader.chunks.some((_, n) => reader.texts(n).some((text) => text.text.includes('one'))),
    };
    reader.close();
    return told;
  });
  expect(said).toEqual([
    {
      version: 1,
      cpus: 2,
      sources: ['sys/trace.h'],
      events: 12863,
      digest: '20935b84',
      damage: '',
      console: true,
    },
    {
      version: 2,
      cpus: 2,
      sources: ['sys/trace.h'],
      events: 10379,
      digest: '2498ce01',
      damage: '',
      console: true,
    },
  ]);
});

test('keyframes are what folding gives, and what occurs in a chunk is what its index entry says', () => {
  const reader = new TraceReader(GOLDEN[1]);
  const source = new FileSource(reader);
  const kept = reader.chunks
    .map((chunk, n) => [n, chunk.seq] as const)
    .filter(([n]) => reader.keyframe(n) !== undefined);
  expect(kept.length).toBe(2);
  const known = foldFromStart(
    GOLDEN[1],
    kept.map(([, seq]) => seq),
  );
  for (const [n, seq] of kept) expect(source.keyframe(n)).toEqual(known.get(seq));
  reader.chunks.forEach(({ count }, n) => {
    if (count === 0) return; // texts after the last event
    const { columns } = reader.chunk(n);
    const sites = new Map<number, number>();
    for (const site of columns.site) sites.set(site, (sites.get(site) ?? 0) + 1);
    expect(source.presence(n)).toEqual({
      sites: new Map([...sites].sort(([a], [b]) => a - b)),
      cpus: new Set([...columns.cpu].sort()),
      tids: new Set([...columns.tid].sort((a, b) => a - b)),
    });
  });
  reader.close();
});

test('slices tell of each CPU, to the cycle, what the state has summed up', () => {
  const reader = new TraceReader(GOLDEN[1]);
  const source = new FileSource(reader);
  const ends = reader.chunks.map((chunk) => chunk.seq + chunk.count);
  const known = foldFromStart(GOLDEN[1], ends);
  const sum = Array.from({ length: reader.header.cpus }, () => ACTIVITIES.map(() => 0));
  reader.chunks.forEach((chunk, n) => {
    if (chunk.count === 0) return;
    for (const slice of source.slices(n) ?? [])
      slice.cpus.forEach(({ spent }, cpu) => {
        spent.forEach((cycles, k) => {
          sum[cpu][k] += cycles;
        });
      });
    const state = known.get(ends[n]);
    state?.cpus.forEach((cpu, k) => {
      // What a CPU is in the middle of is in the slice already.
      const all = sum[k].reduce((a, b) => a + b, 0);
      expect(all).toBe(chunk.lastCycle);
      const late = sum[k].map((cycles, a) => cycles - cpu.spent[a]).filter((more) => more !== 0);
      expect(late).toEqual(cpu.booked === chunk.lastCycle ? [] : [chunk.lastCycle - cpu.booked]);
    });
  });
  reader.close();
});

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
        (e) => /^(adaptive|spin|thread|rw|sx|lock)-/.test(named(e).name) && e.args[0] === lock,
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

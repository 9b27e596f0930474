// The diff model on real runs: every deed has one class, the ledger sums to the cycle, edits turn one run into the other.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareRuns, type DeedClass, type DiffModel, firstDivergence } from '../../traces/diff/model.ts';
import { pairRuns } from '../../traces/diff/pairing.ts';
import { timeline } from '../../traces/diff/timeline.ts';
import { Vocabulary } from '../../traces/diff/vocabulary.ts';
import { TraceReader } from '../../traces/read.ts';
import { lab, scratch } from '../e2e/lab.ts';

const folder = scratch();
const path = (name: string) => join(folder, `${name}.trace`);

/** Scenario commands, each run untraced and under a D program. */
const PAIRS: [name: string, command: string, program: string][] = [
  ['dd', 'dd if=/dev/zero of=/dev/null bs=64k count=8 status=none', 'lockstat::: { @ = count(); }'],
  ['locks', 'lockbench -m pipe -t 3 -n 40 -w 200', 'fbt::malloc:entry { @[stack()] = count(); }'],
  ['forks', 'forkbench -f -n 4', 'syscall:::entry { @[probefunc] = count(); } profile-997 { @p = count(); }'],
];

beforeAll(async () => {
  for (const [name, command, program] of PAIRS) {
    const exec = ['--exec', command, '--cpus', '2'];
    expect((await lab('run', ...exec, '--record', path(`${name}-a`))).code).toBe(0);
    expect((await lab('run', ...exec, '-q', '-n', program, '--record', path(`${name}-b`))).code).toBe(0);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const open = (name: string) => new TraceReader(path(name));
const compare = (a: string, b: string) => compareRuns(open(a), open(b));

/** Classes of all events of one side that are deeds by the model's own count. */
function counted(model: DiffModel, side: 'a' | 'b', events: number): Record<string, number> {
  const out: Record<string, number> = {};
  for (let seq = 0; seq < events; seq++) {
    const c = model.classOf(side, seq);
    out[c] = (out[c] ?? 0) + 1;
  }
  return out;
}

describe.each(PAIRS)('%s', (name) => {
  let model: DiffModel;
  beforeAll(() => {
    model = compare(`${name}-a`, `${name}-b`);
  });

  test('every deed of both sides has exactly one class', () => {
    expect(model.identical).toBe(false);
    const only: DeedClass[] = ['moved', 'longer', 'reordered'];
    const a = counted(model, 'a', model.eventsA);
    const b = counted(model, 'b', model.eventsB);
    for (const c of only) expect([c, a[c] ?? 0, b[c] ?? 0]).toEqual([c, model.classes[c], model.classes[c]]);
    expect(a['onlyA']).toBe(model.classes.onlyA);
    expect(b['onlyB']).toBe(model.classes.onlyB);
    expect([a['onlyB'], b['onlyA']]).toEqual([undefined, undefined]);
    for (const pair of model.pairs) {
      const common = pair.classes.same + pair.classes.moved + pair.classes.longer + pair.classes.reordered;
      expect([pair.identity, common + pair.classes.onlyA]).toEqual([pair.identity, pair.deedsA]);
      expect([pair.identity, common + pair.classes.onlyB]).toEqual([pair.identity, pair.deedsB]);
    }
    // The same workload: by far most of what it does is in common.
    expect(model.classes.onlyA).toBeLessThan(0.2 * (model.classes.longer + model.classes.moved));
  });

  test('the ledger sums to the difference of the spans, to the cycle', () => {
    const spans = new Map(model.pairs.map((p) => [p.identity, p.spanB - p.spanA]));
    expect(model.ledger.length).toBeGreaterThan(3);
    for (const { thread, added, ...parts } of model.ledger) {
      expect([thread, Object.values(parts).reduce((sum, n) => sum + n, 0)]).toEqual([thread, added]);
      if (thread !== 'total') expect([thread, added]).toEqual([thread, spans.get(thread)]);
    }
    const [main] = model.ledger;
    expect(main.probe).toBeGreaterThan(0);
    expect(main.trap > 0).toBe(name === 'locks');
  });

  test('only the tracing is in B alone, and it is said', () => {
    expect(model.onlyA).toEqual([]);
    expect(model.onlyB.every((identity) => /\/dtrace/.test(identity))).toBe(true);
    expect(model.first?.sentence).toMatch(/\w/);
    const effects = model.divergences.map((d) => Math.abs(d.effect));
    expect(effects).toEqual([...effects].sort((x, y) => y - x));
    for (const d of model.divergences) expect(d.sentence).toMatch(/\.$/);
  });

  test('deleting and inserting turns the one sequence into the other', () => {
    const vocabulary = new Vocabulary();
    const a = timeline(open(`${name}-a`), vocabulary);
    const b = timeline(open(`${name}-b`), vocabulary);
    for (const { a: ta, b: tb, matches } of pairRuns(a, b).pairs) {
      const keysA = [...ta.deeds.key.subarray(0, ta.deeds.count)];
      const keysB = [...tb.deeds.key.subarray(0, tb.deeds.count)];
      // What is in common stays; what only B has is put between.
      const made: number[] = [];
      let y = 0;
      for (const { fromA, fromB, length } of matches) {
        made.push(...keysB.slice(y, fromB), ...keysA.slice(fromA, fromA + length));
        y = fromB + length;
      }
      made.push(...keysB.slice(y));
      expect(made).toEqual(keysB);
    }
  });

  test("the first divergence alone is the model's", () => {
    expect(firstDivergence(open(`${name}-a`), open(`${name}-b`))).toEqual(model.first);
  });

  test('from one side to the other and back', () => {
    let there = 0;
    for (let seq = 0; seq < model.eventsA; seq += 97) {
      const other = model.toB(seq);
      if (other === undefined) continue;
      there++;
      const back = model.toA(other);
      // A deed in common comes back to itself; any other event to one near it in its thread.
      expect(back).toBeDefined();
      if (model.classOf('a', seq) === 'longer') expect(back).toBe(seq);
    }
    expect(there).toBeGreaterThan(20);
  });
});

test('a trace against itself is empty', () => {
  expect(firstDivergence(open('locks-a'), open('locks-a'))).toBeNull();
  const model = compare('locks-a', 'locks-a');
  expect(model).toMatchObject({ identical: true, first: null, divergences: [], onlyA: [], onlyB: [] });
  expect(model.classes).toMatchObject({ moved: 0, longer: 0, reordered: 0, onlyA: 0, onlyB: 0 });
  expect(model.ledger.every((row) => row.added === 0)).toBe(true);
});

test('the same two runs the other way round: what was inserted is missing', () => {
  const forth = compare('dd-a', 'dd-b');
  const back = compare('dd-b', 'dd-a');
  expect(back.onlyA).toEqual(forth.onlyB);
  expect(back.ledger.find((r) => r.thread === 'total')?.added).toBe(
    -(forth.ledger.find((r) => r.thread === 'total')?.added ?? 0),
  );
});

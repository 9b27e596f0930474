// Searches in pieces: they end where the same search ends in one go, whatever is looked at in between; one backward that is given up is undone.
import { beforeAll, describe, expect, test } from 'vitest';
import type { BreakSpec, SearchView, StopView } from '../../engine/run/live-view.ts';
import { LiveRun } from '../../traces/live/live-run.ts';
import { inputs } from './runs.ts';

let run: LiveRun;
let ready: number;
let paused = 0;
const always = () => true;

beforeAll(async () => {
  run = await LiveRun.open(inputs('pipebench -n 5 -s 64', 2), { spacingMs: 5, chunkMs: 0 });
  ready = run.live.now;
});

/** Drives a search to its end, looking at the machine wherever it pauses. */
function inPieces(search: SearchView): { stop: StopView; pieces: number } {
  for (let pieces = 0; ; pieces++) {
    const piece = search.next();
    if (piece.done === true) return { stop: piece.value, pieces };
    if (pieces % 64 !== 0) continue;
    run.stack({ cpu: 0 });
    if (run.live.now > ready) run.evaluate('execname', 0);
  }
}

const where = () => ({ place: run.live.place, after: run.live.after, seq: run.state.seq });

describe.each<[string, BreakSpec[]]>([
  ['a function', [{ function: 'pipe_read' }]],
  ['a lock', [{ lock: 'pipe mutex' }]],
  ['a predicate', [{ predicate: 'execname == "pipebench" && cpu == 1' }]],
  ['a function or a lock', [{ function: 'pipe_read' }, { lock: 'pipe mutex' }]],
  [
    'a function or a predicate',
    [{ function: 'pipe_write' }, { predicate: 'probefunc == "read" || cpu == 1' }],
  ],
])('%s', (_name, breaks) => {
  test('forward and back, in pieces as in one go', () => {
    run.runTo(ready);
    const whole: object[] = [];
    for (let n = 0; n < 2; n++) whole.push({ ...run.resume(1, breaks), ...where() });
    run.runTo(ready);
    for (let n = 0; n < 2; n++) {
      const found = inPieces(run.resuming(1, breaks, always));
      paused += found.pieces;
      expect({ ...found.stop, ...where() }).toEqual(whole[n]);
    }
    for (let n = 0; n >= 0; n--) {
      const { cycle, cpu, break: which } = whole[n] as StopView;
      const found = inPieces(run.resuming(-1, breaks, always));
      expect(found.stop).toMatchObject({ reason: 'break', cycle, cpu, break: which });
    }
  });
});

test('they did pause', () => expect(paused).toBeGreaterThan(10));

describe('a search that is given up', () => {
  // Without checkpoints on the way no search is over in its first piece.
  beforeAll(async () => {
    run = await LiveRun.open(inputs('pipebench -n 5 -s 64', 2), { spacingMs: 1e9, chunkMs: 0 });
  });

  test('forward stays where it has come to, and goes on from there', () => {
    const search = run.runningTo(ready + 600_000, always);
    expect(search.next().done).toBe(false);
    search.return({ reason: 'interrupted', cycle: 0, cpu: 0 });
    const between = run.live.now;
    expect(between).toBeGreaterThan(ready);
    expect(between).toBeLessThan(ready + 600_000);
    expect(run.runTo(ready + 600_000)).toMatchObject({ reason: 'step', cycle: ready + 600_000 });
    const hash = run.live.stateHash();
    run.runTo(ready);
    inPieces(run.runningTo(ready + 600_000, always));
    expect(run.live.stateHash()).toBe(hash);
  });

  test('backward leaves the machine and the view where they were', () => {
    run.runTo(ready);
    for (const there of [
      () => run.runTo(ready + 500_000),
      () => run.step('line', 1, 0),
      () => run.step('event', 1, 0),
    ]) {
      there();
      const before = { ...where(), hash: run.live.stateHash() };
      for (const search of [
        run.resuming(-1, [{ predicate: 'cpu == 7' }], always),
        run.resuming(-1, [{ function: 'vfs_mountroot' }], always),
        run.runningTo(ready / 2, always),
      ]) {
        expect(search.next().done).toBe(false);
        search.return({ reason: 'interrupted', cycle: 0, cpu: 0 });
        expect({ ...where(), hash: run.live.stateHash() }).toEqual(before);
      }
    }
  });
});

// The state that playback folds from events is the machine's own: threads on CPUs, owners of mutexes, names, at random cycles.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GuestThreads, memberOf } from '../../engine/live/threads.ts';
import { Session } from '../../engine/run/session.ts';
import { apply, foldRefs, initialState } from '../../traces/playback/fold.ts';
import { lockOf } from '../../traces/playback/fold-locks.ts';
import { SiteTable } from '../../traces/playback/sites.ts';
import { Recorder } from '../../traces/recorder.ts';
import { argCounts } from '../../traces/write.ts';
import { execScenario, runInputs } from '../../tui/run-inputs.ts';

/** An event may come this many cycles before or after the store that it tells of (same CPU, a few instructions). */
const AROUND = 200;
/** Between the event of a switch and the new thread's being the current one lies the choice of what runs next. */
const SWITCHING = 1000;
/** mtx_lock's flags; the word of a mutex that does not exist any more. */
const FLAGS = 7n;
const DESTROYED = 4n;

test('playback state equals the state of the machine', async () => {
  const rings: Uint8Array[] = [];
  const inputs = runInputs(
    execScenario(
      'lockbench -m pipe -t 3 -n 40 -w 100; forkbench -n 2; dd if=/dev/zero bs=1k count=20 | cat > /dev/null',
    ),
    { seed: '3', cpus: '3' },
  );
  const session = await Session.open(inputs, { records: (ring) => rings.push(ring.slice()) });
  const { machine } = session;
  const [{ image }] = machine.images;
  await session.boot();
  const table = new SiteTable(session.sites);
  const index = new Map(session.sites.map((site, i) => [site.number, i]));
  const threads = new GuestThreads(machine);
  const lockWord = BigInt(memberOf(image, 'struct mtx', 'mtx_lock').offset);
  let doubtful: { lock: string; what: unknown[]; clocks: number[] }[] = [];
  let compared = 0;
  let owned = 0;
  const waits = fc.sample(fc.integer({ min: 1000, max: 400_000 }), { seed: 21, numRuns: 24 });
  for (const wait of waits) {
    const stop = machine.run(machine.now + wait);
    machine.flushRecords();
    const s = initialState(3);
    const refs = foldRefs();
    const seen: [lock: string, cycle: number][] = [];
    const recorder = new Recorder(
      index,
      [
        {
          events(e) {
            for (let i = 0; i < e.count; i++) {
              apply(s, table, e, i, refs);
              if (table.lockClass[e.site[i]] !== '') seen.push([lockOf(e, i), e.cycle[i]]);
            }
          },
        },
      ],
      { argCounts: argCounts(session.sites) },
    );
    for (const ring of rings) recorder.records(ring);
    recorder.finish();
    const real = threads.list();
    // Where a CPU was stopped between the store and its event, the event is there by now.
    for (const { lock, what, clocks } of doubtful)
      expect([
        what,
        seen.some(([key, cycle]) => key === lock && clocks.some((c) => Math.abs(c - cycle) < AROUND)),
      ]).toEqual([what, true]);
    doubtful = [];
    const tidAt = new Map(real.map((t) => [t.address, t.tid]));
    const clocks = machine.state.cpu.map(({ clock }) => clock);
    for (let cpu = 0; cpu < 3; cpu++) {
      const current = machine.memory.u32at(threads.current(cpu)); // td_tid is the first member
      if (Math.abs(s.cpus[cpu].since - clocks[cpu]) > SWITCHING)
        expect([cpu, s.cpus[cpu].tid]).toEqual([cpu, current]);
      compared++;
    }
    for (const t of real) {
      const known = s.threads[t.tid];
      if (known === undefined) continue; // made, but not made known yet
      if (known.name !== '')
        expect([t.tid, known.name, known.pid]).toEqual([t.tid, t.name || t.command, t.pid]);
    }
    for (const lock of Object.values(s.locks)) {
      if (lock.class !== 'adaptive' && lock.class !== 'spin') continue;
      if (s.lockNames[lock.address] === undefined) continue; // destroyed
      const word = machine.memory.u64(BigInt(`0x${lock.address}`) + lockWord);
      if (word === DESTROYED || lock.name === 'blocked lock') continue;
      const owner = word & ~FLAGS;
      const tid = owner === 0n ? 0 : (tidAt.get(owner) ?? -1);
      if (lock.owner !== tid)
        doubtful.push({ lock: lock.address, what: [lock.name, lock.owner, tid], clocks });
      else if (owner !== 0n) owned++;
      compared++;
    }
    if (stop.reason !== 'limit') break;
  }
  expect(compared).toBeGreaterThan(500);
  expect(owned).toBeGreaterThan(0);
});

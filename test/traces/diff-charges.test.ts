// Suppressing what tracing costs, component by component; with all of it suppressed a traced run is the untraced one.
import { expect, test } from 'vitest';
import { lab, summary } from '../e2e/lab.ts';

const COMMAND = ['--exec', 'dd if=/dev/zero of=/dev/null bs=64k count=4 status=none', '--cpus', '2'];
const LOCKSTAT = ['-n', 'lockstat::: { @[probename] = count(); }'];
const FBT = ['-n', 'fbt::malloc:entry, fbt::free:entry { @[probefunc] = count(); }'];

test('everything suppressed: the digest of the untraced run', async () => {
  const untraced = await summary(...COMMAND);
  const ghost = await summary(...COMMAND, '-x', 'suppress=probe,trap,cache,consumer', ...LOCKSTAT);
  expect(ghost.digest).toBe(untraced.digest);
  expect(ghost.err).toMatch(/adaptive-acquire +\d+/);
  const all = await summary(...COMMAND, ...LOCKSTAT);
  expect(all.identity).not.toBe(ghost.identity);
  expect(all.digest).not.toBe(untraced.digest);
});

test("each component makes the run cheaper, and the answer is still DTrace's", async () => {
  const full = await summary(...COMMAND, ...LOCKSTAT);
  const cost: Record<string, number> = {};
  for (const charge of ['probe', 'cache', 'consumer']) {
    const run = await summary(...COMMAND, '-x', `suppress=${charge}`, ...LOCKSTAT);
    cost[charge] = full.commandCycles - run.commandCycles;
    expect([charge, run.err]).toEqual([charge, expect.stringMatching(/adaptive-acquire +\d{3,}/)]);
  }
  // Of lockstat on dd the probes themselves are by far the most.
  expect(cost['probe']).toBeGreaterThan(0.3 * full.commandCycles);
  expect(cost['cache']).toBeGreaterThan(0);
  expect(cost['consumer']).toBeLessThan(cost['probe']);
});

test('the trap of fbt', async () => {
  const full = await summary(...COMMAND, ...FBT);
  const free = await summary(...COMMAND, '-x', 'suppress=trap', ...FBT);
  const firings = Number(/malloc +(\d+)/.exec(full.err)?.[1] ?? 0);
  expect(firings).toBeGreaterThan(5);
  // An exception each, but for what runs beside the command.
  expect(full.commandCycles - free.commandCycles).toBeGreaterThan(200 * firings);
});

test('ghost sites count what charged ones count, where timing does not matter', async () => {
  const program = ['-n', 'syscall:::entry /execname == "dd"/ { @[probefunc] = count(); }'];
  const table = (text: string) => text.match(/^ {2}\w+ +\d+$/gm);
  const charged = await summary(...COMMAND, ...program);
  for (const list of ['probe', 'consumer', 'trap,cache', 'probe,trap,cache']) {
    const run = await summary(...COMMAND, '-x', `suppress=${list}`, ...program);
    expect([list, table(run.err)]).toEqual([list, table(charged.err)]);
  }
});

test('a charge that does not exist is refused', async () => {
  const run = await lab('run', ...COMMAND, '-x', 'suppress=probe,time', ...LOCKSTAT);
  expect(run).toMatchObject({
    code: 2,
    err: "probelab: -x suppress=probe,time: no charge 'time': there are probe, trap, cache, consumer\n",
  });
});

// A run that takes up the boot of another equals one that executed it: records, console, counters, DTrace's output.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BootStore } from '../../engine/run/boot-store.ts';
import { type Boot, type BootKeeper, Boots, PagesOfMemory } from '../../engine/run/boots.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { Session } from '../../engine/run/session.ts';
import { Waiting } from '../../traces/experiment/pool.ts';
import { jobs } from '../../traces/experiment/probe-effect.ts';
import { Recorder } from '../../traces/recorder.ts';
import { execScenario, runInputs } from '../../tui/run-inputs.ts';

/** Tells which boots were found. */
class Watched extends Boots {
  found: boolean[] = [];
  override find(key: string): Boot | undefined {
    const boot = super.find(key);
    this.found.push(boot !== undefined);
    return boot;
  }
}

async function run(inputs: RunInputs, boots?: BootKeeper) {
  let recorder: Recorder | undefined;
  let out = '';
  const session = await Session.open(inputs, {
    boots,
    records: (ring) => recorder?.records(ring),
    console: (bytes, cycle, kernel) => {
      out += `${cycle} ${kernel} ${Buffer.from(bytes)}`;
    },
    mark: (text, cycle) => {
      out += `${cycle} ${text}\n`;
    },
    dtraceOut: (bytes) => {
      out += Buffer.from(bytes);
    },
    dtraceErr: (text) => {
      out += text;
    },
  });
  recorder = new Recorder(new Map(session.sites.map((site, i) => [site.number, i])), []);
  const result = await session.run();
  return { digest: recorder.finish(), events: recorder.count, out, result };
}

const DD = 'dd if=/dev/zero of=/dev/null bs=64k count=4';
const traced = (inputs: RunInputs, ...argv: string[]): RunInputs => ({
  ...inputs,
  dtrace: { argv, files: {}, endsRun: false },
});

describe('boots', () => {
  test.each([
    ['amd64', '2'],
    ['beaglebone', '1'],
  ])('%s: untraced, traced, ghost', async (machine, cpus) => {
    const plain = runInputs(execScenario(DD), { seed: '5', machine, cpus });
    const runs = [
      plain,
      traced(plain, '-n', 'syscall:::entry { @[probefunc] = count(); }'),
      traced(
        plain,
        '-n',
        'lockstat::: /execname == "dd"/ { @[stack()] = count(); } tick-10ms { printf("%d", timestamp); }',
      ),
      plain,
    ];
    const boots = new Watched();
    for (const inputs of runs) expect(await run(inputs, boots)).toEqual(await run(inputs));
    expect(boots.found).toEqual([false, true, true, true]);
  });

  test('what decides a boot parts them: seed, CPUs, files that are longer by a page, suppressed charges, forks amid it', async () => {
    const plain = runInputs(execScenario(DD), { seed: '5', cpus: '1' });
    const long = execScenario(`${DD} #${' '.repeat(5000)}`);
    const boots = new Watched(10);
    for (const inputs of [
      plain,
      { ...plain, seed: 6 },
      { ...plain, cpus: 2 },
      { ...plain, scenario: long },
      traced(plain, '-x', 'suppress=trap', '-n', 'fbt::malloc:entry'),
    ])
      await run(inputs, boots);
    expect(boots.found).toEqual([false, false, false, false, false]);
    const forked = { ...plain, forks: [{ cycle: 1_000_000, seed: 9 }] };
    expect(await run(forked, boots)).toEqual(await run(forked));
    const later = { ...plain, forks: [{ cycle: 60_000_000, seed: 9 }] };
    expect(await run(later, boots)).toEqual(await run(later));
  });

  test('threads share out the jobs: each is given once, and a seed stays where it has booted', () => {
    const list = jobs({ version: '', machine: 'beaglebone', cpus: 1 }, 3, undefined);
    const waiting = new Waiting(list);
    const given: number[][] = [[], []];
    for (let turn = 0; given.flat().length < list.length; turn++) {
      const mine = given[turn % 2];
      const last = mine.at(-1);
      const index = waiting.next(last === undefined ? undefined : list[last].inputs.seed);
      expect(index).toBeDefined();
      mine.push(index as number);
    }
    expect(given.flat().sort((a, b) => a - b)).toEqual(list.map((_, i) => i));
    const seeds = given.map((own) => own.slice(0, 6).map((i) => list[i].inputs.seed));
    expect(seeds).toEqual([Array(6).fill(1), Array(6).fill(2)]);
    expect(waiting.next(1)).toBeUndefined();
  });
});

describe('boots in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'boots-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const files = () => readdirSync(folder).filter((name) => name.endsWith('.boot'));

  /** A store that was asked once. */
  async function stored(inputs: RunInputs) {
    let found = false;
    const store = new BootStore([folder]);
    const asked: BootKeeper = {
      find(key) {
        const boot = store.find(key);
        found = boot !== undefined;
        return boot;
      },
      keep: (key, boot) => store.keep(key, boot),
    };
    return { ...(await run(inputs, asked)), found };
  }

  test('another process takes up what was kept: the same run, traced or not', async () => {
    const plain = runInputs(execScenario(DD), { seed: '5', cpus: '2' });
    const count = traced(plain, '-n', 'fbt:::entry { @[probefunc] = count(); }');
    expect(await stored(plain)).toEqual({ ...(await run(plain)), found: false });
    for (const inputs of [plain, count])
      expect(await stored(inputs)).toEqual({ ...(await run(inputs)), found: true });
    expect(files()).toHaveLength(1);
  });

  test('a file that is cut, changed in its head, or another boot is as none: it is booted, and kept again', async () => {
    const plain = runInputs(execScenario(DD), { seed: '5', cpus: '2' });
    const expected = await run(plain);
    const path = join(folder, files()[0]);
    const whole = readFileSync(path);
    const other = Buffer.from(whole);
    other.write('4', whole.indexOf('"seed":5') < 0 ? 64 : whole.indexOf('"seed":5') + 7);
    for (const bytes of [whole.subarray(0, whole.length - 1), whole.subarray(0, 5), other, Buffer.alloc(0)]) {
      writeFileSync(path, bytes);
      expect(await stored(plain)).toEqual({ ...expected, found: false });
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
  });

  test('the oldest make room', () => {
    const boot = { messages: [], memory: new PagesOfMemory(new Map()) } as unknown as Boot;
    const store = new BootStore([folder]);
    for (let i = 0; i < 30; i++) store.keep(`${i}`, boot);
    expect(files()).toHaveLength(12);
    expect(store.find('29')).toBeDefined();
    expect(store.find('0')).toBeUndefined();
  });

  test('where nothing can be written, nothing is kept, and nothing goes wrong', () => {
    const file = join(folder, 'no-folder');
    writeFileSync(file, '');
    const store = new BootStore([join(file, 'boots')]);
    store.keep('x', { messages: [], memory: new PagesOfMemory(new Map()) } as unknown as Boot);
    expect(store.find('x')).toBeUndefined();
  });
});

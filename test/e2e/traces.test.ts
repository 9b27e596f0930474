// Recording, replaying, comparing; and files that are cut, altered, foreign or of another version.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frame, MAGIC, pack, squeeze, unpack, unsqueeze } from '../../traces/format.ts';
import { TraceReader } from '../../traces/read.ts';
import { clear, lab, scratch, start } from './lab.ts';

const folder = scratch();
const plain = join(folder, 'plain.trace');
const traced = join(folder, 'traced.trace');
const COMMAND = ['--exec', 'dd if=/dev/zero of=/dev/null bs=64k count=4 status=none', '--cpus', '2'];

beforeAll(async () => {
  expect((await lab('run', ...COMMAND, '--record', plain)).code).toBe(0);
  expect((await lab('run', ...COMMAND, '--record', traced, '-n', 'lockstat::: { @ = count(); }')).code).toBe(
    0,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A changed copy. */
function changed(name: string, edit: (bytes: Buffer) => Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, edit(Buffer.from(readFileSync(plain))));
  return path;
}

describe('replay', () => {
  test('prints every event; --json one a line', async () => {
    const text = await lab('replay', plain);
    expect(text.code).toBe(0);
    const lines = text.out.trimEnd().split('\n');
    expect(lines.length).toBe(new TraceReader(plain).events);
    expect(lines.length).toBeGreaterThan(4000);
    expect(lines[0]).toMatch(/^ +0 {2}cycle \d+ cpu0 tid \d+ [\w:-]+\(.*\)$/);
    expect(text.out).toMatch(/syscall:freebsd:execve:entry\(0x/);
    const json = await lab('replay', plain, '--json');
    const last = JSON.parse(json.out.trimEnd().split('\n').at(-1) ?? '') as { seq: number };
    expect(last.seq).toBe(lines.length - 1);
  });

  test('a reader that stops early is no error', async () => {
    const reading = start('replay', plain);
    reading.child.stdout?.once('data', () => reading.child.stdout?.destroy());
    expect(await reading.ended).toMatchObject({ code: 0, err: '' });
  });

  test('--verify: executed again, identical, untraced and traced', async () => {
    for (const path of [plain, traced]) {
      const again = await lab('replay', path, '--verify');
      expect(again).toMatchObject({ code: 0, err: '' });
      expect(again.out).toMatch(/^identical: \d+ events\n$/);
    }
    const json = await lab('replay', plain, '--verify', '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      identical: true,
      partial: false,
      changed: [],
      difference: null,
    });
  });

  test('--verify names what has changed and the first event that differs', async () => {
    // The same trace, made to say that it is of another seed and that a source was different then.
    const path = changed('other.trace', (bytes) => {
      const length = bytes.readUInt32LE(MAGIC.length + 4);
      const header = unpack(bytes.subarray(MAGIC.length + 12, MAGIC.length + 12 + length)) as {
        identity: string;
        inputs: { seed: number };
      };
      header.identity = 'of another time';
      header.inputs.seed = 2;
      const rest = bytes.subarray(MAGIC.length + 12 + length);
      const after = 12 + rest.readUInt32LE(4);
      const sources = unsqueeze(unpack(rest.subarray(12, after)) as Uint8Array) as {
        kernel: Record<string, string>;
      };
      const [source] = Object.keys(sources.kernel).filter((name) => name.endsWith('kern_fork.c'));
      sources.kernel[source] += '\n';
      // Without the index: the chunks' offsets have moved.
      return Buffer.concat([
        MAGIC,
        frame('HEAD', pack(header)),
        frame('SRCS', pack(squeeze(sources))),
        rest.subarray(after),
      ]);
    });
    const again = await lab('replay', path, '--verify');
    expect(again.code).toBe(1);
    expect(again.out).toMatch(/^changed since the recording:\n {2}kernel: .*kern_fork\.c\n/);
    expect(again.out).toMatch(/first difference at event \d+, after \d+ equal ones\nrecorded:\n/);
    expect(again.out).toMatch(/^> +\d+ {2}cycle \d+/m);
    expect(again.out).toContain('executed now:\n');
  });
});

describe('diff', () => {
  test('of a run with itself: identical, exit code 0', async () => {
    const copy = join(folder, 'copy.trace');
    copyFileSync(plain, copy);
    const same = await lab('diff', plain, copy);
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toContain('identical: ');
    const json = JSON.parse((await lab('diff', plain, copy, '--json')).out) as { identical: boolean };
    expect(json.identical).toBe(true);
  });

  test('untraced against traced: what came first, what was inserted, where the time went', async () => {
    const report = await lab('diff', plain, traced);
    expect(report).toMatchObject({ code: 1, err: '' });
    for (const part of [
      /^First divergence: thread swapper/m,
      /^Events only in B \(inserted\)\n +\d+ {2}/m,
      /^Events only in A \(missing\)/m,
      /timer ticks/i,
      /context switches/i,
      /^.*lock/im,
      /^Time along threads/m,
      /^Where the added time of swapper\/init\/csh(\/\w+)? went/m,
      /probe code +[\d.]+ us/,
      /^Greatest of \d+ divergences/m,
      /^Threads only in B: .*csh\/dtrace/m,
    ])
      expect(report.out).toMatch(part);
    const json = JSON.parse((await lab('diff', plain, traced, '--json')).out) as Record<string, unknown>;
    expect(json).toMatchObject({ identical: false, clockHz: 2e9 });
    expect(json['first']).toMatchObject({ thread: expect.any(String), sentence: expect.any(String) });
    expect((json['inserted'] as unknown[]).length).toBeGreaterThan(3);
    // The ledger explains the whole difference: a row's parts sum to what the thread's life gained.
    const spans = new Map(
      (json['pairs'] as { identity: string; spanA: number; spanB: number }[]).map((p) => [p.identity, p]),
    );
    for (const { thread, added, ...parts } of json['ledger'] as { thread: string; added: number }[]) {
      expect(Object.values(parts).reduce((sum: number, n) => sum + Number(n), 0)).toBe(added);
      const pair = spans.get(thread);
      if (thread !== 'total') expect(added).toBe((pair?.spanB ?? 0) - (pair?.spanA ?? 0));
    }
  });

  test('two seeds differ', async () => {
    const other = join(folder, 'seed2.trace');
    await lab('run', ...COMMAND, '--seed', '2', '--record', other);
    expect((await lab('diff', plain, other)).code).toBe(1);
  });
});

describe('files that are not whole', () => {
  test('cut short: read up to the last whole chunk, said on stderr', async () => {
    const path = changed('cut.trace', (bytes) => bytes.subarray(0, bytes.length - 100));
    const text = await lab('replay', path);
    expect(text.code).toBe(0);
    expect(text.err).toMatch(
      new RegExp(`^probelab: ${path}: truncated at event \\d+ \\(.*\\); reading what is there\n$`),
    );
    const again = await lab('replay', path, '--verify');
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/^identical: \d+ events \(the recording ends there\)\n$/);
    expect((await lab('diff', plain, path)).code).toBeLessThanOrEqual(1);
  });

  test('wherever it is cut, there is an answer', async () => {
    const { length } = readFileSync(plain);
    for (const part of [0, 4, 8, 19, 30, 0.1, 0.5, 0.9]) {
      const path = changed('part.trace', (bytes) =>
        bytes.subarray(0, part < 1 && part > 0 ? Math.round(length * part) : part),
      );
      const outcome = await lab('replay', path);
      expect([part, [0, 2].includes(outcome.code), clear(outcome.err)]).toEqual([part, true, true]);
      if (outcome.code === 2) expect(outcome.err).toContain(`probelab: ${path}: `);
    }
  });

  test('an altered byte is found, wherever it lies', async () => {
    const { length } = readFileSync(plain);
    for (const at of [2, 15, 40, 0.3, 0.6, 0.97]) {
      const place = at < 1 ? Math.round(length * at) : at;
      const path = changed('flipped.trace', (bytes) => {
        bytes[place] ^= 0x20;
        return bytes;
      });
      for (const command of [
        ['replay', path],
        ['replay', path, '--verify'],
        ['diff', plain, path],
      ]) {
        const outcome = await lab(...command);
        expect([command, place, clear(outcome.err)]).toEqual([command, place, true]);
        expect([command, place, outcome.err]).toEqual([
          command,
          place,
          expect.stringContaining(`probelab: ${path}: `),
        ]);
      }
    }
  });

  test('another version', async () => {
    const path = changed('future.trace', (bytes) => {
      const length = bytes.readUInt32LE(MAGIC.length + 4);
      const header = unpack(bytes.subarray(MAGIC.length + 12, MAGIC.length + 12 + length)) as object;
      return Buffer.concat([MAGIC, frame('HEAD', pack({ ...header, version: 99 }))]);
    });
    const outcome = await lab('replay', path);
    expect(outcome).toMatchObject({ code: 2, out: '' });
    expect(outcome.err).toMatch(/format 99, but this version reads 1 and 2/);
  });

  test('not a trace, not a file, not there', async () => {
    for (const path of [join(folder, 'nosuch'), folder, '/dev/null', join(folder, 'text')]) {
      writeFileSync(join(folder, 'text'), 'just a text, long enough to be something\n');
      for (const command of [
        ['replay', path],
        ['replay', path, '--verify'],
        ['diff', plain, path],
      ]) {
        const outcome = await lab(...command);
        expect([command, outcome.code, outcome.out]).toEqual([command, 2, '']);
        expect(outcome.err).toMatch(/^probelab: .*\n$/);
        expect(outcome.err).toContain(path);
        expect(clear(outcome.err)).toBe(true);
      }
    }
  });

  test('an unwritable recording', async () => {
    for (const path of [join(folder, 'no/where.trace'), folder]) {
      const outcome = await lab('run', ...COMMAND, '--record', path);
      expect(outcome).toMatchObject({ code: 2, out: '' });
      expect(outcome.err).toMatch(
        new RegExp(`^probelab: ${path}: (no such file or directory|is a directory)\n$`),
      );
    }
  });
});

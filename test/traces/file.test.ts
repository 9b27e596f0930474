// Trace files: what is written is read; what is cut, flipped or foreign is refused or read up to the damage, never worse.
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argument, type EventColumns, eventColumns, MAX_ARGS } from '../../traces/columns.ts';
import type { TraceHeader } from '../../traces/format.ts';
import { TraceError, TraceReader } from '../../traces/read.ts';
import { TraceWriter } from '../../traces/write.ts';

const dir = mkdtempSync(join(tmpdir(), 'trace-'));

const header: TraceHeader = {
  format: 'probelab-trace',
  version: 1,
  identity: 'x',
  inputs: { seed: 1 },
  sources: { kernel: { 'kern/a.c': 'int a;' } },
  clockHz: 1e9,
  cpus: 2,
  sites: [
    { provider: 'sched', module: 'kernel', function: 'none', name: 'on-cpu', args: [] },
    {
      provider: 'lockstat',
      module: 'kernel',
      function: 'none',
      name: 'adaptive-acquire',
      args: ['struct mtx *'],
    },
    {
      provider: 'syscall',
      module: 'freebsd',
      function: 'read',
      name: 'entry',
      args: ['int', 'void *', 'size_t'],
    },
  ],
};
const end = {
  reason: 'poweroff',
  message: '',
  cycles: 10,
  exitStatus: 0,
  digest: 'd',
  stats: { instructions: 5 },
};

const word64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 2n ** 64n - 1n, 0xfffffe0001234560n, 2n ** 63n),
);
const event = fc.record({
  dt: fc.nat(100000),
  cpu: fc.nat(1),
  tid: fc.integer({ min: 0, max: 200000 }),
  site: fc.nat(2),
  args: fc.array(word64, { minLength: 3, maxLength: 3 }),
});

function columnsOf(
  events: { dt: number; cpu: number; tid: number; site: number; args: bigint[] }[],
): EventColumns {
  const columns = eventColumns(Math.max(1, events.length));
  let cycle = 0;
  for (const [i, e] of events.entries()) {
    cycle += e.dt;
    columns.cycle[i] = cycle;
    columns.cpu[i] = e.cpu;
    columns.tid[i] = e.tid;
    columns.site[i] = e.site;
    e.args.slice(0, header.sites[e.site].args.length).forEach((a, k) => {
      columns.argLow[i * MAX_ARGS + k] = Number(a & 0xffffffffn);
      columns.argHigh[i * MAX_ARGS + k] = Number(a >> 32n);
    });
    columns.count++;
  }
  return columns;
}

const rows = (c: EventColumns) =>
  Array.from({ length: c.count }, (_, i) => [
    c.cycle[i],
    c.cpu[i],
    c.tid[i],
    c.site[i],
    header.sites[c.site[i]].args.map((_, k) => argument(c, i, k)),
  ]);

function write(name: string, batches: EventColumns[], finish = true): string {
  const path = join(dir, name);
  const writer = new TraceWriter(path, header);
  batches.forEach((batch, i) => {
    writer.text({ cycle: 0, kind: 'console', text: `line ${i}\n` });
    writer.events(batch, `digest ${i}`);
  });
  if (finish) writer.finish(end);
  else writer.abandon();
  return path;
}

test('events come back as they were', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(event, { minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 4 }),
      (batches) => {
        const columns = batches.map(columnsOf);
        const reader = new TraceReader(write('round', columns));
        expect(reader.end).toEqual(end);
        expect(reader.header.sites).toEqual(header.sites);
        columns.forEach((batch, n) => {
          const chunk = reader.chunk(n);
          expect(rows(chunk.columns)).toEqual(rows(batch));
          expect(chunk.texts).toEqual([{ cycle: 0, kind: 'console', text: `line ${n}\n` }]);
          expect(chunk.digest).toBe(`digest ${n}`);
        });
        reader.close();
      },
    ),
    { seed: 5, numRuns: 60 },
  );
});

describe('damage', () => {
  const sample = fc
    .sample(fc.array(event, { minLength: 40, maxLength: 40 }), { seed: 3, numRuns: 3 })
    .map(columnsOf);
  const whole = readFileSync(write('whole', sample));

  test('a file cut anywhere is readable up to its last whole chunk', () => {
    for (let size = 0; size < whole.length; size += 7) {
      const path = join(dir, 'cut');
      writeFileSync(path, whole);
      truncateSync(path, size);
      try {
        const reader = new TraceReader(path);
        expect(reader.end).toBeUndefined();
        reader.chunks.forEach((_, n) => {
          expect(rows(reader.chunk(n).columns)).toEqual(rows(sample[n]));
        });
        reader.close();
      } catch (error) {
        expect(error).toBeInstanceOf(TraceError);
      }
    }
  });

  test('a writer that dies leaves its whole chunks', () => {
    const reader = new TraceReader(write('dead', sample, false));
    expect(reader.chunks.length).toBe(3);
    expect(reader.end).toBeUndefined();
    expect(reader.damage).toContain('cut short');
    reader.close();
  });

  test('a flipped byte is never read as data', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const path = join(dir, 'flip');
        const bytes = Uint8Array.from(whole);
        bytes[at] ^= flip;
        writeFileSync(path, bytes);
        try {
          const reader = new TraceReader(path);
          reader.chunks.forEach((_, n) => {
            try {
              expect(rows(reader.chunk(n).columns)).toEqual(rows(sample[n]));
            } catch (error) {
              expect(error).toBeInstanceOf(TraceError);
            }
          });
          reader.close();
        } catch (error) {
          expect(error).toBeInstanceOf(TraceError);
        }
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  test('something else is not a trace', () => {
    const path = join(dir, 'other');
    writeFileSync(path, 'hello\n');
    expect(() => new TraceReader(path)).toThrow(/not a probelab trace/);
  });
});

// Trace files: what is written is read; what is cut, flipped or foreign is refused or read up to the damage, never worse.
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argument, type EventColumns, eventColumns, MAX_ARGS } from '../../traces/columns.ts';
import { crc32, FRAME_BYTES, frame, MAGIC, pack, type TraceHeader, VERSION } from '../../traces/format.ts';
import { Playback } from '../../traces/playback/playback.ts';
import { TraceError, TraceReader } from '../../traces/read.ts';
import { TraceWriter } from '../../traces/write.ts';

const dir = mkdtempSync(join(tmpdir(), 'trace-'));

const header: TraceHeader = {
  format: 'probelab-trace',
  version: VERSION,
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
  start = 0,
): EventColumns {
  const columns = eventColumns(Math.max(1, events.length));
  let cycle = start;
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

/** Batches that follow each other in time. */
function inOrder(batches: Parameters<typeof columnsOf>[0][]): EventColumns[] {
  let cycle = 0;
  return batches.map((batch) => {
    const columns = columnsOf(batch, cycle);
    cycle = columns.cycle[columns.count - 1];
    return columns;
  });
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
        const columns = inOrder(batches);
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
  const sample = inOrder(
    fc.sample(fc.array(event, { minLength: 40, maxLength: 40 }), { seed: 3, numRuns: 3 }),
  );
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

  test('cut at every byte around the borders of its frames: the chunks before are there, and nothing else', () => {
    const borders = [MAGIC.length];
    const view = new DataView(whole.buffer, whole.byteOffset);
    while (borders[borders.length - 1] < whole.length - 16)
      borders.push(
        borders[borders.length - 1] + FRAME_BYTES + view.getUint32(borders[borders.length - 1] + 4, true),
      );
    expect(borders.length).toBe(7); // header, sources, three chunks, index, trailer
    for (const border of borders)
      for (let size = Math.max(0, border - 14); size <= Math.min(whole.length - 1, border + 14); size++) {
        const path = join(dir, 'border');
        writeFileSync(path, whole.subarray(0, size));
        if (size < borders[1]) {
          expect(() => new TraceReader(path)).toThrow(TraceError);
          continue;
        }
        const reader = new TraceReader(path);
        const chunks = borders.slice(3, 6).filter((end) => end <= size).length;
        expect([size, reader.chunks.length]).toEqual([size, chunks]);
        expect(reader.damage).not.toBe('');
        reader.chunks.forEach((_, n) => {
          expect(rows(reader.chunk(n).columns)).toEqual(rows(sample[n]));
        });
        reader.close();
      }
  });

  test('sound checksums over hostile contents: an error in words, no crash, no memory', () => {
    const bytes = (n: number) => new Uint8Array(n);
    const index = {
      chunks: [{ offset: 0, seq: 0, count: 5, firstCycle: 0, lastCycle: 9, digest: '' }],
      events: 5,
      end,
      siteCounts: [],
    };
    const chunk = { seq: 0, count: 5, firstCycle: 0, lastCycle: 9, digest: '', texts: [], data: bytes(3) };
    const { sources: _, ...head } = header;
    const hostile: [string, Uint8Array][] = [
      // Arrays, maps and strings of 4 thousand million elements; nesting without end; extension types.
      ...[
        [0xdd, 255, 255, 255, 255],
        [0xdf, 255, 255, 255, 255],
        [0xdb, 255, 255, 255, 255],
        [0xc6, 127, 255, 255, 255],
        [0xdd, 1, 255, 255, 255, 0xdd, 1, 255, 255, 255],
        Array(5000).fill(0x91),
        [0xd4, 0, 0],
        [0xc7, 1, 0, 0],
      ].map((list): [string, Uint8Array] => ['HEAD', Uint8Array.from(list as number[])]),
      ['HEAD', pack({ ...head, cpus: 1e9 })],
      ['HEAD', pack({ ...head, sites: Array(3).fill(null) })],
      ['HEAD', pack({ ...head, sites: [{ ...header.sites[0], args: 7 }] })],
      ['HEAD', pack({ ...head, clockHz: 'fast' })],
      ['HEAD', pack(null)],
      ['CHNK', pack({ ...chunk, count: 2 ** 31 })],
      ['CHNK', pack({ ...chunk, count: -1 })],
      ['CHNK', pack({ ...chunk, count: 60000 })],
      ['CHNK', pack({ ...chunk, data: bytes(100_000) })],
      ['CHNK', pack({ ...chunk, data: deflateRawSync(bytes(50_000_000)) })],
      ['CHNK', pack({ ...chunk, texts: [{ cycle: 0, kind: 'x', text: 'y' }] })],
      ['CHNK', pack({ ...chunk, texts: 'none' })],
      ['CHNK', pack({ ...chunk, seq: 77 })],
      ['KEYF', pack({ seq: 0, state: bytes(9) })],
      ['SRCS', pack(bytes(9))],
      ['INDX', pack(bytes(9))],
      ['INDX', pack({ ...index, chunks: [{ ...index.chunks[0], offset: 1e15 }] })],
      ['INDX', pack({ ...index, chunks: [{ ...index.chunks[0], count: 1e9 }] })],
      ['INDX', pack(index)],
      ['INDX', pack({ ...index, end: null })],
      ['NOPE', pack(1)],
    ];
    for (const [tag, payload] of hostile) {
      const parts = [MAGIC];
      if (tag !== 'HEAD') parts.push(frame('HEAD', pack(head)));
      const at = parts.reduce((n, part) => n + part.length, 0);
      parts.push(frame(tag as 'HEAD', payload));
      if (tag === 'INDX') {
        const trailer = bytes(16);
        new DataView(trailer.buffer).setBigUint64(0, BigInt(at), true);
        trailer.set(new TextEncoder().encode('PLTRACE$'), 8);
        parts.push(trailer);
      }
      const path = join(dir, 'hostile');
      writeFileSync(path, Buffer.concat(parts));
      const before = process.memoryUsage().rss;
      try {
        const view = Playback.open(path);
        const { reader } = view;
        expect(() => {
          view.goto(3);
          view.lanes(0, 100, 10);
          view.texts('console');
          view.find({ site: 'sched:::' }, 0, 1);
          for (let n = 0; n < reader.chunks.length; n++) reader.chunk(n);
          if (reader.header.sources['kernel'] === undefined) throw new TraceError('none');
        }, tag).toThrow(TraceError);
        view.close();
      } catch (error) {
        expect(error, tag).toBeInstanceOf(TraceError);
      }
      expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    }
  });

  test('our CRC-32 is the one of zlib', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
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

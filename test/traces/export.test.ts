// Exports, each read back by a reader that is not ours where there is one, and held against the events of the trace.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeCtf } from '../../traces/export/ctf.ts';
import { FORMATS } from '../../traces/export/formats.ts';
import { apply, initialState } from '../../traces/playback/fold.ts';
import { SiteTable } from '../../traces/playback/sites.ts';
import { TraceReader } from '../../traces/read.ts';
import { lab, scratch } from '../e2e/lab.ts';

const folder = scratch();
const trace = join(folder, 'run.trace');
const path = (format: string) => join(folder, `run.${format}`);
afterAll(() => rmSync(folder, { recursive: true }));

interface Row {
  seq: number;
  cycle: number;
  ns: number;
  cpu: number;
  tid: number;
  thread: string;
  provider: string;
  module: string;
  function: string;
  name: string;
  args: (string | number)[];
  symbols?: (string | null)[];
}
let rows: Row[];
const count = (provider: string, name: string) =>
  rows.filter((r) => r.provider === provider && r.name === name).length;

beforeAll(async () => {
  const run = await lab(
    ...['run', '--exec', 'dd if=/dev/zero of=/dev/null bs=64k count=3; ls /bin | wc -l', '--cpus', '2'],
    ...['--record', trace, '--record-fbt', 'sys_*', '--record-fbt', 'malloc'],
    ...['-n', 'syscall:::entry /execname == "dd"/ { @ = count(); }'],
  );
  expect(run.code).toBe(0);
  for (const format of ['chrome', 'perfetto', 'folded', 'speedscope', 'csv', 'jsonl', 'ctf']) {
    const done = await lab('export', trace, '--to', format, '-o', path(format));
    expect([format, done.code, done.err]).toEqual([format, 0, '']);
  }
  rows = readFileSync(path('jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}, 120_000);

test('JSON lines: every event of the trace, its numbers exact', () => {
  const reader = new TraceReader(trace);
  expect(rows.length).toBe(reader.events);
  let at = 0;
  const { clockHz } = reader.header;
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e } = reader.chunk(n);
    for (let i = 0; i < e.count; i++, at++) {
      const row = rows[at];
      expect([row.seq, row.cycle, row.cpu, row.tid]).toEqual([at, e.cycle[i], e.cpu[i], e.tid[i]]);
      expect(BigInt(row.ns)).toBe((BigInt(row.cycle) * 10n ** 9n) / BigInt(clockHz));
      expect(row.args.length).toBe(Math.min(5, reader.header.sites[e.site[i]].args.length));
    }
  }
  reader.close();
  expect(
    rows.filter((r) => r.thread === 'swapper/init/csh/dd' && r.function === 'write').length,
  ).toBeGreaterThan(6);
});

test('CSV: the same, in the documented columns', () => {
  const [head, ...lines] = readFileSync(path('csv'), 'utf8').trimEnd().split('\r\n');
  expect(head).toBe(
    'seq,cycle,ns,cpu,tid,thread,provider,module,function,name,arg0,arg1,arg2,arg3,arg4,symbols',
  );
  expect(lines.length).toBe(rows.length);
  lines.forEach((line, i) => {
    const { args, symbols, ...rest } = rows[i];
    const five = Array.from({ length: 5 }, (_, k) => args[k] ?? '');
    const names = (symbols ?? []).flatMap((name, k) => (name === null ? [] : [`arg${k}=${name}`]));
    expect(line).toBe([...Object.values(rest), ...five, names.join(' ')].join());
  });
});

interface ChromeEvent {
  ph: string;
  pid: number;
  tid: number;
  ts?: number;
  name?: string;
  cat?: string;
  id?: number;
  args?: { value?: number; name?: string };
}
const chrome = (): ChromeEvent[] => JSON.parse(readFileSync(path('chrome'), 'utf8')).traceEvents;
const nanoseconds = (e: ChromeEvent) => Math.round((e.ts ?? 0) * 1000);

describe('Chrome', () => {
  test('the documented shape; times are whole nanoseconds, in order', () => {
    const text = readFileSync(path('chrome'), 'utf8');
    const parsed = JSON.parse(text);
    expect(parsed.displayTimeUnit).toBe('ns');
    expect([...text.matchAll(/"ts":([\d.]*)/g)].every(([, ts]) => /^\d+\.\d{3}$/.test(ts))).toBe(true);
    let last = 0;
    for (const e of parsed.traceEvents as ChromeEvent[]) {
      expect('BEiCMsf').toContain(e.ph);
      expect(Number.isInteger(e.pid) && Number.isInteger(e.tid)).toBe(true);
      if (e.ph === 'M') continue;
      expect(e.ts).toBeGreaterThanOrEqual(last);
      last = e.ts ?? 0;
      if (e.ph !== 'E') expect(typeof e.name).toBe('string');
    }
  });

  test('spans nest on every track and end; a flow ends once, after it began', () => {
    const depth = new Map<string, number>();
    const begun = new Map<number, number>();
    let ended = 0;
    for (const e of chrome()) {
      const key = `${e.pid} ${e.tid}`;
      if (e.ph === 'B') depth.set(key, (depth.get(key) ?? 0) + 1);
      if (e.ph === 'E') {
        depth.set(key, (depth.get(key) ?? 0) - 1);
        expect(depth.get(key)).toBeGreaterThanOrEqual(0);
      }
      if (e.ph === 's') {
        expect(begun.has(e.id ?? 0)).toBe(false);
        begun.set(e.id ?? 0, nanoseconds(e));
      }
      if (e.ph === 'f') {
        ended++;
        expect(begun.get(e.id ?? 0)).toBeLessThanOrEqual(nanoseconds(e));
        begun.delete(e.id ?? 0);
      }
    }
    expect([...depth.values()].every((n) => n === 0)).toBe(true);
    expect(ended).toBeGreaterThan(5);
    // Left: threads that were woken and never ran again.
    expect(begun.size).toBeLessThan(new Set(rows.map((r) => r.tid)).size);
  });

  test('as many spans as events that begin one', () => {
    const events = chrome();
    const spans = (cat: string) => events.filter((e) => e.ph === 'B' && e.cat === cat).length;
    expect(spans('syscall')).toBe(count('syscall', 'entry'));
    expect(spans('function')).toBe(count('fbt', 'entry'));
    expect(events.filter((e) => e.ph === 'i' && e.cat === 'wakeup').length).toBe(count('_trace', 'wakeup'));
    const firings = events.filter((e) => e.ph === 'C' && e.name === 'DTrace firings');
    expect(firings.map((e) => e.args?.value)).toEqual(
      Array.from({ length: count('_trace', 'dtrace-enter') }, (_, i) => i + 1),
    );
    expect(firings.length).toBeGreaterThan(10);
    expect(events.some((e) => e.ph === 'C' && e.name === 'run queue CPU 1')).toBe(true);
    expect(events.some((e) => e.ph === 'i' && e.cat === 'mark' && e.name === 'ready')).toBe(true);
    const dd = events.find((e) => e.ph === 'M' && e.name === 'thread_name' && e.args?.name === 'dd');
    expect(events.some((e) => e.ph === 'B' && e.tid === dd?.tid && e.name === 'write')).toBe(true);
  });
});

/** As much of protos/perfetto/trace as the export uses; numbers from the public files. */
const PROTO = `
syntax = "proto2";
message Trace { repeated TracePacket packet = 1; }
message TracePacket {
  optional uint64 timestamp = 8;
  optional uint32 trusted_packet_sequence_id = 10;
  optional TrackEvent track_event = 11;
  optional InternedData interned_data = 12;
  optional uint32 sequence_flags = 13;
  optional TrackDescriptor track_descriptor = 60;
}
message InternedData { repeated Entry event_categories = 1; repeated Entry event_names = 2; }
message Entry { optional uint64 iid = 1; optional string name = 2; }
message TrackEvent {
  repeated uint64 category_iids = 3;
  enum Type { TYPE_UNSPECIFIED = 0; TYPE_SLICE_BEGIN = 1; TYPE_SLICE_END = 2; TYPE_INSTANT = 3; TYPE_COUNTER = 4; }
  optional Type type = 9;
  optional uint64 name_iid = 10;
  optional uint64 track_uuid = 11;
  optional int64 counter_value = 30;
  repeated fixed64 flow_ids = 47;
  repeated fixed64 terminating_flow_ids = 48;
}
message TrackDescriptor {
  optional uint64 uuid = 1;
  optional string name = 2;
  optional ProcessDescriptor process = 3;
  optional ThreadDescriptor thread = 4;
  optional uint64 parent_uuid = 5;
  optional CounterDescriptor counter = 8;
}
message ProcessDescriptor { optional int32 pid = 1; optional string process_name = 6; }
message ThreadDescriptor { optional int32 pid = 1; optional int32 tid = 2; optional string thread_name = 5; }
message CounterDescriptor { optional uint32 type = 1; }
`;

test('Perfetto: decoded by protobufjs, the same spans, instants, counters and flows as in the Chrome trace, on tracks that were described', () => {
  const Trace = protobuf.parse(PROTO).root.lookupType('Trace');
  const decoded = Trace.toObject(Trace.decode(readFileSync(path('perfetto'))), {
    longs: Number,
    enums: String,
    defaults: false,
  });
  const tracks = new Map<number, string>();
  const names = new Map<number, string>();
  const depth = new Map<number, number>();
  const events: string[] = [];
  for (const packet of decoded['packet']) {
    expect(packet.trustedPacketSequenceId).toBe(1);
    for (const { iid, name } of packet.internedData?.eventNames ?? []) names.set(iid, name);
    const d = packet.trackDescriptor;
    if (d !== undefined) {
      if (d.parentUuid !== undefined) expect(tracks.has(d.parentUuid)).toBe(true);
      tracks.set(d.uuid, d.thread?.threadName ?? d.process?.processName ?? d.name);
      continue;
    }
    const e = packet.trackEvent;
    expect(tracks.has(e.trackUuid)).toBe(true);
    const step = e.type === 'TYPE_SLICE_BEGIN' ? 1 : e.type === 'TYPE_SLICE_END' ? -1 : 0;
    depth.set(e.trackUuid, (depth.get(e.trackUuid) ?? 0) + step);
    expect(depth.get(e.trackUuid)).toBeGreaterThanOrEqual(0);
    const name = e.nameIid === undefined ? undefined : names.get(e.nameIid);
    if (step === 1 || e.type === 'TYPE_INSTANT') expect(name).toBeDefined();
    const at = packet.timestamp ?? 0;
    if (e.type === 'TYPE_COUNTER') events.push(`${at} C ${tracks.get(e.trackUuid)} ${e.counterValue ?? 0}`);
    else
      events.push(
        `${at} ${{ TYPE_SLICE_BEGIN: 'B', TYPE_SLICE_END: 'E', TYPE_INSTANT: 'i' }[e.type as string]} ${name ?? ''}`,
      );
    for (const id of e.flowIds ?? []) events.push(`${at} s ${id}`);
    for (const id of e.terminatingFlowIds ?? []) events.push(`${at} f ${id}`);
  }
  expect([...depth.values()].every((n) => n === 0)).toBe(true);
  const expected = chrome()
    .filter((e) => e.ph !== 'M')
    .map((e) => {
      const at = `${nanoseconds(e)} ${e.ph}`;
      if (e.ph === 'C') return `${at} ${e.name} ${e.args?.value}`;
      return e.ph === 's' || e.ph === 'f' ? `${at} ${e.id}` : `${at} ${e.name ?? ''}`;
    });
  expect(events).toEqual(expected);
});

test.skipIf(spawnSync('babeltrace2', ['--version']).status !== 0)(
  'CTF: babeltrace2 reads every event back: time, CPU, thread, name, values (skipped where it is not installed)',
  () => {
    const options = ['--clock-seconds', '--no-delta', '--names=none'];
    const text = execFileSync('babeltrace2', [path('ctf'), ...options], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const read = text.trimEnd().split('\n');
    const expected = rows.map((r) => {
      const s = String(r.ns).padStart(10, '0');
      const args = r.args.map((a) =>
        typeof a === 'string' && a.startsWith('0x') ? `0x${a.slice(2).toUpperCase()}` : a,
      );
      return `[${s.slice(0, -9)}.${s.slice(-9)}] ${r.provider}:${r.module}:${r.function}:${r.name}: { ${r.cpu} }, { ${r.tid} }, { ${args.join(', ')} }`;
    });
    expect(read.map((line) => line.replace(/\{\s*\}$/, '{  }')).sort()).toEqual(expected.sort());
  },
);

describe('stacks', () => {
  const folded = () =>
    readFileSync(path('folded'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, stack, n] = /^(.*) (\d+)$/.exec(line) ?? [];
        return { frames: stack.split(';'), ns: Number(n) };
      });

  test('folded: a thread has the time on CPU that playback books to it', () => {
    const reader = new TraceReader(trace);
    const table = new SiteTable(reader.header.sites);
    const state = initialState(reader.header.cpus);
    let last = 0;
    const ran = new Map<number, number>();
    for (let n = 0; n < reader.chunks.length; n++) {
      const { columns: e } = reader.chunk(n);
      for (let i = 0; i < e.count; i++) {
        apply(state, table, e, i);
        last = e.cycle[i];
        for (const tid of [e.tid[i]]) {
          const t = state.threads[tid];
          if (t !== undefined) ran.set(tid, t.ranCycles + t.probeCycles + t.interruptCycles);
        }
      }
    }
    const { clockHz } = reader.header;
    reader.close();
    expect(last).toBeGreaterThan(0);
    const dd = rows.find((r) => r.thread === 'swapper/init/csh/dd')?.tid ?? 0;
    const mine = folded().filter(({ frames }) => frames[0] === 'swapper/init/csh/dd');
    const sum = mine.reduce((total, { ns }) => total + ns, 0);
    const booked = ((ran.get(dd) ?? 0) / clockHz) * 1e9;
    // Up to its last switch, and rounded down stack by stack.
    expect(sum).toBeGreaterThan(booked - mine.length - 1);
    expect(sum).toBeLessThan(booked * 1.02);
    expect(mine.some(({ frames }) => frames[1] === 'write' && frames[2] === 'sys_write')).toBe(true);
    expect(mine.some(({ frames }) => frames.some((f) => f.startsWith('probe: ')))).toBe(true);
  });

  test('speedscope: frames open and close in order; a CPU has the time that the folded stacks have', async () => {
    const check = (file: string) => {
      const parsed = JSON.parse(readFileSync(file, 'utf8'));
      expect(parsed.$schema).toBe('https://www.speedscope.app/file-format-schema.json');
      let total = 0;
      for (const p of parsed.profiles) {
        expect([p.type, p.unit]).toEqual(['evented', 'nanoseconds']);
        const open: number[] = [];
        let last = p.startValue;
        for (const { type, frame, at } of p.events) {
          expect(at).toBeGreaterThanOrEqual(last);
          if (open.length > 0) total += at - last;
          last = at;
          expect(parsed.shared.frames[frame]?.name).toBeDefined();
          if (type === 'O') open.push(frame);
          else expect(open.pop()).toBe(frame);
        }
        expect(open).toEqual([]);
        expect(last).toBeLessThanOrEqual(p.endValue);
      }
      return { total, names: parsed.profiles.map((p: { name: string }) => p.name) };
    };
    const { total, names } = check(path('speedscope'));
    expect(names).toEqual(['CPU 0', 'CPU 1']);
    const sum = folded().reduce((all, { ns }) => all + ns, 0);
    expect(Math.abs(total - sum)).toBeLessThan(rows.length);
    await lab('export', trace, '--to', 'speedscope', '--threads', '-o', path('threads'));
    expect(check(path('threads')).names.some((n: string) => n.startsWith('swapper/init/csh/dd ('))).toBe(
      true,
    );
  });
});

test('the command: formats listed, bad usage told', async () => {
  const list = await lab('export', '--list');
  expect(list.out.split('\n').map((line) => line.split(' ')[0])).toEqual([
    ...['chrome', 'perfetto', 'ctf', 'folded', 'speedscope', 'csv', 'jsonl', ''],
  ]);
  for (const [argv, message] of [
    [['export', trace], 'export to what? there are chrome'],
    [['export', trace, '--to', 'pdf'], '--to pdf: no such format'],
    [['export', trace, '--to', 'ctf'], 'writes a folder: name it with -o'],
    [['export', '--to', 'csv'], 'name a trace'],
  ] as const) {
    const done = await lab(...argv);
    expect([argv, done.code, done.err.includes(message)]).toEqual([argv, 2, true]);
  }
  const out = await lab('export', trace, '--to', 'csv');
  expect(out.out).toBe(readFileSync(path('csv'), 'utf8'));
  expect(await lab('export', trace, '--to', 'csv', '-o', '-')).toEqual(out);
});

describe('traces of every released version, and one that was cut short', () => {
  const golden = join(import.meta.dirname, 'golden');
  const files = readdirSync(golden)
    .filter((name) => name.endsWith('.trace'))
    .map((name) => join(golden, name));
  const cut = join(folder, 'cut.trace');
  beforeAll(() => {
    const whole = readFileSync(files.at(-1) ?? '');
    writeFileSync(cut, whole.subarray(0, whole.length - 1000));
  });

  test.each([...files, cut])('%s', (file) => {
    const reader = new TraceReader(file);
    expect(reader.events).toBeGreaterThan(0);
    const text = (name: string) =>
      [...(FORMATS.find((f) => f.name === name)?.pieces?.(reader, { off: true, threads: true }) ?? [])].join(
        '',
      );
    const depth = new Map<string, number>();
    for (const e of JSON.parse(text('chrome')).traceEvents as ChromeEvent[]) {
      const key = `${e.pid} ${e.tid}`;
      if (e.ph === 'B') depth.set(key, (depth.get(key) ?? 0) + 1);
      if (e.ph === 'E') depth.set(key, (depth.get(key) ?? 0) - 1);
    }
    expect(new Set(depth.values())).toEqual(new Set([0]));
    expect(text('jsonl').trimEnd().split('\n').length).toBe(reader.events);
    expect(text('csv').trimEnd().split('\r\n').length).toBe(reader.events + 1);
    expect(text('folded')).toMatch(/^\S.*;.* \d+$/m);
    expect(JSON.parse(text('speedscope')).profiles.length).toBeGreaterThan(1);
    expect(writeCtf(reader, join(folder, 'golden.ctf'))).toBe(reader.events);
    reader.close();
  });
});

test('functions of callouts have their names: in lists, reasons, lines of values and on tracks', async () => {
  const sleeping = join(folder, 'sleep.trace');
  expect((await lab('run', '--exec', 'sleep 0.002', '--cpus', '1', '-q', '--record', sleeping)).code).toBe(0);
  const lines = (await lab('export', sleeping, '--to', 'jsonl')).out.trimEnd().split('\n');
  const callouts = lines
    .map((line) => JSON.parse(line) as Row)
    .filter((r) => r.provider === '_trace' && r.name === 'callout');
  // nanosleep(2) sets one, and its time comes.
  expect(callouts.map((r) => r.symbols?.[1])).toContain('sleepq_timeout');
  const { seq } = callouts[0];
  const csv = (await lab('export', sleeping, '--to', 'csv')).out.split('\r\n');
  expect(csv[0].endsWith(',arg4,symbols')).toBe(true);
  expect(csv[seq + 1]).toMatch(/,arg1=sleepq_timeout$/);
  const chrome = JSON.parse((await lab('export', sleeping, '--to', 'chrome')).out) as {
    traceEvents: { name: string; cat?: string }[];
  };
  expect(
    chrome.traceEvents.filter((e) => e.cat === 'callout' && e.name === 'sleepq_timeout').length,
  ).toBeGreaterThan(0);
  const show = (...argv: string[]) => lab('show', sleeping, 'events', '--site', '*callout*', ...argv);
  expect((await show()).out).toMatch(/_trace:kernel:none:callout +0x\w+ 0xffffffff802\w+ \(sleepq_timeout\)/);
  const why = (await show('--why')).out;
  expect(why).toMatch(/callout-start +CPU 0, in an interrupt, runs sleepq_timeout\(\) of callout 0x/);
  expect(why).toMatch(/callout-end +callout 0x\w+ is done: sleepq_timeout\(\) took [\d.]+ [mun]s/);
});

// A small run in memory, made by hand: two CPUs, a lock that two threads fight for, ticks, a probe that fires, a system call. The real fold
// runs over it, so what the views say of it follows from the events below.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventColumns, eventColumns, MAX_ARGS } from '../../traces/columns.ts';
import { compareRuns } from '../../traces/diff/compare.ts';
import { ThreadNames } from '../../traces/diff/threads.ts';
import { type SiteInfo, type TraceText, VERSION } from '../../traces/format.ts';
import type { ChunkInfo, EventSource } from '../../traces/playback/source.ts';
import { learnThreads } from '../../traces/playback/threads.ts';
import { SourceView } from '../../traces/playback/view.ts';
import { TraceReader } from '../../traces/read.ts';
import { TraceWriter } from '../../traces/write.ts';
import { World } from '../../tui/app/world.ts';

const trace = (name: string, args: string[]): SiteInfo => ({
  provider: '_trace',
  module: 'kernel',
  function: 'none',
  name,
  args,
});
const lock = (name: string, args: string[]): SiteInfo => ({
  provider: 'lockstat',
  module: 'kernel',
  function: 'none',
  name,
  args,
});
const call = (name: string, edge: string, args: string[]): SiteInfo => ({
  provider: 'syscall',
  module: 'freebsd',
  function: name,
  name: edge,
  args,
});

const U = 'uint64_t';
export const SITES: SiteInfo[] = [
  trace('thread-create', [U, U, U]),
  trace('thread-name', [U, U, U, U, U]),
  trace('switch', ['int', 'int', 'int']),
  trace('intr-entry', ['int']),
  trace('intr-exit', ['int']),
  trace('dtrace-enter', ['uint32_t']),
  trace('dtrace-exit', ['uint32_t']),
  trace('wakeup', ['int']),
  trace('lock-wait', ['struct lock_object *', 'int', 'int']),
  lock('adaptive-acquire', ['struct mtx *']),
  lock('adaptive-release', ['struct mtx *']),
  lock('adaptive-block', ['struct mtx *', U]),
  call('read', 'entry', [U, U, U]),
  call('read', 'return', ['int64_t', 'int64_t']),
  trace('lock-init', ['struct lock_object *', U, U, U, U]),
];
const site = (name: string) => SITES.findIndex((s) => s.name === name || `${s.function}-${s.name}` === name);

type Row = [cycle: number, cpu: number, tid: number, site: string, ...args: (number | bigint)[]];

const LOCK = 0xfffffe0000001000n;
const word = (text: string): bigint => {
  let value = 0n;
  for (let i = 7; i >= 0; i--) value = (value << 8n) | BigInt(text.charCodeAt(i) || 0);
  return value;
};
const named = (cycle: number, tid: number, name: string, pid: number): Row => [
  cycle,
  0,
  1,
  'thread-name',
  tid,
  word(name),
  word(name.slice(8)),
  0n,
  pid,
];
const TURNSTILE = 5;

const ROWS: Row[] = [
  [100, 0, 1, 'thread-create', 1, 0, 0],
  named(100, 1, 'swapper', 0),
  [110, 0, 1, 'thread-create', 2, 10, 1],
  named(110, 2, 'idle: cpu0', 10),
  [120, 0, 1, 'thread-create', 3, 10, 1],
  named(120, 3, 'idle: cpu1', 10),
  [130, 0, 1, 'thread-create', 4, 20, 1],
  named(130, 4, 'dd', 20),
  [140, 0, 1, 'thread-create', 5, 21, 1],
  named(140, 5, 'csh', 21),
  [150, 0, 1, 'lock-init', LOCK, 0, word('pipe mtx'), 0n, 0n],
  [1000, 0, 1, 'switch', 1, 4, 0],
  [1000, 1, 3, 'switch', 3, 5, 0],
  [2000, 0, 4, 'read-entry', 3, 0x8000, 512],
  [2500, 0, 4, 'adaptive-acquire', LOCK],
  [2600, 0, 4, 'dtrace-enter', 7],
  [3600, 0, 4, 'dtrace-exit', 7],
  [4000, 1, 5, 'lock-wait', LOCK, 4, 1],
  [4200, 1, 5, 'switch', 5, 3, TURNSTILE],
  [5000, 0, 4, 'intr-entry', 0],
  [5400, 0, 4, 'intr-exit', 0],
  [6000, 0, 4, 'adaptive-release', LOCK],
  [6100, 0, 4, 'wakeup', 5],
  [6500, 1, 3, 'switch', 3, 5, 0],
  [6600, 1, 5, 'adaptive-block', LOCK, 2600],
  [6610, 1, 5, 'adaptive-acquire', LOCK],
  [7000, 0, 4, 'read-return', 512, 0],
  [8000, 1, 5, 'adaptive-release', LOCK],
  [9000, 0, 4, 'switch', 4, 2, 0],
  [10000, 0, 2, 'intr-entry', 0],
  [10300, 0, 2, 'intr-exit', 0],
];

function columnsOf(rows: Row[]): EventColumns {
  const e = eventColumns(rows.length);
  rows.forEach(([cycle, cpu, tid, name, ...args], i) => {
    e.cycle[i] = cycle;
    e.cpu[i] = cpu;
    e.tid[i] = tid;
    e.site[i] = site(name);
    args.forEach((arg, k) => {
      const value = BigInt.asUintN(64, BigInt(arg));
      e.argLow[i * MAX_ARGS + k] = Number(value & 0xffffffffn);
      e.argHigh[i * MAX_ARGS + k] = Number(value >> 32n);
    });
    e.count = i + 1;
  });
  return e;
}

class MemorySource implements EventSource {
  readonly events: number;
  readonly chunkCount = 1;
  readonly #columns: EventColumns;

  constructor(rows: Row[]) {
    this.events = rows.length;
    this.#columns = columnsOf(rows);
  }

  info(): ChunkInfo {
    const { cycle, count } = this.#columns;
    return { seq: 0, count, firstCycle: cycle[0], lastCycle: cycle[count - 1] };
  }
  columns(): EventColumns {
    return this.#columns;
  }
  texts(): readonly TraceText[] {
    return [
      {
        cycle: 3600,
        kind: 'dtrace',
        text: 'CPU     ID                    FUNCTION:NAME\n  0      7                       read:entry\n',
      },
      {
        cycle: 9000,
        kind: 'aggregation',
        text: '  read                                                              1\n',
      },
    ];
  }
  keyframe(): undefined {
    return undefined;
  }
  mayHold(): boolean {
    return true;
  }
}

export class SmallRun extends SourceView {
  readonly ended = true;
  readonly endCycle = 12000;
  closed = false;

  constructor(title = 'small.trace', rows = ROWS) {
    super(new MemorySource(rows), { title, kind: 'trace', clockHz: 1e9, cpus: 2, sites: SITES });
  }

  protected override names(): ThreadNames {
    const names = new ThreadNames();
    learnThreads(names, this.table, this.eventSource.columns(0));
    return names;
  }
  protected override probeName(id: number): string | undefined {
    return id === 7 ? 'syscall::read:entry' : undefined;
  }
  close(): void {
    this.closed = true;
  }
}

export const EVENTS = ROWS.length;

/** The same run with lockstat probes on dd: each lock operation of dd is followed by a firing, and so csh comes later; dd takes the lock once more. */
const TRACED_ROWS: Row[] = [
  ...ROWS.filter(([cycle]) => cycle <= 2000),
  [2500, 0, 4, 'adaptive-acquire', LOCK],
  [2550, 0, 4, 'dtrace-enter', 7],
  [3150, 0, 4, 'dtrace-exit', 7],
  [4000, 1, 5, 'lock-wait', LOCK, 4, 1],
  [4200, 1, 5, 'switch', 5, 3, TURNSTILE],
  [5000, 0, 4, 'intr-entry', 0],
  [5400, 0, 4, 'intr-exit', 0],
  [6600, 0, 4, 'adaptive-release', LOCK],
  [6650, 0, 4, 'dtrace-enter', 7],
  [7250, 0, 4, 'dtrace-exit', 7],
  [7300, 0, 4, 'wakeup', 5],
  [7400, 0, 4, 'adaptive-acquire', LOCK],
  [7500, 0, 4, 'adaptive-release', LOCK],
  [7700, 1, 3, 'switch', 3, 5, 0],
  [7800, 1, 5, 'adaptive-block', LOCK, 3800],
  [7810, 1, 5, 'adaptive-acquire', LOCK],
  [8200, 0, 4, 'read-return', 512, 0],
  [9200, 1, 5, 'adaptive-release', LOCK],
  [10000, 0, 4, 'intr-entry', 0],
  [10300, 0, 4, 'intr-exit', 0],
  [10400, 0, 4, 'switch', 4, 2, 0],
];

const SOURCE = `/* A made-up kernel. */
int
sys_read(struct thread *td, struct read_args *uap)
{
	int error;

	error = kern_readv(td, uap->fd);
	SDT_PROBE1(_trace, , , dtrace__enter, id);
	return (error);
}
`;

export function smallWorld(): World {
  const world = new World();
  world.sides = [
    {
      run: new SmallRun(),
      sources: { kernel: { 'kern/sys_generic.c': SOURCE } },
      program: "-n 'syscall::read:entry { @[probefunc] = count(); }'",
      probeName: (id) => (id === 7 ? 'syscall::read:entry' : undefined),
    },
  ];
  world.readCatalog = () => [
    { kind: 'trace', name: 'a.trace', description: 'one' },
    { kind: 'trace', name: 'b.trace', description: 'the other' },
    { kind: 'scenario', name: 'dd', description: 'dd(1) copies nothing to nowhere' },
  ];
  return world;
}

/** A trace file of these rows. */
function written(path: string, rows: Row[]): TraceReader {
  const writer = new TraceWriter(path, {
    format: 'probelab-trace',
    version: VERSION,
    identity: path,
    inputs: {},
    sources: {},
    clockHz: 1e9,
    cpus: 2,
    sites: SITES,
  });
  writer.events(columnsOf(rows), path);
  writer.finish({
    reason: 'poweroff',
    message: '',
    cycles: 12000,
    exitStatus: 0,
    digest: path,
    stats: {},
  });
  return new TraceReader(path);
}

/** The small run beside its traced twin; the difference is worked out by what works it out for every pair. */
export function pairWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'probelab-pair-'));
  const readers = [ROWS, TRACED_ROWS].map((rows, i) => written(join(folder, `${i}.trace`), rows));
  const diff = compareRuns(readers[0], readers[1]);
  for (const reader of readers) reader.close();
  rmSync(folder, { recursive: true });
  const [one] = smallWorld().sides;
  const world = smallWorld();
  world.replace(
    [
      { ...one, run: new SmallRun('none.trace'), program: '' },
      { ...one, run: new SmallRun('locks.trace', TRACED_ROWS) },
    ],
    { ...diff, titleA: 'none.trace', titleB: 'locks.trace' },
  );
  return world;
}

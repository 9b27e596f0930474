/**
 * Frames of the screens: what one costs, how soon the first is there, how fast a key is answered, and what is left behind in memory.
 *
 * The trace has ten million events: a short recorded run whose later half is repeated. Ink writes into a terminal that only counts, 160
 * columns by 50 rows. Times are of the processor, so that they mean something on a machine that is shared.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../engine/run/session.ts';
import { eventColumns, MAX_ARGS } from '../../traces/columns.ts';
import { TraceReader } from '../../traces/read.ts';
import { startRecording } from '../../traces/record.ts';
import { CHUNK_EVENTS } from '../../traces/recorder.ts';
import { TraceWriter } from '../../traces/write.ts';
import { execScenario, runInputs } from '../run-inputs.ts';

const EVENTS = 10_000_000;
const COLUMNS = 160;
const ROWS = 50;
const FRAMES = 60;
const MEMORY_FRAMES = 100_000;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** A real run. */
async function seed(path: string, program?: string): Promise<void> {
  const recording = startRecording(path);
  const scenario = execScenario('dd if=/dev/zero of=/dev/null bs=64k count=40');
  const dtrace =
    program === undefined ? {} : { dtrace: { argv: ['-n', program], files: {}, endsRun: false } };
  const session = await Session.open(
    { ...runInputs(scenario, { seed: '1', cpus: '4' }), ...dtrace },
    {
      records: recording.records,
      console: recording.console,
      mark: recording.mark,
    },
  );
  recording.open(session);
  recording.finish(await session.run());
}

function stretch(from: string, to: string): void {
  const reader = new TraceReader(from);
  const writer = new TraceWriter(to, reader.header);
  const chunks = reader.chunks.map((_, n) => reader.chunk(n).columns);
  const at: [chunk: number, i: number][] = chunks.flatMap((c, n) =>
    Array.from({ length: c.count }, (_, i): [number, number] => [n, i]),
  );
  const half = Math.floor(at.length / 2);
  const cycle = ([n, i]: [number, number]) => chunks[n].cycle[i];
  const lap = cycle(at[at.length - 1]) - cycle(at[half]) + 1000;
  const out = eventColumns(CHUNK_EVENTS);
  out.count = 0;
  for (let k = 0; k < EVENTS; k++) {
    const over = Math.max(0, k - at.length);
    const [n, i] = k < at.length ? at[k] : at[half + (over % (at.length - half))];
    const laps = k < at.length ? 0 : 1 + Math.floor(over / (at.length - half));
    const e = chunks[n];
    const to2 = out.count++;
    out.cycle[to2] = e.cycle[i] + laps * lap;
    out.cpu[to2] = e.cpu[i];
    out.tid[to2] = e.tid[i];
    out.site[to2] = e.site[i];
    for (let a = 0; a < MAX_ARGS; a++) {
      out.argLow[to2 * MAX_ARGS + a] = e.argLow[i * MAX_ARGS + a];
      out.argHigh[to2 * MAX_ARGS + a] = e.argHigh[i * MAX_ARGS + a];
    }
    if (out.count === CHUNK_EVENTS || k === EVENTS - 1) {
      writer.events(out, '');
      out.count = 0;
    }
  }
  writer.finish({ reason: 'limit', message: '', cycles: 0, exitStatus: -1, digest: '', stats: {} });
  reader.close();
}

async function inFolder<T>(work: (folder: string, pair: [string, string]) => Promise<T>): Promise<T> {
  process.env['NODE_ENV'] ??= 'production';
  process.env['CI'] = 'false';
  const folder = mkdtempSync(join(tmpdir(), 'probelab-frames-'));
  try {
    const pair: [string, string] = [join(folder, 'none.trace'), join(folder, 'locks.trace')];
    await seed(pair[0]);
    await seed(pair[1], 'lockstat::: { @ = count(); }');
    return await work(folder, pair);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const framesBench = (): Promise<string> =>
  inFolder(async (folder, pair) => {
    const path = join(folder, 'ten.trace');
    stretch(pair[0], path);
    const { measure } = await import('./frames-ui.tsx');
    return report(await measure(path, pair, COLUMNS, ROWS, FRAMES));
  });

export const memoryBench = (): Promise<string> =>
  inFolder(async (_folder, pair) => {
    const { measureMemory } = await import('./frames-ui.tsx');
    return memoryReport(await measureMemory(pair, COLUMNS, ROWS, MEMORY_FRAMES));
  });

/** Processor time a frame, but for `bytes`. */
export interface ViewFigures {
  view: string;
  /** Ink's part, the writing included. */
  renderMs: number;
  cpuMs: number;
  /** From an action to the bytes for the terminal, 95th percentile. */
  answerMs: number;
  bytes: number;
}

export interface FrameFigures {
  firstMs: number;
  views: ViewFigures[];
  /** 95th percentile over jumps to anywhere. */
  jumpMs: number;
}

export interface MemoryFigures {
  frames: number;
  /** Heap and what hangs on it, after collection: at the beginning, and after each tenth of the frames. */
  bytes: number[];
  cpuMs: number;
}

function report(f: FrameFigures): string {
  const rows = f.views.map(
    (v) =>
      `| ${v.view} | ${v.renderMs.toFixed(1)} | ${v.cpuMs.toFixed(1)} | ${v.answerMs.toFixed(1)} | ${(v.bytes / 1024).toFixed(2)} |`,
  );
  return `### Terminal UI: ${EVENTS / 1e6} million events (Diff, Open: a pair of short runs), ${COLUMNS}x${ROWS}

first frame after ${f.firstMs.toFixed(0)} ms of processor time (modules loaded);
a jump to anywhere in ${f.jumpMs.toFixed(1)} ms (95th percentile, the frame included)

| view | Ink and writing, ms/frame | all, ms/frame | answer to a key, 95 % | KB written/frame |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function memoryReport({ frames, bytes, cpuMs }: MemoryFigures): string {
  const mb = (n: number) => (n / 1e6).toFixed(2);
  return `### Terminal UI: memory over ${frames} frames, ${COLUMNS}x${ROWS}

${cpuMs.toFixed(1)} ms of processor time a frame; after collection ${mb(bytes[0])} MB at first, growth ${mb(bytes[bytes.length - 1] - bytes[0])} MB
after each tenth: ${bytes
    .slice(1)
    .map((n) => mb(n - bytes[0]))
    .join(', ')} MB
`;
}

export { cpuMs };

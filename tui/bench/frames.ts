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
import { execScenario, runInputs } from '../run.ts';

const EVENTS = 10_000_000;
const COLUMNS = 160;
const ROWS = 50;
const FRAMES = 60;
const MEMORY_FRAMES = 5000;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** A real run, to be stretched. */
async function seed(path: string): Promise<void> {
  const recording = startRecording(path);
  const scenario = execScenario('dd if=/dev/zero of=/dev/null bs=64k count=40');
  const session = await Session.open(runInputs(scenario, { seed: '1', cpus: '4' }), {
    records: recording.records,
    console: recording.console,
    mark: recording.mark,
  });
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

export async function framesBench(): Promise<string> {
  process.env['NODE_ENV'] ??= 'production';
  process.env['CI'] = 'false';
  const folder = mkdtempSync(join(tmpdir(), 'probelab-frames-'));
  try {
    const path = join(folder, 'ten.trace');
    await seed(join(folder, 'seed.trace'));
    stretch(join(folder, 'seed.trace'), path);
    const { measure } = await import('./frames-ui.tsx');
    return report(await measure(path, COLUMNS, ROWS, FRAMES, MEMORY_FRAMES));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface FrameFigures {
  firstMs: number;
  views: { view: string; renderMs: number; cpuMs: number; bytes: number }[];
  /** 95th percentile over jumps to anywhere, and steps. */
  jumpMs: number;
  stepMs: number;
  /** Heap growth over MEMORY_FRAMES changing frames, after collection; undefined without --expose-gc. */
  growthBytes?: number;
}

function report(f: FrameFigures): string {
  const rows = f.views.map(
    (v) =>
      `| ${v.view} | ${v.renderMs.toFixed(1)} | ${v.cpuMs.toFixed(1)} | ${(v.bytes / 1024).toFixed(2)} |`,
  );
  return `### Terminal UI: ${EVENTS / 1e6} million events, ${COLUMNS}x${ROWS}

first frame after ${f.firstMs.toFixed(0)} ms of processor time (modules loaded); a step is answered in ${f.stepMs.toFixed(1)} ms,
a jump to anywhere in ${f.jumpMs.toFixed(1)} ms (95th percentile, the frame included)
${f.growthBytes === undefined ? '' : `growth over ${MEMORY_FRAMES} frames: ${(f.growthBytes / 1e6).toFixed(2)} MB\n`}
| view | Ink ms/frame | CPU ms/frame, all | KB written/frame |
|---|---|---|---|
${rows.join('\n')}
`;
}

export { cpuMs };

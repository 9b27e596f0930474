/**
 * What recording costs the run that is recorded, and what playback does with the file.
 *
 * Each command is run in turn without and with a recorder. The run's own thread is what a user waits for; the whole process includes the thread that
 * writes. Runs are compared with those beside them, since what a shared machine gets done changes from minute to minute.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../engine/run/session.ts';
import { Playback } from '../../traces/playback/playback.ts';
import { startRecording } from '../../traces/record.ts';
import { execScenario, runInputs } from '../run-inputs.ts';
import { processMs, quantile, threadMs } from './clock.ts';

const COMMANDS = [
  'lockbench -m pipe -n 100000',
  'mallocbench -n 3000',
  'dd if=/dev/zero of=/dev/null bs=512 count=200000 status=none',
  'forkbench -n 300',
];
const TIMES = 5;
const JUMPS = 200;
const STEPS = 200;

interface Cost {
  thread: number;
  process: number;
  wall: number;
  events: number;
}

async function run(command: string, path: string | undefined): Promise<Cost> {
  const recording = path === undefined ? undefined : startRecording(path);
  const inputs = runInputs(execScenario(command), { seed: '1', cpus: '4' });
  const session = await Session.open(
    inputs,
    recording === undefined
      ? {}
      : { records: recording.records, console: recording.console, mark: recording.mark },
  );
  recording?.open(session);
  const from = { thread: threadMs(), process: processMs(), wall: performance.now() };
  const result = await session.run();
  recording?.finish(result);
  return {
    thread: threadMs() - from.thread,
    process: processMs() - from.process,
    wall: performance.now() - from.wall,
    events: recording?.count ?? 0,
  };
}

export async function recordingBench(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'probelab-recording-'));
  try {
    const rows: string[] = [];
    const path = (n: number) => join(folder, `${n}.trace`);
    for (const [n, command] of COMMANDS.entries()) {
      await run(command, path(n)); // images read, code warm
      const pairs: [Cost, Cost][] = [];
      for (let k = 0; k < TIMES; k++)
        pairs.push([await run(command, undefined), await run(command, path(n))]);
      const times = (of: 'thread' | 'process' | 'wall') =>
        quantile(
          pairs.map(([without, recorded]) => recorded[of] / without[of]),
          0.5,
        ).toFixed(2);
      const { events } = pairs[0][1];
      const bytes = (statSync(path(n)).size / events).toFixed(2);
      rows.push(
        `| ${command} | ${(events / 1e6).toFixed(2)} | ${bytes} | ${times('thread')} | ${times('process')} | ${times('wall')} |`,
      );
    }
    return [
      `### Recording: times as much as without, median of ${TIMES} pairs of runs`,
      '',
      '| command | M events | bytes an event | processor time of the run | with the thread that writes | wall |',
      '|---|---|---|---|---|---|',
      ...rows,
      '',
      playback(path(0)),
    ].join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Places all over the run, none next to the one before. */
const place = (n: number, events: number): number => Math.floor(events * ((n * 0.618034) % 1));

function playback(path: string): string {
  const opening = threadMs();
  const view = Playback.open(path);
  const opened = threadMs() - opening;
  const timed = (work: () => void): number => {
    const from = threadMs();
    work();
    return threadMs() - from;
  };
  const jumps = Array.from({ length: JUMPS }, (_, n) => timed(() => view.goto(place(n + 1, view.events))));
  const forward: number[] = [];
  const back: number[] = [];
  const first: number[] = [];
  for (let n = 0; n < STEPS / 10; n++) {
    view.goto(place(n + 0.5, view.events));
    first.push(timed(() => view.goto(view.state.seq - 1)));
    for (let k = 0; k < 10; k++) forward.push(timed(() => view.goto(view.state.seq + 1)));
    for (let k = 0; k < 10; k++) back.push(timed(() => view.goto(view.state.seq - 1)));
  }
  const row = (what: string, list: number[]) =>
    `| ${what} | ${[0.5, 0.95, 1].map((part) => quantile(list, part).toFixed(1)).join(' | ')} |`;
  const text = [
    `### Playback: ms of the thread's processor time, ${(view.events / 1e6).toFixed(2)} million events; opened in ${opened.toFixed(0)} ms`,
    '',
    '| | median | 95th percentile | worst |',
    '|---|---|---|---|',
    row('jump', jumps),
    row('step forward', forward),
    row('step back, the first after a jump', first),
    row('step back', back),
    '',
  ].join('\n');
  view.close();
  return text;
}

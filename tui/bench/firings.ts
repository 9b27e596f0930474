/**
 * How many firings a second of the host's time probelab gets through: dd(1) of single bytes with and without a program on its system calls. What
 * the program adds to the run, boot and compilation included, is the firings' share: of the thread that runs, which is what one waits for, and
 * with the threads on which V8 compiles and collects beside it. The medians of several runs, taken in turn.
 */
import { Session } from '../../engine/run/session.ts';
import { version } from '../version.ts';
import { processMs, quantile, threadMs } from './clock.ts';

const COUNT = 300_000;
const COMMAND = `dd if=/dev/zero of=/dev/null bs=1 count=${COUNT} status=none`;
/** dd reads and writes each byte, and a call has an entry and a return. */
const FIRINGS = COUNT * 4;

const TESTS = ['syscall::: { @ = count(); }', 'syscall::: { @[execname] = count(); }'];

const CONTROL = 'BEGIN';
const ROUNDS = 3;

interface Cost {
  thread: number;
  process: number;
}

/** Seconds of processor time for the run. */
async function seconds(program: string): Promise<Cost> {
  const start = { thread: threadMs(), process: processMs() };
  const session = await Session.open({
    version: version(),
    machine: 'amd64',
    cpus: 4,
    seed: 1,
    scenario: { name: 'bench', description: COMMAND, files: {}, programs: ['dd', 'dtrace'], console: [] },
    simtimeNs: 60e9,
    dtrace: { argv: ['-q', '-n', program, '-c', COMMAND], files: {}, endsRun: true },
  });
  await session.run();
  return { thread: (threadMs() - start.thread) / 1e3, process: (processMs() - start.process) / 1e3 };
}

export async function firingsBench(): Promise<string> {
  const programs = [CONTROL, ...TESTS];
  await seconds(CONTROL); // images read, code warm
  const rounds: Cost[][] = [];
  for (let n = 0; n < ROUNDS; n++) {
    const round: Cost[] = [];
    for (const program of programs) round.push(await seconds(program));
    rounds.push(round);
  }
  const median = (i: number, of: keyof Cost): number =>
    quantile(
      rounds.map((round) => round[i][of]),
      0.5,
    );
  const cells = (i: number, of: keyof Cost): string => {
    const added = median(i, of) - median(0, of);
    return `${added.toFixed(2)} | ${(FIRINGS / added / 1e6).toFixed(2)}`;
  };
  return [
    `### Firings: ${FIRINGS} of system call probes, processor time of the host`,
    '',
    `control (the same run, not traced): ${median(0, 'thread').toFixed(2)} s, ${median(0, 'process').toFixed(2)} s with V8's other threads`,
    '',
    "| program | seconds added | M firings/s | with V8's other threads | M firings/s |",
    '|---|---|---|---|---|',
    ...TESTS.map((program, i) => `| ${program} | ${cells(i + 1, 'thread')} | ${cells(i + 1, 'process')} |`),
    '',
  ].join('\n');
}

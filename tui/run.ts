/**
 * What `probelab run` does once its arguments are known.
 *
 * The console goes to stdout as the guest writes it, DTrace's output too; the summary to stderr (or, with --json, the summary to stdout and the
 * console to stderr).
 */

import { readFileSync } from 'node:fs';
import type { Image } from '../engine/image/image.ts';
import { seconds } from '../engine/run/duration.ts';
import type { RunInputs } from '../engine/run/inputs.ts';
import { loadScenario } from '../engine/run/scenario.ts';
import { type RunResult, Session } from '../engine/run/session.ts';
import { UserError } from '../engine/run/user-error.ts';
import { startRecording } from '../traces/record.ts';
import { DtraceOutput } from './dtrace-output.ts';
import { Meter, Progress } from './progress.ts';
import { execScenario, runInputs, withSystemPrograms } from './run-inputs.ts';

export interface RunOptions {
  exec?: string;
  seed: string;
  machine?: string;
  cpus?: string;
  simtime?: string;
  record?: string;
  recordFbt: string[];
  recordFrom?: string;
  recordTo?: string;
  recordRing?: string;
  recordUntil?: string;
  n: string[];
  s: string[];
  x: string[];
  q?: boolean;
  boot?: boolean;
  json?: boolean;
  /** Commander's name for --without-dtrace. */
  withoutDtrace?: boolean;
}

/** -n, -s, -x and -q are given to dtrace(1)'s own parser. */
export function dtraceInputs(options: Pick<RunOptions, 'n' | 's' | 'x' | 'q'>): RunInputs['dtrace'] {
  const argv = [
    ...options.n.flatMap((text) => ['-n', text]),
    ...options.s.flatMap((path) => ['-s', path]),
    ...options.x.flatMap((setting) => ['-x', setting]),
    ...(options.q ? ['-q'] : []),
  ];
  if (options.n.length + options.s.length === 0) {
    if (options.x.length > 0) throw new UserError('-x needs a D program: add -n or -s');
    return undefined;
  }
  if (options.x.some((setting) => setting.startsWith('program=')))
    throw new UserError('-x program is an option of probelab dtrace');
  const files = Object.fromEntries(options.s.map((path) => [path, readFileSync(path, 'utf8')]));
  return { argv, files, endsRun: false };
}

/** Returns the exit code. */
export async function runCommand(name: string | undefined, options: RunOptions): Promise<number> {
  if (name === undefined && options.exec === undefined)
    throw new UserError("run what? name a scenario ('probelab list scenarios') or give --exec COMMAND");
  if (name !== undefined && options.exec !== undefined)
    throw new UserError('give a scenario or --exec, not both');
  const dtrace = dtraceInputs(options);
  const scenario = withSystemPrograms(
    options.exec === undefined ? loadScenario(name ?? '') : execScenario(options.exec),
    [...options.n, ...Object.values(dtrace?.files ?? {})],
  );
  if (options.withoutDtrace && dtrace !== undefined)
    throw new UserError('--without-dtrace leaves out what -n and -s need: give one or the other');
  const inputs: RunInputs = {
    ...runInputs(scenario, options),
    dtrace,
    ...(options.withoutDtrace ? { withoutDtrace: true } : {}),
  };
  const outcome = await execute(inputs, {
    json: options.json,
    record: options.record,
    quiet: options.q,
    boot: options.boot,
    mustEnd: options.exec !== undefined,
    ...(options.simtime === undefined ? {} : { untilNs: inputs.simtimeNs }),
  });
  return outcome;
}

export interface ExecuteOptions {
  json?: boolean;
  quiet?: boolean;
  record?: string;
  extraPrograms?: Image[];
  /** The run is one command, so a run that stops before the command ends has failed. */
  mustEnd?: boolean;
  /** Counters of the machine in the summary. */
  stats?: boolean;
  /** Messages of the kernel go to stderr: stdout has the program's output alone. */
  programOnly?: boolean;
  /** The run's end at the latest, when the user has set one: for the progress line. */
  untilNs?: number;
  /** Show the console from power-on, not only while /etc/rc runs. */
  boot?: boolean;
}

/** Runs the inputs to their end and reports. Returns the exit code: the guest command's, or 1 when the run failed. */
export async function execute(inputs: RunInputs, options: ExecuteOptions): Promise<number> {
  const progress = new Progress();
  const out = options.json ? process.stderr : process.stdout;
  const started = performance.now();
  const recording = startRecording(options.record);
  let handled = 0;
  let shown = options.boot === true;
  let meter: Meter | undefined;
  const write = (stream: NodeJS.WriteStream, bytes: Uint8Array | string) => {
    progress.clear();
    stream.write(bytes);
  };
  const traced = new DtraceOutput(
    undefined,
    (bytes) => write(out, bytes),
    (text) => write(process.stderr, text),
  );
  try {
    const session = await Session.open(inputs, {
      console: (bytes, cycle, kernel) => {
        recording.console(bytes, cycle);
        if (kernel && options.programOnly) write(process.stderr, plainLines(bytes.filter(() => shown)));
        else if (shown) write(out, plainLines(bytes));
      },
      records: recording.records,
      mark: (text, cycle) => {
        recording.mark(text, cycle);
        if (text === 'ready') shown = true;
        if (text.startsWith('status ')) shown = options.boot === true;
      },
      dtraceOut: (bytes) => traced.write(bytes),
      dtraceFile: (change) => traced.change(change),
      dtraceErr: (text) => write(process.stderr, text),
      extraPrograms: options.extraPrograms,
      progress: (cycles) => {
        const { clockHz } = session.profile;
        meter ??= new Meter(((options.untilNs ?? Number.POSITIVE_INFINITY) * clockHz) / 1e9);
        progress.show(() => runLine(cycles, clockHz, recording.count, meter as Meter));
        const asked = progress.interrupts > handled;
        if (asked) handled = progress.interrupts;
        return asked;
      },
    });

    recording.open(session);
    const result = await session.run();
    const digest = recording.finish(result);
    progress.clear();
    return finish(session, result, digest, recording.count, (performance.now() - started) / 1000, options);
  } catch (error) {
    recording.abandon();
    throw error;
  } finally {
    traced.close();
    progress.end();
  }
}

/** '0.123456 s simulated, 4096 events, 48 M cycles/s, at most 3 s left'. */
export function runLine(cycles: number, clockHz: number, events: number, meter: Meter): string {
  const left = meter.left(cycles);
  return (
    `${seconds((cycles / clockHz) * 1e9)} simulated, ${events} events, ` +
    `${(meter.rate(cycles) / 1e6).toFixed(0)} M cycles/s${left === '' ? '' : `, at most ${left}`}`
  );
}

/** The guest's terminal ends lines with CR LF; ours adds the CR itself when it is one. */
function plainLines(bytes: Uint8Array): Uint8Array {
  return bytes.includes(CR) ? bytes.filter((byte, i) => byte !== CR || bytes[i + 1] !== LF) : bytes;
}
const CR = 13;
const LF = 10;

function finish(
  session: Session,
  result: RunResult,
  digest: string,
  events: number,
  hostSeconds: number,
  options: ExecuteOptions,
): number {
  const { stop, stats } = result;
  const { clockHz } = session.profile;
  const failed =
    stop.reason === 'panic' ||
    stop.reason === 'deadlock' ||
    stop.reason === 'interrupted' ||
    (options.mustEnd === true && result.exitStatus === undefined);
  if (options.json) {
    const summary = {
      identity: session.identity,
      machine: session.inputs.machine,
      cpus: session.inputs.cpus,
      seed: session.inputs.seed,
      stop: stop.reason,
      ...('message' in stop ? { message: stop.message } : {}),
      cycles: result.endCycle,
      seconds: result.endCycle / clockHz,
      commandCycles: result.endCycle - result.readyCycle,
      exitStatus: result.exitStatus ?? null,
      events,
      ...stats,
      digest,
    };
    process.stdout.write(JSON.stringify(summary, null, 2) + '\n');
  } else if (!options.quiet) {
    const total = result.cycles / clockHz;
    process.stderr.write(
      `${seconds(total * 1e9)} simulated in ${hostSeconds.toFixed(2)} s: ` +
        `${(stats.instructions / 1e6).toFixed(1)} M instructions, ${events} events, ` +
        `${(result.cycles / 1e6 / hostSeconds).toFixed(0)} M cycles/s\n`,
    );
    if (options.stats) {
      const own = result.commandStats;
      process.stderr.write(
        `${own.instructions} instructions, ${result.endCycle - result.readyCycle} cycles, ` +
          `${own.l1Misses} L1 misses, ${own.l2Misses} L2 misses, ${own.l3Misses} L3 misses, ` +
          `${own.tlbMisses} TLB misses, ${own.mispredicts} mispredicted branches\n`,
      );
    }
  }
  const complaint = failure(stop, session);
  if (complaint !== '') process.stderr.write(`probelab: ${complaint}\n`);
  return failed ? 1 : (result.exitStatus ?? 0);
}

function failure(stop: RunResult['stop'], session: Session): string {
  switch (stop.reason) {
    case 'panic':
      return `the guest panicked: ${stop.message}`;
    case 'deadlock':
      return `deadlock: every CPU of the guest sleeps and nothing is left to wake one (cycle ${session.machine.now})`;
    case 'interrupted':
      return 'interrupted';
    case 'limit':
      return session.dtrace === undefined
        ? `stopped at the time limit of ${seconds(session.inputs.simtimeNs ?? 0)} (--simtime)`
        : '';
    default:
      return '';
  }
}

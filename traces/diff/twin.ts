/**
 * The untraced twin of a traced run: the same inputs without the D programs.
 *
 * Made by executing the trace's own inputs from its own sources, kept beside it (x.trace -> x.twin.trace), and found there again as long as its identity is what it
 * would be now. The consumer's program stays in the root file system, so that both boot alike; it is not run.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { parseDtrace } from '../../engine/run/dtrace-session.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { Session, type SessionHooks } from '../../engine/run/session.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { traceInputs } from '../inputs.ts';
import { TraceError, TraceReader } from '../read.ts';
import { startRecording } from '../record.ts';
import { recordedImages } from '../sources.ts';

/** Throws UserError when the run was not traced. */
export function twinInputs(inputs: RunInputs): RunInputs {
  if (inputs.dtrace === undefined)
    throw new UserError('this run was not traced, so it has no twin: name a second trace to compare with');
  const { dtrace, chargesUntil: _, ...rest } = inputs;
  const { commands } = parseDtrace(dtrace);
  const { scenario } = rest;
  return {
    ...rest,
    scenario: {
      ...scenario,
      // -c: what runs are the commands.
      files:
        commands.length > 0
          ? { ...scenario.files, '/etc/rc': commands.map((c) => `${c}\n`).join('') }
          : scenario.files,
      programs: [...new Set([...scenario.programs, 'dtrace'])],
    },
  };
}

export const inputsOf = traceInputs;

export const twinPath = (path: string): string => `${path.replace(/\.trace$/, '')}.twin.trace`;

/** Asked now and then with the cycles simulated; true stops. */
export type Progress = (cycles: number) => boolean;

/** Runs inputs and records them. The file appears when it is whole. Throws UserError. */
export async function recordRun(
  inputs: RunInputs,
  path: string,
  progress: Progress = () => false,
  more: Pick<SessionHooks, 'extraPrograms' | 'boots' | 'image'> = {},
): Promise<void> {
  const part = `${path}.part`;
  const recording = startRecording(part);
  try {
    const hooks = { ...more, ...recordingHooks(recording), progress };
    const session = await Session.open(inputs, hooks);
    recording.open(session);
    const result = await session.run();
    if (result.stop.reason === 'interrupted') throw new UserError('interrupted', 1);
    recording.finish(result);
  } catch (error) {
    recording.abandon();
    rmSync(part, { force: true });
    throw error;
  }
  renameSync(part, path);
}

export const recordingHooks = (recording: ReturnType<typeof startRecording>) => ({
  console: (bytes: Uint8Array, cycle: number) => recording.console(bytes, cycle),
  records: recording.records,
  mark: (text: string, cycle: number) => recording.mark(text, cycle),
  typed: (text: string, cycle: number) => recording.typed(text, cycle),
});

/** The twin of a traced run: found beside it, or made. Throws UserError. */
export async function twinOf(
  reader: TraceReader,
  progress: Progress = () => false,
): Promise<{ path: string; made: boolean }> {
  const inputs = twinInputs(inputsOf(reader));
  const path = twinPath(reader.path);
  const image = recordedImages(reader.header.sources);
  if (existsSync(path)) {
    const session = await Session.open(inputs, { image });
    if (recordedAs(path) === session.identity) return { path, made: false };
  }
  await recordRun(inputs, path, progress, { image });
  return { path, made: true };
}

/** Identity of a whole recording; undefined when it is none. */
function recordedAs(path: string): string | undefined {
  try {
    const reader = new TraceReader(path);
    const { identity } = reader.header;
    const whole = reader.end !== undefined;
    reader.close();
    return whole ? identity : undefined;
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
}

/** Records a run by its inputs alone: how a live run, or a fork of one, becomes a trace. */
import type { RunInputs } from '../../engine/run/inputs.ts';
import { Session, type SessionHooks } from '../../engine/run/session.ts';
import { startRecording } from '../record.ts';

/** Executes the run from power-on to its end. Returns how many events there are. Throws what opening and writing throw; true from `progress` ends it. */
export async function recordRun(
  inputs: RunInputs,
  path: string,
  progress: (cycles: number) => boolean = () => false,
  hooks: Pick<SessionHooks, 'extraPrograms' | 'image'> = {},
): Promise<number> {
  const recording = startRecording(path);
  try {
    const session = await Session.open(inputs, {
      ...hooks,
      console: recording.console,
      records: recording.records,
      mark: recording.mark,
      typed: recording.typed,
      progress,
    });
    recording.open(session);
    recording.finish(await session.run());
    return recording.count;
  } catch (error) {
    recording.abandon();
    throw error;
  }
}

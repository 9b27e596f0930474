/** Opening a trace for a command: errors in words, and a warning when the file was cut short. */
import { UserError } from '../engine/run/user-error.ts';
import { TraceError, TraceReader } from '../traces/read.ts';

export function openTrace(path: string): TraceReader {
  try {
    const reader = new TraceReader(path);
    reader.checkSources(); // damage there is told at once
    if (reader.end === undefined)
      process.stderr.write(
        `probelab: ${path}: truncated at event ${reader.events} (${reader.damage}); reading what is there\n`,
      );
    return reader;
  } catch (error) {
    if (error instanceof TraceError) throw new UserError(error.message);
    throw error;
  }
}

/** The inputs that execute a trace again: the header's, and what was typed if somebody sat at the console. */
import type { RunInputs, TypedText } from '../engine/run/inputs.ts';
import type { TraceReader } from './read.ts';

/** Reads all chunks of an interactive session. Throws TraceError when one is damaged. */
export function traceInputs(reader: TraceReader): RunInputs {
  const inputs = reader.header.inputs as RunInputs;
  if (inputs.interactive !== true) return inputs;
  const typed: TypedText[] = [...(inputs.typed ?? [])];
  for (let n = 0; n < reader.chunks.length; n++)
    for (const { kind, cycle, text } of reader.texts(n)) if (kind === 'input') typed.push({ cycle, text });
  return { ...inputs, typed };
}

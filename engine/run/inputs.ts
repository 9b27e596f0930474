/**
 * Everything that decides a run. Two runs with equal inputs are equal to the last cycle; `identity` is their common name.
 */
import { createHash } from 'node:crypto';
import type { Image } from '../image/image.ts';
import type { Fork } from './forks.ts';
import type { Scenario } from './scenario.ts';

/** A dtrace(1) command line, with the scripts that it names: parsing it gives programs and options. */
export interface DtraceInputs {
  argv: string[];
  /** Text of each script by path. */
  files: Record<string, string>;
  /** Tracing's end is the run's end: `probelab dtrace`. */
  endsRun: boolean;
}

export interface RunInputs {
  /** probelab's version. */
  version: string;
  machine: string;
  cpus: number;
  seed: number;
  scenario: Scenario;
  /** Simulated nanoseconds from power-on, if bounded. */
  simtimeNs?: number;
  dtrace?: DtraceInputs;
  /** Cycle from which firings cost nothing (engine/run/charges.ts). */
  chargesUntil?: number;
  /** What changes on the way, in order of cycles (engine/run/forks.ts). */
  forks?: Fork[];
  /** The DTrace module is not loaded. It makes no difference, which is the point of it. */
  withoutDtrace?: boolean;
  /** fbt functions (globs) recorded beside the default sites. */
  recordFbt?: string[];
  /** Only events from this cycle on, and before that one. */
  recordFrom?: number;
  recordTo?: number;
  /** Only the last so many events before the recording's end. */
  recordRing?: number;
  /** The recording ends with the first event of these sites (a probe description), or when the kernel panics. */
  recordUntil?: string;
  /** Somebody sits at the console: what is typed is not known beforehand. */
  interactive?: boolean;
  /** What was typed, when such a session is executed again. Not part of the identity, which is that of the session's beginning. */
  typed?: TypedText[];
}

/** A piece of what was typed, and the cycle at which it arrived. */
export interface TypedText {
  cycle: number;
  text: string;
}

/** SHA-256 of the inputs and of what the images were made from. */
export function identity(inputs: RunInputs, images: Image[]): string {
  const keys = images.map((image) => [image.name, image.key]);
  return createHash('sha256')
    .update(canonical({ inputs: { ...inputs, typed: undefined }, keys }))
    .digest('hex');
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
      .join()}}`;
  return JSON.stringify(value);
}

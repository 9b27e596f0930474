/** From the options that several commands have to the inputs of a run. */
import { programNames } from '../engine/guestc/recipes.ts';
import { loadProfile } from '../engine/image/profile.ts';
import { parseDuration } from '../engine/run/duration.ts';
import type { RunInputs } from '../engine/run/inputs.ts';
import type { Scenario } from '../engine/run/scenario.ts';
import { UserError } from '../engine/run/user-error.ts';
import { parseCount, parseCycle } from '../traces/playback/moment.ts';
import { version } from './version.ts';

/** Simulated time after which a run without an end of its own is stopped. */
const DEFAULT_SIMTIME_NS = 60e9;

export function wholeNumber(text: string, option: string, low: number, high: number): number {
  const n = Number(text);
  if (!/^\d+$/.test(text) || n < low || n > high)
    throw new UserError(`${option} ${text}: expected a whole number from ${low} to ${high}`);
  return n;
}

/** A scenario that runs one command line. */
export const execScenario = (command: string): Scenario => ({
  name: 'exec',
  description: command,
  files: { '/etc/rc': `${command}\n` },
  programs: [],
  console: [],
});

/**
 * The scenario with all of the guest's programs if a D program calls system(), which composes its commands when it runs. They are the scenario's, so
 * that the run's untraced twin has them, too, and boots alike.
 */
export const withSystemPrograms = (scenario: Scenario, texts: readonly string[]): Scenario =>
  texts.some((text) => /\bsystem\s*\(/.test(text)) ? { ...scenario, programs: programNames() } : scenario;

/** Inputs from the options that run, dtrace and experiments share. */
export function runInputs(
  scenario: Scenario,
  options: {
    seed: string;
    machine?: string;
    cpus?: string;
    simtime?: string;
    recordFbt?: string[];
  } & Limits,
): RunInputs {
  const machine = options.machine ?? scenario.machine ?? 'amd64';
  let profile: ReturnType<typeof loadProfile>;
  try {
    profile = loadProfile(machine);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  return {
    version: version(),
    machine,
    cpus: options.cpus === undefined ? profile.cpus : wholeNumber(options.cpus, '--cpus', 1, 64),
    seed: wholeNumber(options.seed, '--seed', 0, 2 ** 32 - 1),
    scenario,
    simtimeNs:
      options.simtime === undefined
        ? (scenario.simtimeNs ?? DEFAULT_SIMTIME_NS)
        : parseDuration(options.simtime, '--simtime'),
    ...(options.recordFbt !== undefined && options.recordFbt.length > 0
      ? { recordFbt: options.recordFbt }
      : {}),
    ...recordLimits(options, profile.clockHz),
  };
}

interface Limits {
  recordFrom?: string;
  recordTo?: string;
  recordRing?: string;
  recordUntil?: string;
}

/** What of the events a recording keeps. */
function recordLimits(
  options: Limits,
  clockHz: number,
): Pick<RunInputs, 'recordFrom' | 'recordTo' | 'recordRing' | 'recordUntil'> {
  const cycle = (text: string | undefined, name: string) =>
    text === undefined ? undefined : parseCycle(text, clockHz, name);
  const limits = {
    recordFrom: cycle(options.recordFrom, '--record-from'),
    recordTo: cycle(options.recordTo, '--record-to'),
    recordRing:
      options.recordRing === undefined ? undefined : parseCount(options.recordRing, '--record-ring'),
    recordUntil: options.recordUntil,
  };
  if (
    limits.recordFrom !== undefined &&
    limits.recordTo !== undefined &&
    limits.recordTo <= limits.recordFrom
  )
    throw new UserError('--record-to: the recording would end before it begins (--record-from)');
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

/** Splits `name=value` and `name`. */
export const splitOption = (text: string): [string, string] => {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

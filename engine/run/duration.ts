/**
 * Simulated durations as people write them: 500us, 20ms, 2s, 1m. Nanoseconds inside.
 */
import { UserError } from './user-error.ts';

const UNITS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  sec: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

/** Nanoseconds. Throws UserError naming `what` when the text is no duration. */
export function parseDuration(text: string, what: string): number {
  const match = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text.trim());
  const unit = match === null ? undefined : UNITS[match[2]];
  if (match === null || unit === undefined)
    throw new UserError(`${what} ${text}: expected a duration such as 500ms, 2s or 1m`);
  return Math.round(Number(match[1]) * unit);
}

/** Seconds with enough digits to tell runs apart. */
export const seconds = (ns: number): string => `${(ns / 1e9).toFixed(6)} s`;

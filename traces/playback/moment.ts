/** Moments of a run as people write them: a cycle (12000000), a time since power-on (5ms), an event (#1234). */
import { parseDuration } from '../../engine/run/duration.ts';
import { UserError } from '../../engine/run/user-error.ts';

/** A cycle, from a cycle or a time. Throws UserError naming `what`. */
export function parseCycle(text: string, clockHz: number, what: string): number {
  const word = text.trim();
  if (/^\d+$/.test(word) && Number.isSafeInteger(Number(word))) return Number(word);
  if (!/^[\d.]+[a-z]+$/.test(word))
    throw new UserError(`${what} ${text}: expected a cycle such as 12000000, or a time such as 5ms`);
  return Math.round((parseDuration(word, what) * clockHz) / 1e9);
}

/** An event's number or a cycle. Throws UserError naming `what`. */
export function parseMoment(
  text: string,
  clockHz: number,
  what: string,
): { seq: number } | { cycle: number } {
  const event = /^#(\d+)$/.exec(text.trim());
  if (event !== null) return { seq: Number(event[1]) };
  try {
    return { cycle: parseCycle(text, clockHz, what) };
  } catch {
    throw new UserError(
      `${what} ${text}: expected a cycle such as 12000000, a time such as 5ms, or an event such as #1234`,
    );
  }
}

/** A number of events: 5000, 20k, 1m. Throws UserError naming `what`. */
export function parseCount(text: string, what: string): number {
  const match = /^(\d+)([km]?)$/i.exec(text.trim());
  const n = match === null ? 0 : Number(match[1]) * { '': 1, k: 1000, m: 1_000_000 }[match[2].toLowerCase()]!;
  if (!Number.isSafeInteger(n) || n < 1)
    throw new UserError(`${what} ${text}: expected a number of events such as 5000, 20k or 1m`);
  return n;
}

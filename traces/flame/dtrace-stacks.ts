/**
 * Stacks from dtrace(1)'s output: what `@[stack()] = count()`, `@[execname, ustack()] = sum(...)` and the like print.
 *
 * A block is the lines up to a number of its own: frames innermost first, as `module`function+0x10` or addresses, each on a line; what
 * stands before them (other keys) is taken as outer frames. Lines that belong to no block are passed over.
 */
import type { Folded } from './folded.ts';

const FRAME = /^\s+(?:(\S+`\S.*?)(?:\+0x[0-9a-f]+)?|(0x[0-9a-f]+))\s*$/;
const NUMBER = /^\s+(-?\d+)\s*$/;

/** Throws RangeError when there are no stacks in it. */
export function dtraceStacks(text: string): Folded {
  const folded: Folded = new Map();
  let keys: string[] = [];
  let frames: string[] = [];
  for (const line of text.split('\n')) {
    const number = NUMBER.exec(line);
    const frame = FRAME.exec(line);
    if (number !== null && frames.length > 0) {
      const weight = Number(number[1]);
      const stack = [...keys, ...frames.reverse()].map((name) => name.replaceAll(';', ',')).join(';');
      if (weight > 0) folded.set(stack, (folded.get(stack) ?? 0) + weight);
      keys = [];
      frames = [];
    } else if (frame !== null) frames.push(frame[1] ?? frame[2]);
    else if (line.trim() === '') {
      // A blank line stands before each aggregation, and between two stacks of one key.
      if (frames.length === 0) keys = [];
    } else if (frames.length === 0) keys = /^\s/.test(line) ? line.trim().split(/\s{2,}/) : [];
    else {
      keys = [];
      frames = [];
    }
  }
  if (folded.size === 0)
    throw new RangeError(
      'no stacks in it: it should be what dtrace printed for @[stack()] = count() or the like',
    );
  return folded;
}

/**
 * Folded stacks: a weight for each stack, the input of flame graphs.
 *
 *     init/csh/dd;read;zero_read 1234567
 *
 * Frames outermost first, then the weight: simulated nanoseconds. Semicolons and line ends within a frame become commas and blanks.
 */
import { nanosecondsOf } from '../export/time.ts';
import type { TraceReader } from '../read.ts';
import { type StackOptions, stretches } from './stacks.ts';

/** What the first frame is: the thread, the CPU (then the thread), or the system call without its thread. */
export type GroupBy = 'thread' | 'cpu' | 'syscall';
export const GROUPS: readonly GroupBy[] = ['thread', 'cpu', 'syscall'];

/** Weights by stack, frames joined with semicolons. */
export type Folded = Map<string, number>;

const clean = (frame: string): string => frame.replaceAll(';', ',').replaceAll(/[\r\n]+/g, ' ');

export interface FoldOptions extends StackOptions {
  /** Without what happened before this cycle. */
  since?: number;
  /** Only stacks with this text in one of their frames. */
  only?: string;
}

/** When the guest had booted (the mark `ready`); 0 when the trace does not say. */
export function readyCycle(reader: TraceReader): number {
  for (let n = 0; n < reader.chunks.length; n++)
    for (const { kind, text, cycle } of reader.texts(n))
      if (kind === 'mark' && text === 'ready') return cycle;
  return 0;
}

/** Weights in nanoseconds, in the order in which stacks first occurred. Throws TraceError. */
export function foldTrace(reader: TraceReader, by: GroupBy = 'thread', options: FoldOptions = {}): Folded {
  const { since = 0, only = '' } = options;
  const cycles = new Map<string, number>();
  for (const { cpu, from: begin, to, frames } of stretches(reader, options)) {
    const from = Math.max(begin, since);
    if (from >= to || (only !== '' && !frames.some((frame) => frame.includes(only)))) continue;
    const names = frames.map(clean);
    if (by === 'cpu') names.unshift(cpu < 0 ? 'off CPU' : `CPU ${cpu}`);
    if (by === 'syscall') names.shift();
    const key = names.join(';');
    cycles.set(key, (cycles.get(key) ?? 0) + (to - from));
  }
  const ns = nanosecondsOf(reader.header.clockHz);
  return new Map([...cycles].map(([key, n]) => [key, Number(ns(n))]));
}

/** A line a stack. */
export const foldedText = (folded: Folded): string =>
  [...folded]
    .filter(([, n]) => n > 0)
    .map(([stack, n]) => `${stack} ${n}\n`)
    .join('');

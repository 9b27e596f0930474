/**
 * Where a playback's events come from: chunks of columns by number, from a file or a recorder's memory.
 *
 * What is not known of a chunk (older files have no summaries) is undefined: then the chunk is looked through.
 */
import type { EventColumns } from '../columns.ts';
import type { TraceText } from '../format.ts';
import type { RunState } from './state.ts';

export interface ChunkInfo {
  /** Number of its first event, and how many there are. */
  seq: number;
  count: number;
  firstCycle: number;
  lastCycle: number;
}

export interface EventSource {
  readonly chunkCount: number;
  readonly events: number;
  info(n: number): ChunkInfo;
  columns(n: number): EventColumns;
  texts(n: number): readonly TraceText[];
  /** The kept state before the first event of chunk n, when there is one; a fresh object. */
  keyframe(n: number): RunState | undefined;
  /** May chunk n hold an event of one of these sites, on this CPU, of one of these threads? */
  mayHold(
    n: number,
    sites: Uint8Array,
    cpu: number | undefined,
    tids: ReadonlySet<number> | undefined,
  ): boolean;
}

/** Number of the chunk that holds event `seq` (0 <= seq < events). */
export function chunkOf(source: EventSource, seq: number): number {
  let low = 0;
  let high = source.chunkCount - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (source.info(middle).seq <= seq) low = middle;
    else high = middle - 1;
  }
  // An empty chunk (texts only) shares its first number with the end.
  while (low > 0 && source.info(low).count === 0) low--;
  return low;
}

/** How many events lie at or before the cycle. */
export function eventsUpTo(source: EventSource, cycle: number): number {
  let low = 0;
  let high = source.chunkCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    const info = source.info(middle);
    if (info.count > 0 && info.firstCycle > cycle) high = middle;
    else if (info.count === 0) high = middle;
    else low = middle + 1;
  }
  if (low === 0) return 0;
  const { seq, count } = source.info(low - 1);
  const e = source.columns(low - 1);
  let a = 0;
  let b = count;
  while (a < b) {
    const middle = (a + b) >> 1;
    if (e.cycle[middle] <= cycle) a = middle + 1;
    else b = middle;
  }
  return seq + a;
}

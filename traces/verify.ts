/**
 * Verification: execute a trace's inputs again and compare, chunk by chunk, then event by event.
 */
import { Session } from '../engine/run/session.ts';
import { argument, type EventColumns } from './columns.ts';
import { siteName } from './diff/timeline.ts';
import { traceInputs } from './inputs.ts';
import type { TraceReader } from './read.ts';
import { Recorder } from './recorder.ts';
import { argCounts } from './write.ts';

export interface EventText {
  seq: number;
  text: string;
}

export interface Verification {
  identical: boolean;
  /** Events compared and found equal. */
  events: number;
  /** The trace ends before its run would have (cut short, interrupted): only what is there was compared. */
  partial: boolean;
  /** Why the runs cannot be expected to be equal: files whose text changed, another version. */
  changed: string[];
  /** First event that differs, with the ones around it on both sides; null when identical. */
  difference: { seq: number; recorded: EventText[]; executed: EventText[] } | null;
}

/** Cycles to run past the last event of a partial trace, so that all CPUs have passed it. */
const BEYOND = 2_000_000;
/** Events shown before and after the first that differs. */
const CONTEXT = 3;

export async function verify(
  reader: TraceReader,
  progress: (events: number) => boolean = () => false,
): Promise<Verification> {
  // The index has the digests; what they stand for must be there too. Throws TraceError.
  for (let n = 0; n < reader.chunks.length; n++) reader.chunk(n);
  const inputs = traceInputs(reader);
  let recorder: Recorder | undefined;
  let chunks = 0;
  let events = 0;
  let difference: Verification['difference'] = null;
  const partial = reader.end === undefined || reader.end.reason === 'interrupted';
  // Events after a ^C do not follow from the inputs.
  const lastCycle = Math.min(
    reader.end?.interruptedCycle ?? Number.POSITIVE_INFINITY,
    reader.chunks.reduce((last, chunk) => Math.max(last, chunk.lastCycle), 0),
  );
  let passed = false;
  const session = await Session.open(inputs, {
    records: (ring) => recorder?.records(ring),
    progress: (cycles) => progress(events) || difference !== null || (partial && cycles > lastCycle + BEYOND),
  });
  const describe = (columns: EventColumns, i: number, seq: number): EventText => ({
    seq: seq + i,
    text: eventText(columns, i, session.sites.map(siteName), session.sites),
  });
  const compare = (columns: EventColumns, digest: string) => {
    if (difference !== null || passed) return;
    const entry = reader.chunks[chunks];
    const exhausted = entry === undefined || entry.count === 0;
    if (exhausted && partial) return;
    chunks++;
    if (!exhausted && entry.digest === digest) {
      events += columns.count;
      return;
    }
    const recorded = exhausted ? undefined : reader.chunk(chunks - 1).columns;
    const n = recorded?.count ?? 0;
    let i = 0;
    while (i < n && i < columns.count && recorded !== undefined && sameEvent(recorded, columns, i)) i++;
    if (partial && (i === n ? events + n === reader.events : (recorded?.cycle[i] ?? 0) > lastCycle)) {
      events += i;
      passed = true;
      return;
    }
    if (i === columns.count && i === n) {
      events += n; // equal, though the digest is not: version 1 counted it in another way
      return;
    }
    const around = (c: EventColumns | undefined) =>
      c === undefined
        ? []
        : Array.from({ length: 2 * CONTEXT + 1 }, (_, k) => i - CONTEXT + k)
            .filter((k) => k >= 0 && k < c.count)
            .map((k) => describe(c, k, events));
    difference = { seq: events + i, recorded: around(recorded), executed: around(columns) };
    events += i;
  };
  recorder = new Recorder(new Map(session.sites.map((site, i) => [site.number, i])), [{ events: compare }], {
    argCounts: argCounts(session.sites),
  });
  await session.run();
  recorder.finish();
  const expected = reader.events;
  if (difference === null && events < expected && !partial)
    difference = {
      seq: events,
      recorded: [{ seq: events, text: `${expected - events} more events` }],
      executed: [],
    };
  return {
    identical: difference === null,
    events,
    partial,
    changed: changes(reader, session),
    difference,
  };
}

function sameEvent(a: EventColumns, b: EventColumns, i: number): boolean {
  if (a.cycle[i] !== b.cycle[i] || a.cpu[i] !== b.cpu[i] || a.tid[i] !== b.tid[i] || a.site[i] !== b.site[i])
    return false;
  for (let k = 0; k < 5; k++) if (argument(a, i, k) !== argument(b, i, k)) return false;
  return true;
}

/** One event on one line: cycle, CPU, thread, site, arguments. */
export function eventText(c: EventColumns, i: number, names: string[], sites: { args: string[] }[]): string {
  const site = c.site[i];
  const args = (sites[site]?.args ?? []).slice(0, 5).map((_, k) => `0x${argument(c, i, k).toString(16)}`);
  return `cycle ${c.cycle[i]} cpu${c.cpu[i]} tid ${c.tid[i]} ${names[site] ?? `site ${site}`}(${args.join(', ')})`;
}

function changes(reader: TraceReader, session: Session): string[] {
  if (reader.header.identity === session.identity) return [];
  const out: string[] = [];
  for (const image of session.images) {
    const then = reader.header.sources[image.name];
    if (then === undefined) out.push(`${image.name}: not part of the recorded run`);
    else
      for (const path of new Set([...Object.keys(then), ...Object.keys(image.sources)]))
        if (then[path] !== image.sources[path]) out.push(`${image.name}: ${path}`);
  }
  if (out.length === 0) out.push('the engine or its compiler (same guest sources)');
  return out;
}

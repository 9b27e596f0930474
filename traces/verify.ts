/**
 * Verification: execute a trace's inputs again and compare, event by event.
 *
 * The run is made from the sources in the trace: where they differ from the installed ones they are compiled again, so that a trace can be
 * executed by itself. What has changed since (files, engine) is named all the same.
 */
import { kernelImage, programImage } from '../engine/guestc/build.ts';
import type { Image } from '../engine/image/image.ts';
import { Session } from '../engine/run/session.ts';
import { argument, type EventColumns } from './columns.ts';
import { siteName } from './diff/timeline.ts';
import { traceInputs } from './inputs.ts';
import type { TraceReader } from './read.ts';
import { recorderOptions } from './record.ts';
import { Recorder } from './recorder.ts';
import { changedFiles, recordedImages } from './sources.ts';

export interface EventText {
  seq: number;
  text: string;
}

export interface Verification {
  identical: boolean;
  /** Events compared and found equal. */
  events: number;
  /** The trace ends before its run would have (cut short, interrupted, triggered), or `until` was given: only that much was compared. */
  partial: boolean;
  /** What is not as it was at the recording: files whose text changed, another version. */
  changed: string[];
  /** Images that were made from the recorded sources, since the installed ones differ. */
  recompiled: string[];
  /** First event that differs, with the ones around it on both sides; null when identical. */
  difference: { seq: number; recorded: EventText[]; executed: EventText[] } | null;
}

export interface VerifyOptions {
  /** Told how many events are compared; true stops. */
  progress?: (events: number) => boolean;
  /** Execute with the installed sources, whatever the trace has. */
  installed?: boolean;
  /** Compare no further than this cycle. */
  until?: number;
}

/** Cycles to run past the last event of a partial trace, so that all CPUs have passed it. */
const BEYOND = 2_000_000;
/** Events shown before and after the first that differs. */
const CONTEXT = 3;

export async function verify(reader: TraceReader, options: VerifyOptions = {}): Promise<Verification> {
  const inputs = traceInputs(reader);
  const recordedSources = reader.header.sources;
  const made = new Map<string, Image>();
  const { end } = reader;
  const until = options.until ?? Number.POSITIVE_INFINITY;
  const whole = end !== undefined && end.reason !== 'interrupted' && end.reason !== 'trigger';
  const partial = !whole || until < end.cycles;
  // Events after a ^C do not follow from the inputs.
  const lastCycle = Math.min(
    until,
    end?.interruptedCycle ?? Number.POSITIVE_INFINITY,
    reader.chunks.reduce((last, chunk) => Math.max(last, chunk.lastCycle), 0),
  );
  const comparison = new Comparison(reader, lastCycle, end?.skipped ?? 0, partial);
  let recorder: Recorder | undefined;
  const session = await Session.open(inputs, {
    records: (ring) => recorder?.records(ring),
    progress: (cycles) =>
      options.progress?.(comparison.equal) === true ||
      comparison.over ||
      (partial && cycles > lastCycle + BEYOND),
    ...(options.installed === true ? {} : { image: recordedImages(recordedSources, made) }),
  });
  recorder = new Recorder(
    new Map(session.sites.map((site, i) => [site.number, i])),
    [{ events: (columns) => comparison.batch(columns) }],
    recorderOptions(inputs, session.sites),
  );
  await session.run();
  recorder.finish();
  comparison.finish();
  const names = session.sites.map(siteName);
  const describe = ({ columns, i, seq }: Sighting): EventText => ({
    seq,
    text: eventText(columns, i, names, session.sites),
  });
  return {
    identical: comparison.difference === undefined,
    events: comparison.equal,
    partial,
    changed: changes(reader, session, recordedSources, made),
    recompiled: [...made.keys()],
    difference:
      comparison.difference === undefined
        ? null
        : {
            seq: comparison.difference.seq,
            recorded: comparison.difference.recorded.map(describe),
            executed: comparison.difference.executed.map(describe),
          },
  };
}

interface Sighting {
  columns: EventColumns;
  i: number;
  seq: number;
}

/** The recorded events beside the executed ones, a batch at a time. */
class Comparison {
  /** Events found equal. */
  equal = 0;
  difference: { seq: number; recorded: Sighting[]; executed: Sighting[] } | undefined;
  readonly #reader: TraceReader;
  readonly #lastCycle: number;
  /** Executed events that come before the first recorded one. */
  #skip: number;
  readonly #partial: boolean;
  #chunk = 0;
  #at = 0;
  #columns: EventColumns | undefined;
  /** Executed events after the first that differs still wanted for context. */
  #wanted = 0;
  #passed = false;
  readonly #before: Sighting[] = [];

  constructor(reader: TraceReader, lastCycle: number, skip: number, partial: boolean) {
    this.#partial = partial;
    this.#reader = reader;
    this.#lastCycle = lastCycle;
    this.#skip = skip;
  }

  /** Nothing more needs to be executed. */
  get over(): boolean {
    return this.#passed || (this.difference !== undefined && this.#wanted === 0);
  }

  #next(): EventColumns | undefined {
    while (this.#columns === undefined || this.#at >= this.#columns.count) {
      if (this.#chunk >= this.#reader.chunks.length) return undefined;
      // Throws TraceError: what is compared must be there.
      this.#columns = this.#reader.chunk(this.#chunk++).columns;
      this.#at = 0;
    }
    return this.#columns;
  }

  batch(e: EventColumns): void {
    for (let i = 0; i < e.count; i++) {
      if (this.#skip > 0) {
        this.#skip--;
        continue;
      }
      if (this.difference !== undefined) {
        if (this.#wanted === 0) return;
        this.#wanted--;
        const { executed } = this.difference;
        executed.push(copy(e, i, executed.length === 0 ? this.equal : executed[executed.length - 1].seq + 1));
        continue;
      }
      if (this.#passed) return;
      const recorded = this.#next();
      if (recorded === undefined && this.#partial) {
        this.#passed = true;
        return;
      }
      if (
        e.cycle[i] > this.#lastCycle &&
        (recorded === undefined || recorded.cycle[this.#at] > this.#lastCycle)
      ) {
        this.#passed = true;
        return;
      }
      if (recorded !== undefined && sameEvent(recorded, this.#at, e, i)) {
        this.#before.push(copy(e, i, this.equal));
        if (this.#before.length > CONTEXT) this.#before.shift();
        this.equal++;
        this.#at++;
        continue;
      }
      this.#differs([copy(e, i, this.equal)]);
    }
  }

  #differs(executed: Sighting[]): void {
    const { equal } = this;
    const recorded = [...this.#before];
    for (let seq = equal; seq <= equal + CONTEXT; seq++) {
      const columns = this.#next();
      if (columns === undefined) break;
      recorded.push(copy(columns, this.#at++, seq));
    }
    this.difference = { seq: equal, recorded, executed: [...this.#before, ...executed] };
    this.#wanted = executed.length === 0 ? 0 : CONTEXT;
  }

  /** The run is over. */
  finish(): void {
    if (this.difference !== undefined || this.#passed) return;
    const rest = this.#next();
    if (rest === undefined) return;
    if (this.#partial && rest.cycle[this.#at] > this.#lastCycle) return;
    this.#differs([]);
  }
}

/** One event on its own: batches are reused. */
function copy(e: EventColumns, i: number, seq: number): Sighting {
  const columns: EventColumns = {
    count: 1,
    cycle: e.cycle.slice(i, i + 1),
    cpu: e.cpu.slice(i, i + 1),
    tid: e.tid.slice(i, i + 1),
    site: e.site.slice(i, i + 1),
    argLow: e.argLow.slice(i * 5, i * 5 + 5),
    argHigh: e.argHigh.slice(i * 5, i * 5 + 5),
  };
  return { columns, i: 0, seq };
}

function sameEvent(a: EventColumns, i: number, b: EventColumns, j: number): boolean {
  if (a.cycle[i] !== b.cycle[j] || a.cpu[i] !== b.cpu[j] || a.tid[i] !== b.tid[j] || a.site[i] !== b.site[j])
    return false;
  for (let k = 0; k < 5; k++)
    if (a.argLow[i * 5 + k] !== b.argLow[j * 5 + k] || a.argHigh[i * 5 + k] !== b.argHigh[j * 5 + k])
      return false;
  return true;
}

/** One event on one line: cycle, CPU, thread, site, arguments. */
export function eventText(
  c: EventColumns,
  i: number,
  names: string[],
  sites: readonly { args: string[] }[],
): string {
  const site = c.site[i];
  const args = (sites[site]?.args ?? []).slice(0, 5).map((_, k) => `0x${argument(c, i, k).toString(16)}`);
  return `cycle ${c.cycle[i]} cpu${c.cpu[i]} tid ${c.tid[i]} ${names[site] ?? `site ${site}`}(${args.join(', ')})`;
}

function changes(
  reader: TraceReader,
  session: Session,
  sources: Record<string, Record<string, string>>,
  made: ReadonlyMap<string, Image>,
): string[] {
  if (reader.header.identity === session.identity && made.size === 0) return [];
  const out: string[] = [];
  for (const image of session.images) {
    const then = sources[image.name];
    if (then === undefined) out.push(`${image.name}: not part of the recorded run`);
    else {
      let now = image.sources;
      if (made.has(image.name))
        try {
          now = (
            image.name === 'kernel' ? kernelImage(session.profile) : programImage(image.name, session.profile)
          ).sources;
        } catch {
          out.push(`${image.name}: not installed`);
          continue;
        }
      for (const path of changedFiles(then, now)) out.push(`${image.name}: ${path}`);
    }
  }
  const other = reader.header.identity !== session.identity;
  if (other && (out.length === 0 || made.size > 0)) out.push('the engine or its compiler');
  return out;
}

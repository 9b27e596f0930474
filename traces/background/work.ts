/**
 * Work that takes executions: the ledger measured, the firing that decided, runs recorded by their inputs.
 *
 * Its parameters and results are plain data, so that a worker thread (worker.ts) can do it while a screen goes on; background.ts decides who.
 */
import type { RunInputs } from '../../engine/run/inputs.ts';
import type { SessionHooks } from '../../engine/run/session.ts';
import { describeSystemError, isSystemError } from '../../engine/run/system-error.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { type Decision, decide } from '../diff/decide.ts';
import { type MeasuredLedger, measureLedger } from '../diff/measured.ts';
import type { DiffModel } from '../diff/model.ts';
import { OUTCOMES, type Outcome } from '../diff/outcome.ts';
import { recordRun } from '../diff/twin.ts';
import { TraceReader } from '../read.ts';
import { recordedImages } from '../sources.ts';

/** The parts of a difference that the measured ledger is laid beside. */
export type LedgerBase = Pick<DiffModel, 'ledger' | 'pairs'>;

export type Work =
  | { kind: 'ledger'; traced: string; diff: LedgerBase }
  | { kind: 'deciding'; traced: string; outcomes?: Outcome[]; smallest?: boolean }
  /** `of`: the trace whose sources are executed; missing: those that are installed. `cycles`: about how long it takes. */
  | { kind: 'record'; runs: { inputs: RunInputs; path: string; cycles: number; of?: string }[] };

export interface WorkResults {
  ledger: MeasuredLedger;
  deciding: Decision;
  /** Paths of the traces that were made. */
  record: string[];
}
export type WorkResult = WorkResults[keyof WorkResults];

/** Told what is being done, and how much of the whole that is, from 0 to 1 (an estimate). True stops: the work throws UserError. */
export type Tell = (text: string, share: number) => boolean;

/** Throws UserError, TraceError, DtraceError, CompileError. */
export async function perform(work: Work, tell: Tell): Promise<WorkResult> {
  if (work.kind === 'ledger') {
    const reader = new TraceReader(work.traced);
    const end = endOf(reader);
    let runs = 0;
    // As many executions as there are charges; a trap that never happens needs none.
    const all = work.diff.ledger.some((row) => row.trap !== 0) ? 4 : 3;
    try {
      return await measureLedger(work.diff, reader, (charge) => {
        const done = runs++;
        return (cycles) =>
          tell(`executing without ${charge}`, Math.min(1, (done + Math.min(1, cycles / end)) / all));
      });
    } finally {
      reader.close();
    }
  }
  if (work.kind === 'deciding') {
    const reader = new TraceReader(work.traced);
    const end = endOf(reader);
    let runs = 0;
    try {
      return await decide(reader, {
        outcomes: work.outcomes ?? [...OUTCOMES],
        smallest: work.smallest,
        progress: ({ k, left }) => {
          const done = runs++;
          return (cycles) =>
            tell(`charged for ${k} firings`, (done + Math.min(1, cycles / end)) / (done + left));
        },
      });
    } finally {
      reader.close();
    }
  }
  const total = Math.max(
    1,
    work.runs.reduce((n, run) => n + run.cycles, 0),
  );
  let before = 0;
  for (const { inputs, path, cycles, of } of work.runs) {
    const share = (now: number) => Math.min(1, (before + now) / total);
    await recordRun(inputs, path, (now) => tell(`recording ${path}`, share(now)), sourcesOf(of));
    before += cycles;
  }
  return work.runs.map(({ path }) => path);
}

/** What executes the sources of a trace. */
function sourcesOf(path: string | undefined): Pick<SessionHooks, 'image'> {
  if (path === undefined) return {};
  const reader = new TraceReader(path);
  const { sources } = reader.header;
  reader.close();
  return { image: recordedImages(sources) };
}

const endOf = (reader: TraceReader): number => Math.max(1, reader.chunks.at(-1)?.lastCycle ?? 1);

const SAID: ReadonlySet<string> = new Set(['UserError', 'TraceError', 'DtraceError', 'CompileError']);

/** All that is to be said of this error; undefined: it is a defect of ours. */
export function saidOf(error: unknown): string | undefined {
  if (isSystemError(error)) return describeSystemError(error);
  if (!(error instanceof Error)) return undefined;
  const ofTheSystem = typeof (error as { code?: unknown }).code === 'string';
  return ofTheSystem || SAID.has(error.name) ? error.message : undefined;
}

export const stoppedError = (): UserError => new UserError('stopped', 1);

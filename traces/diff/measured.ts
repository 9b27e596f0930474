/**
 * The ledger measured: the traced run executed again with one charge suppressed at a time (engine/run/charges.ts).
 *
 * What a thread saves without a charge is what that charge costs it, its consequences included. A run whose firings are ghosts has neither
 * their traps nor their cache effects, so those are taken from what the probes cost. What the sum then leaves of the difference is shown
 * as the remainder: charges act on each other through scheduling, and that is nobody's alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHARGES, type Charge } from '../../engine/run/charges.ts';
import { DtraceError, parseDtrace } from '../../engine/run/dtrace-session.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { TraceReader } from '../read.ts';
import { recordedImages } from '../sources.ts';
import { metrics } from './compare.ts';
import type { DiffModel, ThreadMetrics } from './model.ts';
import { type Timeline, timeline } from './timeline.ts';
import { inputsOf, type Progress, recordRun } from './twin.ts';
import { Vocabulary } from './vocabulary.ts';

export interface MeasuredRow {
  thread: string;
  /** B's span less A's, cycles. */
  added: number;
  /** What each charge costs it; probe without trap and cache. */
  probe: number;
  trap: number;
  cache: number;
  consumer: number;
  remainder: number;
  /** The counted ledger's `code`, split: what goes with the firings' cache effects, and the rest: more work, and slower paths. */
  codeCaches: number;
  codeWork: number;
}

export interface MeasuredLedger {
  /** Runs made: one for each charge that was not suppressed already. */
  charges: Charge[];
  /** Charges that the program cannot do without: profile and tick probes need a process that sets their timers. Their cost is in the remainder. */
  needed: Charge[];
  /** In the order of the counted ledger's rows, 'total' last. */
  rows: MeasuredRow[];
}

/** The inputs with one more charge suppressed. */
export function without(inputs: RunInputs, charge: Charge): RunInputs {
  const { dtrace } = inputs;
  if (dtrace === undefined)
    throw new UserError('the second run was not traced: there are no charges to suppress');
  const before = parseDtrace(dtrace).options.extensions.get('suppress');
  const list = before === undefined ? charge : `${before},${charge}`;
  return { ...inputs, dtrace: { ...dtrace, argv: [...dtrace.argv, '-x', `suppress=${list}`] } };
}

/** `b` must be the traced run of the model's B. Throws UserError. */
export async function measureLedger(
  diff: Pick<DiffModel, 'ledger' | 'pairs'>,
  b: TraceReader,
  progress: (charge: Charge) => Progress,
): Promise<MeasuredLedger> {
  const inputs = inputsOf(b);
  if (inputs.dtrace === undefined)
    throw new UserError(`${b.path}: this run was not traced: there are no charges to suppress`);
  const extensions = parseDtrace(inputs.dtrace).options.extensions;
  if (extensions.has('ghost')) throw new UserError(`${b.path}: a ghost-traced run has no charges`);
  const already = (extensions.get('suppress') ?? '').split(',');
  // A trap that never happens need not be suppressed.
  const traps = diff.ledger.some((row) => row.trap !== 0);
  const charges = CHARGES.filter((c) => !already.includes(c) && (c !== 'trap' || traps));
  const folder = mkdtempSync(join(tmpdir(), 'probelab-ledger-'));
  const runs = new Map<Charge, Map<string, ThreadMetrics>>();
  const needed: Charge[] = [];
  const image = recordedImages(b.header.sources);
  try {
    for (const charge of charges) {
      const path = join(folder, `${charge}.trace`);
      try {
        await recordRun(without(inputs, charge), path, progress(charge), { image });
      } catch (error) {
        if (!(error instanceof DtraceError)) throw error;
        needed.push(charge);
        continue;
      }
      const reader = new TraceReader(path);
      runs.set(charge, byIdentity(timeline(reader, new Vocabulary())));
      reader.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { charges: charges.filter((c) => runs.has(c)), needed, rows: rowsOf(diff, runs) };
}

const byIdentity = (t: Timeline) =>
  new Map(t.tracks.filter((k) => k.kind === 'thread').map((k) => [plainPath(k.identity), metrics(k)]));

/** A command of dtrace -c is the consumer's child, unless the host consumes. */
const plainPath = (identity: string) => identity.replace(/\/dtrace(#\d+)?(?=\/)/g, '');

function rowsOf(
  diff: Pick<DiffModel, 'ledger' | 'pairs'>,
  runs: Map<Charge, Map<string, ThreadMetrics>>,
): MeasuredRow[] {
  const full = new Map(diff.pairs.map((p) => [p.identity, p.metricsB]));
  const rows = diff.ledger
    .filter(({ thread }) => thread !== 'total')
    .map((row): MeasuredRow => {
      const saved = (charge: Charge, metric: 'wall' | 'code') => {
        const then = runs.get(charge)?.get(plainPath(row.thread));
        const now = full.get(row.thread);
        return then === undefined || now === undefined ? 0 : now[metric] - then[metric];
      };
      const trap = saved('trap', 'wall');
      const cache = saved('cache', 'wall');
      const consumer = saved('consumer', 'wall');
      const probe = saved('probe', 'wall') - (runs.has('probe') ? trap + cache : 0);
      const codeCaches = saved('cache', 'code');
      return {
        thread: row.thread,
        added: row.added,
        probe,
        trap,
        cache,
        consumer,
        remainder: row.added - probe - trap - cache - consumer,
        codeCaches,
        codeWork: row.code - codeCaches,
      };
    });
  const total: MeasuredRow = {
    thread: 'total',
    added: 0,
    probe: 0,
    trap: 0,
    cache: 0,
    consumer: 0,
    remainder: 0,
    codeCaches: 0,
    codeWork: 0,
  };
  for (const row of rows)
    for (const [key, value] of Object.entries(row))
      if (typeof value === 'number') total[key as Exclude<keyof MeasuredRow, 'thread'>] += value;
  return [...rows, total];
}

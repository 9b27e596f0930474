/**
 * Truth beside the tool: what DTrace answered in the run that it perturbed, next to what a ghost answers of the run as it is without.
 *
 * The same D program, compiled for the same kernel, over two executions: charged, and as a ghost (whose run is the untraced one, to the last
 * cycle). Aggregations are compared key by key; what they differ by is the tool's error on itself.
 */
import type { Answer } from '../../engine/dtrace/index.ts';
import { parseDtrace } from '../../engine/run/dtrace-session.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { Session } from '../../engine/run/session.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { Recorder } from '../recorder.ts';
import { argCounts } from '../write.ts';
import { twinInputs } from './twin.ts';

export interface TruthKey {
  aggregation: number;
  function: string;
  keys: string[];
  /** null: this run has no such key. */
  traced: number | null;
  truth: number | null;
  /** (traced - truth) / truth; null where the truth is 0 or one of them is missing. */
  errorPercent: number | null;
  /** Of histograms: counts by bucket. */
  buckets?: { label: string; traced: number; truth: number }[];
}

export interface Truth {
  keys: TruthKey[];
  /** Keys whose values are equal. */
  equal: number;
  /** What dtrace(1) said of drops and errors in the traced run. */
  complaints: string[];
  firings: number;
  /** Mean cycles that a firing took, from dtrace_probe()'s entry to its exit. */
  firingCycles: number;
  /** Cycles from the end of boot to the end of the command. */
  tracedCycles: number;
  truthCycles: number;
  clockHz: number;
  /** Digests of both runs; the truth's is the untraced run's. */
  digests: { traced: string; truth: string };
}

interface Answered {
  answers: Answer[];
  err: string;
  cycles: number;
  firings: number;
  probeCycles: number;
  digest: string;
  clockHz: number;
}

/** `inputs` of a run with a D program. Throws UserError, and DtraceError for a program that a ghost cannot run (pid). */
export async function truth(
  inputs: RunInputs,
  progress: (what: 'traced' | 'truth') => (cycles: number) => boolean = () => () => false,
): Promise<Truth> {
  const { dtrace } = inputs;
  if (dtrace === undefined)
    throw new UserError('there is no D program, so there is nothing to compare: add -n or -s');
  const { extensions } = parseDtrace(dtrace).options;
  if (extensions.has('ghost') || extensions.has('suppress'))
    throw new UserError('truth compares the whole tool with none of it: leave out -x ghost and -x suppress');
  const ghost: RunInputs = {
    ...twinInputs(inputs),
    dtrace: { ...dtrace, argv: [...dtrace.argv, '-x', 'ghost'], endsRun: false },
  };
  // The ghost first: a program that it cannot run is refused at once.
  const without = await run(ghost, progress('truth'));
  const traced = await run({ ...inputs, dtrace: { ...dtrace, endsRun: false } }, progress('traced'));
  const keys = side(traced.answers, without.answers);
  return {
    keys,
    equal: keys.filter((k) => k.traced === k.truth).length,
    complaints: traced.err.split('\n').filter((line) => /drop|error|failed/.test(line)),
    firings: traced.firings,
    firingCycles: traced.firings === 0 ? 0 : traced.probeCycles / traced.firings,
    tracedCycles: traced.cycles,
    truthCycles: without.cycles,
    clockHz: traced.clockHz,
    digests: { traced: traced.digest, truth: without.digest },
  };
}

async function run(inputs: RunInputs, progress: (cycles: number) => boolean): Promise<Answered> {
  let recorder: Recorder | undefined;
  let err = '';
  const session = await Session.open(inputs, {
    records: (ring) => recorder?.records(ring),
    dtraceErr: (text) => {
      err += text;
    },
    progress,
  });
  const index = new Map(session.sites.map((site, i) => [site.number, i]));
  const named = (name: string) => session.sites.findIndex((s) => s.provider === '_trace' && s.name === name);
  const enter = named('dtrace-enter');
  const exit = named('dtrace-exit');
  let firings = 0;
  let probeCycles = 0;
  recorder = new Recorder(
    index,
    [
      {
        events(e) {
          for (let i = 0; i < e.count; i++)
            if (e.site[i] === enter) {
              firings++;
              probeCycles -= e.cycle[i];
            } else if (e.site[i] === exit) probeCycles += e.cycle[i];
        },
      },
    ],
    { argCounts: argCounts(session.sites) },
  );
  const result = await session.run();
  if (result.stop.reason === 'interrupted') throw new UserError('interrupted', 1);
  const digest = recorder.finish(); // hands on the last events
  return {
    answers: session.dtrace?.answers() ?? [],
    err,
    cycles: result.endCycle - result.readyCycle,
    firings,
    probeCycles,
    digest,
    clockHz: session.profile.clockHz,
  };
}

/** Both sides by aggregation and key: in the truth's order of size, then what only the traced run has. */
function side(traced: Answer[], real: Answer[]): TruthKey[] {
  const name = (a: Answer) => JSON.stringify([a.aggregation, a.keys]);
  const known = new Map(traced.map((a) => [name(a), a]));
  const out = real.map((a): TruthKey => {
    const other = known.get(name(a));
    known.delete(name(a));
    return row(other, a);
  });
  for (const a of known.values()) out.push(row(a, undefined));
  return out.sort(
    (x, y) =>
      x.aggregation - y.aggregation || (y.truth ?? 0) - (x.truth ?? 0) || (y.traced ?? 0) - (x.traced ?? 0),
  );
}

function row(traced: Answer | undefined, real: Answer | undefined): TruthKey {
  const any = (real ?? traced) as Answer;
  const a = traced === undefined ? null : Number(traced.value);
  const b = real === undefined ? null : Number(real.value);
  const labels = [...new Set([...(real?.buckets ?? []), ...(traced?.buckets ?? [])].map((x) => x.label))];
  const count = (answer: Answer | undefined, label: string) =>
    Number(answer?.buckets?.find((x) => x.label === label)?.count ?? 0n);
  return {
    aggregation: any.aggregation,
    function: any.function,
    keys: any.keys,
    traced: a,
    truth: b,
    errorPercent: a === null || b === null || b === 0 ? null : ((a - b) / Math.abs(b)) * 100,
    ...(any.buckets === undefined
      ? {}
      : {
          buckets: labels
            .map((label) => ({ label, traced: count(traced, label), truth: count(real, label) }))
            .sort((x, y) => Number.parseFloat(x.label) - Number.parseFloat(y.label)),
        }),
  };
}

/** A table for people. */
export function truthReport(t: Truth): string {
  const ms = (cycles: number) => `${((cycles / t.clockHz) * 1e3).toFixed(3)} ms`;
  const out: string[] = [];
  let last = 0;
  for (const k of t.keys) {
    if (k.aggregation !== last) {
      if (last !== 0) out.push('');
      out.push(
        `${`@${k.aggregation} ${k.function}()`.padEnd(52)}${['traced', 'truth', 'error'].map((h) => h.padStart(14)).join('')}`,
      );
      last = k.aggregation;
    }
    const cell = (n: number | null) => (n === null ? '-' : String(n)).padStart(14);
    const name = k.keys.length === 0 ? '(no key)' : k.keys.join(', ');
    const shown = name.length > 48 ? `${name.slice(0, 47)}~` : name;
    out.push(`  ${shown.padEnd(50)}${cell(k.traced)}${cell(k.truth)}${errorText(k).padStart(14)}`);
    for (const b of k.buckets ?? [])
      if (b.traced !== b.truth) out.push(`    ${b.label.trim().padEnd(48)}${cell(b.traced)}${cell(b.truth)}`);
  }
  if (t.keys.length === 0) out.push('The program has no aggregations that say anything.');
  out.push(
    '',
    `${t.equal} of ${t.keys.length} keys as they are without the tool`,
    `added latency: ${ms(t.tracedCycles - t.truthCycles)} (${ms(t.truthCycles)} -> ${ms(t.tracedCycles)}); ` +
      `${t.firings} firings of ${t.firingCycles.toFixed(0)} cycles on average`,
    ...(t.complaints.length === 0 ? ['no drops'] : t.complaints),
  );
  return out.join('\n') + '\n';
}

function errorText({ traced, truth: real, errorPercent }: TruthKey): string {
  if (traced === null) return 'missed';
  if (real === null) return 'made up';
  if (traced === real) return '0 %';
  return errorPercent === null ? '-' : `${errorPercent > 0 ? '+' : ''}${errorPercent.toFixed(2)} %`;
}

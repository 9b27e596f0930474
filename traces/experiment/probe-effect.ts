/**
 * The headline experiment: what six ways of measuring dd(1) do to dd(1).
 *
 * The lecture's workload and D programs, each run over several seeds. A job is one run; jobs are independent, so they can be spread over worker
 * threads. The published figures (FreeBSD on a BeagleBone Black) stand beside ours in the report, and decide nothing.
 */
import type { RunInputs } from '../../engine/run/inputs.ts';

export interface Row {
  name: string;
  /** The D program, or undefined for the untraced run. */
  program: string | undefined;
  /** How much longer dd took than untraced, percent; null where no difference was proven. */
  publishedPercent: number | null;
}

export const ROWS: readonly Row[] = [
  { name: 'none', program: undefined, publishedPercent: null },
  { name: 'dtmalloc-count', program: 'dtmalloc::: { @count = count(); }', publishedPercent: null },
  { name: 'lockstat-count', program: 'lockstat::: { @count = count(); }', publishedPercent: 108.734 },
  {
    name: 'lockstat-count-dd',
    program: 'lockstat::: /execname == "dd"/ { @count = count(); }',
    publishedPercent: 168.122,
  },
  {
    name: 'lockstat-stack',
    program: 'lockstat::: { @stacks[stack()] = count(); }',
    publishedPercent: 602.183,
  },
  {
    name: 'lockstat-stack-dd',
    program: 'lockstat::: /execname == "dd"/ { @stacks[stack()] = count(); }',
    publishedPercent: 626.638,
  },
];

export const COMMAND = 'dd if=/dev/zero of=/dev/null bs=10m count=1 status=none';
/** What else the system does: daemons that wake at moments of their own. The seed decides when. */
const BACKGROUND = (seed: number) => `bgload -s ${seed} &`;
/** The process whose wall time is measured. */
export const MEASURED = 'dd';

export interface Job {
  row: string;
  inputs: RunInputs;
  /** Where to leave the trace of this run. */
  record?: string;
}

export interface Measurement {
  row: string;
  seed: number;
  /** Creation to exit of the measured process, simulated seconds. */
  seconds: number;
  /** DTrace firings in that time, on all CPUs. */
  firings: number;
  /** Cycles of it inside dtrace_probe(), in interrupts, and running anything else than the measured process or idle. */
  probeCycles: number;
  interruptCycles: number;
  otherCycles: number;
  /** Timer interrupts in that time. */
  ticks: number;
  cycles: number;
  digest: string;
}

export function jobs(
  base: { version: string; machine: string; cpus: number },
  seeds: number,
  out: string | undefined,
): Job[] {
  const list: Job[] = [];
  for (let seed = 1; seed <= seeds; seed++)
    for (const { name, program } of ROWS)
      list.push({
        row: name,
        inputs: {
          ...base,
          seed,
          scenario: {
            name: 'probe-effect',
            description: COMMAND,
            files: { '/etc/rc': `${BACKGROUND(seed)}\nsleep 0.7\n${COMMAND}\n` },
            programs: ['dtrace'], // in the untraced run's file system too
            console: [],
          },
          simtimeNs: 120e9,
          ...(program === undefined ? {} : { dtrace: { argv: ['-n', program], files: {}, endsRun: false } }),
        },
        ...(seed === 1 && out !== undefined ? { record: `${out}/${name}.trace` } : {}),
      });
  return list;
}

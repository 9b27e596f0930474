/**
 * Conditions on a difference, for --fail-if: THREAD.METRIC OP NUMBER[UNIT].
 *
 *     dd.wall > 2%          csh/dd.switches >= 5         total.probe > 1.5ms
 *
 * What is compared is the change from A to B: with %, relative to A; with a unit of time or none, B less A. A thread is named by the end of its
 * creation path ('dd', 'csh/dd'); where several match, each is tested. 'total' is all threads that are in both runs but the idle ones.
 */
import type { DiffModel, ThreadMetrics } from './model.ts';

export type Operator = '>' | '>=' | '<' | '<=' | '==' | '!=';

export interface Condition {
  text: string;
  thread: string;
  metric: keyof ThreadMetrics;
  operator: Operator;
  value: number;
  unit: '%' | 'ns' | 'us' | 'ms' | 's' | 'cycles' | '';
}

export interface Tested {
  condition: string;
  thread: string;
  a: number;
  b: number;
  /** The change, in the condition's unit. */
  change: number;
  /** The condition holds: the comparison fails. */
  failed: boolean;
}

const TIMES = ['wall', 'cpu', 'probe', 'code', 'interrupts', 'locks', 'runq', 'sleep'] as const;
const COUNTS = ['switches', 'ticks', 'firings', 'events'] as const;
export const METRICS: readonly (keyof ThreadMetrics)[] = [...TIMES, ...COUNTS];

const FORM = /^\s*(.+)\.(\w+)\s*(>=|<=|==|!=|>|<)\s*([+-]?\d+(?:\.\d+)?)\s*(%|ns|us|ms|s|cycles)?\s*$/;

/** Throws RangeError, in words, for what is no condition. */
export function parseCondition(text: string): Condition {
  const match = FORM.exec(text);
  if (match === null)
    throw new RangeError(
      `'${text}': expected THREAD.METRIC OP NUMBER[%|ns|us|ms|s|cycles], as in 'dd.wall > 2%'`,
    );
  const [, thread, metric, operator, value, unit = ''] = match;
  if (!(METRICS as readonly string[]).includes(metric))
    throw new RangeError(`'${text}': no metric '${metric}': there are ${METRICS.join(', ')}`);
  if (unit !== '' && unit !== '%' && (COUNTS as readonly string[]).includes(metric))
    throw new RangeError(`'${text}': ${metric} is a count, so it has no unit of time`);
  return {
    text: text.trim(),
    thread,
    metric: metric as keyof ThreadMetrics,
    operator: operator as Operator,
    value: Number(value),
    unit: unit as Condition['unit'],
  };
}

/** One result for each thread that the condition names. Throws RangeError when there is none. */
export function testCondition(condition: Condition, diff: DiffModel): Tested[] {
  const { metric, thread, text } = condition;
  const rows = threadsNamed(thread, diff).map(({ identity, a, b }) => ({
    identity,
    a: a[metric],
    b: b[metric],
  }));
  if (rows.length === 0) throw new RangeError(`'${text}': no thread '${thread}' in both runs`);
  return rows.map(({ identity, a, b }) => {
    const change = changeOf(condition, a, b, diff.clockHz);
    return { condition: text, thread: identity, a, b, change, failed: holds(condition, change) };
  });
}

function threadsNamed(
  name: string,
  diff: DiffModel,
): { identity: string; a: ThreadMetrics; b: ThreadMetrics }[] {
  const threads = diff.pairs
    .filter((p) => !p.identity.startsWith('interrupt'))
    .map((p) => ({ identity: p.identity, a: p.metricsA, b: p.metricsB }));
  if (name !== 'total') return threads.filter((t) => t.identity === name || t.identity.endsWith(`/${name}`));
  const sum = (side: 'a' | 'b') => {
    const busy = threads.filter((t) => !/(^|\/)idle\b[^/]*$/.test(t.identity));
    return Object.fromEntries(
      METRICS.map((m) => [m, busy.reduce((n, t) => n + t[side][m], 0)]),
    ) as unknown as ThreadMetrics;
  };
  return [{ identity: 'total', a: sum('a'), b: sum('b') }];
}

function changeOf({ unit }: Condition, a: number, b: number, clockHz: number): number {
  const change = b - a;
  switch (unit) {
    case '%':
      return change === 0 ? 0 : (change / a) * 100;
    case 'ns':
      return (change / clockHz) * 1e9;
    case 'us':
      return (change / clockHz) * 1e6;
    case 'ms':
      return (change / clockHz) * 1e3;
    case 's':
      return change / clockHz;
    default:
      return change;
  }
}

function holds({ operator, value }: Condition, change: number): boolean {
  switch (operator) {
    case '>':
      return change > value;
    case '>=':
      return change >= value;
    case '<':
      return change < value;
    case '<=':
      return change <= value;
    case '==':
      return change === value;
    default:
      return change !== value;
  }
}

/** Words for what a run's numbers stand for: sites, threads, locks, arguments. */
import type { EventView, RunView } from '../../../traces/playback/run-view.ts';
import type { LockState, RunState } from '../../../traces/playback/state.ts';
import type { Side } from '../world.ts';

/** A site as short as it is clear: 'syscall read entry', 'lock adaptive-acquire', 'on-cpu'. */
export function siteWords(run: RunView, site: number): string {
  const s = run.sites[site];
  if (s === undefined) return `site ${site}`;
  switch (s.provider) {
    case 'syscall':
      return `syscall ${s.function} ${s.name}`;
    case 'dtmalloc':
      return `${s.name} ${s.function}`;
    case 'fbt':
      return `${s.function} ${s.name}`;
    case '_trace':
      return s.name;
    default:
      return `${s.provider} ${s.name}`;
  }
}

export const siteFull = (run: RunView, site: number): string => {
  const s = run.sites[site];
  return s === undefined ? `site ${site}` : `${s.provider}:${s.module}:${s.function}:${s.name}`;
};

export const threadName = (state: RunState, tid: number): string => {
  const name = state.threads[tid]?.name ?? '';
  return tid === 0 ? '-' : name === '' ? String(tid) : name;
};

export const threadWords = (state: RunState, tid: number): string =>
  tid === 0 ? 'nobody' : `${threadName(state, tid)} (${tid})`;

/** A lock's name: what the trace or the kernel's symbols say, else its address. */
export function lockName(side: Side, address: string, lock?: LockState): string {
  const state = side.run.state;
  const name = lock?.name || state.lockNames?.[address] || side.symbol?.(BigInt(`0x${address}`)) || '';
  return name === '' ? `..${address.slice(-8)}` : name;
}

export type ArgumentKind = 'lock' | 'thread' | 'address' | 'flags' | 'number';

export interface ArgumentWords {
  label: string;
  type: string;
  kind: ArgumentKind;
  value: bigint;
  words: string;
}

/** Labels of the arguments of _trace sites, which have no C prototypes. */
const LABELS: Record<string, string[]> = {
  switch: ['from', 'to', 'flags'],
  'intr-entry': ['vector', 'pc'],
  'task-start': ['task', 'function', 'pending'],
  'task-end': ['task'],
  callout: ['callout', 'function'],
  'intr-exit': ['vector'],
  'dtrace-enter': ['probe'],
  'dtrace-exit': ['probe'],
  'thread-create': ['thread', 'pid', 'creator'],
  'thread-name': ['thread', '', '', '', 'pid'],
  'thread-exit': ['thread'],
  'page-fault': ['address', 'error'],
  'lock-wait': ['lock', 'owner', 'blocks'],
  'lock-init': ['lock', 'class'],
  'lock-destroy': ['lock'],
  'runq-add': ['thread', 'queue', 'priority'],
  'runq-remove': ['thread', 'queue'],
  wakeup: ['thread'],
  priority: ['thread', 'priority'],
};
const SIGNED = /^(int|long|short|char|int\d+_t|ssize_t|pid_t|lwpid_t)$/;

const isLockType = (type: string) => /^struct (mtx|rwlock|sx|lock_object) \*$/.test(type);

export function argumentWords(side: Side, event: EventView): ArgumentWords[] {
  const { run } = side;
  const site = run.sites[event.site];
  if (site === undefined) return [];
  const labels =
    site.provider === '_trace'
      ? (LABELS[site.name] ?? [])
      : site.provider === 'lockstat'
        ? ['lock', lockstatSecond(site.name)]
        : [];
  const out: ArgumentWords[] = [];
  event.args.forEach((value, i) => {
    const type = site.args[i] ?? 'uint64_t';
    const label = labels[i] === undefined || labels[i] === '' ? `arg${i}` : labels[i];
    if (site.provider === '_trace' && labels.length > 0 && (labels[i] === '' || labels[i] === undefined))
      return;
    const hex = value.toString(16);
    if (isLockType(type) || label === 'lock') {
      out.push({
        label,
        type,
        kind: 'lock',
        value,
        words: `${lockName(side, hex, run.state.locks[hex])}  0x${hex}`,
      });
    } else if (['from', 'to', 'thread', 'creator', 'owner'].includes(label)) {
      out.push({ label, type, kind: 'thread', value, words: threadWords(run.state, Number(value)) });
    } else if (type.includes('*') || type === 'uintptr_t' || value > 0xffffffff00000000n) {
      const size = type.startsWith('int') || type === 'int64_t' ? BigInt.asIntN(64, value) : value;
      const name = size < 0n ? undefined : side.symbol?.(value);
      const words = size < 0n ? String(size) : name === undefined ? `0x${hex}` : `${name}  0x${hex}`;
      out.push({ label, type, kind: 'address', value, words });
    } else if (SIGNED.test(type)) {
      out.push({
        label,
        type,
        kind: 'number',
        value,
        words: String(BigInt.asIntN(type === 'int' || type === 'int32_t' ? 32 : 64, value)),
      });
    } else if (label === 'flags') out.push({ label, type, kind: 'flags', value, words: `0x${hex}` });
    else
      out.push({
        label,
        type,
        kind: 'number',
        value,
        words: value > 0xffffn ? `${value} (0x${hex})` : String(value),
      });
  });
  // What a callout runs stands in the event beside this one.
  if (site.provider === 'callout_execute') {
    const fn = functionOf(run, event);
    const name = fn === undefined ? undefined : side.symbol?.(fn);
    if (fn !== undefined)
      out.push({
        label: 'function',
        type: 'uintptr_t',
        kind: 'address',
        value: fn,
        words: name === undefined ? `0x${fn.toString(16)}` : `${name}  0x${fn.toString(16)}`,
      });
  }
  return out;
}

/** Events around the start or end of a callout among which its function is looked for. */
const BESIDE = 4;
const WITHIN = 64;

function functionOf(run: RunView, event: EventView): bigint | undefined {
  const site = run.sites[event.site];
  const [step, far] = site.name.endsWith('-start') ? [1, BESIDE] : [-1, WITHIN];
  for (let seq = event.seq + step, n = 0; n < far && seq >= 0 && seq < run.events; seq += step, n++) {
    const other = run.event(seq);
    const { provider, name } = run.sites[other.site];
    if (provider === '_trace' && name === 'callout' && other.args[0] === event.args[0]) return other.args[1];
  }
  return undefined;
}

function lockstatSecond(name: string): string {
  if (/-(block|spin)$/.test(name)) return 'waited ns';
  if (/-(acquire|release)$/.test(name)) return 'shared';
  return 'arg1';
}

/** The arguments of an event on one row. */
export function argumentsRow(side: Side, event: EventView): string {
  const words = argumentWords(side, event);
  // A function says more than the object that it is of.
  const fn = words.findIndex(({ label }) => label === 'function');
  if (fn > 0) words.unshift(...words.splice(fn, 1));
  return words
    .slice(0, 4)
    .map(({ label, kind, words }) => {
      const short = kind === 'lock' || kind === 'address' ? words.split('  ')[0] : words;
      return /^arg\d$/.test(label) ? short : `${label} ${short}`;
    })
    .join('  ');
}

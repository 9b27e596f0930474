/**
 * Words for what deeds are done to and where: locks by name, threads by path, the system call around a deed.
 */
import type { SymbolTable } from '../symbols.ts';
import type { Timeline, Track } from './timeline.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Deeds looked back over for the system call that one belongs to. */
const LOOK_BACK = 500;

/** The last two steps of a creation path: 'csh/dd'. */
export const shortThread = (identity: string): string =>
  identity.startsWith('interrupt') ? identity : identity.split('/').slice(-2).join('/');

export class Words {
  readonly #vocabulary: Vocabulary;
  readonly #entries: boolean[];
  readonly #returns: boolean[];
  readonly #symbols: () => SymbolTable;

  constructor(vocabulary: Vocabulary, symbols: () => SymbolTable) {
    this.#vocabulary = vocabulary;
    this.#symbols = symbols;
    this.#entries = vocabulary.meanings.map(({ site }) => /^syscall:.*:entry$/.test(site));
    this.#returns = vocabulary.meanings.map(({ site }) => /^syscall:.*:return$/.test(site));
  }

  /** An object by its name: a lock's variable, else its address; a thread's path. */
  object(t: Timeline, object: number): string {
    const low = t.objects[object];
    const thread = t.threadObjects.get(low);
    if (thread !== undefined) return shortThread(thread);
    const symbol = this.#symbols().name(low);
    if (symbol !== undefined) return symbol;
    const name = t.objectNames[object];
    return `${name === '' ? '' : `'${name}' `}0xfffffe00${(low >>> 0).toString(16).padStart(8, '0')}`;
  }

  /** Deed i of a track: 'adaptive-acquire of Giant'. */
  deed(t: Timeline, track: Track, i: number): string {
    const { key, object } = track.deeds;
    const what = this.#vocabulary.describe(key[i]);
    if (object[i] < 0) return what;
    return `${what} of ${this.object(t, object[i])}`;
  }

  /** ' in read(0, 65536)' when deed i happens in a system call. */
  where(track: Track, i: number): string {
    const { key } = track.deeds;
    for (let k = Math.min(i, track.deeds.count) - 1; k >= Math.max(0, i - LOOK_BACK); k--) {
      if (this.#returns[key[k]]) return '';
      if (this.#entries[key[k]]) return ` in ${this.#vocabulary.describe(key[k])}`;
    }
    return '';
  }
}

/** Cycles as time: '12.3 us', with sign when asked for. */
export function time(cycles: number, clockHz: number, signed = false): string {
  const ns = (cycles / clockHz) * 1e9;
  const size = Math.abs(ns);
  const sign = signed && ns > 0 ? '+' : '';
  if (size < 1000) return `${sign}${ns.toFixed(0)} ns`;
  if (size < 1e6) return `${sign}${(ns / 1e3).toFixed(1)} us`;
  return `${sign}${(ns / 1e6).toFixed(size < 1e8 ? 2 : 0)} ms`;
}

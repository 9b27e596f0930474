/**
 * Numbers for deeds that both runs share: equal numbers, the same deed.
 *
 * A deed is its site (by name: the runs' site tables may differ) and its telling values.
 */
import { type EventColumns, MAX_ARGS } from '../columns.ts';
import type { SiteInfo } from '../format.ts';
import { FAULT_CLASSES, faultClass, siteName, type Telling } from './telling.ts';

/** A site in the vocabulary. */
export interface Word {
  number: number;
  values: number[];
  object: number;
  fault: boolean;
  /** Key when no values tell. */
  plain: number;
  known: Map<number, number>;
  rare: Map<string, number>;
}

/** A deed in the vocabulary: its site and the values that tell it. */
export interface Meaning {
  site: string;
  values: number[];
}

const NOT_A_DEED: Telling = { values: [], object: -1 };

export class Vocabulary {
  readonly #words = new Map<string, Word>();
  readonly meanings: Meaning[] = [];

  site(site: SiteInfo, telling: Telling | undefined): Word {
    const name = siteName(site);
    let word = this.#words.get(name);
    if (word === undefined) {
      const { values, object, classed } = telling ?? NOT_A_DEED;
      word = {
        number: this.#words.size,
        values,
        object,
        fault: classed === 'fault',
        plain: -1,
        known: new Map(),
        rare: new Map(),
      };
      this.#words.set(name, word);
      if (telling !== undefined) word.plain = this.#mean(name, []);
    }
    return word;
  }

  /** By name, then by the deed without it. */
  readonly #named: number[][] = [];
  readonly #names = new Map<string, number>();

  /** Number of an object's name. */
  name(text: string): number {
    let n = this.#names.get(text);
    if (n === undefined) {
      n = this.#names.size;
      this.#names.set(text, n);
    }
    return n;
  }

  /** The deed done to an object of the name with that number. */
  named(key: number, name: number): number {
    this.#named[name] ??= [];
    const keys = this.#named[name];
    let n = keys[key];
    if (n === undefined) {
      const { site, values } = this.meanings[key];
      n = this.#mean(site, values);
      keys[key] = n;
    }
    return n;
  }

  #mean(site: string, values: number[]): number {
    this.meanings.push({ site, values });
    return this.meanings.length - 1;
  }

  /** Number of the deed that event i is. */
  key(word: Word, e: EventColumns, i: number): number {
    const { values } = word;
    if (values.length === 0) return word.plain;
    const at = i * MAX_ARGS;
    let code = word.fault ? faultClass(e.argLow[at], e.argHigh[at]) : 0;
    let small = true;
    for (let n = 0; n < values.length; n++) {
      const low = e.argLow[at + values[n]];
      if (e.argHigh[at + values[n]] !== 0 || (n > 0 && low >= 4096)) small = false;
      code = n === 0 && !word.fault ? low : code * 4096 + low;
    }
    if (small && code <= Number.MAX_SAFE_INTEGER) {
      let key = word.known.get(code);
      if (key === undefined) {
        key = this.#mean(this.#nameOf(word), this.#values(word, e, at));
        word.known.set(code, key);
      }
      return key;
    }
    const list = this.#values(word, e, at);
    const text = list.join();
    let key = word.rare.get(text);
    if (key === undefined) {
      key = this.#mean(this.#nameOf(word), list);
      word.rare.set(text, key);
    }
    return key;
  }

  #nameOf(word: Word): string {
    return this.meanings[word.plain].site;
  }

  /** Telling values, signed. */
  #values(word: Word, e: EventColumns, at: number): number[] {
    const values = word.values.map((n) => (e.argHigh[at + n] | 0) * 2 ** 32 + e.argLow[at + n]);
    return word.fault ? [faultClass(e.argLow[at], e.argHigh[at]), ...values] : values;
  }

  /** In words: 'read(0, 65536)', 'malloc of 64 bytes (temp)', 'page fault on the stack'. */
  describe(key: number): string {
    const { site, values } = this.meanings[key];
    const [provider, , fn, name] = site.split(':');
    switch (provider) {
      case 'syscall':
        return name === 'entry'
          ? `${fn}(${values.join(', ')})`
          : `return of ${fn}${values.length > 0 ? ` = ${values[0]}` : ''}`;
      case '_trace':
        return `page fault (${FAULT_CLASSES[values[0]] ?? 'memory'})`;
      case 'dtmalloc':
        return `${name} of ${values[0]} bytes (${fn})`;
      case 'lockstat':
        return `${name}${values.length > 0 ? (values[0] === 1 ? ' (reader)' : ' (writer)') : ''}`;
      case 'vfs':
        return `${fn} ${name}`;
      case 'fbt':
        return `${fn}() ${name}`;
      default:
        return `${provider}:::${name}`;
    }
  }
}

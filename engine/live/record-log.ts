/**
 * Every record that a live run has made, in the order in which it made them, and in the order of time.
 *
 * CPUs may lead each other by the lookahead, so the two orders differ a little. The first says where the machine was when a record was made
 * (records are counted, and the count is part of a place); the second, by (cycle, CPU, order of making), is that of a trace, and numbers its
 * events. A run that goes back and executes again makes the same records again: they are compared with what is known.
 */
import { RECORD_SIZE } from '../image/abi.ts';

/** Records a block of memory holds. */
const BLOCK = 8192;
const WORDS = RECORD_SIZE / 4;

export class RecordLog {
  /** Ring site number to index in the site table; records of other sites are not kept. */
  readonly #siteIndex: ReadonlyMap<number, number>;
  readonly #blocks: Uint32Array[] = [];
  /** Numbers of records in the order of time. */
  #order = new Uint32Array(BLOCK);
  /** By number of the record: its place in #order. */
  #rank = new Uint32Array(BLOCK);
  #known = 0;
  /** Lowest place in the order of time that has changed since it was last asked. */
  #changed = 0;
  /** Records the machine has made where it stands now; at most `length`. */
  made = 0;

  constructor(siteIndex: ReadonlyMap<number, number>) {
    this.#siteIndex = siteIndex;
  }

  /** Records known, those ahead of the machine included. */
  get length(): number {
    return this.#known;
  }

  /** The machine's onRecords. Throws Error when executing again made another record than the first time. */
  readonly records = (ring: Uint8Array): void => {
    const words = new Uint32Array(ring.buffer, ring.byteOffset, ring.byteLength / 4);
    for (let at = 0; at < words.length; at += WORDS) {
      const site = this.#siteIndex.get(words[at + 3] | 0);
      if (site === undefined) continue;
      if (this.made < this.#known) this.#compare(words, at, site);
      else this.#append(words, at, site);
      this.made++;
    }
  };

  #compare(words: Uint32Array, at: number, site: number): void {
    const block = this.#blocks[Math.floor(this.made / BLOCK)];
    const mine = (this.made % BLOCK) * WORDS;
    for (let k = 0; k < WORDS; k++)
      if (block[mine + k] !== (k === 3 ? site : words[at + k]))
        throw new Error(`executing again made another record ${this.made} than the first time`);
  }

  #append(words: Uint32Array, at: number, site: number): void {
    const n = this.#known++;
    if (n % BLOCK === 0) this.#blocks.push(new Uint32Array(BLOCK * WORDS));
    const block = this.#blocks[this.#blocks.length - 1];
    const mine = (n % BLOCK) * WORDS;
    block.set(words.subarray(at, at + WORDS), mine);
    block[mine + 3] = site;
    if (n === this.#order.length) {
      this.#order = wider(this.#order);
      this.#rank = wider(this.#rank);
    }
    const cycle = this.cycle(n);
    const cpu = this.cpu(n);
    let seq = n;
    for (; seq > 0; seq--) {
      const other = this.#order[seq - 1];
      const c = this.cycle(other);
      if (c < cycle || (c === cycle && this.cpu(other) <= cpu)) break;
      this.#order[seq] = other;
      this.#rank[other] = seq;
    }
    this.#order[seq] = n;
    this.#rank[n] = seq;
    this.#changed = Math.min(this.#changed, seq);
  }

  /** From which event on the order of time is another than at the last call. */
  takeChanged(): number {
    const changed = this.#changed;
    this.#changed = this.#known;
    return changed;
  }

  #word(n: number, k: number): number {
    return this.#blocks[Math.floor(n / BLOCK)][(n % BLOCK) * WORDS + k];
  }

  cycle(n: number): number {
    return this.#word(n, 0) + this.#word(n, 1) * 2 ** 32;
  }
  cpu(n: number): number {
    return this.#word(n, 2);
  }
  /** Index in the site table. */
  site(n: number): number {
    return this.#word(n, 3);
  }
  tid(n: number): number {
    return this.#word(n, 4);
  }
  /** Low and high word of an argument. */
  argument(n: number, k: number): [low: number, high: number] {
    return [this.#word(n, 6 + 2 * k), this.#word(n, 7 + 2 * k)];
  }

  /** Number of the record that is event `seq` in the order of time. */
  atSeq(seq: number): number {
    return this.#order[seq];
  }
  /** Where in the order of time a record is. */
  seqOf(n: number): number {
    return this.#rank[n];
  }

  /** How many events there are up to and with this cycle. */
  countAt(cycle: number): number {
    let lo = 0;
    let hi = this.#known;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.cycle(this.#order[mid]) <= cycle) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }
}

function wider(old: Uint32Array): Uint32Array<ArrayBuffer> {
  const fresh = new Uint32Array(old.length * 2);
  fresh.set(old);
  return fresh;
}

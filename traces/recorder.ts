/**
 * The recorder: from the machine's record ring to ordered events.
 *
 * CPUs may lead each other by the lookahead, so records leave the ring slightly out of order. The recorder keeps back what is younger than
 * the skew can reach, sorts by (cycle, CPU, order of arrival) and hands on batches of exactly CHUNK_EVENTS, so that what is written
 * does not depend on when the ring happened to be emptied. It also keeps the run's digest: SHA-256 over every event, free of image
 * addresses (sites are named by their index in the site table) and of arguments that a site does not have.
 */
import { createHash } from 'node:crypto';
import { RECORD_SIZE } from '../engine/image/abi.ts';
import { type EventColumns, eventColumns, MAX_ARGS } from './columns.ts';

/** Events a chunk holds (the last one fewer). */
export const CHUNK_EVENTS = 16384;
/** Cycles by which one CPU's records may lag another's: lookahead plus the longest block, with room to spare. */
const SKEW = 1_000_000;

export interface EventSink {
  /** A full (or the last) chunk, in order. The columns are reused after the call. */
  events(columns: EventColumns, digest: string): void;
  /** The same for events before `from`: no part of what is recorded, but the state at its beginning follows from them. */
  before?(columns: EventColumns): void;
}

/** Words of the digest's input that an event takes at most: cycle, CPU and site, thread, arguments. */
const DIGEST_WORDS = 4 + 2 * MAX_ARGS;
const STRIDE = RECORD_SIZE / 4;
/** Words of a ring record: cycle (two), CPU, site, thread, then the arguments. */
const REC = { cycle: 0, cpu: 2, site: 3, tid: 4, args: 6 } as const;

export interface RecorderOptions {
  /** Arguments of each site of the site table; missing: MAX_ARGS each. */
  argCounts?: Uint8Array;
  /** Only events from this cycle on, and before that one. */
  from?: number;
  to?: number;
}

/**
 * One CPU's records that wait for their turn, in order of time: a CPU's own come in order. `words` has for each its site's index, its
 * thread and its arguments.
 */
class Lane {
  static readonly WORDS = 2 + 2 * MAX_ARGS;
  cycle = new Float64Array(1024);
  words = new Uint32Array(1024 * Lane.WORDS);
  /** First waiting, and one past the last. */
  first = 0;
  end = 0;

  /** Makes room for one more. */
  grow(): void {
    const waiting = this.end - this.first;
    if (this.first > waiting) {
      this.cycle.copyWithin(0, this.first, this.end);
      this.words.copyWithin(0, this.first * Lane.WORDS, this.end * Lane.WORDS);
    } else {
      const cycle = new Float64Array(this.cycle.length * 2);
      const words = new Uint32Array(cycle.length * Lane.WORDS);
      cycle.set(this.cycle.subarray(this.first, this.end));
      words.set(this.words.subarray(this.first * Lane.WORDS, this.end * Lane.WORDS));
      this.cycle = cycle;
      this.words = words;
    }
    this.first = 0;
    this.end = waiting;
  }

  /** The last record came too late: to its place with it, after those of the same cycle. */
  settle(): void {
    const at = this.end - 1;
    const cycle = this.cycle[at];
    let place = at;
    while (place > this.first && this.cycle[place - 1] > cycle) place--;
    const words = this.words.slice(at * Lane.WORDS, this.end * Lane.WORDS);
    this.cycle.copyWithin(place + 1, place, at);
    this.words.copyWithin((place + 1) * Lane.WORDS, place * Lane.WORDS, at * Lane.WORDS);
    this.cycle[place] = cycle;
    this.words.set(words, place * Lane.WORDS);
  }
}

const UNKNOWN = 0xffff;

/** Site numbers are offsets of words in memory, or numbers of functions' ends with the top bit set: two tables. */
class SiteLookup {
  readonly words: Uint16Array;
  readonly functions: Uint16Array;

  constructor(index: Map<number, number>) {
    let word = 0;
    let fn = 0;
    for (const number of index.keys())
      if (number >= 0) word = Math.max(word, (number >> 2) + 1);
      else fn = Math.max(fn, (number & 0x7fffffff) + 1);
    this.words = new Uint16Array(word).fill(UNKNOWN);
    this.functions = new Uint16Array(fn).fill(UNKNOWN);
    for (const [number, site] of index)
      if (number >= 0) this.words[number >> 2] = site;
      else this.functions[number & 0x7fffffff] = site;
  }
}

export class Recorder {
  /** Ring site number to index in the site table; unknown sites are dropped. */
  readonly #siteOf: SiteLookup;
  readonly #sinks: EventSink[];
  readonly #argCounts: Uint8Array | undefined;
  readonly #from: number;
  readonly #to: number;
  readonly #hash = createHash('sha256');
  readonly #input = new Uint32Array(CHUNK_EVENTS * DIGEST_WORDS);
  #inputWords = 0;
  readonly #chunk = eventColumns(CHUNK_EVENTS);
  readonly #lanes: Lane[] = [];
  #newest = 0;
  /** What comes is before `from`. */
  #early: boolean;
  #digest = '';
  /** Events handed on so far. */
  count = 0;

  constructor(siteIndex: Map<number, number>, sinks: EventSink[], options: RecorderOptions = {}) {
    this.#siteOf = new SiteLookup(siteIndex);
    this.#sinks = sinks;
    this.#argCounts = options.argCounts;
    this.#from = options.from ?? 0;
    this.#early = this.#from > 0;
    this.#to = options.to ?? Number.POSITIVE_INFINITY;
  }

  /** The machine's onRecords: `ring` is whole records. */
  readonly records = (ring: Uint8Array): void => {
    this.#sort(new Uint32Array(ring.buffer, ring.byteOffset, ring.length / 4));
    this.#merge(this.#newest - SKEW);
  };

  /** Hands on what is held back. Returns the run's digest. */
  finish(): string {
    this.#merge(Number.POSITIVE_INFINITY);
    this.#emit();
    if (this.#digest === '') this.#digest = this.#hash.digest('hex');
    return this.#digest;
  }

  /** Records to their CPUs' lanes. */
  #sort(words: Uint32Array): void {
    const lanes = this.#lanes;
    const { words: known, functions } = this.#siteOf;
    const counts = this.#argCounts;
    let newest = this.#newest;
    for (let at = 0; at < words.length; at += STRIDE) {
      const number = words[at + REC.site] | 0;
      const site = number >= 0 ? known[number >> 2] : functions[number & 0x7fffffff];
      const cycle = words[at] + words[at + 1] * 2 ** 32;
      if (cycle > newest) newest = cycle;
      if (site === undefined || site === UNKNOWN || cycle >= this.#to) continue;
      const cpu = words[at + REC.cpu];
      const lane = (lanes[cpu] ??= new Lane());
      if (lane.end === lane.cycle.length) lane.grow();
      const i = lane.end++;
      lane.cycle[i] = cycle;
      const to = lane.words;
      let w = i * Lane.WORDS;
      to[w++] = site;
      to[w++] = words[at + REC.tid];
      const last = w + 2 * (counts === undefined ? MAX_ARGS : counts[site]);
      for (let from = at + REC.args; w < last; ) to[w++] = words[from++];
      if (i > lane.first && cycle < lane.cycle[i - 1]) lane.settle();
    }
    this.#newest = newest;
  }

  /** Hands on the lanes' records in order of time, at equal cycles the lower CPU's first, up to a cycle. */
  #merge(limit: number): void {
    const lanes = this.#lanes;
    for (;;) {
      // The lane whose next record is the earliest, and how far it may go before another one's turn comes.
      let best = -1;
      let cycle = Number.POSITIVE_INFINITY;
      let until = Number.POSITIVE_INFINITY;
      for (let cpu = 0; cpu < lanes.length; cpu++) {
        const lane = lanes[cpu];
        if (lane === undefined || lane.first === lane.end) continue;
        const c = lane.cycle[lane.first];
        if (c < cycle) {
          until = cycle;
          cycle = c;
          best = cpu;
        } else if (c < until) until = c;
      }
      if (best < 0 || cycle > limit) return;
      const lane = lanes[best];
      do this.#add(lane, best, lane.first++);
      while (lane.first < lane.end && lane.cycle[lane.first] < until && lane.cycle[lane.first] <= limit);
    }
  }

  #add(lane: Lane, cpu: number, at: number): void {
    const chunk = this.#chunk;
    const { words } = lane;
    const cycle = lane.cycle[at];
    if (this.#early && cycle >= this.#from) {
      this.#emit();
      this.#early = false;
    }
    const i = chunk.count++;
    let from = at * Lane.WORDS;
    const site = words[from++];
    const tid = words[from++];
    chunk.cycle[i] = cycle;
    chunk.cpu[i] = cpu;
    chunk.tid[i] = tid;
    chunk.site[i] = site;
    const input = this.#input;
    let w = this.#inputWords;
    input[w++] = cycle;
    input[w++] = cycle / 2 ** 32;
    input[w++] = cpu | (site << 8);
    input[w++] = tid;
    const { argLow, argHigh } = chunk;
    let to = i * MAX_ARGS;
    const end = to + MAX_ARGS;
    const last = to + (this.#argCounts === undefined ? MAX_ARGS : this.#argCounts[site]);
    while (to < last) {
      const low = words[from++];
      const high = words[from++];
      input[w++] = argLow[to] = low;
      input[w++] = argHigh[to++] = high;
    }
    while (to < end) {
      argLow[to] = 0;
      argHigh[to++] = 0;
    }
    this.#inputWords = w;
    if (chunk.count === CHUNK_EVENTS) this.#emit();
  }

  #emit(): void {
    const chunk = this.#chunk;
    if (chunk.count === 0) return;
    if (this.#early) {
      for (const sink of this.#sinks) sink.before?.(chunk);
      chunk.count = 0;
      this.#inputWords = 0;
      return;
    }
    this.#hash.update(new Uint8Array(this.#input.buffer, 0, this.#inputWords * 4));
    this.#inputWords = 0;
    this.count += chunk.count;
    if (this.#sinks.length > 0) {
      const digest = this.#hash.copy().digest('hex');
      for (const sink of this.#sinks) sink.events(chunk, digest);
    }
    chunk.count = 0;
  }
}

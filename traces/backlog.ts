/**
 * Between the machine and the scribe: the run only copies its records into a block of memory; another thread sorts, codes and writes them.
 *
 * A short run does all in its own thread. When some blocks are full a thread is started (where that is allowed), which gets them in order; the run
 * waits while all blocks are in use, so memory is bounded, and a process that is killed loses no more than they hold. A run that ends before the
 * thread has come up does the work itself after all. The scribe gets the same calls in the same order either way: so the file is the same, too.
 */
import { closeSync } from 'node:fs';
import type { TraceEnd, TraceText } from './format.ts';
import { Scribe, type ScribePlan, type ScribeSums } from './scribe.ts';
import type { Block, ThreadModules } from './scribe-link.ts';
import { ScribeThread } from './scribe-remote.ts';

/** Bytes of a block (16,384 records), and how many there are. */
const BLOCK = 1 << 20;
const BLOCKS = 12;
/** A thread is worth its start when so many blocks are full, or when one is and the run has taken so many milliseconds. */
const START = 8;
const START_MS = 1000;
/** From so many bytes on an idle thread gets a block that is not full. */
const WORTH = BLOCK / 8;
/** Texts of a block at most. */
const TEXTS = 4096;

/** Gives the scribe a block's calls. */
export function play(scribe: Scribe, memory: Uint8Array, { at, calls, texts }: Block): void {
  let from = at;
  let text = 0;
  for (let n = 0; n <= calls.length; n++) {
    for (; text < texts.length && texts[text][0] === n; text++) scribe.text(texts[text][1]);
    if (n === calls.length) return;
    scribe.records(memory.subarray(from, at + calls[n]));
    from = at + calls[n];
  }
}

export class Backlog {
  readonly #plan: ScribePlan;
  readonly #modules: ThreadModules | undefined;
  readonly #memory = new SharedArrayBuffer(BLOCK * BLOCKS);
  readonly #bytes = new Uint8Array(this.#memory);
  /** The block in hand: its number since the beginning, and what is in it. */
  #number = 0;
  #used = 0;
  #calls: number[] = [];
  #texts: Block['texts'] = [];
  /** Who does the work, once the first block is full or the end has come. */
  #here: Scribe | undefined;
  #thread: ScribeThread | undefined;
  /** The first blocks, while no thread is known to have come up. */
  #first: Block[] = [];
  #ended = false;
  readonly #began = performance.now();

  /** `modules`: of the thread that may be started (THREAD_MODULES); undefined: none. */
  constructor(plan: ScribePlan, modules: ThreadModules | undefined) {
    this.#plan = plan;
    this.#modules = modules;
    if (plan.file !== undefined) process.once('exit', this.#onExit);
  }

  /** Whole records of the ring. Throws what writing earlier ones threw. */
  records(ring: Uint8Array): void {
    for (let from = 0; from < ring.length; from += BLOCK) this.#take(ring.subarray(from, from + BLOCK));
    if (this.#thread !== undefined) {
      if (this.#used >= WORTH && this.#thread.idle(this.#number)) this.#pass();
    } else if (this.#first.length > 0) this.#maybeStart();
  }

  #take(ring: Uint8Array): void {
    if (this.#used + ring.length > BLOCK) this.#pass();
    if (this.#here !== undefined) {
      this.#here.records(ring);
      return;
    }
    this.#bytes.set(ring, (this.#number % BLOCKS) * BLOCK + this.#used);
    this.#used += ring.length;
    this.#calls.push(this.#used);
  }

  text(text: TraceText): void {
    if (this.#here !== undefined) {
      this.#here.text(text);
      return;
    }
    this.#texts.push([this.#calls.length, text]);
    if (this.#texts.length >= TEXTS) this.#pass();
  }

  /** Events that the scribe has had. */
  get count(): number {
    return this.#here?.count ?? this.#thread?.count ?? 0;
  }

  /** No more records will come. Throws what writing throws. */
  drain(): ScribeSums {
    this.#settle();
    return this.#here?.drain() ?? (this.#thread as ScribeThread).drain();
  }

  /** After `drain`: writes the index and closes the file. */
  finish(end: TraceEnd, probes: Record<string, string>): void {
    (this.#here ?? this.#thread)?.finish(end, probes);
    this.#end();
    this.#close();
  }

  /** Writes what is there and closes the file, unless it is finished. What has failed before is not thrown again. */
  abandon(): void {
    if (this.#ended) return;
    this.#end();
    try {
      if (this.#thread?.failed !== true) this.#settle();
    } finally {
      try {
        (this.#here ?? this.#thread)?.abandon();
      } finally {
        this.#close();
      }
    }
  }

  /** In the thread that opened it: at its end the system's numbers of a thread's files are given away. */
  #close(): void {
    if (this.#plan.file !== undefined) closeSync(this.#plan.file.fd);
  }

  #end(): void {
    this.#ended = true;
    process.off('exit', this.#onExit);
  }

  /** The process ends in the middle of the run. */
  readonly #onExit = (): void => {
    try {
      this.abandon();
    } catch {
      // Nobody is left to be told.
    }
  };

  /** The block in hand goes to the thread, if it has come up, else all is done here. */
  #settle(): void {
    if (this.#here !== undefined) return;
    const last = this.#block();
    if (this.#thread?.owns() === true) this.#give(last);
    else this.#doHere(last);
  }

  /** Gives the block in hand away. */
  #pass(): void {
    const block = this.#block();
    if (this.#here !== undefined) play(this.#here, this.#bytes, block);
    else if (this.#thread !== undefined) this.#give(block);
    else if (this.#modules === undefined) this.#doHere(block);
    else {
      this.#number++;
      this.#first.push(block);
      this.#maybeStart();
    }
  }

  #doHere(last?: Block): void {
    this.#thread = undefined;
    this.#here = new Scribe(this.#plan);
    for (const block of this.#first) play(this.#here, this.#bytes, block);
    if (last !== undefined) play(this.#here, this.#bytes, last);
    this.#first = [];
  }

  /** What is in hand; another is begun. */
  #block(): Block {
    const at = (this.#number % BLOCKS) * BLOCK;
    const block: Block = { kind: 'block', at, calls: this.#calls, texts: this.#texts };
    this.#calls = [];
    this.#texts = [];
    this.#used = 0;
    return block;
  }

  #give(block: Block): void {
    this.#thread?.order(block);
    this.#number++;
    if (this.#number <= BLOCKS) this.#first.push(block);
    else if (this.#first.length > 0) this.#first = [];
    if (this.#thread?.waitFor(this.#number - BLOCKS + 1) === false) this.#doHere();
  }

  #maybeStart(): void {
    if (this.#modules === undefined) return;
    if (this.#number < START && performance.now() - this.#began < START_MS) return;
    try {
      this.#thread = new ScribeThread(this.#modules, this.#plan, this.#memory);
    } catch {
      this.#doHere(); // the system has no thread to spare
      return;
    }
    for (const block of this.#first) this.#thread.order(block);
  }
}

/**
 * Between the machine and the scribe: the run only copies its records into a block of memory; another thread sorts, codes and writes them.
 *
 * A short run does all in its own thread. When some blocks are full a thread is started (where that is allowed), which gets them in order; the run
 * waits while all blocks are in use, so memory is bounded, and a process that is killed loses no more than they hold. A run that ends before the
 * thread has come up does the work itself after all. The scribe gets the same calls in the same order either way: so the file is the same, too.
 */
import { closeSync } from 'node:fs';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { builtModule, FROM_SOURCES } from '../engine/image/place.ts';
import type { TraceEnd, TraceText } from './format.ts';
import { Scribe, type ScribePlan, type ScribeSums } from './scribe.ts';

/** Bytes of a block (16,384 records), and how many there are. */
const BLOCK = 1 << 20;
const BLOCKS = 12;
/** A thread is worth its start when so many blocks are full, or when one is and the run has taken so many milliseconds. */
const START = 8;
const START_MS = 1000;
/** From so many bytes on an idle thread gets a block that is not full. */
const WORTH = BLOCK / 8;
/** Milliseconds after which a run does not wait any longer for a thread to come up. */
const PATIENCE = 5000;
/** Texts of a block at most. */
const TEXTS = 4096;

/**
 * Control memory: words for the blocks that the thread is done with, the answers it gave, whether it failed, and whose the work is (nobody's
 * yet, the thread's, the run's); a double for the events so far.
 */
export const CONTROL = { done: 0, answers: 1, failed: 2, owner: 3, eventsAt: 16, bytes: 24 } as const;
export const OWNER = { nobody: 0, thread: 1, run: 2 } as const;

/** What the machine gave since the last block: where each call's records end in it, and texts with the number of calls before them. */
export interface Block {
  kind: 'block';
  at: number;
  calls: number[];
  texts: [calls: number, text: TraceText][];
}

export type Order =
  | Block
  | { kind: 'drain' | 'abandon' }
  | { kind: 'finish'; end: TraceEnd; probes: Record<string, string> };

/** An error crosses threads as what it says: with its class the copy would lose the system's words. */
export interface Trouble {
  message: string;
  stack?: string;
  more: Record<string, unknown>;
}
/** To each order that is no block. */
export type Answer = { sums?: ScribeSums; trouble?: Trouble };

export interface ThreadData {
  plan: ScribePlan;
  memory: SharedArrayBuffer;
  control: SharedArrayBuffer;
  port: MessagePort;
}

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
  readonly #module: URL | undefined;
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

  /** `module`: of the thread that may be started (THREAD_MODULE); undefined: none. */
  constructor(plan: ScribePlan, module: URL | undefined) {
    this.#plan = plan;
    this.#module = module;
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
    else if (this.#module === undefined) this.#doHere(block);
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
    if (this.#module === undefined) return;
    if (this.#number < START && performance.now() - this.#began < START_MS) return;
    try {
      this.#thread = new ScribeThread(this.#module, this.#plan, this.#memory);
    } catch {
      this.#doHere(); // the system has no thread to spare
      return;
    }
    for (const block of this.#first) this.#thread.order(block);
  }
}

/** The thread's code, where it is built; from source there is no thread: it would have to load a compiler first. */
export const THREAD_MODULE: URL | undefined = FROM_SOURCES
  ? undefined
  : builtModule('traces/scribe-thread.js');

/** The other thread, seen from the run. Its answers are waited for without turning the run's event loop. */
class ScribeThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #control = new SharedArrayBuffer(CONTROL.bytes);
  readonly #words = new Int32Array(this.#control, 0, 4);
  readonly #events = new Float64Array(this.#control, CONTROL.eventsAt, 1);

  constructor(module: URL, plan: ScribePlan, memory: SharedArrayBuffer) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const data: ThreadData = { plan, memory, control: this.#control, port: port2 };
    this.#worker = new Worker(module, { workerData: data, transferList: [port2] });
    this.#worker.unref();
  }

  get count(): number {
    return this.#events[0];
  }

  /** It has taken the work; if not, it never will. */
  owns(): boolean {
    const { nobody, run, thread } = OWNER;
    return Atomics.compareExchange(this.#words, CONTROL.owner, nobody, run) === thread;
  }

  /** It is done with all blocks before that one. */
  idle(number: number): boolean {
    return Atomics.load(this.#words, CONTROL.done) === number;
  }

  get failed(): boolean {
    return Atomics.load(this.#words, CONTROL.failed) !== 0;
  }

  /** Throws why it failed, if it has. */
  order(block: Block): void {
    if (this.failed) this.drain();
    this.#worker.postMessage(block);
  }

  /** Waits until so many blocks are done. False: it has not come up, and never will take the work. */
  waitFor(blocks: number): boolean {
    for (;;) {
      const done = Atomics.load(this.#words, CONTROL.done);
      if (done >= blocks) return true;
      if (Atomics.wait(this.#words, CONTROL.done, done, PATIENCE) === 'timed-out' && !this.owns())
        return false;
    }
  }

  drain(): ScribeSums {
    return this.#ask({ kind: 'drain' }).sums as ScribeSums;
  }

  finish(end: TraceEnd, probes: Record<string, string>): void {
    this.#ask({ kind: 'finish', end, probes });
  }

  abandon(): void {
    this.#ask({ kind: 'abandon' });
  }

  #ask(order: Exclude<Order, Block>): Answer {
    this.#worker.postMessage(order);
    for (;;) {
      const answers = Atomics.load(this.#words, CONTROL.answers);
      const received = receiveMessageOnPort(this.#port) as { message: Answer } | undefined;
      if (received === undefined) {
        Atomics.wait(this.#words, CONTROL.answers, answers);
        continue;
      }
      const { trouble } = received.message;
      if (trouble !== undefined) throw madeAgain(trouble);
      return received.message;
    }
  }
}

const madeAgain = ({ message, stack, more }: Trouble): Error =>
  Object.assign(new Error(message), more, stack === undefined ? {} : { stack });

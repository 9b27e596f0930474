/** The thread that writes a recording, seen from the run. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { builtModule, FROM_SOURCES } from '../engine/image/place.ts';
import { UserError } from '../engine/run/user-error.ts';
import type { TraceEnd } from './format.ts';
import type { ScribePlan, ScribeSums } from './scribe.ts';
import {
  type Answer,
  type Block,
  CONTROL,
  type Death,
  type GuardData,
  type Order,
  OWNER,
  type ThreadData,
  type ThreadModules,
  type Trouble,
} from './scribe-link.ts';

/** Milliseconds after which a run does not wait any longer for a thread to come up. */
const PATIENCE = 5000;

/** Where the thread's code is built; from source there is no thread: it would have to load a compiler first. */
export const THREAD_MODULES: ThreadModules | undefined = FROM_SOURCES
  ? undefined
  : { guard: builtModule('traces/scribe-guard.js'), scribe: builtModule('traces/scribe-thread.js') };

/** Its answers are waited for without turning the run's event loop. */
export class ScribeThread {
  readonly #path: string | undefined;
  readonly #port: MessagePort;
  readonly #guard: MessagePort;
  readonly #words: Int32Array;
  readonly #events: Float64Array;
  #death: Error | undefined;

  constructor(modules: ThreadModules, plan: ScribePlan, memory: SharedArrayBuffer) {
    this.#path = plan.file?.path;
    const control = new SharedArrayBuffer(CONTROL.bytes);
    this.#words = new Int32Array(control, 0, CONTROL.words);
    this.#events = new Float64Array(control, CONTROL.eventsAt, 1);
    const orders = new MessageChannel();
    const deaths = new MessageChannel();
    this.#port = orders.port1;
    this.#guard = deaths.port1;
    const thread: ThreadData = { plan, memory, control, port: orders.port2 };
    const data: GuardData = { module: modules.scribe.href, thread, port: deaths.port2 };
    new Worker(modules.guard, { workerData: data, transferList: [orders.port2, deaths.port2] })
      .on('error', () => {}) // then neither comes up, and the run does the work itself
      .unref();
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

  /** Writing has failed, or the thread died while the work was its own. */
  get failed(): boolean {
    return Atomics.load(this.#words, CONTROL.failed) !== 0 || (this.#died && this.owns());
  }

  get #died(): boolean {
    return Atomics.load(this.#words, CONTROL.died) !== 0;
  }

  /** Throws why it failed, if it has. */
  order(block: Block): void {
    if (this.failed) this.drain();
    this.#port.postMessage(block);
  }

  /** Waits until so many blocks are done. False: it has not come up, and never will take the work. Throws when it died. */
  waitFor(blocks: number): boolean {
    for (;;) {
      const bell = Atomics.load(this.#words, CONTROL.bell);
      if (Atomics.load(this.#words, CONTROL.done) >= blocks) return true;
      if (this.#died) {
        if (this.owns()) throw this.#whyItDied();
        return false;
      }
      if (Atomics.wait(this.#words, CONTROL.bell, bell, PATIENCE) === 'timed-out' && !this.owns())
        return false;
    }
  }

  drain(): ScribeSums {
    return this.#ask({ kind: 'drain' }).sums as ScribeSums;
  }

  finish(end: TraceEnd, probes: Record<string, string>): void {
    this.#ask({ kind: 'finish', end, probes });
  }

  /** What has been thrown before is not thrown again. */
  abandon(): void {
    if (this.#death === undefined) this.#ask({ kind: 'abandon' });
  }

  #ask(order: Exclude<Order, Block>): Answer {
    this.#port.postMessage(order);
    for (;;) {
      const bell = Atomics.load(this.#words, CONTROL.bell);
      const died = this.#died; // before the answers are looked for: the last one comes before the end
      const received = receiveMessageOnPort(this.#port) as { message: Answer } | undefined;
      if (received !== undefined) {
        const { trouble } = received.message;
        if (trouble !== undefined) throw madeAgain(trouble);
        return received.message;
      }
      if (died) throw this.#whyItDied();
      Atomics.wait(this.#words, CONTROL.bell, bell);
    }
  }

  #whyItDied(): Error {
    if (this.#death !== undefined) return this.#death;
    const { reason, stack, memory } = (receiveMessageOnPort(this.#guard) as { message: Death }).message;
    const what = `${this.#path ?? 'recording'}: the thread that writes it died: ${reason}`;
    const kept = this.#path === undefined ? '' : '; what it has written can be read';
    const remedy = memory ? '; more memory: NODE_OPTIONS=--max-old-space-size=MEBIBYTES' : '';
    const message = `${what}${kept}${remedy}`;
    this.#death =
      stack === undefined
        ? new UserError(message, 1)
        : Object.assign(new Error(message), { stack: `${message}\n${stack}` });
    return this.#death;
  }
}

const madeAgain = ({ message, stack, more }: Trouble): Error =>
  Object.assign(new Error(message), more, stack === undefined ? {} : { stack });

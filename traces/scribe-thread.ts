/**
 * The thread of backlog.ts: takes blocks and orders one after another.
 *
 * After a failure it goes on taking blocks, so that the run never waits in vain, but does nothing with them; the run learns of it with its next order.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type Answer, CONTROL, type Order, OWNER, play, type ThreadData, type Trouble } from './backlog.ts';
import { Scribe } from './scribe.ts';

const { plan, memory, control, port } = workerData as ThreadData;
const words = new Int32Array(control, 0, 4);
const events = new Float64Array(control, CONTROL.eventsAt, 1);
const bytes = new Uint8Array(memory);
const scribe = new Scribe(plan);
let trouble: Trouble | undefined;

function raise(word: number): void {
  Atomics.add(words, word, 1);
  Atomics.notify(words, word);
}

function answer(message: Answer): void {
  port.postMessage(message);
  raise(CONTROL.answers);
}

function attempt<T>(work: () => T): T | undefined {
  if (trouble !== undefined) return undefined;
  try {
    return work();
  } catch (error) {
    const { message, stack, ...more } = error as Error;
    trouble = { message, stack, more: { ...more, name: (error as Error).name } };
    Atomics.store(words, CONTROL.failed, 1);
    return undefined;
  }
}

function obey(order: Order): void {
  switch (order.kind) {
    case 'block':
      attempt(() => play(scribe, bytes, order));
      events[0] = scribe.count;
      raise(CONTROL.done);
      return;
    case 'drain': {
      const sums = attempt(() => scribe.drain());
      events[0] = scribe.count;
      answer({ sums, trouble });
      return;
    }
    case 'finish':
      attempt(() => scribe.finish(order.end, order.probes));
      answer({ trouble });
      if (trouble === undefined) parentPort?.close();
      return;
    case 'abandon':
      if (trouble !== undefined)
        answer({}); // which has been told
      else {
        attempt(() => scribe.abandon());
        answer({ trouble });
      }
      parentPort?.close();
  }
}

// The run may have come to its end before this thread began.
if (Atomics.compareExchange(words, CONTROL.owner, OWNER.nobody, OWNER.thread) === OWNER.nobody)
  parentPort?.on('message', obey);

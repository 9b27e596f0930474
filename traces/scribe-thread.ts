/**
 * The thread of backlog.ts: takes blocks and orders one after another.
 *
 * After a failure it goes on taking blocks, so that the run never waits in vain, but does nothing with them; the run learns of it with its next order.
 */
import { workerData } from 'node:worker_threads';
import { play } from './backlog.ts';
import { Scribe } from './scribe.ts';
import {
  type Answer,
  CONTROL,
  type Order,
  OWNER,
  ring,
  type ThreadData,
  type Trouble,
} from './scribe-link.ts';

const { plan, memory, control, port } = workerData as ThreadData;
const words = new Int32Array(control, 0, CONTROL.words);
const events = new Float64Array(control, CONTROL.eventsAt, 1);
const bytes = new Uint8Array(memory);
const scribe = new Scribe(plan);
let trouble: Trouble | undefined;

function answer(message: Answer): void {
  port.postMessage(message);
  ring(words);
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
      Atomics.add(words, CONTROL.done, 1);
      ring(words);
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
      if (trouble === undefined) port.close();
      return;
    case 'abandon':
      if (trouble !== undefined)
        answer({}); // which has been told
      else {
        attempt(() => scribe.abandon());
        answer({ trouble });
      }
      port.close();
  }
}

// The run may have come to its end before this thread began.
if (Atomics.compareExchange(words, CONTROL.owner, OWNER.nobody, OWNER.thread) === OWNER.nobody)
  port.on('message', obey);

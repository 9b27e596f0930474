/**
 * Watches over the scribe's thread (backlog.ts): starts it, and tells the run when it is gone.
 *
 * All that a thread may die of is heard here, out of memory included, where nothing of its own is executed any more.
 */
import { Worker, workerData } from 'node:worker_threads';
import { CONTROL, type Death, type GuardData, ring } from './scribe-link.ts';

const { module, thread, port } = workerData as GuardData;
const words = new Int32Array(thread.control, 0, CONTROL.words);
let death: Death | undefined;

function heard(error: unknown): void {
  if (!(error instanceof Error)) death = { reason: String(error), memory: false };
  else if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
    death = { reason: 'it ran out of memory', memory: true };
  else death = { reason: error.message, stack: error.stack ?? '', memory: false };
}

function gone(reason: string): void {
  port.postMessage(death ?? ({ reason, memory: false } satisfies Death));
  Atomics.store(words, CONTROL.died, 1);
  ring(words);
}

try {
  new Worker(new URL(module), { workerData: thread, transferList: [thread.port] })
    .on('error', heard)
    .on('exit', (code) => gone(`it ended with exit code ${code}`));
} catch (error) {
  heard(error);
  gone('');
}

/** A worker thread of background.ts: does the one piece of work that it was started with. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerMessage } from './background.ts';
import { perform, saidOf, type Work } from './work.ts';

const { work, stop } = workerData as { work: Work; stop: SharedArrayBuffer };
const stopped = new Int32Array(stop);
const say = (message: WorkerMessage) => parentPort?.postMessage(message);

try {
  const result = await perform(work, (text, share) => {
    say({ text, share });
    return Atomics.load(stopped, 0) !== 0;
  });
  say({ result });
} catch (error) {
  const said = saidOf(error);
  const { message, stack } = error as Error;
  say({ error: said ?? stack ?? message, said: said !== undefined });
}

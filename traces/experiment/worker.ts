/** A worker thread of pool.ts: measures the jobs it is given, one at a time. */
import { parentPort } from 'node:worker_threads';
import { Boots } from '../../engine/run/boots.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { measure } from './measure.ts';
import type { WorkerReply } from './pool.ts';
import type { Job } from './probe-effect.ts';

const boots = new Boots();

parentPort?.on('message', async ({ index, job, process }: { index: number; job: Job; process: string }) => {
  let reply: WorkerReply;
  try {
    reply = { index, result: await measure(job, process, boots) };
  } catch (error) {
    reply = {
      index,
      error: error instanceof UserError ? error.message : String((error as Error).stack ?? error),
    };
  }
  parentPort?.postMessage(reply);
});

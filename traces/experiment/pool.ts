/**
 * Runs jobs on the host's cores: worker threads when built, this thread when run from source. The order of the results is the order
 * of the jobs, whatever finishes first.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../engine/run/user-error.ts';
import { measure } from './measure.ts';
import type { Job, Measurement } from './probe-effect.ts';

export interface WorkerReply {
  index: number;
  result?: Measurement;
  error?: string;
}

/** Throws the first job's UserError; other workers are stopped. `done` returns true to stop early. */
export async function runJobs(
  jobs: readonly Job[],
  process: string,
  done: (finished: number) => boolean,
  threads = availableParallelism(),
): Promise<Measurement[]> {
  const results: Measurement[] = new Array(jobs.length);
  let finished = 0;
  if (import.meta.url.endsWith('.ts') || threads <= 1) {
    for (const [i, job] of jobs.entries()) {
      results[i] = await measure(job, process);
      if (done(++finished)) throw new UserError('interrupted', 1);
    }
    return results;
  }
  let next = 0;
  const workers = Array.from(
    { length: Math.min(threads, jobs.length) },
    () => new Worker(new URL('./worker.js', import.meta.url)),
  );
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            const give = () => {
              if (next >= jobs.length) resolve();
              else {
                worker.postMessage({ index: next, job: jobs[next], process });
                next++;
              }
            };
            worker.on('message', (reply: WorkerReply) => {
              if (reply.result === undefined) {
                reject(new UserError(reply.error ?? 'a worker failed', 1));
                return;
              }
              results[reply.index] = reply.result;
              if (done(++finished)) reject(new UserError('interrupted', 1));
              else give();
            });
            worker.on('error', reject);
            give();
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}

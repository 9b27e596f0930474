/**
 * Runs jobs on the host's cores: worker threads when built, this thread when run from source. The order of the results is the order
 * of the jobs, whatever finishes first.
 *
 * Jobs of one seed boot alike, so a thread goes on with the seed that it has, then takes one that nobody has begun, and at last helps the others.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { builtModule, FROM_SOURCES } from '../../engine/image/place.ts';
import { Boots } from '../../engine/run/boots.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { measure } from './measure.ts';
import type { Job, Measurement } from './probe-effect.ts';

export interface WorkerReply {
  index: number;
  result?: Measurement;
  error?: string;
}

/** Jobs that wait, in order, by seed. */
export class Waiting {
  readonly #left: { index: number; seed: number }[];
  readonly #begun = new Set<number>();

  constructor(jobs: readonly Job[]) {
    this.#left = jobs.map(({ inputs }, index) => ({ index, seed: inputs.seed }));
  }

  /** Index of the next job for a thread whose last had this seed; undefined: none is left. */
  next(seed: number | undefined): number | undefined {
    const left = this.#left;
    let at = left.findIndex((job) => job.seed === seed);
    if (at < 0) at = left.findIndex((job) => !this.#begun.has(job.seed));
    if (at < 0) at = left.length - 1;
    const [job] = left.splice(at, 1);
    if (job === undefined) return undefined;
    this.#begun.add(job.seed);
    return job.index;
  }
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
  if (FROM_SOURCES || threads <= 1) {
    const boots = new Boots();
    for (const [i, job] of jobs.entries()) {
      results[i] = await measure(job, process, boots);
      if (done(++finished)) throw new UserError('interrupted', 1);
    }
    return results;
  }
  const waiting = new Waiting(jobs);
  const workers = Array.from(
    { length: Math.min(threads, jobs.length) },
    () => new Worker(builtModule('traces/experiment/worker.js')),
  );
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            let seed: number | undefined;
            const give = () => {
              const index = waiting.next(seed);
              if (index === undefined) resolve();
              else {
                seed = jobs[index].inputs.seed;
                worker.postMessage({ index, job: jobs[index], process });
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

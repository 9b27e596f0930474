/**
 * Work beside the screen: in a worker thread when built, between the screen's own turns when run from source.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { builtModule, FROM_SOURCES } from '../../engine/image/place.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { perform, stoppedError, type Work, type WorkResult, type WorkResults } from './work.ts';

export type WorkerMessage =
  | { text: string; share: number }
  | { result: WorkResult }
  | { error: string; said: boolean };

export interface Background<T> {
  /** Rejects with UserError 'stopped' once it was stopped, else with what the work throws. */
  done: Promise<T>;
  /** Asks it to stop; it does so within a slice of simulated time. */
  stop(): void;
  /** Ends it at once and takes away what it had put aside. */
  kill(): Promise<void>;
}

/** Starts the work. `tell` is called in this thread. */
export function startWork<K extends Work['kind']>(
  work: Extract<Work, { kind: K }>,
  tell: (text: string, share: number) => void,
): Background<WorkResults[K]> {
  return (FROM_SOURCES ? here(work, tell) : beside(work, tell)) as Background<WorkResults[K]>;
}

function here(work: Work, tell: (text: string, share: number) => void): Background<WorkResult> {
  let stopped = false;
  const stop = () => {
    stopped = true;
  };
  const done = perform(work, (text, share) => {
    if (!stopped) tell(text, share);
    return stopped;
  }).then(
    (result) => {
      if (stopped) throw stoppedError();
      return result;
    },
    (error: unknown) => {
      throw stopped ? stoppedError() : error;
    },
  );
  return {
    done,
    stop,
    async kill() {
      stop();
      await done.catch(() => {});
    },
  };
}

function beside(work: Work, tell: (text: string, share: number) => void): Background<WorkResult> {
  // What a thread that is ended at once leaves behind lies in here.
  const folder = mkdtempSync(join(tmpdir(), 'probelab-work-'));
  const stop = new SharedArrayBuffer(4);
  const flag = new Int32Array(stop);
  const worker = new Worker(builtModule('traces/background/worker.js'), {
    workerData: { work, stop },
    env: { ...process.env, TMPDIR: folder },
    // Nothing else writes on the screen's terminal.
    stdout: true,
    stderr: true,
  });
  const stopped = () => Atomics.load(flag, 0) !== 0;
  const done = new Promise<WorkResult>((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      if ('text' in message) {
        if (!stopped()) tell(message.text, message.share);
      } else if (stopped()) reject(stoppedError());
      else if ('result' in message) resolve(message.result);
      else reject(message.said ? new UserError(message.error, 1) : new Error(message.error));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(stoppedError()));
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
  return {
    done,
    stop: () => Atomics.store(flag, 0, 1),
    async kill() {
      Atomics.store(flag, 0, 1);
      await worker.terminate();
      await done.catch(() => {});
    },
  };
}

/**
 * Between the run, the thread that writes its recording (scribe-thread.ts) and that thread's guard (scribe-guard.ts): the memory they share, and
 * what they send each other.
 *
 * A run that waits does not turn its event loop and would never hear that the thread has died. Its guard hears it and rings the same bell.
 */
import type { MessagePort } from 'node:worker_threads';
import type { TraceEnd, TraceText } from './format.ts';
import type { ScribePlan, ScribeSums } from './scribe.ts';

/**
 * Control memory: words for the blocks that the thread is done with, whether writing has failed, whose the work is (nobody's yet, the thread's, the
 * run's), whether the thread has died, and a bell that changes after each of these and each answer; a double for the events so far.
 */
export const CONTROL = {
  done: 0,
  failed: 1,
  owner: 2,
  died: 3,
  bell: 4,
  words: 5,
  eventsAt: 24,
  bytes: 32,
} as const;
export const OWNER = { nobody: 0, thread: 1, run: 2 } as const;

/** After what the run may wait for. */
export function ring(words: Int32Array): void {
  Atomics.add(words, CONTROL.bell, 1);
  Atomics.notify(words, CONTROL.bell);
}

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
  /** Orders come here, and answers go. */
  port: MessagePort;
}

/** Of what the thread died; `stack` when it was a defect. */
export interface Death {
  reason: string;
  stack?: string;
  memory: boolean;
}
export interface GuardData {
  /** The thread's module, and what it is given. */
  module: string;
  thread: ThreadData;
  /** A Death goes here. */
  port: MessagePort;
}

/** The two modules of a thread: they run what is built. */
export interface ThreadModules {
  guard: URL;
  scribe: URL;
}

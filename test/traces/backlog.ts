// Raw records as a machine's ring has them, and a recording of them: shared by the test and by a process that it starts.
import { RECORD_SIZE } from '../../engine/image/abi.ts';
import { Backlog } from '../../traces/backlog.ts';
import { type TraceHeader, VERSION } from '../../traces/format.ts';
import { type BegunTrace, beginTrace } from '../../traces/output.ts';
import type { ScribePlan } from '../../traces/scribe.ts';
import type { ThreadModules } from '../../traces/scribe-link.ts';

const site = (provider: string, name: string, args: string[]) => ({
  provider,
  module: 'kernel',
  function: 'none',
  name,
  args,
});

export const header: TraceHeader = {
  format: 'probelab-trace',
  version: VERSION,
  identity: 'x',
  inputs: { seed: 1 },
  sources: { kernel: { 'kern/a.c': 'int a;' } },
  clockHz: 1e9,
  cpus: 4,
  sites: [
    site('_trace', 'switch', ['int', 'int', 'int']),
    site('lockstat', 'adaptive-acquire', ['struct mtx *']),
    site('lockstat', 'adaptive-release', ['struct mtx *']),
    site('syscall', 'entry', ['int', 'void *', 'size_t']),
  ],
};

const NUMBERS = [0x100, 0x104, 0x80000001 | 0, 0x10c];

export const plan = (file: BegunTrace): ScribePlan => ({
  sites: header.sites,
  numbers: NUMBERS,
  cpus: header.cpus,
  file,
});

/** A linear congruential generator: the same numbers wherever it runs. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Calls as a machine makes them: parts of the ring, full or not, CPUs a little out of step, with texts between. */
export function* calls(records: number): Generator<{ ring: Uint8Array } | { text: string; cycle: number }> {
  const next = numbers(7);
  let cycle = 0;
  for (let done = 0; done < records; ) {
    const n = Math.min(records - done, next(4) === 0 ? 16384 : 1 + next(9000));
    const words = new Uint32Array((n * RECORD_SIZE) / 4);
    for (let i = 0; i < n; i++) {
      const cpu = next(4);
      const at = (i * RECORD_SIZE) / 4;
      cycle += next(200);
      words[at] = cycle + cpu * 300;
      words[at + 2] = cpu;
      words[at + 3] = NUMBERS[next(4)];
      words[at + 4] = 100 + next(6);
      words[at + 6] = next(2) === 0 ? 100 + next(6) : 0x81000000 + 16 * next(50);
      words[at + 7] = 0xfffffe00;
      words[at + 8] = 100 + next(6);
      words[at + 10] = next(1 << 30);
    }
    done += n;
    yield { ring: new Uint8Array(words.buffer) };
    if (next(3) === 0) yield { text: `at ${cycle}\n`, cycle };
  }
}

/** Has them written; the backlog is left with all of them. */
export function record(path: string, records: number, thread: ThreadModules | undefined): Backlog {
  const backlog = new Backlog(plan(beginTrace(path, header)), thread);
  for (const call of calls(records))
    if ('ring' in call) backlog.records(call.ring);
    else backlog.text({ cycle: call.cycle, kind: 'console', text: call.text });
  return backlog;
}

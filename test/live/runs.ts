// Runs for the tests of the live machine, and their digests.
import { createHash } from 'node:crypto';
import type { LiveMachine } from '../../engine/live/live-machine.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { Session, type SessionHooks } from '../../engine/run/session.ts';
import { Recorder } from '../../traces/recorder.ts';
import { execScenario, runInputs } from '../../tui/run-inputs.ts';

export const inputs = (command: string, cpus: number): RunInputs =>
  runInputs(execScenario(command), { seed: '3', cpus: String(cpus) });

/** Digest of events, console and cycles of a run that nobody touches. */
export async function plainDigest(
  what: RunInputs,
  hooks: Pick<SessionHooks, 'extraPrograms'> = {},
): Promise<string> {
  let text = '';
  let recorder: Recorder | undefined;
  const hash = createHash('sha256');
  const session = await Session.open(what, {
    ...hooks,
    records: (ring) => recorder?.records(ring),
    console: (bytes) => {
      text += Buffer.from(bytes).toString('latin1');
    },
  });
  recorder = new Recorder(new Map(session.sites.map((site, i) => [site.number, i])), [
    {
      events: (e) => {
        for (let i = 0; i < e.count; i++)
          hash.update(
            `${e.cycle[i]} ${e.cpu[i]} ${e.tid[i]} ${e.site[i]} ${e.argLow.subarray(5 * i, 5 * i + 5)}\n`,
          );
      },
    },
  ]);
  await session.run();
  recorder.finish();
  return `${session.machine.now} ${JSON.stringify(session.machine.stats)} ${hash.digest('hex')} ${text}`;
}

/** The same of a live run that is at its end. */
export function digestOf({ log, texts, machine }: LiveMachine): string {
  const hash = createHash('sha256');
  for (let seq = 0; seq < log.length; seq++) {
    const n = log.atSeq(seq);
    const low = [0, 1, 2, 3, 4].map((k) => log.argument(n, k)[0]);
    hash.update(`${log.cycle(n)} ${log.cpu(n)} ${log.tid(n)} ${log.site(n)} ${low}\n`);
  }
  const text = texts.filter((t) => t.kind === 'console').map((t) => t.text);
  return `${machine.now} ${JSON.stringify(machine.stats)} ${hash.digest('hex')} ${text.join('')}`;
}

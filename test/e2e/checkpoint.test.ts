// A checkpoint of the whole machine, DTrace included: restored and run on, it ends as if nothing had been.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { Session } from '../../engine/run/session.ts';
import { Recorder } from '../../traces/recorder.ts';
import { execScenario, runInputs } from '../../tui/run-inputs.ts';

interface Lane {
  session: Session;
  /** Digest of records and console from here on. */
  rest(): string;
  restart(): void;
}

async function lane(inputs: RunInputs): Promise<Lane> {
  let hash = createHash('sha256');
  let recorder: Recorder | undefined;
  const session = await Session.open(inputs, {
    records: (ring) => recorder?.records(ring),
    console: (bytes) => hash.update(bytes),
  });
  const sites = new Map(session.sites.map((site, i) => [site.number, i]));
  await session.boot();
  session.dtrace?.attach(session.machine);
  return {
    session,
    // In order of time: which CPU ran ahead of which in the host depends on the slices.
    rest: () => `${recorder?.finish()} ${hash.digest('hex')}`,
    restart: () => {
      session.machine.flushRecords();
      hash = createHash('sha256');
      recorder = new Recorder(sites, []);
    },
  };
}

/** Runs to the end in slices. */
function toTheEnd({ session: { machine } }: Lane, slice: number): string {
  for (;;) {
    const stop = machine.run(machine.now + slice);
    if (stop.reason !== 'limit' && stop.reason !== 'mark') {
      machine.flushRecords();
      return stop.reason;
    }
  }
}

const SLICE = 20_000_000;

async function restoredEqualsContinued(inputs: RunInputs, after: number): Promise<void> {
  const [straight, stopped] = [await lane(inputs), await lane(inputs)];
  for (const one of [straight, stopped]) {
    one.session.machine.run(one.session.machine.now + after);
    one.restart();
  }
  const goBack = stopped.session.checkpoint();
  const cycle = stopped.session.machine.now;
  stopped.session.machine.run(cycle + after); // goes astray
  goBack();
  stopped.restart();
  expect(stopped.session.machine.now).toBe(cycle);
  const [a, b] = [toTheEnd(straight, SLICE), toTheEnd(stopped, SLICE / 7)];
  expect(b).toBe(a);
  expect(stopped.session.machine.now).toBe(straight.session.machine.now);
  expect(stopped.session.machine.stats).toEqual(straight.session.machine.stats);
  expect(stopped.rest()).toBe(straight.rest());
}

const inputs = (command: string, cpus: string): RunInputs =>
  runInputs(execScenario(command), { seed: '3', cpus });

describe('checkpoint', () => {
  test('of an untraced run on two CPUs', async () => {
    await restoredEqualsContinued(inputs('dd if=/dev/zero of=/dev/null bs=64k count=4', '2'), 200_000);
  });

  test('with DTrace running: probes, buffers, aggregations, dynamic variables', async () => {
    const dtrace = {
      argv: [
        '-n',
        'syscall:::entry { self->t = timestamp; @calls[probefunc] = count(); }' +
          ' syscall:::return /self->t/ { trace(timestamp - self->t); self->t = 0; }' +
          ' fbt::malloc:entry { @[stack()] = sum(arg0); } tick-1ms { @ticks = count(); }',
      ],
      files: {},
      endsRun: false,
    };
    await restoredEqualsContinued(
      { ...inputs('dd if=/dev/zero of=/dev/null bs=64k count=4', '2'), dtrace },
      3_000_000,
    );
  });

  test('with dtrace(1) running as a command of the guest', async () => {
    const command =
      "dtrace -n 'syscall:::entry { @[probefunc] = count(); } tick-1ms { trace(timestamp); }' -c 'dd if=/dev/zero of=/dev/null bs=64k count=60'";
    await restoredEqualsContinued(inputs(command, '1'), 4_000_000);
  });
});

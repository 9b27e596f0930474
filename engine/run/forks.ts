/**
 * Forks: a run that is another one's up to a cycle, and then goes its own way.
 *
 * What changes there: the seed of all random streams, whether firings are charged, the D program. All of it is part of the inputs, so a fork's
 * trace can be executed again by itself.
 */
import type { Image } from '../image/image.ts';
import type { Machine } from '../machine/machine.ts';
import { Charges } from './charges.ts';
import { DtraceSession } from './dtrace-session.ts';
import type { DtraceInputs } from './inputs.ts';
import { UserError } from './user-error.ts';

export interface Fork {
  /** Cycle of the whole machine. */
  cycle: number;
  /** All random streams begin anew from this seed. */
  seed?: number;
  /** What is charged no longer; of engine/run/charges.ts only 'probe' can end in the middle of a run. */
  suppress?: string[];
  /** A D program that starts here. Its consumer is the host: a process cannot be put into a running guest. */
  dtrace?: DtraceInputs;
}

/** Throws UserError for one that cannot be. */
export function checkFork(fork: Fork, before: readonly Fork[]): void {
  if (!Number.isSafeInteger(fork.cycle) || fork.cycle <= 0)
    throw new UserError(`fork at cycle ${fork.cycle}: a whole number above 0 is expected`);
  const last = before.at(-1);
  if (last !== undefined && fork.cycle <= last.cycle)
    throw new UserError(`fork at cycle ${fork.cycle}: this run was forked at cycle ${last.cycle} already`);
  for (const charge of fork.suppress ?? [])
    if (charge !== 'probe')
      throw new UserError(
        `fork: '${charge}' cannot be suppressed from the middle of a run on, only 'probe'; -x suppress=${charge} does it from the start`,
      );
  if (fork.seed === undefined && fork.dtrace === undefined && (fork.suppress ?? []).length === 0)
    throw new UserError('fork: nothing is changed; give a seed, a D program, or a charge to suppress');
}

/** The session of a fork's D program. Throws DtraceError, UserError. */
export function forkTracing(
  inputs: DtraceInputs,
  machine: Machine,
  kernel: Image,
  former: DtraceSession | undefined,
): DtraceSession {
  if (former?.ghost === true)
    throw new UserError(
      'fork: the host is the consumer of this run already, and it cannot take a second program; fork the untraced run',
    );
  const hostConsumes = new DtraceSession(inputs, kernel).ghost;
  const argv = hostConsumes ? inputs.argv : [...inputs.argv, '-x', 'suppress=consumer'];
  const dtrace = new DtraceSession({ ...inputs, argv }, kernel);
  dtrace.charges = new Charges(machine, kernel, dtrace.suppressed);
  former?.requestStop(false);
  dtrace.attach(machine);
  return dtrace;
}

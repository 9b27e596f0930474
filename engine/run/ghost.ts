/**
 * Ghost tracing: the kernel's own DTrace, driven by the host in ghost execution.
 *
 * The same framework, the same DIF, the same buffers (in the host's arena above the guest's memory); what is missing is every charge and the
 * consumer process. Profile and tick probes fire where the CPUs stand when their time has come, without the timer's interrupt.
 */
import { type Consumer, DtraceFailure, type Program } from '../dtrace/index.ts';
import type { Machine } from '../machine/machine.ts';
import { failureText } from './dtrace-failures.ts';

/** The arena: the enabling's DOF, then a window for answers, then what the kernel half takes for itself. */
const DOF_ROOM = 1 << 20;
const WINDOW = 9 << 20;
const STATUS_BYTES = 88;
const ENOTSUP = 45;

export class GhostTracing {
  readonly #machine: Machine;
  #consumer: Consumer;
  readonly #window: bigint;

  /** Enables the program; BEGIN fires. Throws DtraceFailure. */
  static start(machine: Machine, program: Program, consumer: Consumer): GhostTracing {
    const { address, size } = machine.ghostArena;
    const dof = program.dof();
    if (dof.length > DOF_ROOM)
      throw new DtraceFailure('dtrace: failed to enable probes: the program is too large for ghost tracing');
    machine.memory.bytes8.set(dof, machine.memory.offset(address));
    const ghost = new GhostTracing(machine, consumer, address + BigInt(DOF_ROOM));
    const arena = BigInt(DOF_ROOM + WINDOW);
    const matched = ghost.#call('dtrace_ghost_enable', [
      address,
      BigInt(dof.length),
      address + arena,
      BigInt(size) - arena,
    ]);
    if (matched < 0)
      throw new DtraceFailure(
        -matched === ENOTSUP
          ? 'dtrace: failed to enable probes: profile and tick probes are charged for timers, which a consumer in the host cannot set'
          : failureText(1, -matched),
      );
    ghost.#describe();
    const went = ghost.#call('dtrace_ghost_go', []);
    if (went < 0) throw new DtraceFailure(failureText(2, -went));
    consumer.go();
    return ghost;
  }

  private constructor(machine: Machine, consumer: Consumer, window: bigint) {
    this.#machine = machine;
    this.#consumer = consumer;
    this.#window = window;
  }

  /** The consumer as it was at a checkpoint. */
  rebind(consumer: Consumer): void {
    this.#consumer = consumer;
  }

  /** A result of the kernel's: int or long. */
  #call(name: string, args: bigint[]): number {
    return Number(BigInt.asIntN(64, this.#machine.ghostCall(name, args)));
  }

  #bytes(length: number): Uint8Array {
    return this.#machine.memory.bytes(this.#window, length);
  }

  #describe(): void {
    for (let id = 1n; ; id++) {
      const n = this.#call('dtrace_ghost_eprobe', [id, this.#window, BigInt(WINDOW)]);
      if (n <= 0) break;
      this.#consumer.eprobe(this.#bytes(n));
    }
    for (let id = 1n; ; id++) {
      const n = this.#call('dtrace_ghost_aggdesc', [id, this.#window, BigInt(WINDOW)]);
      if (n <= 0) break;
      this.#consumer.aggdesc(this.#bytes(n));
    }
  }

  /** The cycle at which a profile or tick probe fires next. */
  get due(): number {
    const cycle = Number(this.#machine.ghostCall('profile_ghost_next', []));
    return cycle < Number.MAX_SAFE_INTEGER ? cycle : Number.POSITIVE_INFINITY;
  }

  /** That moment has come. */
  fire(cycle: number): void {
    for (let cpu = 0; cpu < this.#machine.cpus; cpu++)
      this.#machine.ghostInterrupt(cpu, 'profile_ghost_fire', cycle);
  }

  /** Takes what has gathered: often enough that buffers do not fill. */
  round(): void {
    if (this.#call('dtrace_ghost_status', [this.#window, BigInt(STATUS_BYTES)]) >= 0)
      this.#consumer.status(this.#bytes(STATUS_BYTES));
    for (let cpu = 0; cpu < this.#machine.cpus; cpu++)
      for (const aggregation of [1n, 0n]) {
        const n = this.#call('dtrace_ghost_snapshot', [
          BigInt(cpu),
          aggregation,
          this.#window,
          BigInt(WINDOW),
        ]);
        if (n < 0) continue;
        const bytes = this.#bytes(n);
        const drops = this.#call('dtrace_ghost_drops', [BigInt(cpu), aggregation]);
        if (aggregation === 1n) this.#consumer.aggsnap(cpu, bytes, drops);
        else this.#consumer.consume(cpu, bytes, drops);
      }
  }

  /** END fires; the last data are taken. */
  stop(): void {
    this.#call('dtrace_ghost_stop', []);
    this.round();
    this.#consumer.stopped();
  }
}

/**
 * What `__hw` reaches (docs/guest-abi.md, section 7): console, timers, inter-processor interrupts, power, entropy, the consumer's link.
 */
import { CPU, HW, STATUS } from '../image/abi.ts';
import type { Machine } from './machine.ts';
import type { Stream } from './random.ts';

/** The machine as devices see it. Times are cycles. */
export interface DeviceHost {
  machine: Machine;
  entropy: Stream;
  setTimer(cpu: number, deadline: number, now: number): void;
  /** An interrupt arrives at a CPU at that time. */
  interrupt(cpu: number, vector: number, at: number): void;
  startCpu(cpu: number, stack: number, size: number, now: number): void;
  /** Whether the machine stops for this marker. */
  mark(text: string): boolean;
}

export class Devices {
  readonly #host: DeviceHost;

  constructor(host: DeviceHost) {
    this.#host = host;
  }

  /** The import `hw`: operands in trapArgs, result in retval. Returns 0, or the status to suspend with. */
  access(kernel: boolean): number {
    const { machine } = this.#host;
    const { memory: m, state, options } = machine;
    const args = CPU.trapArgs >> 2;
    const op = m.i32[args];
    const low = (i: number) => m.i32[args + 2 * i];
    const wide = (i: number) => m.view.getBigUint64(CPU.trapArgs + 8 * i, true);
    const cycle = machine.clock;
    const cpu = state.current;
    let result = 0n;
    if (!kernel && op !== HW.MARK && op !== HW.LIBDTRACE) {
      m.view.setBigInt64(CPU.retval, -1n, true);
      return 0;
    }
    switch (op) {
      case HW.CONS_WRITE: {
        const at = m.offset(wide(1), low(2));
        options.onConsole?.(m.bytes8.slice(at, at + low(2)), cycle, low(3) !== 0);
        break;
      }
      case HW.CONS_READ:
        result = BigInt(state.input.shift() ?? -1);
        break;
      case HW.TIMER_SET:
        this.#host.setTimer(cpu, m.read53(CPU.trapArgs + 8), cycle);
        break;
      case HW.IPI:
        if (low(1) >= 0 && low(1) < machine.cpus)
          this.#host.interrupt(low(1), low(2), cycle + machine.profile.ipiLatency);
        break;
      case HW.HALT:
        m.view.setBigInt64(CPU.retval, 0n, true);
        return STATUS.HW;
      case HW.POWEROFF:
        state.stop = { reason: 'poweroff', status: low(1) };
        m.write53(CPU.horizon, 0);
        m.write53(CPU.syncLimit, 0);
        return STATUS.YIELD;
      case HW.PANIC:
        state.stop = { reason: 'panic', message: m.cstring(wide(1)) };
        return STATUS.YIELD;
      case HW.RANDOM:
        result = this.#host.entropy.bits64();
        break;
      case HW.CPU_START:
        this.#host.startCpu(low(1), low(2), low(3), cycle);
        break;
      case HW.MARK: {
        const text = new TextDecoder().decode(
          kernel ? m.bytes(wide(1), low(2)) : m.userBytes(m.i32[CPU.cr3 >> 2], Number(wide(1)), low(2)),
        );
        options.onMark?.(text, cycle, cpu);
        if (this.#host.mark(text)) m.write53(CPU.horizon, 0);
        break;
      }
      case HW.LIBDTRACE:
        result = this.#libdtrace(low(1), wide(2), wide(3), wide(4));
        if (options.libdtrace?.over === true) {
          state.stop = { reason: 'over' };
          m.write53(CPU.horizon, 0);
          m.write53(CPU.syncLimit, 0);
        }
        break;
      case HW.CYCLES_LEFT:
        result = options.cycleLimit === undefined ? -1n : BigInt(Math.max(0, options.cycleLimit - cycle));
        break;
      default:
        result = -1n;
    }
    m.view.setBigInt64(CPU.retval, BigInt.asIntN(64, result), true);
    return 0;
  }

  #libdtrace(sub: number, a: bigint, b: bigint, c: bigint): bigint {
    const { memory, options } = this.#host.machine;
    if (options.libdtrace === undefined) return -1n;
    const cr3 = memory.i32[CPU.cr3 >> 2];
    return options.libdtrace.call(sub, a, b, c, {
      space: cr3,
      read: (address, length) => memory.userBytes(cr3, Number(address), length),
      write: (address, data) => memory.writeUser(cr3, Number(address), data),
    });
  }
}

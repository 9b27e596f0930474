/**
 * D expressions, evaluated where a CPU stands: `curthread->td_name`, `` `ticks ``, `*(struct proc *)0xfffffe00…`.
 *
 * D's own compiler makes the object, the kernel's own DIF emulator runs it in ghost execution, so types, variables, subroutines and faults are
 * those of a D program. The little that the emulator writes outside of its arena is put back: the run does not notice.
 */
import type { Type } from '../cfront/types.ts';
import {
  compilePrograms,
  type Difo,
  DtraceFailure,
  FAULTS,
  Options,
  type ProbeCatalog,
  symbolResolver,
} from '../dtrace/index.ts';
import { CPU, KVBASE } from '../image/abi.ts';
import { BadAddress } from '../machine/memory.ts';
import { catalogOf } from '../run/dtrace-session.ts';
import { UserError } from '../run/user-error.ts';
import { readerOf, registers } from './frames.ts';
import type { LiveMachine } from './live-machine.ts';
import { showValue } from './show.ts';
import { memberOf } from './threads.ts';

export interface Compiled {
  difo: Difo;
  type: Type;
}

/** DIF_TYPE_STRING; DIF_TF_BYREF and BYUREF. */
const STRING = 1;
const BY_REFERENCE = 3;
/** Bytes of struct dtrace_ghost_value before the data. */
const VALUE_HEAD = 24;
const VALUE_ROOM = 256 * 1024;
const OBJECT_ROOM = 64 * 1024;
const CACHED = 64;

export class Evaluator {
  readonly #live: LiveMachine;
  readonly #symbols;
  /** Kernel data that the emulator writes: faults of the CPU, rand()'s state. */
  readonly #written: { at: number; size: number }[];
  readonly #compiled = new Map<string, Compiled>();
  #catalog: ProbeCatalog | undefined;

  constructor(live: LiveMachine) {
    this.#live = live;
    const [kernel] = live.session.images;
    this.#symbols = symbolResolver(kernel);
    this.#written = kernel.symbols
      .filter((s) => s.name === 'cpu_core' || /\brand_state\b/.test(s.name))
      .map((s) => ({ at: s.addr, size: s.size }));
  }

  /** Throws UserError with D's message. */
  compile(expression: string): Compiled {
    const known = this.#compiled.get(expression);
    if (known !== undefined) return known;
    const { machine, session } = this.#live;
    const [kernel] = session.images;
    if (!session.ready) throw new UserError('D expressions need a kernel that has booted');
    this.#catalog ??= catalogOf(machine, kernel);
    const text = `BEGIN { print(${expression}); }`;
    let compiled: Compiled;
    try {
      const program = compilePrograms([{ kind: 'n', text }], {
        catalog: this.#catalog,
        image: kernel,
        options: new Options(),
      });
      const actions = program.ecbs.flatMap((ecb) => ecb.actions);
      const [action] = actions;
      if (actions.length !== 1 || action.difo === undefined || action.statement.type === undefined)
        throw new UserError(`'${expression}': one expression is expected`);
      if (action.difo.variables.some((v) => v.id >= 0x500))
        throw new UserError(`'${expression}': variables of D programs cannot be used here`);
      if (action.difo.destructive) throw new UserError(`'${expression}': it would change the run`);
      compiled = { difo: action.difo, type: action.statement.type };
    } catch (error) {
      if (error instanceof DtraceFailure)
        throw new UserError(error.message.replace(`dtrace: invalid probe specifier ${text}: `, ''));
      throw error;
    }
    if (this.#compiled.size >= CACHED) this.#compiled.clear();
    this.#compiled.set(expression, compiled);
    return compiled;
  }

  /** Value of an expression on a CPU, in words. Throws UserError with D's message. */
  evaluate(expression: string, cpu: number): string {
    const compiled = this.compile(expression);
    const { value, data } = this.#run(compiled, cpu);
    const { machine } = this.#live;
    const cr3 = machine.memory.i32[(registers(machine, cpu) + CPU.cr3) >> 2];
    const { difo, type } = compiled;
    if (difo.rtype.kind === STRING) {
      const end = data.indexOf(0);
      return JSON.stringify(Buffer.from(end < 0 ? data : data.subarray(0, end)).toString('latin1'));
    }
    let bytes = data;
    if ((difo.rtype.flags & BY_REFERENCE) === 0) {
      bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, value, true);
    }
    return showValue(type, bytes, { read: readerOf(machine, cr3), symbols: this.#symbols });
  }

  /** A condition: is the value other than 0? A fault counts as no. */
  test(compiled: Compiled, cpu: number): boolean {
    try {
      return this.#run(compiled, cpu).value !== 0n;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  #run({ difo }: Compiled, cpu: number): { value: bigint; data: Uint8Array } {
    const { machine, session } = this.#live;
    if (cpu < 0 || cpu >= machine.cpus) throw new UserError(`cpu ${cpu}: there are ${machine.cpus}, from 0`);
    const { memory } = machine;
    const { address, size } = machine.evalArena;
    if (difo.rtype.size > VALUE_ROOM - VALUE_HEAD)
      throw new UserError(`a value of ${difo.rtype.size} bytes is too large to be shown`);
    const object = address;
    const value = address + BigInt(OBJECT_ROOM);
    const room = value + BigInt(VALUE_ROOM);
    this.#write(difo, object, session.images[0]);
    const kept = this.#written.map(({ at, size: n }) => memory.bytes8.slice(at, at + n));
    let error: number;
    try {
      error = Number(
        BigInt.asIntN(
          32,
          machine.ghostCallOn(cpu, 'dtrace_ghost_eval', [
            object,
            value,
            room,
            BigInt(size - OBJECT_ROOM - VALUE_ROOM),
          ]),
        ),
      );
    } catch (failure) {
      if (failure instanceof BadAddress) throw new UserError(failure.message);
      throw failure;
    } finally {
      this.#written.forEach(({ at }, i) => {
        memory.bytes8.set(kept[i], at);
      });
    }
    if (error !== 0)
      throw new UserError(
        'D expressions need a kernel that has booted, a running thread and the DTrace module loaded',
      );
    const at = memory.offset(value);
    const { view } = memory;
    if (view.getUint32(at + 20, true) !== 0) {
      const fault = FAULTS[view.getUint32(at + 16, true)] ?? FAULTS[0];
      const bad = view.getBigUint64(at + 8, true);
      throw new UserError(`${fault}${bad === 0n ? '' : ` (0x${bad.toString(16)})`} in the expression`);
    }
    return {
      value: view.getBigUint64(at, true),
      data: memory.bytes8.slice(at + VALUE_HEAD, at + VALUE_HEAD + Math.max(difo.rtype.size, 8)),
    };
  }

  /** A struct dtrace_difo with its tables, as the kernel lays it out. */
  #write(difo: Difo, address: bigint, kernel: LiveMachine['session']['images'][0]): void {
    const { memory } = this.#live.machine;
    const { view, bytes8 } = memory;
    const base = memory.offset(address);
    bytes8.fill(0, base, base + 256);
    const field = (name: string) => base + memberOf(kernel, 'struct dtrace_difo', name).offset;
    let at = base + 256;
    const table = (pointer: string, count: string, n: number, bytes: number, put: (at: number) => void) => {
      if (at + bytes > base + OBJECT_ROOM) throw new UserError('the expression is too long');
      put(at);
      view.setBigUint64(field(pointer), KVBASE + BigInt(at), true);
      view.setUint32(field(count), n, true);
      at = (at + bytes + 15) & ~15;
    };
    table('dtdo_buf', 'dtdo_len', difo.code.length, 4 * difo.code.length, (to) => {
      difo.code.forEach((word, i) => {
        view.setUint32(to + 4 * i, word, true);
      });
    });
    table('dtdo_inttab', 'dtdo_intlen', difo.integers.length, 8 * difo.integers.length, (to) => {
      difo.integers.forEach((v, i) => {
        view.setBigUint64(to + 8 * i, BigInt.asUintN(64, v), true);
      });
    });
    table('dtdo_strtab', 'dtdo_strlen', difo.strings.length, difo.strings.length, (to) => {
      bytes8.set(difo.strings, to);
    });
    const type = field('dtdo_rtype');
    view.setUint8(type, difo.rtype.kind);
    view.setUint8(type + 1, difo.rtype.ckind);
    view.setUint8(type + 2, difo.rtype.flags);
    view.setUint32(type + 4, difo.rtype.size, true);
    view.setUint32(field('dtdo_refcnt'), 1, true);
  }
}

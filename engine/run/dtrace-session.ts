/**
 * DTrace in a session: the host half that compiles, formats and decides when to stop, and its two ways into the guest.
 *
 * Charged: the guest process `dtrace` asks for the program and hands over buffers through the LIBDTRACE link (docs/guest-abi.md section 9).
 * Ghost: the host calls the kernel's dtrace_ghost_ functions instead (ghost.ts); no process, no cycles.
 */
import { readFileSync } from 'node:fs';
import {
  type Answer,
  type CompileWorld,
  type Consumer,
  compilePrograms,
  type DtraceCommand,
  DtraceFailure,
  type GuestMemory,
  listProbes,
  matchedRows,
  type OutputItem,
  PidProbes,
  type ProbeCatalog,
  type Program,
  parseArguments,
  programName,
  readCatalog,
  symbolResolver,
  UNSET,
} from '../dtrace/index.ts';
import { LIBDTRACE } from '../image/abi.ts';
import type { Image } from '../image/image.ts';
import type { LibdtraceCall, Machine, UserMemory } from '../machine/machine.ts';
import { type Charge, type Charges, suppressed } from './charges.ts';
import { cloneGraph, fill } from './clone.ts';
import { failureText } from './dtrace-failures.ts';
import { GhostTracing } from './ghost.ts';
import type { DtraceInputs } from './inputs.ts';
import { type ProcessIds, processIds } from './process-ids.ts';
import { UserError } from './user-error.ts';
import { UserImages } from './user-images.ts';

/** Rates that dtrace(1) uses when an option is unset: 1 s. Option ids 15 to 17. */
const DEFAULT_RATE_NS = 1_000_000_000n;
const RATE_OPTIONS = [15, 16, 17];

/** Numbers of steps that concern one process or program (models/user/bin/dtrace). */
const STEP_ENABLE = 1;
const STEP_GRAB = 3;
const STEP_EXECUTE = 5;

/** freopen() and ftruncate(): what happens to the file that text goes to. */
export type FileChange = Exclude<OutputItem, { kind: 'text' | 'system' }>;

/** pid123, pid$target, pid$1 in a probe description. */
export const PID_PROVIDER = /\bpid(?:\d+|\$\w+)/;

/** A file of the host that the inputs do not have: whoever made them did not look for what scripts include. */
const hostText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const namesPid = ({ programs }: DtraceCommand): boolean =>
  programs.some(({ text }) => PID_PROVIDER.test(text));

/** A program asks who its own consumer is: it is compiled when that process is there. */
const namesItself = ({ programs }: DtraceCommand): boolean =>
  programs.some(({ text }) => /\$(?:pid|ppid|pgid|sid)\b/.test(text));

/** Does the command look at processes without tracing them? `usdt`: programs of the guest have probes of their own. */
export const inspectsProcesses = (command: DtraceCommand, usdt: boolean): boolean =>
  (command.mode === 'list' || command.compileOnly) &&
  (namesPid(command) || (usdt && command.commands.length > 0));

/** Programs of these have probes of their own (USDT). */
export const haveOwnProbes = (images: Iterable<Image>): boolean =>
  [...images].some(({ providers }) => providers !== undefined);

/** The providers of programs that a command's descriptions may mean: myapp$target, myapp123, myapp*. */
const ownProviders = ({ programs }: DtraceCommand, images: Iterable<Image>): string[] =>
  [...images]
    .flatMap(({ providers }) => providers ?? [])
    .filter((name) => programs.some(({ text }) => new RegExp(`\\b${name}[$*?\\d[]`).test(text)));

/** dtrace(1)'s messages are complete: the caller prints them as they are. */
export class DtraceError extends UserError {
  override readonly name = 'DtraceError';
}

/** Runs what may fail in dtrace(1)'s words. */
export function inDtraceWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DtraceFailure) throw new DtraceError(error.message, error.exitStatus);
    throw error;
  }
}

export const parseDtrace = (inputs: DtraceInputs): DtraceCommand =>
  inDtraceWords(() => parseArguments(inputs.argv, { readFile: (path) => inputs.files[path] }));

const memoryOf = ({ memory }: Machine): GuestMemory => ({
  u8: (a) => memory.u8(a),
  u16: (a) => memory.u16(a),
  u32: (a) => memory.u32at(a),
  u64: (a) => memory.u64(a),
  cstring: (a) => memory.cstring(a),
  bytes: (a, n) => memory.bytes(a, n),
  view: memory.view,
});

/** The guest's probes, once it has booted. */
export const catalogOf = (machine: Machine, kernel: Image): ProbeCatalog =>
  readCatalog(memoryOf(machine), kernel);

export interface InGuest {
  /** Called with what must look at each switch of threads; undefined: nothing must. */
  watch(users: UserImages | undefined): void;
}

export class DtraceSession {
  readonly command: DtraceCommand;
  /** The host consumes: there is no process in the guest. */
  readonly ghost: boolean;
  readonly suppressed: ReadonlySet<Charge>;
  /** Set once there is a machine. */
  charges: Charges | undefined;
  /** -c: run in the guest; tracing ends with the first. */
  readonly commands: string[];
  /** A program names the pid provider: the guest's programs need its sites. */
  readonly tracesProcesses: boolean;
  readonly #namesItself: boolean;
  readonly #inputs: DtraceInputs;
  readonly #kernel: Image;
  readonly #inGuest: InGuest | undefined;
  #machine: Machine | undefined;
  #program: Program | undefined;
  #pid: PidProbes | undefined;
  #target = 0;
  #consumer: Consumer | undefined;
  #ghost: GhostTracing | undefined;
  #compiled = false;
  #reported = false;
  #dof: Uint8Array = new Uint8Array(0);
  #going = false;
  #finished = false;
  #stopAsked = false;
  #process = 0;
  #failure: DtraceError | undefined;
  /** The guest runs the command of a system() action: what it prints is tracing output. */
  systemRunning = false;
  /** Told what it prints, and how its aggregations stand when they have changed: for a recording. It must only look. */
  watch: ((kind: 'dtrace' | 'aggregation', text: string, cycle: number) => void) | undefined;
  readonly #decoder = new TextDecoder();
  #aggregations = '';
  #pending: Extract<OutputItem, { kind: 'system' }> | undefined;
  #out: (Uint8Array | FileChange)[] = [];
  #err = '';

  /** `inGuest`: the consumer of a process of the guest, which reads the guest's files only and is not alone in watching who runs what. */
  constructor(inputs: DtraceInputs, kernel: Image, inGuest?: InGuest) {
    this.#inGuest = inGuest;
    this.#inputs = inputs;
    this.#kernel = kernel;
    this.command = parseDtrace(inputs);
    this.suppressed = suppressed(this.command.options);
    this.ghost = this.suppressed.has('consumer');
    this.commands = this.command.commands;
    this.tracesProcesses = namesPid(this.command);
    this.#namesItself = namesItself(this.command);
  }

  /** The guest has programs with probes of their own, which come when those start. */
  get #usdt(): boolean {
    return this.#machine !== undefined && haveOwnProbes(this.#machine.images.map(({ image }) => image));
  }

  /** -l or -e for probes of processes: these are made and held for it, their probes made, and nothing is enabled. */
  get inspects(): boolean {
    return inspectsProcesses(this.command, this.#usdt);
  }

  /** Compiles for the booted guest. Throws DtraceError. In ghost mode tracing begins here. */
  attach(machine: Machine): void {
    this.#machine = machine;
    if (this.tracesProcesses && this.ghost)
      throw new DtraceError(
        'dtrace: the pid provider does not work with -x ghost: its probes are made by the consumer process, which ghost tracing does without',
      );
    const own = this.ghost
      ? ownProviders(
          this.command,
          machine.images.map(({ image }) => image),
        )
      : [];
    if (own.length > 0)
      throw new DtraceError(
        `dtrace: the probes of provider ${own[0]} do not work with -x ghost: they are a program's own, and trap when they fire, which takes time`,
      );
    // The processes are not there yet: the consumer asks when they are.
    const { pids, compileOnly } = this.command;
    const processes = this.commands.length + pids.length > 0 || this.#namesItself;
    if (this.tracesProcesses || (processes && !this.ghost && !compileOnly)) return;
    if (this.inspects) return;
    this.#compile(0);
    this.#report();
    if (!this.ghost || this.#program === undefined || this.#consumer === undefined) return;
    this.#ghost = inDtraceWords(() =>
      GhostTracing.start(machine, this.#program as Program, this.#consumer as Consumer),
    );
    this.#going = true;
  }

  /** Once, what compiling has to say. */
  #report(): void {
    this.#reported = true;
    if (this.command.mode === 'list') return;
    this.#err += this.#program?.messages ?? '';
    this.#say(this.#program?.report ?? '');
  }

  /** Text that does not come from tracing; the guest's process prints it, too. */
  #say(text: string): void {
    if (text === '') return;
    const bytes = new TextEncoder().encode(text);
    this.#out.push(bytes);
    this.#rest = Buffer.concat([this.#rest, bytes]);
  }

  /** What -l lists, now that the probes of the processes are there. */
  #list(): void {
    const { command } = this;
    const machine = this.#machine as Machine;
    const catalog = catalogOf(machine, this.#kernel);
    const world = this.#world(catalog, parseDtrace(this.#inputs), this.#target);
    const { rows, messages } = inDtraceWords(() => matchedRows(command.programs, world));
    this.#say(
      listProbes(
        rows.map((row) => catalog.known(row) ?? row),
        command.verbose,
      ),
    );
    this.#err += messages;
  }

  /** `itself`: the consumer's process, where the program asks and there is one. */
  #compile(target: number, itself?: ProcessIds): void {
    const machine = this.#machine;
    if (machine === undefined) throw new Error('the guest has not booted');
    // Each compilation changes its options (pragmas), so it starts from the command line again.
    const command = this.#compiled ? parseDtrace(this.#inputs) : this.command;
    this.#compiled = true;
    this.#target = target;
    let catalog = catalogOf(machine, this.#kernel);
    const users = new UserImages(memoryOf(machine), this.#kernel, machine.images.slice(1));
    users.refresh();
    this.#pid = new PidProbes((pid) => users.of(pid));
    const world = this.#world(catalog, command, target, itself);
    this.#program = inDtraceWords(() => compilePrograms(command.programs, world));
    const watched = this.#program.userSymbols ? users : undefined;
    if (this.#inGuest !== undefined) this.#inGuest.watch(watched);
    else machine.onSwitch = watched === undefined ? undefined : () => watched.refresh();
    this.#consumer = this.#program.consumer({
      target,
      symbols: symbolResolver(this.#kernel, (pid) => users.of(pid)),
      probe: (id) => {
        // Probes made on demand (profile-n) are younger than the catalog: read it again, once.
        if (catalog.get(id) === undefined) catalog = catalogOf(machine, this.#kernel);
        return catalog.get(id);
      },
    });
    this.#dof = this.#program.dof();
  }

  #world(catalog: ProbeCatalog, command: DtraceCommand, target: number, itself?: ProcessIds): CompileWorld {
    return {
      catalog,
      image: this.#kernel,
      options: command.options,
      args: command.args,
      macros: { ...itself, target: target === 0 ? (command.pids[0] ?? 0) : target },
      pid: this.#pid,
      listing: command.listing,
      verbose: command.verbose,
      compileOnly: command.compileOnly,
      caret: this.#inGuest === undefined && process.stderr.isTTY === true,
      readFile: (path) =>
        this.#inputs.files[path] ?? (this.#inGuest === undefined ? hostText(path) : undefined),
    };
  }

  /** The host half as it stands. Calling the result goes back to it. */
  save(): () => void {
    const ghost = this.#ghost;
    const charges = this.charges?.save();
    const program = this.#program;
    const state = () => ({
      consumer: this.#consumer,
      options: program?.options,
      dof: this.#dof,
      going: this.#going,
      finished: this.#finished,
      stopAsked: this.#stopAsked,
      process: this.#process,
      pending: this.#pending,
      out: this.#out,
      err: this.#err,
      rest: this.#rest,
      systemRunning: this.systemRunning,
    });
    const saved = cloneGraph(state());
    return () => {
      // The options are the program's: they stay the object that it knows.
      const seen = new Map<object, object>();
      if (saved.options !== undefined && program !== undefined) {
        seen.set(saved.options, program.options);
        fill(program.options, saved.options, seen);
      }
      const now = cloneGraph(saved, seen);
      this.#program = program;
      this.#consumer = now.consumer;
      this.#ghost = ghost;
      charges?.();
      if (now.consumer !== undefined) ghost?.rebind(now.consumer);
      this.#dof = now.dof;
      this.#going = now.going;
      this.#finished = now.finished;
      this.#stopAsked = now.stopAsked;
      this.#process = now.process;
      this.#pending = now.pending;
      this.#out = now.out;
      this.#err = now.err;
      this.#rest = now.rest;
      this.systemRunning = now.systemRunning;
    };
  }

  /** The program, and a copy of its consumer as it stands, to look at; undefined before there are any. */
  look(): { program: Program; consumer: Consumer } | undefined {
    const program = this.#program;
    if (program === undefined || this.#consumer === undefined) return undefined;
    return { program, ...cloneGraph({ consumer: this.#consumer }) };
  }

  /** Between GO and the end of the final output. */
  get tracing(): boolean {
    return this.#going && !this.#finished;
  }

  /** Its consumer has come to its end, and has not just vanished. */
  get ended(): boolean {
    return this.#finished;
  }

  /** Its consumer's process, where that runs in the background and hears nothing of what is typed at the console; else 0. */
  get process(): number {
    return this.tracing ? this.#process : 0;
  }

  /** Tracing is over, and the run with it. */
  get finishedRun(): boolean {
    return this.#finished && this.#inputs.endsRun;
  }

  get exitStatus(): number | undefined {
    return this.#consumer?.exitStatus;
  }

  /** ^C (the terminal shows it, so a line is ended), or the end of the time allowed. */
  requestStop(typed: boolean): void {
    this.#stopAsked = true;
    this.#consumer?.interrupted(typed);
    if (this.#ghost !== undefined) this.finish();
  }

  /** A ghost's profile and tick probes: the cycle at which one is due. */
  get due(): number {
    return this.#finished ? Number.POSITIVE_INFINITY : (this.#ghost?.due ?? Number.POSITIVE_INFINITY);
  }

  /** It has come. */
  fire(cycle: number): void {
    this.#ghost?.fire(cycle);
  }

  /** Between slices. Throws DtraceError when the guest's consumer could not trace. */
  poll(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ghost === undefined || this.#finished) return;
    if (this.charges?.firing === true) return; // its buffers are in use
    this.#ghost.round();
    this.#watchAggregations();
    if (this.#consumer?.wantsStop() === true) this.finish();
  }

  /** What poll() would throw, once. */
  takeFailure(): DtraceError | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** The guest has stopped: what ghost tracing has is final. */
  finish(): void {
    if (this.#ghost === undefined || this.#finished) return;
    this.#ghost.stop();
    this.#watchAggregations();
    this.#finished = true;
  }

  /** What its aggregations say so far. */
  answers(): Answer[] {
    return this.#consumer?.answers() ?? [];
  }

  /** Text and changes of the file it goes to, in order; what is for standard error. */
  takeOutput(): { out: (Uint8Array | FileChange)[]; err: string } {
    if (this.#ghost !== undefined && this.#consumer !== undefined) {
      do {
        this.#gather(this.#consumer);
        if (this.#pending !== undefined)
          this.#err += `dtrace: system("${this.#pending.command}") is not run: ghost tracing has no process in the guest\n`;
      } while (this.#pending !== undefined);
      this.#gathered = [];
    }
    const out = this.#out;
    const err = this.#err + (this.#consumer?.takeStderr() ?? '');
    this.#out = [];
    this.#err = '';
    return { out, err };
  }

  /** What the guest's consumer process asks. */
  readonly call: LibdtraceCall = (sub, a, b, c, memory) => this.#call(sub, a, b, c, memory);

  #call(sub: number, a: bigint, b: bigint, c: bigint, memory: UserMemory): bigint {
    if (sub === LIBDTRACE.HOLD) return this.#hold(Number(a), b, c, memory);
    if (sub === LIBDTRACE.DOFSIZE && (this.tracesProcesses || this.#namesItself || a !== 0n))
      return this.#late(Number(a), memory.space);
    if (sub === LIBDTRACE.FAILED) {
      const culprit = this.culprit(Number(a), Number(c));
      this.#failure = new DtraceError(failureText(Number(a), Number(b), culprit), 1);
      return 0n;
    }
    const consumer = this.#consumer;
    if (consumer === undefined || this.#program === undefined) return sub === LIBDTRACE.DOFSIZE ? 0n : -1n;
    const length = Number(c & 0xffffffffn);
    this.systemRunning = false;
    switch (sub) {
      case LIBDTRACE.DOFSIZE:
        return BigInt(this.#dof.length);
      case LIBDTRACE.DOFCOPY:
        if (this.inspects) {
          if (this.command.mode === 'list') this.#list();
          return 0n; // nothing is enabled
        }
        memory.write(a, this.#dof.subarray(0, Number(b)));
        return BigInt(this.#dof.length);
      case LIBDTRACE.OPTION: {
        const value = this.#program.options.byId(Number(a));
        return value === UNSET && RATE_OPTIONS.includes(Number(a)) ? DEFAULT_RATE_NS : value;
      }
      case LIBDTRACE.SETOPT:
        // 0: there is no such buffer; unset: nobody asked, and nothing is in force
        if (b !== 0n && BigInt.asIntN(64, b) !== UNSET) consumer.setOption(Number(a), b);
        return 0n;
      case LIBDTRACE.EPROBE:
        consumer.eprobe(memory.read(a, Number(b)));
        return 0n;
      case LIBDTRACE.AGGDESC:
        consumer.aggdesc(memory.read(a, Number(b)));
        return 0n;
      case LIBDTRACE.GO:
        consumer.go();
        this.#going = true;
        this.#process = Number(a);
        return this.commands.length > 0 ? 1n : 0n;
      case LIBDTRACE.CONSUME: {
        const bytes = memory.read(b, length);
        if (consumer.lacksProbe(bytes)) return 1n;
        consumer.consume(Number(a), bytes, Number(c >> 32n));
        return 0n;
      }
      case LIBDTRACE.AGGSNAP: {
        const bytes = memory.read(b, length);
        if (consumer.lacksAggregation(bytes)) return 1n;
        consumer.aggsnap(Number(a), bytes, Number(c >> 32n));
        return 0n;
      }
      case LIBDTRACE.STATUS:
        consumer.status(memory.read(a, STATUS_BYTES));
        this.#watchAggregations();
        return 0n;
      case LIBDTRACE.TEXT:
        return this.#text(a, Number(b), consumer, memory);
      case LIBDTRACE.SYSTEM:
        return this.#action(a, Number(b), memory);
      case LIBDTRACE.PIDPROBE: {
        const spec = this.#pid?.take();
        if (spec !== undefined) memory.write(a, spec);
        return BigInt(spec?.length ?? 0);
      }
      case LIBDTRACE.TARGET:
        consumer.targetExited(Number(a), Number(b));
        return 0n;
      case LIBDTRACE.ASK:
        return this.#stopAsked || consumer.wantsStop() ? 1n : 0n;
      case LIBDTRACE.STOPPED:
        this.#watchAggregations();
        consumer.stopped();
        return 0n;
      case LIBDTRACE.EXITSTATUS:
        this.#finished = true;
        return BigInt(consumer.exitStatus);
      default:
        return -1n;
    }
  }

  /** Which process or program a step failed for. */
  culprit(step: number, which: number): string | number | undefined {
    const { programs } = this.command;
    if (step === STEP_ENABLE) return programs.length === 1 ? programName(programs[0]) : undefined;
    if (step === STEP_GRAB) return this.command.pids[which];
    return step === STEP_EXECUTE ? this.commands[which]?.trim().split(/\s+/)[0] : undefined;
  }

  /** Compiles when the processes are there. What is wrong is thrown by poll(); the consumer gives up. */
  #late(target: number, space: number): bigint {
    try {
      const machine = this.#machine as Machine;
      const itself = this.#namesItself ? processIds(memoryOf(machine), this.#kernel, space) : undefined;
      this.#compile(target, itself);
      if (!this.#reported) this.#report();
      return BigInt(this.#dof.length);
    } catch (error) {
      if (!(error instanceof DtraceError)) throw error;
      this.#failure = error;
      return -1n;
    }
  }

  /**
   * Does the command have to wait until its probes are there? Without a pid: after its exec. With one, it is there; then: does it go on to
   * main() first? That and the program's size go to the two addresses.
   */
  #hold(pid: number, pc: bigint, textSize: bigint, memory: UserMemory): bigint {
    if (pid === 0) return (this.tracesProcesses || this.#usdt) && this.commands.length > 0 ? 1n : 0n;
    const machine = this.#machine;
    const { evaltime } = this.command.options;
    if (machine === undefined || evaltime === 'exec' || evaltime === 'preinit') return 0n;
    const users = new UserImages(memoryOf(machine), this.#kernel, machine.images.slice(1));
    users.refresh();
    const image = users.of(pid);
    const main = image?.functions.find((f) => f.name === 'main' && !f.static);
    if (image?.pidSites !== true || main === undefined) return 0n;
    for (const [at, value] of [
      [pc, main.addr],
      [textSize, image.textSize],
    ] as const) {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
      memory.write(at, bytes);
    }
    return 1n;
  }

  #rest: Uint8Array = new Uint8Array(0);

  /** Text in pieces that fit the guest's buffer; the host keeps a copy. */
  #text(at: bigint, room: number, consumer: Consumer, memory: UserMemory): bigint {
    if (this.#rest.length === 0 && this.#pending === undefined) {
      this.#gather(consumer);
      this.#rest = Buffer.concat(this.#gathered);
      this.#gathered = [];
    }
    const piece = this.#rest.subarray(0, room);
    this.#rest = this.#rest.slice(piece.length);
    memory.write(at, piece);
    return BigInt(piece.length);
  }

  /** When the guest's consumer asks, or between slices. */
  get #cycle(): number {
    return (this.ghost ? this.#machine?.now : this.#machine?.clock) ?? 0;
  }

  /** After a round in which buffers were handed over. */
  #watchAggregations(): void {
    if (this.watch === undefined || this.#consumer === undefined) return;
    const text = this.#consumer.aggregationText();
    if (text === this.#aggregations) return;
    this.#aggregations = text;
    this.watch('aggregation', text, this.#cycle);
  }

  #gathered: Uint8Array[] = [];

  /** Takes output up to the next command that the guest must run. Changes of file concern the host alone. */
  #gather(consumer: Consumer): void {
    for (;;) {
      const text = Uint8Array.from(consumer.takeText());
      if (text.length > 0) {
        this.#out.push(text);
        this.watch?.('dtrace', this.#decoder.decode(text, { stream: true }), this.#cycle);
      }
      this.#gathered.push(text);
      const action = consumer.takeAction();
      if (action === undefined || action.kind === 'system') {
        this.#pending = action;
        return;
      }
      this.#out.push(action);
    }
  }

  /** The command of a system() action, with its NUL; 0 when there is none. */
  #action(at: bigint, room: number, memory: UserMemory): bigint {
    const action = this.#pending;
    this.#pending = undefined;
    if (action === undefined) return 0n;
    this.systemRunning = true;
    const bytes = new TextEncoder().encode(`${action.command}\0`).subarray(0, room);
    memory.write(at, bytes);
    return BigInt(bytes.length);
  }
}

/** sizeof(dtrace_status_t). */
const STATUS_BYTES = 88;

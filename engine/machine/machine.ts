/**
 * The machine: CPUs with their own clocks over one memory, one event queue, a few devices.
 *
 * It runs the CPU with the smallest clock up to its horizon: the next event, or the others' clocks plus the lookahead (the shortest
 * inter-processor interrupt), whichever is nearer. Plain code may lead by that much; a synchronised access first waits until its CPU is
 * the earliest (`syncLimit`), so atomics, devices and locks happen in exact cycle order. Equal clocks: lower CPU number first.
 *
 * Read loader.ts (what is in memory), runtime.ts (the trampoline) and traps.ts (how the kernel is entered and left), cache.ts and tlb.ts (what
 * a miss costs), devices.ts and ghost.ts (code outside of time) beside it. All state is in linear memory, the event queue, the random streams and the few fields that checkpoint.ts lists.
 */
import {
  AT_A_TIME,
  CLOCK_BITS,
  CONS_KILL,
  CPU,
  CPU_BLOCK,
  CPU_BLOCK_SIZE,
  FBT_TRAP,
  FLAG_INTR,
  FLAG_PENDING,
  FLAG_USER,
  FRAME,
  KIND_FIRST,
  MARK_ENTRY,
  PCB,
  REC_END,
  REC_PTR,
  STATUS,
  TRAP,
  USER_TRAP,
  USER_TRAP_ERR_SHIFT,
  VECTOR,
} from '../image/abi.ts';
import type { Image } from '../image/image.ts';
import type { Profile } from '../image/profile.ts';
import { CacheModel } from './cache.ts';
import { Devices } from './devices.ts';
import { type EventHandle, EventQueue } from './events.ts';
import { KernelFault } from './fault.ts';
import { FunctionTable } from './functions.ts';
import { type Arena, Ghost } from './ghost.ts';
import { GHOST_ARENA, layOut, type MachineLayout } from './layout.ts';
import { functionAt, type Loaded, type LoadedImage, load, textAddress } from './loader.ts';
import { GuestMemory } from './memory.ts';
import { compiled, compiledNow } from './modules.ts';
import type { Line, MachineOptions, MachineStats, Stop } from './options.ts';
import { RandomStreams } from './random.ts';
import { instantiateRuntime, type Runtime, TURN_OVER } from './runtime.ts';
import { type ScratchState, ScratchTags } from './scratch.ts';
import { Tlb } from './tlb.ts';
import { KV_HIGH, Traps, type Words, words, ZERO } from './traps.ts';

export type { LibdtraceCall, Line, MachineOptions, MachineStats, Stop, UserMemory } from './options.ts';

/** Kinds of queued events. */
const EVENT_TIMER = 0;
const EVENT_INTERRUPT = 1; // arg: vector
const EVENT_CONSOLE = 2; // arg: index of the input

const OFF = 0;
const RUNNING = 1;
const HALTED = 2;

/** Larger than any cycle number. */
const FOREVER = 2 ** 52;
const MAX_CPUS = 64;
/** The clock's part of its upper word. */
const CLOCK_HIGH = 2 ** (CLOCK_BITS - 32) - 1;
/** tf_err of a page fault: a write; through the user address space. */
const ERR_WRITE = 1;
const ERR_USER = 4;
const WALL_TIME = 1_700_000_000;
/** Address of the fault that a program gets whose register stack is full: 0x7fff00000000. */
const STACK_FAULT: Words = [0, 0x7fff];

/** The CPU that is running, and how far the others let it. A turn that was cut short goes on before anything else does. */
interface Turn {
  cpu: number;
  horizon: number;
  syncLimit: number;
}

interface CpuState {
  state: number;
  /** Bit n: vector n waits (vectors below 64, two words). */
  pending: [number, number];
  timer: EventHandle;
  clock: number;
}

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];

export class Machine {
  readonly profile: Profile;
  readonly cpus: number;
  readonly memory: GuestMemory;
  readonly images: LoadedImage[];
  readonly functions: FunctionTable;
  readonly layout: MachineLayout;
  /** What memory held before the first instruction. */
  readonly loaded: Loaded;
  readonly random: RandomStreams;
  readonly events = new EventQueue();
  readonly options: MachineOptions;
  /** What a callback of the options threw. */
  #thrown: unknown;
  /** `run` returns at the first block after each record. For who steps the machine; no part of its state. */
  stopAtRecords = false;
  /** Where the stacks of threads lie that have run so far, by base: size. What is dead in them depends on where a run was stopped. */
  readonly stacks = new Map<number, number>();
  /** Asked at each line of marked code that begins; true stops the machine there. For who steps the machine; no part of its state. */
  onLine: ((line: Line) => boolean) | undefined;
  /** Told before each switch of threads, when a process may be seen for the last time. It must only look. */
  onSwitch: (() => void) | undefined;
  /** Called, with the CPU, when a site whose ghost bit is set is passed, in place of DTrace. They must only look, or move what is charged. */
  readonly siteHooks = new Map<number, (cpu: number) => void>();
  /** What a checkpoint saves besides memory, events and random streams. */
  state: {
    cpu: CpuState[];
    /** CPU whose block is loaded. */
    current: number;
    turn: Turn | undefined;
    input: number[];
    stop: Stop | undefined;
    /** A marker that `run` has yet to stop for. */
    mark: string | undefined;
    /** Where `onLine` has stopped it: it can only be looked at, and taken back. */
    line: Line | undefined;
  };
  /** By CPU: `run` returns as soon as it has executed to this cycle or beyond. For who steps the machine; no part of its state. */
  readonly stopAt: Float64Array;
  readonly #cache: CacheModel;
  readonly #scratch: ScratchTags;
  readonly #tlb: Tlb;
  readonly #traps: Traps;
  readonly #ghost: Ghost;
  readonly #runtime: Runtime;
  #marked: Runtime | undefined;
  /** What `loadMarked` was given. */
  markedImages: (Image | undefined)[] = [];
  readonly #memory: WebAssembly.Memory;
  readonly #devices: Devices;
  readonly #kernel: LoadedImage;
  /** What arrives at the console, and when; EVENT_CONSOLE's argument is an index. */
  readonly #typed: { cycle: number; input: number[] }[];
  #stopAtMarks = false;
  #recordMade = false;
  #stay = true;

  /** Builds and loads the machine; CPU 0 is about to run `btext`. */
  static async create(options: MachineOptions): Promise<Machine> {
    const { profile } = options;
    const cpus = options.cpus ?? profile.cpus;
    if (!Number.isInteger(cpus) || cpus < 1 || cpus > MAX_CPUS)
      throw new RangeError(`${cpus} CPUs: a machine has 1 to ${MAX_CPUS}`);
    const layout = layOut(profile, cpus);
    const memory = new WebAssembly.Memory({ initial: layout.total >> 16, maximum: layout.total >> 16 });
    let tbase = 1; // table index 0 stays empty: no function
    const images = [options.kernel, ...options.programs].map((image) => {
      const loaded = { image, tbase };
      tbase += image.functions.length;
      return loaded;
    });
    const table = new WebAssembly.Table({ initial: tbase, element: 'anyfunc' });
    const machine = new Machine(options, cpus, layout, memory, images, table);
    for (const { image, tbase: base } of images)
      await WebAssembly.instantiate(await compiled(image), {
        env: {
          memory,
          table,
          tbase: new WebAssembly.Global({ value: 'i32', mutable: false }, base),
          ...machine.#imports(image),
        },
      });
    return machine;
  }

  private constructor(
    options: MachineOptions,
    cpus: number,
    layout: MachineLayout,
    memory: WebAssembly.Memory,
    images: LoadedImage[],
    table: WebAssembly.Table,
  ) {
    this.options = {
      ...options,
      onConsole: this.#told(options.onConsole),
      onRecords: this.#told(options.onRecords),
      onMark: this.#told(options.onMark),
    };
    this.profile = options.profile;
    this.cpus = cpus;
    this.layout = layout;
    this.images = images;
    this.#kernel = images[0];
    this.#memory = memory;
    this.memory = new GuestMemory(memory, options.profile.ramBytes + GHOST_ARENA);
    this.functions = new FunctionTable(images);
    this.#runtime = this.#instantiateRuntime(table);
    this.random = new RandomStreams(options.seed);
    this.#devices = new Devices({
      machine: this,
      entropy: this.random.stream('entropy'),
      setTimer: (cpu, deadline, cycle) => this.#setTimer(cpu, deadline, cycle),
      interrupt: (cpu, vector, cycle) => {
        this.#schedule(cycle, EVENT_INTERRUPT, cpu, vector);
      },
      startCpu: (cpu, stack, size, cycle) => this.#startCpu(cpu, stack, size, cycle),
      mark: (text) => {
        if (this.#stopAtMarks) this.state.mark = text;
        return this.#stopAtMarks;
      },
    });
    this.#typed = (options.consoleInput ?? []).map(({ cycle, text }) => ({ cycle, input: bytesOf(text) }));
    this.#cache = new CacheModel(memory, layout, options.profile, cpus);
    this.#scratch = new ScratchTags(this.memory, layout, options.profile, this.#cache);
    this.#tlb = new Tlb(memory, options.profile);
    this.#traps = new Traps(this.memory, this.functions, options.profile);
    this.#ghost = new Ghost({
      memory: this.memory,
      layout,
      profile: options.profile,
      traps: this.#traps,
      runtime: this.#runtime,
      functionOf: (name) => this.#kernelFunction(name),
    });
    this.state = {
      cpu: Array.from({ length: cpus }, () => ({ state: OFF, pending: [0, 0], timer: -1, clock: 0 })),
      current: 0,
      turn: undefined,
      input: [],
      stop: undefined,
      mark: undefined,
      line: undefined,
    };
    this.stopAt = new Float64Array(cpus).fill(FOREVER);
    this.loaded = this.#powerOn();
  }

  #instantiateRuntime(table: WebAssembly.Table): Runtime {
    return instantiateRuntime({
      memory: this.#memory,
      table,
      functions: this.functions,
      profile: this.profile,
      syscallEntry: this.#kernelFunction('syscall_entry'),
    });
  }

  /** Local function index in the kernel image. Throws Error when the kernel lacks it. */
  #kernelFunction(name: string): number {
    const local = this.#kernel.image.exports[name];
    if (local === undefined) throw new Error(`the kernel image does not define ${name}`);
    return this.#kernel.tbase + local;
  }

  #powerOn(): Loaded {
    const { options, memory, layout } = this;
    const boot = load(memory, this.#kernel, this.images.slice(1), {
      profile: options.profile,
      cpus: this.cpus,
      files: options.files ?? [],
      links: options.links ?? {},
      kenv: options.kenv ?? {},
      wallTime: WALL_TIME,
    });
    memory.i32[REC_PTR >> 2] = layout.ring;
    memory.i32[REC_END >> 2] = layout.ringEnd;
    memory.write53(FBT_TRAP, options.profile.trapKernel);
    for (let cpu = 0; cpu < this.cpus; cpu++) {
      const block = (layout.cpuBlock(cpu) - CPU_BLOCK) >> 2;
      memory.i32[block + (CPU.cpu >> 2)] = cpu;
      memory.i32[block + (CPU.l1d >> 2)] = layout.l1d(cpu);
      memory.i32[block + (CPU.tlb >> 2)] = layout.tlb(cpu);
      memory.i32[block + (CPU.bp >> 2)] = layout.bp(cpu);
    }
    this.#loadBlock(0);
    this.#firstFrame(boot.stack, boot.stackSize, this.#kernelFunction('btext'), [boot.bootinfo, KV_HIGH]);
    this.state.cpu[0].state = RUNNING;
    this.#typed.forEach(({ cycle }, i) => {
      this.events.schedule(cycle, EVENT_CONSOLE, 0, i);
    });
    return boot;
  }

  /** Makes the loaded CPU start `fn(arg)` at the bottom of a kernel stack. */
  #firstFrame(stack: number, size: number, fn: number, arg: readonly [number, number]): void {
    this.#traps.frame(stack, fn, KIND_FIRST, 0, ZERO, [arg]);
    this.memory.i32[CPU.fp >> 2] = stack;
    this.memory.i32[CPU.stackEnd >> 2] = stack + size;
  }

  /**
   * Runs until something stops the machine, or the CPU whose turn it is has come to cycle `until` (the others are then at most the lookahead
   * behind). With `marks`, a MARK stops it too (just after the call that made it). Where it stops changes nothing: the turn goes on
   * when the machine does.
   */
  run(until = FOREVER, marks = false): Stop {
    this.#stopAtMarks = marks;
    const cpus = this.state.cpu;
    if (this.state.line !== undefined) throw new Error('the machine stopped amid a block: it cannot go on');
    // Without room the ring asks to be emptied before each record.
    this.memory.i32[REC_END >> 2] = this.stopAtRecords ? this.layout.ring : this.layout.ringEnd;
    this.#recordMade = false;
    // Events may have come, or all of the state, since a turn was cut short.
    this.#mayStay(false);
    for (;;) {
      if (this.state.stop !== undefined) {
        this.flushRecords();
        return this.state.stop;
      }
      if (this.state.mark !== undefined) {
        const text = this.state.mark;
        this.state.mark = undefined;
        this.flushRecords();
        return { reason: 'mark', text };
      }
      let turn = this.state.turn;
      if (turn === undefined) {
        let best = -1;
        let clock = FOREVER;
        let others = FOREVER;
        let sync = FOREVER;
        for (let i = 0; i < cpus.length; i++) {
          if (cpus[i].state !== RUNNING) continue;
          const c = cpus[i].clock;
          if (c < clock) {
            // A lower-numbered CPU that was the earliest goes first at equal clocks, so it is now among the others.
            others = clock;
            sync = clock - 1;
            clock = c;
            best = i;
          } else {
            others = Math.min(others, c);
            sync = Math.min(sync, c);
          }
        }
        const next = this.events.nextCycle;
        if (best < 0 && next === Number.POSITIVE_INFINITY) {
          this.state.stop = { reason: 'deadlock' };
          continue;
        }
        if (next <= clock) {
          if (next >= until) return this.#limit();
          this.#event();
          continue;
        }
        if (clock >= until) return this.#limit();
        turn = {
          cpu: best,
          horizon: Math.min(next, others + this.profile.ipiLatency),
          syncLimit: Math.min(sync, next),
        };
        this.state.turn = turn;
        this.#mayStay(true);
      } else if (cpus[turn.cpu].clock >= until) return this.#limit();
      const { cpu } = turn;
      this.#dispatch(turn, until);
      if (this.state.line !== undefined) {
        this.flushRecords();
        return { reason: 'line', cpu };
      }
      if (cpus[cpu].clock >= this.stopAt[cpu]) {
        this.flushRecords();
        return { reason: 'stopped', cpu };
      }
      if (this.#recordMade) {
        this.flushRecords();
        return { reason: 'record', cpu };
      }
    }
  }

  #limit(): Stop {
    this.flushRecords();
    return { reason: 'limit' };
  }

  #event(): void {
    const event = this.events.pop();
    if (event === undefined) return;
    switch (event.kind) {
      case EVENT_TIMER:
        this.state.cpu[event.cpu].timer = -1;
        this.#raise(event.cpu, VECTOR.TIMER, event.cycle);
        break;
      case EVENT_INTERRUPT:
        this.#raise(event.cpu, event.arg, event.cycle);
        break;
      case EVENT_CONSOLE:
        this.state.input.push(...this.#typed[event.arg].input);
        this.#raise(0, VECTOR.CONSOLE, event.cycle);
        break;
    }
  }

  #raise(cpu: number, vector: number, cycle: number): void {
    const state = this.state.cpu[cpu];
    if (state.state === OFF) return;
    state.pending[vector >> 5] |= 1 << (vector & 31);
    if (state.state === HALTED) {
      state.state = RUNNING;
      if (state.clock < cycle) {
        this.#loadBlock(cpu);
        state.clock = cycle;
        this.memory.write53(CPU.clock, cycle);
      }
    }
  }

  /** Bytes typed at the console, from now on. */
  type(text: string): void {
    this.state.input.push(...bytesOf(text));
    this.#raise(0, VECTOR.CONSOLE, this.now);
  }

  /** Nothing will happen before this cycle that has not happened yet. */
  get earliest(): number {
    return this.state.cpu.reduce(
      (least, cpu) => (cpu.state === RUNNING ? Math.min(least, cpu.clock) : least),
      this.events.nextCycle,
    );
  }

  /**
   * Bytes typed at the console at the first cycle from `from` on that no CPU has passed and that has no event yet. Returns that cycle: a run
   * that has this text among its consoleInput there is the same run.
   */
  typeAt(from: number, text: string): number {
    return this.#arriveAt(from, bytesOf(text));
  }

  /** A signal for a process, from outside; likewise. Nothing happens when there is no such process any more. */
  killAt(from: number, pid: number, signal: number): number {
    return this.#arriveAt(from, [pid * 2 ** 32 + signal * 2 ** 16 + CONS_KILL]);
  }

  #arriveAt(from: number, input: number[]): number {
    const taken = new Set(this.events.save().events.map((event) => event.cycle));
    let cycle = Math.max(from, this.now);
    while (taken.has(cycle)) cycle++;
    this.#typed.push({ cycle, input });
    this.events.schedule(cycle, EVENT_CONSOLE, 0, this.#typed.length - 1);
    return cycle;
  }

  /** No CPU has anything to do before the next event. */
  get idle(): boolean {
    return this.state.cpu.every((cpu) => cpu.state !== RUNNING);
  }

  /** The largest clock of any CPU. */
  get now(): number {
    return this.state.cpu.reduce((most, cpu) => Math.max(most, cpu.clock), 0);
  }

  /** The clock of the CPU that runs, while the guest has called the host. */
  get clock(): number {
    const m = this.memory;
    return m.u32[CPU.clock >> 2] + (m.u32[(CPU.clock + 4) >> 2] & CLOCK_HIGH) * 0x100000000;
  }

  /** After guest code: the instructions that it has counted in the clock's upper bits go where they belong. */
  #settle(): void {
    const m = this.memory;
    const high = (CPU.clock + 4) >> 2;
    m.add53(CPU.instructions, m.u32[high] >>> (CLOCK_BITS - 32));
    m.u32[high] &= CLOCK_HIGH;
  }

  #loadBlock(cpu: number): void {
    const { current } = this.state;
    if (current === cpu && this.memory.i32[CPU.l1d >> 2] !== 0) return;
    const { bytes8 } = this.memory;
    if (this.memory.i32[CPU.l1d >> 2] !== 0)
      bytes8.copyWithin(this.layout.cpuBlock(current), CPU_BLOCK, CPU_BLOCK + CPU_BLOCK_SIZE);
    const from = this.layout.cpuBlock(cpu);
    bytes8.copyWithin(CPU_BLOCK, from, from + CPU_BLOCK_SIZE);
    this.state.current = cpu;
  }

  #dispatch(turn: Turn, until: number): void {
    const { cpu } = turn;
    this.#loadBlock(cpu);
    const m = this.memory;
    const state = this.state.cpu[cpu];
    let flags = m.i32[CPU.flags >> 2];
    if ((state.pending[0] | state.pending[1]) !== 0) {
      if ((flags & FLAG_INTR) !== 0) {
        this.#interrupt(state);
        flags = m.i32[CPU.flags >> 2];
      }
    }
    const waiting = (state.pending[0] | state.pending[1]) !== 0;
    m.i32[CPU.flags >> 2] = waiting ? flags | FLAG_PENDING : flags & ~FLAG_PENDING;
    m.write53(CPU.horizon, Math.min(turn.horizon, until, this.stopAt[cpu], state.clock + AT_A_TIME));
    m.write53(CPU.syncLimit, turn.syncLimit);
    let status = -1;
    try {
      status = (this.onLine === undefined ? this.#runtime : (this.#marked ?? this.#runtime)).run();
    } catch (error) {
      if (!(error instanceof KernelFault)) throw this.#hostError(error);
      this.#settle();
      this.#kernelFault(error);
    }
    if (status >= 0) {
      this.#settle();
      this.#handle(status, state);
    }
    state.clock = m.read53(CPU.clock);
    // Cut short: neither at the turn's own end, nor to take an interrupt that has just been let in.
    const letIn = FLAG_INTR | FLAG_PENDING;
    const cut =
      status === STATUS.YIELD && state.clock < turn.horizon && (m.i32[CPU.flags >> 2] & letIn) !== letIn;
    if (!cut) this.state.turn = undefined;
  }

  /** Whether the turn may go on as the next one (runtime.ts): no event came or went since it began. */
  #mayStay(may: boolean): void {
    if (may === this.#stay) return;
    this.#stay = may;
    this.#runtime.stay.value = may ? 1 : 0;
    if (this.#marked !== undefined) this.#marked.stay.value = may ? 1 : 0;
  }

  /** Delivers the most urgent pending interrupt to the loaded CPU. */
  #interrupt(state: CpuState): void {
    const word = state.pending[0] !== 0 ? 0 : 1;
    const bit = 31 - Math.clz32(state.pending[word] & -state.pending[word]);
    state.pending[word] &= ~(1 << bit);
    this.#traps.enter('interrupt', this.#kernelFunction('intr_entry'), 0, ZERO, 0, [[word * 32 + bit, 0]]);
  }

  #handle(status: number, state: CpuState): void {
    const m = this.memory;
    switch (status) {
      case STATUS.RETURN:
        this.#returned();
        break;
      case STATUS.YIELD:
      case STATUS.SYNC:
      case TURN_OVER:
        break;
      case STATUS.SWITCH: {
        this.onSwitch?.();
        const old = m.i32[CPU.trapArgs >> 2];
        const next = m.i32[(CPU.trapArgs + 8) >> 2];
        m.write64(old + PCB.fp, m.i32[CPU.fp >> 2], KV_HIGH);
        this.#noteStacks(next);
        if (this.#traps.loadPcb(next)) {
          this.#tlb.flush();
          this.#traps.charge(this.profile.setCr3);
        }
        break;
      }
      case STATUS.FAULT:
        this.#fault();
        break;
      case STATUS.HW:
        state.state = HALTED; // the only operation that is completed later
        if ((state.pending[0] | state.pending[1]) !== 0) state.state = RUNNING;
        break;
      case STATUS.OVERFLOW:
        this.#overflow();
        break;
      default:
        throw new Error(`cpu${this.state.current}: guest function suspended with status ${status}`);
    }
  }

  #noteStacks(pcb: number): void {
    const m = this.memory;
    this.stacks.set(m.i32[(pcb + PCB.kstack) >> 2], m.i32[(pcb + PCB.kstacksize) >> 2]);
    const user = m.i32[(pcb + PCB.ustack) >> 2];
    if (user !== 0) this.stacks.set(user, m.i32[(pcb + PCB.ustacksize) >> 2]);
  }

  /** A thread fell off its end. */
  #returned(): void {
    const fp = this.memory.i32[CPU.fp >> 2];
    const name = this.functions.find(this.memory.i32[(fp + FRAME.func) >> 2])?.fn.name ?? '?';
    this.state.stop = { reason: 'panic', message: `${name}: a kernel thread's first function returned` };
  }

  #fault(): void {
    const m = this.memory;
    const kind = m.i32[CPU.faultKind >> 2];
    m.i32[CPU.faultKind >> 2] = 0;
    const entry = this.#kernelFunction('trap_entry');
    const address: Words = [m.i32[CPU.faultAddr >> 2], m.i32[(CPU.faultAddr + 4) >> 2]];
    // A breakpoint: the program says where it is.
    if (kind >> USER_TRAP_ERR_SHIFT !== 0)
      this.#traps.enter('trap', entry, TRAP.BPTFLT, ZERO, kind >> USER_TRAP_ERR_SHIFT, [], -1, address);
    else if (kind >= USER_TRAP) this.#traps.enter('trap', entry, kind - USER_TRAP, ZERO, 0, []);
    else this.#traps.enter('trap', entry, TRAP.PAGEFLT, address, (kind === 2 ? ERR_WRITE : 0) | ERR_USER, []);
  }

  /** A user stack that is really full is a fault; a kernel one is the end. The trampoline handles the rest. */
  #overflow(): void {
    const m = this.memory;
    const fp = m.i32[CPU.fp >> 2];
    if ((m.i32[CPU.flags >> 2] & FLAG_USER) !== 0) {
      // The frame below it is complete: the fault is the caller's.
      m.i32[CPU.fp >> 2] = m.i32[(fp + FRAME.caller) >> 2];
      this.#traps.enter(
        'trap',
        this.#kernelFunction('trap_entry'),
        TRAP.PAGEFLT,
        STACK_FAULT,
        ERR_WRITE | ERR_USER,
        [],
      );
      return;
    }
    const name = this.functions.find(m.i32[(fp + FRAME.func) >> 2])?.fn.name ?? '?';
    this.state.stop = { reason: 'panic', message: `double fault: kernel stack overflow in ${name}` };
  }

  /** A bad address (or worse) in kernel code: trap_entry runs above the faulting frame, which never goes on. */
  #kernelFault(fault: KernelFault): void {
    const { image } = this.#kernel;
    const at = this.memory.u32[CPU.trapArgs >> 2];
    const pc = words(textAddress(image, at));
    const size = functionAt(image, at)?.frameSize ?? 4096;
    this.memory.i32[CPU.fp >> 2] = fault.fp;
    this.#traps.enter(
      'trap',
      this.#kernelFunction('trap_entry'),
      fault.trapno,
      words(fault.address),
      fault.write ? ERR_WRITE : 0,
      [],
      (fault.fp + size + 15) & ~15,
      pc,
    );
  }

  /** A callback of the options; what it throws is not ours to explain. */
  #told<A extends unknown[]>(callback?: (...args: A) => void): ((...args: A) => void) | undefined {
    if (callback === undefined) return undefined;
    return (...args) => {
      try {
        callback(...args);
      } catch (error) {
        this.#thrown = error;
        throw error;
      }
    };
  }

  /** A host-side failure while the guest ran: ours, unless a callback threw it, so it carries the place. */
  #hostError(error: unknown): unknown {
    if (error === this.#thrown) return error;
    const cpu = this.state.current;
    const what = error instanceof Error ? `${error.message}` : String(error);
    return new Error(`cpu${cpu} at cycle ${this.clock}: ${what}`, { cause: error });
  }

  // Imports of the images.

  #imports(image: Image): Record<string, WebAssembly.ImportValue> {
    const isKernel = image.kind === 'kernel';
    return {
      miss: this.#cache.miss,
      walk: this.#tlb.walk,
      kfault: (address: bigint, fp: number, write: number) => {
        const top = address >> 47n;
        throw new KernelFault(
          top === 0n || top === -1n ? TRAP.PAGEFLT : TRAP.PROTFLT,
          address,
          fp,
          write !== 0,
        );
      },
      trap: (trapno: number, fp: number) => {
        throw new KernelFault(trapno, 0n, fp, false);
      },
      hw: () => this.#devices.access(isKernel),
      flush: () => this.#ringFull(),
      ghostprobe: (site: number) => this.#ghostProbe(site),
    };
  }

  #ringFull(): void {
    this.flushRecords();
    if (!this.stopAtRecords) return;
    this.#recordMade = true;
    this.memory.write53(CPU.horizon, 0);
  }

  /**
   * Loads code with line marks beside the machine's own: the marked images in the order of `images`, undefined where there is none. It is
   * executed while `onLine` is set, and does what the other does.
   */
  loadMarked(marked: (Image | undefined)[]): void {
    this.markedImages = marked;
    const table = new WebAssembly.Table({ initial: this.functions.size, element: 'anyfunc' });
    this.images.forEach(({ image, tbase }, i) => {
      const code = marked[i] ?? image;
      const global = (value: number) => new WebAssembly.Global({ value: 'i32', mutable: false }, value);
      new WebAssembly.Instance(compiledNow(code), {
        env: {
          memory: this.#memory,
          table,
          tbase: global(tbase),
          marks: global(this.layout.marks),
          mark: (fp: number, index: number, pc: number, line: number) => this.#line(fp, index, pc, line),
          ...this.#imports(image),
        },
      });
    });
    this.#marked = this.#instantiateRuntime(table);
  }

  #line(fp: number, index: number, pc: number, line: number): number {
    const m = this.memory;
    const at: Line = {
      cpu: this.state.current,
      fp,
      pcb: m.i32[CPU.pcb >> 2],
      user: (m.i32[CPU.flags >> 2] & FLAG_USER) !== 0,
      clock: this.clock,
      index,
      pc,
      line: line & ~MARK_ENTRY,
      entry: (line & MARK_ENTRY) !== 0,
    };
    if (this.onLine?.(at) !== true) return 0;
    this.state.line = at;
    return 1;
  }

  /** Which functions, by table index, tell of their lines. */
  markLines(wanted: 'all' | Iterable<number>): void {
    const { marks } = this.layout;
    const { bytes8 } = this.memory;
    bytes8.fill(wanted === 'all' ? 1 : 0, marks, marks + this.functions.size);
    if (wanted !== 'all') for (const index of wanted) bytes8[marks + index] = 1;
  }

  /** Gives what is in the record ring to the recorder and empties it. */
  flushRecords(): void {
    const m = this.memory;
    const end = m.i32[REC_PTR >> 2];
    if (end === this.layout.ring) return;
    this.options.onRecords?.(m.bytes8.subarray(this.layout.ring, end));
    m.i32[REC_PTR >> 2] = this.layout.ring;
  }

  /** Queues an event made by the running CPU, which must look up in time for it. */
  #schedule(cycle: number, kind: number, cpu: number, arg: number): EventHandle {
    this.#hasten(cycle, cycle);
    this.#mayStay(false);
    return this.events.schedule(cycle, kind, cpu, arg);
  }

  /** The running CPU's turn ends earlier than was thought. */
  #hasten(horizon: number, syncLimit: number): void {
    const m = this.memory;
    const turn = this.state.turn;
    if (horizon < m.read53(CPU.horizon)) m.write53(CPU.horizon, horizon);
    if (syncLimit < m.read53(CPU.syncLimit)) m.write53(CPU.syncLimit, syncLimit);
    if (turn === undefined) return;
    turn.horizon = Math.min(turn.horizon, horizon);
    turn.syncLimit = Math.min(turn.syncLimit, syncLimit);
  }

  #setTimer(cpu: number, deadline: number, cycle: number): void {
    const state = this.state.cpu[cpu];
    if (state.timer >= 0) this.events.cancel(state.timer);
    this.#mayStay(false);
    state.timer = deadline === 0 ? -1 : this.#schedule(Math.max(deadline, cycle), EVENT_TIMER, cpu, 0);
  }

  #startCpu(cpu: number, stack: number, size: number, cycle: number): void {
    if (cpu <= 0 || cpu >= this.cpus || this.state.cpu[cpu].state !== OFF) return;
    const me = this.state.current;
    this.#loadBlock(cpu);
    const start = cycle + this.profile.ipiLatency;
    this.memory.write53(CPU.clock, start);
    this.#firstFrame(stack, size, this.#kernelFunction('init_secondary'), [cpu, 0]);
    this.state.cpu[cpu].state = RUNNING;
    this.state.cpu[cpu].clock = start;
    this.#loadBlock(me);
    this.#hasten(start + this.profile.ipiLatency, start);
    this.#mayStay(false);
  }

  // Ghost execution: guest code that leaves no trace in the machine.

  /**
   * Runs a kernel function to its end outside simulated time: nothing is charged, caches and predictor stay as they are. Its
   * effects on memory are real, so only code made for it may run so. `caller` is the frame it seems called from.
   */
  ghostCall(name: string, args: bigint[], caller = 0, pc: Words = ZERO): bigint {
    return this.#ghost.call(name, args, caller, pc);
  }

  /** The same in the place of a CPU: its thread, its clock. Only while the machine stands still. */
  ghostCallOn(cpu: number, name: string, args: bigint[]): bigint {
    this.#loadBlock(cpu);
    return this.ghostCall(name, args);
  }

  /**
   * The same as an interrupt at `cycle` would: the function is given a trapframe that says where the CPU was. A CPU that sleeps has its clock set
   * for as long as it takes.
   */
  ghostInterrupt(cpu: number, name: string, cycle: number): void {
    this.#loadBlock(cpu);
    this.#ghost.interrupt(name, cycle);
  }

  /** Where ghost code may keep its data: the arena between the ghost stacks and what follows. */
  get ghostArena(): Arena {
    return this.#ghost.arena;
  }

  /** Where expressions that a debugger asks for keep what they need for a moment. */
  get evalArena(): Arena {
    return this.#ghost.evalArena;
  }

  /** Where a kernel module that is loaded in ghost execution keeps what it needs for good. */
  get moduleArena(): Arena {
    return this.#ghost.moduleArena;
  }

  #ghostProbe(site: number): void {
    const m = this.memory;
    const hook = this.siteHooks.get(site);
    if (hook !== undefined) {
      hook(this.state.current);
      return;
    }
    const arg = (i: number) => m.view.getBigUint64(CPU.trapArgs + 8 * i, true);
    const pc = words(arg(0));
    const fp = Number(arg(1) & 0xffffffffn);
    if (site < 0) this.ghostCall('fbt_invop', [arg(2), arg(3), arg(4)], fp, pc);
    else {
      const id = BigInt(m.u32[(site + 4) >> 2]);
      this.ghostCall('dtrace_probe', [id, arg(2), arg(3), arg(4), arg(5), arg(6)], fp, pc);
    }
  }

  /**
   * The running CPU's L1 tags and predictor change places with a second set of its own (on), so that what follows finds and leaves its lines
   * there; or back. Meanwhile the caches beyond are looked at but do not change.
   */
  scratchTags(on: boolean): void {
    this.#scratch.swap(this.state.current, on);
  }

  /** What `scratchTags` keeps outside of linear memory. */
  saveScratch(): ScratchState {
    return this.#scratch.save();
  }
  restoreScratch(saved: ScratchState): void {
    this.#scratch.restore(saved);
  }

  // What the outside may ask.

  /** Sums over all CPUs. */
  get stats(): MachineStats {
    const sum = (offset: number) => {
      let total = 0;
      for (let cpu = 0; cpu < this.cpus; cpu++) {
        const base = cpu === this.state.current ? 0 : this.layout.cpuBlock(cpu) - CPU_BLOCK;
        total += this.memory.read53(base + offset);
      }
      return total;
    };
    return {
      instructions: sum(CPU.instructions),
      l1Misses: sum(CPU.l1Misses),
      l2Misses: sum(CPU.l2Misses),
      l3Misses: sum(CPU.l3Misses),
      transfers: sum(CPU.transfers),
      tlbMisses: sum(CPU.tlbMisses),
      mispredicts: sum(CPU.mispredicts),
      memCycles: sum(CPU.memCycles),
    };
  }
}

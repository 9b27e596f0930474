/**
 * What can be asked of a live machine beyond its events: source, stacks, memory, D expressions; and how it is stepped.
 *
 * Looking never disturbs the run: a machine that was looked at ends with the digest of one that was not.
 */

/** A variable as a debugger shows it. */
export interface VariableView {
  name: string;
  /** As C declares it: 'struct thread *'. */
  type: string;
  /** Its value in words; '(not live here)' when the compiler keeps it nowhere at this point. */
  value: string;
}

export interface FrameView {
  /** 'kernel' or the program. */
  image: string;
  function: string;
  /** Bytes from the function's start. */
  offset: number;
  file: string;
  line: number;
  arguments: VariableView[];
  locals: VariableView[];
  /** A trap or interrupt lies between this frame and the one that called it. */
  interrupted: boolean;
}

/** What one step is. `line`, `over` and `out` follow the thread that runs on the chosen CPU. */
export type StepUnit = 'block' | 'line' | 'over' | 'out' | 'event' | 'tick' | 'firing' | 'syscall';

/** Where to stop: one of these. */
export interface BreakSpec {
  /** Function's entry. */
  function?: string;
  /** 'kern/kern_mutex.c:118'. */
  line?: string;
  /** Any lock event on this lock (hexadecimal address or lo_name). */
  lock?: string;
  /** A D predicate, tested at each event: 'curthread->td_state == 1 && cpu == 2'. */
  predicate?: string;
}

export interface StopView {
  /** What was reached: the step's own end, a break (its index), the run's end or its beginning. */
  reason: 'step' | 'break' | 'end' | 'start' | 'interrupted';
  break?: number;
  cycle: number;
  cpu: number;
}

export type SearchView = Generator<number, StopView>;

export interface DtraceView {
  /** What dtrace(1) has printed so far. */
  output: string;
  /** Aggregations as they stand now, as printa would show them. */
  aggregations: string;
  /** Principal, aggregation, dynamic variable, speculative drops. */
  drops: { kind: string; count: number }[];
  /** By clause, in program order: its probe description, firings, cycles charged. */
  clauses: { probe: string; firings: number; cycles: number }[];
}

/** Controls of a live run; it is also a RunView (traces/playback/run-view.ts) of the events so far. */
export interface LiveControls {
  /** Grows whenever the machine is brought to another place. Two places may have one cycle and one event: lines of a block. */
  readonly moves: number;
  /** Cycle that it stands at. */
  readonly cycle: number;
  /** Events before this cycle are all known. */
  readonly settled: number;
  step(unit: StepUnit, direction: 1 | -1, cpu: number): StopView;
  /** Code with line marks is at hand: else the first step by line takes seconds. */
  readonly linesReady: boolean;
  prepareLines(): void;
  /** Runs forward or goes back to the first moment at or after this cycle. */
  runTo(cycle: number): StopView;
  /** On to the next (or back to the last) break. `interrupt` is asked now and then and may end the search. */
  resume(direction: 1 | -1, breaks: readonly BreakSpec[], interrupt?: () => boolean): StopView;
  /**
   * `resume` and `runTo` in pieces: whenever `pause` says so they yield the cycle that they have come to. In between the machine may be looked at,
   * not moved. Ended early (`return`), a run forward stays where it has come to, and one backward is undone.
   */
  resuming(direction: 1 | -1, breaks: readonly BreakSpec[], pause: () => boolean): SearchView;
  runningTo(cycle: number, pause: () => boolean): SearchView;
  /** Throws UserError for a break that cannot be set. */
  checkBreak(spec: BreakSpec): void;
  /** Frames of the thread on a CPU, or of any thread; innermost first. */
  stack(where: { cpu: number } | { tid: number }): FrameView[];
  /** Text of a source file of the images, undefined when there is none. */
  source(image: string, file: string): string | undefined;
  memory(address: bigint, length: number): Uint8Array;
  /** Value of a D expression on a CPU ('`ticks', 'curthread->td_name', '*(struct proc *)0x…'), in words. Throws Error with D's message. */
  evaluate(expression: string, cpu: number): string;
  dtrace(): DtraceView | undefined;
}

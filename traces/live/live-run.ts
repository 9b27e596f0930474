/**
 * A live run as the screens see it: its events so far like those of a trace, and a machine that can be stepped and looked into.
 *
 * Both are at one position. Moving among events moves the view at once; the machine follows when it is looked at or stepped.
 */
import { DtraceViewer } from '../../engine/live/dtrace-view.ts';
import { Evaluator } from '../../engine/live/evaluate.ts';
import { Inspector } from '../../engine/live/inspect.ts';
import { LiveMachine, type LiveOptions, NEVER } from '../../engine/live/live-machine.ts';
import { Stepper } from '../../engine/live/steps.ts';
import { catalogOf } from '../../engine/run/dtrace-session.ts';
import { checkFork, type Fork } from '../../engine/run/forks.ts';
import type { RunInputs } from '../../engine/run/inputs.ts';
import type {
  BreakSpec,
  DtraceView,
  FrameView,
  LiveControls,
  SearchView,
  StepUnit,
  StopView,
} from '../../engine/run/live-view.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { ThreadNames } from '../diff/threads.ts';
import type { TraceText } from '../format.ts';
import { learnThreads, SourceView } from '../playback/view.ts';
import { SymbolTable } from '../symbols.ts';
import { LiveSource } from './live-source.ts';

export interface LiveRunOptions extends LiveOptions {
  /** Called while the machine boots, or is brought to where the run should begin; true gives up. */
  progress?: (cycle: number) => boolean;
  /** Stay at power-on instead of running until the guest has booted. */
  fromPowerOn?: boolean;
}

/** Cycles between two looks at who may interrupt. */
const STRIDE = 20_000_000;

export class LiveRun extends SourceView implements LiveControls {
  readonly live: LiveMachine;
  /** What its session was opened with; forks and recordings of the run take the same. */
  readonly hooks: LiveOptions['hooks'];
  readonly inspector: Inspector;
  readonly evaluator: Evaluator;
  readonly #events: LiveSource;
  readonly #stepper: Stepper;
  readonly #dtraceViewer: DtraceViewer;
  readonly #names = new ThreadNames();
  #learnt = 0;
  #probes: ReturnType<typeof catalogOf> | undefined;
  /** Where the view has been moved to while the machine stayed. */
  #elsewhere: number | undefined;
  #moves = 0;

  /** Builds the machine and boots it. Throws UserError, CompileError, DtraceError. */
  static async open(inputs: RunInputs, options: LiveRunOptions = {}): Promise<LiveRun> {
    const live = await LiveMachine.open(inputs, options);
    const run = new LiveRun(live, new LiveSource(live.log), options.hooks);
    if (options.fromPowerOn !== true) await run.#boot(options.progress);
    run.#follow();
    return run;
  }

  private constructor(live: LiveMachine, events: LiveSource, hooks: LiveOptions['hooks']) {
    const { session } = live;
    super(events, {
      title: session.inputs.scenario.name,
      kind: 'live',
      clockHz: session.profile.clockHz,
      cpus: session.inputs.cpus,
      sites: session.sites.map(({ provider, module, function: fn, name, args }) => ({
        provider,
        module,
        function: fn,
        name,
        args,
      })),
    });
    this.live = live;
    this.hooks = hooks;
    this.#events = events;
    this.inspector = new Inspector(live);
    this.#dtraceViewer = new DtraceViewer(live);
    this.evaluator = new Evaluator(live);
    this.#stepper = new Stepper(live, this.evaluator);
  }

  async #boot(progress: LiveRunOptions['progress']): Promise<void> {
    const { live } = this;
    let started = true;
    while (!live.session.ready && live.end === undefined) {
      live.toReady(() => {
        started = !started;
        return started;
      });
      if (progress?.(live.reached) === true)
        throw new UserError('interrupted while the guest was booting', 1);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (live.end !== undefined)
      throw new UserError(
        `the guest did not boot: ${'message' in live.end ? live.end.message : live.end.reason}`,
        1,
      );
  }

  /** The machine stands where it is wanted: the view shows that. */
  #follow(): void {
    this.#moves++;
    this.#elsewhere = undefined;
    this.#update();
    super.goto(this.live.seq);
  }

  #update(): void {
    const before = this.#events.events;
    const from = this.#events.update();
    if (from < before) this.position.forget(from);
  }

  /** Brings the machine to where the view is. */
  #here(): LiveMachine {
    const { live } = this;
    const seq = this.#elsewhere;
    this.#elsewhere = undefined;
    if (seq === 0) live.toStart();
    else if (seq !== undefined) live.goto(live.afterRecord(live.log.atSeq(seq - 1)));
    return live;
  }

  /**
   * Another future: this run up to where it stands, with something changed from there on. It is executed anew, so this one stays as it is; and
   * its inputs say it all, so a recording of it can be executed again. Throws UserError, DtraceError.
   */
  async fork(change: Omit<Fork, 'cycle'>, options: LiveRunOptions = {}): Promise<LiveRun> {
    this.#here();
    const { inputs } = this.live.session;
    if (this.live.end !== undefined) throw new UserError('fork: the run has ended here; go back first');
    const cycle = Math.floor(this.live.now);
    const fork = { ...change, cycle };
    checkFork(fork, inputs.forks ?? []);
    return LiveRun.openAt({ ...inputs, forks: [...(inputs.forks ?? []), fork] }, cycle, {
      hooks: this.hooks,
      ...options,
    });
  }

  /** Opens a run and brings it to a cycle. Throws UserError, CompileError, DtraceError. */
  static async openAt(inputs: RunInputs, cycle: number, options: LiveRunOptions = {}): Promise<LiveRun> {
    const run = await LiveRun.open(inputs, { ...options, fromPowerOn: true });
    const { live } = run;
    while (live.reached < cycle && live.end === undefined) {
      live.goto({ cpu: -1, cycle: Math.min(cycle, live.reached + STRIDE), made: 0 });
      if (options.progress?.(live.reached) === true) throw new UserError('interrupted on the way', 1);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    run.runTo(cycle);
    return run;
  }

  // RunView

  get ended(): boolean {
    return this.live.frontier.end !== undefined;
  }

  get endCycle(): number {
    return this.live.frontier.cycle;
  }

  override goto(seq: number): void {
    const to = Math.max(0, Math.min(this.events, Math.floor(seq)));
    if (to === this.live.seq && this.#elsewhere === undefined) return;
    super.goto(to);
    this.#moves++;
    this.#elsewhere = to;
  }

  override gotoCycle(cycle: number): void {
    if (cycle >= this.live.settled) this.runTo(cycle);
    else this.goto(this.seqAt(cycle));
  }

  override texts(kind: TraceText['kind']): TraceText[] {
    const { live } = this;
    const cycle = this.#elsewhere === undefined ? live.now : this.state.cycle;
    const texts =
      this.#elsewhere === undefined && live.place.cpu >= 0 ? live.texts.slice(0, live.textsMade) : live.texts;
    return texts.filter((text) => text.kind === kind && text.cycle <= cycle);
  }

  protected override names(): ThreadNames {
    // The order of events may change at the tip, but what they say of threads does not.
    for (let n = Math.floor(this.#learnt / 8192); n < this.#events.chunkCount; n++)
      learnThreads(this.#names, this.table, this.#events.columns(n));
    this.#learnt = this.#events.events;
    return this.#names;
  }

  protected override probeName(id: number): string | undefined {
    const { machine, session } = this.live;
    if (!session.ready) return undefined;
    this.#probes ??= catalogOf(machine, session.images[0]);
    const row = this.#probes.get(id);
    return row === undefined ? undefined : `${row.provider}:${row.module}:${row.func}:${row.name}`;
  }

  #symbols: SymbolTable | undefined;

  override symbol(address: bigint): string | undefined {
    this.#symbols ??= new SymbolTable(this.live.session.images.find(({ name }) => name === 'kernel'));
    return this.#symbols.nameOf(address);
  }

  close(): void {}

  // LiveControls

  get moves(): number {
    return this.#moves;
  }

  get settled(): number {
    return this.live.settled;
  }

  get linesReady(): boolean {
    return this.live.marked;
  }

  prepareLines(): void {
    this.live.loadMarked();
  }

  get cycle(): number {
    return this.#here().now;
  }

  step(unit: StepUnit, direction: 1 | -1, cpu: number): StopView {
    this.#here();
    return this.#moved(this.#stepper.step(unit, direction, cpu));
  }

  runTo(cycle: number): StopView {
    return this.#moved(this.#stepper.runTo(Math.min(cycle, NEVER)));
  }

  resume(direction: 1 | -1, breaks: readonly BreakSpec[], interrupt?: () => boolean): StopView {
    this.#here();
    return this.#moved(this.#stepper.resume(direction, breaks, interrupt));
  }

  *resuming(direction: 1 | -1, breaks: readonly BreakSpec[], pause: () => boolean): SearchView {
    this.#here();
    return yield* this.#following(direction > 0, this.#stepper.resuming(direction, breaks, pause));
  }

  *runningTo(cycle: number, pause: () => boolean): SearchView {
    const to = Math.min(cycle, NEVER);
    const forward = to >= this.#here().now;
    return yield* this.#following(forward, this.#stepper.runningTo(to, pause));
  }

  /** The view goes along with a run forward; it waits for where a search backward ends. */
  *#following(along: boolean, search: SearchView): SearchView {
    try {
      for (;;) {
        const piece = search.next();
        if (piece.done === true) return piece.value;
        if (along) this.#follow();
        yield piece.value;
      }
    } finally {
      search.return({ reason: 'interrupted', cycle: this.live.now, cpu: 0 });
      this.#follow();
    }
  }

  /** Throws UserError for a break that cannot be set. */
  checkBreak(spec: BreakSpec): void {
    this.#stepper.checkBreak(spec);
  }

  #moved(stop: StopView): StopView {
    this.#follow();
    return stop;
  }

  stack(where: { cpu: number } | { tid: number }): FrameView[] {
    this.#here();
    return this.inspector.stack(where);
  }

  source(image: string, file: string): string | undefined {
    return this.inspector.source(image, file);
  }

  memory(address: bigint, length: number): Uint8Array {
    this.#here();
    return this.inspector.memory(address, length);
  }

  evaluate(expression: string, cpu: number): string {
    this.#here();
    return this.evaluator.evaluate(expression, cpu);
  }

  dtrace(): DtraceView | undefined {
    if (this.live.session.dtrace === undefined) return undefined;
    this.#here();
    const output = this.texts('dtrace')
      .map((text) => text.text)
      .join('');
    return { output, ...this.#dtraceViewer.view() };
  }
}

/**
 * A session: one run from power-on to its end, with its recorder and its D program.
 *
 *     inputs -> images -> machine -> boot to `ready` -> (compile D, enable) -> /etc/rc -> end
 *
 * The machine runs in slices of simulated time, so that the host can show progress and react to ^C; slicing changes nothing
 * in simulated time.
 */
import { storedImage } from '../guestc/cache.ts';
import { kernelRecipe, programNames, programRecipe, type Recipe } from '../guestc/recipes.ts';
import type { Image } from '../image/image.ts';
import { loadProfile, type Profile } from '../image/profile.ts';
import { type Checkpoint, checkpoint, restore } from '../machine/checkpoint.ts';
import { Machine, type MachineStats, type Stop } from '../machine/machine.ts';
import { type Boot, type BootKeeper, type BootMessage, bootKey, bootOf, takeUp } from './boots.ts';
import { Charges } from './charges.ts';
import { DtraceSession, type FileChange, PID_PROVIDER } from './dtrace-session.ts';
import { type Fork, forkTracing } from './forks.ts';
import { GuestConsumers } from './guest-consumers.ts';
import { identity, type RunInputs } from './inputs.ts';
import { defaultSites, enableSites, fbtSites, type Site } from './sites.ts';
import { UserError } from './user-error.ts';

/** Cycles run between two looks at the host. */
const SLICE = 20_000_000;
/** After the time limit a consumer may take this long (simulated) to finish its output. */
const GRACE_NS = 15e9;
const SIGINT = 2;

export interface SessionHooks {
  /** The guest's console. */
  console?: (bytes: Uint8Array, cycle: number, kernel: boolean) => void;
  /** Records of enabled sites as the ring is emptied. */
  records?: (ring: Uint8Array) => void;
  /** Ring site numbers that are wanted; default all of defaultSites. Empty: record nothing. */
  sites?: (site: Site) => boolean;
  mark?: (text: string, cycle: number) => void;
  /** DTrace's standard output and error. */
  dtraceOut?: (bytes: Uint8Array) => void;
  /** freopen() and ftruncate() of a D program: where its standard output goes from here on. */
  dtraceFile?: (change: FileChange) => void;
  dtraceErr?: (text: string) => void;
  /** Called between slices with the largest clock. Return true to stop. */
  progress?: (cycles: number) => boolean;
  /** In place of a breath between slices, once the guest is ready: where an interactive session types, and waits for keys. */
  turn?: () => Promise<void>;
  /** Text was typed by `type`. */
  typed?: (text: string, cycle: number) => void;
  /** Cycles run between two looks at the host. */
  slice?: number;
  /** Where boots are kept that runs have in common: one that was executed before is taken up instead of executed again. */
  boots?: BootKeeper;
  /** Programs beyond those of models/user/bin, under their names. */
  extraPrograms?: Image[];
  /** Images to take in place of the shipped ones: 'kernel', or a program's name. */
  image?: (name: string, profile: Profile, pidSites: boolean) => Image | undefined;
}

export interface RunResult {
  stop: Stop | { reason: 'interrupted' } | { reason: 'dtrace' };
  /** When the user asked to stop, if so: what comes after is no consequence of the inputs. */
  interruptedCycle?: number;
  /** Exit status of /etc/rc's last command; undefined when it never ended. */
  exitStatus: number | undefined;
  /** When boot was done, and when the last command of /etc/rc ended. */
  readyCycle: number;
  endCycle: number;
  cycles: number;
  stats: MachineStats;
  /** Of that, what was counted while /etc/rc ran. */
  commandStats: MachineStats;
  /** DTrace's exit status when it ran. */
  dtraceStatus?: number;
  /** Tracing was ended because the simulated time allowed was over. */
  timeUp?: true;
}

/** A run as it stood at one moment. */
export interface SavedRun {
  machine: Checkpoint;
  goBack(): void;
}

export class Session {
  readonly inputs: RunInputs;
  readonly profile: Profile;
  readonly images: Image[];
  readonly machine: Machine;
  #identity: string | undefined;
  #sites: Site[] | undefined;
  /** What traces now. */
  dtrace: DtraceSession | undefined;
  /** What a fork's program took the place of. */
  #former: DtraceSession | undefined;
  readonly #consumers: GuestConsumers;
  readonly #hooks: SessionHooks;
  #exitStatus: number | undefined;
  #readyCycle = 0;
  #endCycle = 0;
  #readyStats: MachineStats | undefined;
  #endStats: MachineStats | undefined;
  /** Simulated time granted so far: the end of the slice in hand. Ahead of every clock while all CPUs sleep. */
  #granted = 0;
  /** Simulated time that has certainly passed: `advance` has come this far, whether a CPU ran or not. */
  reached = 0;
  /** The slice in hand has not been run to its end. */
  #inSlice = false;
  /** Forks that have been taken, and whether the slice in hand ends at the next. */
  #forked = 0;
  #forks = false;
  /** Firings cost nothing from the end of this slice on. */
  #flips = false;
  /** It has happened. */
  #flipped = false;
  #ready = false;
  #attached = false;
  #interrupted = false;
  #interruptedCycle: number | undefined;
  #timeUp = false;
  /** What the boot in hand tells the host, while it is to be kept. */
  #messages: BootMessage[] | undefined;

  /** Compiles (or loads) the images and builds the machine. Throws UserError, CompileError. */
  static async open(inputs: RunInputs, hooks: SessionHooks = {}): Promise<Session> {
    const profile = loadProfile(inputs.machine);
    const kernel = hooks.image?.('kernel', profile, false) ?? (await image(kernelRecipe(profile), profile));
    const dtrace = inputs.dtrace === undefined ? undefined : new DtraceSession(inputs.dtrace, kernel);
    const programs: Image[] = [];
    for (const name of wantedPrograms(inputs, dtrace, hooks.extraPrograms ?? [])) {
      const pidSites = namesProcesses(inputs, dtrace) && !UNTRACED.has(name);
      const own = hooks.image?.(name, profile, pidSites);
      programs.push(own ?? (await image(programRecipe(name, pidSites), profile)));
    }
    programs.push(...(hooks.extraPrograms ?? []));
    const session: { current?: Session } = {};
    const cycleLimit =
      inputs.simtimeNs === undefined ? undefined : Math.round((inputs.simtimeNs * profile.clockHz) / 1e9);
    const consumers = new GuestConsumers(kernel, dtrace?.call);
    const machine = await Machine.create({
      profile,
      kernel,
      programs,
      files: rootFiles(inputs, dtrace),
      links: { '/bin/sh': 'csh' },
      kenv: {},
      seed: inputs.seed,
      cpus: inputs.cpus,
      consoleInput: [
        ...inputs.scenario.console.map(({ atNs, text }) => ({
          cycle: Math.round((atNs * profile.clockHz) / 1e9),
          text,
        })),
        ...(inputs.typed ?? []),
      ],
      cycleLimit,
      onConsole: (bytes, cycle, kernel) => {
        if (dtrace?.systemRunning === true) session.current?.drain(); // what comes before the command's output
        session.current?.telling({ kind: 'console', bytes, cycle, kernel });
        hooks.console?.(bytes, cycle, kernel);
      },
      onRecords:
        hooks.records === undefined
          ? undefined
          : (ring) => {
              session.current?.telling({ kind: 'records', ring });
              hooks.records?.(ring);
            },
      onMark: (text, cycle) => session.current?.marked(text, cycle),
      libdtrace: {
        call: consumers.call,
        get over() {
          return session.current?.dtrace?.finishedRun === true;
        },
      },
    });
    consumers.machine = machine;
    session.current = new Session(inputs, hooks, profile, [kernel, ...programs], machine, dtrace, consumers);
    return session.current;
  }

  private constructor(
    inputs: RunInputs,
    hooks: SessionHooks,
    profile: Profile,
    images: Image[],
    machine: Machine,
    dtrace: DtraceSession | undefined,
    consumers: GuestConsumers,
  ) {
    this.#consumers = consumers;
    this.inputs = inputs;
    this.#hooks = hooks;
    this.profile = profile;
    this.images = images;
    this.machine = machine;
    this.dtrace = dtrace;
    if (hooks.records !== undefined) enableSites(machine, images[0], this.sites);
    if (dtrace !== undefined) dtrace.charges = new Charges(machine, images[0], dtrace.suppressed);
  }

  /** What is known of a run before it begins: two with the same are equal to the last cycle. */
  get identity(): string {
    this.#identity ??= identity(this.inputs, this.images);
    return this.#identity;
  }

  /** Recorded sites, in the order of the trace's site table. */
  get sites(): Site[] {
    const [kernel] = this.images;
    this.#sites ??= [
      ...defaultSites(kernel, this.machine.memory),
      ...(this.inputs.recordFbt ?? []).flatMap((pattern) => fbtSites(kernel, pattern)),
    ].filter(this.#hooks.sites ?? (() => true));
    return this.#sites;
  }

  private marked(text: string, cycle: number): void {
    if (text === 'ready') {
      this.#readyCycle = cycle;
      this.#readyStats = this.machine.stats;
    }
    const status = /^status (-?\d+)$/.exec(text);
    if (status !== null) {
      this.#exitStatus = Number(status[1]);
      this.#endCycle = cycle;
      this.#endStats = this.machine.stats;
    }
    this.telling({ kind: 'mark', text, cycle });
    this.#hooks.mark?.(text, cycle);
  }

  private telling(message: BootMessage): void {
    this.#messages?.push(message.kind === 'records' ? { ...message, ring: message.ring.slice() } : message);
  }

  /** The run as it stands between two calls of `advance`: the machine, and DTrace's host half. Calling the result goes back to it. */
  checkpoint(): () => void {
    return this.save().goBack;
  }

  /** The same, sharing memory with an earlier checkpoint. */
  save(base?: Checkpoint): SavedRun {
    const machine = checkpoint(this.machine, base);
    const [tracing, former] = [this.dtrace, this.#former];
    const dtrace = tracing?.save();
    const formerState = former?.save();
    const seed = this.machine.random.seed;
    const consumers = this.#consumers.save();
    const { reached } = this;
    const fields = [this.#exitStatus, this.#readyCycle, this.#endCycle, this.#granted] as const;
    const forks = [this.#forked, this.#forks] as const;
    const more = [this.#inSlice, this.#flips, this.#flipped, this.#ready, this.#attached] as const;
    const timeUp = this.#timeUp;
    const stats = [this.#readyStats, this.#endStats] as const;
    return {
      machine,
      goBack: () => {
        restore(this.machine, machine);
        [this.dtrace, this.#former] = [tracing, former];
        dtrace?.();
        formerState?.();
        this.machine.random.seed = seed;
        consumers();
        this.reached = reached;
        [this.#exitStatus, this.#readyCycle, this.#endCycle, this.#granted] = fields;
        [this.#forked, this.#forks] = forks;
        [this.#inSlice, this.#flips, this.#flipped, this.#ready, this.#attached] = more;
        [this.#readyStats, this.#endStats] = stats;
        this.#timeUp = timeUp;
      },
    };
  }

  /** Runs until the guest is ready. Throws UserError when it does not get there. */
  async boot(): Promise<void> {
    const stop = await this.#boot();
    if (stop.reason !== 'mark')
      throw new UserError(`the guest did not boot: ${'message' in stop ? stop.message : stop.reason}`, 1);
  }

  /** Runs to the end. */
  async run(): Promise<RunResult> {
    let stop: RunResult['stop'] | undefined = await this.#boot();
    if (stop.reason === 'mark') {
      for (stop = undefined; stop === undefined; stop = this.advance())
        await (this.#hooks.turn?.() ?? breathe());
      this.dtrace?.finish();
    }
    this.drain();
    return this.result(stop);
  }

  /** What a run that stopped so came to. */
  result(stop: RunResult['stop']): RunResult {
    return {
      stop,
      exitStatus: this.#exitStatus,
      readyCycle: this.#readyCycle,
      endCycle: this.#endCycle === 0 ? this.machine.now : this.#endCycle,
      cycles: this.machine.now,
      stats: this.machine.stats,
      commandStats: difference(this.#endStats ?? this.machine.stats, this.#readyStats),
      dtraceStatus: this.dtrace?.exitStatus,
      ...(this.#timeUp ? { timeUp: true } : {}),
      ...(this.#interruptedCycle === undefined ? {} : { interruptedCycle: this.#interruptedCycle }),
    };
  }

  async #boot(): Promise<Stop> {
    const { boots } = this.#hooks;
    const key = boots === undefined || this.machine.now > 0 ? undefined : this.#bootKey();
    const ready: Stop = { reason: 'mark', text: 'ready' };
    if (key !== undefined) {
      const boot = boots?.find(key);
      if (boot !== undefined && this.#takeUp(boot)) return ready;
      this.#messages = [];
    }
    while (!this.#ready) {
      const stop = this.advance();
      if (stop !== undefined) {
        this.#messages = undefined;
        return stop as Stop;
      }
      if (!this.#ready) await breathe();
    }
    // One that was forked is nobody else's.
    if (key !== undefined && this.#messages !== undefined && this.#forked === 0) {
      const state = {
        readyCycle: this.#readyCycle,
        readyStats: this.#readyStats,
        granted: this.#granted,
        reached: this.reached,
      };
      boots?.keep(key, bootOf(this.machine, state, this.#messages));
    }
    this.#messages = undefined;
    return ready;
  }

  /** What decides this run's boot. */
  #bootKey(): string | undefined {
    const { withoutDtrace } = this.inputs;
    const recorded = this.#hooks.records === undefined ? [] : this.sites.map(({ number }) => number);
    const suppressed = [...(this.dtrace?.suppressed ?? [])].sort();
    return bootKey(this.machine, [withoutDtrace === true, recorded, suppressed]);
  }

  /** As if it had been executed here. False: it does not suit. */
  #takeUp(boot: Boot): boolean {
    // A fork amid the boot parts it from the others'.
    if ((this.inputs.forks?.[0]?.cycle ?? Number.POSITIVE_INFINITY) <= boot.state.granted) return false;
    if (!takeUp(boot, this.machine)) return false;
    const { readyCycle, readyStats, granted, reached } = boot.state;
    [this.#readyCycle, this.#readyStats, this.#granted] = [readyCycle, readyStats, granted];
    this.reached = reached;
    this.#ready = true;
    const hooks = this.#hooks;
    for (const message of boot.messages)
      if (message.kind === 'records') hooks.records?.(message.ring);
      else if (message.kind === 'console') hooks.console?.(message.bytes, message.cycle, message.kernel);
      else hooks.mark?.(message.text, message.cycle);
    return true;
  }

  /** Boot is done: /etc/rc is about to run. */
  get ready(): boolean {
    return this.#ready;
  }

  /**
   * Runs on: to the end of the slice in hand, or to where the machine stops before it (`until`, `machine.stopAt`, `machine.stopAtRecords`). The
   * result says how the run ended; undefined: it goes on. Where it is made to stop changes nothing.
   */
  advance(until = Number.POSITIVE_INFINITY): RunResult['stop'] | undefined {
    const limit = this.#cycles(this.inputs.simtimeNs ?? Number.POSITIVE_INFINITY);
    const patience = limit + this.#cycles(GRACE_NS);
    this.attach();
    if (!this.#inSlice) {
      const flip =
        this.#ready && !this.#flipped
          ? (this.inputs.chargesUntil ?? Number.POSITIVE_INFINITY)
          : Number.POSITIVE_INFINITY;
      const next = this.#granted + (this.#ready ? (this.#hooks.slice ?? SLICE) : SLICE);
      const wanted = this.#ready ? Math.min(next, this.#granted < limit ? limit : patience) : next;
      // It may lie before what booting was granted.
      this.#flips = wanted >= flip;
      const fork = this.inputs.forks?.[this.#forked]?.cycle ?? Number.POSITIVE_INFINITY;
      this.#forks = Math.min(wanted, flip) >= fork;
      if (this.#forks) this.#flips = flip <= fork;
      this.#granted = Math.min(wanted, flip, fork);
      this.#inSlice = true;
    }
    const stop = this.#run(Math.min(this.#granted, until));
    if (stop.reason === 'stopped' || stop.reason === 'record' || stop.reason === 'line') return undefined;
    if (stop.reason === 'limit') this.reached = Math.max(this.reached, Math.min(this.#granted, until));
    if (stop.reason === 'limit' && until < this.#granted) return undefined;
    this.#inSlice = false;
    if (this.#flips) this.#flip();
    if (this.#forks && stop.reason === 'limit') this.#fork();
    return this.#ready ? this.#betweenSlices(stop, limit, patience) : this.#booting(stop);
  }

  /** The machine to a cycle; ghosts' timers go off on the way. */
  #run(until: number): Stop {
    for (;;) {
      const due = Math.min(...this.#tracing.map((dtrace) => dtrace.due));
      const stop = this.machine.run(Math.min(until, due), !this.#ready);
      if (stop.reason !== 'limit' || due > until) return stop;
      for (const dtrace of this.#tracing) dtrace.fire(due);
    }
  }

  /** Once the guest is ready: compiles the D program for it. `advance` does it by itself. Throws DtraceError. */
  attach(): void {
    if (!this.#ready || this.#attached) return;
    this.#attached = true;
    this.dtrace?.attach(this.machine);
    if ((this.inputs.chargesUntil ?? Number.POSITIVE_INFINITY) <= this.machine.now) this.#flip();
  }

  /** Here the run parts from the one that it is a fork of. */
  #fork(): void {
    const fork = this.inputs.forks?.[this.#forked] as Fork;
    this.#forks = false;
    this.#forked++;
    if (fork.seed !== undefined) this.machine.random.reseed(fork.seed);
    if (fork.suppress !== undefined && fork.suppress.length > 0) {
      if (this.dtrace === undefined)
        throw new UserError('fork: nothing traces this run, so nothing is charged');
      this.#flip();
    }
    if (fork.dtrace === undefined) return;
    if (!this.#ready) throw new UserError('fork: a D program can start when the guest has booted');
    this.drain();
    const next = forkTracing(fork.dtrace, this.machine, this.images[0], this.dtrace);
    this.#former = this.dtrace;
    this.dtrace = next;
  }

  /** From here on firings are free. */
  #flip(): void {
    this.#flips = false;
    this.#flipped = true;
    this.dtrace?.charges?.flip();
  }

  #booting(stop: Stop): Stop | undefined {
    if (stop.reason === 'mark') {
      if (stop.text !== 'ready') return undefined;
      if (this.inputs.withoutDtrace !== true) loadDtrace(this.machine);
      this.#ready = true;
      return undefined;
    }
    if (stop.reason !== 'limit') return stop;
    if (this.#hooks.progress?.(this.#granted) === true)
      throw new UserError('interrupted while the guest was booting', 1);
    return undefined;
  }

  #betweenSlices(stop: Stop, limit: number, patience: number): RunResult['stop'] | undefined {
    const { dtrace } = this;
    const ended = (how: RunResult['stop']): RunResult['stop'] =>
      this.#interrupted ? { reason: 'interrupted' } : how;
    try {
      this.#former?.poll();
      dtrace?.poll();
    } finally {
      this.drain();
    }
    if (stop.reason === 'over' || (stop.reason === 'limit' && dtrace?.finishedRun === true))
      return ended({ reason: 'dtrace' });
    if (stop.reason !== 'limit') return stop.reason === 'poweroff' ? ended(stop) : stop;
    if (this.#interrupted && dtrace?.tracing === false) return { reason: 'interrupted' };
    if (this.#hooks.progress?.(this.#granted) === true) {
      this.#interruptedCycle ??= this.#granted;
      if (dtrace === undefined || !dtrace.tracing || this.#interrupted) return { reason: 'interrupted' };
      this.#interrupted = true; // a first ^C ends tracing in order; a second one at once
      dtrace.requestStop(true);
      // The signal wakes the consumer. In a terminal the command of -c would get it, too.
      if (dtrace.commands.length > 0 && !dtrace.ghost) this.machine.typeAt(this.reached, '\x03');
      else if (dtrace.process !== 0) this.machine.killAt(this.reached, dtrace.process, SIGINT);
    }
    if (this.#granted >= limit) {
      if (dtrace === undefined || !dtrace.tracing || this.#granted >= patience) return { reason: 'limit' };
      this.#timeUp = true;
      dtrace.requestStop(false);
    }
    return undefined;
  }

  /** Types at the guest's console: as early as can be said exactly. */
  type(text: string): void {
    const cycle = this.machine.typeAt(this.reached, text);
    this.#hooks.typed?.(text, cycle);
  }

  #cycles(ns: number): number {
    return Math.round((ns * this.profile.clockHz) / 1e9);
  }

  get #tracing(): DtraceSession[] {
    return [this.#former, this.dtrace].filter((dtrace) => dtrace !== undefined);
  }

  /** Hands on what DTrace has to say. */
  drain(): void {
    for (const dtrace of this.#tracing) this.#drain(dtrace);
  }

  #drain(dtrace: DtraceSession): void {
    const { out, err } = dtrace.takeOutput();
    for (const piece of out)
      if (piece instanceof Uint8Array) this.#hooks.dtraceOut?.(piece);
      else this.#hooks.dtraceFile?.(piece);
    if (err !== '') this.#hooks.dtraceErr?.(err);
  }
}

/** Counters between two moments. */
function difference(end: MachineStats, start: MachineStats | undefined): MachineStats {
  const out = { ...end };
  if (start !== undefined)
    for (const key of Object.keys(out) as (keyof MachineStats)[]) out[key] -= start[key];
  return out;
}

/** As kldload would: the module registers its providers, in memory of its own and in no time. */
function loadDtrace(machine: Machine): void {
  const { address, size } = machine.moduleArena;
  const error = Number(BigInt.asIntN(32, machine.ghostCall('dtrace_modload', [address, BigInt(size)])));
  if (error !== 0) throw new Error(`the guest's DTrace module does not load: error ${-error}`);
}

/** The compiler is loaded by the run that needs it. Throws CompileError. */
async function image(recipe: Recipe, profile: Profile): Promise<Image> {
  return storedImage(recipe, profile) ?? (await import('../guestc/build.ts')).made(recipe, profile);
}

/** Lets signals and timers in. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A D program, the session's own or one that its files or its console bring into the guest, names the pid provider; what will be typed nobody knows. */
const namesProcesses = ({ scenario, interactive }: RunInputs, dtrace: DtraceSession | undefined): boolean =>
  interactive === true ||
  dtrace?.tracesProcesses === true ||
  Object.values(scenario.files).some((text) => PID_PROVIDER.test(text)) ||
  scenario.console.some(({ text }) => PID_PROVIDER.test(text));

/** Programs that the pid provider is never asked about: what boots the guest, and the consumer. */
const UNTRACED: ReadonlySet<string> = new Set(['init', 'dtrace']);

/** init, the shell, what /etc/rc names, and the consumer. Throws UserError for a program that does not exist. */
function wantedPrograms(inputs: RunInputs, dtrace: DtraceSession | undefined, extra: Image[]): string[] {
  const known = programNames();
  const texts = [...Object.values(inputs.scenario.files), ...(dtrace?.commands ?? [])].join('\n');
  const words = new Set(texts.split(/[^\w.+-]+/));
  for (const { text } of inputs.scenario.console) for (const word of text.split(/[^\w.+-]+/)) words.add(word);
  const wanted = new Set(['init', 'csh', ...inputs.scenario.programs]);
  // Installed in every run, so that a traced run and its untraced twin boot alike.
  wanted.add('dtrace');
  for (const name of inputs.scenario.programs)
    if (!known.includes(name))
      throw new UserError(
        `scenario ${inputs.scenario.name}: no program '${name}': there are ${known.join(', ')}`,
      );
  const own = new Set(extra.map((image) => image.name));
  // Which programs a program of the user's own executes is not to be seen from here.
  if (extra.length > 0) for (const name of known) wanted.add(name);
  return known.filter((name) => !own.has(name) && (wanted.has(name) || words.has(name)));
}

/** The root file system: the scenario's files, with /etc/rc as the tracing needs it. */
function rootFiles(
  inputs: RunInputs,
  dtrace: DtraceSession | undefined,
): { path: string; data: Uint8Array }[] {
  const files = { ...inputs.scenario.files };
  const commands = dtrace?.commands ?? [];
  if (commands.length === 1) files['/etc/rc'] = `${commands[0]}\n`;
  else if (commands.length > 1) files['/etc/rc'] = `${commands.map((c) => `${c} &\n`).join('')}wait\n`;
  if (dtrace?.ghost === false) {
    // What it prints is taken from its host half, so that it does not mix with the console.
    const consumer = `dtrace -o /dev/null${dtrace.command.pids.map((pid) => ` -p ${pid}`).join('')}`;
    files['/etc/rc'] =
      commands.length > 0
        ? `${consumer}${commands.map((c) => ` -c ${quote(c)}`).join('')}\n`
        : `${consumer} -b\n${files['/etc/rc'] ?? ''}`;
  }
  const encoder = new TextEncoder();
  return Object.entries(files).map(([path, text]) => ({ path, data: encoder.encode(text) }));
}

/** For the guest's shell. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

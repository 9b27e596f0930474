/**
 * The store: one immer state, moved by actions only. Commands that are pure reduce a draft of it; effects use the host and dispatch what came
 * of them. Actions of the person are recorded (record), so that a session can be played again.
 */
import { produce } from 'immer';
import { describeSystemError, isSystemError } from '../../engine/run/system-error.ts';
import { type Background, startWork } from '../../traces/background/background.ts';
import type { Work, WorkResults } from '../../traces/background/work.ts';
import type { DiffModel } from '../../traces/diff/model.ts';
import { TraceError } from '../../traces/read.ts';
import { Meter } from '../progress.ts';
import { type Action, Complaint, type Host } from './command.ts';
import { commandNamed } from './commands/table.ts';
import { closeUp, fitWindow } from './moving.ts';
import { initialState, type SideIndex, type UiState } from './state.ts';
import { pairs } from './views/diff.ts';
import type { World } from './world.ts';

/** What the store needs from outside; a test gives what it likes. */
export interface Outside {
  copy(text: string): void;
  setMouse(on: boolean): void;
  redraw(): void;
  suspend(): void;
  /** Puts other runs into the world. */
  open(names: string[], world: World): Promise<void>;
  /** Returns the position in the live run. */
  goLive(state: UiState, world: World): Promise<number>;
  saveNotes(state: UiState, world: World): void;
  readNotes(world: World): UiState['notes'];
  startWork: typeof startWork;
  slice(): () => boolean;
}

export const NOTHING_OUTSIDE: Outside = {
  copy: () => {},
  setMouse: () => {},
  redraw: () => {},
  suspend: () => {},
  open: async () => {
    throw new Complaint('nothing can be opened here');
  },
  goLive: async () => {
    throw new Complaint('this trace cannot be executed again');
  },
  saveNotes: () => {},
  readNotes: () => [],
  startWork,
  slice,
};

/** Milliseconds that a search runs before the screen shows how far it is. */
const SLICE_MS = 30;
/** Milliseconds between two updates of how far work beside the screen is. */
const TELL_MS = 200;
/** Ranks that are seen at the top of a list. */
const NEAR_TOP = 8;

export class Store implements Host {
  readonly world: World;
  #state: UiState;
  readonly #outside: Outside;
  readonly #listeners = new Set<() => void>();
  readonly #running = new Set<Promise<void>>();
  /** Told of each action of the person. */
  record: ((action: Action) => void) | undefined;
  /** Grows with each change; what is drawn depends on nothing else. */
  version = 0;
  #interrupt = false;
  #job: Background<unknown> | undefined;
  #stopping = false;

  constructor(world: World, outside: Outside, columns: number, rows: number) {
    this.world = world;
    this.world.tell = (text) => this.say(text, 'error');
    this.#outside = outside;
    this.#state = initialState(columns, rows);
    this.opened();
  }

  get state(): UiState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly snapshot = (): number => this.version;

  /** What is drawn has changed. */
  touch(): void {
    this.version++;
    for (const listener of this.#listeners) listener();
  }

  /** Actions of the person, in order; drawn once. */
  act(actions: readonly Action[]): void {
    for (const action of actions) {
      this.record?.(action);
      if (
        this.#state.message !== null &&
        commandNamed(action.name)?.internal !== true &&
        action.name !== 'cancel'
      )
        this.#change((s) => {
          s.message = null;
        });
      this.#run(action);
    }
    this.touch();
  }

  /** Something a command brings about. */
  dispatch(action: Action): void {
    this.#run(action);
    this.touch();
  }

  #run(action: Action): void {
    const command = commandNamed(action.name);
    const { text = '', count = 1 } = action;
    if (this.#state.pending !== '' && action.name !== 'prefix')
      this.#change((s) => {
        s.pending = '';
      });
    if (command === undefined) {
      this.say(`no command '${action.name}'`, 'error');
      return;
    }
    if (
      text === '' &&
      command.argument !== undefined &&
      command.ask === undefined &&
      needsWords(command.argument, command.name)
    ) {
      this.say(`:${command.name} ${command.argument}: ${command.help}`);
      return;
    }
    try {
      const { reduce } = command;
      if (reduce !== undefined) this.#change((draft) => reduce(draft, text, count, this.world));
      const done = command.effect?.(text, count, this);
      if (done instanceof Promise) {
        const settled: Promise<void> = done
          .catch((error: unknown) => this.#failed(error))
          .finally(() => {
            this.#running.delete(settled);
          });
        this.#running.add(settled);
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Where a run cannot go (its file is damaged there) the state stays as it was. */
  #change(recipe: (draft: UiState) => void): void {
    const before = this.#state;
    this.#state = produce(before, recipe);
    try {
      this.#follow();
    } catch (error) {
      this.#state = before;
      this.#follow();
      throw error;
    }
  }

  /** Moves the runs to where the state says. */
  #follow(): void {
    this.world.sides.forEach(({ run }, side) => {
      const seq = this.#state.now[side as SideIndex];
      if (run.state.seq !== seq) run.goto(seq);
    });
  }

  /** What a person can put right is said; the rest is our own defect and ends the program. */
  #failed(error: unknown): void {
    if (
      error instanceof Error &&
      (error instanceof Complaint ||
        ['RangeError', 'UserError', 'TraceError', 'DtraceError', 'CompileError', 'Error'].includes(
          error.name,
        ))
    )
      this.say(inWords(error).replaceAll('\n', ' '), 'error');
    else throw error;
  }

  say(text: string, kind: 'info' | 'good' | 'error' = 'info'): void {
    this.#change((s) => {
      s.message = { text, kind };
    });
    this.touch();
  }

  /** Waits for what effects have begun. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  // Host

  copy(text: string): void {
    this.#outside.copy(text);
  }
  setMouse(on: boolean): void {
    this.#outside.setMouse(on);
  }
  redraw(): void {
    this.#outside.redraw();
  }
  suspend(): void {
    this.#outside.suspend();
  }
  saveNotes(): void {
    this.#outside.saveNotes(this.#state, this.world);
  }
  readNotes(): void {
    const notes = this.#outside.readNotes(this.world);
    this.#change((s) => {
      s.notes = notes;
    });
  }

  async open(names: string[]): Promise<void> {
    this.#change((s) => {
      s.busy = `opening ${names.join(' and ')}`;
    });
    this.touch();
    try {
      await this.#outside.open(names, this.world);
      this.opened();
    } catch (error) {
      const elsewhere = this.#state.view !== 'open' && (error instanceof TraceError || isSystemError(error));
      throw elsewhere ? new Complaint(`${inWords(error)}; the Open view (8) lists what there is`) : error;
    } finally {
      this.#change((s) => {
        s.busy = '';
      });
      this.touch();
    }
  }

  async goLive(): Promise<void> {
    this.#change((s) => {
      s.busy = 'executing the trace again, up to here';
    });
    this.touch();
    try {
      const seq = await this.#outside.goLive(this.#state, this.world);
      const { run } = this.world.sides[this.#state.side];
      this.#change((s) => {
        s.now[s.side] = Math.min(seq, run.events);
        s.message = { kind: 'good', text: `live: s steps a line, S back; c goes on; :print reads` };
      });
    } finally {
      this.#change((s) => {
        s.busy = '';
      });
      this.touch();
    }
  }

  async job<K extends Work['kind']>(
    what: string,
    work: Extract<Work, { kind: K }>,
    finish: (result: WorkResults[K]) => void,
  ): Promise<void> {
    if (this.#state.job !== null)
      throw new Complaint(`${this.#state.job.what} is still going on: ^C or ':stop' ends it`);
    const meter = new Meter(1);
    let told = 0;
    const tell = (text: string, share: number) => {
      const now = performance.now();
      if (now - told < TELL_MS) return;
      told = now;
      this.#change((s) => {
        s.job = { what, text, share, left: meter.left(share) };
      });
      this.touch();
    };
    const job = this.#outside.startWork<K>(work, tell);
    this.#job = job;
    this.#change((s) => {
      s.job = { what, text: '', share: 0, left: '' };
    });
    try {
      finish(await job.done);
    } catch (error) {
      if (!this.#stopping) throw error;
      this.say(`${what}: stopped`);
    } finally {
      this.#job = undefined;
      this.#stopping = false;
      this.#change((s) => {
        s.job = null;
      });
      this.touch();
    }
  }

  stopJob(): void {
    if (this.#job === undefined) throw new Complaint('nothing is going on beside the screen');
    this.#stopping = true;
    this.#job.stop();
  }

  /** Nothing goes on any more. */
  async close(): Promise<void> {
    await this.#job?.kill();
  }

  /** A key came while something was going on. */
  interrupt(): void {
    this.#interrupt = true;
  }

  slice(): () => boolean {
    return this.#outside.slice();
  }

  interrupted(): boolean {
    const was = this.#interrupt;
    this.#interrupt = false;
    return was;
  }

  /** The world holds other runs: places of the old ones mean nothing any more. */
  opened(): void {
    const { world } = this;
    const { columns, rows, past, mouse, job } = this.#state;
    const fresh = initialState(columns, rows);
    fresh.job = job;
    fresh.past = past;
    fresh.mouse = mouse;
    world.sides.forEach(({ run }, i) => {
      const side = i as SideIndex;
      fresh.windows[side] = fitWindow(run);
      fresh.now[side] = run.kind === 'live' ? run.state.seq : 0;
    });
    fresh.view = world.sides.length === 0 ? 'open' : world.diff !== undefined ? 'diff' : 'machine';
    const first = world.diff?.first;
    if (first !== null && first !== undefined) {
      const seqA = first.seqA >= 0 ? first.seqA : (world.diff?.toA(first.seqB) ?? -1);
      const seqB = first.seqB >= 0 ? first.seqB : (world.diff?.toB(first.seqA) ?? -1);
      fresh.now = [seqA + 1, seqB + 1];
      if (seqA >= 0) closeUp(fresh, world, 0, seqA, Math.abs(first.effect));
      if (seqB >= 0) closeUp(fresh, world, 1, seqB, Math.abs(first.effect));
      fresh.pair = Math.max(
        0,
        pairs(world.diff as DiffModel).findIndex((p) => p.identity === first.thread),
      );
      // A small one is far down in the list, which is worth more from its top.
      const rank =
        world.diff?.divergences.findIndex(
          (d) => d.seqA === first.seqA && d.seqB === first.seqB && d.thread === first.thread,
        ) ?? -1;
      fresh.divergence = rank > NEAR_TOP ? 0 : Math.max(0, rank);
    }
    fresh.notes = world.sides.length === 0 ? [] : this.#outside.readNotes(world);
    const warnings = world.sides.flatMap(({ warning }) => warning ?? []);
    if (warnings.length > 0) fresh.message = { kind: 'error', text: warnings.join('; ') };
    this.#state = fresh;
    this.#change(() => {});
  }
}

/** Slices of the clock on the wall. */
export function slice(): () => boolean {
  const until = performance.now() + SLICE_MS;
  return () => performance.now() > until;
}

const inWords = (error: Error): string => (isSystemError(error) ? describeSystemError(error) : error.message);

/** Whether a command without words is a question. Those whose words are optional act without them. */
const OPTIONAL = new Set(['sort', 'cpu', 'mouse', 'note', 'open', 'ledger', 'deciding']);
const needsWords = (argument: string, name: string): boolean => argument !== '' && !OPTIONAL.has(name);

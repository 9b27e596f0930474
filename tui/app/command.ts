/**
 * An action is data: a command's name, its words, how often. Keys, the mouse, the command line, scripts and the key file all come to actions,
 * and one table of commands (commands/table.ts) says what each means, so that help, completion and the bottom bar cannot disagree with it.
 */
import type { Work, WorkResults } from '../../traces/background/work.ts';
import type { UiState, ViewName } from './state.ts';
import type { World } from './world.ts';

export interface Action {
  name: string;
  text?: string;
  count?: number;
}

/** A command that cannot be done now; said in the bottom line. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}

/** What an effect may use: everything that is not the state. */
export interface Host {
  readonly state: UiState;
  readonly world: World;
  /** Further actions; they are not recorded. */
  dispatch(action: Action): void;
  say(text: string, kind?: 'info' | 'good' | 'error'): void;
  copy(text: string): void;
  setMouse(on: boolean): void;
  redraw(): void;
  suspend(): void;
  /** Opens what was asked for: one path, a pair, a scenario. */
  open(names: string[]): Promise<void>;
  /** The present trace as a live machine. */
  goLive(): Promise<void>;
  /** Starts work beside the screen; settles when it is done or was stopped. Throws Complaint while there is other work. */
  job<K extends Work['kind']>(
    what: string,
    work: Extract<Work, { kind: K }>,
    finish: (result: WorkResults[K]) => void,
  ): Promise<void>;
  stopJob(): void;
  saveNotes(): void;
  readNotes(): void;
  /** Asks whether a key waits; long searches stop for it. */
  interrupted(): boolean;
  /** A slice of a long search begins. Returns what tells whether it is over, and the screen should show how far the search is. */
  slice(): () => boolean;
}

export interface Command {
  name: string;
  keys: string[];
  group: string;
  help: string;
  /** Where its keys mean it; by ':' it can be had everywhere. */
  views?: ViewName[];
  /** What its words are: 'TIME'. */
  argument?: string;
  /** Its key opens the command line, because it needs words. */
  ask?: boolean;
  /** A key held down becomes one action with a count. */
  repeat?: boolean;
  /** Not for people: comes of mouse, prompts and effects. */
  internal?: boolean;
  /** Word for it in the bottom bar. */
  bar?: string;
  complete?(state: UiState, world: World): string[];
  /** Pure: changes the draft by what the words say and what the runs hold. Throws Complaint. */
  reduce?(state: UiState, text: string, count: number, world: World): void;
  effect?(text: string, count: number, host: Host): void | Promise<void>;
}

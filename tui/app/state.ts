/**
 * What the person in front of the screen has chosen: the whole state of the UI, plain data, moved only by actions (store.ts).
 *
 * The runs themselves are not in it (world.ts): they do not change, and where they are looked at - "now" - is a number here.
 */
import type { BreakSpec } from '../../engine/run/live-view.ts';

export const VIEWS = ['machine', 'source', 'threads', 'locks', 'events', 'dtrace', 'diff', 'open'] as const;
export type ViewName = (typeof VIEWS)[number];
/** Which run of a pair. */
export type SideIndex = 0 | 1;

/** A moment in a run: its first `seq` events have happened. */
export interface Place {
  side: SideIndex;
  seq: number;
  view: ViewName;
}

export interface Note {
  side: SideIndex;
  seq: number;
  text: string;
}

/** Cycles that a time axis covers. */
export interface Window {
  from: number;
  to: number;
}

export interface Prompt {
  kind: 'command' | 'search' | 'filter';
  text: string;
  cursor: number;
  /** Position in the history; -1: the text being typed. */
  past: number;
  typed: string;
  /** Completions of what was typed, and which of them stands in the text (-1: none yet). */
  candidates: string[];
  candidate: number;
  /** Why it stands there, when the program put it there. */
  hint?: string;
}

export interface Message {
  text: string;
  kind: 'info' | 'good' | 'error';
}

export interface UiState {
  columns: number;
  rows: number;
  view: ViewName;
  /** Views behind this one, for Esc. */
  behind: ViewName[];
  side: SideIndex;
  now: [number, number];
  cpu: number;
  history: Place[];
  future: Place[];
  marks: Record<string, Place>;
  notes: Note[];
  /** Moving one run of a pair moves the other to the event with the same meaning. */
  locked: boolean;
  search: string;
  filter: string;
  message: Message | null;
  prompt: Prompt | null;
  past: Record<Prompt['kind'], string[]>;
  help: { query: string; top: number } | null;
  /** Key that waits for another: 'm' or '\''. */
  pending: string;
  windows: [Window, Window];
  /** Cycles of the two markers. */
  markers: [number | null, number | null];
  pane: number;
  /** Share of the first pane, by view. */
  splits: Partial<Record<ViewName, number>>;
  /** What is selected in each list. */
  thread: number;
  lock: string;
  divergence: number;
  pair: number;
  /** Link of the deciding firing's chain. */
  link: number;
  ledger: 'counted' | 'measured';
  entry: number;
  tagged: string[];
  detail: number;
  /** First line shown of a text that scrolls, by view; -1: its end. */
  scroll: Partial<Record<ViewName, number>>;
  /** Frame of the stack that the source view shows. */
  frame: number;
  sort: { threads: string; locks: string };
  breaks: BreakSpec[];
  mouse: boolean;
  /** What the machine is busy with, '' when it is not. */
  busy: string;
  /** Work beside the screen: what it is, what it does just now, how much is done (0 to 1), how long it will take. */
  job: { what: string; text: string; share: number; left: string } | null;
  quit: boolean;
}

export const HISTORY = 200;

export const initialState = (columns: number, rows: number): UiState => ({
  columns,
  rows,
  view: 'open',
  behind: [],
  side: 0,
  now: [0, 0],
  cpu: 0,
  history: [],
  future: [],
  marks: {},
  notes: [],
  locked: true,
  search: '',
  filter: '',
  message: null,
  prompt: null,
  past: { command: [], search: [], filter: [] },
  help: null,
  pending: '',
  windows: [
    { from: 0, to: 1 },
    { from: 0, to: 1 },
  ],
  markers: [null, null],
  pane: 0,
  splits: {},
  thread: 0,
  lock: '',
  divergence: 0,
  pair: 0,
  link: 0,
  ledger: 'counted',
  entry: 0,
  tagged: [],
  detail: 0,
  scroll: {},
  frame: 0,
  sort: { threads: 'cpu', locks: 'wait' },
  breaks: [],
  mouse: true,
  busy: '',
  job: null,
  quit: false,
});

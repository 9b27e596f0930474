/** What a view is: a pure function from the state and the runs to rows, and what its rows mean. */
import type { EventFilter } from '../../../traces/playback/run-view.ts';
import type { Action } from '../command.ts';
import type { UiState } from '../state.ts';
import type { Glyphs } from '../text/glyphs.ts';
import type { Line } from '../text/line.ts';
import type { World } from '../world.ts';

export interface ViewContext {
  state: UiState;
  world: World;
  width: number;
  height: number;
  glyphs: Glyphs;
}

/** A part of the screen that the mouse means something on. Rows and columns of the view. */
export interface Hit {
  row: number;
  /** Rows it covers; one when missing. */
  rows?: number;
  from: number;
  to: number;
  press?: Action;
  /** Second press on what is selected already. */
  again?: Action;
  /** Columns are times: a press goes there, a drag selects. */
  axis?: { from: number; to: number };
  /** A border between panes: dragging moves it. `across`: the panes lie side by side. */
  border?: { across: boolean; start: number; size: number };
  /** Wheel: rows of this pane. */
  pane?: number;
}

export interface Frame {
  lines: Line[];
  hits: Hit[];
}

export interface ViewModule {
  title: string;
  panes: number;
  render(c: ViewContext): Frame;
  /** Moves the selection of the pane in focus. Changes the draft. */
  move?(state: UiState, world: World, by: number): void;
  /** Filter of the rows when the next one may lie far away: then it is searched for, in pieces, instead. */
  rows?(state: UiState, world: World): EventFilter | undefined;
  /** Selects what a press named. */
  select?(state: UiState, world: World, what: string): void;
  /** What Enter does. */
  enter?(state: UiState, world: World): Action | undefined;
  /** The selected line as text, to be copied. */
  line?(state: UiState, world: World): string | undefined;
  sorts?: string[];
}

/** Rows first .. first+height-1 of a list so that the selected one is seen, in the middle when it can be. */
export function firstRow(selected: number, count: number, height: number): number {
  return Math.max(0, Math.min(count - height, selected - Math.floor(height / 2)));
}

/** index moved by n within a list. */
export const moved = (index: number, by: number, count: number): number =>
  Math.max(
    0,
    Math.min(
      count - 1,
      by === Number.POSITIVE_INFINITY ? count - 1 : by === Number.NEGATIVE_INFINITY ? 0 : index + by,
    ),
  );

/** The time axis: zoom, pan, markers. */
import type { Command } from '../command.ts';
import { Complaint } from '../command.ts';
import { cycleAt, fitWindow, runOf } from '../moving.ts';
import type { UiState } from '../state.ts';
import { span } from '../text/words.ts';
import type { World } from '../world.ts';

const group = 'Time axis';
/** Cycles that the narrowest window covers. */
const NARROWEST = 50;

function zoom(state: UiState, world: World, factor: number, around: number): void {
  const run = runOf(state, world);
  const window = state.windows[state.side];
  const whole = Math.max(1, run.endCycle);
  const width = Math.max(NARROWEST, Math.min(whole, (window.to - window.from) * factor));
  const share = (around - window.from) / (window.to - window.from);
  const from = Math.max(0, Math.min(whole - width, around - share * width));
  state.windows[state.side] = { from: Math.round(from), to: Math.round(from + width) };
}

function pan(state: UiState, world: World, share: number): void {
  const run = runOf(state, world);
  const { from, to } = state.windows[state.side];
  const width = to - from;
  const start = Math.round(Math.max(0, Math.min(Math.max(0, run.endCycle - width), from + share * width)));
  state.windows[state.side] = { from: start, to: start + width };
}

const now = (state: UiState, world: World): number => cycleAt(runOf(state, world), state.now[state.side]);

export const windowCommands: Command[] = [
  {
    name: 'zoom-in',
    keys: ['+', '='],
    group,
    help: 'zoom in on now',
    bar: 'zoom',
    repeat: true,
    reduce: (state, _text, count, world) => zoom(state, world, 0.5 ** count, now(state, world)),
  },
  {
    name: 'zoom-out',
    keys: ['-', '_'],
    group,
    help: 'zoom out',
    repeat: true,
    reduce: (state, _text, count, world) => zoom(state, world, 2 ** count, now(state, world)),
  },
  {
    name: 'zoom-fit',
    keys: ['0'],
    group,
    help: 'the whole run',
    reduce(state, _text, _count, world) {
      state.windows[state.side] = fitWindow(runOf(state, world), true);
    },
  },
  {
    name: 'pan-left',
    keys: ['<', 'ctrl-left'],
    group,
    help: 'earlier part of the run, now stays',
    repeat: true,
    reduce: (state, _text, count, world) => pan(state, world, -count / 4),
  },
  {
    name: 'pan-right',
    keys: ['>', 'ctrl-right'],
    group,
    help: 'later part of the run, now stays',
    repeat: true,
    reduce: (state, _text, count, world) => pan(state, world, count / 4),
  },
  {
    name: 'centre',
    keys: ['.'],
    group,
    help: 'put now in the middle of the time axis',
    reduce(state, _text, _count, world) {
      const { from, to } = state.windows[state.side];
      const start = Math.max(0, Math.round(now(state, world) - (to - from) / 2));
      state.windows[state.side] = { from: start, to: start + to - from };
    },
  },
  {
    name: 'marker',
    keys: ['v'],
    group,
    help: 'set a time marker here; the second one gives the time between',
    bar: 'marker',
    reduce(state, _text, _count, world) {
      const at = now(state, world);
      const [first, second] = state.markers;
      state.markers = first === null || second !== null ? [at, null] : [first, at];
      const [a, b] = state.markers;
      const { clockHz } = runOf(state, world);
      state.message = {
        kind: 'info',
        text:
          b === null || a === null
            ? "first marker set; go on and press 'v' again"
            : `between the markers: ${span(Math.abs(b - a), clockHz)} (${Math.abs(b - a)} cycles)`,
      };
    },
  },
  {
    name: 'markers-off',
    keys: ['V'],
    group,
    help: 'take the time markers away',
    reduce(state) {
      state.markers = [null, null];
    },
  },
  {
    name: 'zoom-markers',
    keys: ['Z'],
    group,
    help: 'zoom to the stretch between the markers',
    reduce(state, _text, _count, world) {
      const [a, b] = state.markers;
      if (a === null || b === null) throw new Complaint("two markers are needed: 'v' sets them");
      runOf(state, world);
      const low = Math.min(a, b);
      const width = Math.max(NARROWEST, Math.abs(b - a));
      state.windows[state.side] = { from: Math.max(0, low - width / 20), to: low + width * 1.05 };
    },
  },
  {
    name: 'zoom-at',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text, count, world) {
      zoom(state, world, count < 0 ? 0.8 : 1.25, Number(text));
    },
  },
  {
    name: 'select-range',
    keys: [],
    group,
    help: '',
    internal: true,
    reduce(state, text, _count, world) {
      const [a, b] = text.split(' ').map(Number);
      state.markers = [a, b];
      state.message = {
        kind: 'info',
        text: `selected ${span(Math.abs(b - a), runOf(state, world).clockHz)}; Z zooms to it`,
      };
    },
  },
];

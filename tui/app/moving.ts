/** Moving "now", which all views share: clamped, remembered for back and forward, kept inside the time window, followed by the other run. */
import type { EventFilter, RunView } from '../../traces/playback/run-view.ts';
import { TraceError } from '../../traces/read.ts';
import { Complaint } from './command.ts';
import { HISTORY, type SideIndex, type UiState, type Window } from './state.ts';
import type { World } from './world.ts';

/** Events that the first window of a long run holds. */
const FIRST_WINDOW = 200_000;

export function runOf(state: UiState, world: World): RunView {
  const side = world.side(state);
  if (side === undefined) throw new Complaint('no run is open: choose one in the Open view (8)');
  return side.run;
}

/** Cycle of "now": of the last event that has happened. */
export const cycleAt = (run: RunView, seq: number): number =>
  seq <= 0 || run.events === 0 ? 0 : run.event(Math.min(seq, run.events) - 1).cycle;

/** Number of the event under the cursor: the last that has happened; -1 before the first. */
export const cursor = (state: UiState): number => state.now[state.side] - 1;

export const remember = (state: UiState): void => {
  const { side, view } = state;
  const here = { side, seq: state.now[side], view };
  const last = state.history.at(-1);
  if (last === undefined || last.side !== side || last.seq !== here.seq) state.history.push(here);
  if (state.history.length > HISTORY) state.history.shift();
  state.future = [];
};

/** `jump`: the place left is remembered. */
export function moveTo(state: UiState, world: World, seq: number, jump = true): void {
  const run = runOf(state, world);
  const to = Math.max(0, Math.min(run.events, Math.floor(seq)));
  if (to !== state.now[state.side]) {
    if (jump) remember(state);
    state.now[state.side] = to;
    state.detail = 0;
    state.frame = 0;
    state.scroll.source = undefined;
  }
  show(state, state.side, run);
  const other = (1 - state.side) as SideIndex;
  if (world.sides.length < 2 || !state.locked || world.diff === undefined || to === 0) return;
  const there = state.side === 0 ? world.diff.toB(to - 1) : world.diff.toA(to - 1);
  if (there === undefined) return;
  state.now[other] = there + 1;
  show(state, other, world.sides[other].run);
}

/** Moves the time window so that "now" is in it. */
function show(state: UiState, side: SideIndex, run: RunView): void {
  const window = state.windows[side];
  const cycle = cycleAt(run, state.now[side]);
  if (cycle >= window.from && cycle <= window.to) return;
  const width = window.to - window.from;
  const from = Math.max(0, cycle - width / 2);
  state.windows[side] = { from, to: from + width };
}

/** To event n: it is the last that has happened. The CPU that it happened on is chosen. */
export function toEvent(state: UiState, world: World, n: number, jump = true): void {
  moveTo(state, world, n + 1, jump);
  const run = runOf(state, world);
  if (n >= 0 && n < run.events) state.cpu = run.event(n).cpu;
}

/** Brings a divergence near: its effect takes a good part of the time axis. */
export function closeUp(state: UiState, world: World, side: SideIndex, seq: number, effect: number): void {
  const run = world.sides[side].run;
  const { from, to } = state.windows[side];
  const width = Math.max(run.clockHz / 5000, effect * 4);
  const at = run.event(seq).cycle;
  if (to - from <= width * 8 && at >= from && at <= to) return;
  const start = Math.max(0, Math.round(at - width / 3));
  state.windows[side] = { from: start, to: start + width };
}

/** The whole run, or the beginning of a long one. */
export function fitWindow(run: RunView, whole = false): Window {
  if (run.events === 0) return { from: 0, to: Math.max(1, run.endCycle, run.clockHz / 100) };
  if (!whole && run.events > FIRST_WINDOW * 4)
    try {
      return { from: 0, to: run.event(FIRST_WINDOW).cycle };
    } catch (error) {
      if (!(error instanceof TraceError)) throw error; // damaged there
    }
  return { from: 0, to: Math.max(1, run.endCycle) };
}

/**
 * A filter as it is typed: words are sites ('sched:::', 'on-cpu', 'read'), cpu=2, thread=dd (or tid=100050), lock=fffffe..; comparisons
 * ('arg1 > 100 && arg0 == 5') test arguments. A plain word means a site's name, or failing that its function or provider. Throws Complaint.
 */
export function parseFilter(text: string, sites: RunView['sites']): EventFilter {
  const filter: EventFilter = {};
  const where: string[] = [];
  for (const word of text
    .replace(/\s*(==|!=|<=|>=|&&|\|\||[<>])\s*/g, '$1')
    .split(/\s+/)
    .filter((w) => w !== '')) {
    const pair = /^(cpu|thread|tid|lock|where)=([^=].*)$/.exec(word);
    if (pair !== null) {
      const [, key, value] = pair;
      if (key === 'cpu') {
        if (!/^\d+$/.test(value)) throw new Complaint(`cpu=${value}: the number of a CPU is expected`);
        filter.cpu = Number(value);
      } else if (key === 'lock') filter.lock = value;
      else if (key === 'where') where.push(value);
      else filter.thread = value;
    } else if (/[<>=&|]/.test(word)) where.push(word);
    else if (filter.site !== undefined)
      throw new Complaint(`'${word}': one site at a time (there is '${filter.site}' already)`);
    else filter.site = siteText(word, sites);
  }
  if (where.length > 0) filter.where = where.join(' && ');
  return filter;
}

function siteText(word: string, sites: RunView['sites']): string {
  if (word.includes(':') || /[*?]/.test(word)) return word;
  if (sites.some(({ name }) => name.includes(word))) return `*${word}*`;
  if (sites.some((s) => s.function.includes(word))) return `*${word}*:`;
  if (sites.some(({ provider }) => provider.includes(word))) return `*${word}*:::`;
  throw new Complaint(`no site of this run has '${word}' in its name, function or provider`);
}

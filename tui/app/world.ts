/**
 * What is looked at: the runs that are open, the difference of a pair, and what is worked out of them bit by bit between frames.
 *
 * To views and reducers it is read-only. Where a run's position is (RunView.goto) follows the state's `now`; the store sees to it.
 */
import type { RunInputs } from '../../engine/run/inputs.ts';
import type { LiveControls } from '../../engine/run/live-view.ts';
import type { Decision } from '../../traces/diff/decide.ts';
import type { MeasuredLedger } from '../../traces/diff/measured.ts';
import type { DiffModel } from '../../traces/diff/model.ts';
import type { EventFilter, RunView } from '../../traces/playback/run-view.ts';
import { TraceError } from '../../traces/read.ts';
import { type Around, FilteredEvents } from './filtered.ts';
import { LaneCache } from './lanes.ts';
import { EventScan } from './scan.ts';
import type { SideIndex, UiState } from './state.ts';

export interface Side {
  run: RunView;
  live?: LiveControls;
  /** The trace that a live run was, whose events are the same ones. */
  origin?: string;
  /** What a person should know of it, said when it is opened. */
  warning?: string;
  /** Guest sources by image and path, when they are known. */
  sources: Record<string, Record<string, string>>;
  /** D programs and options of the run, '' when nothing traces it. */
  program: string;
  /** A DTrace probe's full name by its id, where the run knows it. */
  probeName?: (id: number) => string | undefined;
  /** Name of a kernel address; undefined until names are known. */
  symbol?: (address: bigint) => string | undefined;
  /** Loads `symbol`, when that can be done; called once, between frames. */
  loadSymbols?: () => void;
  /** What executes the run again. */
  inputs?: () => RunInputs;
  /** The same run as a live machine. */
  goLive?: () => Promise<Side>;
}

/** The file that holds the run's events: itself, or what it was before it went live. */
export const pathOf = ({ run, origin }: Side): string | undefined =>
  run.kind === 'trace' ? run.title : origin;

export interface CatalogEntry {
  kind: 'trace' | 'scenario';
  /** What opening it takes: a path, or the scenario's name. */
  name: string;
  description: string;
}

export class World {
  sides: Side[] = [];
  diff: DiffModel | undefined;
  /** What executions have found out about the pair. */
  measured: MeasuredLedger | undefined;
  decision: (Decision & { side: SideIndex }) | undefined;
  /** Reads what there is to open; called when the Open view is first looked at. */
  readCatalog: () => CatalogEntry[] = () => [];
  #catalog: CatalogEntry[] | undefined;
  readonly lanes = new LaneCache();
  /** Is told, once, what parts of a damaged file cannot be shown. */
  tell: (text: string) => void = () => {};
  #told = new Set<string>();
  #scans: (EventScan | undefined)[] = [];
  #filtered: { text: string; events: FilteredEvents } | undefined;
  #filteredWanted = false;
  /** Asked for since the last frame. */
  #wanted = new Set<SideIndex>();

  get catalog(): CatalogEntry[] {
    this.#catalog ??= this.readCatalog();
    return this.#catalog;
  }

  /** There may be others now. */
  forgetCatalog(): void {
    this.#catalog = undefined;
  }

  side(state: UiState): Side | undefined {
    return this.sides[state.side];
  }

  /** Takes other runs; closes the ones it had. */
  replace(sides: Side[], diff: DiffModel | undefined): void {
    const kept = new Set(sides.map((s) => s.run));
    for (const { run } of this.sides) if (!kept.has(run)) run.close();
    this.sides = sides;
    if (diff !== this.diff) {
      this.measured = undefined;
      this.decision = undefined;
    }
    this.diff = diff;
    this.#scans = [];
    this.#filtered = undefined;
    this.lanes.clear();
    this.#told.clear();
  }

  close(): void {
    this.replace([], undefined);
  }

  /** What was counted over the events so far; asking makes the count go on between frames. */
  scan(side: SideIndex): EventScan {
    this.#scans[side] ??= new EventScan(this.sides[side].run);
    this.#wanted.add(side);
    return this.#scans[side];
  }

  /** Events that the filter lets through, at most so many on each side of one; asking makes the search go on between frames. */
  filteredAround(run: RunView, text: string, filter: EventFilter, at: number, rows: number): Around {
    const kept = this.#filtered;
    if (
      kept === undefined ||
      kept.text !== text ||
      kept.events.run !== run ||
      kept.events.events !== run.events
    )
      this.#filtered = { text, events: new FilteredEvents(run, filter) };
    const around = (this.#filtered as { events: FilteredEvents }).events.around(at, rows);
    this.#filteredWanted = !around.complete;
    return around;
  }

  /** Does some of what was asked for, for about so many milliseconds. True when a frame should show it; false when nothing is left. */
  work(milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    let did = false;
    for (const side of this.sides)
      if (side.loadSymbols !== undefined) {
        const load = side.loadSymbols;
        side.loadSymbols = undefined;
        this.#whole(load);
        return true;
      }
    while (performance.now() < until) {
      if (this.#whole(() => this.lanes.work())) {
        did = true;
        continue;
      }
      let more =
        this.#filteredWanted && this.#whole(() => this.#filtered?.events.work(milliseconds / 2) === true);
      for (const side of this.#wanted) more = this.#whole(() => this.#scans[side]?.work() === true) || more;
      if (!more) break;
      did = true;
    }
    return did;
  }

  /** Whether the work goes on. Where a file is damaged the worker has stepped over that, and the rest is made. */
  #whole(work: () => unknown): boolean {
    try {
      return work() === true;
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      if (!this.#told.has(error.message)) {
        this.#told.add(error.message);
        this.tell(error.message);
      }
      return true;
    }
  }

  /** A frame begins: what nobody asks for again is not worked on any more. */
  frame(): void {
    this.#wanted.clear();
    this.#filteredWanted = false;
    this.lanes.frame();
  }
}

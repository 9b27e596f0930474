/**
 * A position in a run: the state after the first `seq` events, moved by steps and jumps.
 *
 * A jump folds plain objects from the nearest known state: a keyframe of the file, a snapshot kept from an earlier jump, or the present
 * one. A step is an immer producer; its inverse patches take it back. Stepping back past the last of them folds a little way up from a
 * snapshot and records patches for the next steps back.
 */
import { enablePatches, Immer, type Patch } from 'immer';
import { shareState } from './clone.ts';
import { apply, foldRefs, initialState } from './fold.ts';
import type { SiteTable } from './sites.ts';
import { chunkOf, type EventSource } from './source.ts';
import type { RunState } from './state.ts';

enablePatches();
const immer = new Immer({ autoFreeze: false });

/** Events up to which a move is made of steps. */
const STEPS = 24;
/** Inverse patches kept. */
const UNDO = 4096;
/** Between snapshots, in events, and how many of them are kept. */
const SPACING = 4096;
const SNAPSHOTS = 24;
/** Only on the last stretch before where somebody goes: from there he may step back. */
const CLOSE = 2 * SPACING;
/** Where a source has no keyframes, a snapshot each so many events is kept for good, up to a number. */
const FAR = 32 * SPACING;
const FAR_SNAPSHOTS = 128;
/** Explanations of neighbouring events share a state that moves on by up to this many. */
const NEAR = 2048;

export class Position {
  readonly #source: EventSource;
  readonly #table: SiteTable;
  readonly #cpus: number;
  #state: RunState;
  /** Inverse patches of the last steps; the last leads to the state one event back. */
  #undo: Patch[][] = [];
  /** States at multiples of SPACING, least recently used first. Never changed. */
  readonly #snapshots = new Map<number, RunState>();
  readonly #far = new Map<number, RunState>();
  #beside: RunState | undefined;

  constructor(source: EventSource, table: SiteTable, cpus: number) {
    this.#source = source;
    this.#table = table;
    this.#cpus = cpus;
    this.#state = this.#initial();
  }

  get state(): RunState {
    return this.#state;
  }

  goto(seq: number): void {
    const to = Math.max(0, Math.min(this.#source.events, Math.floor(seq)));
    const by = to - this.#state.seq;
    if (by === 0) return;
    if (by > 0 && by <= STEPS) {
      for (let n = 0; n < by; n++) this.#forward();
    } else if (by < 0 && -by <= STEPS) {
      if (this.#undo.length < -by) this.#refill();
      for (let n = 0; n < -by; n++)
        this.#state = immer.applyPatches(this.#state, this.#undo.pop() as Patch[]);
    } else {
      this.#state = this.fold(to);
      this.#undo = [];
    }
  }

  /** The events from `seq` on are others than they were (a live run's CPUs do not take turns in the order of time). */
  forget(seq: number): void {
    for (const kept of [this.#snapshots, this.#far])
      for (const at of kept.keys()) if (at > seq) kept.delete(at);
    if ((this.#beside?.seq ?? 0) > seq) this.#beside = undefined;
    if (this.#state.seq <= seq) return;
    this.#state = this.fold(seq);
    this.#undo = [];
  }

  /** The state after `seq` events, as an object of its own; the position stays. */
  fold(seq: number): RunState {
    const { state, own } = this.#base(seq);
    return this.#advance(state, seq, own);
  }

  /** The same, but only to be looked at before the next call. */
  peek(seq: number): RunState {
    const s = this.#beside;
    this.#beside =
      s !== undefined && s.seq <= seq && seq - s.seq <= NEAR ? this.#advance(s, seq) : this.fold(seq);
    return this.#beside;
  }

  /** `own`: nothing of the state belongs to another one. */
  #advance(s: RunState, seq: number, own = false): RunState {
    let refs = foldRefs(own);
    while (s.seq < seq) {
      const n = chunkOf(this.#source, s.seq);
      const { seq: first, count } = this.#source.info(n);
      const e = this.#source.columns(n);
      const end = Math.min(seq - first, count);
      for (let i = s.seq - first; i < end; i++) {
        if (s.seq % SPACING === 0 && (seq - s.seq <= CLOSE || s.seq % FAR === 0)) {
          this.#keep(s);
          refs = foldRefs();
        }
        apply(s, this.#table, e, i, refs);
      }
    }
    return s;
  }

  /** The latest known state at or before `seq`: a new one, or one that shares its parts. */
  #base(seq: number): { state: RunState; own: boolean } {
    let best: RunState | undefined;
    for (const kept of [this.#snapshots, this.#far])
      for (const [at, state] of kept) if (at <= seq && at >= (best?.seq ?? 0)) best = state;
    const here = this.#state;
    if (here.seq <= seq && here.seq >= (best?.seq ?? 0)) best = here;
    if (seq > 0 && this.#source.events > 0) {
      for (let n = chunkOf(this.#source, Math.min(seq, this.#source.events - 1)); n >= 0; n--) {
        if (this.#source.info(n).seq <= (best?.seq ?? 0)) break;
        const kept = this.#source.keyframe(n);
        if (kept !== undefined) return { state: kept, own: true };
      }
    }
    if (best === undefined) return { state: this.#initial(), own: true };
    if (this.#snapshots.delete(best.seq)) this.#snapshots.set(best.seq, best); // used: youngest
    return { state: shareState(best), own: false };
  }

  /** A recording that began later than its run has the state there as its first keyframe. */
  #initial(): RunState {
    return (this.#source.chunkCount > 0 ? this.#source.keyframe(0) : undefined) ?? initialState(this.#cpus);
  }

  #keep(s: RunState): void {
    if (this.#snapshots.has(s.seq)) return;
    const copy = shareState(s);
    this.#snapshots.set(s.seq, copy);
    if (s.seq % FAR === 0 && this.#far.size < FAR_SNAPSHOTS) this.#far.set(s.seq, copy);
    if (this.#snapshots.size > SNAPSHOTS)
      this.#snapshots.delete(this.#snapshots.keys().next().value as number);
  }

  #forward(): void {
    const { seq } = this.#state;
    const n = chunkOf(this.#source, seq);
    const e = this.#source.columns(n);
    const i = seq - this.#source.info(n).seq;
    const [next, , inverse] = immer.produceWithPatches(this.#state, (draft) => {
      apply(draft, this.#table, e, i);
    });
    this.#state = next;
    this.#undo.push(inverse);
    if (this.#undo.length > UNDO) this.#undo.shift();
  }

  /** Patches for the next steps back: the way here again, in steps. */
  #refill(): void {
    const { seq } = this.#state;
    const from = Math.max(0, seq - STEPS);
    this.#state = this.fold(from);
    this.#undo = [];
    while (this.#state.seq < seq) this.#forward();
  }
}

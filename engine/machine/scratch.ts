/**
 * Scratch tags: a second set of L1 tags and predictor counters for each CPU, so that what is done aside finds and leaves its lines there.
 *
 * The hardware's tables have one place each in linear memory, so the sets change places; the one that is not in use is kept here.
 */
import type { Profile } from '../image/profile.ts';
import type { CacheModel } from './cache.ts';
import type { MachineLayout } from './layout.ts';
import type { GuestMemory } from './memory.ts';

export interface ScratchState {
  aside: Uint8Array[][];
  /** Bit n: CPU n works with its scratch set. */
  inUse: bigint;
}

export class ScratchTags {
  readonly #memory: GuestMemory;
  readonly #layout: MachineLayout;
  readonly #profile: Profile;
  readonly #cache: CacheModel;
  /** By CPU: the set of tags and predictor that is not in use. */
  readonly #aside: Uint8Array[][] = [];

  constructor(memory: GuestMemory, layout: MachineLayout, profile: Profile, cache: CacheModel) {
    this.#memory = memory;
    this.#layout = layout;
    this.#profile = profile;
    this.#cache = cache;
  }

  /** A CPU's sets change places, unless they are as wanted. */
  swap(cpu: number, on: boolean): void {
    const bit = 1n << BigInt(cpu);
    if (((this.#cache.scratch & bit) !== 0n) === on) return;
    const layout = this.#layout;
    const memory = this.#memory;
    const places: [at: number, size: number][] = [
      [layout.l1d(cpu), layout.l1Shape.sets * layout.l1Shape.ways * 4],
      [layout.bp(cpu), this.#profile.predictor.entries],
    ];
    this.#aside[cpu] ??= places.map(([, size]) => new Uint8Array(size));
    const other = this.#aside[cpu];
    this.#aside[cpu] = places.map(([at, size]) => memory.bytes8.slice(at, at + size));
    places.forEach(([at], i) => {
      memory.bytes8.set(other[i], at);
    });
    this.#cache.scratch ^= bit;
  }

  save(): ScratchState {
    return structuredClone({ aside: this.#aside, inUse: this.#cache.scratch });
  }
  restore(saved: ScratchState): void {
    this.#aside.splice(0, this.#aside.length, ...structuredClone(saved.aside));
    this.#cache.scratch = BigInt(saved.inUse);
  }
}

/**
 * The caches behind the inlined test: what a load or store costs when way 0 of L1 does not hold its line.
 *
 * Private L1 and L2 (L2 includes L1), a shared L3, and MESI between CPUs. States are kept in the tags: 1 shared, 2 exclusive, 3
 * modified, 0 invalid. Who may own a line is in a directory, a byte a line: 0 nobody, 255 possibly several, else 1 + the CPU that
 * holds it alone. A byte may be stale after a silent eviction, so the owner's tags decide. Tags are kept in order of use, most
 * recent first, so the victim is always the last way.
 *
 * A store's miss is mostly hidden by the store buffer: only the profile's share of it stalls.
 */
import { CPU } from '../image/abi.ts';
import type { Profile } from '../image/profile.ts';
import type { LevelLayout, MachineLayout } from './layout.ts';

const SHARED = 1;
const EXCLUSIVE = 2;
const MODIFIED = 3;
const SEVERAL = 255;

export class CacheModel {
  readonly #i32: Int32Array;
  readonly #u32: Uint32Array;
  readonly #u8: Uint8Array;
  readonly #layout: MachineLayout;
  readonly #costs: Profile['cache'];
  readonly #cpus: number;
  /** Word index of each CPU's L2 tags. */
  readonly #l2: number[];
  /** Nothing changes and nothing is charged: ghost execution. */
  ghost = false;
  /** By CPU: what it does now leaves no line in L2, L3 or the directory (machine.scratchTags). */
  readonly scratch: Uint8Array;

  constructor(memory: WebAssembly.Memory, layout: MachineLayout, profile: Profile, cpus: number) {
    this.#i32 = new Int32Array(memory.buffer);
    this.#u32 = new Uint32Array(memory.buffer);
    this.#u8 = new Uint8Array(memory.buffer);
    this.#layout = layout;
    this.#costs = profile.cache;
    this.#cpus = cpus;
    this.#l2 = Array.from({ length: cpus }, (_, cpu) => layout.l2(cpu) >> 2);
    this.scratch = new Uint8Array(cpus);
  }

  /** The import `miss`: line is an offset >> 6. Adds the cycles to the running CPU's clock. */
  readonly miss = (line: number, write: number): void => {
    if (this.ghost) return;
    const cpu = this.#i32[CPU.cpu >> 2];
    const l1 = this.#i32[CPU.l1d >> 2] >> 2;
    const layout = this.#layout;
    const shape = layout.l1Shape;
    const set = l1 + (line & (shape.sets - 1)) * shape.ways;
    const way = this.#find(set, shape.ways, line);
    if (way >= 0) {
      const entry = this.#toFront(set, way);
      const state = entry & 3;
      if (write !== 0 && state !== MODIFIED) {
        if (state === SHARED)
          this.#charge(this.scratch[cpu] !== 0 ? this.#costs.upgrade : this.#upgrade(cpu, line), true);
        this.#i32[set] = (line << 2) | MODIFIED;
      }
      return;
    }
    this.#count(CPU.l1Misses);
    if (this.scratch[cpu] !== 0) {
      this.#scratchMiss(cpu, set, line, write !== 0);
      return;
    }
    const l2 = layout.l2Shape;
    const set2 = this.#l2[cpu] + (line & (l2.sets - 1)) * l2.ways;
    const way2 = l2.sets === 0 ? -1 : this.#find(set2, l2.ways, line);
    let state: number;
    let cycles: number;
    if (way2 >= 0) {
      state = this.#toFront(set2, way2) & 3;
      cycles = this.#costs.l2.hit;
      if (write !== 0) {
        if (state === SHARED) cycles += this.#upgrade(cpu, line);
        state = MODIFIED;
        this.#i32[set2] = (line << 2) | MODIFIED;
      }
    } else {
      this.#count(CPU.l2Misses);
      const fetched = this.#fetch(cpu, line, write !== 0);
      state = fetched & 3;
      cycles = fetched >> 2;
      if (l2.sets !== 0) this.#insertL2(cpu, set2, l2, line, state);
    }
    this.#insertL1(set, shape, line, state, l2);
    this.#charge(cycles, write !== 0);
  };

  /** A miss whose line stays in the scratch L1: costs what it would, moves nothing. */
  #scratchMiss(cpu: number, set: number, line: number, write: boolean): void {
    const { l1Shape, l2Shape, l3Shape, l3, directory } = this.#layout;
    const beyond = l3Shape.sets > 0 && this.#slot(l3, l3Shape, line) !== 0;
    let cycles = beyond ? this.#costs.l3.hit : this.#costs.memory;
    if (this.#slot(this.#layout.l2(cpu), l2Shape, line) !== 0) cycles = this.#costs.l2.hit;
    else if (directory !== 0) {
      const owner = this.#u8[directory + line];
      const theirs =
        owner === 0 || owner === SEVERAL || owner === cpu + 1 ? 0 : this.#stateIn(owner - 1, line);
      if (theirs !== 0)
        cycles = theirs === MODIFIED ? this.#costs.transferModified : this.#costs.transferShared;
    }
    this.#insert(set, l1Shape.ways, (line << 2) | (write ? MODIFIED : EXCLUSIVE));
    this.#charge(cycles, write);
  }

  /** A line that neither L1 nor L2 holds: from another CPU, L3 or memory. Returns the cycles * 4 + its new state. */
  #fetch(cpu: number, line: number, write: boolean): number {
    const directory = this.#layout.directory;
    let shared = false;
    if (directory !== 0) {
      const owner = this.#u8[directory + line];
      if (owner === SEVERAL) {
        shared = true;
        if (write) this.#invalidateOthers(cpu, line);
      } else if (owner !== 0 && owner !== cpu + 1) {
        const theirs = this.#stateIn(owner - 1, line);
        if (theirs !== 0) {
          this.#count(CPU.transfers);
          if (write) this.#drop(owner - 1, line);
          else this.#downgrade(owner - 1, line);
          this.#u8[directory + line] = write ? cpu + 1 : SEVERAL;
          const cycles = theirs === MODIFIED ? this.#costs.transferModified : this.#costs.transferShared;
          return (cycles << 2) | (write ? MODIFIED : SHARED);
        }
      }
      this.#u8[directory + line] = shared && !write ? SEVERAL : cpu + 1;
    }
    const state = write ? MODIFIED : shared ? SHARED : EXCLUSIVE;
    return (this.#lookUpL3(line) << 2) | state;
  }

  #lookUpL3(line: number): number {
    const { l3Shape, l3 } = this.#layout;
    if (l3Shape.sets === 0) {
      this.#count(CPU.l3Misses);
      return this.#costs.memory;
    }
    const set = (l3 >> 2) + (line & (l3Shape.sets - 1)) * l3Shape.ways;
    const way = this.#find(set, l3Shape.ways, line);
    if (way >= 0) {
      this.#toFront(set, way);
      return this.#costs.l3.hit;
    }
    this.#count(CPU.l3Misses);
    this.#insert(set, l3Shape.ways, (line << 2) | SHARED);
    return this.#costs.memory;
  }

  /** A store to a line that others may share: they lose it. Returns the cycles. */
  #upgrade(cpu: number, line: number): number {
    const directory = this.#layout.directory;
    if (directory === 0) return 0;
    this.#count(CPU.transfers);
    this.#invalidateOthers(cpu, line);
    this.#u8[directory + line] = cpu + 1;
    const l2 = this.#layout.l2Shape;
    this.#setState(this.#layout.l2(cpu), l2, line, MODIFIED);
    return this.#costs.upgrade;
  }

  #insertL1(set: number, shape: LevelLayout, line: number, state: number, l2: LevelLayout): void {
    const victim = this.#i32[set + shape.ways - 1];
    if ((victim & 3) === MODIFIED && l2.sets !== 0)
      this.#setState(this.#layout.l2(this.#i32[CPU.cpu >> 2]), l2, victim >>> 2, MODIFIED);
    this.#insert(set, shape.ways, (line << 2) | state);
  }

  #insertL2(cpu: number, set: number, shape: LevelLayout, line: number, state: number): void {
    const victim = this.#i32[set + shape.ways - 1];
    if ((victim & 3) !== 0) this.#setState(this.#layout.l1d(cpu), this.#layout.l1Shape, victim >>> 2, 0);
    this.#insert(set, shape.ways, (line << 2) | state);
  }

  /** State of a line in a CPU's L1, else L2, else 0. */
  #stateIn(cpu: number, line: number): number {
    const { l1Shape, l2Shape } = this.#layout;
    const one = this.#i32[this.#slot(this.#layout.l1d(cpu), l1Shape, line)] & 3;
    if (one !== 0) return one;
    return this.#i32[this.#slot(this.#layout.l2(cpu), l2Shape, line)] & 3;
  }

  #invalidateOthers(cpu: number, line: number): void {
    for (let other = 0; other < this.#cpus; other++) if (other !== cpu) this.#drop(other, line);
  }

  #drop(cpu: number, line: number): void {
    this.#setState(this.#layout.l1d(cpu), this.#layout.l1Shape, line, 0);
    this.#setState(this.#layout.l2(cpu), this.#layout.l2Shape, line, 0);
  }

  #downgrade(cpu: number, line: number): void {
    this.#setState(this.#layout.l1d(cpu), this.#layout.l1Shape, line, SHARED);
    this.#setState(this.#layout.l2(cpu), this.#layout.l2Shape, line, SHARED);
  }

  #setState(base: number, shape: LevelLayout, line: number, state: number): void {
    if (shape.sets === 0) return;
    const slot = this.#slot(base, shape, line);
    if (slot !== 0) this.#i32[slot] = state === 0 ? 0 : (line << 2) | state;
  }

  /** Word index of a line's tag, or 0 (a word that is always 0) when it is not there. */
  #slot(base: number, shape: LevelLayout, line: number): number {
    if (shape.sets === 0) return 0;
    const set = (base >> 2) + (line & (shape.sets - 1)) * shape.ways;
    const way = this.#find(set, shape.ways, line);
    return way < 0 ? 0 : set + way;
  }

  #find(set: number, ways: number, line: number): number {
    const i32 = this.#i32;
    for (let way = 0; way < ways; way++) {
      const entry = i32[set + way];
      if (entry >>> 2 === line && (entry & 3) !== 0) return way;
    }
    return -1;
  }

  /** Puts a tag first; the last one goes. (A loop: for so few words copyWithin costs more than it moves.) */
  #insert(set: number, ways: number, tag: number): void {
    const i32 = this.#i32;
    for (let w = set + ways - 1; w > set; w--) i32[w] = i32[w - 1];
    i32[set] = tag;
  }

  #toFront(set: number, way: number): number {
    const i32 = this.#i32;
    const entry = i32[set + way];
    for (let w = way; w > 0; w--) i32[set + w] = i32[set + w - 1];
    i32[set] = entry;
    return entry;
  }

  #charge(cycles: number, write: boolean): void {
    if (write) cycles = (cycles * this.#costs.storeMissSixteenths) >> 4;
    this.#add(CPU.clock, cycles);
    this.#add(CPU.memCycles, cycles);
  }

  #count(counter: number): void {
    this.#add(counter, 1);
  }

  #add(offset: number, n: number): void {
    const low = this.#u32[offset >> 2] + n;
    this.#u32[offset >> 2] = low;
    if (low > 0xffffffff) this.#u32[(offset >> 2) + 1]++;
  }
}

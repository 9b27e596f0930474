// The cache model's code against a plain description of the same caches: lists in order of use, one line's state at a time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CPU, FLAG_GHOST } from '../../engine/image/abi.ts';
import { loadProfile, type Profile } from '../../engine/image/profile.ts';
import { CacheModel } from '../../engine/machine/cache.ts';
import { layOut } from '../../engine/machine/layout.ts';

const SHARED = 1;
const EXCLUSIVE = 2;
const MODIFIED = 3;
/** The first line of RAM. */
const FIRST = 0x1000000 >> 6;

/** One set-associative level: each set lists its lines, most recent first. */
class Level {
  readonly sets: { line: number; state: number }[][];
  readonly ways: number;
  constructor({ size, ways }: { size: number; ways: number }) {
    this.ways = ways;
    this.sets = Array.from({ length: size / 64 / ways }, () => []);
  }
  #set(line: number) {
    return this.sets[line % this.sets.length];
  }
  find(line: number) {
    return this.sets.length === 0 ? undefined : this.#set(line).find((e) => e.line === line);
  }
  /** Finds it and makes it the most recent. */
  use(line: number) {
    const entry = this.find(line);
    if (entry === undefined) return undefined;
    const set = this.#set(line);
    set.unshift(...set.splice(set.indexOf(entry), 1));
    return entry;
  }
  /** Puts a line in front; what falls out at the end is returned. An invalid entry keeps its place until then. */
  insert(line: number, state: number) {
    const set = this.#set(line);
    set.unshift({ line, state });
    return set.length > this.ways ? set.pop() : undefined;
  }
  drop(line: number) {
    const entry = this.find(line);
    if (entry !== undefined) {
      entry.line = -1;
      entry.state = 0;
    }
  }
}

class Plain {
  readonly l1: Level[];
  readonly l2: Level[];
  readonly l3: Level;
  readonly owner = new Map<number, number | 'several'>();
  readonly sum = { cycles: 0, l1: 0, l2: 0, l3: 0, transfers: 0 };
  readonly #c: Profile['cache'];
  readonly #cpus: number;
  constructor(profile: Profile, cpus: number) {
    this.#c = profile.cache;
    this.#cpus = cpus;
    this.l1 = Array.from({ length: cpus }, () => new Level(profile.cache.l1d));
    this.l2 = Array.from({ length: cpus }, () => new Level(profile.cache.l2));
    this.l3 = new Level(profile.cache.l3);
  }

  access(cpu: number, line: number, write: boolean): void {
    const cycles = this.#access(cpu, line, write);
    this.sum.cycles += write ? Math.floor((cycles * this.#c.storeMissSixteenths) / 16) : cycles;
  }

  #access(cpu: number, line: number, write: boolean): number {
    const c = this.#c;
    const hit = this.l1[cpu].use(line);
    if (hit !== undefined) {
      const cycles = write && hit.state === SHARED ? this.#takeFromOthers(cpu, line) : 0;
      if (write) hit.state = MODIFIED;
      return cycles;
    }
    this.sum.l1++;
    let state: number;
    let cycles: number;
    const second = this.l2[cpu].use(line);
    if (second !== undefined) {
      cycles = c.l2.hit + (write && second.state === SHARED ? this.#takeFromOthers(cpu, line) : 0);
      if (write) second.state = MODIFIED;
      state = second.state;
    } else {
      this.sum.l2++;
      [cycles, state] = this.#fetch(cpu, line, write);
      if (this.l2[cpu].sets.length > 0) {
        const victim = this.l2[cpu].insert(line, state);
        if (victim !== undefined && victim.line >= 0) this.l1[cpu].drop(victim.line);
      }
    }
    const victim = this.l1[cpu].insert(line, state);
    if (victim?.state === MODIFIED) {
      const below = this.l2[cpu].find(victim.line);
      if (below !== undefined) below.state = MODIFIED;
    }
    return cycles;
  }

  #takeFromOthers(cpu: number, line: number): number {
    this.sum.transfers++;
    for (let other = 0; other < this.#cpus; other++) if (other !== cpu) this.#drop(other, line);
    this.owner.set(line, cpu);
    const mine = this.l2[cpu].find(line);
    if (mine !== undefined) mine.state = MODIFIED;
    return this.#c.upgrade;
  }

  #drop(cpu: number, line: number): void {
    this.l1[cpu].drop(line);
    this.l2[cpu].drop(line);
  }

  #fetch(cpu: number, line: number, write: boolean): [cycles: number, state: number] {
    const owner = this.owner.get(line);
    if (typeof owner === 'number' && owner !== cpu) {
      const places = [this.l1[owner].find(line), this.l2[owner].find(line)];
      const theirs = places.find((p) => p !== undefined)?.state;
      if (theirs !== undefined) {
        this.sum.transfers++;
        if (write) this.#drop(owner, line);
        else for (const p of places) if (p !== undefined) p.state = SHARED;
        this.owner.set(line, write ? cpu : 'several');
        const cycles = theirs === MODIFIED ? this.#c.transferModified : this.#c.transferShared;
        return [cycles, write ? MODIFIED : SHARED];
      }
    }
    if (owner === 'several' && write)
      for (let other = 0; other < this.#cpus; other++) if (other !== cpu) this.#drop(other, line);
    const shared = owner === 'several' && !write;
    if (this.#cpus > 1) this.owner.set(line, shared ? 'several' : cpu);
    const state = write ? MODIFIED : shared ? SHARED : EXCLUSIVE;
    if (this.l3.use(line) !== undefined) return [this.#c.l3.hit, state];
    this.sum.l3++;
    if (this.l3.sets.length > 0) this.l3.insert(line, SHARED);
    return [this.#c.memory, state];
  }
}

const SHAPES: Record<
  string,
  { cpus: number; l1d: [number, number]; l2: [number, number]; l3: [number, number] }
> = {
  'three levels, 3 CPUs': { cpus: 3, l1d: [256, 2], l2: [512, 4], l3: [1024, 8] },
  'three levels, 1 CPU': { cpus: 1, l1d: [256, 2], l2: [512, 2], l3: [1024, 2] },
  'no third level': { cpus: 2, l1d: [128, 1], l2: [512, 2], l3: [0, 1] },
  'one level': { cpus: 2, l1d: [256, 4], l2: [0, 1], l3: [0, 1] },
};

function build(name: string) {
  const { cpus, l1d, l2, l3 } = SHAPES[name];
  const base = loadProfile('amd64');
  const level = (old: Profile['cache']['l2'], [size, ways]: [number, number]) => ({ ...old, size, ways });
  const profile: Profile = {
    ...base,
    ramBytes: 32 << 20,
    cache: {
      ...base.cache,
      l1d: level(base.cache.l1d, l1d),
      l2: level(base.cache.l2, l2),
      l3: level(base.cache.l3, l3),
    },
  };
  const layout = layOut(profile, cpus);
  const memory = new WebAssembly.Memory({ initial: layout.total >> 16 });
  const i32 = new Int32Array(memory.buffer);
  const i64 = new BigInt64Array(memory.buffer);
  const model = new CacheModel(memory, layout, profile, cpus);
  const on = (cpu: number) => {
    i32[CPU.cpu >> 2] = cpu;
    i32[CPU.l1d >> 2] = layout.l1d(cpu);
  };
  const sums = () => ({
    cycles: Number(i64[CPU.clock >> 3]),
    l1: Number(i64[CPU.l1Misses >> 3]),
    l2: Number(i64[CPU.l2Misses >> 3]),
    l3: Number(i64[CPU.l3Misses >> 3]),
    transfers: Number(i64[CPU.transfers >> 3]),
  });
  return { cpus, profile, layout, model, on, sums, i32, i64, memory };
}

test.each(Object.keys(SHAPES))('costs and counts are those of the plain description: %s', (name) => {
  const { cpus } = SHAPES[name];
  const access = fc.record({ cpu: fc.nat(cpus - 1), line: fc.nat(23), write: fc.boolean() });
  fc.assert(
    fc.property(fc.array(access, { minLength: 50, maxLength: 400 }), (accesses) => {
      const real = build(name);
      const plain = new Plain(real.profile, cpus);
      accesses.forEach(({ cpu, line, write }, i) => {
        real.on(cpu);
        real.model.miss(FIRST + line, write ? 1 : 0);
        plain.access(cpu, FIRST + line, write);
        expect([i, real.sums()]).toEqual([i, plain.sum]);
      });
      expect(real.i64[CPU.memCycles >> 3]).toBe(real.i64[CPU.clock >> 3]);
    }),
    { numRuns: 25, seed: 1 },
  );
});

test('ghost execution changes and charges nothing', () => {
  const { model, on, i32, memory } = build('three levels, 3 CPUs');
  on(1);
  model.miss(FIRST, 1);
  i32[CPU.flags >> 2] = FLAG_GHOST;
  const before = new Uint8Array(memory.buffer.slice(0, 1 << 20));
  model.miss(FIRST, 1);
  model.miss(FIRST + 8, 0);
  expect(Buffer.compare(before, new Uint8Array(memory.buffer, 0, 1 << 20))).toBe(0);
});

test('what a CPU does aside costs what it would, and moves nothing but its own first level', () => {
  const { model, on, sums, layout, memory, profile } = build('three levels, 3 CPUs');
  const beyond = () =>
    [
      new Uint8Array(memory.buffer, layout.l2(0), 512 * 3),
      new Uint8Array(memory.buffer, layout.l3, 1024),
      new Uint8Array(memory.buffer, layout.directory, layout.total - layout.directory),
    ].map((part) => Buffer.from(part).toString('base64'));
  on(0);
  model.miss(FIRST, 1);
  const before = beyond();
  const start = sums().cycles;
  model.scratch = 2n;
  on(1);
  model.miss(FIRST, 0); // modified in CPU 0
  expect(sums().cycles - start).toBe(profile.cache.transferModified);
  model.miss(FIRST, 0); // now in its own
  expect(sums().cycles - start).toBe(profile.cache.transferModified);
  model.miss(FIRST + 1, 0); // nowhere
  expect(sums().cycles - start).toBe(profile.cache.transferModified + profile.cache.memory);
  expect(beyond()).toEqual(before);
});

/**
 * The caches behind the inlined test: what a load or store costs when way 0 of L1 does not hold its line.
 *
 * Private L1 and L2 (L2 includes L1), a shared L3, and MESI between CPUs. States are kept in the tags: 1 shared, 2 exclusive, 3
 * modified, 0 invalid (the whole tag is 0 then). Who may own a line is in a directory, a byte a line: 0 nobody, 255 possibly several,
 * else 1 + the CPU that holds it alone. A byte may be stale after a silent eviction, so the owner's tags decide. Tags are kept in order of
 * use, most recent first, so the victim is always the last way.
 *
 * A store's miss is mostly hidden by the store buffer: only the profile's share of it stalls.
 *
 * It is a small WebAssembly module made for the machine's shape: guest code calls it on each miss, and from there to JavaScript would
 * cost more than the model itself.
 */
import { CPU, FLAG_GHOST } from '../image/abi.ts';
import type { Profile } from '../image/profile.ts';
import { type Body, type Func, I32, I64, insertFirst, Module, moveToFront } from '../wasm/index.ts';
import type { LevelLayout, MachineLayout } from './layout.ts';

const SHARED = 1;
const EXCLUSIVE = 2;
const MODIFIED = 3;
const SEVERAL = 255;

export class CacheModel {
  /** The import `miss`: line is an offset >> LINE_SHIFT. Adds the cycles to the running CPU's clock. In ghost execution it does nothing. */
  readonly miss: (line: number, write: number) => void;
  readonly #scratch: WebAssembly.Global;

  constructor(memory: WebAssembly.Memory, layout: MachineLayout, profile: Profile, cpus: number) {
    const code = new CacheCode(layout, profile, cpus).encode();
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code as BufferSource), {
      env: { memory },
    });
    this.miss = exports['miss'] as CacheModel['miss'];
    this.#scratch = exports['scratch'] as WebAssembly.Global;
  }

  /** Bit n: what CPU n does now leaves no line in L2, L3 or the directory (machine.scratchTags). */
  get scratch(): bigint {
    return BigInt.asUintN(64, this.#scratch.value as bigint);
  }
  set scratch(cpus: bigint) {
    this.#scratch.value = BigInt.asIntN(64, cpus);
  }
}

/** Where a level's tags are, and how many. */
interface Level extends LevelLayout {
  /** Pushes the offset of the first set; for private levels that of the CPU whose number is in the local. */
  base(b: Body, cpu: number): void;
}

class CacheCode {
  readonly #m = new Module();
  readonly #costs: Profile['cache'];
  readonly #directory: number;
  readonly #cpus: number;
  readonly #l1: Level;
  readonly #l2: Level;
  readonly #l3: Level;
  readonly #scratch: number;

  constructor(layout: MachineLayout, profile: Profile, cpus: number) {
    this.#costs = profile.cache;
    this.#directory = layout.directory;
    this.#cpus = cpus;
    const each = (shape: LevelLayout, offset: (cpu: number) => number): Level => ({
      ...shape,
      base: (b, cpu) =>
        b
          .get(cpu)
          .i32(offset(1) - offset(0))
          .op('i32.mul')
          .i32(offset(0))
          .op('i32.add'),
    });
    this.#l1 = each(layout.l1Shape, layout.l1d);
    this.#l2 = each(layout.l2Shape, layout.l2);
    this.#l3 = { ...layout.l3Shape, base: (b) => b.i32(layout.l3) };
    this.#m.importMemory('env', 'memory', 0);
    this.#scratch = this.#m.global(I64, true, 0n);
  }

  encode(): Uint8Array {
    const m = this.#m;
    const miss = m.func('miss', [I32, I32], []);
    if (this.#l1.sets > 0) this.#miss(miss);
    m.exportFunc('miss', miss);
    m.exportGlobal('scratch', this.#scratch);
    return m.encode(true);
  }

  #miss({ body: b }: Func): void {
    const [line, write] = [0, 1];
    const cpu = b.local(I32);
    const set = b.local(I32);
    const entry = b.local(I32);
    const state = b.local(I32);
    const cycles = b.local(I32);
    const slot = this.#slot();
    const upgrade = this.#directory === 0 ? undefined : this.#upgrade(slot);
    const scratchMiss = this.#scratchMiss(slot);
    const fetch = this.#fetch(slot);
    b.i32(0).load('i32.load', CPU.flags).i32(FLAG_GHOST).op('i32.and').if_().return().end();
    b.i32(0).load('i32.load', CPU.cpu).set(cpu);
    this.#set(b, this.#l1, line, () => b.i32(0).load('i32.load', CPU.l1d)).set(set);
    this.#front(b, this.#l1, set, line, entry);
    b.get(entry).if_();
    b.get(write).get(entry).i32(3).op('i32.and').tee(state).i32(MODIFIED).op('i32.ne').op('i32.and').if_();
    b.get(state).i32(SHARED).op('i32.eq').if_();
    this.#inScratch(b, cpu);
    b.if_(I32).i32(this.#costs.upgrade).else_();
    if (upgrade === undefined) b.i32(0);
    else b.get(cpu).get(line).call(upgrade);
    b.end().set(cycles);
    this.#charge(b, cycles, write);
    b.end();
    b.get(set).get(entry).i32(MODIFIED).op('i32.or').store('i32.store').end();
    b.return().end();
    count(b, CPU.l1Misses);
    this.#inScratch(b, cpu);
    b.if_().get(cpu).get(set).get(line).get(write).call(scratchMiss).return().end();
    // (line << 2 | state) of the line in L2, from there or put there.
    const fromBeyond = () => {
      count(b, CPU.l2Misses);
      b.get(cpu).get(line).get(write).call(fetch).tee(cycles).i32(3).op('i32.and').set(state);
      b.get(cycles).i32(2).op('i32.shr_u').set(cycles);
    };
    if (this.#l2.sets === 0) fromBeyond();
    else {
      const set2 = b.local(I32);
      this.#set(b, this.#l2, line, () => this.#l2.base(b, cpu)).set(set2);
      this.#front(b, this.#l2, set2, line, entry);
      b.get(entry).if_();
      b.i32(this.#costs.l2.hit).set(cycles);
      b.get(entry).i32(3).op('i32.and').set(state);
      b.get(write).if_();
      if (upgrade !== undefined) {
        b.get(state).i32(SHARED).op('i32.eq').if_();
        b.get(cycles).get(cpu).get(line).call(upgrade).op('i32.add').set(cycles).end();
      }
      b.i32(MODIFIED).set(state);
      b.get(set2).get(entry).i32(MODIFIED).op('i32.or').store('i32.store').end();
      b.else_();
      fromBeyond();
      this.#insertL2(b, slot, cpu, set2, line, state);
      b.end();
    }
    this.#insertL1(b, slot, cpu, set, line, state);
    this.#charge(b, cycles, write);
  }

  /** A line comes into L1; what leaves it and was modified is so in L2, too. */
  #insertL1(b: Body, slot: Func, cpu: number, set: number, line: number, state: number): void {
    if (this.#l2.sets > 0) {
      const victim = b.local(I32);
      b.get(set).load('i32.load', lastWay(this.#l1)).tee(victim).i32(3).op('i32.and').i32(MODIFIED);
      b.op('i32.eq').if_();
      b.get(victim).i32(2).op('i32.shr_u').set(victim);
      this.#setState(b, slot, this.#l2, cpu, victim, MODIFIED);
      b.end();
    }
    insertFirst(b, this.#l1.ways, set, () => b.get(line).i32(2).op('i32.shl').get(state).op('i32.or'));
  }

  /** A line comes into L2; what leaves it leaves L1. */
  #insertL2(b: Body, slot: Func, cpu: number, set: number, line: number, state: number): void {
    const victim = b.local(I32);
    b.get(set).load('i32.load', lastWay(this.#l2)).tee(victim).if_();
    b.get(victim).i32(2).op('i32.shr_u').set(victim);
    this.#setState(b, slot, this.#l1, cpu, victim, 0);
    b.end();
    insertFirst(b, this.#l2.ways, set, () => b.get(line).i32(2).op('i32.shl').get(state).op('i32.or'));
  }

  /** (cpu, L1 set, line, write): a miss whose line stays in the scratch L1: costs what it would, moves nothing. */
  #scratchMiss(slot: Func): Func {
    const f = this.#m.func('scratch_miss', [I32, I32, I32, I32], []);
    const { body: b } = f;
    const [cpu, set, line, write] = [0, 1, 2, 3];
    const cycles = b.local(I32);
    b.i32(this.#costs.memory).set(cycles);
    if (this.#l3.sets > 0) {
      this.#lookUp(b, slot, this.#l3, cpu, line);
      b.if_().i32(this.#costs.l3.hit).set(cycles).end();
    }
    if (this.#directory !== 0) {
      const owner = b.local(I32);
      const theirs = b.local(I32);
      this.#another(b, owner, cpu, line);
      b.if_();
      this.#stateIn(b, slot, owner, line).tee(theirs).if_();
      b.i32(this.#costs.transferModified).i32(this.#costs.transferShared);
      b.get(theirs).i32(MODIFIED).op('i32.eq').op('select').set(cycles).end().end();
    }
    if (this.#l2.sets > 0) {
      this.#lookUp(b, slot, this.#l2, cpu, line);
      b.if_().i32(this.#costs.l2.hit).set(cycles).end();
    }
    insertFirst(b, this.#l1.ways, set, () =>
      b.i32(MODIFIED).i32(EXCLUSIVE).get(write).op('select').get(line).i32(2).op('i32.shl').op('i32.or'),
    );
    this.#charge(b, cycles, write);
    return f;
  }

  /** (cpu, line, write) -> cycles << 2 | new state: a line that neither L1 nor L2 holds: from another CPU, L3 or memory. */
  #fetch(slot: Func): Func {
    const f = this.#m.func('fetch', [I32, I32, I32], [I32]);
    const { body: b } = f;
    const [cpu, line, write] = [0, 1, 2];
    const beyond = b.local(I32);
    const state = b.local(I32);
    b.i32(MODIFIED).i32(EXCLUSIVE).get(write).op('select').set(state);
    if (this.#directory !== 0) {
      const owner = b.local(I32);
      const theirs = b.local(I32);
      this.#another(b, owner, cpu, line);
      b.if_();
      this.#stateIn(b, slot, owner, line).tee(theirs).if_();
      count(b, CPU.transfers);
      b.get(write).if_();
      this.#setState(b, slot, this.#l1, owner, line, 0);
      this.#setState(b, slot, this.#l2, owner, line, 0);
      b.else_();
      this.#setState(b, slot, this.#l1, owner, line, SHARED);
      this.#setState(b, slot, this.#l2, owner, line, SHARED);
      b.i32(SHARED).set(state).end();
      b.get(line).get(cpu).i32(1).op('i32.add').i32(SEVERAL).get(write).op('select');
      b.store('i32.store8', this.#directory);
      b.i32(this.#costs.transferModified).i32(this.#costs.transferShared);
      b.get(theirs).i32(MODIFIED).op('i32.eq').op('select');
      b.i32(2).op('i32.shl').get(state).op('i32.or').return();
      b.end().end();
      b.get(owner)
        .i32(SEVERAL - 1)
        .op('i32.eq')
        .if_();
      b.get(write).if_().get(cpu).get(line).call(this.#invalidateOthers(slot));
      b.else_().i32(SHARED).set(state).end().end();
      b.get(line).i32(SEVERAL).get(cpu).i32(1).op('i32.add');
      b.get(state).i32(SHARED).op('i32.eq').op('select').store('i32.store8', this.#directory);
    }
    b.i32(this.#costs.memory).set(beyond);
    if (this.#l3.sets === 0) count(b, CPU.l3Misses);
    else {
      const set = b.local(I32);
      const entry = b.local(I32);
      this.#set(b, this.#l3, line, () => this.#l3.base(b, cpu)).set(set);
      this.#front(b, this.#l3, set, line, entry);
      b.get(entry).if_().i32(this.#costs.l3.hit).set(beyond).else_();
      count(b, CPU.l3Misses);
      insertFirst(b, this.#l3.ways, set, () => b.get(line).i32(2).op('i32.shl').i32(SHARED).op('i32.or'));
      b.end();
    }
    b.get(beyond).i32(2).op('i32.shl').get(state).op('i32.or');
    return f;
  }

  /** Sets the owner (its CPU, SEVERAL - 1, or -1) from the directory and pushes whether it is one other CPU. */
  #another(b: Body, owner: number, cpu: number, line: number): Body {
    b.get(line).load('i32.load8_u', this.#directory).i32(1).op('i32.sub').tee(owner);
    b.i32(SEVERAL - 1).op('i32.lt_u');
    return b.get(owner).get(cpu).op('i32.ne').op('i32.and');
  }

  /** (cpu, line) -> cycles: a store to a line that others may share: they lose it. */
  #upgrade(slot: Func): Func {
    const f = this.#m.func('upgrade', [I32, I32], [I32]);
    const { body: b } = f;
    count(b, CPU.transfers);
    b.get(0).get(1).call(this.#invalidateOthers(slot));
    b.get(1).get(0).i32(1).op('i32.add').store('i32.store8', this.#directory);
    this.#setState(b, slot, this.#l2, 0, 1, MODIFIED);
    b.i32(this.#costs.upgrade);
    return f;
  }

  #invalidate: Func | undefined;
  /** (cpu, line) */
  #invalidateOthers(slot: Func): Func {
    if (this.#invalidate !== undefined) return this.#invalidate;
    const f = this.#m.func('invalidate_others', [I32, I32], []);
    const { body: b } = f;
    const other = b.local(I32);
    b.loop();
    const again = b.label;
    b.get(other).get(0).op('i32.ne').if_();
    this.#setState(b, slot, this.#l1, other, 1, 0);
    this.#setState(b, slot, this.#l2, other, 1, 0);
    b.end();
    b.get(other).i32(1).op('i32.add').tee(other).i32(this.#cpus).op('i32.lt_u').brIf(again).end();
    this.#invalidate = f;
    return f;
  }

  // Pieces of code.

  /** Pushes the offset of the set of a line. */
  #set(b: Body, level: LevelLayout, line: number, base: () => void): Body {
    b.get(line)
      .i32(level.sets - 1)
      .op('i32.and')
      .i32(level.ways * 4)
      .op('i32.mul');
    base();
    return b.op('i32.add');
  }

  /** (set, line, bytes of a set) -> offset of the line's tag, or 0 (a word that is always 0). */
  #slot(): Func {
    const f = this.#m.func('slot', [I32, I32, I32], [I32]);
    const { body: b } = f;
    const tag = b.local(I32);
    const end = b.local(I32);
    b.get(1).i32(2).op('i32.shl').set(tag);
    b.get(0).get(2).op('i32.add').set(end);
    b.loop();
    const again = b.label;
    b.get(0).load('i32.load').get(tag).op('i32.xor').i32(4).op('i32.lt_u').if_().get(0).return().end();
    b.get(0).i32(4).op('i32.add').tee(0).get(end).op('i32.lt_u').brIf(again).end();
    b.i32(0);
    return f;
  }

  /** Pushes the offset of a line's tag in a CPU's level, or 0. */
  #lookUp(b: Body, slot: Func, level: Level, cpu: number, line: number): Body {
    this.#set(b, level, line, () => level.base(b, cpu));
    return b
      .get(line)
      .i32(level.ways * 4)
      .call(slot);
  }

  /** The line's state where it is; where it is not there stays nothing. */
  #setState(b: Body, slot: Func, level: Level, cpu: number, line: number, state: number): void {
    if (level.sets === 0) return;
    const at = b.local(I32);
    this.#lookUp(b, slot, level, cpu, line).tee(at).if_().get(at);
    if (state === 0) b.i32(0);
    else b.get(line).i32(2).op('i32.shl').i32(state).op('i32.or');
    b.store('i32.store').end();
  }

  /** Pushes the state of a line in a CPU's L1, else L2, else 0. */
  #stateIn(b: Body, slot: Func, cpu: number, line: number): Body {
    const state = b.local(I32);
    this.#lookUp(b, slot, this.#l1, cpu, line).load('i32.load').i32(3).op('i32.and').tee(state);
    if (this.#l2.sets === 0) return b;
    b.op('i32.eqz').if_();
    this.#lookUp(b, slot, this.#l2, cpu, line).load('i32.load').i32(3).op('i32.and').set(state).end();
    return b.get(state);
  }

  /** entry = the line's tag, which goes to the front of its set; 0 if it is not there, and nothing moves. */
  #front(b: Body, level: LevelLayout, set: number, line: number, entry: number): void {
    moveToFront(b, level.ways, set, () => b.get(line).i32(2).op('i32.shl'), entry);
  }

  #inScratch(b: Body, cpu: number): void {
    b.getGlobal(this.#scratch).get(cpu).op('i64.extend_i32_u').op('i64.shr_u').i64(1).op('i64.and');
    b.op('i32.wrap_i64');
  }

  #charge(b: Body, cycles: number, write: number): void {
    b.get(write).if_();
    b.get(cycles).i32(this.#costs.storeMissSixteenths).op('i32.mul').i32(4).op('i32.shr_u').set(cycles).end();
    for (const field of [CPU.clock, CPU.memCycles])
      b.i32(0)
        .i32(0)
        .load('i64.load', field)
        .get(cycles)
        .op('i64.extend_i32_u')
        .op('i64.add')
        .store('i64.store', field);
  }
}

const lastWay = (level: LevelLayout): number => 4 * (level.ways - 1);

function count(b: Body, counter: number): void {
  b.i32(0).i32(0).load('i64.load', counter).i64(1).op('i64.add').store('i64.store', counter);
}

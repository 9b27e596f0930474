/**
 * All chance comes from named streams: `rng('entropy')`, `rng('ada0')`.
 *
 * Each stream is seeded by the run's seed and its own name, so a new user of randomness cannot shift the others, and its state can be
 * saved into a checkpoint.
 */
import seedrandom from 'seedrandom';

export interface Stream {
  /** 32 random bits. */
  int32(): number;
  /** 64 random bits. */
  bits64(): bigint;
  /** 0 .. n - 1. */
  below(n: number): number;
}

type Generator = seedrandom.PRNG & { state(): seedrandom.State.Arc4 };

export class RandomStreams {
  /** Of streams that have not begun yet. */
  seed: number;
  readonly #streams = new Map<string, Generator>();

  constructor(seed: number) {
    this.seed = seed;
  }

  stream(name: string): Stream {
    // Looked up at each use: restore() replaces the generators under streams already handed out.
    const generator = () => {
      let g = this.#streams.get(name);
      if (g === undefined) {
        g = seedrandom(`${this.seed}/${name}`, { state: true }) as Generator;
        this.#streams.set(name, g);
      }
      return g;
    };
    return {
      int32: () => generator().int32(),
      bits64: () => {
        const g = generator();
        return (BigInt(g.int32() >>> 0) << 32n) | BigInt(g.int32() >>> 0);
      },
      below: (n) => Math.floor(generator()() * n),
    };
  }

  /** All streams begin anew, from another seed. */
  reseed(seed: number): void {
    this.seed = seed;
    this.#streams.clear();
  }

  save(): [string, seedrandom.State.Arc4][] {
    return Array.from(this.#streams, ([name, g]) => [name, structuredClone(g.state())]);
  }

  restore(saved: ReturnType<RandomStreams['save']>): void {
    this.#streams.clear();
    for (const [name, state] of saved)
      this.#streams.set(name, seedrandom('', { state: structuredClone(state) }) as Generator);
  }
}

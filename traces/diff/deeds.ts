/** Columns of a track's deeds, a row a deed: what, to which object, when, and what the track's time had gone to by then. */
import type { Spent } from './accounts.ts';

export class Deeds {
  count = 0;
  /** What it is: a number of the vocabulary that both sides share. */
  key = new Int32Array(16);
  /** Object it was done to, a number of its own side; -1: none. */
  object = new Int32Array(16);
  /** Number of the event in its trace. */
  seq = new Int32Array(16);
  cycle = new Float64Array(16);
  /** Cycles so far in probes (with traps), in interrupts, waiting for a lock or a CPU, and asleep. */
  probe = new Float64Array(16);
  interrupts = new Float64Array(16);
  waits = new Float64Array(16);
  sleep = new Float64Array(16);

  push(key: number, object: number, seq: number, cycle: number, spent: Spent): void {
    const n = this.count++;
    if (n === this.key.length) this.#grow();
    this.key[n] = key;
    this.object[n] = object;
    this.seq[n] = seq;
    this.cycle[n] = cycle;
    this.probe[n] = spent.probe + spent.trap;
    this.interrupts[n] = spent.interrupts;
    this.waits[n] = spent.locks + spent.runq + spent.consumer;
    this.sleep[n] = spent.sleep;
  }

  #grow(): void {
    const grown = <T extends Int32Array | Float64Array>(old: T): T => {
      const make = old.constructor as new (length: number) => T;
      const larger = new make(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.key = grown(this.key);
    this.object = grown(this.object);
    this.seq = grown(this.seq);
    this.cycle = grown(this.cycle);
    this.probe = grown(this.probe);
    this.interrupts = grown(this.interrupts);
    this.waits = grown(this.waits);
    this.sleep = grown(this.sleep);
  }

  /** Index of the first deed with a number of at least `seq`; count when there is none. */
  from(seq: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.seq[middle] < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

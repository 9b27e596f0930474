/**
 * The event queue: everything that will happen at a known cycle.
 *
 * The order is total: earlier cycle first, at equal cycles first scheduled first. Events are plain numbers (a kind, a CPU, an argument),
 * so that a checkpoint can copy them; what they mean is the machine's affair. A four-ary heap in typed arrays: fewer
 * levels than a binary one, and four children share a cache line.
 */

/** A handle for `cancel`; valid until the event is popped or cancelled. */
export type EventHandle = number;

export interface QueuedEvent {
  handle: EventHandle;
  cycle: number;
  seq: number;
  kind: number;
  cpu: number;
  arg: number;
}

export class EventQueue {
  #capacity: number;
  /** In heap order, side by side so that sifting touches few lines: when, which came first, and the slot with the rest. */
  #cycle: Float64Array;
  #seq: Float64Array;
  #heap: Int32Array;
  /** By slot. */
  #kind: Int32Array;
  #cpu: Int32Array;
  #arg: Float64Array;
  /** Position of a slot in the heap, or -1 - next free slot. */
  #place: Int32Array;
  #free = -1;
  #used = 0;
  #size = 0;
  #nextSeq = 0;

  constructor(capacity = 256) {
    this.#capacity = capacity;
    this.#heap = new Int32Array(capacity);
    this.#cycle = new Float64Array(capacity);
    this.#seq = new Float64Array(capacity);
    this.#kind = new Int32Array(capacity);
    this.#cpu = new Int32Array(capacity);
    this.#arg = new Float64Array(capacity);
    this.#place = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Cycle of the next event, Infinity when there is none. */
  get nextCycle(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#cycle[0];
  }

  schedule(cycle: number, kind: number, cpu = 0, arg = 0): EventHandle {
    const slot = this.#allocate();
    this.#kind[slot] = kind;
    this.#cpu[slot] = cpu;
    this.#arg[slot] = arg;
    this.#up(this.#size++, cycle, this.#nextSeq++, slot);
    return slot;
  }

  /** The next event, removed; undefined when there is none. */
  pop(): QueuedEvent | undefined {
    if (this.#size === 0) return undefined;
    const event = this.#at(0);
    this.#removeAt(0);
    this.#release(event.handle);
    return event;
  }

  cancel(handle: EventHandle): void {
    const place = this.#place[handle];
    if (place < 0) return;
    this.#removeAt(place);
    this.#release(handle);
  }

  /** All events in order, and the sequence counter: what a checkpoint keeps. */
  save(): { events: QueuedEvent[]; nextSeq: number } {
    const events = Array.from({ length: this.#size }, (_, place) => this.#at(place));
    return { events: events.sort((a, b) => a.cycle - b.cycle || a.seq - b.seq), nextSeq: this.#nextSeq };
  }

  /** Back to a saved state. Returns the new handle of each saved one. */
  restore(saved: ReturnType<EventQueue['save']>): Map<EventHandle, EventHandle> {
    this.#size = 0;
    this.#used = 0;
    this.#free = -1;
    const handles = new Map<EventHandle, EventHandle>();
    for (const event of saved.events) {
      this.#nextSeq = event.seq;
      handles.set(event.handle, this.schedule(event.cycle, event.kind, event.cpu, event.arg));
    }
    this.#nextSeq = saved.nextSeq;
    return handles;
  }

  #allocate(): number {
    if (this.#free >= 0) {
      const slot = this.#free;
      this.#free = -1 - this.#place[slot] - 1;
      return slot;
    }
    if (this.#used === this.#capacity) this.#grow();
    return this.#used++;
  }

  /** A free slot's place is -2 - next free slot (or -1 for none), always negative. */
  #release(slot: number): void {
    this.#place[slot] = -2 - this.#free;
    this.#free = slot;
  }

  #grow(): void {
    this.#capacity *= 2;
    const wider = <T extends Int32Array | Float64Array>(old: T, fresh: T): T => {
      fresh.set(old as never);
      return fresh;
    };
    const n = this.#capacity;
    this.#heap = wider(this.#heap, new Int32Array(n));
    this.#cycle = wider(this.#cycle, new Float64Array(n));
    this.#seq = wider(this.#seq, new Float64Array(n));
    this.#kind = wider(this.#kind, new Int32Array(n));
    this.#cpu = wider(this.#cpu, new Int32Array(n));
    this.#arg = wider(this.#arg, new Float64Array(n));
    this.#place = wider(this.#place, new Int32Array(n));
  }

  #at(place: number): QueuedEvent {
    const slot = this.#heap[place];
    return {
      handle: slot,
      cycle: this.#cycle[place],
      seq: this.#seq[place],
      kind: this.#kind[slot],
      cpu: this.#cpu[slot],
      arg: this.#arg[slot],
    };
  }

  #put(place: number, cycle: number, seq: number, slot: number): void {
    this.#cycle[place] = cycle;
    this.#seq[place] = seq;
    this.#heap[place] = slot;
    this.#place[slot] = place;
  }

  /** From `place` towards the root, past everything later. Earlier cycle first; at equal cycles, first scheduled first. */
  #up(place: number, cycle: number, seq: number, slot: number): void {
    const cycles = this.#cycle;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const other = cycles[parent];
      if (other < cycle || (other === cycle && this.#seq[parent] < seq)) break;
      this.#put(place, other, this.#seq[parent], this.#heap[parent]);
      place = parent;
    }
    this.#put(place, cycle, seq, slot);
  }

  #down(place: number, cycle: number, seq: number, slot: number): void {
    const cycles = this.#cycle;
    const size = this.#size;
    for (;;) {
      const first = place * 4 + 1;
      if (first >= size) break;
      const last = Math.min(first + 4, size);
      let best = first;
      let least = cycles[first];
      for (let child = first + 1; child < last; child++) {
        const c = cycles[child];
        if (c < least || (c === least && this.#seq[child] < this.#seq[best])) {
          best = child;
          least = c;
        }
      }
      if (cycle < least || (cycle === least && seq < this.#seq[best])) break;
      this.#put(place, least, this.#seq[best], this.#heap[best]);
      place = best;
    }
    this.#put(place, cycle, seq, slot);
  }

  #removeAt(place: number): void {
    const last = --this.#size;
    if (place === last) return;
    const cycle = this.#cycle[last];
    const seq = this.#seq[last];
    const earlier = cycle < this.#cycle[place] || (cycle === this.#cycle[place] && seq < this.#seq[place]);
    if (earlier) this.#up(place, cycle, seq, this.#heap[last]);
    else this.#down(place, cycle, seq, this.#heap[last]);
  }
}

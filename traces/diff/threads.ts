/**
 * Threads by creation path, never by number: a traced run has one process more, so every later pid and tid differs.
 *
 * A thread's name is the last one it had (a shell's child becomes dd when it execs); its identity is its creator's identity, its name,
 * and which of the creator's children of that name it is.
 */
import { argumentNumber, type EventColumns, MAX_ARGS } from '../columns.ts';

export class ThreadNames {
  readonly #parent = new Map<number, number>();
  readonly #name = new Map<number, string>();
  readonly #order: number[] = [];
  #identities: Map<number, string> | undefined;

  create(tid: number, parent: number): void {
    if (!this.#parent.has(tid)) this.#order.push(tid);
    this.#parent.set(tid, parent);
    this.#identities = undefined;
  }

  /** From a `_trace:::thread-name` event: tid, then the name in three words. */
  name(e: EventColumns, i: number): void {
    const tid = argumentNumber(e, i, 0);
    this.#name.set(tid, textOf(e, i, 1, 3));
    this.#identities = undefined;
  }

  /** The name it bears now, '' when it has none. */
  current(tid: number): string {
    return this.#name.get(tid) ?? '';
  }

  /** What a list() said. */
  static from(list: Iterable<[tid: number, parent: number, name: string]>): ThreadNames {
    const names = new ThreadNames();
    for (const [tid, parent, name] of list) {
      if (parent >= 0) names.create(tid, parent);
      if (name !== '') names.#name.set(tid, name);
    }
    return names;
  }

  /** Id, creator (-1: unknown) and last name of each thread, in the order of creation. */
  list(): [tid: number, parent: number, name: string][] {
    const made = new Set(this.#order);
    const tids = [...this.#order, ...[...this.#name.keys()].filter((tid) => !made.has(tid))];
    return tids.map((tid) => [tid, this.#parent.get(tid) ?? -1, this.#name.get(tid) ?? '']);
  }

  identity(tid: number): string {
    this.#identities ??= this.#all();
    return this.#identities.get(tid) ?? this.#name.get(tid) ?? `thread ${tid}`;
  }

  /** Threads that a number, a part of a name or of a creation path means. */
  *matching(text: string): Generator<number> {
    for (const tid of new Set([...this.#order, ...this.#name.keys()]))
      if (String(tid) === text || this.current(tid).includes(text) || this.identity(tid).includes(text))
        yield tid;
  }

  /** The thread of that path. */
  tidOf(identity: string): number | undefined {
    this.#identities ??= this.#all();
    for (const [tid, path] of this.#identities) if (path === identity) return tid;
    return undefined;
  }

  #all(): Map<number, string> {
    const identities = new Map<number, string>();
    const taken = new Map<string, number>();
    for (const tid of this.#order) {
      const parent = identities.get(this.#parent.get(tid) ?? -1);
      const path = `${parent === undefined || parent === '' ? '' : `${parent}/`}${this.#name.get(tid) ?? '?'}`;
      const n = (taken.get(path) ?? 0) + 1;
      taken.set(path, n);
      identities.set(tid, n === 1 ? path : `${path}#${n}`);
    }
    return identities;
  }
}

/** Text in words of an event's arguments: `count` of them from `from` on, ended by a NUL. */
export function textOf(e: EventColumns, i: number, from: number, count: number): string {
  const bytes: number[] = [];
  for (let k = from; k < from + count; k++)
    for (const word of [e.argLow[i * MAX_ARGS + k], e.argHigh[i * MAX_ARGS + k]])
      for (let shift = 0; shift < 32; shift += 8) bytes.push((word >>> shift) & 0xff);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? bytes : bytes.slice(0, end)));
}

/**
 * What tracing costs, component by component: each can be suppressed on its own, and all of them are what ghost tracing is.
 *
 *   probe     firings are executed as ghosts; the same consumer runs over the same buffers. Locks keep their fast paths, too: it is
 *             lockstat's own sites that make them take the slow ones.
 *   trap      the exception of an fbt site takes no time
 *   cache     firings have L1 tags and a predictor of their own: they leave no line and no mark in those of the traced system. They pay for their
 *             own misses.
 *   consumer  the host consumes, as in ghost tracing; there is no process
 *
 * Timers stay what they are: a profile probe's interrupts are taken and charged, whatever its firings cost.
 * Suppressed or not is told before the guest boots; only the firings' charge can end later (`flip`): what comes after that moment is recorded by
 * DTrace as a ghost would.
 */
import type { Options } from '../dtrace/index.ts';
import {
  FBT_ENTRY,
  FBT_GHOST_ENTRY,
  FBT_GHOST_RETURN,
  FBT_RETURN,
  FBT_TRAP,
  SDT_DTRACE,
  SDT_GHOST,
} from '../image/abi.ts';
import type { Image } from '../image/image.ts';
import type { Machine } from '../machine/machine.ts';
import { defaultSites } from './sites.ts';
import { UserError } from './user-error.ts';

export const CHARGES = ['probe', 'trap', 'cache', 'consumer'] as const;
export type Charge = (typeof CHARGES)[number];

/** Values of the kernel's dtrace_sites. */
const SITES_CHARGED = 1;
const SITES_GHOST = 2;

/** From -x ghost and -x suppress=LIST. Throws UserError. */
export function suppressed(options: Options): ReadonlySet<Charge> {
  if (options.extensions.has('ghost')) return new Set(CHARGES);
  const text = options.extensions.get('suppress');
  if (text === undefined) return new Set();
  const names = text.split(',').map((name) => name.trim());
  for (const name of names)
    if (!(CHARGES as readonly string[]).includes(name))
      throw new UserError(`-x suppress=${text}: no charge '${name}': there are ${CHARGES.join(', ')}`);
  return new Set(names as Charge[]);
}

/** Of one machine that traces. */
export class Charges {
  readonly suppressed: ReadonlySet<Charge>;
  readonly #machine: Machine;
  readonly #kernel: Image;
  /** Firings in progress, by CPU; known only while somebody asked for it. */
  readonly #depth: Uint8Array;

  constructor(machine: Machine, kernel: Image, set: ReadonlySet<Charge>) {
    this.#machine = machine;
    this.#kernel = kernel;
    this.suppressed = set;
    this.#depth = new Uint8Array(machine.cpus);
    const probe = set.has('probe');
    const consumer = set.has('consumer');
    if (probe !== consumer) this.#word('dtrace_sites', probe ? SITES_GHOST : SITES_CHARGED);
    if (set.has('trap')) machine.memory.write53(FBT_TRAP, 0);
    if (!probe && (consumer || set.has('cache'))) this.#watch();
  }

  #address(symbol: string): number {
    const found = this.#kernel.symbols.find((s) => s.name === symbol);
    if (found === undefined) throw new Error(`the kernel image has no ${symbol}`);
    return found.addr;
  }

  #word(symbol: string, value: number): void {
    this.#machine.memory.i32[this.#address(symbol) >> 2] = value;
  }

  /** Has firings counted as they begin and end, and their tags put aside. */
  #watch(): void {
    const { memory, siteHooks } = this.#machine;
    const scratch = this.suppressed.has('cache');
    const at = (name: string, hook: (cpu: number) => void) => {
      const site = defaultSites(this.#kernel, memory).find((s) => s.provider === '_trace' && s.name === name);
      if (site === undefined) throw new Error(`the kernel has no probe _trace:::${name}`);
      memory.i32[site.number >> 2] |= SDT_GHOST;
      siteHooks.set(site.number, hook);
    };
    at('dtrace-enter', (cpu) => {
      if (this.#depth[cpu]++ === 0 && scratch) this.#machine.scratchTags(true);
    });
    at('dtrace-exit', (cpu) => {
      if (--this.#depth[cpu] === 0 && scratch) this.#machine.scratchTags(false);
    });
  }

  /** What is no part of the machine. Calling the result goes back to it. */
  save(): () => void {
    const depth = this.#depth.slice();
    return () => this.#depth.set(depth);
  }

  /** Is a CPU amid a firing, so that its buffers must be left alone? */
  get firing(): boolean {
    return this.#depth.some((n) => n > 0);
  }

  /** From now on firings cost nothing: DTrace's sites become ghosts. A firing in progress is finished as it began. */
  flip(): void {
    const { memory } = this.#machine;
    let lockstat = 0;
    for (const { number, provider } of defaultSites(this.#kernel, memory)) {
      const word = memory.i32[number >> 2];
      if ((word & SDT_DTRACE) === 0) continue;
      memory.i32[number >> 2] = (word & ~SDT_DTRACE) | SDT_GHOST;
      if (provider === 'lockstat') lockstat++;
    }
    const enabled = this.#address('lockstat_enabled') >> 2;
    memory.i32[enabled] -= lockstat;
    const { fbtEnable, functions } = this.#kernel;
    for (let n = 0; n < functions.length; n++) {
      const bits = memory.bytes8[fbtEnable + n];
      memory.bytes8[fbtEnable + n] =
        (bits & ~(FBT_ENTRY | FBT_RETURN)) |
        ((bits & FBT_ENTRY) !== 0 ? FBT_GHOST_ENTRY : 0) |
        ((bits & FBT_RETURN) !== 0 ? FBT_GHOST_RETURN : 0);
    }
    this.#word('dtrace_sites', SITES_GHOST);
  }
}

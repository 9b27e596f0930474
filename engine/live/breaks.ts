/**
 * Breaks: function entries and source lines are found by line marks, locks in the log of records, D predicates where records are made.
 */
import type { FunctionInfo, Image } from '../image/image.ts';
import type { Line } from '../machine/machine.ts';
import type { BreakSpec } from '../run/live-view.ts';
import { UserError } from '../run/user-error.ts';
import type { Compiled, Evaluator } from './evaluate.ts';
import type { LiveMachine } from './live-machine.ts';

interface Place {
  fn: FunctionInfo;
  image: Image;
  /** Table index. */
  index: number;
}

/** Words of its name that a lock's initialisation records. */
const NAME_WORDS = 3;

export class Breaks {
  /** Which break was hit last. */
  hit = -1;
  /** Functions, by table index, that must tell of their lines. */
  readonly functions: ReadonlySet<number>;
  /** Some break is found where records are made. */
  readonly records: boolean;
  /** All breaks are: and without a look at the machine. */
  readonly onlyLog: boolean;
  readonly #live: LiveMachine;
  readonly #evaluator: Evaluator;
  readonly #lineTests: ((line: Line) => boolean)[] = [];
  readonly #recordTests: ((n: number) => boolean)[] = [];

  /** Throws UserError for one that cannot be set. */
  constructor(live: LiveMachine, evaluator: Evaluator, specs: readonly BreakSpec[]) {
    this.#live = live;
    this.#evaluator = evaluator;
    const functions = new Set<number>();
    for (const spec of specs) {
      let line: (line: Line) => boolean = () => false;
      let record: (n: number) => boolean = () => false;
      if (spec.function !== undefined) line = this.#function(spec.function, functions);
      else if (spec.line !== undefined) line = this.#line(spec.line, functions);
      else if (spec.lock !== undefined) record = this.#lock(spec.lock);
      else if (spec.predicate !== undefined) record = this.#predicate(evaluator.compile(spec.predicate));
      else throw new UserError('a break needs a function, a line, a lock or a predicate');
      this.#lineTests.push(line);
      this.#recordTests.push(record);
    }
    this.functions = functions;
    this.records = specs.some((s) => s.lock !== undefined || s.predicate !== undefined);
    this.onlyLog = specs.every((s) => s.lock !== undefined);
  }

  /** Is a line that begins a break? */
  readonly line = (line: Line): boolean => {
    const which = this.#lineTests.findIndex((test) => test(line));
    if (which >= 0) this.hit = which;
    return which >= 0;
  };

  /** Is a record? */
  readonly record = (n: number): boolean => {
    const which = this.#recordTests.findIndex((test) => test(n));
    if (which >= 0) this.hit = which;
    return which >= 0;
  };

  #all(wanted: (fn: FunctionInfo) => boolean): Place[] {
    return this.#live.machine.images.flatMap(({ image, tbase }) =>
      image.functions.flatMap((fn, local) => (wanted(fn) ? [{ fn, image, index: tbase + local }] : [])),
    );
  }

  #function(name: string, functions: Set<number>): (line: Line) => boolean {
    const [, image, fn] = /^(?:([^`]+)`)?(.+)$/.exec(name) ?? [];
    const places = this.#all((f) => f.name === fn).filter(
      (p) => image === undefined || p.image.name === image,
    );
    if (places.length === 0) throw new UserError(`no function '${name}' in the kernel or its programs`);
    const indices = new Set(places.map((p) => p.index));
    for (const index of indices) functions.add(index);
    return (line) => line.entry && indices.has(line.index);
  }

  #line(where: string, functions: Set<number>): (line: Line) => boolean {
    const match = /^(.+):(\d+)$/.exec(where);
    if (match === null) throw new UserError(`'${where}': a line is named as in 'kern/kern_mutex.c:118'`);
    const [, file] = match;
    const wanted = Number(match[2]);
    const inFile = this.#all((f) => f.file === file || f.file.endsWith(`/${file}`));
    if (inFile.length === 0) throw new UserError(`${where}: no function of any image is from '${file}'`);
    const has = (fn: FunctionInfo, line: number) => fn.lines.some((v, i) => i % 2 === 1 && v === line);
    let line = wanted;
    const last = Math.max(...inFile.flatMap(({ fn }) => fn.lines.filter((_, i) => i % 2 === 1)));
    // As gdb: a line without code stands for the next one that has some.
    while (line <= last && !inFile.some(({ fn }) => has(fn, line))) line++;
    const places = inFile.filter(({ fn }) => has(fn, line));
    if (places.length === 0) throw new UserError(`${where}: there is no code at or after this line`);
    const indices = new Set(places.map((p) => p.index));
    for (const index of indices) functions.add(index);
    return (at) => at.line === line && indices.has(at.index);
  }

  /** Lock events on one lock, by address or lo_name. A name is that of the lock's own moment: memory may say something else by now. */
  #lock(lock: string): (n: number) => boolean {
    const { log, session } = this.#live;
    const sites = new Set(session.sites.flatMap((s, i) => (s.provider === 'lockstat' ? [i] : [])));
    const address = /^(0x)?[0-9a-f]{9,16}$/i.test(lock) ? BigInt(lock.replace(/^(0x)?/i, '0x')) : undefined;
    return (n) => {
      if (!sites.has(log.site(n))) return false;
      const [low, high] = log.argument(n, 0);
      const at = (BigInt(high) << 32n) | BigInt(low);
      if (address !== undefined) return at === address;
      return this.#lockName(at, n) === lock.slice(0, NAME_WORDS * 8);
    };
  }

  /** Initialisations of locks among the records looked at so far: by address, in their order. */
  readonly #inits = new Map<bigint, { n: number; name: string }[]>();
  #looked = 0;

  /** Name of the lock at an address when record n was made, as far as lock-init tells it. */
  #lockName(address: bigint, n: number): string | undefined {
    const { log, session } = this.#live;
    const site = session.sites.findIndex((s) => s.provider === '_trace' && s.name === 'lock-init');
    for (; this.#looked < n; this.#looked++) {
      if (log.site(this.#looked) !== site) continue;
      const bytes = Buffer.alloc(8 * NAME_WORDS);
      for (let k = 0; k < NAME_WORDS; k++) {
        const [low, high] = log.argument(this.#looked, 2 + k);
        bytes.writeUInt32LE(low, 8 * k);
        bytes.writeUInt32LE(high, 8 * k + 4);
      }
      const [low, high] = log.argument(this.#looked, 0);
      const at = (BigInt(high) << 32n) | BigInt(low);
      const list = this.#inits.get(at) ?? [];
      list.push({ n: this.#looked, name: bytes.toString('latin1').replace(/\0.*$/s, '') });
      this.#inits.set(at, list);
    }
    return this.#inits.get(address)?.findLast((init) => init.n < n)?.name;
  }

  #predicate(compiled: Compiled): (n: number) => boolean {
    return (n) => this.#evaluator.test(compiled, this.#live.log.cpu(n));
  }
}

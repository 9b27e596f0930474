/**
 * Event filters compiled to a test of one event.
 *
 * `where` is comparisons of arguments and a few words with numbers, joined by && and || with parentheses: 'arg1 > 100 && arg0 == 0xfffffe00…',
 * 'cpu != 2 || tid == 100050'. Arguments are unsigned 64 bits unless the site's type is a signed one.
 */
import { argument, type EventColumns } from '../columns.ts';
import { lockOf } from './fold-locks.ts';
import type { EventFilter } from './run-view.ts';
import { ROLE, type SiteTable } from './sites.ts';

export interface CompiledFilter {
  /** 1 where a site can match. */
  sites: Uint8Array;
  /** Undefined: any. */
  cpu?: number;
  /** Undefined: any. */
  tids?: ReadonlySet<number>;
  test(e: EventColumns, i: number): boolean;
}

type Test = (e: EventColumns, i: number) => boolean;
type Value = (e: EventColumns, i: number) => bigint;

const LOCK_ROLES: ReadonlySet<number> = new Set([
  ROLE.acquire,
  ROLE.release,
  ROLE.blocked,
  ROLE.spun,
  ROLE.upgrade,
  ROLE.downgrade,
  ROLE.lockWait,
  ROLE.lockInit,
  ROLE.lockDestroy,
]);

/**
 * `threads` finds the tids that a name, a part of a creation path, or a number means. Throws RangeError for what cannot be read.
 */
export function compileFilter(
  filter: EventFilter,
  table: SiteTable,
  threads: (text: string) => Iterable<number>,
): CompiledFilter {
  const sites =
    filter.site === undefined || filter.site.trim() === ''
      ? new Uint8Array(table.sites.length).fill(1)
      : table.matching(filter.site.trim());
  const tests: Test[] = [(e, i) => sites[e.site[i]] === 1];
  const { cpu } = filter;
  if (cpu !== undefined) tests.push((e, i) => e.cpu[i] === cpu);
  let tids: Set<number> | undefined;
  if (filter.thread !== undefined && filter.thread !== '') {
    tids = new Set(threads(filter.thread));
    const wanted = tids;
    tests.push((e, i) => wanted.has(e.tid[i]));
  }
  if (filter.lock !== undefined && filter.lock !== '') {
    const key = filter.lock.replace(/^0x/i, '').toLowerCase();
    if (!/^[0-9a-f]+$/.test(key))
      throw new RangeError(`lock '${filter.lock}': a hexadecimal address is expected`);
    table.roles.forEach((role, site) => {
      if (!LOCK_ROLES.has(role)) sites[site] = 0;
    });
    tests.push((e, i) => lockOf(e, i) === key);
  }
  if (filter.where !== undefined && filter.where.trim() !== '')
    tests.push(new Where(filter.where, table).parse());
  return { sites, cpu, tids, test: (e, i) => tests.every((test) => test(e, i)) };
}

const SIGNED = /^(?:const )?(?:signed |)(?:int|long|short|char|int\d+_t|ssize_t|pid_t|lwpid_t)$/;
const TOKEN = /\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|&&|\|\||[=!<>]=|[<>()!&-])/y;

/** Recursive descent over `where`. */
class Where {
  readonly #text: string;
  readonly #table: SiteTable;
  #at = 0;
  #token = '';

  constructor(text: string, table: SiteTable) {
    this.#text = text;
    this.#table = table;
    this.#next();
  }

  parse(): Test {
    const test = this.#or();
    if (this.#token !== '') this.#fail();
    return test;
  }

  #fail(): never {
    throw new RangeError(
      `'${this.#text}': ${this.#token === '' ? 'it ends too early' : `'${this.#token}' is not understood`}; write comparisons like 'arg1 > 100 && cpu == 2'`,
    );
  }

  #next(): void {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) {
      this.#token = this.#text.slice(this.#at).trim();
      if (this.#token !== '') this.#fail();
      return;
    }
    this.#token = match[1];
    this.#at = TOKEN.lastIndex;
  }

  #take(token: string): boolean {
    if (this.#token !== token) return false;
    this.#next();
    return true;
  }

  #or(): Test {
    let left = this.#and();
    while (this.#take('||')) {
      const [a, b] = [left, this.#and()];
      left = (e, i) => a(e, i) || b(e, i);
    }
    return left;
  }

  #and(): Test {
    let left = this.#unary();
    while (this.#take('&&')) {
      const [a, b] = [left, this.#unary()];
      left = (e, i) => a(e, i) && b(e, i);
    }
    return left;
  }

  #unary(): Test {
    if (this.#take('!')) {
      const inner = this.#unary();
      return (e, i) => !inner(e, i);
    }
    if (this.#take('(')) {
      const inner = this.#or();
      if (!this.#take(')')) this.#fail();
      return inner;
    }
    const a = this.#masked();
    const op = this.#token;
    if (!['==', '!=', '<', '>', '<=', '>='].includes(op)) this.#fail();
    this.#next();
    const b = this.#masked();
    switch (op) {
      case '==':
        return (e, i) => BigInt.asUintN(64, a(e, i)) === BigInt.asUintN(64, b(e, i));
      case '!=':
        return (e, i) => BigInt.asUintN(64, a(e, i)) !== BigInt.asUintN(64, b(e, i));
      case '<':
        return (e, i) => a(e, i) < b(e, i);
      case '>':
        return (e, i) => a(e, i) > b(e, i);
      case '<=':
        return (e, i) => a(e, i) <= b(e, i);
      default:
        return (e, i) => a(e, i) >= b(e, i);
    }
  }

  #masked(): Value {
    const left = this.#value();
    if (!this.#take('&')) return left;
    const right = this.#value();
    return (e, i) => left(e, i) & right(e, i);
  }

  #value(): Value {
    if (this.#take('-')) {
      const inner = this.#value();
      return (e, i) => -inner(e, i);
    }
    const token = this.#token;
    if (/^\d/.test(token)) {
      const value = BigInt(token);
      this.#next();
      return () => value;
    }
    const arg = /^arg([0-4])$/.exec(token);
    if (arg !== null) {
      const n = Number(arg[1]);
      const signed = this.#table.sites.map(({ args }) => n < args.length && SIGNED.test(args[n]));
      this.#next();
      return (e, i) => {
        const value = argument(e, i, n);
        if (!signed[e.site[i]]) return value;
        return this.#table.sites[e.site[i]].args[n].startsWith('int32') ||
          this.#table.sites[e.site[i]].args[n] === 'int'
          ? BigInt.asIntN(32, value)
          : BigInt.asIntN(64, value);
      };
    }
    const words: Record<string, Value> = {
      cpu: (e, i) => BigInt(e.cpu[i]),
      tid: (e, i) => BigInt(e.tid[i]),
      cycle: (e, i) => BigInt(e.cycle[i]),
    };
    if (!Object.hasOwn(words, token)) this.#fail();
    this.#next();
    return words[token];
  }
}

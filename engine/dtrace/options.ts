/**
 * Options: `-x name=value`, `#pragma D option`, setopt().
 *
 * Run-time options have a number that the kernel knows (the index into its option array); UNSET means that nobody asked. Compile-time
 * options steer the compiler. probelab's own (scenario, machine, ...) are kept as text for who runs the machine.
 */

import { VERSION_MAX, VERSIONS, version } from './compiler/ident.ts';
import { DIF_DIR_NREGS, DIF_DTR_NREGS } from './dif.ts';
import { LibraryError } from './errors.ts';
import { type Attribute, parseAttribute } from './stability.ts';

export const UNSET = -2n;

export const OPT = {
  bufsize: 0,
  bufpolicy: 1,
  dynvarsize: 2,
  aggsize: 3,
  specsize: 4,
  nspec: 5,
  strsize: 6,
  cleanrate: 7,
  cpu: 8,
  bufresize: 9,
  grabanon: 10,
  flowindent: 11,
  quiet: 12,
  stackframes: 13,
  ustackframes: 14,
  aggrate: 15,
  switchrate: 16,
  statusrate: 17,
  destructive: 18,
  stackindent: 19,
  rawbytes: 20,
  jstackframes: 21,
  jstackstrsize: 22,
  aggsortkey: 23,
  aggsortrev: 24,
  aggsortpos: 25,
  aggsortkeypos: 26,
  temporal: 27,
  agghist: 28,
  aggpack: 29,
  aggzoom: 30,
  zone: 31,
} as const;
export type OptionName = keyof typeof OPT;
export const OPT_MAX = 32;

export const BUFPOLICY = { ring: 0, fill: 1, switch: 2 } as const;
export const BUFRESIZE = { auto: 0, manual: 1 } as const;

type ValueKind = 'size' | 'rate' | 'number' | 'flag' | 'policy' | 'resize';
const KINDS: Record<OptionName, ValueKind> = {
  bufsize: 'size',
  bufpolicy: 'policy',
  dynvarsize: 'size',
  aggsize: 'size',
  specsize: 'size',
  nspec: 'number',
  strsize: 'size',
  cleanrate: 'rate',
  cpu: 'number',
  bufresize: 'resize',
  grabanon: 'flag',
  flowindent: 'flag',
  quiet: 'flag',
  stackframes: 'number',
  ustackframes: 'number',
  aggrate: 'rate',
  switchrate: 'rate',
  statusrate: 'rate',
  destructive: 'flag',
  stackindent: 'number',
  rawbytes: 'flag',
  jstackframes: 'number',
  jstackstrsize: 'size',
  aggsortkey: 'flag',
  aggsortrev: 'flag',
  aggsortpos: 'number',
  aggsortkeypos: 'number',
  temporal: 'flag',
  agghist: 'flag',
  aggpack: 'flag',
  aggzoom: 'flag',
  zone: 'number',
};

/** Those that setopt() may change while tracing. */
export const DYNAMIC_OPTIONS: ReadonlySet<string> = new Set([
  'agghist',
  'aggpack',
  'aggrate',
  'aggsortkey',
  'aggsortkeypos',
  'aggsortpos',
  'aggsortrev',
  'aggzoom',
  'flowindent',
  'quiet',
  'rawbytes',
  'stackindent',
  'switchrate',
]);

/** Values in force when nothing else was said: what dtrace(1) sets and what the library assumes. */
const DEFAULTS: Partial<Record<OptionName, bigint>> = {
  bufsize: 4n << 20n,
  aggsize: 4n << 20n,
};

const TRUE_WORDS = new Set(['yes', 'enable', 'enabled', 'true', 'on', 'set']);
const FALSE_WORDS = new Set(['no', 'disable', 'disabled', 'false', 'off', 'unset']);

const SIZE_SUFFIX: Record<string, bigint> = { k: 10n, m: 20n, g: 30n, t: 40n };

const integer = (s: string): bigint | undefined => {
  if (/^0[xX][0-9a-fA-F]+$/.test(s) || /^[1-9][0-9]*$/.test(s) || s === '0') return BigInt(s);
  if (/^0[0-7]+$/.test(s)) return BigInt(`0o${s.slice(1)}`);
  return undefined;
};

/** `32k`, `4M`, `0x1000`. */
export function parseSize(s: string): bigint {
  const m = /^(.*?)([kmgtKMGT]?)$/.exec(s)!;
  const n = integer(m[1]);
  if (n === undefined) throw new LibraryError('EDT_BADOPTVAL');
  const v = n << (m[2] === '' ? 0n : SIZE_SUFFIX[m[2].toLowerCase()]);
  if (v > 0xffffffffffffffffn) throw new LibraryError('EDT_BADOPTVAL');
  return v;
}

const RATE_UNITS: Record<string, bigint> = {
  ns: 1n,
  nsec: 1n,
  us: 1000n,
  usec: 1000n,
  ms: 1000000n,
  msec: 1000000n,
  s: 1000000000n,
  sec: 1000000000n,
  m: 60000000000n,
  min: 60000000000n,
  h: 3600000000000n,
  hour: 3600000000000n,
  d: 86400000000000n,
  day: 86400000000000n,
};

/** A rate or interval as nanoseconds: `10hz`, `250ms`; a bare number is nanoseconds. None at all, or 0 in any unit, is 0: without a pause. */
export function parseRate(s: string | undefined): bigint {
  if (s === undefined) return 0n;
  const m = /^(0[xX][0-9a-fA-F]+|\d*)([a-zA-Z]*)$/.exec(s);
  const n = m === null ? undefined : m[1] === '' ? 0n : integer(m[1]);
  if (m === null || n === undefined) throw new LibraryError('EDT_BADOPTVAL');
  const unit = m[2].toLowerCase();
  if (unit === '') return n;
  if (unit === 'hz') return n === 0n ? 0n : 1000000000n / n;
  const u = RATE_UNITS[unit];
  if (u === undefined) throw new LibraryError('EDT_BADOPTVAL');
  return n * u;
}

/** Options that are on, off or a number: yes, no and their kin, no value for on, an empty one for off. */
function parseValue(s: string | undefined, on: bigint): bigint {
  if (s === undefined) return on;
  const w = s.toLowerCase();
  if (TRUE_WORDS.has(w)) return 1n;
  if (w === '' || FALSE_WORDS.has(w)) return UNSET;
  const n = integer(s);
  if (n === undefined) throw new LibraryError('EDT_BADOPTVAL');
  return n;
}

/** A switch of the compiler has no value. */
function noValue(s: string | undefined): true {
  if (s !== undefined) throw new LibraryError('EDT_BADOPTVAL');
  return true;
}

/** A number of registers and the like: above 0. */
function positive(s: string | undefined): number {
  const n = integer(required(s));
  if (n === undefined || n <= 0n || n > 0x7fffffffn) throw new LibraryError('EDT_BADOPTVAL');
  return Number(n);
}

function oneOf(s: string | undefined, ...words: string[]): string {
  if (s === undefined || !words.includes(s)) throw new LibraryError('EDT_BADOPTVAL');
  return s;
}

/** Compile-time switches that are simply on. */
export interface CompileFlags {
  /** -C */
  cpp: boolean;
  /** Macro arguments that were not given read as 0 and "". */
  defaultargs: boolean;
  /** Unused macro arguments are no error. */
  argref: boolean;
  /** Descriptions that match nothing are accepted (-Z). */
  zdefs: boolean;
  errtags: boolean;
  droptags: boolean;
  /** An ambiguous name at the outer level is a probe, never a type. */
  pspec: boolean;
  nolibs: boolean;
  /** An empty program is accepted. */
  empty: boolean;
  /** Listings of what was compiled (-S). */
  verbose: boolean;
}
const FLAGS: (keyof CompileFlags)[] = [
  'cpp',
  'defaultargs',
  'argref',
  'zdefs',
  'errtags',
  'droptags',
  'pspec',
  'nolibs',
  'empty',
  'verbose',
];

/** Accepted without effect here: they configure parts of the original that have no counterpart. */
const IGNORED = new Set(['late', 'modpath', 'xlate']);
/** Not allowed in a program text. */
const COMMAND_ONLY = new Set(
  'cpphdrs cpppath define incdir ldpath libdir objcopypath setenv syslibdir undef unsetenv'.split(' '),
);

/** probelab's own. */
export const EXTENSIONS: ReadonlySet<string> = new Set([
  'scenario',
  'machine',
  'seed',
  'simtime',
  'record',
  'recordfrom',
  'recordto',
  'recordring',
  'recorduntil',
  'ghost',
  'suppress',
  'program',
]);

export type OptionContext = 'command' | 'pragma' | 'setopt';

export class Options {
  private readonly values: bigint[] = new Array(OPT_MAX).fill(UNSET);
  readonly flags: CompileFlags = {
    cpp: false,
    defaultargs: false,
    argref: false,
    zdefs: false,
    errtags: false,
    droptags: false,
    pspec: false,
    nolibs: false,
    empty: false,
    verbose: false,
  };
  readonly extensions = new Map<string, string>();
  /** -D and -U for the preprocessor, in their order, and -I. */
  readonly macros: ({ define: string } | { undef: string })[] = [];
  readonly includeDirs: string[] = [];
  readonly libraryDirs: string[] = [];
  amin: Attribute | undefined = undefined;
  vmax = VERSION_MAX;
  /** Registers that the code may use: integers (%r0 included) and tuple slots. */
  iregs = DIF_DIR_NREGS;
  tregs = DIF_DTR_NREGS;
  evaltime = 'postinit';
  /** -H: tell which files the preprocessor includes. */
  cpphdrs = false;
  /** Bars and packed histograms: undefined, `@` for those, block elements for these. */
  encoding: 'ascii' | 'utf8' | undefined = undefined;

  constructor() {
    for (const [k, v] of Object.entries(DEFAULTS)) this.values[OPT[k as OptionName]] = v;
  }

  get(name: OptionName): bigint {
    return this.values[OPT[name]];
  }
  byId(id: number): bigint {
    return this.values[id] ?? UNSET;
  }
  /** The kernel changed an option, or the machine decides one. */
  put(id: number, value: bigint): void {
    this.values[id] = value;
  }
  isSet(name: OptionName): boolean {
    return this.get(name) !== UNSET;
  }
  /** The value, or what holds when it is unset. */
  number(name: OptionName, otherwise: number): number {
    const v = this.get(name);
    return v === UNSET ? otherwise : Number(v);
  }

  /** Throws LibraryError: unknown name, bad value, or not settable from there. */
  set(name: string, value: string | undefined, from: OptionContext = 'command'): void {
    if (from === 'setopt' && !DYNAMIC_OPTIONS.has(name))
      throw new LibraryError(name in OPT ? 'EDT_ACTIVE' : 'EDT_BADOPTNAME');
    if (name in OPT) {
      this.values[OPT[name as OptionName]] = this.parse(name as OptionName, value);
      return;
    }
    if (from === 'pragma' && COMMAND_ONLY.has(name)) throw new LibraryError('EDT_BADOPTCTX');
    if ((FLAGS as string[]).includes(name)) {
      this.flags[name as keyof CompileFlags] = noValue(value);
      return;
    }
    if (EXTENSIONS.has(name)) {
      if (from !== 'command') throw new LibraryError('EDT_BADOPTCTX');
      this.extensions.set(name, value ?? '');
      return;
    }
    switch (name) {
      case 'version':
        this.setVersion(value);
        return;
      case 'amin': {
        const a = value === undefined ? undefined : parseAttribute(value);
        if (a === undefined) throw new LibraryError('EDT_BADOPTVAL');
        this.amin = a;
        return;
      }
      case 'define':
        this.macros.push({ define: required(value) });
        return;
      case 'undef':
        this.macros.push({ undef: required(value) });
        return;
      case 'incdir':
        this.includeDirs.push(required(value));
        return;
      case 'libdir':
        this.libraryDirs.push(required(value));
        return;
      case 'evaltime':
        this.evaltime = oneOf(value, 'exec', 'preinit', 'postinit', 'main');
        return;
      case 'cpphdrs':
        this.cpphdrs = noValue(value);
        return;
      case 'encoding':
        this.encoding = oneOf(value, 'ascii', 'utf8') as 'ascii' | 'utf8';
        return;
      case 'stdc':
        oneOf(value, 'a', 'c', 's', 't');
        return;
      case 'linkmode':
        oneOf(value, 'kernel', 'primary', 'dynamic', 'static');
        return;
      case 'linktype':
        oneOf(value, 'dof', 'elf');
        return;
      case 'oformat':
        // json, xml and html are libxo's
        oneOf(value, 'text');
        return;
      case 'iregs':
        this.iregs = positive(value);
        return;
      case 'tregs':
        this.tregs = positive(value);
        return;
      case 'pgmax':
      case 'tree':
        positive(value);
        return;
      case 'aggpercpu':
      case 'debug':
      case 'kdefs':
      case 'knodefs':
      case 'lazyload':
      case 'strip':
      case 'udefs':
      case 'unodefs':
        noValue(value);
        return;
      case 'core':
      case 'cpppath':
      case 'ctypes':
      case 'dtypes':
      case 'ldpath':
      case 'objcopypath':
      case 'setenv':
      case 'syslibdir':
      case 'unsetenv':
        required(value);
        return;
    }
    if (IGNORED.has(name)) return;
    throw new LibraryError('EDT_BADOPTNAME');
  }

  private parse(name: OptionName, value: string | undefined): bigint {
    switch (KINDS[name]) {
      case 'flag':
        return parseValue(value, 1n);
      case 'size':
        return parseSize(required(value));
      case 'rate':
        return parseRate(value);
      case 'number':
        return parseValue(value, 0n);
      case 'policy': {
        const p = BUFPOLICY[required(value) as keyof typeof BUFPOLICY];
        if (p === undefined) throw new LibraryError('EDT_BADOPTVAL');
        return BigInt(p);
      }
      case 'resize': {
        const p = BUFRESIZE[required(value) as keyof typeof BUFRESIZE];
        if (p === undefined) throw new LibraryError('EDT_BADOPTVAL');
        return BigInt(p);
      }
    }
  }

  private setVersion(value: string | undefined): void {
    const m = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(required(value));
    if (m === null || Number(m[1]) > 255 || Number(m[2]) > 4095 || Number(m[3] ?? 0) > 4095)
      throw new LibraryError('EDT_VERSINVAL');
    const canonical = `${Number(m[1])}.${Number(m[2])}${m[3] && Number(m[3]) !== 0 ? `.${Number(m[3])}` : ''}`;
    if (!VERSIONS.includes(canonical)) throw new LibraryError('EDT_VERSUNDEF');
    const v = version(Number(m[1]), Number(m[2]), Number(m[3] ?? 0));
    if (v > this.vmax) throw new LibraryError('EDT_VERSREDUCED');
    this.vmax = v;
  }

  /** A copy that can be changed on its own. */
  clone(): Options {
    const o = new Options();
    for (let i = 0; i < OPT_MAX; i++) o.values[i] = this.values[i];
    Object.assign(o.flags, this.flags);
    for (const [k, v] of this.extensions) o.extensions.set(k, v);
    o.macros.push(...this.macros);
    o.includeDirs.push(...this.includeDirs);
    o.libraryDirs.push(...this.libraryDirs);
    o.amin = this.amin;
    o.vmax = this.vmax;
    o.iregs = this.iregs;
    o.tregs = this.tregs;
    o.evaltime = this.evaltime;
    o.encoding = this.encoding;
    o.cpphdrs = this.cpphdrs;
    return o;
  }
}

function required(value: string | undefined): string {
  if (value === undefined) throw new LibraryError('EDT_BADOPTVAL');
  return value;
}

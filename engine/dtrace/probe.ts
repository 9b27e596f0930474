/**
 * Probes as the compiler sees them: descriptions with globs, and the catalog of the guest's probes.
 */
import type { Type } from '../cfront/types.ts';
import { LibraryError } from './errors.ts';
import { globMatch, isGlob } from './glob.ts';
import { type ProviderAttributes, providerAttributes } from './stability.ts';

export interface ProbeDesc {
  /** 0 unless it was given by number. */
  id: number;
  provider: string;
  module: string;
  func: string;
  name: string;
}

/** What `-P`, `-m`, `-f`, `-n` give: the rightmost part of a description. */
export type ProbeSpec = 'provider' | 'module' | 'func' | 'name';
const PARTS: ProbeSpec[] = ['provider', 'module', 'func', 'name'];
/** Characters of each part, and of an argument's type, that fit. */
export const NAME_LIMITS = { provider: 64, module: 64, func: 192, name: 64, argtype: 128 } as const;

/** Values for `$1`, `$target`, ... inside a description. */
export type MacroSource = (name: string) => string | undefined;

/**
 * `prov:mod:func:name` with parts left out at the left, counted from the right; the last part given is the one that `spec` says.
 * Macro references inside it are replaced by `macro`.
 */
export function parseProbeDesc(text: string, spec: ProbeSpec, macro?: MacroSource): ProbeDesc {
  const desc: ProbeDesc = { id: 0, provider: '', module: '', func: '', name: '' };
  const expanded = text.replace(/\$\$?([A-Za-z_][A-Za-z0-9_]*|[0-9]+)/g, (whole, name: string) => {
    const v = macro?.(whole.startsWith('$$') ? `$${name}` : name);
    if (v === undefined) throw new LibraryError('EDT_BADSPCV');
    return v;
  });
  const parts = expanded.split(':');
  const last = PARTS.indexOf(spec);
  if (parts.length > last + 1) throw new LibraryError('EDT_BADSPEC');
  for (let i = 0; i < parts.length; i++) {
    const key = PARTS[last - (parts.length - 1) + i];
    if (parts[i].length >= NAME_LIMITS[key]) throw new LibraryError('EDT_BADSPEC');
    desc[key] = parts[i];
  }
  return desc;
}

export const argsOf = (r: ProbeRow): readonly ProbeArg[] =>
  typeof r.argTypes === 'function' ? r.argTypes() : (r.argTypes ?? []);

/** How much of a probe's names and arguments can be relied on. */
export const attributesOf = (r: ProbeRow): ProviderAttributes =>
  r.attributes ?? providerAttributes(r.provider);

export const descText = (d: ProbeDesc): string =>
  d.id !== 0 ? String(d.id) : `${d.provider}:${d.module}:${d.func}:${d.name}`;

/** One probe of the guest. */
export interface ProbeRow {
  id: number;
  provider: string;
  module: string;
  func: string;
  name: string;
  /** Types of args[]; asked for when a program uses them. */
  argTypes?: readonly ProbeArg[] | (() => readonly ProbeArg[]) | undefined;
  /** What its provider declares, if that comes from a program. */
  attributes?: ProviderAttributes | undefined;
  /** Its program has ended: records may name it, descriptions do not match it. */
  ended?: true | undefined;
}
export interface ProbeArg {
  /** Native type: as a C type name, or itself. */
  native: string | Type;
  /** What args[] shows it as, through a translator. */
  translated?: string | undefined;
  /** Native argument that it is made from (default: its own position). */
  mapping?: number | undefined;
}

/** Whether a probe can be made that no row names yet (profile-N, tick-N): provider-specific name check. */
export type ProbeFactory = (d: ProbeDesc) => ProbeRow | undefined;

/** The guest's probes, in order of their ids. */
export class ProbeCatalog {
  readonly rows: readonly ProbeRow[];
  /** Those of ended programs, too. */
  private readonly all: readonly ProbeRow[];
  /** Made when they are first needed. */
  private ids: Map<number, ProbeRow> | undefined;
  private readonly indexes: Partial<Record<ProbeSpec, Map<string, ProbeRow[]>>> = {};
  /** Answers given: the clauses of a script name few descriptions many times. */
  private readonly matched = new Map<string, ProbeRow[]>();

  constructor(rows: Iterable<ProbeRow>) {
    this.all = [...rows].sort((a, b) => a.id - b.id);
    this.rows = this.all.filter((r) => r.ended !== true);
  }

  /** Rows by one of their names. */
  private by(part: ProbeSpec): Map<string, ProbeRow[]> {
    let index = this.indexes[part];
    if (index === undefined) {
      index = new Map();
      for (const r of this.rows) {
        const list = index.get(r[part]);
        if (list === undefined) index.set(r[part], [r]);
        else list.push(r);
      }
      this.indexes[part] = index;
    }
    return index;
  }

  get(id: number): ProbeRow | undefined {
    this.ids ??= new Map(this.all.map((r) => [r.id, r]));
    return this.ids.get(id);
  }

  hasProvider(name: string): boolean {
    return this.by('provider').has(name);
  }

  providers(): string[] {
    return [...this.by('provider').keys()];
  }

  /** The probes that a description matches, in order of id. */
  match(d: ProbeDesc): ProbeRow[] {
    if (d.id !== 0) {
      const r = this.get(d.id);
      return r !== undefined && r.ended !== true ? [r] : [];
    }
    const key = descText(d);
    const known = this.matched.get(key);
    if (known !== undefined) return known;
    let candidates: readonly ProbeRow[] = this.rows;
    if (d.func !== '' && !isGlob(d.func)) candidates = this.by('func').get(d.func) ?? [];
    else if (d.provider !== '' && !isGlob(d.provider)) candidates = this.by('provider').get(d.provider) ?? [];
    else if (d.name !== '' && !isGlob(d.name)) candidates = this.by('name').get(d.name) ?? [];
    const found = candidates.filter((r) => matches(d, r));
    this.matched.set(key, found);
    return found;
  }

  /** The guest's probe of these four names. */
  known(row: ProbeRow): ProbeRow | undefined {
    return this.by('func')
      .get(row.func)
      ?.find((r) => r.provider === row.provider && r.module === row.module && r.name === row.name);
  }
}

export function matches(d: ProbeDesc, r: ProbeRow): boolean {
  if (d.id !== 0) return d.id === r.id;
  return (
    globMatch(d.name, r.name) &&
    globMatch(d.func, r.func) &&
    globMatch(d.module, r.module) &&
    globMatch(d.provider, r.provider)
  );
}

const UNITS: Record<string, bigint> = {
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

/** Nanoseconds between two firings of profile-N or tick-N with unit; undefined if the name is none or asks for more than 5000 Hz. */
export function profilePeriod(name: string): bigint | undefined {
  const m = /^(?:profile|tick)-(\d+)([a-zA-Z]*)$/.exec(name);
  if (m === null || name.length > 14) return undefined;
  const n = BigInt(m[1]);
  if (n === 0n) return undefined;
  const unit = m[2].toLowerCase();
  let period: bigint;
  if (unit === '' || unit === 'hz') period = 1000000000n / n;
  else {
    const u = UNITS[unit];
    if (u === undefined) return undefined;
    period = n * u;
  }
  return period < 200000n ? undefined : period;
}

/** A probe that the profile provider makes when it is asked for; id 0 until the guest has made it. */
export function profileProbe(d: ProbeDesc): ProbeRow | undefined {
  if (d.id !== 0 || d.module !== '' || d.func !== '' || isGlob(d.name)) return undefined;
  if (!globMatch(d.provider, 'profile')) return undefined;
  if (profilePeriod(d.name) === undefined) return undefined;
  return { id: 0, provider: 'profile', module: '', func: '', name: d.name };
}

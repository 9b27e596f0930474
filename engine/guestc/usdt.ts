/**
 * Probes of a program's own (USDT): the calls of `__dtrace_PROVIDER___PROBE()` that the macros of a header from `dtrace -h` make.
 *
 * Nobody defines these functions. Where one is called lies a site: the arguments are computed as for a call, and an instruction without
 * effect stands in the call's place, at which a process may trap (docs/guest-abi.md, section 8). `__dtraceenabled_...()` is a site, too,
 * whose value is 0 unless the trap says otherwise. The providers come from objects of `dtrace -G`; the linker adds the sites to them and
 * places the result in the program's data as `__SUNW_dof`, which its start-up code (models/user/drti) hands to the kernel.
 */
import type { ProbeDeclaration, ProbeSites, ProviderDeclaration } from '../image/provider.ts';
import { INSTRUCTION_BYTES } from './charge.ts';
import type { Fn, FnIr, ProbeSite } from './ir.ts';

/** The symbol of the program's DOF. */
export const DOF_SYMBOL = '__SUNW_dof';

const SITE = /^__dtrace(enabled)?_(.+?)___(.+)$/;

/** The site that a call of this function is; undefined if the name is not of that form. Probe names have `-` where C's have `__`. */
export function siteOf(name: string): ProbeSite | undefined {
  const m = SITE.exec(name);
  if (m === null) return undefined;
  return { provider: m[2], probe: m[3].replaceAll('__', '-'), enabled: m[1] !== undefined };
}

/** What to do about a site whose provider is in no object. */
export const MISSING_PROVIDER =
  "it is a probe: make its provider's object with 'probelab dtrace -G -s FILE.d', and name it beside the C files (cc FILE.c FILE.o, -x program=FILE.c,FILE.o)";

/** Why a site and what the objects declare do not fit; undefined if they do. `args`: how many the call passes. */
export function mismatch(
  providers: readonly ProviderDeclaration[],
  site: ProbeSite,
  args: number,
): string | undefined {
  const declared = providers.filter((p) => p.name === site.provider);
  const probe: ProbeDeclaration | undefined = declared
    .flatMap((p) => p.probes)
    .find((p) => p.name === site.probe);
  if (probe === undefined) return `provider '${site.provider}' has no probe '${site.probe}'`;
  const wanted = site.enabled ? 0 : probe.native.length;
  return args === wanted
    ? undefined
    : `probe '${site.provider}:${site.probe}' is called with ${args} argument${args === 1 ? '' : 's'}, and declared with ${wanted}: the header is not of the same file as the object`;
}

/** The sites in a function. */
export const sitesIn = (ir: FnIr): ProbeSite[] =>
  ir.blocks.flatMap(({ term }) => (term.k === 'probe' && term.site !== undefined ? [term.site] : []));

/** The sites of laid out functions, by probe and function. */
export function collectSites(functions: readonly Fn[], textBase: number): ProbeSites[] {
  const found: ProbeSites[] = [];
  for (const fn of functions) {
    const own = new Map<string, ProbeSites>();
    for (const { term, end } of (fn.ir as FnIr).blocks) {
      if (term.k !== 'probe' || term.site === undefined) continue;
      const { provider, probe, enabled } = term.site;
      const key = `${provider}:${probe}`;
      const sites = own.get(key) ?? {
        provider,
        probe,
        func: fn.name,
        addr: textBase + fn.addr,
        offsets: [],
        enabled: [],
      };
      own.set(key, sites);
      // The instruction is the block's last.
      (enabled ? sites.enabled : sites.offsets).push(end - INSTRUCTION_BYTES);
    }
    found.push(...own.values());
  }
  return found;
}

/**
 * Providers that D declares for user programs: what `dtrace -h` and `dtrace -G` make of them.
 *
 * -h writes a C header with a macro for each probe and for the question whether it is enabled. -G writes the object that the program is linked
 * with (engine/image/provider.ts). What lies in between, the calls and their places, is the C compiler's (engine/guestc/usdt.ts).
 */
import { type ProviderDeclaration, writeProviders } from '../image/provider.ts';
import type { Context } from './compiler/context.ts';
import { dTypeName, type Node } from './compiler/node.ts';
import { type CompileWorld, compileDeclarations, DtraceFailure, type ProgramSource } from './dtrace.ts';
import { NAME_LIMITS } from './probe.ts';
import { type ProviderAttributes, packAttribute, UNKNOWN_PROVIDER } from './stability.ts';

/** The providers that programs declare, in their order. Throws DtraceFailure. */
export function declaredProviders(
  sources: readonly ProgramSource[],
  world: CompileWorld,
): { providers: ProviderDeclaration[]; clauses: number } {
  const { cx, names, clauses } = compileDeclarations(sources, world);
  return { providers: names.map((name) => declarationOf(cx, name)), clauses };
}

function declarationOf(cx: Context, name: string): ProviderDeclaration {
  const types = (list: readonly Node[]) =>
    list.map((n) => (n.type === undefined ? '' : dTypeName(cx, n.type)));
  const a: ProviderAttributes = cx.providerAttributes.get(name) ?? UNKNOWN_PROVIDER;
  return {
    name,
    attributes: [a.provider, a.module, a.func, a.name, a.args].map(packAttribute),
    probes: [...(cx.declaredProviders.get(name) ?? [])].map(([probe, { native, translated }]) => ({
      name: probe.slice(2),
      native: types(native),
      shown: types(translated),
      mapping: translated.map((to, i) => {
        const same = native.findIndex((from) => from.hasName && from.name === to.name);
        return same >= 0 ? same : Math.min(i, native.length - 1);
      }),
    })),
  };
}

/** Of a provider's name: the kernel appends up to ten digits. */
const LONGEST_NAME = NAME_LIMITS.provider - 1 - 10;

/** -G: the object. Throws DtraceFailure. */
export function providerObject(sources: readonly ProgramSource[], world: CompileWorld): Uint8Array {
  const { providers, clauses } = declaredProviders(sources, world);
  if (clauses > 0)
    throw new DtraceFailure(
      'dtrace: -G: clauses in a program (helpers of ustack()) are not there: an object has providers only',
    );
  for (const { name } of providers) {
    if (name === 'pid')
      throw new DtraceFailure(
        `dtrace: -G: provider ${name}: the kernel has providers of that name for all processes`,
      );
    if (name.length > LONGEST_NAME)
      throw new DtraceFailure(
        `dtrace: -G: provider ${name}: the name is too long for a process id behind it: it may have ${LONGEST_NAME} characters`,
      );
  }
  return writeProviders(providers);
}

const macro = (name: string): string => name.toUpperCase().replace(/[-.]/g, '_');
const symbol = (name: string): string => name.replaceAll('-', '__');

/**
 * -h: the header. `file`: its name, for the guard; undefined: it goes elsewhere, and has none. Throws DtraceFailure.
 */
export function providerHeader(
  sources: readonly ProgramSource[],
  world: CompileWorld,
  file: string | undefined,
): string {
  const guard = file === undefined ? undefined : `_${macro(file.replace(/^.*\//, ''))}`;
  const of = sources.map(({ path }) => path ?? 'the command line').join(', ');
  let out = `/*\n * Probes, as dtrace -h makes them of ${of}: changes belong there.\n */\n\n`;
  if (guard !== undefined) out += `#ifndef\t${guard}\n#define\t${guard}\n\n`;
  out += '#include <unistd.h>\n\n#ifdef\t__cplusplus\nextern "C" {\n#endif\n\n';
  for (const provider of declaredProviders(sources, world).providers) out += providerPart(provider);
  out += '\n#ifdef\t__cplusplus\n}\n#endif\n';
  return guard === undefined ? out : `${out}\n#endif\t/* ${guard} */\n`;
}

/** D's string is what C has for it. */
const cType = (type: string): string => (type === 'string' ? 'char *' : type);

function providerPart({ name, probes }: ProviderDeclaration): string {
  const each = (part: (macroName: string, call: string, args: string, types: string) => string): string =>
    probes
      .map(({ name: probe, native }) =>
        part(
          `${macro(name)}_${macro(probe)}`,
          `${symbol(name)}___${symbol(probe)}`,
          native.map((_, i) => `arg${i}`).join(', '),
          native.map(cType).join(', ') || 'void',
        ),
      )
      .join('');
  return (
    '#if _DTRACE_VERSION\n\n' +
    each(
      (m, call, args) =>
        `#define\t${m}(${args}) \\\n\t__dtrace_${call}(${args})\n` +
        `#define\t${m}_ENABLED() \\\n\t__dtraceenabled_${call}()\n`,
    ) +
    '\n\n' +
    each(
      (_, call, __, types) =>
        `extern void __dtrace_${call}(${types});\nextern int __dtraceenabled_${call}(void);\n`,
    ) +
    '\n#else\n\n' +
    each((m, _, args) => `#define\t${m}(${args})\n#define\t${m}_ENABLED() (0)\n`) +
    '\n#endif\n\n'
  );
}

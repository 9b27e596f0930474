/** -l: the probes in columns; with -v what each depends on and the types of its arguments. */
import { typeName } from './dtypes.ts';
import { argsOf, attributesOf, type ProbeDesc, type ProbeRow } from './probe.ts';
import {
  type Attribute,
  CLASSES,
  minAttribute,
  type ProviderAttributes,
  STABILITIES,
  UNKNOWN_PROVIDER,
} from './stability.ts';

const row = (id: string, provider: string, module: string, func: string, name: string): string =>
  `${id.padStart(5)} ${provider.padStart(10)} ${module.padStart(17)} ${func.padStart(33)} ${name}\n`;

export function attributesText(title: string, a: Attribute): string {
  return (
    `\n\t${title}\n` +
    `\t\tIdentifier Names: ${STABILITIES[a.name]}\n` +
    `\t\tData Semantics:   ${STABILITIES[a.data]}\n` +
    `\t\tDependency Class: ${CLASSES[a.class]}\n`
  );
}

const isGlob = (text: string): boolean => /[*?[\\]/.test(text);

/** What a description depends on: the least of the parts that it gives. A pattern for the provider promises little. */
export function descriptionAttribute(d: ProbeDesc, a: ProviderAttributes): Attribute {
  let least = d.provider === '' || isGlob(d.provider) ? UNKNOWN_PROVIDER.provider : a.provider;
  if (d.module !== '') least = minAttribute(least, a.module);
  if (d.func !== '') least = minAttribute(least, a.func);
  if (d.name !== '') least = minAttribute(least, a.name);
  return least;
}

/** The attributes and argument types of a probe that a description names. */
export function probeInfoText(d: ProbeDesc, row: ProbeRow): string {
  const a = attributesOf(row);
  let out = attributesText('Probe Description Attributes', descriptionAttribute(d, a));
  out += attributesText('Argument Attributes', a.args);
  out += '\n\tArgument Types\n';
  const args = argsOf(row);
  if (args.length === 0) out += '\t\tNone\n';
  args.forEach((arg, i) => {
    const native = typeof arg.native === 'string' ? arg.native : typeName(arg.native);
    out += `\t\targs[${i}]: ${arg.translated ?? native}\n`;
  });
  return `${out}\n`;
}

/** The listing of these probes. */
export function listProbes(rows: readonly ProbeRow[], verbose = false): string {
  let out = row('ID', 'PROVIDER', 'MODULE', 'FUNCTION', 'NAME');
  for (const r of rows) {
    out += row(String(r.id), r.provider, r.module, r.func, r.name);
    if (verbose) out += probeInfoText(r, r);
  }
  return out;
}

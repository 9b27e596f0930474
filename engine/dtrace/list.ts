/** -l: the probes in columns; with -v what each depends on and the types of its arguments. */
import { typeName } from './dtypes.ts';
import { argsOf, type ProbeRow } from './probe.ts';
import {
  ATTR_DEFAULT,
  type Attribute,
  CLASSES,
  minAttribute,
  providerAttributes,
  STABILITIES,
} from './stability.ts';

const row = (id: string, provider: string, module: string, func: string, name: string): string =>
  `${id.padStart(5)} ${provider.padStart(10)} ${module.padStart(17)} ${func.padStart(33)} ${name}\n`;

function attributes(title: string, a: Attribute): string {
  return (
    `\n\t${title}\n` +
    `\t\tIdentifier Names: ${STABILITIES[a.name]}\n` +
    `\t\tData Semantics:   ${STABILITIES[a.data]}\n` +
    `\t\tDependency Class: ${CLASSES[a.class]}\n`
  );
}

/** The listing of these probes. */
export function listProbes(rows: readonly ProbeRow[], verbose = false): string {
  let out = row('ID', 'PROVIDER', 'MODULE', 'FUNCTION', 'NAME');
  for (const r of rows) {
    out += row(String(r.id), r.provider, r.module, r.func, r.name);
    if (!verbose) continue;
    const a = providerAttributes(r.provider);
    const probe = [a.provider, a.module, a.func, a.name].reduce(minAttribute, ATTR_DEFAULT);
    out += attributes('Probe Description Attributes', probe);
    out += attributes('Argument Attributes', a.args);
    out += '\n\tArgument Types\n';
    const args = argsOf(r);
    if (args.length === 0) out += '\t\tNone\n';
    args.forEach((arg, i) => {
      const native = typeof arg.native === 'string' ? arg.native : typeName(arg.native);
      out += `\t\targs[${i}]: ${arg.translated ?? native}\n`;
    });
    out += '\n';
  }
  return out;
}

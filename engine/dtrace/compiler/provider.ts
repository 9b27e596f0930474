/**
 * Provider declarations: `provider name { probe name(args) : (args); };`
 *
 * They state an interface. One for a provider that is not known yet makes it known to later declarations; one for a provider that the
 * guest has (or that was declared before) must agree with it. Probe arguments that the declaration translates need a translator.
 */

import { sameType } from '../dtypes.ts';
import { argsOf, NAME_LIMITS } from '../probe.ts';
import type { Context } from './context.ts';
import { argCompat, assignType, type Node, nodeTypeName } from './node.ts';
import { checkPrototype } from './syntax/decl.ts';
import { findTranslator } from './xlator.ts';

/** What is known of a probe from its declaration: one list of types each for what it is given and what it shows. */
interface Interface {
  native: Node[];
  translated: Node[];
}

/** Interfaces that programs declared: provider, then probe. */
export type DeclaredProviders = Map<string, Map<string, Interface>>;

const MOST_ARGUMENTS = 255;

export function probeNode(cx: Context, name: string, native: Node[], translated: Node[] | undefined): Node {
  const shown = `::${name.replaceAll('__', '-')}`;
  if (name.includes('`')) cx.fail('D_PROV_BADNAME', `probe name may not contain scoping operator: ${shown}`);
  if (shown.length - 2 >= NAME_LIMITS.name)
    cx.fail('D_PROV_BADNAME', `probe name may not exceed ${NAME_LIMITS.name - 1} characters: ${shown}`);
  const n = cx.node('probe', '');
  n.name = shown;
  const count = (list: Node[], what: 'input' | 'output', anonymous: boolean): Node[] => {
    const argc = checkPrototype(cx, list, native, `probe ${what}`, { void: true, anonymous });
    if (argc > MOST_ARGUMENTS)
      cx.fail(
        'D_PROV_PRARGLEN',
        `probe ${shown} ${what} prototype exceeds max of ${MOST_ARGUMENTS} parameters: ${argc} params used`,
      );
    return list.slice(0, argc);
  };
  n.args = count(native, 'input', true);
  if (translated !== undefined) n.list = count(translated, 'output', false);
  return n;
}

export function providerNode(cx: Context, name: string, probes: Node[]): Node {
  if (name.includes('`'))
    cx.fail('D_PROV_BADNAME', `provider name may not contain scoping operator: ${name}`);
  if (name.length >= NAME_LIMITS.provider)
    cx.fail('D_PROV_BADNAME', `provider name may not exceed ${NAME_LIMITS.provider - 1} characters: ${name}`);
  if (/[0-9]$/.test(name)) cx.fail('D_PROV_BADNAME', `provider name may not end with a digit: ${name}`);
  const n = cx.node('provider', '');
  n.name = name;
  n.members = probes;
  return n;
}

/** Compare with what is known, then remember it; check that translations exist. */
export function cookProvider(cx: Context, n: Node): void {
  const known = knownInterface(cx, n.name);
  const declared = known ?? new Map<string, Interface>();
  for (const p of n.members!) {
    const native = p.args!;
    const mine: Interface = { native, translated: p.list ?? native };
    const old = declared.get(p.name);
    cx.line = p.line;
    if (known !== undefined) {
      if (old === undefined)
        cx.fail(
          'D_PROV_INCOMPAT',
          `provider interface mismatch: ${n.name}\n\t current: probe ${n.name}:${p.name} defined\n\tprevious: probe ${n.name}:${p.name} not defined`,
          p,
        );
      compare(cx, n.name, p, 'input', mine.native, old.native);
      compare(cx, n.name, p, 'output', mine.translated, old.translated);
    } else if (old !== undefined) cx.fail('D_PROV_PRDUP', `probe redeclared: ${n.name}:${p.name}`, p);
    else declared.set(p.name, mine);
    checkTranslations(cx, n.name, p, mine);
  }
  cx.declaredProviders.set(n.name, declared);
}

/** Of a provider declared before, or of the guest's: undefined if there is none of that name. */
function knownInterface(cx: Context, provider: string): Map<string, Interface> | undefined {
  const old = cx.declaredProviders.get(provider);
  if (old !== undefined) return old;
  const rows = cx.catalog.match({ id: 0, provider, module: '', func: '', name: '' });
  if (rows.length === 0) return undefined;
  const out = new Map<string, Interface>();
  for (const row of rows) {
    const name = `::${row.name}`;
    if (out.has(name)) continue;
    const node = (spelling: string | NonNullable<Node['type']>): Node => {
      const a = cx.node('type', 'id');
      const type = typeof spelling === 'string' ? cx.builtinType(spelling) : spelling;
      if (type !== undefined) assignType(cx, a, type);
      return a;
    };
    const args = argsOf(row);
    out.set(name, {
      native: args.map((a) => node(a.native)),
      translated: args.map((a) => node(a.translated ?? a.native)),
    });
  }
  return out;
}

function compare(
  cx: Context,
  provider: string,
  p: Node,
  what: 'input' | 'output',
  now: Node[],
  before: Node[],
): void {
  const fail = (current: string, previous: string): never =>
    cx.fail(
      'D_PROV_INCOMPAT',
      `provider interface mismatch: ${provider}\n\t current: probe ${provider}:${p.name} ${current}\n\tprevious: probe ${provider}:${p.name} ${previous}`,
      p,
    );
  if (now.length !== before.length)
    fail(`${what} prototype has ${now.length} args`, `${what} prototype has ${before.length} args`);
  now.forEach((a, i) => {
    const b = before[i];
    if (a.type === undefined || b.type === undefined || sameType(a.type, b.type)) return;
    fail(
      `${what} argument #${i + 1} type ${nodeTypeName(cx, a)}`,
      `${what} argument #${i + 1} type ${nodeTypeName(cx, b)}`,
    );
  });
}

function checkTranslations(cx: Context, provider: string, p: Node, i: Interface): void {
  if (i.native === i.translated) return;
  i.translated.forEach((to, index) => {
    const from = i.native.find((a) => a.hasName && a.name === to.name) ?? i.native[index];
    if (from === undefined || to.type === undefined) return;
    if (findTranslator(cx, from, to.type, false) !== undefined || argCompat(cx, from, to)) return;
    cx.fail(
      'D_PROV_PRXLATOR',
      `translator for ${provider}:${p.name} output argument #${index + 1} from ${nodeTypeName(cx, from)} to ${nodeTypeName(cx, to)} is not defined`,
      p,
    );
  });
}

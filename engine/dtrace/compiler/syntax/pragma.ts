/**
 * Control lines: `#pragma D option|attributes|binding|depends_on|error`, `#line`, `#error`, `#ident`.
 *
 * Called by the lexer with the line's words as soon as the line was read, so an option holds from there on. A pragma for a name that is not
 * defined yet waits for it; one that waits in vain is an error at the end.
 */

import { LibraryError } from '../../errors.ts';
import { ATTR_DEFAULT, parseAttribute, UNKNOWN_PROVIDER } from '../../stability.ts';
import type { Context, PendingPragma } from '../context.ts';
import { version } from '../ident.ts';
import type { Node } from '../node.ts';

/** Returns the number of the next line if the directive sets it. */
export function pragma(cx: Context, words: Node[]): number | undefined {
  let level: 'directive' | 'pragma' | 'D' = 'directive';
  for (let i = 0; i < words.length; i++) {
    const w = words[i];
    if (w.kind === 'int') return line(cx, 'line', words.slice(i));
    if (w.kind !== 'ident') cx.fail('D_PRAGCTL_INVAL', 'invalid control directive');
    if (level === 'directive' && w.name === 'pragma') {
      level = 'pragma';
      continue;
    }
    if (level === 'pragma' && w.name === 'D') {
      level = 'D';
      continue;
    }
    const rest = words.slice(i + 1);
    switch (w.name) {
      case 'error':
        return error(cx, w.name, rest);
      case 'ident':
        return undefined;
      case 'line':
        return line(cx, w.name, rest);
    }
    if (level === 'D') {
      switch (w.name) {
        case 'attributes':
          attributes(cx, w.name, rest);
          return undefined;
        case 'binding':
          binding(cx, w.name, rest);
          return undefined;
        case 'depends_on':
          dependsOn(cx, w.name, rest);
          return undefined;
        case 'option':
          option(cx, w.name, rest);
          return undefined;
      }
    }
    if (level === 'directive') cx.fail('D_PRAGCTL_INVAL', `invalid control directive: #${w.name}`);
    if (level === 'D') cx.fail('D_PRAGMA_INVAL', `invalid D pragma: ${w.name}`);
    return undefined;
  }
  return undefined;
}

function error(cx: Context, name: string, words: Node[]): never {
  const text = words
    .filter((w) => w.kind !== 'int')
    .map((w) => `${w.name} `)
    .join('');
  return cx.fail('D_PRAGERR', `#${name}: ${text}`);
}

function wait(cx: Context, name: string, p: PendingPragma): void {
  const list = cx.pragmas.get(name);
  if (list === undefined) cx.pragmas.set(name, [p]);
  else list.push(p);
}

function attributes(cx: Context, pr: string, words: Node[]): void {
  if (words[0]?.kind !== 'ident' || words[1]?.kind !== 'ident')
    cx.fail('D_PRAGMA_MALFORM', `malformed #pragma ${pr} <attributes> <ident>`);
  const attr = parseAttribute(words[0].name);
  if (attr === undefined) cx.fail('D_PRAGMA_INVAL', `invalid attributes specified by #pragma ${pr}`);
  const name = words[1].name;
  if (name === 'provider') {
    const part = words[3]?.name;
    if (words[2] === undefined || part === undefined)
      cx.fail('D_PRAGMA_MALFORM', `malformed #pragma ${pr} <attributes> <ident>`);
    const provider = words[2].name;
    if (!['provider', 'module', 'function', 'name', 'args'].includes(part))
      cx.fail('D_PRAGMA_INVAL', `invalid component "${part}" in attribute #pragma for provider ${provider}`);
    const before = cx.providerAttributes.get(provider) ?? UNKNOWN_PROVIDER;
    cx.providerAttributes.set(provider, { ...before, [part === 'function' ? 'func' : part]: attr });
    return;
  }
  const id = cx.lookupGlobal(name);
  if (id !== undefined) {
    if (id.gen !== cx.gen)
      cx.fail('D_PRAGMA_SCOPE', `#pragma ${pr} cannot modify entity defined outside program scope`);
    id.attr = attr;
    return;
  }
  wait(cx, name, { kind: 'attributes', attr, vers: 0, line: cx.line });
}

function binding(cx: Context, pr: string, words: Node[]): void {
  if (words[0]?.kind !== 'string' || words[1]?.kind !== 'ident')
    cx.fail('D_PRAGMA_MALFORM', `malformed #pragma ${pr} "version" <ident>`);
  const m = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(words[0].name);
  if (m === null) cx.fail('D_PRAGMA_INVAL', `invalid version string specified by #pragma ${pr}`);

  const vers = version(Number(m[1]), Number(m[2]), Number(m[3] ?? 0));
  const name = words[1].name;
  const id = cx.lookupGlobal(name);
  if (id !== undefined) {
    if (id.gen !== cx.gen)
      cx.fail('D_PRAGMA_SCOPE', `#pragma ${pr} cannot modify entity defined outside program scope`);
    id.vers = vers;
    return;
  }
  wait(cx, name, { kind: 'binding', attr: ATTR_DEFAULT, vers, line: cx.line });
}

function dependsOn(cx: Context, pr: string, words: Node[]): void {
  if (words[0]?.kind !== 'ident' || words[1]?.kind !== 'ident')
    cx.fail('D_PRAGMA_MALFORM', `malformed #pragma ${pr} <class> <name>`);
  const [cls, name] = [words[0].name, words[1].name];
  let found: boolean;
  if (cls === 'provider') found = cx.catalog.hasProvider(name);
  else if (cls === 'module') found = cx.types.modules.has(name);
  else if (cls === 'library') {
    if (!cx.loadingLibrary) cx.fail('D_PRAGMA_DEPEND', 'main program may not explicitly depend on a library');
    if (!cx.libraries.has(name)) cx.fail('D_PRAGMA_DEPEND', `failed to find dependency in libpath: ${name}`);
    found = true;
  } else cx.fail('D_PRAGMA_INVAL', `invalid class ${cls} specified by #pragma ${pr}`);
  if (!found) cx.fail('D_PRAGMA_DEPEND', `program requires ${cls} ${name}`);
}

function option(cx: Context, pr: string, words: Node[]): void {
  if (words[0]?.kind !== 'ident') cx.fail('D_PRAGMA_MALFORM', `malformed #pragma ${pr} <option>=<val>`);
  if (words.length > 1) cx.fail('D_PRAGMA_MALFORM', `superfluous arguments specified for #pragma ${pr}`);
  const eq = words[0].name.indexOf('=');
  const name = eq < 0 ? words[0].name : words[0].name.slice(0, eq);
  const value = eq < 0 ? undefined : words[0].name.slice(eq + 1);
  try {
    cx.options.set(name, value, 'pragma');
  } catch (e) {
    if (!(e instanceof LibraryError)) throw e;
    const what = value === undefined ? `'${name}'` : `'${name}' to '${value}'`;
    cx.fail('D_PRAGMA_OPTSET', `failed to set option ${what}: ${e.message}`);
  }
  cx.optionChanged(name);
}

/** `# 12 "file" 1`: where the following lines come from; 1 enters an included file, 2 leaves it. */
function line(cx: Context, pr: string, words: Node[]): number {
  const [n, file, state] = words;
  if (
    n?.kind !== 'int' ||
    (file !== undefined && file.kind !== 'string') ||
    (state !== undefined && state.kind !== 'int')
  )
    cx.fail('D_PRAGMA_MALFORM', `malformed #${pr} <line> [ ["file"] state ]`);
  if (file !== undefined) cx.file = file.name === '' ? undefined : file.name;
  if (state !== undefined) {
    if (state.value === 1n) cx.includeDepth++;
    else if (state.value === 2n && cx.includeDepth > 0) cx.includeDepth--;
  }
  return Number(n.value);
}

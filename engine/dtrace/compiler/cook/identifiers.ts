/**
 * Cooking an identifier: giving a reference its type, and checking arguments and keys against the identifier's signature.
 */

import { kindOf, referent } from '../../dtypes.ts';
import { LIBRARY_ERRORS } from '../../errors.ts';
import { descText } from '../../probe.ts';
import { type Attribute, minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { ID_DECL, IDENT_KIND_NAMES, type Ident, Ident as IdentClass } from '../ident.ts';
import {
  argCompat,
  assignType,
  dTypeName,
  isDynamic,
  isVoid,
  NF_SIGNED,
  type Node,
  nodeTypeName,
  propagateType,
} from '../node.ts';
import { findTranslator } from '../xlator.ts';
import { cookList } from './cook.ts';

/** Type `n` as a reference to `id` with these arguments (cooked here). Returns the reference's attributes. */
export function cookIdent(cx: Context, n: Node, id: Ident, args: Node[]): Attribute {
  const attr = cookList(cx, args);
  switch (id.cook) {
    case 'type':
      cookType(cx, n, id);
      break;
    case 'thaw':
      if (id.type !== undefined) assignType(cx, n, id.type, (id.flags & 512) !== 0);
      break;
    case 'func':
      cookFunction(cx, n, id, args);
      break;
    case 'assc':
      cookAssociative(cx, n, id, args);
      break;
    case 'inline':
      if (id.kind === 'array') cookAssociative(cx, n, id, args);
      else if (id.type !== undefined) assignType(cx, n, id.type);
      break;
    case 'args':
      cookArgs(cx, n, id, args);
      break;
    case 'regs':
      cookRegs(cx, n, id, args);
      break;
  }
  return minAttribute(attr, id.attr);
}

function cookType(cx: Context, n: Node, id: Ident): void {
  if (id.type === undefined) {
    id.type = cx.builtinType(id.proto);
    if (id.type === undefined)
      cx.fail(
        'D_UNKNOWN',
        `failed to resolve type ${id.proto} for identifier ${id.name}: ${LIBRARY_ERRORS.EDT_NOTYPE}`,
      );
  }
  assignType(cx, n, id.type);
}

/** The signature from a prototype: `string(const char *, int, [int])`; `@` takes anything, `...` more of it, `[t]` is optional. */
function parsePrototype(cx: Context, id: Ident): void {
  const open = id.proto.indexOf('(');
  const returns = id.proto.slice(0, open);
  const params = id.proto.slice(open + 1, id.proto.lastIndexOf(')')).trim();
  const sig = { args: [] as Node[], varargs: -1, optargs: -1, aux: 0n };
  if (id.kind === 'aggfunc') id.type = cx.types.dyn;
  else {
    id.type = cx.builtinType(returns);
    if (id.type === undefined)
      cx.fail('D_UNKNOWN', `failed to resolve type of ${id.name} (${returns}): ${LIBRARY_ERRORS.EDT_NOTYPE}`);
  }
  params
    .split(',')
    .map((p) => p.trim())
    .filter((p) => p !== '')
    .forEach((p, i) => {
      const arg = cx.node('type', 'id');
      if (p === '...') sig.varargs = i;
      else if (p !== '@') {
        let spelling = p;
        if (p.startsWith('[')) {
          if (sig.optargs < 0) sig.optargs = i;
          spelling = p.slice(1, -1);
        }
        const type = cx.builtinType(spelling);
        if (type === undefined)
          cx.fail(
            'D_UNKNOWN',
            `failed to resolve type of ${id.name} arg#${i + 1} (${spelling}): ${LIBRARY_ERRORS.EDT_NOTYPE}`,
          );
        assignType(cx, arg, type);
      }
      sig.args.push(arg);
    });
  id.sig = sig;
}

function cookFunction(cx: Context, n: Node, id: Ident, args: Node[]): void {
  if (id.sig === undefined) parsePrototype(cx, id);
  checkSignature(cx, n, id, args, '', '( )');
}

function checkSignature(cx: Context, n: Node, id: Ident, args: Node[], prefix: string, suffix: string): void {
  const sig = id.sig!;
  const argc = args.length;
  const key = id.kind === 'array' || id.kind === 'agg';
  let mismatch: boolean;
  let limit: number;
  if (sig.varargs >= 0) {
    mismatch = argc < sig.varargs;
    limit = sig.varargs;
  } else if (sig.optargs >= 0) {
    mismatch = argc < sig.optargs || argc > sig.args.length;
    limit = argc;
  } else {
    mismatch = argc !== sig.args.length;
    limit = sig.args.length;
  }
  if (mismatch) {
    const what = key ? 'key' : 'arg';
    const expected = sig.optargs >= 0 ? `at least ${sig.optargs}` : String(limit);
    cx.fail(
      'D_PROTO_LEN',
      `${prefix}${id.name}${suffix} prototype mismatch: ${argc} ${what}${argc === 1 ? ' ' : 's '}passed, ${expected} expected`,
    );
  }
  for (let i = 0; i < limit; i++) {
    const formal = sig.args[i];
    if (formal.type === undefined || argCompat(cx, formal, args[i])) continue;
    const what = key ? 'key' : 'argument';
    cx.fail(
      'D_PROTO_ARG',
      `${prefix}${id.name}${suffix} ${what} #${i + 1} is incompatible with prototype:\n\tprototype: ${nodeTypeName(cx, formal)}\n` +
        `\t${what.padStart(9)}: ${nodeTypeName(cx, args[i])}`,
    );
  }
  assignType(cx, n, id.type!);
}

/** The first use of an array or aggregation gives it its signature; later ones must agree. */
function cookAssociative(cx: Context, n: Node, id: Ident, args: Node[]): void {
  if (id.sig !== undefined) {
    checkSignature(cx, n, id, args, id.kind === 'agg' ? '@' : '', '[ ]');
    return;
  }
  if (!(id.flags & ID_DECL)) id.type = cx.types.dyn;
  const sig = { args: [] as Node[], varargs: -1, optargs: -1, aux: 0n };
  args.forEach((a, i) => {
    if (isDynamic(cx, a) || isVoid(cx, a))
      cx.fail(
        'D_KEY_TYPE',
        `${nodeTypeName(cx, a)} expression may not be used as ${IDENT_KIND_NAMES[id.kind]} index: key #${i + 1}`,
      );
    const formal = cx.node('type', 'id');
    propagateType(a, formal);
    sig.args.push(formal);
  });
  id.sig = sig;
  assignType(cx, n, id.type!);
}

/** The index of an array whose elements have types of their own. */
function constantIndex(cx: Context, id: Ident, args: Node[]): Node {
  if (args.length !== 1)
    cx.fail('D_PROTO_LEN', `${id.name}[ ] prototype mismatch: ${args.length} args passed, 1 expected`);
  const index = args[0];
  if (index.kind !== 'int')
    cx.fail(
      'D_PROTO_ARG',
      `${id.name}[ ] argument #1 is incompatible with prototype:\n\tprototype: integer constant\n\t argument: ${dTypeName(cx, index.type)}`,
    );
  return index;
}

/** args[i]: typed by the probe of the clause, translated if it says so. */
function cookArgs(cx: Context, n: Node, id: Ident, args: Node[]): void {
  const index = constantIndex(cx, id, args);
  if (cx.pdesc === undefined)
    cx.fail('D_ARGS_NONE', `${id.name}[ ] may not be referenced outside of a probe clause`);
  if (cx.probe === undefined)
    cx.fail(
      'D_ARGS_MULTI',
      `${id.name}[ ] may not be referenced because probe description ${descText(cx.pdesc)} matches an unstable set of probes`,
    );
  const p = cx.probe;
  const i = Number(index.value);
  if (index.value >= BigInt(p.translated.length))
    cx.fail(
      'D_ARGS_IDX',
      `index ${BigInt.asIntN(64, index.value)} is out of range for ${descText(cx.pdesc)} ${id.name}[ ]`,
    );
  const translated = p.translated[i];
  const native = p.native[p.mapping[i]];
  if (translated === undefined)
    cx.fail('D_ARGS_TYPE', `failed to resolve translated type for ${id.name}[${i}]`);
  if (native === undefined) cx.fail('D_ARGS_TYPE', `failed to resolve native type for ${id.name}[${i}]`);
  const nn = cx.node('type', 'id');
  assignType(cx, nn, native);
  const tn = cx.node('type', 'id');
  assignType(cx, tn, translated);
  const own = new IdentClass(id.name, id.kind, id.flags, id.id, id.cook, id.gen, {
    attr: id.attr,
    vers: id.vers,
  });
  n.ident = own;
  const x = findTranslator(cx, nn, translated, false);
  // void * suits every pointer; a translator from it is what is meant all the same
  const untyped = kindOf(native) === 'pointer' && kindOf(referent(native)) === 'void' && x !== undefined;
  if (native === translated || (argCompat(cx, nn, tn) && !untyped)) {
    assignType(cx, n, translated);
    return;
  }
  if (x === undefined)
    cx.fail(
      'D_ARGS_XLATOR',
      `translator for ${id.name}[${i}] from ${nodeTypeName(cx, nn)} to ${nodeTypeName(cx, tn)} is not defined`,
    );
  // the native argument; members that it does not have come from the translation (member.ts)
  own.translated = translated;
  assignType(cx, n, native);
}

function cookRegs(cx: Context, n: Node, id: Ident, args: Node[]): void {
  const index = constantIndex(cx, id, args);
  if (index.flags & NF_SIGNED && BigInt.asIntN(64, index.value) < 0n)
    cx.fail('D_REGS_IDX', `index ${BigInt.asIntN(64, index.value)} is out of range for array ${id.name}`);
  id.type = cx.builtinType('uint64_t');
  assignType(cx, n, id.type!);
}

/**
 * Declarators, parameter lists and type names.
 *
 * C declarators read inside out. parseDeclarator returns the name and a list of modifiers, nearest the name first; the type is
 * built by applying them to the specifiers' type from the far end.
 */

import type { Token } from '../cfront/lexer.ts';
import { printType } from '../cfront/printtype.ts';
import {
  arrayOf,
  functionType,
  INT,
  isInteger,
  pointerTo,
  strip,
  type Type,
  unqualified,
} from '../cfront/types.ts';
import { type Attributes, noAttributes, parseAttributes } from './attributes.ts';
import { isComplete } from './check-types.ts';
import { parseAssignment } from './parse-expr.ts';
import { parseSpecifiers, qualifierBit, startsType } from './parse-type.ts';
import { ERROR_TYPE, type Parser } from './parser.ts';
import { Scope } from './scope.ts';

export interface Param {
  name: string;
  type: Type;
  at: Token;
}

type Modifier =
  | { kind: 'pointer'; quals: number }
  | { kind: 'array'; length: number; quals: number; at: Token; variable: boolean }
  | { kind: 'function'; params: Param[]; variadic: boolean; oldStyle: boolean; scope: Scope; at: Token };

export interface Declarator {
  /** Undefined: abstract. */
  name: Token | undefined;
  type: Type;
  at: Token;
  /** The parameter list right after the name, if it declares a function. */
  params?: { list: Param[]; scope: Scope; oldStyle: boolean };
}

/** A declarator with a name. */
export function parseDeclarator(p: Parser, base: Type, attributes = noAttributes()): Declarator {
  const at = p.tok;
  const { name, modifiers } = declarator(p, false, attributes);
  if (!name) p.syntaxError(at, `expected a name before '${at.text || 'end of file'}'`);
  return finish(p, base, name, modifiers, false);
}

/** A type name: specifiers and a declarator without a name, as in a cast. */
export function parseTypeName(p: Parser): Type {
  const spec = parseSpecifiers(p);
  if (spec.storage !== '') p.error(spec.at, 'storage class in a type name');
  if (p.at(')')) return spec.type;
  const { name, modifiers } = declarator(p, true, noAttributes());
  if (name) p.error(name, `unexpected name '${name.text}' in a type`);
  return finish(p, spec.type, undefined, modifiers, false).type;
}

function parseParam(p: Parser): Param {
  const spec = parseSpecifiers(p);
  if (spec.storage !== '' && spec.storage !== 'register')
    p.error(spec.at, 'storage class specified for a parameter');
  const at = p.tok;
  const { name, modifiers } = declarator(p, true, noAttributes());
  parseAttributes(p, noAttributes());
  const built = finish(p, spec.type, name, modifiers, true);
  return { name: name?.text ?? '', type: built.type, at: name ?? at };
}

/** Arrays and functions as parameters are pointers. */
export function adjustParam(type: Type): Type {
  const t = strip(type);
  if (t.kind === 'array') return pointerTo(t.element);
  if (t.kind === 'function') return pointerTo(type);
  return type;
}

export function declarator(
  p: Parser,
  abstract: boolean,
  attributes: Attributes,
): { name: Token | undefined; modifiers: Modifier[] } {
  parseAttributes(p, attributes);
  if (p.at('*') || p.at('^')) {
    if (p.at('^')) p.syntaxError(p.tok, 'blocks are not supported');
    p.next();
    let quals = 0;
    for (;;) {
      const q = p.tok.keyword ? qualifierBit(p.tok.text) : 0;
      if (q !== 0) {
        quals |= q;
        p.next();
      } else if (p.at('_Atomic')) {
        p.error(p.next(), '_Atomic is not supported', 'use volatile and the __atomic_ builtins');
      } else if (!parseAttributes(p, attributes)) break;
    }
    const inner = declarator(p, abstract, attributes);
    inner.modifiers.push({ kind: 'pointer', quals });
    return inner;
  }
  let name: Token | undefined;
  let modifiers: Modifier[] = [];
  if (p.at('(') && groups(p, abstract)) {
    p.next();
    ({ name, modifiers } = declarator(p, abstract, attributes));
    p.expect(')');
  } else if (p.isIdentifier()) name = p.next();
  for (;;) {
    if (p.at('[')) modifiers.push(parseArraySuffix(p));
    else if (p.at('(')) modifiers.push(parseFunctionSuffix(p));
    else return { name, modifiers };
  }
}

/** Is this parenthesis around a declarator, or a parameter list? */
function groups(p: Parser, abstract: boolean): boolean {
  if (!abstract) return true;
  const next = p.peek();
  if (next.text === '*' || next.text === '(' || next.text === '[' || next.text === '^') return true;
  if (next.text === '__attribute__') return true;
  return p.isIdentifier(next) && !startsType(p, next);
}

function parseArraySuffix(p: Parser): Modifier {
  const at = p.next();
  let quals = 0;
  for (;;) {
    const q = p.tok.keyword ? qualifierBit(p.tok.text) : 0;
    if (q !== 0) quals |= q;
    else if (!p.at('static')) break;
    p.next();
  }
  const array = { kind: 'array' as const, length: -1, quals, at, variable: false };
  if (p.at('*') && p.peek().text === ']') {
    p.next();
    array.variable = true;
  } else if (!p.at(']')) {
    const token = p.tok;
    const size = parseAssignment(p);
    if (size.kind !== 'const') array.variable = true;
    else if (!isInteger(size.type)) p.error(token, 'size of array has non-integer type');
    else if (size.value < 0n && size.type !== ERROR_TYPE) p.error(token, 'size of array is negative');
    else array.length = Number(size.value);
  }
  p.expect(']');
  return array;
}

function parseFunctionSuffix(p: Parser): Modifier {
  const at = p.next();
  const scope = new Scope(p.scope);
  const modifier = {
    kind: 'function' as const,
    params: [] as Param[],
    variadic: false,
    oldStyle: false,
    scope,
    at,
  };
  if (p.accept(')')) {
    modifier.oldStyle = true;
    return modifier;
  }
  if (p.at('void') && p.peek().text === ')') {
    p.next();
    p.next();
    return modifier;
  }
  // Old style: names only, their types follow before the body.
  if (p.isIdentifier() && !startsType(p) && /^[,)]$/.test(p.peek().text)) {
    modifier.oldStyle = true;
    do {
      const name = p.identifier('a parameter');
      modifier.params.push({ name: name.text, type: INT, at: name });
    } while (p.accept(','));
    p.expect(')');
    return modifier;
  }
  p.inScope(scope, () => {
    do {
      if (p.accept('...')) {
        modifier.variadic = true;
        break;
      }
      const param = parseParam(p);
      modifier.params.push(param);
      // Visible in the types of later parameters (`char a[sizeof(n)]`).
      if (param.name !== '') {
        if (scope.names.has(param.name)) p.error(param.at, `redefinition of parameter '${param.name}'`);
        scope.names.set(param.name, {
          kind: 'var',
          decl: {
            kind: 'var',
            name: param.name,
            type: param.type,
            loc: p.loc(param.at),
            storage: 'param',
            section: '',
            aligned: 0,
            addressTaken: false,
            linkName: param.name,
          },
        });
      }
    } while (p.accept(','));
  });
  p.expect(')');
  return modifier;
}

/** Builds the type and checks each step. */
function finish(
  p: Parser,
  base: Type,
  name: Token | undefined,
  modifiers: Modifier[],
  param: boolean,
): Declarator {
  let type = base;
  const what = name ? `'${name.text}'` : 'type name';
  for (let i = modifiers.length - 1; i >= 0; i--) {
    const m = modifiers[i]!;
    const at = name ?? (m.kind === 'pointer' ? p.tok : m.at);
    const t = strip(type);
    if (m.kind === 'pointer') {
      type = pointerTo(type, m.quals);
    } else if (m.kind === 'array') {
      const outermost = param && i === 0;
      if (t.kind === 'function') p.syntaxError(at, `${what} declared as an array of functions`);
      if (!isComplete(t)) p.syntaxError(at, `array type has incomplete element type '${printType(type)}'`);
      if (m.variable && !outermost) {
        p.syntaxError(
          m.at,
          'variable length arrays are not supported',
          'the size must be a constant: use one, or allocate the memory',
        );
      }
      if (outermost) type = pointerTo(type, m.quals);
      else {
        if (type.size * m.length > Number.MAX_SAFE_INTEGER)
          p.syntaxError(at, `size of array ${what} is too large`);
        type = arrayOf(type, m.length);
      }
    } else {
      if (t.kind === 'array') p.syntaxError(at, `${what} declared as a function returning an array`);
      if (t.kind === 'function') p.syntaxError(at, `${what} declared as a function returning a function`);
      const params = m.params.map(({ name: n, type: paramType, at: paramAt }) => {
        if (strip(paramType).kind === 'void')
          p.error(paramAt, `parameter ${n ? `'${n}' ` : ''}has type void`);
        return { name: n, type: adjustParam(paramType) };
      });
      for (const [index, prm] of m.params.entries()) prm.type = params[index]!.type;
      type = functionType(
        unqualified(type) === strip(type) ? type : unqualified(type),
        params,
        m.variadic,
        m.oldStyle,
      );
    }
  }
  if (param) type = adjustParam(type);
  const declared: Declarator = { name, type, at: name ?? p.tok };
  const nearest = modifiers[0];
  if (nearest?.kind === 'function')
    declared.params = { list: nearest.params, scope: nearest.scope, oldStyle: nearest.oldStyle };
  return declared;
}

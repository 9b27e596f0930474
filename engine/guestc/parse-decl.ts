/**
 * Declarations: at file scope and in blocks, functions included.
 *
 * Everything with linkage is one object for the whole unit, however often it is declared: later declarations complete it.
 */

import type { Expr, FunctionDecl, Loc, Stmt, VarDecl } from '../cfront/ast.ts';
import type { Token } from '../cfront/lexer.ts';
import { promote } from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import {
  arrayOf,
  DOUBLE,
  type FunctionType,
  functionType,
  isInteger,
  Q_VOLATILE,
  strip,
  type Type,
  type TypedefType,
  unqualified,
} from '../cfront/types.ts';
import { type Attributes, parseAttributes } from './attributes.ts';
import { compatible, composite, isComplete } from './check-types.ts';
import { castTo, rvalue } from './check-value.ts';
import { adjustParam, type Declarator, parseDeclarator } from './parse-declarator.ts';
import { parseAssignment, parseConstant, stringLiteral } from './parse-expr.ts';
import { parseInitializer } from './parse-init.ts';
import { parseBlockItems } from './parse-stmt.ts';
import { parseSpecifiers, refuseAsm, type Specifiers, startsDeclaration } from './parse-type.ts';
import { type Parser, Recover } from './parser.ts';
import { Scope } from './scope.ts';

export function newVariable(name: string, type: Type, loc: Loc, storage: VarDecl['storage']): VarDecl {
  return {
    kind: 'var',
    name,
    type,
    loc,
    storage,
    section: '',
    aligned: 0,
    addressTaken: inMemory(type),
    linkName: name,
  };
}

/** Arrays and records, and what is volatile: longjmp must leave its last value alone. */
const inMemory = (type: Type): boolean => {
  const { kind, quals } = strip(type);
  return kind === 'array' || kind === 'struct' || kind === 'union' || (quals & Q_VOLATILE) !== 0;
};

/** The whole file. */
export function parseFile(p: Parser): void {
  while (p.tok.kind !== 'eof') {
    const start = p.pos;
    try {
      parseExternalDeclaration(p);
    } catch (error) {
      if (!(error instanceof Recover)) throw error;
      p.fn = undefined;
      p.scope = p.fileScope;
      p.synchronize();
      if (p.pos === start) p.next();
      // Nothing is open out here: a brace that is left over belongs to what went wrong.
      while (p.accept('}')) p.accept(';');
    }
  }
  for (const decl of p.variables) finishTentative(p, decl);
}

export function parseStaticAssert(p: Parser): void {
  const at = p.next();
  p.expect('(');
  const value = parseConstant(p, "expression in '_Static_assert'");
  const message = p.accept(',') ? stringLiteral(p) : '';
  p.expect(')');
  p.expect(';');
  if (value === 0n) p.error(at, `static assertion failed${message === '' ? '' : `: "${message}"`}`);
}

function parseExternalDeclaration(p: Parser): void {
  if (p.accept(';')) return;
  if (p.at('_Static_assert')) {
    parseStaticAssert(p);
    return;
  }
  if (p.at('asm') || p.at('__asm__') || p.at('__asm')) {
    refuseAsm(p);
    p.expect(';');
    return;
  }
  const spec = parseSpecifiers(p);
  if (p.accept(';')) return;
  for (let first = true; ; first = false) {
    const attributes = { ...spec.attributes };
    const declarator = parseDeclarator(p, spec.type, attributes);
    afterDeclarator(p, attributes);
    const isFunction = strip(declarator.type).kind === 'function';
    if (first && isFunction && declarator.params && spec.storage !== 'typedef' && !p.at(';') && !p.at(',')) {
      if (p.at('{') || startsDeclaration(p)) {
        parseFunction(p, spec, declarator, attributes);
        return;
      }
    }
    declareOne(p, spec, declarator, attributes, undefined);
    if (!p.accept(',')) break;
    parseAttributes(p, spec.attributes);
  }
  p.expect(';');
}

/** Attributes (and assembler names, which are refused) after a declarator. */
function afterDeclarator(p: Parser, attributes: Attributes): void {
  for (;;) {
    if (p.at('asm') || p.at('__asm__') || p.at('__asm')) refuseAsm(p);
    else if (!parseAttributes(p, attributes)) return;
  }
}

/** A declaration in a block; its initialisations become statements. */
export function parseLocalDeclaration(p: Parser, body: Stmt[]): void {
  if (p.at('__extension__') && p.peek().text === '_Static_assert') p.next();
  if (p.at('_Static_assert')) {
    parseStaticAssert(p);
    return;
  }
  const spec = parseSpecifiers(p);
  if (p.accept(';')) return;
  for (;;) {
    const attributes = { ...spec.attributes };
    const declarator = parseDeclarator(p, spec.type, attributes);
    afterDeclarator(p, attributes);
    if (strip(declarator.type).kind === 'function' && p.at('{')) {
      p.syntaxError(
        p.tok,
        'nested functions are not supported',
        `move '${declarator.name!.text}' out of the function`,
      );
    }
    declareOne(p, spec, declarator, attributes, body);
    if (!p.accept(',')) break;
    parseAttributes(p, spec.attributes);
  }
  p.expect(';');
}

/** One declarator with its initialiser. `body` is undefined at file scope. */
function declareOne(
  p: Parser,
  spec: Specifiers,
  declarator: Declarator,
  attributes: Attributes,
  body: Stmt[] | undefined,
): void {
  const name = declarator.name!;
  if (spec.storage === 'typedef') {
    declareTypedef(p, name, declarator.type, attributes);
  } else if (strip(declarator.type).kind === 'function') {
    const fn = strip(declarator.type) as FunctionType;
    if (body && spec.storage === 'static') p.error(name, `invalid storage class for function '${name.text}'`);
    declareFunction(p, spec, name, fn, attributes);
    if (p.at('=')) p.syntaxError(p.tok, `function '${name.text}' is initialized like a variable`);
  } else if (!body || spec.storage === 'extern') {
    declareGlobal(p, spec, name, declarator.type, attributes, body !== undefined);
  } else declareLocal(p, spec, name, declarator.type, attributes, body);
}

function declareTypedef(p: Parser, name: Token, type: Type, attributes: Attributes): void {
  const old = p.scope.names.get(name.text);
  if (old) {
    if (old.kind !== 'typedef') p.error(name, `'${name.text}' redeclared as different kind of symbol`);
    else if (!compatible((old.type as TypedefType).target, type)) {
      p.error(
        name,
        `conflicting types for '${name.text}': '${printType(type)}', before it was '${printType((old.type as TypedefType).target)}'`,
      );
    }
    return;
  }
  const t: TypedefType = {
    kind: 'typedef',
    name: name.text,
    target: type,
    size: type.size,
    align: attributes.aligned || type.align,
    quals: 0,
  };
  // A record may be completed after its typedef: then size and alignment follow it.
  const target = strip(type);
  if ((target.kind === 'struct' || target.kind === 'union' || target.kind === 'enum') && !target.complete) {
    Object.defineProperty(t, 'size', { get: () => target.size, enumerable: true });
    if (!attributes.aligned) Object.defineProperty(t, 'align', { get: () => target.align, enumerable: true });
  }
  p.scope.names.set(name.text, { kind: 'typedef', type: t });
  if (p.at('=')) p.syntaxError(p.tok, `typedef '${name.text}' is initialized`, 'did you mean __typeof__?');
}

// Variables --------------------------------------------------------------------------------------------------------------------------

function checkVariableType(p: Parser, name: Token, type: Type): void {
  if (strip(type).kind === 'void') p.syntaxError(name, `variable or field '${name.text}' declared void`);
}

/** The type that __auto_type stands for. */
function deducedType(p: Parser): Type {
  const start = p.pos;
  p.expect('=');
  const { type } = rvalue(p, parseAssignment(p));
  p.rewind(start);
  return type;
}

function declareGlobal(
  p: Parser,
  spec: Specifiers,
  name: Token,
  declared: Type,
  attributes: Attributes,
  inBlock: boolean,
): void {
  let type = declared;
  if (spec.deduce) type = deducedType(p);
  checkVariableType(p, name, type);
  const loc = p.loc(name);
  const isStatic = spec.storage === 'static';
  if (spec.storage === 'auto' || spec.storage === 'register') {
    p.error(name, `file-scope declaration of '${name.text}' specifies '${spec.storage}'`);
  }
  const visible = p.scope.names.get(name.text);
  if (visible && visible.kind !== 'var')
    p.syntaxError(name, `'${name.text}' redeclared as different kind of symbol`);
  const known = p.linked.get(name.text);
  let decl: VarDecl;
  if (known) {
    if (known.kind !== 'var') p.syntaxError(name, `'${name.text}' redeclared as different kind of symbol`);
    decl = known;
    if (!compatible(decl.type, type)) {
      const where = `${p.files[decl.loc.file]!.path}:${decl.loc.line}`;
      p.error(
        name,
        `conflicting types for '${name.text}': '${printType(type)}'`,
        `it is '${printType(decl.type)}' at ${where}`,
      );
    } else decl.type = composite(decl.type, type);
    if (isStatic && decl.storage !== 'static')
      p.error(name, `static declaration of '${name.text}' follows non-static declaration`);
    else if (!isStatic && spec.storage !== 'extern' && decl.storage === 'static') {
      p.error(name, `non-static declaration of '${name.text}' follows static declaration`);
    } else if (decl.storage === 'extern' && spec.storage !== 'extern') {
      decl.storage = 'global';
      decl.loc = loc;
    }
  } else {
    decl = newVariable(
      name.text,
      type,
      loc,
      isStatic ? 'static' : spec.storage === 'extern' ? 'extern' : 'global',
    );
    p.linked.set(name.text, decl);
    p.variables.push(decl);
  }
  if (attributes.section !== '') decl.section = attributes.section;
  decl.aligned = Math.max(decl.aligned, attributes.aligned);
  p.scope.names.set(name.text, { kind: 'var', decl });
  if (!p.at('=')) return;
  if (inBlock) p.error(p.tok, `'${name.text}' has both 'extern' and initializer`);
  p.next();
  if (decl.init) p.error(name, `redefinition of '${name.text}'`);
  if (decl.storage === 'extern') decl.storage = 'global';
  decl.loc = loc;
  decl.init = parseInitializer(p, decl, true);
}

/** A tentative definition left over at the end of the file. */
function finishTentative(p: Parser, decl: VarDecl): void {
  if (decl.storage === 'extern' || isComplete(decl.type)) return;
  const t = strip(decl.type);
  if (t.kind === 'array') {
    p.warn(decl.loc, `array '${decl.name}' assumed to have one element`);
    decl.type = arrayOf(t.element, 1);
  } else
    p.error(decl.loc, `storage size of '${decl.name}' isn't known: '${printType(decl.type)}' is incomplete`);
}

function declareLocal(
  p: Parser,
  spec: Specifiers,
  name: Token,
  declared: Type,
  attributes: Attributes,
  body: Stmt[],
): void {
  let type = declared;
  if (spec.deduce) type = deducedType(p);
  checkVariableType(p, name, type);
  if (p.scope.names.has(name.text)) p.error(name, `redeclaration of '${name.text}'`);
  const isStatic = spec.storage === 'static';
  const loc = p.loc(name);
  const decl = newVariable(name.text, type, loc, isStatic ? 'static' : 'auto');
  decl.aligned = attributes.aligned;
  decl.section = attributes.section;
  if (isStatic) {
    decl.linkName = `${name.text}.${p.serial()}`;
    p.variables.push(decl);
  } else p.fn!.locals.push(decl);
  // In scope from here on: `int x = sizeof(x);`
  p.scope.names.set(name.text, { kind: 'var', decl });
  if (p.accept('=')) decl.init = parseInitializer(p, decl, isStatic);
  if (!isStatic && !isComplete(decl.type)) {
    p.error(name, `storage size of '${name.text}' isn't known: '${printType(type)}' is incomplete`);
  }
  if (!isStatic) body.push({ kind: 'decl', decl, loc });
}

// Functions --------------------------------------------------------------------------------------------------------------------------

function declareFunction(
  p: Parser,
  spec: Specifiers,
  name: Token,
  type: FunctionType,
  attributes: Attributes,
): FunctionDecl {
  const loc = p.loc(name);
  const visible = p.scope.names.get(name.text);
  if (visible && visible.kind !== 'func')
    p.syntaxError(name, `'${name.text}' redeclared as different kind of symbol`);
  const known = p.linked.get(name.text);
  if (known && known.kind !== 'func')
    p.syntaxError(name, `'${name.text}' redeclared as different kind of symbol`);
  // A plain `inline` gives no external definition: each unit keeps its own copy.
  const isStatic = spec.storage === 'static' || (spec.inline && spec.storage !== 'extern');
  let decl: FunctionDecl;
  if (known) {
    decl = known as FunctionDecl;
    if (!compatible(decl.type, type)) {
      const where = `${p.files[decl.loc.file]!.path}:${decl.loc.line}`;
      p.error(
        name,
        `conflicting types for '${name.text}': '${printType(type)}'`,
        `it is '${printType(decl.type)}' at ${where}`,
      );
      if (!decl.body) decl.type = type;
    } else decl.type = composite(decl.type, type) as FunctionType;
    if (spec.storage === 'static' && !decl.static) {
      p.error(name, `static declaration of '${name.text}' follows non-static declaration`);
    }
    if (decl.static && decl.inline && !spec.inline && spec.storage !== 'static' && !known.body)
      decl.static = false;
  } else {
    decl = {
      kind: 'func',
      name: name.text,
      type,
      loc,
      static: isStatic,
      inline: spec.inline,
      noreturn: false,
      notrace: false,
    };
    p.linked.set(name.text, decl);
    p.functions.push(decl);
  }
  decl.inline ||= spec.inline;
  decl.noreturn ||= attributes.noreturn;
  decl.notrace ||= attributes.notrace;
  p.scope.names.set(name.text, { kind: 'func', decl });
  return decl;
}

/** The library function behind a __builtin_ name, declared if it was not. */
export function declareLibrary(p: Parser, name: string, type: FunctionType, at: Token): FunctionDecl {
  const known = p.linked.get(name);
  if (known?.kind === 'func') return known;
  const decl: FunctionDecl = {
    kind: 'func',
    name,
    type,
    loc: p.loc(at),
    static: false,
    inline: false,
    noreturn: false,
    notrace: false,
  };
  p.linked.set(name, decl);
  p.functions.push(decl);
  return decl;
}

function parseFunction(p: Parser, spec: Specifiers, declarator: Declarator, attributes: Attributes): void {
  const name = declarator.name!;
  const params = declarator.params!;
  let type = strip(declarator.type) as FunctionType;
  if (spec.storage === 'auto' || spec.storage === 'register')
    p.error(name, `function definition declared '${spec.storage}'`);
  const narrow = params.oldStyle ? parseOldParams(p, declarator) : undefined;
  if (params.oldStyle) {
    // The caller promotes: that is what arrives. A definition f() takes nothing.
    const arriving = params.list.map((prm) => ({ name: prm.name, type: defaultPromoted(prm.type) }));
    type = functionType(type.returns, arriving, false, params.list.length > 0 || type.oldStyle);
  }
  const decl = declareFunction(p, spec, name, type, attributes);
  if (decl.body) p.error(name, `redefinition of '${name.text}'`);
  decl.loc = p.loc(name);
  const returns = strip(type.returns);
  if (returns.kind !== 'void' && !isComplete(returns))
    p.error(name, `return type '${printType(type.returns)}' is incomplete`);
  // The definition's own parameter names and types.
  if (!params.oldStyle) decl.type = { ...type, params: type.params };

  const locals: VarDecl[] = [];
  const scope = params.oldStyle ? new Scope(p.fileScope) : params.scope;
  const prologue: Stmt[] = [];
  decl.params = params.list.map((prm, i) => {
    const arriving = type.params[i]!.type;
    if (prm.name === '') p.error(prm.at, `parameter ${i + 1} of '${name.text}' has no name`);
    else if (!isComplete(arriving))
      p.error(prm.at, `parameter '${prm.name}' has incomplete type '${printType(arriving)}'`);
    const variable = newVariable(prm.name, arriving, p.loc(prm.at), 'param');
    scope.names.set(prm.name, { kind: 'var', decl: variable });
    if (narrow && !compatible(prm.type, arriving, true))
      scope.names.set(prm.name, { kind: 'var', decl: narrowed(p, variable, prm.type, locals, prologue) });
    return variable;
  });
  decl.locals = locals;
  const fn = {
    decl,
    returns: type.returns,
    locals,
    labels: new Map<string, Loc>(),
    gotos: [],
    nextLabel: 0,
    switches: [],
    loops: 0,
    breakables: 0,
    undeclared: new Set<string>(),
  };
  p.fn = fn;
  const loc = p.loc(p.expect('{'));
  const body = p.inScope(scope, () => parseBlockItems(p));
  decl.body = { kind: 'block', body: prologue.length > 0 ? [...prologue, ...body] : body, loc };
  decl.end = p.loc();
  p.expect('}');
  for (const { label, at } of p.fn.gotos) {
    if (!fn.labels.has(label)) p.error(at, `label '${label}' used but not defined`);
  }
  p.fn = undefined;
}

function defaultPromoted(type: Type): Type {
  const t = strip(type);
  if (t.kind === 'float' && t.name === 'float') return DOUBLE;
  return isInteger(t) ? promote(t) : type;
}

/** Old-style parameters: the declarations between the parentheses and the body. */
function parseOldParams(p: Parser, declarator: Declarator): boolean {
  const { list } = declarator.params!;
  while (!p.at('{')) {
    const spec = parseSpecifiers(p);
    do {
      const param = parseDeclarator(p, spec.type);
      const known = list.find((prm) => prm.name === param.name!.text);
      if (known) known.type = adjustParam(param.type);
      else p.error(param.name!, `declaration for parameter '${param.name!.text}' but no such parameter`);
    } while (p.accept(','));
    p.expect(';');
  }
  return true;
}

/** An old-style parameter of narrow type: a variable that takes the promoted argument's value. */
function narrowed(p: Parser, param: VarDecl, type: Type, locals: VarDecl[], prologue: Stmt[]): VarDecl {
  const { loc } = param;
  const variable = newVariable(param.name, type, loc, 'auto');
  const source: Expr = { kind: 'var', decl: param, type: param.type, loc };
  variable.init = { items: [{ offset: 0, type: unqualified(type), expr: castTo(rvalue(p, source), type) }] };
  locals.push(variable);
  prologue.push({ kind: 'decl', decl: variable, loc });
  return variable;
}

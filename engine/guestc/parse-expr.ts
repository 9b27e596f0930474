/**
 * Expressions: the grammar. What the operators mean is in check-*.ts.
 */

import type { BinaryOp, Expr, Stmt, VarDecl } from '../cfront/ast.ts';
import { findMember } from '../cfront/layout.ts';
import type { Token } from '../cfront/lexer.ts';
import { LiteralError, parseChar, parseNumber, parseStrings } from '../cfront/literals.ts';
import { PRECEDENCE } from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import {
  arrayOf,
  CHAR,
  type FunctionType,
  isInteger,
  isRecord,
  Q_CONST,
  qualified,
  type RecordType,
  strip,
  type Type,
  ULONG,
  unqualified,
  VOID,
} from '../cfront/types.ts';
import { builtinCall, isBuiltin, libraryBuiltin, parseVaArg } from './builtins.ts';
import { assign, assignOp, call, comma, conditional, incdec } from './check-assign.ts';
import { binary, logical } from './check-binary.ts';
import { addressOf, dereference, explicitCast, member, subscript, unary } from './check-expr.ts';
import { compatible, isComplete } from './check-types.ts';
import {
  condition,
  errorExpr,
  intConst,
  isErrorExpr,
  isLvalue,
  rvalue,
  sizeConst,
  truth,
} from './check-value.ts';
import { declareLibrary, newVariable } from './parse-decl.ts';
import { parseTypeName } from './parse-declarator.ts';
import { parseInitializer } from './parse-init.ts';
import { parseBlockItems } from './parse-stmt.ts';
import { refuseAsm, startsType } from './parse-type.ts';
import type { Parser } from './parser.ts';
import { Scope } from './scope.ts';
import { suggestMember, suggestName } from './suggest.ts';

const ASSIGNMENTS: Record<string, BinaryOp | '='> = {
  '=': '=', '+=': '+', '-=': '-', '*=': '*', '/=': '/', '%=': '%', '<<=': '<<', '>>=': '>>', '&=': '&', '^=': '^', '|=': '|',
}; // biome-ignore format: a table

export function parseExpression(p: Parser): Expr {
  let left = parseAssignment(p);
  while (p.at(',')) {
    const loc = p.loc(p.next());
    left = comma(p, left, parseAssignment(p), loc);
  }
  return left;
}

export function parseAssignment(p: Parser): Expr {
  const left = parseConditional(p);
  if (p.tok.kind !== 'punct') return left;
  const op = ASSIGNMENTS[p.tok.text];
  if (op === undefined) return left;
  const loc = p.loc(p.next());
  const right = parseAssignment(p);
  return op === '=' ? assign(p, left, right, loc) : assignOp(p, op, left, right, loc);
}

export function parseConditional(p: Parser): Expr {
  const test = parseBinary(p, 1);
  if (!p.at('?')) return test;
  const loc = p.loc(p.next());
  if (p.accept(':')) return elvis(p, test, parseConditional(p), loc);
  const yes = parseExpression(p);
  p.expect(':');
  return conditional(p, test, yes, parseConditional(p), loc);
}

/** GNU's `a ?: b`: a is evaluated once, and kept. */
function elvis(p: Parser, operand: Expr, no: Expr, loc: Expr['loc']): Expr {
  const value = condition(p, operand);
  if (isErrorExpr(value) || truth(value) !== undefined) return conditional(p, value, value, no, loc);
  const type = unqualified(value.type);
  const decl = p.temporary(type, loc);
  const target: Expr = { kind: 'var', decl, type, loc };
  const store: Expr = { kind: 'assign', target, value, type, loc };
  return comma(p, store, conditional(p, target, target, no, loc), loc);
}

function parseBinary(p: Parser, least: number): Expr {
  let left = parseCast(p);
  for (;;) {
    const op = p.tok.kind === 'punct' ? p.tok.text : '';
    const strength = PRECEDENCE[op];
    if (strength === undefined || strength < least) return left;
    const loc = p.loc(p.next());
    const right = parseBinary(p, strength + 1);
    if (op === '&&') left = logical(p, 'and', left, right, loc);
    else if (op === '||') left = logical(p, 'or', left, right, loc);
    else left = binary(p, op as BinaryOp, left, right, loc);
  }
}

function parseCast(p: Parser): Expr {
  if (!p.at('(') || !startsType(p, p.peek())) return parseUnary(p);
  // `(__extension__ expr)` is no cast.
  if (p.peek().text === '__extension__' && !startsType(p, p.peek(2))) return parseUnary(p);
  const loc = p.loc(p.next());
  const type = parseTypeName(p);
  p.expect(')');
  if (p.at('{')) return parsePostfix(p, compoundLiteral(p, type, loc));
  return explicitCast(p, parseCast(p), type, loc);
}

function parseUnary(p: Parser): Expr {
  const { tok } = p;
  const loc = p.loc(tok);
  if (tok.kind === 'punct') {
    switch (tok.text) {
      case '++':
      case '--':
        p.next();
        return incdec(p, parseUnary(p), tok.text === '++' ? 1 : -1, true, loc);
      case '&':
        p.next();
        return addressOf(p, parseCast(p), loc);
      case '*':
        p.next();
        return dereference(p, parseCast(p), loc);
      case '+':
      case '-':
      case '~':
      case '!':
        p.next();
        return unary(p, tok.text, parseCast(p), loc);
      case '&&':
        p.next();
        p.identifier('a label');
        p.error(tok, 'the address of a label is not supported', 'use a switch');
        return errorExpr(loc);
    }
  } else if (tok.kind === 'ident') {
    switch (tok.text) {
      case 'sizeof':
        return parseSizeof(p);
      case '_Alignof':
      case '__alignof__':
      case '__alignof':
        return parseAlignof(p);
      case '__extension__':
        p.next();
        return parseCast(p);
      case '__real__':
      case '__imag__':
        p.syntaxError(tok, 'complex numbers are not supported');
    }
  }
  return parsePostfix(p, parsePrimary(p));
}

function parseSizeof(p: Parser): Expr {
  const at = p.next();
  const loc = p.loc(at);
  let type: Type;
  if (p.at('(') && startsType(p, p.peek())) {
    p.next();
    type = parseTypeName(p);
    p.expect(')');
    // sizeof (T){...} is the size of the literal.
    if (p.at('{')) ({ type } = parsePostfix(p, compoundLiteral(p, type, loc)));
  } else {
    const e = parseUnary(p);
    if (isErrorExpr(e)) return e;
    if (e.kind === 'member' && e.field.bitWidth !== undefined) p.error(at, "'sizeof' applied to a bit-field");
    ({ type } = e);
  }
  const t = strip(type);
  // GNU C: void and functions count as 1.
  if (t.kind === 'void' || t.kind === 'function') return sizeConst(1, loc);
  if (!isComplete(t)) {
    p.error(at, `invalid application of 'sizeof' to incomplete type '${printType(type)}'`);
    return errorExpr(loc);
  }
  return sizeConst(t.size, loc);
}

function parseAlignof(p: Parser): Expr {
  const loc = p.loc(p.next());
  if (p.at('(') && startsType(p, p.peek())) {
    p.next();
    const type = parseTypeName(p);
    p.expect(')');
    return sizeConst(type.align, loc);
  }
  const e = parseUnary(p);
  return sizeConst(Math.max(e.type.align, e.kind === 'var' ? e.decl.aligned : 0), loc);
}

function parsePostfix(p: Parser, primary: Expr): Expr {
  let e = primary;
  while (p.tok.kind === 'punct') {
    const { tok } = p;
    switch (tok.text) {
      case '[': {
        const loc = p.loc(p.next());
        const index = parseExpression(p);
        p.expect(']');
        e = subscript(p, e, index, loc);
        continue;
      }
      case '(': {
        p.next();
        e = call(p, e, parseArguments(p), e.loc);
        continue;
      }
      case '.': {
        p.next();
        const name = p.tok;
        p.identifier("a member's name");
        e = member(p, e, name.text, p.loc(name));
        continue;
      }
      case '->': {
        p.next();
        const name = p.tok;
        p.identifier("a member's name");
        if (isRecord(e.type) && isLvalue(e)) {
          p.error(
            tok,
            `invalid type argument of '->' (have '${printType(e.type)}')`,
            "it is no pointer: use '.'",
          );
          e = errorExpr(p.loc(tok));
        } else e = member(p, dereferenceArrow(p, e, tok), name.text, p.loc(name));
        continue;
      }
      case '++':
      case '--':
        p.next();
        e = incdec(p, e, tok.text === '++' ? 1 : -1, false, p.loc(tok));
        continue;
    }
    return e;
  }
  return e;
}

function dereferenceArrow(p: Parser, e: Expr, at: Token): Expr {
  const pointer = rvalue(p, e);
  const t = strip(pointer.type);
  if (!isErrorExpr(pointer) && t.kind !== 'pointer') {
    p.error(at, `invalid type argument of '->' (have '${printType(e.type)}')`);
    return errorExpr(p.loc(at));
  }
  return dereference(p, pointer, p.loc(at));
}

/** What stands between a call's parentheses; the opening one has been read. */
function parseArguments(p: Parser): Expr[] {
  const args: Expr[] = [];
  if (p.accept(')')) return args;
  do args.push(parseAssignment(p));
  while (p.accept(','));
  p.expect(')');
  return args;
}

// Primary ----------------------------------------------------------------------------------------------------------------------------

type Literal = { value: bigint; type: Type } | { float: number; type: Type };
const numbers = new Map<string, Literal>();

function literal(p: Parser, token: Token): Literal {
  const known = numbers.get(token.text);
  if (known) return known;
  try {
    const made = token.kind === 'char' ? parseChar(token.text) : parseNumber(token.text);
    numbers.set(token.text, made);
    return made;
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    p.error(token, error.message);
    return { value: 0n, type: errorExpr(p.loc(token)).type };
  }
}

function parsePrimary(p: Parser): Expr {
  const { tok } = p;
  switch (tok.kind) {
    case 'number':
    case 'char': {
      p.next();
      const made = literal(p, tok);
      const loc = p.loc(tok);
      if (!('float' in made)) return { kind: 'const', value: made.value, type: made.type, loc };
      if (p.kernel) p.error(tok, 'floating point cannot be used in the kernel', 'use scaled integers');
      return { kind: 'fconst', value: made.float, type: made.type, loc };
    }
    case 'string':
      return parseString(p);
    case 'ident':
      return tok.keyword ? parseKeyword(p) : parseName(p);
    case 'punct':
      if (tok.text === '(') {
        if (p.peek().text === '{' && p.peek().kind === 'punct') return parseStatementExpression(p);
        p.next();
        const e = parseExpression(p);
        p.expect(')');
        return e;
      }
      break;
  }
  p.syntaxError(tok, `expected an expression before ${tok.kind === 'eof' ? 'end of file' : `'${tok.text}'`}`);
}

function parseKeyword(p: Parser): Expr {
  const { tok } = p;
  switch (tok.text) {
    case '_Generic':
      return parseGeneric(p);
    case '__builtin_va_arg':
      return parseVaArg(p);
    case '__builtin_offsetof':
      return parseOffsetof(p);
    case '__builtin_types_compatible_p': {
      const loc = p.loc(p.next());
      p.expect('(');
      const a = parseTypeName(p);
      p.expect(',');
      const b = parseTypeName(p);
      p.expect(')');
      return intConst(compatible(unqualified(a), unqualified(b)) ? 1 : 0, loc);
    }
    case '__builtin_choose_expr': {
      const at = p.next();
      p.expect('(');
      const test = rvalue(p, parseAssignment(p));
      p.expect(',');
      const yes = parseAssignment(p);
      p.expect(',');
      const no = parseAssignment(p);
      p.expect(')');
      if (test.kind !== 'const') p.error(at, "first argument of '__builtin_choose_expr' is not a constant");
      return test.kind === 'const' && test.value !== 0n ? yes : no;
    }
    case 'asm':
    case '__asm__':
    case '__asm':
      refuseAsm(p);
      return errorExpr(p.loc(tok));
  }
  p.syntaxError(tok, `expected an expression before '${tok.text}'`);
}

function parseName(p: Parser): Expr {
  const token = p.next();
  const name = token.text;
  const loc = p.loc(token);
  const entity = p.scope.lookup(name);
  // A prototype of a builtin (for other compilers) does not hide it.
  if (
    p.at('(') &&
    name.startsWith('__') &&
    (entity === undefined || entity.kind === 'func') &&
    isBuiltin(name)
  ) {
    const type = libraryBuiltin(name);
    p.next();
    const args = parseArguments(p);
    if (!type) return builtinCall(p, name, args, token);
    const decl = declareLibrary(p, name.slice('__builtin_'.length), type as FunctionType, token);
    return call(p, { kind: 'func', decl, type: decl.type, loc }, args, loc);
  }
  if (entity) {
    switch (entity.kind) {
      case 'var':
        return { kind: 'var', decl: entity.decl, type: entity.decl.type, loc };
      case 'func':
        return { kind: 'func', decl: entity.decl, type: entity.decl.type, loc };
      case 'enumerator':
        return { kind: 'const', value: entity.value, type: entity.type, loc };
      case 'typedef':
        p.syntaxError(token, `unexpected type name '${name}': expected an expression`);
    }
  }
  if (p.fn && (name === '__func__' || name === '__FUNCTION__' || name === '__PRETTY_FUNCTION__')) {
    const bytes = new TextEncoder().encode(`${p.fn.decl.name}\0`);
    return { kind: 'string', bytes, type: arrayOf(qualified(CHAR, Q_CONST), bytes.length), loc };
  }
  undeclared(p, token);
  return errorExpr(loc);
}

function undeclared(p: Parser, token: Token): void {
  const name = token.text;
  const seen = p.fn?.undeclared ?? p.undeclared;
  if (seen.has(name)) return;
  seen.add(name);
  if (p.at('(')) {
    const builtin =
      name.startsWith('__builtin_') || name.startsWith('__atomic_') || name.startsWith('__sync_');
    if (builtin)
      p.error(token, `unknown builtin '${name}'`, 'docs/guest-abi.md, section 5, lists the builtins');
    else {
      const hint = suggestName(name, p.scope, 'value') ?? 'include the header that declares it';
      p.error(token, `call of undeclared function '${name}'`, hint);
    }
  } else
    p.error(
      token,
      `'${name}' undeclared${p.fn ? ' (first use in this function)' : ' here (not in a function)'}`,
      suggestName(name, p.scope, 'value'),
    );
}

function parseString(p: Parser): Expr {
  const first = p.tok;
  const texts: string[] = [];
  for (;;) {
    const { tok } = p;
    if (tok.kind !== 'string') break;
    texts.push(tok.text);
    p.next();
  }
  const loc = p.loc(first);
  try {
    const { bytes, element } = parseStrings(texts);
    return { kind: 'string', bytes, type: arrayOf(element, bytes.length / element.size), loc };
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    p.error(first, error.message);
    return errorExpr(loc);
  }
}

/** A string where the grammar wants one (sections, assertions): its text. */
export function stringLiteral(p: Parser): string {
  if (p.tok.kind !== 'string') p.syntaxError(p.tok, `expected a string before '${p.tok.text}'`);
  const e = parseString(p);
  return e.kind === 'string' ? new TextDecoder().decode(e.bytes.subarray(0, -1)) : '';
}

function parseGeneric(p: Parser): Expr {
  const at = p.next();
  p.expect('(');
  const control = rvalue(p, parseAssignment(p));
  let chosen: Expr | undefined;
  let fallback: Expr | undefined;
  const seen: Type[] = [];
  while (p.accept(',')) {
    if (p.accept('default')) {
      p.expect(':');
      fallback = parseAssignment(p);
      continue;
    }
    const token = p.tok;
    const type = parseTypeName(p);
    p.expect(':');
    const e = parseAssignment(p);
    if (seen.some((t) => compatible(t, type))) p.error(token, `'_Generic' specifies two compatible types`);
    seen.push(type);
    if (compatible(type, control.type)) chosen = e;
  }
  p.expect(')');
  const result = chosen ?? fallback;
  if (result) return result;
  if (!isErrorExpr(control)) {
    p.error(
      at,
      `'_Generic' selector of type '${printType(control.type)}' is not compatible with any association`,
    );
  }
  return errorExpr(p.loc(at));
}

/** offsetof(type, a.b[3].c) */
function parseOffsetof(p: Parser): Expr {
  const at = p.next();
  const loc = p.loc(at);
  p.expect('(');
  let type = parseTypeName(p);
  p.expect(',');
  let offset = 0n;
  let index: Expr | undefined;
  for (let first = true; ; first = false) {
    if (first || p.accept('.')) {
      const name = p.identifier("a member's name");
      const t = strip(type);
      const chain = t.kind === 'struct' || t.kind === 'union' ? findMember(t, name.text) : undefined;
      if (!chain) {
        p.error(
          name,
          `'${printType(type)}' has no member named '${name.text}'`,
          isRecord(t) ? suggestMember(name.text, t as RecordType) : undefined,
        );
        while (!p.at(')') && p.tok.kind !== 'eof') p.next();
        break;
      }
      for (const field of chain) offset += BigInt(field.offset);
      if (chain.at(-1)!.bitWidth !== undefined)
        p.error(name, `attempt to take the address of bit-field '${name.text}'`);
      ({ type } = chain.at(-1)!);
    } else if (p.accept('[')) {
      const t = strip(type);
      const e = rvalue(p, parseExpression(p));
      p.expect(']');
      if (t.kind !== 'array') {
        p.error(at, 'subscripted member is not an array');
        break;
      }
      type = t.element;
      if (e.kind === 'const') offset += e.value * BigInt(type.size);
      else {
        const scaled = binary(p, '*', e, sizeConst(type.size, loc), loc);
        index = index ? binary(p, '+', index, scaled, loc) : scaled;
      }
    } else break;
  }
  p.expect(')');
  const constant = intConst(BigInt.asUintN(64, offset), loc, ULONG);
  return index ? binary(p, '+', constant, index, loc) : constant;
}

// Compound literals and statement expressions -------------------------------------------------------------------------------------------

function compoundLiteral(p: Parser, type: Type, loc: Expr['loc']): Expr {
  const at = p.tok;
  const isStatic = p.fn === undefined;
  const name = `.compound.${p.serial()}`;
  const decl: VarDecl = newVariable(name, type, loc, isStatic ? 'static' : 'auto');
  const t = strip(type);
  if (t.kind === 'function' || t.kind === 'void' || (!isComplete(t) && t.kind !== 'array')) {
    p.syntaxError(at, `compound literal has incomplete type '${printType(type)}'`);
  }
  decl.init = parseInitializer(p, decl, isStatic);
  if (isStatic) {
    p.variables.push(decl);
    return { kind: 'var', decl, type: decl.type, loc };
  }
  decl.addressTaken = true;
  p.fn!.locals.push(decl);
  return { kind: 'compound', decl, type: decl.type, loc };
}

/** GNU's ({ ... }): its value is that of the last expression statement. */
function parseStatementExpression(p: Parser): Expr {
  const at = p.next();
  const loc = p.loc(at);
  if (!p.fn) p.syntaxError(at, 'braced-group within expression allowed only inside a function');
  const body: Stmt[] = p.inScope(new Scope(p.scope), () => {
    p.expect('{');
    const items = parseBlockItems(p);
    p.expect('}');
    return items;
  });
  p.expect(')');
  const result = lastValue(body);
  if (result) return { kind: 'stmtexpr', body, result, type: result.type, loc };
  return { kind: 'stmtexpr', body, type: VOID, loc };
}

/** Takes the value of the last statement out of a block, from behind its labels too. */
function lastValue(body: Stmt[]): Expr | undefined {
  const last = body.at(-1);
  if (last?.kind === 'expr') {
    body.pop();
    return last.expr;
  }
  if (last?.kind !== 'label' && last?.kind !== 'caselabel') return undefined;
  let labelled = last;
  while (labelled.body.kind === 'label' || labelled.body.kind === 'caselabel') labelled = labelled.body;
  if (labelled.body.kind !== 'expr') return undefined;
  const { expr, loc } = labelled.body;
  labelled.body = { kind: 'empty', loc };
  return expr;
}

/** An integer constant expression. */
export function parseConstant(p: Parser, what: string): bigint {
  const { tok } = p;
  const e = rvalue(p, parseConditional(p));
  if (isErrorExpr(e)) return 0n;
  if (e.kind === 'const' && isInteger(e.type)) return e.value;
  p.error(tok, `${what} is not an integer constant`);
  return 0n;
}

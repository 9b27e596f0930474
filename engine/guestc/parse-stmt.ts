/**
 * Statements.
 */

import type { Expr, Stmt } from '../cfront/ast.ts';
import { promote, wrap } from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import { INT, isInteger, strip } from '../cfront/types.ts';
import { noAttributes, parseAttributes } from './attributes.ts';
import { convertAssign } from './check-types.ts';
import { castTo, condition, errorExpr, isErrorExpr, promoted, rvalue } from './check-value.ts';
import { parseLocalDeclaration } from './parse-decl.ts';
import { parseConstant, parseExpression } from './parse-expr.ts';
import { refuseAsm, startsDeclaration } from './parse-type.ts';
import { type Parser, Recover } from './parser.ts';
import { Scope } from './scope.ts';

/** `{ ... }` in a scope of its own. */
export function parseBlock(p: Parser): Stmt {
  const loc = p.loc(p.expect('{'));
  const body = p.inScope(new Scope(p.scope), () => parseBlockItems(p));
  p.expect('}');
  return { kind: 'block', body, loc };
}

/** Declarations and statements up to the closing brace. */
export function parseBlockItems(p: Parser): Stmt[] {
  const body: Stmt[] = [];
  while (!p.at('}')) {
    if (p.tok.kind === 'eof')
      p.syntaxError(p.tok, 'expected a declaration or statement at end of input', "a '}' is missing");
    const start = p.pos;
    try {
      if (p.at('__label__')) {
        p.syntaxError(
          p.tok,
          'local labels (__label__) are not supported',
          'labels belong to the whole function',
        );
      }
      // Two names in a row can only be meant as a declaration: it will say which type is unknown.
      const meant = p.isIdentifier() && p.isIdentifier(p.peek());
      if (meant || startsDeclaration(p)) parseLocalDeclaration(p, body);
      else body.push(parseStatement(p));
    } catch (error) {
      if (!(error instanceof Recover)) throw error;
      if (p.atEnd()) throw error;
      p.synchronize();
      if (p.pos === start) p.next();
    }
  }
  return body;
}

export function parseStatement(p: Parser): Stmt {
  const { tok } = p;
  const loc = p.loc(tok);
  if (tok.kind === 'punct') {
    if (tok.text === '{') return parseBlock(p);
    if (tok.text === ';') {
      p.next();
      return { kind: 'empty', loc };
    }
  }
  if (tok.kind === 'ident') {
    switch (tok.text) {
      case 'if':
        return parseIf(p);
      case 'while': {
        p.next();
        const test = parenthesized(p);
        return { kind: 'while', test, body: loopBody(p), loc };
      }
      case 'do': {
        p.next();
        const body = loopBody(p);
        p.expect('while');
        const test = parenthesized(p);
        p.expect(';');
        return { kind: 'dowhile', body, test, loc };
      }
      case 'for':
        return parseFor(p);
      case 'switch':
        return parseSwitch(p);
      case 'case':
      case 'default':
        return parseCase(p);
      case 'break':
      case 'continue': {
        p.next();
        const inside = tok.text === 'break' ? p.fn!.breakables : p.fn!.loops;
        if (inside === 0) {
          p.error(
            tok,
            `${tok.text} statement not within a ${tok.text === 'break' ? 'loop or switch' : 'loop'}`,
          );
        }
        p.expect(';', ` after ${tok.text}`);
        return { kind: tok.text, loc };
      }
      case 'goto': {
        p.next();
        if (p.at('*')) p.syntaxError(p.tok, 'computed goto is not supported', 'use a switch');
        const label = p.identifier('a label');
        p.fn!.gotos.push({ label: label.text, at: label });
        p.expect(';');
        return { kind: 'goto', label: label.text, loc };
      }
      case 'return':
        return parseReturn(p);
      case 'else':
        p.syntaxError(tok, "'else' without a previous 'if'");
        break;
      case 'asm':
      case '__asm__':
      case '__asm':
        refuseAsm(p);
        p.expect(';');
        return { kind: 'empty', loc };
      case '__attribute__':
      case '__attribute':
        parseAttributes(p, noAttributes());
        p.expect(';');
        return { kind: 'empty', loc };
    }
    if (p.peek().text === ':' && p.peek().kind === 'punct' && p.isIdentifier()) return parseLabel(p);
  }
  const expr = rvalue(p, parseExpression(p));
  p.expect(';');
  return { kind: 'expr', expr, loc };
}

function parenthesized(p: Parser): Expr {
  p.expect('(');
  const test = condition(p, parseExpression(p));
  p.expect(')');
  return test;
}

function loopBody(p: Parser): Stmt {
  const fn = p.fn!;
  fn.loops++;
  fn.breakables++;
  try {
    return parseStatement(p);
  } finally {
    fn.loops--;
    fn.breakables--;
  }
}

function parseIf(p: Parser): Stmt {
  const loc = p.loc(p.next());
  const test = parenthesized(p);
  const then = parseStatement(p);
  if (!p.accept('else')) return { kind: 'if', test, then, loc };
  return { kind: 'if', test, then, else: parseStatement(p), loc };
}

function parseFor(p: Parser): Stmt {
  const loc = p.loc(p.next());
  p.expect('(');
  return p.inScope(new Scope(p.scope), (): Stmt => {
    let init: Stmt | undefined;
    if (startsDeclaration(p)) {
      const body: Stmt[] = [];
      parseLocalDeclaration(p, body);
      init = body.length === 1 ? body[0]! : { kind: 'block', body, loc };
    } else if (!p.accept(';')) {
      init = { kind: 'expr', expr: rvalue(p, parseExpression(p)), loc: p.loc() };
      p.expect(';');
    }
    let test: Expr | undefined;
    if (!p.at(';')) test = condition(p, parseExpression(p));
    p.expect(';');
    let step: Expr | undefined;
    if (!p.at(')')) step = rvalue(p, parseExpression(p));
    p.expect(')');
    const body = loopBody(p);
    return { kind: 'for', ...(init && { init }), ...(test && { test }), ...(step && { step }), body, loc };
  });
}

function parseSwitch(p: Parser): Stmt {
  const fn = p.fn!;
  const at = p.next();
  const loc = p.loc(at);
  p.expect('(');
  let value = rvalue(p, parseExpression(p));
  p.expect(')');
  if (!isErrorExpr(value) && !isInteger(value.type)) {
    p.error(at, `switch quantity is not an integer (it is '${printType(value.type)}')`);
    value = errorExpr(loc);
  }
  value = isErrorExpr(value) ? { ...value, type: INT } : promoted(value);
  const context = { cases: [], defaultLabel: -1, type: value.type };
  fn.switches.push(context);
  fn.breakables++;
  try {
    const body = parseStatement(p);
    return { kind: 'switch', value, body, cases: context.cases, defaultLabel: context.defaultLabel, loc };
  } finally {
    fn.switches.pop();
    fn.breakables--;
  }
}

function parseCase(p: Parser): Stmt {
  const fn = p.fn!;
  const at = p.next();
  const loc = p.loc(at);
  const context = fn.switches.at(-1);
  const label = fn.nextLabel++;
  if (!context) p.error(at, `'${at.text}' label not within a switch statement`);
  if (at.text === 'default') {
    if (context && context.defaultLabel >= 0) p.error(at, 'multiple default labels in one switch');
    if (context) context.defaultLabel = label;
  } else {
    const type = context?.type ?? promote(INT);
    const lo = wrap(parseConstant(p, 'case label'), type);
    const hi = p.accept('...') ? wrap(parseConstant(p, 'case label'), type) : lo;
    if (hi < lo) p.warn(at, 'empty range specified');
    else if (context?.cases.some((c) => lo <= c.hi && hi >= c.lo)) p.error(at, 'duplicate case value');
    else context?.cases.push({ lo, hi, label });
  }
  p.expect(':');
  return { kind: 'caselabel', label, body: labelled(p), loc };
}

/** The statement after a label: none at the end of a block, and a declaration is let through as in C23. */
function labelled(p: Parser): Stmt {
  parseAttributes(p, noAttributes());
  const loc = p.loc();
  if (p.at('}')) return { kind: 'empty', loc };
  if (!startsDeclaration(p)) return parseStatement(p);
  const body: Stmt[] = [];
  parseLocalDeclaration(p, body);
  return { kind: 'block', body, loc };
}

function parseLabel(p: Parser): Stmt {
  const name = p.next();
  const loc = p.loc(name);
  p.expect(':');
  if (p.fn!.labels.has(name.text)) p.error(name, `duplicate label '${name.text}'`);
  p.fn!.labels.set(name.text, loc);
  return { kind: 'label', label: name.text, body: labelled(p), loc };
}

function parseReturn(p: Parser): Stmt {
  const at = p.next();
  const loc = p.loc(at);
  const { returns } = p.fn!;
  const isVoid = strip(returns).kind === 'void';
  if (p.accept(';')) {
    if (!isVoid) p.warn(at, "'return' with no value, in function returning non-void");
    return { kind: 'return', loc };
  }
  let value = rvalue(p, parseExpression(p));
  p.expect(';', ' after return value');
  if (isVoid) {
    // `return f();` of a void function is GNU C.
    if (value.type.kind !== 'void' && !isErrorExpr(value))
      p.warn(at, "'return' with a value, in function returning void");
    return {
      kind: 'block',
      body: [
        { kind: 'expr', expr: value, loc },
        { kind: 'return', loc },
      ],
      loc,
    };
  }
  value = convertAssign(p, value, returns, loc, 'return');
  return { kind: 'return', value: castTo(value, value.type), loc };
}

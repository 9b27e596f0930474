/**
 * The constant expressions of #if: integers of 64 bits, every identifier left over is 0.
 */
import type { BinaryOp } from './ast.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Token } from './lexer.ts';
import { LiteralError, parseChar, parseNumber } from './literals.ts';
import { foldInteger, isComparison, PRECEDENCE } from './operators.ts';
import { isSigned, LONG, type Type, ULONG } from './types.ts';

interface Value {
  value: bigint;
  type: Type;
}

class Bad extends Error {
  readonly at: Token;
  constructor(at: Token, message: string) {
    super(message);
    this.at = at;
  }
}

/** Evaluates the tokens of an #if line (macros expanded, `defined` replaced). */
export function evaluateIf(tokens: Token[], directive: Token, diag: Diagnostics): boolean {
  let pos = 0;
  const peek = () => tokens[pos]?.text;
  const here = () => tokens[pos] ?? tokens.at(-1) ?? directive;

  /** `live` is false where the value cannot matter: division by zero is no error there. */
  const unary = (live: boolean): Value => {
    const token = tokens[pos++];
    if (!token) throw new Bad(here(), '#if with an incomplete expression');
    switch (token.text) {
      case '(': {
        const inner = conditional(live);
        if (peek() !== ')') throw new Bad(here(), "missing ')' in expression");
        pos++;
        return inner;
      }
      case '+':
        return unary(live);
      case '-': {
        const v = unary(live);
        return { value: foldInteger('-', 0n, v.value, v.type)!, type: v.type };
      }
      case '~': {
        const v = unary(live);
        return {
          value: foldInteger('^', v.value, isSigned(v.type) ? -1n : (1n << 64n) - 1n, v.type)!,
          type: v.type,
        };
      }
      case '!':
        return { value: unary(live).value === 0n ? 1n : 0n, type: LONG };
    }
    if (token.kind === 'ident') return { value: 0n, type: LONG };
    if (token.kind === 'number' || token.kind === 'char') {
      const literal = token.kind === 'number' ? parseNumber(token.text) : parseChar(token.text);
      if ('float' in literal) throw new Bad(token, 'floating constant in preprocessor expression');
      return { value: literal.value, type: isSigned(literal.type) ? LONG : ULONG };
    }
    throw new Bad(token, `token "${token.text}" is not valid in preprocessor expressions`);
  };

  const binary = (least: number, live: boolean): Value => {
    let left = unary(live);
    for (;;) {
      const op = peek();
      const strength = op === undefined ? undefined : PRECEDENCE[op];
      if (strength === undefined || strength < least) return left;
      const at = tokens[pos++]!;
      if (op === '&&' || op === '||') {
        const decided = (left.value !== 0n) === (op === '||');
        const right = binary(strength + 1, live && !decided);
        const result =
          op === '&&' ? left.value !== 0n && right.value !== 0n : left.value !== 0n || right.value !== 0n;
        left = { value: result ? 1n : 0n, type: LONG };
        continue;
      }
      const right = binary(strength + 1, live);
      const shift = op === '<<' || op === '>>';
      const type = shift || (isSigned(left.type) && isSigned(right.type)) ? left.type : ULONG;
      const a = BigInt.asUintN(64, left.value);
      const b = BigInt.asUintN(64, right.value);
      const [x, y] = isSigned(type) ? [left.value, right.value] : [a, shift ? right.value : b];
      let value = foldInteger(op as BinaryOp, x, y, type);
      if (value === undefined) {
        if (live) throw new Bad(at, 'division by zero in #if');
        value = 0n;
      }
      left = { value, type: isComparison(op!) ? LONG : type };
    }
  };

  const conditional = (live: boolean): Value => {
    const test = binary(1, live);
    if (peek() !== '?') return test;
    pos++;
    const yes = conditional(live && test.value !== 0n);
    if (peek() !== ':') throw new Bad(here(), "'?' without following ':'");
    pos++;
    const no = conditional(live && test.value === 0n);
    const type = isSigned(yes.type) && isSigned(no.type) ? LONG : ULONG;
    const value = test.value !== 0n ? yes.value : no.value;
    return { value: isSigned(type) ? value : BigInt.asUintN(64, value), type };
  };

  if (tokens.length === 0) {
    diag.error(directive, `#${directive.text} with no expression`);
    return false;
  }
  try {
    const { value } = conditional(true);
    if (pos < tokens.length) throw new Bad(here(), `missing binary operator before token "${here().text}"`);
    return value !== 0n;
  } catch (error) {
    if (error instanceof Bad) diag.error(error.at, error.message);
    else if (error instanceof LiteralError) diag.error(tokens[pos - 1] ?? directive, error.message);
    else throw error;
    return false;
  }
}

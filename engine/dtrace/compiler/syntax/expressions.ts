/** The grammar of expressions. */
import type { Node } from '../node.ts';
import { callNode, identNode, intNode, offsetofNode, op1, op2, op3, stringNode, typeNode } from './create.ts';
import { DeclarationParser } from './declarations.ts';
import type { Token } from './lexer.ts';

const ASSIGNMENTS = new Set(['=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|=']);

/** Binary operators and how tightly they bind, weakest first. */
const BINDING = new Map<string, number>(
  [
    ['||'],
    ['^^'],
    ['&&'],
    ['|'],
    ['^'],
    ['&'],
    ['==', '!='],
    ['<', '>', '<=', '>='],
    ['<<', '>>'],
    ['+', '-'],
    ['*', '/', '%'],
  ].flatMap((level, i) => level.map((op): [string, number] => [op, i])),
);

export abstract class ExpressionParser extends DeclarationParser {
  // expression = assignment { "," assignment }
  protected expression(): Node {
    this.deeper();
    let n = this.assignment();
    while (this.accept(',')) n = op2(this.cx, ',', n, this.assignment());
    this.depth--;
    return n;
  }

  // assignment = conditional | unary op assignment
  protected assignment(): Node {
    this.deeper();
    const n = this.conditional();
    const t = this.peek();
    if (!ASSIGNMENTS.has(t.t)) {
      this.depth--;
      return n;
    }
    if (
      n.kind === 'op3' ||
      (n.kind === 'op2' && !['[', '->', '.', '='].includes(n.op) && !this.parenthesized.has(n))
    )
      this.syntaxError();
    this.take();
    const right = this.assignment();
    this.depth--;
    return op2(this.cx, t.t, n, right);
  }

  // conditional = logical or [ "?" expression ":" conditional ]
  protected conditional(): Node {
    const cond = this.binary(0);
    if (!this.accept('?')) return cond;
    const then = this.expression();
    this.expect(':');
    return op3(
      this.cx,
      cond,
      then,
      this.nested(() => this.conditional()),
    );
  }

  /** Operands joined by operators that bind at least as tightly as `least`. */
  protected binary(least: number): Node {
    let left = this.castExpression();
    for (;;) {
      const op = this.peek().t;
      const binding = BINDING.get(op);
      if (binding === undefined || binding < least) return left;
      this.take();
      left = op2(this.cx, op, left, this.binary(binding + 1));
    }
  }

  // cast = unary | "(" type ")" cast
  protected castExpression(): Node {
    this.deeper();
    const n = this.is('(') ? this.castOrParentheses() : this.unary();
    this.depth--;
    return n;
  }

  protected castOrParentheses(): Node {
    this.take();
    if (this.startsType(this.peek())) {
      const type = typeNode(this.cx, this.typeName());
      this.expect(')');
      return op2(this.cx, 'cast', type, this.castExpression());
    }
    const inner = this.expression();
    this.expect(')');
    this.parenthesized.add(inner);
    return this.postfixRest(inner);
  }

  /** Nodes that stood in parentheses: those may be assigned to whatever they are, and the error is a later one. */
  protected readonly parenthesized = new WeakSet<Node>();

  // unary = postfix | ( "++" | "--" ) unary | ( "&" | "*" | "+" | "-" | "~" | "!" ) cast | "sizeof" ... | "stringof" unary
  protected unary(): Node {
    const cx = this.cx;
    const t = this.peek();
    switch (t.t) {
      case '++':
      case '--':
        this.take();
        return op1(
          cx,
          `pre${t.t}`,
          this.nested(() => this.unary()),
        );
      case '&':
        this.take();
        return op1(cx, 'addr', this.castExpression());
      case '*':
        this.take();
        return op1(cx, 'deref', this.castExpression());
      case '+':
      case '-':
        this.take();
        return op1(cx, `u${t.t}`, this.castExpression());
      case '~':
      case '!':
        this.take();
        return op1(cx, t.t, this.castExpression());
      case 'kw:sizeof': {
        this.take();
        if (this.is('(')) {
          this.take();
          if (this.startsType(this.peek())) {
            const type = typeNode(cx, this.typeName());
            this.expect(')');
            return op1(cx, 'sizeof', type);
          }
          const inner = this.expression();
          this.expect(')');
          return op1(cx, 'sizeof', this.postfixRest(inner));
        }
        return op1(
          cx,
          'sizeof',
          this.nested(() => this.unary()),
        );
      }
      case 'kw:stringof':
        this.take();
        return op1(
          cx,
          'stringof',
          this.nested(() => this.unaryOrParen()),
        );
      default:
        return this.postfix();
    }
  }

  protected unaryOrParen(): Node {
    if (!this.is('(')) return this.unary();
    this.take();
    const inner = this.expression();
    this.expect(')');
    this.parenthesized.add(inner);
    return this.postfixRest(inner);
  }

  protected postfix(): Node {
    return this.postfixRest(this.primary());
  }

  // postfix = primary { "[" list "]" | "(" list ")" | ( "." | "->" ) ident | "++" | "--" }
  protected postfixRest(first: Node): Node {
    const cx = this.cx;
    let n = first;
    for (;;) {
      const t = this.peek();
      switch (t.t) {
        case '[': {
          this.take();
          const list = this.arguments(']');
          if (list.length === 0) this.syntaxErrorAt(this.lastClose!);
          const s = cx.node('op2', '[');
          s.line = n.line;
          s.left = n;
          s.list = list;
          n = s;
          break;
        }
        case '(': {
          this.take();
          n = callNode(cx, n, this.arguments(')'));
          break;
        }
        case '.':
        case '->': {
          this.take();
          const name = this.peek();
          let right: Node;
          if (name.t === 'IDENT' || name.t === 'TNAME') {
            this.take();
            right = cx.node('ident', 'id');
            right.name = name.s;
          } else right = this.syntaxError();
          const m = cx.node('op2', t.t);
          m.left = n;
          m.right = right;
          n = m;
          break;
        }
        case '++':
        case '--':
          this.take();
          n = op1(cx, `post${t.t}`, n);
          break;
        default:
          return n;
      }
    }
  }

  protected lastClose: Token | undefined = undefined;

  protected arguments(close: string): Node[] {
    const list: Node[] = [];
    if (!this.is(close)) {
      do list.push(this.assignment());
      while (this.accept(','));
    }
    this.lastClose = this.expect(close);
    return list;
  }

  protected syntaxErrorAt(t: Token): never {
    this.ahead = t;
    return this.syntaxError();
  }

  // primary = ident | @agg | integer | string | "self" | "this" | "(" expression ")" | offsetof | xlate
  protected primary(): Node {
    const cx = this.cx;
    const t = this.take();
    switch (t.t) {
      case 'IDENT':
      case 'AGG':
        return identNode(cx, t.s);
      case 'INT':
        return intNode(cx, t.v, t.form);
      case 'STRING':
        return stringNode(cx, t.s);
      case 'kw:self':
      case 'kw:this': {
        const n = cx.node('ident', 'id');
        n.name = t.t.slice(3);
        return n;
      }
      case '(': {
        const n = this.expression();
        this.expect(')');
        this.parenthesized.add(n);
        return n;
      }
      case 'kw:offsetof': {
        this.expect('(');
        const type = this.typeName();
        this.expect(',');
        const member = this.memberName();
        this.expect(')');
        return offsetofNode(cx, type, member);
      }
      case 'kw:xlate': {
        this.expect('<');
        const type = typeNode(cx, this.typeName());
        this.expect('>');
        this.expect('(');
        const n = this.expression();
        this.expect(')');
        return op2(cx, 'xlate', type, n);
      }
    }
    this.ahead = t;
    return this.syntaxError();
  }
}

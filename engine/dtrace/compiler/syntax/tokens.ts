/** The tokens as the parser takes them: one is looked at ahead. */
import type { Context } from '../context.ts';
import { Lexer, type Token } from './lexer.ts';

export abstract class TokenStream {
  protected readonly cx: Context;
  protected readonly lexer: Lexer;
  protected ahead: Token | undefined = undefined;
  protected depth = 0;

  constructor(cx: Context, source: string) {
    this.cx = cx;
    this.lexer = new Lexer(cx, source, 'outer');
  }

  protected peek(): Token {
    this.ahead ??= this.lexer.next();
    return this.ahead;
  }

  protected take(): Token {
    const t = this.peek();
    this.ahead = undefined;
    this.cx.line = t.line;
    return t;
  }

  protected is(t: string): boolean {
    return this.peek().t === t;
  }

  protected accept(t: string): boolean {
    if (!this.is(t)) return false;
    this.take();
    return true;
  }

  protected expect(t: string): Token {
    if (!this.is(t)) this.syntaxError();
    return this.take();
  }

  protected syntaxError(): never {
    const t = this.peek();
    this.cx.line = t.line;
    const near = t.t === 'EOF' ? 'near end of input' : `near "${t.text.split('\n')[0]}"`;
    return this.cx.fail('D_SYNTAX', `syntax error ${near}`);
  }

  /** Guard against nesting that would exhaust the stack. */
  protected nested<T>(f: () => T): T {
    this.deeper();
    const r = f();
    this.depth--;
    return r;
  }

  /** One level down; who calls it comes back up with `depth--`. */
  protected deeper(): void {
    if (++this.depth > 400) this.cx.fail('D_SYNTAX', 'expression or declaration is nested too deeply');
  }

  protected memberName(): string {
    const t = this.take();
    if (t.t === 'IDENT' || t.t === 'TNAME') return t.s;
    this.ahead = t;
    return this.syntaxError();
  }
}

/**
 * The grammar of D, by recursive descent: one function a rule, the rule above it. Here are the program and its clauses; declarations and expressions
 * are grammars of their own, on which this one builds.
 *
 * Outside clauses the lexer reads probe descriptions, inside it reads C's tokens; the parser switches the state when it has consumed the
 * token that ends a clause or declaration, and peeks no further.
 */
import type { Node } from '../node.ts';
import { probeNode, providerNode } from '../provider.ts';
import { clauseNode, pdescById, pdescByName, statementNode } from './create.ts';
import { popDecl, popScope, resetDecl } from './decl.ts';
import { declarationNode, inlineFinish, inlineStart, memberNode, translatorNode } from './declare.ts';
import { ExpressionParser } from './expressions.ts';
import { desugar, type Statement } from './sugar.ts';

export class Parser extends ExpressionParser {
  // program = { inline | translator | provider | clause | declaration }
  program(): Node[] {
    const out: Node[] = [];
    for (;;) {
      const t = this.peek();
      if (t.t === 'EOF') return out;
      if (t.t === 'kw:inline') out.push(this.inlineDefinition());
      else if (t.t === 'kw:translator') out.push(this.translatorDefinition());
      else if (t.t === 'kw:provider') out.push(this.providerDefinition());
      else if (t.t === 'PSPEC' || t.t === 'INT') out.push(...this.clause());
      else this.declaration();
      this.lexer.resetNesting();
    }
  }

  /** The clause or declaration is complete: back to probe descriptions. */
  protected outer(): void {
    this.lexer.state = 'outer';
  }

  // clause = pdesc { "," pdesc } [ "/" expression "/" ] [ "{" statements "}" ]
  protected clause(): Node[] {
    const pdescs: Node[] = [];
    do {
      const t = this.take();
      if (t.t === 'PSPEC') pdescs.push(pdescByName(this.cx, t.s));
      else if (t.t === 'INT') pdescs.push(pdescById(this.cx, t.v));
      else {
        this.ahead = t;
        this.syntaxError();
      }
    } while (this.accept(','));
    const next = this.peek();
    this.lexer.state = 'expr';
    let pred: Node | undefined;
    if (next.t === '/') {
      this.take();
      pred = this.expression();
      this.expect('EPRED');
      if (!this.is('{'))
        this.cx.fail('D_SYNTAX', 'expected actions { } following probe description and predicate', pred);
    } else if (next.t !== '{') {
      if (this.cx.fromFile)
        this.cx.fail('D_SYNTAX', 'expected predicate and/or actions following probe description', pdescs[0]);
      this.outer();
      if (
        next.t !== 'EOF' &&
        next.t !== 'PSPEC' &&
        next.t !== 'INT' &&
        !next.t.startsWith('kw:') &&
        next.t !== 'TNAME'
      )
        this.syntaxError();
      return [clauseNode(this.cx, pdescs, undefined, [])];
    }
    this.take();
    const statements = this.statements();
    this.outer();
    this.expect('}');
    return desugar(this.cx, pred, statements).map((c) =>
      clauseNode(this.cx, c.pdescs ?? pdescs, c.pred, c.acts),
    );
  }

  // statements = [ statement ] { ";" [ statement ] }
  // statement = expression | "if" "(" expression ")" body [ "else" body ]
  protected statements(): Statement[] {
    const list: Statement[] = [];
    for (;;) {
      if (this.is('}')) return list;
      if (this.accept(';')) continue;
      list.push(this.statement());
      const last = list[list.length - 1];
      if (last.kind === 'if') continue;
      if (!this.is('}')) this.expect(';');
    }
  }

  protected statement(): Statement {
    if (this.accept('kw:if')) {
      this.expect('(');
      const cond = this.expression();
      this.expect(')');
      const then = this.body();
      let otherwise: Statement[] | undefined;
      if (this.accept('kw:else')) otherwise = this.body();
      return { kind: 'if', cond, then, otherwise };
    }
    return { kind: 'simple', node: statementNode(this.cx, this.expression()) };
  }

  protected body(): Statement[] {
    return this.nested(() => {
      if (this.accept('{')) {
        const list = this.statements();
        this.expect('}');
        return list;
      }
      const s = this.statement();
      if (s.kind !== 'if' && !this.is('}')) this.expect(';');
      return [s];
    });
  }

  // inline = "inline" specifiers declarator "=" assignment ";"
  protected inlineDefinition(): Node {
    this.take();
    this.lexer.state = 'expr';
    this.declarationSpecifiers(true);
    this.declarator();
    if (!this.is('=')) this.syntaxError();
    const start = inlineStart(this.cx);
    this.take();
    const expr = this.assignment();
    popScope(this.cx);
    if (!this.is(';')) this.syntaxError();
    const node = inlineFinish(this.cx, start, expr);
    popDecl(this.cx);
    this.outer();
    this.take();
    return node;
  }

  // translator = "translator" type "<" type ident ">" "{" { ident "=" assignment ";" } "}" ";"
  protected translatorDefinition(): Node {
    const line = this.take().line;
    this.lexer.state = 'expr';
    const dest = this.typeName();
    this.expect('<');
    const source = this.typeName();
    const name = this.memberName();
    this.expect('>');
    this.expect('{');
    const members: Node[] = [];
    while (!this.is('}')) {
      const member = this.memberName();
      this.expect('=');
      members.push(memberNode(this.cx, member, this.assignment()));
      this.expect(';');
    }
    this.take();
    if (!this.is(';')) this.syntaxError();
    const saved = this.cx.line;
    this.cx.line = saved;
    const node = translatorNode(this.cx, dest, source, name, members);
    node.line = line;
    this.outer();
    this.take();
    return node;
  }

  // provider = "provider" ident "{" { "probe" ident "(" params ")" [ ":" "(" params ")" ] ";" } "}" ";"
  protected providerDefinition(): Node {
    this.take();
    this.lexer.state = 'expr';
    const name = this.expect('IDENT');
    this.expect('{');
    const probes: Node[] = [];
    while (!this.accept('}')) {
      this.expect('kw:probe');
      const probe = this.expect('IDENT');
      const native = this.functionParameters();
      const translated = this.accept(':') ? this.functionParameters() : undefined;
      this.expect(';');
      const n = probeNode(this.cx, probe.s, native, translated);
      n.line = probe.line;
      probes.push(n);
    }
    if (!this.is(';')) this.syntaxError();
    const node = providerNode(this.cx, name.s, probes);
    this.outer();
    this.take();
    return node;
  }

  // declaration = specifiers [ declarator { "," declarator } ] ";"
  protected declaration(): void {
    this.declarationSpecifiers(true);
    if (this.is(';')) {
      declarationNode(this.cx);
      popDecl(this.cx);
      this.outer();
      this.take();
      return;
    }
    for (;;) {
      this.declarator();
      declarationNode(this.cx);
      resetDecl(this.cx);
      if (!this.accept(',')) break;
    }
    if (!this.is(';')) this.syntaxError();
    popDecl(this.cx);
    this.outer();
    this.take();
  }
}

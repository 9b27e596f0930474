/**
 * The grammar of D, by recursive descent: one function a rule, the rule above it.
 *
 * Outside clauses the lexer reads probe descriptions, inside it reads C's tokens; the parser switches the state when it has consumed the
 * token that ends a clause or declaration, and peeks no further.
 */
import type { Context } from './context.ts';
import {
  callNode,
  clauseNode,
  declarationNode,
  identNode,
  inlineFinish,
  inlineStart,
  intNode,
  memberNode,
  offsetofNode,
  op1,
  op2,
  op3,
  pdescById,
  pdescByName,
  statementNode,
  stringNode,
  translatorNode,
  typeNode,
  varargsNode,
} from './create.ts';
import {
  DA_CONST,
  DA_LONG,
  DA_PAREN,
  DA_RESTRICT,
  DA_SHORT,
  DA_SIGNED,
  DA_UNSIGNED,
  DA_USER,
  DA_VOLATILE,
  type Decl,
  declArray,
  declAttr,
  declClass,
  declEnum,
  declEnumerator,
  declFunction,
  declIdent,
  declMember,
  declPointer,
  declRecord,
  declSpec,
  endRecord,
  popDecl,
  popParam,
  popScope,
  pushScope,
  resetDecl,
  type StorageClass,
  topDecl,
} from './decl.ts';
import { Lexer, type Token } from './lexer.ts';
import type { Node } from './node.ts';
import { probeNode, providerNode } from './provider.ts';
import { desugar, type Statement } from './sugar.ts';

const STORAGE = new Set(['auto', 'register', 'static', 'extern', 'typedef']);
const TYPE_WORDS = new Set([
  'void',
  'char',
  'short',
  'int',
  'long',
  'float',
  'double',
  'signed',
  'unsigned',
  'string',
  'struct',
  'union',
  'enum',
  'userland',
]);
const QUALIFIERS = new Set(['const', 'restrict', 'volatile']);

const STARTS_TYPE = new Set(['TNAME', ...[...TYPE_WORDS, ...QUALIFIERS].map((w) => `kw:${w}`)]);

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

export class Parser {
  private readonly cx: Context;
  private readonly lexer: Lexer;
  private ahead: Token | undefined = undefined;
  private depth = 0;

  constructor(cx: Context, source: string) {
    this.cx = cx;
    this.lexer = new Lexer(cx, source, 'outer');
  }

  // -- tokens

  private peek(): Token {
    this.ahead ??= this.lexer.next();
    return this.ahead;
  }
  private take(): Token {
    const t = this.peek();
    this.ahead = undefined;
    this.cx.line = t.line;
    return t;
  }
  private is(t: string): boolean {
    return this.peek().t === t;
  }
  private accept(t: string): boolean {
    if (!this.is(t)) return false;
    this.take();
    return true;
  }
  private expect(t: string): Token {
    if (!this.is(t)) this.syntaxError();
    return this.take();
  }
  private syntaxError(): never {
    const t = this.peek();
    this.cx.line = t.line;
    const near = t.t === 'EOF' ? 'near end of input' : `near "${t.text.split('\n')[0]}"`;
    return this.cx.fail('D_SYNTAX', `syntax error ${near}`);
  }
  /** Guard against nesting that would exhaust the stack. */
  private nested<T>(f: () => T): T {
    this.deeper();
    const r = f();
    this.depth--;
    return r;
  }
  /** One level down; who calls it comes back up with `depth--`. */
  private deeper(): void {
    if (++this.depth > 400) this.cx.fail('D_SYNTAX', 'expression or declaration is nested too deeply');
  }

  // -- program

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
  private outer(): void {
    this.lexer.state = 'outer';
  }

  // clause = pdesc { "," pdesc } [ "/" expression "/" ] [ "{" statements "}" ]
  private clause(): Node[] {
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
  private statements(): Statement[] {
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

  private statement(): Statement {
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

  private body(): Statement[] {
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

  // -- declarations

  // inline = "inline" specifiers declarator "=" assignment ";"
  private inlineDefinition(): Node {
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
  private translatorDefinition(): Node {
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

  private memberName(): string {
    const t = this.take();
    if (t.t === 'IDENT' || t.t === 'TNAME') return t.s;
    this.ahead = t;
    return this.syntaxError();
  }

  // provider = "provider" ident "{" { "probe" ident "(" params ")" [ ":" "(" params ")" ] ";" } "}" ";"
  private providerDefinition(): Node {
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
  private declaration(): void {
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

  private startsType(t: Token): boolean {
    return STARTS_TYPE.has(t.t);
  }

  // specifiers = ( storage class | type specifier | qualifier ) ...
  private declarationSpecifiers(dClasses: boolean): void {
    let any = false;
    for (;;) {
      const t = this.peek();
      const w = t.t.startsWith('kw:') ? t.t.slice(3) : '';
      if (STORAGE.has(w) || (dClasses && (w === 'self' || w === 'this'))) {
        this.take();
        declClass(this.cx, w as StorageClass);
      } else if (this.startsType(t)) this.typeSpecifier();
      else break;
      any = true;
    }
    if (!any) this.syntaxError();
  }

  private typeSpecifier(): void {
    const cx = this.cx;
    const t = this.take();
    if (t.t === 'TNAME') {
      declSpec(cx, 'typedef', t.s);
      return;
    }
    switch (t.t.slice(3)) {
      case 'void':
      case 'char':
      case 'int':
        declSpec(cx, 'integer', t.t.slice(3));
        return;
      case 'float':
      case 'double':
        declSpec(cx, 'float', t.t.slice(3));
        return;
      case 'string':
        declSpec(cx, 'typedef', 'string');
        return;
      case 'short':
        declAttr(cx, DA_SHORT);
        return;
      case 'long':
        declAttr(cx, DA_LONG);
        return;
      case 'signed':
        declAttr(cx, DA_SIGNED);
        return;
      case 'unsigned':
        declAttr(cx, DA_UNSIGNED);
        return;
      case 'const':
        declAttr(cx, DA_CONST);
        return;
      case 'restrict':
        declAttr(cx, DA_RESTRICT);
        return;
      case 'volatile':
        declAttr(cx, DA_VOLATILE);
        return;
      case 'userland':
        declAttr(cx, DA_USER);
        return;
      case 'struct':
      case 'union':
        this.recordSpecifier(t.t.slice(3) as 'struct' | 'union');
        return;
      case 'enum':
        this.enumSpecifier();
        return;
    }
  }

  // record = ( "struct" | "union" ) ( tag | [ tag ] "{" { specifiers member { "," member } ";" } "}" )
  private recordSpecifier(kind: 'struct' | 'union'): void {
    const tag = this.is('IDENT') || this.is('TNAME') ? this.take().s : undefined;
    if (!this.is('{')) {
      if (tag === undefined) this.syntaxError();
      declSpec(this.cx, kind, tag);
      return;
    }
    this.take();
    this.nested(() => {
      declRecord(this.cx, kind, tag);
      do this.memberDeclaration();
      while (!this.is('}'));
      this.take();
      endRecord(this.cx);
    });
  }

  private memberDeclaration(): void {
    this.specifierList();
    if (this.is(';')) {
      // an anonymous struct or union is a member; anything else lacks a name
      declMember(this.cx, undefined);
    } else
      for (;;) {
        if (this.accept(':')) declMember(this.cx, this.conditional());
        else {
          this.declarator();
          declMember(this.cx, this.accept(':') ? this.conditional() : undefined);
        }
        if (!this.accept(',')) break;
      }
    this.expect(';');
    popDecl(this.cx);
  }

  // enum = "enum" ( tag | [ tag ] "{" ident [ "=" expression ] { "," ... } "}" )
  private enumSpecifier(): void {
    const tag = this.is('IDENT') || this.is('TNAME') ? this.take().s : undefined;
    if (!this.is('{')) {
      if (tag === undefined) this.syntaxError();
      declSpec(this.cx, 'enum', tag);
      return;
    }
    this.take();
    declEnum(this.cx, tag);
    for (;;) {
      const name = this.memberName();
      declEnumerator(this.cx, name, this.accept('=') ? this.assignment() : undefined);
      if (!this.accept(',')) break;
      if (this.is('}')) break;
    }
    this.expect('}');
    endRecord(this.cx);
  }

  private specifierList(): void {
    if (!this.startsType(this.peek())) this.syntaxError();
    while (this.startsType(this.peek())) this.typeSpecifier();
  }

  // pointer = { "*" { qualifier } }
  private pointers(): void {
    while (this.accept('*')) {
      const d = declPointer(this.cx);
      for (;;) {
        const t = this.peek();
        const w = t.t.startsWith('kw:') ? t.t.slice(3) : '';
        if (!QUALIFIERS.has(w)) break;
        this.take();
        d.attr |= w === 'const' ? DA_CONST : w === 'volatile' ? DA_VOLATILE : DA_RESTRICT;
      }
    }
  }

  // declarator = pointers ( ident | "(" declarator ")" ) { array | function }
  private declarator(): void {
    this.nested(() => {
      this.pointers();
      let inside: Decl | undefined;
      if (this.is('IDENT') || this.is('TNAME')) inside = declIdent(this.cx, this.take().s);
      else if (this.accept('(')) {
        topDecl(this.cx).attr |= DA_PAREN;
        this.declarator();
        this.expect(')');
        inside = this.cx.decl.decl;
      } else this.syntaxError();
      this.declaratorSuffixes(inside);
    });
  }

  private declaratorSuffixes(inside: Decl | undefined): void {
    for (;;) {
      if (this.is('[')) declArray(this.cx, this.arraySuffix());
      else if (this.is('(')) declFunction(this.cx, inside, this.functionParameters());
      else return;
    }
  }

  // abstract declarator = pointers [ "(" abstract declarator ")" ] { array | function }
  private abstractDeclarator(): void {
    this.nested(() => {
      this.pointers();
      let inside: Decl | undefined;
      if (this.is('(')) {
        const open = this.take();
        const next = this.peek();
        if (next.t === '*' || next.t === '(' || next.t === '[') {
          topDecl(this.cx).attr |= DA_PAREN;
          this.abstractDeclarator();
          this.expect(')');
          inside = this.cx.decl.decl;
        } else {
          void open;
          declFunction(this.cx, undefined, this.parametersUntil(')'));
        }
      }
      this.declaratorSuffixes(inside);
    });
  }

  // array = "[" [ constant | types ] "]"
  private arraySuffix(): Node[] | undefined {
    this.expect('[');
    pushScope(this.cx, undefined);
    let nodes: Node[] | undefined;
    if (!this.is(']')) {
      const t = this.peek();
      if (this.startsType(t) || t.t === '...' || (t.t.startsWith('kw:') && STORAGE.has(t.t.slice(3))))
        nodes = this.parameters();
      else nodes = [this.conditional()];
    }
    this.expect(']');
    popScope(this.cx);
    return nodes;
  }

  private functionParameters(): Node[] {
    this.expect('(');
    return this.parametersUntil(')');
  }
  private parametersUntil(close: string): Node[] {
    pushScope(this.cx, undefined);
    const list = this.is(close) ? [] : this.parameters();
    this.expect(close);
    popScope(this.cx);
    return list;
  }

  // parameters = parameter { "," parameter } [ "," "..." ] | "..."
  private parameters(): Node[] {
    const list: Node[] = [];
    do {
      if (this.accept('...')) {
        list.push(varargsNode(this.cx));
        break;
      }
      list.push(this.parameter());
    } while (this.accept(','));
    return list;
  }

  private parameter(): Node {
    this.declarationSpecifiers(false);
    if (!this.is(',') && !this.is(')') && !this.is(']')) this.anyDeclarator();
    const { decl, name } = popParam(this.cx);
    return typeNode(this.cx, decl, name);
  }

  /** A declarator that may or may not have a name. */
  private anyDeclarator(): void {
    this.nested(() => {
      this.pointers();
      let inside: Decl | undefined;
      if (this.is('IDENT') || this.is('TNAME')) inside = declIdent(this.cx, this.take().s);
      else if (this.is('(')) {
        this.take();
        const next = this.peek();
        if (this.startsType(next) || next.t === ')' || next.t === '...')
          declFunction(this.cx, undefined, this.parametersUntil(')'));
        else {
          topDecl(this.cx).attr |= DA_PAREN;
          this.anyDeclarator();
          this.expect(')');
          inside = this.cx.decl.decl;
        }
      }
      this.declaratorSuffixes(inside);
    });
  }

  // type name = specifiers [ abstract declarator ]
  private typeName(): Decl {
    pushScope(this.cx, undefined);
    this.specifierList();
    const t = this.peek().t;
    if (t === '*' || t === '(' || t === '[') this.abstractDeclarator();
    const d = popDecl(this.cx);
    popScope(this.cx);
    return d;
  }

  // -- expressions

  // expression = assignment { "," assignment }
  private expression(): Node {
    this.deeper();
    let n = this.assignment();
    while (this.accept(',')) n = op2(this.cx, ',', n, this.assignment());
    this.depth--;
    return n;
  }

  // assignment = conditional | unary op assignment
  private assignment(): Node {
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
  private conditional(): Node {
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
  private binary(least: number): Node {
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
  private castExpression(): Node {
    this.deeper();
    const n = this.is('(') ? this.castOrParentheses() : this.unary();
    this.depth--;
    return n;
  }
  private castOrParentheses(): Node {
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
  private readonly parenthesized = new WeakSet<Node>();

  // unary = postfix | ( "++" | "--" ) unary | ( "&" | "*" | "+" | "-" | "~" | "!" ) cast | "sizeof" ... | "stringof" unary
  private unary(): Node {
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

  private unaryOrParen(): Node {
    if (!this.is('(')) return this.unary();
    this.take();
    const inner = this.expression();
    this.expect(')');
    this.parenthesized.add(inner);
    return this.postfixRest(inner);
  }

  private postfix(): Node {
    return this.postfixRest(this.primary());
  }

  // postfix = primary { "[" list "]" | "(" list ")" | ( "." | "->" ) ident | "++" | "--" }
  private postfixRest(first: Node): Node {
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

  private lastClose: Token | undefined = undefined;
  private arguments(close: string): Node[] {
    const list: Node[] = [];
    if (!this.is(close)) {
      do list.push(this.assignment());
      while (this.accept(','));
    }
    this.lastClose = this.expect(close);
    return list;
  }
  private syntaxErrorAt(t: Token): never {
    this.ahead = t;
    return this.syntaxError();
  }

  // primary = ident | @agg | integer | string | "self" | "this" | "(" expression ")" | offsetof | xlate
  private primary(): Node {
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

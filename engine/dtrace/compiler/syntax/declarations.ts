/** The grammar of declarations: specifiers, declarators, structures, enumerations, parameters, names of types. */
import type { Node } from '../node.ts';
import { typeNode, varargsNode } from './create.ts';
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
  declFunction,
  declIdent,
  declPointer,
  declSpec,
  popDecl,
  popParam,
  popScope,
  pushScope,
  type StorageClass,
  topDecl,
} from './decl.ts';
import type { Token } from './lexer.ts';
import { declEnum, declEnumerator, declMember, declRecord, endRecord } from './records.ts';
import { TokenStream } from './tokens.ts';

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

export abstract class DeclarationParser extends TokenStream {
  protected abstract assignment(): Node;
  protected abstract conditional(): Node;

  protected startsType(t: Token): boolean {
    return STARTS_TYPE.has(t.t);
  }

  // specifiers = ( storage class | type specifier | qualifier ) ...
  protected declarationSpecifiers(dClasses: boolean): void {
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

  protected typeSpecifier(): void {
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
  protected recordSpecifier(kind: 'struct' | 'union'): void {
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

  protected memberDeclaration(): void {
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
  protected enumSpecifier(): void {
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

  protected specifierList(): void {
    if (!this.startsType(this.peek())) this.syntaxError();
    while (this.startsType(this.peek())) this.typeSpecifier();
  }

  // pointer = { "*" { qualifier } }
  protected pointers(): void {
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
  protected declarator(): void {
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

  protected declaratorSuffixes(inside: Decl | undefined): void {
    for (;;) {
      if (this.is('[')) declArray(this.cx, this.arraySuffix());
      else if (this.is('(')) declFunction(this.cx, inside, this.functionParameters());
      else return;
    }
  }

  // abstract declarator = pointers [ "(" abstract declarator ")" ] { array | function }
  protected abstractDeclarator(): void {
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
  protected arraySuffix(): Node[] | undefined {
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

  protected functionParameters(): Node[] {
    this.expect('(');
    return this.parametersUntil(')');
  }

  protected parametersUntil(close: string): Node[] {
    pushScope(this.cx, undefined);
    const list = this.is(close) ? [] : this.parameters();
    this.expect(close);
    popScope(this.cx);
    return list;
  }

  // parameters = parameter { "," parameter } [ "," "..." ] | "..."
  protected parameters(): Node[] {
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

  protected parameter(): Node {
    this.declarationSpecifiers(false);
    if (!this.is(',') && !this.is(')') && !this.is(']')) this.anyDeclarator();
    const { decl, name } = popParam(this.cx);
    return typeNode(this.cx, decl, name);
  }

  /** A declarator that may or may not have a name. */
  protected anyDeclarator(): void {
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
  protected typeName(): Decl {
    pushScope(this.cx, undefined);
    this.specifierList();
    const t = this.peek().t;
    if (t === '*' || t === '(' || t === '[') this.abstractDeclarator();
    const d = popDecl(this.cx);
    popScope(this.cx);
    return d;
  }
}

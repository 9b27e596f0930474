/**
 * The state of parsing one translation unit, and the small steps that every rule uses.
 *
 * Parsing and checking go together, because C cannot be parsed without knowing which names are types. The grammar is spread
 * by subject: parse-type.ts (specifiers), parse-record.ts, parse-declarator.ts, parse-decl.ts, parse-init.ts, parse-stmt.ts and
 * parse-expr.ts; what an operator means is in check-*.ts. All are functions over this state.
 */
import type { FunctionDecl, Loc, VarDecl } from '../cfront/ast.ts';
import type { Diagnostics, Position, SourceText } from '../cfront/diagnostics.ts';
import type { Token } from '../cfront/lexer.ts';
import type { Preprocessed } from '../cfront/preprocess.ts';
import { INT, type IntType, type Type } from '../cfront/types.ts';
import { Scope } from './scope.ts';

/** The type of what could not be checked: silences further complaints. */
export const ERROR_TYPE: IntType = { ...INT, name: '<error>' };

/** Thrown after a syntax error was noted: whoever can find a place to go on catches it. */
export class Recover extends Error {}

/** A switch being parsed. */
export interface SwitchContext {
  cases: { lo: bigint; hi: bigint; label: number }[];
  defaultLabel: number;
  type: Type;
}

/** The function being parsed. */
export interface FunctionContext {
  decl: FunctionDecl;
  returns: Type;
  locals: VarDecl[];
  labels: Map<string, Loc>;
  gotos: { label: string; at: Token }[];
  nextLabel: number;
  switches: SwitchContext[];
  /** Depth of loops; of loops and switches. */
  loops: number;
  breakables: number;
  /** Undeclared names already complained about. */
  undeclared: Set<string>;
}

function badToken(text: string): string {
  if (text === '/*') return 'unterminated comment';
  if (/^(L|u8?|U)?["']/.test(text)) return `missing terminating ${text.includes('"') ? '"' : "'"} character`;
  return `stray '${text}' in program`;
}

export class Parser {
  readonly tokens: Token[];
  readonly diag: Diagnostics;
  readonly kernel: boolean;
  readonly files: SourceText[];
  readonly fileScope = new Scope();
  /** Everything with linkage, by name, however deep it was declared. */
  readonly linked = new Map<string, VarDecl | FunctionDecl>();
  readonly functions: FunctionDecl[] = [];
  readonly variables: VarDecl[] = [];
  /** Names that were complained about outside functions. */
  readonly undeclared = new Set<string>();
  pos = 0;
  tok: Token;
  scope = this.fileScope;
  fn: FunctionContext | undefined;
  /** Unique numbers for what has no name of its own. */
  #serial = 0;
  readonly #fileIndex = new Map<SourceText, number>();
  #lastSource: SourceText | undefined;
  #lastIndex = 0;

  constructor(input: Preprocessed, diag: Diagnostics, kernel: boolean) {
    this.tokens = input.tokens;
    this.files = [...input.files];
    this.diag = diag;
    this.kernel = kernel;
    this.tok = this.tokens[0]!;
    for (const [i, file] of this.files.entries()) this.#fileIndex.set(file, i);
  }

  serial(): number {
    return this.#serial++;
  }

  // Tokens ---------------------------------------------------------------------------------------------------------------

  /** Moves on; returns the token passed. */
  next(): Token {
    const token = this.tok;
    if (token.kind !== 'eof') this.tok = this.tokens[++this.pos]!;
    return token;
  }
  atEnd(): boolean {
    return this.tok.kind === 'eof';
  }
  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.pos + ahead, this.tokens.length - 1)]!;
  }
  rewind(pos: number): void {
    this.pos = pos;
    this.tok = this.tokens[pos]!;
  }
  /** Is the current token this punctuator or keyword? */
  at(text: string): boolean {
    return this.tok.text === text && this.tok.kind !== 'string' && this.tok.kind !== 'char';
  }
  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.next();
    return true;
  }
  expect(text: string, where = ''): Token {
    if (this.at(text)) return this.next();
    const found = this.tok.kind === 'eof' ? 'end of file' : `'${this.tok.text}'`;
    // What is missing belongs after the token before, which may be lines above.
    const before = this.tokens[this.pos - 1];
    const missing = text === ';' || text === ')' || text === ']';
    if (missing && before && before.macro === '' && before.line !== this.tok.line) {
      const at = { source: before.source, line: before.line, col: before.col + before.text.length };
      this.syntaxError(at, `expected '${text}'${where} before ${found}`);
    }
    this.syntaxError(this.tok, `expected '${text}'${where} before ${found}`);
  }
  isIdentifier(token = this.tok): boolean {
    return token.kind === 'ident' && !token.keyword;
  }
  identifier(what: string): Token {
    if (this.isIdentifier()) return this.next();
    const found = this.tok.kind === 'eof' ? 'end of file' : `'${this.tok.text}'`;
    this.syntaxError(this.tok, `expected ${what} before ${found}`);
  }

  // Places and messages ----------------------------------------------------------------------------------------------------

  loc(token: Token = this.tok): Loc {
    if (token.source !== this.#lastSource) {
      let index = this.#fileIndex.get(token.source);
      if (index === undefined) {
        index = this.files.push(token.source) - 1;
        this.#fileIndex.set(token.source, index);
      }
      this.#lastSource = token.source;
      this.#lastIndex = index;
    }
    return { file: this.#lastIndex, line: token.line, col: token.col };
  }
  #position(at: Position | Loc): Position {
    return 'source' in at ? at : { source: this.files[at.file]!, line: at.line, col: at.col };
  }
  error(at: Position | Loc, message: string, hint?: string): void {
    this.diag.error(this.#position(at), message, hint ?? this.#macroHint(at));
  }
  warn(at: Position | Loc, message: string): void {
    this.diag.warn(this.#position(at), message);
  }
  syntaxError(at: Position | Loc, message: string, hint?: string): never {
    // What is no token at all is the cause, whatever was expected instead.
    if (this.tok.kind === 'bad') this.error(this.tok, badToken(this.tok.text));
    else this.error(at, message, hint);
    throw new Recover(message);
  }
  /** A token that came out of a macro's body stands where the macro was used: say so. */
  #macroHint(at: Position | Loc): string | undefined {
    const macro = (at as Token).macro;
    return macro ? `in the expansion of macro '${macro}'` : undefined;
  }

  /** Skips to where a declaration or statement may begin again: past the next `;`, or to a `}` of this level. */
  synchronize(): void {
    for (let depth = 0; this.tok.kind !== 'eof'; this.next()) {
      if (this.at('{')) depth++;
      else if (this.at('}')) {
        if (depth === 0) return;
        if (--depth === 0) {
          this.next();
          this.accept(';');
          return;
        }
      } else if (this.at(';') && depth === 0) {
        this.next();
        return;
      }
    }
  }

  // Scopes -----------------------------------------------------------------------------------------------------------------

  inScope<T>(scope: Scope, body: () => T): T {
    const outer = this.scope;
    this.scope = scope;
    try {
      return body();
    } finally {
      this.scope = outer;
    }
  }

  /** An automatic variable that the source does not name. */
  temporary(type: Type, loc: Loc): VarDecl {
    const name = `.t${this.serial()}`;
    const decl: VarDecl = {
      kind: 'var',
      name,
      type,
      loc,
      storage: 'auto',
      section: '',
      aligned: 0,
      addressTaken: type.kind !== 'int' && type.kind !== 'pointer' && type.kind !== 'float',
      linkName: name,
    };
    this.fn?.locals.push(decl);
    return decl;
  }
}

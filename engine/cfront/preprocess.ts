/**
 * The preprocessor: from files to the token list of one translation unit.
 *
 * Tokens come from a stack: expansions of macros on top, files below. A macro is disabled while its expansion is on the
 * stack, and a name met while disabled is frozen for good: this is how C's macros cannot recurse (the rule is in the
 * standard at 6.10.3.4). Tokens of a macro's body get the place where the macro was used; arguments keep their own.
 */
import { posix } from 'node:path';
import { Diagnostics } from './diagnostics.ts';
import { evaluateIf } from './ifexpr.ts';
import { type LexedFile, lexCached, type Token } from './lexer.ts';
import {
  type Argument,
  defineMacro,
  type Macro,
  macrosFromText,
  sameMacro,
  substitute,
  synthetic,
} from './macros.ts';

export interface PreprocessOptions {
  path: string;
  /** Text of the main file, if it does not come from readFile. */
  text?: string;
  readFile(path: string): string | undefined;
  /** Searched in order for #include <> (and for "" after the including file's folder). */
  includeDirs: string[];
  /** -D: name or name(params) to value. */
  defines: Record<string, string>;
  /** -U, after the predefined ones. */
  undefines?: string[];
  /** Predefined macros, a line each: "NAME value". */
  predefined?: string;
  /** What __FILE__ says for a path: an image must not depend on where its sources lie. */
  showPath?(path: string): string;
  /** Answers __has_attribute and __has_builtin. */
  hasAttribute?(name: string): boolean;
  hasBuiltin?(name: string): boolean;
}

export interface Preprocessed {
  /** Ended by an eof token. */
  tokens: Token[];
  /** Main file first, then headers in order of first inclusion. */
  files: LexedFile[];
  macros: Map<string, Macro>;
}

/** One file being read. */
interface FileState {
  file: LexedFile;
  pos: number;
  /** Conditionals open in this file. */
  conditions: Condition[];
  /** #line: what __LINE__ adds to the physical line, and what __FILE__ says. Messages keep to the file as it is. */
  lineDelta: number;
  name: string;
}
interface Condition {
  at: Token;
  /** A group has been taken already. */
  taken: boolean;
  seenElse: boolean;
}
/** One list of tokens being rescanned. */
interface Expansion {
  tokens: Token[];
  pos: number;
  macro?: Macro;
}

const IF_OPERATORS = new Set(
  'defined __has_include __has_attribute __has_builtin __has_feature __has_extension __has_c_attribute'.split(
    ' ',
  ),
);
const INCLUDE_DEPTH_MAX = 200;
/** Prepared #define lines, by the token after the #: a header's are the same for every unit. */
const definitions = new WeakMap<Token, { macro: Macro; end: number }>();
const predefinedCache = new Map<string, Map<string, Macro>>();

export class Preprocessor {
  readonly #options: PreprocessOptions;
  readonly #diag: Diagnostics;
  readonly #macros: Map<string, Macro>;
  readonly #files: LexedFile[] = [];
  readonly #seen = new Set<LexedFile>();
  readonly #once = new Set<string>();
  readonly #stack: FileState[] = [];
  #expansions: Expansion[] = [];
  /** Only the expansions count: a list is being expanded on its own. */
  #isolated = false;
  #counter = 0;
  /** Macros whose expansion is being rescanned: their names are not expanded. */
  readonly #disabled = new Set<Macro>();
  /** An #if is being evaluated. */
  #inIf = false;

  constructor(options: PreprocessOptions, diag: Diagnostics) {
    this.#options = options;
    this.#diag = diag;
    const text = options.predefined ?? '';
    let base = predefinedCache.get(text);
    if (!base) {
      base = macrosFromText(text, '<built-in>');
      predefinedCache.set(text, base);
    }
    this.#macros = new Map(base);
    this.#defineDynamic();
    const given = Object.entries(options.defines).map(([name, value]) => `${name} ${value}\n`);
    if (given.length > 0) {
      for (const [name, macro] of macrosFromText(given.join(''), '<command line>'))
        this.#macros.set(name, macro);
    }
    for (const name of options.undefines ?? []) this.#macros.delete(name);
  }

  run(): Preprocessed {
    const { path, readFile } = this.#options;
    const text = this.#options.text ?? readFile(path);
    if (text === undefined) {
      const nowhere = { source: { path, text: '' }, line: 1, col: 1 };
      this.#diag.fatal(nowhere, 'no such file');
    }
    const main = this.#enter(path, text);
    const tokens: Token[] = [];
    for (;;) {
      const token = this.#next();
      tokens.push(token);
      if (token.kind === 'eof') break;
    }
    // The end that counts is the main file's, whatever was read last.
    tokens[tokens.length - 1] = main.tokens.at(-1)!;
    return { tokens, files: this.#files, macros: this.#macros };
  }

  #enter(path: string, text: string): LexedFile {
    const file = lexCached(path, text);
    if (!this.#seen.has(file)) {
      this.#seen.add(file);
      this.#files.push(file);
    }
    this.#stack.push({ file, pos: 0, conditions: [], lineDelta: 0, name: this.#shown(path) });
    return file;
  }

  /** The next token of the unit, macros expanded. */
  #next(): Token {
    for (;;) {
      const token = this.#raw();
      if (token.kind !== 'ident') return token;
      if (this.#inIf && IF_OPERATORS.has(token.text)) return this.#ifOperator(token);
      const macro = this.#macros.get(token.text);
      if (token.text === '_Pragma' && macro === undefined) {
        this.#dropPragma(token);
        continue;
      }
      if (macro === undefined || token.frozen) return token;
      if (this.#disabled.has(macro)) return { ...token, frozen: true };
      if (!this.#expand(macro, token)) return token;
    }
  }

  /** `_Pragma("...")` is #pragma in the middle of a line; as there, there is none that we obey. */
  #dropPragma(at: Token): void {
    const [open, text, close] = [this.#raw(), this.#raw(), this.#raw()];
    if (open.text !== '(' || text.kind !== 'string' || close.text !== ')') {
      this.#diag.error(at, '_Pragma takes a parenthesized string literal');
    }
  }

  /** The next token, unexpanded: from expansions first, then from files, whose directives are obeyed. */
  #raw(): Token {
    for (;;) {
      const expansion = this.#expansions.at(-1);
      if (expansion) {
        if (expansion.pos < expansion.tokens.length) return expansion.tokens[expansion.pos++]!;
        this.#popExpansion();
        continue;
      }
      const state = this.#stack.at(-1);
      if (!state || this.#isolated) return END;
      const token = state.file.tokens[state.pos]!;
      if (token.kind === 'eof') {
        const open = state.conditions.at(-1);
        if (open) this.#diag.error(open.at, `unterminated #${open.at.text}`);
        this.#stack.pop();
        if (this.#stack.length === 0) return token;
        continue;
      }
      if (token.bol && token.text === '#' && token.kind === 'punct') {
        state.pos++;
        this.#directive(state);
        continue;
      }
      state.pos++;
      return token;
    }
  }

  #isDisabled(name: string): boolean {
    const macro = this.#macros.get(name);
    return macro !== undefined && this.#disabled.has(macro);
  }

  #popExpansion(): void {
    const { macro } = this.#expansions.pop()!;
    if (macro) this.#disabled.delete(macro);
  }

  /** Whether the next token is `(`; finished expansions on the way to it are left. */
  #parenFollows(): boolean {
    for (let i = this.#expansions.length - 1; i >= 0; i--) {
      const { tokens, pos } = this.#expansions[i]!;
      if (pos === tokens.length) continue;
      return tokens[pos]!.text === '(' && tokens[pos]!.kind === 'punct';
    }
    if (this.#isolated) return false;
    const state = this.#stack.at(-1);
    return state?.file.tokens[state.pos]?.text === '(';
  }

  /** Puts the macro's expansion on the stack. False: a function-like macro without arguments stays a plain name. */
  #expand(macro: Macro, at: Token): boolean {
    if (macro.dynamic) {
      this.#expansions.push({ tokens: [macro.dynamic(at)], pos: 0 });
      return true;
    }
    let args: Argument[] = [];
    if (macro.params) {
      if (!this.#parenFollows()) return false;
      const given = this.#collectArguments(macro, at);
      if (!given) return true;
      args = given;
    }
    const tokens = substitute(macro, args, at, this.#diag);
    this.#disabled.add(macro);
    this.#expansions.push({ tokens, pos: 0, macro });
    return true;
  }

  #collectArguments(macro: Macro, at: Token): Argument[] | undefined {
    const params = macro.params!;
    this.#raw(); // the parenthesis
    const lists: Token[][] = [[]];
    for (let depth = 0; ; ) {
      let token = this.#raw();
      if (token.kind === 'eof') {
        this.#diag.error(at, `unterminated argument list invoking macro "${macro.name}"`);
        return undefined;
      }
      if (token.kind === 'punct') {
        if (token.text === '(') depth++;
        else if (token.text === ')') {
          if (depth-- === 0) break;
        } else if (token.text === ',' && depth === 0 && !(macro.variadic && lists.length === params.length)) {
          lists.push([]);
          continue;
        }
      } else if (token.kind === 'ident' && !token.frozen && this.#isDisabled(token.text)) {
        token = { ...token, frozen: true };
      }
      lists.at(-1)!.push(token);
    }
    if (params.length === 0 && lists.length === 1 && lists[0]!.length === 0) lists.pop();
    // The variable part may be missing altogether.
    if (macro.variadic && lists.length === params.length - 1) lists.push([]);
    if (lists.length !== params.length) {
      const few = lists.length < params.length;
      const needs = macro.variadic ? `at least ${params.length - 1}` : `${params.length}`;
      this.#diag.error(
        at,
        few
          ? `macro "${macro.name}" requires ${needs} arguments, but only ${lists.length} given`
          : `macro "${macro.name}" passed ${lists.length} arguments, but takes just ${params.length}`,
      );
      return undefined;
    }
    return lists.map((tokens) => {
      let expanded: Token[] | undefined;
      return { tokens, expanded: () => (expanded ??= this.#expandList(tokens)) };
    });
  }

  /** Tokens fully expanded on their own, as an argument is before it goes into the body. */
  #expandList(tokens: Token[]): Token[] {
    const expandable = ({ kind, text, frozen }: Token) =>
      kind === 'ident' &&
      !frozen &&
      (this.#macros.has(text) || text === '_Pragma' || (this.#inIf && IF_OPERATORS.has(text)));
    if (!tokens.some(expandable)) return tokens;
    const saved = [this.#expansions, this.#isolated] as const;
    const out: Token[] = [];
    this.#isolated = true;
    this.#expansions = [{ tokens, pos: 0 }];
    for (;;) {
      const token = this.#next();
      if (token.kind === 'eof') break;
      out.push(token);
    }
    [this.#expansions, this.#isolated] = saved;
    return out;
  }

  // Directives ----------------------------------------------------------------------------------------------------------

  /** The rest of the directive's line, unexpanded. */
  #line(state: FileState): Token[] {
    const { tokens } = state.file;
    const start = state.pos;
    while (!tokens[state.pos]!.bol) state.pos++;
    return tokens.slice(start, state.pos);
  }

  #directive(state: FileState): void {
    const name = state.file.tokens[state.pos]!;
    if (name.bol) return; // a lone #
    state.pos++;
    const known = definitions.get(name);
    if (known) {
      state.pos = known.end;
      this.#enterMacro(known.macro, name);
      return;
    }
    const line = this.#line(state);
    const { conditions } = state;
    switch (name.text) {
      case 'define': {
        const problems = this.#diag.errors.length;
        const macro = defineMacro(line, name, this.#diag);
        if (!macro) return;
        if (this.#diag.errors.length === problems) definitions.set(name, { macro, end: state.pos });
        this.#enterMacro(macro, name);
        return;
      }
      case 'undef':
        if (line[0]?.kind !== 'ident') this.#diag.error(name, 'no macro name given in #undef directive');
        else this.#macros.delete(line[0].text);
        return;
      case 'include':
        this.#include(state, name, line);
        return;
      case 'if':
        this.#condition(state, name, this.#evaluate(line, name));
        return;
      case 'ifdef':
      case 'ifndef': {
        if (line[0]?.kind !== 'ident')
          this.#diag.error(name, `no macro name given in #${name.text} directive`);
        const known = line[0] !== undefined && this.#macros.has(line[0].text);
        this.#condition(state, name, known === (name.text === 'ifdef'));
        return;
      }
      case 'elif':
      case 'else': {
        // Met while reading: the group before was taken, so this one is not.
        const open = conditions.at(-1);
        if (!open) {
          this.#diag.error(name, `#${name.text} without #if`);
          return;
        }
        if (open.seenElse) this.#diag.error(name, `#${name.text} after #else`);
        if (name.text === 'else') open.seenElse = true;
        this.#skip(state);
        return;
      }
      case 'endif':
        if (!conditions.pop()) this.#diag.error(name, '#endif without #if');
        return;
      case 'error':
        this.#diag.error(
          name,
          `#error ${line.map((t, i) => (i > 0 && t.space ? ' ' : '') + t.text).join('')}`,
        );
        return;
      case 'warning':
        this.#diag.warn(
          name,
          `#warning ${line.map((t, i) => (i > 0 && t.space ? ' ' : '') + t.text).join('')}`,
        );
        return;
      case 'pragma':
        if (line[0]?.text === 'once') this.#once.add(state.file.path);
        else if (line[0]?.text === 'pack') {
          this.#diag.error(
            name,
            '#pragma pack is not supported',
            'use __attribute__((packed)) on the structure',
          );
        }
        return;
      case 'line':
        this.#setLine(state, name, line);
        return;
      case 'ident':
      case 'sccs':
        return;
      default:
        if (name.kind === 'number') {
          this.#setLine(state, name, [name, ...line]); // a line marker
          return;
        }
        this.#diag.error(name, `invalid preprocessing directive #${name.text}`);
    }
  }

  #enterMacro(macro: Macro, at: Token): void {
    const old = this.#macros.get(macro.name);
    if (old && old !== macro && !old.dynamic && !sameMacro(old, macro)) {
      const where = `${old.definedAt.source.path}:${old.definedAt.line}`;
      this.#diag.error(
        at,
        `"${macro.name}" redefined`,
        `previous definition is at ${where}; #undef it first`,
      );
    }
    this.#macros.set(macro.name, macro);
  }

  #condition(state: FileState, at: Token, taken: boolean): void {
    state.conditions.push({ at, taken, seenElse: false });
    if (!taken) this.#skip(state);
  }

  /** Goes to the group of the innermost conditional that is to be read next, or past its #endif. */
  #skip(state: FileState): void {
    const { tokens, directives } = state.file;
    const open = state.conditions.at(-1)!;
    let depth = 0;
    // The first directive at or after pos.
    let low = 0;
    for (let high = directives.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (directives[middle]! < state.pos) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < directives.length; i++) {
      const name = tokens[directives[i]! + 1]!;
      if (name.bol) continue;
      switch (name.text) {
        case 'if':
        case 'ifdef':
        case 'ifndef':
          depth++;
          continue;
        case 'endif':
          if (depth-- > 0) continue;
          state.conditions.pop();
          break;
        case 'else':
          if (depth > 0) continue;
          if (open.seenElse) this.#diag.error(name, '#else after #else');
          open.seenElse = true;
          if (open.taken) continue;
          open.taken = true;
          break;
        case 'elif': {
          if (depth > 0) continue;
          if (open.seenElse) this.#diag.error(name, '#elif after #else');
          if (open.taken) continue;
          state.pos = directives[i]! + 2;
          if (!this.#evaluate(this.#line(state), name)) continue;
          open.taken = true;
          break;
        }
        default:
          continue;
      }
      state.pos = directives[i]! + 2;
      this.#line(state);
      return;
    }
    state.pos = tokens.length - 1; // unterminated: said at the end of the file
  }

  #evaluate(line: Token[], directive: Token): boolean {
    this.#inIf = true;
    try {
      return evaluateIf(this.#expandList(line), directive, this.#diag);
    } finally {
      this.#inIf = false;
    }
  }

  /** `defined X`, `__has_include(<x>)` and the like: read unexpanded, wherever they come from; the answer as 0 or 1. */
  #ifOperator(operator: Token): Token {
    const answer = (value: boolean) => synthetic('number', value ? '1' : '0', operator);
    const first = this.#raw();
    const paren = first.text === '(';
    if (operator.text === 'defined') {
      const name = paren ? this.#raw() : first;
      if (name.kind !== 'ident' || (paren && this.#raw().text !== ')')) {
        this.#diag.error(operator, 'operator "defined" requires an identifier');
      }
      return answer(this.#macros.has(name.text) || name.text.startsWith('__has_'));
    }
    const inner: Token[] = [];
    let token = paren ? this.#raw() : first;
    while (paren && token.text !== ')' && token.kind !== 'eof') {
      inner.push(token);
      token = this.#raw();
    }
    if (token.text !== ')' || inner.length === 0) {
      this.#diag.error(operator, `operator "${operator.text}" requires an argument in parentheses`);
      return answer(false);
    }
    const name = inner[0]!.text;
    switch (operator.text) {
      case '__has_include':
        return answer(this.#find(this.#headerName(inner, operator)) !== undefined);
      case '__has_attribute':
        return answer(this.#options.hasAttribute?.(name) ?? false);
      case '__has_builtin':
        return answer(this.#options.hasBuiltin?.(name) ?? false);
      default:
        return answer(false);
    }
  }

  // #include --------------------------------------------------------------------------------------------------------------

  #headerName(line: Token[], at: Token): { name: string; angled: boolean } | undefined {
    const tokens = line[0]?.kind === 'string' || line[0]?.text === '<' ? line : this.#expandList(line);
    if (tokens[0]?.kind === 'string') return { name: tokens[0].text.slice(1, -1), angled: false };
    if (tokens[0]?.text === '<') {
      const close = tokens.findIndex((t) => t.text === '>');
      if (close > 0) {
        const name = tokens.slice(1, close).map((t, i) => (i > 0 && t.space ? ' ' : '') + t.text);
        return { name: name.join(''), angled: true };
      }
    }
    this.#diag.error(at, '#include expects "FILENAME" or <FILENAME>');
    return undefined;
  }

  #find(header: { name: string; angled: boolean } | undefined): { path: string; text: string } | undefined {
    if (!header) return undefined;
    const { name, angled } = header;
    const here = this.#stack.at(-1)!.file.path;
    const dirs = angled ? this.#options.includeDirs : [posix.dirname(here), ...this.#options.includeDirs];
    for (const dir of posix.isAbsolute(name) ? [''] : dirs) {
      const path = posix.join(dir, name);
      const text = this.#options.readFile(path);
      if (text !== undefined) return { path, text };
    }
    return undefined;
  }

  #include(state: FileState, at: Token, line: Token[]): void {
    const header = this.#headerName(line, at);
    if (!header) return;
    const found = this.#find(header);
    if (!found) {
      const dirs = this.#options.includeDirs.join(', ') || 'none given';
      this.#diag.fatal(
        line[0] ?? at,
        `${header.name}: no such file`,
        `include directories searched: ${dirs}`,
      );
    }
    if (this.#once.has(found.path)) return;
    const { guard } = lexCached(found.path, found.text);
    if (guard !== '' && this.#macros.has(guard)) return;
    if (this.#stack.length >= INCLUDE_DEPTH_MAX) {
      this.#diag.fatal(
        at,
        `#include nested ${INCLUDE_DEPTH_MAX} levels deep`,
        `does ${state.file.path} include itself?`,
      );
    }
    this.#enter(found.path, found.text);
  }

  #setLine(state: FileState, at: Token, line: Token[]): void {
    const [number, file] = this.#expandList(line);
    if (number?.kind !== 'number' || !/^\d+$/.test(number.text)) {
      this.#diag.error(at, '#line expects a line number');
      return;
    }
    // The line after the directive gets the number.
    state.lineDelta = Number(number.text) - (at.line + 1);
    if (file?.kind === 'string') state.name = file.text.slice(1, -1);
  }

  #defineDynamic(): void {
    const dynamic = (name: string, make: (at: Token) => Token) => {
      const macro: Macro = {
        name,
        variadic: false,
        body: [],
        definedAt: END,
        dynamic: make,
      };
      this.#macros.set(name, macro);
    };
    const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
    dynamic('__FILE__', (at) => synthetic('string', quote(this.#nameOf(at)), at));
    dynamic('__BASE_FILE__', (at) => synthetic('string', quote(this.#shown(this.#options.path)), at));
    dynamic('__LINE__', (at) => synthetic('number', `${at.line + (this.#stateOf(at)?.lineDelta ?? 0)}`, at));
    dynamic('__COUNTER__', (at) => synthetic('number', `${this.#counter++}`, at));
    dynamic('__INCLUDE_LEVEL__', (at) => synthetic('number', `${Math.max(0, this.#stack.length - 1)}`, at));
    // Never the host's clock: an image depends on its sources alone.
    dynamic('__DATE__', (at) => synthetic('string', '"Jan  1 2000"', at));
    dynamic('__TIME__', (at) => synthetic('string', '"00:00:00"', at));
  }

  #nameOf(at: Token): string {
    return this.#stateOf(at)?.name ?? this.#shown(at.source.path);
  }
  #shown(path: string): string {
    return this.#options.showPath?.(path) ?? path;
  }
  #stateOf(at: Token): FileState | undefined {
    return this.#stack.findLast((s) => s.file === at.source);
  }
}

const END: Token = {
  kind: 'eof',
  text: '',
  source: { path: '<built-in>', text: '' },
  line: 1,
  col: 1,
  space: true,
  bol: true,
  frozen: false,
  keyword: false,
  macro: '',
};

export function preprocess(options: PreprocessOptions, diag = new Diagnostics()): Preprocessed {
  return new Preprocessor(options, diag).run();
}

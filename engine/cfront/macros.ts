/**
 * Macros: their definitions, and the substitution of one invocation.
 *
 * A macro's body is prepared once: each token knows which parameter it names, and whether # or ## works on it. What the
 * preprocessor does around it (finding arguments, rescanning) is in preprocess.ts.
 */
import { Diagnostics } from './diagnostics.ts';
import { isKeyword, lex, type Token } from './lexer.ts';

export interface Macro {
  name: string;
  /** Undefined for an object-like macro. Variadic: the last one collects the rest. */
  params?: string[];
  variadic: boolean;
  body: BodyToken[];
  definedAt: Token;
  /** __FILE__ and the like: makes the tokens at each use. */
  dynamic?: (at: Token) => Token;
}

interface BodyToken {
  token: Token;
  /** Which parameter it names, or -1. */
  param: number;
  /** `#` before it: the argument as a string. */
  stringify: boolean;
  /** `##` between it and the next one. */
  paste: boolean;
  /** __VA_OPT__ ( ... ): the tokens inside, prepared. */
  optional?: BodyToken[];
}

/** A token made by the preprocessor, placed where its macro was used. */
export function synthetic(kind: Token['kind'], text: string, at: Token): Token {
  return { ...at, kind, text, bol: false, frozen: false, keyword: false };
}

/** Parses what follows `#define` (tokens of the line, without the directive's name). */
export function defineMacro(line: Token[], at: Token, diag: Diagnostics): Macro | undefined {
  const name = line[0];
  if (!name) {
    diag.error(at, 'no macro name given in #define directive');
    return undefined;
  }
  if (name.kind !== 'ident' || name.text === 'defined') {
    diag.error(
      name,
      name.text === 'defined'
        ? '"defined" cannot be used as a macro name'
        : 'macro names must be identifiers',
    );
    return undefined;
  }
  const macro: Macro = { name: name.text, variadic: false, body: [], definedAt: name };
  let i = 1;
  if (line[1]?.text === '(' && !line[1].space) {
    macro.params = [];
    i = 2;
    if (line[i]?.text === ')') i++;
    else {
      for (;;) {
        const param = line[i++];
        if (param?.text === '...') {
          macro.params.push('__VA_ARGS__');
          macro.variadic = true;
        } else if (param?.kind === 'ident') {
          if (macro.params.includes(param.text))
            diag.error(param, `duplicate macro parameter "${param.text}"`);
          macro.params.push(param.text);
          if (line[i]?.text === '...') {
            macro.variadic = true;
            i++;
          }
        } else {
          diag.error(param ?? name, 'expected parameter name in macro parameter list');
          return undefined;
        }
        const next = line[i++];
        if (next?.text === ')') break;
        if (next?.text !== ',' || macro.variadic) {
          diag.error(next ?? name, "expected ',' or ')' in macro parameter list");
          return undefined;
        }
      }
    }
  }
  const body = prepareBody(line.slice(i), macro, diag);
  if (body) macro.body = body;
  return macro;
}

function prepareBody(tokens: Token[], macro: Macro, diag: Diagnostics): BodyToken[] | undefined {
  const out: BodyToken[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.text === '##' && token.kind === 'punct') {
      if (out.length === 0 || i === tokens.length - 1) {
        diag.error(token, "'##' cannot appear at either end of a macro expansion");
        return undefined;
      }
      out.at(-1)!.paste = true;
      continue;
    }
    const param = token.kind === 'ident' && macro.params ? macro.params.indexOf(token.text) : -1;
    if (token.text === '#' && token.kind === 'punct' && macro.params) {
      const next = tokens[i + 1];
      const named = next?.kind === 'ident' ? macro.params.indexOf(next.text) : -1;
      if (named < 0) {
        diag.error(token, "'#' is not followed by a macro parameter");
        return undefined;
      }
      out.push({ token, param: named, stringify: true, paste: false });
      i++;
      continue;
    }
    if (token.text === '__VA_OPT__' && macro.variadic && tokens[i + 1]?.text === '(') {
      let depth = 0;
      let end = i + 1;
      do {
        const text = tokens[end]?.text;
        if (text === undefined) {
          diag.error(token, 'unterminated __VA_OPT__');
          return undefined;
        }
        if (text === '(') depth++;
        if (text === ')') depth--;
        end++;
      } while (depth > 0);
      const optional = prepareBody(tokens.slice(i + 2, end - 1), macro, diag);
      if (!optional) return undefined;
      out.push({ token, param: -1, stringify: false, paste: false, optional });
      i = end - 1;
      continue;
    }
    if (token.text === '__VA_ARGS__' && param < 0 && macro.params) {
      diag.error(token, '__VA_ARGS__ can only appear in the expansion of a variadic macro');
    }
    out.push({ token, param, stringify: false, paste: false });
  }
  return out;
}

export function sameMacro(a: Macro, b: Macro): boolean {
  const same = (x: BodyToken[], y: BodyToken[]): boolean =>
    x.length === y.length &&
    x.every((t, i) => {
      const u = y[i]!;
      return (
        t.token.text === u.token.text &&
        t.param === u.param &&
        t.stringify === u.stringify &&
        t.paste === u.paste &&
        (i === 0 || t.token.space === u.token.space) &&
        (t.optional === undefined) === (u.optional === undefined) &&
        (t.optional === undefined || same(t.optional, u.optional!))
      );
    });
  return a.params?.join() === b.params?.join() && a.variadic === b.variadic && same(a.body, b.body);
}

/** The tokens of an argument as the text of a string literal. */
export function stringify(tokens: Token[], at: Token): Token {
  let text = '';
  for (const [i, t] of tokens.entries()) {
    if (i > 0 && (t.space || t.bol)) text += ' ';
    text += t.kind === 'string' || t.kind === 'char' ? t.text.replace(/[\\"]/g, '\\$&') : t.text;
  }
  return synthetic('string', `"${text}"`, at);
}

/** What a spelling is as one token; 'bad' if it is none. */
const kinds = new Map<string, Token['kind']>();

function kindOf(text: string): Token['kind'] {
  let kind = kinds.get(text);
  if (kind === undefined) {
    const { tokens } = lex('', text);
    kind = tokens.length === 2 ? tokens[0]!.kind : 'bad';
    kinds.set(text, kind);
  }
  return kind;
}

function paste(left: Token, right: Token, at: Token, diag: Diagnostics): Token {
  const text = left.text + right.text;
  const kind = kindOf(text);
  if (kind === 'bad') {
    diag.error(at, `pasting "${left.text}" and "${right.text}" does not give a valid preprocessing token`);
    return left;
  }
  return { ...left, kind, text, frozen: false, keyword: kind === 'ident' && isKeyword(text) };
}

/** An argument: as written, and fully expanded (made when first wanted). */
export interface Argument {
  tokens: Token[];
  expanded(): Token[];
}

/** The macro's body with the arguments put in, placed at `at`. The caller rescans it. */
export function substitute(macro: Macro, args: Argument[], at: Token, diag: Diagnostics): Token[] {
  const out: Token[] = [];
  put(macro.body, macro, args, at, diag, out);
  // The first token takes over the white space before the macro's name.
  const first = out[0];
  if (first && first.space !== at.space) out[0] = { ...first, space: at.space };
  return out;
}

function placed(token: Token, at: Token, macro: Macro): Token {
  return {
    kind: token.kind,
    text: token.text,
    source: at.source,
    line: at.line,
    col: at.col,
    space: token.space,
    bol: false,
    frozen: token.frozen,
    keyword: token.keyword,
    macro: at.macro === '' ? macro.name : at.macro,
  };
}

function put(
  body: BodyToken[],
  macro: Macro,
  args: Argument[],
  at: Token,
  diag: Diagnostics,
  out: Token[],
): void {
  const last = macro.params ? macro.params.length - 1 : -1;
  /** The next piece joins the last token of out; undefined: no; else whether there is a left side at all. */
  let joining = false;
  let leftIsEmpty = false;
  for (let i = 0; i < body.length; i++) {
    const piece = body[i]!;
    let tokens: Token[];
    if (piece.optional) {
      tokens = [];
      if (args[last]!.tokens.length > 0) put(piece.optional, macro, args, at, diag, tokens);
    } else if (piece.stringify) {
      tokens = [{ ...stringify(args[piece.param]!.tokens, at), space: piece.token.space, macro: macro.name }];
    } else if (piece.param >= 0) {
      const arg = args[piece.param]!;
      // Next to ## the argument goes in as it was written.
      tokens = joining || piece.paste ? arg.tokens : arg.expanded();
      if (joining && macro.variadic && piece.param === last && body[i - 1]!.token.text === ',') {
        // GNU: `, ## __VA_ARGS__` drops the comma when there is nothing, and pastes nothing when there is something.
        if (tokens.length === 0) out.pop();
        else out.push(...arg.expanded());
        joining = false;
        continue;
      }
      const first = tokens[0];
      if (first && (first.bol || first.space !== piece.token.space)) {
        tokens = [{ ...first, space: piece.token.space, bol: false }, ...tokens.slice(1)];
      }
    } else tokens = [placed(piece.token, at, macro)];

    if (joining && !leftIsEmpty && tokens.length > 0) {
      const left = out.pop()!;
      out.push(paste(left, tokens[0]!, at, diag));
      for (let k = 1; k < tokens.length; k++) out.push(tokens[k]!);
    } else for (const t of tokens) out.push(t);
    // a ## <nothing> ## b pastes a and b: an empty piece leaves the left side as it is.
    leftIsEmpty = tokens.length === 0 && (!joining || leftIsEmpty);
    joining = piece.paste;
  }
}

/** Macros from text: one `#define`'s rest a line ("NAME value"). */
export function macrosFromText(text: string, source: string): Map<string, Macro> {
  const diag = new Diagnostics();
  const macros = new Map<string, Macro>();
  const { tokens } = lex(source, text);
  let line: Token[] = [];
  for (const token of tokens) {
    if (token.bol && line.length > 0) {
      const macro = defineMacro(line, line[0]!, diag);
      if (macro) macros.set(macro.name, macro);
      line = [];
    }
    line.push(token);
  }
  diag.finish();
  return macros;
}

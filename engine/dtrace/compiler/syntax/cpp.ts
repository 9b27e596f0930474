/**
 * -C: the C preprocessor in front of the D compiler.
 *
 * D is no C: probe descriptions, @names, $arguments and backquotes must come through untouched. So lines are handled here, with C's
 * rules for directives and macros, and text is copied as it stands where no macro is used. `# line "file"` marks where
 * lines come from.
 */
import { CompileError } from '../../errors.ts';
import type { Options } from '../../options.ts';

interface Macro {
  name: string;
  params: string[] | undefined;
  variadic: boolean;
  body: string;
}

const IDENT = /[A-Za-z_][A-Za-z0-9_]*/y;
/** A preprocessing token of the text: identifier, number, string, character constant, white space, or one other character. */
const TOKEN =
  /[A-Za-z_][A-Za-z0-9_]*|\.?[0-9](?:[eEpP][+-]|[A-Za-z0-9_.])*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\s+|[$@`][A-Za-z0-9_$`]*|[\s\S]/g;

export const PREDEFINED: readonly string[] = [
  '__sun 1',
  '__unix 1',
  '__SVR4 1',
  '__amd64 1',
  '__x86_64 1',
  '__x86_64__ 1',
  '_LP64 1',
  '__LP64__ 1',
  '__SUNW_D 1',
  '__SUNW_D_64 1',
  '__FreeBSD__ 13',
  '__FreeBSD_13_0 1',
  '__probelab__ 1',
];

/**
 * Run the preprocessor over a script's text. Throws CompileError (D_SYNTAX) with file and line. `included` takes the paths of included files, each
 * after as many dots as it lies deep (-H).
 */
export function preprocessD(
  text: string,
  path: string,
  options: Options,
  readFile: (path: string) => string | undefined,
  included: string[] = [],
): string {
  return new Preprocessor(options, readFile, included).run(text, path);
}

class Preprocessor {
  private readonly macros = new Map<string, Macro>();
  private readonly options: Options;
  private readonly readFile: (path: string) => string | undefined;
  private readonly included: string[];
  private out: string[] = [];
  private depth = 0;

  constructor(options: Options, readFile: (path: string) => string | undefined, included: string[]) {
    this.options = options;
    this.readFile = readFile;
    this.included = included;
    for (const d of PREDEFINED) this.define(d, '<predefined>', 0);
    this.define(`__SUNW_D_VERSION 0x${options.vmax.toString(16).padStart(8, '0')}`, '<predefined>', 0);
    for (const m of options.macros) {
      if ('undef' in m) {
        this.macros.delete(m.undef);
        continue;
      }
      const eq = m.define.indexOf('=');
      const text = eq < 0 ? `${m.define} 1` : `${m.define.slice(0, eq)} ${m.define.slice(eq + 1)}`;
      this.define(text, '<command line>', 0);
    }
  }

  run(text: string, path: string): string {
    this.file(text, path, true);
    return this.out.join('');
  }

  private problem(file: string, line: number, message: string): CompileError {
    return new CompileError('D_SYNTAX', message, { line, sourceLine: line, file });
  }

  private file(text: string, path: string, main: boolean): void {
    if (++this.depth > 50) throw this.problem(path, 1, '#include nested too deeply');
    const lines = joinComments(text).split('\n');
    const stack: { active: boolean; taken: boolean; outer: boolean; line: number; seenElse: boolean }[] = [];
    let active = true;
    // what #line says of file and lines
    let shown = path;
    let shift = 1;
    if (!main) this.out.push(`# 1 "${path}" 1\n`);
    for (let i = 0; i < lines.length; i++) {
      const no = i + shift;
      let line = lines[i];
      let extra = 0;
      while (line.endsWith('\\') && i + 1 < lines.length) {
        line = line.slice(0, -1) + lines[++i];
        extra++;
      }
      const blank = '\n'.repeat(1 + extra);
      const directive = /^\s*#\s*([A-Za-z]*)\s*(.*)$/s.exec(line);
      if (directive !== null && !/^\s*#!/.test(line) && directive[1] !== 'pragma') {
        const [, name, rest] = directive;
        switch (name) {
          case 'if':
          case 'ifdef':
          case 'ifndef': {
            let value = false;
            if (active) {
              if (name === 'if') value = this.condition(rest, shown, no);
              else value = this.macros.has(rest.trim()) === (name === 'ifdef');
            }
            stack.push({ active: value, taken: value, outer: active, line: no, seenElse: false });
            active = active && value;
            break;
          }
          case 'elif':
          case 'else': {
            const top = stack[stack.length - 1];
            if (top === undefined || top.seenElse) throw this.problem(shown, no, `#${name} without #if`);
            if (name === 'else') top.seenElse = true;
            const value = top.outer && !top.taken && (name === 'else' || this.condition(rest, shown, no));
            top.taken ||= value;
            active = top.outer && value;
            break;
          }
          case 'endif': {
            const top = stack.pop();
            if (top === undefined) throw this.problem(shown, no, '#endif without #if');
            active = top.outer;
            break;
          }
          case 'line':
          case '': {
            const m = /^(\d+)(?:\s+"([^"]*)")?/.exec(rest);
            if (!active || m === null) break;
            shift = Number(m[1]) - i - 1;
            shown = m[2] ?? shown;
            this.out.push(line);
            break;
          }
          case 'include':
            if (active) this.include(rest, path, shown, no);
            break;
          default:
            if (active) this.directive(name, rest, line, shown, no);
        }
        if (!(active && name === 'include')) this.out.push(blank);
        continue;
      }
      if (!active) {
        this.out.push(blank);
        continue;
      }
      // a function-like macro's arguments may go on over further lines
      let expanded = this.expandLine(line, shown, no);
      while (expanded === undefined && i + 1 < lines.length) {
        line += `\n${lines[++i]}`;
        expanded = this.expandLine(line, shown, no);
      }
      this.out.push(`${expanded ?? line}${i < lines.length - 1 ? '\n' : ''}`);
      if (extra > 0) this.out.push('\n'.repeat(extra));
    }
    const open = stack.pop();
    if (open !== undefined) throw this.problem(shown, open.line, 'unterminated #if');
    this.depth--;
  }

  private directive(name: string, rest: string, line: string, path: string, no: number): void {
    switch (name) {
      case 'define':
        this.define(rest, path, no);
        return;
      case 'undef':
        this.macros.delete(rest.trim());
        return;
      case 'error':
        throw this.problem(path, no, `#error ${rest}`);
      case 'ident':
        this.out.push(line);
        return;
      case 'warning':
        return;
    }
    throw this.problem(path, no, `invalid preprocessing directive #${name}`);
  }

  private define(text: string, path: string, no: number): void {
    IDENT.lastIndex = 0;
    const name = IDENT.exec(text)?.[0];
    if (name === undefined) throw this.problem(path, no, 'macro names must be identifiers');
    let rest = text.slice(name.length);
    let params: string[] | undefined;
    let variadic = false;
    if (rest[0] === '(') {
      const close = rest.indexOf(')');
      if (close < 0) throw this.problem(path, no, `missing ) in the parameters of macro ${name}`);
      params = rest
        .slice(1, close)
        .split(',')
        .map((p) => p.trim())
        .filter((p) => p !== '');
      const last = params[params.length - 1];
      if (last?.endsWith('...')) {
        variadic = true;
        params[params.length - 1] = last === '...' ? '__VA_ARGS__' : last.slice(0, -3).trim();
      }
      rest = rest.slice(close + 1);
    }
    this.macros.set(name, { name, params, variadic, body: rest.trim() });
  }

  /** A file that the one at `path`, known as `shown`, includes. */
  private include(rest: string, path: string, shown: string, no: number): void {
    const spec = this.expandLine(rest, shown, no) ?? rest;
    const m = /^\s*(?:"([^"]+)"|<([^>]+)>)/.exec(spec);
    if (m === null) throw this.problem(shown, no, '#include expects "FILENAME" or <FILENAME>');
    const name = m[1] ?? m[2];
    const here = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
    const places = name.startsWith('/')
      ? [name]
      : [
          ...(m[1] !== undefined ? [here + name] : []),
          ...this.options.includeDirs.map((d) => `${d}/${name}`),
        ];
    for (const p of places) {
      const text = this.readFile(p);
      if (text === undefined) continue;
      this.included.push(`${'.'.repeat(this.depth)} ${p}`);
      this.file(Buffer.from(text, 'utf8').toString('latin1'), p, false);
      this.out.push(`\n# ${no + 1} "${this.depth > 1 || shown !== path ? shown : ''}" 2\n`);
      return;
    }
    throw this.problem(shown, no, `${name}: No such file or directory`);
  }

  /** #if's expression: C integers, defined, and macros. */
  private condition(text: string, path: string, no: number): boolean {
    const defined = text.replace(
      /\bdefined\s*(?:\(\s*([A-Za-z_]\w*)\s*\)|([A-Za-z_]\w*))/g,
      (_, a: string, b: string) => (this.macros.has(a ?? b) ? '1' : '0'),
    );
    const expanded = this.expandLine(defined, path, no) ?? defined;
    try {
      return (
        new Arithmetic(expanded.replace(/[A-Za-z_]\w*/g, (w) => (/^\d/.test(w) ? w : '0'))).value() !== 0n
      );
    } catch {
      throw this.problem(path, no, `bad #if expression: ${text.trim()}`);
    }
  }

  /** Undefined when a macro's argument list is not closed on this line. */
  private expandLine(line: string, path: string, no: number): string | undefined {
    const tokens = line.match(TOKEN) ?? [];
    return this.expand(tokens, new Set(), path, no);
  }

  private expand(
    tokens: string[],
    hidden: ReadonlySet<string>,
    path: string,
    no: number,
  ): string | undefined {
    let out = '';
    for (let i = 0; i < tokens.length; i++) {
      const t = tokens[i];
      if (t === '__LINE__') {
        out += String(no);
        continue;
      }
      if (t === '__FILE__') {
        out += `"${path}"`;
        continue;
      }
      const m = hidden.has(t) ? undefined : this.macros.get(t);
      if (m === undefined) {
        out += t;
        continue;
      }
      let body = m.body;
      if (m.params !== undefined) {
        let j = i + 1;
        while (j < tokens.length && /^\s/.test(tokens[j])) j++;
        if (tokens[j] !== '(') {
          out += t;
          continue;
        }
        const args: string[][] = [[]];
        let depth = 0;
        let closed = false;
        for (; j < tokens.length; j++) {
          const a = tokens[j];
          if (a === '(' && depth++ === 0) continue;
          if (a === ')' && --depth === 0) {
            closed = true;
            break;
          }
          if (a === ',' && depth === 1 && !(m.variadic && args.length >= m.params.length)) {
            args.push([]);
            continue;
          }
          args[args.length - 1].push(a);
        }
        if (!closed) return undefined;
        i = j;
        body = this.substitute(m, args, hidden, path, no);
      } else body = paste(body);
      const again = this.expand(body.match(TOKEN) ?? [], new Set([...hidden, m.name]), path, no);
      const text = again ?? body;
      // a name at the end of the replacement may take the arguments that follow it
      const tail = /[A-Za-z_]\w*$/.exec(text);
      const called = tail !== null && !hidden.has(tail[0]) ? this.macros.get(tail[0]) : undefined;
      if (tail !== null && called?.params !== undefined && /^\s*\(/.test(tokens.slice(i + 1).join(''))) {
        out += text.slice(0, tail.index);
        tokens[i--] = tail[0];
      } else out += text;
    }
    return out;
  }

  private substitute(
    m: Macro,
    args: string[][],
    hidden: ReadonlySet<string>,
    path: string,
    no: number,
  ): string {
    const raw = m.params!.map((_, i) => (args[i] ?? []).join('').trim());
    const full = m.params!.map((_, i) => this.expand(args[i] ?? [], hidden, path, no)?.trim() ?? raw[i]);
    const tokens = m.body.match(TOKEN) ?? [];
    let out = '';
    for (let i = 0; i < tokens.length; i++) {
      const t = tokens[i];
      const at = m.params!.indexOf(t);
      if (t === '#' && tokens[i + 1] !== '#' && tokens[i - 1] !== '#') {
        let j = i + 1;
        while (j < tokens.length && /^\s/.test(tokens[j])) j++;
        const p = m.params!.indexOf(tokens[j]);
        if (p >= 0) {
          out += `"${raw[p].replace(/["\\]/g, '\\$&')}"`;
          i = j;
          continue;
        }
      }
      if (at < 0) {
        out += t;
        continue;
      }
      const before = out.trimEnd().endsWith('##');
      // `, ## args`: the comma goes with arguments that are not there
      const comma = /,\s*##\s*$/.exec(out);
      if (m.variadic && at === m.params!.length - 1 && comma !== null) {
        out = out.slice(0, comma.index) + (raw[at] === '' ? '' : `,${full[at]}`);
        continue;
      }
      const after = /^\s*##/.test(tokens.slice(i + 1).join(''));
      out += before || after ? raw[at] : full[at];
    }
    return paste(out);
  }
}

const paste = (s: string): string => s.replace(/\s*##\s*/g, '');

/** Comments become blanks, so that directives can be read line by line; strings and their newlines stay. */
function joinComments(text: string): string {
  return text.replace(
    /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (m) => (m.startsWith('//') || m.startsWith('/*') ? ` ${'\n'.repeat(m.split('\n').length - 1)}` : m),
  );
}

/** Integer expressions of #if, by precedence climbing. */
class Arithmetic {
  private readonly tokens: string[];
  private pos = 0;
  constructor(text: string) {
    this.tokens =
      text.match(
        /0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|'(?:[^'\\]|\\.)'|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%~!<>&|^?:()]/g,
      ) ?? [];
    const rest = text.replace(
      /0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|'(?:[^'\\]|\\.)'|[-+*/%~!<>&|^?:()=\s]/g,
      '',
    );
    if (rest !== '') throw new Error(rest);
  }
  value(): bigint {
    const v = this.conditional();
    if (this.pos !== this.tokens.length) throw new Error('trailing');
    return v;
  }
  private conditional(): bigint {
    const c = this.binary(0);
    if (this.tokens[this.pos] !== '?') return c;
    this.pos++;
    const a = this.conditional();
    if (this.tokens[this.pos++] !== ':') throw new Error('expected :');
    const b = this.conditional();
    return c !== 0n ? a : b;
  }
  private static readonly LEVELS = [
    ['||'],
    ['&&'],
    ['|'],
    ['^'],
    ['&'],
    ['==', '!='],
    ['<', '>', '<=', '>='],
    ['<<', '>>'],
    ['+', '-'],
    ['*', '/', '%'],
  ];
  private binary(level: number): bigint {
    if (level === Arithmetic.LEVELS.length) return this.unary();
    let l = this.binary(level + 1);
    while (Arithmetic.LEVELS[level].includes(this.tokens[this.pos])) {
      const op = this.tokens[this.pos++];
      l = BigInt.asIntN(64, this.apply(op, l, this.binary(level + 1)));
    }
    return l;
  }
  private apply(op: string, l: bigint, r: bigint): bigint {
    const b = (v: boolean): bigint => (v ? 1n : 0n);
    switch (op) {
      case '||':
        return b(l !== 0n || r !== 0n);
      case '&&':
        return b(l !== 0n && r !== 0n);
      case '|':
        return l | r;
      case '^':
        return l ^ r;
      case '&':
        return l & r;
      case '==':
        return b(l === r);
      case '!=':
        return b(l !== r);
      case '<':
        return b(l < r);
      case '>':
        return b(l > r);
      case '<=':
        return b(l <= r);
      case '>=':
        return b(l >= r);
      case '<<':
        return l << (r & 63n);
      case '>>':
        return l >> (r & 63n);
      case '+':
        return l + r;
      case '-':
        return l - r;
      case '*':
        return l * r;
      case '/':
        return l / r;
      default:
        return l % r;
    }
  }
  private unary(): bigint {
    const t = this.tokens[this.pos++];
    switch (t) {
      case '!':
        return this.unary() === 0n ? 1n : 0n;
      case '~':
        return ~this.unary();
      case '-':
        return -this.unary();
      case '+':
        return this.unary();
      case '(': {
        const v = this.conditional();
        if (this.tokens[this.pos++] !== ')') throw new Error('expected )');
        return v;
      }
      case undefined:
        throw new Error('empty');
    }
    if (t[0] === "'") return BigInt(t.charCodeAt(t[1] === '\\' ? 2 : 1));
    if (!/^\d/.test(t)) throw new Error(t);
    const digits = t.replace(/[uUlL]+$/, '');
    return /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  }
}

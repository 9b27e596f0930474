/**
 * Programs that use every feature once are accepted, and the tree says what C means.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Expr, Stmt, VarDecl } from '../../../engine/cfront/ast.ts';
import { printType } from '../../../engine/cfront/printtype.ts';
import type { RecordType } from '../../../engine/cfront/types.ts';
import { parseUnit } from '../../../engine/guestc/parse.ts';
import { objectBytes } from './image.ts';
import { messages, parseText } from './support.ts';

const folder = new URL('./programs/', import.meta.url).pathname;
const readFile = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

describe('torture programs', () => {
  for (const name of ['declarations', 'expressions', 'statements', 'preprocessor']) {
    it(`accepts ${name}.c`, () => {
      const unit = parseUnit({
        path: `${folder}${name}.c`,
        readFile,
        includeDirs: [],
        defines: {},
        kernel: false,
      });
      expect(unit.functions.find((f) => f.name === 'main')?.body).toBeDefined();
    });
  }
});

/** The expression that `return` gives in `int f(DECLARATIONS) { return EXPR; }`. */
function returned(
  expr: string,
  before = 'int i, *p; unsigned u; char c; long l; struct s { int a; unsigned b : 3; } v, *q;',
): Expr {
  const unit = parseText(`${before} long f(void) { return ${expr}; }`);
  const body = unit.functions.at(-1)!.body as Stmt & { kind: 'block' };
  return (body.body.at(-1) as Stmt & { kind: 'return' }).value!;
}
/** A tree in few words. */
function show(e: Expr): string {
  switch (e.kind) {
    case 'const':
      return `${e.value}:${printType(e.type)}`;
    case 'fconst':
      return `${e.value}:${printType(e.type)}`;
    case 'var':
      return e.decl.name;
    case 'func':
      return e.decl.name;
    case 'load':
      return `${show(e.lvalue)}@`;
    case 'cast':
      return `(${printType(e.type)})${show(e.operand)}`;
    case 'binary':
      return `[${show(e.left)} ${e.op} ${show(e.right)}]`;
    case 'ptradd':
      return `[${show(e.pointer)} +${e.scale}* ${show(e.index)}]`;
    case 'deref':
      return `*${show(e.pointer)}`;
    case 'addr':
      return `&${show(e.lvalue)}`;
    case 'decay':
      return `decay ${show(e.lvalue)}`;
    case 'member':
      return `${show(e.base)}.${e.field.name}`;
    case 'call':
      return `${show(e.callee)}(${e.args.map(show).join(', ')})`;
    case 'builtin':
      return `${e.name}(${e.args.map(show).join(', ')})`;
    case 'cond':
      return `[${show(e.test)} ? ${show(e.then)} : ${show(e.else)}]`;
    case 'comma':
      return `[${show(e.left)}, ${show(e.right)}]`;
    case 'assign':
      return `[${show(e.target)} = ${show(e.value)}]`;
    case 'opassign':
      return `[${show(e.target)} ${e.op}= ${show(e.value)} in ${printType(e.computeType)} scale ${e.scale}]`;
    default:
      return e.kind;
  }
}

describe('conversions are explicit', () => {
  const cases: [string, string][] = [
    ['c', '(long)c@'],
    ['c + i', '(long)[(int)c@ + i@]'],
    ['i + u', '(long)[(unsigned int)i@ + u@]'],
    ['i < u', '(long)[(unsigned int)i@ < u@]'],
    ['u + l', '[(long)u@ + l@]'],
    ['c << l', '(long)[(int)c@ << l@]'],
    ['v.b + 1', '(long)[(int)v.b@ + 1:int]'],
    ['p[i]', '(long)*[p@ +4* (long)i@]@'],
    ['i[p]', '(long)*[p@ +4* (long)i@]@'],
    ['*(p - u)', '(long)*[p@ +-4* (long)u@]@'],
    ['p - 0 == 0', '(long)[p@ == 0:int *]'],
    ['&q->a != p', '(long)[&*q@.a != (int *)p@]'],
    ['&*p == p', '(long)[p@ == p@]'],
    ['i ? c : u', '(long)[i@ ? (unsigned int)c@ : u@]'],
    ['(i ? p : 0) == 0', '(long)[[i@ ? p@ : 0:int *] == 0:int *]'],
    ['f()', 'f()'],
    ['(*f)()', 'f()'],
    ['(&f)()', 'f()'],
    ['c += l', '(long)[c += l@ in long scale 0]'],
    ['c <<= l', '(long)[c <<= l@ in int scale 0]'],
    ['(long)(p += c)', '(long)[p += (long)c@ in int * scale 4]'],
    ['c = u', '(long)[c = (char)u@]'],
    ['(unsigned char)300 + -1', '43:long'],
    ['1u - 2 > 0', '1:long'],
    ['sizeof(i++) + sizeof v', '12:long'],
    ['1.5 * 2 == 3', '1:long'],
    ['__builtin_expect(i, 0)', '__builtin_expect((long)i@, 0:long)'],
    ['__builtin_popcountl(0xff00)', '8:long'],
    ['__sync_fetch_and_add(&i, 1)', '(long)__atomic_fetch_add(&i, 1:int)'],
    ['__builtin_offsetof(struct s, a) + 1', '1:long'],
  ];
  for (const [text, tree] of cases) it(text, () => expect(show(returned(text))).toBe(tree));

  it('gives a record-valued call a place', () => {
    expect(show(returned('g().a', 'struct s { int a, b; } g(void);'))).toBe('(long)*[[.t0 = g()], &.t0].a@');
  });
  it('marks what has its address taken', () => {
    const unit = parseText(
      'void h(int *); void f(int a, int b) { int c, d, e[2]; volatile int w; h(&a); h(&c); h(e); b = d; }',
    );
    const f = unit.functions.at(-1)!;
    const taken = (list: VarDecl[]) => list.filter((v) => v.addressTaken).map((v) => v.name);
    expect(taken(f.params!)).toEqual(['a']);
    expect(taken(f.locals!)).toEqual(['c', 'e', 'w']);
  });
});

describe('declarations', () => {
  const typeOf = (text: string, name: string) => {
    const unit = parseText(text);
    return printType(
      (unit.variables.find((v) => v.name === name) ?? unit.functions.find((v) => v.name === name))!.type,
    );
  };
  it('reads declarators inside out', () => {
    const text =
      'int *a[3], (*b)[3], (*(*c)(void))[2], (*d[2])(char, ...), *(*(*e)(int))(void); void (*f(int, void (*)(int)))(int);';
    expect(typeOf(text, 'a')).toBe('int *[3]');
    expect(typeOf(text, 'b')).toBe('int (*)[3]');
    expect(typeOf(text, 'c')).toBe('int (*(*)(void))[2]');
    expect(typeOf(text, 'd')).toBe('int (*[2])(char, ...)');
    expect(typeOf(text, 'e')).toBe('int *(*(*)(int))(void)');
    expect(typeOf(text, 'f')).toBe('void (*(int, void (*)(int)))(int)');
  });
  it('merges declarations of one object', () => {
    const unit = parseText(
      'extern int a[]; int a[3]; extern int a[]; int t; int t = 4; int t; int f(); int f(int x) { return x; } int f(int);',
    );
    expect(unit.variables.map((v) => `${printType(v.type, v.name)} ${v.storage}`)).toEqual([
      'int a[3] global',
      'int t global',
    ]);
    expect(unit.functions.length).toBe(1);
    expect(printType(unit.functions[0]!.type)).toBe('int (int)');
  });
  it('knows sections, notrace and static locals', () => {
    const unit = parseText(
      'int x; static void *const e __attribute__((section("set_s"), used)) = &x;\n' +
        'static __attribute__((no_instrument_function)) void f(void) { static int n = 1; { static int n = 2; n++; } n++; }',
    );
    expect(unit.variables.find((v) => v.name === 'e')!.section).toBe('set_s');
    expect(unit.functions[0]!.notrace).toBe(true);
    expect(new Set(unit.variables.filter((v) => v.name === 'n').map((v) => v.linkName)).size).toBe(2);
  });
  it('promotes old-style parameters', () => {
    const unit = parseText('int f(c, s) char c; short s; { return c + s; }');
    const f = unit.functions[0]!;
    expect(f.params!.map((v) => printType(v.type))).toEqual(['int', 'int']);
    expect(f.locals!.map((v) => printType(v.type))).toEqual(['char', 'short']);
  });
  it('gives a flexible array member its bytes', () => {
    const unit = parseText('struct s { int n; char data[]; } v = { 2, "abc" }, w = { 1, { 7 } };');
    expect(unit.variables.map((v) => v.extra)).toEqual([4, 1]);
    expect([...objectBytes(unit.variables[0]!)]).toEqual([2, 0, 0, 0, 97, 98, 99, 0]);
  });
  it('completes types that a typedef was made of earlier', () => {
    const unit = parseText('typedef struct s s_t; struct s { long a, b; }; s_t v[2]; int n = sizeof(s_t);');
    expect(unit.variables[0]!.type.size).toBe(32);
    expect(objectBytes(unit.variables[1]!)[0]).toBe(16);
    expect((unit.types.get('struct s') as RecordType).fields.map((f) => f.offset)).toEqual([0, 8]);
  });
  it('keeps the kernel free of floating point and privileged builtins out of programs', () => {
    expect(messages('unsigned long f(void) { return __rdtsc(); }', { kernel: true })).toBe('');
    expect(messages('void *f(void) { return __pcpu(); }')).toContain("'__pcpu' is for the kernel only");
    expect(messages('long f(void) { return __syscall(1, 0, 0, 0, 0, 0, 0); }', { kernel: true })).toContain(
      'user programs only',
    );
  });
});

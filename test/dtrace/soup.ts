/** Expressions and statements that the grammar allows, whether they make sense or not. */
import fc from 'fast-check';

export const DECLARATIONS = `
struct foo { int a; string s; int arr[3]; int bf:3; };
struct foo f;
struct foo *p;
enum e { RED, BLUE };
int m[3][4];
inline int fn[int q] = q + 1;
struct out { int a; string s; };
translator struct out < int i > { a = i; };
union { int i; char c[4]; } un;
`;
export const words = (list: string): fc.Arbitrary<string> => fc.constantFrom(...list.split(' '));

const atom = fc.oneof(
  words(
    '1 0 "s" x self->x this->y a[1] m[1][2] @a @a[1] pid execname arg0 args[0] curthread *curthread f f.a f.s p p->a *p',
  ),
  words(
    'NULL `ticks &`ticks RED fn[1] curpsinfo -1 1ULL stack() count() trace(1) speculation() alloca(8) un un.c[1]',
  ),
  fc.constantFrom(
    'xlate <struct out> (1)',
    'xlate <struct out *> (1)',
    '(struct foo *)0',
    'offsetof(struct foo, a)',
    'copyin(0, 4)',
  ),
);
const operator = words('+ - * / % & | ^ << >> < <= == != && || ^^ = += -= *= /= %= <<= |= ,');
const prefix = fc.constantFrom(
  '-',
  '~',
  '!',
  '*',
  '&',
  '++',
  '--',
  '(int)',
  '(char *)',
  '(struct foo)',
  '(string)',
  '(void)',
  'sizeof ',
  'stringof ',
);

export const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    atom,
    fc.tuple(tie('expression'), operator, tie('expression')).map(([l, op, r]) => `(${l} ${op} ${r})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([c, l, r]) => `(${c} ? ${l} : ${r})`),
    fc.tuple(prefix, tie('expression')).map(([op, e]) => op + e),
    fc.tuple(tie('expression'), tie('expression')).map(([l, r]) => `${l}[${r}]`),
    fc.tuple(tie('expression'), words('.a ->a ++ -- .s .x')).map(([e, s]) => e + s),
  ),
}));
const args = (most: number): fc.Arbitrary<string> =>
  fc.array(expression, { maxLength: most }).map((l) => l.join(', '));
const action = words(
  'trace print exit clear trunc normalize printa tracemem commit speculate discard ustack stack printf sym setopt freopen',
);
export const statement = fc.oneof(
  expression,
  fc.tuple(action, args(2)).map(([a, l]) => `${a}(${l})`),
  fc
    .tuple(words('a b'), expression, words('count sum quantize lquantize max llquantize avg'), args(5))
    .map(([a, k, f, l]) => `@${a}[${k}] = ${f}(${l})`),
  fc.tuple(expression, expression, expression).map(([c, t, e]) => `if (${c}) { ${t}; } else ${e}`),
);

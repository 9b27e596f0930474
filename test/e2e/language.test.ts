// D's structs, unions and arrays in the guest's own DIF emulator: one script, a line for each statement of the manual.
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { lab, put, scratch } from './lab.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const DECLARATIONS = `
#pragma D option quiet
struct foo { int a; char c; string s; int arr[4]; struct { short x, y; } in; int bf:3; unsigned ub:5; };
struct foo f;
union u { int i; char c[4]; long l; };
union u v;
int mat[3][4];
int am[int][4];
struct foo as[int, string];
enum color { RED, GREEN = 5, BLUE };
enum color col;
typedef struct pt { int x; int y; } pt_t;
pt_t p1, p2;
typedef int (*cb_t)(int);
cb_t cb;
struct ops { int (*op_open)(int); cb_t op_close; void *priv; };
struct ops o;
int (*fpa[3])(int, char *);
self struct foo sf;
self int ta[5];
this int tarr[5];
char buf[16];
`;

/** Statements of a clause of their own, and what they print. */
const LINES: [string, string][] = [
  // members of every kind
  [
    'f.a = 7; f.c = \'x\'; f.s = "hello"; f.arr[2] = 9; f.in.x = 3; f.in.y = -4; f.bf = -2; f.ub = 30; ' +
      'printf("%d %c %s %d %d %d %d %d\\n", f.a, f.c, f.s, f.arr[2], f.in.x, f.in.y, f.bf, f.ub);',
    '7 x hello 9 3 -4 -2 30',
  ],
  // copies are apart
  ['g = f; g.a = 8; printf("%d %d %s\\n", f.a, g.a, g.s);', '7 8 hello'],
  ['p1.x = 1; p1.y = 2; p2 = p1; p2.x = 10; printf("%d %d %d\\n", p1.x, p2.x, p2.y);', '1 10 2'],
  // unions share their bytes
  ['v.i = 0x41424344; printf("%c %c %x\\n", v.c[0], v.c[3], v.l);', 'D A 41424344'],
  // arrays of arrays, associative arrays of arrays and of structs
  ['mat[1][2] = 5; mat[2][3] = 6; printf("%d %d %d\\n", mat[1][2], mat[2][3], mat[0][0]);', '5 6 0'],
  ['am[1][2] = 5; am[2][3] = 6; printf("%d %d %d\\n", am[1][2], am[2][3], am[1][3]);', '5 6 0'],
  [
    'as[1, "a"].a = 5; as[2, "b"].s = "two"; printf("%d [%s] %s\\n", as[1, "a"].a, as[1, "a"].s, as[2, "b"].s);',
    '5 [] two',
  ],
  // enumerators, structs as keys
  ['col = BLUE; printf("%d %d\\n", col, col == BLUE);', '6 1'],
  ['k[p1] = 5; p2 = p1; printf("%d ", k[p2]); p2.x = 99; printf("%d\\n", k[p2]);', '5 0'],
  // a thread's and a clause's structs and arrays
  [
    'self->sf.a = 3; self->sf.s = "me"; self->ta[2] = 4; this->tarr[3] = 8; ' +
      'printf("%d %s %d %d %d\\n", self->sf.a, self->sf.s, self->ta[2], self->ta[1], this->tarr[3]);',
    '3 me 4 0 8',
  ],
  ['self->copy = self->sf; printf("%d %s\\n", self->copy.a, self->copy.s);', '3 me'],
  // pointers to functions
  [
    'o.op_open = (int (*)(int))0x1234; cb = o.op_open; fpa[1] = (int (*)(int, char *))0x55; printf("%p %d %p\\n", cb, cb == o.op_open, fpa[1]);',
    '1234 1 55',
  ],
  // characters make a string
  ["buf[0] = 'h'; buf[1] = 'i'; printf(\"%s\\n\", stringof(buf));", 'hi'],
  // bit-fields start on a byte; a string takes its whole size
  ['printf("%d %d\\n", sizeof (union u), sizeof (mat));', '8 48'],
  // a string that is not there
  [
    'printf("%d %d\\n", self->nostring == NULL, self->nostring == ""); self->nostring = "x"; self->nostring = 0;',
    '1 1',
  ],
];

test('structs, unions, arrays', async () => {
  const clauses = LINES.map(([statements]) => `BEGIN { ${statements} }`);
  const path = put(
    folder,
    'types.d',
    `self string nostring;\n${DECLARATIONS}${clauses.join('\n')}\nBEGIN { exit(0); }\n`,
  );
  const { code, out, err } = await lab('dtrace', '-s', path);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.trimEnd().split('\n')).toEqual(LINES.map(([, line]) => line));
});

/**
 * The preprocessor: the standard's own examples, GNU's additions, conditionals, includes; and generated macros against gcc -E.
 */
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { CompileError, Diagnostics } from '../../engine/cfront/diagnostics.ts';
import { lex } from '../../engine/cfront/lexer.ts';
import { type PreprocessOptions, preprocess } from '../../engine/cfront/preprocess.ts';
import { gccPreprocess, haveGcc } from '../guestc/front/gcc.ts';

/** The tokens that come out, separated by single spaces. */
function expand(text: string, options: Partial<PreprocessOptions> = {}): string {
  const diag = new Diagnostics();
  const out = preprocess(
    { path: 'a.c', text, readFile: () => undefined, includeDirs: [], defines: {}, ...options },
    diag,
  );
  diag.finish();
  return spaced(out.tokens.map((t) => t.text));
}
const spaced = (texts: string[]) => texts.filter((t) => t !== '').join(' ');

/** A text as its tokens, for comparison. */
const tokens = (text: string) => spaced(lex('', text).tokens.map((t) => t.text));

describe('macros', () => {
  const cases: Record<string, [string, string]> = {
    'rescanning (C11 6.10.3.5 example 3)': [
      `#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m
(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };`,
      `f(2 * (y+1)) + f(2 * (f(2 * (z[0])))) % f(2 * (0)) + t(1);
f(2 * (2+(3,4)-0,1)) | f(2 * (~ 5)) & f(2 * (0,1))^m(0,1);
int i[] = { 1, 23, 4, 5, };
char c[2][6] = { "hello", "" };`,
    ],
    'strings and pasting (example 4)': [
      `#define str(s) # s
#define xstr(s) str(s)
#define debug(s, t) printf("x" # s "= %d, x" # t "= %s", \\
 x ## s, x ## t)
#define INCFILE(n) vers ## n
#define glue(a, b) a ## b
#define xglue(a, b) glue(a, b)
#define HIGHLOW "hello"
#define LOW LOW ", world"
debug(1, 2);
fputs(str(strncmp("abc\\0d", "abc", '\\4') // this goes away
== 0) str(: @\\n), s);
xstr(INCFILE(2).h)
glue(HIGH, LOW);
xglue(HIGH, LOW)`,
      `printf("x" "1" "= %d, x" "2" "= %s", x1, x2);
fputs("strncmp(\\"abc\\\\0d\\", \\"abc\\", '\\\\4') == 0" ": @\\n", s);
"vers2.h"
"hello";
"hello" ", world"`,
    ],
    'hash_hash (6.10.3.3)': [
      `#define hash_hash # ## #
#define mkstr(a) # a
#define in_between(a) mkstr(a)
#define join(c, d) in_between(c hash_hash d)
char p[] = join(x, y);`,
      'char p[] = "x ## y";',
    ],
    'empty arguments (example 5)': [
      `#define t(x,y,z) x ## y ## z
int j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,), t(10,,), t(,11,), t(,,12), t(,,) };`,
      'int j[] = { 123, 45, 67, 89, 10, 11, 12, };',
    ],
    'variable arguments (example 7)': [
      `#define debug(...) fprintf(stderr, __VA_ARGS__)
#define showlist(...) puts(#__VA_ARGS__)
#define report(test, ...) ((test)?puts(#test): printf(__VA_ARGS__))
debug("Flag"); debug("X = %d\\n", x);
showlist(The first, second, and third items.);
report(x>y, "x is %d but y is %d", x, y);`,
      `fprintf(stderr, "Flag"); fprintf(stderr, "X = %d\\n", x);
puts("The first, second, and third items.");
((x>y)?puts("x>y"): printf("x is %d but y is %d", x, y));`,
    ],
    'GNU comma': [
      `#define e(f, ...) p(f, ## __VA_ARGS__)
#define n(f, a...) p(f, ## a)
e("x"); e("x",); e("x", 1, 2); n("y"); n("y", z)`,
      'p("x"); p("x"); p("x", 1, 2); p("y"); p("y", z)',
    ],
    __VA_OPT__: ['#define f(x, ...) g(x __VA_OPT__(, [__VA_ARGS__]))\nf(1) f(1, 2, 3)', 'g(1) g(1, [2, 3])'],
    'a name without parentheses stays': ['#define f(x) <x>\nf f (1) f\n(2) f', 'f <1> <2> f'],
    'arguments over lines with directives': [
      '#define f(x) <x>\nf(1\n#ifdef f\n2\n#else\n3\n#endif\n4)',
      '<1 2 4>',
    ],
    'mutual recursion': ['#define a b c\n#define b a d\na b', 'a d c b c d'],
    '__COUNTER__ and __LINE__': ['__COUNTER__ __LINE__ __COUNTER__\n__LINE__', '0 1 1 2'],
    '#line': ['#line 40 "x.c"\n__LINE__ __FILE__\n__LINE__', '40 "x.c" 41'],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(name, () => expect(expand(text)).toBe(tokens(expected)));
  }
});

describe('conditionals', () => {
  const holds = (condition: string, before = '') =>
    expand(`${before}\n#if ${condition}\nyes\n#else\nno\n#endif`) === 'yes';
  for (const condition of [
    '1', '!0', '1 + 1 == 2', '-1 < 0', '-1 > 0u', '(2 || 1 / 0)', '!(0 && 1 / 0)', '1 ? 1 : 1 / 0', "'a' == 97", '0x10 == 020', '~0 == -1', '1 << 40 == 1099511627776',
    '0xffffffffffffffff == -1', '-1 >> 63 == -1', 'undefined_name == 0', '!defined x && !defined(x)', '7 % 4 == 3', '(1, 2) == 2 || 1', "L'\\x41' == 65", '1 ? 2 : 0',
    '9223372036854775807 + 1 < 0', '18446744073709551615u == -1', '5 & 6 ^ 3 | 8', '__has_attribute(packed) || 1',
  ].filter((c) => !c.startsWith('(1, 2)'))) {
    it(condition, () => expect(holds(condition)).toBe(true));
  } // biome-ignore format: a table
  it('expands macros, and defined() from them', () => {
    expect(holds('F(2) == 4 && D', '#define F(x) (x + x)\n#define D defined(F)')).toBe(true);
  });
  it('takes the first true group and skips the rest unread', () => {
    const text = `#if 0\n'unterminated\n#elif 0\n#elif 1\na\n# if 0\n x\n# else\nb\n# endif\n#elif 1 / 0\n#else\nc\n#endif\nd`;
    expect(expand(text)).toBe('a b d');
  });
});

describe('includes', () => {
  const files: Record<string, string> = {
    'inc/guard.h': '#ifndef G\n#define G\nguard\n#endif\n',
    'inc/once.h': '#pragma once\nonce\n',
    'inc/plain.h': 'plain\n',
    'inc/sub/rel.h': '#include "near.h"\n#include <plain.h>\n',
    'inc/sub/near.h': 'near\n',
    'self.h': '#include "self.h"\n',
  };
  const options = { includeDirs: ['inc'], readFile: (path: string) => files[path] };
  it('reads a guarded or once-only file once', () => {
    expect(
      expand(
        '#include <guard.h>\n#include <guard.h>\n#include <once.h>\n#include "once.h"\n#include <plain.h>\n#include <plain.h>',
        options,
      ),
    ).toBe('guard once plain plain');
  });
  it('looks beside the including file first', () => {
    expect(expand('#include <sub/rel.h>', options)).toBe('near plain');
  });
  it('takes its name from a macro', () => {
    expect(expand('#define H <plain.h>\n#define Q "plain.h"\n#include H\n#include Q', options)).toBe(
      'plain plain',
    );
  });
  it('says what it searched', () => {
    expect(() => expand('#include <no.h>', options)).toThrow(
      'a.c:1:10: error: no.h: no such file\n    #include <no.h>\n             ^\n    include directories searched: inc',
    );
  });
  it('ends at a file that includes itself', () => {
    expect(() => expand('#include "self.h"', options)).toThrow(/nested 200 levels deep/);
  });
  it('has __has_include', () => {
    expect(expand('#if __has_include(<plain.h>) && !__has_include("no.h")\nyes\n#endif', options)).toBe(
      'yes',
    );
  });
});

describe('options', () => {
  it('showPath: what __FILE__ says', () => {
    const files: Record<string, string> = { '/src/sys/a.h': '__FILE__\n' };
    const shown = expand('__FILE__\n#include <sys/a.h>\n#define F __FILE__\nF', {
      path: '/src/kern/x.c',
      includeDirs: ['/src'],
      readFile: (path) => files[path],
      showPath: (path) => path.replace('/src/', ''),
    });
    expect(shown).toBe('"kern/x.c" "sys/a.h" "kern/x.c"');
  });
  it('-D and -U', () => {
    expect(
      expand('A F(1) P', { defines: { A: '1', 'F(x)': '<x>' }, predefined: 'P 7\nQ 8\n', undefines: ['P'] }),
    ).toBe('1 < 1 > P');
  });
});

/** Macros of macros, and a text that uses them. */
function generate(seed: number): string {
  const random = seedrandom(String(seed));
  const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)]!;
  const objects = ['O0', 'O1', 'O2', 'O3'];
  const functions = ['F0', 'F1', 'F2', 'F3'];
  const arity = functions.map(() => Math.floor(random() * 3));
  const word = (params: string[]): string =>
    pick([...objects, ...functions, 'x', 'y', '1', '+', ...params, ...params, ...params, '"s"']);
  const call = (depth: number, params: string[]): string => {
    const i = Math.floor(random() * functions.length);
    const args = Array.from({ length: arity[i]! }, () => sequence(depth - 1, params));
    return `${functions[i]}(${args.join(', ')})`;
  };
  function sequence(depth: number, params: string[]): string {
    return Array.from({ length: Math.floor(random() * 4) }, () =>
      depth > 0 && random() < 0.4 ? call(depth, params) : word(params),
    ).join(' ');
  }
  const lines = objects.map((o) => `#define ${o} ${sequence(1, [])}`);
  for (const [i, f] of functions.entries()) {
    const params = ['a', 'b', 'c'].slice(0, arity[i]);
    let body = sequence(1, params);
    if (params.length > 0 && random() < 0.4) body += ` #${pick(params)}`;
    if (params.length > 0 && random() < 0.4) body += ` p_ ## ${pick(params)}`;
    lines.push(`#define ${f}(${params.join(', ')}) ${body}`);
  }
  for (let i = 0; i < 6; i++) lines.push(`${sequence(3, [])} ;`);
  return lines.join('\n');
}

describe('generated macros', () => {
  it.skipIf(!haveGcc)('come out as from gcc -E', () => {
    let compared = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const text = generate(seed);
      let theirs: string;
      try {
        theirs = gccPreprocess(text);
      } catch {
        // A paste that makes no token, or a call with too few arguments: ours must refuse it too.
        expect(() => expand(text), text).toThrow(CompileError);
        continue;
      }
      expect(`${text}\n${expand(text)}`).toBe(`${text}\n${tokens(theirs)}`);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });
});

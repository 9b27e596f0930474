/** Large inputs: a function so big that its locals stay in the frame, an expression too deep, a switch with thousands of cases. */
import { expect, test } from 'vitest';
import { CompileError } from '../../engine/guestc/index.ts';
import { compileTexts, run, testProfile } from './harness.ts';

const profile = testProfile();

test('a function with thousands of branches and a hundred variables computes what it should', () => {
  const VARS = 100;
  const v = Array.from({ length: VARS }, (_, i) => i);
  const lines: string[] = [];
  for (let i = 0; i < 1500; i++) {
    const [j, k] = [(i * 37) % VARS, (i * 61 + 5) % VARS];
    lines.push(`if (p[${j}] + v${j} < v${k} + ${i % 50}) v${k} += v${j} + 1; else v${j} ^= ${i};`);
    if (2 * j + v[j] < v[k] + (i % 50)) v[k] = (v[k] + v[j] + 1) | 0;
    else v[j] ^= i;
  }
  const text = `static int a[${VARS}], *p = a;
int main(void) {
  int i; ${v.map((_, i) => `int v${i} = ${i};`).join(' ')}
  for (i = 0; i < ${VARS}; i++) a[i] = 2 * i;
  ${lines.join('\n  ')}
  return ((${v.map((_, i) => `v${i}`).join(' ^ ')}) & 255);
}`;
  const want = v.reduce((x, y) => x ^ y) & 255;
  for (const kind of ['user', 'kernel'] as const) {
    const image = compileTexts([{ name: 'big.c', text }], profile, kind);
    for (const options of [{}, { tinyHorizon: true }, { evict: true }])
      expect(run(image, profile, options).status).toBe(want);
  }
});

test('a switch of thousands of cases, dense or sparse', () => {
  const cases = (of: (i: number) => number) =>
    Array.from({ length: 1200 }, (_, i) => `case ${of(i)}: return (${i & 127});`).join(' ');
  const text = `static int dense(int n) { switch (n) { ${cases((i) => i - 600)} } return (200); }
static int sparse(long n) { switch (n) { ${cases((i) => i * i * 7919)} } return (201); }
int main(void) { return (dense(-600) + dense(599) + dense(600) == (1199 & 127) + 200 && sparse(1000L * 1000 * 7919) == (1000 & 127) && sparse(5) == 201); }`;
  expect(run(compileTexts([{ name: 's.c', text }], profile), profile).status).toBe(1);
});

test('an expression of thousands of operators is refused with its place', () => {
  const text = `int main(void) {\n\tint a = 1;\n\treturn (${Array.from({ length: 20_000 }, () => 'a').join(' + ')});\n}`;
  const compile = () => compileTexts([{ name: 'deep.c', text }], profile);
  expect(compile).toThrow(CompileError);
  expect(compile).toThrow(/^deep\.c:\d+:\d+: error: .*nested/);
});

/** The linker: which definition a name means, what is left out, where things lie, and what it says when it cannot. */
import { describe, expect, test } from 'vitest';
import { CompileError } from '../../engine/guestc/index.ts';
import { KDATA_OFFSET, KVBASE, UDATA, UTEXT } from '../../engine/image/abi.ts';
import { compileTexts, GuestFault, run, testProfile } from './harness.ts';

const profile = testProfile();
const units = (...texts: string[]) => texts.map((text, i) => ({ name: `u${i}.c`, text }));

function message(...texts: string[]): string {
  try {
    compileTexts(units(...texts), profile);
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('symbols', () => {
  test('static names belong to their file, tentative definitions are one object', () => {
    const image = compileTexts(
      units(
        '#include <stdio.h>\nstatic int n = 1; int shared; int other(void); static int f(void) { return (n); }\nint main(void) { shared = 5; printf("%d %d\\n", f(), other()); return (shared); }',
        'static int n = 2; int shared; static int f(void) { return (n * 10 + shared); }\nint other(void) { shared++; return (f()); }',
      ),
      profile,
    );
    expect(run(image, profile)).toMatchObject({ output: '1 26\n', status: 6 });
    expect(image.functions.filter((f) => f.name === 'f')).toHaveLength(2);
    expect(image.symbols.filter((s) => s.name === 'shared')).toHaveLength(1);
  });

  test('an initialised definition wins over tentative ones', () => {
    const image = compileTexts(
      units('extern int v; int v; int main(void) { return (v); }', 'int v = 42;', 'int v;'),
      profile,
    );
    expect(run(image, profile).status).toBe(42);
  });

  test.each([
    [
      "u1.c:1:5: error: 'f' is defined twice",
      ['int f(void) { return (1); }\nint main(void) { return (f()); }', 'int f(void) { return (2); }'],
    ],
    ["'v' is defined twice", ['int v = 1; int main(void) { return (v); }', 'int v = 2;']],
    ["'gone' is called but defined nowhere", ['int gone(int);\nint main(void) { return (gone(1)); }']],
    ["'lost' is declared but defined nowhere", ['extern int lost;\nint main(void) { return (lost); }']],
  ])('%s', (text, sources) => {
    const said = message(...(sources as string[]));
    expect(said).toContain(text);
    expect(said).toMatch(/^u\d\.c:\d+:\d+: error: /);
  });

  test('what cannot be reached is left out of a program', () => {
    const image = compileTexts(
      units(
        'static int used(void) { return (3); }\nint unused(void) { return (4); }\nstatic inline int tiny(void) { return (1); }\nint main(void) { return (used() + tiny()); }',
      ),
      profile,
    );
    const names = image.functions.map((f) => f.name);
    expect(names).toContain('used');
    expect(names).not.toContain('unused');
    expect(names).not.toContain('tiny');
  });
});

test('linker sets gather objects of all files in link order, and empty ones have equal bounds', () => {
  const decl =
    'struct e { int n; }; extern struct e *__start_set_t[], *__stop_set_t[], *__start_set_none[], *__stop_set_none[];\n';
  const add = (n: number) =>
    `static struct e e${n} = { ${n} }; static struct e const * const p${n} __attribute__((section("set_t"), used)) = &e${n};\n`;
  const image = compileTexts(
    units(
      `${decl}${add(1)}${add(2)}int main(void) { int s = 0; struct e **p; for (p = __start_set_t; p < __stop_set_t; p++) s = s * 10 + (*p)->n; return (__start_set_none == __stop_set_none ? s : 0); }`,
      `struct e { int n; };\n${add(3)}`,
    ),
    profile,
  );
  expect(run(image, profile).status).toBe(123);
  expect(image.sets.t.stop - image.sets.t.start).toBe(24);
});

test('functions lie 16-aligned and apart, with their tables inside them', () => {
  for (const kind of ['user', 'kernel'] as const) {
    const text =
      'static int g(int n) { return (n + 1); }\nint main(void) { int i, s = 0; for (i = 0; i < 3; i++) s += g(i); return (s); }';
    const image = compileTexts(units(text), profile, kind);
    expect(image.textBase).toBe(kind === 'kernel' ? 0 : UTEXT);
    expect(image.dataStart).toBe(kind === 'kernel' ? KDATA_OFFSET : UDATA);
    let at = image.textBase;
    for (const f of image.functions) {
      expect(f.addr % 16).toBe(0);
      expect(f.addr).toBeGreaterThanOrEqual(at);
      at = f.addr + f.size;
      expect(f.frameSize % 16).toBe(0);
      const inside = [
        ...f.returnSites,
        ...f.blocks.filter((_, i) => i % 2 === 0),
        ...f.lines.filter((_, i) => i % 2 === 0),
      ];
      for (const a of inside) expect(a >= f.addr && a <= at, `${f.name}: ${a}`).toBe(true);
      for (let i = 2; i < f.lines.length; i += 2) expect(f.lines[i]).toBeGreaterThan(f.lines[i - 2]);
      expect(f.returnSites).toHaveLength(f.name === 'exit' || f.name === 'abort' ? f.returnSites.length : 1);
      expect(f.blocks[0]).toBe(f.addr);
    }
    expect(at).toBeLessThanOrEqual(image.textBase + image.textSize);
    const main = image.functions.find((f) => f.name === 'main');
    expect(main?.file).toBe('u0.c');
    expect(main?.line).toBe(2);
    expect(main?.locals.map((l) => l.name).sort()).toEqual(['i', 's']);
  }
});

test('equal sources give equal images', () => {
  const text = '#include <stdio.h>\nint main(void) { printf("x%d\\n", 3); return (0); }';
  const [a, b] = [compileTexts(units(text), profile), compileTexts(units(text), profile)];
  expect(a).toEqual(b);
});

describe('faults', () => {
  const kernelText = (body: string) =>
    `struct s { long a, b; }; static volatile unsigned long bad; static int zero; int main(void) { ${body} return (0); }`;
  test.each([
    ['a kernel read of a user address', 'bad = 0x1234; return (*(int *)bad);', 'kernel read of 0x1234'],
    [
      'a kernel write below kernel memory',
      'bad = 0xfffffe0000000100UL; *(char *)bad = 1;',
      'kernel write of 0xfffffe0000000100',
    ],
    ['a null member', 'struct s *p = (struct s *)bad; return (p->b);', 'kernel read of 0x8'],
    ['a call of nothing', 'int (*f)(void) = (int (*)(void))bad; return (f());', 'trap 9'],
    [
      'a call into the middle of a function',
      'int (*f)(void) = (int (*)(void))((char *)main + 4); return (f());',
      'trap 9',
    ],
    ['a division by zero', 'return (7 / zero);', 'trap 0'],
    ['__builtin_trap', '__builtin_trap();', 'trap 6'],
  ])('%s stops the kernel', (_, body, said) => {
    const image = compileTexts(units(kernelText(body)), profile, 'kernel');
    expect(() => run(image, profile)).toThrow(said);
  });

  test.each([
    ['a null pointer', 'return (*(int *)bad);', 'user fault at 0x0'],
    [
      'a kernel address',
      `bad = ${KVBASE + 0x1000000n}UL; return (*(int *)bad);`,
      'user fault at 0xfffffe0001000000',
    ],
    ['a bad call', 'int (*f)(void) = (int (*)(void))bad; return (f());', 'user trap 9'],
    ['a division by zero', 'return (7 % zero);', 'user trap 0'],
    ['the quotient that overflows', 'int m = -0x7fffffff - 1; zero--; return (m / zero);', 'user trap 0'],
    ['__builtin_trap', '__builtin_trap();', 'user trap 6'],
    ['endless recursion', 'return (main() + 1);', 'stack overflow'],
  ])('%s stops a program', (_, body, said) => {
    const image = compileTexts(units(kernelText(body)), profile);
    expect(() => run(image, profile)).toThrow(GuestFault);
    expect(() => run(image, profile)).toThrow(said);
  });
});

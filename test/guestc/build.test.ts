/** Images of the shipped sources, and programs that are not part of probelab. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileProgram, programImage } from '../../engine/guestc/build.ts';
import { compileImage, compileImages } from '../../engine/guestc/compile.ts';
import { CompileError } from '../../engine/guestc/index.ts';
import { programNames } from '../../engine/guestc/recipes.ts';
import { loadProfile } from '../../engine/image/profile.ts';

const profile = loadProfile('amd64');
const dir = mkdtempSync(join(tmpdir(), 'build-'));
afterAll(() => rmSync(dir, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

test('a shipped program comes from the cache the second time, with the same key', () => {
  expect(programNames()).toContain('dd');
  const first = programImage('echo', profile);
  const second = programImage('echo', profile);
  expect(second.key).toBe(first.key);
  expect(second.key).toMatch(/^[0-9a-f]{32}$/);
  expect(Buffer.from(second.wasm).equals(Buffer.from(first.wasm))).toBe(true);
});

test('images with and without marks come of one compilation as they would of two', () => {
  const path = file(
    'marked.c',
    'int f(int n) { return (n < 2 ? n : f(n - 1) + f(n - 2)); }\nint main(void) { return (f(9)); }\n',
  );
  const options = {
    name: 'marked',
    kind: 'user' as const,
    files: [{ path, name: 'marked.c' }],
    includeDirs: [],
    defines: {},
    profile,
    sourceRoot: dir,
  };
  const both = compileImages(options, [false, true]);
  const alone = [false, true].map((marks) => compileImage({ ...options, marks }));
  expect(both).toEqual(alone);
  expect(both[1].wasm.length).toBeGreaterThan(both[0].wasm.length);
});

test('an unknown program is named, with those there are', () => {
  expect(() => programImage('nosuch', profile)).toThrow(/no guest program 'nosuch': the guest has .*\bdd\b/);
});

test("macros and include folders of a program are its own, not the library's", () => {
  file('own.h', '#define ANSWER (N + 2)\n');
  const path = file(
    'a.c',
    '#include <stdio.h>\n#include <own.h>\nint main(void) { printf("%d\\n", ANSWER); return (0); }\n',
  );
  const image = compileProgram([path], {
    profile,
    includeDirs: [dir],
    defines: { N: '40', printf: 'printf' },
  });
  expect(image.kind).toBe('user');
  expect(Object.keys(image.exports)).toEqual(expect.arrayContaining(['_start', 'main', 'printf']));
});

test('mistakes come as file:line:col with the line, and a file that is not there is named', () => {
  const path = file('bad.c', 'int main(void)\n{\n\treturn (undeclared);\n}\n');
  expect(() => compileProgram([path], { profile })).toThrow(CompileError);
  expect(() => compileProgram([path], { profile })).toThrow(
    /bad\.c:3:\d+: error: .*undeclared[\s\S]*return \(undeclared\)/,
  );
  expect(() => compileProgram([join(dir, 'gone.c')], { profile })).toThrow(/gone\.c.*cannot read/);
  const empty = file('empty.c', 'int f(void) { return (1); }\n');
  expect(() => compileProgram([empty], { profile })).toThrow(/main/);
});

/**
 * Each kind of mistake and the words we have for it. bad-programs.txt holds the programs, golden/errors.txt what they get;
 * UPDATE_GOLDEN=1 writes the latter anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CompileError } from '../../../engine/cfront/diagnostics.ts';
import { messages, parseText } from './support.ts';

const section = /^--- (.*)\n/m;

function sections(text: string): Map<string, string> {
  const parts = text.split(section).slice(1);
  const out = new Map<string, string>();
  for (let i = 0; i < parts.length; i += 2) out.set(parts[i]!, parts[i + 1]!);
  return out;
}

const programs = sections(readFileSync(new URL('./bad-programs.txt', import.meta.url), 'utf8'));
const golden = new URL('./golden/errors.txt', import.meta.url);
const answer = (name: string, text: string) =>
  `${messages(text, { path: `${name.split(' ')[0]}.c`, kernel: name.endsWith('(kernel)') })}\n`;

describe('messages', () => {
  if (process.env['UPDATE_GOLDEN']) {
    writeFileSync(golden, [...programs].map(([name, text]) => `--- ${name}\n${answer(name, text)}`).join(''));
  }
  const expected = sections(readFileSync(golden, 'utf8'));
  for (const [name, text] of programs) {
    it(name, () => expect(answer(name, text)).toBe(expected.get(name)));
  }

  it('name the header and the line in it', () => {
    const files: Record<string, string> = {
      'inc/sys/a.h': '#include "b.h"\n',
      'inc/sys/b.h': '\nint x = y;\n',
    };
    const text = messages('#include <sys/a.h>\n', { includeDirs: ['inc'], readFile: (path) => files[path] });
    expect(text).toBe(
      "inc/sys/b.h:2:9: error: 'y' undeclared here (not in a function)\n    int x = y;\n            ^",
    );
  });

  it('stop after twenty', () => {
    const text = Array.from({ length: 100 }, (_, i) => `int a${i} = b${i};`).join('\n');
    try {
      parseText(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CompileError);
      expect((error as CompileError).problems.length).toBe(20);
    }
  });

  it('never crash the front end on a program cut anywhere', () => {
    const whole = readFileSync(new URL('./programs/expressions.c', import.meta.url), 'utf8');
    for (let at = 0; at < whole.length; at += 61) messages(whole.slice(0, at));
  });

  it('never crash the front end on a program with a token missing or doubled', () => {
    const whole = readFileSync(new URL('./programs/declarations.c', import.meta.url), 'utf8');
    const words = whole.split(/(\s+|[(){}[\];,])/);
    for (let at = 1; at < words.length; at += 17) {
      messages([...words.slice(0, at), ...words.slice(at + 1)].join(''));
      messages([...words.slice(0, at), words[at], ...words.slice(at)].join(' '));
    }
  });
});

// The C library's headers: each is complete by itself, and all of them agree, whatever comes first.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseUnit } from '../../engine/guestc/parse.ts';

const models = fileURLToPath(new URL('../../models', import.meta.url));

const headers = (readdirSync(`${models}/user/include`, { recursive: true }) as string[])
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.h'))
  .sort();

/** Throws CompileError with what is wrong. */
function parse(included: string[]): void {
  const text = `${included.map((name) => `#include <${name}>\n`).join('')}int unit;\n`;
  parseUnit({
    path: '/unit.c',
    readFile: (path) => {
      if (path === '/unit.c') return text;
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    },
    showPath: (path) => path,
    includeDirs: [`${models}/user/include`, `${models}/kernel`],
    defines: {},
    kernel: false,
  });
}

test('there are the headers of C11 and POSIX that programs expect', () => {
  expect(headers).toEqual(
    expect.arrayContaining(['limits.h', 'stdint.h', 'stdio.h', 'unistd.h', 'pthread.h']),
  );
});

test.each(headers)('%s alone', (header) => {
  parse([header]);
});

test('any two of them, in either order', () => {
  for (const first of headers) for (const second of headers) if (first !== second) parse([first, second]);
});

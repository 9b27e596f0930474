/** docs/d-support.md says something of everything that the compiler knows. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinGlobals, VERSION_MAX } from '../../engine/dtrace/compiler/ident.ts';
import { EXTENSIONS, OPT } from '../../engine/dtrace/index.ts';

const page = readFileSync('docs/d-support.md', 'utf8');
const mentioned = new Set([...page.matchAll(/[a-z_][a-z0-9_]*/g)].map((m) => m[0]));

describe('docs/d-support.md', () => {
  it('mentions every variable, action, function and option', () => {
    const names = [
      ...[...builtinGlobals(VERSION_MAX).values()].map((id) => id.name),
      ...Object.keys(OPT),
      ...EXTENSIONS,
    ].filter((n) => !/^arg[1-8]$/.test(n));
    expect(names.filter((n) => !mentioned.has(n))).toEqual([]);
  });
});

/**
 * Programs in guest C print what the same programs print when gcc compiled them: as user programs and as kernel code, and however
 * often they are suspended on the way.
 */
import { describe, expect, test } from 'vitest';
import { compileTexts, type RunOptions, run, testProfile } from './harness.ts';
import { type Case, digest, generated, handWritten, programHash, readExpected } from './oracle.ts';

const expected = readExpected();
const profile = testProfile();
const plain = testProfile({ cache: false, predictor: false });

function kindsOf(c: Case): ('user' | 'kernel')[] {
  return c.userOnly ? ['user'] : ['user', 'kernel'];
}

function check(c: Case, kind: 'user' | 'kernel', settings: RunOptions[], p = profile): void {
  const want = expected[c.name];
  expect(want?.program, `expected.json is older than ${c.name}: run oracle.ts`).toBe(programHash(c));
  const image = compileTexts([{ name: `${c.name}.c`, text: c.text }], p, kind);
  let instructions: bigint | undefined;
  for (const options of settings) {
    const result = run(image, p, options);
    expect({ output: digest(c, result.output), status: result.status & 255 }).toEqual({
      output: want.output,
      status: want.status,
    });
    // A suspension must not execute or charge anything twice.
    instructions ??= result.instructions;
    expect(result.instructions, JSON.stringify(options)).toBe(instructions);
  }
}

/** At every point where it can be: horizon always reached, every call too deep, every page gone, every atomic out of turn. */
const HARD: RunOptions[] = [
  {},
  { tinyHorizon: true },
  { tinyStack: true },
  { evict: true },
  { tinyHorizon: true, tinyStack: true, evict: true, tinySync: true },
];

describe.each(['user', 'kernel'] as const)('as %s code', (kind) => {
  const cases = handWritten.filter((c) => kindsOf(c).includes(kind));
  test.each(cases.map((c) => [c.name, c] as const))(
    '%s prints what gcc prints, suspended everywhere or never',
    (_, c) => {
      check(c, kind, HARD);
    },
  );
  test.each(generated.map((c) => [c.name, c] as const))('%s prints what gcc prints', (name, c) => {
    check(c, kind, Number(name.slice(5)) % 5 === 0 ? HARD : [{}]);
  });
});

test('without cache model and predictor results are the same', () => {
  for (const c of [...handWritten, ...generated.slice(0, 10)])
    for (const kind of kindsOf(c)) check(c, kind, [{}], plain);
});

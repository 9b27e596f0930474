/** expected.json is still what gcc says, where gcc is there to be asked: of every program written by hand, and a part of the others. */
import { expect, test } from 'vitest';
import { gccPresent, gccRun, generated, handWritten, readExpected } from './oracle.ts';

const expected = readExpected();
const asked = [...handWritten, ...generated.filter((_, i) => i % 4 === 0)];

test.skipIf(!gccPresent())(
  'gcc prints what is stored',
  () => {
    for (const c of asked) expect(gccRun(c), c.name).toEqual(expected[c.name]);
  },
  600_000,
);

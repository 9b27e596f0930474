/**
 * What code costs: each block the sum of its instructions' classes, rounded up to cycles. Measured as the price of one more
 * turn of a loop, which is two blocks: the test, and the body with the step and the jump back.
 */
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../engine/image/profile.ts';
import { compileTexts, run, testProfile } from './harness.ts';

const plain = testProfile({ cache: false, predictor: false });
const { alu, mul, div32, div64, load, store, branch, jump, call, ret, indirect } = plain.instructions;
const up = (sixteenths: number) => Math.ceil(sixteenths / 16);

const HEAD = `
static long mem[64];
static __attribute__((no_instrument_function)) long leaf(long a) { return (a); }
static long (*pointer)(long) = leaf;
`;

/** Cycles and instructions of one turn. */
function turn(body: string, profile: Profile = plain): { cycles: number; instructions: number } {
  const at = (n: number) => {
    const text = `${HEAD}int main(void) { long i, a = 3, b = 5, c = 7; int x = 9, y = 2; for (i = 0; i < ${n}; i++) { ${body} } return ((a + b + c + x + y + (long)pointer) & 127); }`;
    return run(compileTexts([{ name: 'c.c', text }], profile, 'kernel'), profile);
  };
  const [one, two] = [at(100), at(101)];
  return {
    cycles: Number(two.cycles - one.cycles),
    instructions: Number(two.instructions - one.instructions),
  };
}
const TEST = up(alu + branch);
const STEP = alu + jump;

describe('a turn of a loop costs its test, its step and', () => {
  test.each([
    ['nothing', '', 0, 0],
    ['an addition', 'a += b;', alu, 1],
    ['three of them', 'a += b; b ^= c; c -= a;', 3 * alu, 3],
    ['a constant operand: nothing more', 'a = b + 1000;', alu, 1],
    ['a move', 'a = b;', alu, 1],
    ['a multiplication', 'a *= b;', mul, 1],
    ['a multiplication by eight: a shift', 'a *= 8;', alu, 1],
    ['a division', 'x /= y;', div32, 1],
    ['a long division', 'a /= b;', div64, 1],
    ['a division by ten: by its reciprocal', 'a /= 10;', mul + 2 * alu, 3],
    ['a load, its address free', 'a = mem[3];', load, 1],
    ['an indexed load', 'a += mem[i & 7];', 2 * alu + load, 3],
    ['a store', 'mem[5] = a;', store, 1],
    ['both', 'mem[5] += a;', load + alu + store, 3],
    ['a widening', 'a += x;', 2 * alu, 2],
  ])('%s', (_, body, cost, instructions) => {
    const got = turn(body as string);
    expect(got).toEqual({
      cycles: TEST + up(STEP + (cost as number)),
      instructions: 4 + (instructions as number),
    });
  });

  test('a call: two blocks more, the argument and the way back', () => {
    // Block with the argument's move and the call; the callee's; what is left of the body.
    expect(turn('a += leaf(b);').cycles).toBe(TEST + up(alu + call) + up(ret) + up(alu + STEP));
    expect(turn('a += pointer(b);').cycles).toBe(TEST + up(load + alu + indirect) + up(ret) + up(alu + STEP));
  });

  test('an atomic operation: the profile says how much', () => {
    expect(turn('__atomic_fetch_add(&mem[0], 1, 5);').cycles).toBe(
      TEST + up(load + alu + store + 16 * plain.atomic) + up(STEP),
    );
  });
});

test('a predicted branch is free of the penalty, an erratic one is not', () => {
  const profile = testProfile({ cache: false });
  const steady = turn('if (i >= 0) a++;', profile).cycles;
  const at = (n: number) => {
    const text = `static unsigned r = 1; int main(void) { int i, a = 0; for (i = 0; i < ${n}; i++) { r = r * 1103515245 + 12345; if (r & 0x10000) a++; } return (a & 1); }`;
    return Number(run(compileTexts([{ name: 'p.c', text }], profile, 'kernel'), profile).cycles);
  };
  expect(steady).toBeLessThan(10);
  const erratic = (at(2000) - at(1000)) / 1000;
  expect(erratic).toBeGreaterThan(steady + profile.predictor.mispredict / 4);
});

test('a second access to a line costs no more, the first one misses', () => {
  const profile = testProfile({ predictor: false });
  const cycles = (body: string) => {
    const text = `static long mem[4096]; int main(void) { long i, s = 0; for (i = 0; i < 512; i++) ${body} return (s & 1); }`;
    return Number(run(compileTexts([{ name: 'm.c', text }], profile, 'kernel'), profile).cycles);
  };
  // The harness adds ten cycles for each line that is not there: 512 lines against one in eight.
  const [far, near] = [cycles('s += mem[i * 8];'), cycles('s += mem[i];')];
  expect(far - near).toBeGreaterThanOrEqual((512 - 64) * 10);
});

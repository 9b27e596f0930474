/**
 * The front end against gcc: layouts of generated structures, bytes of generated initialisers, types and values of generated
 * constant expressions. gcc's answers to the first batch are stored in golden/ and compared everywhere; where gcc is
 * installed, fresh batches are asked too. UPDATE_GOLDEN=1 writes the stored answers anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { haveGcc } from './gcc.ts';
import { ConstGenerator, gccConstants, ourConstants } from './gen-const.ts';
import { InitGenerator } from './gen-init.ts';
import { recordSpec, render } from './gen-layout.ts';
import { gccObjects, ourObjects } from './image.ts';
import { gccLayouts, ourLayouts } from './layout.ts';

interface Batch {
  /** What was asked, to be shown when an answer differs. */
  questions: string[];
  gcc(): string[];
  ours(): string[];
}

function layouts(seed: number): Batch {
  const specs = fc.sample(recordSpec, { seed, numRuns: 120 });
  return {
    questions: specs.map((s) => render(s).text),
    gcc: () => gccLayouts(specs),
    ours: () => ourLayouts(specs),
  };
}

function initializers(seed: number): Batch {
  const generator = new InitGenerator(seed);
  const questions = Array.from({ length: 120 }, (_, i) => {
    const shape = generator.shape(3);
    return `${shape.declare(`x${i}`)} = ${generator.init(shape)};`;
  });
  const text = questions.join('\n');
  return { questions, gcc: () => gccObjects(text, questions.length), ours: () => ourObjects(text) };
}

function constants(seed: number): Batch {
  const generator = new ConstGenerator(seed);
  const questions = Array.from({ length: 200 }, (_, i) =>
    i % 4 === 0 ? generator.float(3) : generator.integer(4),
  );
  return { questions, gcc: () => gccConstants(questions), ours: () => ourConstants(questions) };
}

function compare(batch: Batch, expected: string[]): void {
  const ours = batch.ours();
  expect(expected.length).toBe(batch.questions.length);
  for (const [i, question] of batch.questions.entries()) {
    if (ours[i] !== expected[i]) expect(`${question}\n${ours[i]}`).toBe(`${question}\n${expected[i]}`);
  }
}

for (const [name, make] of Object.entries({ layouts, initializers, constants })) {
  describe(`${name} equal gcc's`, () => {
    it('on the stored batch', () => {
      const file = new URL(`./golden/${name}.txt`, import.meta.url);
      const batch = make(1);
      if (process.env['UPDATE_GOLDEN'] && haveGcc) writeFileSync(file, `${batch.gcc().join('\n')}\n`);
      expect(existsSync(file)).toBe(true);
      compare(batch, readFileSync(file, 'utf8').trimEnd().split('\n'));
    });
    it.skipIf(!haveGcc)('on fresh batches', () => {
      for (let seed = 2; seed <= 4; seed++) {
        const batch = make(seed);
        compare(batch, batch.gcc());
      }
    });
  });
}

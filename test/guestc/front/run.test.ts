/**
 * The torture programs do what gcc's executables do, to the last printed value and the exit status.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileTexts, run, testProfile } from '../harness.ts';
import { gccExecute, haveGcc } from './gcc.ts';
import { InitGenerator } from './gen-init.ts';

const profile = testProfile();
const golden = (name: string) => new URL(`./golden/${name}.out`, import.meta.url);
const read = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
const execute = (text: string) => run(compileTexts([{ name: 'test.c', text }], profile), profile);

describe('torture programs', () => {
  for (const name of ['expressions', 'statements']) {
    const text = read(`programs/${name}.c`);
    it(`${name}.c prints what is stored`, () => {
      const { output, status } = execute(text);
      if (process.env['UPDATE_GOLDEN'] && haveGcc) {
        const gcc = gccExecute(text, ['-fwrapv']);
        writeFileSync(golden(name), `${gcc.output}exit ${gcc.status}\n`);
      }
      expect(`${output}exit ${status}\n`).toBe(read(`golden/${name}.out`));
    });
    it.skipIf(!haveGcc)(`${name}.c prints what gcc's does`, () => {
      const { output, status } = gccExecute(text, ['-fwrapv']);
      expect(`${output}exit ${status}\n`).toBe(read(`golden/${name}.out`));
    });
  }
});

describe('initialisers', () => {
  it('give automatic objects the bytes that static ones get', () => {
    const generator = new InitGenerator(7);
    let text = '#include <stdio.h>\n#include <string.h>\n';
    let calls = '';
    for (let i = 0; i < 100; i++) {
      const shape = generator.shape(3);
      const init = generator.init(shape);
      text += `typedef ${shape.declare(`T${i}`)};\nstatic T${i} s${i} = ${init};
static void f${i}(void) { T${i} a = ${init}; if (memcmp(&a, &s${i}, sizeof a)) printf("object ${i} differs\\n"); }\n`;
      calls += `f${i}(); `;
    }
    expect(execute(`${text}int main(void) { ${calls} printf("done\\n"); return 0; }\n`).output).toBe(
      'done\n',
    );
  });
});

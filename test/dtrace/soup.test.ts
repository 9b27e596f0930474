/** Programs that the grammar allows and sense does not: each ends in a program or in one of DTrace's own messages. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DtraceFailure } from '../../engine/dtrace/index.ts';
import { build } from './harness.ts';
import { DECLARATIONS, expression, statement, words } from './soup.ts';

describe('soup of expressions and statements', () => {
  it('ends in a program or a message', () => {
    fc.assert(
      fc.property(
        words('BEGIN fbt::malloc:entry BEGIN,END syscall:::entry'),
        fc.option(expression),
        fc.array(statement, { minLength: 1, maxLength: 3 }),
        (probe, predicate, statements) => {
          const text = `${DECLARATIONS}${probe} ${predicate === null ? '' : `/${predicate}/`} { ${statements.join('; ')}; }`;
          try {
            build({ kind: 's', text, path: 'x.d' });
          } catch (e) {
            if (!(e instanceof DtraceFailure)) throw e;
            expect(e.message).toMatch(/^dtrace: /);
          }
        },
      ),
      { numRuns: 800, seed: 4 },
    );
  });
});

/**
 * Random programs in the guest: whatever compiles runs to its end, and neither compiler nor guest is harmed; as a ghost it leaves no trace at all.
 *
 * A program is made of clauses of random statements, those that compile behind the ones before. Some of them fault, store through wild pointers, fill
 * buffers. PROBELAB_RANDOM=n runs n programs, PROBELAB_SEED=s others.
 */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { compilePrograms, DtraceFailure, symbolLookup, typeNamesOf } from '../../engine/dtrace/index.ts';
import { catalogOf } from '../../engine/run/dtrace-session.ts';
import { loadScenario } from '../../engine/run/scenario.ts';
import { Session } from '../../engine/run/session.ts';
import { runInputs } from '../../tui/run-inputs.ts';
import { DECLARATIONS, expression, statement, words } from '../dtrace/soup.ts';
import { lab, put, type Summary, scratch } from '../e2e/lab.ts';

const PROGRAMS = Number(process.env['PROBELAB_RANDOM'] ?? 1);
const SEED = Number(process.env['PROBELAB_SEED'] ?? 11);
const CLAUSES = 40;

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const wild = fc.oneof(
  statement,
  fc
    .tuple(
      fc.constantFrom('(int *)', '(char *)', '(long *)', '(short *)'),
      fc.oneof(
        fc.constantFrom('curthread', '&`hz', 'alloca(8)', 'alloca(0)', '(uintptr_t)arg0', 'this->y'),
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((n) => `0x${n.toString(16)}`),
      ),
      fc.integer({ min: -70000, max: 70000 }),
      expression,
    )
    .map(([type, at, index, value]) => `(${type}${at})[${index}] = ${value}`),
  fc
    .tuple(
      words(
        'strlen strjoin substr index strtok basename cleanpath copyinstr copyin lltostr json strtoll inet_ntop bcopy copyinto tolower',
      ),
      fc.array(expression, { minLength: 1, maxLength: 3 }),
    )
    .map(([f, list]) => `trace(${f}(${list.join(', ')}))`),
);
const clause = fc
  .tuple(
    words(
      'BEGIN BEGIN BEGIN END ERROR tick-1ms profile-997 syscall:::entry syscall::write:return sched:::on-cpu fbt::malloc:entry',
    ),
    fc.option(expression, { freq: 3 }),
    fc.array(wild, { minLength: 1, maxLength: 3 }),
  )
  .map(([probe, pred, list]) => `${probe} ${pred === null ? '' : `/${pred}/ `}{ ${list.join('; ')}; }`);

/** Programs of clauses that compile, alone and together. */
async function programs(): Promise<string[]> {
  const session = await Session.open(runInputs(loadScenario('csh'), { seed: '1' }));
  await session.boot();
  const image = session.images[0];
  const catalog = catalogOf(session.machine, image);
  // the shipped libraries would take most of the time
  const types = new Map([['kernel', typeNamesOf(image)]]);
  const symbols = symbolLookup(image);
  const libraries = [{ name: 'null.d', text: 'inline long NULL = 0;\n' }];
  const compiles = (text: string, fast: boolean): boolean => {
    try {
      compilePrograms([{ kind: 's', text, path: 'x.d' }], {
        catalog,
        types,
        symbols,
        ...(fast ? { libraries } : {}),
      });
      return true;
    } catch (e) {
      if (!(e instanceof DtraceFailure)) throw new Error(`${text}\n${(e as Error).stack}`);
      return false;
    }
  };
  const clauses = fc.sample(clause, { numRuns: PROGRAMS * CLAUSES * 40, seed: SEED });
  return Array.from({ length: PROGRAMS }, () => {
    let text = DECLARATIONS;
    for (let kept = 0; kept < CLAUSES && clauses.length > 0; ) {
      const next = `${clauses.pop()}\n`;
      // exit() in the middle would end the run early, which is no fault and no test
      if (/\bexit\b/.test(next) || !compiles(DECLARATIONS + next, true) || !compiles(text + next, false))
        continue;
      text += next;
      kept++;
    }
    return `${text}tick-30ms { exit(3); }\n`;
  });
}

const OPTIONS = ['-xbufsize=64k', '-xaggsize=64k', '-xdynvarsize=16k'];

test(
  `${PROGRAMS} programs of ${CLAUSES} random clauses end by themselves; as ghosts they change nothing`,
  async () => {
    const command = ['run', '--json', '--cpus', '2', '--exec', 'dd if=/dev/zero of=/dev/null bs=4k count=30'];
    const untraced = JSON.parse((await lab(...command)).out) as Summary;
    for (const [n, text] of (await programs()).entries()) {
      const path = put(folder, `random${n}.d`, text);
      const { code, err } = await lab('dtrace', '-q', ...OPTIONS, '-s', path);
      const told = err.split('\n').filter((line) => line !== '' && !line.startsWith('dtrace: '));
      expect({ code, told, err, text }).toEqual({ code: 3, told: [], err, text });
      const options = OPTIONS.flatMap((option) => ['-x', option.slice(2)]);
      const ghost = JSON.parse((await lab(...command, '-x', 'ghost', ...options, '-s', path)).out) as Summary;
      const { digest, cycles, instructions } = ghost;
      expect({ digest, cycles, instructions, text }).toEqual({
        digest: untraced.digest,
        cycles: untraced.cycles,
        instructions: untraced.instructions,
        text,
      });
    }
  },
  90_000 * PROGRAMS,
);

/**
 * How long the D compiler takes for scripts of 2,000 lines, in a process that has not compiled D before and once its code is warm, and for the program
 * that does nothing. Time of the thread that compiles, modules loaded and the guest booted, from the probes in the guest's memory to DOF.
 */
import { spawnSync } from 'node:child_process';
import { compilePrograms, parseArguments } from '../../engine/dtrace/index.ts';
import { catalogOf } from '../../engine/run/dtrace-session.ts';
import { Session } from '../../engine/run/session.ts';
import { execScenario, runInputs } from '../run-inputs.ts';
import { quantile, threadMs } from './clock.ts';
import { denseScript, plainScript } from './scripts.ts';

const LINES = 2000;
const PROCESSES = 5;
const WARM = 15;
/** The functions that the dense script names. */
const FUNCTIONS = 120;

const SCRIPTS: Record<string, (functions: readonly string[]) => string> = {
  'BEGIN { exit(0) }': () => 'BEGIN { exit(0) }\n',
  plain: () => plainScript(LINES),
  dense: (functions) => denseScript(LINES, functions),
};

interface Timings {
  /** ms: of the first compilation of the process, and the median of later ones. */
  first: number;
  warm: number;
}

/** Compiles one script again and again in this process. */
async function measure(name: string): Promise<Timings> {
  const session = await Session.open(runInputs(execScenario('true'), { seed: '1' }));
  await session.boot();
  const [image] = session.images;
  const returns = catalogOf(session.machine, image).match({
    id: 0,
    provider: 'fbt',
    module: 'kernel',
    func: '',
    name: 'return',
  });
  const text = SCRIPTS[name](returns.slice(0, FUNCTIONS).map(({ func }) => func));
  const times: number[] = [];
  for (let n = 0; n <= WARM; n++) {
    const from = threadMs();
    const { options } = parseArguments(['-s', 'script.d'], { readFile: () => text });
    const catalog = catalogOf(session.machine, image);
    compilePrograms([{ kind: 's', text, path: 'script.d' }], { catalog, image, options }).dof();
    times.push(threadMs() - from);
  }
  return { first: times[0], warm: quantile(times.slice(WARM >> 1), 0.5) };
}

/** One script in this process, as JSON: what `compileBench` asks other processes for. */
export const compileOnce = async (name: string): Promise<string> => JSON.stringify(await measure(name));

export async function compileBench(): Promise<string> {
  const rows = Object.keys(SCRIPTS).map((name) => {
    const runs = Array.from({ length: PROCESSES }, (): Timings => {
      const argv = [...process.execArgv, process.argv[1], 'bench', 'compile', '--script', name];
      const { stdout, stderr, status } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`bench compile --script '${name}': ${stderr}`);
      return JSON.parse(stdout);
    });
    const median = (of: keyof Timings) =>
      quantile(
        runs.map((run) => run[of]),
        0.5,
      ).toFixed(0);
    return `| ${name} | ${median('first')} | ${median('warm')} |`;
  });
  return [
    `### D compiler: scripts of ${LINES} lines, ms of the thread that compiles, medians of ${PROCESSES} processes`,
    '',
    '| script | first in its process | warm |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

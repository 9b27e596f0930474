/** `probelab truth`: what DTrace answers in the run that it perturbs, beside what happens without it. */
import type { Command } from 'commander';
import type { RunInputs } from '../../engine/run/inputs.ts';
import { loadScenario } from '../../engine/run/scenario.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { truth, truthReport } from '../../traces/diff/truth.ts';
import { inputsOf } from '../../traces/diff/twin.ts';
import { Progress } from '../progress.ts';
import { dtraceInputs } from '../run.ts';
import { execScenario, runInputs } from '../run-inputs.ts';
import { openTrace } from '../traces.ts';

interface Options {
  exec?: string;
  seed: string;
  machine?: string;
  cpus?: string;
  simtime?: string;
  n: string[];
  s: string[];
  x: string[];
  json?: boolean;
}

const collect = (text: string, list: string[]) => [...list, text];

export function define(command: Command): void {
  command
    .argument('[what]', 'a scenario, or a trace of a traced run')
    .option('--exec <command>', 'a command line instead of a scenario')
    .option('-n <program>', 'a D program', collect, [])
    .option('-s <file>', 'a D script', collect, [])
    .option('-x <setting>', 'a dtrace option', collect, [])
    .option('--seed <n>', 'seed of all chance', '1')
    .option('--machine <name>', 'machine profile')
    .option('--cpus <n>', 'number of CPUs')
    .option('--simtime <time>', 'limit of simulated time')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
The program runs twice: charged, and as a ghost, whose run is the untraced one to the last cycle. Aggregations are compared
key by key. A ghost's profile and tick probes fire at their times, where the CPUs stand, without a timer's interrupt.

Exit status: 0 when every key is as it is without the tool, 1 when one is not, 2 for bad usage or input.

Examples:
  probelab truth -n 'syscall:::entry { @[probefunc] = count(); }' --exec 'dd if=/dev/zero of=/dev/null bs=64k count=4'
  probelab truth locks -n 'lockstat:::adaptive-spin { @ = quantize(arg1); }'
  probelab truth traced.trace
`,
    )
    .action(async (what: string | undefined, options: Options) => {
      process.exitCode = await truthCommand(what, options);
    });
}

async function truthCommand(what: string | undefined, options: Options): Promise<number> {
  const inputs = inputsFrom(what, options);
  const progress = new Progress();
  try {
    const result = await truth(inputs, (side) => (cycles) => {
      progress.show(() => `${side}: ${(cycles / 1e6).toFixed(0)} M cycles simulated`);
      return progress.interrupts > 0;
    });
    progress.clear();
    process.stdout.write(options.json ? JSON.stringify(result, null, 2) + '\n' : truthReport(result));
    return result.equal === result.keys.length ? 0 : 1;
  } finally {
    progress.end();
  }
}

function inputsFrom(what: string | undefined, options: Options): RunInputs {
  if (what?.endsWith('.trace')) {
    if (options.exec !== undefined || options.n.length + options.s.length > 0)
      throw new UserError(`${what}: a trace has its own command and D program: leave out --exec, -n and -s`);
    return inputsOf(openTrace(what));
  }
  if ((what === undefined) === (options.exec === undefined))
    throw new UserError('truth of what? give a scenario, a trace, or --exec COMMAND');
  const scenario = options.exec === undefined ? loadScenario(what ?? '') : execScenario(options.exec);
  return { ...runInputs(scenario, options), dtrace: dtraceInputs(options) };
}

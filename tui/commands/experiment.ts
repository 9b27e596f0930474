/** `probelab experiment probe-effect`: the headline experiment, from no arguments to a report. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { loadProfile } from '../../engine/image/profile.ts';
import { UserError } from '../../engine/run/user-error.ts';
import { compareRuns } from '../../traces/diff/model.ts';
import { diffReport } from '../../traces/diff/report.ts';
import { runJobs } from '../../traces/experiment/pool.ts';
import { COMMAND, jobs, MEASURED } from '../../traces/experiment/probe-effect.ts';
import { summary, summaryReport } from '../../traces/experiment/summary.ts';
import { MIN_POINTS } from '../../traces/ministat.ts';
import { Meter, Progress } from '../progress.ts';
import { wholeNumber } from '../run-inputs.ts';
import { openTrace } from '../traces.ts';
import { version } from '../version.ts';

interface Options {
  machine: string;
  seeds: string;
  out: string;
  jobs?: string;
  json?: boolean;
}

export function define(command: Command): void {
  command
    .addArgument(new Argument('[name]', 'the experiment').choices(['probe-effect']).default('probe-effect'))
    .option('--machine <name>', 'machine profile', 'beaglebone')
    .option('--seeds <n>', 'runs a row', '11')
    .option('--out <folder>', "where the first seed's traces go", 'out')
    .option('--jobs <n>', 'worker threads (default: one a core)')
    .option('--json', 'the rows as JSON')
    .addHelpText(
      'after',
      `
What it runs: ${COMMAND}
untraced, and under five D programs; compared as ministat(1) does, with the difference of one pair explained.

Examples:
  probelab experiment probe-effect
  probelab experiment probe-effect --machine amd64 --seeds 5 --json
`,
    )
    .action(async (_name: string, options: Options) => {
      await experiment(options);
    });
}

async function experiment(options: Options): Promise<void> {
  const seeds = wholeNumber(options.seeds, '--seeds', MIN_POINTS, 1000);
  let profile: ReturnType<typeof loadProfile>;
  try {
    profile = loadProfile(options.machine);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  mkdirSync(options.out, { recursive: true });
  const list = jobs({ version: version(), machine: options.machine, cpus: profile.cpus }, seeds, options.out);
  const progress = new Progress();
  const meter = new Meter(list.length);
  const threads = options.jobs === undefined ? undefined : wholeNumber(options.jobs, '--jobs', 1, 256);
  const results = await runJobs(
    list,
    MEASURED,
    (finished) => {
      progress.show(() =>
        [`${finished} of ${list.length} runs`, meter.left(finished)].filter(Boolean).join(', about '),
      );
      return progress.interrupts > 0;
    },
    threads,
  ).finally(() => progress.end());
  const result = summary(results, options.machine, profile.clockHz);
  writeFileSync(
    `${options.out}/probe-effect.json`,
    JSON.stringify({ ...result, measurements: results }, null, 2) + '\n',
  );
  if (options.json) {
    process.stdout.write(JSON.stringify(result, null, 2) + '\n');
    return;
  }
  process.stdout.write(summaryReport(result, results) + '\n');
  const pair = { a: `${options.out}/none.trace`, b: `${options.out}/lockstat-count.trace` };
  process.stdout.write(
    'One pair explained: seed 1, untraced (A) and under lockstat::: { @count = count(); } (B)\n\n',
  );
  process.stdout.write(diffReport(compareRuns(openTrace(pair.a), openTrace(pair.b))));
  process.stdout.write(`\nTraces are in ${options.out}/: probelab diff, probelab replay --verify\n`);
}

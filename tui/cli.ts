/**
 * probelab: a command line, and how it ended.
 *
 * Exit codes: 0 done; 1 the run failed or differs; 2 bad usage or input. A guest command's own status is ours where the command says so.
 */
import { report } from './errors.ts';

/** Runs one command line; its exit code is left in process.exitCode. Reports what goes wrong, and never rejects. */
export const probelab = (argv: string[]): Promise<void> => run(argv).catch(report);

async function run(argv: string[]): Promise<void> {
  if (argv[0] !== 'dtrace') {
    const { runCommandLine } = await import('./command-line.ts');
    return runCommandLine(argv);
  }
  // dtrace(1) reads its own words, and need not wait for the library that reads the others'.
  const { dtraceCommand } = await import('./dtrace.ts');
  process.exitCode = await dtraceCommand(argv.slice(1));
}

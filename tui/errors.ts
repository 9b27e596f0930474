/**
 * How a command ends when something is wrong: one message on stderr, and the exit code that says whose fault it was.
 */
import type { CommanderError } from 'commander';
import { describeSystemError, isSystemError } from '../engine/run/system-error.ts';
import { UserError } from '../engine/run/user-error.ts';

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** Prints what went wrong and sets the exit code. Never a stack trace for bad input; always one for our own defects. */
export function report(error: unknown): void {
  if (isCommanderError(error)) {
    const helpShown = ['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(error.code);
    if (!helpShown) process.stderr.write(`probelab: ${error.message.replace(/^error: /, '')}\n`);
    process.exitCode = helpShown ? 0 : EXIT_USAGE;
    return;
  }
  if (error instanceof Error && error.name === 'DtraceError') {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = (error as UserError).exitCode;
    return;
  }
  if (error instanceof UserError || isTraceError(error)) {
    process.stderr.write(`probelab: ${error.message}\n`);
    process.exitCode = error instanceof UserError ? error.exitCode : EXIT_USAGE;
    return;
  }
  if (isCompileError(error)) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  if (isSystemError(error)) {
    process.stderr.write(`probelab: ${describeSystemError(error)}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  process.stderr.write(
    `probelab: internal error: ${error instanceof Error ? (error.stack ?? error.message) : error}${error instanceof Error && error.cause instanceof Error ? error.cause.stack : ''}\n`,
  );
  process.exitCode = EXIT_FAILED;
}

/** Known by its code, so that nobody loads the library for the sake of the question. */
const isCommanderError = (error: unknown): error is CommanderError =>
  error instanceof Error && 'code' in error && `${error.code}`.startsWith('commander.');

/** Diagnostics of guest C carry their own position and source line. */
const isCompileError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'CompileError';

/** A damaged chunk comes to light when it is read. */
const isTraceError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'TraceError';

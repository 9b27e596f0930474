/** A mistake in what the user gave us: its message says what, where and what to do. Exit code 2, or 1 where a run failed. */
export class UserError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

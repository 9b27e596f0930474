/** What dtrace(1) says when the kernel refuses: the consumer's step and errno, in words. */

/** Steps of the consumer that may fail, in dtrace(1)'s words. */
const STEPS = [
  'failed to initialize dtrace',
  'failed to enable',
  'could not enable tracing',
  'failed to grab pid',
  'tracing failed',
  'failed to execute',
];

/** What errno means in these steps. */
const REASONS: Record<number, string> = {
  2: 'No such file or directory',
  3: 'No such process',
  4: 'Interrupted system call',
  7: 'DIF program exceeds maximum program size',
  12: 'Cannot allocate memory',
  13: 'Destructive actions not allowed',
  14: 'DIF program contains invalid pointer',
  16: 'Device busy',
  22: 'DIF program content is invalid',
  28: 'Enabling exceeds size of buffer',
};
const EACCES = 13;

/** What they mean when tracing starts. */
const ENABLE = 1;
const GO = 2;
const GO_REASONS: Record<number, string> = {
  2: 'No anonymous tracing state',
  7: 'END enablings exceed size of principal buffer',
  22: 'Invalid argument',
};

/**
 * `what`: the process or program that the step was about. Whether a program may destroy is for the kernel to say when probes are enabled;
 * dtrace(1) tells it as of the start of tracing.
 */
export function failureText(asked: number, errno: number, what?: string | number): string {
  const step = asked === ENABLE && errno === EACCES ? GO : asked;
  const subject = step === ENABLE ? ` ${what === undefined ? 'probes' : `'${what}'`}` : '';
  const named = step !== ENABLE && step !== GO && what !== undefined ? ` ${what}` : '';
  const reason = (step === GO ? GO_REASONS[errno] : undefined) ?? REASONS[errno] ?? `error ${errno}`;
  return `dtrace: ${STEPS[step]}${subject}${named}: ${reason}`;
}

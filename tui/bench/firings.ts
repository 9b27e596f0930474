/**
 * How many firings a second of the host's processor time probelab gets through: dd(1) of single bytes with and without a program on its system
 * calls. What the program adds to the run, boot and compilation included, is the firings' share.
 */
import { Session } from '../../engine/run/session.ts';
import { version } from '../version.ts';

const COUNT = 300_000;
const COMMAND = `dd if=/dev/zero of=/dev/null bs=1 count=${COUNT} status=none`;
/** dd reads and writes each byte, and a call has an entry and a return. */
const FIRINGS = COUNT * 4;

const TESTS = ['syscall::: { @ = count(); }', 'syscall::: { @[execname] = count(); }'];

/** Seconds of processor time for the run. */
async function seconds(program: string): Promise<number> {
  const start = process.cpuUsage();
  const session = await Session.open({
    version: version(),
    machine: 'amd64',
    cpus: 4,
    seed: 1,
    scenario: { name: 'bench', description: COMMAND, files: {}, programs: ['dd', 'dtrace'], console: [] },
    simtimeNs: 60e9,
    dtrace: { argv: ['-q', '-n', program, '-c', COMMAND], files: {}, endsRun: true },
  });
  await session.run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

export async function firingsBench(): Promise<string> {
  await seconds('BEGIN'); // images read, code warm
  const control = await seconds('BEGIN');
  const rows = [];
  for (const program of TESTS) {
    const added = (await seconds(program)) - control;
    rows.push(`| ${program} | ${added.toFixed(2)} | ${(FIRINGS / added / 1e6).toFixed(2)} |`);
  }
  return [
    `### Firings: ${FIRINGS} of system call probes, processor time of the host`,
    '',
    `control (the same run, not traced): ${control.toFixed(2)} s`,
    '',
    '| program | seconds added | M firings/s |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

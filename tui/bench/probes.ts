/**
 * What a firing costs in the guest, beside the published figures: one-byte dd(1) under one D program at a time.
 *
 * The method of Piotrowski, AsiaBSDCon 2024: dd bs=1, cost = (time under the program - time without) / reads, in CPU cycles; the published column is that
 * paper's on a 2.9 GHz Xeon (FreeBSD 13.1). Ours are executed, never set: machine profile amd64.
 */
import { measure } from '../../traces/experiment/measure.ts';
import { version } from '../version.ts';

const COUNT = 20_000;
const COMMAND = `dd if=/dev/zero of=/dev/null bs=1 count=${COUNT} status=none`;

/** What is measured, the program, and published cycles an event. */
const TESTS: [what: string, program: string, published: number][] = [
  ['syscall entry, empty', 'syscall::read:entry {}', 220],
  ['syscall return, empty', 'syscall::read:return {}', 212],
  ['pid entry, empty', 'pid$target:libc:read:entry {}', 2477],
  ['pid return, empty', 'pid$target:libc:read:return {}', 4106],
  // What the published function meets: a conditional jump out of it is a return site, too, and does not fire when it is not taken.
  ['pid return, two breakpoints', 'pid$target:libc:read:return, pid$target:libc:read:10 {}', 4106],
  ['fbt entry, empty', 'fbt::dofileread:entry {}', 812],
  ['fbt return, empty', 'fbt::dofileread:return {}', 827],
  ['fbt, predicate on an argument', 'fbt::dofileread:entry /args[3]->uio_resid > 0/ {}', 914],
  ['fbt, @ = count()', 'fbt::dofileread:entry { @ = count(); }', 948],
  ['fbt, @ = quantize(argument)', 'fbt::dofileread:entry { @ = quantize(args[3]->uio_resid); }', 1044],
  ['fbt, @[pid] = count()', 'fbt::dofileread:entry { @[pid] = count(); }', 1032],
  ['fbt, @[execname] = count()', 'fbt::dofileread:entry { @[execname] = count(); }', 1093],
  ['fbt, @[pid, execname] = count()', 'fbt::dofileread:entry { @[pid, execname] = count(); }', 1163],
  ['fbt, @[stack()] = count()', 'fbt::dofileread:entry { @[stack()] = count(); }', 2210],
  [
    'fbt pair, timestamps and quantize',
    'fbt::dofileread:entry { self->s = timestamp; } fbt::dofileread:return /self->s/ { @ = quantize(timestamp - self->s); self->s = 0; }',
    1978,
  ],
];

/** A program about the process itself has dd as its -c command. */
const argvFor = (program: string): string[] =>
  program.includes('$target') ? ['-q', '-n', program, '-c', COMMAND] : ['-q', '-n', program];

/** Cycles that dd took under a program. */
async function cycles(program: string | undefined): Promise<number> {
  const result = await measure(
    {
      row: program ?? 'none',
      inputs: {
        version: version(),
        machine: 'amd64',
        cpus: 1,
        seed: 1,
        scenario: {
          name: 'bench',
          description: COMMAND,
          files: { '/etc/rc': `${COMMAND}\n` },
          programs: ['dtrace'],
          console: [],
        },
        simtimeNs: 60e9,
        ...(program === undefined ? {} : { dtrace: { argv: argvFor(program), files: {}, endsRun: false } }),
      },
    },
    'dd',
  );
  return result.cycles;
}

export async function probesBench(): Promise<string> {
  const control = await cycles(undefined);
  const rows = [];
  for (const [what, program, published] of TESTS) {
    const cost = ((await cycles(program)) - control) / COUNT;
    rows.push(`| ${what} | ${cost.toFixed(0)} | ${published} | ${(cost / published).toFixed(2)} |`);
  }
  return [
    '### Probes: cycles an event on the guest (profile amd64), executed',
    '',
    `control: ${(control / COUNT).toFixed(0)} cycles a read and write pair (published: 672)`,
    '',
    '| test | executed | published | ratio |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

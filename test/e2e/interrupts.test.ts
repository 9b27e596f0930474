// ^C, and worse, in the middle of work: what was recorded stays, tracing ends in order.
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lab, put, SMALL, scratch, start, until } from './lab.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

/** More work than any test waits for. */
const endless = put(
  folder,
  'endless.json',
  '{"files":{"/etc/rc":"forkbench -n 1000000\\n"},"programs":["sleep"],"simtime":"3000s"}',
);
const size = (path: string): number => {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
};

describe('run --record', () => {
  test('SIGINT: exit code 1, the trace is kept whole and verifies', async () => {
    const trace = join(folder, 'int.trace');
    const running = start('run', ...SMALL, endless, '--record', trace);
    await until('some chunks', () => size(trace) > 4_000_000);
    running.child.kill('SIGINT');
    const outcome = await running.ended;
    expect(outcome.code).toBe(1);
    expect(outcome.err).toMatch(/\nprobelab: interrupted\n$/);
    const again = await lab('replay', trace, '--verify');
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toMatch(/^identical: \d+ events \(the recording ends there\)\n$/);
  });

  test('SIGKILL: everything up to the last whole chunk is there', async () => {
    const trace = join(folder, 'kill.trace');
    const running = start('run', ...SMALL, endless, '--record', trace);
    await until('some chunks', () => size(trace) > 4_000_000);
    running.child.kill('SIGKILL');
    expect((await running.ended).code).toBe(137);
    const again = await lab('replay', trace, '--verify');
    expect(again.code).toBe(0);
    expect(again.err).toMatch(
      /^probelab: .*kill\.trace: truncated at event \d+ \(.*\); reading what is there\n$/,
    );
    expect(again.out).toMatch(/^identical: \d{4,} events \(the recording ends there\)\n$/);
  });
});

describe('dtrace', () => {
  test('SIGINT: END fires, aggregations are printed, exit code 0', async () => {
    const running = start(
      'dtrace',
      ...[
        '-x',
        `scenario=${endless}`,
        '-x',
        'switchrate=10ms',
        '-x',
        'aggrate=10ms',
        '-x',
        'statusrate=10ms',
      ],
      ...['-n', 'syscall::fork:entry { @[execname] = count(); } END { trace("the end"); }'],
    );
    await until('tracing', () => running.text.err.includes('matched 2 probes'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    running.child.kill('SIGINT');
    const outcome = await running.ended;
    expect(outcome.code).toBe(0);
    expect(outcome.out).toMatch(
      /^\nCPU {5}ID {20}FUNCTION:NAME\n +\d+ {6}2 +:END {3}the end *\n\n(?: {2}\w+ +\d+\n)* {2}forkbench +\d+\n$/,
    );
    expect(outcome.err).toBe("dtrace: description 'syscall::fork:entry ' matched 2 probes\n");
  });

  test('SIGINT with -c: the command gets it, too, and the consumer does not wait for its next round', async () => {
    const rates = ['switchrate', 'aggrate', 'statusrate'].flatMap((rate) => ['-x', `${rate}=1000s`]);
    const program = 'syscall::fork:entry { @[execname] = count(); } END { trace("the end"); }';
    const running = start('dtrace', ...rates, '-n', program, '-c', 'forkbench -n 1000000');
    await until('tracing', () => running.text.err.includes('matched 2 probes'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.child.kill('SIGINT');
    const outcome = await running.ended;
    expect(outcome.code).toBe(0);
    expect(outcome.out).toMatch(
      /^\nCPU {5}ID {20}FUNCTION:NAME\n +\d+ {6}2 +:END {3}the end *\n\n(?: {2}\w+ +\d+\n)* {2}forkbench +\d+\n$/,
    );
  });

  test('SIGINT without -c: it wakes the consumer, and what runs beside it does not get it', async () => {
    // No round of its own is due before the run's end.
    const rates = ['switchrate', 'aggrate', 'statusrate'].flatMap((rate) => ['-x', `${rate}=9000s`]);
    const program =
      'syscall::fork:entry { @[execname] = count(); } proc:::signal-send /args[2] != SIGCHLD/ { printf("%s %d", args[1]->pr_fname, args[2]); } END { trace("the end"); }';
    const running = start('dtrace', '-x', `scenario=${endless}`, ...rates, '-n', program);
    await until('tracing', () => running.text.err.includes('matched 3 probes'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.child.kill('SIGINT');
    const outcome = await running.ended;
    expect(outcome.code).toBe(0);
    expect(outcome.out).toMatch(
      /^\nCPU {5}ID {20}FUNCTION:NAME\n(?: +\d+ +\d+ +\w+:signal-send dtrace 2\n| +\d+ {6}2 +:END {3}the end *\n){2}\n(?: {2}\w+ +\d+\n)* {2}forkbench +\d+\n$/,
    );
  });

  test('SIGINT twice: at once, whatever the consumer still waits for', async () => {
    const program =
      'syscall::fork:entry { @[execname] = count(); } END { trace("the end"); system("sleep 9000"); }';
    const running = start('dtrace', '-w', '-x', `scenario=${endless}`, '-n', program);
    await until('tracing', () => running.text.err.includes('matched 2 probes'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.child.kill('SIGINT');
    await until('END', () => running.text.out.includes('the end'));
    running.child.kill('SIGINT');
    const outcome = await running.ended;
    expect(outcome.out).not.toContain('forkbench'); // aggregations come after END
    expect(outcome.code).toBe(0);
  });
});

// Virtual memory as processes see it, on the whole machine: programs/memory.c checks itself and prints "ok".
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runGuest } from './guest.ts';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}.c`, import.meta.url));

describe('memory of processes', () => {
  test.each`
    machine         | cpus | options
    ${'amd64'}      | ${1} | ${[]}
    ${'amd64'}      | ${4} | ${['INVARIANTS', 'INVARIANT_SUPPORT']}
    ${'beaglebone'} | ${1} | ${[]}
  `(
    'zero pages, copy on write, sharing, protection and the break are right on $machine with $cpus CPUs $options',
    async ({ machine, cpus, options }) => {
      const result = await runGuest('memory', { machine, cpus, options, sources: [program('memory')] });
      expect(result.console).toMatch(/^ok$/m);
      expect(result.console).not.toMatch(/lock order|LOR|panic|line \d+/);
      expect(result.status).toBe(0);
    },
  );

  test.each([1, 2, 3])(
    'threads of one process on 4 CPUs never see what was unmapped, nor lose a write to fork (seed %i)',
    async (seed) => {
      const options = ['INVARIANTS', 'INVARIANT_SUPPORT'];
      const result = await runGuest('shootdown', { cpus: 4, seed, options, sources: [program('shootdown')] });
      expect(result.console).toMatch(/^ok$/m);
      expect(result.status).toBe(0);
    },
  );

  test('a process that wants more memory than there is gets killed, and the rest goes on', async () => {
    const result = await runGuest('hog\necho still here', {
      sources: [program('hog')],
      ramBytes: 100 << 20,
      cpus: 2,
    });
    expect(result.console).toMatch(/pid \d+ \(hog\), uid 0, was killed: out of swap space/);
    expect(result.console).toMatch(/^still here$/m);
    expect(result.status).toBe(0);
  });

  test('memory that was only read is taken back when it is short', async () => {
    const result = await runGuest('readonly', {
      sources: [program('readonly')],
      ramBytes: 100 << 20,
      cpus: 1,
    });
    expect(result.console).toMatch(/^ok$/m);
  });
});

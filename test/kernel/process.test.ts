// Processes, signals, threads and files as programs see them, on the whole machine: each of the programs checks itself, prints the
// lines that do not hold, and "ok" if there are none.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runGuest } from './guest.ts';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}.c`, import.meta.url));

const kernels = [
  { machine: 'amd64', cpus: 1, options: ['INVARIANTS', 'INVARIANT_SUPPORT'] },
  { machine: 'amd64', cpus: 4, options: ['INVARIANTS', 'INVARIANT_SUPPORT'] },
  { machine: 'beaglebone', cpus: 1, options: [] },
];

for (const { machine, cpus, options } of kernels)
  describe(`on ${machine} with ${cpus} CPUs`, () => {
    test.each`
      name           | because
      ${'processes'} | ${'fork, vfork, exec, exit and wait make, change and end processes'}
      ${'signals'}   | ${'signals are handled, blocked, fatal or stopping as asked'}
      ${'threads'}   | ${'threads share, wait for each other, and go when their process goes'}
      ${'files'}     | ${'files, directories, devices and pipes keep what they are given'}
    `('$name: $because', async ({ name }) => {
      const result = await runGuest(`# They start: true, false.\n${name}`, {
        machine,
        cpus,
        options,
        sources: [program(name)],
      });
      expect(result.console).not.toMatch(/, line \d+:|panic|lock order|LOR/);
      expect(result.console).toMatch(/^ok$/m);
      expect(result.status).toBe(0);
    });
  });

/** `probelab bench`: measures probelab itself, and what probes cost in the guest. Prints tables for docs/performance.md. */
import { Argument, type Command } from 'commander';

const PARTS: Record<string, () => Promise<() => Promise<string>>> = {
  queue: async () => (await import('../bench/queue.ts')).queueBench,
  compiler: async () => (await import('../bench/guest.ts')).compilerBench,
  machine: async () => (await import('../bench/guest.ts')).machineBench,
  frames: async () => (await import('../bench/frames.ts')).framesBench,
  memory: async () => (await import('../bench/frames.ts')).memoryBench,
  probes: async () => (await import('../bench/probes.ts')).probesBench,
  firings: async () => (await import('../bench/firings.ts')).firingsBench,
  recording: async () => (await import('../bench/recording.ts')).recordingBench,
};

export function define(command: Command): void {
  command
    .addArgument(new Argument('[part]', 'what to measure (default: everything)').choices(Object.keys(PARTS)))
    .addHelpText('after', '\nExample:\n  probelab bench probes\n')
    .action(async (part: string | undefined) => {
      for (const name of part === undefined ? Object.keys(PARTS) : [part])
        process.stdout.write(`${await (await PARTS[name]())()}\n`);
    });
}

/** `probelab bench`: measures probelab itself, and what probes cost in the guest. Prints tables for docs/performance.md. */
import { Argument, type Command, Option } from 'commander';

const PARTS: Record<string, () => Promise<() => Promise<string>>> = {
  queue: async () => (await import('../bench/queue.ts')).queueBench,
  compiler: async () => (await import('../bench/guest.ts')).compilerBench,
  machine: async () => (await import('../bench/guest.ts')).machineBench,
  frames: async () => (await import('../bench/frames.ts')).framesBench,
  memory: async () => (await import('../bench/frames.ts')).memoryBench,
  probes: async () => (await import('../bench/probes.ts')).probesBench,
  firings: async () => (await import('../bench/firings.ts')).firingsBench,
  compile: async () => (await import('../bench/compile.ts')).compileBench,
  recording: async () => (await import('../bench/recording.ts')).recordingBench,
};

export function define(command: Command): void {
  command
    .addArgument(new Argument('[part]', 'what to measure (default: everything)').choices(Object.keys(PARTS)))
    .addHelpText('after', '\nExample:\n  probelab bench probes\n')
    .addOption(
      new Option('--script <name>', 'one of those that `compile` compiles, once, in this process').hideHelp(),
    )
    .action(async (part: string | undefined, { script }: { script?: string }) => {
      if (script !== undefined) {
        process.stdout.write(await (await import('../bench/compile.ts')).compileOnce(script));
        return;
      }
      for (const name of part === undefined ? Object.keys(PARTS) : [part])
        process.stdout.write(`${await (await PARTS[name]())()}\n`);
    });
}

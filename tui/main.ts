#!/usr/bin/env node
/** The program `probelab`. */
import { probelab } from './cli.ts';

// A reader that has seen enough (`probelab replay FILE | head`) ends us quietly.
for (const [name, stream] of [
  ['output', process.stdout],
  ['error', process.stderr],
] as const)
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    if (error.syscall !== 'write') throw error;
    // A full disk, for one.
    if (name === 'output')
      process.stderr.write(`probelab: standard output: ${error.message.replace(/^\w+: |, write$/g, '')}\n`);
    process.exit(1);
  });

await probelab(process.argv.slice(2));
// All is said. Node itself would first wait for what V8 still compiles in the background: a fifth of a second for code that will not run again.
for (const stream of [process.stdout, process.stderr])
  await new Promise<void>((written) => stream.write('', () => written()));
process.exit();

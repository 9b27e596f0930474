#!/usr/bin/env node
/** The program `probelab`. */
import { probelab } from './cli.ts';

// A reader that has seen enough (`probelab replay FILE | head`) ends us quietly.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });

await probelab(process.argv.slice(2));

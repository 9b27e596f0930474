#!/usr/bin/env node
/** The program `probelab`. */
import { probelab } from './cli.ts';

await probelab(process.argv.slice(2));

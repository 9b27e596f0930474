/** `probelab export FILE --to FORMAT`: a trace for other programs. */
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '../../engine/run/user-error.ts';
import { writeCtf } from '../../traces/export/ctf.ts';
import { type ExportFormat, FORMATS } from '../../traces/export/formats.ts';
import type { TraceReader } from '../../traces/read.ts';
import { Progress } from '../progress.ts';
import { openTrace } from '../traces.ts';

interface Options {
  to?: string;
  output?: string;
  list?: boolean;
  off?: boolean;
  threads?: boolean;
}

export function define(command: Command): void {
  command
    .argument('[file]', 'a recorded trace')
    .option('--to <format>', `one of ${FORMATS.map((f) => f.name).join(', ')}`)
    .option('-o, --output <path>', 'write there (default, and -: standard output; ctf needs a folder)')
    .option('--off', 'folded: also what threads waited for')
    .option('--threads', 'speedscope: a profile for each thread, not for each CPU')
    .option('--list', 'list the formats')
    .addHelpText(
      'after',
      `
Examples:
  probelab export dd.trace --to perfetto -o dd.perfetto-trace     (open it at ui.perfetto.dev)
  probelab export dd.trace --to chrome -o dd.json
  probelab export dd.trace --to ctf -o dd.ctf && babeltrace2 dd.ctf | less
  probelab export dd.trace --to folded | flamegraph.pl > dd.svg
  probelab export dd.trace --to csv | head
`,
    )
    .action(async (file: string | undefined, options: Options) => {
      if (options.list) {
        const width = Math.max(...FORMATS.map((f) => f.name.length));
        for (const f of FORMATS) process.stdout.write(`${f.name.padEnd(width)}  ${f.description}\n`);
        return;
      }
      if (file === undefined) throw new UserError('export what? name a trace');
      const format = FORMATS.find((f) => f.name === options.to);
      if (format === undefined)
        throw new UserError(
          `${options.to === undefined ? 'export to what?' : `--to ${options.to}: no such format:`} there are ${FORMATS.map((f) => f.name).join(', ')}`,
        );
      await exportTrace(file, format, options.output === '-' ? { ...options, output: undefined } : options);
    });
}

async function exportTrace(file: string, format: ExportFormat, options: Options): Promise<void> {
  if (options.output === undefined && format.kind === 'folder')
    throw new UserError(`--to ${format.name} writes a folder: name it with -o`);
  if (options.output === undefined && format.kind === 'binary' && process.stdout.isTTY === true)
    throw new UserError(`--to ${format.name} is binary: name a file with -o, or redirect`);
  const reader = openTrace(file);
  const progress = new Progress();
  try {
    if (format.pieces === undefined) {
      writeCtf(reader, options.output ?? '', (events) =>
        progress.show(() => `${events} of ${reader.events} events`),
      );
      return;
    }
    const pieces = format.pieces(reader, { off: options.off === true, threads: options.threads === true });
    await write(pieces, options.output, progress, reader);
  } finally {
    progress.end();
    reader.close();
  }
}

async function write(
  pieces: Iterable<string | Uint8Array>,
  path: string | undefined,
  progress: Progress,
  reader: TraceReader,
): Promise<void> {
  let chunks = 0;
  const shown = () =>
    progress.show(
      () => `${Math.min(100, Math.round((100 * chunks++) / Math.max(1, reader.chunks.length)))} %`,
    );
  if (path === undefined) {
    for (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
    return;
  }
  const fd = openSync(path, 'w');
  try {
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      shown();
      if (progress.interrupts > 0) throw new UserError(`interrupted: ${path} is not complete`, 1);
    }
  } finally {
    closeSync(fd);
  }
}

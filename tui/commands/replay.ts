/** `probelab replay FILE`: what a trace holds, event by event; with --verify, execute it again and compare. */
import type { Command } from 'commander';
import { siteName } from '../../traces/diff/timeline.ts';
import { parseCycle } from '../../traces/playback/moment.ts';
import type { TraceReader } from '../../traces/read.ts';
import { type EventText, eventText, type Verification, verify } from '../../traces/verify.ts';
import { Meter, Progress } from '../progress.ts';
import { openTrace } from '../traces.ts';

interface Options {
  verify?: boolean;
  json?: boolean;
  until?: string;
  installed?: boolean;
}

export function define(command: Command): void {
  command
    .argument('<file>', 'a recorded trace')
    .option('--verify', 'execute the same inputs again and compare every event')
    .option('--until <when>', 'only up to this cycle or time: 12000000, 5ms')
    .option('--installed', 'with --verify: execute with the installed guest sources, whatever the trace has')
    .option('--json', 'as JSON (without --verify: one event a line)')
    .addHelpText(
      'after',
      `
Exit status of --verify: 0 identical, 1 not.

Examples:
  probelab replay dd.trace | less
  probelab replay dd.trace --until 12ms | tail
  probelab replay dd.trace --verify

--verify executes the run from the sources in the trace. Where they are not the installed ones they are compiled, and what has changed
since is named.
`,
    )
    .action(async (file: string, options: Options) => {
      const reader = openTrace(file);
      if (options.verify) process.exitCode = await verifyCommand(reader, options);
      else print(reader, options);
    });
}

async function verifyCommand(reader: TraceReader, options: Options): Promise<number> {
  const progress = new Progress();
  const meter = new Meter(reader.events);
  const result = await verify(reader, {
    until: untilOf(reader, options),
    installed: options.installed,
    progress: (events) => {
      progress.show(() =>
        [`${events} of ${reader.events} events compared`, meter.left(events)]
          .filter(Boolean)
          .join(', about '),
      );
      return progress.interrupts > 0;
    },
  });
  progress.end();
  process.stdout.write(options.json ? JSON.stringify(result, null, 2) + '\n' : words(result));
  return result.identical ? 0 : 1;
}

const untilOf = (reader: TraceReader, options: Options): number | undefined =>
  options.until === undefined ? undefined : parseCycle(options.until, reader.header.clockHz, '--until');

function words(v: Verification): string {
  const out: string[] = [];
  if (v.changed.length > 0) out.push('changed since the recording:', ...v.changed.map((what) => `  ${what}`));
  if (v.recompiled.length > 0) out.push(`executed from the recorded sources: ${v.recompiled.join(', ')}`);
  if (v.difference === null)
    out.push(`identical: ${v.events} events${v.partial ? ' (the recording ends there)' : ''}`);
  else {
    const side = (title: string, events: { seq: number; text: string }[]) => [
      title,
      ...events.map(
        (e) => `${e.seq === v.difference?.seq ? '>' : ' '} ${String(e.seq).padStart(9)}  ${e.text}`,
      ),
    ];
    out.push(`first difference at event ${v.difference.seq}, after ${v.events} equal ones`);
    out.push(...side('recorded:', v.difference.recorded), ...side('executed now:', v.difference.executed));
  }
  return out.join('\n') + '\n';
}

function print(reader: TraceReader, options: Options): void {
  const names = reader.header.sites.map(siteName);
  const until = untilOf(reader, options) ?? Number.POSITIVE_INFINITY;
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns, seq } = reader.chunk(n);
    const lines: string[] = [];
    for (let i = 0; i < columns.count && columns.cycle[i] <= until; i++) {
      const event: EventText = { seq: seq + i, text: eventText(columns, i, names, reader.header.sites) };
      lines.push(options.json ? JSON.stringify(event) : `${String(event.seq).padStart(9)}  ${event.text}`);
    }
    if (lines.length > 0) process.stdout.write(lines.join('\n') + '\n');
    if (columns.count > 0 && columns.cycle[columns.count - 1] > until) break;
  }
}

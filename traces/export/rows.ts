/** An event a line: comma-separated values (RFC 4180), or JSON. docs/export.md has the columns. */
import { argument } from '../columns.ts';
import type { TraceReader } from '../read.ts';
import { threadIdentities } from './threads.ts';
import { nanosecondsOf } from './time.ts';
import { argumentType, valueText } from './values.ts';

export const CSV_COLUMNS = [
  'seq',
  'cycle',
  'ns',
  'cpu',
  'tid',
  'thread',
  'provider',
  'module',
  'function',
  'name',
  'arg0',
  'arg1',
  'arg2',
  'arg3',
  'arg4',
];

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The file in pieces. Throws TraceError. */
export function* csvRows(reader: TraceReader): Generator<string> {
  const ns = nanosecondsOf(reader.header.clockHz);
  const sites = reader.header.sites.map((s) => ({
    text: [s.provider, s.module, s.function, s.name].map(quoted).join(),
    args: s.args.slice(0, 5).map(argumentType),
  }));
  const identity = threadIdentities(reader);
  yield `${CSV_COLUMNS.join()}\r\n`;
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e, seq } = reader.chunk(n);
    const lines: string[] = [];
    for (let i = 0; i < e.count; i++) {
      const { text, args } = sites[e.site[i]];
      let line = `${seq + i},${e.cycle[i]},${ns(e.cycle[i])},${e.cpu[i]},${e.tid[i]},${quoted(identity(e.tid[i]))},${text}`;
      for (let k = 0; k < 5; k++) line += k < args.length ? `,${valueText(args[k], argument(e, i, k))}` : ',';
      lines.push(`${line}\r\n`);
    }
    if (lines.length > 0) yield lines.join('');
  }
}

/** A number where JSON's readers keep it exact, else its decimal digits as a string; addresses as hexadecimal strings. */
function jsonValue(text: string): string {
  return text.startsWith('0x') || !Number.isSafeInteger(Number(text)) ? `"${text}"` : text;
}

/** The file in pieces. Throws TraceError. */
export function* jsonLines(reader: TraceReader): Generator<string> {
  const ns = nanosecondsOf(reader.header.clockHz);
  const sites = reader.header.sites.map((s) => ({
    text: JSON.stringify({
      provider: s.provider,
      module: s.module,
      function: s.function,
      name: s.name,
    }).slice(1, -1),
    args: s.args.slice(0, 5).map(argumentType),
  }));
  const identity = threadIdentities(reader);
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e, seq } = reader.chunk(n);
    const lines: string[] = [];
    for (let i = 0; i < e.count; i++) {
      const { text, args } = sites[e.site[i]];
      const values = args.map((type, k) => jsonValue(valueText(type, argument(e, i, k))));
      lines.push(
        `{"seq":${seq + i},"cycle":${e.cycle[i]},"ns":${ns(e.cycle[i])},"cpu":${e.cpu[i]},"tid":${e.tid[i]},` +
          `"thread":${JSON.stringify(identity(e.tid[i]))},${text},"args":[${values.join()}]}\n`,
      );
    }
    if (lines.length > 0) yield lines.join('');
  }
}

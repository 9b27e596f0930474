/** An event a line: comma-separated values (RFC 4180), or JSON. docs/export.md has the columns. */
import { KVBASE } from '../../engine/image/abi.ts';
import { argument, type EventColumns } from '../columns.ts';
import type { TraceReader } from '../read.ts';
import { Symbols } from '../symbols.ts';
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
  'symbols',
];

/** Names of an event's arguments that are kernel addresses; undefined where there are none. Looked up once each. */
function symbolsOf(reader: TraceReader): (e: EventColumns, i: number) => (string | undefined)[] | undefined {
  const addresses = reader.header.sites.map((s) =>
    s.args.slice(0, 5).flatMap((type, k) => (argumentType(type).address ? [k] : [])),
  );
  const known = new Map<bigint, string | undefined>();
  let symbols: Symbols | undefined;
  return (e, i) => {
    let names: (string | undefined)[] | undefined;
    for (const k of addresses[e.site[i]]) {
      const address = argument(e, i, k);
      if (address < KVBASE) continue;
      if (!known.has(address)) {
        symbols ??= new Symbols(reader);
        known.set(address, symbols.nameOf(address));
      }
      const name = known.get(address);
      if (name === undefined) continue;
      names ??= [];
      names[k] = name;
    }
    return names;
  };
}

/** 'arg1=softclock arg2=namei+0x1c'. */
const namedText = (names: (string | undefined)[]): string =>
  names.flatMap((name, k) => (name === undefined ? [] : [`arg${k}=${name}`])).join(' ');

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The file in pieces. Throws TraceError. */
export function* csvRows(reader: TraceReader): Generator<string> {
  const ns = nanosecondsOf(reader.header.clockHz);
  const sites = reader.header.sites.map((s) => ({
    text: [s.provider, s.module, s.function, s.name].map(quoted).join(),
    args: s.args.slice(0, 5).map(argumentType),
  }));
  const identity = threadIdentities(reader);
  const symbols = symbolsOf(reader);
  yield `${CSV_COLUMNS.join()}\r\n`;
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e, seq } = reader.chunk(n);
    const lines: string[] = [];
    for (let i = 0; i < e.count; i++) {
      const { text, args } = sites[e.site[i]];
      let line = `${seq + i},${e.cycle[i]},${ns(e.cycle[i])},${e.cpu[i]},${e.tid[i]},${quoted(identity(e.tid[i]))},${text}`;
      for (let k = 0; k < 5; k++) line += k < args.length ? `,${valueText(args[k], argument(e, i, k))}` : ',';
      const names = symbols(e, i);
      line += `,${names === undefined ? '' : quoted(namedText(names))}`;
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
  const symbols = symbolsOf(reader);
  for (let n = 0; n < reader.chunks.length; n++) {
    const { columns: e, seq } = reader.chunk(n);
    const lines: string[] = [];
    for (let i = 0; i < e.count; i++) {
      const { text, args } = sites[e.site[i]];
      const values = args.map((type, k) => jsonValue(valueText(type, argument(e, i, k))));
      const names = symbols(e, i);
      const named =
        names === undefined ? '' : `,"symbols":${JSON.stringify(args.map((_, k) => names[k] ?? null))}`;
      lines.push(
        `{"seq":${seq + i},"cycle":${e.cycle[i]},"ns":${ns(e.cycle[i])},"cpu":${e.cpu[i]},"tid":${e.tid[i]},` +
          `"thread":${JSON.stringify(identity(e.tid[i]))},${text},"args":[${values.join()}]${named}}\n`,
      );
    }
    if (lines.length > 0) yield lines.join('');
  }
}

/** What a trace can be exported to. */
import { foldedText, foldTrace } from '../flame/folded.ts';
import type { TraceReader } from '../read.ts';
import { chromeTrace } from './chrome.ts';
import { perfettoTrace } from './perfetto.ts';
import { csvRows, jsonLines } from './rows.ts';
import { speedscope } from './speedscope.ts';

export interface ExportOptions {
  /** folded, speedscope: also what threads waited for. */
  off: boolean;
  /** speedscope: a profile a thread instead of a CPU. */
  threads: boolean;
}

export interface ExportFormat {
  name: string;
  description: string;
  /** folder: written by traces/export/ctf.ts. */
  kind: 'text' | 'binary' | 'folder';
  /** The file in pieces; absent for a folder. */
  pieces?: (reader: TraceReader, options: ExportOptions) => Iterable<string | Uint8Array>;
}

export const FORMATS: readonly ExportFormat[] = [
  {
    name: 'chrome',
    description: 'Chrome trace events, JSON: CPU and thread tracks, counters, wakeups as flows',
    kind: 'text',
    pieces: (reader) => chromeTrace(reader),
  },
  {
    name: 'perfetto',
    description: 'Perfetto protobuf, the same tracks: ui.perfetto.dev, trace_processor',
    kind: 'binary',
    pieces: (reader) => perfettoTrace(reader),
  },
  {
    name: 'ctf',
    description: 'Common Trace Format 1.8, a folder: babeltrace2, Trace Compass; every event',
    kind: 'folder',
  },
  {
    name: 'folded',
    description: 'folded stacks with nanoseconds: flamegraph.pl and its like',
    kind: 'text',
    pieces: function* (reader, { off }) {
      yield foldedText(foldTrace(reader, 'thread', { off }));
    },
  },
  {
    name: 'speedscope',
    description: 'speedscope JSON: an evented profile a CPU (--threads: a thread)',
    kind: 'text',
    pieces: (reader, { threads }) => speedscope(reader, threads ? 'thread' : 'cpu'),
  },
  { name: 'csv', description: 'comma-separated values, every event', kind: 'text', pieces: csvRows },
  { name: 'jsonl', description: 'JSON lines, every event', kind: 'text', pieces: jsonLines },
];

/**
 * Chrome's trace event format (JSON object form), for chrome://tracing, Perfetto's UI and others.
 *
 * Its times are microseconds; ours are written with three decimals, so they are whole nanoseconds and exact. CPUs are the threads of a
 * process of their own, `CPUS_PID`; guest threads have the guest's ids.
 */
import type { TraceReader } from '../read.ts';
import { type SpanEvent, spans, type Track } from './spans.ts';
import { nanosecondsOf } from './time.ts';

/** No guest process has it. */
export const CPUS_PID = 1_000_000;

/** The file in pieces. Throws TraceError. */
export function* chromeTrace(reader: TraceReader): Generator<string> {
  const ns = nanosecondsOf(reader.header.clockHz);
  const time = (cycle: number): string => {
    const text = ns(cycle).toString().padStart(4, '0');
    return `${text.slice(0, -3)}.${text.slice(-3)}`;
  };
  const { identity, clockHz, cpus } = reader.header;
  yield `{"displayTimeUnit":"ns","otherData":${JSON.stringify({ program: 'probelab', identity, clockHz, cpus })},"traceEvents":[\n`;
  yield line({ name: 'process_name', ph: 'M', pid: CPUS_PID, tid: 0, args: { name: 'CPUs' } }).slice(2);
  const tracks = new Map<number, Track>();
  for (const events of spans(reader)) {
    let piece = '';
    for (const event of events) piece += text(event, tracks, time);
    if (piece !== '') yield piece;
  }
  yield '\n]}\n';
}

const line = (event: object): string => `,\n${JSON.stringify(event)}`;

/** Number of digits matters: the time goes in as text. */
const timed = (time: string, event: object): string => `,\n{"ts":${time},${JSON.stringify(event).slice(1)}`;

function text(event: SpanEvent, tracks: Map<number, Track>, time: (cycle: number) => string): string {
  if (event.type === 'track') {
    const { track } = event;
    const known = tracks.has(track.id);
    tracks.set(track.id, track);
    if (track.kind === 'counter') return '';
    const { pid, tid } = place(track);
    const name = line({ name: 'thread_name', ph: 'M', pid, tid, args: { name: track.name } });
    const process =
      track.kind === 'thread'
        ? line({ name: 'process_name', ph: 'M', pid, tid, args: { name: track.name } })
        : '';
    const order =
      track.kind === 'cpu' && !known
        ? line({ name: 'thread_sort_index', ph: 'M', pid, tid, args: { sort_index: track.number } })
        : '';
    return name + process + order;
  }
  const track = event.track === undefined ? undefined : tracks.get(event.track);
  const at = time(event.cycle);
  const where = track === undefined ? { pid: CPUS_PID, tid: 0 } : place(track);
  switch (event.type) {
    case 'begin':
      return (
        timed(at, { ph: 'B', ...where, name: event.name, cat: event.category }) +
        (event.flow === undefined
          ? ''
          : timed(at, { ph: 'f', bp: 'e', id: event.flow, ...where, name: 'wakeup', cat: 'wakeup' }))
      );
    case 'end':
      return timed(at, { ph: 'E', ...where });
    case 'instant':
      return (
        timed(at, {
          ph: 'i',
          s: track === undefined ? 'g' : 't',
          ...where,
          name: event.name,
          cat: event.category,
        }) +
        (event.flow === undefined
          ? ''
          : timed(at, { ph: 's', id: event.flow, ...where, name: 'wakeup', cat: 'wakeup' }))
      );
    case 'counter':
      return timed(at, { ph: 'C', pid: CPUS_PID, tid: 0, name: track?.name, args: { value: event.value } });
  }
}

const place = (track: Track): { pid: number; tid: number } =>
  track.kind === 'thread' ? { pid: track.pid, tid: track.number } : { pid: CPUS_PID, tid: track.number };

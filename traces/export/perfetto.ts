/**
 * Perfetto's protobuf trace: packets of track descriptors and track events, one packet sequence.
 *
 * Field numbers are those of the public protos/perfetto/trace/ files. Names and categories are interned: the first packet that uses one
 * carries it. Times are whole nanoseconds since power-on (clock BOOTTIME, the default), in order.
 */
import type { TraceReader } from '../read.ts';
import { ProtoWriter } from './protobuf.ts';
import { type SpanEvent, spans, type Track } from './spans.ts';
import { nanosecondsOf } from './time.ts';

const TRACE_PACKET = 1;
const PACKET = { timestamp: 8, sequence: 10, trackEvent: 11, interned: 12, flags: 13, descriptor: 60 };
const DESCRIPTOR = { uuid: 1, name: 2, process: 3, thread: 4, parent: 5, counter: 8, ordering: 11, rank: 12 };
const PROCESS = { pid: 1, name: 6 };
const THREAD = { pid: 1, tid: 2, name: 5 };
const COUNTER = { unit: 3 };
const INTERNED = { categories: 1, names: 2 };
const ENTRY = { iid: 1, name: 2 };
const EVENT = {
  categoryIids: 3,
  type: 9,
  nameIid: 10,
  track: 11,
  counter: 30,
  flows: 47,
  terminatingFlows: 48,
};
const TYPE = { begin: 1, end: 2, instant: 3, counter: 4 };
const UNIT_COUNT = 2;
const EXPLICIT_ORDER = 3;
const STATE_CLEARED = 1;
const NEEDS_STATE = 2;
const SEQUENCE = 1;
/** Tracks that are no thread of the guest hang below these. */
const CPUS_UUID = 1n;
const RUN_UUID = 2n;
const TRACK_BASE = 1000n;
const PROCESS_BASE = 1n << 32n;

/** The file in pieces. Throws TraceError. */
export function* perfettoTrace(reader: TraceReader): Generator<Uint8Array> {
  const writer = new Writer(nanosecondsOf(reader.header.clockHz));
  writer.begin();
  for (const events of spans(reader)) {
    for (const event of events) writer.event(event);
    const piece = writer.take();
    if (piece.length > 0) yield piece;
  }
}

class Writer {
  readonly #ns: (cycle: number) => bigint;
  readonly #out = new ProtoWriter();
  readonly #names = new Map<string, number>();
  readonly #categories = new Map<string, number>();
  readonly #processes = new Map<number, string>();

  constructor(ns: (cycle: number) => bigint) {
    this.#ns = ns;
  }

  take(): Uint8Array {
    return this.#out.take();
  }

  begin(): void {
    this.#packet((p) => {
      p.number(PACKET.flags, STATE_CLEARED);
      p.message(PACKET.descriptor, (d) =>
        d
          .number(DESCRIPTOR.uuid, CPUS_UUID)
          .string(DESCRIPTOR.name, 'CPUs')
          .number(DESCRIPTOR.ordering, EXPLICIT_ORDER),
      );
    });
    this.#packet((p) =>
      p.message(PACKET.descriptor, (d) => d.number(DESCRIPTOR.uuid, RUN_UUID).string(DESCRIPTOR.name, 'run')),
    );
  }

  event(event: SpanEvent): void {
    if (event.type === 'track') {
      this.#track(event.track);
      return;
    }
    this.#packet((p) => {
      p.number(PACKET.timestamp, this.#ns(event.cycle));
      p.number(PACKET.flags, NEEDS_STATE);
      const named = event.type === 'begin' || event.type === 'instant';
      const name = named ? intern(this.#names, event.name) : undefined;
      const category = named ? intern(this.#categories, event.category) : undefined;
      if (name?.fresh === true || category?.fresh === true)
        p.message(PACKET.interned, (d) => {
          if (named && category?.fresh === true)
            d.message(INTERNED.categories, (e) =>
              e.number(ENTRY.iid, category.iid).string(ENTRY.name, event.category),
            );
          if (named && name?.fresh === true)
            d.message(INTERNED.names, (e) => e.number(ENTRY.iid, name.iid).string(ENTRY.name, event.name));
        });
      p.message(PACKET.trackEvent, (e) => {
        e.number(EVENT.type, TYPE[event.type]);
        e.number(EVENT.track, event.track === undefined ? RUN_UUID : uuid(event.track));
        if (name !== undefined) e.number(EVENT.nameIid, name.iid);
        if (category !== undefined) e.number(EVENT.categoryIids, category.iid);
        if (event.type === 'counter') e.number(EVENT.counter, event.value);
        if (event.type === 'instant' && event.flow !== undefined) e.fixed64(EVENT.flows, event.flow);
        if (event.type === 'begin' && event.flow !== undefined) e.fixed64(EVENT.terminatingFlows, event.flow);
      });
    });
  }

  #track(track: Track): void {
    if (track.kind === 'thread' && this.#processes.get(track.pid) !== track.name) {
      this.#processes.set(track.pid, track.name);
      this.#packet((p) =>
        p.message(PACKET.descriptor, (d) =>
          d
            .number(DESCRIPTOR.uuid, PROCESS_BASE + BigInt(track.pid))
            .message(DESCRIPTOR.process, (m) =>
              m.number(PROCESS.pid, track.pid).string(PROCESS.name, track.name),
            ),
        ),
      );
    }
    this.#packet((p) =>
      p.message(PACKET.descriptor, (d) => {
        d.number(DESCRIPTOR.uuid, uuid(track.id));
        if (track.kind === 'thread') {
          d.number(DESCRIPTOR.parent, PROCESS_BASE + BigInt(track.pid));
          d.message(DESCRIPTOR.thread, (m) =>
            m.number(THREAD.pid, track.pid).number(THREAD.tid, track.number).string(THREAD.name, track.name),
          );
          return;
        }
        d.string(DESCRIPTOR.name, track.name);
        d.number(DESCRIPTOR.parent, track.kind === 'cpu' ? CPUS_UUID : RUN_UUID);
        if (track.kind === 'cpu') d.number(DESCRIPTOR.rank, track.number);
        else d.message(DESCRIPTOR.counter, (m) => m.number(COUNTER.unit, UNIT_COUNT));
      }),
    );
  }

  #packet(fill: (p: ProtoWriter) => void): void {
    this.#out.message(TRACE_PACKET, (p) => {
      fill(p);
      p.number(PACKET.sequence, SEQUENCE);
    });
  }
}

const uuid = (track: number): bigint => TRACK_BASE + BigInt(track);

function intern(table: Map<string, number>, text: string): { iid: number; fresh: boolean } {
  const known = table.get(text);
  if (known !== undefined) return { iid: known, fresh: false };
  table.set(text, table.size + 1);
  return { iid: table.size, fresh: true };
}

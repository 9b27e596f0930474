/** A live run's records as a source of events: what has been executed so far, in the order of time. */
import type { RecordLog } from '../../engine/live/record-log.ts';
import { type EventColumns, eventColumns, MAX_ARGS } from '../columns.ts';
import type { TraceText } from '../format.ts';
import type { ChunkInfo, EventSource } from '../playback/source.ts';

/** Events a chunk holds. */
const CHUNK = 8192;

export class LiveSource implements EventSource {
  readonly #log: RecordLog;
  readonly #chunks: EventColumns[] = [];
  events = 0;

  constructor(log: RecordLog) {
    this.#log = log;
  }

  /** Takes over what has been recorded since. Returns the first event that is another than it was, or is new. */
  update(): number {
    const log = this.#log;
    const from = Math.min(log.takeChanged(), this.events);
    for (let seq = from; seq < log.length; seq++) {
      const n = Math.floor(seq / CHUNK);
      let e = this.#chunks[n];
      if (e === undefined) {
        e = eventColumns(CHUNK);
        this.#chunks[n] = e;
      }
      this.#put(e, seq % CHUNK, log.atSeq(seq));
    }
    this.events = log.length;
    return from;
  }

  #put(e: EventColumns, i: number, record: number): void {
    const log = this.#log;
    e.cycle[i] = log.cycle(record);
    e.cpu[i] = log.cpu(record);
    e.tid[i] = log.tid(record);
    e.site[i] = log.site(record);
    for (let k = 0; k < MAX_ARGS; k++) {
      const [low, high] = log.argument(record, k);
      e.argLow[i * MAX_ARGS + k] = low;
      e.argHigh[i * MAX_ARGS + k] = high;
    }
    e.count = Math.max(e.count, i + 1);
  }

  get chunkCount(): number {
    return Math.ceil(this.events / CHUNK);
  }

  info(n: number): ChunkInfo {
    const e = this.#chunks[n];
    return { seq: n * CHUNK, count: e.count, firstCycle: e.cycle[0], lastCycle: e.cycle[e.count - 1] };
  }

  columns(n: number): EventColumns {
    return this.#chunks[n];
  }

  texts(): readonly TraceText[] {
    return [];
  }

  keyframe(): undefined {
    return undefined;
  }

  mayHold(): boolean {
    return true;
  }
}

/**
 * speedscope's file format: an evented profile for each CPU, or for each thread.
 *
 * Profiles come one after the other in the file but grow side by side, so each is kept in a temporary file until its turn; frames, which
 * all of them share, come last.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stretches } from '../flame/stacks.ts';
import type { TraceReader } from '../read.ts';
import { threadIdentities } from './threads.ts';
import { nanosecondsOf } from './time.ts';

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';
const PIECE = 1 << 16;

/** The file in pieces. Throws TraceError. */
export function* speedscope(reader: TraceReader, by: 'cpu' | 'thread' = 'cpu'): Generator<string> {
  const folder = mkdtempSync(join(tmpdir(), 'probelab-'));
  const profiles = new Map<number, Profile>();
  try {
    const ns = nanosecondsOf(reader.header.clockHz);
    const identity = threadIdentities(reader);
    const frames = new Map<string, number>();
    const frame = (name: string): number => {
      const known = frames.get(name);
      if (known !== undefined) return known;
      frames.set(name, frames.size);
      return frames.size - 1;
    };
    for (const stretch of stretches(reader, { off: by === 'thread' })) {
      const key = by === 'cpu' ? stretch.cpu : stretch.tid;
      let profile = profiles.get(key);
      if (profile === undefined) {
        const name = by === 'cpu' ? `CPU ${key}` : `${identity(key)} (${key})`;
        profile = new Profile(join(folder, `${key}`), name, frame);
        profiles.set(key, profile);
      }
      profile.add(ns(stretch.from), ns(stretch.to), stretch.frames);
    }
    yield `{"$schema":"${SCHEMA}","exporter":"probelab","profiles":[`;
    let first = true;
    for (const [, profile] of [...profiles].sort(([a], [b]) => a - b)) {
      yield first ? '\n' : ',\n';
      first = false;
      yield* profile.text();
    }
    yield `\n],"shared":{"frames":${JSON.stringify([...frames.keys()].map((name) => ({ name })))}}}\n`;
  } finally {
    for (const profile of profiles.values()) profile.close();
    rmSync(folder, { recursive: true });
  }
}

class Profile {
  readonly #fd: number;
  readonly #name: string;
  readonly #frame: (name: string) => number;
  #buffer = '';
  #bytes = 0;
  #open: readonly string[] = [];
  #start: bigint | undefined;
  #end = 0n;

  constructor(path: string, name: string, frame: (name: string) => number) {
    this.#fd = openSync(path, 'wx+');
    this.#name = name;
    this.#frame = frame;
  }

  add(from: bigint, to: bigint, frames: readonly string[]): void {
    this.#start ??= from;
    if (from > this.#end) this.#turn(this.#end, []);
    this.#turn(from, frames);
    this.#end = to;
    if (this.#buffer.length > PIECE) this.#flush();
  }

  /** From one stack to another. */
  #turn(at: bigint, frames: readonly string[]): void {
    let same = 0;
    while (same < frames.length && same < this.#open.length && frames[same] === this.#open[same]) same++;
    for (let k = this.#open.length - 1; k >= same; k--) this.#event('C', this.#open[k], at);
    for (let k = same; k < frames.length; k++) this.#event('O', frames[k], at);
    this.#open = frames;
  }

  #event(type: string, name: string, at: bigint): void {
    const comma = this.#bytes === 0 && this.#buffer === '' ? '' : ',';
    this.#buffer += `${comma}{"type":"${type}","frame":${this.#frame(name)},"at":${at}}`;
  }

  #flush(): void {
    this.#bytes += writeSync(this.#fd, this.#buffer);
    this.#buffer = '';
  }

  *text(): Generator<string> {
    this.#turn(this.#end, []);
    this.#flush();
    yield `{"type":"evented","name":${JSON.stringify(this.#name)},"unit":"nanoseconds","startValue":${this.#start ?? 0n},"endValue":${this.#end},"events":[`;
    const piece = Buffer.alloc(PIECE);
    for (let at = 0; at < this.#bytes; ) {
      const n = readSync(this.#fd, piece, 0, PIECE, at);
      if (n === 0) break;
      at += n;
      yield piece.toString('latin1', 0, n);
    }
    yield ']}';
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/**
 * Common Trace Format 1.8: a folder with the metadata in TSDL and a binary stream for each CPU.
 *
 * An event class for each site, its arguments with the widths and signs of their C types; the thread is the events' common context,
 * the CPU the packets'. The clock counts simulated cycles, so times are exact. A packet holds a CPU's events of one chunk.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { argument, type EventColumns } from '../columns.ts';
import type { SiteInfo } from '../format.ts';
import type { TraceReader } from '../read.ts';
import { type ArgumentType, argumentType } from './values.ts';

const MAGIC = 0xc1fc1fc1;
const HEADER_BYTES = 4 + 16 + 4 + 8 + 8 + 8 + 8 + 4;
/** Event class, time, thread. */
const EVENT_BYTES = 4 + 8 + 4;

/** Writes the folder, which may exist. Returns the events written. Throws TraceError; the system's error when a file cannot be made. */
export function writeCtf(
  reader: TraceReader,
  folder: string,
  progress: (events: number) => void = () => {},
): number {
  mkdirSync(folder, { recursive: true });
  const { header } = reader;
  const id = createHash('sha256').update(`${header.identity} ctf`).digest().subarray(0, 16);
  const types = header.sites.map((site) => site.args.slice(0, 5).map(argumentType));
  writeFileSync(join(folder, 'metadata'), metadata(reader, id, types));
  const streams = Array.from({ length: header.cpus }, (_, cpu) => openSync(join(folder, `cpu${cpu}`), 'w'));
  let events = 0;
  try {
    for (let n = 0; n < reader.chunks.length; n++) {
      const { columns } = reader.chunk(n);
      for (let cpu = 0; cpu < header.cpus; cpu++) {
        const packet = packetOf(columns, cpu, id, types);
        for (let done = 0; done < packet.length; ) done += writeSync(streams[cpu], packet, done);
      }
      events += columns.count;
      progress(events);
    }
  } finally {
    for (const fd of streams) closeSync(fd);
  }
  return events;
}

function packetOf(e: EventColumns, cpu: number, id: Uint8Array, types: ArgumentType[][]): Uint8Array {
  let length = HEADER_BYTES;
  let count = 0;
  let first = 0;
  let last = 0;
  for (let i = 0; i < e.count; i++) {
    if (e.cpu[i] !== cpu) continue;
    if (count++ === 0) first = e.cycle[i];
    last = e.cycle[i];
    length += EVENT_BYTES;
    for (const type of types[e.site[i]]) length += type.bits / 8;
  }
  if (count === 0) return new Uint8Array(0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const u32 = (value: number) => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const u64 = (value: bigint) => {
    view.setBigUint64(at, value, true);
    at += 8;
  };
  u32(MAGIC);
  bytes.set(id, at);
  at += id.length;
  u32(0);
  u64(BigInt(first));
  u64(BigInt(last));
  u64(BigInt(length * 8));
  u64(BigInt(length * 8));
  u32(cpu);
  for (let i = 0; i < e.count; i++) {
    if (e.cpu[i] !== cpu) continue;
    u32(e.site[i]);
    u64(BigInt(e.cycle[i]));
    u32(e.tid[i]);
    const args = types[e.site[i]];
    for (let k = 0; k < args.length; k++) {
      const value = argument(e, i, k);
      if (args[k].bits === 64) u64(value);
      else if (args[k].bits === 32) u32(Number(value & 0xffffffffn));
      else if (args[k].bits === 16) {
        view.setUint16(at, Number(value & 0xffffn), true);
        at += 2;
      } else view.setUint8(at++, Number(value & 0xffn));
    }
  }
  return bytes;
}

const siteName = (s: SiteInfo): string => `${s.provider}:${s.module}:${s.function}:${s.name}`;

function metadata(reader: TraceReader, id: Uint8Array, types: ArgumentType[][]): string {
  const { header } = reader;
  const hex = Buffer.from(id).toString('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  const integer = (bits: number, more = '') =>
    `integer { size = ${bits}; align = 8; signed = false;${more} }`;
  const out = [
    '/* CTF 1.8 */',
    '',
    'trace {',
    '\tmajor = 1;',
    '\tminor = 8;',
    `\tuuid = "${uuid}";`,
    '\tbyte_order = le;',
    `\tpacket.header := struct { ${integer(32)} magic; ${integer(8)} uuid[16]; ${integer(32)} stream_id; };`,
    '};',
    '',
    'env {',
    '\tdomain = "kernel";',
    '\ttracer_name = "probelab";',
    `\tidentity = "${header.identity}";`,
    '};',
    '',
    'clock {',
    '\tname = cycles;',
    '\tdescription = "Simulated cycles since power-on";',
    `\tfreq = ${header.clockHz};`,
    '\toffset = 0;',
    '};',
    '',
    'stream {',
    '\tid = 0;',
    `\tevent.header := struct { ${integer(32)} id; ${integer(64, ' map = clock.cycles.value;')} timestamp; };`,
    `\tevent.context := struct { ${integer(32)} tid; };`,
    '\tpacket.context := struct {',
    `\t\t${integer(64, ' map = clock.cycles.value;')} timestamp_begin;`,
    `\t\t${integer(64, ' map = clock.cycles.value;')} timestamp_end;`,
    `\t\t${integer(64)} content_size;`,
    `\t\t${integer(64)} packet_size;`,
    `\t\t${integer(32)} cpu_id;`,
    '\t};',
    '};',
    '',
  ];
  header.sites.forEach((site, n) => {
    const fields = types[n].map(
      (type, k) =>
        `integer { size = ${type.bits}; align = 8; signed = ${type.signed}; base = ${type.address ? 16 : 10}; } arg${k};`,
    );
    out.push(
      'event {',
      `\tname = ${JSON.stringify(siteName(site))};`,
      `\tid = ${n};`,
      '\tstream_id = 0;',
      `\tfields := struct { ${fields.join(' ')} };`,
      '};',
      '',
    );
  });
  return out.join('\n');
}

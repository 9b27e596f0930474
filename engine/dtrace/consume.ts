/**
 * The consumer: records from the kernel become dtrace(1)'s output.
 *
 * It is told what EPIDs and aggregations mean (eprobe, aggdesc), then, round by round, handed each CPU's buffers (aggsnap, consume) and the status;
 * takeText() ends a round. With option temporal the records of all CPUs of a round are merged by time; without it they come CPU by CPU, but
 * BEGIN's CPU first and END's last.
 */

import { FREOPEN_RESTORE } from './actions.ts';
import { integerColumn, printDefault, printFormatted } from './aggprint.ts';
import { Aggregations } from './aggregate.ts';
import { type Answer, answers } from './answers.ts';
import { Coalescer } from './coalesce.ts';
import { ACT, DT_ACT } from './dif.ts';
import { bytesText, cstringOf, Display, hexDump, type SymbolResolver } from './display.ts';
import { LibraryError } from './errors.ts';
import { OPT, type Options, UNSET } from './options.ts';
import type { Format } from './printf.ts';
import { printTyped } from './printtype.ts';
import type { ProbeRow } from './probe.ts';
import type { Statement } from './program.ts';
import {
  type AggDesc,
  decodeAggdesc,
  decodeEprobe,
  decodeStatus,
  type EprobeDesc,
  hasUnknown,
  type RecordDesc,
  readSigned,
  readUnsigned,
  type Status,
} from './records.ts';

/** uarg of the ECB that libdtrace adds for itself: its records are errors to report. */
export const ECB_ERROR = 1n;

export const FAULTS: Record<number, string> = {
  0: 'unknown fault',
  1: 'invalid address',
  2: 'invalid alignment',
  3: 'illegal operation',
  4: 'divide-by-zero',
  5: 'out of scratch space',
  6: 'invalid kernel access',
  7: 'invalid user access',
  8: 'tuple stack overflow',
  9: 'bad stack',
  1000: 'library-level fault',
};

export interface ConsumerEnv {
  probe(id: number): ProbeRow | undefined;
  symbols: SymbolResolver;
  options: Options;
  statement(id: number): Statement | undefined;
  /** Aggregation variables in order of their ids, for the final print. */
  target?: number;
}

/** What the consumer wants done, in order with its text. */
export type OutputItem =
  | { kind: 'text'; text: string }
  /** system(): a command for the guest's shell. */
  | { kind: 'system'; command: string }
  /** freopen(): text goes to that file from here on; undefined: back to the first output. `where`: how an error message begins. */
  | { kind: 'freopen'; file: string | undefined; where: string }
  /** ftruncate(): empty the file that text goes to. */
  | { kind: 'truncate' };

/** Bytes in the largest unit that is not above them, if it divides them. */
function loweredText(bytes: bigint): string {
  let shift = 0n;
  let unit = 0;
  while (1n << (shift + 10n) <= bytes) {
    shift += 10n;
    unit++;
  }
  return bytes % (1n << shift) === 0n ? `${bytes >> shift}${' kmgtpe'[unit]}` : `${bytes} bytes`;
}

const SECOND = 1_000_000_000n;

function rateText(ns: bigint): string {
  if (ns <= SECOND && SECOND % ns === 0n) return `${SECOND / ns} hz`;
  if (ns % SECOND === 0n) return `once every ${ns / SECOND} seconds`;
  return `once every ${ns} nanoseconds`;
}

const SIGNALS = (
  ' HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM TERM URG STOP TSTP CONT CHLD TTIN TTOU IO XCPU XFSZ VTALRM PROF ' +
  'WINCH INFO USR1 USR2'
)
  .split(' ')
  .map((s) => (s === '' ? undefined : `SIG${s}`));

interface Pending {
  cpu: number;
  bytes: Buffer;
}

interface PlacedRecord {
  cpu: number;
  at: number;
  time: bigint;
  buf: Buffer;
  desc: EprobeDesc;
  /** What the same CPU recorded next. */
  next?: PlacedRecord;
}

export class Consumer {
  private readonly env: ConsumerEnv;
  readonly options: Options;
  private readonly display: Display;
  private readonly coalescer: Coalescer;
  private readonly eprobes = new Map<number, EprobeDesc>();
  private readonly aggdescs = new Map<number, AggDesc>();
  readonly aggregations = new Aggregations();
  private readonly printed = new Set<number>();
  private pending: Pending[] = [];
  private output: OutputItem[] = [];
  private errors = '';
  private heading = false;
  private indent = 0;
  private lastEpid = 0;
  private status_: Status | undefined;
  private stopRequested = false;
  private finished = false;
  private started = false;
  private wasInterrupted = false;
  exitStatus = 0;

  constructor(env: ConsumerEnv) {
    this.env = env;
    this.options = env.options;
    this.display = new Display(env.options, env.symbols);
    this.display.target = env.target ?? 0;
    this.coalescer = new Coalescer(env.symbols);
  }

  // -- what the guest hands over

  eprobe(bytes: Uint8Array): void {
    const d = decodeEprobe(bytes);
    this.eprobes.set(d.epid, d);
  }

  aggdesc(bytes: Uint8Array): void {
    const d = decodeAggdesc(bytes);
    this.aggdescs.set(d.id, d);
  }

  /** The kernel is tracing. */
  go(): void {
    this.started = true;
    if (this.options.isSet('destructive') && !this.quiet) this.stderr('allowing destructive actions');
  }

  /** A snapshot has records of an enabled probe that was not described: one that came while tracing was on. */
  lacksProbe(bytes: Uint8Array): boolean {
    return hasUnknown(bytes, (id) => this.eprobes.get(id)?.size);
  }

  /** Likewise a snapshot of aggregations. */
  lacksAggregation(bytes: Uint8Array): boolean {
    return hasUnknown(bytes, (id) => this.aggdescs.get(id)?.size);
  }

  /** A snapshot of a CPU's principal buffer, and how many records it dropped. */
  consume(cpu: number, bytes: Uint8Array, drops = 0): void {
    if (drops !== 0) this.cpuDrops(cpu, drops, 'PRINCIPAL', '');
    if (bytes.length !== 0) this.pending.push({ cpu, bytes: Buffer.from(bytes) });
  }

  aggsnap(cpu: number, bytes: Uint8Array, drops = 0): void {
    if (drops !== 0) this.cpuDrops(cpu, drops, 'AGGREGATION', 'aggregation ');
    this.aggregations.snapshot(
      bytes,
      (id) => this.aggdescs.get(id),
      (d, data) => this.variableOf(d, data),
      this.coalescer,
    );
  }

  /** Which D aggregation an aggregation of the kernel belongs to: its tuple's first member says so. */
  private variableOf(d: AggDesc, data: Buffer): number {
    const first = d.recs[0];
    return Number(readUnsigned(data, first.offset, first.size));
  }

  status(bytes: Uint8Array): void {
    const now = decodeStatus(bytes);
    this.statusDrops(this.status_, now);
    if (now.killed && !this.status_?.killed) {
      this.stderr('processing aborted: Abort due to systemic unresponsiveness');
      this.stopRequested = true;
      this.exitStatus = 1;
    }
    if (now.exiting || now.filled !== 0n) this.stopRequested = true;
    this.status_ = now;
  }

  /** The kernel changed an option: a buffer that did not fit, a rate out of bounds. */
  setOption(id: number, value: bigint): void {
    const old = this.options.byId(id);
    if (old === value) return;
    this.options.put(id, value);
    if (old === UNSET || value === UNSET || value === 0n) return;
    const buffers: Record<number, string> = {
      [OPT.bufsize]: 'buffer size',
      [OPT.aggsize]: 'aggregation size',
      [OPT.dynvarsize]: 'dynamic variable size',
      [OPT.specsize]: 'speculation size',
    };
    const rates: Record<number, string> = {
      [OPT.cleanrate]: 'cleaning rate',
      [OPT.statusrate]: 'status rate',
    };
    // Buffers are rounded to whole words, and that is not worth a message.
    if (buffers[id] !== undefined && value < old - 8n)
      this.stderr(`${buffers[id]} lowered to ${loweredText(value)}`);
    if (rates[id] !== undefined)
      this.stderr(`${rates[id]} ${value > old ? 'reduced' : 'increased'} to ${rateText(value)}`);
  }

  /** exit() was called, a buffer is full, or the kernel gave up on us. */
  wantsStop(): boolean {
    return this.stopRequested;
  }

  /** Tracing has stopped and all buffers were handed over: the final output. */
  stopped(): void {
    this.process();
    if (this.finished) return;
    this.finished = true;
    this.text('\n');
    this.printRemaining();
  }

  /** Aggregations that no printa() has printed. */
  private printRemaining(): void {
    const ids = this.aggregations.ids();
    if (this.options.isSet('aggsortrev')) ids.reverse();
    for (const id of ids)
      if (!this.printed.has(id)) this.text(printDefault(this.display, this.aggregations, [id]));
  }

  /** Its aggregations as they stand, as printa() without a format shows them. */
  aggregationText(): string {
    return this.aggregations
      .ids()
      .map((id) => printDefault(this.display, this.aggregations, [id]))
      .join('');
  }

  /** Told to stop. When ^C was typed, a newline ends what the terminal shows of it. */
  interrupted(typed = true): void {
    if (typed && !this.finished && !this.wasInterrupted) this.text('\n');
    this.wasInterrupted = true;
    this.stopRequested = true;
  }

  /** The process of -c (or -p) has ended; status as wait(2) gives it. */
  targetExited(pid: number, status: number): void {
    if (this.quiet) return;
    const signal = status & 0x7f;
    if (signal !== 0) this.stderr(`pid ${pid} terminated by ${SIGNALS[signal] ?? `signal ${signal}`}`);
    else if (status >> 8 !== 0) this.stderr(`pid ${pid} exited with status ${(status >> 8) & 0xff}`);
    else this.stderr(`pid ${pid} has exited`);
  }

  // -- what comes out

  /** What the aggregations say so far. */
  answers(): Answer[] {
    return answers(this.display, this.aggregations);
  }

  /** Process the round's buffers and take the output in order. */
  take(): OutputItem[] {
    this.process();
    const out = this.output;
    this.output = [];
    return out;
  }

  /** Text for stdout, up to the next thing to do that is no text (take `takeSystem`). */
  takeText(): Uint8Array {
    this.process();
    let text = '';
    while (this.output[0]?.kind === 'text') text += (this.output.shift() as { text: string }).text;
    return new Uint8Array(Buffer.from(text, 'latin1'));
  }

  /** After takeText(): the command, file change or truncation that comes next, if one does. */
  takeAction(): Exclude<OutputItem, { kind: 'text' }> | undefined {
    const next = this.output[0];
    if (next === undefined || next.kind === 'text') return undefined;
    this.output.shift();
    return next;
  }

  takeStderr(): string {
    const e = this.errors;
    this.errors = '';
    return e;
  }

  private text(s: string): void {
    if (s === '') return;
    const last = this.output[this.output.length - 1];
    if (last?.kind === 'text') last.text += s;
    else this.output.push({ kind: 'text', text: s });
  }

  private stderr(message: string): void {
    this.errors += `dtrace: ${message}\n`;
  }

  // -- drops

  private dropTag(tag: string): string {
    return this.options.flags.droptags ? `[DTRACEDROP_${tag}] ` : '';
  }

  private cpuDrops(cpu: number, n: number, tag: string, what: string): void {
    this.stderr(`${this.dropTag(tag)}${n} ${what}drop${n > 1 ? 's' : ''} on CPU ${cpu}`);
  }

  private statusDrops(old: Status | undefined, now: Status): void {
    const report = (key: keyof Status, tag: string, text: (s: string) => string): void => {
      const n = (now[key] as bigint) - ((old?.[key] as bigint | undefined) ?? 0n);
      if (n > 0n) this.stderr(`${this.dropTag(tag)}${n} ${text(n > 1n ? 's' : '')}`);
    };
    report('dyndrops', 'DYNAMIC', (s) => `dynamic variable drop${s}`);
    report('dyndropsRinsing', 'DYNRINSE', (s) => `dynamic variable drop${s} with non-empty rinsing list`);
    report('dyndropsDirty', 'DYNDIRTY', (s) => `dynamic variable drop${s} with non-empty dirty list`);
    report('specdrops', 'SPEC', (s) => `speculative drop${s}`);
    report('specdropsBusy', 'SPECBUSY', (s) => `failed speculation${s} (available buffer${s} still busy)`);
    report(
      'specdropsUnavail',
      'SPECUNAVAIL',
      (s) => `failed speculation${s} (no speculative buffer available)`,
    );
    report('stkstroverflows', 'STKSTROVERFLOW', (s) => `jstack()/ustack() string table overflow${s}`);
    report('dblerrors', 'DBLERROR', (s) => `error${s} in ERROR probe enabling`);
  }

  // -- records

  private process(): void {
    if (this.pending.length === 0) return;
    const byCpu = new Map<number, PlacedRecord[]>();
    for (const p of this.pending) {
      const list = byCpu.get(p.cpu) ?? [];
      byCpu.set(p.cpu, list);
      for (const r of this.place(p)) {
        const before = list[list.length - 1];
        if (before !== undefined) before.next = r;
        list.push(r);
      }
    }
    this.pending = [];
    const queues = [...byCpu.values()].filter((q) => q.length > 0);
    if (this.options.isSet('temporal')) {
      this.merge(queues);
      return;
    }
    const has = (q: PlacedRecord[], name: string): boolean =>
      q.some((r) => {
        const p = this.env.probe(r.desc.probeId);
        return p?.provider === 'dtrace' && p.name === name;
      });
    const rank = (q: PlacedRecord[]): number => (has(q, 'END') ? 1 : has(q, 'BEGIN') ? -1 : 0);
    const sorted = queues.map((q, i) => ({ q, i, k: rank(q) })).sort((x, y) => x.k - y.k || x.i - y.i);
    for (const { q } of sorted) for (const r of q) this.record(r);
  }

  /** Oldest first over all CPUs; each CPU's records stay in the order they were made (ERROR comes where its fault was, though its time is later). */
  private merge(queues: PlacedRecord[][]): void {
    let heads = queues.map(([first]) => first);
    while (heads.length > 0) {
      let oldest = 0;
      for (let i = 1; i < heads.length; i++) if (heads[i].time < heads[oldest].time) oldest = i;
      const r = heads[oldest];
      this.record(r);
      if (r.next !== undefined) heads[oldest] = r.next;
      else heads = heads.filter((_, i) => i !== oldest);
    }
  }

  /** The records of a buffer. */
  private place(p: Pending): PlacedRecord[] {
    const out: PlacedRecord[] = [];
    const b = p.bytes;
    let at = 0;
    while (at + 4 <= b.length) {
      const epid = b.readUInt32LE(at);
      if (epid === 0) {
        at += 4;
        continue;
      }
      const desc = this.eprobes.get(epid);
      if (desc === undefined)
        throw new Error(
          `dtrace: record of enabled probe ID ${epid} at ${at} of ${b.length} (CPU ${p.cpu}), which was not described`,
        );
      if (at + desc.size > b.length) break;
      const time = (BigInt(b.readUInt32LE(at + 4)) << 32n) | BigInt(b.readUInt32LE(at + 8));
      out.push({ cpu: p.cpu, at, time, buf: b.subarray(at, at + desc.size), desc });
      at += desc.size;
    }
    return out;
  }

  private record(r: PlacedRecord): void {
    const probe = this.env.probe(r.desc.probeId) ?? {
      id: r.desc.probeId,
      provider: '',
      module: '',
      func: '',
      name: '',
    };
    if (r.desc.uarg === ECB_ERROR) {
      this.errorRecord(r);
      return;
    }
    const flow = this.flow(r, probe);
    this.header(r, probe, flow);
    this.data(r);
    if (flow.kind === 'entry') this.indent += 2;
    this.lastEpid = r.desc.epid;
  }

  private get quiet(): boolean {
    return this.options.isSet('quiet');
  }

  private header(r: PlacedRecord, probe: ProbeRow, flow: { kind: string; prefix: string }): void {
    const flowing = this.options.isSet('flowindent');
    if (!this.heading) {
      if (flowing) this.text(`${'CPU'.padStart(3)} ${'FUNCTION'.padEnd(41)}\n`);
      else if (!this.quiet)
        this.text(`${'CPU'.padStart(3)} ${'ID'.padStart(6)} ${'FUNCTION:NAME'.padStart(32)}\n`);
      this.heading = true;
    }
    const cpu = String(r.cpu).padStart(3);
    if (flowing) {
      const name = flow.kind === 'none' ? `${probe.func}:${probe.name}` : probe.func;
      this.text(`${cpu} ${`${' '.repeat(this.indent)}${flow.prefix}${name}`.padEnd(41)} `);
    } else if (!this.quiet)
      this.text(`${cpu} ${String(probe.id).padStart(6)} ${`${probe.func}:${probe.name}`.padStart(32)} `);
  }

  /** Entry and return probes indent; the same firing seen by several clauses does so once. */
  private flow(r: PlacedRecord, probe: ProbeRow): { kind: 'entry' | 'return' | 'none'; prefix: string } {
    const { next } = r;
    const ends = (word: string): boolean => probe.name === word || probe.name.endsWith(`-${word}`);
    const syscall = probe.provider === 'syscall';
    let kind: 'entry' | 'return' | 'none' = 'none';
    let prefix = '| ';
    if (ends('entry')) {
      const last = this.eprobes.get(this.lastEpid);
      if (!(last !== undefined && last.epid !== r.desc.epid && last.probeId === r.desc.probeId)) {
        kind = 'entry';
        prefix = syscall ? ' => ' : ' -> ';
      }
    } else if (ends('return')) {
      if (!(next !== undefined && next.desc.epid !== r.desc.epid && next.desc.probeId === r.desc.probeId)) {
        kind = 'return';
        prefix = syscall ? ' <= ' : ' <- ';
        this.indent = Math.max(0, this.indent - 2);
      }
    }
    return { kind, prefix };
  }

  private data(r: PlacedRecord): void {
    const recs = r.desc.recs;
    const bytes = (rec: RecordDesc): Buffer => r.buf.subarray(rec.offset, rec.offset + rec.size);
    let traceSize = 0;
    for (let i = 0; i < recs.length; i++) {
      const rec = recs[i];
      const b = bytes(rec);
      const stmt = this.env.statement(rec.uarg);
      switch (rec.action) {
        case ACT.EXIT:
          this.exitStatus = b.readUInt32LE(0) & 0xff;
          continue;
        case ACT.LIBACT:
          i += this.libraryAction(rec, b, recs[i + 1], recs[i + 1] && bytes(recs[i + 1]), r);
          continue;
        case ACT.TRACEMEM_DYNSIZE:
          traceSize = Number(BigInt.asUintN(53, b.readBigUInt64LE(0)));
          continue;
        case ACT.TRACEMEM: {
          const n = traceSize === 0 || traceSize > rec.size ? rec.size : traceSize;
          traceSize = 0;
          this.text(hexDump(b.subarray(0, n)));
          continue;
        }
        case ACT.STACK:
          this.text(this.display.stack(b, Number(rec.arg)));
          continue;
        case ACT.USTACK:
        case ACT.JSTACK:
          this.text(this.display.ustack(b, rec.arg));
          continue;
        case ACT.PRINTF:
          if (stmt?.format !== undefined) i += this.printf(stmt.format, recs, i, bytes) - 1;
          continue;
        case ACT.SYSTEM:
        case ACT.FREOPEN: {
          if (stmt?.format === undefined) continue;
          const saved = this.output;
          this.output = [];
          const used = this.printf(stmt.format, recs, i, bytes);
          const text = this.output.map((o) => (o.kind === 'text' ? o.text : '')).join('');
          this.output = saved;
          i += used - 1;
          const limited = text.slice(0, this.options.number('strsize', 256) - 1);
          if (rec.action === ACT.SYSTEM) this.output.push({ kind: 'system', command: limited });
          else
            this.output.push({
              kind: 'freopen',
              file: stmt.format.text === FREOPEN_RESTORE ? undefined : limited,
              where: this.errorHead(r),
            });
          continue;
        }
        case ACT.PRINTA: {
          const ids: number[] = [];
          let j = i;
          for (; j < recs.length && recs[j].action === ACT.PRINTA && recs[j].uarg === rec.uarg; j++)
            ids.push(Number(readUnsigned(bytes(recs[j]), 0, recs[j].size)));
          this.printa(stmt?.format, ids);
          i = j - 1;
          continue;
        }
        case ACT.PRINTM: {
          const size = Number(BigInt.asUintN(53, b.readBigUInt64LE(0)));
          this.text(hexDump(b.subarray(8, 8 + Math.min(size, rec.size - 8))));
          continue;
        }
      }
      const sym = this.display.symbolRecord(rec.action, b);
      if (sym !== undefined) {
        this.text(`  ${sym.padEnd(50)}`);
        continue;
      }
      if (rec.size === 0) continue;
      if (stmt?.type !== undefined) {
        this.text(printTyped(stmt.type, b, this.display.symbols));
        continue;
      }
      this.text(
        integerColumn(b, rec.size, this.quiet) ??
          bytesText(b, 33, this.quiet, this.options.isSet('rawbytes')),
      );
    }
    if (!this.quiet) this.text('\n');
  }

  /** One printf from its records, first at index `from`; returns how many it used (at least one). */
  private printf(f: Format, recs: RecordDesc[], from: number, bytes: (r: RecordDesc) => Buffer): number {
    let next = from;
    let out = '';
    const integer = (): number => {
      const r = recs[next++];
      return r === undefined ? 0 : Number(readSigned(bytes(r), 0, r.size));
    };
    for (const piece of f.pieces) {
      out += piece.prefix;
      const c = piece.conv;
      if (c === undefined) continue;
      if (c.print === 'percent') {
        out += '%';
        continue;
      }
      let width = c.width;
      let dyn = 0;
      if (c.dynWidth) dyn = width = integer();
      const prec = c.dynPrec ? integer() : c.prec;
      const r = recs[next++];
      if (r === undefined) break;
      out += this.display.convert(c, r, bytes(r), width, prec, dyn);
    }
    this.text(out);
    return Math.max(next - from, 1);
  }

  private printa(format: Format | undefined, ids: readonly number[]): void {
    for (const id of ids) this.printed.add(id);
    if (format !== undefined) this.text(printFormatted(this.display, this.aggregations, format, ids));
    else this.text(`\n${printDefault(this.display, this.aggregations, ids)}`);
  }

  /** clear, trunc, normalize, setopt, ...: done when their record is read. Returns how many further records it used. */
  private libraryAction(
    rec: RecordDesc,
    b: Buffer,
    rec2: RecordDesc | undefined,
    b2: Buffer | undefined,
    r: PlacedRecord,
  ): number {
    const id = (): number => Number(readUnsigned(b, 0, rec.size));
    switch (Number(rec.arg)) {
      case DT_ACT.clear:
        this.aggregations.clear(id());
        return 0;
      case DT_ACT.denormalize:
        this.aggregations.normalize(id(), 1n);
        return 0;
      case DT_ACT.normalize: {
        const normal = readSigned(b2!, 0, rec2!.size);
        if (normal === 0n) this.libraryFault(r, 'normalize() by zero');
        else this.aggregations.normalize(id(), normal);
        return 1;
      }
      case DT_ACT.trunc:
        this.aggregations.trunc(id(), readSigned(b2!, 0, rec2!.size));
        return 1;
      case DT_ACT.ftruncate:
        this.output.push({ kind: 'truncate' });
        return 0;
      case DT_ACT.setopt: {
        const name = cstringOf(b);
        // Without a value the option is set, which is the value 1.
        this.setopt(name, rec2!.size <= 8 ? '1' : cstringOf(b2!), r);
        return 1;
      }
    }
    return 0;
  }

  private setopt(name: string, value: string, r: PlacedRecord): void {
    try {
      this.options.set(name, value, 'setopt');
    } catch (e) {
      if (!(e instanceof LibraryError)) throw e;
      this.libraryFault(r, `couldn't set option "${name}" to "${value}": ${e.message}`);
    }
  }

  private libraryFault(r: PlacedRecord, text: string): void {
    this.stderr(`${this.errorHead(r)}${text}`);
  }

  private errorHead(r: PlacedRecord): string {
    const p = this.env.probe(r.desc.probeId);
    return `error on enabled probe ID ${r.desc.epid} (ID ${r.desc.probeId}: ${p?.provider}:${p?.module}:${p?.func}:${p?.name}): `;
  }

  /** A fault in probe context, reported through the ERROR probe. */
  private errorRecord(r: PlacedRecord): void {
    const arg = r.desc.recs.map((rec) => r.buf.readBigUInt64LE(rec.offset));
    const epid = Number(arg[0]);
    const action = Number(arg[1]);
    const offset = BigInt.asIntN(64, arg[2]);
    const fault = Number(arg[3]);
    const address = arg[4];
    const e = this.eprobes.get(epid);
    const p = e && this.env.probe(e.probeId);
    const where = action === 0 ? 'predicate' : `action #${action}`;
    const at = offset >= 0n ? ` at DIF offset ${offset}` : '';
    const details = fault === 1 || fault === 2 || fault === 9 ? ` (0x${address.toString(16)})` : '';
    this.stderr(
      `error on enabled probe ID ${epid} (ID ${p?.id ?? 0}: ${p?.provider ?? ''}:${p?.module ?? ''}:${p?.func ?? ''}:${p?.name ?? ''}): ` +
        `${FAULTS[fault] ?? FAULTS[0]}${details} in ${where}${at}`,
    );
  }

  get isRunning(): boolean {
    return this.started && !this.finished;
  }
}

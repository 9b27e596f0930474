/**
 * The consumer: records from the kernel become dtrace(1)'s output.
 *
 * It is told what EPIDs and aggregations mean (eprobe, aggdesc), then, round by round, handed each CPU's buffers (aggsnap, consume) and the status;
 * takeText() ends a round. With option temporal the records of all CPUs of a round are merged by time; without it they come CPU by CPU, but
 * BEGIN's CPU first and END's last.
 */

import { ACT, DT_ACT } from '../dif.ts';
import { LibraryError } from '../errors.ts';
import type { Options } from '../options.ts';
import type { Format } from '../printf.ts';
import type { ProbeRow } from '../probe.ts';
import { FREOPEN_RESTORE, type Statement } from '../program.ts';
import { integerColumn, printDefault, printFormatted } from './aggprint.ts';
import { Aggregations } from './aggregate.ts';
import { type Answer, answers } from './answers.ts';
import { Coalescer } from './coalesce.ts';
import { bytesText, cstringOf, Display, hexDump, type SymbolResolver } from './display.ts';
import { FlowIndent } from './flow.ts';
import { changeText, exitText, FAULTS, statusDrops } from './messages.ts';
import { byTime, cpuByCpu, type Pending, type PlacedRecord } from './order.ts';
import { Output, type OutputItem } from './output.ts';
import { printTyped } from './printtype.ts';
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

export interface ConsumerEnv {
  probe(id: number): ProbeRow | undefined;
  symbols: SymbolResolver;
  options: Options;
  statement(id: number): Statement | undefined;
  /** Aggregation variables in order of their ids, for the final print. */
  target?: number;
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
  private readonly output = new Output();
  private errors = '';
  private headed = false;
  private readonly flow = new FlowIndent();
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
    for (const { tag, text } of statusDrops(this.status_, now)) this.stderr(`${this.dropTag(tag)}${text}`);
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
    const text = changeText(id, old, value);
    if (text !== undefined) this.stderr(text);
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
    this.stderr(exitText(pid, status));
  }

  // -- what comes out

  /** What the aggregations say so far. */
  answers(): Answer[] {
    return answers(this.display, this.aggregations);
  }

  /** Process the round's buffers and take the output in order. */
  take(): OutputItem[] {
    this.process();
    return this.output.take();
  }

  /** Text for stdout, up to the next thing to do that is no text (takeAction). */
  takeText(): Uint8Array {
    this.process();
    return new Uint8Array(Buffer.from(this.output.takeText(), 'latin1'));
  }

  /** After takeText(): the command, file change or truncation that comes next, if one does. */
  takeAction(): Exclude<OutputItem, { kind: 'text' }> | undefined {
    return this.output.takeAction();
  }

  takeStderr(): string {
    const e = this.errors;
    this.errors = '';
    return e;
  }

  private text(s: string): void {
    this.output.text(s);
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

  // -- records

  private process(): void {
    if (this.pending.length === 0) return;
    const { pending } = this;
    this.pending = [];
    const temporal = this.options.isSet('temporal');
    const records = temporal
      ? byTime(pending, this.eprobes)
      : cpuByCpu(pending, this.eprobes, (r, name) => {
          const p = this.env.probe(r.desc.probeId);
          return p?.provider === 'dtrace' && p.name === name;
        });
    let cpu: number | undefined;
    for (const r of records) {
      if (!temporal && r.cpu !== cpu) this.flow.margin();
      cpu = r.cpu;
      this.record(r);
    }
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
      this.flow.end(r);
      return;
    }
    this.heading(r, probe);
    this.data(r);
    this.flow.end(r);
  }

  private get quiet(): boolean {
    return this.options.isSet('quiet');
  }

  /** The columns in front of a record's data; above the first one their names. */
  private heading(r: PlacedRecord, probe: ProbeRow): void {
    const flowing = this.options.isSet('flowindent');
    const call = flowing ? this.flow.begin(r, probe) : '';
    if (!this.headed) {
      if (flowing) this.text(`${'CPU'.padStart(3)} ${'FUNCTION'.padEnd(41)}\n`);
      else if (!this.quiet)
        this.text(`${'CPU'.padStart(3)} ${'ID'.padStart(6)} ${'FUNCTION:NAME'.padStart(32)}\n`);
      this.headed = true;
    }
    const cpu = String(r.cpu).padStart(3);
    if (flowing) this.text(`${cpu} ${call.padEnd(41)} `);
    else if (!this.quiet)
      this.text(`${cpu} ${String(probe.id).padStart(6)} ${`${probe.func}:${probe.name}`.padStart(32)} `);
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
          if (stmt?.format !== undefined) {
            const { used, text } = this.formatted(stmt.format, recs, i, bytes);
            this.text(text);
            i += used - 1;
          }
          continue;
        case ACT.SYSTEM:
        case ACT.FREOPEN: {
          if (stmt?.format === undefined) continue;
          const { used, text } = this.formatted(stmt.format, recs, i, bytes);
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

  /** The text of one printf from its records, first at index `from`, and how many it used (at least one). */
  private formatted(
    f: Format,
    recs: RecordDesc[],
    from: number,
    bytes: (r: RecordDesc) => Buffer,
  ): { used: number; text: string } {
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
    return { used: Math.max(next - from, 1), text: out };
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
      // its text ends its line, and so does the message around it
      this.libraryFault(r, `couldn't set option "${name}" to "${value}": ${e.message}\n`);
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

/**
 * The pid provider's probes: what libdtrace finds in the symbols of a process's program.
 *
 * Nothing exists until a description asks for it. Then each function that it names gives probes: entry, return, and one for every
 * instruction (named by its offset, hexadecimal). The consumer makes them in the guest (docs/guest-abi.md, section 9) before it enables.
 * A block of instructions runs as one, so the probe of an instruction inside a block fires where the block begins.
 */
import type { FunctionInfo, Image } from '../../image/image.ts';
import type { Context } from '../compiler/context.ts';
import { globMatch, isGlob } from '../glob.ts';
import type { ProbeArg, ProbeDesc, ProbeRow } from '../probe.ts';

/** What the guest's kernel is told of a probe: struct fasttrap_probe_spec (sys/fasttrap.h). */
export interface PidSpec {
  pid: number;
  type: 0 | 1 | 2;
  textSize: number;
  /** Text address of the function. */
  pc: number;
  nargs: number;
  module: string;
  func: string;
  name: string;
  /** Places that trap, less pc. */
  offsets: number[];
}

export const PID_ENTRY = 0;
export const PID_RETURN = 1;
export const PID_OFFSET = 2;

/** FreeBSD's fasttrap.max_probes. */
const MAX_PROBES = 250_000;
const INSTRUCTION = 4;
/** FASTTRAP_MAXOFFS. */
const MAX_OFFSETS = 400;
const HEADER = 32 + 64 + 192 + 64;
const LIBC = 'libc.so.7';

const UINT64: ProbeArg = { native: 'uint64_t' };

/** Programs are linked statically; what comes from the library's files, less the start-up code, counts as its own object all the same. */
export const objectOf = (image: Image, f: FunctionInfo): string =>
  f.file.startsWith('lib/') && f.file !== 'lib/crt0.c' ? LIBC : image.name;

export class PidProbes {
  /** The program that a process runs; undefined if there is no such process. */
  private readonly programOf: (pid: number) => Image | undefined;
  private readonly specs = new Map<string, PidSpec>();
  private pending: PidSpec[] = [];

  constructor(programOf: (pid: number) => Image | undefined) {
    this.programOf = programOf;
  }

  /**
   * The probes that a description means, remembered for the guest. The description's module becomes the object's own name. Throws
   * CompileError.
   */
  match(cx: Context, d: ProbeDesc): ProbeRow[] {
    const m = /^pid(.*)$/.exec(d.provider);
    if (d.id !== 0 || m === null || isGlob(d.provider)) return [];
    if (!/^\d+$/.test(m[1]))
      return /^\d/.test(m[1]) ? cx.fail('D_PROC_BADPID', `'${d.provider}' does not contain a valid pid`) : [];
    const pid = Number(m[1]);
    const image = this.programOf(pid);
    if (image === undefined) return cx.fail('D_PROC_GRAB', `failed to grab process ${pid}`);
    if (image.pidSites !== true)
      return cx.fail(
        'D_PROC_CREATEFAIL',
        `process ${pid} (${image.name}) cannot be traced by the pid provider`,
      );
    if (d.module === 'a.out') d.module = image.name;
    else if (d.module === 'libc') d.module = LIBC;
    const rows: ProbeRow[] = [];
    for (const f of image.functions)
      if (globMatch(d.func, f.name) && globMatch(d.module, objectOf(image, f)))
        this.ofFunction(cx, d, pid, image, f, rows);
    return rows;
  }

  private ofFunction(
    cx: Context,
    d: ProbeDesc,
    pid: number,
    image: Image,
    f: FunctionInfo,
    rows: ProbeRow[],
  ): void {
    const add = (type: PidSpec['type'], name: string, offsets: number[], args: number): void => {
      const module = objectOf(image, f);
      const key = `${pid}:${module}:${f.name}:${name}:${f.addr}`;
      if (!this.specs.has(key)) {
        if (this.specs.size >= MAX_PROBES)
          cx.fail(
            'D_PROC_CREATEFAIL',
            `failed to create probe in process ${pid}: more than ${MAX_PROBES} probes`,
          );
        const { textSize } = image;
        const spec: PidSpec = {
          pid,
          type,
          textSize,
          pc: f.addr,
          nargs: args,
          module,
          func: f.name,
          name,
          offsets,
        };
        this.specs.set(key, spec);
        this.pending.push(spec);
      }
      rows.push({
        id: 0,
        provider: `pid${pid}`,
        module,
        func: f.name,
        name,
        argTypes: Array.from({ length: args }, () => UINT64),
      });
    };
    const wants = (name: string) => globMatch(d.name, name);
    if (wants('entry')) add(PID_ENTRY, 'entry', [0], Math.min(f.params.length, 10));
    if (wants('return') && f.returnSites.length > 0)
      add(
        PID_RETURN,
        'return',
        f.returnSites.map((site) => site - f.addr),
        2,
      );
    if (d.name === 'entry' || d.name === 'return') return;
    if (isGlob(d.name) || d.name === '') {
      for (let at = 0; at < f.size; at += INSTRUCTION)
        if (wants(at.toString(16))) add(PID_OFFSET, at.toString(16), [blockOf(f, at)], 0);
      return;
    }
    if (!/^(0x)?[0-9a-fA-F]+$/.test(d.name)) cx.fail('D_PROC_NAME', `'${d.name}' is an invalid probe name`);
    const at = Number.parseInt(d.name, 16);
    if (at >= f.size) cx.fail('D_PROC_OFF', `offset 0x${at.toString(16)} outside of function '${f.name}'`);
    if (at % INSTRUCTION !== 0)
      cx.fail(
        'D_PROC_ALIGN',
        `offset 0x${at.toString(16)} is not aligned on an instruction of function '${f.name}'`,
      );
    d.name = at.toString(16);
    add(PID_OFFSET, d.name, [blockOf(f, at)], 0);
  }

  /** The next probe that the guest has to make, as its bytes; undefined when all are made. */
  take(): Uint8Array | undefined {
    const spec = this.pending.shift();
    if (spec === undefined) return undefined;
    if (spec.offsets.length > MAX_OFFSETS) {
      this.pending.unshift({ ...spec, offsets: spec.offsets.slice(MAX_OFFSETS) });
      return encode({ ...spec, offsets: spec.offsets.slice(0, MAX_OFFSETS) });
    }
    return encode(spec);
  }
}

/** Where the block of an instruction begins, less the function's address. */
function blockOf(f: FunctionInfo, offset: number): number {
  let start = 0;
  for (const site of f.sites ?? []) if (site - f.addr <= offset) start = Math.max(start, site - f.addr);
  return start;
}

function encode(spec: PidSpec): Uint8Array {
  const out = new Uint8Array(HEADER + 8 * spec.offsets.length);
  const view = new DataView(out.buffer);
  view.setInt32(0, spec.pid, true);
  view.setUint32(4, spec.type, true);
  view.setBigUint64(8, BigInt(spec.textSize), true);
  view.setBigUint64(16, BigInt(spec.pc), true);
  view.setUint32(24, spec.nargs, true);
  view.setUint32(28, spec.offsets.length, true);
  const text = (at: number, size: number, s: string) =>
    out.set(new TextEncoder().encode(s).subarray(0, size - 1), at);
  text(32, 64, spec.module);
  text(96, 192, spec.func);
  text(288, 64, spec.name);
  spec.offsets.forEach((o, i) => {
    view.setBigUint64(HEADER + 8 * i, BigInt(o), true);
  });
  return out;
}

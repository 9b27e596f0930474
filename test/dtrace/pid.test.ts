// Descriptions of the pid provider: which probes they mean in a program, what the guest is told of them, what is refused.
import { describe, expect, test } from 'vitest';
import {
  compilePrograms,
  DtraceFailure,
  Options,
  PidProbes,
  ProbeCatalog,
} from '../../engine/dtrace/index.ts';
import type { FunctionInfo, Image } from '../../engine/image/image.ts';
import { ROWS, TYPES } from './harness.ts';

const fn = (
  name: string,
  file: string,
  addr: number,
  size: number,
  sites: number[],
  returns: number[],
): FunctionInfo => ({
  name,
  file,
  line: 1,
  module: 'prog',
  static: false,
  addr,
  size,
  frameSize: 64,
  notrace: true,
  type: 0,
  params: [
    { name: 'a', type: 0 },
    { name: 'b', type: 0 },
  ],
  returns: 0,
  returnSites: returns.map((at) => addr + at),
  sites: sites.map((at) => addr + at),
  blocks: [],
  lines: [],
  locals: [],
});

const PROGRAM = {
  name: 'prog',
  kind: 'user',
  pidSites: true,
  textSize: 0x100,
  functions: [
    fn('main', 'bin/prog/prog.c', 0x200000, 0x30, [0x10, 0x20], [0x1c, 0x2c]),
    fn('malloc', 'lib/malloc.c', 0x200040, 0x8, [], [0x4]),
    fn('_start', 'lib/crt0.c', 0x200050, 0x10, [0x8], []),
  ],
} as unknown as Image;
const PLAIN = { ...PROGRAM, name: 'plain', pidSites: false };

const processes = new Map([
  [7, PROGRAM],
  [8, PLAIN],
]);

function compile(text: string): { pid: PidProbes; matched: string } {
  const pid = new PidProbes((n) => processes.get(n));
  const options = new Options();
  const program = compilePrograms([{ kind: 'n', text }], {
    catalog: new ProbeCatalog(ROWS),
    types: new Map([['kernel', TYPES]]),
    symbols: () => undefined,
    options,
    pid,
    macros: { target: 7 },
    libraries: [],
  });
  return { pid, matched: /matched (\d+) probe/.exec(program.messages)?.[1] ?? '' };
}

interface Made {
  pid: number;
  type: number;
  pc: number;
  text: string;
  offsets: number[];
}
function made({ pid }: { pid: PidProbes }): Made[] {
  const out: Made[] = [];
  for (let bytes = pid.take(); bytes !== undefined; bytes = pid.take()) {
    const view = new DataView(bytes.buffer);
    const string = (at: number, n: number) =>
      Buffer.from(bytes.subarray(at, at + n))
        .toString()
        .replace(/\0.*$/s, '');
    out.push({
      pid: view.getInt32(0, true),
      type: view.getUint32(4, true),
      pc: Number(view.getBigUint64(16, true)),
      text: `${string(32, 64)}:${string(96, 192)}:${string(288, 64)}`,
      offsets: Array.from({ length: view.getUint32(28, true) }, (_, i) =>
        Number(view.getBigUint64(352 + 8 * i, true)),
      ),
    });
  }
  return out;
}

describe('what a description means', () => {
  test('entry and return: the function, and all its returns in one probe', () => {
    expect(made(compile('pid$target:a.out:main:entry,pid7:prog:main:return {}'))).toEqual([
      { pid: 7, type: 0, pc: 0x200000, text: 'prog:main:entry', offsets: [0] },
      { pid: 7, type: 1, pc: 0x200000, text: 'prog:main:return', offsets: [0x1c, 0x2c] },
    ]);
  });

  test('objects: the library under both names, the start-up code in the program', () => {
    expect(made(compile('pid7:libc::entry,pid7:libc.so.7:malloc:entry {}')).map((m) => m.text)).toEqual([
      'libc.so.7:malloc:entry',
    ]);
    expect(made(compile('pid7:a.out::entry {}')).map((m) => m.text)).toEqual([
      'prog:main:entry',
      'prog:_start:entry',
    ]);
  });

  test('offsets, hexadecimal: an instruction stops where its block begins', () => {
    const at = (name: string) => made(compile(`pid7:a.out:main:${name} {}`))[0];
    expect(at('4')).toEqual({ pid: 7, type: 2, pc: 0x200000, text: 'prog:main:4', offsets: [0] });
    expect(at('1c').offsets).toEqual([0x10]);
    expect(at('0x20')).toMatchObject({ text: 'prog:main:20', offsets: [0x20] });
  });

  test('empty and glob names: entry, return and every instruction', () => {
    const all = compile('pid7:libc:malloc: {}');
    expect(all.matched).toBe('4');
    expect(made(all).map((m) => m.text.replace(/.*:/, ''))).toEqual(['entry', 'return', '0', '4']);
    expect(made(compile('pid7:a.out:main:1? {}')).map((m) => m.text.replace(/.*:/, ''))).toEqual([
      '10',
      '14',
      '18',
      '1c',
    ]);
  });

  test('a probe that two clauses name is made once', () => {
    const both = compile('pid7::main:entry {} pid7::m*:entry {}');
    expect(both.matched).toBe('3');
    expect(made(both)).toHaveLength(2);
  });
});

describe('refusals', () => {
  test.each([
    ['D_PROC_GRAB', 'pid9:a.out:main:entry', 'failed to grab process 9'],
    ['D_PROC_BADPID', 'pid7x:a.out:main:entry', "'pid7x' does not contain a valid pid"],
    ['D_PROC_CREATEFAIL', 'pid8:a.out:main:entry', 'process 8 (plain) cannot be traced by the pid provider'],
    ['D_PROC_NAME', 'pid7:a.out:main:enter', "'enter' is an invalid probe name"],
    ['D_PROC_OFF', 'pid7:a.out:main:30', "offset 0x30 outside of function 'main'"],
    ['D_PROC_ALIGN', 'pid7:a.out:main:6', "offset 0x6 is not aligned on an instruction of function 'main'"],
    [
      'D_PDESC_ZERO',
      'pid7:a.out:nosuch:entry',
      'probe description pid7:prog:nosuch:entry does not match any probes',
    ],
    [
      'D_PDESC_ZERO',
      'pid*:a.out:main:entry',
      'probe description pid*:a.out:main:entry does not match any probes',
    ],
  ])('%s: %s', (tag, probe, message) => {
    let failure: unknown;
    try {
      compile(`${probe} {}`);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(DtraceFailure);
    expect((failure as DtraceFailure).tag).toBe(tag);
    expect((failure as DtraceFailure).message).toContain(message);
  });
});

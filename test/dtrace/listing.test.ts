/** The code that programs compile to, as dtrace -S prints it, and the DOF that carries it. */
import { describe, expect, it } from 'vitest';
import { build } from './harness.ts';

const words = (program: string): string[] =>
  build(program)
    .disassemble()
    .split('\n')
    .flatMap((line) => line.match(/^\d\d: ([0-9a-f]{8}) /)?.[1] ?? []);

/** Mnemonics and operands, one string per instruction. */
const code = (program: string): string[] =>
  build(program)
    .disassemble()
    .split('\n')
    .flatMap((line) => line.match(/^\d\d: [0-9a-f]{8} +(.*?)(\s+!.*)?$/)?.[1].replace(/ +/g, ' ') ?? []);

describe('-S', () => {
  it('prints a string comparison in a predicate and a trace of arg0', () => {
    expect(words('fbt::malloc:entry /execname == "csh"/ { trace(arg0); }')).toEqual([
      '29011801',
      '26000102',
      '27010200',
      '12000006',
      '0e000001',
      '11000007',
      '25000001',
      '23000001',
      '29010601',
      '23000001',
    ]);
  });

  it('lays the listing out in columns, with the variables below', () => {
    const listing = build('fbt::malloc:entry /execname == "csh"/ { trace(arg0); }')
      .disassemble()
      .replace(/0x[0-9a-f]{6,}/g, 'ADDRESS');
    expect(listing).toBe(`
DIFO ADDRESS returns D type (integer) (size 4)
OFF OPCODE      INSTRUCTION
00: 29011801    ldgs DT_VAR(280), %r1		! DT_VAR(280) = "execname"
01: 26000102    sets DT_STRING[1], %r2		! "csh"
02: 27010200    scmp %r1, %r2
03: 12000006    be   6
04: 0e000001    mov  %r0, %r1
05: 11000007    ba   7
06: 25000001    setx DT_INTEGER[0], %r1		! 0x1
07: 23000001    ret  %r1

NAME             ID   KND SCP FLAG TYPE
execname         118  scl glb r    string (unknown) by ref (size 256)

DIFO ADDRESS returns D type (integer) (size 8)
OFF OPCODE      INSTRUCTION
00: 29010601    ldgs DT_VAR(262), %r1		! DT_VAR(262) = "arg0"
01: 23000001    ret  %r1

NAME             ID   KND SCP FLAG TYPE
arg0             106  scl glb r    D type (integer) (size 8)
`);
  });

  it.each([
    ['BEGIN { trace(1 + 2 * 3); }', ['setx DT_INTEGER[0], %r1', 'ret %r1']],
    [
      'BEGIN { trace(pid + 1); }',
      ['ldgs DT_VAR(278), %r1', 'setx DT_INTEGER[0], %r2', 'add %r1, %r2, %r1', 'ret %r1'],
    ],
    ['BEGIN { x = 1; }', ['setx DT_INTEGER[0], %r1', 'stgs %r1, DT_VAR(1280)', 'ret %r1']],
    ['BEGIN { self->x = pid; }', ['ldgs DT_VAR(278), %r1', 'stts %r1, DT_VAR(1280)', 'ret %r1']],
    ['BEGIN { this->x = pid; }', ['ldgs DT_VAR(278), %r1', 'stls %r1, DT_VAR(1280)', 'ret %r1']],
    [
      'BEGIN { a[pid, "k"] = 1; }',
      [
        'setx DT_INTEGER[0], %r1',
        'ldgs DT_VAR(278), %r2',
        'sets DT_STRING[1], %r3',
        'flushts',
        // a key is cast to its type, though it has it
        'setx DT_INTEGER[1], %r4',
        'sll %r2, %r4, %r2',
        'sra %r2, %r4, %r2',
        'pushtv DT_TYPE(0), %r2',
        'setx DT_INTEGER[2], %r2',
        'pushtr DT_TYPE(1), %r2, %r3',
        'stgaa %r1, DT_VAR(1280)',
      ],
    ],
  ])('%s', (program, start) => {
    expect(code(program).slice(0, start.length)).toEqual(start);
  });

  it('branches over what && and || need not evaluate', () => {
    expect(code('BEGIN /pid && uid/ { }')).toEqual([
      'ldgs DT_VAR(278), %r1',
      'tst %r1',
      'be 8',
      'ldgs DT_VAR(286), %r1',
      'tst %r1',
      'be 8',
      'setx DT_INTEGER[0], %r1',
      'ba 9',
      'mov %r0, %r1',
      'ret %r1',
    ]);
  });

  it('loads members through the kernel load that their size and sign ask for', () => {
    expect(code('BEGIN { trace(curthread->td_proc->p_pid); }')).toEqual([
      'ldgs DT_VAR(256), %r1',
      'setx DT_INTEGER[0], %r2',
      'add %r1, %r2, %r1',
      'ldx [%r1], %r1',
      'ldsw [%r1], %r1', // at offset 0: nothing to add
      'ret %r1',
    ]);
  });
});

describe('DOF', () => {
  const dof = (program: string): DataView => {
    const bytes = build(program).dof();
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };

  it('begins with its identification: magic, LP64, little endian, version, DIF version, registers', () => {
    const d = dof('BEGIN { trace(1); }');
    expect([...new Uint8Array(d.buffer, d.byteOffset, 10)]).toEqual([
      0x7f, 0x44, 0x4f, 0x46, 2, 1, 2, 2, 8, 8,
    ]);
    expect(d.getUint32(20, true)).toBe(64); // size of the header
    expect(d.getUint32(24, true)).toBe(32); // size of a section header
    expect(d.getBigUint64(32, true)).toBe(64n); // section headers follow
    expect(Number(d.getBigUint64(48, true))).toBe(d.byteLength);
  });

  it('keeps every section inside the file and aligned', () => {
    const d = dof(
      'fbt::malloc:entry /execname == "csh"/ { @[stack(), execname] = quantize(arg0); printf("%d %s", arg0, execname); }',
    );
    const n = d.getUint32(28, true);
    expect(n).toBeGreaterThan(8);
    for (let i = 0; i < n; i++) {
      const s = 64 + 32 * i;
      const align = d.getUint32(s + 4, true);
      const offset = Number(d.getBigUint64(s + 16, true));
      const size = Number(d.getBigUint64(s + 24, true));
      expect(offset % align).toBe(0);
      expect(offset + size).toBeLessThanOrEqual(d.byteLength);
    }
  });

  it('is the same every time', () => {
    const text = 'fbt:::entry { @[probefunc] = count(); self->t = timestamp; } END { printa(@); }';
    expect(build(text).dof()).toEqual(build(text).dof());
  });
});

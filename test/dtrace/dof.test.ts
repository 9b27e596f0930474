// DOF as a format: what is written is read again, however much it is.
import { describe, expect, it } from 'vitest';
import { Bytes, DofWriter, readSections, SECT } from '../../engine/image/dof.ts';

describe('bytes that grow', () => {
  it.each([
    ['u8', 1],
    ['u16', 2],
    ['u32', 4],
    ['u64', 8],
  ] as const)('%s', (kind, width) => {
    const b = new Bytes(3);
    for (let i = 1; i <= 40; i++) kind === 'u64' ? b.u64(BigInt(i)) : b[kind](i);
    const bytes = b.take();
    expect(bytes.length).toBe(40 * width);
    for (let i = 0; i < 40; i++)
      expect([...bytes.subarray(i * width, (i + 1) * width)]).toEqual([i + 1, ...Array(width - 1).fill(0)]);
  });
  it('several at once', () => {
    const b = new Bytes(0)
      .u8(7)
      .words([1, 0x01020304])
      .bytes([9])
      .size(2 ** 32 + 5);
    expect([...b.take()]).toEqual([7, 1, 0, 0, 0, 4, 3, 2, 1, 9, 5, 0, 0, 0, 1, 0, 0, 0]);
  });
});

describe('sections', () => {
  it('come back as they were written, empty ones too, each where its alignment says', () => {
    const w = new DofWriter();
    const written: [number, number, number[]][] = [];
    for (let i = 0; i < 3000; i++) {
      const align = [1, 4, 8][i % 3];
      const bytes = Array.from({ length: (i * 7) % 13 }, (_, k) => (i + k) & 0xff);
      expect(w.add(SECT.DIF, align, 0, Uint8Array.from(bytes))).toBe(i);
      written.push([SECT.DIF, align, bytes]);
    }
    w.begin(SECT.DIFOHDR, 4, 0).u32(5);
    w.begin(SECT.ECBDESC, 8, 0);
    expect(w.last).toBe(3001);
    const sections = readSections(w.finish());
    expect(sections).toHaveLength(3002);
    written.forEach(([type, align, bytes], i) => {
      const { data } = sections[i];
      expect(sections[i].type).toBe(type);
      expect(data.byteOffset % align).toBe(0);
      expect([...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]).toEqual(bytes);
    });
    expect(sections[3000].data.getUint32(0, true)).toBe(5);
    expect(sections[3001].data.byteLength).toBe(0);
  });
});

/** A growing byte buffer with WebAssembly's integer encodings (LEB128). */
export class Bytes {
  buf: Uint8Array;
  length = 0;

  constructor(capacity = 256) {
    this.buf = new Uint8Array(capacity);
  }

  /** Room for n more bytes. */
  private need(n: number): void {
    if (this.length + n <= this.buf.length) return;
    const grown = new Uint8Array(Math.max(this.buf.length * 2, this.length + n));
    grown.set(this.buf);
    this.buf = grown;
  }

  byte(b: number): void {
    if (this.length === this.buf.length) this.need(1);
    this.buf[this.length++] = b;
  }

  /** Unsigned LEB128 of a 32-bit number. */
  u32(n: number): void {
    this.need(5);
    n >>>= 0;
    while (n > 0x7f) {
      this.buf[this.length++] = (n & 0x7f) | 0x80;
      n >>>= 7;
    }
    this.buf[this.length++] = n;
  }

  /** Signed LEB128 of a 32-bit number. */
  s32(n: number): void {
    this.need(5);
    n |= 0;
    for (;;) {
      const b = n & 0x7f;
      n >>= 7;
      if ((n === 0 && (b & 0x40) === 0) || (n === -1 && (b & 0x40) !== 0)) {
        this.buf[this.length++] = b;
        return;
      }
      this.buf[this.length++] = b | 0x80;
    }
  }

  /** Signed LEB128 of a 64-bit number. */
  s64(n: bigint): void {
    n = BigInt.asIntN(64, n);
    if (n >= -0x80000000n && n <= 0x7fffffffn) {
      this.s32(Number(n));
      return;
    }
    this.need(10);
    for (;;) {
      const b = Number(n & 0x7fn);
      n >>= 7n;
      if ((n === 0n && (b & 0x40) === 0) || (n === -1n && (b & 0x40) !== 0)) {
        this.buf[this.length++] = b;
        return;
      }
      this.buf[this.length++] = b | 0x80;
    }
  }

  f32(n: number): void {
    this.need(4);
    new DataView(this.buf.buffer).setFloat32(this.length, n, true);
    this.length += 4;
  }

  f64(n: number): void {
    this.need(8);
    new DataView(this.buf.buffer).setFloat64(this.length, n, true);
    this.length += 8;
  }

  raw(bytes: Uint8Array): void {
    this.need(bytes.length);
    this.buf.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Puts bytes before all others. */
  insert(bytes: Uint8Array): void {
    this.need(bytes.length);
    this.buf.copyWithin(bytes.length, 0, this.length);
    this.buf.set(bytes);
    this.length += bytes.length;
  }

  /** A name: length and UTF-8. */
  name(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u32(bytes.length);
    this.raw(bytes);
  }

  /** What was written (a view, not a copy). */
  get bytes(): Uint8Array {
    return this.buf.subarray(0, this.length);
  }
}

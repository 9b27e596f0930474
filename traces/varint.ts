/**
 * Variable-length integers: seven bits a byte, low bits first, signed ones zigzag-coded.
 *
 * Numbers are exact integers below 2^53 in magnitude; 64-bit values travel as a delta that usually fits, else as an escape with both words
 * (see columns.ts). No BigInt: this is the recorder's inner loop.
 */
export class ByteSink {
  #bytes = new Uint8Array(4096);
  length = 0;

  reset(): void {
    this.length = 0;
  }

  #room(n: number): void {
    if (this.length + n <= this.#bytes.length) return;
    const bigger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + n));
    bigger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = bigger;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  /** 0 .. 2^53 - 1. */
  unsigned(value: number): void {
    this.#room(8);
    while (value >= 0x80) {
      this.#bytes[this.length++] = (value & 0x7f) | 0x80;
      value = value >= 0x80000000 ? Math.floor(value / 128) : value >>> 7;
    }
    this.#bytes[this.length++] = value;
  }

  /** -2^52 .. 2^52 - 1. */
  signed(value: number): void {
    this.unsigned(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  word(value: number): void {
    this.#room(4);
    for (let shift = 0; shift < 32; shift += 8) this.#bytes[this.length++] = (value >>> shift) & 0xff;
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

/** Reads what ByteSink wrote. Throws RangeError at the end of the bytes, or at a number that is too long. */
export class ByteSource {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    if (this.#at >= this.#bytes.length) throw new RangeError('column ends early');
    return this.#bytes[this.#at++];
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (let n = 0; n < 8; n++) {
      const b = this.byte();
      value += (b & 0x7f) * scale;
      if (b < 0x80) return value;
      scale *= 128;
    }
    throw new RangeError('number too long');
  }

  signed(): number {
    const raw = this.unsigned();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  word(): number {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 8) value |= this.byte() << shift;
    return value >>> 0;
  }
}

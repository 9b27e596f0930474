/** A writer of protocol buffers' wire format: as much of it as a Perfetto trace needs. */
export class ProtoWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #room(n: number): void {
    if (this.#length + n <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + n));
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }

  #varint(value: number | bigint): void {
    this.#room(10);
    if (typeof value === 'number' && value >= 0 && value < 2 ** 31) {
      let v = value;
      for (; v > 0x7f; v >>>= 7) this.#bytes[this.#length++] = (v & 0x7f) | 0x80;
      this.#bytes[this.#length++] = v;
      return;
    }
    let v = BigInt.asUintN(64, BigInt(value));
    for (; v > 0x7fn; v >>= 7n) this.#bytes[this.#length++] = Number(v & 0x7fn) | 0x80;
    this.#bytes[this.#length++] = Number(v);
  }

  /** uint64, int64, enum, bool: wire type 0. */
  number(field: number, value: number | bigint): this {
    this.#varint(field << 3);
    this.#varint(value);
    return this;
  }

  fixed64(field: number, value: number | bigint): this {
    this.#varint((field << 3) | 1);
    this.#room(8);
    this.#view.setBigUint64(this.#length, BigInt(value), true);
    this.#length += 8;
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint((field << 3) | 2);
    this.#varint(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  message(field: number, fill: (inner: ProtoWriter) => void): this {
    const inner = new ProtoWriter();
    fill(inner);
    return this.bytes(field, inner.#bytes.subarray(0, inner.#length));
  }

  /** What was written so far; the writer begins anew. */
  take(): Uint8Array {
    const out = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return out;
  }
}

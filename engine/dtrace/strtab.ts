/** Strings of a DIF object: each once, from offset 1 on. */
export class StringTable {
  private text = '\0';
  private index: Map<string, number> | undefined;
  insert(s: string): number {
    if (s === '') return 0;
    this.index ??= new Map();
    let off = this.index.get(s);
    if (off === undefined) {
      off = this.text.length;
      this.index.set(s, off);
      this.text += `${s}\0`;
    }
    return off;
  }
  get size(): number {
    return this.text.length;
  }
  bytes(): Uint8Array {
    return new Uint8Array(Buffer.from(this.text, 'latin1'));
  }
}

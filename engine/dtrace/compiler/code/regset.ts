/** The registers of the code generator: %r0 reads zero and is always taken; the lowest free one is handed out. */
import { assert, LibraryError } from '../../errors.ts';

export class RegisterSet {
  private readonly used: boolean[];
  constructor(size: number) {
    this.used = new Array(size).fill(false);
    this.used[0] = true;
  }
  alloc(): number {
    const r = this.used.indexOf(false);
    if (r < 0) throw new LibraryError('EDT_NOREG');
    this.used[r] = true;
    return r;
  }
  free(r: number): void {
    assert(this.used[r], () => `register %r${r} freed twice`);
    this.used[r] = false;
  }
  assertFree(): void {
    assert(
      this.used.every((u, i) => u === (i === 0)),
      () => `registers left allocated: ${this.used.map((u, i) => (u ? `%r${i}` : '')).join(' ')}`,
    );
  }
}

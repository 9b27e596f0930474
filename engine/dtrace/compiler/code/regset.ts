/** The registers of the code generator: %r0 reads zero and is always taken; the lowest free one is handed out. */
import { LibraryError } from '../../errors.ts';

export class RegisterSet {
  private readonly used: boolean[] = [true];
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }
  alloc(): number {
    const { used } = this;
    let r = 1;
    while (used[r] === true) r++;
    if (r >= this.size) throw new LibraryError('EDT_NOREG');
    used[r] = true;
    return r;
  }
  free(r: number): void {
    if (!this.used[r]) throw new Error(`dtrace: register %r${r} freed twice`);
    this.used[r] = false;
  }
  assertFree(): void {
    for (let r = 1; r < this.used.length; r++)
      if (this.used[r]) throw new Error(`dtrace: register %r${r} was left allocated`);
  }
}

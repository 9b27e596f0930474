/**
 * Keys that are addresses shown by name: two addresses of one function are one key of func(), two of one module one of mod().
 *
 * The kernel keeps the addresses apart; here each becomes the function's own, or the first that the module was seen by.
 */
import { ACT } from '../dif.ts';
import type { SymbolResolver } from './display.ts';

export class Coalescer {
  private readonly symbols: SymbolResolver;
  private readonly modules = new Map<string, bigint>();

  constructor(symbols: SymbolResolver) {
    this.symbols = symbols;
  }

  /** Changes the address in a key's bytes. */
  key(action: number, data: Buffer, offset: number): void {
    switch (action) {
      case ACT.SYM:
      case ACT.MOD: {
        const pc = data.readBigUInt64LE(offset);
        const a = this.symbols.kernel(pc);
        if (a === undefined) return;
        const to = action === ACT.MOD ? this.first(a.module, pc) : pc - a.offset;
        data.writeBigUInt64LE(to, offset);
        return;
      }
      case ACT.USYM:
      case ACT.UMOD: {
        const pid = Number(data.readBigUInt64LE(offset));
        const pc = data.readBigUInt64LE(offset + 8);
        const a = this.symbols.user(pid, pc);
        if (a === undefined) return;
        const to = action === ACT.UMOD ? this.first(`${pid}:${a.module}`, pc) : pc - a.offset;
        data.writeBigUInt64LE(to, offset + 8);
      }
    }
  }

  private first(module: string, pc: bigint): bigint {
    const known = this.modules.get(module);
    if (known !== undefined) return known;
    this.modules.set(module, pc);
    return pc;
  }
}

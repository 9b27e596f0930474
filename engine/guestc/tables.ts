/**
 * Tables that the linker makes for the kernel: what fbt and the stack walker know about functions.
 *
 *   struct fbt_function {                     40 bytes, ascending addresses, functions with a site only
 *       unsigned long addr; const char *name; const char *module;
 *       unsigned int size, index;             index: local function index, into __fbt_enable
 *       unsigned int firstreturn, nreturns;   in __fbt_returns
 *   } __fbt_functions[];  unsigned int __fbt_nfunctions;
 *   unsigned int __fbt_returns[];             addresses of return sites less KTEXT
 *   unsigned char __fbt_enable[];             by local function index
 *   struct { unsigned long addr; unsigned int size, frameSize; } __kernel_functions[];  unsigned int __kernel_nfunctions;
 *
 * They are sized before the data is laid out (the number of functions is known) and filled when text addresses are.
 */
import type { Contents } from './data.ts';
import type { Fn } from './ir.ts';
import type { DataObject, Linker } from './link.ts';
import { DOF_SYMBOL } from './usdt.ts';

/** All symbols that the linker defines by itself, beside the bounds of sets. */
export const SPECIAL_NAMES: ReadonlyMap<string, number> = new Map(
  [
    '_end',
    'end',
    '__fbt_enable',
    '__fbt_functions',
    '__fbt_nfunctions',
    '__fbt_returns',
    '__kernel_functions',
    '__kernel_nfunctions',
    DOF_SYMBOL,
  ].map((name) => [name, 0]),
);

const FBT_FUNCTION = 40;
const KERNEL_FUNCTION = 16;

export interface KernelFunction {
  fn: Fn;
  module: string;
}

/** The contents of one of the tables, to be filled in later; undefined for those without contents. */
export function sizeTable(
  linker: Linker,
  object: DataObject,
  functions: KernelFunction[],
): Contents | undefined {
  const traced = functions.filter((f) => !f.fn.decl.notrace);
  const nul = (s: string) => linker.stringSym(new TextEncoder().encode(s + '\0'));
  const table = (size: number, align = 8): Contents => {
    object.size = Math.max(size, align);
    object.align = align;
    return { bytes: new Uint8Array(object.size), relocs: [] };
  };
  switch (object.name) {
    case '__fbt_enable':
      object.size = functions.length;
      return undefined;
    case '__fbt_functions': {
      const contents = table(traced.length * FBT_FUNCTION);
      traced.forEach(({ fn, module }, i) => {
        const at = i * FBT_FUNCTION;
        contents.relocs.push({ offset: at, to: fn, addend: 0n });
        contents.relocs.push({ offset: at + 8, to: nul(fn.name), addend: 0n });
        contents.relocs.push({ offset: at + 16, to: nul(module), addend: 0n });
      });
      return contents;
    }
    case '__fbt_nfunctions':
    case '__kernel_nfunctions':
      return table(4, 4);
    case '__fbt_returns':
      return table(4 * traced.reduce((n, f) => n + (f.fn.ir?.returnSites.length ?? 0), 0), 4);
    case '__kernel_functions': {
      const contents = table(functions.length * KERNEL_FUNCTION);
      functions.forEach(({ fn }, i) => {
        contents.relocs.push({ offset: i * KERNEL_FUNCTION, to: fn, addend: 0n });
      });
      return contents;
    }
  }
  return undefined;
}

/** Numbers into a table whose pointers the data layout fills in. */
export function fillTable(object: DataObject, { bytes }: Contents, functions: KernelFunction[]): void {
  const traced = functions.filter((f) => !f.fn.decl.notrace);
  const view = new DataView(bytes.buffer);
  const sitesOf = (fn: Fn) => fn.ir?.returnSites ?? [];
  const sizeOf = (fn: Fn) => fn.ir?.textSize ?? 0;
  switch (object.name) {
    case '__fbt_functions': {
      let first = 0;
      traced.forEach(({ fn }, i) => {
        const at = i * FBT_FUNCTION;
        const n = sitesOf(fn).length;
        [sizeOf(fn), fn.index, first, n].forEach((v, k) => {
          view.setUint32(at + 24 + 4 * k, v, true);
        });
        first += n;
      });
      break;
    }
    case '__fbt_nfunctions':
      view.setUint32(0, traced.length, true);
      break;
    case '__kernel_nfunctions':
      view.setUint32(0, functions.length, true);
      break;
    case '__fbt_returns':
      traced
        .flatMap(({ fn }) => sitesOf(fn).map((site) => fn.addr + site))
        .forEach((site, i) => {
          view.setUint32(4 * i, site, true);
        });
      break;
    case '__kernel_functions':
      functions.forEach(({ fn }, i) => {
        view.setUint32(i * KERNEL_FUNCTION + 8, sizeOf(fn), true);
        view.setUint32(i * KERNEL_FUNCTION + 12, fn.ir?.frameSize ?? 0, true);
      });
      break;
  }
}

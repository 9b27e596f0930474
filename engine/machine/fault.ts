/**
 * Kernel faults: a bad address, a division by zero or a bad indirect call in kernel code.
 *
 * The compiled code calls an import that throws, so the WebAssembly stack is gone; the guest's frames are not. Which function faulted is
 * not in its frame (only suspended functions write that), but the host's stack trace names the WebAssembly function.
 */
import type { FunctionInfo, Image } from '../image/image.ts';
import type { LoadedImage } from './loader.ts';

export class KernelFault extends Error {
  readonly trapno: number;
  readonly address: bigint;
  /** Frame of the function that faulted. */
  readonly fp: number;
  readonly write: boolean;

  constructor(trapno: number, address: bigint, fp: number, write: boolean) {
    super('kernel fault');
    this.trapno = trapno;
    this.address = address;
    this.fp = fp;
    this.write = write;
  }
}

/** The guest function that faulted: the innermost WebAssembly frame that is one of the image's functions. */
export function kernelFaultSite(
  fault: KernelFault,
  kernel: LoadedImage,
): { image: Image; fn: FunctionInfo | undefined } {
  const { image } = kernel;
  const names = new Map(image.functions.map((fn) => [fn.name, fn]));
  for (const line of (fault.stack ?? '').split('\n')) {
    if (!line.includes('wasm')) continue;
    const name = /^\s*at (\S+) \(wasm/.exec(line)?.[1];
    const fn = name === undefined ? undefined : names.get(name.replace(/^.*\./, ''));
    if (fn !== undefined) return { image, fn };
  }
  return { image, fn: undefined };
}

/**
 * Kernel faults: a bad address, a division by zero or a bad indirect call in kernel code.
 *
 * The compiled code stores the text address in trapArgs[0] and calls an import that throws this, so the WebAssembly stack is gone; the
 * guest's frames are not, and trap_entry runs above them.
 */
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

/** Who a process of the guest is: what $pid and its like mean in the programs of a consumer that runs there. Looking costs the guest nothing. */
import type { RecordType } from '../cfront/types.ts';
import { type GuestMemory, symbolLookup, typeNamesOf } from '../dtrace/index.ts';
import type { Image } from '../image/image.ts';

export interface ProcessIds {
  pid: number;
  ppid: number;
  /** Process group and session. */
  pgid: number;
  sid: number;
}

/** More processes than this in the list mean that it is being changed right now. */
const LIMIT = 10_000;

/** The process with that address space (UserMemory.space); undefined if there is none. */
export function processIds(memory: GuestMemory, kernel: Image, space: number): ProcessIds | undefined {
  const types = typeNamesOf(kernel);
  const offset = (struct: string, name: string): bigint => {
    const field = (types.get(`struct ${struct}`) as RecordType).fields.find((f) => f.name === name);
    if (field === undefined) throw new Error(`the kernel image has no member ${name} in struct ${struct}`);
    return BigInt(field.offset);
  };
  const pointer = (at: bigint, struct: string, name: string): bigint => memory.u64(at + offset(struct, name));
  const id = (at: bigint, struct: string, name: string): number =>
    at === 0n ? 0 : memory.u32(at + offset(struct, name));
  const allproc = symbolLookup(kernel)('kernel', 'allproc');
  if (allproc === undefined) throw new Error('the kernel image has no list allproc');

  let p = memory.u64(allproc.address);
  for (let n = 0; p !== 0n && n < LIMIT; n++) {
    const vm = pointer(p, 'proc', 'p_vmspace');
    if (vm !== 0n && Number(pointer(vm + offset('vmspace', 'vm_pmap'), 'pmap', 'pm_cr3')) === space) {
      const group = pointer(p, 'proc', 'p_pgrp');
      return {
        pid: id(p, 'proc', 'p_pid'),
        ppid: id(pointer(p, 'proc', 'p_pptr'), 'proc', 'p_pid'),
        pgid: id(group, 'pgrp', 'pg_id'),
        sid: id(group === 0n ? 0n : pointer(group, 'pgrp', 'pg_session'), 'session', 's_sid'),
      };
    }
    p = memory.u64(p + offset('proc', 'p_list')); // le_next comes first
  }
  return undefined;
}

/**
 * Whether somebody in the guest waits for a line from the console: looked up in its memory, at no cost to it.
 *
 * A reader sleeps on its terminal's `t_inwait` (kern/tty.c). Text that is typed only then always arrives at the same cycle for
 * the same session, however fast the host types.
 */
import type { RecordType } from '../cfront/types.ts';
import { symbolLookup, typeNamesOf } from '../dtrace/index.ts';
import type { Image } from '../image/image.ts';
import type { GuestMemory } from '../machine/memory.ts';

/** More in a list mean that it is being changed right now. */
const LIMIT = 10_000;

/** Throws Error when the kernel image is not made as expected. */
export function consoleWait(kernel: Image, memory: GuestMemory): () => boolean {
  const types = typeNamesOf(kernel);
  const offset = (struct: string, member: string): bigint => {
    const field = (types.get(`struct ${struct}`) as RecordType | undefined)?.fields.find(
      (f) => f.name === member,
    );
    if (field === undefined) throw new Error(`the kernel image has no member ${member} in struct ${struct}`);
    return BigInt(field.offset);
  };
  const address = (name: string): bigint => {
    const symbol = symbolLookup(kernel)('kernel', name);
    if (symbol === undefined) throw new Error(`the kernel image has no ${name}`);
    return symbol.address;
  };
  const console = address('console_tp');
  const allproc = address('allproc');
  const inwait = offset('tty', 't_inwait');
  const list = offset('proc', 'p_list'); // le_next comes first
  const threads = offset('proc', 'p_threads'); // tqh_first comes first
  const next = offset('thread', 'td_plist'); // tqe_next comes first
  const wchan = offset('thread', 'td_wchan');
  return () => {
    const tty = memory.u64(console);
    if (tty === 0n) return false;
    let seen = 0;
    for (let p = memory.u64(allproc); p !== 0n && seen < LIMIT; p = memory.u64(p + list))
      for (let td = memory.u64(p + threads); td !== 0n && seen++ < LIMIT; td = memory.u64(td + next))
        if (memory.u64(td + wchan) === tty + inwait) return true;
    return false;
  };
}

/**
 * Which sites a trace records: found in the kernel image, switched on in the machine's memory.
 *
 * SDT probes are the linker set sdt_probes; system calls are the words in sysent[]; malloc types have two words each; functions have a byte
 * in __fbt_enable. Switching a site on for the recorder costs the guest nothing and changes nothing it can see.
 */
import { type StoredTypes, typesOf } from '../cfront/ctf.ts';
import { type RecordType, strip } from '../cfront/types.ts';
import { FBT_RECORD, KVBASE, SDT_RECORD } from '../image/abi.ts';
import type { Image } from '../image/image.ts';
import type { Machine } from '../machine/machine.ts';
import type { GuestMemory } from '../machine/memory.ts';

/** A recordable site. `number` is what the ring carries. */
export interface Site {
  number: number;
  provider: string;
  module: string;
  function: string;
  name: string;
  args: string[];
}

const UINT64 = 'uint64_t';
/** A system call that is only a name (sys/sysent.h). */
const SYF_ABSENT = 0x1;
const DTMALLOC_ARGS = [
  'struct malloc_type *',
  'struct malloc_type_internal *',
  'struct malloc_type_stats *',
  'unsigned long',
  'int',
];

/** Offsets of a struct's members by name. Throws Error when the kernel has no such struct or member. */
function members(
  image: Image,
  types: StoredTypes,
  name: string,
): { size: number; at: (member: string) => number } {
  const id = image.typeNames[name];
  const record = id === undefined ? undefined : (strip(types.get(id)) as RecordType);
  if (record === undefined) throw new Error(`the kernel image has no ${name}`);
  return {
    size: record.size,
    at: (member) => {
      const field = record.fields.find((f) => f.name === member);
      if (field === undefined) throw new Error(`${name} has no member ${member}`);
      return field.offset;
    },
  };
}

const pointersOf = (memory: GuestMemory, set: { start: number; stop: number } | undefined): bigint[] => {
  const out: bigint[] = [];
  if (set !== undefined)
    for (let at = set.start; at < set.stop; at += 8) out.push(memory.view.getBigUint64(at, true));
  return out;
};

/** An SDT name as DTrace shows it: two underscores are a hyphen. */
const sdtName = (name: string) => name.replaceAll('__', '-');

function sdtSites(image: Image, memory: GuestMemory, types: StoredTypes): Site[] {
  const probe = members(image, types, 'struct sdt_probe');
  const provider = members(image, types, 'struct sdt_provider');
  return pointersOf(memory, image.sets['sdt_probes']).map((address) => {
    const text = (member: string) => memory.cstring(memory.u64(address + BigInt(probe.at(member))));
    const prov = memory.u64(address + BigInt(probe.at('prov')));
    const count = memory.u32at(address + BigInt(probe.at('n_args')));
    const args = Array.from({ length: count }, (_, i) =>
      memory.cstring(memory.u64(address + BigInt(probe.at('argtype') + 8 * i))),
    );
    return {
      number: memory.offset(address),
      provider: memory.cstring(memory.u64(prov + BigInt(provider.at('name')))),
      module: text('mod') || 'kernel',
      function: text('func') || 'none',
      name: sdtName(text('name')),
      args,
    };
  });
}

function syscallSites(image: Image, memory: GuestMemory, types: StoredTypes): Site[] {
  const table = image.symbols.find((s) => s.name === 'sysent');
  if (table === undefined) return [];
  const entry = members(image, types, 'struct sysent');
  const sites: Site[] = [];
  for (let at = table.addr; at < table.addr + table.size; at += entry.size) {
    const address = KVBASE + BigInt(at);
    const name = memory.u64(address + BigInt(entry.at('sy_name')));
    const absent = (memory.u32at(address + BigInt(entry.at('sy_flags'))) & SYF_ABSENT) !== 0;
    if (name === 0n || absent) continue;
    const common = { provider: 'syscall', module: 'freebsd', function: memory.cstring(name) };
    const argCount = Math.min(5, memory.u32at(address + BigInt(entry.at('sy_narg'))));
    sites.push(
      { ...common, number: at + entry.at('sy_entry'), name: 'entry', args: Array(argCount).fill(UINT64) },
      { ...common, number: at + entry.at('sy_return'), name: 'return', args: ['int64_t', 'int64_t'] },
    );
  }
  return sites;
}

function mallocSites(image: Image, memory: GuestMemory, types: StoredTypes): Site[] {
  if (image.sets['malloc_types'] === undefined) return [];
  const type = members(image, types, 'struct malloc_type');
  const internal = members(image, types, 'struct malloc_type_internal');
  return pointersOf(memory, image.sets['malloc_types']).flatMap((address) => {
    const fn = memory.cstring(memory.u64(address + BigInt(type.at('ks_shortdesc')))).replaceAll(' ', '_');
    const words = memory.offset(address) + type.at('ks_mti') + internal.at('mti_probes');
    return ['malloc', 'free'].map((name, i) => ({
      number: words + 8 * i,
      provider: 'dtmalloc',
      module: '',
      function: fn,
      name,
      args: DTMALLOC_ARGS,
    }));
  });
}

const known = new WeakMap<Image, readonly Site[]>();

/** Every site that is recorded by default, in a fixed order: the kernel's own, wherever it runs. */
export function defaultSites(image: Image, memory: GuestMemory): readonly Site[] {
  let sites = known.get(image);
  if (sites === undefined) {
    const types = typesOf(image);
    sites = [
      ...sdtSites(image, memory, types),
      ...syscallSites(image, memory, types),
      ...mallocSites(image, memory, types),
    ];
    known.set(image, sites);
  }
  return sites;
}

/** Entry and return of the functions whose names match a glob (`*`, `?`). */
export function fbtSites(image: Image, pattern: string): Site[] {
  const glob = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  return image.functions.flatMap((fn, local) =>
    fn.notrace || !glob.test(fn.name)
      ? []
      : ['entry', 'return'].map((name, i) => ({
          number: 0x80000000 | (local << 1) | i | 0,
          provider: 'fbt',
          module: fn.module,
          function: fn.name,
          name,
          args: name === 'entry' ? fn.params.slice(0, 5).map(() => UINT64) : ['int', UINT64],
        })),
  );
}

/** Turns the recorder's bit on at these sites. */
export function enableSites(machine: Machine, image: Image, sites: Site[]): void {
  const { memory } = machine;
  for (const { number } of sites) {
    if (number >= 0) memory.i32[number >> 2] |= SDT_RECORD;
    else memory.bytes8[image.fbtEnable + ((number & 0x7fffffff) >> 1)] |= FBT_RECORD;
  }
}

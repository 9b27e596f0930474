/**
 * Boots that are executed once and taken up again by every run that boots alike.
 *
 * Runs that differ only in what /etc/rc says are equal up to `ready`: files of the boot file system lie on pages of their own, and nobody has
 * looked into them. So the machine as it stood then, and what its boot had to say to the host, serve for all of them; the files' text and sizes
 * are put in their places. A run that takes up a boot is equal to one that executed it, digest included (test/e2e/boots.test.ts).
 */
import { findMember } from '../cfront/layout.ts';
import type { EnumType, RecordType } from '../cfront/types.ts';
import { symbolLookup, typeNamesOf } from '../dtrace/index.ts';
import type { Image } from '../image/image.ts';
import { type Checkpoint, checkpoint, restoreMemory, restoreState } from '../machine/checkpoint.ts';
import { type BootFile, bootFilePages } from '../machine/loader.ts';
import type { Machine, MachineStats } from '../machine/machine.ts';

/** What a boot told the host, in order. */
export type BootMessage =
  | { kind: 'records'; ring: Uint8Array }
  | { kind: 'console'; bytes: Uint8Array; cycle: number; kernel: boolean }
  | { kind: 'mark'; text: string; cycle: number };

/** A session's own fields when the guest is ready. */
export interface BootState {
  readyCycle: number;
  readyStats: MachineStats | undefined;
  granted: number;
  reached: number;
}

export interface Boot {
  state: BootState;
  messages: BootMessage[];
  machine: Omit<Checkpoint, 'pages'>;
  memory: BootMemory;
  files: readonly BootFile[];
  /** Of files that the boot has not used: where the guest has noted their sizes. */
  sizes: ReadonlyMap<string, number>;
}

/** The machine's memory at `ready`. */
export interface BootMemory {
  /** Puts it in place of what a machine is loaded with, which ends at `end`. False, and nothing is changed: it is not to be had any more. */
  put(memory: Uint8Array, end: number): boolean;
}

/** Where boots are kept. */
export interface BootKeeper {
  /** That of a run with this key. */
  find(key: string): Boot | undefined;
  keep(key: string, boot: Boot): void;
}

/** Keeps in memory the boots that were used last; a few megabytes each. */
export class Boots implements BootKeeper {
  readonly #kept = new Map<string, Boot>();
  readonly #limit: number;

  constructor(limit = 2) {
    this.#limit = limit;
  }

  find(key: string): Boot | undefined {
    const boot = this.#kept.get(key);
    if (boot !== undefined) this.keep(key, boot);
    return boot;
  }

  keep(key: string, boot: Boot): void {
    this.#kept.delete(key);
    this.#kept.set(key, boot);
    for (const [oldest] of this.#kept) if (this.#kept.size > this.#limit) this.#kept.delete(oldest);
  }
}

/**
 * What decides a boot: runs with equal keys differ at most in what their files say. Undefined for programs whose images have no name of their
 * own to be known by.
 */
export function bootKey(machine: Machine, more: unknown): string | undefined {
  const { options, images, cpus } = machine;
  if (images.some(({ image }) => image.key === '')) return undefined;
  return JSON.stringify([
    options.profile,
    cpus,
    options.seed,
    images.map(({ image }) => [image.name, image.key, image.pidSites === true]),
    (options.files ?? []).map((file) => [file.path, file.mode ?? null, bootFilePages(file)]),
    options.links,
    options.kenv,
    options.consoleInput,
    options.cycleLimit ?? null,
    more,
  ]);
}

/** The machine at `ready`. */
export function bootOf(machine: Machine, state: BootState, messages: BootMessage[]): Boot {
  const { pages, ...rest } = checkpoint(machine);
  return {
    state,
    messages,
    machine: rest,
    memory: new PagesOfMemory(pages),
    files: machine.options.files ?? [],
    sizes: unusedFiles(machine),
  };
}

export class PagesOfMemory implements BootMemory {
  readonly pages: Checkpoint['pages'];

  constructor(pages: Checkpoint['pages']) {
    this.pages = pages;
  }

  put(memory: Uint8Array, end: number): boolean {
    restoreMemory(memory, this.pages, end);
    return true;
  }
}

/** Puts a machine that has not run yet to where the boot ended. False, and nothing is changed: the boot has used what differs. */
export function takeUp(boot: Boot, machine: Machine): boolean {
  const { bytes8, view } = machine.memory;
  const others = (machine.options.files ?? []).filter(
    (file, i) => Buffer.compare(file.data, boot.files[i].data) !== 0,
  );
  if (others.some(({ path }) => !boot.sizes.has(path))) return false;
  const { rootfs, end } = machine.loaded;
  const own = bytes8.slice(rootfs.at, rootfs.at + rootfs.size);
  if (!boot.memory.put(bytes8, end)) return false;
  restoreState(machine, boot.machine);
  if (others.length === 0) return true;
  bytes8.set(own, rootfs.at);
  for (const { path, data } of others)
    view.setBigInt64(boot.sizes.get(path) as number, BigInt(data.length), true);
  return true;
}

/** Files of the boot file system that nobody has opened: path to the offset of the node's tn_size (fs/tmpfs). */
function unusedFiles(machine: Machine): Map<string, number> {
  const { memory } = machine;
  const at = layoutOf(machine.images[0].image);
  const sizes = new Map<string, number>();
  const visit = (directory: bigint, path: string): void => {
    for (let entry = memory.u64(directory + at.dirents); entry !== 0n; entry = memory.u64(entry + at.next)) {
      const node = memory.u64(entry + at.node);
      const length = memory.u16(entry + at.namelen);
      const name = Buffer.from(memory.bytes(memory.u64(entry + at.name), length)).toString();
      const type = memory.u32at(node + at.type);
      if (type === at.VDIR) visit(node, `${path}/${name}`);
      else if (type === at.VREG && memory.u64(node + at.vnode) === 0n)
        sizes.set(`${path}/${name}`, memory.offset(node + at.size, 8));
    }
  };
  visit(memory.u64(memory.u64(at.rootvnode) + at.data), '');
  return sizes;
}

interface TmpfsLayout {
  rootvnode: bigint;
  data: bigint;
  dirents: bigint;
  next: bigint;
  node: bigint;
  namelen: bigint;
  name: bigint;
  type: bigint;
  vnode: bigint;
  size: bigint;
  VREG: number;
  VDIR: number;
}

const layouts = new WeakMap<Image, TmpfsLayout>();

/** Throws Error when the kernel image is not made as expected. */
function layoutOf(kernel: Image): TmpfsLayout {
  const known = layouts.get(kernel);
  if (known !== undefined) return known;
  const types = typeNamesOf(kernel);
  const missing = (what: string) => new Error(`the kernel image has no ${what}`);
  const offset = (struct: string, member: string): bigint => {
    const record = types.get(`struct ${struct}`) as RecordType | undefined;
    const chain = record === undefined ? undefined : findMember(record, member);
    if (chain === undefined) throw missing(`member ${member} in struct ${struct}`);
    return BigInt(chain.reduce((sum, field) => sum + field.offset, 0));
  };
  const root = symbolLookup(kernel)('kernel', 'rootvnode');
  if (root === undefined) throw missing('rootvnode');
  const vtype = types.get('enum vtype') as EnumType | undefined;
  const value = (name: string): number => {
    const found = vtype?.members.find((m) => m.name === name);
    if (found === undefined) throw missing(name);
    return Number(found.value);
  };
  const layout = {
    rootvnode: root.address,
    data: offset('vnode', 'v_data'),
    dirents: offset('tmpfs_node', 'tn_dirents'), // tqh_first comes first
    next: offset('tmpfs_dirent', 'td_entries'), // tqe_next comes first
    node: offset('tmpfs_dirent', 'td_node'),
    namelen: offset('tmpfs_dirent', 'td_namelen'),
    name: offset('tmpfs_dirent', 'td_name'),
    type: offset('tmpfs_node', 'tn_type'),
    vnode: offset('tmpfs_node', 'tn_vnode'),
    size: offset('tmpfs_node', 'tn_size'),
    VREG: value('VREG'),
    VDIR: value('VDIR'),
  };
  layouts.set(kernel, layout);
  return layout;
}

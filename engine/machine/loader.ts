/**
 * What a loader does before the first instruction: images into memory and table, the boot file system, the boot information.
 *
 *   kernel data, bss | boot file system | kernel environment | bootinfo | boot stack | free pages ...
 *
 * Programs are files of the boot file system: a header that execve reads, then the initial data (docs/guest-abi.md section 6).
 */
import { BOOTFS_MAGIC, EXEC_MAGIC, KDATA_OFFSET, KTEXT, KVBASE, PAGE_SIZE, UDATA } from '../image/abi.ts';
import type { FunctionInfo, Image } from '../image/image.ts';
import type { Profile } from '../image/profile.ts';
import type { GuestMemory } from './memory.ts';

/** An image with its place in the shared table. */
export interface LoadedImage {
  image: Image;
  /** Table index of the image's function 0. */
  tbase: number;
}

/** A file of the boot file system. */
export interface BootFile {
  path: string;
  data: Uint8Array;
  /** Permission bits, 0644 by default. */
  mode?: number;
}

const BOOT_STACK = 65536;
/** Bytes of struct exec_header. */
const EXEC_HEADER = 64;

export const textAddress = (image: Image, addr: number): bigint =>
  image.kind === 'kernel' ? KTEXT + BigInt(addr) : BigInt(addr);

/** The function that holds a text address of an image, found by bisection. */
export function functionAt(image: Image, addr: number): FunctionInfo | undefined {
  const fns = image.functions;
  let lo = 0;
  let hi = fns.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (fns[mid].addr <= addr) lo = mid + 1;
    else hi = mid;
  }
  const fn = fns[lo - 1];
  return fn !== undefined && addr < fn.addr + fn.size ? fn : undefined;
}

const align = (n: number, to: number) => Math.ceil(n / to) * to;

/** The file that execve reads for a program. */
export function executable({ image, tbase }: LoadedImage, number: number): Uint8Array {
  const start = image.exports['_start'];
  if (start === undefined) throw new Error(`program ${image.name} has no _start`);
  const fileEnd = image.data.reduce((end, d) => Math.max(end, d.addr + d.bytes.length), UDATA);
  const out = new Uint8Array(EXEC_HEADER + fileEnd - UDATA);
  const view = new DataView(out.buffer);
  view.setUint32(0, EXEC_MAGIC, true);
  view.setUint32(4, number, true);
  view.setUint32(8, tbase + start, true);
  const fields = [
    image.functions[start].addr,
    image.textSize,
    UDATA,
    fileEnd - UDATA,
    Math.max(image.dataEnd, fileEnd) - UDATA,
    tbase,
  ];
  fields.forEach((value, i) => {
    view.setBigUint64(16 + 8 * i, BigInt(value), true);
  });
  for (const { addr, bytes } of image.data) out.set(bytes, EXEC_HEADER + addr - UDATA);
  return out;
}

/** Bytes before a file's data in its entry. */
const headerSize = (name: Uint8Array) => align(24 + name.length, 16);

/** Pages that a file takes in the boot file system; 0: it is empty. */
export function bootFilePages({ path, data }: BootFile): number {
  if (data.length === 0) return 0;
  return align(headerSize(new TextEncoder().encode(`${path}\0`)) + data.length, PAGE_SIZE) / PAGE_SIZE;
}

/** Entries on pages of their own, so that what a file says moves nothing else; ended by magic 0. */
function bootFileSystem(files: BootFile[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = files.map((file) => {
    const name = encoder.encode(file.path + '\0');
    const dataAt = headerSize(name);
    const bytes = new Uint8Array(align(dataAt + file.data.length, PAGE_SIZE));
    const view = new DataView(bytes.buffer);
    view.setUint32(0, BOOTFS_MAGIC, true);
    view.setUint32(4, name.length, true);
    view.setBigUint64(8, BigInt(file.data.length), true);
    view.setUint32(16, file.mode ?? 0o644, true);
    bytes.set(name, 24);
    bytes.set(file.data, dataAt);
    return bytes;
  });
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0) + 16);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export interface BootOptions {
  profile: Profile;
  cpus: number;
  files: BootFile[];
  /** Second names of programs: path to program. */
  links: Record<string, string>;
  /** name=value of the kernel environment. */
  kenv: Record<string, string>;
  /** Seconds since 1970 at power-on. */
  wallTime: number;
}

/** Where things are; offsets and bytes. */
export interface Loaded {
  bootinfo: number;
  stack: number;
  stackSize: number;
  rootfs: { at: number; size: number };
  /** Nothing has been written from here on. */
  end: number;
}

/** Fills memory. Returns the offsets that the first frame needs. Throws Error if RAM is too small. */
export function load(
  memory: GuestMemory,
  kernel: LoadedImage,
  programs: LoadedImage[],
  options: BootOptions,
): Loaded {
  for (const { addr, bytes } of kernel.image.data) memory.bytes8.set(bytes, addr);
  let at = align(Math.max(kernel.image.dataEnd, KDATA_OFFSET), PAGE_SIZE);
  const place = (bytes: Uint8Array) => {
    const start = at;
    if (start + bytes.length + BOOT_STACK + 2 * PAGE_SIZE > options.profile.ramBytes)
      throw new Error(
        `profile ${options.profile.name}: ${options.profile.ramBytes} bytes of memory are too few to boot`,
      );
    memory.bytes8.set(bytes, start);
    at = align(start + bytes.length, PAGE_SIZE);
    return start;
  };
  const files = [
    ...programs.map((p, i) => ({
      path: p.image.name === 'init' ? '/sbin/init' : `/bin/${p.image.name}`,
      data: executable(p, i + 1),
      mode: 0o755,
    })),
    ...Object.entries(options.links).flatMap(([path, name]) => {
      const i = programs.findIndex((p) => p.image.name === name);
      return i < 0 ? [] : [{ path, data: executable(programs[i], i + 1), mode: 0o755 }];
    }),
    ...options.files,
  ];
  const rootfs = bootFileSystem(files);
  const rootfsAt = place(rootfs);
  const kenv = Object.entries(options.kenv).map(([k, v]) => `${k}=${v}\0`);
  const kenvAt = place(new TextEncoder().encode(kenv.join('') + '\0\0'));
  const stack = place(new Uint8Array(BOOT_STACK));
  const bootinfo = place(new Uint8Array(PAGE_SIZE));
  const { profile } = options;
  const va = (offset: number) => KVBASE + BigInt(offset);
  const fields: (bigint | number)[] = [
    1,
    options.cpus,
    at,
    profile.ramBytes,
    profile.clockHz,
    profile.hz,
    profile.stathz,
    profile.profhz,
    va(rootfsAt),
    rootfs.length,
    va(kenvAt),
    va(stack),
    BOOT_STACK,
    options.wallTime,
  ];
  fields.forEach((value, i) => {
    memory.view.setBigUint64(bootinfo + 8 * i, BigInt(value), true);
  });
  return {
    bootinfo,
    stack,
    stackSize: BOOT_STACK,
    rootfs: { at: rootfsAt, size: rootfs.length },
    end: at,
  };
}

/**
 * Boots kept in files, so that a run need not execute what an earlier one has: the same machine with the same programs boots the same way every
 * time. `engine/run/boots.ts` says which runs those are.
 *
 * A file is eight bytes of magic, the length of the head (u32, little endian), the head (V8's serialization of everything but memory), and the
 * parts of memory that are not zero. They are read where they belong; the head tells where. Whatever cannot be read is a boot that is not there.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { cacheDirs, writeWhole } from '../image/place.ts';
import { versions } from '../image/version.ts';
import { GRANULE, isZero } from '../machine/checkpoint.ts';
import { type Boot, type BootKeeper, type BootMemory, PagesOfMemory } from './boots.ts';

const MAGIC = 'plboot1\n';
/** Bytes of the head's length. */
const LENGTH = 4;
/** Boots kept in one folder: some megabytes each. */
const LIMIT = 12;

interface Head {
  key: string;
  boot: Omit<Boot, 'memory'>;
  /** Where in memory the parts lie that follow, in order: offset and length, bytes. */
  parts: [offset: number, length: number][];
}

export class BootStore implements BootKeeper {
  readonly #folders: string[];

  constructor(folders = cacheDirs('boots')) {
    this.#folders = folders;
  }

  find(key: string): Boot | undefined {
    const full = fullKey(key);
    for (const folder of this.#folders) {
      try {
        return read(join(folder, fileName(full)), full);
      } catch {
        // not here, not whole, or another one's
      }
    }
    return undefined;
  }

  /** In the first folder that can be written; in none, it is executed again next time. */
  keep(key: string, boot: Boot): void {
    // One that comes out of a file is kept already.
    if (!(boot.memory instanceof PagesOfMemory)) return;
    const full = fullKey(key);
    const bytes = encode(full, boot, boot.memory);
    for (const folder of this.#folders)
      if (writeWhole(join(folder, fileName(full)), bytes)) {
        dropOldest(folder);
        return;
      }
  }
}

/** The engine's own code decides a boot as well, and V8's version how the head reads. */
const fullKey = (key: string) => JSON.stringify([versions().engine, process.versions.v8, key]);

const fileName = (full: string) => `${createHash('sha256').update(full).digest('hex').slice(0, 24)}.boot`;

/** Other processes may do the same at the same time. */
function dropOldest(folder: string): void {
  const written = readdirSync(folder)
    .filter((name) => name.endsWith('.boot'))
    .map((name) => join(folder, name))
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of written.slice(LIMIT)) rmSync(path, { force: true });
}

function encode(key: string, { memory: _, ...boot }: Boot, { pages }: PagesOfMemory): Buffer {
  const parts: Head['parts'] = [];
  const granules: Uint8Array[] = [];
  for (const offset of [...pages.keys()].sort((a, b) => a - b))
    for (const [i, granule] of (pages.get(offset) as Uint8Array[]).entries()) {
      if (isZero(granule)) continue;
      const at = offset + i * GRANULE;
      const last = parts.at(-1);
      if (last !== undefined && last[0] + last[1] === at) last[1] += GRANULE;
      else parts.push([at, GRANULE]);
      granules.push(granule);
    }
  const head = serialize({ key, boot, parts } satisfies Head);
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(head.length);
  return Buffer.concat([Buffer.from(MAGIC), length, head, ...granules]);
}

/** All but memory. Throws when the file is not such a boot, whole. */
function read(path: string, key: string): Boot {
  const fd = openSync(path, 'r');
  try {
    const start = Buffer.alloc(MAGIC.length + LENGTH);
    readSync(fd, start);
    if (start.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('not a boot');
    const bytes = Buffer.alloc(start.readUInt32LE(MAGIC.length));
    readSync(fd, bytes);
    const { key: own, boot, parts } = deserialize(bytes) as Head;
    const from = start.length + bytes.length;
    const size = parts.reduce((sum, [, length]) => sum + length, from);
    if (own !== key || fstatSync(fd).size !== size) throw new Error('another boot, or cut');
    // Where V8 has put them, nobody can read words.
    const messages = boot.messages.map((m) =>
      m.kind === 'records' ? { ...m, ring: new Uint8Array(m.ring) } : m,
    );
    return { ...boot, messages, memory: new FileOfMemory(path, from, size, parts) };
  } finally {
    closeSync(fd);
  }
}

/** What is found under a path a moment later is the same boot: that of the same key, whoever wrote it. */
class FileOfMemory implements BootMemory {
  readonly #path: string;
  readonly #from: number;
  readonly #size: number;
  readonly #parts: Head['parts'];

  constructor(path: string, from: number, size: number, parts: Head['parts']) {
    this.#path = path;
    this.#from = from;
    this.#size = size;
    this.#parts = parts;
  }

  put(memory: Uint8Array, end: number): boolean {
    let fd: number;
    try {
      fd = openSync(this.#path, 'r');
    } catch {
      return false;
    }
    try {
      if (fstatSync(fd).size !== this.#size) return false;
      memory.fill(0, 0, end);
      let at = this.#from;
      for (const [offset, length] of this.#parts) {
        readSync(fd, memory, offset, length, at);
        at += length;
      }
      return true;
    } finally {
      closeSync(fd);
    }
  }
}

/**
 * Boots kept in files, so that a run need not execute what an earlier one has: the same machine with the same programs boots the same way every
 * time. `engine/run/boots.ts` says which runs those are.
 *
 * A file is eight bytes of magic, the length of the head (u32, little endian), the head (V8's serialization of everything but memory), and the
 * granules of memory that are not zero. Whatever cannot be read is a boot that is not there.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { cacheDirs, writeWhole } from '../image/place.ts';
import { versions } from '../image/version.ts';
import { GRANULE, isZero, PER_PAGE } from '../machine/checkpoint.ts';
import type { Boot, BootKeeper } from './boots.ts';

const MAGIC = 'plboot1\n';
/** Boots kept in one folder: some megabytes each. */
const LIMIT = 12;

interface Head {
  key: string;
  boot: Omit<Boot, 'machine'> & { machine: Omit<Boot['machine'], 'pages'> };
  /** Of each page of memory that is not all zero: its offset, and bit n for granule n. */
  pages: [offset: number, granules: number][];
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
        return decode(readFileSync(join(folder, fileName(full))), full);
      } catch {
        // not here, not whole, or another one's
      }
    }
    return undefined;
  }

  /** In the first folder that can be written; in none, it is executed again next time. */
  keep(key: string, boot: Boot): void {
    const full = fullKey(key);
    const bytes = encode(full, boot);
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

function encode(key: string, { machine, ...rest }: Boot): Buffer {
  const { pages, ...state } = machine;
  const granules: Uint8Array[] = [];
  const table: Head['pages'] = [];
  for (const [offset, page] of pages) {
    let bits = 0;
    for (const [i, granule] of page.entries()) {
      if (isZero(granule)) continue;
      bits |= 1 << i;
      granules.push(granule);
    }
    table.push([offset, bits]);
  }
  const head = serialize({ key, boot: { ...rest, machine: state }, pages: table } satisfies Head);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([Buffer.from(MAGIC), length, head, ...granules]);
}

/** Throws when the bytes are no such boot. */
function decode(bytes: Buffer, key: string): Boot {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('not a boot');
  let at = MAGIC.length + 4;
  const length = bytes.readUInt32LE(MAGIC.length);
  const head = deserialize(bytes.subarray(at, at + length)) as Head;
  if (head.key !== key) throw new Error('another boot');
  at += length;
  const zero = new Uint8Array(GRANULE);
  const pages: Boot['machine']['pages'] = new Map();
  for (const [offset, bits] of head.pages) {
    const page: Uint8Array[] = [];
    for (let i = 0; i < PER_PAGE; i++) {
      if ((bits & (1 << i)) === 0) page.push(zero);
      else {
        page.push(bytes.subarray(at, at + GRANULE));
        at += GRANULE;
      }
    }
    pages.set(offset, page);
  }
  if (at !== bytes.length) throw new Error('cut');
  // Where V8 has put them, nobody can read words.
  const messages = head.boot.messages.map((m) =>
    m.kind === 'records' ? { ...m, ring: new Uint8Array(m.ring) } : m,
  );
  return { ...head.boot, messages, machine: { ...head.boot.machine, pages } };
}

/**
 * Images in files: what every run needs is read at once, what only debuggers and D ask for at the first question.
 *
 * A kernel has some 1,500 functions with tens of thousands of lines and locals between them; decoding those took longer than booting.
 *
 *     eight bytes of magic, the head's length (u32, little endian)
 *     head      JSON: what is small, a column for each field of the functions, and where the parts lie
 *     parts     those of every run, then the others, which are JSON
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { type FunctionInfo, IMAGE_FORMAT, type Image } from '../image/image.ts';

const MAGIC = 'plimage\n';
const START = MAGIC.length + 4;

/** Of a function, what is decoded with all others' when one is asked for. */
const DETAILS = ['params', 'returnSites', 'sites', 'lines', 'locals'] as const;
type Details = Pick<FunctionInfo, (typeof DETAILS)[number]>;

/** Of a function, what is there from the start. */
const COLUMNS = [
  'name',
  'file',
  'line',
  'module',
  'static',
  'addr',
  'size',
  'frameSize',
  'notrace',
  'type',
  'returns',
] as const;
type Columns = { [K in (typeof COLUMNS)[number]]: FunctionInfo[K][] };

/** Of an image, what is decoded by itself. */
const LATE = ['symbols', 'types', 'typeNames', 'sources'] as const;
type Late = (typeof LATE)[number];

/** Offset from the head's end, and length. */
type Place = [at: number, length: number];

interface Head {
  image: Omit<Image, 'functions' | 'wasm' | 'data' | Late>;
  functions: Columns;
  wasm: Place;
  data: { addr: number; place: Place }[];
  /** All functions' blocks, one after another, and where each one's end: 32-bit integers. */
  blocks: Place;
  ends: Place;
  /** Length of the parts so far. */
  atOnce: number;
  details: Place;
  late: Record<Late, Place>;
}

export function encodeImage(whole: Image): Uint8Array {
  const { functions, wasm, data, symbols, types, typeNames, sources, ...image } = whole;
  const parts: Uint8Array[] = [];
  let length = 0;
  const part = (bytes: Uint8Array): Place => {
    // Words have to lie where words can be read.
    const gap = -length & 3;
    if (gap > 0) parts.push(new Uint8Array(gap));
    parts.push(bytes);
    length += gap + bytes.length;
    return [length - bytes.length, bytes.length];
  };
  const words = (numbers: readonly number[]) => part(new Uint8Array(Int32Array.from(numbers).buffer));
  const json = (value: unknown) => part(Buffer.from(JSON.stringify(value)));
  let end = 0;
  const head: Head = {
    image,
    functions: Object.fromEntries(COLUMNS.map((key) => [key, functions.map((fn) => fn[key])])) as Columns,
    wasm: part(wasm),
    data: data.map(({ addr, bytes }) => ({ addr, place: part(bytes) })),
    blocks: words(functions.flatMap((fn) => [...fn.blocks])),
    ends: words(functions.map((fn) => (end += fn.blocks.length))),
    atOnce: length,
    details: json(functions.map((fn) => Object.fromEntries(DETAILS.map((key) => [key, fn[key]])))),
    late: {
      symbols: json(symbols),
      types: json(types),
      typeNames: json(typeNames),
      sources: json(sources),
    },
  };
  const text = Buffer.from(JSON.stringify(head));
  const start = Buffer.alloc(START);
  start.write(MAGIC, 'latin1');
  start.writeUInt32LE(text.length, MAGIC.length);
  return Buffer.concat([start, text, ...parts]);
}

/**
 * The image with this key. The file stays open: what is asked for later is that of the same image, whatever is stored under its name by then.
 * Throws Error for another file.
 */
export function openImage(path: string, key: string): Image {
  const fd = openSync(path, 'r');
  try {
    return imageIn(fd, key);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function imageIn(fd: number, key: string): Image {
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.allocUnsafeSlow(length);
    if (readSync(fd, bytes, 0, length, at) !== length) throw new Error('not a whole image');
    return bytes;
  };
  const start = read(0, START);
  if (start.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('not an image');
  const length = start.readUInt32LE(MAGIC.length);
  const head = JSON.parse(read(START, length).toString()) as Head;
  if (head.image.format !== IMAGE_FORMAT || head.image.key !== key) throw new Error('another image');
  const from = START + length;
  const parts = read(from, head.atOnce);
  const part = ([at, size]: Place): Uint8Array => new Uint8Array(parts.buffer, at, size);
  const words = ([at, size]: Place): Int32Array => new Int32Array(parts.buffer, at, size >> 2);
  const later = <T>([at, size]: Place) => once(() => JSON.parse(read(from + at, size).toString()) as T);
  const details = later<Details[]>(head.details);
  const image = {
    ...head.image,
    functions: functionsOf(head.functions, words(head.blocks), words(head.ends), details),
    wasm: part(head.wasm),
    data: head.data.map(({ addr, place }) => ({ addr, bytes: part(place) })),
  };
  for (const name of LATE)
    Object.defineProperty(image, name, { get: later(head.late[name]), enumerable: true });
  return image as unknown as Image;
}

function functionsOf(
  columns: Columns,
  blocks: Int32Array,
  ends: Int32Array,
  details: () => Details[],
): FunctionInfo[] {
  class StoredFunction {
    readonly name: string;
    readonly file: string;
    readonly line: number;
    readonly module: string;
    readonly static: boolean;
    readonly addr: number;
    readonly size: number;
    readonly frameSize: number;
    readonly notrace: boolean;
    readonly type: FunctionInfo['type'];
    readonly returns: FunctionInfo['returns'];
    readonly blocks: Int32Array;
    readonly #index: number;
    constructor(i: number) {
      this.#index = i;
      this.name = columns.name[i];
      this.file = columns.file[i];
      this.line = columns.line[i];
      this.module = columns.module[i];
      this.static = columns.static[i];
      this.addr = columns.addr[i];
      this.size = columns.size[i];
      this.frameSize = columns.frameSize[i];
      this.notrace = columns.notrace[i];
      this.type = columns.type[i];
      this.returns = columns.returns[i];
      this.blocks = blocks.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);
    }
    get params() {
      return details()[this.#index].params;
    }
    get returnSites() {
      return details()[this.#index].returnSites;
    }
    get sites() {
      return details()[this.#index].sites;
    }
    get lines() {
      return details()[this.#index].lines;
    }
    get locals() {
      return details()[this.#index].locals;
    }
  }
  return columns.name.map((_, i) => new StoredFunction(i));
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

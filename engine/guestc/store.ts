/**
 * Images as bytes: what every run needs lies open, what only debuggers and D ask for is decoded at the first question.
 *
 * A kernel has some 1,500 functions with tens of thousands of lines and locals between them; decoding those took longer than booting.
 */
import { Packr, Unpackr } from 'msgpackr';
import { type FunctionInfo, IMAGE_FORMAT, type Image } from '../image/image.ts';

/** Of a function, what is decoded with all others' when one is asked for. */
const DETAILS = ['params', 'returnSites', 'sites', 'lines', 'locals'] as const;
type Details = Pick<FunctionInfo, (typeof DETAILS)[number]>;

/** Of an image, what is decoded by itself. */
const LATE = ['symbols', 'types', 'typeNames', 'sources'] as const;
type Late = (typeof LATE)[number];

type Stored = Omit<Image, 'functions' | Late> & {
  functions: Omit<FunctionInfo, keyof Details | 'blocks'>[];
  /** All functions' blocks, one after another, and where each one's end: 32-bit integers. */
  blocks: Uint8Array;
  ends: Uint8Array;
  details: Uint8Array;
  late: Record<Late, Uint8Array>;
};

const packr = new Packr({ useRecords: true });
const unpackr = new Unpackr({ useRecords: true });

/** By itself: a packer's result lies in a buffer that it uses again. */
const packed = (value: unknown): Uint8Array => Uint8Array.from(packr.pack(value));

/** As JSON: Node's own parser takes a third of the time that code takes which was loaded just now, with thousands of small arrays. */
const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export function encodeImage(image: Image): Uint8Array {
  const { functions, symbols, types, typeNames, sources, ...rest } = image;
  const blocks = Int32Array.from(functions.flatMap((fn) => [...fn.blocks]));
  let end = 0;
  const ends = Int32Array.from(functions, (fn) => {
    end += fn.blocks.length;
    return end;
  });
  const stored: Stored = {
    ...rest,
    functions: functions.map(({ params, returnSites, sites, lines, locals, blocks: _, ...fn }) => fn),
    blocks: new Uint8Array(blocks.buffer),
    ends: new Uint8Array(ends.buffer),
    details: packed(functions.map((fn) => Object.fromEntries(DETAILS.map((key) => [key, fn[key]])))),
    late: {
      symbols: text(symbols),
      types: text(types),
      typeNames: text(typeNames),
      sources: text(sources),
    },
  };
  return packr.pack(stored);
}

/** Throws Error when the bytes are no image of this format. */
export function decodeImage(bytes: Uint8Array): Image {
  const { details, late, functions, blocks, ends, ...rest } = unpackr.unpack(bytes) as Stored;
  if (rest.format !== IMAGE_FORMAT) throw new Error(`an image of format ${rest.format}`);
  const all = once(() => unpackr.unpack(details) as Details[]);
  const [words, last] = [integers(blocks), integers(ends)];
  class StoredFunction {
    readonly blocks: Int32Array;
    readonly #index: number;
    constructor(fn: Stored['functions'][number], index: number) {
      this.#index = index;
      this.blocks = words.subarray(index === 0 ? 0 : last[index - 1], last[index]);
      Object.assign(this, fn);
    }
    get params() {
      return all()[this.#index].params;
    }
    get returnSites() {
      return all()[this.#index].returnSites;
    }
    get sites() {
      return all()[this.#index].sites;
    }
    get lines() {
      return all()[this.#index].lines;
    }
    get locals() {
      return all()[this.#index].locals;
    }
  }
  const image = { ...rest, functions: functions.map((fn, i) => new StoredFunction(fn, i)) };
  for (const key of LATE)
    Object.defineProperty(image, key, {
      get: once(() => JSON.parse(Buffer.from(late[key]).toString())),
      enumerable: true,
    });
  return image as unknown as Image;
}

const integers = (bytes: Uint8Array): Int32Array => new Int32Array(new Uint8Array(bytes).buffer);

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

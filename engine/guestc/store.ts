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

type Stored = Omit<Image, 'functions' | 'sources'> & {
  functions: Omit<FunctionInfo, keyof Details>[];
  details: Uint8Array;
  sources: Uint8Array;
};

const packr = new Packr({ useRecords: true });
const unpackr = new Unpackr({ useRecords: true });

export function encodeImage(image: Image): Uint8Array {
  const { functions, sources, ...rest } = image;
  const details = functions.map((fn) => Object.fromEntries(DETAILS.map((key) => [key, fn[key]])));
  const lean = functions.map(({ params, returnSites, sites, lines, locals, ...fn }) => fn);
  // Each packed by itself: a packer's result lies in a buffer that it uses again.
  const packed = {
    details: Uint8Array.from(packr.pack(details)),
    sources: Uint8Array.from(packr.pack(sources)),
  };
  return packr.pack({ ...rest, functions: lean, ...packed });
}

/** Throws Error when the bytes are no image of this format. */
export function decodeImage(bytes: Uint8Array): Image {
  const { details, sources, functions, ...rest } = unpackr.unpack(bytes) as Stored;
  if (rest.format !== IMAGE_FORMAT) throw new Error(`an image of format ${rest.format}`);
  const all = once(() => unpackr.unpack(details) as Details[]);
  class StoredFunction {
    readonly #index: number;
    constructor(fn: Stored['functions'][number], index: number) {
      this.#index = index;
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
  const texts = once(() => unpackr.unpack(sources) as Image['sources']);
  return Object.defineProperty(image, 'sources', { get: texts, enumerable: true }) as unknown as Image;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

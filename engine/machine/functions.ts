/**
 * The functions of all images by their index in the shared table: frame sizes, and where in the text a suspended one stands.
 *
 * System calls need both each time, and they are entered from WebAssembly (runtime.ts). So the tables lie in a memory of their own,
 * with two functions that look things up in it for other modules.
 *
 *     a row a function    i32 frame size, number of resume points, offset of their addresses, high word of the addresses
 *     then                i32 an address of each resume point: its low word
 */
import { KTEXT } from '../image/abi.ts';
import type { FunctionInfo, Image } from '../image/image.ts';
import { I32, I64, Module } from '../wasm/index.ts';
import type { LoadedImage } from './loader.ts';

const ROW = 16;

export class FunctionTable {
  readonly #images: LoadedImage[];
  /** One past the last index. */
  readonly size: number;
  readonly #words: Int32Array;
  /** For modules: `pc` (index, block) -> i64, and `frame_size` (index) -> i32. */
  readonly lookups: WebAssembly.Exports;

  constructor(images: LoadedImage[]) {
    this.#images = images;
    const last = images[images.length - 1];
    this.size = last.tbase + last.image.functions.length;
    let bytes = this.size * ROW;
    for (const { image } of images)
      for (const fn of image.functions) bytes += 4 * Math.max(1, fn.blocks.length >> 1);
    const memory = new WebAssembly.Memory({ initial: (bytes + 0xffff) >> 16 });
    const words = new Int32Array(memory.buffer);
    let at = (this.size * ROW) >> 2;
    for (const { image, tbase } of images) {
      const base = image.kind === 'kernel' ? KTEXT : 0n;
      const low = Number(BigInt.asIntN(32, base));
      const high = Number(BigInt.asIntN(32, base >> 32n));
      let row = (tbase * ROW) >> 2;
      for (const fn of image.functions) {
        words[row] = fn.frameSize;
        words[row + 1] = fn.blocks.length >> 1;
        words[row + 2] = at << 2;
        words[row + 3] = high;
        row += ROW >> 2;
        if (fn.blocks.length === 0) words[at++] = (low + fn.addr) | 0;
        for (let i = 0; i < fn.blocks.length; i += 2) words[at++] = (low + fn.blocks[i]) | 0;
      }
    }
    this.#words = words;
    this.lookups = new WebAssembly.Instance(new WebAssembly.Module(encode() as BufferSource), {
      env: { memory },
    }).exports;
  }

  /** The function at an index of the table; `local`: its index in its image. */
  find(index: number): { image: Image; fn: FunctionInfo; local: number } | undefined {
    for (const { image, tbase } of this.#images) {
      const local = index - tbase;
      if (local >= 0 && local < image.functions.length) return { image, fn: image.functions[local], local };
    }
    return undefined;
  }

  frameSize(index: number): number {
    return this.#words[(index * ROW) >> 2];
  }

  /** Text address of a suspended function's resume point, as low and high word. */
  pc(index: number, block: number): readonly [number, number] {
    const words = this.#words;
    const row = (index * ROW) >> 2;
    const at = words[row + 2] >> 2;
    return [words[block < words[row + 1] ? at + block : at], words[row + 3]];
  }
}

function encode(): Uint8Array {
  const m = new Module();
  m.importMemory('env', 'memory', 0);
  const size = m.func('frame_size', [I32], [I32]);
  size.body.get(0).i32(ROW).op('i32.mul').load('i32.load');
  const pc = m.func('pc', [I32, I32], [I64]);
  const b = pc.body;
  b.get(0).i32(ROW).op('i32.mul').set(0);
  b.get(1).i32(0).get(1).get(0).load('i32.load', 4).op('i32.lt_u').op('select');
  b.i32(2).op('i32.shl').get(0).load('i32.load', 8).op('i32.add').load('i64.load32_u');
  b.get(0).load('i64.load32_u', 12).i64(32).op('i64.shl').op('i64.or');
  m.exportFunc('frame_size', size);
  m.exportFunc('pc', pc);
  return m.encode(true);
}

/** Images as WebAssembly modules, compiled once a process: many machines run the same image, and the host's optimised code is shared. */
import { setFlagsFromString } from 'node:v8';
import type { Image } from '../image/image.ts';

// How much a function runs before V8 optimises it, five times the usual: a run of half a second would else compile more than it executes, and
// wait for that when it ends. A longer one loses milliseconds.
setFlagsFromString('--wasm-tiering-budget=9000000');

const modules = new WeakMap<Image, Promise<WebAssembly.Module>>();

const modulesNow = new WeakMap<Image, WebAssembly.Module>();

/** At once; for code that is loaded into a machine that is there already. */
export function compiledNow(image: Image): WebAssembly.Module {
  let module = modulesNow.get(image);
  if (module === undefined) {
    module = new WebAssembly.Module(image.wasm as BufferSource);
    modulesNow.set(image, module);
  }
  return module;
}

export function compiled(image: Image): Promise<WebAssembly.Module> {
  let module = modules.get(image);
  if (module === undefined) {
    module = WebAssembly.compile(image.wasm as BufferSource);
    modules.set(image, module);
  }
  return module;
}

/**
 * Names of kernel addresses: functions (of a callout, a task, an interrupted instruction) and variables.
 *
 * A trace carries its sources, not its image: names are had where the kernel that is built here is the one that was recorded.
 */
import { kernelImage } from '../engine/guestc/build.ts';
import { KTEXT, KVBASE } from '../engine/image/abi.ts';
import type { FunctionInfo, Image, SymbolInfo } from '../engine/image/image.ts';
import { loadProfile } from '../engine/image/profile.ts';
import type { RunInputs } from '../engine/run/inputs.ts';
import type { TraceReader } from './read.ts';

interface Named {
  name: string;
  addr: number;
  size: number;
}

/** The one that an address lies in, of a list that is sorted by address. */
function within(list: readonly Named[], addr: number): string | undefined {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (list[middle].addr <= addr) from = middle + 1;
    else to = middle;
  }
  const found = list[from - 1];
  if (found === undefined || addr >= found.addr + found.size) return undefined;
  const offset = addr - found.addr;
  return offset === 0 ? found.name : `${found.name}+0x${offset.toString(16)}`;
}

const LOW = 0xffffffffn;

export class SymbolTable {
  readonly #variables: readonly SymbolInfo[];
  readonly #functions: readonly FunctionInfo[];

  /** Without an image it knows nothing. */
  constructor(kernel: Image | undefined) {
    this.#variables = (kernel?.symbols ?? []).filter((s) => s.size > 0).sort((x, y) => x.addr - y.addr);
    this.#functions = kernel?.functions ?? [];
  }

  /** A variable, by an address's low word. */
  name(low: number): string | undefined {
    return within(this.#variables, low);
  }

  /** A function or a variable: 'softclock', 'namei+0x1c'. Undefined for what is neither. */
  nameOf(address: bigint): string | undefined {
    if (address >= KTEXT) {
      const offset = address - KTEXT;
      return offset > LOW ? undefined : within(this.#functions, Number(offset));
    }
    return address >= KVBASE && address - KVBASE <= LOW ? this.name(Number(address & LOW)) : undefined;
  }
}

/** Of a trace's kernel; empty when ours is another one. */
export class Symbols extends SymbolTable {
  constructor(reader: TraceReader) {
    super(kernelOf(reader));
  }
}

function kernelOf(reader: TraceReader): Image | undefined {
  try {
    const inputs = reader.header.inputs as RunInputs;
    const image = kernelImage(loadProfile(inputs.machine));
    const then = reader.header.sources['kernel'] ?? {};
    const same =
      Object.keys(then).length === Object.keys(image.sources).length &&
      Object.entries(image.sources).every(([path, text]) => then[path] === text);
    return same ? image : undefined;
  } catch {
    // A machine or kernel of another version: addresses will do.
    return undefined;
  }
}

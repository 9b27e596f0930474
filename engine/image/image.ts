/**
 * A guest image: what the compiler makes and everything else reads.
 *
 * It holds the WebAssembly module, the initial data, and the tables that the machine, D and the screens need: functions
 * with their text addresses and blocks, data symbols, types (CTF's role), linker sets. Plain data, which JSON
 * can store (guestc/store.ts). Addresses: kernel data as linear offset, kernel text as offset from KTEXT, user addresses as they are.
 */

/** Index into Image.types; the encoding of types is in engine/cfront/ctf.ts. */
export type TypeId = number;

export const IMAGE_FORMAT = 3;

export interface FunctionInfo {
  name: string;
  /** Source file, relative to the image's source root ('kern/kern_malloc.c'). */
  file: string;
  line: number;
  /** fbt's module: 'kernel', or what the file's folder says ('dtrace'). */
  module: string;
  static: boolean;
  /** Text address (kernel: offset from KTEXT; user: the address itself) and size in bytes. */
  addr: number;
  size: number;
  /** Bytes of a frame, a multiple of 16. */
  frameSize: number;
  /** No fbt site. */
  notrace: boolean;
  /** The function's type. */
  type: TypeId;
  params: { name: string; type: TypeId }[];
  returns: TypeId;
  /** Text addresses of its return sites (fbt return probes), in order. */
  returnSites: number[];
  /** With pidSites: text addresses of the blocks after the entry at which the pid provider can stop, ascending. */
  sites?: number[];
  /** By resume point, where f_block points in text and source: [text address, line] pairs, flattened. The first is the entry. */
  blocks: readonly number[] | Int32Array;
  /** Line table: [text address, line] pairs, ascending, flattened. */
  lines: number[];
  /** Locals for a debugger: name, type, and slot = offset in the frame (or -1 when it lives only in a register); stack = user code: offset from f_usp. */
  locals: {
    name: string;
    type: TypeId;
    slot: number;
    stack?: number;
    /** Images with line marks: number of the place where a stop at a line leaves it (abi.ts, MARK_SAVE). */
    saved?: number;
  }[];
}

export interface SymbolInfo {
  name: string;
  /** Kernel: linear offset. User: address. */
  addr: number;
  size: number;
  static: boolean;
  file: string;
  type: TypeId;
}

export interface Image {
  format: typeof IMAGE_FORMAT;
  /** 'kernel', or the program's name. */
  name: string;
  kind: 'kernel' | 'user';
  /** Hash of sources, options and the profile's code generation part. */
  key: string;
  /** A user program whose functions test the breakpoints of their process (docs/guest-abi.md, section 8). */
  pidSites?: boolean;
  /** Names of the providers of its own probes (USDT), if it has any. */
  providers?: string[];
  wasm: Uint8Array;
  textBase: number;
  textSize: number;
  /** Index = local function index; table index = tbase + local index. */
  functions: FunctionInfo[];
  /** Local function index by name for the entry points ('btext', 'syscall_entry', '_start', ...): all global functions. */
  exports: Record<string, number>;
  /** Initialised data. addr: kernel offset or user address. */
  data: { addr: number; bytes: Uint8Array }[];
  /** First and one past last address of data and bss. */
  dataStart: number;
  dataEnd: number;
  /** Where `__fbt_enable` lies (kernel; 0 in a user image): one byte a function. */
  fbtEnable: number;
  symbols: SymbolInfo[];
  /** Encoded type table: see engine/cfront/ctf.ts. */
  types: unknown;
  /** Types by tag or typedef name: 'struct thread', 'size_t'. */
  typeNames: Record<string, TypeId>;
  /** Linker sets: bounds (kernel offset or user address). */
  sets: Record<string, { start: number; stop: number }>;
  /** Source text by file, for traces and the source view. */
  sources: Record<string, string>;
  /** Relocations of pointers stored in data: none are needed, addresses are final. */
}

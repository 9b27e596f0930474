/**
 * The trampoline: runs the top frame of the loaded CPU until something is not an ordinary return.
 *
 *     loop
 *       (status, value) = table[frame.f_func](fp, frame.f_block)
 *       RETURN from a called frame: hand the value to the caller and go on with it
 *       OVERFLOW with room left: the host's stack was the limit; start again from the top with a shallow one
 *       anything else: to the machine
 *
 * Guest functions call each other directly, so the host's stack grows with the guest's. fpLimit bounds both: it is the end of the guest's
 * stack, or HOST_SPAN bytes of guest frames above the frame that the trampoline started with.
 */
import { CPU, FRAME, KIND_CALL, STATUS } from '../image/abi.ts';
import { I32, I64, Module } from '../wasm/index.ts';

/** Bytes of guest frames that may be nested on the host's stack. */
const HOST_SPAN = 48 * 1024;
/** Bytes kept free at the end of a guest stack: a trapframe and the entry function's frame must fit above any frame. */
const RED_ZONE = 4096;

export interface Runtime {
  /** Runs the loaded CPU. Returns the status that the machine must handle. */
  run(): number;
}

export async function instantiateRuntime(
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
): Promise<Runtime> {
  const { instance } = await WebAssembly.instantiate(encode() as BufferSource, { env: { memory, table } });
  return { run: instance.exports['run'] as () => number };
}

/** The same at once; for code that is loaded into a machine that is there already. */
export function instantiateRuntimeNow(memory: WebAssembly.Memory, table: WebAssembly.Table): Runtime {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(encode() as BufferSource), {
    env: { memory, table },
  });
  return { run: instance.exports['run'] as () => number };
}

function encode(): Uint8Array {
  const m = new Module();
  m.importMemory('env', 'memory', 0);
  m.importTable('env', 'table', 0);
  const guest = m.type([I32, I32], [I32, I64]);
  const run = m.func('run', [], [I32]);
  const b = run.body;
  const fp = b.local(I32);
  const value = b.local(I64);
  const status = b.local(I32);
  const room = b.local(I32);
  b.loop();
  const again = b.label;
  // fp = CPU.fp; fpLimit = min(fp + HOST_SPAN, stackEnd - RED_ZONE)
  b.i32(0).load('i32.load', CPU.fp).set(fp);
  b.i32(0);
  b.get(fp).i32(HOST_SPAN).op('i32.add');
  b.i32(0).load('i32.load', CPU.stackEnd).i32(RED_ZONE).op('i32.sub').tee(room);
  b.get(fp).i32(HOST_SPAN).op('i32.add').get(room).op('i32.lt_u').op('select');
  b.store('i32.store', CPU.fpLimit);
  b.get(fp).get(fp).load('i32.load', FRAME.block).get(fp).load('i32.load', FRAME.func).callIndirect(guest);
  b.set(value).tee(status);
  b.op('i32.eqz').if_();
  b.i32(0).get(value).store('i64.store', CPU.retval);
  b.i32(0).get(fp).store('i32.store', CPU.fp);
  b.get(fp).load('i32.load', FRAME.kind).i32(KIND_CALL).op('i32.ne').if_();
  b.i32(STATUS.RETURN).return();
  b.end();
  b.i32(0).get(fp).load('i32.load', FRAME.caller).store('i32.store', CPU.fp);
  b.br(again);
  b.end();
  b.get(status).i32(STATUS.OVERFLOW).op('i32.eq').if_();
  // Had the frame that we started with no room itself, the guest's stack is really full.
  b.i32(0).load('i32.load', CPU.fp).get(fp).op('i32.ne').brIf(again);
  b.end();
  b.end();
  b.get(status);
  m.exportFunc('run', run);
  return m.encode();
}

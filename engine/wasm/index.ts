/** A small WebAssembly binary encoder: module.ts assembles, body.ts writes functions, opcodes.ts is the instruction table. */
export { type BlockType, Body, type Label } from './body.ts';
export { Bytes } from './bytes.ts';
export { type Func, Module } from './module.ts';
export {
  ALIGN,
  F32,
  F64,
  FUNCREF,
  I32,
  I64,
  MEM,
  type MemName,
  OP,
  type OpName,
  type ValType,
} from './opcodes.ts';
export { insertFirst, moveToFront } from './recency.ts';

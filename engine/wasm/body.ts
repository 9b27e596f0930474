/**
 * A function's body, written instruction by instruction.
 *
 * Every method returns the body, so that a sequence reads like the text format on one line:
 *
 *     b.get(x).i32(4).op('i32.add').load('i64.load', 8).set(y);
 *
 * Labels are structured: block(), loop() and if_() open one and `b.label` names the one opened last; br(label) counts
 * the depth itself. `end()` closes the innermost.
 */
import { Bytes } from './bytes.ts';
import { ALIGN, F32, F64, I32, I64, MEM, type MemName, OP, type OpName, type ValType } from './opcodes.ts';

/** A block's result: nothing, one value, or an index into the module's types (Module.type). */
export type BlockType = ValType | 'void' | { type: number };

/** Position on the stack of open labels; label 0 is the function itself (br to it returns). */
export type Label = number;

export class Body {
  readonly code = new Bytes();
  /** Types of locals after the parameters. */
  readonly locals: ValType[] = [];
  readonly params: readonly ValType[];
  private depth = 0;

  constructor(params: readonly ValType[]) {
    this.params = params;
  }

  /** A new local of this type. */
  local(type: ValType): number {
    this.locals.push(type);
    return this.params.length + this.locals.length - 1;
  }

  // Locals and globals

  get(local: number): this {
    this.code.byte(0x20);
    this.code.u32(local);
    return this;
  }
  set(local: number): this {
    this.code.byte(0x21);
    this.code.u32(local);
    return this;
  }
  tee(local: number): this {
    this.code.byte(0x22);
    this.code.u32(local);
    return this;
  }
  getGlobal(global: number): this {
    this.code.byte(0x23);
    this.code.u32(global);
    return this;
  }
  setGlobal(global: number): this {
    this.code.byte(0x24);
    this.code.u32(global);
    return this;
  }

  // Constants

  i32(value: number): this {
    this.code.byte(0x41);
    this.code.s32(value);
    return this;
  }
  i64(value: bigint | number): this {
    this.code.byte(0x42);
    if (typeof value === 'number' && (value | 0) === value) this.code.s32(value);
    else this.code.s64(BigInt(value));
    return this;
  }
  f32(value: number): this {
    this.code.byte(0x43);
    this.code.f32(value);
    return this;
  }
  f64(value: number): this {
    this.code.byte(0x44);
    this.code.f64(value);
    return this;
  }

  // Plain instructions and memory

  op(name: OpName): this {
    return this.opcode(OP[name]);
  }
  /** Several plain instructions. */
  ops(...names: OpName[]): this {
    for (const name of names) this.opcode(OP[name]);
    return this;
  }
  /** A plain instruction by its number in OP. */
  opcode(code: number): this {
    if (code > 0xff) {
      this.code.byte(code >> 8);
      this.code.u32(code & 0xff);
    } else this.code.byte(code);
    return this;
  }
  load(name: MemName, offset = 0): this {
    return this.memory(MEM[name], offset);
  }
  /** Address and value are on the stack. */
  store(name: MemName, offset = 0): this {
    return this.memory(MEM[name], offset);
  }
  /** A load or store by its number in MEM. Alignment is a hint; 0 is always right and costs nothing. */
  memory(code: number, offset: number, align = ALIGN[code]): this {
    this.code.byte(code);
    this.code.u32(align);
    this.code.u32(offset);
    return this;
  }
  /** memory.copy: destination, source, length. */
  memoryCopy(): this {
    this.opcode(0xfc0a);
    this.code.byte(0);
    this.code.byte(0);
    return this;
  }
  /** memory.fill: destination, byte, length. */
  memoryFill(): this {
    this.opcode(0xfc0b);
    this.code.byte(0);
    return this;
  }
  memorySize(): this {
    this.code.byte(0x3f);
    this.code.byte(0);
    return this;
  }
  tableGet(table: number): this {
    this.code.byte(0x25);
    this.code.u32(table);
    return this;
  }

  // Calls

  call(func: number | { index: number }): this {
    this.code.byte(0x10);
    this.code.u32(typeof func === 'number' ? func : func.index);
    return this;
  }
  /** Arguments, then the table index, are on the stack. */
  callIndirect(type: number, table = 0): this {
    this.code.byte(0x11);
    this.code.u32(type);
    this.code.u32(table);
    return this;
  }
  returnCall(func: number | { index: number }): this {
    this.code.byte(0x12);
    this.code.u32(typeof func === 'number' ? func : func.index);
    return this;
  }
  return(): this {
    this.code.byte(0x0f);
    return this;
  }

  // Control

  /** The label opened last. */
  get label(): Label {
    return this.depth;
  }
  private open(code: number, type: BlockType): this {
    this.code.byte(code);
    if (type === 'void') this.code.byte(0x40);
    else if (typeof type === 'number') this.code.byte(type);
    else this.code.s32(type.type);
    this.depth++;
    return this;
  }
  block(type: BlockType = 'void'): this {
    return this.open(0x02, type);
  }
  loop(type: BlockType = 'void'): this {
    return this.open(0x03, type);
  }
  if_(type: BlockType = 'void'): this {
    return this.open(0x04, type);
  }
  else_(): this {
    this.code.byte(0x05);
    return this;
  }
  end(): this {
    this.code.byte(0x0b);
    this.depth--;
    return this;
  }
  br(label: Label): this {
    this.code.byte(0x0c);
    this.code.u32(this.depth - label);
    return this;
  }
  brIf(label: Label): this {
    this.code.byte(0x0d);
    this.code.u32(this.depth - label);
    return this;
  }
  brTable(labels: readonly Label[], otherwise: Label): this {
    this.code.byte(0x0e);
    this.code.u32(labels.length);
    for (const label of labels) this.code.u32(this.depth - label);
    this.code.u32(this.depth - otherwise);
    return this;
  }

  /** The encoded entry of the code section; closes the function. */
  encode(): Uint8Array<ArrayBuffer> {
    if (this.depth !== 0) throw new Error(`wasm body: ${this.depth} labels left open`);
    const head = new Bytes();
    const runs: [number, ValType][] = [];
    for (const type of this.locals) {
      const last = runs[runs.length - 1];
      if (last !== undefined && last[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    head.u32(runs.length);
    for (const [count, type] of runs) {
      head.u32(count);
      head.byte(type);
    }
    head.raw(this.code.bytes);
    head.byte(0x0b);
    return head.bytes.slice();
  }
}

export { F32, F64, I32, I64 };

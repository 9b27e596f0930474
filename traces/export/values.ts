/** Arguments of events by their C types: how wide they are, whether they are signed, whether they are addresses. */
export interface ArgumentType {
  bits: 8 | 16 | 32 | 64;
  signed: boolean;
  /** Shown in hexadecimal. */
  address: boolean;
}

const NARROW: Record<string, ArgumentType> = {
  int: { bits: 32, signed: true, address: false },
  u_int: { bits: 32, signed: false, address: false },
  'unsigned int': { bits: 32, signed: false, address: false },
  unsigned: { bits: 32, signed: false, address: false },
  int32_t: { bits: 32, signed: true, address: false },
  uint32_t: { bits: 32, signed: false, address: false },
  short: { bits: 16, signed: true, address: false },
  uint16_t: { bits: 16, signed: false, address: false },
  uint8_t: { bits: 8, signed: false, address: false },
  bool: { bits: 8, signed: false, address: false },
  long: { bits: 64, signed: true, address: false },
  int64_t: { bits: 64, signed: true, address: false },
  ssize_t: { bits: 64, signed: true, address: false },
  off_t: { bits: 64, signed: true, address: false },
};
const ADDRESS: ArgumentType = { bits: 64, signed: false, address: true };
const WORD: ArgumentType = { bits: 64, signed: false, address: false };

export const argumentType = (type: string): ArgumentType =>
  type.endsWith('*') || type === 'uintptr_t' ? ADDRESS : (NARROW[type] ?? WORD);

/** The value that 64 raw bits hold for a type. */
export const typedValue = (type: ArgumentType, raw: bigint): bigint =>
  type.signed ? BigInt.asIntN(type.bits, raw) : BigInt.asUintN(type.bits, raw);

/** '-1', '4096', '0xfffffe0001234560'. */
export const valueText = (type: ArgumentType, raw: bigint): string =>
  type.address ? `0x${raw.toString(16)}` : typedValue(type, raw).toString();

/**
 * A look through msgpack before it is decoded: only maps, arrays, strings, numbers, booleans, nil and byte strings, nested moderately,
 * and no length that the bytes behind it could not fill. So a decoder allocates no more than a small multiple of what is there.
 */
const MAX_DEPTH = 32;

/** Throws RangeError. */
export function checkMsgpack(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Values still to come at each level. */
  const open = [1];
  let at = 0;
  const need = (n: number) => {
    if (n > bytes.length - at) throw new RangeError('ends early');
  };
  const skip = (n: number) => {
    need(n);
    at += n;
  };
  const length = (size: 1 | 2 | 4): number => {
    need(size);
    const n = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
    at += size;
    return n;
  };
  const enter = (n: number) => {
    need(n); // each value takes a byte at least
    if (open.length >= MAX_DEPTH) throw new RangeError('nested too deeply');
    open.push(n);
  };
  while (open.length > 0) {
    if (open[open.length - 1] === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1]--;
    need(1);
    const tag = bytes[at++];
    if (tag <= 0x7f || tag >= 0xe0) continue;
    if (tag <= 0x8f) enter((tag & 15) * 2);
    else if (tag <= 0x9f) enter(tag & 15);
    else if (tag <= 0xbf) skip(tag & 31);
    else
      switch (tag) {
        case 0xc0:
        case 0xc2:
        case 0xc3:
          break;
        case 0xc4:
        case 0xd9:
          skip(length(1));
          break;
        case 0xc5:
        case 0xda:
          skip(length(2));
          break;
        case 0xc6:
        case 0xdb:
          skip(length(4));
          break;
        case 0xcc:
        case 0xd0:
          skip(1);
          break;
        case 0xcd:
        case 0xd1:
          skip(2);
          break;
        case 0xca:
        case 0xce:
        case 0xd2:
          skip(4);
          break;
        case 0xcb:
        case 0xcf:
        case 0xd3:
          skip(8);
          break;
        case 0xdc:
          enter(length(2));
          break;
        case 0xdd:
          enter(length(4));
          break;
        case 0xde:
          enter(length(2) * 2);
          break;
        case 0xdf:
          enter(length(4) * 2);
          break;
        default:
          throw new RangeError(`a value of kind 0x${tag.toString(16)}`);
      }
  }
  if (at !== bytes.length) throw new RangeError('something follows');
}

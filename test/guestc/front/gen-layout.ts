/**
 * Generated structures, and the questions whose answers fix a layout: size, alignment, each member's offset, and for
 * bit-fields the bits that hold them.
 */
import fc from 'fast-check';

const SCALARS = [
  'char', 'signed char', 'unsigned char', 'short', 'unsigned short', 'int', 'unsigned int', 'long', 'unsigned long',
  'long long', 'float', 'double', 'void *', '_Bool', 'int (*)(void)', 'E0', 'T0',
]; // biome-ignore format: a table
const BITS: [string, number][] = [
  ['char', 8], ['unsigned char', 8], ['short', 16], ['unsigned short', 16], ['int', 32], ['unsigned int', 32], ['long', 64],
  ['unsigned long', 64], ['_Bool', 1], ['E0', 32],
]; // biome-ignore format: a table

export const PRELUDE = 'typedef enum { A0, B0 = 300 } E0;\ntypedef int T0 __attribute__((aligned(8)));\n';

export interface MemberSpec {
  kind: 'plain' | 'array' | 'bits' | 'unnamed' | 'zero' | 'nested' | 'anonymous';
  type: string;
  width: number;
  attribute: '' | 'packed' | 'aligned(2)' | 'aligned(4)' | 'aligned(16)';
  inner?: RecordSpec;
}
export interface RecordSpec {
  keyword: 'struct' | 'union';
  attribute: '' | 'packed' | 'aligned(1)' | 'aligned(8)' | 'aligned(32)' | 'packed, aligned(2)';
  members: MemberSpec[];
}

const attribute = fc.constantFrom<MemberSpec['attribute'][]>(
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  'packed',
  'aligned(2)',
  'aligned(4)',
  'aligned(16)',
);

const record = (depth: number): fc.Arbitrary<RecordSpec> =>
  fc.record({
    keyword: fc.constantFrom<RecordSpec['keyword'][]>('struct', 'struct', 'struct', 'union'),
    attribute: fc.constantFrom<RecordSpec['attribute'][]>(
      '',
      '',
      '',
      '',
      'packed',
      'aligned(1)',
      'aligned(8)',
      'aligned(32)',
      'packed, aligned(2)',
    ),
    members: fc.array(member(depth), { minLength: 1, maxLength: 9 }),
  });

function member(depth: number): fc.Arbitrary<MemberSpec> {
  const plain = fc.record({
    kind: fc.constantFrom<MemberSpec['kind'][]>('plain', 'plain', 'array'),
    type: fc.constantFrom(...SCALARS),
    width: fc.integer({ min: 1, max: 5 }),
    attribute,
  });
  const bits = fc
    .record({
      kind: fc.constantFrom<MemberSpec['kind'][]>('bits', 'bits', 'bits', 'bits', 'unnamed', 'zero'),
      base: fc.constantFrom(...BITS),
      part: fc.integer({ min: 1, max: 64 }),
      attribute,
    })
    .map(({ kind, base: [type, most], part, attribute: a }) => ({
      kind,
      type,
      width: ((part - 1) % most) + 1,
      attribute: kind === 'bits' ? a : ('' as const),
    }));
  if (depth === 0) return fc.oneof({ weight: 3, arbitrary: plain }, { weight: 4, arbitrary: bits });
  const nested = fc
    .record({
      kind: fc.constantFrom<MemberSpec['kind'][]>('nested', 'anonymous'),
      inner: record(depth - 1),
      attribute,
    })
    .map((m): MemberSpec => ({ ...m, type: '', width: 1 }));
  return fc.oneof(
    { weight: 3, arbitrary: plain },
    { weight: 4, arbitrary: bits },
    { weight: 1, arbitrary: nested },
  );
}

export const recordSpec: fc.Arbitrary<RecordSpec> = record(2);

/** Where a named member is: path for offsetof or assignment. */
export interface Place {
  path: string;
  bits: boolean;
}

/** The record as C, and its named members. */
export function render(spec: RecordSpec, prefix = ''): { text: string; places: Place[] } {
  let serial = 0;
  const places: Place[] = [];
  const body = (s: RecordSpec, path: string): string => {
    const lines = s.members.map((m) => {
      const name = `m${prefix}${serial++}`;
      const attr = m.attribute === '' ? '' : ` __attribute__((${m.attribute}))`;
      switch (m.kind) {
        case 'plain':
        case 'array': {
          places.push({ path: path + name, bits: false });
          // An array of T0 is an error: its elements would have to be further apart than they are long.
          const suffix = m.kind === 'array' && m.type !== 'T0' ? `[${m.width}]` : '';
          if (m.type.includes('(*)')) return `${m.type.replace('(*)', `(*${name}${suffix})`)}${attr};`;
          return `${m.type} ${name}${suffix}${attr};`;
        }
        case 'bits':
          places.push({ path: path + name, bits: true });
          return `${m.type} ${name} : ${m.width}${attr};`;
        case 'unnamed':
          return `${m.type} : ${m.width};`;
        case 'zero':
          return `${m.type} : 0;`;
        case 'nested':
          places.push({ path: path + name, bits: false });
          return `${body(m.inner!, `${path}${name}.`)} ${name}${attr};`;
        default:
          return `${body(m.inner!, path)}${attr};`;
      }
    });
    const attr = s.attribute === '' ? '' : ` __attribute__((${s.attribute}))`;
    return `${s.keyword}${attr} { ${lines.join(' ')} }`;
  };
  return { text: body(spec, ''), places };
}

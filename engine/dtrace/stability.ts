/**
 * Stability attributes: how much a name, the meaning of its data, and its dependence on a platform can be relied on.
 *
 * Written `Evolving/Evolving/Common`: name stability, data stability, dependency class. What an expression depends on is the weakest
 * of its parts.
 */
export interface Attribute {
  name: number;
  data: number;
  class: number;
}

export const STABILITIES = [
  'Internal',
  'Private',
  'Obsolete',
  'External',
  'Unstable',
  'Evolving',
  'Stable',
  'Standard',
];
export const CLASSES = ['Unknown', 'CPU', 'Platform', 'Group', 'ISA', 'Common'];

const a = (name: number, data: number, cls: number): Attribute => ({ name, data, class: cls });

export const ATTR_DEFAULT = a(6, 6, 5);
export const ATTR_MAX = a(7, 7, 5);
export const ATTR_SYMBOL = a(1, 1, 0);
export const ATTR_TYPE = a(1, 1, 0);
export const ATTR_EVOLVING = a(5, 5, 5);
export const ATTR_STABLE_PRIVATE = a(6, 1, 5);

/** The weaker of each part; x or y itself where that is so in all. */
export function minAttribute(x: Attribute, y: Attribute): Attribute {
  if (x === y || (x.name <= y.name && x.data <= y.data && x.class <= y.class)) return x;
  if (y.name <= x.name && y.data <= x.data && y.class <= x.class) return y;
  return a(Math.min(x.name, y.name), Math.min(x.data, y.data), Math.min(x.class, y.class));
}

/** Below zero if x is weaker than y in some part and stronger in none that matters. */
export function compareAttributes(x: Attribute, y: Attribute): number {
  const d = x.name - y.name || x.data - y.data || x.class - y.class;
  const weaker = x.name < y.name || x.data < y.data || x.class < y.class;
  return weaker ? -1 : d > 0 ? 1 : 0;
}

export const attributeName = (x: Attribute): string =>
  `${STABILITIES[x.name]}/${STABILITIES[x.data]}/${CLASSES[x.class]}`;

/** `Evolving/Evolving/Common`; undefined if it is not one. */
export function parseAttribute(s: string): Attribute | undefined {
  const parts = s.split('/');
  if (parts.length !== 3) return undefined;
  const find = (table: string[], word: string): number =>
    table.findIndex((t) => t.toLowerCase() === word.toLowerCase());
  const name = find(STABILITIES, parts[0]);
  const data = find(STABILITIES, parts[1]);
  const cls = find(CLASSES, parts[2]);
  return name < 0 || data < 0 || cls < 0 ? undefined : a(name, data, cls);
}

/** A provider's five attributes. */
export interface ProviderAttributes {
  provider: Attribute;
  module: Attribute;
  func: Attribute;
  name: Attribute;
  args: Attribute;
}

/** As DOF has it: name << 24 | data << 16 | class << 8. */
export const packAttribute = (x: Attribute): number =>
  ((x.name << 24) | (x.data << 16) | (x.class << 8)) >>> 0;
export const unpackAttribute = (word: number): Attribute =>
  a(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff);

const PRIVATE = a(1, 1, 0);
const PRIVATE_ISA = a(1, 1, 4);

/** What FreeBSD's providers declare. */
export function providerAttributes(provider: string): ProviderAttributes {
  if (provider === 'dtrace')
    return { provider: ATTR_DEFAULT, module: PRIVATE, func: PRIVATE, name: ATTR_DEFAULT, args: ATTR_DEFAULT };
  if (provider === 'profile')
    return { provider: a(4, 4, 5), module: a(4, 4, 0), func: PRIVATE, name: a(4, 4, 5), args: a(4, 4, 5) };
  if (/^pid\d/.test(provider))
    return { provider: a(5, 5, 4), module: PRIVATE, func: PRIVATE, name: a(5, 5, 4), args: PRIVATE };
  return { provider: a(5, 5, 5), module: PRIVATE, func: PRIVATE_ISA, name: a(5, 5, 5), args: PRIVATE_ISA };
}

/** Before a probe is known. */
export const UNKNOWN_PROVIDER: ProviderAttributes = {
  provider: a(4, 4, 5),
  module: a(4, 4, 5),
  func: a(4, 4, 5),
  name: a(4, 4, 5),
  args: a(4, 4, 5),
};

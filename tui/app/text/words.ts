/** Numbers and times as the screens say them. */

/** 1234567 -> '1,234,567'. */
export const count = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** A moment, in ms with microseconds and nanoseconds: '12.345 678 ms'. */
export function moment(cycle: number, clockHz: number): string {
  const ns = Math.round((cycle / clockHz) * 1e9);
  const ms = Math.floor(ns / 1e6);
  const rest = String(ns % 1e6).padStart(6, '0');
  return `${count(ms)}.${rest.slice(0, 3)} ${rest.slice(3)} ms`;
}

/** A length of time with three digits: '12.3 us'. */
export function span(cycles: number, clockHz: number): string {
  return duration((cycles / clockHz) * 1e9);
}

export function duration(ns: number): string {
  const size = Math.abs(ns);
  for (const [unit, one] of [
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ] as const)
    if (size >= one * 0.9995) {
      const n = ns / one;
      return `${n.toFixed(Math.abs(n) >= 99.95 ? 0 : Math.abs(n) >= 9.995 ? 1 : 2)} ${unit}`;
    }
  return `${Math.round(ns)} ns`;
}

/** A time with a sign: what was added. */
export const signed = (cycles: number, clockHz: number): string =>
  `${cycles > 0 ? '+' : ''}${span(cycles, clockHz)}`;

/** 'fffffe000132bac0' as '0xfffffe000132bac0'; short: the last eight digits. */
export const shortAddress = (address: string): string => `..${address.slice(-8)}`;

/**
 * A cycle from text: '12.5ms', '3s', '500us', '120ns', '1234567' (cycles). Undefined when it is none of these.
 */
export function parseMoment(text: string, clockHz: number): number | undefined {
  const match = /^\s*([\d,]+(?:\.\d+)?)\s*(s|ms|us|ns|cycles|c)?\s*$/.exec(text);
  if (match === null) return undefined;
  const value = Number(match[1].replaceAll(',', ''));
  const unit = { s: 1e9, ms: 1e6, us: 1e3, ns: 1 }[match[2] as 's'];
  return Math.round(unit === undefined ? value : (value * unit * clockHz) / 1e9);
}

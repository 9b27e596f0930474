/**
 * FreeBSD's printf(3) conversions, on 64-bit integers, byte strings and doubles. Text is one character a byte. The flag 0 pads with zeros
 * whatever the conversion, strings too; a precision turns it off for integers.
 */

export interface CFlags {
  alt: boolean;
  zero: boolean;
  left: boolean;
  plus: boolean;
  space: boolean;
  width: number;
  /** 0 or less: none given. */
  prec: number;
}

/** A conversion's flags with the width and precision that hold now: a negative width, as `*` may bring it, is the flag `-`. */
export const flagsOf = (
  { alt, zero, left, plus, space }: Pick<CFlags, 'alt' | 'zero' | 'left' | 'plus' | 'space'>,
  width: number,
  prec: number,
): CFlags => ({ alt, zero, left: left || width < 0, plus, space, width: Math.abs(width), prec });

export function pad(text: string, f: CFlags): string {
  const n = f.width - text.length;
  if (n <= 0) return text;
  return f.left ? text + ' '.repeat(n) : ' '.repeat(n) + text;
}

/** d i u o x X; the value as it should be read (signed for d and i). */
export function formatInteger(value: bigint, letter: string, f: CFlags): string {
  let sign = '';
  let v = value;
  if (letter === 'd' || letter === 'i') {
    if (v < 0n) {
      sign = '-';
      v = -v;
    } else if (f.plus) sign = '+';
    else if (f.space) sign = ' ';
  }
  let digits = v.toString(letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10);
  if (letter === 'X') digits = digits.toUpperCase();
  if (f.prec > 0) digits = digits.padStart(f.prec, '0');
  if (f.alt && letter === 'o' && digits[0] !== '0') digits = `0${digits}`;
  if (f.alt && v !== 0n && (letter === 'x' || letter === 'X')) sign = `0${letter}`;
  if (f.zero && !f.left && f.prec <= 0) digits = digits.padStart(f.width - sign.length, '0');
  return pad(sign + digits, f);
}

export function formatString(s: string, f: CFlags): string {
  const text = f.prec > 0 ? s.slice(0, f.prec) : s;
  return f.zero && !f.left ? text.padStart(f.width, '0') : pad(text, f);
}

/** e E f F g G */
export function formatDouble(value: number, letter: string, f: CFlags): string {
  const prec = f.prec > 0 ? f.prec : 6;
  const upper = letter === letter.toUpperCase();
  const kind = letter.toLowerCase();
  const negative = value < 0 || Object.is(value, -0);
  const a = Math.abs(value);
  let body: string;
  let finite = true;
  if (!Number.isFinite(a)) {
    body = Number.isNaN(a) ? 'nan' : 'inf';
    finite = false;
  } else if (kind === 'f') body = fixed(a, prec, f.alt);
  else if (kind === 'e') body = exponential(a, prec);
  else {
    const p = prec;
    const exp = Number(exponential(a, p - 1).split('e')[1]);
    body = exp < -4 || exp >= p ? exponential(a, p - 1) : fixed(a, p - 1 - exp, f.alt);
    if (!f.alt && body.includes('.')) body = body.replace(/\.?0+($|e)/, '$1');
  }
  if (upper) body = body.toUpperCase();
  const sign = negative && !Number.isNaN(value) ? '-' : f.plus ? '+' : f.space ? ' ' : '';
  if (f.zero && !f.left && finite) body = body.padStart(f.width - sign.length, '0');
  return pad(sign + body, f);
}

/** Exact decimal expansion of a double: binary fractions end. */
function fixed(a: number, prec: number, alt: boolean): string {
  const p = Math.max(prec, 0);
  const [num, den] = rational(a);
  const scale = 10n ** BigInt(p);
  const scaled = num * scale;
  let q = scaled / den;
  const r = scaled % den;
  if (r * 2n > den || (r * 2n === den && q % 2n === 1n)) q++;
  const s = q.toString().padStart(p + 1, '0');
  if (p === 0) return alt ? `${s}.` : s;
  return `${s.slice(0, -p)}.${s.slice(-p)}`;
}

function rational(a: number): [bigint, bigint] {
  let den = 1n;
  let x = a;
  while (x !== Math.floor(x)) {
    x *= 2;
    den *= 2n;
  }
  return [BigInt(x), den];
}

/** `prec` digits after the point; exact ties go to the even digit, as in the C library. */
function exponential(a: number, prec: number): string {
  const p = Math.max(0, prec);
  let e = a === 0 ? 0 : Number(a.toExponential(100).split('e')[1]);
  const [num, den] = rational(a);
  const shift = p - e;
  const top = shift >= 0 ? num * 10n ** BigInt(shift) : num;
  const bottom = shift >= 0 ? den : den * 10n ** BigInt(-shift);
  let q = top / bottom;
  const r = top % bottom;
  if (r * 2n > bottom || (r * 2n === bottom && q % 2n === 1n)) q++;
  if (q >= 10n ** BigInt(p + 1)) {
    q /= 10n;
    e++;
  }
  const digits = q.toString().padStart(p + 1, '0');
  const m = p === 0 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${m}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`;
}

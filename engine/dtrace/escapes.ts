/** Escapes of C in strings and characters: read and written. A string is one character a byte. */

/** Up to the first NUL. */
export function cString(s: string): string {
  const z = s.indexOf('\0');
  return z < 0 ? s : s.slice(0, z);
}

const SIMPLE: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
};

/** C's escapes; an unknown one keeps its backslash. */
export function decodeEscapes(s: string): string {
  if (!s.includes('\\')) return s;
  let out = '';
  for (let i = 0; i < s.length; i++) {
    if (s[i] !== '\\' || i + 1 >= s.length) {
      out += s[i];
      continue;
    }
    const c = s[++i];
    if (SIMPLE[c] !== undefined) out += SIMPLE[c];
    else if (/[0-7]/.test(c)) {
      const digits = /^[0-7]{1,3}/.exec(s.slice(i))![0];
      out += String.fromCharCode(Number.parseInt(digits, 8) & 0xff);
      i += digits.length - 1;
    } else if (c === 'x' && /[0-9a-fA-F]/.test(s[i + 1] ?? '')) {
      const digits = /^[0-9a-fA-F]+/.exec(s.slice(i + 1))![0];
      out += String.fromCharCode(Number.parseInt(digits.slice(-2), 16) & 0xff);
      i += digits.length;
    } else out += `\\${c}`;
  }
  return out;
}

/** Special characters as C escapes. */
export function escapeString(s: string): string {
  const names: Record<string, string> = {
    '\0': '\\0',
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
    '"': '\\"',
    '\\': '\\\\',
  };
  let out = '';
  for (const c of s) {
    const code = c.charCodeAt(0);
    if (names[c] !== undefined) out += names[c];
    else if (code < 32 || code > 126) out += `\\${code.toString(8).padStart(3, '0')}`;
    else out += c;
  }
  return out;
}

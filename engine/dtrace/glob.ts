/**
 * Globs of probe descriptions: `*`, `?`, `[...]` (with ranges and a leading `!`), backslash. An empty pattern matches all.
 */
const MAX_DEPTH = 8;

export const isGlob = (pattern: string): boolean => /[*?[\\]/.test(pattern);

export function globMatch(pattern: string, text: string): boolean {
  if (pattern === '') return true;
  if (!isGlob(pattern)) return pattern === text;
  return match(pattern, 0, text, 0, 0);
}

function match(p: string, pi: number, s: string, si: number, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  for (;;) {
    if (pi >= p.length) return si >= s.length;
    const c = p[pi];
    switch (c) {
      case '*':
        while (p[pi] === '*') pi++;
        if (pi >= p.length) return true;
        for (let i = si; i <= s.length; i++) if (match(p, pi, s, i, depth + 1)) return true;
        return false;
      case '?':
        if (si >= s.length) return false;
        pi++;
        si++;
        break;
      case '[': {
        if (si >= s.length) return false;
        const r = bracket(p, pi, s.charCodeAt(si));
        if (r < 0) return false;
        pi = r;
        si++;
        break;
      }
      default: {
        let lit = c;
        if (c === '\\' && pi + 1 < p.length) lit = p[++pi];
        if (si >= s.length || s[si] !== lit) return false;
        pi++;
        si++;
      }
    }
  }
}

/** Index after a bracket expression that matches c; -1 if it does not or is not closed. */
function bracket(p: string, pi: number, c: number): number {
  let i = pi + 1;
  const negate = p[i] === '!';
  if (negate) i++;
  let ok = false;
  let first = true;
  for (; i < p.length && (p[i] !== ']' || first); i++) {
    first = false;
    if (p[i] === '\\' && i + 1 < p.length) i++;
    const lo = p.charCodeAt(i);
    let hi = lo;
    if (p[i + 1] === '-' && i + 2 < p.length && p[i + 2] !== ']') {
      i += 2;
      if (p[i] === '\\' && i + 1 < p.length) i++;
      hi = p.charCodeAt(i);
    }
    if (c >= lo && c <= hi) ok = true;
  }
  if (p[i] !== ']') return -1;
  return ok !== negate ? i + 1 : -1;
}

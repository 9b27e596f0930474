/**
 * "did you mean ...?": the known name nearest to one that was not found.
 */
import type { RecordType } from '../cfront/types.ts';
import { strip } from '../cfront/types.ts';
import { isBuiltin } from './builtins.ts';
import type { Scope } from './scope.ts';

/** Edits (insert, delete, replace, swap of neighbours) that make a into b, or `limit` + 1 if more. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      next.push(least);
    }
    if (Math.min(...next) > limit) return limit + 1;
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The nearest of the names if it is near enough; of two equally near ones the first. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let limit = Math.floor(name.length / 3);
  let best: string | undefined;
  for (const candidate of names) {
    if (limit < 1) return best;
    if (candidate.startsWith('.') || candidate === name) continue;
    const d = distance(name, candidate, limit);
    if (d > limit) continue;
    best = candidate;
    limit = d - 1;
  }
  return best;
}

const mean = (name: string | undefined) => (name === undefined ? undefined : `did you mean '${name}'?`);

/** Among the names of all scopes from here outward; of types alone, if a type is wanted. */
export function suggestName(name: string, scope: Scope, wanted: 'value' | 'type'): string | undefined {
  const names: string[] = [];
  for (let s: Scope | undefined = scope; s; s = s.parent) {
    for (const [n, entity] of s.names)
      if ((entity.kind === 'typedef') === (wanted === 'type') && !isBuiltin(n)) names.push(n);
  }
  return mean(nearest(name, names));
}

export function suggestMember(name: string, record: RecordType): string | undefined {
  const names: string[] = [];
  const collect = (r: RecordType) => {
    for (const field of r.fields) {
      const t = strip(field.type);
      if (field.name !== '') names.push(field.name);
      else if (t.kind === 'struct' || t.kind === 'union') collect(t);
    }
  };
  collect(record);
  return mean(nearest(name, names));
}

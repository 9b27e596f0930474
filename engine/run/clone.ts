/**
 * Copies of object graphs, classes and shared references included: how the host half of a running DTrace goes into a checkpoint.
 *
 * Functions are shared, for they carry no state of the run. `seen` says what stands for what: objects already copied, or meant to stay themselves.
 */
export function cloneGraph<T>(value: T, seen: Map<object, object> = new Map()): T {
  if (typeof value !== 'object' || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known as T;
  const put = <C extends object>(copy: C): C => {
    seen.set(value, copy);
    return copy;
  };
  if (Buffer.isBuffer(value)) return put(Buffer.from(value)) as T;
  if (ArrayBuffer.isView(value)) return put(structuredClone(value)) as T;
  if (value instanceof Map) {
    const copy = put(new Map<unknown, unknown>());
    for (const [key, item] of value) copy.set(cloneGraph(key, seen), cloneGraph(item, seen));
    return copy as T;
  }
  if (value instanceof Set) {
    const copy = put(new Set<unknown>());
    for (const item of value) copy.add(cloneGraph(item, seen));
    return copy as T;
  }
  if (Array.isArray(value)) {
    const copy = put([] as unknown[]);
    for (const item of value) copy.push(cloneGraph(item, seen));
    return copy as T;
  }
  const copy = put(Object.create(Object.getPrototypeOf(value)) as object);
  fill(copy, value, seen);
  return copy as T;
}

/** Makes `target` hold copies of what `source` holds; `target` stays the object that others know. */
export function fill(target: object, source: object, seen: Map<object, object>): void {
  for (const [key, item] of Object.entries(source))
    (target as Record<string, unknown>)[key] = cloneGraph(item, seen);
}

/** A cache that forgets what was not used for long; it never grows beyond its capacity. */
export interface BoundedCache<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  clear(): void;
}

/**
 * Least recently used, approximately: two generations of half the capacity each. What is used moves to the young one;
 * when that is full it becomes the old one, and what was old is forgotten. Cheaper per look-up than an exact order.
 */
export function boundedCache<Key, Value>(capacity: number): BoundedCache<Key, Value> {
  const half = Math.max(1, Math.floor(capacity / 2));
  let young = new Map<Key, Value>();
  let old = new Map<Key, Value>();

  const set = (key: Key, value: Value): void => {
    if (young.size >= half && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };

  return {
    get(key) {
      const recent = young.get(key);
      if (recent !== undefined) return recent;
      const aged = old.get(key);
      if (aged !== undefined) set(key, aged);
      return aged;
    },
    set,
    clear() {
      young.clear();
      old.clear();
    },
  };
}

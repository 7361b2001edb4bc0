/** Does the work of a key once: calls while it is under way share it, later ones get its result. A failure is forgotten. */
export function once<K, T>(): (key: K, work: () => Promise<T>) => Promise<T> {
  const results = new Map<K, Promise<T>>();
  return (key, work) => {
    const known = results.get(key);
    if (known) return known;
    const result = work().catch((cause: unknown) => {
      results.delete(key);
      throw cause;
    });
    results.set(key, result);
    return result;
  };
}

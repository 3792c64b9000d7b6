/** @file The last answers, so that coming back to an image asks nothing again. */
export interface Bounded<T> {
  /** The answer kept under the key, or a new one; what fails is not kept. */
  get(key: string, compute: () => Promise<T>): Promise<T>;
}

/** @param most answers kept: the one that was used longest ago goes first */
export function bounded<T>(most: number): Bounded<T> {
  const kept = new Map<string, T>();
  const keep = (key: string, value: T): void => {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > most) kept.delete(oldest!);
  };
  return {
    async get(key, compute) {
      const value = kept.has(key) ? kept.get(key)! : await compute();
      keep(key, value);
      return value;
    },
  };
}

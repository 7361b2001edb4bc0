/** Emits results of an operator's own, which no single event stands for. */
export interface Emitter<T> {
  /** `key` and `at` name the result, so that a failure downstream is blamed on it and not on an event. */
  next(key: string, at: number, result: T): void;
  complete(): void;
}

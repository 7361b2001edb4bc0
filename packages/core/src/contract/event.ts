/** Topic, partition and offset of an event. Offsets are safe integers, which a log checks when it reads them. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One decoded event together with its place in the log. */
export interface StreamEvent<T> {
  readonly value: T;
  /** The key that it was published with: it decides the partition, and keyed operators group by it. */
  readonly key: string;
  /** Event time in epoch milliseconds: when it happened, not when it was read. `NaN` where the value has none. */
  readonly time: number;
  /** When the log appended it, in epoch milliseconds. */
  readonly loggedAt: number;
  readonly position: Position;
  /** Which input of the job it came from; `undefined` where there is but one. */
  readonly input?: string | undefined;
}

/** The row that a sink stores of an element: the value of an event, or the element itself when it is an operator's result. */
export function rowOf<T>(element: T | StreamEvent<T>): T {
  return isStreamEvent<T>(element) ? element.value : element;
}

/** Tells an event from a result of an operator. */
export function isStreamEvent<T>(element: unknown): element is StreamEvent<T> {
  if (typeof element !== 'object' || element === null) return false;
  const { position, loggedAt } = element as Partial<StreamEvent<unknown>>;
  return typeof position === 'object' && typeof loggedAt === 'number' && 'value' in element;
}

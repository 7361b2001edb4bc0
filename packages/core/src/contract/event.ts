/** Where an event sits in its log. Offsets are safe integers; a log checks that when it reads them. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One decoded event together with its place in the log. */
export interface StreamEvent<T> {
  readonly value: T;
  /** The key it was published with: what partitions the topic, and what keyed operators group by. */
  readonly key: string;
  /** Event time in epoch milliseconds: when it happened, not when it was read. `NaN` where the value has none. */
  readonly time: number;
  /** When the log appended it, in epoch milliseconds. */
  readonly loggedAt: number;
  readonly position: Position;
  /** Which input of the job it came from; `undefined` where there is but one. */
  readonly input?: string | undefined;
}

/** What a sink stores: the value of an event, or the element itself when it is an operator's result. */
export function rowOf<T>(element: T | StreamEvent<T>): T {
  return isStreamEvent<T>(element) ? element.value : element;
}

/** Tells an event from a result of an operator. */
export function isStreamEvent<T>(element: unknown): element is StreamEvent<T> {
  if (typeof element !== 'object' || element === null) return false;
  const { position, loggedAt } = element as Partial<StreamEvent<unknown>>;
  return typeof position === 'object' && typeof loggedAt === 'number' && 'value' in element;
}

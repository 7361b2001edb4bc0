/** A part of a key. */
export type KeyPart = string | number | bigint | boolean | null;

/** A key that events are grouped by: one value, or several that belong together. */
export type Key = KeyPart | readonly [] | readonly KeyPart[];

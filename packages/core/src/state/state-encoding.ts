import { deserialize, serialize } from 'node:v8';
import { PipelineError, StateMismatchError } from '../contract/errors.ts';
import type { TableChange } from './state-table.ts';

/** Version of the layout below. A later version must read this one. */
const VERSION = 1;

/**
 * Saved state: changes to tables, either a `journal` of one epoch or a `snapshot` of everything. A
 * journal may have entries beside it that are written anew; with a `swept` one these are complete.
 *
 * One byte of version, then V8's serialization of the structured clone algorithm, which knows
 * `-Infinity`, Map, Set, bigint, Date and typed arrays and reads what older versions wrote.
 */
export interface SavedState {
  readonly kind: 'journal' | 'snapshot' | 'swept';
  readonly changes: readonly TableChange[];
}

/**
 * Encodes state for a checkpoint.
 *
 * @throws PipelineError when a value is an instance of a class, which would come back without its methods.
 */
export function encodeState(state: SavedState): Uint8Array {
  for (const { table, writes } of state.changes)
    for (const { values } of writes) for (const value of values) assertPlain(value, table);
  const body = serialize(state);
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = VERSION;
  bytes.set(body, 1);
  return bytes;
}

/** @throws StateMismatchError when the bytes were written by a newer version, or only name a part in a store. */
export function decodeState(bytes: Uint8Array): SavedState {
  if (bytes[0] === 0)
    throw new StateMismatchError(
      'saved state is in a state store: give the job the stateStore that it was saved with',
    );
  if (bytes[0] !== VERSION)
    throw new StateMismatchError(
      `saved state has version ${bytes[0]}, this release reads ${VERSION}: run the release that wrote it, or a newer one`,
    );
  return deserialize(bytes.subarray(1)) as SavedState;
}

function assertPlain(value: unknown, table: string): void {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new PipelineError(`state ${table} holds a ${typeof value}, which cannot be saved`);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) assertPlain(item, table);
    return;
  }
  if (value instanceof Map || value instanceof Set) {
    for (const item of value.values()) assertPlain(item, table);
    if (value instanceof Map) for (const key of value.keys()) assertPlain(key, table);
    return;
  }
  if (value instanceof Date || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw new PipelineError(
      `state ${table} holds an instance of ${prototype.constructor?.name ?? 'something unnamed'}, which would come back without its methods: keep plain data`,
    );
  for (const item of Object.values(value)) assertPlain(item, table);
}

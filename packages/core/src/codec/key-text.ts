import { CodecError } from '../contract/errors.ts';
import type { Key, KeyPart } from '../contract/key.ts';

const BRACKET = 0x5b;
const QUOTE = 0x22;
const HASH = 0x23;

/**
 * A key of several parts as text, a JSON array: parts that differ give texts that differ, whatever
 * characters they have.
 *
 * @throws CodecError when a part is none: undefined, `NaN` or an object.
 */
export function compositeKey(parts: readonly KeyPart[]): string {
  return `[${parts.map(partText).join()}]`;
}

/**
 * Any key as text, such that each key has a text of its own: what state is found by. A text is itself,
 * unless it begins as those of other keys do.
 *
 * @throws CodecError when it is no key.
 */
export function keyText(key: Key): string {
  if (typeof key !== 'string')
    return Array.isArray(key) ? compositeKey(key) : `#${partText(key as KeyPart)}`;
  const first = key.charCodeAt(0);
  return first === BRACKET || first === QUOTE || first === HASH ? JSON.stringify(key) : key;
}

/** The key that {@link keyText} has made a text of. */
export function keyOfText(text: string): Key {
  const first = text.charCodeAt(0);
  if (first === HASH) return JSON.parse(text.slice(1)) as KeyPart;
  return first === BRACKET || first === QUOTE ? (JSON.parse(text) as Key) : text;
}

function partText(part: KeyPart): string {
  if (typeof part === 'string') return JSON.stringify(part);
  if (part === null || typeof part === 'boolean') return String(part);
  // Zero has two signs and is one key.
  if (typeof part === 'number' && Number.isFinite(part)) return String(part === 0 ? 0 : part);
  const found = typeof part === 'object' ? 'an object' : String(part);
  throw new CodecError(`a key has texts, numbers, booleans and null, not ${found}`);
}

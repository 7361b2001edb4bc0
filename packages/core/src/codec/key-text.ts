import { CodecError } from '../contract/errors.ts';
import type { Key, KeyPart } from '../contract/key.ts';

const BRACKET = 0x5b;
const QUOTE = 0x22;
const HASH = 0x23;
/** How a bigint begins, which JSON has not: no other part is an object, and inside a text the quotes are escaped. */
const LONG = '{"long":';

/**
 * A key of several parts as text, a JSON array: parts that differ give texts that differ, whatever
 * characters they have; but a bigint is as the number that it equals.
 *
 * @throws CodecError when a part is none: undefined, `NaN` or an object.
 */
export function compositeKey(parts: readonly KeyPart[]): string {
  // Whether a long is read as a number or as a bigint, its key is the same.
  const texts = parts.map((part) => (typeof part === 'bigint' ? String(part) : partText(part)));
  return `[${texts.join()}]`;
}

/**
 * Any key as text, such that each key has a text of its own: what state is found by. A text is itself,
 * unless it begins as those of other keys do.
 *
 * @throws CodecError when it is no key.
 */
export function keyText(key: Key): string {
  if (typeof key !== 'string')
    return Array.isArray(key) ? `[${key.map(partText).join()}]` : `#${partText(key as KeyPart)}`;
  const first = key.charCodeAt(0);
  return first === BRACKET || first === QUOTE || first === HASH ? JSON.stringify(key) : key;
}

/** The key that {@link keyText} has made a text of. */
export function keyOfText(text: string): Key {
  const first = text.charCodeAt(0);
  if (first === HASH) return parsed(text.slice(1)) as KeyPart;
  return first === BRACKET || first === QUOTE ? (parsed(text) as Key) : text;
}

function parsed(json: string): unknown {
  if (!json.includes(LONG)) return JSON.parse(json);
  return JSON.parse(json, (_, part: unknown) =>
    typeof part === 'object' && part !== null && 'long' in part ? BigInt(String(part.long)) : part,
  );
}

function partText(part: KeyPart): string {
  if (typeof part === 'string') return JSON.stringify(part);
  if (part === null || typeof part === 'boolean') return String(part);
  if (typeof part === 'bigint') return `${LONG}"${part}"}`;
  // Zero has two signs and is one key.
  if (typeof part === 'number' && Number.isFinite(part)) return String(part === 0 ? 0 : part);
  const found = typeof part === 'object' ? 'an object' : String(part);
  throw new CodecError(`a key has texts, numbers, bigints, booleans and null, not ${found}`);
}

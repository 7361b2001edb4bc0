import { DataFileError } from './errors.ts';

/**
 * The text of a file: UTF-8, or UTF-16 with a byte order mark. A mark is no part of it.
 *
 * @throws DataFileError with the row and the byte where it is neither.
 */
export function decodeText(file: string, bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return new TextDecoder('utf-16le').decode(
      Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16(),
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const at = firstInvalid(bytes);
    const row = bytes.subarray(0, at).reduce((rows, byte) => rows + (byte === 0x0a ? 1 : 0), 1);
    const column = at - bytes.subarray(0, at).lastIndexOf(0x0a);
    const byte = `0x${bytes[at]?.toString(16).padStart(2, '0')}`;
    throw new DataFileError(
      { file, row, column },
      `is not valid UTF-8 at the byte ${byte}: save it as UTF-8`,
      { cause },
    );
  }
}

/** Where the first character is that is not UTF-8. */
function firstInvalid(bytes: Buffer): number {
  const whole = Buffer.from(bytes.toString('utf8'));
  let at = 0;
  while (at < bytes.length && bytes[at] === whole[at]) at++;
  return at;
}

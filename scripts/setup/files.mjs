import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** The SHA-256 of a file's bytes, in hex. */
export const fileHash = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** What an earlier set-up noted down; `undefined` when it never came to an end. */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Whether `file` was written after `other`. */
export const isNewer = (file, other) => statSync(file).mtimeMs > statSync(other).mtimeMs;

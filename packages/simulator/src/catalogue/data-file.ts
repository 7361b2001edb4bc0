import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataFileError } from '../errors.ts';

const unzip = promisify(gunzip);

/** A text file of a data folder, as its lines. */
export interface DataFile {
  readonly file: string;
  readonly lines: readonly string[];
}

/**
 * Reads the first of the named files that a folder has, plain or gzipped (`.gz`). Text is UTF-8, or
 * UTF-16 with a byte-order mark; lines end in LF, CR LF or CR.
 *
 * @throws DataFileError when none is there, or the one that is cannot be read; with the row where a
 * character is not valid.
 */
export async function readDataFile(folder: string, ...names: string[]): Promise<DataFile> {
  const file = await findDataFile(folder, ...names);
  if (file !== undefined) return file;
  throw new DataFileError({ file: folder }, `has none of ${names.join(', ')}, plain or as .gz`);
}

/** Like {@link readDataFile}, but undefined when none is there. */
export async function findDataFile(
  folder: string,
  ...names: string[]
): Promise<DataFile | undefined> {
  for (const name of names.flatMap((plain) => [plain, `${plain}.gz`])) {
    const bytes = await readIfThere(join(folder, name));
    if (bytes === undefined) continue;
    return { file: name, lines: textLines(name, await plainBytes(name, bytes)) };
  }
  return undefined;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new DataFileError({ file: basename(path) }, `cannot be read: ${message}`, { cause });
  }
}

async function plainBytes(file: string, bytes: Buffer): Promise<Buffer> {
  if (!file.endsWith('.gz')) return bytes;
  try {
    return await unzip(bytes);
  } catch (cause) {
    const { message } = cause as Error;
    throw new DataFileError({ file }, `cannot be unpacked: ${message}`, { cause });
  }
}

function textLines(file: string, bytes: Buffer): readonly string[] {
  const lines = decode(file, bytes).split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function decode(file: string, bytes: Buffer): string {
  const decoder = (encoding: string) => new TextDecoder(encoding, { fatal: true });
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoder('utf-16le').decode(bytes);
  try {
    return decoder('utf-8').decode(bytes);
  } catch (cause) {
    throw new DataFileError({ file, ...firstInvalid(bytes) }, 'is not valid UTF-8', { cause });
  }
}

/** Where the first character is that is not UTF-8: the row, and the byte in it as the column. */
function firstInvalid(bytes: Buffer): { row: number; column: number } {
  const whole = Buffer.from(bytes.toString('utf8'));
  let at = 0;
  while (at < bytes.length && bytes[at] === whole[at]) at++;
  const before = bytes.subarray(0, at);
  const row = before.reduce((rows, byte) => rows + (byte === 0x0a ? 1 : 0), 1);
  return { row, column: at - before.lastIndexOf(0x0a) };
}

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { systemReason } from '@streamify/core/adapter';
import { decodeText } from '../decode-text.ts';
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
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DataFileError({ file: basename(path) }, `cannot be read: ${systemReason(cause)}`, {
      cause,
    });
  }
}

async function plainBytes(file: string, bytes: Buffer): Promise<Buffer> {
  if (!file.endsWith('.gz')) return bytes;
  try {
    return await unzip(bytes);
  } catch (cause) {
    throw new DataFileError({ file }, 'cannot be unpacked: it is no gzip file, or damaged', {
      cause,
    });
  }
}

function textLines(file: string, bytes: Buffer): readonly string[] {
  const lines = decodeText(file, bytes).split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

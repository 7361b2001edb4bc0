import { readFileSync } from 'node:fs';
import { jsonFault, systemReason } from '@streamify/core/adapter';
import { decodeText } from '../decode-text.ts';
import { DataFileError } from '../errors.ts';
import type { EventsimConfig } from './eventsim-config.ts';
import { parseConfig } from './parse-config.ts';

/**
 * Reads a configuration file in Eventsim's format: JSON, in UTF-8, or in UTF-16 with a byte order mark.
 *
 * @throws DataFileError with row and column where it is no JSON, or not in UTF-8; ConfigError for a key
 * that cannot work.
 * @example
 * simulateBatches({ config: loadConfig('example-config.json') });
 */
export function loadConfig(path: string): EventsimConfig {
  const text = decodeText(path, read(path));
  const json = parse(path, text);
  parseConfig(json);
  return json as EventsimConfig;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = systemReason(cause) ?? 'it is too large';
    throw new DataFileError({ file: path }, `cannot be read: ${reason}`, { cause });
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { row, column, problem } = jsonFault(text) ?? { row: 0, column: 0, problem: 'too large' };
    throw new DataFileError({ file: path, row, column }, `is not JSON: ${problem}`, { cause });
  }
}

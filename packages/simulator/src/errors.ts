import { StreamifyError } from '@streamify/core';

/** A configuration cannot work. The message says which key, what was expected and what was found. */
export class ConfigError extends StreamifyError {
  readonly code = 'STREAMIFY_SIMULATOR_CONFIG';
  /** The key, such as `transitions[12].dest.page`. */
  readonly key: string;

  constructor(key: string, expected: string, found: unknown) {
    super(`configuration key "${key}": expected ${expected}, found ${shown(found)}`);
    this.key = key;
  }
}

/** A configuration, or a file of a data folder, cannot be read. Rows and columns count from 1; 0 means the whole file. */
export class DataFileError extends StreamifyError {
  readonly code = 'STREAMIFY_SIMULATOR_DATA_FILE';
  readonly file: string;
  readonly row: number;
  readonly column: number;

  constructor(
    at: { file: string; row?: number; column?: number; name?: string },
    problem: string,
    options?: ErrorOptions,
  ) {
    const { file, row = 0, column = 0, name } = at;
    const inRow = row > 0 ? `, row ${row}` : '';
    const inColumn = column > 0 ? `, column ${column}${name ? ` (${name})` : ''}` : '';
    super(`${file}${inRow}${inColumn}: ${problem}`, options);
    this.file = file;
    this.row = row;
    this.column = column;
  }
}

/** A value as a message shows it: one line, and not a long one. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = jsonOf(value) ?? typeof value;
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // nested too deeply, or in a circle
  }
}

/** A simulation cannot go on: what it would take is not finite. The message says what to change. */
export class SimulationError extends StreamifyError {
  readonly code = 'STREAMIFY_SIMULATOR_ENDLESS';
}

/** The command line asks for what cannot be. The message says which option, and what it takes. */
export class UsageError extends StreamifyError {
  readonly code = 'STREAMIFY_SIMULATOR_USAGE';
}

/** Output cannot be written: the disk is full, a file is not writable. `cause` tells. */
export class OutputError extends StreamifyError {
  readonly code = 'STREAMIFY_SIMULATOR_OUTPUT';
}

/** A checkpoint cannot be gone on from. */
export class CheckpointError extends StreamifyError {
  readonly code = 'STREAMIFY_SIMULATOR_CHECKPOINT';
}

import type { Writable } from 'node:stream';
import { systemReason } from '@streamify/core/adapter';
import { OutputError } from '../errors.ts';
import type { RecordList } from '../records/record-block.ts';
import type { RecordOutput } from './record-output.ts';

/** The reader of a stream has gone: there is nobody to write for. */
export class PipeClosed extends Error {}

/**
 * Writes all topics, as one list of lines, to a stream, and waits for its reader.
 *
 * `write` throws PipeClosed when the reader has gone.
 */
export function lineStream(stream: Writable): RecordOutput {
  // Without a listener, an error of the stream would end the process; `write` gets it as well.
  stream.on('error', () => undefined);
  return {
    write({ lists: [list] }) {
      const { bytes, length } = list as RecordList;
      return new Promise((resolve, reject) => {
        stream.write(bytes.subarray(0, length), (error) => {
          if (!error) return resolve();
          const { code } = error as NodeJS.ErrnoException;
          const isGone =
            code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'ECONNRESET';
          if (isGone) return reject(new PipeClosed('the reader has gone', { cause: error }));
          const reason = systemReason(error) ?? 'it is closed';
          reject(new OutputError(`cannot write to standard output: ${reason}`, { cause: error }));
        });
      });
    },
    mark: () => ({}),
    end: () => undefined,
    close: () => undefined,
  };
}

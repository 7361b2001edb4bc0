import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemReason } from '@streamify/core/adapter';
import { OutputError } from '../errors.ts';
import type { RecordList } from '../records/record-block.ts';
import { topicOrder } from '../records/record-writer.ts';
import { GrowingFile } from './growing-file.ts';
import type { OutputMark, RecordOutput } from './record-output.ts';

/** Writes each topic to a file of its name in a folder, as the original does. Starts them anew without a mark. */
export function lineFiles(dir: string, mark?: OutputMark): RecordOutput {
  makeFolder(dir);
  const files = topicOrder.map(
    (topic) => new GrowingFile(join(dir, topic), mark?.[topic] as number | undefined),
  );
  return {
    write({ lists }) {
      for (const [i, file] of files.entries()) {
        const { bytes, length } = lists[i] as RecordList;
        if (length > 0) file.append(bytes, length);
      }
    },
    mark() {
      for (const file of files) file.sync();
      return Object.fromEntries(topicOrder.map((topic, i) => [topic, files[i]?.length]));
    },
    end: () => undefined,
    close() {
      for (const file of files) file.close();
    },
  };
}

/** @throws OutputError when the folder cannot be made. */
export function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (cause) {
    throw new OutputError(`cannot make the folder ${dir}: ${systemReason(cause)}`, { cause });
  }
}

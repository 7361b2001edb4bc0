import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { topics } from '@streamify/models';
import { ByteBuffer } from '../records/byte-buffer.ts';
import type { RecordList } from '../records/record-block.ts';
import { topicOrder } from '../records/record-writer.ts';
import { GrowingFile } from './growing-file.ts';
import { makeFolder } from './line-files.ts';
import type { OutputMark, RecordOutput } from './record-output.ts';

/** Records of a block of the file: always as many, so that the file does not depend on how it was written. */
const blockRecords = 256;

/**
 * Writes each topic to an Avro container file `<topic>.avro`. Source: Apache Avro 1.12 specification,
 * "Object Container Files".
 *
 * The records of a block that is not full are kept back, also in the mark; `end` writes them.
 */
export function avroFiles(dir: string, mark?: OutputMark): RecordOutput {
  makeFolder(dir);
  const files = topicOrder.map(
    (topic) => new ContainerFile(dir, topic, mark?.[topic] as ContainerMark | undefined),
  );
  return {
    write({ lists }) {
      for (const [i, file] of files.entries()) file.add(lists[i] as RecordList);
    },
    mark: () => Object.fromEntries(topicOrder.map((topic, i) => [topic, files[i]?.mark()])),
    end() {
      for (const file of files) file.writeBlock();
    },
    close() {
      for (const file of files) file.close();
    },
  };
}

interface ContainerMark {
  readonly length: number;
  readonly kept: string;
  readonly count: number;
}

class ContainerFile {
  readonly #file: GrowingFile;
  readonly #marker: Uint8Array;
  readonly #kept = new ByteBuffer();
  #count = 0;

  constructor(dir: string, topic: (typeof topicOrder)[number], mark: ContainerMark | undefined) {
    const schema = JSON.stringify(topics[topic].schema);
    this.#marker = createHash('sha256').update(schema).digest().subarray(0, 16);
    this.#file = new GrowingFile(join(dir, `${topic}.avro`), mark?.length);
    if (mark === undefined) {
      this.#writeHeader(schema);
      return;
    }
    const kept = Buffer.from(mark.kept, 'base64');
    this.#kept.reserve(kept.length);
    this.#kept.append(kept);
    this.#count = mark.count;
  }

  add(list: RecordList): void {
    for (let record = 0; record < list.count; ) {
      const next = Math.min(list.count, record + blockRecords - this.#count);
      const bytes = list.bytes.subarray(list.startOf(record), list.startOf(next));
      this.#kept.reserve(bytes.length);
      this.#kept.append(bytes);
      this.#count += next - record;
      record = next;
      if (this.#count === blockRecords) this.writeBlock();
    }
  }

  writeBlock(): void {
    if (this.#count === 0) return;
    const block = new ByteBuffer();
    block.reserve(this.#kept.length + 36);
    block.long(this.#count);
    block.long(this.#kept.length);
    block.append(this.#kept.written);
    block.append(this.#marker);
    this.#file.append(block.bytes, block.length);
    this.#kept.clear();
    this.#count = 0;
  }

  mark(): ContainerMark {
    this.#file.sync();
    const kept = this.#kept.written.toString('base64');
    return { length: this.#file.length, kept, count: this.#count };
  }

  close(): void {
    this.#file.close();
  }

  #writeHeader(schema: string): void {
    const header = new ByteBuffer();
    header.text('Obj\u0001');
    header.reserve(schema.length * 3 + 64);
    header.long(2);
    for (const [key, value] of [
      ['avro.schema', schema],
      ['avro.codec', 'null'],
    ] as const) {
      for (const part of [key, value]) {
        header.reserve(10);
        header.long(Buffer.byteLength(part));
        header.text(part);
      }
    }
    header.reserve(17);
    header.long(0);
    header.append(this.#marker);
    this.#file.append(header.bytes, header.length);
  }
}

import { bench, describe } from 'vitest';
import { prepareSite } from '../site.ts';
import { RecordBlock } from './record-block.ts';
import { listsOf, type RecordFormat, recordWriter } from './record-format.ts';
import { localSource } from './record-source.ts';
import type { RecordWriter } from './record-writer.ts';

const site = prepareSite({ users: 1_000, days: 30, seed: 5 });

function drain(write: RecordWriter, lists: number): number {
  const source = localSource(site, write);
  const block = new RecordBlock(lists);
  let records = 0;
  while (source.peek() !== undefined) {
    block.clear();
    source.fill(block, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    for (const { count } of block.lists) records += count;
  }
  return records;
}

const formats: Readonly<Record<string, RecordFormat>> = {
  'simulated and written as JSON lines': {
    kind: 'json',
    ids: false,
    together: false,
    keyed: false,
  },
  'simulated and written as Avro with keys': { kind: 'avro', schemaIds: [1, 2, 3, 4], keyed: true },
};
const [json] = Object.values(formats) as [RecordFormat];

// What the stages cost is the difference between the lines: nothing leaves memory.
describe(`${drain(recordWriter(site, json), 4)} records`, () => {
  bench('simulated only', () => {
    drain((user, block) => block.endAction(user), 4);
  });
  for (const [name, format] of Object.entries(formats))
    bench(name, () => {
      drain(recordWriter(site, format), listsOf(format));
    });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type EventLog, memoryLog } from '@streamify/core';
import { afterAll, expect, it } from 'vitest';
import { partitions } from '../log-topics.ts';
import { importInto } from './import-jsonl.ts';

const folder = mkdtempSync(join(tmpdir(), 'import-jsonl-'));
afterAll(() => rmSync(folder, { recursive: true }));

const progress = { update() {}, end() {} };
const signal = new AbortController().signal;
const line = (artist: string) =>
  `{"ts":1772409600000,"sessionId":1,"page":"NextSong","itemInSession":1,"auth":"Logged In","method":"PUT","status":200,"level":"free","artist":"${artist}","song":"s","duration":1}`;

const imported = (log: EventLog, file: string, bytes: Buffer) => {
  const dir = mkdtempSync(join(folder, 'run-'));
  writeFileSync(join(dir, file), bytes);
  return importInto(log, dir, { progress, signal });
};

async function malformed(log: EventLog) {
  const found = [];
  for (let partition = 0; partition < partitions; partition++) {
    const reader = await log.reader('listen_events', partition);
    const { start, end } = await reader.bounds();
    const limits = { maxRecords: 100, maxBytes: 1e6, maxWait: 0 };
    if (end > start) found.push(...(await reader.poll({ from: start, ...limits })).records);
    await reader.close();
  }
  return found.filter(({ headers }) => headers?.['reason'] !== undefined);
}

it('keeps a line that is not UTF-8 byte for byte, with the place', async () => {
  const log = memoryLog();
  const latin1 = Buffer.from(line('Beyonc\u00e9'), 'latin1');
  const bytes = Buffer.concat([Buffer.from(`\ufeff${line('Moby')}\n`), latin1, Buffer.from('\n')]);
  expect(await imported(log, 'listen_events', bytes)).toMatchObject({ listen_events: 2 });
  const [record, ...more] = await malformed(log);
  expect(more).toEqual([]);
  expect(Buffer.from(record?.value ?? []).equals(latin1)).toBe(true);
  const column = latin1.indexOf(0xe9) + 1;
  expect(record?.headers).toMatchObject({
    line: '2',
    reason: `not UTF-8: byte 0xe9 in column ${column}`,
  });
});

it('takes a text with a line separator of Unicode for one line', async () => {
  const log = memoryLog();
  const bytes = Buffer.from(`${line('a\u2028b')}\n`);
  expect(await imported(log, 'listen_events', bytes)).toMatchObject({ listen_events: 1 });
  expect(await malformed(log)).toEqual([]);
});

it('says what a line that is no JSON has where', async () => {
  const log = memoryLog();
  await imported(log, 'listen_events', Buffer.from('{"ts": NaN}\n'));
  const [record] = await malformed(log);
  expect(record?.headers).toMatchObject({
    reason: 'not JSON: expected a value, found "NaN" in column 8',
  });
});

it.each([
  ['is cut off', gzipSync(line('Moby')).subarray(0, 40)],
  ['is no gzip file', Buffer.from(line('Moby'))],
])('refuses a packed file that %s', async (_, bytes) => {
  await expect(imported(memoryLog(), 'listen_events.gz', bytes)).rejects.toThrow(
    /listen_events\.gz cannot be read: it is no gzip file, or damaged or cut off$/,
  );
});

import {
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogCorruptedError, UnknownTopicError } from '../../contract/errors.ts';
import type { EventLog } from '../../contract/event-log.ts';
import { type FileLogOptions, fileLog } from './file-log.ts';
import type { Recovery } from './recover-partition.ts';
import { segmentPath } from './segments.ts';

let dir: string;
beforeEach(async () => {
  dir = await temporaryFolder();
});

const partitionDir = () => join(dir, 'topics', 'plays', '0');
const segment = (base = 0) => segmentPath(partitionDir(), base);
const durableEnd = () => join(partitionDir(), 'durable-end');

const open = (options: Partial<FileLogOptions> = {}) =>
  fileLog({ dir, durability: 'os', ...options });

const publish = (log: EventLog, ...values: string[]) =>
  log.publish(
    'plays',
    values.map((value) => ({ key: 'ann', value: Buffer.from(value), headers: { v: value } })),
  );

async function readAll(log: EventLog): Promise<string[]> {
  const reader = await log.reader('plays', 0);
  const { start } = await reader.bounds();
  const request = { from: start, maxRecords: 1_000, maxBytes: 1e9, maxWait: 0 };
  const { records } = await reader.poll(request);
  return records.map(({ value }) => Buffer.from(value).toString());
}

/** Publishes, closes, and gives the length of the segment. */
async function publishAndClose(options: Partial<FileLogOptions>, ...values: string[]) {
  const log = await open(options);
  await log.createTopic('plays', { partitions: 1 });
  for (const value of values) await publish(log, value);
  await log.close();
}

describe('a write that was cut short', () => {
  /** A log with 'a' and 'b' durable, and 'c' written but not acknowledged. */
  async function unacknowledged() {
    await publishAndClose({}, 'a', 'b');
    const { size: before } = await stat(segment());
    const ends = await readFile(durableEnd());
    await publishAndClose({}, 'c');
    const { size: after } = await stat(segment());
    await writeFile(durableEnd(), ends);
    return { before, after, bytes: await readFile(segment()) };
  }

  it('is cut off at any of its bytes, and nothing else is', async () => {
    const { before, after, bytes } = await unacknowledged();
    const ends = await readFile(durableEnd());
    for (let length = before; length < after; length++) {
      await writeFile(segment(), bytes.subarray(0, length));
      await writeFile(durableEnd(), ends);
      const found: Recovery[] = [];
      const log = await open({ onRecovered: (recovery) => found.push(recovery) });
      const droppedBytes = length - before;
      const recovery = { topic: 'plays', partition: 0, file: segment(), keptRecords: 0 };
      expect(found).toEqual(droppedBytes > 0 ? [{ ...recovery, droppedBytes }] : []);
      expect((await stat(segment())).size).toBe(before);
      expect(await readAll(log)).toEqual(['a', 'b']);
      await publish(log, 'd');
      expect(await readAll(log)).toEqual(['a', 'b', 'd']);
      await log.close();
    }
  });

  it('is kept when all of it is there', async () => {
    await unacknowledged();
    const found: Recovery[] = [];
    const log = await open({ onRecovered: (recovery) => found.push(recovery) });
    expect(found).toMatchObject([{ keptRecords: 1, droppedBytes: 0 }]);
    expect(await readAll(log)).toEqual(['a', 'b', 'c']);
    await log.close();
    const again = await open({ onRecovered: (recovery) => found.push(recovery) });
    expect(found.length).toBe(1);
    await again.close();
  });

  it('is cut off when any of its bytes is wrong', async () => {
    const { before, after, bytes } = await unacknowledged();
    const ends = await readFile(durableEnd());
    for (let position = before; position < after; position++) {
      const damaged = Buffer.from(bytes);
      damaged[position] = (damaged[position] ?? 0) ^ 0x55;
      await writeFile(segment(), damaged);
      await writeFile(durableEnd(), ends);
      const log = await open();
      expect(await readAll(log), `byte ${position}`).toEqual(['a', 'b']);
      await log.close();
    }
  });

  it('is not shown to readers of other processes', async () => {
    await unacknowledged();
    const reader = await open({ mode: 'read' });
    expect(await readAll(reader)).toEqual(['a', 'b']);
    await reader.close();
  });

  it('is recovered over several segments', async () => {
    await publishAndClose({ segmentBytes: 1 }, 'a');
    const ends = await readFile(durableEnd());
    await publishAndClose({ segmentBytes: 1 }, 'b', 'c');
    await writeFile(durableEnd(), ends);
    const { size } = await stat(segment(2));
    await truncate(segment(2), size - 1);
    const found: Recovery[] = [];
    const log = await open({ segmentBytes: 1, onRecovered: (recovery) => found.push(recovery) });
    expect(found).toMatchObject([
      { file: segment(1), keptRecords: 1, droppedBytes: 0 },
      { file: segment(2), keptRecords: 0, droppedBytes: size - 1 },
    ]);
    expect(await readAll(log)).toEqual(['a', 'b']);
    await publish(log, 'd');
    expect(await readAll(log)).toEqual(['a', 'b', 'd']);
    await log.close();
  });
});

describe('damage to what was durable', () => {
  it('is an error that names file, byte and next step, whichever byte is flipped', async () => {
    await publishAndClose({}, 'a', 'b', 'c');
    const bytes = await readFile(segment());
    for (let position = 0; position < bytes.length; position++) {
      const damaged = Buffer.from(bytes);
      damaged[position] = (damaged[position] ?? 0) ^ 0x10;
      await writeFile(segment(), damaged);
      const log = await open({ mode: 'read' });
      const error = await readAll(log).catch((reason: unknown) => reason);
      expect(error, `byte ${position}`).toBeInstanceOf(LogCorruptedError);
      expect(String(error)).toContain(`${segment()} is damaged at byte`);
      expect(String(error)).toMatch(/found .+; restore the file from a copy of the log$/);
      await log.close();
    }
  });

  it('leaves the records before it readable', async () => {
    await publishAndClose({}, 'a', 'b');
    const bytes = await readFile(segment());
    bytes[bytes.length - 1] = 0;
    await writeFile(segment(), bytes);
    const log = await open({ mode: 'read' });
    const reader = await log.reader('plays', 0);
    const request = { from: 0, maxRecords: 1, maxBytes: 1e6, maxWait: 0 };
    expect((await reader.poll(request)).records.length).toBe(1);
    await expect(reader.poll({ ...request, from: 1 })).rejects.toThrow(LogCorruptedError);
    expect((await reader.poll(request)).records.length).toBe(1);
    await log.close();
  });

  it('is noticed when a segment is shorter than its durable end, and nothing is cut off', async () => {
    await publishAndClose({}, 'a', 'b');
    const { size } = await stat(segment());
    await truncate(segment(), size - 1);
    await expect(open()).rejects.toThrow(
      new LogCorruptedError(
        `${segment()} has ${size - 1} bytes, but ${size} of it were durable; restore it from a copy of the log`,
      ),
    );
    expect((await stat(segment())).size).toBe(size - 1);
    const reader = await open({ mode: 'read' });
    await expect(readAll(reader)).rejects.toThrow('the file was cut short');
    await reader.close();
  });

  it('is noticed when a torn segment is followed by another, and nothing is cut off', async () => {
    await publishAndClose({ segmentBytes: 1 }, 'a');
    const ends = await readFile(durableEnd());
    await publishAndClose({ segmentBytes: 1 }, 'b', 'c');
    await writeFile(durableEnd(), ends);
    const { size } = await stat(segment(1));
    await truncate(segment(1), size - 1);
    await expect(open()).rejects.toThrow(LogCorruptedError);
    expect((await stat(segment(1))).size).toBe(size - 1);
  });

  it.each([
    ['a segment in the middle', () => segment(1)],
    ['the last segment', () => segment(2)],
  ])('is noticed when %s is missing', async (_, file) => {
    await publishAndClose({ segmentBytes: 1 }, 'a', 'b', 'c');
    await rm(file());
    const reader = await open({ mode: 'read' });
    await expect(readAll(reader)).rejects.toThrow(/is missing; restore it from a copy of the log/);
    await reader.close();
  });

  it('is noticed when the durable end is missing or damaged', async () => {
    await publishAndClose({}, 'a');
    await writeFile(durableEnd(), Buffer.alloc(600));
    await expect(open()).rejects.toThrow(LogCorruptedError);
    await rm(durableEnd());
    await expect(open()).rejects.toThrow(`${durableEnd()} is missing`);
  });

  it('releases the right to write when it makes opening fail', async () => {
    await publishAndClose({}, 'a');
    const ends = await readFile(durableEnd());
    await rm(durableEnd());
    await expect(open()).rejects.toThrow(LogCorruptedError);
    await writeFile(durableEnd(), ends);
    const log = await open();
    expect(await readAll(log)).toEqual(['a']);
    await log.close();
  });
});

describe('a deletion that was cut short', () => {
  it('is finished at the next opening, wherever it was', async () => {
    await publishAndClose({ segmentBytes: 1 }, 'a', 'b', 'c');
    const hidden = join(dir, 'topics', '~plays');
    await rename(join(dir, 'topics', 'plays'), hidden);
    const copy = join(dir, 'hidden');
    await cp(hidden, copy, { recursive: true });
    for (const removed of ['', join('0', 'durable-end'), '0', 'topic.json']) {
      await rm(hidden, { recursive: true, force: true });
      await cp(copy, hidden, { recursive: true });
      if (removed !== '') await rm(join(hidden, removed), { recursive: true });
      const log = await open();
      expect(await log.partitions('plays')).toBeUndefined();
      expect(await readdir(join(dir, 'topics'))).toEqual([]);
      await log.createTopic('plays', { partitions: 1 });
      expect(await readAll(log)).toEqual([]);
      await log.deleteTopic('plays');
      await log.close();
    }
  });

  it('is finished by the next call where the process goes on', async () => {
    await publishAndClose({}, 'a');
    const log = await open();
    await mkdir(join(dir, 'topics', '~plays', '0'), { recursive: true });
    await log.deleteTopic('plays');
    await mkdir(join(dir, 'topics', '~plays', '0'), { recursive: true });
    await log.deleteTopic('plays');
    expect(await readdir(join(dir, 'topics'))).toEqual([]);
    await log.close();
  });

  it('leaves the topic as it was when its folder cannot be renamed', async () => {
    await publishAndClose({}, 'a');
    const log = await open();
    const reader = await log.reader('plays', 0);
    await rename(join(dir, 'topics'), join(dir, 'away'));
    await expect(log.deleteTopic('plays')).rejects.toThrow('ENOENT');
    await rename(join(dir, 'away'), join(dir, 'topics'));
    await publish(log, 'b');
    expect(await readAll(log)).toEqual(['a', 'b']);
    expect(await reader.bounds()).toEqual({ start: 0, end: 2 });
    await log.close();
  });
});

describe('a topic of a version that gave topics no id', () => {
  it('is told from the one that is made when it is deleted', async () => {
    await publishAndClose({}, 'a');
    const description = join(dir, 'topics', 'plays', 'topic.json');
    const { id, ...old } = JSON.parse(await readFile(description, 'utf8')) as { id: string };
    expect(id).toEqual(expect.any(String));
    await writeFile(description, JSON.stringify(old));
    const [log, following] = [await open(), await open({ mode: 'read' })];
    const reader = await following.reader('plays', 0);
    expect(await reader.bounds()).toEqual({ start: 0, end: 1 });
    await log.deleteTopic('plays');
    await log.createTopic('plays', { partitions: 1 });
    await publish(log, 'b');
    const request = { from: 0, maxRecords: 1, maxBytes: 1e6, maxWait: 0 };
    await expect(reader.poll(request)).rejects.toThrow(UnknownTopicError);
    await Promise.all([following.close(), log.close()]);
  });
});

describe('segments', () => {
  it('may be deleted from the front: the partition then starts later', async () => {
    await publishAndClose({ segmentBytes: 1 }, 'a', 'b', 'c');
    await rm(segment(0));
    const log = await open({ segmentBytes: 1 });
    expect(await readAll(log)).toEqual(['b', 'c']);
    const reader = await log.reader('plays', 0);
    expect(await reader.bounds()).toEqual({ start: 1, end: 3 });
    const request = { from: 0, maxRecords: 1, maxBytes: 1, maxWait: 0 };
    await expect(reader.poll(request)).rejects.toThrow(
      'offset 0 of plays/0 is outside the log, which holds 1 to 3',
    );
    await log.close();
  });

  it('survive as a copy of the folder', async () => {
    await publishAndClose({}, 'a', 'b');
    const copy = `${dir}-copy`;
    await cp(dir, copy, { recursive: true });
    const log = await fileLog({ dir: copy });
    expect(await readAll(log)).toEqual(['a', 'b']);
    await log.close();
    await rm(copy, { recursive: true });
  });
});

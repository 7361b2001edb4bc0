import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogCorruptedError } from '../../contract/errors.ts';
import type { EventLog } from '../../contract/event-log.ts';
import { openFileLog } from './file-log.ts';
import { type LogFiles, nodeFiles } from './log-files.ts';
import type { Recovery } from './recover-partition.ts';
import { segmentPath } from './segments.ts';

type Operation = 'open' | 'write' | 'sync' | 'truncate';

/** Real files on a disk whose faults are switched on and off: files whose name matches fail an operation. */
class FaultyDisk implements LogFiles {
  readonly faults = new Map<Operation, RegExp>();
  syncs = 0;

  async open(path: string, mode: 'read' | 'update' | 'create') {
    if (mode === 'create') this.#check('open', path);
    const file = await nodeFiles.open(path, mode);
    return {
      ...file,
      write: async (bytes: Uint8Array, position: number) => {
        if (this.faults.get('write')?.test(path))
          await file.write(bytes.subarray(0, bytes.length / 2), position);
        this.#check('write', path);
        await file.write(bytes, position);
      },
      sync: async () => {
        this.#check('sync', path);
        this.syncs += 1;
        await file.sync();
      },
      truncate: async (length: number) => {
        this.#check('truncate', path);
        await file.truncate(length);
      },
    };
  }

  #check(operation: Operation, path: string): void {
    if (!this.faults.get(operation)?.test(path)) return;
    throw Object.assign(new Error(`ENOSPC: no space left on device, ${operation}`), {
      code: 'ENOSPC',
    });
  }
}

let dir: string;
let disk: FaultyDisk;
let log: EventLog;
const recoveries: Recovery[] = [];
const open = (segmentBytes = 1e9) =>
  openFileLog({ dir, segmentBytes, onRecovered: (recovery) => recoveries.push(recovery) }, disk);

beforeEach(async () => {
  dir = await temporaryFolder();
  disk = new FaultyDisk();
  recoveries.length = 0;
  log = await open();
  await log.createTopic('plays', { partitions: 1 });
  await publish('a');
});
afterEach(() => log.close());

const segment = (base = 0) => segmentPath(join(dir, 'topics', 'plays', '0'), base);
const publish = (value: string) =>
  log.publish('plays', [{ key: 'ann', value: Buffer.from(value) }]);

async function readAll(): Promise<string[]> {
  const reader = await log.reader('plays', 0);
  const request = { from: 0, maxRecords: 1_000, maxBytes: 1e9, maxWait: 0 };
  const { records } = await reader.poll(request);
  await reader.close();
  return records.map(({ value }) => Buffer.from(value).toString());
}

describe('a file log', () => {
  it('syncs once for all that is published meanwhile', async () => {
    const before = disk.syncs;
    await Promise.all(Array.from({ length: 50 }, (_, i) => publish(String(i))));
    expect(disk.syncs - before).toBeLessThanOrEqual(2);
    expect((await readAll()).length).toBe(51);
  });
});

describe('a file log on a full disk', () => {
  it.each(['write', 'sync'] as const)(
    'rejects the publish, cuts off what was written, and goes on when %s works again',
    async (operation) => {
      const { size } = await stat(segment());
      disk.faults.set(operation, /\.log$/);
      await expect(publish('b')).rejects.toMatchObject({ code: 'ENOSPC' });
      expect((await stat(segment())).size).toBe(size);
      expect(await readAll()).toEqual(['a']);
      disk.faults.clear();
      await publish('c');
      expect(await readAll()).toEqual(['a', 'c']);
      await log.close();
      log = await open();
      expect(await readAll()).toEqual(['a', 'c']);
      expect(recoveries).toEqual([]);
    },
  );

  it('fails only the publishes of one write', async () => {
    disk.faults.set('write', /\.log$/);
    const failing = publish('b');
    await expect(failing).rejects.toMatchObject({ code: 'ENOSPC' });
    disk.faults.clear();
    await Promise.all(['c', 'd'].map(publish));
    expect(await readAll()).toEqual(['a', 'c', 'd']);
  });

  it('cuts off later what it cannot cut off at once', async () => {
    disk.faults.set('write', /\.log$/).set('truncate', /\.log$/);
    await expect(publish('a longer one')).rejects.toMatchObject({ code: 'ENOSPC' });
    disk.faults.delete('write');
    await expect(publish('b')).rejects.toMatchObject({ code: 'ENOSPC' });
    disk.faults.clear();
    await publish('c');
    await log.close();
    log = await open();
    expect(await readAll()).toEqual(['a', 'c']);
    expect(recoveries).toEqual([]);
  });

  it('goes on when a new segment can be made again', async () => {
    await log.close();
    log = await open(1);
    disk.faults.set('open', /\.log$/);
    await expect(publish('b')).rejects.toMatchObject({ code: 'ENOSPC' });
    disk.faults.clear();
    await publish('c');
    expect(await readAll()).toEqual(['a', 'c']);
    await log.close();
    log = await open(1);
    expect(await readAll()).toEqual(['a', 'c']);
  });

  it('refuses to go on when it cannot tell how far it is durable, until it is opened again', async () => {
    disk.faults.set('write', /durable-end$/);
    await expect(publish('b')).rejects.toThrow(LogCorruptedError);
    disk.faults.clear();
    await expect(publish('c')).rejects.toThrow(/only opening the log again can tell/);
    expect(await readAll()).toEqual(['a']);
    await log.close();
    log = await open();
    expect(recoveries).toMatchObject([{ keptRecords: 1, droppedBytes: 0 }]);
    await publish('d');
    expect(await readAll()).toEqual(['a', 'b', 'd']);
  });

  it('leaves no half-made topic', async () => {
    disk.faults.set('open', /durable-end$/);
    await expect(log.createTopic('visits', { partitions: 2 })).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(await log.partitions('visits')).toBeUndefined();
    disk.faults.clear();
    await log.createTopic('visits', { partitions: 3 });
    await log.close();
    log = await open();
    expect(await log.partitions('visits')).toBe(3);
  });
});

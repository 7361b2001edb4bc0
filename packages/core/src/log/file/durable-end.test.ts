import { beforeEach, describe, expect, it } from 'vitest';
import { LogCorruptedError } from '../../contract/errors.ts';
import { DurableEndFile, durableEndFileLength } from './durable-end.ts';
import type { LogFile } from './log-files.ts';

let bytes: Buffer;
beforeEach(() => {
  bytes = Buffer.alloc(durableEndFileLength);
});

/** A file in memory whose writes end after `allowed` bytes. */
const file = (allowed = Number.POSITIVE_INFINITY): DurableEndFile => {
  const memory: LogFile = {
    read: async (buffer, position) => bytes.copy(buffer, 0, position),
    write: async (data, position) => bytes.set(data.slice(0, allowed), position),
    sync: async () => undefined,
    truncate: async () => undefined,
    size: async () => bytes.length,
    close: async () => undefined,
  };
  return new DurableEndFile(memory, 'plays/0/durable-end');
};

const endAt = (end: number) => ({ end, segment: 0, position: end * 10, loggedAt: end * 100 });

describe('DurableEndFile', () => {
  it('gives what was written last, also to who opens it anew', async () => {
    const writer = file();
    for (let end = 0; end < 5; end++) {
      await writer.write(endAt(end));
      expect(await file().read()).toEqual(endAt(end));
    }
    const next = file();
    await next.read();
    await next.write(endAt(9));
    expect(await file().read()).toEqual(endAt(9));
  });

  it('gives the entry before when a write was cut short at any byte', async () => {
    const writer = file();
    await writer.write(endAt(1));
    await writer.write(endAt(2));
    const before = Buffer.from(bytes);
    for (let allowed = 0; allowed < 40; allowed++) {
      bytes = Buffer.from(before);
      const cut = file(allowed);
      await cut.read();
      await cut.write(endAt(3));
      const found = await file().read();
      // The last bytes of an entry may be the same as before.
      expect([endAt(2), endAt(3)]).toContainEqual(found);
      if (allowed < 32) expect(found).toEqual(endAt(2));
    }
  });

  it('refuses a file without a whole entry', async () => {
    await expect(file().read()).rejects.toThrow(LogCorruptedError);
    await expect(file().read()).rejects.toThrow(/^plays\/0\/durable-end has no whole entry/);
  });
});

import { describe, expect, it } from 'vitest';
import { ClosedError } from '../../contract/errors.ts';
import { logContract } from '../../testing/log-contract.ts';
import { memoryLog } from './memory-log.ts';

describe('memoryLog', () => {
  for (const { name, run } of logContract({ open: async () => memoryLog() })) it(name, run);

  it('never turns its time back when the clock does', async () => {
    const clock = [50, 40, 60];
    const log = memoryLog({ now: () => clock.shift() ?? 0 });
    await log.createTopic('plays', { partitions: 1 });
    for (const key of ['a', 'b', 'c']) await log.publish('plays', [{ key, value: Buffer.of(1) }]);
    const reader = await log.reader('plays', 0);
    const { records } = await reader.poll({ from: 0, maxRecords: 9, maxBytes: 99, maxWait: 0 });
    expect(records.map(({ loggedAt }) => loggedAt)).toEqual([50, 50, 60]);
  });

  it('refuses calls after it is closed', async () => {
    const log = memoryLog();
    await log.createTopic('plays', { partitions: 1 });
    const reader = await log.reader('plays', 0);
    await log.close();
    await expect(log.publish('plays', [])).rejects.toThrow(ClosedError);
    await expect(log.reader('plays', 0)).rejects.toThrow(ClosedError);
    await expect(reader.bounds()).rejects.toThrow(ClosedError);
  });
});

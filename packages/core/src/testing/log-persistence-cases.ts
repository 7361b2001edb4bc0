import assert from 'node:assert/strict';
import { assertSame } from './assert-same.ts';
import { type Check, numbers, readTopic, record, single, textOf } from './log-contract-context.ts';

/** Promises of a log that outlives its process. */
export const persistenceCases: Readonly<Record<string, Check>> = {
  'keeps everything when it is opened again': async ({ log, topic, reopen }) => {
    await log.createTopic(topic, { partitions: 2 });
    const headers = { file: 'a.jsonl' };
    await log.publish(
      topic,
      numbers(500).map((i) => ({ ...record(`key ${i}`, `${i}`), headers })),
    );
    const before = await readTopic(log, topic);
    const again = await reopen();
    assert.equal(await again.partitions(topic), 2);
    assertSame(await readTopic(again, topic), before);
  },

  'goes on after the last record when it is opened again': async (context) => {
    await single(context, ['a', 'b']);
    const again = await context.reopen();
    await again.publish(context.topic, [record('key', 'c')]);
    const [records = []] = await readTopic(again, context.topic);
    assertSame(records.map(textOf), ['a', 'b', 'c']);
    assertSame(
      records.map(({ loggedAt }) => loggedAt),
      records.map(({ loggedAt }) => loggedAt).toSorted((a, b) => a - b),
    );
  },

  'forgets a deleted topic for good': async ({ log, topic, reopen }) => {
    await log.createTopic(topic, { partitions: 2 });
    await log.publish(topic, [record('a', '1'), record('b', '2')]);
    await log.deleteTopic(topic);
    const again = await reopen();
    assert.equal(await again.partitions(topic), undefined);
    await again.createTopic(topic, { partitions: 1 });
    assertSame(await readTopic(again, topic), [[]]);
  },

  'closes once what is under way is done': async ({ log, topic, reopen }) => {
    await log.createTopic(topic, { partitions: 2 });
    const underWay = Promise.all(
      numbers(10).map((i) => log.publish(topic, [record(`${i}`, 'under way')])),
    );
    const closing = log.close();
    await underWay;
    await closing;
    const again = await reopen();
    assert.equal((await readTopic(again, topic)).flat().length, 10);
  },
};

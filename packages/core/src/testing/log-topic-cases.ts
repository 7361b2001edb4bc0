import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { OptionError, PartitionCountError, UnknownTopicError } from '../contract/errors.ts';
import { assertSame } from './assert-same.ts';
import {
  type Check,
  drain,
  limits,
  numbers,
  patience,
  readTopic,
  record,
  single,
  soon,
  textOf,
} from './log-contract-context.ts';

/** Promises of a log about topics, the sharing of their partitions, and its end. */
export const topicCases: Readonly<Record<string, Check>> = {
  'refuses a topic that does not exist': async ({ log, topic }) => {
    assert.equal(await log.partitions(topic), undefined);
    const listener = { assigned: () => undefined, revoked: async () => undefined };
    await assert.rejects(log.publish(topic, [record('a', '1')]), UnknownTopicError);
    await assert.rejects(log.reader(topic, 0), UnknownTopicError);
    await assert.rejects(log.assign('group', [topic], listener), UnknownTopicError);
  },

  'refuses what is no topic name and no number of partitions': async ({ log, topic }) => {
    for (const name of ['', '.', '..', 'a/b', '../a', 'ä', 'a b', 'a'.repeat(250)])
      await assert.rejects(log.createTopic(name, { partitions: 1 }), OptionError, name);
    for (const partitions of [0, -1, 1.5, NaN])
      await assert.rejects(log.createTopic(topic, { partitions }), OptionError);
    assert.equal(await log.partitions(topic), undefined);
  },

  'creates a topic once and refuses another number of partitions': async ({ log, topic }) => {
    await Promise.all([
      log.createTopic(topic, { partitions: 3 }),
      log.createTopic(topic, { partitions: 3 }),
    ]);
    await log.publish(topic, [record('a', '1')]);
    await log.createTopic(topic, { partitions: 3 });
    await assert.rejects(log.createTopic(topic, { partitions: 4 }), PartitionCountError);
    assert.equal(await log.partitions(topic), 3);
    assert.equal((await readTopic(log, topic)).flat().length, 1);
  },

  'deletes a topic, and does nothing where there is none': async ({ log, topic }) => {
    await log.deleteTopic(topic);
    await log.createTopic(topic, { partitions: 2 });
    await log.createTopic(`${topic}-b`, { partitions: 1 });
    await log.publish(topic, [record('a', '1')]);
    await log.publish(`${topic}-b`, [record('a', '1')]);
    await log.deleteTopic(topic);
    await log.deleteTopic(topic);
    assert.equal(await log.partitions(topic), undefined);
    await assert.rejects(log.publish(topic, [record('a', '2')]), UnknownTopicError);
    await assert.rejects(log.reader(topic, 0), UnknownTopicError);
    assert.equal((await readTopic(log, `${topic}-b`)).flat().length, 1, 'another topic is harmed');
    await assert.rejects(log.deleteTopic('../a'), OptionError);
  },

  'makes a topic empty that had been deleted': async ({ log, topic }) => {
    for (const partitions of [3, 1, 2]) {
      await log.createTopic(topic, { partitions });
      assert.equal(await log.partitions(topic), partitions);
      for (const partition of numbers(partitions)) {
        const reader = await log.reader(topic, partition);
        assertSame(await reader.bounds(), { start: 0, end: 0 });
        await log.publish(topic, [{ ...record('a', `${partitions}`), partition }]);
        const records = await drain(reader);
        assertSame(
          records.map((each) => [each.offset, textOf(each)]),
          [[0, `${partitions}`]],
        );
        await reader.close();
      }
      await log.deleteTopic(topic);
    }
  },

  'tells a topic from another that is made under its name': async ({ log, topic }) => {
    assert.equal(await log.topicId(topic), undefined);
    await log.createTopic(topic, { partitions: 1 });
    await log.createTopic(`${topic}-b`, { partitions: 1 });
    const id = await log.topicId(topic);
    assert.equal(typeof id, 'string');
    await log.publish(topic, [record('a', '1')]);
    await log.createTopic(topic, { partitions: 1 });
    assert.equal(await log.topicId(topic), id, 'another id though it is the same topic');
    assert.notEqual(await log.topicId(`${topic}-b`), id, 'the id of another topic');
    await log.deleteTopic(topic);
    assert.equal(await log.topicId(topic), undefined);
    await log.createTopic(topic, { partitions: 1 });
    const another = await log.topicId(topic);
    assert.equal(typeof another, 'string');
    assert.notEqual(another, id, 'the id of the topic that was deleted');
  },

  'ends the readers of a topic that is deleted': async (context) => {
    const { log, topic } = context;
    const waiting = await single(context, ['a', 'b']);
    const reading = await log.reader(topic, 0);
    const unread = await log.reader(topic, 0);
    const { start, end } = await waiting.bounds();
    await reading.poll({ ...limits, from: start, maxRecords: 1, maxWait: patience });
    const stop = new AbortController();
    const wait = assert.rejects(
      waiting.poll({ ...limits, from: end, maxWait: 600_000, signal: stop.signal }),
      UnknownTopicError,
      'a poll that waits',
    );
    await log.deleteTopic(topic);
    // Ends the wait, without an error, in a log that does not.
    const overdue = setTimeout(() => stop.abort(), 1_000);
    await wait.finally(() => clearTimeout(overdue));
    const isGone = async (when: string) => {
      for (const reader of [waiting, reading, unread]) {
        for (const from of [start, start + 1, end])
          await assert.rejects(
            reader.poll({ ...limits, from, maxWait: 0 }),
            UnknownTopicError,
            `a poll from ${from} ${when}`,
          );
        await assert.rejects(reader.bounds(), UnknownTopicError, `bounds ${when}`);
        await assert.rejects(reader.offsetAt(0), UnknownTopicError, `offsetAt ${when}`);
      }
    };
    await isGone('behind the deletion');
    const later = await single(context, ['c', 'd', 'e']);
    await isGone('when there is another topic of that name');
    for (const reader of [waiting, reading, unread]) await reader.close();
    assertSame((await drain(later)).map(textOf), ['c', 'd', 'e']);
  },

  'refuses a partition that the topic does not have': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 2 });
    for (const partition of [-1, 2, 0.5])
      await assert.rejects(log.reader(topic, partition), PartitionCountError);
  },

  'assigns every partition to a lone member, and revokes it at close': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 3 });
    const held = new Set<number>();
    let all: () => void = () => undefined;
    const assigned = new Promise<void>((resolve) => {
      all = resolve;
    });
    const assignment = await log.assign(`group-${randomUUID()}`, [topic], {
      assigned: (partition) => {
        assert.ok(!held.has(partition), `${partition} assigned twice`);
        held.add(partition);
        if (held.size === 3) all();
      },
      revoked: async (partition) => {
        held.delete(partition);
      },
    });
    await soon(assigned, 'an assignment of all partitions');
    assertSame([...held].sort(), [0, 1, 2]);
    await assignment.close();
    await assignment.close();
    await assignment.ended;
    assertSame([...held], []);
  },

  'refuses to assign topics with unequal numbers of partitions': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 2 });
    await log.createTopic(`${topic}-b`, { partitions: 3 });
    const listener = { assigned: () => undefined, revoked: async () => undefined };
    await assert.rejects(log.assign('group', [topic, `${topic}-b`], listener), PartitionCountError);
  },

  'closes more than once and ends the waits': async (context) => {
    const reader = await single(context, ['a']);
    const { end: from } = await reader.bounds();
    const waiting = reader.poll({ ...limits, from, maxWait: 600_000 });
    await reader.close();
    await reader.close();
    assertSame(await soon(waiting, 'a wait of a reader that is closed'), {
      records: [],
      next: from,
    });
    await Promise.all([context.log.close(), context.log.close()]);
    await context.log.close();
    await assert.rejects(context.log.publish(context.topic, [record('a', '1')]));
  },
};

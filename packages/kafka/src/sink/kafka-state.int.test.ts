import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import {
  commitOf,
  outputOf,
  recordsOf,
  rowNamed,
  type SinkTrial,
  sinkTrial,
} from '../testing/kafka-sink-under-test.ts';
import { kafkaSink } from './kafka-sink.ts';

const task = { job: 'plays', partition: 1, partitions: 2 };

/** Bytes of which each block differs. */
function stateOf(length: number, seed: number): Uint8Array {
  const bytes = Buffer.alloc(length, `${seed} `);
  for (let at = 0; at + 4 <= length; at += 1_000) bytes.writeUInt32BE(at, at);
  return bytes;
}

describeWithKafka('state in a checkpoint topic', (kafka) => {
  let trial: SinkTrial;
  beforeEach(async () => {
    trial = await sinkTrial(kafka().brokers);
  });
  afterEach(() => trial.close());

  const open = () => kafkaSink(trial.topic).open(task);
  const same = (actual: readonly Uint8Array[] | undefined, expected: readonly Uint8Array[]) =>
    actual?.length === expected.length &&
    actual.every((part, i) => Buffer.compare(part, expected[i] as Uint8Array) === 0);

  it('may be larger than a record', async () => {
    const parts = [stateOf(5_000_000, 1), stateOf(1_800_000, 2), new Uint8Array(), stateOf(7, 3)];
    const owner = await open();
    for (const [i, bytes] of parts.entries())
      await owner.commit(commitOf(i + 1, { state: { kind: 'append', bytes } }), outputOf([]));
    await owner.close();
    const next = await open();
    expect(same(next.checkpoint?.state, parts)).toBe(true);
    const bytes = stateOf(2_000_000, 4);
    await next.commit(commitOf(5, { state: { kind: 'replace', bytes } }), outputOf([]));
    await next.close();
    const last = await open();
    expect(same(last.checkpoint?.state, [bytes])).toBe(true);
    await last.close();
  });

  it('comes back after many epochs, of which only the last records count', async () => {
    const owner = await open();
    const part = (epoch: number) => Buffer.from(`state of epoch ${epoch}`);
    for (let epoch = 1; epoch <= 120; epoch++)
      await owner.commit(
        commitOf(epoch, { state: { kind: 'append', bytes: part(epoch), keep: 3 } }),
        outputOf([rowNamed(`row ${epoch}`)]),
      );
    await owner.close();
    const next = await open();
    expect(next.checkpoint?.epoch).toBe(120);
    expect(same(next.checkpoint?.state, [part(118), part(119), part(120)])).toBe(true);
    await next.close();
    const [, records = []] = await recordsOf(trial.log, 'plays.checkpoints');
    const left = new Map(records.map(({ key, value }) => [key, value.length]));
    const alive = [...left].filter(([, length]) => length > 0).map(([key]) => key);
    // What compaction keeps.
    expect(alive.sort()).toEqual([
      'checkpoint',
      'owner',
      'state/118/0',
      'state/119/0',
      'state/120/0',
    ]);
  });

  it('is in a topic that compaction keeps small, and so is a partition that was added', async () => {
    const owner = await open();
    await owner.close();
    const added = await kafkaSink(trial.topic).open({
      ...task,
      partition: 4,
      partitions: 5,
    });
    await added.commit(commitOf(1), outputOf([]));
    await added.close();
    const admin = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const name = trial.inKafka('plays.checkpoints');
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name, configNames: ['cleanup.policy', 'segment.bytes'] }],
    });
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    await admin.disconnect();
    const config = Object.fromEntries(
      (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [
        configName,
        configValue,
      ]),
    );
    expect(config).toEqual({ 'cleanup.policy': 'compact', 'segment.bytes': '8388608' });
    expect(topics[0]?.partitions.length).toBe(5);
  });

  it('is refused in a topic that forgets it', async () => {
    const name = 'plays.checkpoints';
    await trial.log.createTopic(name, { partitions: 2 });
    await expect(open()).rejects.toThrow('cleanup.policy delete: set it to compact');
  });
});

import { rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { Play, type Result, troubledPipeline, troubledPlays } from '@streamify/test-kit/plays';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { avroEncoder } from '../codec/avro-codec.ts';
import { defineEvent } from '../codec/define-event.ts';
import { LogCorruptedError, TopicRecreatedError } from '../contract/errors.ts';
import { JOB, undisturbed } from '../fixtures/delivered.ts';
import { deliveredFiles, publishPlays } from '../fixtures/troubled-folder.ts';
import { run } from '../job/run.ts';
import { fileLog } from '../log/file/file-log.ts';
import { fileSink } from '../sink/file/file-sink.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';

const fault = 'log truncated, or shorter than the checkpoint';
const plays = troubledPlays(400);

let expected: readonly string[];
let dir: string;
beforeAll(async () => {
  expected = await undisturbed(plays);
});
beforeEach(async () => {
  dir = await temporaryFolder();
  await publishPlays(dir, plays);
});

/** Runs the job, up to the end of the log or for some commits. */
async function deliver({ commits = Number.POSITIVE_INFINITY, complete = false } = {}) {
  const stop = new AbortController();
  let left = commits;
  const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
  try {
    await run({
      name: JOB,
      from: log.topic('plays', Play),
      through: troubledPipeline,
      into: fileSink<Result>({ dir: join(dir, 'out') }),
      atEnd: complete ? 'complete' : 'stop',
      epoch: { maxRecords: 40 },
      signal: stop.signal,
      onCommit: () => {
        if (--left <= 0) stop.abort();
      },
    });
  } finally {
    await log.close();
  }
}

const outcome = async () => ({
  events: plays.length,
  expected,
  actual: await deliveredFiles(dir),
});

describe('a job whose log is not what it was', () => {
  it('says so when the log is shorter than its checkpoint, and goes on with the right one', async ({
    task,
  }) => {
    await deliver({ commits: 4 });
    const before = await deliveredFiles(dir);
    await rename(join(dir, 'log'), join(dir, 'whole'));
    await publishPlays(dir, plays.slice(0, 50));
    const error = await deliver().catch((cause: unknown) => cause);
    // Another log of the same name has topics of its own.
    expect(error).toBeInstanceOf(TopicRecreatedError);
    expect(await deliveredFiles(dir)).toEqual(before);
    await rm(join(dir, 'log'), { recursive: true });
    await rename(join(dir, 'whole'), join(dir, 'log'));
    await deliver({ complete: true });
    expectUnharmed(task, fault, await outcome());
  });

  it('says so when the log was cut off, and leaves what it has delivered', async ({ task }) => {
    await deliver({ commits: 4 });
    const before = await deliveredFiles(dir);
    const segment = join(dir, 'log/topics/plays/0/00000000000000000000.log');
    await truncate(segment, 1_000);
    const error = await deliver().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LogCorruptedError);
    expect(error).toMatchObject({ message: expect.stringContaining(segment) });
    const actual = await deliveredFiles(dir);
    expectUnharmed(task, fault, { events: plays.length, expected: before, actual });
  });

  it('would deliver too little if a shorter log went unnoticed', async ({ task }) => {
    await rm(join(dir, 'log'), { recursive: true });
    await publishPlays(dir, plays.slice(0, 50));
    await deliver({ complete: true });
    expectHarmed(task, fault, 'a shorter log from the start', await outcome());
  });
});

describe('records of a schema that cannot be read', () => {
  const Incompatible = defineEvent(
    {
      type: 'record',
      name: 'Play',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'listener', type: 'string' },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      ],
    },
    { time: 'at', key: 'listener' },
  );
  const strangers = Array.from({ length: 70 }, (_, i) => ({
    id: `play ${i}`,
    listener: 'u1',
    at: i,
  }));

  it('are dead letters, each counted, and change nothing else', async ({ task }) => {
    const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
    // Under another subject, as who writes past the registry's check.
    const id = await log.registry.register('strangers', Incompatible.schema);
    const { encode } = avroEncoder(Incompatible, id);
    const records = strangers.map((each) => ({ key: each.listener, value: encode(each) }));
    await log.publish('plays', records);
    await log.close();
    await deliver({ complete: true });
    const lines = await deliveredFiles(dir);
    const unreadable = lines.filter((line) => /written with schema \d+: /.test(line));
    const counted = (name: string, more: number) => {
      const line = expected.find((each) => each.startsWith(`count of ${name} is `)) ?? '';
      return `count of ${name} is ${Number(line.split(' ').at(-1)) + more}`;
    };
    expect(new Set(unreadable).size).toBe(strangers.length);
    expectUnharmed(task, 'incompatible schema', {
      events: plays.length + strangers.length,
      expected: [
        ...expected.filter((line) => !/^count of (in|dead) /.test(line)),
        counted('in', strangers.length),
        counted('dead', strangers.length),
      ],
      actual: lines.filter((line) => !unreadable.includes(line)),
    });
  });
});

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  defineEvent,
  type EventValue,
  logSink,
  memoryLog,
  OptionError,
  run,
  type StreamEvent,
  tumblingWindow,
} from '@streamify/core';
import { emptyOutput } from '@streamify/core/testing';
import { temporaryFolder } from '@streamify/test-kit';
import { map, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReader } from './reader.ts';
import { type DuckDBWarehouse, openWarehouse } from './warehouse.ts';

const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'playedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'listener', type: 'string' },
      { name: 'song', type: ['null', 'string'], default: null },
      { name: 'tags', type: { type: 'array', items: 'string' } },
    ],
  },
  { time: 'playedAt', key: 'listener' },
);
const play = (listener: string, song: string | null = 'Blue', playedAt = 1_000) => ({
  playedAt,
  listener,
  song,
  tags: ['a', '"b"'],
});

let dir: string;
let warehouse: DuckDBWarehouse;
beforeEach(async () => {
  dir = await temporaryFolder();
  warehouse = await openWarehouse({ path: join(dir, 'raw.duckdb') });
});
afterEach(() => warehouse.close());

/** Runs a job over these plays to the end of their log. */
async function land(plays: readonly ReturnType<typeof play>[], table: string, upsert?: string[]) {
  const log = memoryLog({ now: () => 2_000 });
  await log.createTopic('plays', { partitions: 1 });
  const from = log.topic('plays', Play);
  await from.publish(plays);
  const into = warehouse.table(table, Play.schema, upsert ? { upsert } : {});
  await run({ name: `land ${table}`, from, through: (plays$) => plays$, into, atEnd: 'stop' });
}

describe('a DuckDB warehouse', () => {
  it.each([
    ['.', 'cannot open the database .: Is a directory'],
    ['text', 'cannot open the database .: it is not a valid DuckDB database file!'],
    ['text/raw.duckdb', 'cannot make the folder of .: something else is there'],
    ['a\0b', 'the path of a warehouse has a zero character: '],
  ])('says of a path that is no database what it is: %j', async (name, message) => {
    await writeFile(join(dir, 'text'), 'no database '.repeat(1_000));
    const path = join(dir, name);
    const failure = await openWarehouse({ path }).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(OptionError);
    expect(String(failure).replace(path, '.')).toContain(message);
  });

  it('says of a setting that DuckDB does not know which it is', async () => {
    const opened = openWarehouse({ path: join(dir, 'other.duckdb'), config: { memory: '1GB' } });
    await expect(opened).rejects.toThrow('The following options were not recognized: memory');
  });

  it('makes a table from the schema, with the place in the log behind its columns', async () => {
    await land([play('ann')], 'plays');
    const [row] = await warehouse.query('select * exclude (_ingested_at) from plays');
    expect(row).toEqual({
      played_at: new Date(1_000),
      listener: 'ann',
      song: 'Blue',
      tags: '["a","\\"b\\""]',
      _topic: 'plays',
      _partition: 0,
      _offset: 0n,
    });
  });

  it('replaces rows by key where it is asked to, the last of an epoch winning', async () => {
    await land([play('ann', 'Blue'), play('ben', 'Red'), play('ann', 'Green')], 'latest', [
      'listener',
    ]);
    expect(await warehouse.query('select listener, song from latest order by all')).toEqual([
      { listener: 'ann', song: 'Green' },
      { listener: 'ben', song: 'Red' },
    ]);
    const sink = warehouse.table('latest', Play.schema, { upsert: ['listener'] });
    const task = await sink.open({ job: 'another', partition: 0 });
    const cause = { topic: 'plays', partition: 0, offset: 9 };
    await task.commit(
      {
        epoch: 1,
        next: { plays: 10 },
        topicIds: {},
        pipeline: '',
        state: undefined,
        watermark: 1_000,
      },
      { ...emptyOutput, rows: [play('ben', null)], causes: [cause] },
    );
    expect(await warehouse.query('select listener, song from latest order by all')).toEqual([
      { listener: 'ann', song: 'Green' },
      { listener: 'ben', song: null },
    ]);
  });

  it('takes names with quotes and spaces, and runs nothing that they say', async () => {
    const name = 'pl"ays; drop table x; --';
    await land([play('ann')], name);
    const [row] = await warehouse.query(
      'select count(*)::integer as n from "pl""ays; drop table x; --"',
    );
    expect(row).toEqual({ n: 1 });
  });

  it('adds the nullable columns that an older table lacks, and refuses other differences', async () => {
    await warehouse.query(
      `create table plays (played_at timestamp not null, listener varchar not null, tags json not null,
       _topic varchar, _partition integer, _offset bigint, _ingested_at timestamp)`,
    );
    await expect(land([play('ann')], 'plays')).resolves.toBeUndefined();
    await warehouse.query('create table other (played_at varchar)');
    await expect(land([play('ann')], 'other')).rejects.toThrow(
      /table other has column played_at of type varchar, and its schema gives timestamp/,
    );
  });

  it('refuses a table that wants a value where the schema gives none, before anything lands', async () => {
    await land([play('ann')], 'plays');
    await warehouse.query('alter table plays add column gone varchar');
    await warehouse.query("update plays set gone = 'x'");
    await warehouse.query('alter table plays alter column gone set not null');
    const open = () => warehouse.table('plays', Play.schema).open({ job: 'later', partition: 0 });
    await expect(open()).rejects.toThrow(
      'table plays has column gone, which must not be null, and its schema gives none: run `alter table "plays" alter column "gone" drop not null` to keep what it holds, drop the column, or put the field back',
    );
    await warehouse.query('alter table "plays" alter column "gone" drop not null');
    const cause = { topic: 'plays', partition: 0, offset: 9 };
    await (await open()).commit(
      {
        epoch: 1,
        next: { plays: 10 },
        pipeline: '',
        topicIds: {},
        state: undefined,
        watermark: 1_000,
      },
      { ...emptyOutput, rows: [play('ben')], causes: [cause] },
    );
    expect(await warehouse.query('select listener, gone from plays order by all')).toEqual([
      { listener: 'ann', gone: 'x' },
      { listener: 'ben', gone: null },
    ]);
    await warehouse.query('alter table plays alter column song set not null');
    await expect(open()).rejects.toThrow(
      'column song of table plays must not be null, and its schema lets it be: run `alter table "plays" alter column "song" drop not null`, or make the field required again',
    );
  });

  it('refuses a second opening of its file in the same process', async () => {
    await expect(openWarehouse({ path: join(dir, 'raw.duckdb') })).rejects.toThrow(
      /open in this process already/,
    );
  });

  it.each(['a?b', "o'x #%;*[b] \u00e9"])(
    'below %j it commits, or refuses the path',
    async (name) => {
      const path = join(dir, name, 'raw.duckdb');
      if (name.includes('?'))
        return await expect(openWarehouse({ path })).rejects.toThrow(
          `the path of a warehouse is ${JSON.stringify(path)}: DuckDB cannot write below a name with a question mark, choose another`,
        );
      const other = await openWarehouse({ path });
      await other.close();
      const reader = await openReader({ path });
      expect(await reader.query('select count(*)::int as n from _streamify.counts')).toEqual([
        { n: 0 },
      ]);
      reader.close();
    },
  );

  it('refuses an upsert by a column that is not in the schema', () => {
    expect(() => warehouse.table('plays', Play.schema, { upsert: ['nobody'] })).toThrow(
      /upsert of table plays needs columns of it, got nobody/,
    );
  });

  it('takes 64-bit ids from a topic into windows, another topic and a table, over restarts', async () => {
    const Sale = defineEvent(
      {
        type: 'record',
        name: 'Sale',
        fields: [
          { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
          { name: 'id', type: 'long' },
        ],
      },
      { time: 'at', key: 'id', longs: 'bigint' },
    );
    type Sale = EventValue<typeof Sale>;
    const log = memoryLog({ now: () => 2_000 });
    await log.createTopic('sales', { partitions: 1 });
    await log.createTopic('sums', { partitions: 1 });
    const [sales, sums] = [log.topic('sales', Sale), log.topic('sums', Sale)];
    const [one, two] = [2n ** 53n + 1n, -(2n ** 63n)];
    const windows = tumblingWindow<Sale, bigint, bigint>(
      { zero: 0n, add: (n, { value }) => n + value.id },
      { size: 1_000, by: ({ value }) => value.id },
    );
    const sumsOf = (sales$: Observable<StreamEvent<Sale>>) =>
      sales$.pipe(
        windows,
        map(({ end, result }) => ({ at: end * 1_000, id: result })),
      );
    const job = { name: 'sums', from: sales, through: sumsOf, into: logSink(sums) };
    const at = 500_999;
    await sales.publish([
      { at, id: one },
      { at, id: two },
    ]);
    await run({ ...job, atEnd: 'stop' });
    await sales.publish([{ at, id: one }]);
    await run({ ...job, atEnd: 'complete' });
    const into = warehouse.table('sums', Sale.schema, { upsert: ['id'] });
    await run({ name: 'land', from: sums, through: (sums$) => sums$, into, atEnd: 'stop' });
    const found = await warehouse.query('select id, epoch_us("at") as "at" from sums order by id');
    expect(found).toEqual([
      { id: two, at: 1_000_000n },
      { id: 2n * one, at: 1_000_000n },
    ]);
  });

  it('says the name of the column that an upsert means by a field', () => {
    expect(() => warehouse.table('plays', Play.schema, { upsert: ['playedAt'] })).toThrow(
      new OptionError(
        'upsert of table plays needs columns of it, got playedAt: columns are called in snake case, and this one is played_at',
      ),
    );
    expect(() => warehouse.table('plays', Play.schema, { upsert: ['nobody'] })).toThrow(
      /got nobody: it has played_at, listener, song, tags$/,
    );
  });

  it('is in memory where its path says so, each one a database of its own', async () => {
    const [one, other] = [
      await openWarehouse({ path: ':memory:' }),
      await openWarehouse({ path: ':memory:' }),
    ];
    await one.query('create table t (n integer)');
    await expect(other.query('from t')).rejects.toThrow(/does not exist/);
    expect([one.path, existsSync(':memory:')]).toEqual([':memory:', false]);
    await one.close();
    await other.close();
  });

  it('keeps what it committed when it is opened again', async () => {
    await land([play('ann')], 'plays');
    await warehouse.close();
    warehouse = await openWarehouse({ path: join(dir, 'raw.duckdb') });
    expect(await warehouse.query('select listener from plays')).toEqual([{ listener: 'ann' }]);
  });

  it('forgets parts of saved state that an epoch says are no longer needed', async () => {
    const sink = warehouse.table('plays', Play.schema);
    const owner = await sink.open({ job: 'job', partition: 0 });
    const partsAfter = async (epoch: number, keep?: number) => {
      const bytes = Uint8Array.of(epoch);
      const state = { kind: 'append', bytes, ...(keep !== undefined && { keep }) } as const;
      await owner.commit(
        { epoch, next: { plays: epoch }, topicIds: {}, watermark: 0, pipeline: '', state },
        emptyOutput,
      );
      const stored = await warehouse.query('select bytes from _streamify.state order by epoch');
      return stored.map((row) => [...(row['bytes'] as Uint8Array)]);
    };
    for (const epoch of [1, 2, 3]) await partsAfter(epoch);
    expect(await partsAfter(4, 2)).toEqual([[3], [4]]);
    expect(await partsAfter(5, 9)).toEqual([[3], [4], [5]]);
    expect(await partsAfter(6, 1)).toEqual([[6]]);
  });

  it('is readable beside another database once it is closed', async () => {
    await land([play('ann')], 'plays');
    await warehouse.close();
    const other = await DuckDBInstance.create(join(dir, 'other.duckdb'));
    other.closeSync();
    const reader = await openReader({
      path: join(dir, 'other.duckdb'),
      attach: { raw: join(dir, 'raw.duckdb') },
    });
    expect(await reader.query('select listener from raw.plays')).toEqual([{ listener: 'ann' }]);
    await expect(reader.query('create table raw.x (a int)')).rejects.toThrow(/read-only/);
    reader.close();
    await expect(openReader({ path: join(dir, 'missing.duckdb') })).rejects.toThrow(/no database/);
  });

  it('dead-letters a row that the table could not store, and lands the rest', async () => {
    const log = memoryLog({ now: () => 2_000 });
    await log.createTopic('plays', { partitions: 1 });
    const from = log.topic('plays', Play);
    await from.publish([play('ann'), play('ben')]);
    const spoil = (event: StreamEvent<EventValue<typeof Play>>) =>
      event.value.listener === 'ben'
        ? { ...event, value: { ...event.value, listener: null as unknown as string } }
        : event;
    await run({
      name: 'spoil',
      from,
      through: (plays$) => plays$.pipe(map(spoil)),
      into: warehouse.table('plays', Play.schema),
      atEnd: 'stop',
    });
    expect(await warehouse.query('select listener from plays')).toEqual([{ listener: 'ann' }]);
    expect(
      await warehouse.query('select operator, reason, "offset" from _streamify.dead_letters'),
    ).toEqual([
      { operator: 'sink', reason: 'listener is null, which the table does not allow', offset: 1n },
    ]);
  });
});

import type { DuckDBConnection } from '@duckdb/node-api';
import { FencedError, TableMismatchError } from '@streamify/core';
import {
  addCounts,
  type Checkpoint,
  type EpochCommit,
  type EpochOutput,
  jsonText,
  type SideElement,
  type TaskId,
} from '@streamify/core/adapter';
import { append } from './append.ts';
import { timestamp } from './timestamp.ts';

/** Version of the tables below. A later version must read this one. */
const FORMAT = 3;

/** The tables that account for what a task did, beside the rows it accounts for. */
const tables = `
create schema if not exists _streamify;
create table if not exists _streamify.format as select ${FORMAT}::integer as version;
create table if not exists _streamify.checkpoints (
  job varchar not null, partition integer not null, owner varchar not null, epoch bigint not null,
  next varchar not null, topic_ids varchar not null, pipeline varchar not null, counts json not null
);
create table if not exists _streamify.state (
  job varchar not null, partition integer not null, epoch bigint not null, bytes blob not null
);
create table if not exists _streamify.dead_letters (
  job varchar not null, id varchar not null, topic varchar not null, partition integer not null, "offset" bigint not null,
  key varchar not null, raw blob not null, headers json not null, schema_id integer, logged_at timestamp not null,
  operator varchar not null, result json, result_value blob, reason varchar not null, stack varchar,
  ingested_at timestamp not null, redriven_at timestamp
);
create table if not exists _streamify.side_outputs (
  job varchar not null, output varchar not null, topic varchar not null, partition integer not null,
  "offset" bigint not null, element json not null, ingested_at timestamp not null
);
create or replace view _streamify.counts as
select job, key as name, sum(value::bigint)::bigint as n
from _streamify.checkpoints, json_each(counts)
group by all;
`;

/**
 * Creates the tables that are missing.
 *
 * @throws TableMismatchError when another release made them.
 */
export async function createLedger(connection: DuckDBConnection): Promise<void> {
  const found = await select(
    connection,
    "select table_name from duckdb_tables() where schema_name = '_streamify' and database_name = current_database()",
    {},
  );
  const names = found.map(([name]) => name);
  if (names.length > 0) {
    const [row] = names.includes('format')
      ? await select(connection, 'select version from _streamify.format', {})
      : [[1]];
    if (row?.[0] !== FORMAT)
      throw new TableMismatchError(
        `the tables of schema _streamify have version ${row?.[0]}, and this release reads ${FORMAT}: run the release that wrote them, or start with a new file`,
      );
  }
  await connection.run(tables);
}

/** Makes `owner` the owner of a task, and reads where the task got to. Call it inside a transaction. */
export async function takeOver(
  connection: DuckDBConnection,
  { job, partition }: TaskId,
  owner: string,
): Promise<Checkpoint | undefined> {
  const taken = await connection.run(
    'update _streamify.checkpoints set owner = $owner where job = $job and partition = $partition',
    { owner, job, partition },
  );
  if (taken.rowsChanged === 0) {
    await connection.run(
      `insert into _streamify.checkpoints values ($job, $partition, $owner, 0, '{}', '{}', '', '{}')`,
      { job, partition, owner },
    );
    return undefined;
  }
  const [row] = await select(
    connection,
    'select epoch, next, topic_ids, pipeline from _streamify.checkpoints where job = $job and partition = $partition',
    { job, partition },
  );
  const [epoch, next, topicIds, pipeline] = row as [bigint, string, string, string];
  if (epoch === 0n) return undefined;
  const state = await select(
    connection,
    'select bytes from _streamify.state where job = $job and partition = $partition order by epoch',
    { job, partition },
  );
  return {
    epoch: Number(epoch),
    next: JSON.parse(next) as Record<string, number>,
    topicIds: JSON.parse(topicIds) as Record<string, string>,
    pipeline,
    state: state.map(([blob]) => (blob as { bytes: Uint8Array }).bytes),
  };
}

/** Whether the commit of this epoch by this owner is the last that happened. */
export async function isCommitted(
  connection: DuckDBConnection,
  { job, partition }: TaskId,
  { owner, epoch }: { readonly owner: string; readonly epoch: number },
): Promise<boolean> {
  const rows = await select(
    connection,
    `select 1 from _streamify.checkpoints
     where job = $job and partition = $partition and owner = $owner and epoch = $epoch`,
    { job, partition, owner, epoch },
  );
  return rows.length === 1;
}

/**
 * Moves a task's checkpoint on by one epoch: a compare-and-set on owner and epoch. Call it inside
 * the transaction that writes the rows.
 *
 * @throws FencedError when the task has another owner or epoch.
 */
export async function advance(
  connection: DuckDBConnection,
  { job, partition }: TaskId,
  owner: string,
  { epoch, next, topicIds, pipeline, state }: EpochCommit,
  counts: EpochOutput<unknown>['counts'],
): Promise<void> {
  const task = { job, partition };
  const [before] = await select(
    connection,
    'select owner, epoch, counts from _streamify.checkpoints where job = $job and partition = $partition',
    task,
  );
  const [storedOwner, storedEpoch, storedCounts] = (before ?? ['nobody', 0n, '{}']) as [
    string,
    bigint,
    string,
  ];
  if (storedOwner !== owner || Number(storedEpoch) !== epoch - 1)
    throw new FencedError(
      `task ${job}/${partition} is at epoch ${storedEpoch} of ${storedOwner}; epoch ${epoch} of ${owner} came too late`,
    );
  const sums = JSON.parse(storedCounts) as Record<string, number>;
  addCounts(sums, counts);
  await connection.run(
    `update _streamify.checkpoints set epoch = $epoch, next = $next, topic_ids = $topicIds, pipeline = $pipeline,
       counts = $counts
     where job = $job and partition = $partition`,
    {
      ...task,
      epoch,
      next: JSON.stringify(next),
      topicIds: JSON.stringify(topicIds),
      pipeline,
      counts: JSON.stringify(sums),
    },
  );
  if (state?.kind === 'replace')
    await connection.run(
      'delete from _streamify.state where job = $job and partition = $partition',
      task,
    );
  if (!state) return;
  await append(connection, { schema: '_streamify', table: 'state' }, (appender) => {
    appender.appendVarchar(job);
    appender.appendInteger(partition);
    appender.appendBigInt(BigInt(epoch));
    appender.appendBlob(state.bytes);
    appender.endRow();
  });
  if (state.keep === undefined) return;
  await connection.run(
    `delete from _streamify.state where job = $job and partition = $partition and epoch not in (
       select epoch from _streamify.state where job = $job and partition = $partition
       order by epoch desc limit ${state.keep})`,
    task,
  );
}

/** Appends what an epoch keeps as JSON. Call it inside the transaction that writes the rows. */
export async function putAside(
  connection: DuckDBConnection,
  job: string,
  aside: readonly SideElement[],
  ingestedAt: number,
): Promise<void> {
  if (aside.length === 0) return;
  await append(connection, { schema: '_streamify', table: 'side_outputs' }, (elements) => {
    for (const { output, element, cause } of aside) {
      elements.appendVarchar(job);
      elements.appendVarchar(output);
      elements.appendVarchar(cause.topic);
      elements.appendInteger(cause.partition);
      elements.appendBigInt(BigInt(cause.offset));
      elements.appendVarchar(jsonText(element));
      elements.appendTimestamp(timestamp(ingestedAt));
      elements.endRow();
    }
  });
}

type Values = Readonly<Record<string, string | number>>;

async function select(
  connection: DuckDBConnection,
  sql: string,
  values: Values,
): Promise<unknown[][]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRows();
}

import { FencedError, TableMismatchError } from '@streamify/core';
import {
  type Checkpoint,
  type EpochCommit,
  jsonText,
  type SideElement,
  type StateChange,
  type TaskId,
} from '@streamify/core/adapter';
import { textOf } from './column-storage.ts';
import { WarehouseError } from './errors.ts';
import { insertRows, type WrittenColumn } from './insert-rows.ts';
import type { Session } from './session.ts';

/** Version of the tables below. A later version must read this one. */
const FORMAT = 1;

/** Bytes of one part of a state; Snowflake's BINARY takes 8 MB. */
const mostStateBytes = 2 * 1024 * 1024;

/** The tables that account for what a task did, in the schema of the rows it accounts for. */
const tables = [
  `create table if not exists "_STREAMIFY_CHECKPOINTS" (
    "JOB" varchar not null, "PARTITION" number(38,0) not null, "OWNER" varchar not null, "EPOCH" number(38,0) not null,
    "NEXT" varchar not null, "TOPIC_IDS" varchar not null, "PIPELINE" varchar not null, "COUNTS" varchar not null)`,
  `create table if not exists "_STREAMIFY_STATE" (
    "JOB" varchar not null, "PARTITION" number(38,0) not null, "EPOCH" number(38,0) not null,
    "PART" number(38,0) not null, "BYTES" binary not null)`,
  `create table if not exists "_STREAMIFY_DEAD_LETTERS" (
    "JOB" varchar not null, "ID" varchar not null, "TOPIC" varchar not null, "PARTITION" number(38,0) not null,
    "OFFSET" number(38,0) not null, "KEY" varchar not null, "RAW" binary not null, "HEADERS" varchar not null,
    "SCHEMA_ID" number(38,0), "LOGGED_AT" timestamp_ntz(9) not null, "OPERATOR" varchar not null, "RESULT" varchar,
    "RESULT_VALUE" binary, "REASON" varchar not null, "STACK" varchar, "INGESTED_AT" timestamp_ntz(9) not null,
    "REDRIVEN_AT" timestamp_ntz(9))`,
  `create table if not exists "_STREAMIFY_SIDE_OUTPUTS" (
    "JOB" varchar not null, "OUTPUT" varchar not null, "TOPIC" varchar not null, "PARTITION" number(38,0) not null,
    "OFFSET" number(38,0) not null, "ELEMENT" variant not null, "INGESTED_AT" timestamp_ntz(9) not null)`,
];

/**
 * Creates the tables that are missing.
 *
 * @throws TableMismatchError when another release made them.
 */
export async function createLedger(session: Session): Promise<void> {
  await session.run(
    'create table if not exists "_STREAMIFY_FORMAT" ("VERSION" number(38,0) not null)',
  );
  const { rows } = await session.run('select max("VERSION") as "VERSION" from "_STREAMIFY_FORMAT"');
  const version = rows[0]?.['VERSION'] ?? null;
  if (version === null) await session.run(`insert into "_STREAMIFY_FORMAT" values (${FORMAT})`);
  else if (Number(version) !== FORMAT)
    throw new TableMismatchError(
      `the tables _STREAMIFY_… have version ${version}, and this release reads ${FORMAT}: run the release that wrote them, or use another schema`,
    );
  for (const table of tables) await session.run(table);
}

/** Where a task stands: whose it is, and at which epoch. */
export interface Standing {
  readonly owner: string;
  readonly epoch: number;
}

/** A task that has been taken over. */
export interface Taken {
  readonly checkpoint: Checkpoint | undefined;
  readonly counts: Readonly<Record<string, number>>;
  /** The epochs whose state counts. */
  readonly stateEpochs: readonly number[];
}

const ofTask = 'where "JOB" = ? and "PARTITION" = ?';

/** Makes `owner` the owner of a task, and reads where the task got to. Call it inside a transaction. */
export async function takeOver(
  session: Session,
  { job, partition }: TaskId,
  owner: string,
): Promise<Taken> {
  if (!(await takeExisting(session, { job, partition }, owner))) {
    // One first owner at a time: its lock makes another wait until the row is there.
    await session.run('update "_STREAMIFY_FORMAT" set "VERSION" = "VERSION"');
    if (!(await takeExisting(session, { job, partition }, owner)))
      await session.run(
        `insert into "_STREAMIFY_CHECKPOINTS" select ?, ?, ?, 0, '{}', '{}', '', '{}'`,
        [job, partition, owner],
      );
  }
  const { rows } = await session.run(
    `select "EPOCH", "NEXT", "TOPIC_IDS", "PIPELINE", "COUNTS" from "_STREAMIFY_CHECKPOINTS" ${ofTask}`,
    [job, partition],
  );
  const [row] = rows;
  if (!row || rows.length !== 1)
    throw new WarehouseError(
      `task ${job}/${partition} has ${rows.length} rows in _STREAMIFY_CHECKPOINTS, where one belongs: two may have been made at once, delete all but the one that has got furthest`,
    );
  const epoch = Number(row['EPOCH']);
  const counts = JSON.parse(String(row['COUNTS'])) as Record<string, number>;
  if (epoch === 0) return { checkpoint: undefined, counts, stateEpochs: [] };
  const parts = await readState(session, { job, partition });
  return {
    checkpoint: {
      epoch,
      next: JSON.parse(String(row['NEXT'])) as Record<string, number>,
      topicIds: JSON.parse(String(row['TOPIC_IDS'])) as Record<string, string>,
      pipeline: String(row['PIPELINE']),
      state: [...parts.values()],
    },
    counts,
    stateEpochs: [...parts.keys()],
  };
}

/** Takes a task that somebody has opened before; tells whether somebody has. */
async function takeExisting(
  session: Session,
  { job, partition }: TaskId,
  owner: string,
): Promise<boolean> {
  const sql = `update "_STREAMIFY_CHECKPOINTS" set "OWNER" = ? ${ofTask}`;
  return (await session.run(sql, [owner, job, partition])).changed > 0;
}

/** The parts of a task's state by epoch, oldest first. */
async function readState(
  session: Session,
  { job, partition }: TaskId,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const { rows } = await session.run(
    `select "EPOCH", base64_encode("BYTES") as "BYTES" from "_STREAMIFY_STATE" ${ofTask} order by "EPOCH", "PART"`,
    [job, partition],
  );
  const pieces = new Map<number, Buffer[]>();
  for (const row of rows) {
    const epoch = Number(row['EPOCH']);
    const piece = Buffer.from(String(row['BYTES'] ?? ''), 'base64');
    pieces.set(epoch, [...(pieces.get(epoch) ?? []), piece]);
  }
  return new Map([...pieces].map(([epoch, list]) => [epoch, Buffer.concat(list)]));
}

/** Reads whose a task is, and where it stands; `undefined` when nobody has opened it. */
export async function readStanding(
  session: Session,
  { job, partition }: TaskId,
): Promise<Standing | undefined> {
  const { rows } = await session.run(
    `select "OWNER", "EPOCH" from "_STREAMIFY_CHECKPOINTS" ${ofTask}`,
    [job, partition],
  );
  const [row] = rows;
  return row && { owner: String(row['OWNER']), epoch: Number(row['EPOCH']) };
}

/**
 * Moves a task's checkpoint on by one epoch: a compare-and-set on owner and epoch. It is the last statement of
 * the transaction that writes the rows, since it locks the table of checkpoints.
 *
 * @throws FencedError when the task has another owner or epoch.
 */
export async function advance(
  session: Session,
  { job, partition }: TaskId,
  owner: string,
  { epoch, next, topicIds, pipeline }: EpochCommit,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  const { changed } = await session.run(
    `update "_STREAMIFY_CHECKPOINTS" set "EPOCH" = ?, "NEXT" = ?, "TOPIC_IDS" = ?, "PIPELINE" = ?, "COUNTS" = ?
     ${ofTask} and "OWNER" = ? and "EPOCH" = ?`,
    [
      epoch,
      JSON.stringify(next),
      JSON.stringify(topicIds),
      pipeline,
      JSON.stringify(counts),
      job,
      partition,
      owner,
      epoch - 1,
    ],
  );
  if (changed !== 1) throw fenced({ job, partition }, epoch, owner);
}

/** Makes the error of an owner who has been replaced, or whose epoch is not the next one. */
export function fenced(
  { job, partition }: TaskId,
  epoch: number,
  owner: string,
  found?: Standing,
): FencedError {
  const where = found ? `is at epoch ${found.epoch} of ${found.owner}` : 'has gone on';
  return new FencedError(
    `task ${job}/${partition} ${where}; epoch ${epoch} of ${owner} came too late`,
  );
}

const stateColumns: readonly WrittenColumn[] = [
  { name: 'JOB', type: 'string' },
  { name: 'PARTITION', type: 'int' },
  { name: 'EPOCH', type: 'long' },
  { name: 'PART', type: 'int' },
  { name: 'BYTES', type: 'bytes' },
];

/** Saves the state of an epoch, and forgets what counts no longer. Call it inside the transaction that writes the rows. */
export async function saveState(
  session: Session,
  { job, partition }: TaskId,
  { epoch, state }: { readonly epoch: number; readonly state: StateChange | undefined },
  kept: readonly number[],
): Promise<void> {
  if (!state) return;
  const oldest = kept[0] ?? epoch;
  await session.run(`delete from "_STREAMIFY_STATE" ${ofTask} and "EPOCH" < ?`, [
    job,
    partition,
    oldest,
  ]);
  const { bytes } = state;
  const parts = Math.max(1, Math.ceil(bytes.length / mostStateBytes));
  const rows = Array.from({ length: parts }, (_, part) => [
    job,
    String(partition),
    String(epoch),
    String(part),
    textOf({ type: 'bytes' }, bytes.subarray(part * mostStateBytes, (part + 1) * mostStateBytes)),
  ]);
  await insertRows(session, '_STREAMIFY_STATE', stateColumns, rows);
}

const sideColumns: readonly WrittenColumn[] = [
  { name: 'JOB', type: 'string' },
  { name: 'OUTPUT', type: 'string' },
  { name: 'TOPIC', type: 'string' },
  { name: 'PARTITION', type: 'int' },
  { name: 'OFFSET', type: 'long' },
  { name: 'ELEMENT', type: 'json' },
  { name: 'INGESTED_AT', type: 'timestamp-millis' },
];

/** Appends what an epoch keeps as JSON. Call it inside the transaction that writes the rows. */
export async function putAside(
  session: Session,
  job: string,
  aside: readonly SideElement[],
  ingestedAt: number,
): Promise<void> {
  const at = textOf({ type: 'timestamp-millis' }, ingestedAt);
  const rows = aside.map(({ output, element, cause }) => [
    job,
    output,
    cause.topic,
    String(cause.partition),
    String(cause.offset),
    jsonText(element),
    at,
  ]);
  await insertRows(session, '_STREAMIFY_SIDE_OUTPUTS', sideColumns, rows);
}

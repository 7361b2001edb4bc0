import {
  bundleWorker,
  type StartedWorker,
  temporaryFolder,
  type Worker,
} from '@streamify/test-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LogLockedError } from '../../contract/errors.ts';
import type { EventLog, LogRecord } from '../../contract/event-log.ts';
import { expectHarmed, expectUnharmed } from '../../testing/record-fault.ts';
import { fileLog } from './file-log.ts';
import type { FileLogJob, WorkerReport } from './file-log.worker.ts';

let worker: Worker<FileLogJob, WorkerReport>;
let dir: string;
beforeAll(async () => {
  worker = await bundleWorker(new URL('file-log.worker.ts', import.meta.url));
});
afterAll(() => worker.close());
beforeEach(async () => {
  dir = await temporaryFolder();
});
afterEach(() => worker.kill());

async function firstReport({ told }: StartedWorker<WorkerReport>) {
  for await (const report of told()) return report;
  return undefined;
}

const numberOf = ({ value }: LogRecord) => Number.parseInt(Buffer.from(value).toString(), 10);
const patience = { maxRecords: 10_000, maxBytes: 1e8 };

/** Reads a partition, as another process than the writer, until the signal aborts. */
async function follow(log: EventLog, partition: number, signal: AbortSignal) {
  const seen = new Map<number, number>();
  const reader = await log.reader('plays', partition);
  for (let from = 0; !signal.aborted; ) {
    const slice = await reader.poll({ ...patience, from, maxWait: 60_000, signal });
    for (const record of slice.records) seen.set(record.offset, numberOf(record));
    from = slice.next;
  }
  return seen;
}

async function readAll(log: EventLog, partition: number): Promise<LogRecord[]> {
  const reader = await log.reader('plays', partition);
  const { end } = await reader.bounds();
  const records: LogRecord[] = [];
  while (records.length < end)
    records.push(...(await reader.poll({ ...patience, from: records.length, maxWait: 0 })).records);
  return records;
}

/** Runs a publishing worker, follows what it publishes, and kills it after some acknowledgements. */
async function publishAndKill(task: FileLogJob['task'], acknowledgements: number, first: number) {
  const started = worker.start({ dir, task, first });
  const acknowledged: number[] = [];
  const stop = new AbortController();
  let followed: readonly Promise<Map<number, number>>[] = [];
  let follower: EventLog | undefined;
  let left = acknowledgements;
  for await (const report of started.told()) {
    if ('opened' in report) {
      const log = await fileLog({ dir, mode: 'read' });
      follower = log;
      followed = [0, 1].map((partition) => follow(log, partition, stop.signal));
    }
    if (!('acknowledged' in report)) continue;
    const [start, last] = report.acknowledged;
    for (let n = start; n <= last; n++) acknowledged.push(n);
    // What it had reported before it died still arrives, and counts.
    if (--left === 0) started.child.kill('SIGKILL');
  }
  await started.ended;
  stop.abort();
  const seen = await Promise.all(followed);
  await follower?.close();
  return { acknowledged, seen };
}

/** What is wrong with the log after writers were killed. */
async function problemsOf(acknowledged: readonly number[], seen: readonly Map<number, number>[]) {
  const problems: string[] = [];
  const log = await fileLog({ dir });
  const partitions = await Promise.all([readAll(log, 0), readAll(log, 1)]);
  await log.close();
  const times = new Map<number, number>();
  for (const record of partitions.flat()) {
    const number = numberOf(record);
    times.set(number, (times.get(number) ?? 0) + 1);
    if (record.key !== `listener ${number % 7}`) problems.push(`${number} has key ${record.key}`);
  }
  for (const n of acknowledged) if (!times.has(n)) problems.push(`${n} was acknowledged and lost`);
  for (const [n, count] of times) if (count > 1) problems.push(`${n} is there ${count} times`);
  for (const [partition, offsets] of seen.entries())
    for (const [offset, number] of offsets) {
      const record = partitions[partition]?.[offset];
      if (!record || numberOf(record) !== number)
        problems.push(`${number} was read at ${partition}/${offset} and is gone`);
    }
  return problems;
}

const fault = 'kill -9, file log';
const outcomeOf = (acknowledged: readonly number[], problems: readonly string[]) => {
  const right = `all of ${acknowledged.length}`;
  const actual = problems.length === 0 ? [right] : problems;
  return { events: acknowledged.length, expected: [right], actual };
};

describe('a writer that is killed while it publishes', () => {
  it('loses and repeats nothing that it acknowledged, and readers keep what they saw', async ({
    task,
  }) => {
    const acknowledged: number[] = [];
    let seenRecords = 0;
    for (let round = 0; round < 5; round++) {
      const kills = 1 + Math.floor(Math.random() * 40);
      const run = await publishAndKill('publish', kills, round * 1_000_000);
      acknowledged.push(...run.acknowledged);
      seenRecords += run.seen.reduce((sum, { size }) => sum + size, 0);
      const problems = await problemsOf(acknowledged, run.seen);
      expectUnharmed(task, fault, outcomeOf(acknowledged, problems));
    }
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(seenRecords).toBeGreaterThan(0);
  });

  it('would be caught if it acknowledged before it published', async ({ task }) => {
    const { acknowledged, seen } = await publishAndKill('publish-acknowledging-early', 10, 0);
    const problems = await problemsOf(acknowledged, seen);
    const lost = problems.filter((each) => each.endsWith('acknowledged and lost'));
    expect(lost).not.toEqual([]);
    const expected = acknowledged.map((n) => `${n} is there`);
    const actual = expected.slice(lost.length);
    const outcome = { events: acknowledged.length, expected, actual };
    expectHarmed(task, fault, 'acknowledged before it is published', outcome);
  });
});

describe('a writer that is killed while it makes and deletes a topic', () => {
  const killed = 'kill -9, deleting a topic';

  /** Runs a worker, kills it after some reports, and gives the last of them. */
  async function deleteAndKill(task: FileLogJob['task'], reports: number, first: number) {
    const started = worker.start({ dir, task, first });
    let last: WorkerReport | undefined;
    let left = reports;
    for await (const report of started.told()) {
      last = report;
      if (--left === 0) started.child.kill('SIGKILL');
    }
    await started.ended;
    return last;
  }

  /** What the topic is behind the last report, as far as it should not be. */
  async function problemsBehind(last: WorkerReport | undefined): Promise<string[]> {
    const log = await fileLog({ dir });
    const partitions = (await log.partitions('plays')) ?? 0;
    const each = Array.from({ length: partitions }, (_, partition) => readAll(log, partition));
    const numbers = (await Promise.all(each)).flat().map(numberOf);
    await log.close();
    if (partitions === 0) return [];
    if (partitions !== 8) return [`it has ${partitions} partitions`];
    if (last && 'made' in last)
      return numbers.length === 80 && numbers.every((n) => n === last.made)
        ? []
        : [`${numbers.length} of the 80 records are left`];
    const deleted = last && 'deleted' in last ? last.deleted : -1;
    return numbers.includes(deleted) ? [`records of ${deleted} are back`] : [];
  }

  it('leaves the topic whole or gone', async ({ task }) => {
    const seen = { made: 0, deleted: 0 };
    const problems: string[] = [];
    for (let round = 0; round < 12; round++) {
      const last = await deleteAndKill('delete', 1 + round, round * 1_000);
      seen[last && 'made' in last ? 'made' : 'deleted']++;
      problems.push(...(await problemsBehind(last)));
    }
    expect(Math.min(seen.made, seen.deleted)).toBeGreaterThan(0);
    const whole = ['whole or gone'];
    const actual = problems.length === 0 ? whole : problems;
    expectUnharmed(task, killed, { events: 12, expected: whole, actual });
  });

  it('would be caught if it deleted one file after another', async ({ task }) => {
    // The first report is that the topic is made.
    await deleteAndKill('delete-in-place', 3, 0);
    const failure = await problemsBehind(undefined).catch((error: Error) => [error.message]);
    const expected = ['whole or gone'];
    const actual = failure.length > 0 ? [] : expected;
    expectHarmed(task, killed, 'files removed one by one', { events: 1, expected, actual });
  });
});

describe('the right to write', () => {
  it('is refused while another process has it, with the id of that process', async () => {
    const holder = worker.start({ dir, task: 'hold' });
    expect(await firstReport(holder)).toEqual({ opened: true });
    const refusal = await fileLog({ dir }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LogLockedError);
    expect(refusal).toMatchObject({
      pid: holder.child.pid,
      message: expect.stringContaining(`process ${holder.child.pid} on`),
    });
  });

  it('goes to exactly one of several processes when its holder was killed', async () => {
    for (let round = 0; round < 3; round++) {
      const holder = worker.start({ dir, task: 'hold' });
      expect(await firstReport(holder)).toEqual({ opened: true });
      await holder.kill();
      const racing = Array.from({ length: 4 }, () => worker.start({ dir, task: 'hold' }));
      const reports = await Promise.all(racing.map(firstReport));
      const winners = racing.filter((_, i) => 'opened' in (reports[i] ?? {}));
      expect(winners.length).toBe(1);
      const refusals = reports.filter((report) => report && 'refusedBy' in report);
      expect(refusals).toEqual(new Array(3).fill({ refusedBy: winners[0]?.child.pid }));
      await Promise.all(racing.map((each) => each.kill()));
    }
  });
});

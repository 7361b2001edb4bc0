import { map, pipe, tap } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { avroEncoder } from '../codec/avro-codec.ts';
import { defineEvent } from '../codec/define-event.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { EventLog, NewRecord } from '../contract/event-log.ts';
import type { EventValue } from '../contract/event-type.ts';
import { run } from '../job/run.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import { seededRandom } from '../testing/seeded-random.ts';

const fault = 'poison: bytes, schema ids, a throwing map, a result, 20 MB';
const PLAYS = 2_000;
const LARGE = 20_000_000;

const fields = [
  { name: 'id', type: 'int' },
  { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'note', type: 'string' },
] as const;
const Play = defineEvent({ type: 'record', name: 'Play', fields }, { time: 'at', key: 'note' });
type Play = EventValue<typeof Play>;
type Result = WindowResult<number>;

const play = (id: number): Play => ({ id, at: id * 10, note: `note ${id % 5}` });
const isPoison = ({ id }: Play) => id % 100 === 50;
const isPoisonResult = ({ start, key }: Pick<Result, 'start' | 'key'>) =>
  start % 3_000 === 0 && key === 'note 2';

const count = tumblingWindow<Play, number>(
  { zero: 0, add: (n, { value }) => n + value.note.length },
  { size: 500 },
);
/** A user's pipeline, with a map that throws at some events, and one that throws at some results. */
const throwing = pipe(
  tap(({ value }: StreamEvent<Play>) => {
    if (isPoison(value)) throw new TypeError(`cannot digest ${value.id}`);
  }),
  count,
  map((result: Result) => {
    if (isPoisonResult(result)) throw new RangeError(`cannot show ${result.start}`);
    return result;
  }),
);

/** A topic of plays, with records among them that nobody can read; gives how many these are. */
async function spoiltLog(): Promise<{ log: EventLog; unreadable: NewRecord[]; records: number }> {
  const log = memoryLog({ now: () => 0 });
  await log.createTopic('plays', { partitions: 1 });
  const id = await log.registry.register('plays-value', Play.schema);
  const { encode } = avroEncoder(Play, id);
  const random = seededRandom(4);
  const bytes = (n: number) => Buffer.from(Array.from({ length: n }, () => random() * 256));
  const records: NewRecord[] = [];
  const unreadable: NewRecord[] = [];
  for (let i = 0; i < PLAYS; i++) {
    const value = play(i);
    records.push({ key: value.note, value: encode(value) });
    const spoilt = [
      // Without the magic byte, so that chance does not make an event of it.
      i % 50 === 7 ? Buffer.concat([Buffer.of(1), bytes(1 + (i % 60))]) : undefined,
      i % 90 === 3 ? Buffer.concat([Buffer.of(0, 0, 0, 99, i % 256), bytes(9)]) : undefined,
      i % 200 === 9 ? Buffer.from(encode(value)).subarray(0, -2) : undefined,
    ].filter((each) => each !== undefined);
    for (const value of spoilt) unreadable.push({ key: 'spoilt', value });
    for (const value of spoilt) records.push({ key: 'spoilt', value });
    if (i === PLAYS / 2) {
      const large = { ...play(i), note: 'x'.repeat(LARGE) };
      records.push({ key: 'large', value: encode(large) });
    }
  }
  await log.publish('plays', records);
  return { log, unreadable, records: records.length };
}

const rowLine = ({ key, start, result }: Result) =>
  `${key.length > 20 ? 'large' : key} at ${start}: ${result}`;

/** What is right, worked out without any stream. */
function expectedLines(unreadable: number, records: number): string[] {
  const sums = new Map<string, number>();
  const all = Array.from({ length: PLAYS }, (_, id) => play(id));
  const good = all.filter((each) => !isPoison(each));
  for (const { at, note } of good) {
    const window = `${note} at ${Math.floor(at / 500) * 500}`;
    sums.set(window, (sums.get(window) ?? 0) + note.length);
  }
  sums.set(`large at ${Math.floor((PLAYS * 5) / 500) * 500}`, LARGE);
  const rows = [...sums].filter(([window]) => {
    const [key = '', start] = window.split(' at ');
    return !isPoisonResult({ key, start: Number(start) });
  });
  const results = sums.size - rows.length;
  const dead = all.length - good.length + unreadable + results;
  return [
    ...rows.map(([window, n]) => `${window}: ${n}`),
    ...all.filter(isPoison).map(({ id }) => `dead: cannot digest ${id}`),
    `unreadable ${unreadable}`,
    `count of in is ${records}`,
    `count of out is ${rows.length}`,
    `count of dead is ${dead}`,
  ];
}

let spoilt: Awaited<ReturnType<typeof spoiltLog>>;
let expected: readonly string[];
beforeAll(async () => {
  spoilt = await spoiltLog();
  expected = expectedLines(spoilt.unreadable.length, spoilt.records);
});

/** Runs the job with a crash behind every few commits; gives what it delivered, a line each. */
async function deliver(onPoison: 'dead-letter' | 'fail') {
  const into = memorySink<Result>();
  for (let lives = 0; lives < 100; lives++) {
    let commits = 0;
    const end = await run({
      name: 'poison',
      from: spoilt.log.topic('plays', Play),
      through: throwing,
      into,
      atEnd: 'complete',
      epoch: { maxRecords: 100 },
      onPoison,
      onCommit() {
        if (++commits === 2) throw new Error('crash');
      },
    }).then(
      () => 'done',
      (cause: Error) => cause.message,
    );
    if (end !== 'crash') break;
  }
  const unreadable = into.dead.filter(({ operator }) => operator === 'decode');
  const lines = [
    ...into.rows.map(rowLine),
    ...into.dead.flatMap(({ reason, operator, result }) =>
      operator === 'decode' || result ? [] : [`dead: ${reason}`],
    ),
    `unreadable ${unreadable.length}`,
    ...Object.entries(into.counts('poison')).map(([name, n]) => `count of ${name} is ${n}`),
  ];
  return { lines, unreadable };
}

describe('poison events and results, with crashes between them', () => {
  it('die alone, with their bytes, and nothing else does', async ({ task }) => {
    const { lines, unreadable } = await deliver('dead-letter');
    expectUnharmed(task, fault, { events: spoilt.records, expected, actual: lines });
    expect(unreadable.map(({ raw }) => Buffer.from(raw).toString('hex'))).toEqual(
      spoilt.unreadable.map(({ value }) => Buffer.from(value).toString('hex')),
    );
  });

  it('end a job that is to fail at the first', async ({ task }) => {
    const { lines } = await deliver('fail');
    expectHarmed(task, fault, 'no dead letters', {
      events: spoilt.records,
      expected,
      actual: lines,
    });
  });
});

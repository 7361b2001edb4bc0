import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CommitReport,
  deduplicate,
  defineEvent,
  type EventValue,
  fileLog,
  type Pipeline,
  run,
  tumblingWindow,
} from '@streamify/core';
import { nothing } from './nothing.ts';

const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    ],
  },
  { time: 'at', key: 'id' },
);
type Play = EventValue<typeof Play>;

/** A job whose state or input grows: how many events, when each happens, and how often an id comes again. */
interface Scenario {
  readonly events: number;
  readonly idOf: (i: number) => string;
  readonly timeOf: (i: number) => number;
  readonly through: Pipeline<Play, unknown>;
}

const day = 86_400_000;
const scenarios: Readonly<Record<string, Scenario>> = {
  '1 M open windows': {
    events: 3_000_000,
    idOf: (i) => `listener-${i % 1_000_000}`,
    timeOf: (i) => i % day,
    through: (plays$) =>
      plays$.pipe(tumblingWindow({ zero: 0, add: (n: number) => n + 1 }, { size: day })),
  },
  'deduplication of 5 M ids': {
    events: 5_000_000,
    idOf: (i) => `event-${i}-0123456789`,
    timeOf: (i) => i,
    through: (plays$) => plays$.pipe(deduplicate({ by: ({ value }) => value.id, within: day })),
  },
  '20 M events': {
    events: 20_000_000,
    idOf: (i) => `event-${i}`,
    timeOf: (i) => i * 100,
    through: (plays$) =>
      plays$.pipe(deduplicate({ by: ({ value }) => value.id, within: 3_600_000 })),
  },
};

const [name] = process.argv.slice(2);
const scenario = scenarios[name ?? ''];
if (!scenario) {
  console.error(`usage: node dist/growth.js "${Object.keys(scenarios).join('" | "')}"`);
  process.exit(2);
}

const dir = await mkdtemp(join(tmpdir(), 'streamify-growth-'));
const log = await fileLog({ dir, durability: 'os' });
try {
  await log.createTopic('plays', { partitions: 1 });
  const topic = log.topic('plays', Play);
  const size = 20_000;
  for (let first = 0; first < scenario.events; first += size)
    await topic.publish(
      Array.from({ length: size }, (_, i) => ({
        id: scenario.idOf(first + i),
        at: scenario.timeOf(first + i),
      })),
    );
  let [last, longest, done] = [performance.now(), 0, 0];
  const resident: number[] = [];
  const onCommit = ({ counts }: CommitReport) => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    done += counts['in'] ?? 0;
    const tenth = Math.floor((10 * done) / scenario.events);
    resident[tenth] ??= Math.round(process.memoryUsage.rss() / 1e6);
  };
  const started = performance.now();
  await run({
    name: 'growth',
    from: topic,
    through: scenario.through,
    into: nothing,
    atEnd: 'stop',
    onCommit,
  });
  const seconds = (performance.now() - started) / 1_000;
  const result = {
    scenario: name,
    events: scenario.events,
    eventsPerSecond: Math.round(scenario.events / seconds),
    longestEpochMs: Math.round(longest),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1_024),
    residentMegabytesByTenth: resident,
  };
  console.log(JSON.stringify(result));
} finally {
  await log.close();
  await rm(dir, { recursive: true });
}

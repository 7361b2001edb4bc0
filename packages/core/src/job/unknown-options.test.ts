import { Play, playsLog } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import { defineEvent } from '../codec/define-event.ts';
import { fileRegistry } from '../codec/file-registry.ts';
import { OptionError } from '../contract/errors.ts';
import { fileLog } from '../log/file/file-log.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { jsonMetrics } from '../metrics/json-metrics.ts';
import { lineMetrics } from '../metrics/line-metrics.ts';
import { output } from '../operator-kit/output.ts';
import { useKeyedState } from '../operator-kit/use-keyed-state.ts';
import { clean } from '../operators/clean.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { mapAsync } from '../operators/map-async.ts';
import { route } from '../operators/route.ts';
import { tumblingWindow } from '../operators/tumbling-window.ts';
import { fileSink } from '../sink/file/file-sink.ts';
import { logSink } from '../sink/log/log-sink.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { fileStateStore } from '../store/file-state-store.ts';
import { run, startJob } from './run.ts';

describe('an option that nobody knows is refused by', async () => {
  const { topic } = await playsLog([]);
  const job = { name: 'job', from: topic, through: (p$: never) => p$, into: memorySink<Play>() };
  const zero = { zero: 0, add: (n: number) => n + 1 };
  const calls: [string, (options: object) => unknown, object, string][] = [
    [
      'run',
      (o) => run({ ...job, ...o } as never),
      { onErorr: 'fail' },
      'a job has no option onErorr: did you mean onError?',
    ],
    [
      'startJob',
      (o) => startJob({ ...job, ...o } as never),
      { atend: 'stop' },
      'a job has no option atend: did you mean atEnd?',
    ],
    [
      'epoch',
      (o) => run({ ...job, epoch: o } as never),
      { maxRecord: 1 },
      'epoch has no option maxRecord: did you mean maxRecords?',
    ],
    [
      'retry',
      (o) => run({ ...job, onError: { retry: { attempts: 1, ...o } } } as never),
      { delay: 1 },
      'retry has no option delay: it takes attempts, firstDelay, maxDelay',
    ],
    [
      'fileLog',
      (o) => fileLog({ dir: 'x', ...o }),
      { durabillity: 'os' },
      'fileLog has no option durabillity: did you mean durability?',
    ],
    [
      'fileSink',
      (o) => fileSink({ dir: 'x', ...o }),
      { foldr: 'x' },
      'fileSink has no option foldr: did you mean folder?',
    ],
    [
      'logSink',
      (o) => logSink(topic, o),
      { path: 'x' },
      'logSink has no option path: it takes dir, watermarks',
    ],
    [
      'memoryLog',
      (o) => memoryLog(o),
      { regstry: 1 },
      'memoryLog has no option regstry: did you mean registry?',
    ],
    [
      'memorySink',
      (o) => memorySink(o),
      { faults: 1 },
      'memorySink has no option faults: did you mean fault?',
    ],
    [
      'fileStateStore',
      (o) => fileStateStore({ dir: 'x', ...o }),
      { minbytes: 1 },
      'fileStateStore has no option minbytes: did you mean minBytes?',
    ],
    [
      'fileRegistry',
      (o) => fileRegistry({ dir: 'x', ...o }),
      { folder: 1 },
      'fileRegistry has no option folder: it takes dir',
    ],
    [
      'jsonMetrics',
      (o) => jsonMetrics(o),
      { wirte: 1 },
      'jsonMetrics has no option wirte: did you mean write?',
    ],
    [
      'lineMetrics',
      (o) => lineMetrics(o),
      { evry: 1 },
      'lineMetrics has no option evry: did you mean every?',
    ],
    [
      'defineEvent',
      (o) => defineEvent(Play.schema, { time: 'at', key: 'id', ...o } as never),
      { long: 'bigint' },
      'event Play has no option long: did you mean longs?',
    ],
    [
      'log.topic',
      (o) => topic.log.topic('plays', Play, o),
      { tombstone: 'skip' },
      'topic plays has no option tombstone: did you mean tombstones?',
    ],
    [
      'deduplicate',
      (o) => deduplicate({ by: () => '', within: 1, ...o }),
      { widthin: 1 },
      'deduplicate has no option widthin: did you mean within?',
    ],
    [
      'tumblingWindow',
      (o) => tumblingWindow(zero, { size: 1, ...o }),
      { latenes: 1 },
      'tumblingWindow has no option latenes: did you mean lateness?',
    ],
    [
      'its aggregate',
      (o) => tumblingWindow({ ...zero, ...o }, { size: 1 }),
      { migrat: 1 },
      'the aggregate of tumblingWindow has no option migrat: did you mean migrate?',
    ],
    [
      'mapAsync',
      (o) => mapAsync(async () => 1, o),
      { concurency: 1 },
      'mapAsync has no option concurency: did you mean concurrency?',
    ],
    [
      'clean',
      (o) => clean<object, object>({}, o),
      { onreject: 1 },
      'clean has no option onreject: did you mean onReject?',
    ],
    [
      'route',
      (o) => route(output('x'), () => true, o),
      { on: 1 },
      'route has no option on: it takes onRoute',
    ],
    [
      'useKeyedState',
      (o) => useKeyedState('x', o),
      { versoin: 1 },
      'a state has no option versoin: did you mean version?',
    ],
  ];
  it.each(calls)('%s', async (_, call, options, message) => {
    const failure = async () => call(options);
    await expect(failure()).rejects.toThrow(new OptionError(message));
  });

  it('any of them when it is no object at all', () => {
    expect(() => useKeyedState('x', 'size 5' as never)).toThrow(
      new OptionError('a state takes its options as an object, got size 5'),
    );
  });
});

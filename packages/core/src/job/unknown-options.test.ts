import { type Play, playsLog } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../contract/errors.ts';
import { fileLog } from '../log/file/file-log.ts';
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

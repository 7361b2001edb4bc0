import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { expect, it } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { run } from './run.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('lets go of a job that has ended, though the signals that could end it live on', async () => {
  const { topic } = await playsLog(plays(20));
  const [stop, abort] = [new AbortController(), new AbortController()];
  const runOnce = async () => {
    const pipeline = map(({ value }: StreamEvent<Play>) => value.id);
    await run({
      name: 'job',
      from: topic,
      through: (plays$) => plays$.pipe(pipeline),
      into: memorySink<number>(),
      atEnd: 'stop',
      signal: stop.signal,
      abort: abort.signal,
    });
    return new WeakRef(pipeline);
  };
  const ended = await runOnce();
  await expect
    .poll(() => {
      collectGarbage();
      return ended.deref() === undefined;
    })
    .toBe(true);
  const listeners = [stop, abort].flatMap(({ signal }) => getEventListeners(signal, 'abort'));
  expect(listeners).toEqual([]);
});

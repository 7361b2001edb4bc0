import { Play } from '@streamify/test-kit/plays';
import { expect, it } from 'vitest';
import { memoryLog } from '../log/memory/memory-log.ts';

it.each([
  [undefined, 'topic plays takes an array of values, got undefined'],
  [{ id: 1 }, 'topic plays takes an array of values, got [object Object]'],
  ['ab', 'topic plays takes an array of values, got ab'],
  [[undefined], 'cannot encode Play: it is undefined, not Play'],
  [[5], 'cannot encode Play: it is number 5, not Play'],
])('refuses to publish %j', async (values, message) => {
  const log = memoryLog();
  await log.createTopic('plays', { partitions: 1 });
  await expect(log.topic('plays', Play).publish(values as never)).rejects.toThrow(message);
  const reader = await log.reader('plays', 0);
  expect(await reader.bounds()).toEqual({ start: 0, end: 0 });
});

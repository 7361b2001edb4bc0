import { temporaryFolder } from '@streamify/test-kit';
import { expect, it } from 'vitest';
import { fileStateStore } from './file-state-store.ts';

it('keeps parts in files by task, until they are removed', async () => {
  const dir = await temporaryFolder();
  const [task, other] = [
    { job: 'a job/of ours', partition: 0 },
    { job: 'a job/of ours', partition: 1 },
  ];
  const store = fileStateStore({ dir });
  expect(await store.list(task)).toEqual([]);
  await store.write(task, '1-me', Uint8Array.of(1, 0, 255));
  await store.write(task, '2-me', Uint8Array.of(2));
  await store.write(other, '1-me', Uint8Array.of(3));
  const again = fileStateStore({ dir });
  expect([...(await again.list(task))].sort()).toEqual(['1-me', '2-me']);
  expect([...((await again.read(task, '1-me')) ?? [])]).toEqual([1, 0, 255]);
  await again.remove(task, '1-me');
  await again.remove(task, '1-me');
  expect(await again.read(task, '1-me')).toBeUndefined();
  expect([...((await again.read(other, '1-me')) ?? [])]).toEqual([3]);
});

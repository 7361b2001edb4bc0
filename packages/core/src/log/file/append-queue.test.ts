import { describe, expect, it } from 'vitest';
import { AppendQueue } from './append-queue.ts';

/** A queue whose writes end when the test says so. */
function controlled() {
  const writes: { items: readonly number[]; end: (error?: Error) => void }[] = [];
  const queue = new AppendQueue<number>(
    (items) =>
      new Promise((resolve, reject) => {
        writes.push({ items, end: (error) => (error ? reject(error) : resolve()) });
      }),
  );
  return { queue, writes };
}

const turns = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

describe('AppendQueue', () => {
  it('writes what came during a write together, in the order of the calls', async () => {
    const { queue, writes } = controlled();
    const first = queue.append([1]);
    await turns();
    const others = [queue.append([2, 3]), queue.append([4])];
    writes[0]?.end();
    await first;
    await turns();
    writes[1]?.end();
    await Promise.all(others);
    expect(writes.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
  });

  it('fails only the appends of a failed write, and goes on', async () => {
    const { queue, writes } = controlled();
    const failed = expect(queue.append([1])).rejects.toThrow('disk full');
    await turns();
    const next = queue.append([2]);
    writes[0]?.end(new Error('disk full'));
    await failed;
    await turns();
    writes[1]?.end();
    await expect(next).resolves.toBeUndefined();
  });

  it('is idle when all is written', async () => {
    const { queue, writes } = controlled();
    await queue.idle();
    const append = queue.append([1]);
    let idle = false;
    const waiting = queue.idle().then(() => {
      idle = true;
    });
    await turns();
    expect(idle).toBe(false);
    writes[0]?.end();
    await Promise.all([append, waiting]);
  });
});

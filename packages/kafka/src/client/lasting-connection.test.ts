import { expect, it } from 'vitest';
import { LastingConnection } from './lasting-connection.ts';

const settings = { brokers: ['a:9092'], patience: 10_000 };
const passing = () =>
  Object.assign(new Error('no leader'), { type: 'LEADER_NOT_AVAILABLE', retriable: true });

/** Counts what is connected, and how often it was. */
function connections() {
  let [made, open] = [0, 0];
  const make = () => {
    const id = ++made;
    let isOpen = false;
    return {
      id,
      check: () => {
        // What kafkajs says on a connection that another has closed.
        if (!isOpen) throw new TypeError('cannot read properties of null');
      },
      connect: async () => {
        isOpen = true;
        open++;
      },
      disconnect: async () => {
        isOpen = false;
        open--;
      },
    };
  };
  return { lasting: new LastingConnection(settings, 'ask', make), open: () => open };
}

it('is one for all who ask, and closed in the end', async () => {
  const { lasting, open } = connections();
  expect(await Promise.all([1, 2].map(() => lasting.persist(async ({ id }) => id)))).toEqual([
    1, 1,
  ]);
  await lasting.close();
  expect(open()).toBe(0);
});

it('may be waited for by any number, of which Node does not warn', async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  const { lasting } = connections();
  const waiting = Array.from({ length: 20 }, () =>
    lasting.persist(async () => {
      throw passing();
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  await lasting.close();
  await Promise.allSettled(waiting);
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

it('is made anew after a failure that may pass', async () => {
  const { lasting } = connections();
  const seen: number[] = [];
  const ask = lasting.persist(async ({ id }) => {
    seen.push(id);
    if (id === 1) throw passing();
    return id;
  });
  expect(await ask).toBe(2);
  expect(seen).toEqual([1, 2]);
});

it('lets those ask again under whom another has closed it', async () => {
  const { lasting, open } = connections();
  let goOn = () => {};
  const isClosed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const innocent = lasting.persist(async ({ id, check }) => {
    if (id === 1) await isClosed;
    check();
    return id;
  });
  await lasting.persist(async ({ id }) => {
    if (id === 1) throw passing();
  });
  goOn();
  expect(await innocent).toBe(2);
  await lasting.close();
  expect(open()).toBe(0);
});

it('connects nobody once it is closed, who asked before or later', async () => {
  const { lasting, open } = connections();
  let goOn = () => {};
  const isClosed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const asked = lasting.persist(async () => {
    await isClosed;
    throw passing();
  });
  await lasting.close();
  goOn();
  await expect(asked).rejects.toThrow('no leader');
  await expect(lasting.persist(async ({ id }) => id)).rejects.toThrow('cannot ask: it is closed');
  expect(open()).toBe(0);
});

it('tells a mistake as it is', async () => {
  const { lasting } = connections();
  const mistake = new TypeError('not a function');
  await expect(lasting.persist(() => Promise.reject(mistake))).rejects.toBe(mistake);
});

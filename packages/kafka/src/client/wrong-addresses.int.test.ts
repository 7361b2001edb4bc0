import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { OptionError } from '@streamify/core';
import { afterEach, describe, expect, it } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function portOf(server: Pick<Server, 'listen' | 'address' | 'close' | 'once'>, host: string) {
  server.listen(0, host);
  await once(server as Server, 'listening');
  closing.push(async () => void server.close());
  return (server.address() as AddressInfo).port;
}

const logAt = (broker: string) => {
  const log = kafkaLog({ brokers: [broker] });
  closing.unshift(() => log.close());
  return log;
};

describe('a broker whose port is that of a web server', () => {
  it.each(['127.0.0.1', '::1'])('is told apart at once, at %s', async (host) => {
    const port = await portOf(createServer(), host);
    const broker = host === '::1' ? `[::1]:${port}` : `${host}:${port}`;
    const asking = logAt(broker).partitions('plays');
    await expect(asking).rejects.toThrow(OptionError);
    await expect(asking).rejects.toThrow(
      `cannot look up topic plays: what answers at ${broker} speaks HTTP, and no Kafka: give brokers the port of a broker`,
    );
  });
});

describeWithKafka('a broker at an IPv6 address', (kafka) => {
  it('is reached', async () => {
    const [name = '', port = ''] = (kafka().brokers[0] ?? '').split(':');
    let connections = 0;
    const proxy = createTcpServer((client) => {
      connections++;
      const upstream = connect(Number(port), name);
      for (const socket of [client, upstream]) socket.on('error', () => {});
      client.pipe(upstream).pipe(client);
    });
    const log = logAt(`[::1]:${await portOf(proxy as unknown as Server, '::1')}`);
    expect(await log.partitions('there-is-no-such-topic')).toBeUndefined();
    expect(connections).toBeGreaterThan(0);
  });
});

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of a request: it passes, is cut off before the broker has it, or before its reply is passed on. */
export type Passage = 'pass' | 'cut' | 'cut reply';

/** A request on its way to the broker: the number of its kind in Kafka's protocol, and all its bytes. */
export interface PassingRequest {
  readonly apiKey: number;
  readonly frame: Buffer;
}

/** A way to one broker that can be cut. */
export interface KafkaProxy {
  /** Where it listens, as `host:port`. */
  readonly broker: string;
  /** How many are connected now. */
  readonly clients: number;
  /** Asked for each request, which waits for the answer. Everything passes until it is set. */
  onRequest(decide: (request: PassingRequest) => Passage | Promise<Passage>): void;
  /** Told of each reply to a request of that kind, before it is passed on, or cut off. */
  onReply(look: (apiKey: number) => void): void;
  /** Holds back requests of a kind. */
  hold(apiKey: number): HeldRequests;
  close(): Promise<void>;
}

/** Requests that wait at a proxy. */
export interface HeldRequests {
  /** Resolves when the first has come. */
  readonly reached: Promise<void>;
  /** Lets it, and all others, pass. */
  release(): void;
}

/** Requests whose responses name brokers, which a client then connects to. */
const METADATA = 3;
const FIND_COORDINATOR = 10;

/** Passes connections on to the broker at `host:port`, and gives itself out for it. */
export async function kafkaProxy(broker: string): Promise<KafkaProxy> {
  const [host = '', port = ''] = broker.split(':');
  const sockets = new Set<Socket>();
  let clients = 0;
  let decide: (request: PassingRequest) => Passage | Promise<Passage> = () => 'pass';
  let look: (apiKey: number) => void = () => {};

  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    clients++;
    client.once('close', () => clients--);
    const apiKeys = new Map<number, number>();
    const cutReplies = new Set<number>();
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    let before: Promise<void> = Promise.resolve();
    const pass = async (frame: Buffer) => {
      const apiKey = frame.readInt16BE(4);
      const correlation = frame.readInt32BE(8);
      apiKeys.set(correlation, apiKey);
      const passage = await decide({ apiKey, frame });
      if (passage === 'cut') return cut();
      if (passage === 'cut reply') cutReplies.add(correlation);
      upstream.write(frame);
    };
    eachFrame(client, (frame) => {
      before = before.then(() => pass(frame)).catch(cut);
    });
    eachFrame(upstream, (frame) => {
      const correlation = frame.readInt32BE(4);
      const apiKey = apiKeys.get(correlation);
      apiKeys.delete(correlation);
      if (apiKey !== undefined) look(apiKey);
      if (cutReplies.has(correlation)) return cut();
      if (apiKey === METADATA || apiKey === FIND_COORDINATOR) redirect(frame);
      client.write(frame);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;

  /** Puts our port where a response names the broker: address and port are beside each other. */
  const redirect = (frame: Buffer) => {
    const address = Buffer.alloc(2 + host.length + 4);
    address.writeInt16BE(host.length, 0);
    address.write(host, 2);
    address.writeInt32BE(Number(port), 2 + host.length);
    for (let at = frame.indexOf(address); at >= 0; at = frame.indexOf(address, at + 1))
      frame.writeInt32BE(own, at + 2 + host.length);
  };

  return {
    broker: `127.0.0.1:${own}`,
    get clients() {
      return clients;
    },
    onRequest(next) {
      decide = next;
    },
    onReply(next) {
      look = next;
    },
    hold(held) {
      let reach = () => {};
      let release = () => {};
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      decide = async ({ apiKey }): Promise<Passage> => {
        if (apiKey === held) {
          reach();
          await released;
        }
        return 'pass';
      };
      return { reached, release };
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Calls back for each message: a length of four bytes, and what follows. */
function eachFrame(socket: Socket, use: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      const frame = Buffer.from(rest.subarray(0, end));
      rest = rest.subarray(end);
      use(frame);
    }
  });
}

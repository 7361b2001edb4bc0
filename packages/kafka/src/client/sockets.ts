import { connect, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { addressOf } from './ipv6-name.ts';

const keepAliveDelay = 60_000;

/**
 * The sockets of one thing that kafkajs makes, such as a consumer. Once they are closed there are no
 * more of them: kafkajs connects anew for any request that is made late, and would stay connected.
 */
export class Sockets {
  readonly #open = new Set<Socket>();
  #isClosed = false;

  /** Makes a socket as kafkajs does. */
  readonly open: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.#isClosed) throw new Error('the connection was closed meanwhile');
    const address = addressOf(host);
    const name = isIP(address) === 0 ? { servername: address } : {};
    const socket = ssl
      ? connectTls({ host: address, port, ...name, ...ssl }, onConnect)
      : connect({ host: address, port }, onConnect);
    socket.once('data', (answer) => {
      if (isHttp(answer))
        socket.destroy(speaksHttp(isIPv6(address) ? `[${address}]` : address, port));
    });
    socket.setKeepAlive(true, keepAliveDelay);
    this.#open.add(socket);
    return socket.once('close', () => this.#open.delete(socket));
  };

  /** Closes them, where that has not begun, and rejects what is asked on them. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#open)
      if (!socket.writableEnded) socket.destroy(new Error('the connection was closed meanwhile'));
  }
}

/** The code of the error of a port where something else than a broker answers. */
export const NOT_KAFKA = 'NOT_KAFKA';

function isHttp(answer: Buffer): boolean {
  return answer.subarray(0, 5).toString('latin1') === 'HTTP/';
}

function speaksHttp(host: string, port: number): Error {
  const failure = new Error(`what answers at ${host}:${port} speaks HTTP, and no Kafka`);
  return Object.assign(failure, { code: NOT_KAFKA });
}

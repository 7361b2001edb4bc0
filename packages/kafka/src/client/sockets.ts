import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

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
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect);
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

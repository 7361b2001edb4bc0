import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { PortInUseError } from './errors.ts';
import { portHolder } from './port-holder.ts';

/** Below the ports that systems give to outgoing connections, which would take ours while a broker is down. */
const free = { from: 20_000, to: 32_000 };
const attempts = 100;

/** Finds a port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(free.from, free.to);
    if (await isFree(port)) return port;
  }
  throw new PortInUseError(
    `found no free port between ${free.from} and ${free.to} in ${attempts} tries: say which to use`,
    free.from,
  );
}

/**
 * Makes sure that a port can be listened on.
 *
 * @throws PortInUseError with who holds it, where the system tells.
 */
export async function checkPort(port: number, option: string): Promise<void> {
  if (await isFree(port)) return;
  const holder = await portHolder(port);
  throw new PortInUseError(
    `port ${port} of 127.0.0.1 is in use${holder ? ` by ${holder}` : ''}: stop that, or choose another (${option})`,
    port,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

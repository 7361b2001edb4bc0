import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as the server got it. */
export interface SeenRequest {
  /** Method and path, such as `GET /schemas/ids/1`. */
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What the server does with a request: an answer, no answer at all, or half of one. */
export type Reaction =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: number; readonly text: string }
  | 'hang'
  | 'cut';

export interface RegistryServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Comes before the registry's own answer, unless it returns nothing. */
  react: (request: SeenRequest) => Reaction | undefined;
  /** Closes the port and every connection. */
  goDown(): Promise<void>;
  /** Listens on the same port again, and still has its schemas. */
  comeBack(): Promise<void>;
}

/** A registry on loopback that can be made to fail. It keeps schemas and levels, and checks nothing. */
export async function registryServer(): Promise<RegistryServer> {
  const schemas: string[] = [];
  /** The newest schema of each subject. */
  const newest = new Map<string, string>();
  const globalLevel = 'NONE';
  const levels = new Map<string, string>();
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();

  const own = ({ line, body }: SeenRequest): Reaction => {
    const [, find] = /^GET \/schemas\/ids\/(\d+)$/.exec(line) ?? [];
    if (find !== undefined) {
      const schema = schemas[Number(find) - 1];
      if (schema !== undefined) return { status: 200, body: { schema } };
      return { status: 404, body: { error_code: 40403, message: 'Schema not found' } };
    }
    const [, read] = /^GET \/subjects\/([^/]+)\/versions\/latest$/.exec(line) ?? [];
    if (read !== undefined) {
      const schema = newest.get(read);
      if (schema !== undefined) return { status: 200, body: { subject: read, schema } };
      return { status: 404, body: { error_code: 40401, message: 'Subject not found' } };
    }
    const [, register] = /^POST \/subjects\/([^/]+)\/versions$/.exec(line) ?? [];
    if (register !== undefined) {
      const { schema } = JSON.parse(body) as { readonly schema: string };
      newest.set(register, schema);
      const id = schemas.indexOf(schema) + 1 || schemas.push(schema);
      return { status: 200, body: { id } };
    }
    if (line === 'GET /config') return { status: 200, body: { compatibilityLevel: globalLevel } };
    const parts = /^(GET|PUT) \/config\/([^/?]+)(\?defaultToGlobal=true)?$/.exec(line) ?? [];
    const [, method, subject = '', orGlobal] = parts;
    if (method === 'PUT') {
      const { compatibility } = JSON.parse(body) as { readonly compatibility: string };
      levels.set(subject, compatibility);
      return { status: 200, body: { compatibility } };
    }
    const level = levels.get(subject) ?? (orGlobal ? globalLevel : undefined);
    if (level !== undefined) return { status: 200, body: { compatibilityLevel: level } };
    return method === 'GET'
      ? { status: 404, body: { error_code: 40408, message: 'no level of its own' } }
      : { status: 404, body: { error_code: 404, message: 'HTTP 404 Not Found' } };
  };

  const send = (reaction: Reaction, response: ServerResponse) => {
    if (reaction === 'hang') return;
    if (reaction === 'cut') {
      response.writeHead(200, { 'content-length': 1_000 });
      response.write('{"schema":', () => response.destroy());
      return;
    }
    response.writeHead(reaction.status, { 'content-type': 'application/json' });
    response.end('text' in reaction ? reaction.text : JSON.stringify(reaction.body));
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method, url, headers } = incoming;
    const request = {
      line: `${method} ${url}`,
      authorization: headers.authorization,
      body: Buffer.concat(chunks).toString(),
    };
    requests.push(request);
    send(server.react(request) ?? own(request), response);
  };

  const http = createServer((incoming, response) => {
    handle(incoming, response).catch((error: Error) => response.destroy(error));
  });
  http.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      http.once('error', reject).listen(port, '127.0.0.1', () => resolve());
    });
  await listen(0);
  const { port } = http.address() as AddressInfo;
  const goDown = () =>
    new Promise<void>((resolve) => {
      http.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });

  const server: RegistryServer = {
    url: `http://127.0.0.1:${port}`,
    requests,
    react: () => undefined,
    goDown,
    comeBack: () => listen(port),
    [Symbol.asyncDispose]: goDown,
  };
  return server;
}

/** A receiver for tests: keeps what it was sent, raw, and answers as it is told to. */
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** Connections made so far. */
  readonly connections: () => number;
  stop(): void;
}

/** An HTTP receiver; `answer` writes the answer, by default a plain 200. */
export async function receive(
  answer: (request: Received, response: http.ServerResponse) => void = (_, response) =>
    void response.end('thanks'),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const one = { path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      answer(one, response);
    });
  });
  return listening(server, received, () => server.closeAllConnections());
}

/** A receiver that speaks TCP only: `answer` gets each connection once something was sent on it. */
export async function receiveRaw(answer: (socket: net.Socket) => void): Promise<Receiver> {
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    open.add(socket);
    // What the other side does to the connection is what is tested.
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  return listening(server, [], () => {
    for (const socket of open) socket.destroy();
  });
}

async function listening(server: net.Server, received: Received[], drop: () => void): Promise<Receiver> {
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    received,
    connections: () => connections,
    stop() {
      drop();
      server.close();
    },
  };
}

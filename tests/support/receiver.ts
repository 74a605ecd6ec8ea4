import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was posted once. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The event, as it was sent. */
  readonly event: { readonly id: string; readonly type: string; readonly data: Record<string, unknown> };
}

/** A receiver of events on this machine: keeps what it is sent, and answers as a test wants. */
export class Receiver {
  readonly received: Received[] = [];
  /** Status of the answer to a post. @default 200 for all */
  answer: (post: Received) => number = () => 200;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const post = { headers: request.headers, body, event: JSON.parse(body) as Received['event'] };
      this.received.push(post);
      response.writeHead(this.answer(post)).end('seen');
    });
  });

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  types(): string[] {
    return this.received.map((post) => post.event.type);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

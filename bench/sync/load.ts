/**
 * The load generator: raw sockets, requests made beforehand, one request at a time per socket. It must cost
 * as little as possible, because it shares the machine with what is measured.
 */
import net from 'node:net';
import { signatureOf } from '../connector/signature.ts';

export interface Message {
  readonly object: string;
  readonly id: string;
  readonly data: object;
}

/** A whole HTTP/1.1 request as bytes, signed now. */
export function requestOf(url: URL, key: string, message: Message): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const sent = String(Date.now());
  const head = [
    `POST ${url.pathname} HTTP/1.1`,
    `host: ${url.host}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    `x-sent: ${sent}`,
    `x-sign: ${signatureOf(key, sent, body)}`,
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}

/** A steady pace instead of as fast as they are acknowledged. */
export interface Pace {
  readonly perSecond: number;
  /** Told when the request of an index goes out. */
  readonly onSent: (index: number) => void;
}

/**
 * Sends all requests over `sockets` kept-alive connections; resolves when each was answered with 200.
 * @param onAnswered told when the request of an index is answered
 */
export async function sendAll(
  url: URL,
  requests: readonly Buffer[],
  sockets: number,
  pace?: Pace,
  onAnswered?: (index: number) => void,
): Promise<void> {
  let next = 0;
  const began = performance.now();
  const worker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ host: url.hostname, port: Number(url.port), noDelay: true });
      let received = '';
      let sent = -1;
      const sendNext = (): void => {
        const request = requests[next];
        if (!request) {
          socket.end();
          resolve();
          return;
        }
        const index = next;
        next += 1;
        sent = index;
        const go = (): void => {
          pace?.onSent(index);
          socket.write(request);
        };
        const wait = pace === undefined ? 0 : began + (index * 1000) / pace.perSecond - performance.now();
        if (wait > 0) setTimeout(go, wait);
        else go();
      };
      socket.once('connect', sendNext);
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        const end = received.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0);
        if (received.length < end + 4 + length) return;
        if (!received.startsWith('HTTP/1.1 200')) {
          socket.destroy();
          reject(new Error(`a webhook was answered: ${received.slice(0, 300)}`));
          return;
        }
        received = received.slice(end + 4 + length);
        onAnswered?.(sent);
        sendNext();
      });
      socket.once('error', reject);
    });
  await Promise.all(Array.from({ length: Math.min(sockets, requests.length) }, worker));
}

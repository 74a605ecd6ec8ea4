/** A system that is there and never says a word: it takes every connection and reads what comes. */
import net, { type AddressInfo } from 'node:net';

export interface HalfOpen {
  /** `http://host:port` that accepts and never answers. */
  readonly url: string;
  /** Connections it has taken. */
  readonly taken: () => number;
  close(): Promise<void>;
}

/** Starts one on a free loopback port. */
export async function startHalfOpen(): Promise<HalfOpen> {
  const sockets = new Set<net.Socket>();
  let taken = 0;
  const server = net.createServer((socket) => {
    taken += 1;
    sockets.add(socket);
    socket.resume();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => taken,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

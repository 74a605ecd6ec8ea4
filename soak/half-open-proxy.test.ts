import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type HalfOpenProxy, startHalfOpenProxy } from './half-open-proxy.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A server that answers every line with the same line, and the proxy before it. */
async function echoBehindProxy(): Promise<{ proxy: HalfOpenProxy; heard: string[] }> {
  const heard: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard.push(chunk.toString());
      socket.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const proxy = await startHalfOpenProxy({ port: (server.address() as net.AddressInfo).port });
  opened.push(proxy);
  return { proxy, heard };
}

async function connect(proxy: HalfOpenProxy): Promise<net.Socket> {
  const socket = net.connect(proxy.port, '127.0.0.1');
  socket.on('error', () => undefined);
  opened.push({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return socket;
}

/** Unlike `once`, not put off by the reset that comes before. */
function closedOf(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

describe('a line that goes half-open', () => {
  test('passes everything on until it falls silent, and new connections again after', async () => {
    const { proxy, heard } = await echoBehindProxy();
    const before = await connect(proxy);
    before.write('one');
    expect(String(await once(before, 'data'))).toBe('one');

    proxy.silence();
    before.write('two');
    const during = await connect(proxy);
    during.write('three');
    const closed = Promise.all([before, during].map(closedOf));
    while (proxy.swallowed < 'twothree'.length) await new Promise((resolve) => setImmediate(resolve));
    expect([before.destroyed, during.destroyed], 'nobody is told').toEqual([false, false]);

    proxy.restore();
    await closed;
    const after = await connect(proxy);
    after.write('four');
    expect(String(await once(after, 'data'))).toBe('four');
    // What was swallowed never arrives late.
    expect(heard).toEqual(['one', 'four']);
  });

  test('passes on that one side has ended', async () => {
    const { proxy } = await echoBehindProxy();
    const client = await connect(proxy);
    client.end('last');
    expect(String(await once(client, 'data'))).toBe('last');
    await once(client, 'close');
  });
});

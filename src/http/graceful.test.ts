import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { graceful } from './graceful.ts';

async function open() {
  const ending = graceful((_incoming, outgoing) => outgoing.end('answered'));
  const server = createServer(ending.handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string): Promise<number> => {
    const { status } = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
    return status;
  };
  const isGone = () =>
    ask('/').then(
      () => false,
      () => true,
    );
  return { ending, server, ask, isGone };
}

test('whoever asks between two connections while a server says that it goes is answered', async () => {
  const { ending, server, ask, isGone } = await open();
  expect(await ask('/')).toBe(200);
  const closed = ending.close(server, 400);
  // Each of these is alone: nobody is connected before and after it.
  const began = performance.now();
  while (performance.now() - began < 200) {
    expect(await ask('/')).toBe(200);
    expect(await ask('/readyz')).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await closed;
  expect(await isGone()).toBe(true);
});

test('a server that nobody has asked anything ends at once', async () => {
  const { ending, server } = await open();
  const began = performance.now();
  await ending.close(server, 30_000);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('whoever was connected and had not asked yet when a server stops listening is answered', async () => {
  const { ending, server, ask } = await open();
  expect(await ask('/')).toBe(200);
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const closed = ending.close(server, 20);
  await expect.poll(() => server.listening, { interval: 1 }).toBe(false);
  socket.end('GET / HTTP/1.1\r\nhost: hub\r\n\r\n');
  const said = await text(socket);
  expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(said).toMatch(/connection: close/i);
  await closed;
});

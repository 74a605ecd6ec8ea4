import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectorSession, WebhookReceiver } from '../../connectors/kit/types.ts';
import { HubError } from '../errors.ts';
import type { Delivery } from '../ingest/door.ts';
import { WebhookCounter } from '../ingest/webhook-counts.ts';
import type { Landscape } from '../lanes/landscape.ts';
import { type Network, Networks, networkOf } from '../security/networks.ts';
import { clientAddress } from './client-address.ts';
import { type HookSettings, hooks } from './hooks.ts';

const receiver: WebhookReceiver = {
  acknowledge: { status: 200, contentType: 'text/plain', body: 'SUCCESS' },
  receive: ({ method, body, query }) =>
    method === 'GET'
      ? { ok: true, notices: [], answer: { status: 200, contentType: 'text/plain', body: `echo ${query}` } }
      : Buffer.from(body).toString('utf8') === 'forged'
        ? { ok: false, reason: 'bad-signature', message: 'forged' }
        : { ok: true, notices: [{ object: 'order', remoteId: '1' }] },
};
const busy = { status: 200, contentType: 'text/xml', body: '<flag>failure</flag>' };
const closing: Server[] = [];

afterEach(() => {
  for (const server of closing.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface Set {
  readonly settings?: HookSettings;
  readonly proxies?: string[];
  readonly receiver?: WebhookReceiver;
  readonly keep?: (delivery: Delivery) => Promise<void>;
}

/** Serves the hooks alone; `kept` is what came through. */
async function serve(set: Set = {}) {
  const kept: Delivery[] = [];
  const counter = new WebhookCounter();
  const landscape = {
    connections: new Map([['pos', {}]]),
    partiesOf: () => [{ reads: true }],
    applyLane: () => 'apply/pos/0',
  } as unknown as Landscape;
  const server = createServer(
    hooks(
      {
        landscape: () => landscape,
        session: () => ({ webhook: set.receiver ?? receiver }) as unknown as ConnectorSession,
        async keep(delivery) {
          await set.keep?.(delivery);
          kept.push(delivery);
        },
        settings: { pos: set.settings },
        proxies: set.proxies && { networks: networks(...set.proxies), header: 'x-forwarded-for' },
        bodyLimit: 1_000,
        keepsMessages: true,
        counter,
        log: { error: () => undefined },
      },
      (_incoming, outgoing) => void outgoing.writeHead(404).end('elsewhere'),
    ),
  );
  closing.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/hooks/pos`, { method: 'POST', body, headers });
  return { url, port, kept, counter, post };
}

function networks(...texts: string[]): Networks {
  return new Networks(texts.map((text) => networkOf(text) as Network));
}

describe('a webhook', () => {
  it('is taken at its address only, and everything else goes on', async () => {
    const { url, kept, post, counter } = await serve();
    const answer = await post('a');
    expect([answer.status, await answer.text()]).toEqual([200, 'SUCCESS']);
    expect(kept).toMatchObject([{ connection: 'pos', entries: [{ object: 'order', via: 'webhook' }] }]);
    for (const path of ['/', '/hooks', '/hooks/', '/hooks/pos/x', '/hook/pos'])
      expect((await fetch(url + path, { method: 'POST', body: 'a' })).status).toBe(404);
    expect(await (await fetch(`${url}/hooks/pos`, { method: 'DELETE' })).text()).toBe('elsewhere');
    const unknown = await fetch(`${url}/hooks/%70os2`, { method: 'POST', body: 'a' });
    expect(await unknown.json()).toMatchObject({ status: 404, code: 'hook.unknown-connection' });
    expect(Object.keys(counter.counts)).toEqual(['pos']);
  });

  it('that only asks whether the address is right is answered without the database', async () => {
    const never = () => new Promise<void>(() => undefined);
    const { url } = await serve({
      keep: async ({ entries, message }) => (entries.length || message ? never() : undefined),
    });
    const began = performance.now();
    const answer = await fetch(`${url}/hooks/pos?echostr=1`);
    expect(await answer.text()).toBe('echo echostr=1');
    // WeCom waits a second for this one.
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('is refused when it is too large, told by its header or not', async () => {
    const { port, kept, post } = await serve();
    const told = await post('x'.repeat(1_001));
    expect([told.status, told.headers.get('connection')]).toEqual([413, 'close']);
    expect((await told.json()) as object).toMatchObject({ code: 'request.too-large' });
    // In pieces, and nobody says how many will come.
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.write('POST /hooks/pos HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
        for (let piece = 0; piece < 3; piece += 1) socket.write(`200\r\n${'x'.repeat(512)}\r\n`);
      });
      socket.once('data', (data) => {
        resolve(data.toString('latin1'));
        socket.destroy();
      });
      socket.once('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(kept).toEqual([]);
    const exact = await post('x'.repeat(1_000));
    expect(exact.status).toBe(200);
  });

  it('has a limit of its own where hub.yaml says so', async () => {
    const { post } = await serve({ settings: { bodyLimit: 2_000 } });
    expect((await post('x'.repeat(2_000))).status).toBe(200);
    expect((await post('x'.repeat(2_001))).status).toBe(413);
  });

  it('is kept without its keys and signatures', async () => {
    const { url, kept } = await serve();
    const query = 'method=a&sign=S1&msg_signature=S2&access_token=S3&timestamp=5&app_key=S4';
    const headers = { 'content-type': 'application/json', authorization: 'S5', 'x-signature': 'S6' };
    await fetch(`${url}/hooks/pos?${query}`, { method: 'POST', body: '{"a":1}', headers });
    expect(kept[0]?.message).toEqual({
      ...{ connection: 'pos', method: 'POST', query: 'method=a&timestamp=5', previousSecret: false },
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"a":1}'),
    });
  });
});

describe('addresses', () => {
  it('others than those allowed are refused before anything is read or verified', async () => {
    const closed = await serve({ settings: { from: [networkOf('203.0.113.0/24') as Network] } });
    const answer = await closed.post('a', { 'x-forwarded-for': '203.0.113.7' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      code: 'hook.forbidden-address',
      detail: expect.stringContaining('127.0.0.1'),
    });
    expect(closed.counter.counts).toEqual({
      pos: { accepted: { current: 0, previous: 0 }, refused: { 'hook.forbidden-address': 1 } },
    });
    const open = await serve({ settings: { from: [networkOf('127.0.0.0/8') as Network] } });
    expect((await open.post('a')).status).toBe(200);
  });

  it('are those a trusted proxy tells, and nobody else is believed', async () => {
    const settings = { from: [networkOf('203.0.113.0/24') as Network] };
    const { post } = await serve({ settings, proxies: ['127.0.0.1', '10.0.0.0/8'] });
    const status = async (header: string) => (await post('a', { 'x-forwarded-for': header })).status;
    expect(await status('203.0.113.7')).toBe(200);
    expect(await status('203.0.113.7, 10.1.1.1')).toBe(200);
    // What stands on the left the sender may have written himself.
    expect(await status('203.0.113.7, 198.51.100.1')).toBe(403);
    expect(await status('nonsense')).toBe(403);
    expect((await post('a')).status).toBe(403);
  });

  it('are found in whatever proxies write', () => {
    const proxies = { networks: networks('10.0.0.0/8'), header: 'x-forwarded-for' };
    const seen = (header: string, peer = '::ffff:10.0.0.1') =>
      clientAddress(peer, { 'x-forwarded-for': header }, proxies);
    expect(seen('203.0.113.7:4711')).toBe('203.0.113.7');
    expect(seen('[2001:db8::7]:4711')).toBe('2001:db8::7');
    expect(seen('2001:db8::7')).toBe('2001:db8::7');
    expect(seen('203.0.113.7,10.0.0.9 ,10.0.0.8')).toBe('203.0.113.7');
    expect(seen('10.0.0.9')).toBe('10.0.0.1');
    expect(seen('203.0.113.7, unknown')).toBeUndefined();
    expect(seen('203.0.113.7', '192.0.2.1')).toBe('192.0.2.1');
    expect(clientAddress(undefined, {}, proxies)).toBeUndefined();
  });
});

describe('more than is taken', () => {
  it('is told to come again in the words of the vendor; forged ones take no place', async () => {
    const settings = { rate: { perSecond: 1, burst: 2 } };
    const { post, kept, counter } = await serve({ settings, receiver: { ...receiver, busy } });
    for (let n = 0; n < 5; n += 1) expect((await post('forged')).status).toBe(401);
    const answers = [await post('a'), await post('b'), await post('c')];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(await answers[2]?.text()).toBe(busy.body);
    expect(answers[2]?.headers.get('retry-after')).toBe('1');
    expect(answers[2]?.headers.get('x-problem-code')).toBe('hook.busy');
    expect(kept).toHaveLength(2);
    expect(counter.counts.pos).toEqual({
      accepted: { current: 2, previous: 0 },
      refused: { 'hook.bad-signature': 5, 'hook.busy': 1 },
    });
  });

  it('is a problem document with 429 where the vendor has no words for it', async () => {
    const { post } = await serve({ settings: { rate: { perSecond: 1 } } });
    expect((await post('a')).status).toBe(200);
    const refused = await post('b');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'hook.busy' });
  });

  it('what is not kept in time is told so before its sender gives up', async () => {
    const asked: number[] = [];
    const late = async ({ connection, deadlineMs }: Delivery) => {
      asked.push(deadlineMs);
      throw new HubError('hook.too-late', { connection, ms: deadlineMs });
    };
    const { post, counter } = await serve({ keep: late, receiver: { ...receiver, busy, deadlineMs: 5_000 } });
    expect(await (await post('a')).text()).toBe(busy.body);
    expect(asked).toEqual([4_000]);
    expect(counter.counts.pos?.refused).toEqual({ 'hook.too-late': 1 });
  });
});

it('a trouble nobody expected says nothing about our inside', async () => {
  const { post } = await serve({ keep: async () => Promise.reject(new Error('relation "inbox"')) });
  const answer = await post('a');
  expect(answer.status).toBe(500);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.text()).not.toContain('inbox');
});

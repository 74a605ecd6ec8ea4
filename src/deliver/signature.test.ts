import { randomBytes, randomUUID } from 'node:crypto';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HubEvent } from '../events/event.ts';
import { AddressGuard } from '../security/address-guard.ts';
import { type Keyring, readKey } from '../security/index.ts';
import { largestBody } from './cloud-event.ts';
import { EventLinks } from './event-link.ts';
import { EventPoster } from './post-event.ts';
import { type Received, type Receiver, receive } from './receiver.fixture.ts';
import { newSecret, secretProblem, signatureHeaders } from './signature.ts';

const order: HubEvent = {
  id: '019ab0f2-6d3c-7d6e-9c7f-2f0f5a3f9a11',
  type: 'order.created',
  version: 1,
  occurredAt: '2026-11-22T08:00:00.123Z',
  subject: '019ab0f2-0000-7000-8000-000000000001',
  key: '019ab0f2-0000-7000-8000-000000000001',
  data: {
    entity: 'order',
    record: { number: '连枢-1', amounts: { payable: '12.50' }, notes: '“quoted” \\ \u2028 🧾' },
  },
};
const keys: Keyring = [readKey(randomBytes(32).toString('base64'), 'test')];

let receiver: Receiver;
let poster: EventPoster;
beforeAll(async () => {
  receiver = await receive();
  poster = new EventPoster({
    guard: new AddressGuard({ allow: ['127.0.0.1'] }),
    timeoutMs: 5000,
    publicUrl: 'https://hub.example.com/',
    links: new EventLinks({ publicUrl: 'https://hub.example.com/', keys }),
  });
});
afterAll(async () => {
  await poster.close();
  receiver.stop();
});

/** What the receiver gets of an event. */
async function send(event: HubEvent, secrets: readonly string[], at = new Date()): Promise<Received> {
  const destination = { url: receiver.url, headers: { 'x-shop': 'S01' }, secrets, subscription: 'sub-1' };
  const result = await poster.post(destination, event, { at, signal: new AbortController().signal });
  expect(result).toMatchObject({ ok: true, status: 200, answer: 'thanks' });
  const got = receiver.received.pop();
  if (!got) throw new Error('nothing was received');
  return got;
}

/** The two public libraries as receivers use them. */
const libraries = {
  standardwebhooks: (secret: string, { body, headers }: Received) =>
    new StandardWebhook(secret).verify(body, headers),
  svix: (secret: string, { body, headers }: Received) => new SvixWebhook(secret).verify(body, headers),
};

describe.each(Object.entries(libraries))('received with %s', (_, verify) => {
  test('what is posted verifies, and is the event', async () => {
    const secret = newSecret();
    const got = await send(order, [secret]);
    expect(verify(secret, got)).toMatchObject({ id: order.id, type: 'order.created', data: order.data });
    expect(got.headers['x-shop']).toBe('S01');
    expect(() => verify(newSecret(), got)).toThrow();
  });

  test('while a secret is rotated, receivers with either one verify it', async () => {
    const [older, newer] = [newSecret(), newSecret()];
    const got = await send(order, [newer, older]);
    expect(verify(older, got)).toMatchObject({ id: order.id });
    expect(verify(newer, got)).toMatchObject({ id: order.id });
    const after = await send(order, [newer]);
    expect(() => verify(older, after)).toThrow();
    expect(verify(newer, after)).toMatchObject({ id: order.id });
  });

  test('forged, truncated, replayed, expired and otherwise signed ones do not', async () => {
    const secret = newSecret();
    const got = await send(order, [secret]);
    const withHeader = (name: string, value: string): Received => ({
      ...got,
      headers: { ...got.headers, [name]: value },
    });
    const signature = got.headers['webhook-signature'] ?? '';
    const bad: Record<string, Received> = {
      'another body': { ...got, body: got.body.replace('12.50', '0.01') },
      'a truncated body': { ...got, body: got.body.slice(0, -1) },
      'an empty body': { ...got, body: '' },
      'a truncated signature': withHeader('webhook-signature', signature.slice(0, -4)),
      'no signature': withHeader('webhook-signature', ''),
      'an invented signature': withHeader('webhook-signature', `v1,${randomBytes(32).toString('base64')}`),
      'another algorithm': withHeader('webhook-signature', signature.replace('v1,', 'v1a,')),
      'no algorithm': withHeader('webhook-signature', signature.replace('v1,', '')),
      'replayed under another id': withHeader('webhook-id', randomUUID()),
      'replayed later with a new time': withHeader(
        'webhook-timestamp',
        String(Math.floor(Date.now() / 1000) + 60),
      ),
      'no time': withHeader('webhook-timestamp', 'yesterday'),
      expired: await send(order, [secret], new Date(Date.now() - 6 * 60_000)),
      'from the future': await send(order, [secret], new Date(Date.now() + 6 * 60_000)),
    };
    for (const [name, one] of Object.entries(bad)) expect(() => verify(secret, one), name).toThrow();
    expect(verify(secret, got)).toMatchObject({ id: order.id });
  });
});

describe('as a CloudEvent', () => {
  test('it parses with the library, and every attribute is there', async () => {
    const got = await send(order, [newSecret()]);
    const event = HTTP.toEvent({ headers: got.headers, body: got.body });
    if (!(event instanceof CloudEvent)) throw new Error('expected one event');
    expect(event.validate()).toBe(true);
    expect(event.toJSON()).toEqual({
      specversion: '1.0',
      id: order.id,
      source: 'https://hub.example.com',
      type: 'order.created',
      time: '2026-11-22T08:00:00.123Z',
      subject: order.subject,
      partitionkey: order.key,
      datacontenttype: 'application/json',
      dataschema: 'https://hub.example.com/v1/event-types/order.created/1',
      data: order.data,
    });
    expect(got.headers['content-type']).toMatch(/^application\/cloudevents\+json/);
  });

  test('one about no record has no subject; a retry bears the same id', async () => {
    const ping = { ...order, type: 'ping', subject: null, key: null, data: {} };
    const secret = newSecret();
    const [first, second] = [
      await send(ping, [secret]),
      await send(ping, [secret], new Date(Date.now() + 5000)),
    ];
    expect(first.headers['webhook-id']).toBe(second.headers['webhook-id']);
    expect(first.headers['webhook-signature']).not.toBe(second.headers['webhook-signature']);
    expect(first.body).toBe(second.body);
    const event = HTTP.toEvent({ headers: first.headers, body: first.body });
    expect(event).toMatchObject({ type: 'ping', data: {} });
    expect(Object.keys(JSON.parse(first.body))).not.toEqual(expect.arrayContaining(['subject']));
    expect(Object.keys(JSON.parse(first.body))).not.toEqual(expect.arrayContaining(['partitionkey']));
  });

  test('above 256 kB it travels as a signed link, which is good for its event and its time only', async () => {
    const secret = newSecret();
    // Three bytes a character: what counts is bytes.
    const large = { ...order, data: { text: '枢'.repeat(largestBody / 3) } };
    const now = new Date();
    const got = await send(large, [secret], now);
    expect(got.body.length).toBeLessThan(1000);
    const event = HTTP.toEvent({ headers: got.headers, body: got.body }) as {
      dataref?: unknown;
      data?: unknown;
    };
    expect(libraries.standardwebhooks(secret, got)).toMatchObject({ id: order.id });
    expect(event.data).toBeUndefined();
    const link = new URL(String(event.dataref));
    expect(`${link.origin}${link.pathname}`).toBe(`https://hub.example.com/v1/events/${order.id}/data`);

    const links = new EventLinks({ publicUrl: 'https://hub.example.com', keys });
    const linked = { event: order.id, subscription: 'sub-1' };
    expect(links.read(order.id, link.searchParams, now)).toEqual(linked);
    const newer: Keyring = [readKey(randomBytes(32).toString('base64'), 'test'), ...keys];
    const rotated = new EventLinks({ publicUrl: 'https://hub.example.com', keys: newer });
    expect(rotated.read(order.id, link.searchParams, now)).toEqual(linked);

    const with_ = (name: string, value: string) => {
      const query = new URLSearchParams(link.searchParams);
      query.set(name, value);
      return query;
    };
    const later = new Date(now.getTime() + 8 * 86_400_000);
    expect(() => links.read(randomUUID(), link.searchParams, now)).toThrow(/not one this hub has made/);
    expect(() => links.read(order.id, with_('subscription', 'sub-2'), now)).toThrow(/not one/);
    expect(() => links.read(order.id, with_('until', '9999999999'), now)).toThrow(/not one/);
    expect(() => links.read(order.id, with_('signature', ''), now)).toThrow(/not one/);
    expect(() => links.read(order.id, link.searchParams, later)).toThrow(/too old/);
  });
});

describe('secrets', () => {
  test('a new one is good, and different each time', () => {
    expect(secretProblem(newSecret())).toBeUndefined();
    expect(newSecret()).not.toBe(newSecret());
  });

  test('one that cannot sign is refused, and not shown', () => {
    const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
    for (const secret of [
      '',
      'sesame',
      'whsec_',
      'whsec_not base64!',
      of(23),
      of(65),
      of(32).replace('whsec', 'whsk'),
    ]) {
      const problem = secretProblem(secret);
      expect([secret, problem?.code]).toEqual([secret, 'destination.bad-secret']);
      if (secret.length > 8) expect(problem?.toText()).not.toContain(secret);
    }
    expect(secretProblem(of(24))).toBeUndefined();
    expect(secretProblem(of(64).replace(/=+$/, ''))).toBeUndefined();
  });

  test('the signature is the one the standard shows', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const body = Buffer.from('{"test": 2432232314}');
    const headers = signatureHeaders(
      [secret],
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1614265330_000),
      body,
    );
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

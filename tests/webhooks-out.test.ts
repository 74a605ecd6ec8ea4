import { Command } from 'commander';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliveriesCommand } from '../src/cli/deliveries.ts';
import { subscriptionsCommand } from '../src/cli/subscriptions.ts';
import { type Outward, openOutward } from '../src/lanes/deliver/outward.ts';
import { fanOutLane } from '../src/lanes/events/consumer.ts';
import type { SubscriptionInput } from '../src/lanes/subscriptions/check.ts';
import { declareSubscriptions } from '../src/lanes/subscriptions/declare.ts';
import {
  addSubscription,
  changeSubscription,
  rotateSecret,
  subscriptionNamed,
  switchSubscription,
} from '../src/lanes/subscriptions/manage.ts';
import { pingSubscription } from '../src/lanes/subscriptions/ping.ts';
import { replayDelivery, replaySince } from '../src/lanes/subscriptions/replay.ts';
import { type Delivery, listDeliveries } from '../src/ledger/deliveries.ts';
import { insertEvents } from '../src/ledger/events.ts';
import { newId } from '../src/ledger/ids.ts';
import { loadKeys } from '../src/security/index.ts';
import { startTestHub, statusOf, type TestHub, tokenOf, until } from './harness.ts';
import { Receiver } from './support/receiver.ts';

type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: Record<string, unknown> }>;

function api(hub: TestHub): Call {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(hub.url + path, {
      method,
      headers: {
        authorization: `Bearer ${await tokenOf(hub)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  };
}

describe('Events reach those who have subscribed', () => {
  let hub: TestHub;
  let desk: Outward;
  let receiver: Receiver;
  let count = 0;

  beforeAll(async () => {
    hub = await startTestHub({ yaml: (text) => `${text}\noutbound: { allow: [127.0.0.1] }\n` });
    const keys = await loadKeys({ dataDir: hub.options.dataDir });
    desk = openOutward(hub.database, keys, { publicUrl: hub.url, allow: ['127.0.0.1'] });
  });
  afterAll(async () => {
    await desk?.close();
    await hub?.stop();
  });
  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterEach(() => receiver.stop());

  async function subscribe(input: Partial<SubscriptionInput>): Promise<{ id: string; secret: string }> {
    count += 1;
    const full = { name: `s${count}`, events: ['match.proposed'], url: receiver.url, ...input };
    const { subscription, secret } = await addSubscription(desk, full, 'test');
    return { id: subscription.id, secret };
  }

  /** Something that happened, told as a transaction would. */
  async function tell(key: string, entity = 'customer', type = 'match.proposed'): Promise<string> {
    const id = newId();
    const data = { match: newId(), entity, recordId: null, connection: null, object: null, remoteId: null };
    await insertEvents(hub.database, [{ id, type, occurredAt: new Date(), subject: null, key, data }]);
    hub.hub.world.ring([fanOutLane]);
    return id;
  }

  const log = (subscriptionId: string): Promise<Delivery[]> =>
    listDeliveries(hub.database, { subscriptionId }, 100);

  async function settled(subscriptionId: string, states: readonly string[]): Promise<void> {
    await until(`deliveries are ${states.join(', ')}`, async () => {
      const found = (await log(subscriptionId)).map((one) => one.state).reverse();
      return JSON.stringify(found) === JSON.stringify(states);
    });
  }

  /** What waits for another try waits long, however slow this machine is. */
  async function hold(subscriptionId: string): Promise<void> {
    await hub.database.query(
      `update due_deliveries set due_at = now() + interval '1 h' where subscription_id = $1`,
      [subscriptionId],
    );
  }

  /** As if the pause before the next try were over. */
  async function hurry(subscriptionId: string): Promise<void> {
    await hub.database.query(`update due_deliveries set due_at = now() where subscription_id = $1`, [
      subscriptionId,
    ]);
    hub.hub.world.ring([`deliver/${subscriptionId}/0`]);
  }

  it('what happens at a vendor arrives signed, as a CloudEvent, with personal values masked', async () => {
    const { id, secret } = await subscribe({
      events: ['order.created', 'link.*'],
      filter: 'record.kind == "web"',
    });
    const number = hub.pos.placeOrder('WEB', hub.inventor.order());
    const numberOf = (data: Record<string, unknown>): unknown =>
      (data.record as Record<string, unknown>).number;
    const posts = () => receiver.received.filter(({ event }) => numberOf(event.data) === number);
    await until('the order and what became of its copies were posted', () => {
      const types = posts().map(({ event }) => event.type);
      return types.includes('order.created') && types.includes('link.completed');
    });
    const [created] = posts();
    expect(
      new Webhook(secret).verify(created?.body ?? '', created?.headers as Record<string, string>),
    ).toMatchObject({
      specversion: '1.0',
      type: 'order.created',
      data: { entity: 'order', record: { number, receiver: { name: '***', phone: { kind: 'masked' } } } },
    });
    expect(created?.headers['webhook-id']).toBe(created?.event.id);
    await until('what became of the posts is known', async () =>
      (await log(id)).every((one) => one.state === 'done' && one.status === 200 && one.answer === 'seen'),
    );
  });

  it('a receiver that takes nothing is posted to ten times a second, and at full speed again once it has taken one', async () => {
    const posts: { readonly at: number; readonly id: string }[] = [];
    let isBack = false;
    receiver.answer = ({ event }) => {
      posts.push({ at: performance.now(), id: event.id });
      return isBack ? 200 : 500;
    };
    const { id } = await subscribe({});
    await tell('first');
    await until('it is known to take nothing', async () => {
      const { rowCount } = await hub.database.query(
        'select 1 from subscriptions where id = $1 and failing_since is not null',
        [id],
      );
      return rowCount === 1;
    });
    const ids = await Promise.all(Array.from({ length: 60 }, (_, n) => tell(`key ${n}`)));
    const those = () => posts.filter((post) => ids.includes(post.id));
    await until('twelve were tried', () => those().length >= 12);
    const [one, , , , , , , , , , , twelfth] = those();
    expect((twelfth?.at ?? 0) - (one?.at ?? 0)).toBeGreaterThan(1_000);
    isBack = true;
    await until(
      'those nobody had tried have come',
      () => new Set(those().map((post) => post.id)).size === 60,
    );
    const last = those().at(-1)?.at ?? 0;
    expect(last - (twelfth?.at ?? 0)).toBeLessThan(2_500);
    await hurry(id);
    await until('all were taken', async () => (await log(id)).every((found) => found.state === 'done'));
  });

  it('what cannot go on at a system is told as a dead letter', async () => {
    await subscribe({ events: ['deadletter.*'], filter: 'event.data.connection == "erp"' });
    const [link] = (
      await hub.database.query<{ id: string }>(
        `select id from links where connection = 'erp' and state = 'idle' limit 1`,
      )
    ).rows;
    await hub.database.query(`update links set state = 'parked', error_code = 'x.refused' where id = $1`, [
      link?.id,
    ]);
    await until('it was posted', () => receiver.types().includes('deadletter.opened'));
    expect(receiver.received[0]?.event.data).toMatchObject({ letter: `push/${link?.id}`, code: 'x.refused' });
    await hub.database.query(`update links set state = 'idle', error_code = null where id = $1`, [link?.id]);
  });

  it('what is not taken is posted again under the same id, and holds back only what is behind it in its key', async () => {
    const { id } = await subscribe({ ordered: true });
    let isDown = true;
    let refused: string | undefined;
    receiver.answer = ({ event }) => {
      refused ??= event.id;
      return isDown && event.id === refused ? 500 : 200;
    };
    const first = await tell('a');
    const others = [await tell('a'), await tell('b'), await tell('a')];
    await settled(id, ['due', 'due', 'done', 'due']);
    await hold(id);
    expect(receiver.received.map(({ event }) => event.id)).toEqual([first, others[1]]);
    isDown = false;
    await hurry(id);
    await settled(id, ['done', 'done', 'done', 'done']);
    expect(receiver.received.map(({ event }) => event.id)).toEqual([
      first,
      others[1],
      first,
      others[0],
      others[2],
    ]);
    expect((await log(id)).at(-1)).toMatchObject({ attempts: 2, log: [{ status: 500 }, { status: 200 }] });
  });

  it('a receiver that answers 410 is posted nothing any more, and one that took nothing for five days', async () => {
    const gone = await subscribe({});
    const failing = await subscribe({});
    const silent = await subscribe({});
    receiver.answer = ({ headers }) => (headers.authorization === undefined ? 410 : 500);
    await hub.database.query(`update subscriptions set state = 'disabled' where id = any($1::uuid[])`, [
      [failing.id, silent.id],
    ]);
    await tell('a');
    await until(
      'it is off',
      async () => (await subscriptionNamed(hub.database, gone.id)).state === 'disabled',
    );
    await settled(gone.id, ['failed']);
    receiver.answer = () => 500;
    await switchSubscription(desk, failing.id, true, 'test');
    await hub.database.query(
      `update subscriptions set failing_since = now() - interval '6 days' where id = $1`,
      [failing.id],
    );
    await tell('a');
    await until(
      'it is off',
      async () => (await subscriptionNamed(hub.database, failing.id)).state === 'disabled',
    );
    expect(await subscriptionNamed(hub.database, failing.id)).toMatchObject({
      code: 'subscriptions.failing',
    });
    expect(await log(silent.id)).toEqual([]);
  });

  it('a filter that cannot tell parks its subscription, and nobody else', async () => {
    const broken = await subscribe({ filter: 'event.data.entity.contains("cust") && event.key < 5' });
    const other = await subscribe({});
    await tell('a');
    await settled(other.id, ['done']);
    expect(await subscriptionNamed(hub.database, broken.id)).toMatchObject({
      state: 'parked',
      code: 'subscriptions.filter-failed',
    });
    expect(await log(broken.id)).toEqual([]);
    const { outward } = (await statusOf(hub)) as { outward: { subscriptions: unknown } };
    expect(outward.subscriptions).toContainEqual(
      expect.objectContaining({
        state: 'parked',
        code: 'subscriptions.filter-failed',
        reason: expect.stringContaining('match.proposed'),
        todo: expect.stringMatching(/^Ask in the filter first .* lianhub subscriptions enable s\d+, then /),
      }),
    );
  });

  it('everything since a moment, what was not taken, and one delivery can be sent again, at a rate', async () => {
    const since = new Date();
    const { id } = await subscribe({});
    receiver.answer = ({ event }) => (event.data.entity === 'product' ? 400 : 200);
    const first = await tell('a');
    await settled(id, ['done']);
    const second = await tell('b', 'product');
    // It is due before it has been tried, too.
    await until('the second was refused', async () => (await log(id)).some((one) => one.status === 400));
    await settled(id, ['done', 'due']);
    await hold(id);
    receiver.answer = () => 200;
    receiver.received.length = 0;
    const missing = await replaySince(desk, id, { since, missing: true, perSecond: 50 }, 'test');
    hub.hub.world.ring(missing.lanes);
    await settled(id, ['done', 'due', 'done']);
    const all = await replaySince(desk, id, { since, filter: 'event.data.entity == "customer"' }, 'test');
    hub.hub.world.ring(all.lanes);
    await settled(id, ['done', 'due', 'done', 'done']);
    const counted = await api(hub)('POST', `/v1/subscriptions/${id}/replay`, { since, dryRun: true });
    expect([counted.status, counted.body]).toEqual([200, { count: 2, types: { 'match.proposed': 2 } }]);
    const [newest] = await log(id);
    hub.hub.world.ring((await replayDelivery(desk, newest?.id ?? '', 'test')).lanes);
    await settled(id, ['done', 'due', 'done', 'done', 'done']);
    expect(receiver.received.map(({ event }) => event.id)).toEqual([second, first, first]);
  });

  it('a test is posted at once, and after a rotation both secrets sign until the old one ends', async () => {
    const { id, secret } = await subscribe({ headers: { 'x-token': 'sesame-open' } });
    const { secret: newer } = await rotateSecret(desk, id, 'test', { keepMs: 60_000 });
    const ping = await pingSubscription(desk, desk.send, id, AbortSignal.timeout(10_000));
    expect(ping.result).toMatchObject({ ok: true, status: 200 });
    const [post] = receiver.received;
    const headers = post?.headers as Record<string, string>;
    expect(headers['x-token']).toBe('sesame-open');
    for (const one of [secret, newer]) {
      expect(new Webhook(one).verify(post?.body ?? '', headers)).toMatchObject({ type: 'ping' });
    }
    await rotateSecret(desk, id, 'test', { keepMs: 0 });
    await pingSubscription(desk, desk.send, id, AbortSignal.timeout(10_000));
    const last = receiver.received.at(-1);
    expect(() =>
      new Webhook(newer).verify(last?.body ?? '', last?.headers as Record<string, string>),
    ).toThrow(/No matching signature/);
  });

  it('what cannot be is refused when it is made, with the place; the API makes, shows, tests and removes', async () => {
    const call = api(hub);
    const base = { name: 'board', events: ['order.*'], url: receiver.url };
    const refused = await call('POST', '/v1/subscriptions', {
      ...base,
      events: ['ordr.*'],
      url: 'http://169.254.169.254/latest',
    });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([
      { pointer: '/events/0', detail: expect.stringContaining('order.*') },
      { pointer: '/url', detail: expect.stringContaining('destination.never') },
    ]);
    const unknown = await call('POST', '/v1/subscriptions', { ...base, filter: 'record.recevier != null' });
    expect(unknown.body.errors).toMatchObject([
      { pointer: '/filter', detail: expect.stringMatching(/character 1: .*record\.receiver.*\n.*\n\^/s) },
    ]);
    const made = await call('POST', '/v1/subscriptions', base);
    expect(made.body).toMatchObject({ name: 'board', personal: 'masked', state: 'enabled' });
    expect(String(made.body.secret)).toMatch(/^whsec_/);
    const path = `/v1/subscriptions/${String(made.body.id)}`;
    expect((await call('POST', `${path}/ping`)).body).toMatchObject({ ok: true, answer: 'seen' });
    const log = await call('GET', `/v1/deliveries?subscription=board`);
    expect(log.body.items).toMatchObject([{ type: 'ping', state: 'done', status: 200 }]);
    const [pinged] = log.body.items as { id: string }[];
    expect((await call('GET', `/v1/deliveries/${pinged?.id}`)).body).toMatchObject({
      id: pinged?.id,
      answer: 'seen',
    });
    // A test is no event that is kept: it is left out, and said so.
    const again = await call('POST', '/v1/deliveries/replay', { ids: [pinged?.id] });
    expect([again.status, again.body]).toEqual([202, { count: 0, gone: [pinged?.id] }]);
    const stray = await call('POST', '/v1/deliveries/replay', { ids: [newId()] });
    expect([stray.status, stray.body.code]).toEqual([404, 'deliveries.unknown']);
    const types = await call('GET', '/v1/event-types');
    expect(types.body.items).toContainEqual(expect.objectContaining({ type: 'inventory.low' }));
    const schema = await call('GET', '/v1/event-types/order.created/1');
    expect(schema.body).toMatchObject({ type: 'object', properties: { record: { type: 'object' } } });
    expect((await call('DELETE', path, undefined, { 'if-match': '"other"' })).status).toBe(412);
    expect((await call('DELETE', path, undefined, { 'if-match': '*' })).status).toBe(204);
  });

  it('what is too large to be posted travels as a link that only its subscription was given', async () => {
    await subscribe({ filter: 'event.key == "large"' });
    const data = { match: newId(), entity: 'customer', remoteId: 'x'.repeat(300_000) };
    const event = {
      id: newId(),
      type: 'match.proposed',
      occurredAt: new Date(),
      subject: null,
      key: 'large',
      data,
    };
    await insertEvents(hub.database, [event]);
    hub.hub.world.ring([fanOutLane]);
    await until('it was posted', () => receiver.received.length === 1);
    const { dataref } = JSON.parse(receiver.received[0]?.body ?? '{}') as { dataref: string };
    const { pathname, search } = new URL(dataref);
    const answer = await fetch(hub.url + pathname + search);
    expect(await answer.json()).toEqual(data);
    expect((await fetch(`${hub.url}${pathname}${search.replace('until=', 'until=1')}`)).status).toBe(403);
  });

  it('subscriptions of hub.yaml follow the file: added, given another secret, and removed', async () => {
    const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'];
    const declare = (secret?: string): Promise<void> =>
      hub.database.transaction((sql) => {
        const written = { name: 'written', events: ['match.proposed'], url: receiver.url, secret };
        return declareSubscriptions(sql, secret === undefined ? [] : [written], desk.keys);
      });
    for (const secret of secrets) await declare(secret);
    await tell('a');
    await until('it was posted', () => receiver.received.length === 1);
    const [post] = receiver.received;
    for (const secret of secrets) {
      new Webhook(secret).verify(post?.body ?? '', post?.headers as Record<string, string>);
    }
    await expect(changeSubscription(desk, 'written', { name: 'other' }, 'test')).rejects.toThrow(/hub\.yaml/);
    await declare();
    await expect(subscriptionNamed(hub.database, 'written')).rejects.toThrow(/no subscription/);
  });

  it('commands add, list, test, switch, send again and remove', async () => {
    const lianhub = async (words: string): Promise<string> => {
      let printed = '';
      const around = {
        open: async () => ({ ...desk, close: () => undefined }),
        write: (text: string | Buffer) => {
          printed += String(text);
        },
        user: 'han.mei',
      };
      const program = new Command()
        .addCommand(subscriptionsCommand(around))
        .addCommand(deliveriesCommand(around));
      await program.parseAsync(words.split(' '), { from: 'user' });
      return printed;
    };
    const url = receiver.url;
    expect(await lianhub(`subscriptions add cli --url ${url} --events match.* --ordered --rate 100`)).toMatch(
      /whsec_/,
    );
    expect(await lianhub('subscriptions test cli')).toMatch(/^taken: 200 after \d+ ms\nseen/);
    await lianhub('subscriptions disable cli');
    expect(await lianhub('subscriptions list')).toMatch(/cli +disabled +match\.\* .*by han\.mei/);
    const missed = await tell('a');
    await until('it was told to everybody', async () => {
      const told = await hub.database.query(
        'select 1 from event_cursor c join events e on c.last_seq >= e.seq where e.id = $1',
        [missed],
      );
      return told.rowCount === 1;
    });
    await lianhub('subscriptions enable cli');
    expect(await lianhub('deliveries replay --subscription cli --since 1h --missing --rate 500')).toMatch(
      /^\d+ to be posted/,
    );
    await until('it was posted', () => receiver.received.some(({ event }) => event.id === missed));
    await until('it is in the log', async () =>
      /match\.proposed +done, replay +200/.test(
        await lianhub(`deliveries list --subscription cli --event ${missed}`),
      ),
    );
    expect(await lianhub('subscriptions rotate cli --keep 1h')).toMatch(/whsec_/);
    expect(await lianhub('subscriptions remove cli')).toBe('cli is removed.\n');
    await expect(lianhub(`subscriptions add x --url ${url} --events ordr.created`)).rejects.toThrow(
      /order\.created/,
    );
  });

  it('posts no faster than a subscription allows', async () => {
    const { id } = await subscribe({ rate: 20 });
    const start = performance.now();
    for (let at = 0; at < 15; at += 1) await tell(`k${at}`);
    await settled(
      id,
      Array.from({ length: 15 }, () => 'done'),
    );
    expect(performance.now() - start).toBeGreaterThan(14 * 50 - 60);
  });
});

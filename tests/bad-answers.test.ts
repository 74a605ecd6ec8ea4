import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../connectors/kit/faults.ts';
import { gbk } from '../connectors/kit/mangled.ts';
import { md5Upper } from '../connectors/kit/signature.ts';
import { productBody } from '../connectors/pospal/shapes.ts';
import { callbackRequest, confirmOf } from '../connectors/qimen/testing.ts';
import { pollNow } from '../src/ledger/cursors.ts';
import { countMatches } from '../src/ledger/matches.ts';
import type { Trouble } from '../src/ledger/overview.ts';
import { quiet, startTestHub, statusOf, type TestHub, until } from './harness.ts';
import { finished, golden, hasty, pollAll, tell, withFacts } from './support/read-outs.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({
    yaml: hasty,
    connectors: withFacts((facts) => ({ ...facts, writeDeadlineMs: 1_200, latenessMs: 100, searchLagMs: 0 })),
  });
});
afterAll(() => hub?.stop());

const bad: readonly FaultKind[] = ['garbage', 'truncated', 'huge', 'wrongCharset', 'nul'];

async function trouble(): Promise<Trouble[]> {
  return ((await statusOf(hub)) as { trouble: Trouble[] }).trouble;
}

/** Waits until something of a kind stands in the status with a code and a sentence. */
async function told(kind: Trouble['kind'], connection: string, object: string): Promise<Trouble> {
  let found: Trouble | undefined;
  await until(`${kind} ${connection}/${object} is in the status`, async () => {
    found = (await trouble()).find(
      (one) => one.kind === kind && one.connection === connection && one.object === object,
    );
    return found !== undefined;
  });
  return found as Trouble;
}

describe('A vendor that answers nonsense', () => {
  it.each(bad)('to a reading (%s): it is said and tried again, and the others go on', async (kind) => {
    const { pos, erp } = hub;
    const before = process.memoryUsage().rss;
    const [member = ''] = pos.seedCustomers('S02', [{ number: `BAD-${kind}`, name: '张三丰' }]);
    const endless = Number.POSITIVE_INFINITY;
    pos.faults.next(endless, kind, 'queryProductPages');
    pos.faults.next(endless, kind, 'queryByUid');
    erp.faults.next(endless, kind, 'ExecuteBillQuery');
    const lists = [
      ['pos', 'product'],
      ['erp', 'BD_MATERIAL'],
    ] as const;
    // Something Chinese to spoil: an article that is new to both lists.
    pos.seedProducts('WEB', [{ barcode: `BAD-${kind}`, name: '坏茶', sellPrice: '1' }]);
    erp.seedMaterials([{ number: `BAD-${kind}`, name: '坏茶', barcode: `BAD-${kind}` }]);
    for (const [connection, object] of lists) await pollNow(hub.database, connection, object);
    hub.hub.world.ring(lists.map(([connection, object]) => `poll/${connection}/${object}`));
    const push = pos.signedPush('S02', 'customer.new', { customerUid: member });
    const taken = await fetch(`${hub.url}/hooks/pos`, {
      method: 'POST',
      headers: push.headers,
      body: push.body,
    });
    expect(taken.status).toBe(200);
    const isReadable = kind === 'nul';
    if (!isReadable) {
      for (const [connection, object] of lists) {
        const poll = await told('poll', connection, object);
        expect(poll.code).toMatch(/^(pospal|kingdee|http)\.[a-z-]+$/);
        expect(poll.error).toMatch(/^[^<\0]{20,}$/);
      }
    }
    const row = await told('inbox', 'pos', 'customer');
    expect(row.code).toMatch(/^[a-z]+\.[a-z-]+$/);
    expect(row.error).toMatch(/^[^<\0]{20,}$/);
    // A neighbour's news is taken in meanwhile.
    const told3 = confirmOf(`SO-${kind}`);
    const { query, headers, body } = callbackRequest(told3);
    const confirm = await fetch(`${hub.url}/hooks/wms?${query}`, {
      method: 'POST',
      headers,
      body: Buffer.from(body),
    });
    expect(confirm.status).toBe(200);
    pos.faults.clear();
    erp.faults.clear();
    await pollAll(hub, 'pos', ['product']);
    await pollAll(hub, 'erp', ['BD_MATERIAL']);
    if (!isReadable) {
      await until('the article is known by its right name', async () => {
        const product = (await golden(hub, 'product')).find(({ data }) => data.code === `BAD-${kind}`);
        return product?.data.name === '坏茶';
      });
    }
    if (kind === 'huge') expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
    await hub.database.query(`delete from inbox where remote_id like 'SO-${kind}%' or object = 'customer'`);
  });

  it('to a write: it is unknown, looked up, and there once', async () => {
    const { pos, erp, wms } = hub;
    for (const kind of bad) {
      erp.faults.next(1, kind, 'BatchSave');
      wms.faults.next(1, kind, 'deliveryorder.create');
      pos.faults.next(1, kind, 'shipOrder');
    }
    const orders = Array.from({ length: 5 }, () => pos.placeOrder('WEB', hub.inventor.order()));
    await finished(hub, orders, 0);
    const unclear = await hub.database.query<{ connection: string }>(
      `select distinct l.connection from tries t join links l on l.id = t.link_id
       where t.answer ->> 'kind' = 'unknown' or t.answer ->> 'foundLater' = 'true' or t.lookups > 0`,
    );
    expect(unclear.rows.map((one) => one.connection).sort()).toEqual(['erp', 'pos', 'wms']);
    expect(wms.orders().every((order) => order.creates === 1)).toBe(true);
  });
});

describe('A vendor that tells nonsense', () => {
  it('in another charset: it is kept as dead with a sentence', async () => {
    const push = hub.pos.signedPush('S01', 'customer.edit', '{"customerUid":"1","name":"张三"}');
    expect(push.body).toContain('张三');
    const bytes = gbk(push.body);
    const secrets = hub.pos.connectionFor('http://pos').secrets.appKeys as Record<string, string>;
    const headers = { ...push.headers, 'data-signature': md5Upper(secrets.S01 ?? '', bytes) };
    const answer = await fetch(`${hub.url}/hooks/pos`, {
      method: 'POST',
      headers,
      body: Uint8Array.from(bytes),
    });
    expect(answer.status).toBe(200);
    expect(await told('inbox', 'pos', 'unknown')).toMatchObject({
      state: 'dead',
      code: 'inbox.not-understood',
    });
  });

  it('a NUL in a name: the sentence says where', async () => {
    const [id = ''] = hub.pos.seedCustomers('S01', [{ number: 'NUL-1', name: 'a\0b' }]);
    const outcome = await tell(hub, 'pos', { object: 'customer', remoteId: `S01/${id}` });
    expect(outcome).toMatchObject({ state: 'dead', error_code: 'apply.unstorable' });
    expect(outcome.error).toContain('name holds a NUL');
  });

  it('an id as a number one day and as a text the next: it is the same object', async () => {
    const account = {
      name: 'S01',
      storeCode: 'S01',
      appId: 'a',
      appKey: 'k',
      baseUrl: '',
      baseUrlV2: undefined,
    };
    const [number, text] = [
      { uid: 123, name: 'x' },
      { uid: '123', name: 'x' },
    ];
    expect(productBody(account, number)).toEqual(productBody(account, text));
  });

  it('a clock that is years off: nothing is shut out by it, and what is old by it says so', async () => {
    const product = (name: string, revision: string) =>
      tell(hub, 'pos', {
        object: 'product',
        remoteId: 'WEB/9',
        revision,
        body: { uid: '9', barcode: 'CLOCK', name, sellPrice: '1', enable: '1' },
      });
    const name = async (): Promise<unknown> =>
      (await golden(hub, 'product')).find(({ data }) => data.code === 'CLOCK')?.data.name;
    expect(await product('ahead', '2049-01-01T00:00:00Z')).toMatchObject({ state: 'done' });
    expect(await product('right', '2026-01-02T00:00:00Z')).toMatchObject({ state: 'done' });
    expect(await name()).toBe('right');
    const late = await product('behind', '1999-01-01T00:00:00Z');
    expect(late).toMatchObject({ state: 'dropped', error_code: 'apply.older' });
    expect(late.error).toContain('1999-01-01');
    expect(await name()).toBe('right');
  });

  it('one key on two objects: the second is put aside, and the first stays what it is', async () => {
    const body = (uid: string, name: string) => ({
      uid,
      barcode: 'TWICE',
      name,
      sellPrice: '1',
      enable: '1',
    });
    const first = await tell(hub, 'pos', { object: 'product', remoteId: 'WEB/1', body: body('1', 'first') });
    expect(first.state).toBe('done');
    const second = await tell(hub, 'pos', {
      object: 'product',
      remoteId: 'WEB/2',
      body: body('2', 'second'),
    });
    expect(second).toMatchObject({ state: 'dead', error_code: 'apply.key-on-two-objects' });
    expect(second.error).toContain('WEB/1');
    // Another store's copy of the same article is no second one.
    const copy = await tell(hub, 'pos', { object: 'product', remoteId: 'S01/3', body: body('3', 'first') });
    expect(copy.state).not.toBe('dead');
    const products = (await golden(hub, 'product')).filter(({ data }) => data.code === 'TWICE');
    expect(products.map(({ data }) => data.name)).toEqual(['first']);
  });

  it('a key that another record has: the two are proposed to a person, and each stays what it is', async () => {
    const { code } = (await golden(hub, 'product')).find(({ data }) => data.code !== 'TWICE')?.data ?? {};
    const body = { uid: '1', barcode: String(code), name: 'first', sellPrice: '2', enable: '1' };
    const outcome = await tell(hub, 'pos', { object: 'product', remoteId: 'WEB/1', body }, 'poll');
    expect(outcome.state).toBe('done');
    await quiet(hub.database);
    const both = (await golden(hub, 'product')).filter(({ data }) => data.code === code);
    expect(both).toHaveLength(2);
    expect(await countMatches(hub.database)).toMatchObject([{ entity: 'product', count: 1 }]);
  });
});

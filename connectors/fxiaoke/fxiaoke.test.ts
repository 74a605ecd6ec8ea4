import { afterEach, describe, expect, it } from 'vitest';
import { ConnectorError, type Decision, type WriteItem } from '../kit/index.ts';
import { objectOf, signal } from '../kit/testing.ts';
import { decisionOf } from './errors.ts';
import { type Running, start } from './testing.ts';

const open: Running[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function started(...given: Parameters<typeof start>): Promise<Running> {
  const one = await start(...given);
  open.push(one);
  return one;
}

async function decision(call: Promise<unknown>): Promise<Decision> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ConnectorError) return error.decision;
  throw new Error('Expected a decision.', { cause: error });
}

function orderItem(account: string, products: readonly string[]): WriteItem {
  const lines = products.map((product_id, at) => ({
    _key: `L${at + 1}`,
    product_id,
    quantity: '2',
    sales_price: '10.5',
    subtotal: '21',
  }));
  return {
    key: 'W1',
    body: { account_id: account, order_time: 1_772_676_900_000, details: { SalesOrderProductObj: lines } },
  };
}

describe('signing in', () => {
  it('works the older way too: token, enterprise and employee in the body', async () => {
    const { session, simulator } = await started({ auth: 'corp' });
    expect(await session.test(signal)).toMatchObject({ ok: true });
    expect(simulator.calls.get('/cgi/corpAccessToken/get/V2')).toBe(1);
  });

  it('stops when the employee is not known, and says which setting to look at', async () => {
    const { session } = await started({}, { userId: '9999' });
    expect(await session.test(signal)).toMatchObject({
      ok: false,
      message: expect.stringContaining('userId'),
    });
  });

  it('says which objects lack the field for our key, in the words of the vendor', async () => {
    const { session } = await started({ missingFields: ['ContactObj.hub_key__c'] });
    const { ok, message } = await session.test(signal);
    expect(ok).toBe(true);
    expect(message).toMatch(
      /ContactObj cannot be written until ContactObj has the field hub_key__c.*字段不存在/,
    );
    expect(message).not.toContain('AccountObj cannot');
  });

  it('stops when a new token is refused as well', async () => {
    let clock = Date.parse('2026-11-20T02:00:00Z');
    const { session } = await started({}, {}, () => {
      // For the vendor each token is over as soon as it is used.
      clock += 8_000_000;
      return clock;
    });
    expect(await decision(objectOf(session, 'AccountObj').list({ signal }))).toMatchObject({ kind: 'fatal' });
  });
});

describe('orders', () => {
  it('are created with their lines, whose ids are told, and listed with them', async () => {
    const { session, simulator } = await started();
    const account = simulator.seed('AccountObj', { name: '客户' });
    const products = ['A', 'B'].map((name) => simulator.seed('ProductObj', { name }));
    const orders = objectOf(session, 'SalesOrderObj');
    const item = orderItem(account, products);
    const [written] = await orders.write({ step: 'create', items: [item], signal });
    const lines = simulator.records('SalesOrderProductObj');
    expect(written).toMatchObject({ ok: true, lineIds: { L1: lines[0]?._id, L2: lines[1]?._id } });
    const [found] = await orders.find({ step: 'create', items: [item], signal });
    expect(found).toMatchObject({ found: true, lineIds: { L1: lines[0]?._id } });
    const { items } = await orders.list({ since: '2000-01-01T00:00:00Z', signal });
    expect(items[0]?.body).toMatchObject({
      name: 'SO-000005',
      details: { SalesOrderProductObj: [{ product_id: products[0] }, { product_id: products[1] }] },
    });
  });

  it('take changes of the head; a change of lines is refused, and nothing is written', async () => {
    const { session, simulator } = await started();
    const account = simulator.seed('AccountObj', { name: '客户' });
    const orders = objectOf(session, 'SalesOrderObj');
    const item = orderItem(account, [simulator.seed('ProductObj', { name: 'A' })]);
    const [written] = await orders.write({ step: 'create', items: [item], signal });
    const remoteId = written?.ok ? written.remoteId : '';
    const update = async (difference: WriteItem['difference']) => {
      const items = [{ ...item, remoteId, ...(difference ? { difference } : {}) }];
      return (await orders.write({ step: 'update', items, signal }))[0];
    };
    expect(await update({ body: { remark: '加急', owner: ['1001'] }, removed: {} })).toMatchObject({
      ok: true,
    });
    expect(simulator.records('SalesOrderObj')[0]).toMatchObject({ remark: '加急' });
    const lines = { details: { SalesOrderProductObj: [{ _id: 'x', quantity: '3' }] } };
    for (const difference of [
      { body: lines, removed: {} },
      { body: {}, removed: { 'details.SalesOrderProductObj': ['x'] } },
    ]) {
      expect(await update(difference)).toMatchObject({
        ok: false,
        decision: { kind: 'reject', code: 'fxiaoke.lines-fixed' },
      });
    }
    expect(simulator.records('SalesOrderProductObj')).toMatchObject([{ quantity: '2' }]);
  });
});

describe('creating', () => {
  const item = { key: 'C1', body: { name: '王小明', tel: '13800138000' } };

  it('under a key that is taken is looked up, whether the look-up or the unique field says so', async () => {
    for (const keysAreUnique of [false, true]) {
      const { session, simulator } = await started(
        { uniqueFields: ['AccountObj.hub_key__c'] },
        { keysAreUnique },
      );
      const accounts = objectOf(session, 'AccountObj');
      await accounts.write({ step: 'create', items: [item], signal });
      expect(await accounts.write({ step: 'create', items: [item], signal })).toMatchObject([
        { ok: false, decision: { kind: 'unknown', code: 'fxiaoke.exists' } },
      ]);
      expect(simulator.records('AccountObj')).toHaveLength(1);
    }
  });

  it('what the CRM takes for a duplicate of somebody else waits for a person', async () => {
    const { session, simulator } = await started({ duplicateFields: ['AccountObj.tel'] });
    simulator.seed('AccountObj', { name: '小明', tel: '13800138000' });
    const accounts = objectOf(session, 'AccountObj');
    expect(await accounts.write({ step: 'create', items: [item], signal })).toMatchObject([
      { ok: false, decision: { kind: 'reject', code: 'fxiaoke.duplicate' } },
    ]);
  });

  it('gives a business type and an owner where the connection says so, and consumption records their own names', async () => {
    const { session, simulator } = await started(
      {},
      {
        owner: '1001',
        accountKinds: { person__c: 'person' },
        consumption: { apiName: 'buys__c', fields: { number: 'no__c', store: '' } },
      },
    );
    const account = { key: 'C2', body: { ...item.body, _kind: 'person' } };
    await objectOf(session, 'AccountObj').write({ step: 'create', items: [account], signal });
    expect(simulator.records('AccountObj')[0]).toMatchObject({ record_type: 'person__c', owner: ['1001'] });
    const { items } = await objectOf(session, 'AccountObj').list({ signal });
    expect(items[0]?.body).toMatchObject({ _kind: 'person' });
    const record = { key: 'T1', body: { number: 'T1', store: 'S01', kind: 'sale', own_field__c: 'x' } };
    await objectOf(session, 'consumption').write({ step: 'create', items: [record], signal });
    const [stored] = simulator.records('buys__c');
    expect(stored).toMatchObject({ no__c: 'T1', hub_kind__c: 'sale', own_field__c: 'x' });
    expect(stored).not.toHaveProperty('store');
  });
});

describe('reading', () => {
  it('never says "not there" when the employee sees nothing at all', async () => {
    const { session, simulator } = await started();
    const accounts = objectOf(session, 'AccountObj');
    const asked = { step: 'create', items: [{ key: 'C1', body: {} }], signal };
    expect(await accounts.find(asked)).toEqual([{ found: false }]);
    simulator.hideData(true);
    expect(await decision(accounts.find(asked))).toMatchObject({ kind: 'retry', code: 'fxiaoke.blind' });
  });

  it('fetches many by one query, what a query does not show yet by its id, and tells what is not there', async () => {
    const { session, simulator } = await started({ searchLagMs: 60_000 });
    const past = Date.now() - 3_600_000;
    const ids = Array.from({ length: 30 }, (_none, at) =>
      simulator.seed('AccountObj', { name: `客户${at}`, ...(at < 29 ? { create_time: past } : {}) }),
    );
    const hints = [...ids, 'ffffffffffffffffffffffff'].map((remoteId) => ({
      object: 'AccountObj',
      remoteId,
    }));
    const results = await objectOf(session, 'AccountObj').fetch({ hints, signal });
    expect(results.map((result) => result.found)).toEqual([...ids.map(() => true), false]);
    expect(results.at(-1)).toMatchObject({ decision: { kind: 'absent' } });
    expect(simulator.calls.get('/cgi/crm/v2/data/query')).toBe(1);
    expect(simulator.calls.get('/cgi/crm/v2/data/get')).toBe(2);
  });

  it('a locked record is a conflict, a used-up day rests until midnight in China', async () => {
    const { session, simulator } = await started({ perDay: 3 });
    const id = simulator.seed('AccountObj', { name: '客户' });
    simulator.lock(id, true);
    const items = [{ key: 'C1', remoteId: id, body: { name: '别名' } }];
    const accounts = objectOf(session, 'AccountObj');
    expect(await accounts.write({ step: 'update', items, signal })).toMatchObject([
      { decision: { kind: 'conflict', code: 'fxiaoke.locked' } },
    ]);
    await accounts.list({ signal });
    await accounts.list({ signal });
    expect(await decision(accounts.list({ signal }))).toMatchObject({
      kind: 'throttle',
      code: 'fxiaoke.day-used',
    });
    const noon = Date.parse('2026-11-20T04:00:00Z');
    expect(decisionOf({ status: 200, code: 30002 }, false, noon).afterMs).toBe(12 * 3_600_000);
  });
});

describe('error codes', () => {
  it.each([
    [-1, '', true, 'unknown'],
    [-1, '', false, 'retry'],
    [50009, '', true, 'unknown'],
    [14001, '', true, 'throttle'],
    [30004, '', true, 'throttle'],
    [20016, '', true, 'reauth'],
    [11014, '', true, 'reauth'],
    [20015, '', false, 'fatal'],
    [10006, 'request uri not exists', false, 'fatal'],
    [10013, 'offset out of range 10000', false, 'reject'],
    [30003, '', false, 'fatal'],
    [201112011, '关联的数据不存在', true, 'reject'],
    [15002, 'x', true, 'reject'],
    [987654, 'something new', true, 'reject'],
  ])('%i %s (write: %s) means %s', (code, text, write, kind) => {
    expect(decisionOf({ status: 200, code, text }, write, 0).kind).toBe(kind);
  });
});

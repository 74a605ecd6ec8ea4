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

/** An order of two lines with everything it refers to. */
function orderFor({ simulator }: Running): WriteItem {
  const accountId = simulator.seed('account', { accountName: '客户' });
  const lines = ['A', 'B'].map((productName, at) => ({
    _key: `L${at + 1}`,
    productId: simulator.seed('product', { productName }),
    quantity: '2',
    unitPrice: '10.5',
  }));
  return { key: 'W1', body: { accountId, transactionDate: 1_772_676_900_000, _lines: lines } };
}

describe('signing in', () => {
  it.each([
    [
      'a token lost under HTTP 200 is asked for anew, with codes as text',
      { lostToken: 'body', textualCodes: true },
    ],
    ['a token lost with HTTP 401 is asked for anew, with rows by XOQL', { tellsInstance: false }],
  ] as const)('%s', async (_what, options) => {
    const query = 'tellsInstance' in options ? 'xoql' : 'sql';
    const { session, simulator } = await started(options, { query });
    simulator.seed('account', { accountName: '客户' });
    await session.test(signal);
    simulator.expireTokens();
    const { items } = await objectOf(session, 'account').list({ signal });
    expect(items).toMatchObject([{ body: { accountName: '客户' } }]);
    expect(simulator.signIns()).toBe(2);
  });

  it('takes the time of issue for what it is: a token is used until its hour is over, and not longer', async () => {
    let clock = Date.parse('2026-11-20T02:00:00Z');
    const { session, simulator } = await started({ tellsExpiry: false }, {}, () => clock);
    await session.test(signal);
    clock += 50 * 60_000;
    await session.test(signal);
    expect(simulator.signIns()).toBe(1);
    clock += 10 * 60_000;
    await session.test(signal);
    expect(simulator.signIns()).toBe(2);
  });

  it('says which objects lack the field for our key, in the words of the vendor', async () => {
    const { session } = await started({ missingFields: ['orderProduct.hubKey__c'] });
    const { ok, message } = await session.test(signal);
    expect(ok).toBe(true);
    expect(message).toMatch(
      /orderProduct cannot be written until orderProduct has the field hubKey__c.*无效/,
    );
    expect(message).not.toContain('account cannot');
  });

  it('stops when a new token is refused as well', async () => {
    const { session } = await started({ tokenSeconds: 0 });
    expect(await decision(objectOf(session, 'account').list({ signal }))).toMatchObject({
      kind: 'fatal',
      code: 'neocrm.token-refused',
    });
  });
});

describe('orders', () => {
  it('are made in steps, each of which can be seen to be done, and are listed with their lines', async () => {
    const one = await started();
    const orders = objectOf(one.session, 'order');
    const made = orderFor(one);
    const [created] = await orders.write({ step: 'create', items: [made], signal });
    const item = { ...made, remoteId: created?.ok ? created.remoteId : '' };
    const seen = async (step: string) => (await orders.find({ step, items: [item], signal }))[0];
    expect(await seen('save')).toMatchObject({ found: true, stepDone: false });
    const [saved] = await orders.write({ step: 'save', items: [item], signal });
    const lines = one.simulator.records('orderProduct');
    const lineIds = { L1: lines[0]?.id, L2: lines[1]?.id };
    expect(saved).toMatchObject({ ok: true, lineIds });
    expect(await seen('save')).toMatchObject({ stepDone: true, lineIds });
    // In force twice is in force once.
    for (const _time of [1, 2]) {
      expect(await orders.write({ step: 'activate', items: [item], signal })).toMatchObject([{ ok: true }]);
    }
    const { items } = await orders.list({ signal });
    expect(items).toMatchObject([
      { body: { amount: '42', poStatus: '2', _lines: [{ id: lines[0]?.id }, { id: lines[1]?.id }] } },
    ]);
  });

  it('whose lines were cut off get only the lines that are missing', async () => {
    const one = await started();
    const orders = objectOf(one.session, 'order');
    const made = orderFor(one);
    const [created] = await orders.write({ step: 'create', items: [made], signal });
    const item = { ...made, remoteId: created?.ok ? created.remoteId : '' };
    one.simulator.faults.next(1, 'error500AfterEffect', 'create/orderProduct');
    expect(await orders.write({ step: 'save', items: [item], signal })).toMatchObject([
      { ok: false, decision: { kind: 'unknown' } },
    ]);
    expect(one.simulator.records('orderProduct')).toHaveLength(1);
    await orders.write({ step: 'save', items: [item], signal });
    expect(one.simulator.records('orderProduct').map((line) => line.hubKey__c)).toEqual(['W1#L1', 'W1#L2']);
  });

  it('do not change their lines afterwards', async () => {
    const { session } = await started();
    const difference = { body: { _lines: [{ id: '1', quantity: '3' }] }, removed: {} };
    const items = [{ key: 'W1', remoteId: '1', body: {}, difference }];
    expect(await objectOf(session, 'order').write({ step: 'update', items, signal })).toMatchObject([
      { decision: { kind: 'reject', code: 'neocrm.lines-fixed' } },
    ]);
  });
});

describe('records', () => {
  it('keep every digit of their ids, however they are read or referred to', async () => {
    const { session, simulator } = await started();
    const accounts = Array.from({ length: 3 }, () => simulator.seed('account', { accountName: '客户' }));
    const long = accounts.find((id) => id.length === 19) ?? '';
    const items = [{ key: 'C1', body: { contactName: '张三', accountId: long } }];
    const [written] = await objectOf(session, 'contact').write({ step: 'create', items, signal });
    expect(written).toMatchObject({ ok: true, remoteId: simulator.records('contact')[0]?.id });
    for (const ids of [[long], accounts]) {
      const hints = ids.map((remoteId) => ({ object: 'account', remoteId }));
      const results = await objectOf(session, 'account').fetch({ hints, signal });
      expect(results.map((result) => result.found && result.body.id)).toEqual(ids);
    }
  });

  it('get business type, owner and department, and fields under the names the company gave them', async () => {
    const { session, simulator } = await started(
      {},
      {
        owner: '77',
        department: '88',
        accountKinds: { '11010000200001': 'person' },
        names: {
          account: { accountNumber: 'customItem3__c' },
          consumption: { store: '', kind: 'customItem4__c' },
        },
        extraFields: { account: ['customItem9__c'] },
      },
    );
    const body = { accountName: '王小明', accountNumber: 'M1', _kind: 'person' };
    await objectOf(session, 'account').write({ step: 'create', items: [{ key: 'C1', body }], signal });
    const [stored] = simulator.records('account');
    const expected = { ownerId: '77', dimDepart: '88', entityType: '11010000200001', customItem3__c: 'M1' };
    expect(stored).toMatchObject({ ...expected, hubKey__c: 'C1' });
    simulator.change('account', String(stored?.id), { customItem9__c: '红茶' });
    const { items } = await objectOf(session, 'account').list({ signal });
    expect(items[0]?.body).toMatchObject({ accountNumber: 'M1', _kind: 'person', customItem9__c: '红茶' });
    const record = { key: 'T1', body: { number: 'T1', store: 'S01', kind: 'sale' } };
    await objectOf(session, 'consumption').write({ step: 'create', items: [record], signal });
    const [consumption] = simulator.records('hubConsumption__c');
    expect(consumption).toMatchObject({ hubNumber__c: 'T1', customItem4__c: 'sale' });
    expect(consumption).not.toHaveProperty('store');
  });

  it('under a key that is taken are looked up; a duplicate of somebody else waits for a person', async () => {
    for (const keysAreUnique of [false, true]) {
      const { session, simulator } = await started(
        { uniqueFields: ['account.hubKey__c'], duplicateFields: ['account.phone'] },
        { keysAreUnique },
      );
      const write = (key: string, phone: string) =>
        objectOf(session, 'account').write({
          ...{ step: 'create', signal, items: [{ key, body: { accountName: '王', phone } }] },
        });
      await write('C1', '1');
      expect(await write('C1', '2')).toMatchObject([
        { decision: { kind: 'unknown', code: 'neocrm.exists' } },
      ]);
      expect(await write('C2', '1')).toMatchObject([
        { decision: { kind: 'reject', code: 'neocrm.duplicate' } },
      ]);
      expect(simulator.records('account')).toHaveLength(1);
    }
  });

  it('are never said to be absent by a user who sees nothing, and keys that could end a literal are refused', async () => {
    const { session, simulator } = await started();
    const find = (key: string) =>
      objectOf(session, 'account').find({ step: 'create', items: [{ key, body: {} }], signal });
    expect(await find('C1')).toEqual([{ found: false }]);
    simulator.hideData(true);
    expect(await decision(find('C1'))).toMatchObject({ kind: 'retry', code: 'neocrm.blind' });
    for (const key of ["x' or id > 0 --", 'a\\', 'a\nb']) {
      expect(await decision(find(key))).toMatchObject({ kind: 'reject', code: 'neocrm.key' });
    }
  });

  it('that are locked are a conflict', async () => {
    const { session, simulator } = await started();
    const remoteId = simulator.seed('account', { accountName: '客户' });
    simulator.lock('account', remoteId, true);
    const items = [{ key: 'C1', remoteId, body: { accountName: '别名' } }];
    expect(await objectOf(session, 'account').write({ step: 'update', items, signal })).toMatchObject([
      { decision: { kind: 'conflict', code: 'neocrm.locked' } },
    ]);
  });
});

describe('error dialects', () => {
  it.each([
    [{ status: 200, code: '1002002', text: '重复' }, true, 'conflict'],
    [{ status: 200, code: 300001, text: '参数错误' }, true, 'reject'],
    [{ status: 200, code: 'invalid_grant', text: '' }, false, 'fatal'],
    [{ status: 200, code: '1', text: 'access token expired' }, true, 'reauth'],
    [{ status: 401 }, true, 'reauth'],
    [{ status: 200, code: '1', text: '访问过于频繁' }, true, 'throttle'],
    [{ status: 200, code: '1', text: '今天的每日调用已达上限' }, true, 'throttle'],
    [{ status: 500 }, true, 'unknown'],
    [{ status: 500 }, false, 'retry'],
    [{ status: 200, code: '1', text: '系统繁忙' }, true, 'unknown'],
    [{ status: 404 }, true, 'fatal'],
    [{ status: 200, code: '1', text: '数据不存在' }, true, 'absent'],
    [{ status: 200, code: '987', text: 'something new' }, true, 'reject'],
  ])('%o (write: %s) means %s', (answer, write, kind) => {
    expect(decisionOf(answer, write).kind).toBe(kind);
  });

  it('a code that was learnt from the live system goes first', () => {
    const learnt = { '987': 'throttle' } as const;
    expect(decisionOf({ status: 200, code: 987, text: '重复' }, true, learnt)).toMatchObject({
      kind: 'throttle',
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillCrossref } from '../src/lanes/fill-crossref.ts';
import { isList, isObject, type JsonObject } from '../src/model/index.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { closedDay, golden, hasty, lastTold, linkOf, pollAll, tell } from './support/read-outs.ts';

const farBack = (text: string): string =>
  hasty(text).replace(
    'connector: pospal',
    'connector: pospal\n    config: { historyMs: 259200000, overlapMs: 259200000 }',
  );

describe('No silent guess: what is missing, unknown or unmapped is an error or a wait that names mapping, field and value', () => {
  let hub: TestHub;
  let ticket: JsonObject;
  let count = 0;
  const code = (name: string, connection: string, key: string, value: string): Promise<void> =>
    fillCrossref(hub.hub.world, { name, connection, key, value }, 'test');

  beforeAll(async () => {
    hub = await startTestHub({ yaml: farBack });
    hub.pos.sellTicket('S01', {
      ...hub.inventor.ticket(closedDay(), hub.members.get('S01') ?? []),
      push: false,
    });
    await pollAll(hub, 'pos', ['ticket']);
    await quiet(hub.database);
    ticket = (await lastTold(hub, 'pos', 'ticket')).body;
  });
  afterAll(() => hub?.stop());

  /** Another ticket like the first, but for some fields; undefined takes a field away. */
  function altered(changes: Record<string, unknown>): { remoteId: string; body: JsonObject } {
    count += 1;
    const sn = `ALTERED-${count}`;
    const body = JSON.parse(JSON.stringify({ ...ticket, sn, _id: `S01/${sn}`, ...changes })) as JsonObject;
    return { remoteId: `S01/${sn}`, body };
  }

  const firstOf = (list: unknown, changes: Record<string, unknown>): unknown =>
    isList(list) && isObject(list[0]) ? [{ ...list[0], ...changes }, ...list.slice(1)] : list;

  const cases: readonly [
    what: string,
    state: 'dead' | 'waiting',
    error: string,
    names: readonly string[],
    change: (told: JsonObject) => Record<string, unknown>,
  ][] = [
    ['a missing field', 'dead', 'mapping.missing', ['placedAt', 'datetime'], () => ({ datetime: undefined })],
    ['an empty field', 'dead', 'mapping.missing', ['placedAt', 'datetime'], () => ({ datetime: '' })],
    ['a missing list', 'dead', 'mapping.missing', ['lines', 'items'], () => ({ items: undefined })],
    [
      'a value without a line in its enum',
      'dead',
      'mapping.unmapped-value',
      ['direction', 'EXCHANGE'],
      () => ({ ticketType: 'EXCHANGE' }),
    ],
    [
      'a flag nobody has seen before',
      'dead',
      'mapping.unmapped-value',
      ['states.closure', '7'],
      () => ({ invalid: '7' }),
    ],
    [
      'a quantity that is none',
      'dead',
      'mapping.bad-value',
      ['lines[].quantity', 'two'],
      ({ items }) => ({ items: firstOf(items, { _quantity: 'two' }) }),
    ],
    [
      'a time in another format',
      'dead',
      'mapping.bad-value',
      ['placedAt', '20.11.2026'],
      () => ({ datetime: '20.11.2026 10:00' }),
    ],
    [
      'an unknown code',
      'waiting',
      'apply.waits-for-code',
      ['payments[].method', 'payment-methods', 'payCode_99'],
      ({ payments }) => ({ payments: firstOf(payments, { code: 'payCode_99' }) }),
    ],
    [
      'two lines under one name',
      'dead',
      'mapping.duplicate-line',
      ['lines[].key'],
      ({ items }) => ({ items: isList(items) ? [items[0], items[0]] : items }),
    ],
  ];

  it.each(cases)('inward: %s', async (_what, state, error, names, change) => {
    const before = (await golden(hub, 'order')).length;
    const { remoteId, body } = altered(change(ticket));
    const told = await tell(hub, 'pos', { object: 'ticket', remoteId, body });
    expect(told).toMatchObject({ state, error_code: error });
    for (const name of ['mapping pospal/ticket', ...names]) expect(told.error).toContain(name);
    expect(await golden(hub, 'order')).toHaveLength(before);
  });

  it('takes absent, empty and masked as not told: nothing that is known goes away', async () => {
    const number = hub.pos.placeOrder('WEB', { ...hub.inventor.order(), orderRemark: '请放快递柜' });
    await until('the order is in the warehouse', () => hub.wms.order(`${number}-1`) !== undefined);
    await pollAll(hub, 'pos', ['online-order']);
    await quiet(hub.database);
    const known = async (): Promise<JsonObject | undefined> =>
      (await golden(hub, 'order')).find(({ data }) => data.number === number)?.data;
    const before = await known();
    expect(before?.receiver).toMatchObject({ name: expect.any(String), address: expect.any(String) });
    expect(before?.notes).toBe('请放快递柜');

    const told = await lastTold(hub, 'pos', 'online-order');
    const {
      contactAddress: _address,
      _street,
      _province,
      _city,
      _district,
      ...rest
    } = told.body as Record<string, never>;
    const hidden = { ...rest, contactName: '张**', contactTel: '199****1234', orderRemark: '' };
    const outcome = await tell(hub, 'pos', {
      object: 'online-order',
      remoteId: told.remoteId,
      body: hidden,
    });
    expect(outcome).toMatchObject({ state: 'done', error_code: null });
    const after = await known();
    expect(after?.receiver).toEqual(before?.receiver);
    expect(after?.notes).toBe(before?.notes);
  });

  it('takes a word of its own only where the mapping says so: an unknown step of the warehouse is an exception', async () => {
    const number = hub.pos.placeOrder('WEB', hub.inventor.order());
    await until('the warehouse has reported', async () => {
      const all = await golden(hub, 'fulfilment');
      const one = all.find(({ data }) => data.number === `${number}-1`);
      return isObject(one?.data.states) && one.data.states.process === 'packed';
    });
    await tell(hub, 'wms', {
      object: 'delivery-process',
      remoteId: `${number}-1/STRANGE`,
      revision: '2099-01-01T00:00:00.000Z',
      body: { order: { orderCode: `${number}-1` }, process: { processStatus: 'STRANGE' } },
    });
    const one = (await golden(hub, 'fulfilment')).find(({ data }) => data.number === `${number}-1`);
    expect(one?.data.states).toMatchObject({ process: 'exception' });
  });

  it('outward: what the warehouse needs and nobody told stops the instruction, by name', async () => {
    const number = hub.pos.placeOrder('WEB', { ...hub.inventor.order(), contactTel: '' });
    await until('the instruction is parked', async () => {
      return (await linkOf(hub, 'wms', 'delivery-order', `${number}-1`))?.state === 'parked';
    });
    const link = await linkOf(hub, 'wms', 'delivery-order', `${number}-1`);
    expect(link?.error_code).toBe('mapping.missing');
    for (const name of [
      'mapping qimen/delivery-order',
      'receiver.phone',
      'deliveryOrder.receiverInfo.mobile',
    ])
      expect(link?.error).toContain(name);
    expect(hub.wms.order(`${number}-1`)).toBeUndefined();
  });

  it('outward: a place no table knows makes the instruction wait, by name, until somebody fills it in', async () => {
    await code('ship-from', 'pos', 'WEB', 'W99');
    const number = hub.pos.placeOrder('WEB', hub.inventor.order());
    await until('the instruction waits', async () => {
      return (await linkOf(hub, 'wms', 'delivery-order', `${number}-1`))?.state === 'waiting';
    });
    expect(await linkOf(hub, 'wms', 'delivery-order', `${number}-1`)).toMatchObject({
      error_code: 'push.waits-for-code',
      error: 'mapping qimen/delivery-order, locationId: table warehouses has no code of wms for W99; add it',
    });
    await code('warehouses', 'wms', 'W99', 'WH01');
    await until('the warehouse has it', () => hub.wms.order(`${number}-1`)?.warehouseCode === 'WH01');
  });
});
